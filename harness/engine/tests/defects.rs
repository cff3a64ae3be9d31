//! Every defect of the reference is reported as exactly the clauses that its row names, and the sound
//! reference as none.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt as _;
use harness::prove::{Proof, prove, selection};
use harness::run::load;
use harness::target::defects;

/// How many servers run side by side.
const SERVERS: usize = 20;

/// Defects that break a rule for every exchange, but show only in trials about another clause.
const SHOWS_ONLY_IN: &[(&str, &str)] = &[("oversize-as-413", "DOC-3"), ("rate-limit-as-503", "RATE-1")];

/// Defects that the suite keeps silent about, and why that is right.
const NOT_ASSERTED: &[(&str, &str)] = &[
    ("accepts-hyphen-at-label-edge", "the common validators of mail addresses disagree"),
    ("ignores-vertical-resolution", "the contract does not say which of two resolutions counts"),
    ("never-limits", "a quota that cannot be used up within bounds is inconclusive, by the contract's own word"),
    ("shared-budget", "the others' share of one budget does not show while it lasts; a known gap"),
];

#[test]
fn every_defect_is_found_as_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
    let contract = Arc::new(contract);
    let only = std::env::var("ONLY_DEFECTS").unwrap_or_default();
    let rows: Vec<_> = defects()
        .into_iter()
        .filter(|(name, _, _)| NOT_ASSERTED.iter().all(|(silent, _)| silent != name))
        .filter(|(name, _, _)| only.is_empty() || only.split(',').any(|part| name.contains(part)))
        .collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let wrong: Vec<String> = runtime.block_on(async {
        let runs = rows.iter().map(|(name, _, clauses)| {
            let (contract, library) = (&contract, &library);
            async move {
                let also = SHOWS_ONLY_IN.iter().filter(|(defect, _)| defect == name).map(|(_, clause)| *clause);
                let about: Vec<&str> = clauses.iter().copied().chain(also).collect();
                let trials = selection(contract, library, name, &about);
                let proof = prove(contract, &trials, Some(name)).await.expect("the reference starts");
                let row = verdict(name, clauses, &proof);
                // A long test says what it finds when it finds it.
                row.iter().for_each(|row| eprintln!("{row}"));
                row
            }
        });
        futures_util::stream::iter(runs).buffer_unordered(SERVERS).filter_map(|row| async { row }).collect().await
    });
    assert!(wrong.is_empty(), "{} of {} defects:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

fn verdict(name: &str, clauses: &[&str], proof: &Proof) -> Option<String> {
    let named: BTreeSet<&str> = clauses.iter().copied().collect();
    let reported: BTreeSet<&str> = proof.violated.keys().map(String::as_str).collect();
    if named == reported {
        return None;
    }
    let missed: Vec<&&str> = named.difference(&reported).collect();
    let extra: Vec<String> = reported
        .difference(&named)
        .map(|clause| format!("{clause} by {}", proof.violated[*clause].iter().next().expect("a trial")))
        .collect();
    let doubts = proof
        .inconclusive
        .iter()
        .next()
        .map(|(trial, reason)| format!("; {} inconclusive: {trial}: {reason}", proof.inconclusive.len()));
    Some(format!("{name}: missed {missed:?}, extra {extra:?}{}", doubts.unwrap_or_default()))
}
