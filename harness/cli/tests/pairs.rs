//! Pairs of mutants of the reference: a baseline from one mutant does not hide another one.
//!
//! By default a few pairs run; `PAIRS=400` runs so many, and `SEED=2` chooses others.

#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use mutate::pairs::{PairResult, group, judge, mutant, pairs};
use shared::{DEFAULT, number, pack};

/// The number of pairs in a short run.
const SAMPLE: usize = 6;
/// The number of pairs that run at a time.
const AT_A_TIME: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn baseline_of_one_mutant_does_not_hide_another() {
    let (contract, library) = &pack(DEFAULT);
    let (count, seed) = (number("PAIRS").unwrap_or(SAMPLE), number("SEED").unwrap_or(1));
    let (mut mutants, mut ready) = (BTreeMap::new(), Vec::new());
    // Some mutants are found only by slow tests and make no pair.
    for (one, other) in pairs(contract, library, seed as u64, count * 3).expect("the mutants") {
        for row in [&one, &other] {
            if !mutants.contains_key(&row.name) {
                mutants.insert(row.name.clone(), mutant(contract, library, row).await);
            }
        }
        if let (Some(one), Some(other)) = (&mutants[&one.name], &mutants[&other.name]) {
            ready.push((one.clone(), other.clone()));
        }
        if ready.len() == count {
            break;
        }
    }
    assert_eq!(ready.len(), count);
    let judged = ready.iter().map(|(one, other)| async move {
        let pair = format!("{} ({}) + {} ({})", one.name, one.clause, other.name, other.clause);
        (judge(contract, one, other).await, pair)
    });
    let judged: Vec<_> = futures_util::stream::iter(judged).buffer_unordered(AT_A_TIME).collect().await;
    let (masked, rest): (Vec<_>, Vec<_>) = judged.iter().partition(|(outcome, _)| *outcome == PairResult::Masked);
    let wrong: Vec<_> = rest.into_iter().filter(|(outcome, _)| *outcome != PairResult::Named).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Next to the first mutant, no test has a finding of the second.
    assert!(masked.len() <= count.div_ceil(20), "{masked:#?}");
}

#[test]
fn mutants_of_a_pair_are_from_different_groups() {
    let (contract, library) = pack(DEFAULT);
    let pairs = pairs(&contract, &library, 1, 200).expect("the mutants");
    assert_eq!(pairs.len(), 200);
    for (one, other) in &pairs {
        assert!(one.clauses.iter().all(|a| other.clauses.iter().all(|b| group(a) != group(b))));
    }
}
