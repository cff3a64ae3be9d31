//! What is shown of a cause: its title, its example, the generated values, and what its repair changes.

use super::*;
use crate::curl::LONG_COMMAND;

fn finding_of(report: &Report) -> (String, String) {
    let causes = causes(report);
    (causes[0].title(), causes[0].example().name.to_string())
}

#[test]
fn merged_findings_do_not_give_the_title() {
    let answer = "418 TEAPOT";
    let unpublished = |at| {
        let mut finding = finding(at, "ENV-2", CODE_CHECK, "body /error/code", "a published code", "TEAPOT", answer);
        finding["message"] = json!("the code is published");
        finding
    };
    let expected = assertion(0, "RES-5", "any documented refusal (400 to 499)", answer, answer);
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
fn generated_value_is_part_of_what_came() {
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

#[test]
fn extent_says_how_many_tests_have_no_other_cause() {
    let failing = |name: &str, operations: &[&str]| {
        let exchanges: Vec<Value> = operations.iter().map(|operation| exchange(operation, 200, None, "{}")).collect();
        let findings: Vec<Value> = operations
            .iter()
            .enumerate()
            .map(|(at, operation)| {
                finding(at, "STA-3", "success-status", "status", &format!("201 for {operation}"), "200", "200")
            })
            .collect();
        test(name, &exchanges, &findings)
    };
    let extents = |tests: &[Value]| causes(&report(tests)).iter().map(Cause::extent).collect::<Vec<_>>();
    assert_eq!(extents(&[failing("a", &["x"])]), ["1 test; it has no other cause"]);
    assert_eq!(
        extents(&[failing("a", &["x"]), failing("b", &["x", "y"]), failing("c", &["x", "z"]), failing("d", &["z"])]),
        ["3 tests; 1 has no other cause", "2 tests; 1 has no other cause", "1 test; it has another cause, too"]
    );
    assert_eq!(extents(&[failing("a", &["x"]), failing("b", &["x"])]), ["2 tests; none has another cause"]);
    let mut warned = failing("a", &["x"]);
    warned["verdict"] = json!("warned");
    assert_eq!(extents(&[warned]), ["1 test"]);
}
