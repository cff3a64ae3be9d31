//! The HTML report: one self-contained page for people. It shows the verdict, the violations by cause, the clauses and
//! error codes, and all tests, including the skipped ones.
//!
//! Templates escape every value with [`super::escape::Html`]; only the output of other templates is inserted without
//! escaping (`|safe`). The content security policy of the page allows only its own style and script.

mod clauses;
mod difference;
mod evidence;
mod frame;

use std::collections::HashMap;

use askama::Template;

use self::clauses::{ClauseRow, Matrix};
use self::evidence::Budget;
pub(super) use self::frame::Frame;
use super::again;
use super::cause::{self, Cause, duration, grouped, is_known_deviation, test_anchor};
use super::model::{ClauseStatus, DeviationReport, DeviationState, FindingReport, Report, TestReport};
use super::obstacles::obstacles;
use judge::verdict::Verdict;
use spec::contract::Level;

/// The most causes or reasons in a section.
const SHOWN: usize = 100;
/// The most tests that are named for a cause or a reason.
const NAMED: usize = 12;

pub(super) fn render(report: &Report) -> String {
    page(report).render().unwrap_or_else(|error| unreachable!("{error}"))
}

/// The output of a template.
type Markup = String;
/// The anchor of the cause card of each finding.
type Anchors = HashMap<*const FindingReport, String>;

/// The first elements of a list, and the number of elements that are left out.
struct Sample<T> {
    shown: Vec<T>,
    left: usize,
}

impl<T> Sample<T> {
    fn of(all: impl IntoIterator<Item = T>, most: usize) -> Self {
        let mut all = all.into_iter();
        Self { shown: all.by_ref().take(most).collect(), left: all.count() }
    }
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'r> {
    report: &'r Report,
    frame: Frame,
    tone: &'static str,
    sentence: String,
    /// Why the causes have this order.
    order: &'static str,
    exit_reason: String,
    links: Vec<Link>,
    tallies: Vec<Tally>,
    bar_label: String,
    facts: Vec<Fact>,
    upheld: usize,
    violated: usize,
    unexercised: usize,
    observed: usize,
    clauses: Vec<ClauseRow<'r>>,
    matrix: Option<Matrix<'r>>,
    violations: Sample<Markup>,
    stale: Vec<&'r TestReport>,
    advised: Sample<Markup>,
    deviations: Vec<Deviation<'r>>,
    known: Groups<'r>,
    known_causes: Sample<Markup>,
    known_left: usize,
    inconclusive: Groups<'r>,
    skipped: Groups<'r>,
    files: Vec<File<'r>>,
    leftovers: Vec<Leftovers<'r>>,
    evidence_left: usize,
    hidden: usize,
}

struct Link {
    anchor: &'static str,
    title: &'static str,
    count: usize,
}

/// The number of tests with a verdict, and their segment of the bar, in thousandths of its width.
struct Tally {
    verdict: &'static str,
    sign: &'static str,
    count: usize,
    shown: String,
    from: f64,
    width: f64,
}

struct Fact {
    name: &'static str,
    value: String,
    code: bool,
    copy: bool,
    whole: bool,
}

/// The reasons of the tests of a class, and how many tests that are.
struct Groups<'r> {
    shown: Sample<Group<'r>>,
    total: usize,
}

/// Tests that share a reason.
struct Group<'r> {
    anchor: String,
    class: &'static str,
    reason: &'r str,
    /// A command that shows why the tests have no verdict.
    reproduce: Option<String>,
    tests: Sample<&'r TestReport>,
}

/// An entry of the list of known deviations.
struct Deviation<'r> {
    model: &'r DeviationReport,
    bad: bool,
    sign: &'static str,
    subject: String,
    left: String,
    seen: Sample<&'r String>,
}

/// A scenario file with its tests.
struct File<'r> {
    name: &'r str,
    rows: Vec<TestRow<'r>>,
}

struct TestRow<'r> {
    test: &'r TestReport,
    name: &'r str,
    anchor: String,
    letter: &'static str,
    sign: &'static str,
    more: Option<Markup>,
}

struct Leftovers<'r> {
    noun: &'r str,
    /// Why they were not deleted.
    reason: Option<&'r str>,
    ids: Sample<&'r str>,
}

