//! Small reports: which findings form one cause, which do not, and how causes are sorted.

mod bodies;
mod consequences;
mod errors;
mod operations;
mod same_defect;
mod shown;

use serde_json::{Value, json};

use super::repair::Passing;
use std::collections::BTreeSet;

use super::unchecked::UNCHECKED_INPUT;
use super::*;

fn exchange(operation: &str, status: u16, code: Option<&str>, body: &str) -> Value {
    let method = if ["create", "update", "upload"].contains(&operation) { "POST" } else { "GET" };
    json!({
        "timestamp": "", "requestId": null, "statusCode": status, "errorCode": code, "errorMessage": null,
        "endpoint": format!("{method} /x"), "field": null, "role": "asserted", "operation": operation, "actor": "reader",
        "durationMs": 1, "fault": null, "curl": "curl", "request": null, "response": { "headers": [], "body": body }
    })
}

/// A finding about the exchange with the index `at`.
fn finding(at: usize, clause: &str, check: &str, place: &str, expected: &str, actual: &str, response: &str) -> Value {
    json!({
        "clause": clause, "check": check, "level": "MUST", "message": "a message", "expected": expected, "actual": actual,
        "part": place, "exchange": at,
        "key": { "id": "k", "operation": "", "place": place, "expected": expected, "actual": actual, "response": response }
    })
}

fn assertion(at: usize, clause: &str, expected: &str, actual: &str, response: &str) -> Value {
    finding(at, clause, EXPECTATION, "status", expected, actual, response)
}

fn test(name: &str, exchanges: &[Value], findings: &[Value]) -> Value {
    let verdict = if findings.is_empty() { "passed" } else { "failed" };
    json!({
        "name": name, "file": "f.yaml", "line": 1, "about": "", "verdict": verdict, "reason": null,
        "startedAt": null, "durationMs": 1, "clauses": [], "findings": findings, "exchanges": exchanges
    })
}

fn report(tests: &[Value]) -> Report {
    let value = json!({
        "format": 1, "suite": { "name": "conformance", "version": "0.1.0", "contractHash": "00" }, "target": "t",
        "seed": 1, "strict": false, "startedAt": "2026-01-01T00:00:00Z", "durationMs": 1, "requests": 1,
        "exitCode": 0, "summary": {}, "clauses": [], "errorCodes": [], "tests": tests, "leftovers": []
    });
    serde_json::from_value(value).expect("a report")
}

/// For each cause in order: kind, operations, number of tests, and number of tests without another cause.
fn rows(tests: &[Value]) -> Vec<(CauseKind, String, usize, usize)> {
    let report = report(tests);
    let causes = causes(&report);
    causes
        .iter()
        .map(|cause| (cause.kind, cause.operations().join(" "), cause.tests.len(), cause.alone.len()))
        .collect()
}

const MISSING: &str = r#"{"detail":"Not Found"}"#;

