//! The terminal summary after the tests: the most important causes, a few lines of counts, and one command as the next
//! step. It is shortened to about sixty rows; the other formats contain everything.

mod causes;
mod lines;
mod obstacles;

use std::fmt::Write as _;
use std::path::Path;

use self::lines::{complete, rows_on_screen, wrapped};
use super::again;
use super::cause::{self, Cause, by_reason, causes, counted, grouped};
use super::model::{ClauseStatus, DeviationReport, DeviationState, ObstacleKind, Report, TestReport, codes_observed};
use super::obstacles::{Obstacle, obstacles};
use crate::escape::one_line;
use crate::output::COLUMNS;
use judge::verdict::{INTERRUPTED, Verdict};

/// The most causes that are shown.
const MAX_CAUSES: usize = 10;
/// So many causes are enough: their texts are not shortened to show more of them.
const ENOUGH_CAUSES: usize = 5;
/// The most lines of a section, without its heading.
const LISTED: usize = 3;
/// Up to so many clauses or codes are named in a line of counts; more are only counted.
const NAMED: usize = 6;
/// The narrowest width that is supported: below it, the terminal wraps.
const MIN_COLUMNS: usize = 40;
/// The most rows of the summary.
const ROWS: usize = 59;

/// Where the summary is shown.
#[derive(Clone, Copy, Debug)]
pub struct Screen<'s> {
    /// The width of the terminal. Lines are not longer than [`COLUMNS`], except for test names and commands.
    pub columns: usize,
    /// The file of the JSON report, if there is one.
    pub json: Option<&'s Path>,
    /// A report with everything that the summary leaves out, if there is one.
    pub complete: Option<&'s Path>,
}

impl Screen<'_> {
    /// Where a reader finds what the summary leaves out.
    fn elsewhere(self) -> String {
        match self.complete {
            Some(path) => format!("in {}", one_line(&path.display().to_string(), MIN_COLUMNS / 2)),
            None => "see --report html=FILE".to_owned(),
        }
    }
}

/// In how many lines a text may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    Full,
    Medium,
    /// Short only below the causes, as on a narrow terminal.
    Compact,
    Short,
}

impl Detail {
    /// The most lines of a text.
    fn lines(self) -> usize {
        if self == Detail::Short { 1 } else { 2 }
    }

    /// The most lines of an entry below the causes.
    fn lines_below(self) -> usize {
        match self {
            Detail::Full => 3,
            Detail::Medium => 2,
            Detail::Compact | Detail::Short => 1,
        }
    }
}

/// The summary. If not all causes fit that should be shown, texts get fewer lines. Before they get too short to be
/// understood, there are fewer causes.
pub fn render(report: &Report, screen: Screen<'_>) -> String {
    let columns = screen.columns.clamp(MIN_COLUMNS, COLUMNS);
    let causes = causes(report);
    let open: Vec<&Cause<'_>> = causes.iter().filter(|cause| !cause.is_known()).collect();
    let obstacles = obstacles(report);
    let (first, others): (Vec<&Obstacle<'_>>, Vec<&Obstacle<'_>>) = obstacles.iter().partition(|one| one.comes_first());
    let mut text = String::new();
    for detail in [Detail::Full, Detail::Medium, Detail::Compact, Detail::Short] {
        let screen = Screen { columns, ..screen };
        let above = obstacles::render(report, &first, screen, detail);
        let below = below(report, &others, screen, detail) + &next(report, &causes, &first, screen);
        if open.is_empty() {
            return above + &below;
        }
        let room = ROWS.saturating_sub(rows_on_screen(&above, columns) + rows_on_screen(&below, columns));
        let (of_causes, shown) = causes::render(report, &open, room, screen, detail);
        text = above + &of_causes + &below;
        let enough = if detail == Detail::Full { MAX_CAUSES } else { ENOUGH_CAUSES };
        if shown >= open.len().min(enough) {
            break;
        }
    }
    text
}

