//! The causes of a run for its JSON report, in the order in which to repair them.

use std::collections::BTreeSet;

use super::again;
use super::grouping::{Cause, causes, passing_without};
use super::model::{CauseReport, FindingReport, Report, TestReport};

/// The findings that each cause explains, in the order of [`cause_reports`].
pub fn explained(report: &Report) -> Vec<Vec<&FindingReport>> {
    causes(report).into_iter().map(|cause| cause.members.iter().map(|member| member.finding).collect()).collect()
}

/// The tests that show each cause, in the order of the summary on the terminal, which leaves out known deviations.
pub fn tests_of_causes(report: &Report) -> Vec<Vec<&TestReport>> {
    causes(report).into_iter().filter(|cause| !cause.is_known()).map(|cause| cause.tests).collect()
}

/// The failed tests that pass if the causes in these places of [`cause_reports`] are repaired.
pub fn passing_if_repaired(report: &Report, repaired: &[usize]) -> BTreeSet<String> {
    passing_without(report, &causes(report), repaired)
}

/// All causes of a report, in the order in which to repair them.
pub fn cause_reports(report: &Report) -> Vec<CauseReport> {
    causes(report).iter().map(|cause| cause_report(report, cause)).collect()
}

fn cause_report(report: &Report, cause: &Cause<'_>) -> CauseReport {
    CauseReport {
        id: cause.fingerprint(),
        title: cause.title(),
        level: cause.finding.level,
        clauses: cause.own_clauses().into_iter().chain(cause.other_clauses()).map(str::to_owned).collect(),
        operations: cause.operations().into_iter().map(str::to_owned).collect(),
        expected: cause.expected(),
        actual: cause.actual(),
        is_known: cause.is_known(),
        tests: cause.tests.len(),
        only_cause_of: cause.alone.iter().map(|name| (*name).to_owned()).collect(),
        example: cause.example().name.to_string(),
        reproduce: again::again(report, cause.example(), cause.exchange()),
    }
}
