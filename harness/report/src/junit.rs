//! The JUnit report, in two flavours: a wide one with everything that readers use, and a strict one that is valid
//! against the schema `junit-10.xsd`.
//!
//! The structure follows from tests with real readers (`ci/readers.sh`):
//! - Suites are flat: several readers lose nested suites.
//! - Each result element has text: some readers count an empty element as passed.
//! - Types contain a dot: some readers interpret a plain type such as `boolean` as a conversion.
//! - No two cases have the same class and name: readers drop the later one.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};

use super::model::{Report, TestReport};
use super::words::{MAX_MESSAGE_LENGTH, details, in_line, message, warning, worst_first};
use super::xml::{self, Tag};
use judge::verdict::Verdict;

/// The longest text of an element, in bytes.
const MAX_TEXT_LENGTH: usize = 64 * 1024;
/// Texts are never cut shorter than this, in bytes.
const SHORTEST_TEXT: usize = 512;
/// Readers refuse files of 30 MB or more. Texts are cut until the file is smaller than this, in bytes.
const MAX_FILE: usize = 28_000_000;
/// The most characters of a property or a name.
const MAX_VALUE_LENGTH: usize = 1000;

/// The wide flavour: with file, line, time and properties on every case.
pub(super) fn render(report: &Report) -> String {
    document(report, Flavour::Wide)
}

/// The strict flavour: only elements and attributes of `junit-10.xsd`.
pub(super) fn render_strict(report: &Report) -> String {
    document(report, Flavour::Strict)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flavour {
    Wide,
    Strict,
}

/// The cases of one file.
struct Suite<'r> {
    name: String,
    class: String,
    file: &'r str,
    cases: Vec<Case<'r>>,
}

/// A test as a case.
struct Case<'r> {
    name: String,
    test: &'r TestReport,
    ending: Option<Ending>,
}

/// The result element of a case that did not pass.
struct Ending {
    element: &'static str,
    kind: String,
    message: String,
}

#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

fn document(report: &Report, flavour: Flavour) -> String {
    let tests = tests(report);
    let suites = suites(report, &tests);
    let mut longest = MAX_TEXT_LENGTH;
    while longest > SHORTEST_TEXT {
        if let Some(text) = (Page { report, flavour, longest, limit: MAX_FILE }).write(&suites) {
            return text;
        }
        longest /= 2;
    }
    let last = Page { report, flavour, longest: SHORTEST_TEXT, limit: usize::MAX };
    last.write(&suites).unwrap_or_default()
}

/// The tests of the report. A run without tests gets one inconclusive case, because readers take a file without cases
/// for success.
fn tests(report: &Report) -> Cow<'_, [TestReport]> {
    if !report.tests.is_empty() {
        return Cow::Borrowed(&report.tests);
    }
    Cow::Owned(vec![TestReport {
        about: "A run executes at least one test.".into(),
        reason: Some("the run ended before any test completed, so nothing is known about the target".to_owned()),
        started_at: Some(report.started_at.clone()),
        duration_ms: report.duration_ms,
        ..TestReport::without_record("harness::aborted", Verdict::Inconclusive)
    }])
}

fn suites<'r>(report: &Report, tests: &'r [TestReport]) -> Vec<Suite<'r>> {
    let mut by_file: BTreeMap<(&str, &str), Vec<&TestReport>> = BTreeMap::new();
    for test in tests {
        by_file.entry((path(test), &test.file)).or_default().push(test);
    }
    let (mut names, mut classes) = (Names::default(), Names::default());
    by_file
        .into_iter()
        .map(|((path, file), tests)| {
            let mut own = Names::default();
            Suite {
                name: names.unique(in_line(path, MAX_VALUE_LENGTH)),
                class: classes.unique(class(path)),
                file,
                cases: tests.into_iter().map(|test| case(report, test, path, &mut own)).collect(),
            }
        })
        .collect()
}

/// The path of the scenario file without folder and extension; for a test without a file, the part of its name before
/// `::`.
fn path(test: &TestReport) -> &str {
    let file = test.file.strip_prefix("scenarios/").unwrap_or(&test.file);
    match file.strip_suffix(".yaml").unwrap_or(file) {
        "" => test.name.split_once("::").map_or("run", |(path, _)| path),
        path => path,
    }
}

