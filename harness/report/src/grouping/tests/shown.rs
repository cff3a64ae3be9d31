//! What is shown of a cause: its title, its example, the generated values, and what its repair changes.

use super::*;
use crate::curl::LONG_COMMAND;

fn finding_of(report: &Report) -> (String, String) {
    let causes = causes(report);
    (causes[0].title(), causes[0].example().name.to_string())
}

#[test]
fn merged_findings_do_not_give_the_title() {
    let response = "418 TEAPOT";
    let unpublished = |at| {
        let mut finding = finding(at, "ENV-2", CODE_CHECK, "body /error/code", "a published code", "TEAPOT", response);
        finding["message"] = json!("the code is published");
        finding
    };
    let expected = assertion(0, "RES-5", "any documented refusal (400 to 499)", response, response);
    let pot = || exchange("read", 418, Some("TEAPOT"), "{}");
    let tests =
        [test("a", &[pot()], &[unpublished(0), expected]), test("b-with-a-longer-name", &[pot()], &[unpublished(0)])];
    assert_eq!(finding_of(&report(&tests)), ("the code is published".to_owned(), "a".to_owned()));
}

#[test]
fn example_has_a_command_that_a_reader_can_copy() {
    let with_command = |name: &str, length: usize| {
        let mut exchange = exchange("read", 200, None, "{}");
        exchange["curl"] = json!("x".repeat(length));
        test(name, &[exchange], &[finding(0, "STA-3", STATUS_CHECK, "status", "204", "200", "200")])
    };
    let tests = [with_command("a", LONG_COMMAND + 1), with_command("a-longer-name", LONG_COMMAND)];
    assert_eq!(finding_of(&report(&tests)).1, "a-longer-name");
}

#[test]
fn example_is_a_test_of_the_request_that_shows_the_cause() {
    let with_role = |name: &str, role: &str| {
        let mut exchange = exchange("delete", 200, None, "{}");
        exchange["role"] = json!(role);
        test(name, &[exchange], &[finding(0, "STA-3", "success-status", "status", "204", "200", "200")])
    };
    let tests = [with_role("a", "teardown"), with_role("b", "set-up"), with_role("a-longer-name", "asserted")];
    assert_eq!(finding_of(&report(&tests)).1, "a-longer-name");
}

