//! Findings of other clauses that follow from one wrong response.

use super::*;

const OOPS: &str = "500 INTERNAL";

/// A request for a duplicate that fails in the place of a refusal.
fn fails(name: &str, clause: &str, expected: &str, more: &[Value]) -> Value {
    let mut findings = vec![assertion(0, clause, expected, OOPS, OOPS)];
    findings.extend(more.iter().cloned());
    test(name, &[exchange("create", 500, Some("INTERNAL"), "{}")], &findings)
}

fn details() -> Value {
    finding(0, "SRV-2", "request-id-in-details", "body /details", "the request id", "a string", OOPS)
}

#[test]
fn body_of_a_server_error_that_nothing_permits_adds_no_cause() {
    let duplicate = fails("a", "CON-3", "DUPLICATE (409)", &[details()]);
    assert_eq!(headings(std::slice::from_ref(&duplicate)), ["CON-3, SRV-2"]);
    // Other details lack it, too: that is a defect of its own.
    let elsewhere = test("b", &[exchange("create", 500, Some("INTERNAL"), "{}")], &[details()]);
    assert_eq!(headings(&[duplicate, elsewhere]).len(), 2);
    // A server error that the test asks for has to be right.
    let permitted = fails("a", "SRV-1", "INTERNAL (500)", &[details()]);
    assert_eq!(headings(&[permitted]).len(), 2);
}

#[test]
fn weaker_expectation_follows_the_same_server_error() {
    let either = "DUPLICATE (409) or success (201)";
    let tests = [fails("a", "CON-3", "DUPLICATE (409)", &[]), fails("b", "RES-3", either, &[])];
    assert_eq!(headings(&tests), ["CON-3, RES-3"]);
    let other = fails("b", "FMT-1", "INVALID (422)", &[]);
    assert_eq!(headings(&[tests[0].clone(), other]).len(), 2, "other requests fail, too");
}

#[test]
fn expectations_find_nothing_in_a_body_of_the_wrong_form() {
    let form = |place: &str| finding(0, "STA-3", "success-body", place, "an object", "an array", "200");
    let item = finding(0, "CON-4", EXPECTATION, "body /customers", "an array without", "absent", "200");
    let lists = |place: &str, item: &Value| {
        headings(&[test("a", &[exchange("list", 200, None, "[]")], &[form(place), item.clone()])])
    };
    assert_eq!(lists("body", &item), ["STA-3, CON-4"]);
    assert_eq!(lists("body /customers", &item).len(), 2, "the member itself");
    assert_eq!(lists("body /page", &item).len(), 2, "another member");
    let wrong = finding(0, "CON-4", EXPECTATION, "body /customers", "an array without", "an array", "200");
    assert_eq!(lists("body", &wrong).len(), 2, "a member that is there");
}

#[test]
fn ids_that_an_operation_serves_are_one_cause_for_all_clauses() {
    let serves = |name: &str, operation: &str, clause: &str, expected: &str| {
        test(name, &[exchange(operation, 200, None, "{}")], &[assertion(0, clause, expected, "success", "200")])
    };
    let missing = "NOT_FOUND (404)";
    let unknown = [serves("a", "read", "RES-2", missing), serves("b", "read", "RES-2", missing)];
    let with = |other: Value| headings(&[unknown[0].clone(), unknown[1].clone(), other]);
    assert_eq!(with(serves("c", "read", "AUTH-7", missing)), ["RES-2, AUTH-7"]);
    assert_eq!(with(serves("c", "read", "AUTH-7", "FORBIDDEN (403)")).len(), 2, "another refusal");
    assert_eq!(with(serves("c", "list", "AUTH-7", missing)).len(), 2, "another operation");
    let created = [serves("a", "create", "FMT-1", missing), serves("b", "create", "FMT-2", missing)];
    assert_eq!(headings(&created).len(), 2, "bodies differ in more than an id");
}

#[test]
fn valid_request_of_a_test_of_refusals_adds_no_cause() {
    let sent = |accepted: bool| match accepted {
        true => exchange("receive", 204, None, ""),
        false => exchange("receive", 401, Some("SIGNATURE"), "{}"),
    };
    let refused = |clause: &str| assertion(0, clause, "success", "401 SIGNATURE", "401 SIGNATURE");
    let valid = test("a", &[sent(false)], &[refused("WHK-3")]);
    let control = test("b", &[sent(false), sent(false)], &[refused("WHK-1")]);
    assert_eq!(rows(&[valid.clone(), control.clone()]).len(), 1);
    let other = test("b", &[sent(false), sent(true)], &[refused("WHK-1")]);
    assert_eq!(rows(&[valid.clone(), other]).len(), 2, "the test expects no refusal");
    let third = test("c", &[sent(false)], &[refused("WHK-2")]);
    assert_eq!(rows(&[valid, control, third]).len(), 3, "it is not clear which of the two explains it");
}

#[test]
fn body_without_an_envelope_does_not_explain_a_status_that_is_rarely_wrong() {
    let of = |name: &str, status: u16| {
        let response = format!("{status} an array");
        let mut found = vec![finding(0, "ENV-1", ENVELOPE_CHECK, "body /error", "a member", "an array", &response)];
        if status != 401 {
            found.push(assertion(0, "AUTH-3", "LOGIN (401)", &response, &response));
        }
        test(name, &[exchange("read", status, None, "[]")], &found)
    };
    let mut tests: Vec<Value> = (0..9).map(|at| of(&format!("right-{at}"), 401)).collect();
    tests.push(of("wrong", 403));
    assert_eq!(rows(&tests).len(), 2);
    assert_eq!(rows(&tests[1..]).len(), 1, "often wrong");
}
