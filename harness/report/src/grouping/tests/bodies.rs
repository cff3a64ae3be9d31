//! Members of success bodies that are absent or wrong, and valid requests that are refused with a wrong status.

use super::*;

fn lacks(at: usize, member: &str) -> Value {
    let expected = format!("a member `{member}`");
    finding(at, "STA-3", SUCCESS_BODY, &format!("body /{member}"), &expected, "absent", "201")
}

#[test]
fn members_that_the_same_responses_lack_are_one_cause_that_names_them() {
    let created = || exchange("create", 201, None, r#"{"data":{}}"#);
    let members = ["email", "id", "name", "state", "time", "zone"];
    let findings: Vec<Value> = members.iter().map(|member| lacks(0, member)).collect();
    let both = |count: usize| report(&[test("a", &[created()], &findings[..count])]);
    let shown = |count: usize| {
        let report = both(count);
        let causes = causes(&report);
        assert_eq!(causes.len(), 1, "{count} members");
        (causes[0].expected(), causes[0].actual())
    };
    assert_eq!(shown(1), ("a member `email`".to_owned(), r#"{"data":{}}"#.to_owned()));
    assert_eq!(shown(2).0, "the members `email` and `id`");
    assert_eq!(shown(4).0, "the members `email`, `id`, `name` and `state`");
    assert_eq!(shown(6).0, "the members `email`, `id`, `name`, `state` and 2 more");
    let other = test("b", &[created()], &[lacks(0, "email")]);
    let tests = [test("a", &[created()], &findings[..2]), other];
    assert_eq!(rows(&tests).len(), 2, "one of them is also absent elsewhere");
}

#[test]
fn values_that_several_operations_do_not_store_are_one_cause() {
    let not_stored = |member: &str| {
        let found =
            |at: usize| finding(at, "STA-3", EXPECTATION, &format!("body /{member}"), member, "a string", "200");
        let exchanges = [exchange("update", 200, None, "{}"), exchange("read", 200, None, "{}")];
        test(member, &exchanges, &[found(0), found(1)])
    };
    let tests: Vec<Value> = ["email", "name", "time", "zone"].into_iter().map(not_stored).collect();
    assert_eq!(rows(&tests), [(CauseKind::Defect, "update read".to_owned(), 4, 4)]);
    assert_eq!(rows(&tests[..3]).len(), 3, "too few to say that the operations are wrong");
}

#[test]
fn valid_request_that_is_refused_with_a_wrong_status_is_a_cause_of_its_own() {
    let response = "400 FORMAT";
    let status = || finding(0, "STA-2", CODE_STATUS_CHECK, "status", "FORMAT with 422", "400", response);
    let refused = |name: &str, clause: &str, expected: &str| {
        let sent = exchange("create", 400, Some("FORMAT"), "{}");
        test(name, &[sent], &[status(), assertion(0, clause, expected, response, response)])
    };
    let invalid = refused("a", "FMT-1", "OTHER (422)");
    let valid = refused("b", "FMT-3", "success");
    assert_eq!(rows(std::slice::from_ref(&invalid)).len(), 1);
    let report = report(&[invalid, valid]);
    let clauses: Vec<String> = causes(&report).iter().map(|cause| cause.clauses()).collect();
    assert!(clauses.contains(&"FMT-3".to_owned()), "{clauses:?}");
}

#[test]
fn many_codes_with_the_same_wrong_status_are_one_cause() {
    let wrong = |code: &str| {
        let found = finding(
            0,
            "STA-2",
            CODE_STATUS_CHECK,
            "status",
            &format!("{code} with 422"),
            "200",
            &format!("200 {code}"),
        );
        test(code, &[exchange("create", 200, Some(code), "{}")], &[found])
    };
    let tests: Vec<Value> = ["A", "B", "C"].into_iter().map(wrong).collect();
    let all = report(&tests);
    let causes = causes(&all);
    assert_eq!(causes.len(), 1);
    assert_eq!(causes[0].expected(), "A with 422, and another status for 2 other codes");
    assert_eq!(rows(&tests[..2]).len(), 2, "too few to say that all codes have it");
    let found = [
        finding(0, "STA-2", CODE_STATUS_CHECK, "status", "A with 422", "200", "200 A"),
        finding(0, "ENV-9", "success-without-error", "body /error", "no error envelope", "an object", "200 A"),
    ];
    let both = test("A", &[exchange("create", 200, Some("A"), "{}")], &found);
    assert_eq!(rows(std::slice::from_ref(&both)), [(CauseKind::Defect, "create".to_owned(), 1, 1)]);
    let body_only = test("B", &[exchange("read", 200, None, "{}")], &found[1..]);
    assert_eq!(rows(&[both, body_only]).len(), 2, "a success with an error in addition");
}
