//! One defect that shows in different ways: other expectations, other clauses, other fields.

use super::*;

#[test]
fn one_refusal_for_one_clause_is_one_cause_whatever_was_expected() {
    let asks = |name: &str, operation: &str, clause: &str, expected: &str, response: &str| {
        let status = response.split(' ').next().and_then(|status| status.parse().ok()).expect("a status");
        let found = assertion(0, clause, expected, response, response);
        test(name, &[exchange(operation, status, None, "{}")], &[found])
    };
    let wrong = "422 FORMAT";
    let quality =
        [asks("a", "upload", "DOC-6", "QUALITY (422)", wrong), asks("b", "upload", "DOC-6", "QUALITY (422)", wrong)];
    let with = |other: Value| rows(&[quality[0].clone(), quality[1].clone(), other]).len();
    assert_eq!(with(asks("c", "upload", "DOC-6", "success", wrong)), 1);
    assert_eq!(with(asks("c", "upload", "DOC-1", "success", wrong)), 2, "another clause");
    assert_eq!(with(asks("c", "create", "DOC-6", "success", wrong)), 2, "another operation");
    assert_eq!(with(asks("c", "upload", "DOC-6", "success", "409 CONFLICT")), 2, "another response");
}

#[test]
fn server_error_of_a_request_without_a_body_is_one_cause_whatever_was_expected() {
    let fails = |name: &str, operation: &str, expected: &str| {
        let found = assertion(0, "STA-3", expected, "500 INTERNAL", "500 INTERNAL");
        test(name, &[exchange(operation, 500, Some("INTERNAL"), "{}")], &[found])
    };
    let any = "any documented response but a server error";
    assert_eq!(rows(&[fails("a", "delete", any), fails("b", "delete", "success")]).len(), 1);
}

#[test]
fn clause_that_permits_every_refusal_adds_no_cause() {
    let accepts = |name: &str, operation: &str, clause: &str, expected: &str| {
        test(name, &[exchange(operation, 200, None, "{}")], &[assertion(0, clause, expected, "success", "200")])
    };
    let any = "any documented refusal (400 to 499)";
    let unknown = accepts("a", "update", "RES-1", "NOT_FOUND (404)");
    assert_eq!(rows(&[unknown.clone(), accepts("b", "update", "RES-5", any)]).len(), 1);
    assert_eq!(rows(&[unknown.clone(), accepts("b", "read", "RES-5", any)]).len(), 2, "another operation");
    let two = [unknown, accepts("b", "update", "CON-2", "CONFLICT (409)"), accepts("c", "update", "RES-5", any)];
    assert_eq!(rows(&two).len(), 3, "it is not clear which of the two explains it");
}

#[test]
fn server_error_that_a_missing_check_lets_through_is_no_cause_of_its_own() {
    let asks = |name: &str, actor: &str, response: &str| {
        let actual = if response == "200" { "success" } else { response };
        let status = response.split(' ').next().and_then(|status| status.parse().ok()).expect("a status");
        let mut sent = exchange("list", status, None, "{}");
        sent["actor"] = json!(actor);
        test(name, &[sent], &[assertion(0, "AUTH-1", "LOGIN (401)", actual, response)])
    };
    let accepted = asks("a", "anonymous", "200");
    assert_eq!(rows(&[accepted.clone(), asks("b", "anonymous", "500 INTERNAL")]).len(), 1);
    assert_eq!(rows(&[accepted, asks("b", "basic", "500 INTERNAL")]).len(), 2, "another caller");
}

#[test]
fn expectation_of_a_response_with_an_unpublished_code_is_no_cause_of_its_own() {
    let responses = |name: &str, response: &str, clause: &str, expected: &str| {
        let status = response.split(' ').next().and_then(|status| status.parse().ok()).expect("a status");
        let unpublished = finding(0, "ENV-2", CODE_CHECK, "body /code", "a published error code", "a number", response);
        let failed = assertion(0, clause, expected, response, response);
        test(name, &[exchange("read", status, None, "{}")], &[unpublished, failed])
    };
    let response = "404 {error}";
    assert_eq!(rows(&[responses("a", response, "RES-1", "NOT_FOUND (404)")]).len(), 1);
    assert_eq!(rows(&[responses("a", response, "RES-5", "any documented refusal (400 to 499)")]).len(), 1);
    assert_eq!(rows(&[responses("a", "422 {error}", "STA-3", "success")]).len(), 2, "another status");
}

