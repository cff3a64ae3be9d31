//! Comparisons of small pairs of reports.

use serde_json::{Value, json};

use super::*;
use crate::fixtures::{self, report, with};

fn finding(check: &str, part: &str) -> Value {
    fixtures::finding("A-1", check, part)
}

fn test(name: &str, verdict: &str, findings: Value) -> Value {
    with(fixtures::test(name, verdict), &[("findings", findings)])
}

fn change(before: Option<Value>, after: Option<Value>) -> Option<Change> {
    let one = |test: Option<Value>| report(&test.into_iter().collect::<Vec<_>>());
    let comparison = compare(&one(before), &one(after));
    assert!(comparison.tests.len() <= 1);
    comparison.tests.first().map(|entry| entry.change)
}

#[test]
fn every_pair_of_verdicts_has_the_expected_change() {
    use Change::*;
    let findings = || json!([finding("status-documented", "status")]);
    let of = |word: &str| match word {
        "" => None,
        "failed" => Some(test("t", "failed", findings())),
        "warned" => Some(test("t", "warned", json!([]))),
        word => Some(test("t", word, json!([]))),
    };
    for (before, after, expected) in [
        ("passed", "passed", None),
        ("passed", "failed", Some(New)),
        ("skipped", "failed", Some(NewlyReached)),
        ("inconclusive", "failed", Some(NewlyReached)),
        ("", "failed", Some(New)),
        ("failed", "failed", Some(StillFailing)),
        ("failed", "passed", Some(Fixed)),
        ("failed", "warned", Some(Fixed)),
        ("failed", "", Some(Vanished)),
        ("passed", "", Some(Vanished)),
        ("passed", "skipped", Some(NewlySkipped)),
        ("failed", "skipped", Some(NewlySkipped)),
        ("skipped", "skipped", None),
        ("skipped", "passed", None),
        ("passed", "inconclusive", Some(NewlyInconclusive)),
        ("failed", "inconclusive", Some(NewlyInconclusive)),
        ("inconclusive", "inconclusive", None),
        ("passed", "warned", Some(NewlyWarned)),
        ("", "passed", Some(Added)),
    ] {
        assert_eq!(change(of(before), of(after)), expected, "{before:?} then {after:?}");
    }
}

#[test]
fn another_defect_of_a_test_that_failed_is_newly_reached() {
    let one = || test("t", "failed", json!([finding("status-documented", "status")]));
    for other in [finding("status-documented", "body /x"), finding("expectation", "status")] {
        let both = test("t", "failed", json!([finding("status-documented", "status"), other]));
        assert_eq!(change(Some(one()), Some(both.clone())), Some(Change::NewlyReached));
        assert_eq!(change(Some(both), Some(one())), Some(Change::StillFailing));
    }
    // The actual text may differ from run to run; the defect is the same.
    let mut reworded = one();
    reworded["findings"][0]["actual"] = "another text".into();
    assert_eq!(change(Some(one()), Some(reworded)), Some(Change::StillFailing));
}

#[test]
fn violation_that_becomes_a_known_deviation_is_newly_known() {
    let mut known = finding("status-documented", "status");
    known["deviation"] = 0.into();
    let failed = test("t", "failed", json!([finding("status-documented", "status")]));
    let skipped = test("t", "skipped", json!([known]));
    assert_eq!(change(Some(failed.clone()), Some(skipped.clone())), Some(Change::NewlyKnown));
    // Without the known deviation, the violation is new.
    assert_eq!(change(Some(skipped), Some(failed)), Some(Change::New));
}

#[test]
fn exit_code_follows_the_worst_change() {
    let passed = || test("t", "passed", json!([]));
    let code = |after: &[Value], allowed: &[Change]| compare(&report(&[passed()]), &report(after)).exit_code(allowed);
    assert_eq!(code(&[passed()], &[]), 0);
    assert_eq!(code(&[], &[]), 1);
    assert_eq!(code(&[], &[Change::Vanished]), 0);
    assert_eq!(code(&[test("t", "skipped", json!([]))], &[]), 1);
    assert_eq!(code(&[test("t", "inconclusive", json!([]))], &[]), 3);
    assert_eq!(code(&[test("t", "inconclusive", json!([])), test("u", "failed", json!([]))], &[]), 1);
}

#[test]
fn different_seed_and_contract_are_noted() {
    let (old, mut new) = (report(&[]), report(&[]));
    assert!(compare(&old, &new).notes.is_empty());
    new.seed = 2;
    new.suite.contract_hash = "11".into();
    assert_eq!(compare(&old, &new).notes, ["different contract or scenarios: 00, now 11", "different seed: 1, now 2"]);
}

#[test]
fn text_of_the_target_is_escaped_in_markdown() {
    let mut hostile = finding("expectation", "status");
    hostile["actual"] = "<img src=x> [a](b) `c`\n# d".into();
    let comparison = compare(&report(&[]), &report(&[test("t", "failed", json!([hostile]))]));
    let text = markdown(&comparison);
    assert!(!text.contains("<img") && !text.contains("[a](b)") && !text.contains("\n# d"), "{text}");
}

/// A finding with a key.
fn keyed(expected: &str, operation: &str) -> Value {
    let mut finding = finding("success-status", "status");
    finding["key"] = json!({
        "id": format!("{expected} {operation}"), "operation": operation, "place": "status", "expected": expected,
        "actual": "200", "response": "200"
    });
    finding
}

#[test]
fn another_operation_of_the_same_check_and_test_is_another_defect() {
    let create = || keyed("201 for create", "create");
    let before = || test("t", "failed", json!([create()]));
    let after = test("t", "failed", json!([create(), keyed("204 for delete", "delete")]));
    assert_eq!(change(Some(before()), Some(before())), Some(Change::StillFailing));
    assert_eq!(change(Some(before()), Some(after)), Some(Change::NewlyReached));
}

