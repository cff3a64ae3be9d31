//! Small reports: which tests share an obstacle, of which kind it is, and which command shows it.

use serde_json::{Value, json};

use super::*;
use crate::fixtures::{self, exchange, parsed, with};

fn test(name: &str, verdict: &str, reason: Option<&str>, exchanges: &[Value]) -> Value {
    with(fixtures::test(name, verdict), &[("reason", json!(reason)), ("exchanges", json!(exchanges))])
}

const REFUSED: &str = "WRITER is not accepted by the target";
const LACKS: &str = "the target seems to lack events";
const SETUP: &str = "the setup step create returned FAILURE (500)";

fn report(tests: &[Value]) -> Report {
    let actor = json!({ "actor": "writer", "variable": "WRITER", "scope": null, "state": "refused", "response": "401",
        "problem": REFUSED });
    let capability = json!({ "capability": "events", "state": "missing", "problem": LACKS });
    let found = json!({ "requests": 1, "stopReason": null, "operations": [], "actors": [actor],
        "capabilities": [capability] });
    Report { preflight: parsed(found), ..fixtures::report(tests) }
}

/// For each obstacle in order: kind, reason, number of tests, example.
fn rows(tests: &[Value]) -> Vec<(ObstacleKind, String, usize, String)> {
    let report = report(tests);
    let row = |one: &Obstacle<'_>| (one.kind, one.reason.to_owned(), one.tests.len(), one.example.name.to_string());
    obstacles(&report).iter().map(row).collect()
}

#[test]
fn failing_setup_step_is_one_obstacle_with_its_request() {
    let refused = [exchange("set-up", "create", 500), exchange("teardown", "remove", 204)];
    let tests = [
        // The first test of a shared fixture has the exchange, the others have only the reason.
        test("a", "inconclusive", Some(SETUP), &[]),
        test("bb", "inconclusive", Some(SETUP), &refused),
        test("c", "failed", Some(SETUP), &refused),
        test("d", "passed", None, &refused),
    ];
    assert_eq!(rows(&tests), [(ObstacleKind::SetupStep, SETUP.to_owned(), 2, "bb".to_owned())]);
    let report = report(&tests);
    let stored = &obstacle_reports(&report)[0];
    assert_eq!((stored.operation.as_deref(), stored.tests), (Some("create"), 2));
    assert!(stored.reproduce.contains(" repro ") && stored.reproduce.contains(" bb"), "{}", stored.reproduce);
    assert_eq!(obstacles(&report)[0].heading(), format!("{SETUP}: 2 tests could not be judged"));
}

#[test]
fn two_responses_of_a_setup_step_are_two_obstacles() {
    let other = "the setup step create returned FORBIDDEN (403)";
    let tests = [
        test("a", "inconclusive", Some(SETUP), &[exchange("set-up", "create", 500)]),
        test("b", "inconclusive", Some(other), &[exchange("set-up", "create", 403)]),
        test("c", "inconclusive", Some(other), &[exchange("set-up", "create", 403)]),
    ];
    let reasons: Vec<(String, usize)> = rows(&tests).into_iter().map(|row| (row.1, row.2)).collect();
    assert_eq!(reasons, [(other.to_owned(), 2), (SETUP.to_owned(), 1)]);
}

#[test]
fn wrong_credential_comes_first_and_doctor_shows_it() {
    let tests = [
        test("a", "inconclusive", Some(LACKS), &[]),
        test("b", "inconclusive", Some(LACKS), &[]),
        test("c", "inconclusive", Some(REFUSED), &[]),
    ];
    let kinds: Vec<ObstacleKind> = rows(&tests).into_iter().map(|row| row.0).collect();
    assert_eq!(kinds, [ObstacleKind::Credential, ObstacleKind::Capability]);
    let report = report(&tests);
    assert_eq!(obstacles(&report)[0].reproduce(&report), "conformance doctor --target-url http://t");
}

#[test]
fn test_that_ended_later_than_its_setup_has_another_obstacle() {
    let broken = "the connection broke";
    let steps = [exchange("set-up", "create", 201), exchange("asserted", "read", 200)];
    assert_eq!(
        rows(&[test("a", "inconclusive", Some(broken), &steps)]),
        [(ObstacleKind::Other, broken.to_owned(), 1, "a".to_owned())]
    );
    let setup = [exchange("set-up", "create", 201)];
    assert_eq!(rows(&[test("a", "inconclusive", Some(broken), &setup)])[0].0, ObstacleKind::Other);
}
