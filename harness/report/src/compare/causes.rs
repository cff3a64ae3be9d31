//! Compares two runs by cause: how many tests showed each cause before and now. "LOG-1: 1,172 -> 19 tests" is progress,
//! even if no test passes yet.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Earlier;
use crate::Defect;
use crate::model::{FindingReport, Report};
use crate::queries::names;

/// The change of a cause between two runs; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trend {
    /// No test of the earlier run showed it, although one could have.
    New,
    /// No test of the earlier run could show it: those that show it now ended at another defect, or did not complete.
    NewlyReached,
    /// More tests show it.
    Larger,
    /// As many tests show it.
    Same,
    /// Fewer tests show it.
    Smaller,
    /// No test shows it any more.
    Fixed,
}

names!(Trend {
    New => "new", NewlyReached => "newly-reached", Larger => "larger", Same => "same", Smaller => "smaller", Fixed => "fixed",
});

impl Trend {
    fn of(before: usize, after: usize, is_reached: bool) -> Self {
        match (before, after) {
            (0, _) if is_reached => Trend::NewlyReached,
            (0, _) => Trend::New,
            (_, 0) => Trend::Fixed,
            _ if after > before => Trend::Larger,
            _ if after < before => Trend::Smaller,
            _ => Trend::Same,
        }
    }
}

/// A cause in two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CauseEntry {
    pub trend: Trend,
    /// The violated clause.
    pub clause: String,
    pub check: String,
    /// The place in the response.
    pub place: String,
    pub expected: String,
    /// The shape of the actual value.
    pub actual: String,
    /// The operations that show it; for a fixed cause, the operations that showed it.
    pub operations: Vec<String>,
    /// How many tests showed it in the earlier run.
    pub before: usize,
    /// How many tests show it now.
    pub after: usize,
}

#[derive(Default)]
struct CauseTests<'r> {
    tests: BTreeSet<&'r str>,
    operations: BTreeSet<&'r str>,
    /// True if one of the tests could have shown it in the earlier run.
    could_show: bool,
}

/// The causes of both runs, sorted by trend (worst first), then by number of tests.
pub(super) fn compare_causes(old: &Report, new: &Report) -> Vec<CauseEntry> {
    let earlier = Earlier::of(old);
    let (before, after) = (seen(old, &earlier), seen(new, &earlier));
    let defects: BTreeSet<Defect<'_>> = before.keys().chain(after.keys()).copied().collect();
    let count = |seen: Option<&CauseTests<'_>>| seen.map_or(0, |seen| seen.tests.len());
    let entry = |defect: Defect<'_>| {
        let (was, is) = (before.get(&defect), after.get(&defect));
        let operations = is.or(was).into_iter().flat_map(|seen| &seen.operations);
        CauseEntry {
            trend: Trend::of(count(was), count(is), is.is_some_and(|seen| !seen.could_show)),
            clause: defect.clause.to_owned(),
            check: defect.check.to_owned(),
            place: defect.place.to_owned(),
            expected: defect.expected.to_owned(),
            actual: defect.actual.to_owned(),
            operations: operations.map(|operation| (*operation).to_owned()).collect(),
            before: count(was),
            after: count(is),
        }
    };
    let mut entries: Vec<CauseEntry> = defects.into_iter().map(entry).collect();
    entries.sort_by_key(|entry| (entry.trend, std::cmp::Reverse(entry.before.max(entry.after))));
    entries
}

fn seen<'r>(report: &'r Report, earlier: &Earlier<'_>) -> BTreeMap<Defect<'r>, CauseTests<'r>> {
    let mut all: BTreeMap<Defect<'_>, CauseTests<'_>> = BTreeMap::new();
    for test in &report.tests {
        for finding in test.findings.iter().filter(|finding| is_open(report, finding)) {
            let seen = all.entry(finding.defect()).or_default();
            seen.tests.insert(&test.name);
            seen.could_show |= earlier.could_show(test, finding);
            if !finding.key.operation.is_empty() {
                seen.operations.insert(&finding.key.operation);
            }
        }
    }
    all
}

/// True for a finding that fails its run and is not covered by a known deviation.
pub(super) fn is_open(report: &Report, finding: &FindingReport) -> bool {
    report.fails(finding) && finding.deviation.is_none()
}