#[test]
fn defect_that_a_test_shows_which_passed_before_is_new_in_every_test() {
    let old = [test("a", "failed", json!([keyed("1", "create")])), test("b", "passed", json!([]))];
    let new = |b: Value| report(&[test("a", "failed", json!([keyed("2", "create")])), b]);
    let compared = |b: Value| {
        let comparison = compare(&report(&old), &new(b));
        let tests: Vec<Change> = comparison.tests.iter().map(|entry| entry.change).collect();
        let trend = comparison.causes.iter().find(|cause| cause.expected == "2").map(|cause| cause.trend);
        (tests, trend, comparison.exit_code(&[]))
    };
    let reached = (vec![Change::NewlyReached], Some(Trend::NewlyReached), 0);
    assert_eq!(compared(test("b", "passed", json!([]))), reached, "nothing else changed");
    let regressed = test("b", "failed", json!([keyed("2", "create")]));
    assert_eq!(compared(regressed), (vec![Change::New, Change::New], Some(Trend::New), 1));
    // A test that failed at times ran to its end, and so did one whose violation is a known deviation.
    let mut flaky = test("t", "inconclusive", json!([]));
    flaky["flaky"] = true.into();
    assert_eq!(change(Some(flaky), Some(test("t", "failed", json!([keyed("2", "create")])))), Some(Change::New));
}

#[test]
fn defect_of_a_clause_that_the_same_test_upheld_is_new() {
    let evidence =
        |check: &str| json!([{ "clause": "A-1", "checks": [check], "codes": [], "responses": 1, "exchange": 0 }]);
    let failed = |check: &str, ended_early: bool| {
        let members = [("evidence", evidence(check)), ("endedEarly", ended_early.into())];
        with(test("t", "failed", json!([finding("status-documented", "status")])), &members)
    };
    let after = || test("t", "failed", json!([finding("message-present", "body /x")]));
    for (check, ended_early, expected) in [
        ("message-present", false, Change::New),
        ("message-present", true, Change::NewlyReached),
        ("another-check", false, Change::NewlyReached),
    ] {
        assert_eq!(change(Some(failed(check, ended_early)), Some(after())), Some(expected), "{check} {ended_early}");
    }
}

#[test]
fn violated_clause_that_was_not_exercised_is_newly_reached() {
    let with_status = |status: &str| {
        let mut report = report(&[]);
        report.clauses.push(fixtures::parsed(json!({
            "id": "A-1", "level": "MUST", "says": "", "status": status, "reason": null, "exercisedBy": 0, "tests": []
        })));
        report
    };
    for (before, change, exit_code) in [("not-exercised", Change::NewlyReached, 0), ("upheld", Change::New, 1)] {
        let (mut old, mut new) = (with_status(before), with_status("violated"));
        old.tests.push(fixtures::parsed(test(
            "t",
            "failed",
            json!([fixtures::finding("B-1", "another-check", "status")]),
        )));
        new.tests.push(fixtures::parsed(test("t", "failed", json!([finding("status-documented", "status")]))));
        let comparison = compare(&old, &new);
        assert_eq!(comparison.tests[0].change, change, "{before}");
        assert_eq!((comparison.clauses[0].change, comparison.exit_code(&[])), (change, exit_code), "{before}");
    }
}

#[test]
fn defect_of_the_earlier_run_is_new_only_in_a_test_that_did_not_fail() {
    let (create, delete) = (|| keyed("201 for create", "create"), || keyed("204 for delete", "delete"));
    let old = report(&[
        test("a", "failed", json!([create(), delete()])),
        test("b", "failed", json!([create()])),
        test("c", "passed", json!([])),
    ]);
    let new = report(&[
        test("a", "failed", json!([create(), delete()])),
        test("b", "failed", json!([create(), delete()])),
        test("c", "failed", json!([delete()])),
    ]);
    let changes: Vec<(String, Change)> =
        compare(&old, &new).tests.into_iter().map(|entry| (entry.name, entry.change)).collect();
    let expected = [("c", Change::New), ("a", Change::StillFailing), ("b", Change::StillFailing)];
    assert_eq!(changes, expected.map(|(name, change)| (name.to_owned(), change)));
}

#[test]
fn every_trend_of_a_cause_is_recognized() {
    let tests = |count: usize, expected: &str| -> Vec<Value> {
        let one = |number| test(&format!("{expected} {number}"), "failed", json!([keyed(expected, "op")]));
        (0..count).map(one).collect()
    };
    let of = |counts: [usize; 5]| {
        let names = ["new", "larger", "same", "smaller", "fixed"];
        report(&names.iter().zip(counts).flat_map(|(name, count)| tests(count, name)).collect::<Vec<_>>())
    };
    let comparison = compare(&of([0, 1, 2, 3, 1]), &of([1, 2, 2, 1, 0]));
    let trends: Vec<(&str, &str, usize, usize)> = comparison
        .causes
        .iter()
        .map(|cause| (cause.trend.as_str(), cause.expected.as_str(), cause.before, cause.after))
        .collect();
    assert_eq!(
        trends,
        [
            ("new", "new", 0, 1),
            ("larger", "larger", 1, 2),
            ("same", "same", 2, 2),
            ("smaller", "smaller", 3, 1),
            ("fixed", "fixed", 1, 0),
        ]
    );
    let text = text(&comparison);
    assert!(text.contains("A-1: 3 -> 1 tests: success-status at status: expected smaller, got 200 (op)"), "{text}");
}
