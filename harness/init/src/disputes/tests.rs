//! Where code, message, field and status are found, and which source says it.

use serde_json::json;

use super::super::Learned;
use super::super::envelope::{bodies_of_page, bodies_of_responses};
use super::super::error_body::Field;
use super::super::schema::{ErrorMember, places_of_example};
use super::*;
use spec::contract::FieldForm;

fn of(examples: &[Value]) -> Envelope {
    envelope(&[], &bodies_of_page(examples), &[], &[], false)
}

#[test]
fn members_are_found_by_their_names() {
    let nested = of(&[json!({ "error": { "code": "A_B", "message": "x", "param": "p" } })]);
    assert_eq!((nested.code.as_str(), nested.parent.as_str()), ("/error/code", "/error"));
    let field = nested.field.expect("a field").pointer;
    assert_eq!((nested.message.as_str(), field.as_str()), ("/error/message", "/error/param"));
    let flat = of(&[json!({ "errorCode": 7, "msg": "x" })]);
    assert!(flat.is_integer && flat.code == "/errorCode" && flat.message == "/msg");
    let by_id = of(&[json!({ "id": "not_found", "message": "x" })]);
    assert_eq!(by_id.code, "/id");
    let few = of(&[json!({ "code": "A", "message": "x" })]);
    assert!(few.origins.code == Origin::Documented);
    let oauth = of(&[json!({ "error": "invalid_grant", "error_description": "x" })]);
    assert_eq!((oauth.code.as_str(), oauth.message.as_str()), ("/error", "/error_description"));
}

#[test]
fn errors_in_a_list_are_found() {
    let body = json!({ "errors": [{ "message": "x", "extensions": { "code": "A_B" } }] });
    let list = of(std::slice::from_ref(&body));
    assert_eq!((list.parent.as_str(), list.message.as_str()), ("/errors/0", "/errors/0/message"));
    assert_eq!(list.code, "/errors/0/extensions/code");
    let schema = jsonschema::validator_for(&list.schema).expect("a schema");
    assert!(schema.is_valid(&body) && !schema.is_valid(&json!({ "errors": [] })), "{}", list.schema);
    // A list next to a message contains details.
    let list = of(&[json!({ "code": "A", "message": "x", "errors": [{ "code": "B", "message": "y" }] })]);
    assert_eq!((list.parent.as_str(), list.code.as_str()), ("", "/code"));
}

#[test]
fn problems_may_be_declared_as_json() {
    let problem = json!({ "type": "about:blank", "title": "x", "status": 404, "detail": "y" });
    let body = ErrorBody {
        status: "404".to_owned(),
        media: Some("application/json".to_owned()),
        places: places_of_example(&problem),
        schema: None,
        description: String::new(),
    };
    let envelope = envelope(&[body], &[], &[], &[], false);
    assert_eq!((envelope.code.as_str(), envelope.media_type.as_str()), ("/type", "application/json"));
}

#[test]
fn a_sentence_is_not_a_code() {
    let body = ErrorBody {
        status: "404".to_owned(),
        media: None,
        places: places_of_example(&json!({ "error": "Not found" })),
        schema: None,
        description: String::new(),
    };
    let envelope = envelope(&[body], &[], &[], &[], false);
    assert!(
        envelope.origins.code == Origin::Guess
            && envelope.message == "/error"
            && envelope.origins.shape == Origin::Guess
    );
}

#[test]
fn a_message_that_an_example_lacks_is_optional() {
    let body = |example: Value| ErrorBody {
        status: "400".to_owned(),
        media: None,
        places: places_of_example(&example),
        schema: None,
        description: String::new(),
    };
    let short = body(json!({ "error": "invalid_grant" }));
    let long = body(json!({ "error": "invalid_scope", "error_description": "x" }));
    let both = envelope(&[short, long], &[], &[], &[], false);
    assert!(both.message == "/error_description" && both.origins.message == Origin::Guess);
    assert!(both.origins.code == Origin::Documented);
}

