//! The default pack: it loads, has enough tests, and its scenarios exercise every clause and every error code.

#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;

use std::collections::BTreeSet;

use shared::{DEFAULT, pack};
use spec::contract::Contract;
use spec::scenario;
use spec::scenario::TestCase;

const MIN_TESTS: usize = 250;

/// Clauses that no scenario exercises, with the reason. The test fails for an entry whose clause is exercised.
const NOT_BY_SCENARIO: &[(&str, &str)] = &[];

#[test]
fn pack_loads_and_has_enough_tests() {
    let (_, library) = pack(DEFAULT);
    let count = library.tests.len();
    assert!(count >= MIN_TESTS, "only {count} tests, of {MIN_TESTS} at least");
}

#[test]
fn clauses_without_a_check_are_exercised_by_scenarios() {
    let (contract, library) = pack(DEFAULT);
    let named: BTreeSet<&str> = library.tests.iter().flat_map(|test| test.clauses.iter().map(String::as_str)).collect();
    let excluded: Vec<&str> = NOT_BY_SCENARIO.iter().map(|(clause, _)| *clause).collect();
    let unexercised: Vec<&str> = contract
        .clauses
        .iter()
        .filter(|clause| clause.checks.is_empty())
        .map(|clause| clause.id.as_str())
        .filter(|id| !named.contains(id) && !excluded.contains(id))
        .collect();
    assert!(unexercised.is_empty(), "no scenario names {unexercised:?}, and neither does NOT_BY_SCENARIO");
    for clause in excluded {
        assert!(contract.clause(clause).is_some(), "NOT_BY_SCENARIO names {clause}, which does not exist");
        assert!(!named.contains(clause), "{clause} is exercised now: take it out of NOT_BY_SCENARIO");
    }
}

#[test]
fn every_error_code_is_expected_by_a_scenario() {
    let (contract, library) = pack(DEFAULT);
    let expected: BTreeSet<String> = library.tests.iter().flat_map(expected_codes).collect();
    let in_bodies: String = library.tests.iter().flat_map(expected_bodies).collect();
    let missing: Vec<String> = contract
        .catalog
        .code_names()
        .into_iter()
        .filter(|code| !expected.contains(code) && !in_bodies.contains(&format!("\"{code}\"")))
        .collect();
    assert!(missing.is_empty(), "no step expects {missing:?}");
}

/// A run of one test reads what the test needs and no more, and must come to the same test. Comparing all of them would
/// take a minute; every file, every property of a tenth of the places, and some rows are enough.
#[test]
fn test_that_is_loaded_alone_is_the_same() {
    let (contract, library) = pack(DEFAULT);
    let few = Contract::load_for_few_tests(&contract.root).unwrap_or_else(|problems| panic!("{problems}"));
    let mut files = BTreeSet::new();
    for (index, test) in library.tests.iter().enumerate() {
        let place = test.name.split("::").next().unwrap_or_default();
        if !(files.insert(place) && !test.is_property() || index % 29 == 0) {
            continue;
        }
        let alone = scenario::load_tests(&few.root, &few, &[test.name.to_string()]);
        let alone = alone.unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(alone.hash, library.hash);
        assert_eq!(alone.tests.len(), 1, "{}", test.name);
        assert_eq!(format!("{:?}", alone.tests[0]), format!("{test:?}"), "{}", test.name);
    }
    assert!(files.len() > 20);
}

#[test]
fn name_of_no_test_loads_no_test() {
    let (contract, _) = pack(DEFAULT);
    for name in ["readme::no-such-scenario", "no-such-file::x", "fuzz/createCustomer/email::no-such-fact", ""] {
        let library = scenario::load_tests(&contract.root, &contract, &[name.to_owned()]);
        let library = library.unwrap_or_else(|problems| panic!("{problems}"));
        assert!(library.tests.is_empty(), "{name}");
    }
}

/// The codes that the steps of a test expect with `error`.
fn expected_codes(test: &TestCase) -> Vec<String> {
    test.steps.iter().filter_map(|step| step.expectation()).flat_map(|expected| expected.errors().to_vec()).collect()
}

/// The bodies that the steps of a test expect, as JSON. Codes of the delivery log appear only there.
fn expected_bodies(test: &TestCase) -> Vec<String> {
    test.steps
        .iter()
        .filter_map(|step| step.expectation())
        .flat_map(|expected| expected.body.iter().map(|(_, value)| value.source().to_string()))
        .collect()
}
