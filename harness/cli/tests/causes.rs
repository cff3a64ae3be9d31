//! Causes of a report against the defects of the target: combinations of mutants of the reference. A repair is the run
//! without one of the mutants.
//!
//! By default two combinations run, with quick tests. `COMBINATIONS=10` runs so many with the whole suite, and `SEED=2`
//! chooses others. With `COMBINATIONS_FOLDER=FOLDER` the reports are kept, and used instead of a run once they exist:
//! another grouping can be measured without a run.

#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;

use std::path::Path;

use mutate::combinations::{combinations, predicted, quick_suite, repaired, shown, suite};
use mutate::prove::MatrixServer;
use report::{Report, cause_reports};
use sha2::{Digest as _, Sha256};
use shared::{DEFAULT, number, pack};

/// How many combinations a short run tests; the first has three mutants, the second four.
const COMBINATIONS: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn repaired_mutant_turns_exactly_the_predicted_tests_green() {
    let (contract, library) = &pack(DEFAULT);
    let (count, seed) = (number("COMBINATIONS"), number("SEED").unwrap_or(1));
    let run = async |mutants: &[&str]| {
        let report = match count {
            None => quick_suite(contract, library, mutants).await,
            Some(_) => suite(contract, library, mutants).await,
        };
        report.expect("a report")
    };
    let (mut turned, mut wrong) = (0, Vec::new());
    for rows in combinations(contract, seed as u64, count.unwrap_or(COMBINATIONS)).expect("the mutants") {
        let mutants: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        let report = kept(&mutants, &run).await;
        wrong.extend(wrong_causes(&report, &rows));
        for mutant in &mutants {
            let others: Vec<&str> = mutants.iter().copied().filter(|other| other != mutant).collect();
            let green = repaired(&report, &kept(&others, &run).await);
            let prediction = predicted(&report, &rows, mutant);
            if !prediction.certain.is_subset(&green) || !green.is_subset(&prediction.possible) {
                wrong.push(format!("without {mutant} of {mutants:?}: {green:?}, {prediction:?}"));
            }
            turned += green.len();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(turned > 0);
}

/// What is wrong with the causes of a combination: there are too many or too few, or one has several mutants.
fn wrong_causes(report: &Report, rows: &[MatrixServer]) -> Option<String> {
    let shown = shown(report, rows);
    let merged = shown.iter().any(|names| names.len() > 1);
    let causes = report.causes.iter().zip(&shown);
    let causes: Vec<String> =
        causes.map(|(cause, names)| format!("  {} {} <- {names:?}", cause.clauses.join(", "), cause.title)).collect();
    let is_right = report.causes.len().abs_diff(rows.len()) <= 1 && !merged;
    (!is_right).then(|| format!("{} mutants:\n{}", rows.len(), causes.join("\n")))
}

/// The report of a run, from the folder of kept reports if it is there.
async fn kept(mutants: &[&str], run: &impl AsyncFn(&[&str]) -> Report) -> Report {
    let Some(folder) = std::env::var_os("COMBINATIONS_FOLDER") else { return run(mutants).await };
    let digest = hex::encode(Sha256::digest(mutants.join(" ")));
    let file = Path::new(&folder).join(format!("{}.json", &digest[..16]));
    if !file.exists() {
        std::fs::write(&file, report::json(&run(mutants).await)).expect("a writable file");
    }
    let report = report::read(&file).unwrap_or_else(|problem| panic!("{problem:?}"));
    Report { causes: cause_reports(&report), ..report }
}