#[test]
fn one_field_that_is_always_named_is_one_cause() {
    let names = |number: usize, actual: &str| {
        let expected = format!("\"field{number}\"");
        let mut found =
            finding(0, "ENV-5", "field-names-member", "body /field", &expected, "another name", "422 FORMAT");
        found["actual"] = json!(actual);
        test(&format!("t{number}"), &[exchange("create", 422, Some("FORMAT"), "{}")], &[found])
    };
    let always: Vec<Value> = (1..=4).map(|number| names(number, "\"email\"")).collect();
    assert_eq!(rows(&always).len(), 1);
    assert_eq!(rows(&always[..2]).len(), 2, "two fields may be two defects");
    let each: Vec<Value> = (1..=4).map(|number| names(number, &format!("\"other{number}\""))).collect();
    assert_eq!(rows(&each).len(), 4, "another name each time");
}

#[test]
fn server_errors_of_one_kind_of_request_are_one_cause_although_two_clauses_forbid_them() {
    let fails = |name: &str, operation: &str, clause: &str, expected: &str| {
        let mut sent = exchange(operation, 500, Some("INTERNAL"), "{}");
        sent["request"] = json!({ "headers": [], "body": name });
        test(name, &[sent], &[assertion(0, clause, expected, "500 INTERNAL", "500 INTERNAL")])
    };
    let any = "any documented response but a server error";
    let unusual = [fails("a", "create", "FMT-5", any), fails("b", "create", "FMT-5", any)];
    let with = |other: Value| rows(&[unusual[0].clone(), unusual[1].clone(), other]).len();
    assert_eq!(with(fails("c", "create", "VAL-1", "INVALID (400)")), 1);
    assert_eq!(with(fails("c", "update", "VAL-1", "INVALID (400)")), 2, "another operation");
    let exact = [fails("a", "create", "VAL-1", "INVALID (400)"), fails("b", "create", "VAL-1", "INVALID (400)")];
    let other = fails("c", "create", "AUTH-1", "LOGIN (401)");
    assert_eq!(rows(&[exact[0].clone(), exact[1].clone(), other]).len(), 2, "two clauses that say what is right");
}

#[test]
fn list_that_shows_a_wrong_number_of_deliveries_adds_no_cause() {
    let delivered =
        finding(0, "WHK-6", EXPECTATION, "deliveries", "exactly 3 attempts to deliver", "4 attempts", "200");
    let listed = |clause: &str| {
        finding(1, clause, EXPECTATION, "body /deliveries", "an array with an element", "an array", "200")
    };
    let exchanges = [exchange("create", 201, None, "{}"), exchange("log", 200, None, "[]")];
    let both = |name: &str| test(name, &exchanges, &[delivered.clone(), listed("WHK-7")]);
    let alone = test("c", &exchanges, &[listed("WHK-6")]);
    assert_eq!(rows(&[both("a"), both("b"), alone.clone()]).len(), 1);
    assert_eq!(rows(&[both("a"), alone.clone(), test("d", &exchanges, &[listed("WHK-7")])]).len(), 2, "most tests");
    let of_clause = test("a", &exchanges, &[delivered.clone(), listed("WHK-6")]);
    assert_eq!(rows(&[of_clause, alone.clone()]).len(), 1, "half of the tests, and the same clause");
    assert_eq!(rows(&[both("a"), alone]).len(), 2, "half of the tests");
}

#[test]
fn valid_values_of_one_field_that_are_refused_are_one_cause() {
    let refused = |name: &str, operation: &str, clause: &str, field: Option<&str>| {
        let mut sent = exchange(operation, 422, Some("FORMAT"), "{}");
        sent["field"] = json!(field);
        test(name, &[sent], &[assertion(0, clause, "success", "422 FORMAT", "422 FORMAT")])
    };
    let phone = refused("a", "create", "FMT-2", Some("phone"));
    let with = |other: Value| rows(&[phone.clone(), other]).len();
    assert_eq!(with(refused("b", "update", "STA-3", Some("phone"))), 1);
    assert_eq!(with(refused("b", "create", "FMT-3", Some("mail"))), 2, "another field");
    let unnamed = refused("c", "create", "FMT-2", None);
    assert_eq!(rows(&[unnamed, refused("b", "update", "STA-3", None)]).len(), 2, "no field is named");
}