#[derive(Template)]
#[template(path = "cause.html")]
struct CauseCard<'r> {
    class: &'static str,
    /// The first cause of its list is shown open.
    is_first: bool,
    anchor: String,
    finding: &'r FindingReport,
    /// The clauses of the title.
    clauses: String,
    /// The clauses that are violated because of it.
    other_clauses: String,
    title: String,
    says: Option<&'r str>,
    clause_anchor: String,
    occurrence: String,
    difference: Markup,
    exchange: Option<&'r super::model::ExchangeReport>,
    test: &'r TestReport,
    /// The command that reproduces the violation.
    again: String,
    rerun: String,
    evidence: Option<Markup>,
    others: Sample<&'r TestReport>,
}

fn page(report: &Report) -> Page<'_> {
    let count = |status| report.clauses_with(status).count();
    let mut budget = Budget::default();
    let causes = cause::causes(report);
    let of = |selected: &dyn Fn(&Cause<'_>) -> bool| causes.iter().filter(|cause| selected(cause)).collect::<Vec<_>>();
    let violations = of(&|cause| !cause.is_known() && cause.finding.level == Level::Must);
    let advised = of(&|cause| !cause.is_known() && cause.finding.level == Level::Should);
    let known = of(&|cause| cause.is_known());
    let mut cards = |causes: &[&Cause<'_>], class| {
        let left = causes.len().saturating_sub(SHOWN);
        let shown = causes.iter().take(SHOWN).enumerate();
        Sample { shown: shown.map(|(at, cause)| card(report, cause, class, at == 0, &mut budget)).collect(), left }
    };
    let violation_cards = cards(&violations, "failed");
    let advised_cards = cards(&advised, "warned");
    let known_causes = cards(&known, "known");
    let anchors: Anchors = [&violations, &advised, &known].into_iter().flat_map(|some| cause_anchors(some)).collect();
    let files = files(report, &anchors, &mut budget);
    let with_reason = |selected: &dyn Fn(&TestReport) -> bool| {
        cause::by_reason(report, selected).into_iter().map(|(reason, tests)| (reason, tests, None)).collect()
    };
    let known_groups = groups("known", with_reason(&is_known_deviation));
    let is_skipped = |test: &TestReport| test.verdict == Verdict::Skipped && !is_known_deviation(test);
    let skipped = groups("skipped", with_reason(&is_skipped));
    let obstacles = obstacles(report).into_iter();
    let obstacles = obstacles.map(|one| (one.reason, one.tests.clone(), Some(one.reproduce(report)))).collect();
    let inconclusive = groups("inconclusive", obstacles);
    let tallies = tallies(report);
    let stale: Vec<&TestReport> = cause::stale(report).collect();
    let counts = [violations.len() + stale.len(), inconclusive.total, advised.len(), known_groups.total, skipped.total];
    Page {
        report,
        frame: Frame::new(&[include_str!("report.js")]),
        tone: match report.exit_code {
            0 => "good",
            1 => "bad",
            _ => "unsure",
        },
        sentence: cause::sentence(report),
        order: cause::ORDER,
        exit_reason: cause::exit_reason(report),
        links: links(report, counts),
        bar_label: tallies.iter().map(|part| format!("{} {}", part.shown, part.verdict)).collect::<Vec<_>>().join(", "),
        tallies,
        facts: facts(report),
        upheld: count(ClauseStatus::Upheld),
        violated: count(ClauseStatus::Violated),
        unexercised: count(ClauseStatus::NotExercised),
        observed: report.error_codes.iter().filter(|code| code.observed > 0).count(),
        clauses: clauses::rows(report),
        matrix: clauses::matrix(report),
        violations: violation_cards,
        stale,
        advised: advised_cards,
        deviations: report.deviations.iter().map(|entry| deviation(report, entry)).collect(),
        known_left: known_groups.shown.left + known_causes.left,
        known: known_groups,
        known_causes,
        inconclusive,
        skipped,
        files,
        leftovers: leftovers(report),
        evidence_left: budget.left_out(),
        hidden: budget.hidden(),
    }
}