#[test]
fn a_schema_of_examples_asks_for_what_all_have() {
    let envelope = of(&[json!({ "error": { "code": "A_B", "message": "x" } })]);
    assert_eq!(envelope.schema["required"], json!(["error"]));
    assert_eq!(envelope.schema["properties"]["error"]["required"], json!(["code", "message"]));
}

fn responses(bodies: &[(u16, Value)]) -> Vec<ErrorBody> {
    let learned = |(status, body): &(u16, Value)| Learned { status: *status, body: body.clone(), ..Learned::default() };
    bodies_of_responses(&bodies.iter().map(learned).collect::<Vec<_>>())
}

fn of_examples(bodies: &[(u16, Value)]) -> Envelope {
    envelope(&responses(bodies), &[], &[], &[], false)
}

fn found(envelope: &Envelope) -> Option<(&str, Origin)> {
    envelope.status.as_ref().map(|found| (found.pointer.as_str(), found.origin))
}

#[test]
fn the_status_is_a_member_that_repeats_it_in_every_example() {
    let body = |status: u16| json!({ "statusCode": status, "error": "x y", "message": "m" });
    let two = of_examples(&[(404, body(404)), (400, body(400))]);
    assert_eq!(found(&two), Some(("/statusCode", Origin::Documented)));
    assert_eq!(found(&of_examples(&[(404, body(404))])), Some(("/statusCode", Origin::Guess)));
    assert_eq!(found(&of_examples(&[(404, body(404)), (400, body(422))])), None);
    assert_eq!(found(&of_examples(&[(404, json!({ "status": "fail", "message": "m" }))])), None);
    let texts = |status: u16| json!({ "errors": [{ "status": status.to_string(), "title": "t" }] });
    let list = of_examples(&[(404, texts(404)), (400, texts(400))]);
    assert_eq!(found(&list), Some(("/errors/0/status", Origin::Documented)));
}

#[test]
fn responses_show_whether_a_name_is_right() {
    let page = bodies_of_page(&[json!({ "code": "A", "message": "m", "status": 400 })]);
    let with = |learned: &[(u16, Value)]| envelope(&[], &page, &responses(learned), &[], false);
    let response = |status: u16| json!({ "code": "A", "message": "m", "status": status });
    assert_eq!(found(&with(&[])), Some(("/status", Origin::Guess)));
    assert_eq!(found(&with(&[(404, response(404))])), Some(("/status", Origin::Learned)));
    assert_eq!(found(&with(&[(404, response(3))])), None);
}

#[test]
fn of_two_codes_the_one_that_is_not_the_status_is_the_code() {
    let body = |status: u16, number: u16| json!({ "code": status, "errorNum": number, "errorMessage": "m" });
    let envelope = of_examples(&[(404, body(404, 1202)), (400, body(400, 600))]);
    assert_eq!((envelope.code.as_str(), envelope.is_integer), ("/errorNum", true));
    assert_eq!(found(&envelope), Some(("/code", Origin::Documented)));
}

#[test]
fn the_field_is_next_to_the_code_or_in_a_list_of_faults() {
    let (name, pointer, fragment) = (FieldForm::Name, FieldForm::Pointer, FieldForm::Fragment);
    for (body, at, form) in [
        (json!({ "code": "A", "message": "m", "param": "p" }), "/param", name),
        (json!({ "code": "A", "message": "m", "field": "/a/b" }), "/field", pointer),
        (json!({ "code": "A", "message": "m", "errors": [{ "pointer": "#/a" }] }), "/errors/*/pointer", fragment),
        (json!({ "title": "t", "invalid-params": [{ "name": "a" }] }), "/invalid-params/*/name", name),
        (json!({ "errors": [{ "code": "A", "title": "t", "field": "a" }] }), "/errors/*/field", name),
        (
            json!({ "errors": [{ "code": "A", "title": "t", "source": { "pointer": "/data" } }] }),
            "/errors/*/source/pointer",
            pointer,
        ),
    ] {
        let expected = Field { pointer: at.to_owned(), form, origin: Origin::Documented };
        assert_eq!(of_examples(&[(400, body.clone())]).field, Some(expected), "{body}");
        let learned = envelope(&[], &[], &responses(&[(400, body.clone())]), &[], false).field.expect("a field");
        assert_eq!((learned.pointer.as_str(), learned.origin), (at, Origin::Learned), "{body}");
    }
    let mixed = json!({ "message": "m", "errors": [{ "field": "a" }, { "field": "/b" }] });
    assert_eq!(of_examples(&[(400, mixed)]).field, None);
    let rows = json!({ "message": "m", "rows": [{ "name": "a" }] });
    assert_eq!(of_examples(&[(400, rows)]).field, None);
}

