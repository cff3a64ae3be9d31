//! The causes of a run for its JSON report, in the order in which to repair them.

use super::again;
use super::grouping::{Cause, causes};
use super::model::{CauseReport, Report};

/// All causes of a report, in the order in which to repair them.
pub(super) fn cause_reports(report: &Report) -> Vec<CauseReport> {
    causes(report).iter().map(|cause| cause_report(report, cause)).collect()
}

fn cause_report(report: &Report, cause: &Cause<'_>) -> CauseReport {
    CauseReport {
        id: cause.fingerprint(),
        title: cause.title(),
        level: cause.finding.level,
        clauses: cause.clauses(),
        operations: cause.operations().into_iter().map(str::to_owned).collect(),
        expected: cause.expected(),
        actual: cause.actual(),
        is_known: cause.is_known(),
        tests: cause.tests.len(),
        alone: cause.alone.iter().map(|name| (*name).to_owned()).collect(),
        example: cause.example().name.clone(),
        reproduce: again::again(report, cause.example(), cause.exchange()),
    }
}
