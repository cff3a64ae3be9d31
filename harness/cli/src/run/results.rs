//! Results of tests that did not run.

use judge::record::TestRecord;
use judge::verdict::{Outcome, Verdict};
use report::{Report, TestResult};
use runner::plan::Planned;

/// Adds results for tests without one, such as after a panic of the runner itself.
pub(super) fn add_missing(results: &mut Vec<TestResult>, planned: Vec<Planned>) {
    for test in planned {
        if results.iter().any(|result| result.name == test.spec.name) {
            continue;
        }
        results.push(unrun(test, Verdict::Inconclusive, "it did not run"));
    }
}

pub(super) fn unrun(test: Planned, verdict: Verdict, reason: &str) -> TestResult {
    TestResult::new(test.spec, Outcome::unrun(verdict, Some(reason.to_owned())), TestRecord::default())
}

/// True if nothing was checked and nothing is inconclusive. For a shard this is no error: `merge` decides whether the
/// whole run checked anything.
pub(super) fn unchecked(report: &Report) -> bool {
    report.exit_code == 3 && report.count(Verdict::Inconclusive) == 0
}