#[test]
fn part_of_the_wrong_type_explains_what_another_check_misses_in_it() {
    let wrong =
        |at: usize| finding(at, "ENV-4", "details-are-text", "body /details", "a string", "an object", "500 {e}");
    let missing = |place: &str| finding(0, "SRV-2", "request-id-in-details", place, "the id", "an object", "500 {e}");
    let exchanges = [exchange("read", 500, Some("E"), "{}"), exchange("list", 500, Some("E"), "{}")];
    let with = |missing: Value| rows(&[test("a", &exchanges, &[wrong(0), wrong(1), missing])]).len();
    assert_eq!(with(missing("body /details")), 1);
    assert_eq!(with(missing("body /message")), 2, "another part");
    let elsewhere = test("b", &exchanges, &[missing("body /details")]);
    assert_eq!(rows(&[test("a", &exchanges, &[wrong(0), wrong(1)]), elsewhere]).len(), 2, "another exchange");
}

#[test]
fn field_behind_a_path_is_another_spelling_of_every_field() {
    let names = |name: &str, expected: &str, actual: &str| {
        let mut found = finding(0, "ENV-5", "field-names-member", "body /field", expected, "another name", "400 BAD");
        found["actual"] = json!(actual);
        test(name, &[exchange("create", 400, Some("BAD"), "{}")], &[found])
    };
    let behind_path = [names("a", "\"email\"", "\"body.email\""), names("b", "\"name\"", "\"body.name\"")];
    assert_eq!(rows(&behind_path).len(), 1);
    let others = [names("a", "\"email\"", "\"mail\""), names("b", "\"name\"", "\"surname\"")];
    assert_eq!(rows(&others).len(), 2, "other names");
}

#[test]
fn server_error_in_the_place_of_a_refusal_is_the_cause_and_its_body_is_not() {
    let fails = |name: &str, clause: &str, expected: &str| {
        let shown = finding(0, "ENV-1", ENVELOPE_CHECK, "body", "a JSON object", "text/html", "500 text/html");
        let asked = assertion(0, clause, expected, "500 text/html", "500 text/html");
        test(name, &[exchange("upload", 500, None, "<html>")], &[shown, asked])
    };
    let kinds = |tests: &[Value]| rows(tests).into_iter().map(|(kind, ..)| kind).collect::<Vec<_>>();
    let two = [fails("a", "DOC-4", "FORMAT (422)"), fails("b", "AUTH-2", "LOGIN (401)")];
    assert_eq!(kinds(&two), [CauseKind::Defect, CauseKind::Defect]);
    assert_eq!(kinds(&[fails("a", "SRV-1", "INTERNAL (500)")]), [CauseKind::NoEnvelope], "the status is right");
    let everywhere: Vec<Value> =
        (0..5).map(|number| fails(&number.to_string(), &format!("C-{number}"), "FORMAT (422)")).collect();
    assert_eq!(kinds(&everywhere), [CauseKind::NoEnvelope], "a gateway that is out of order");
}

#[test]
fn code_that_an_operation_never_gives_is_one_cause_for_all_clauses() {
    let asks = |name: &str, clause: &str, actual: &str| {
        let code = actual.split(' ').nth(1);
        let found = (actual != "401 SIGNATURE").then(|| assertion(0, clause, "SIGNATURE (401)", actual, actual));
        test(name, &[exchange("receive", 401, code, "{}")], found.as_slice())
    };
    let wrong = [asks("a", "WHK-1", "401 LOGIN"), asks("b", "WHK-2", "401 LOGIN")];
    assert_eq!(rows(&wrong).len(), 1);
    let [one, other] = wrong;
    assert_eq!(rows(&[one, other, asks("c", "WHK-3", "401 SIGNATURE")]).len(), 2, "it gives the code");
}

#[test]
fn member_that_errors_of_many_codes_have_is_one_cause() {
    let has = |code: &str| {
        let expected = format!("no retry delay on {code}");
        let found = finding(0, "ENV-7", "members", "body /delay", &expected, "a number", &format!("400 {code}"));
        test(code, &[exchange("create", 400, Some(code), "{}")], &[found])
    };
    assert_eq!(rows(&[has("A"), has("B"), has("C")]).len(), 1);
    assert_eq!(rows(&[has("A"), has("B")]).len(), 2);
}