#[test]
fn a_schema_need_not_list_the_codes_that_an_example_or_a_response_shows() {
    let schema = |status: &str| ErrorBody {
        status: status.to_owned(),
        media: None,
        places: places_of_example(&json!({ "error": "", "error_description": "" }))
            .into_iter()
            .map(|place| ErrorMember { values: Vec::new(), ..place })
            .collect(),
        schema: Some(json!({})),
        description: String::new(),
    };
    let bodies = [schema("400"), schema("401"), schema("403")];
    let example = json!({ "error": "invalid_grant", "error_description": "It has expired" });
    let of_page = envelope(&bodies, &bodies_of_page(std::slice::from_ref(&example)), &[], &[], false);
    assert_eq!((of_page.code.as_str(), of_page.origins.code), ("/error", Origin::Documented));
    let of_response = envelope(&bodies, &[], &responses(&[(400, example)]), &[], false);
    assert_eq!((of_response.code.as_str(), of_response.origins.code), ("/error", Origin::Learned));
    assert_eq!(of_response.message, "/error_description");
    let sentences = envelope(&bodies, &[], &responses(&[(400, json!({ "error": "It has expired" }))]), &[], false);
    assert_eq!(sentences.origins.code, Origin::Guess);
}

/// The body of a schema without values.
fn of_schema(status: &str, example: &Value) -> ErrorBody {
    let places = places_of_example(example).into_iter().map(|place| ErrorMember { values: Vec::new(), ..place });
    ErrorBody {
        status: status.to_owned(),
        media: None,
        places: places.collect(),
        schema: Some(json!({})),
        description: String::new(),
    }
}

