//! Runs without an actor or without a capability: clauses that only tests with it can show are not exercised, also
//! against a server that violates them, and the run is not certified.

use std::collections::BTreeSet;

use mutate::embedded::start_with_mutants;
use report::certificate::missing;
use report::model::{ClauseStatus, Report};
use spec::contract::Contract;
use spec::scenario::TestCase;

use super::runs::{quick, run, status};
use super::shared::{DEFAULT, pack};

/// An actor, mutants that tests with this actor would find, and clauses that only such tests can show.
const ACTORS: &[(&str, &[&str], &[&str])] = &[
    ("revoked", &["accepts-revoked-key"], &["AUTH-3"]),
    ("expired", &["accepts-expired-token"], &["AUTH-5", "AUTH-6"]),
    ("production", &["production-customers-visible"], &["RES-4"]),
    ("webhook", &["accepts-old-timestamp"], &["WHK-2", "WHK-3"]),
    ("throttled", &["never-limits"], &["RATE-1", "RATE-6", "ENV-6"]),
    ("writer", &[], &["CON-1", "CON-2", "CON-3", "DOC-1", "DOC-6", "FMT-1", "FMT-4", "VER-1", "VER-2"]),
    ("reader", &[], &[]),
    ("admin", &[], &["WHK-4", "WHK-7"]),
    ("unknown", &[], &[]),
    ("forged", &[], &[]),
];

const CAPABILITIES: &[(&str, &[&str])] = &[
    ("sandbox-errors", &["SRV-1", "SRV-2", "SRV-3"]),
    ("webhook-callbacks", &["WHK-4", "WHK-5", "WHK-6", "WHK-7"]),
    ("rate-limit", &["RATE-1", "RATE-2", "RATE-3", "RATE-4", "RATE-5", "RATE-6", "ENV-6"]),
];

#[test]
fn tables_list_every_actor_and_capability() {
    let (contract, _) = pack(DEFAULT);
    let of_contract: BTreeSet<&str> = credentialed(&contract).collect();
    assert_eq!(ACTORS.iter().map(|row| row.0).collect::<BTreeSet<_>>(), of_contract);
    let of_contract: BTreeSet<&str> = contract.conventions.capabilities.keys().map(String::as_str).collect();
    assert_eq!(CAPABILITIES.iter().map(|row| row.0).collect::<BTreeSet<_>>(), of_contract);
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_actor_leaves_its_clauses_not_exercised() {
    let (contract, library) = pack(DEFAULT);
    for (actor, mutants, clauses) in ACTORS {
        let embedded = start_with_mutants(mutants).await.expect("a server");
        let mut target = embedded.target();
        target.credentials.remove(*actor);
        let report = run(&contract, quick(&library), target).await;
        let needs = |test: &TestCase| test.actors.iter().any(|name| name == actor);
        assert_not_exercised(&contract, &library.tests, &report, actor, clauses, needs);
        let missing = missing(&report);
        let expected = format!("actor {actor} has no credential");
        assert!(missing.contains(&expected), "without {actor}: {missing:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_capability_leaves_its_clauses_not_exercised() {
    let (contract, library) = pack(DEFAULT);
    for (capability, clauses) in CAPABILITIES {
        let embedded = start_with_mutants(&[]).await.expect("a server");
        let mut target = embedded.target();
        target.lacks.insert((*capability).to_owned(), "not here".to_owned());
        let report = run(&contract, quick(&library), target).await;
        let needs = |test: &TestCase| test.needs.iter().any(|name| name == capability);
        assert_not_exercised(&contract, &library.tests, &report, capability, clauses, needs);
        assert!(!missing(&report).is_empty(), "without {capability}");
    }
}

/// Asserts that clauses are not exercised: those of the table, and each clause without a check whose tests all need the
/// missing actor or capability.
fn assert_not_exercised(
    contract: &Contract,
    suite: &[TestCase],
    report: &Report,
    without: &str,
    clauses: &[&str],
    needs: impl Fn(&TestCase) -> bool,
) {
    let mut only: BTreeSet<&str> = clauses.iter().copied().collect();
    for clause in contract.clauses.iter().filter(|clause| clause.checks.is_empty()) {
        let mut about = suite.iter().filter(|test| test.clauses.contains(&clause.id)).peekable();
        if about.peek().is_some() && about.all(&needs) {
            only.insert(&clause.id);
        }
    }
    for clause in only {
        let (status, reason) = status(report, clause);
        assert_eq!(status, ClauseStatus::NotExercised, "without {without}: {clause}");
        assert!(!reason.is_empty(), "without {without}: {clause} has no reason");
    }
}

fn credentialed(contract: &Contract) -> impl Iterator<Item = &str> {
    let actors = contract.conventions.actors.iter().filter(|(_, role)| role.credential.is_none());
    actors.map(|(name, _)| name.as_str())
}
