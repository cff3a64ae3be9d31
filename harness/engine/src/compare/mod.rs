//! Two runs side by side: what is new, what is mended, and what is no longer looked at. A test counts as
//! newly broken when a defect shows in it that did not show before, even if it failed before, too.

mod causes;
mod render;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use self::causes::{compare_causes, is_open};
use crate::report::model::{ClauseStatus, FindingReport, Report, TestReport};
use crate::verdict::Verdict;

pub use causes::{CauseEntry, Trend};
pub use render::{json, markdown, text};

/// What became of a test or a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Something is broken that was not, or in another way.
    New,
    /// It is no longer there.
    Vanished,
    /// It was put to the test, and is not any more.
    NewlySkipped,
    /// It had a verdict, and has none any more.
    NewlyInconclusive,
    /// What was broken is now let pass as a known deviation.
    NewlyKnown,
    /// A recommendation is not followed that was.
    NewlyWarned,
    /// It is broken as it was.
    StillFailing,
    /// What was broken is not any more.
    Fixed,
    /// It was not there before, and is not broken.
    Added,
}

impl Change {
    /// All of them, the gravest first.
    pub const ALL: [Change; 9] = [
        Change::New,
        Change::Vanished,
        Change::NewlySkipped,
        Change::NewlyInconclusive,
        Change::NewlyKnown,
        Change::NewlyWarned,
        Change::StillFailing,
        Change::Fixed,
        Change::Added,
    ];

    /// The change as one word for the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Vanished => "vanished",
            Change::NewlySkipped => "newly-skipped",
            Change::NewlyInconclusive => "newly-inconclusive",
            Change::NewlyKnown => "newly-known",
            Change::NewlyWarned => "newly-warned",
            Change::StillFailing => "still-failing",
            Change::Fixed => "fixed",
            Change::Added => "added",
        }
    }

    /// The change of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.as_str() == name)
    }
}

/// A test or a clause that is not as it was, or broken as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What became of it.
    pub change: Change,
    /// Its name.
    pub name: String,
    /// What is broken or mended, or why it is skipped or has no verdict.
    pub details: Vec<String>,
}

/// Two runs side by side.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// What makes the two hard to compare.
    pub notes: Vec<String>,
    /// Causes, the gravest change first.
    pub causes: Vec<CauseEntry>,
    /// Tests, the gravest change first.
    #[serde(rename = "trials")]
    pub tests: Vec<Entry>,
    /// Clauses, the gravest change first.
    pub clauses: Vec<Entry>,
}

impl Comparison {
    /// How many tests changed so.
    pub fn count(&self, change: Change) -> usize {
        self.tests.iter().filter(|entry| entry.change == change).count()
    }