fn listed(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[test]
fn a_specific_name_of_a_code_goes_before_the_bare_one() {
    let schema = |name: &str| {
        let bodies = [
            of_schema("400", &json!({ "code": 4, name: 1, "message": "" })),
            of_schema("404", &json!({ "code": 4, name: 1, "message": "" })),
        ];
        envelope(&bodies, &[], &[], &[], false).code
    };
    for name in ["errno", "errnum", "error_code", "errorNumber"] {
        assert_eq!(schema(name), format!("/{name}"));
    }
}

#[test]
fn a_member_with_codes_of_the_page_is_the_code_whatever_its_name_is() {
    let body = json!({ "code": "x", "slug": "y", "message": "" });
    let bodies = [of_schema("400", &body), of_schema("404", &body)];
    let response = |slug: &str| json!({ "code": "E-OTHER", "slug": slug, "message": "m" });
    let learned = responses(&[(400, response("too_late")), (404, response("gone"))]);
    let with = |codes: &[&str]| envelope(&bodies, &[], &learned, &listed(codes), false);
    let found = with(&["too_late", "gone"]);
    assert_eq!((found.code.as_str(), found.disputed), ("/slug", None));
    assert_eq!(with(&["too_early"]).code, "/code");
    assert_eq!(envelope(&bodies, &[], &[], &listed(&["gone"]), false).code, "/code");
}

#[test]
fn a_member_that_repeats_the_status_in_responses_is_not_the_code() {
    let body = json!({ "error_code": 0, "code": 0, "message": "" });
    let bodies = [of_schema("400", &body), of_schema("404", &body)];
    let response = |status: u16| json!({ "error_code": status, "code": 7, "message": "m" });
    let learned = responses(&[(400, response(400)), (404, response(404))]);
    assert_eq!(envelope(&bodies, &[], &learned, &[], false).code, "/code");
}

#[test]
fn details_are_not_taken_from_a_less_likely_member() {
    let details = |details: Value| {
        let mut schema = of_schema("400", &json!({ "code": "A", "message": "m", "info": "i", "details": details }));
        schema.places.iter_mut().filter(|place| place.types == ["null"]).for_each(|place| place.types.clear());
        envelope(&[schema], &[], &[], &[], false).details
    };
    assert_eq!(details(json!("text")).as_deref(), Some("/details"));
    assert_eq!(details(Value::Null).as_deref(), Some("/details"), "any type");
    assert_eq!(details(json!({})), None, "an object is not a text");
}

#[test]
fn the_examples_of_the_page_win_over_the_description() {
    let body = |code: Value| json!({ "error": { "code": code, "message": "" } });
    let described = |code: Value| [of_schema("401", &body(code.clone())), of_schema("404", &body(code))];
    let list = json!({ "errors": [{ "message": "m", "extensions": { "code": "GONE" } }] });
    let page = |example: &Value| bodies_of_page(std::slice::from_ref(example));
    let found = envelope(&described(json!(1)), &page(&list), &[], &listed(&["GONE"]), false);
    assert_eq!((found.code.as_str(), found.is_integer), ("/errors/0/extensions/code", false));
    let warning = found.disputed.expect("a warning");
    assert!(warning.contains("/errors/0/extensions/code, a text") && warning.contains("/error/code, an integer"));
    // The same place with another type.
    let found = envelope(&described(json!(1)), &page(&body(json!("GONE"))), &[], &listed(&["GONE"]), false);
    assert!(!found.is_integer && found.disputed.is_some(), "{found:?}");
    // The page agrees, or shows the body of something else.
    let found = envelope(&described(json!("A")), &page(&body(json!("GONE"))), &[], &listed(&["GONE"]), false);
    assert_eq!((found.code.as_str(), found.disputed), ("/error/code", None));
    let found = envelope(&described(json!("A")), &page(&list), &[], &listed(&["LATE"]), false);
    assert_eq!((found.code.as_str(), found.disputed), ("/error/code", None));
}

#[test]
fn responses_settle_a_type_that_no_code_of_the_page_has() {
    let body = json!({ "error": { "code": 1, "message": "" } });
    let bodies = [of_schema("401", &body), of_schema("404", &body)];
    let learned = responses(&[(404, json!({ "message": "m", "kind": "GONE" }))]);
    let found = envelope(&bodies, &[], &learned, &listed(&["GONE"]), false);
    assert_eq!((found.code.as_str(), found.is_integer, found.origins.code), ("/kind", false, Origin::Learned));
    assert!(found.disputed.is_some_and(|warning| warning.contains("/kind") && warning.contains("/error/code")));
}

#[test]
fn responses_without_the_documented_code_are_named_and_show_no_field() {
    let body = json!({ "error": { "code": "A", "message": "" } });
    let bodies = [of_schema("401", &body), of_schema("404", &body)];
    let other = |field: &str| json!({ "errors": [{ "message": "m", "extensions": { "code": "B", "field": field } }] });
    let learned = responses(&[(400, other("a")), (404, other("b"))]);
    let found = envelope(&bodies, &[], &learned, &[], false);
    assert_eq!((found.code.as_str(), found.field), ("/error/code", None));
    let warning = found.disputed.expect("a warning");
    let start = "none of the 2 recorded error responses has the documented member /error/code; all have /errors/0/extensions/code.";
    assert!(warning.starts_with(start), "{warning}");
    let one = responses(&[(400, other("a")), (404, json!({ "error": { "code": "A", "message": "m" } }))]);
    assert_eq!(envelope(&bodies, &[], &one, &[], false).disputed, None);
}
