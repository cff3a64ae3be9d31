//! What the repair of several causes would change: tests with two causes pass only if both are repaired.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::{Report, TestReport};
use super::Cause;
use judge::verdict::Verdict;

/// The failed tests in which no other causes than some were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Passing {
    pub(in super::super) tests: usize,
    /// How many of them ended in their setup or at a failed step: the other steps were not sent and may show another cause.
    pub(in super::super) ended_early: usize,
}

/// The failed tests that have only the first causes, for each number of causes from 0.
pub(in super::super) fn passing_after(report: &Report, causes: &[&Cause<'_>]) -> Vec<Passing> {
    // The last cause that a test waits for decides.
    let mut last: BTreeMap<&str, (usize, bool)> = BTreeMap::new();
    for (index, cause) in causes.iter().enumerate() {
        for test in open_tests(report, cause) {
            last.insert(&test.name, (index + 1, ended_early(test)));
        }
    }
    let passing = |repaired: usize| {
        let passing = last.values().filter(|(needed, _)| *needed <= repaired);
        Passing { tests: passing.clone().count(), ended_early: passing.filter(|(_, ended)| *ended).count() }
    };
    (0..=causes.len()).map(passing).collect()
}

/// The failed tests that pass if the causes in these places are repaired: they have no other cause.
pub(in super::super) fn passing_without(report: &Report, causes: &[Cause<'_>], repaired: &[usize]) -> BTreeSet<String> {
    let mut waiting: BTreeMap<&str, bool> = BTreeMap::new();
    for (index, cause) in causes.iter().enumerate() {
        for test in open_tests(report, cause) {
            *waiting.entry(&test.name).or_default() |= !repaired.contains(&index);
        }
    }
    waiting.into_iter().filter(|(_, waits)| !waits).map(|(name, _)| name.to_owned()).collect()
}

/// True if not all steps of the test were sent.
pub(in super::super) fn ended_early(test: &TestReport) -> bool {
    let is_setup = |role: &str| role == "set-up";
    let own = test.exchanges.iter().any(|exchange| !is_setup(&exchange.role) && *exchange.role != *"teardown");
    test.ended_early || !own && test.exchanges.iter().any(|exchange| is_setup(&exchange.role))
}

/// The failed tests of a cause in which no known deviation covers it.
fn open_tests<'c>(report: &'c Report, cause: &'c Cause<'_>) -> impl Iterator<Item = &'c TestReport> {
    cause.members.iter().filter_map(|member| {
        let open = report.fails(member.finding) && member.finding.deviation.is_none();
        (open && member.test.verdict == Verdict::Failed).then_some(member.test)
    })
}
