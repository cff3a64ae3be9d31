//! Results of tests that did not run.

use judge::record::TestRecord;
use judge::verdict::{Outcome, Verdict};
use report::{Report, TestResult};
use runner::schedule::Scheduled;

pub(super) fn unrun(test: Scheduled, verdict: Verdict, reason: &str) -> TestResult {
    TestResult::new(*test.spec, Outcome::unrun(verdict, Some(reason.to_owned())), TestRecord::default())
}

/// True if nothing was checked and nothing is inconclusive. For a shard this is no error: `merge` decides whether the
/// whole run checked anything.
pub(super) fn unchecked(report: &Report) -> bool {
    report.exit_code == 3 && report.count(Verdict::Inconclusive) == 0
}
