//! A sample of the pairs that `cargo run -p harness --example pairs` runs: a baseline made with one mutant of the reference
//! hides no other.

use std::path::Path;
use std::sync::Arc;

use harness::pairs::{Outcome, group, judge, mutant, pairs};
use harness::run::load;

/// How many pairs are run.
const SAMPLE: usize = 6;

#[test]
fn a_baseline_of_one_mutant_hides_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
    let contract = Arc::new(contract);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let judged = runtime.block_on(async {
        let mut judged = Vec::new();
        for (one, other) in pairs(&contract, &library, 1, SAMPLE * 3) {
            let found = (mutant(&contract, &library, &one).await, mutant(&contract, &library, &other).await);
            if let (Some(one), Some(other)) = found {
                judged.push((one.name, other.name, judge(&contract, &one, &other).await));
            }
            if judged.len() == SAMPLE {
                break;
            }
        }
        judged
    });
    assert_eq!(judged.len(), SAMPLE);
    for (one, other, outcome) in &judged {
        assert!(matches!(outcome, Outcome::Named | Outcome::Masked), "{one} + {other}: {outcome:?}");
    }
    let named = judged.iter().filter(|(.., outcome)| *outcome == Outcome::Named).count();
    assert!(named * 2 > SAMPLE, "{judged:?}");
}

#[test]
fn the_mutants_of_a_pair_are_of_different_groups() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
    let pairs = pairs(&contract, &library, 1, 200);
    assert_eq!(pairs.len(), 200);
    for (one, other) in &pairs {
        assert!(one.clauses.iter().all(|a| other.clauses.iter().all(|b| group(a) != group(b))));
    }
}