/// Everything below the causes but the next step.
fn below(report: &Report, obstacles: &[&Obstacle<'_>], screen: Screen<'_>, detail: Detail) -> String {
    let mut sections = Sections { out: String::new(), screen, most: detail.lines_below() };
    let stale: Vec<&TestReport> = cause::stale(report).collect();
    sections.add("known deviations that are out of date", &stale, |test| {
        let reason = test.reason.as_deref().unwrap_or_default();
        (format!("{reason} ({}:{})", test.file, test.line), None)
    });
    sections.add("no verdict", obstacles, |obstacle| {
        let text = format!("{}: {}", counted(obstacle.tests.len(), "test"), obstacle.reason);
        (text, Some(obstacle.example.name.as_ref()))
    });
    let skipped = by_reason(report, |test| test.verdict == Verdict::Skipped && !cause::is_known_deviation(test));
    sections.add("skipped", &skipped, |(reason, tests)| (format!("{}: {reason}", counted(tests.len(), "test")), None));
    let deviations: Vec<&DeviationReport> = report.deviations.iter().collect();
    sections.add("known deviations", &deviations, |entry| (deviation(entry), None));
    add_leftovers(&mut sections, report);
    let mut out = sections.out;
    write_counts(&mut out, report, screen.columns);
    out
}

/// Sections with a heading and a few entries.
struct Sections<'s> {
    out: String,
    screen: Screen<'s>,
    /// The most lines of an entry.
    most: usize,
}

impl Sections<'_> {
    /// Adds a heading and the first entries: a text, and the name of a test.
    fn add<'e, T>(&mut self, title: &str, entries: &'e [T], entry: impl Fn(&'e T) -> (String, Option<&'e str>)) {
        if entries.is_empty() {
            return;
        }
        let _ = writeln!(self.out, "\n{title}:");
        for (text, test) in entries.iter().take(LISTED).map(entry) {
            push(&mut self.out, wrapped("  ", &text, self.screen.columns, self.most));
            if let Some(name) = test {
                push(&mut self.out, [complete("    for example ", name, self.screen.columns)]);
            }
        }
        if entries.len() > LISTED {
            let more = grouped((entries.len() - LISTED) as u64);
            let text = format!("and {more} more, {}", self.screen.elsewhere());
            push(&mut self.out, wrapped("  ", &text, self.screen.columns, 2));
        }
    }
}

fn push(out: &mut String, lines: impl IntoIterator<Item = String>) {
    for line in lines {
        out.push_str(&line);
        out.push('\n');
    }
}

/// A known deviation with its state.
fn deviation(entry: &DeviationReport) -> String {
    let subject: Vec<&str> = entry.subject().chain(entry.operations.iter().map(String::as_str)).collect();
    let owner = entry.owner.as_ref().map(|owner| format!(", owner {owner}")).unwrap_or_default();
    let observed = match entry.observed_in.len() {
        0 => String::new(),
        many => format!(", observed in {}", counted(many, "test")),
    };
    let note = entry.note.as_ref().filter(|_| entry.state == DeviationState::Unobserved);
    let note = note.map(|note| format!("; {note}")).unwrap_or_default();
    let state = entry.state.as_str();
    format!(
        "{state:<10}  ({}{owner}, until {}){observed}: {} {}{note}",
        entry.ticket,
        entry.expires,
        entry.reason,
        subject.join(" ")
    )
}

fn add_leftovers(sections: &mut Sections<'_>, report: &Report) {
    // Resources of one kind are together if they were not deleted for the same reason.
    sections.add("leftover resources on the target", &report.leftover_ids(), |(noun, reason, ids)| {
        // The ids of some resources are unknown.
        let mut shown: Vec<&str> = ids.iter().take(LISTED).copied().collect();
        shown.dedup();
        let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        let more = and_more(ids.len().saturating_sub(LISTED));
        let text = format!("{}{reason}: {}{more}", counted(ids.len(), noun), shown.join(", "));
        (text, None)
    });
}

