//! Operations that always fail, and statuses of published codes.

use super::*;

const BROKEN: &str = "500 text/plain";

fn fails(name: &str, operation: &str, clause: &str, expected: &str) -> Value {
    let findings = [
        assertion(0, clause, expected, BROKEN, BROKEN),
        finding(0, "ENV-1", ENVELOPE_CHECK, "body", "a JSON object", "text/plain", BROKEN),
        finding(0, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", BROKEN),
    ];
    test(name, &[exchange(operation, 500, None, "Oops")], &findings)
}

fn works(name: &str, operation: &str) -> Value {
    test(name, &[exchange(operation, 200, None, "{}")], &[])
}

/// Each cause as `TITLE: TESTS`.
fn titles(tests: &[Value]) -> Vec<String> {
    let report = report(tests);
    causes(&report).iter().map(|cause| format!("{}: {}", cause.title(), cause.tests.len())).collect()
}

#[test]
fn operation_that_fails_on_every_valid_request_is_one_cause() {
    let broken = [
        fails("a", "read", "LIFE-1", "success (200)"),
        fails("b", "read", "LIFE-2", "any documented refusal (400 to 499)"),
        fails("c", "read", "RES-1", "NOT_FOUND (404)"),
        works("d", "create"),
        works("e", "list"),
    ];
    assert_eq!(titles(&broken), ["the operation read fails on every valid request: 3"]);
    // The header is missing elsewhere, too, so it is another defect.
    let header = finding(0, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", "404 NOT_FOUND");
    let mut elsewhere = broken.to_vec();
    elsewhere.push(test("f", &[exchange("list", 404, Some("NOT_FOUND"), "{}")], &[header]));
    assert_eq!(titles(&elsewhere), ["the operation read fails on every valid request: 3", "a message: 4"]);
}

#[test]
fn setup_step_shows_that_an_operation_always_fails() {
    let mut setup = exchange("delete", 500, None, "Oops");
    setup["role"] = json!("set-up");
    let body = finding(0, "ENV-1", ENVELOPE_CHECK, "body", "a JSON object", "text/plain", BROKEN);
    let deleted = test("a", &[setup], &[body]);
    let tests = [deleted, fails("b", "delete", "CODE-3", "STILL_OPEN (409)"), works("c", "read"), works("d", "list")];
    assert_eq!(titles(&tests), ["the operation delete fails on every valid request: 2"]);
}

#[test]
fn operation_that_served_a_request_does_not_always_fail() {
    let tests = [fails("a", "read", "LIFE-1", "success (200)"), works("b", "read"), works("c", "list")];
    assert!(titles(&tests).iter().all(|title| !title.contains("fails on every")), "{:?}", titles(&tests));
    // Refusals alone do not show that valid requests are served, and a test that expects one proves nothing.
    let refused = [fails("a", "read", "RES-1", "NOT_FOUND (404)"), works("c", "list")];
    assert!(titles(&refused).iter().all(|title| !title.contains("fails on every")), "{:?}", titles(&refused));
}

#[test]
fn gateway_that_is_out_of_order_is_not_a_cause_for_each_operation() {
    let tests = [fails("a", "read", "LIFE-1", "success (200)"), fails("b", "list", "READ-1", "success (200)")];
    assert!(titles(&tests).iter().all(|title| !title.contains("fails on every")), "{:?}", titles(&tests));
}

/// A framework that does not know `missing`, behind middleware that checks credentials and bodies.
#[test]
fn refusals_before_the_operation_do_not_hide_that_it_is_missing() {
    let unknown = "404 text/html";
    let page = exchange("missing", 404, None, "<h1>Not Found</h1>");
    let read = |name: &str, other: Value| {
        let findings = [
            assertion(0, "LIFE-1", "success (200)", unknown, unknown),
            finding(0, "ENV-1", ENVELOPE_CHECK, "body", "a JSON object", "text/html", unknown),
        ];
        test(name, &[page.clone(), other], &findings)
    };
    let header = finding(0, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", "401 NO_TOKEN");
    let anonymous = exchange("missing", 401, Some("NO_TOKEN"), "{}");
    let refused = test("b", std::slice::from_ref(&anonymous), &[header]);
    let malformed = exchange("missing", 400, None, "<h1>Unexpected end of JSON input</h1>");
    let tests = [read("a", malformed), refused, works("c", "list")];
    // A defect of the refusal is a cause of its own.
    assert_eq!(titles(&tests), ["the operation missing is not implemented: 1", "a message: 1"]);
    // An operation that serves some resources, or has a documented response for others, exists.
    for exists in [exchange("missing", 200, None, "{}"), exchange("missing", 404, Some("NOT_FOUND"), "{}")] {
        let titles = titles(&[read("a", exists), works("c", "list")]);
        assert!(titles.iter().all(|title| !title.contains("not implemented")), "{titles:?}");
    }
}

#[test]
fn status_of_a_published_code_explains_that_it_is_undocumented() {
    let response = "418 GONE";
    let findings = [
        finding(0, "STA-1", STATUS_CHECK, "status", "one of 200, 410", "418", response),
        finding(0, "STA-2", CODE_STATUS_CHECK, "status", "GONE with 410", "GONE with 418", response),
    ];
    let one = test("a", &[exchange("read", 418, Some("GONE"), "{}")], &findings);
    let report = report(&[one]);
    let causes = causes(&report);
    assert_eq!(causes.len(), 1);
    assert_eq!((causes[0].clauses().as_str(), causes[0].expected().as_str()), ("STA-2, STA-1", "GONE with 410"));
}

#[test]
fn server_errors_of_ordinary_requests_that_usually_succeed_are_one_cause() {
    let in_setup = |operation: &str, status: u16| {
        let mut exchange = exchange(operation, status, None, "<html>");
        exchange["role"] = "set-up".into();
        exchange
    };
    let setups = |failing: &[&str]| {
        let succeed = ["create", "upload"].map(|operation| in_setup(operation, 201));
        let mut exchanges = [succeed.to_vec(), succeed.to_vec()].concat();
        exchanges.extend(failing.iter().map(|operation| in_setup(operation, 502)));
        test("setup", &exchanges, &[])
    };
    let fails = |name: &str, clause: &str, operation: &str| {
        let found = [
            finding(0, "ENV-1", ENVELOPE_CHECK, "body", "a JSON object", "no JSON", "502 text/html"),
            assertion(0, clause, "INVALID (422)", "502 text/html", "502 text/html"),
        ];
        test(name, &[exchange(operation, 502, None, "<html>")], &found)
    };
    let failing = [fails("a", "FMT-1", "create"), fails("b", "RES-1", "read")];
    let with = |setup: Value| [vec![setup], failing.to_vec()].concat();
    let tests = with(setups(&["create", "upload"]));
    assert_eq!(rows(&tests), [(CauseKind::Intermittent, "create read".to_owned(), 2, 2)]);
    let report = report(&tests);
    let heading = "requests fail at times with 502 (4 of 8 responses), whatever they ask for";
    assert_eq!(causes(&report)[0].heading(), heading);
    let one_operation = rows(&with(setups(&["create", "create"])));
    assert!(
        one_operation.iter().all(|row| row.0 != CauseKind::Intermittent),
        "an operation may fail for other reasons"
    );
    let never_succeeds = with(test("setup", &[in_setup("create", 502), in_setup("upload", 502)], &[]));
    assert!(rows(&never_succeeds).iter().all(|row| row.0 != CauseKind::Intermittent), "the operations always fail");
}
