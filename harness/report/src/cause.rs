//! Helpers of all formats: tests by reason, the verdict of the run in one sentence, numbers and durations as text.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use super::model::{ClauseReport, ClauseStatus, Report, TestReport};
use judge::verdict::Verdict;
use spec::contract::Level;

pub(super) use super::grouping::{Cause, ORDER, causes};
pub(super) use super::numbers::{counted, duration, grouped};
pub(super) use judge::finding::digest;

/// The selected tests by their reason, the most frequent reason first.
pub(super) fn by_reason(report: &Report, selected: impl Fn(&TestReport) -> bool) -> Vec<(&str, Vec<&TestReport>)> {
    let mut groups: Vec<(&str, Vec<&TestReport>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for test in report.tests.iter().filter(|test| selected(test)) {
        let reason = test.reason.as_deref().unwrap_or("no reason given");
        let place = *places.entry(reason).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, tests)) => tests.push(test),
            None => groups.push((reason, vec![test])),
        }
    }
    groups.sort_by_key(|(_, tests)| std::cmp::Reverse(tests.len()));
    groups
}

/// True for a test that is skipped because a known deviation covers its violation.
pub(super) fn is_known_deviation(test: &TestReport) -> bool {
    test.verdict == Verdict::Skipped && !test.findings.is_empty()
}

/// Failed tests without findings: they report known deviations that are out of date.
pub(super) fn stale(report: &Report) -> impl Iterator<Item = &TestReport> {
    report.tests.iter().filter(|test| test.verdict == Verdict::Failed && test.findings.is_empty())
}

/// The verdict of the run in one sentence. It says that the API fulfils its contract only if every clause was exercised.
pub(super) fn sentence(report: &Report) -> String {
    let open = not_exercised(report);
    let text = match report.exit_code {
        0 if report.count(Verdict::Failed) > 0 => "There are no new violations compared with the baseline.",
        0 if report.tests.is_empty() => "This shard contains no tests; merge the reports of all shards.",
        0 if report.count(Verdict::Passed) + report.count(Verdict::Warned) == 0 => {
            "Every test of this shard was skipped; merge the reports of all shards."
        }
        0 if report.tests.iter().any(is_known_deviation) => "No violation was found besides the known deviations.",
        0 if open > 0 => return without_violation(report, open),
        0 if report.count(Verdict::Warned) > 0 => {
            "The API fulfils its contract; some recommendations (SHOULD) are not followed."
        }
        0 => "The API fulfils its contract.",
        1 if report.suite_tests().any(|test| test.verdict == Verdict::Failed) => "The API breaks its contract.",
        1 if stale(report).next().is_some() => {
            "No violation was found, but the list of known deviations is out of date."
        }
        1 => "No violation was found, but the comparison with the baseline failed.",
        _ if report.count(Verdict::Passed) + report.count(Verdict::Warned) == 0 => "Nothing was checked.",
        _ => "No violation was found, but not everything could be checked.",
    };
    text.to_owned()
}

fn without_violation(report: &Report, not_exercised: usize) -> String {
    let clause = if report.count(Verdict::Warned) > 0 { "MUST clause" } else { "clause" };
    let all = counted(included(report).count(), "clause");
    let verb = if not_exercised == 1 { "was" } else { "were" };
    format!("No {clause} was violated, but {} of {all} {verb} not exercised.", grouped(not_exercised as u64))
}

/// How many clauses no response could have violated.
fn not_exercised(report: &Report) -> usize {
    included(report).filter(|clause| clause.status == ClauseStatus::NotExercised).count()
}

/// The clauses that the pack does not exclude.
fn included(report: &Report) -> impl Iterator<Item = &ClauseReport> {
    report.clauses.iter().filter(|clause| clause.excluded.is_none())
}

/// The reason for the exit code.
pub(super) fn exit_reason(report: &Report) -> String {
    let total = report.tests.len();
    match report.exit_code {
        0 => "no test failed or was inconclusive".to_owned(),
        1 => {
            let failed = report.count(Verdict::Failed);
            let stale = stale(report).count();
            let mut text = format!("{failed} of {} failed", counted(total, "test"));
            if failed > stale {
                let violated: BTreeSet<&str> = report
                    .tests
                    .iter()
                    .filter(|test| test.verdict == Verdict::Failed)
                    .flat_map(|test| &test.findings)
                    .filter(|finding| finding.level == Level::Must || report.strict)
                    .map(|finding| finding.clause.as_str())
                    .collect();
                let kind = if report.strict { "clause" } else { "MUST clause" };
                let _ = write!(text, ", {} violated", counted(violated.len(), kind));
            }
            if stale > 0 {
                let _ = write!(text, ", {} out of date", counted(stale, "known deviation"));
            }
            if report.strict {
                text.push_str("; violated recommendations (SHOULD) count as failures");
            }
            text
        }
        _ => match report.count(Verdict::Inconclusive) {
            0 => "no test was executed".to_owned(),
            open => format!("no test failed, but {open} of {} had no verdict", counted(total, "test")),
        },
    }
}

/// Quotes a word for a shell, if needed.
pub fn shell(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@%+,".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The anchor of a test in the HTML page; the same in every run.
pub(super) fn test_anchor(name: &str) -> String {
    format!("t-{}", &digest(&[name])[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!(shell("a/b::c-1"), "a/b::c-1");
        assert_eq!(shell("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell(""), "''");
    }
}
