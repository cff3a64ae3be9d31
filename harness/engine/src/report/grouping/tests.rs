//! Tables of small reports: which findings are one cause, which are not, and in which order they come.

use serde_json::{Value, json};

use super::*;

/// An exchange of an operation with its answer.
fn exchange(operation: &str, status: u16, code: Option<&str>, body: &str) -> Value {
    json!({
        "timestamp": "", "requestId": null, "statusCode": status, "errorCode": code, "errorMessage": null,
        "endpoint": "GET /x", "field": null, "role": "asserted", "operation": operation, "actor": "reader",
        "durationMs": 1, "fault": null, "curl": "curl", "request": null, "response": { "headers": [], "body": body }
    })
}

/// A finding about the exchange of an index.
fn finding(at: usize, clause: &str, check: &str, place: &str, expected: &str, came: &str, answer: &str) -> Value {
    json!({
        "clause": clause, "check": check, "level": "MUST", "message": "a message", "expected": expected, "actual": came,
        "part": place, "exchange": at,
        "key": { "id": "k", "operation": "", "place": place, "expected": expected, "came": came, "answer": answer }
    })
}

fn claim(at: usize, clause: &str, expected: &str, came: &str, answer: &str) -> Value {
    finding(at, clause, EXPECTATION, "status", expected, came, answer)
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
        "exitCode": 0, "summary": {}, "clauses": [], "errorCodes": [], "trials": tests, "leftBehind": []
    });
    serde_json::from_value(value).expect("a report")
}

/// Kind, operations, tests and tests that would pass, of each cause in order.
fn told(tests: &[Value]) -> Vec<(Kind, String, usize, usize)> {
    let report = report(tests);
    let causes = causes(&report);
    causes.iter().map(|cause| (cause.kind, cause.operations().join(" "), cause.trials.len(), cause.alone)).collect()
}

const MISSING: &str = r#"{"detail":"Not Found"}"#;