/// A path as a class name: dots between packages, and only characters that are valid in file names.
fn class(path: &str) -> String {
    let class: String = path
        .chars()
        .map(|letter| match letter {
            '/' => '.',
            '-' | '_' | '.' => letter,
            other if other.is_ascii_alphanumeric() => other,
            _ => '_',
        })
        .take(MAX_VALUE_LENGTH)
        .collect();
    match class.trim_matches('.') {
        "" => "run".to_owned(),
        class => class.to_owned(),
    }
}

fn case<'r>(report: &Report, test: &'r TestReport, path: &str, names: &mut Names) -> Case<'r> {
    let own = test.name.strip_prefix(path).and_then(|rest| rest.strip_prefix("::")).unwrap_or(&test.name);
    let own = if own.is_empty() { "unnamed" } else { own };
    Case { name: names.unique(in_line(own, MAX_VALUE_LENGTH)), test, ending: ending(report, test) }
}

/// Names that are already used.
#[derive(Default)]
struct Names {
    taken: BTreeSet<String>,
    next: BTreeMap<String, usize>,
}

impl Names {
    /// The name itself, or with a number appended if it is already used.
    fn unique(&mut self, name: String) -> String {
        let mut candidate = name.clone();
        while !self.taken.insert(candidate.clone()) {
            let next = self.next.entry(name.clone()).or_insert(1);
            *next += 1;
            candidate = format!("{name}-{next}");
        }
        candidate
    }
}

fn ending(report: &Report, test: &TestReport) -> Option<Ending> {
    let (element, kind) = match test.verdict {
        Verdict::Passed | Verdict::Warned => return None,
        Verdict::Failed => ("failure", failure_kind(report, test)),
        Verdict::Inconclusive if report.tests.is_empty() => ("error", "harness.aborted".to_owned()),
        Verdict::Inconclusive if test.flaky => ("error", "harness.flaky".to_owned()),
        Verdict::Inconclusive => ("error", "harness.inconclusive".to_owned()),
        Verdict::Skipped if test.findings.is_empty() => ("skipped", "contract.not-exercised".to_owned()),
        Verdict::Skipped => ("skipped", "contract.known-deviation".to_owned()),
    };
    Some(Ending { element, kind, message: message(report, test) })
}

/// The check of the first finding, as a dotted name. A failure without findings reports an outdated known deviation.
fn failure_kind(report: &Report, test: &TestReport) -> String {
    let Some(first) = worst_first(report, test).first().copied() else {
        return "contract.stale-deviation".to_owned();
    };
    let word: String = first
        .check
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' })
        .take(MAX_MESSAGE_LENGTH)
        .collect();
    let words: Vec<&str> = word.split('.').filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "contract.broken".to_owned() } else { format!("contract.{}", words.join(".")) }
}

/// The settings with which a document is written.
struct Page<'r> {
    report: &'r Report,
    flavour: Flavour,
    longest: usize,
    limit: usize,
}

