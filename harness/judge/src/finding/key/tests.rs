//! Tables for the key of a finding: which findings share a key, and which must not.

use std::path::Path;
use std::time::Duration;

use chrono::DateTime;

use super::*;
use crate::exchange::{Body, Request, Role};
use spec::contract::Level;

fn contract() -> Contract {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Contract::load(&root).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn finding(check: &str, part: &str, expected: &str, actual: &str) -> Finding {
    Finding {
        clause: "ENV-1".into(),
        check: check.into(),
        level: Level::Must,
        message: String::new(),
        expected: expected.into(),
        actual: actual.into(),
        part: Part::parse(part).expect("a part"),
        exchange: 0,
        line: None,
    }
}

fn exchange_with(status: u16, headers: &[(&str, &str)], body: &str) -> Exchange {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    Exchange {
        role: Role::Asserted,
        request: Request {
            operation: "getCustomer".into(),
            actor: "reader".into(),
            method: "GET".into(),
            url: String::new(),
            path: String::new(),
            headers: Vec::new(),
            body: Body::default(),
        },
        outcome: Ok(Response { status, headers, body: body.as_bytes().to_vec().into() }),
        started: DateTime::UNIX_EPOCH,
        took: Duration::ZERO,
    }
}

#[test]
fn expected_texts_drop_values_and_keep_constants() {
    for (text, statuses, expected) in [
        ("201 for createCustomer", true, "201 for createCustomer"),
        ("INVALID_FIELD_FORMAT (422)", true, "INVALID_FIELD_FORMAT (422)"),
        ("an integer below 234", false, "an integer below #"),
        ("30, as in the body", false, "#, as in the body"),
        ("the request id \"req_8fk2\"", false, "the request id \"…\""),
        ("the time 2026-11-26T10:00:00Z", false, "the time #-#-#T#:#:#Z"),
        ("about 1764190000 (now 1764189970 + Retry-After 30)", false, "about # (now # + Retry-After #)"),
        (
            "an array with an element like {\"id\":\"cus_1\",\"state\":\"FAILED\"}",
            false,
            "an array with an element like {\"id\":\"…\",\"state\":\"FAILED\"}",
        ),
        ("\"cut in the mid…", false, "\"…\""),
        ("another signature (attempt 2 of 3)", false, "another signature"),
    ] {
        assert_eq!(without_values(text, statuses), expected);
    }
}

#[test]
fn place_replaces_list_indices() {
    assert_eq!(place("body /customers/17/email"), "body /customers/*/email");
    assert_eq!(place("header X-RateLimit-Limit"), "header X-RateLimit-Limit");
}

#[test]
fn key_holds_the_shape_of_the_received_value() {
    let contract = contract();
    let error = r#"{"error":{"code":"RESOURCE_NOT_FOUND","message":"cus_1 is unknown"}}"#;
    let json = [("content-type", "application/json")];
    for (check, part, expected, exchange, actual, response) in [
        ("success-status", "status", "204 for deleteCustomer", exchange_with(200, &json, "{}"), "200", "200"),
        ("expectation", "status", "SOME_CODE (422)", exchange_with(200, &json, "{}"), "success", "200"),
        (
            "expectation",
            "body /error/code",
            "SOME_CODE (422)",
            exchange_with(404, &json, error),
            "404 RESOURCE_NOT_FOUND",
            "404 RESOURCE_NOT_FOUND",
        ),
        (
            "envelope-present",
            "body /error",
            "a member `error`",
            exchange_with(404, &json, r#"{"detail":"x"}"#),
            "{detail}",
            "404 {detail}",
        ),
        (
            "envelope-present",
            "body",
            "a JSON object",
            exchange_with(502, &[("content-type", "text/html; charset=x")], "<p>"),
            "text/html",
            "502 text/html",
        ),
        (
            "request-id-present",
            "header X-Request-Id",
            "an id",
            exchange_with(404, &json, error),
            "absent",
            "404 RESOURCE_NOT_FOUND",
        ),
        (
            "remaining-is-zero",
            "header X-RateLimit-Remaining",
            "0",
            exchange_with(429, &[("x-ratelimit-remaining", "7")], error),
            "a number",
            "429 RESOURCE_NOT_FOUND",
        ),
        (
            "code-registered",
            "body /error/code",
            "a published error code",
            exchange_with(422, &json, r#"{"error":{"code":"INVALID_EMAIL"}}"#),
            "INVALID_EMAIL",
            "422 INVALID_EMAIL",
        ),
        (
            "field-names-member",
            "body /error/field",
            "\"phoneNumber\"",
            exchange_with(422, &json, r#"{"error":{"code":"A_B","field":"phone_number"}}"#),
            "the same name in another spelling",
            "422 A_B",
        ),
        (
            "success-body",
            "body /lastName",
            "a value of type string",
            exchange_with(200, &json, r#"{"lastName":null}"#),
            "null",
            "200",
        ),
    ] {
        let key = Key::of(&contract, &finding(check, part, expected, ""), Some(&exchange), None);
        assert_eq!((key.actual.as_str(), key.response.as_str()), (actual, response), "{check}");
    }
}

#[test]
fn key_ignores_generated_ids_and_differs_between_causes() {
    let contract = contract();
    let key = |expected: &str, body: &str| {
        let finding = finding("request-id-in-details", "body /error/details", expected, "");
        Key::of(&contract, &finding, Some(&exchange_with(500, &[], body)), None)
    };
    let one = key("the request id \"req_1\"", r#"{"error":{"details":"a"}}"#);
    assert_eq!(one.id(), key("the request id \"req_9\"", r#"{"error":{"details":"b"}}"#).id());
    assert_ne!(one.id(), key("the request id \"req_1\"", r#"{"error":{}}"#).id());

    let status =
        |expected: &str| Key::of(&contract, &finding("success-status", "status", expected, ""), None, None).id();
    assert_ne!(status("201 for createCustomer"), status("204 for deleteCustomer"));
}

#[test]
fn rule_is_part_of_the_key_of_expectations_only() {
    let contract = contract();
    let exchange = exchange_with(200, &[], "{}");
    let id = |check: &str, rule| Key::of(&contract, &finding(check, "status", "x", ""), Some(&exchange), rule).id();
    assert_ne!(id(EXPECTATION, Some("month-13")), id(EXPECTATION, Some("no-day")));
    assert_eq!(id("success-status", Some("month-13")), id("success-status", None));
}

#[test]
fn digest_separates_texts() {
    assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
}