#[test]
fn an_operation_that_is_not_implemented_swallows_all_its_findings_and_comes_first() {
    let upload = || exchange("upload", 404, None, MISSING);
    let of_upload = [
        finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", "{detail}", "404 {detail}"),
        finding(0, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", "404 {detail}"),
        claim(0, "DOC-1", "success", "404 {detail}", "404 {detail}"),
    ];
    let status = finding(0, "STA-3", "success-status", "status", "204 for delete", "200", "200");
    let tests = [
        test("a", &[upload()], &of_upload),
        test("b", &[exchange("delete", 200, None, "{}")], std::slice::from_ref(&status)),
        test("c", &[exchange("delete", 200, None, "{}")], &[status]),
    ];
    assert_eq!(
        told(&tests),
        [(Kind::NotImplemented, "upload".to_owned(), 1, 1), (Kind::Defect, "delete".to_owned(), 2, 2)]
    );
}

#[test]
fn an_operation_that_once_answered_otherwise_is_implemented() {
    let findings = [
        finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", "{detail}", "404 {detail}"),
        claim(0, "AUTH-1", "UNAUTHENTICATED (401)", "404 {detail}", "404 {detail}"),
    ];
    let missing = exchange("read", 404, None, MISSING);
    let alone = [test("a", std::slice::from_ref(&missing), &findings)];
    assert_eq!(told(&alone)[0].0, Kind::NotImplemented);
    let answered = test("b", &[exchange("read", 401, Some("UNAUTHENTICATED"), "{}")], &[]);
    assert_eq!(told(&[alone[0].clone(), answered])[0].0, Kind::NoEnvelope);
    // A test that asks for what does not exist proves nothing.
    let expected = claim(0, "RES-1", "NOT_FOUND (404)", "404 {detail}", "404 {detail}");
    assert_eq!(told(&[test("a", &[missing], &[findings[0].clone(), expected])])[0].0, Kind::NoEnvelope);
}

#[test]
fn bodies_of_one_shape_are_one_cause_on_all_operations() {
    let of = |name: &str, operation: &str, answer: &str, shape: &str| {
        let findings = [
            finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", shape, answer),
            claim(0, "VAL-1", "VALIDATION_ERROR (400)", answer, answer),
        ];
        test(name, &[exchange(operation, 422, None, "{}")], &findings)
    };
    let tests = [
        of("a", "create", "422 {detail}", "{detail}"),
        of("b", "update", "403 {detail}", "{detail}"),
        of("c", "update", "500 text/plain", "text/plain"),
    ];
    assert_eq!(
        told(&tests),
        [(Kind::NoEnvelope, "create update".to_owned(), 2, 2), (Kind::NoEnvelope, "update".to_owned(), 1, 1)]
    );
}

#[test]
fn a_header_that_no_answer_has_is_a_cause_of_its_own() {
    let no_id = |at, answer| finding(at, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", answer);
    let shape = finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", "{detail}", "422 {detail}");
    let plain = exchange("create", 422, None, "{}");
    let tests = [
        test("a", std::slice::from_ref(&plain), &[shape.clone(), no_id(0, "422 {detail}")]),
        test("b", &[exchange("create", 404, Some("NOT_FOUND"), "{}")], &[no_id(0, "404 NOT_FOUND")]),
    ];
    let causes = told(&tests);
    assert_eq!(causes[0], (Kind::Defect, "create".to_owned(), 2, 1));
    assert_eq!(causes[1], (Kind::NoEnvelope, "create".to_owned(), 1, 0));
    // Where only such bodies lack it, they are why.
    assert_eq!(told(&[test("a", &[plain], &[shape, no_id(0, "422 {detail}")])]).len(), 1);
}

#[test]
fn good_input_that_is_refused_is_no_matter_of_the_body() {
    let findings = [
        finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", "{detail}", "422 {detail}"),
        claim(0, "FMT-3", "success", "422 {detail}", "422 {detail}"),
    ];
    let answered = test("b", &[exchange("create", 201, None, "{}")], &[]);
    let kinds: Vec<Kind> =
        told(&[test("a", &[exchange("create", 422, None, "{}")], &findings), answered]).iter().map(|c| c.0).collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    assert!(kinds.contains(&Kind::NoEnvelope) && kinds.contains(&Kind::Defect));
}

#[test]
fn defects_of_one_check_in_the_same_tests_are_two_causes() {
    let exchanges = [exchange("create", 200, None, "{}"), exchange("delete", 200, None, "{}")];
    let findings = [
        finding(0, "STA-3", "success-status", "status", "201 for create", "200", "200"),
        finding(1, "STA-3", "success-status", "status", "204 for delete", "200", "200"),
    ];
    let causes = told(&[test("a", &exchanges, &findings)]);
    assert_eq!(causes.len(), 2);
    assert!(causes.iter().all(|cause| cause.3 == 0), "neither repair alone makes the test pass");
}

#[test]
fn acceptance_is_told_by_clause_until_nothing_is_checked() {
    let accepts = |number: usize| {
        let clause = format!("FMT-{number}");
        let found = claim(0, &clause, "INVALID_FORMAT (422)", "success", "201");
        test(&format!("t{number}"), &[exchange("create", 201, None, "{}")], &[found])
    };
    let few: Vec<Value> = (1..UNCHECKED_INPUT).map(accepts).collect();
    assert_eq!(told(&few).len(), UNCHECKED_INPUT - 1);
    let many: Vec<Value> = (1..=UNCHECKED_INPUT).map(accepts).collect();
    assert_eq!(told(&many), [(Kind::UncheckedInput, "create".to_owned(), UNCHECKED_INPUT, UNCHECKED_INPUT)]);
}

#[test]
fn what_was_stored_because_it_was_accepted_follows() {
    let accepted = claim(0, "CON-2", "CONFLICT (409)", "success", "200");
    let changed = finding(1, "CON-2", EXPECTATION, "body /name", "\"…\"", "a string", "200");
    let exchanges = [exchange("update", 200, None, "{}"), exchange("read", 200, None, "{}")];
    let together = test("a", &exchanges, &[accepted, changed.clone()]);
    assert_eq!(told(std::slice::from_ref(&together)), [(Kind::Defect, "update".to_owned(), 1, 1)]);
    // Once it shows without the other, it is a defect of its own.
    let alone = test("b", &exchanges, &[changed]);
    assert_eq!(told(&[together, alone]).len(), 2);
}

#[test]
fn failures_that_cannot_be_provoked_are_one_cause() {
    let tests = [
        test("a", &[exchange("list", 200, None, "{}")], &[claim(0, "SRV-1", "INTERNAL (500)", "success", "200")]),
        test("b", &[exchange("read", 200, None, "{}")], &[claim(0, "SRV-3", "DOWN (503)", "success", "200")]),
    ];
    assert_eq!(told(&tests), [(Kind::NotProvoked, "list read".to_owned(), 2, 2)]);
}

#[test]
fn what_would_pass_comes_before_what_shows_often() {
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
fn what_a_missing_operation_did_not_change_follows_from_it() {
    let missing = || exchange("submit", 404, None, MISSING);
    let read = || exchange("read", 200, None, r#"{"state":"NEW"}"#);
    let refused = claim(0, "VER-1", "success", "404 {detail}", "404 {detail}");
    let unchanged = |at| finding(at, "VER-2", EXPECTATION, "body /state", "DONE", "NEW", "200 {state}");
    let together = [
        test("a", &[missing(), read()], &[refused.clone(), unchanged(1)]),
        test("b", &[missing()], std::slice::from_ref(&refused)),
    ];
    assert_eq!(told(&together), [(Kind::NotImplemented, "submit".to_owned(), 2, 2)]);
    // Seen without the missing operation as well, it is a defect of its own.
    let apart = [test("a", &[missing(), read()], &[refused, unchanged(1)]), test("b", &[read()], &[unchanged(0)])];
    let kinds: Vec<Kind> = told(&apart).into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(kinds, [Kind::NotImplemented, Kind::Defect]);
}