#[test]
fn input_is_unchecked_only_if_more_is_accepted_than_refused() {
    let accepts = |number: usize| {
        let found = assertion(0, &format!("C-{number}"), "INVALID (400)", "success", "200");
        test(&format!("a{number}"), &[exchange("create", 200, None, "{}")], &[found])
    };
    let refuses = |number: usize| test(&format!("b{number}"), &[exchange("create", 400, Some("INVALID"), "{}")], &[]);
    let gaps: Vec<Value> = (0..5).map(accepts).collect();
    assert_eq!(rows(&gaps).len(), 1);
    let with_others: Vec<Value> = gaps.into_iter().chain((0..5).map(refuses)).collect();
    assert_eq!(rows(&with_others).len(), 5);
}

#[test]
fn many_values_of_an_operation_that_are_not_the_stored_ones_are_one_cause() {
    let shows = |clause: &str, operation: &str, member: &str| {
        let found = finding(0, clause, EXPECTATION, &format!("body /{member}"), "the new one", "a string", "200");
        test(&format!("{clause}-{member}"), &[exchange(operation, 200, None, "{}")], &[found])
    };
    let members = ["a", "b", "c", "d"].map(|member| shows("STA-3", "read", member));
    assert_eq!(rows(&members).len(), 1, "an old state");
    let clauses = ["FMT-1", "FMT-2", "FMT-3", "CON-2"].map(|clause| shows(clause, "read", "name"));
    assert_eq!(rows(&clauses).len(), 1, "refused changes are stored");
    assert_eq!(rows(&members[..3]).len(), 3, "a few members can be wrong for reasons of their own");
    let mixed = [shows("A", "read", "a"), shows("B", "read", "b"), shows("C", "read", "c"), shows("D", "read", "d")];
    assert_eq!(rows(&mixed).len(), 4, "neither a clause nor a member in common");
}

#[test]
fn values_that_the_same_responses_show_wrong_are_one_cause() {
    let shows = |name: &str, members: &[(&str, &str)]| {
        let wrong = |(member, expected): &(&str, &str)| {
            finding(0, "FMT-4", EXPECTATION, &format!("body /{member}"), expected, "a string", "200")
        };
        test(name, &[exchange("read", 200, None, "{}")], &members.iter().map(wrong).collect::<Vec<_>>())
    };
    let (name, code) = (("name", "the old one"), ("code", "anything but the new one"));
    let both = shows("a", &[name, code]);
    assert_eq!(rows(&[both.clone(), shows("b", &[name])]).len(), 1);
    assert_eq!(rows(&[both.clone(), shows("b", &[name]), shows("c", &[code])]).len(), 2, "also in another response");
    assert_eq!(rows(&[both]).len(), 2, "it is not clear which of the two explains the other");
}

#[test]
fn headers_that_the_same_responses_lack_are_one_cause() {
    let lacks = |name: &str, headers: &[&str]| {
        let found =
            |header: &&str| finding(0, "RATE-2", "rate", &format!("header {header}"), "it", "absent", "429 LIMIT");
        let found: Vec<Value> = headers.iter().map(found).collect();
        test(name, &[exchange("read", 429, Some("LIMIT"), "{}")], &found)
    };
    assert_eq!(rows(&[lacks("a", &["Limit", "Reset"]), lacks("b", &["Limit", "Reset"])]).len(), 1);
    assert_eq!(rows(&[lacks("a", &["Limit", "Reset"]), lacks("b", &["Limit"])]).len(), 2, "not the same responses");
}

#[test]
fn field_that_no_error_names_is_one_cause_for_all_codes() {
    let lacks = |code: &str| {
        let response = format!("400 {code}");
        let found = finding(0, "ENV-5", "field-names-member", "body /field", "name", "absent", &response);
        test(code, &[exchange("create", 400, Some(code), "{}")], &[found])
    };
    assert_eq!(rows(&[lacks("A"), lacks("B")]).len(), 1);
    let mut named = exchange("create", 400, Some("C"), "{}");
    named["field"] = json!("name");
    assert_eq!(rows(&[lacks("A"), lacks("B"), test("c", &[named], &[])]).len(), 2, "another code names it");
}
