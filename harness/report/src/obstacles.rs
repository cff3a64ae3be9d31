//! What kept tests from a verdict: a credential that the target does not accept, a setup step that fails, anything else.
//!
//! These are no violations, so they are not causes. Each is shown once, with the tests that it affects and a command that
//! shows it. A pure function of a report; every format shows the same obstacles in the same order.

use std::cmp::Reverse;

use super::again;
use super::cause::by_reason;
use super::model::{ExchangeReport, ObstacleKind, ObstacleReport, Report, TestReport};
use judge::finding::digest;
use judge::preflight::Preflight;
use judge::verdict::Verdict;

/// Tests without a verdict for one reason.
#[derive(Debug)]
pub(super) struct Obstacle<'r> {
    pub(super) kind: ObstacleKind,
    /// Why these tests have no verdict.
    pub(super) reason: &'r str,
    pub(super) tests: Vec<&'r TestReport>,
    /// A test that shows it.
    pub(super) example: &'r TestReport,
    /// The setup step that failed in the example.
    pub(super) exchange: Option<&'r ExchangeReport>,
}

/// The obstacles of a run. Credentials come first, because any other result may follow from a wrong one; then by the
/// number of tests.
pub(super) fn obstacles(report: &Report) -> Vec<Obstacle<'_>> {
    let groups = by_reason(report, |test| test.verdict == Verdict::Inconclusive);
    let mut all: Vec<Obstacle<'_>> =
        groups.into_iter().filter_map(|(reason, tests)| obstacle(report, reason, tests)).collect();
    all.sort_by_key(|one| (one.kind != ObstacleKind::Credential, Reverse(one.tests.len())));
    all
}

fn obstacle<'r>(report: &'r Report, reason: &'r str, tests: Vec<&'r TestReport>) -> Option<Obstacle<'r>> {
    let shows = |test: &&&'r TestReport| (failed_setup(test).is_none(), test.name.len());
    let example = tests.iter().min_by_key(shows).copied()?;
    let exchange = failed_setup(example);
    let kind = match report.preflight.as_ref().and_then(|found| of_preflight(found, reason)) {
        Some(kind) => kind,
        None if exchange.is_some() => ObstacleKind::SetupStep,
        None => ObstacleKind::Other,
    };
    Some(Obstacle { kind, reason, tests, example, exchange })
}

/// The kind of an obstacle that the preflight found.
fn of_preflight(found: &Preflight, reason: &str) -> Option<ObstacleKind> {
    let is_reason = |says: &Option<String>| says.as_deref() == Some(reason);
    if found.actors.iter().any(|fact| is_reason(&fact.problem)) {
        return Some(ObstacleKind::Credential);
    }
    found.capabilities.iter().any(|fact| is_reason(&fact.problem)).then_some(ObstacleKind::Capability)
}

/// The setup step with which a test ended, if it was refused.
fn failed_setup(test: &TestReport) -> Option<&ExchangeReport> {
    // Cleanup comes after it.
    let last = test.exchanges.iter().rfind(|exchange| *exchange.role != *"teardown")?;
    let refused = last.status_code.is_some_and(|status| status >= 300);
    (*last.role == *"set-up" && refused).then_some(last)
}

impl Obstacle<'_> {
    /// What is wrong, and how many tests have no verdict because of it.
    pub(super) fn heading(&self) -> String {
        let count = super::cause::counted(self.tests.len(), "test");
        format!("{}: {count} could not be judged", self.reason)
    }

    /// True if it is shown before the causes: its repair can change every other result.
    pub(super) fn comes_first(&self) -> bool {
        matches!(self.kind, ObstacleKind::Credential | ObstacleKind::SetupStep)
    }

    /// A command that shows it.
    pub(super) fn reproduce(&self, report: &Report) -> String {
        match self.kind {
            ObstacleKind::Credential | ObstacleKind::Capability => again::doctor(report),
            ObstacleKind::SetupStep => again::again(report, self.example, self.exchange),
            ObstacleKind::Other => again::rerun(report, &self.example.name),
        }
    }
}

/// The obstacles for the JSON report.
pub(super) fn obstacle_reports(report: &Report) -> Vec<ObstacleReport> {
    let one = |obstacle: &Obstacle<'_>| ObstacleReport {
        id: digest(&["obstacle", obstacle.reason]),
        kind: obstacle.kind,
        reason: obstacle.reason.to_owned(),
        operation: obstacle.exchange.map(|exchange| exchange.operation.to_string()),
        tests: obstacle.tests.len(),
        example: obstacle.example.name.to_string(),
        reproduce: obstacle.reproduce(report),
    };
    obstacles(report).iter().map(one).collect()
}

#[cfg(test)]
mod tests;
