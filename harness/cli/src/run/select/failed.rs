//! `--failed REPORT.json`: the tests that did not pass in an earlier run; with `--cause N`, those that show one cause.

use std::collections::BTreeSet;
use std::path::Path;

use super::tests;
use crate::run::{Abort, joint_hash, usage};
use judge::verdict::Verdict;
use report::model::TestReport;
use report::output::err_line;
use report::{Report, read};
use spec::contract::Contract;
use spec::scenario::Library;
use spec::source::Problems;

/// The maximum number of names in a message.
const LISTED_NAMES: usize = 3;

/// The tests of a report that did not pass and still exist.
#[derive(Debug)]
pub(super) struct Failed {
    /// The path of the report, for messages.
    pub(super) report: String,
    pub(super) names: BTreeSet<String>,
}

impl Failed {
    /// Reads a report. A report of another version of the pack causes only a warning, because most names stay the same.
    /// Without numbers of causes, all tests that did not pass.
    pub(super) fn read(path: &Path, causes: &[usize], contract: &Contract, library: &Library) -> Result<Self, Abort> {
        let report = read(path).map_err(|problem| Problems(vec![problem]))?;
        let shown = path.display().to_string();
        let failed = |why: String| usage(format!("{shown}: {why}"));
        let chosen = if causes.is_empty() { not_passed(&report) } else { of_causes(&report, causes) };
        let of_report: Vec<&str> = chosen.map_err(failed)?.into_iter().map(|test| report.name_in_run(test)).collect();
        if report.suite.contract_hash != joint_hash(contract, library) {
            err_line!("warning: {shown} was written for another pack, or for another version of this one");
        }
        let known: BTreeSet<&str> = library.tests.iter().map(|test| test.name.as_ref()).collect();
        let (existing, missing): (Vec<&str>, Vec<&str>) = of_report.into_iter().partition(|name| known.contains(name));
        if existing.is_empty() {
            return Err(usage(format!(
                "{shown}: the tests that did not pass do not exist any more: {}",
                listed(&missing)
            )));
        }
        if !missing.is_empty() {
            let verb = if missing.len() == 1 { "does" } else { "do" };
            err_line!("warning: {} of {shown} {verb} not exist any more: {}", tests(missing.len()), listed(&missing));
        }
        Ok(Self { report: shown, names: existing.into_iter().map(str::to_owned).collect() })
    }
}

fn not_passed(report: &Report) -> Result<Vec<&TestReport>, String> {
    let tests: Vec<&TestReport> = report.not_passed().collect();
    if tests.is_empty() { Err(all_passed(report)) } else { Ok(tests) }
}

/// The tests that show the causes with these numbers.
fn of_causes<'r>(report: &'r Report, numbers: &[usize]) -> Result<Vec<&'r TestReport>, String> {
    let all = report::tests_of_causes(report);
    let mut tests = Vec::new();
    for number in numbers {
        let of_cause = number.checked_sub(1).and_then(|at| all.get(at)).ok_or_else(|| match all.len() {
            0 => "this report has no cause; leave out --cause".to_owned(),
            count => format!("--cause {number}: this report has the causes 1 to {count}"),
        })?;
        tests.extend(of_cause);
    }
    Ok(tests)
}

/// The reason why there is no test to run again.
fn all_passed(report: &Report) -> String {
    let ran = report.suite_tests().filter(|test| test.verdict != Verdict::Skipped).count();
    let skipped = report.suite_tests().count() - ran;
    let stale_deviations = report.tests.len() - ran - skipped;
    let mut text = match (ran, skipped) {
        (0, 0) => "this report has no test".to_owned(),
        (0, _) => format!("{} skipped, and none failed", was(skipped)),
        (1, _) => "the only test that ran passed".to_owned(),
        (_, 0) => format!("all of its {ran} tests passed"),
        (_, _) => format!("all {ran} tests that ran passed ({} skipped)", was(skipped)),
    };
    if stale_deviations > 0 {
        text.push_str("; what failed is its list of known deviations, in the target file");
    }
    text + "; there is nothing to run again"
}

fn was(count: usize) -> String {
    format!("{} {}", tests(count), if count == 1 { "was" } else { "were" })
}

fn listed(names: &[&str]) -> String {
    let shown = names.iter().take(LISTED_NAMES).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(LISTED_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