fn links(report: &Report, [violations, inconclusive, advised, known, skipped]: [usize; 5]) -> Vec<Link> {
    let link = |anchor, title, count| Link { anchor, title, count };
    let always = ["known", "clauses", "codes", "skipped", "tests"];
    let all = [
        link("broken", "Violations", violations),
        link("inconclusive", "No verdict", inconclusive),
        link("advised", "Recommendations", advised),
        link("known", "Known deviations", known),
        link("clauses", "Clauses", report.clauses.len()),
        link("codes", "Codes", report.error_codes.len()),
        link("skipped", "Skipped", skipped),
        link("tests", "Tests", report.tests.len()),
    ];
    all.into_iter().filter(|link| link.count > 0 || always.contains(&link.anchor)).collect()
}

fn tallies(report: &Report) -> Vec<Tally> {
    let worst_first = [Verdict::Failed, Verdict::Inconclusive, Verdict::Warned, Verdict::Skipped, Verdict::Passed];
    let total = report.tests.len().max(1) as f64;
    let mut from = 0.0;
    worst_first
        .into_iter()
        .map(|verdict| {
            let count = report.count(verdict);
            // A single failure among thousands must be visible.
            let width = if count == 0 { 0.0 } else { (count as f64 * 1000.0 / total).max(4.0) };
            let start = from;
            from += width;
            Tally {
                verdict: verdict.as_str(),
                sign: sign(verdict),
                count,
                shown: grouped(count as u64),
                from: (start * 10.0).round() / 10.0,
                width: (width * 10.0).round() / 10.0,
            }
        })
        .collect()
}

fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✓",
        Verdict::Warned => "!",
        Verdict::Skipped => "–",
        Verdict::Failed => "✗",
        Verdict::Inconclusive => "?",
    }
}

fn facts(report: &Report) -> Vec<Fact> {
    let fact = |name, value: String| Fact { name, value, code: false, copy: false, whole: false };
    let code = |name, value: String| Fact { name, value, code: true, copy: true, whole: true };
    let mut facts = vec![
        code("Target", report.target.clone()),
        code("Command", report.command.clone()),
        code("Contract (SHA-256)", report.suite.contract_hash.clone()),
        fact("Started", report.started_at.clone()),
        fact("Duration", format!("{}, {} requests", duration(report.duration_ms), grouped(report.requests))),
        fact("Harness", format!("{} {}", report.suite.name, report.suite.version)),
        fact("Seed", report.seed.to_string()),
    ];
    if let Some(manifest) = &report.manifest {
        let shard = manifest.shard.as_ref().map(|shard| format!("shard {shard}, "));
        let filtered = if manifest.filtered { ", selected by filters" } else { "" };
        let count = cause::counted(manifest.part.tests, "test");
        facts.push(fact("Part", format!("{}{count} of {}{filtered}", shard.unwrap_or_default(), manifest.whole.tests)));
    }
    if report.strict {
        facts.push(fact("Strict", "violated recommendations (SHOULD) count as failures".to_owned()));
    }
    facts
}

/// The anchor of each cause that has a card.
fn cause_anchors(causes: &[&Cause<'_>]) -> Anchors {
    let of = |cause: &&Cause<'_>| {
        let anchor = cause.anchor();
        let findings = cause.members.iter().map(|member| std::ptr::from_ref(member.finding));
        findings.map(|finding| (finding, anchor.clone())).collect::<Vec<_>>()
    };
    causes.iter().take(SHOWN).flat_map(of).collect()
}

fn card(report: &Report, cause: &Cause<'_>, class: &'static str, is_first: bool, budget: &mut Budget) -> Markup {
    let (finding, test, exchange) = (cause.shown(), cause.example(), cause.exchange());
    let clause =
        report.clauses.iter().find(|clause| clause.id == finding.clause && cause.own_clauses() == [&clause.id]);
    let evidence = exchange.map(|exchange| evidence::exchange(exchange, true));
    CauseCard {
        class,
        is_first,
        anchor: cause.anchor(),
        finding,
        title: cause.title(),
        says: clause.map(|clause| clause.says.as_str()),
        clauses: cause.own_clauses().join(", "),
        other_clauses: cause.other_clauses().join(", "),
        clause_anchor: clauses::anchor(&finding.clause),
        occurrence: occurrence(cause),
        difference: difference::render(&cause.expected(), &cause.actual()),
        again: again::again(report, test, exchange),
        exchange,
        test,
        rerun: again::rerun(report, &test.name),
        evidence: evidence.and_then(|markup| budget.take(markup)),
        others: Sample::of(cause.tests.iter().copied().filter(|other| other.name != test.name), NAMED),
    }
    .render()
    .unwrap_or_else(|error| unreachable!("{error}"))
}

