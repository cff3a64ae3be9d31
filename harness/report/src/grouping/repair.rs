//! What the repair of several causes would change: tests with two causes pass only if both are repaired.

use std::collections::{BTreeMap, BTreeSet};

use super::super::model::Report;
use super::Cause;
use judge::verdict::Verdict;

/// The number of failed tests that would pass if the first causes were repaired, for each number of causes from 0.
pub(in super::super) fn passing_after(report: &Report, causes: &[&Cause<'_>]) -> Vec<usize> {
    // The last cause that a test waits for decides.
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, cause) in causes.iter().enumerate() {
        for name in open_tests(report, cause) {
            last.insert(name, index + 1);
        }
    }
    let passing = |repaired: usize| last.values().filter(|needed| **needed <= repaired).count();
    (0..=causes.len()).map(passing).collect()
}

/// The failed tests that pass if the causes in these places are repaired: they have no other cause.
pub(in super::super) fn passing_without(report: &Report, causes: &[Cause<'_>], repaired: &[usize]) -> BTreeSet<String> {
    let mut waiting: BTreeMap<&str, bool> = BTreeMap::new();
    for (index, cause) in causes.iter().enumerate() {
        for name in open_tests(report, cause) {
            *waiting.entry(name).or_default() |= !repaired.contains(&index);
        }
    }
    waiting.into_iter().filter(|(_, waits)| !waits).map(|(name, _)| name.to_owned()).collect()
}

/// The failed tests of a cause in which no known deviation covers it.
fn open_tests<'c>(report: &'c Report, cause: &'c Cause<'_>) -> impl Iterator<Item = &'c str> {
    cause.members.iter().filter_map(|member| {
        let open = report.fails(member.finding) && member.finding.deviation.is_none();
        (open && member.test.verdict == Verdict::Failed).then_some(member.test.name.as_str())
    })
}