impl Page<'_> {
    /// The document, or `None` if it exceeds the size limit.
    fn write(&self, suites: &[Suite<'_>]) -> Option<String> {
        let started = moment(&self.report.started_at);
        let mut out = xml::DECLARATION.to_owned();
        let cases = suites.iter().flat_map(|suite| &suite.cases);
        let root = Tag::new("testsuites")
            .with("name", &self.report.suite.name)
            .with("time", &seconds(self.report.duration_ms));
        let root = self.counted(root, &Counts::of(cases), self.wide());
        line(&mut out, 0, &root.with_some("timestamp", started.as_deref().filter(|_| self.wide())).start());
        for (index, suite) in suites.iter().enumerate() {
            self.suite(&mut out, index, suite)?;
        }
        line(&mut out, 0, "</testsuites>");
        (out.len() <= self.limit).then_some(out)
    }

    fn suite(&self, out: &mut String, index: usize, suite: &Suite<'_>) -> Option<()> {
        let took = suite.cases.iter().fold(0_u64, |sum, case| sum.saturating_add(case.test.duration_ms));
        let began = suite.cases.iter().filter_map(|case| moment(case.test.started_at.as_deref()?)).min();
        let tag = Tag::new("testsuite")
            .with("name", &suite.name)
            .with("time", &seconds(took))
            .with_some("timestamp", began.or_else(|| moment(&self.report.started_at)).as_deref())
            .with("id", &index.to_string())
            .with_some("file", Some(suite.file).filter(|file| !file.is_empty()));
        line(out, 1, &self.counted(tag, &Counts::of(&suite.cases), true).start());
        properties(out, 2, &self.facts());
        for case in &suite.cases {
            self.case(out, &suite.class, case);
            if out.len() > self.limit {
                return None;
            }
        }
        line(out, 1, "</testsuite>");
        Some(())
    }

    fn case(&self, out: &mut String, class: &str, case: &Case<'_>) {
        let test = case.test;
        let mut tag = Tag::new("testcase")
            .with("classname", class)
            .with("name", &case.name)
            .with("time", &seconds(test.duration_ms));
        if self.wide() {
            tag = tag
                .with_some("file", Some(test.file.as_ref()).filter(|file| !file.is_empty()))
                .with_some("line", (test.line > 0).then(|| test.line.to_string()).as_deref())
                .with_some("timestamp", test.started_at.as_deref().and_then(moment).as_deref());
        }
        let plain = case.ending.is_none() && test.findings.is_empty();
        if plain && !self.wide() {
            return line(out, 2, &tag.empty());
        }
        line(out, 2, &tag.start());
        if self.wide() {
            properties(out, 3, &case_properties(test));
        }
        if !plain {
            line(out, 3, &self.result(case));
        }
        line(out, 2, "</testcase>");
    }

    fn result(&self, case: &Case<'_>) -> String {
        let details = |message: &str| details(self.report, case.test, message);
        match &case.ending {
            Some(ending) => Tag::new(ending.element)
                .with("message", &ending.message)
                .with("type", &ending.kind)
                .around(&details(&ending.message), self.longest),
            None => Tag::new("system-out").around(&details(&warning(self.report, case.test)), self.longest),
        }
    }

    /// The properties of the run, for every suite.
    fn facts(&self) -> [(&'static str, String); 4] {
        [
            ("seed", self.report.seed.to_string()),
            ("target-url", self.report.target.clone()),
            ("contract-hash", self.report.suite.contract_hash.clone()),
            ("harness-version", self.report.suite.version.clone()),
        ]
    }

    fn counted(&self, tag: Tag, counts: &Counts, with_skipped: bool) -> Tag {
        tag.with("tests", &counts.tests.to_string())
            .with("failures", &counts.failures.to_string())
            .with("errors", &counts.errors.to_string())
            .with_some("skipped", Some(counts.skipped.to_string()).filter(|_| with_skipped).as_deref())
    }

    fn wide(&self) -> bool {
        self.flavour == Flavour::Wide
    }
}

impl Counts {
    /// Counts the written elements instead of using the counts of the report.
    fn of<'c, 'r: 'c>(cases: impl IntoIterator<Item = &'c Case<'r>>) -> Self {
        let mut counts = Self::default();
        for case in cases {
            counts.tests += 1;
            match case.ending.as_ref().map(|ending| ending.element) {
                Some("failure") => counts.failures += 1,
                Some("error") => counts.errors += 1,
                Some(_) => counts.skipped += 1,
                None => {}
            }
        }
        counts
    }
}

/// The properties of a case.
fn case_properties(test: &TestReport) -> Vec<(&'static str, String)> {
    let mut values = vec![("verdict", test.verdict.as_str().to_owned())];
    if !test.clauses.is_empty() {
        values.push(("clauses", test.clauses.join(", ")));
    }
    if test.verdict == Verdict::Warned {
        let warnings: Vec<String> =
            test.findings.iter().map(|finding| format!("{} {}", finding.clause, finding.check)).collect();
        values.push(("warnings", warnings.join(", ")));
    }
    values
}

fn properties(out: &mut String, depth: usize, values: &[(&'static str, String)]) {
    line(out, depth, "<properties>");
    for (name, value) in values {
        let value = in_line(value, MAX_VALUE_LENGTH);
        line(out, depth + 1, &Tag::new("property").with("name", name).with("value", &value).empty());
    }
    line(out, depth, "</properties>");
}

fn line(out: &mut String, depth: usize, text: &str) {
    out.extend(std::iter::repeat_n("  ", depth));
    out.push_str(text);
    out.push('\n');
}

/// A time in the one format that all readers accept; `None` if the text is not a valid time.
fn moment(text: &str) -> Option<String> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    Some(time.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Millis, true))
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}