#[test]
fn missing_operation_explains_all_its_findings_and_comes_first() {
    let upload = || exchange("upload", 404, None, MISSING);
    let of_upload = [
        finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", "{detail}", "404 {detail}"),
        finding(0, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", "404 {detail}"),
        assertion(0, "DOC-1", "success", "404 {detail}", "404 {detail}"),
    ];
    let status = finding(0, "STA-3", "success-status", "status", "204 for delete", "200", "200");
    let tests = [
        test("a", &[upload()], &of_upload),
        test("b", &[exchange("delete", 200, None, "{}")], std::slice::from_ref(&status)),
        test("c", &[exchange("delete", 200, None, "{}")], &[status]),
    ];
    assert_eq!(
        rows(&tests),
        [(CauseKind::NotImplemented, "upload".to_owned(), 1, 1), (CauseKind::Defect, "delete".to_owned(), 2, 2)]
    );
}

#[test]
fn operation_with_one_other_response_is_implemented() {
    let findings = [
        finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", "{detail}", "404 {detail}"),
        assertion(0, "AUTH-1", "UNAUTHENTICATED (401)", "404 {detail}", "404 {detail}"),
    ];
    let missing = exchange("read", 404, None, MISSING);
    let alone = [test("a", std::slice::from_ref(&missing), &findings)];
    assert_eq!(rows(&alone)[0].0, CauseKind::NotImplemented);
    let responded = test("b", &[exchange("read", 409, Some("CONFLICT"), "{}")], &[]);
    assert_eq!(rows(&[alone[0].clone(), responded])[0].0, CauseKind::NoEnvelope);
    // A test that expects NOT_FOUND does not prove that the operation is missing.
    let expected = assertion(0, "RES-1", "NOT_FOUND (404)", "404 {detail}", "404 {detail}");
    assert_eq!(rows(&[test("a", &[missing], &[findings[0].clone(), expected])])[0].0, CauseKind::NoEnvelope);
}

#[test]
fn error_bodies_of_one_shape_are_one_cause_across_operations() {
    let of = |name: &str, operation: &str, response: &str, shape: &str| {
        let findings = [
            finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", shape, response),
            assertion(0, "VAL-1", "VALIDATION_ERROR (400)", response, response),
        ];
        test(name, &[exchange(operation, 422, None, "{}")], &findings)
    };
    let tests = [
        of("a", "create", "422 {detail}", "{detail}"),
        of("b", "update", "403 {detail}", "{detail}"),
        of("c", "update", "500 text/plain", "text/plain"),
    ];
    assert_eq!(
        rows(&tests),
        [(CauseKind::NoEnvelope, "create update".to_owned(), 2, 2), (CauseKind::Defect, "update".to_owned(), 1, 1)],
        "a server error is wrong whatever its body"
    );
}

#[test]
fn header_that_no_response_has_is_a_separate_cause() {
    let no_id = |at, response| finding(at, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", response);
    let shape = finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", "{detail}", "422 {detail}");
    let plain = exchange("create", 422, None, "{}");
    let tests = [
        test("a", std::slice::from_ref(&plain), &[shape.clone(), no_id(0, "422 {detail}")]),
        test("b", &[exchange("create", 404, Some("NOT_FOUND"), "{}")], &[no_id(0, "404 NOT_FOUND")]),
    ];
    let causes = rows(&tests);
    assert_eq!(causes[0], (CauseKind::Defect, "create".to_owned(), 2, 1));
    assert_eq!(causes[1], (CauseKind::NoEnvelope, "create".to_owned(), 1, 0));
    // If only responses without the envelope lack the header, the missing envelope explains it.
    assert_eq!(rows(&[test("a", &[plain], &[shape, no_id(0, "422 {detail}")])]).len(), 1);
}

#[test]
fn refused_valid_input_is_not_explained_by_a_missing_envelope() {
    let findings = [
        finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", "{detail}", "422 {detail}"),
        assertion(0, "FMT-3", "success", "422 {detail}", "422 {detail}"),
    ];
    let responded = test("b", &[exchange("create", 201, None, "{}")], &[]);
    let kinds: Vec<CauseKind> =
        rows(&[test("a", &[exchange("create", 422, None, "{}")], &findings), responded]).iter().map(|c| c.0).collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    assert!(kinds.contains(&CauseKind::NoEnvelope) && kinds.contains(&CauseKind::Defect));
}

#[test]
fn two_defects_of_one_check_in_one_test_are_two_causes() {
    let exchanges = [exchange("create", 200, None, "{}"), exchange("delete", 200, None, "{}")];
    let findings = [
        finding(0, "STA-3", "success-status", "status", "201 for create", "200", "200"),
        finding(1, "STA-3", "success-status", "status", "204 for delete", "200", "200"),
    ];
    let causes = rows(&[test("a", &exchanges, &findings)]);
    assert_eq!(causes.len(), 2);
    assert!(causes.iter().all(|cause| cause.3 == 0), "neither repair alone makes the test pass");
}

#[test]
fn accepted_invalid_input_is_one_cause_per_clause_below_the_limit() {
    let accepts = |number: usize| {
        let clause = format!("FMT-{number}");
        let found = assertion(0, &clause, "INVALID_FORMAT (422)", "success", "201");
        test(&format!("t{number}"), &[exchange("create", 201, None, "{}")], &[found])
    };
    let few: Vec<Value> = (1..UNCHECKED_INPUT).map(accepts).collect();
    assert_eq!(rows(&few).len(), UNCHECKED_INPUT - 1);
    let many: Vec<Value> = (1..=UNCHECKED_INPUT).map(accepts).collect();
    assert_eq!(rows(&many), [(CauseKind::UncheckedInput, "create".to_owned(), UNCHECKED_INPUT, UNCHECKED_INPUT)]);
    let report = report(&many);
    assert_eq!(causes(&report)[0].heading(), "FMT-1, FMT-2, FMT-3, FMT-4: create accepts invalid input");
}

#[test]
fn each_operation_that_does_not_check_its_input_is_a_cause_unless_none_does() {
    let accepts = |operation: &str, number: usize| {
        let found = assertion(0, &format!("FMT-{number}"), "INVALID_FORMAT (422)", "success", "201");
        test(&format!("{operation}-{number}"), &[exchange(operation, 201, None, "{}")], &[found])
    };
    let of = |operation: &str| (1..=UNCHECKED_INPUT).map(|number| accepts(operation, number)).collect::<Vec<_>>();
    let refused = test("r", &[exchange("read", 422, Some("INVALID_FORMAT"), "{}")], &[]);
    let statements = |tests: &[Vec<Value>]| {
        let report = report(&tests.concat());
        causes(&report).iter().map(Cause::statement).collect::<BTreeSet<_>>()
    };
    let all = statements(&[of("create"), of("update")]);
    assert_eq!(all, BTreeSet::from(["invalid input is accepted".to_owned()]));
    let read = vec![accepts("read", 9), refused];
    let some = statements(&[of("create"), of("update"), read]);
    let each = ["create accepts invalid input", "update accepts invalid input"].map(str::to_owned);
    assert!(some.len() == 3 && each.iter().all(|cause| some.contains(cause)), "{some:?}");
    // A request without a body has no input.
    let mut without: Vec<Value> = of("submit");
    for test in &mut without {
        test["exchanges"][0]["request"] = json!({ "headers": [], "body": "" });
    }
    assert!(rows(&without).iter().all(|row| row.0 != CauseKind::UncheckedInput));
}

#[test]
fn server_errors_of_one_clause_are_one_cause_whatever_was_expected() {
    let fails = |name: &str, expected: &str| {
        let found = assertion(0, "FMT-5", expected, "500 {error}", "500 {error}");
        let mut sent = exchange("create", 500, None, "{}");
        sent["request"] = json!({ "headers": [], "body": format!("{{\"value\": \"{name}\"}}") });
        test(name, &[sent], &[found])
    };
    let tests = [fails("a", "any documented response but a server error"), fails("b", "INVALID_FORMAT (422)")];
    assert_eq!(rows(&tests), [(CauseKind::Defect, "create".to_owned(), 2, 2)]);
    let valid = fails("c", "success");
    let served = test("d", &[exchange("create", 201, None, "{}")], &[]);
    assert_eq!(rows(&[tests[0].clone(), valid, served]).len(), 2, "valid input that is refused is another defect");
}

#[test]
fn missing_check_for_conflicts_is_not_unchecked_input() {
    let accepts = |number: usize, clause: &str, expected: &str| {
        let found = assertion(0, clause, expected, "success", "201");
        test(&format!("t{number}"), &[exchange("create", 201, None, "{}")], &[found])
    };
    let mut tests: Vec<Value> =
        (1..=UNCHECKED_INPUT).map(|number| accepts(number, &format!("FMT-{number}"), "INVALID_FORMAT (422)")).collect();
    tests.push(accepts(0, "CON-2", "CONFLICT (409)"));
    assert_eq!(rows(&tests).len(), 2);
}

#[test]
fn stored_value_follows_from_its_acceptance() {
    let accepted = assertion(0, "CON-2", "CONFLICT (409)", "success", "200");
    let changed = finding(1, "CON-2", EXPECTATION, "body /name", "\"…\"", "a string", "200");
    let exchanges = [exchange("update", 200, None, "{}"), exchange("read", 200, None, "{}")];
    let together = test("a", &exchanges, &[accepted, changed.clone()]);
    assert_eq!(rows(std::slice::from_ref(&together)), [(CauseKind::Defect, "update".to_owned(), 1, 1)]);
    // If it also occurs without the other finding, it is a separate defect.
    let alone = test("b", &exchanges, &[changed]);
    assert_eq!(rows(&[together, alone]).len(), 2);
}

#[test]
fn server_errors_that_cannot_be_provoked_are_one_cause() {
    let tests = [
        test("a", &[exchange("list", 200, None, "{}")], &[assertion(0, "SRV-1", "INTERNAL (500)", "success", "200")]),
        test("b", &[exchange("read", 200, None, "{}")], &[assertion(0, "SRV-3", "DOWN (503)", "success", "200")]),
    ];
    assert_eq!(rows(&tests), [(CauseKind::NotProvoked, "list read".to_owned(), 2, 2)]);
}

#[test]
fn causes_are_sorted_by_tests_without_another_cause_first() {
    let status = |at| finding(at, "STA-3", "success-status", "status", "204 for delete", "200", "200");
    let header = |at| finding(at, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", "404 GONE");
    let one = || exchange("delete", 200, None, "{}");
    let tests = [
        test("a", &[one()], &[status(0), header(0)]),
        test("b", &[one()], &[status(0), header(0)]),
        test("c", &[one()], &[header(0)]),
        test("d", &[one()], &[header(0)]),
        test("e", &[one()], &[status(0), header(0)]),
    ];
    let report = report(&tests);
    let order: Vec<&str> = causes(&report).iter().map(|cause| cause.finding.clause.as_str()).collect();
    assert_eq!(order, ["LOG-1", "STA-3"]);
}

#[test]
fn unchanged_state_follows_from_a_missing_operation() {
    let missing = || exchange("submit", 404, None, MISSING);
    let read = || exchange("read", 200, None, r#"{"state":"NEW"}"#);
    let refused = assertion(0, "VER-1", "success", "404 {detail}", "404 {detail}");
    let unchanged = |at| finding(at, "VER-2", EXPECTATION, "body /state", "DONE", "NEW", "200 {state}");
    let together = [
        test("a", &[missing(), read()], &[refused.clone(), unchanged(1)]),
        test("b", &[missing()], std::slice::from_ref(&refused)),
    ];
    assert_eq!(rows(&together), [(CauseKind::NotImplemented, "submit".to_owned(), 2, 2)]);
    // If it also occurs without the missing operation, it is a separate defect.
    let apart = [test("a", &[missing(), read()], &[refused, unchanged(1)]), test("b", &[read()], &[unchanged(0)])];
    let kinds: Vec<CauseKind> = rows(&apart).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, [CauseKind::NotImplemented, CauseKind::Defect]);
}

#[test]
fn title_of_a_property_is_the_clause_and_not_a_generated_value() {
    let mut found = assertion(0, "FMT-1", "INVALID_FORMAT (422)", "success", "201");
    found["message"] = json!("date \"1900-13-01\" (month-13) was accepted");
    found["key"]["rule"] = json!("month-13");
    let mut report = report(&[test("t", &[exchange("create", 201, None, "{}")], &[found])]);
    report.clauses = serde_json::from_value(json!([{
        "id": "FMT-1", "level": "MUST", "says": "A date is a calendar date.", "page": "", "status": "violated",
        "reason": null, "exercisedBy": 1, "tests": [],
    }]))
    .expect("clauses");
    assert_eq!(causes(&report)[0].title(), "A date is a calendar date.");
}

#[test]
fn test_with_two_causes_passes_after_the_repair_of_both() {
    let one = || exchange("delete", 200, None, "{}");
    let status = finding(0, "STA-3", "success-status", "status", "204 for delete", "200", "200");
    let header = finding(0, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", "404 GONE");
    let page = finding(0, "PAG-1", "page-size", "body /items", "at most 10", "11", "200");
    let tests = [
        test("a", &[one()], std::slice::from_ref(&status)),
        test("b", &[one()], std::slice::from_ref(&status)),
        test("c", &[one()], &[status, header.clone()]),
        test("d", &[one()], &[header]),
        test("e", &[one()], &[page]),
    ];
    let report = report(&tests);
    let causes = causes(&report);
    let all: Vec<&Cause<'_>> = causes.iter().collect();
    let order: Vec<&str> = all.iter().map(|cause| cause.finding.clause.as_str()).collect();
    assert_eq!(order, ["STA-3", "LOG-1", "PAG-1"]);
    let passing: Vec<usize> = passing_after(&report, &all).iter().map(|passing| passing.tests).collect();
    assert_eq!(passing, [0, 2, 4, 5]);
}

#[test]
fn test_that_ended_in_its_setup_may_show_another_cause() {
    let mut setup = exchange("register", 404, None, MISSING);
    setup["role"] = json!("set-up");
    let asserted = exchange("register", 404, None, MISSING);
    let found = assertion(0, "DOC-1", "success", "404 {detail}", "404 {detail}");
    let tests = [test("a", &[setup], std::slice::from_ref(&found)), test("b", &[asserted], &[found])];
    let report = report(&tests);
    let causes = causes(&report);
    let all: Vec<&Cause<'_>> = causes.iter().collect();
    assert_eq!(passing_after(&report, &all)[1], Passing { tests: 2, ended_early: 1 });
}

/// A finding about the whole response of the exchange 0.
fn of_response(clause: &str, check: &str, expected: &str, response: &str) -> Value {
    finding(0, clause, check, "status", expected, response, response)
}

fn headings(tests: &[Value]) -> Vec<String> {
    let report = report(tests);
    causes(&report).iter().map(Cause::clauses).collect()
}

#[test]
fn clauses_that_the_same_exchanges_break_are_one_cause() {
    let one = || exchange("create", 422, Some("FORMAT"), "{}");
    let both = [
        of_response("VAL-1", EXPECTATION, "VALIDATION (400)", "422 FORMAT"),
        of_response("STA-9", "status-of-method", "400", "422 FORMAT"),
    ];
    let tests = [test("a", &[one()], &both), test("b", &[one()], &both[..1])];
    assert_eq!(headings(&tests), ["VAL-1, STA-9"]);
    assert_eq!(rows(&tests)[0].2, 2);
    // The other clause is also broken where the first is not.
    let apart = [test("a", &[one()], &both), test("b", &[one()], &both[1..]), test("c", &[one()], &both[..1])];
    assert_eq!(headings(&apart).len(), 2);
    // A header does not belong to the response's status and code.
    let header = finding(0, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", "422 FORMAT");
    assert_eq!(headings(&[test("a", &[one()], &[both[0].clone(), header])]).len(), 2);
}

#[test]
fn weaker_expectation_follows_the_only_stronger_one_with_the_same_response() {
    let fails = |name: &str, operation: &str, clause: &str, expected: &str, response: &str| {
        let (status, code) = response.split_once(' ').expect("a status and a code");
        let one = exchange(operation, status.parse().expect("a status"), Some(code), "{}");
        test(name, &[one], &[of_response(clause, EXPECTATION, expected, response)])
    };
    let strong = fails("a", "create", "VAL-1", "VALIDATION (400)", "422 FORMAT");
    let weak =
        |operation: &str, response: &str| fails("b", operation, "STA-1", "success (201) or VALIDATION (400)", response);
    assert_eq!(headings(&[strong.clone(), weak("create", "422 FORMAT")]).len(), 1);
    let cases = [
        ("another operation", weak("update", "422 FORMAT")),
        ("another response", weak("create", "409 FORMAT")),
        ("another expectation", fails("b", "create", "DOC-1", "QUALITY (422)", "422 FORMAT")),
        ("the same expectation", fails("b", "create", "VAL-2", "VALIDATION (400)", "422 FORMAT")),
    ];
    // Otherwise `create` would never give the code, and that would be the cause of both.
    let right = test("r", &[exchange("create", 400, Some("VALIDATION"), "{}")], &[]);
    for (what, other) in cases {
        assert_eq!(headings(&[strong.clone(), other, right.clone()]).len(), 2, "{what}");
    }
    let any = fails("b", "create", "VAL-1", "anything but FORMAT", "422 FORMAT");
    assert_eq!(headings(&[strong.clone(), any]).len(), 1);
    let second = fails("c", "create", "VAL-2", "VALIDATION (400)", "422 FORMAT");
    let unclear = headings(&[strong, weak("create", "422 FORMAT"), second, right]);
    assert_eq!(unclear.len(), 3, "two stronger expectations: {unclear:?}");
}

#[test]
fn wrong_field_is_one_cause_for_all_fields_and_clauses() {
    let names = |name: &str, clause: &str, field: &str, actual: &str, response: &str| {
        let found = finding(0, clause, "field-names-member", "body /error/field", field, actual, response);
        test(name, &[exchange("create", 400, Some("VALIDATION"), "{}")], &[found])
    };
    let spelling = "the same name in another spelling";
    let tests = [
        names("a", "ENV-5", "\"firstName\"", spelling, "400 VALIDATION"),
        names("b", "VAL-2", "\"lastName\"", spelling, "422 FORMAT"),
    ];
    assert_eq!(headings(&tests).len(), 1);
    let absent = |name: &str, response: &str| names(name, "ENV-5", "\"lastName\"", "absent", response);
    assert_eq!(headings(&[tests[0].clone(), absent("c", "400 VALIDATION")]).len(), 2);
    let other = |name: &str, field: &str| names(name, "ENV-5", field, "another name", "400 VALIDATION");
    assert_eq!(headings(&[other("e", "\"country\""), other("f", "\"postalCode\"")]).len(), 2);
}

#[test]
fn too_many_deliveries_are_one_cause_and_too_few_another() {
    let deliveries = |name: &str, clause: &str, expected: &str, actual: &str| {
        let found = finding(0, clause, EXPECTATION, "deliveries", expected, actual, "200");
        test(name, &[exchange("create", 201, None, "{}")], &[found])
    };
    let tests = [
        deliveries("a", "WHK-5", "exactly 1 attempt to deliver", "2 attempts"),
        deliveries("b", "WHK-6", "exactly 3 attempts to deliver", "4 attempts"),
        deliveries("c", "WHK-6", "exactly 3 attempts to deliver", "1 attempt"),
        deliveries("d", "WHK-5", "exactly 1 attempt to deliver", "none"),
    ];
    assert_eq!(rows(&tests[..2]).len(), 1);
    assert_eq!(rows(&tests).len(), 3);
    // The log cannot hold what was not delivered.
    let log = finding(1, "WHK-7", EXPECTATION, "body /deliveries", "an array with an element", "an array", "200");
    let exchanges = [exchange("create", 201, None, "{}"), exchange("log", 200, None, "[]")];
    let noted = test("e", &exchanges, &[tests[3]["findings"][0].clone(), log.clone()]);
    assert_eq!(rows(std::slice::from_ref(&noted)).len(), 1);
    assert_eq!(rows(&[noted, test("f", &exchanges, &[log])]).len(), 2);
}

#[test]
fn refusals_with_another_code_join_the_cause_of_accepted_requests() {
    let asks = |name: &str, operation: &str, expected: &str, actual: &str, response: &str| {
        let status = response.split(' ').next().and_then(|status| status.parse().ok()).expect("a status");
        test(name, &[exchange(operation, status, None, "{}")], &[assertion(0, "AUTH-7", expected, actual, response)])
    };
    let accepted = asks("a", "submit", "FORBIDDEN (403)", "success", "200");
    let refused = |operation: &str, expected: &str| asks("b", operation, expected, "422 FAILED", "422 FAILED");
    assert_eq!(headings(&[accepted.clone(), refused("submit", "FORBIDDEN (403)")]).len(), 1);
    assert_eq!(headings(&[accepted.clone(), refused("other", "FORBIDDEN (403)")]).len(), 2, "another operation");
    assert_eq!(headings(&[accepted.clone(), refused("submit", "GONE (404)")]).len(), 2, "another expected response");
    let everywhere =
        [accepted, asks("c", "read", "FORBIDDEN (403)", "success", "200"), refused("other", "FORBIDDEN (403)")];
    assert_eq!(headings(&everywhere).len(), 1, "several operations lack the check");
}

#[test]
fn caller_who_is_accepted_explains_what_the_resource_returns() {
    let asks = |name: &str, clause: &str, actor: &str, expected: &str, response: &str| {
        let actual = if response == "200" { "success" } else { response };
        let status = response.split(' ').next().and_then(|status| status.parse().ok()).expect("a status");
        let mut sent = exchange("read", status, None, "{}");
        sent["actor"] = json!(actor);
        test(name, &[sent], &[assertion(0, clause, expected, actual, response)])
    };
    let accepted = asks("a", "AUTH-3", "revoked", "LOGIN (401)", "200");
    let gone = |actor: &str, expected: &str| asks("b", "AUTH-8", actor, expected, "404 GONE");
    assert_eq!(headings(&[accepted.clone(), gone("revoked", "LOGIN (401) or SCOPE (403)")]).len(), 1);
    assert_eq!(headings(&[accepted.clone(), gone("writer", "LOGIN (401) or SCOPE (403)")]).len(), 2, "another caller");
    assert_eq!(headings(&[accepted, gone("revoked", "SCOPE (403)")]).len(), 2, "another expected response");
}

#[test]
fn one_request_that_breaks_two_clauses_is_one_cause() {
    let fails = |name: &str, clause: &str, body: &str| {
        let mut sent = exchange("update", 500, Some("INTERNAL"), "{}");
        sent["request"] = json!({ "headers": [], "body": body });
        let found = assertion(0, clause, "any documented response but a server error", "500 INTERNAL", "500 INTERNAL");
        test(name, &[sent], &[found])
    };
    assert_eq!(headings(&[fails("a", "FMT-5", "{}"), fails("b", "VAL-1", "{}")]).len(), 1);
    assert_eq!(headings(&[fails("a", "FMT-5", "{}"), fails("b", "VAL-1", "null")]).len(), 2);
    assert_eq!(headings(&[fails("a", "FMT-5", ""), fails("b", "VAL-1", "")]).len(), 2, "requests without a body");
}
