//! Compares two runs: new violations, fixed ones, and tests and clauses that are no longer exercised. A defect is not new, but
//! newly reached, if only tests show it that could not in the earlier run: they ended at another defect, which is repaired now.

mod causes;
mod render;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use self::causes::{compare_causes, is_open};
use crate::grouping::ended_early;
use crate::model::{ClauseStatus, FindingReport, Report, TestReport};
use crate::queries::names;
use judge::verdict::Verdict;

pub use causes::{CauseEntry, Trend};
pub use render::{json, markdown, text};

/// The change of a test or a clause between two runs; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// There is a new violation.
    New,
    /// It is missing in the later run.
    Vanished,
    /// It was executed before, and is now skipped or not exercised.
    NewlySkipped,
    /// It had a verdict before, and is now inconclusive.
    NewlyInconclusive,
    /// It shows a violation that the earlier run could not show, because another one or a missing setup was in the way.
    NewlyReached,
    /// Its violation is now accepted as a known deviation.
    NewlyKnown,
    /// It now violates a recommendation (SHOULD).
    NewlyWarned,
    /// It has the same violations as before.
    StillFailing,
    /// Its violations no longer occur.
    Fixed,
    /// It is not in the earlier run, and does not fail.
    Added,
}

names!(Change {
    New => "new", Vanished => "vanished", NewlySkipped => "newly-skipped", NewlyInconclusive => "newly-inconclusive",
    NewlyReached => "newly-reached", NewlyKnown => "newly-known", NewlyWarned => "newly-warned", StillFailing => "still-failing", Fixed => "fixed",
    Added => "added",
});

impl Change {
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.as_str() == name)
    }
}

/// A test or a clause that changed, or that still fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub change: Change,
    pub name: String,
    /// The new or fixed violations, or the reason why it is skipped or inconclusive.
    pub details: Vec<String>,
}

/// The comparison of two runs.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// Differences between the runs that make the comparison less reliable.
    pub notes: Vec<String>,
    /// Causes, the worst change first.
    pub causes: Vec<CauseEntry>,
    /// Tests, the worst change first.
    pub tests: Vec<Entry>,
    /// Clauses, the worst change first.
    pub clauses: Vec<Entry>,
}

impl Comparison {
    /// How many tests have this change.
    pub fn count(&self, change: Change) -> usize {
        self.tests.iter().filter(|entry| entry.change == change).count()
    }

    /// The exit code: 1 for changes for the worse, 3 if tests are newly inconclusive, else 0.
    pub fn exit_code(&self, allowed: &[Change]) -> u8 {
        let any = |change: Change| {
            !allowed.contains(&change) && self.tests.iter().chain(&self.clauses).any(|entry| entry.change == change)
        };
        if any(Change::New) || any(Change::Vanished) || any(Change::NewlySkipped) {
            return 1;
        }
        if any(Change::NewlyInconclusive) { 3 } else { 0 }
    }
}

pub fn compare(old: &Report, new: &Report) -> Comparison {
    let mut tests = compare_tests(old, new);
    let mut clauses = compare_clauses(old, new);
    tests.sort_by(|a, b| (a.change, &a.name).cmp(&(b.change, &b.name)));
    clauses.sort_by(|a, b| (a.change, &a.name).cmp(&(b.change, &b.name)));
    Comparison { notes: notes(old, new), causes: compare_causes(old, new), tests, clauses }
}

