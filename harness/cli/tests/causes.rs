//! Causes of a report against the defects of the target: combinations of mutants of the reference. A repair is the run
//! without one of the mutants. `cargo run -p cli --example combinations` measures many of them with the whole suite.

use std::path::Path;
use std::sync::Arc;

use mutate::combinations::{combinations, predicted, quick_suite, repaired, shown};
use mutate::prove::Row;
use report::Report;
use spec::contract::Contract;
use spec::scenario::Library;

/// How many combinations are tested; the first has three mutants, the second four.
const COMBINATIONS: usize = 2;
const SEED: u64 = 1;

fn pack() -> (Arc<Contract>, Library) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = cli::run::load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
    (Arc::new(contract), library)
}

fn names(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.name.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn repaired_mutant_turns_exactly_the_predicted_tests_green() {
    let (contract, library) = pack();
    let mut turned = 0;
    for rows in combinations(&contract, SEED, COMBINATIONS).expect("the mutants") {
        let mutants = names(&rows);
        let report: Report = quick_suite(&contract, &library, &mutants).await.expect("a report");
        assert!(report.causes.len().abs_diff(mutants.len()) <= 1, "{mutants:?}: {:?}", report.causes);
        let shown = shown(&report, &rows);
        assert!(shown.iter().all(|names| names.len() <= 1), "merged: {shown:?}");
        for mutant in &mutants {
            let others: Vec<&str> = mutants.iter().copied().filter(|other| other != mutant).collect();
            let after = quick_suite(&contract, &library, &others).await.expect("a report");
            let green = repaired(&report, &after);
            let prediction = predicted(&report, &rows, mutant);
            assert!(prediction.certain.is_subset(&green), "{mutant} of {mutants:?}: {green:?}, {prediction:?}");
            assert!(green.is_subset(&prediction.possible), "{mutant} of {mutants:?}: {green:?}, {prediction:?}");
            turned += green.len();
        }
    }
    assert!(turned > 0);
}