/// Where a clause is explained, and the next step: check the credentials if one is wrong; rerun the tests that did not
/// pass, if there are several and a JSON report names them; otherwise reproduce the one failure.
fn next(report: &Report, causes: &[Cause<'_>], obstacles: &[&Obstacle<'_>], screen: Screen<'_>) -> String {
    let failing = causes.iter().find(|cause| !cause.is_known() && report.fails(cause.finding));
    let inconclusive = || report.tests.iter().find(|test| test.verdict == Verdict::Inconclusive);
    let credential = obstacles.iter().find(|obstacle| obstacle.kind == ObstacleKind::Credential);
    let json = screen.json.filter(|_| report.not_passed().count() > 1);
    let mut out = explain(report, causes, screen);
    let command = match (credential.or_else(|| obstacles.first().filter(|_| failing.is_none())), failing, json) {
        (Some(obstacle), ..) => Some(obstacle.reproduce(report)),
        (None, _, Some(json)) => Some(again::rerun_failed(report, json)),
        (None, Some(cause), None) => Some(again::again(report, cause.example(), cause.exchange())),
        (None, None, None) => inconclusive().map(|test| again::rerun(report, &test.name)),
    };
    if let Some(command) = command.filter(|_| report.exit_code != 0) {
        push(&mut out, [format!("  next    {command}")]);
        let several = causes.iter().filter(|cause| !cause.is_known()).count() > 1;
        if several && credential.is_none() && failing.is_some() && json.is_some() {
            push(
                &mut out,
                wrapped("          ", "add `--cause 1` to run only the tests of cause 1", screen.columns, 2),
            );
        }
    }
    out
}

/// How to read what an operation must do, and what a clause says: of the first causes that name one.
fn explain(report: &Report, causes: &[Cause<'_>], screen: Screen<'_>) -> String {
    let mut out = String::new();
    let open = || causes.iter().filter(|cause| !cause.is_known());
    let operation = open().find_map(|cause| cause.broken_operation());
    let operation = operation.map(|id| format!("`{}` shows what {id} must do", again::explain(report, id)));
    let clause = open().find(|cause| !cause.own_clauses().is_empty()).map(|cause| cause.shown().clause.as_str());
    let clause = clause.map(|id| format!("`{}` shows what clause {id} says", again::explain(report, id)));
    for (index, text) in operation.into_iter().chain(clause).enumerate() {
        let prefix = if index == 0 { "  explain " } else { "          " };
        push(&mut out, wrapped(prefix, &text, screen.columns, 3));
    }
    out
}

fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {count} more") }
}

fn write_counts(out: &mut String, report: &Report, columns: usize) {
    let unexercised: Vec<&str> =
        report.clauses_with(ClauseStatus::NotExercised).map(|clause| clause.id.as_str()).collect();
    let violated: Vec<&str> = report.clauses_with(ClauseStatus::Violated).map(|clause| clause.id.as_str()).collect();
    let counts: Vec<String> =
        Verdict::ALL.iter().map(|verdict| format!("{} {}", report.count(*verdict), verdict.as_str())).collect();
    // Flaky tests are also counted as inconclusive.
    let flaky = report.summary.get("flaky").copied().unwrap_or_default();
    let flaky = if flaky > 0 { format!(" ({flaky} flaky: failed, then passed)") } else { String::new() };
    let upheld = report.clauses_with(ClauseStatus::Upheld).count();
    let missing: Vec<&str> =
        report.error_codes.iter().filter(|code| code.is_missing()).map(|code| code.code.as_str()).collect();
    let seconds = report.duration_ms as f64 / 1000.0;
    out.push('\n');
    push(out, wrapped("", &closing(report), columns, 3));
    let rows = [
        ("tests   ", format!("{}{flaky}", counts.join(", "))),
        (
            "clauses ",
            format!("{upheld} upheld{}{}", listed("violated", &violated), listed("not exercised", &unexercised)),
        ),
        ("codes   ", format!("{}{}", codes_observed(&report.error_codes), listed("missing", &missing))),
        (
            "run     ",
            format!("{} in {seconds:.1} s, {} requests, seed {}", report.target, report.requests, report.seed),
        ),
    ];
    for (name, text) in rows {
        push(out, wrapped(&format!("  {name}"), &text, columns, 3));
    }
}

/// The verdict of the run, and whether it ended early.
fn closing(report: &Report) -> String {
    let sentence = cause::sentence(report);
    let interrupted =
        |test: &&TestReport| test.verdict == Verdict::Inconclusive && test.reason.as_deref() == Some(INTERRUPTED);
    match report.tests.iter().filter(interrupted).count() {
        0 => sentence.to_owned(),
        open => {
            let all = counted(report.tests.len(), "test");
            format!("{sentence} The run was interrupted: {} of {all} had no verdict.", grouped(open as u64))
        }
    }
}

fn listed(what: &str, ids: &[&str]) -> String {
    match ids.len() {
        0 => String::new(),
        count if count > NAMED => format!(", {count} {what}"),
        count => format!(", {count} {what} ({})", ids.join(", ")),
    }
}