/// How many tests and which operations show a cause.
fn occurrence(cause: &Cause<'_>) -> String {
    let operations = cause.operations();
    let extent = cause.extent();
    match operations.as_slice() {
        [] => format!("in {extent}"),
        [only] => format!("in {extent}; all on {only}"),
        many => format!("in {extent}; on {}", many.join(", ")),
    }
}

/// Groups the tests of each reason; `reproduce` is a command that shows why they have no verdict.
fn groups<'r>(class: &'static str, all: Vec<(&'r str, Vec<&'r TestReport>, Option<String>)>) -> Groups<'r> {
    let total = all.iter().map(|(_, tests, _)| tests.len()).sum();
    let group = |(reason, tests, reproduce)| Group {
        anchor: format!("g-{}", &cause::digest(&[class, reason])[..12]),
        class,
        reason,
        reproduce,
        tests: Sample::of(tests, NAMED),
    };
    Groups { shown: Sample::of(all.into_iter().map(group), SHOWN), total }
}

fn files<'r>(report: &'r Report, anchors: &Anchors, budget: &mut Budget) -> Vec<File<'r>> {
    let mut files: Vec<File<'r>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for test in &report.tests {
        let place = *places.entry(&test.file).or_insert(files.len());
        if place == files.len() {
            files.push(File { name: &test.file, rows: Vec::new() });
        }
        let row = row(report, test, anchors, budget);
        if let Some(file) = files.get_mut(place) {
            file.rows.push(row);
        }
    }
    files
}

fn row<'r>(report: &Report, test: &'r TestReport, anchors: &Anchors, budget: &mut Budget) -> TestRow<'r> {
    let has_details = !test.findings.is_empty() || test.verdict == Verdict::Inconclusive || test.reason.is_some();
    TestRow {
        test,
        name: test.name.split_once("::").map_or(test.name.as_ref(), |(_, own)| own),
        anchor: test_anchor(&test.name),
        letter: letter(test.verdict),
        sign: sign(test.verdict),
        more: has_details.then(|| evidence::test(report, test, anchors, budget)).flatten(),
    }
}

/// The verdict as one letter, to keep a page with thousands of rows small.
fn letter(verdict: Verdict) -> &'static str {
    &verdict.as_str()[..1]
}

fn deviation<'r>(report: &Report, entry: &'r DeviationReport) -> Deviation<'r> {
    let bad = !matches!(entry.state, DeviationState::Observed | DeviationState::Unobserved);
    let subject: Vec<&str> = entry.subject().collect();
    Deviation {
        model: entry,
        bad,
        sign: match entry.state {
            DeviationState::Observed => "–",
            DeviationState::Unobserved => "?",
            _ => "✗",
        },
        subject: if subject.is_empty() { "every violation".to_owned() } else { subject.join(" ") },
        left: days_left(report, &entry.expires).unwrap_or_default(),
        seen: Sample::of(&entry.observed_in, NAMED / 3),
    }
}

/// How many days after the run a deviation expires, or how many days ago it expired.
fn days_left(report: &Report, expires: &str) -> Option<String> {
    let last = chrono::NaiveDate::parse_from_str(expires, "%Y-%m-%d").ok()?;
    let day = chrono::DateTime::parse_from_rfc3339(&report.started_at).ok()?.date_naive();
    let days = (last - day).num_days();
    let count = cause::counted(usize::try_from(days.abs()).ok()?, "day");
    Some(if days < 0 { format!("{count} overdue") } else { format!("{count} left") })
}

fn leftovers(report: &Report) -> Vec<Leftovers<'_>> {
    let kinds = report.leftover_ids().into_iter();
    kinds.map(|(noun, reason, ids)| Leftovers { noun, reason, ids: Sample::of(ids, 100) }).collect()
}

/// Filters for the templates.
mod filters {
    /// The anchor of a test.
    #[askama::filter_fn]
    pub(super) fn anchor(name: &str, _: &dyn askama::Values) -> askama::Result<String> {
        Ok(super::test_anchor(name))
    }
}