#[test]
fn example_has_an_ordinary_request() {
    let with_path = |name: &str, path: &str, others: &[Value]| {
        let mut sent = exchange("log", 404, None, MISSING);
        sent["endpoint"] = json!(format!("GET /hooks/{path}/log"));
        let found = [assertion(0, "RES-1", "any documented refusal (400 to 499)", "404 {detail}", "404 {detail}")];
        test(name, &[sent], &[found.as_slice(), others].concat())
    };
    // The ordinary request is better evidence, although its test has another cause as well.
    let other = finding(0, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", "404 {detail}");
    let ordinary = with_path("a-longer-name", "hook_1", &[other]);
    for unusual in ["%20", &"a".repeat(200)] {
        let tests = [with_path("a", unusual, &[]), ordinary.clone()];
        let report = report(&tests);
        let causes = causes(&report);
        let shown = causes.iter().find(|cause| cause.finding.clause == "RES-1").expect("the cause");
        assert_eq!(&*shown.example().name, "a-longer-name", "{unusual}");
    }
}

#[test]
fn operation_of_the_example_is_named_first() {
    let of = |name: &str, operation: &str| {
        let found = finding(0, "LOG-1", "request-id-present", "header X-Id", "an id", "absent", "404 GONE");
        test(name, &[exchange(operation, 404, Some("GONE"), "{}")], &[found])
    };
    let report = report(&[of("a-longer-name", "create"), of("a", "update"), of("another-long-name", "delete")]);
    assert_eq!(causes(&report)[0].operations(), ["update", "create", "delete"]);
}

#[test]
fn operations_tell_causes_with_the_same_title_apart() {
    let status = |operation: &str, expected: &str, name: &str| {
        let finding = finding(0, "STA-3", "success-status", "status", expected, "200", "200");
        test(name, &[exchange(operation, 200, None, "{}")], &[finding])
    };
    let both = [status("create", "201", "a"), status("delete", "204", "b"), status("remove", "204", "c")];
    let titles = |tests: &[Value]| causes(&report(tests)).iter().map(Cause::title).collect::<Vec<_>>();
    assert_eq!(titles(&both), ["a message (delete and 1 more)", "a message (create)"]);
    assert_eq!(titles(&both[..1]), ["a message"]);
}

#[test]
fn generated_value_is_part_of_the_actual_value() {
    let findings: Vec<Value> = ["two-dots", "no-at", "leading-dot", "quotes", "spaces"]
        .iter()
        .enumerate()
        .map(|(at, rule)| {
            let mut finding = assertion(at, "FMT-3", "INVALID (422)", "success", "201");
            finding["actual"] = json!("success (201)");
            finding["key"]["rule"] = json!(rule);
            finding
        })
        .collect();
    let found = |at: usize, rule: &str, value: &str| json!({ "rule": rule, "value": value, "case": at, "shrunk": true, "clauses": [], "exchange": at });
    let mut property = test("fuzz", &vec![exchange("create", 201, None, "{}"); 5], &findings);
    property["fuzz"] = json!({
        "cases": 9, "discarded": 0, "rules": [],
        "counterexamples": [found(0, "two-dots", "\"a..b@c.de\""), found(1, "no-at", "\"a\"")]
    });
    let report = report(&[property]);
    let expected = "success (201) for the value \"a..b@c.de\" (two-dots), also for leading-dot, no-at, quotes and 1 \
                    more";
    assert_eq!(causes(&report)[0].actual(), expected);
}

/// A test that fails because each of these operations returns a wrong status.
fn failing(name: &str, operations: &[&str]) -> Value {
    let exchanges: Vec<Value> = operations.iter().map(|operation| exchange(operation, 200, None, "{}")).collect();
    let wrong = |(at, operation): (usize, &&str)| {
        finding(at, "STA-3", "success-status", "status", &format!("201 for {operation}"), "200", "200")
    };
    test(name, &exchanges, &operations.iter().enumerate().map(wrong).collect::<Vec<_>>())
}

/// Two defects that hide each other in many tests stand in the way of more tests than one that two tests show alone.
#[test]
fn causes_that_many_tests_share_come_before_a_cause_of_few_tests() {
    let names: Vec<String> = (0..20).map(|number| format!("t{number}")).collect();
    let mut tests: Vec<Value> = names.iter().map(|name| failing(name, &["create", "delete"])).collect();
    tests.extend([failing("a", &["read"]), failing("b", &["read"]), failing("c", &["delete"])]);
    let report = report(&tests);
    let order: Vec<String> = causes(&report).iter().map(Cause::expected).collect();
    assert_eq!(order, ["201 for delete", "201 for create", "201 for read"]);
}

#[test]
fn extent_says_how_many_tests_have_no_other_cause() {
    let extents = |tests: &[Value]| causes(&report(tests)).iter().map(Cause::extent).collect::<Vec<_>>();
    assert_eq!(extents(&[failing("a", &["x"])]), ["1 test, the only cause"]);
    assert_eq!(
        extents(&[failing("a", &["x"]), failing("b", &["x", "y"]), failing("c", &["x", "z"]), failing("d", &["z"])]),
        ["3 tests, in 1 the only cause", "2 tests, in 1 the only cause", "1 test, not the only cause"]
    );
    assert_eq!(extents(&[failing("a", &["x"]), failing("b", &["x"])]), ["2 tests, always the only cause"]);
    let both = [failing("a", &["x", "y"]), failing("b", &["x", "y"])];
    assert_eq!(extents(&both), ["2 tests, never the only cause"; 2]);
    let mut elsewhere = failing("c", &["x", "y"]);
    elsewhere["verdict"] = json!("inconclusive");
    let with_other = [both.as_slice(), &[elsewhere]].concat();
    assert_eq!(extents(&with_other), ["3 tests (2 failed), never the only cause"; 2]);
    let mut warned = failing("a", &["x"]);
    warned["verdict"] = json!("warned");
    assert_eq!(extents(&[warned]), ["1 test"]);
}

#[test]
fn operation_that_is_missing_has_the_documented_success_as_its_expected_value() {
    let of = |name: &str, expected: &str, key: &str| {
        let mut found = assertion(0, "RES-1", key, "404 {detail}", "404 {detail}");
        found["expected"] = json!(expected);
        test(name, &[exchange("create", 404, None, MISSING)], &[found])
    };
    let expected = |tests: &[Value]| causes(&report(tests))[0].expected();
    let refusal = of("a", "REFUSED (422)", "REFUSED (422)");
    assert_eq!(expected(std::slice::from_ref(&refusal)), "what the contract documents for the operation");
    assert_eq!(expected(&[refusal.clone(), of("b", "success (201)", "success")]), "success (201)");
    let alternatives = of("b", "REFUSED (422) or success (200 or 202)", "success or REFUSED (422)");
    assert_eq!(expected(&[refusal, alternatives]), "success (200 or 202)");
}

#[test]
fn sent_body_is_shown_where_it_can_be_the_reason() {
    let of = |check: &str, part: &str, status: u16, response: &str| {
        let mut sent = exchange("create", status, None, "{}");
        sent["request"] = json!({ "headers": [], "body": " {\"a\":1} ", "bodyHex": null });
        report(&[test("a", &[sent], &[finding(0, "STA-3", check, part, "another", response, response)])])
    };
    let sent = |check: &str, part: &str, status: u16, response: &str| {
        causes(&of(check, part, status, response))[0].sent().map(str::to_owned)
    };
    let body = Some("{\"a\":1}".to_owned());
    assert_eq!(sent(EXPECTATION, "status", 200, "200"), body, "it must be refused");
    assert_eq!(sent("code-registered", "body /error/code", 422, "422 CODE"), body, "it is refused with another code");
    assert_eq!(sent("code-registered", "body /error/code", 403, "403 CODE"), None, "the caller is refused");
    assert_eq!(sent("success-status", "status", 200, "200"), None, "every success has this status");
    assert_eq!(sent("request-id-present", "header X-Id", 422, "422 CODE"), None, "every response has this header");
}

#[test]
fn unusual_parts_of_a_path_are_left_out() {
    assert_eq!(ordinary("GET /hooks/%20/log"), "GET /hooks/…/log");
    assert_eq!(ordinary(&format!("GET /hooks/{}/log?a=b", "a".repeat(200))), "GET /hooks/…/log?a=b");
    assert_eq!(ordinary("GET /hooks/hook_1/log"), "GET /hooks/hook_1/log");
}
