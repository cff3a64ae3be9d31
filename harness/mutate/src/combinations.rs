//! Combinations of mutants of the reference: are the causes of a report the defects of the target?
//!
//! Users rarely have one fault in a good server. A combination has three to eight mutants that break different clauses,
//! so a report of it should have about as many causes. Without one of the mutants, the tests that its cause names as
//! failing for no other reason should pass. `cargo test --workspace --test causes` measures both.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::pairs::{number, run};
use crate::prove::{MatrixServer, ServerKind, rows};
use judge::verdict::Verdict;
use report::Report;
use report::model::FindingReport;
use spec::contract::{Contract, Level};
use spec::scenario::{Library, TestCase};
use spec::source::Problems;

/// The sizes of combinations: the first has three mutants, the sixth eight, the seventh three again.
const SIZES: std::ops::RangeInclusive<usize> = 3..=8;

/// Combinations of mutants, the same for the same seed. The mutants of one break different MUST clauses. Intermittent
/// mutants are left out, because a second run could not show that they are repaired.
pub fn combinations(contract: &Contract, seed: u64, count: usize) -> Result<Vec<Vec<MatrixServer>>, Problems> {
    let is_must = |clause: &String| contract.clause(clause).is_some_and(|clause| clause.level == Level::Must);
    let usable = |row: &MatrixServer| row.kind == ServerKind::Mutant && row.clauses.iter().all(is_must);
    let mut all: Vec<MatrixServer> = rows(contract)?.into_iter().filter(usable).collect();
    all.sort_by_cached_key(|row| number(seed, &row.name));
    let mut left = all.into_iter();
    let mut found = Vec::new();
    for size in SIZES.cycle().take(count) {
        let mut combination: Vec<MatrixServer> = Vec::new();
        while combination.len() < size {
            let Some(row) = left.next() else { return Ok(found) };
            let differs = |other: &MatrixServer| !other.clauses.iter().any(|clause| row.clauses.contains(clause));
            if combination.iter().all(differs) {
                combination.push(row);
            }
        }
        found.push(combination);
    }
    Ok(found)
}

/// The report of the whole suite against the reference with these mutants.
pub async fn suite(contract: &Arc<Contract>, library: &Library, mutants: &[&str]) -> Result<Report, String> {
    let tests: Vec<&TestCase> = library.tests.iter().collect();
    run(contract, &tests, mutants).await
}

/// The report of the tests that take no time of their own: no waiting, no lock, no property.
pub async fn quick_suite(contract: &Arc<Contract>, library: &Library, mutants: &[&str]) -> Result<Report, String> {
    let waits =
        |test: &&TestCase| test.lock.is_some() || test.is_property() || test.steps.iter().any(|step| step.takes_long());
    let tests: Vec<&TestCase> = library.tests.iter().filter(|test| !waits(test)).collect();
    run(contract, &tests, mutants).await
}

/// The tests that pass if a mutant is repaired, as the causes predict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// All causes of these tests show the mutant.
    pub certain: BTreeSet<String>,
    /// As above, or a cause shows none of the mutants by its clauses, so it may belong to this one.
    pub possible: BTreeSet<String>,
}

pub fn predicted(report: &Report, mutants: &[MatrixServer], mutant: &str) -> Prediction {
    let shown = shown(report, mutants);
    let passing = |selected: &dyn Fn(&BTreeSet<&str>) -> bool| {
        let repaired: Vec<usize> = (0..shown.len()).filter(|index| selected(&shown[*index])).collect();
        report::passing_if_repaired(report, &repaired)
    };
    let ended_early = |name: &str| report.tests.iter().any(|test| *test.name == *name && test.ended_early);
    Prediction {
        // The steps that were not sent may show another mutant.
        certain: passing(&|names| names.contains(mutant)).into_iter().filter(|name| !ended_early(name)).collect(),
        possible: passing(&|names| names.contains(mutant) || names.is_empty()),
    }
}

/// The mutants that each cause of a report shows. The mutants of a combination break different clauses, so the clauses
/// of a cause's findings name them. A finding of any other clause only follows from a mutant.
pub fn shown<'r>(report: &Report, mutants: &'r [MatrixServer]) -> Vec<BTreeSet<&'r str>> {
    let of_clause = |clause: &str| {
        mutants.iter().find(|row| row.clauses.iter().any(|own| own == clause)).map(|row| row.name.as_str())
    };
    let of_cause = |findings: &Vec<&FindingReport>| -> BTreeSet<&'r str> {
        findings.iter().filter_map(|finding| of_clause(&finding.clause)).collect()
    };
    report::explained(report).iter().map(of_cause).collect()
}

/// The tests that failed before and do not fail after.
pub fn repaired(before: &Report, after: &Report) -> BTreeSet<String> {
    let failed = |report: &Report| -> BTreeSet<String> {
        let failed = report.tests.iter().filter(|test| test.verdict == Verdict::Failed);
        failed.map(|test| test.name.to_string()).collect()
    };
    failed(before).difference(&failed(after)).cloned().collect()
}
