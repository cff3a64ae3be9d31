//! The pack in this repository: it loads, it is large enough, and no clause and no code goes untried.

use std::collections::BTreeSet;
use std::path::PathBuf;

use harness::contract::Contract;
use harness::scenario::{self, Library, TestCase, codes};
use harness::source::Problems;

const FEWEST_TESTS: usize = 250;

/// Clauses that no scenario exercises, with the reason; an entry that stops being true fails.
const NOT_BY_SCENARIO: &[(&str, &str)] = &[];

#[test]
fn the_pack_loads_and_has_enough_tests() {
    let (_, library) = pack();
    let count = library.tests.len();
    assert!(count >= FEWEST_TESTS, "only {count} tests, of {FEWEST_TESTS} at least");
}

#[test]
fn every_clause_without_a_check_is_exercised() {
    let (contract, library) = pack();
    let named: BTreeSet<&str> = library.tests.iter().flat_map(|test| test.clauses.iter().map(String::as_str)).collect();
    let excused: Vec<&str> = NOT_BY_SCENARIO.iter().map(|(clause, _)| *clause).collect();
    let forgotten: Vec<&str> = contract
        .clauses
        .iter()
        .filter(|clause| clause.checks.is_empty())
        .map(|clause| clause.id.as_str())
        .filter(|id| !named.contains(id) && !excused.contains(id))
        .collect();
    assert!(forgotten.is_empty(), "no scenario names {forgotten:?}, and neither does NOT_BY_SCENARIO");
    for clause in excused {
        assert!(contract.clause(clause).is_some(), "NOT_BY_SCENARIO names {clause}, which is no clause");
        assert!(!named.contains(clause), "{clause} is exercised now: take it out of NOT_BY_SCENARIO");
    }
}

#[test]
fn every_code_is_expected_somewhere() {
    let (contract, library) = pack();
    let expected: BTreeSet<String> = library.tests.iter().flat_map(expected_codes).collect();
    let in_bodies: String = library.tests.iter().flat_map(expected_bodies).collect();
    let unexpected: Vec<String> = contract
        .catalog
        .code_names()
        .into_iter()
        .filter(|code| !expected.contains(code) && !in_bodies.contains(&format!("\"{code}\"")))
        .collect();
    assert!(unexpected.is_empty(), "no step expects {unexpected:?}");
}

/// The codes that a test's steps ask for by `error`.
fn expected_codes(test: &TestCase) -> Vec<String> {
    test.steps
        .iter()
        .filter_map(|step| step.expect.as_ref())
        .flat_map(|expect| codes(&expect.error, &test.variables).unwrap_or_default())
        .collect()
}

/// What a test's steps ask for in bodies, as JSON: a code of the delivery log stands only there.
fn expected_bodies(test: &TestCase) -> Vec<String> {
    test.steps
        .iter()
        .filter_map(|step| step.expect.as_ref())
        .flat_map(|expect| expect.body.values().map(ToString::to_string))
        .collect()
}

fn pack() -> (Contract, Library) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let contract = Contract::load(&root).unwrap_or_else(|problems| refuse(&problems));
    let library = scenario::load(&root, &contract).unwrap_or_else(|problems| refuse(&problems));
    (contract, library)
}

fn refuse(problems: &Problems) -> ! {
    for problem in &problems.0 {
        eprintln!("{}\n", problem.rendered());
    }
    panic!("{} problems in the pack", problems.0.len());
}
