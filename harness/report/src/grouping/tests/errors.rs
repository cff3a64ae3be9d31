//! Bodies of errors: what they expose, names of fields in the place of an envelope, and all clauses that a cause violates.

use std::collections::BTreeSet;

use super::*;

const PAGE: &str = "500 text/html";

fn leaks(at: usize, kind: &str, response: &str) -> Value {
    finding(at, "SRV-4", LEAK_CHECK, "body", &format!("no internal details, such as {kind}"), "text/html", response)
}

fn no_envelope(at: usize, response: &str) -> Value {
    finding(at, "ENV-1", ENVELOPE_CHECK, "body", "a JSON object", "a body", response)
}

#[test]
fn leak_is_one_cause_of_its_own_in_whatever_response() {
    let page = |operation: &str| exchange(operation, 500, None, "<pre>Traceback</pre>");
    let failing = |name: &str, operation: &str, kind: &str| {
        let found = [assertion(0, "LIFE-1", "success", PAGE, PAGE), no_envelope(0, PAGE), leaks(0, kind, PAGE)];
        test(name, &[page(operation)], &found)
    };
    let unknown = "404 text/html";
    let found = [assertion(0, "LIFE-2", "success", unknown, unknown), leaks(0, "a server path", unknown)];
    let missing = test("c", &[exchange("upload", 404, None, "<pre>/srv/app</pre>")], &found);
    let coded = test("d", &[exchange("list", 404, Some("GONE"), "{}")], &[leaks(0, "SQL", "404 GONE")]);
    let tests =
        [failing("a", "create", "a stack trace"), missing, coded, test("e", &[exchange("read", 200, None, "{}")], &[])];
    assert_eq!(
        rows(&tests),
        [
            (CauseKind::NotImplemented, "upload".to_owned(), 1, 0),
            (CauseKind::Failing, "create".to_owned(), 1, 0),
            (CauseKind::Defect, "list create upload".to_owned(), 3, 1),
        ]
    );
    let credential = finding(0, "SRV-4", LEAK_CHECK, "body", NO_CREDENTIAL, "text/html", PAGE);
    let both = test("a", &[page("create")], &[leaks(0, "SQL", PAGE), credential]);
    assert_eq!(rows(&[both]).len(), 2, "what is exposed of the caller is another defect");
}

/// An error of a serializer, with other member names for each request.
fn serialized(name: &str, body: &str, sent: &str) -> Value {
    let members: serde_json::Map<String, Value> = serde_json::from_str(body).expect("an object");
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    let response = format!("400 {{{}}}", names.join(", "));
    let mut refused = exchange("create", 400, None, body);
    refused["request"] = json!({ "headers": [], "body": sent });
    test(name, &[refused], &[no_envelope(0, &response), assertion(0, "VAL-1", "A (400)", &response, &response)])
}

#[test]
fn bodies_with_names_of_fields_are_one_cause() {
    let bodies = [
        r#"{"email":["Required."]}"#,
        r#"{"born":["Required."],"zip":["Too long."]}"#,
        r#"{"address":{"street":["Required."]}}"#,
        r#"{"non_field_errors":["No dictionary."]}"#,
    ];
    let with_names = |sent: &str| -> Vec<Value> {
        let name = |at: usize| if at == 0 { "t-email".to_owned() } else { format!("t{at}") };
        let named = |(at, body): (usize, &&str)| serialized(&name(at), body, sent);
        let again = serialized("t-email-again", bodies[0], sent);
        bodies.iter().enumerate().map(named).chain([again]).collect()
    };
    let mut of_request = with_names(r#"{"email":1}"#);
    of_request.drain(2..4);
    for tests in [with_names("[]"), of_request] {
        let all = report(&tests);
        let causes = causes(&all);
        assert_eq!(causes.len(), 1, "{tests:?}");
        let title = r#"error responses lack the documented envelope, with names of fields as in {"email": …}"#;
        assert_eq!(causes[0].title(), title);
    }
    assert_eq!(rows(&with_names("[]")[..2]).len(), 2, "nothing says that the names are data");
}

#[test]
fn bodies_of_different_writers_are_different_causes() {
    let texts = |names: [&str; 3]| -> Vec<Value> {
        let one =
            |name: &str| serialized(name, &format!(r#"{{"{name}":"Required."}}"#), r#"{"email":1,"born":2,"zip":3}"#);
        names.map(one).to_vec()
    };
    assert_eq!(rows(&texts(["detail", "message", "reason"])).len(), 3);
    assert_eq!(rows(&texts(["email", "born", "detail"])).len(), 2, "two of the names are fields");
    let mixed = [
        serialized("a", r#"{"errors":[{"at":"email"}]}"#, r#"{"email":1}"#),
        serialized("b", r#"{"status":400,"email":["Required."]}"#, r#"{"email":1}"#),
        serialized("c", r#"{"email":["Required."]}"#, r#"{"email":1}"#),
    ];
    assert_eq!(rows(&mixed).len(), 3);
}

/// The clauses are those of findings of every kind of cause, and of findings that only follow from another one.
#[test]
fn each_violated_clause_is_in_the_list_of_a_cause() {
    let page = exchange("upload", 404, None, "<h1>Not Found</h1>");
    let unknown = "404 text/html";
    let missing =
        [assertion(0, "DOC-1", "success", unknown, unknown), no_envelope(0, unknown), leaks(0, "SQL", unknown)];
    let plain =
        [no_envelope(0, "422 {detail}"), assertion(0, "VAL-1", "INVALID (400)", "422 {detail}", "422 {detail}")];
    let accepted = |at: usize| assertion(0, &format!("FMT-{at}"), "INVALID (400)", "success", "201");
    let stored = finding(1, "FMT-0", EXPECTATION, "body /name", "absent", "a string", "200");
    let changed = [exchange("create", 201, None, "{}"), exchange("read", 200, None, "{}")];
    let mut tests = vec![
        test("a", &[page], &missing),
        test("b", &[exchange("create", 422, None, r#"{"detail":"x"}"#)], &plain),
        test("c", &changed, &[accepted(0), stored]),
    ];
    tests.extend((1..9).map(|at| test(&format!("d{at}"), &changed[..1], &[accepted(at)])));
    let report = report(&tests);
    let all = causes(&report);
    let violated: BTreeSet<&str> =
        report.tests.iter().flat_map(|test| &test.findings).map(|finding| finding.clause.as_str()).collect();
    let named: BTreeSet<&str> =
        all.iter().flat_map(|cause| [cause.own_clauses(), cause.other_clauses()].concat()).collect();
    assert_eq!(violated.len(), 13);
    assert_eq!(named, violated);
    let input = all.iter().find(|cause| cause.kind == CauseKind::UncheckedInput).expect("invalid input is accepted");
    assert_eq!(input.heading(), "FMT-0, FMT-1, FMT-2 and 6 more: create accepts invalid input");
    let room = input.heading().chars().count();
    assert_eq!(input.heading_within(room + 10), "FMT-0, FMT-1, FMT-2, FMT-3 and 5 more: create accepts invalid input");
    assert!(input.heading_within(100).starts_with("FMT-0, FMT-1, FMT-2, FMT-3, FMT-4, FMT-5, FMT-6, FMT-7, FMT-8: "));
    assert_eq!(input.heading_within(0), input.heading());
}
