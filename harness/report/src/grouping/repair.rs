//! What the repair of several causes would change: tests with two causes pass only if both are repaired.

use std::collections::BTreeMap;

use super::super::model::Report;
use super::Cause;
use judge::verdict::Verdict;

/// The number of failed tests that would pass if the first causes were repaired, for each number of causes from 0.
pub(in super::super) fn passing_after(report: &Report, causes: &[&Cause<'_>]) -> Vec<usize> {
    // The last cause that a test waits for decides.
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, cause) in causes.iter().enumerate() {
        for member in &cause.members {
            let open = report.fails(member.finding) && member.finding.deviation.is_none();
            if open && member.test.verdict == Verdict::Failed {
                last.insert(&member.test.name, index + 1);
            }
        }
    }
    let passing = |repaired: usize| last.values().filter(|needed| **needed <= repaired).count();
    (0..=causes.len()).map(passing).collect()
}
