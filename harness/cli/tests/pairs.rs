//! Runs some of the pairs of `cargo run -p cli --example pairs`: a baseline from one mutant of the reference does
//! not hide another mutant.

use std::path::Path;
use std::sync::Arc;

use cli::run::load;
use mutate::pairs::{Outcome, group, judge, mutant, pairs};

/// The number of pairs.
const SAMPLE: usize = 6;

#[test]
fn baseline_of_one_mutant_does_not_hide_another() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
    let contract = Arc::new(contract);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let judged = runtime.block_on(async {
        let mut judged = Vec::new();
        for (one, other) in pairs(&contract, &library, 1, SAMPLE * 3).expect("the mutants") {
            let found = (mutant(&contract, &library, &one).await, mutant(&contract, &library, &other).await);
            if let (Some(one), Some(other)) = found {
                let outcome = judge(&contract, &one, &other).await;
                judged.push((one.name, other.name, outcome));
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
fn mutants_of_a_pair_are_from_different_groups() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
    let pairs = pairs(&contract, &library, 1, 200).expect("the mutants");
    assert_eq!(pairs.len(), 200);
    for (one, other) in &pairs {
        assert!(one.clauses.iter().all(|a| other.clauses.iter().all(|b| group(a) != group(b))));
    }
}