/// Names the differences in contract, version, seed, target and strictness.
fn notes(old: &Report, new: &Report) -> Vec<String> {
    let differ = |what: &str, one: String, other: String| (one != other).then(|| format!("{what}: {one}, now {other}"));
    let strictness = |strict: bool| if strict { "strict" } else { "not strict" }.to_owned();
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    [
        differ("different contract or scenarios", short(&old.suite.contract_hash), short(&new.suite.contract_hash)),
        differ("different version of the suite", old.suite.version.clone(), new.suite.version.clone()),
        differ("different seed", old.seed.to_string(), new.seed.to_string()),
        differ("different target", old.target.clone(), new.target.clone()),
        differ("different strictness", strictness(old.strict), strictness(new.strict)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn compare_tests(old: &Report, new: &Report) -> Vec<Entry> {
    let known = Known::of(old, new);
    let before: BTreeMap<&str, &TestReport> = old.tests.iter().map(|test| (test.name.as_ref(), test)).collect();
    let after: BTreeMap<&str, &TestReport> = new.tests.iter().map(|test| (test.name.as_ref(), test)).collect();
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    names
        .into_iter()
        .filter_map(|name| {
            let (change, details) = match (before.get(name), after.get(name)) {
                (Some(before), Some(after)) => in_both((old, before), (new, after), &known)?,
                (Some(before), None) => vanished(old, before),
                (None, Some(after)) => added(new, after),
                (None, None) => return None,
            };
            Some(Entry { change, name: name.to_owned(), details })
        })
        .collect()
}

/// The keys of violations in both runs.
struct Known {
    /// Those of the earlier run.
    before: BTreeSet<String>,
    /// Those of the later run that a test shows which could have shown them in the earlier run.
    new: BTreeSet<String>,
}

impl Known {
    fn of(old: &Report, new: &Report) -> Self {
        let earlier = Earlier::of(old);
        let of_test = |test: &TestReport| {
            let open = test.findings.iter().filter(|finding| is_open(new, finding));
            open.filter(|finding| earlier.could_show(test, finding)).map(FindingReport::key_id).collect::<Vec<_>>()
        };
        Self {
            before: old.tests.iter().flat_map(|test| violations(old, test).into_keys()).collect(),
            new: new.tests.iter().flat_map(of_test).collect(),
        }
    }
}

/// What the tests of an earlier run could have shown.
struct Earlier<'r> {
    tests: BTreeMap<&'r str, &'r TestReport>,
    /// The clauses that the run upheld.
    upheld: BTreeSet<&'r str>,
}

impl<'r> Earlier<'r> {
    fn of(old: &'r Report) -> Self {
        Self {
            tests: old.tests.iter().map(|test| (test.name.as_ref(), test)).collect(),
            upheld: old.clauses_with(ClauseStatus::Upheld).map(|clause| clause.id.as_str()).collect(),
        }
    }

    /// Whether the test could have shown a violation of a later run. A clause that the run upheld was not violated in it. A
    /// failed test could show the violation if it completed, and the check upheld the clause in it. A flaky test and one whose violation is a known deviation completed.
    fn could_show(&self, test: &TestReport, finding: &FindingReport) -> bool {
        let Some(before) = self.tests.get(test.name.as_ref()) else { return true };
        if self.upheld.contains(finding.clause.as_str()) {
            return true;
        }
        let evidence = before.evidence_of(&finding.clause);
        match before.verdict {
            Verdict::Passed | Verdict::Warned => true,
            Verdict::Skipped => !before.findings.is_empty(),
            Verdict::Inconclusive => before.flaky,
            Verdict::Failed => {
                !ended_early(before) && evidence.is_some_and(|evidence| evidence.checks.contains(&finding.check))
            }
        }
    }
}

/// The change of a test that is in both runs. If a test that failed before now shows a defect of the earlier run, this is not
/// a new violation; if a test that did not fail before shows one, it is.
fn in_both(
    (old, before): (&Report, &TestReport),
    (new, after): (&Report, &TestReport),
    known: &Known,
) -> Option<(Change, Vec<String>)> {
    let (was, is) = (violations(old, before), violations(new, after));
    let reason = || after.reason.iter().cloned().collect();
    match (before.verdict, after.verdict) {
        (was_verdict, Verdict::Failed) => {
            let was_shown = |key: &String| match was_verdict {
                Verdict::Failed => known.before.contains(key),
                _ => was.contains_key(key),
            };
            let texts = |is_one: &dyn Fn(&String) -> bool| -> Vec<String> {
                is.iter().filter(|(key, _)| is_one(key)).map(|(_, text)| text.clone()).collect()
            };
            let new_ones = texts(&|key| !was_shown(key) && known.new.contains(key));
            let reached = texts(&|key| !was_shown(key) && !known.new.contains(key));
            // A failure without findings reports an outdated known deviation.
            let newly_outdated = is.is_empty() && was_verdict != Verdict::Failed;
            match (new_ones.is_empty(), newly_outdated, reached.is_empty()) {
                (false, ..) => Some((Change::New, new_ones)),
                (true, true, _) => Some((Change::New, reason())),
                (true, false, false) => Some((Change::NewlyReached, reached)),
                (true, false, true) => Some((Change::StillFailing, is.into_values().collect())),
            }
        }
        (Verdict::Inconclusive, Verdict::Inconclusive) => None,
        (_, Verdict::Inconclusive) => Some((Change::NewlyInconclusive, reason())),
        (Verdict::Failed, Verdict::Skipped) if !after.findings.is_empty() => Some((Change::NewlyKnown, reason())),
        (Verdict::Skipped, Verdict::Skipped) => None,
        (_, Verdict::Skipped) => Some((Change::NewlySkipped, reason())),
        (Verdict::Failed, Verdict::Passed | Verdict::Warned) => Some((Change::Fixed, was.into_values().collect())),
        (Verdict::Warned, Verdict::Warned) => None,
        (_, Verdict::Warned) => Some((Change::NewlyWarned, after.findings.iter().map(description).collect())),
        (_, Verdict::Passed) => None,
    }
}

/// The change of a test that is only in the earlier run. The entry of an outdated known deviation counts as fixed.
fn vanished(old: &Report, before: &TestReport) -> (Change, Vec<String>) {
    let is_deviation_entry = before.verdict == Verdict::Failed && before.findings.is_empty();
    match is_deviation_entry {
        true => (Change::Fixed, before.reason.iter().cloned().collect()),
        false => (Change::Vanished, violations(old, before).into_values().collect()),
    }
}

fn added(new: &Report, after: &TestReport) -> (Change, Vec<String>) {
    let reason = after.reason.iter().cloned().collect();
    match after.verdict {
        Verdict::Failed if after.findings.is_empty() => (Change::New, reason),
        Verdict::Failed => (Change::New, violations(new, after).into_values().collect()),
        Verdict::Inconclusive => (Change::NewlyInconclusive, reason),
        Verdict::Passed | Verdict::Warned | Verdict::Skipped => (Change::Added, Vec::new()),
    }
}

/// The violations that fail a test, by the keys that identify a defect across runs.
fn violations(report: &Report, test: &TestReport) -> BTreeMap<String, String> {
    let open = test.findings.iter().filter(|finding| is_open(report, finding));
    open.map(|finding| (finding.key_id(), description(finding))).collect()
}

fn description(finding: &FindingReport) -> String {
    let FindingReport { clause, check, part, expected, actual, .. } = finding;
    format!("{clause} {check} at {part}: expected {expected}, got {actual}")
}

fn compare_clauses(old: &Report, new: &Report) -> Vec<Entry> {
    use ClauseStatus::{NotExercised, Upheld, Violated};
    let after: BTreeMap<&str, _> = new.clauses.iter().map(|clause| (clause.id.as_str(), clause)).collect();
    let before: BTreeMap<&str, _> = old.clauses.iter().map(|clause| (clause.id.as_str(), clause)).collect();
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    names
        .into_iter()
        .filter_map(|name| {
            let (was, is) = (before.get(name), after.get(name));
            let change = match (was.map(|clause| clause.status), is.map(|clause| clause.status)) {
                (_, None) => Change::Vanished,
                (Some(Violated), Some(Violated)) => Change::StillFailing,
                (Some(NotExercised), Some(Violated)) => Change::NewlyReached,
                (_, Some(Violated)) => Change::New,
                (Some(Upheld | Violated), Some(NotExercised)) => Change::NewlySkipped,
                (Some(Violated), Some(Upheld)) => Change::Fixed,
                (None, Some(_)) => Change::Added,
                (Some(_), Some(_)) => return None,
            };
            let details = is.and_then(|clause| clause.reason.clone()).into_iter().collect();
            Some(Entry { change, name: name.to_owned(), details })
        })
        .collect()
}

#[cfg(test)]
mod tests;
