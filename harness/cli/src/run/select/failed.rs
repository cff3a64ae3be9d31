//! `--failed REPORT.json`: the tests that did not pass in an earlier run.

use std::collections::BTreeSet;
use std::path::Path;

use super::tests;
use crate::run::{Refusal, joint_hash, usage};
use judge::verdict::Verdict;
use report::output::tell;
use report::{Report, read};
use spec::contract::Contract;
use spec::scenario::Library;
use spec::source::Problems;

/// The most names that a message lists.
const NAMED: usize = 3;

/// What did not pass in a report and still exists.
#[derive(Debug)]
pub(super) struct Failed {
    /// The file, as messages call it.
    pub(super) report: String,
    pub(super) names: BTreeSet<String>,
}

impl Failed {
    /// Reads a report. One of another version of the pack only warns: names of tests mostly stay.
    pub(super) fn read(path: &Path, contract: &Contract, library: &Library) -> Result<Self, Refusal> {
        let report = read(path).map_err(|problem| Problems(vec![problem]))?;
        let shown = path.display().to_string();
        let of_report: Vec<&str> = report.not_passed().map(|test| test.name.as_str()).collect();
        if of_report.is_empty() {
            return Err(usage(format!("{shown}: {}", all_passed(&report))));
        }
        if report.suite.contract_hash != joint_hash(contract, library) {
            tell!("warning: {shown} was written for another pack, or for another version of this one");
        }
        let known: BTreeSet<&str> = library.tests.iter().map(|test| test.name.as_str()).collect();
        let (there, gone): (Vec<&str>, Vec<&str>) = of_report.into_iter().partition(|name| known.contains(name));
        if there.is_empty() {
            return Err(usage(format!("{shown}: no test that did not pass there exists any more: {}", named(&gone))));
        }
        if !gone.is_empty() {
            let verb = if gone.len() == 1 { "does" } else { "do" };
            tell!("warning: {} of {shown} {verb} not exist any more: {}", tests(gone.len()), named(&gone));
        }
        Ok(Self { report: shown, names: there.into_iter().map(str::to_owned).collect() })
    }
}

/// Why there is nothing to run again.
fn all_passed(report: &Report) -> String {
    let ran = report.suite_tests().filter(|test| test.verdict != Verdict::Skipped).count();
    let skipped = report.suite_tests().count() - ran;
    let rotted = report.tests.len() - ran - skipped;
    let mut text = match (ran, skipped) {
        (0, 0) => "this report has no test".to_owned(),
        (0, _) => format!("{} skipped, and none failed", was(skipped)),
        (1, _) => "the only test that ran passed".to_owned(),
        (_, 0) => format!("all of its {ran} tests passed"),
        (_, _) => format!("all {ran} tests that ran passed ({} skipped)", was(skipped)),
    };
    if rotted > 0 {
        text.push_str("; what failed is its list of known deviations, in the target file");
    }
    text + "; there is nothing to run again"
}

fn was(count: usize) -> String {
    format!("{} {}", tests(count), if count == 1 { "was" } else { "were" })
}

fn named(names: &[&str]) -> String {
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