    /// The exit code: 1 for changes for the worse, 3 where only a verdict is missing.
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

/// Compares two runs.
pub fn compare(old: &Report, new: &Report) -> Comparison {
    let mut tests = compare_tests(old, new);
    let mut clauses = compare_clauses(old, new);
    tests.sort_by(|a, b| (a.change, &a.name).cmp(&(b.change, &b.name)));
    clauses.sort_by(|a, b| (a.change, &a.name).cmp(&(b.change, &b.name)));
    Comparison { notes: notes(old, new), causes: compare_causes(old, new), tests, clauses }
}

/// What the two runs do not have in common.
fn notes(old: &Report, new: &Report) -> Vec<String> {
    let differ = |what: &str, one: String, other: String| (one != other).then(|| format!("{what}: {one}, now {other}"));
    let words = |strict: bool| if strict { "strict" } else { "not strict" }.to_owned();
    let short = |hash: &str| hash.chars().take(12).collect::<String>();
    [
        differ("other contract or scenarios", short(&old.suite.contract_hash), short(&new.suite.contract_hash)),
        differ("other version of the suite", old.suite.version.clone(), new.suite.version.clone()),
        differ("other seed", old.seed.to_string(), new.seed.to_string()),
        differ("other target", old.target.clone(), new.target.clone()),
        differ("other strictness", words(old.strict), words(new.strict)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn compare_tests(old: &Report, new: &Report) -> Vec<Entry> {
    let known: BTreeSet<String> = old.tests.iter().flat_map(|test| violations(old, test).into_keys()).collect();
    let before: BTreeMap<&str, &TestReport> = old.tests.iter().map(|test| (test.name.as_str(), test)).collect();
    let after: BTreeMap<&str, &TestReport> = new.tests.iter().map(|test| (test.name.as_str(), test)).collect();
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    names
        .into_iter()
        .filter_map(|name| {
            let (change, details) = match (before.get(name), after.get(name)) {
                (Some(before), Some(after)) => both((old, before), (new, after), &known)?,
                (Some(before), None) => gone(old, before),
                (None, Some(after)) => appeared(new, after),
                (None, None) => return None,
            };
            Some(Entry { change, name: name.to_owned(), details })
        })
        .collect()
}

/// What became of a test that both runs have. `known` are the keys of the whole earlier run: where a test that failed
/// before shows one more of them, that is no news; where one that did not fail does, it is.
fn both(
    (old, before): (&Report, &TestReport),
    (new, after): (&Report, &TestReport),
    known: &BTreeSet<String>,
) -> Option<(Change, Vec<String>)> {
    let (was, is) = (violations(old, before), violations(new, after));
    let reason = || after.reason.iter().cloned().collect();
    match (before.verdict, after.verdict) {
        (was_verdict, Verdict::Failed) => {
            let is_new = |key: &String| match was_verdict {
                Verdict::Failed => !known.contains(key),
                _ => !was.contains_key(key),
            };
            let new_ones: Vec<String> =
                is.iter().filter(|(key, _)| is_new(key)).map(|(_, text)| text.clone()).collect();
            // A failure of no finding is about the list of known deviations.
            let without = is.is_empty() && was_verdict != Verdict::Failed;
            match (new_ones.is_empty(), without) {
                (false, _) => Some((Change::New, new_ones)),
                (true, true) => Some((Change::New, reason())),
                (true, false) => Some((Change::StillFailing, is.into_values().collect())),
            }
        }
        (Verdict::Inconclusive, Verdict::Inconclusive) => None,
        (_, Verdict::Inconclusive) => Some((Change::NewlyInconclusive, reason())),
        (Verdict::Failed, Verdict::Skipped) if !after.findings.is_empty() => Some((Change::NewlyKnown, reason())),
        (Verdict::Skipped, Verdict::Skipped) => None,
        (_, Verdict::Skipped) => Some((Change::NewlySkipped, reason())),
        (Verdict::Failed, Verdict::Passed | Verdict::Warned) => Some((Change::Fixed, was.into_values().collect())),
        (Verdict::Warned, Verdict::Warned) => None,
        (_, Verdict::Warned) => Some((Change::NewlyWarned, after.findings.iter().map(in_words).collect())),
        (_, Verdict::Passed) => None,
    }
}

/// An entry of the list of known deviations that has been mended or taken out is no test that vanished.
fn gone(old: &Report, before: &TestReport) -> (Change, Vec<String>) {
    let of_the_list = before.verdict == Verdict::Failed && before.findings.is_empty();
    match of_the_list {
        true => (Change::Fixed, before.reason.iter().cloned().collect()),
        false => (Change::Vanished, violations(old, before).into_values().collect()),
    }
}

fn appeared(new: &Report, after: &TestReport) -> (Change, Vec<String>) {
    let reason = after.reason.iter().cloned().collect();
    match after.verdict {
        Verdict::Failed if after.findings.is_empty() => (Change::New, reason),
        Verdict::Failed => (Change::New, violations(new, after).into_values().collect()),
        Verdict::Inconclusive => (Change::NewlyInconclusive, reason),
        Verdict::Passed | Verdict::Warned | Verdict::Skipped => (Change::Added, Vec::new()),
    }
}

/// What fails a test, by what makes a defect the same one across runs: the keys of its findings.
fn violations(report: &Report, test: &TestReport) -> BTreeMap<String, String> {
    let open = test.findings.iter().filter(|finding| is_open(report, finding));
    open.map(|finding| (finding.key_id(), in_words(finding))).collect()
}

fn in_words(finding: &FindingReport) -> String {
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
