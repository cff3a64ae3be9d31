//! What a single response is evidence for: tables of expectations and checks.

use chrono::DateTime;
use std::sync::Arc;

use judge::check::{ExchangeContext, judge};
use judge::exchange::{Exchange, Request, Response, Role};
use judge::expect::{Assertion, Earlier, Shown};
use serde_json::{Value, json};
use spec::contract::{Contract, Level};
use spec::scenario::{Expect, Expectation, Variables};

use super::shared::{DEFAULT, pack};

struct EvidenceCase {
    name: &'static str,
    expect: &'static str,
    status: u16,
    body: Value,
    headers: &'static [(&'static str, &'static str)],
    shown: &'static str,
}

fn error(code: &str) -> Value {
    json!({ "error": { "code": code, "message": "No." } })
}

fn row(name: &'static str, expect: &'static str, status: u16, body: Value, shown: &'static str) -> EvidenceCase {
    EvidenceCase { name, expect, status, body, headers: &[], shown }
}

const REMAINING: &str = "X-RateLimit-Remaining";

fn rows() -> Vec<EvidenceCase> {
    let logged = json!({ "deliveries": [{ "status": "FAILED", "error": { "code": "WEBHOOK_DELIVERY_FAILED" } }] });
    let not_found = || error("RESOURCE_NOT_FOUND");
    let below = "{ success: true, headers: { X-RateLimit-Remaining: { below: \"${before}\", optional: true } } }";
    let unbounded = "{ success: true, headers: { X-RateLimit-Remaining: { below: \"${absent}\", optional: true } } }";
    vec![
        row("the expected code", "{ error: RESOURCE_NOT_FOUND }", 404, not_found(), "RESOURCE_NOT_FOUND"),
        row("a framework's own 404", "{ error: RESOURCE_NOT_FOUND }", 404, json!({ "detail": "Not Found" }), "open"),
        row("a success instead", "{ error: RESOURCE_NOT_FOUND }", 200, json!({}), "violated"),
        row(
            "one of two codes",
            "{ error: [RESOURCE_NOT_FOUND, INSUFFICIENT_PERMISSIONS] }",
            403,
            error("INSUFFICIENT_PERMISSIONS"),
            "INSUFFICIENT_PERMISSIONS",
        ),
        row(
            "a tolerated code",
            "{ error: DUPLICATE_RESOURCE, tolerate: RESOURCE_CONFLICT }",
            409,
            error("RESOURCE_CONFLICT"),
            "open",
        ),
        row("a success", "{ success: true }", 200, json!({}), "upheld"),
        row("any documented response: a success", "{ any_documented: true }", 200, json!({}), "upheld"),
        row(
            "any documented response: a refusal",
            "{ any_documented: true }",
            422,
            error("INVALID_FIELD_FORMAT"),
            "upheld",
        ),
        row(
            "any documented response: no access",
            "{ any_documented: true }",
            401,
            error("AUTHENTICATION_FAILED"),
            "open",
        ),
        row("any documented response: not found", "{ any_documented: true }", 404, not_found(), "open"),
        row("any documented response: too many", "{ any_documented: true }", 429, error("RATE_LIMIT_EXCEEDED"), "open"),
        row("any documented response: a server error", "{ any_documented: true }", 500, json!({}), "violated"),
        row("any refusal: not found", "{ any_refusal: true, in_envelope: true }", 404, not_found(), "upheld"),
        row("any refusal: no scope", "{ any_refusal: true }", 403, error("INSUFFICIENT_PERMISSIONS"), "open"),
        row("any refusal: a success", "{ any_refusal: true }", 200, json!({}), "violated"),
        row("not that code: a success", "{ not_error: DUPLICATE_RESOURCE }", 201, json!({}), "upheld"),
        row("not that code: another", "{ not_error: DUPLICATE_RESOURCE }", 400, error("VALIDATION_ERROR"), "open"),
        row(
            "not that code: no access",
            "{ not_error: DUPLICATE_RESOURCE }",
            401,
            error("AUTHENTICATION_FAILED"),
            "open",
        ),
        row(
            "not that code: that code",
            "{ not_error: DUPLICATE_RESOURCE }",
            409,
            error("DUPLICATE_RESOURCE"),
            "violated",
        ),
        row("a header that is not sent", below, 200, json!({}), "open"),
        EvidenceCase {
            headers: &[(REMAINING, "4")],
            ..row("a header without an earlier one", unbounded, 200, json!({}), "open")
        },
        EvidenceCase {
            headers: &[(REMAINING, "4")],
            ..row("a header that decreases", below, 200, json!({}), "upheld")
        },
        EvidenceCase {
            headers: &[(REMAINING, "5")],
            ..row("a header that does not decrease", below, 200, json!({}), "violated")
        },
        row("repeated, without an earlier response", "{ success: true, same_as: first }", 200, json!({}), "open"),
        row("repeated", "{ success: true, same_as: known }", 200, json!({}), "upheld"),
        row("not repeated", "{ success: true, same_as: known }", 200, json!({ "id": 1 }), "violated"),
        row(
            "an expected code in the delivery log",
            "{ success: true, body: { /deliveries: { $some: { error: { code: WEBHOOK_DELIVERY_FAILED } } } } }",
            200,
            logged.clone(),
            "WEBHOOK_DELIVERY_FAILED",
        ),
        row(
            "a documented value that is not expected",
            "{ success: true, body: { /state: PENDING } }",
            200,
            json!({ "state": "APPROVED" }),
            "violated",
        ),
        row(
            "a value that is not documented",
            "{ success: true, body: { /state: PENDING } }",
            200,
            json!({ "state": "pending" }),
            "open",
        ),
        row(
            "a member of something of another type",
            "{ success: true, body: { /state: PENDING } }",
            200,
            json!([]),
            "open",
        ),
        row("a code in the delivery log that is not expected", "{ success: true }", 200, logged, "upheld"),
    ]
}

#[test]
fn expectation_upholds_only_what_the_response_could_have_violated() {
    let (contract, _) = pack(DEFAULT);
    for row in rows() {
        let exchange = exchange_with(row.status, &row.body, row.headers);
        let context = ExchangeContext::new(&contract, &exchange).expect("a response");
        let expect: Expect = serde_yaml::from_str(row.expect).expect("an expectation");
        let known = Earlier { status: 200, body: Some(json!({})) };
        let variables: Variables =
            [("before".to_owned(), json!(5)), ("absent".to_owned(), Value::Null)].into_iter().collect();
        let same_as = Some(&known).filter(|_| expect.same_as.as_deref() == Some("known"));
        let assertion = Assertion {
            expected: &Expectation::from(&expect),
            clause: "RES-1",
            level: Level::Must,
            variables: &variables,
            same_as,
            index: 0,
        };
        let verdict = assertion.judge(&context).unwrap_or_else(|missing| panic!("{}: {}", row.name, missing.0));
        let shown = match &verdict.shown {
            Shown::Upheld(Some(code)) => code.as_str(),
            Shown::Upheld(None) => "upheld",
            Shown::Open(reason) => {
                assert!(!reason.is_empty(), "{}", row.name);
                "open"
            }
            Shown::Violated => "violated",
        };
        assert_eq!(shown, row.shown, "{}", row.name);
        let fails = verdict.findings.iter().any(|finding| finding.level == Level::Must);
        assert_eq!(fails, row.shown == "violated", "{}", row.name);
    }
}

/// If the check of the code belongs to a SHOULD clause, its finding is a warning and cannot stand for a MUST clause.
#[test]
fn check_of_a_should_clause_does_not_hide_that_an_expectation_is_unmet() {
    let mut contract = Arc::into_inner(pack(DEFAULT).0).expect("the only reference");
    let expect: Expect = serde_yaml::from_str("{ error: RESOURCE_NOT_FOUND }").expect("an expectation");
    for (checks_are, level, shown) in
        [(Level::Must, Level::Must, false), (Level::Should, Level::Must, true), (Level::Should, Level::Should, false)]
    {
        contract.clauses.iter_mut().for_each(|clause| clause.level = checks_are);
        for body in [error("resource_not_found"), json!({ "detail": "Not Found" })] {
            let exchange = exchange_with(404, &body, &[]);
            let context = ExchangeContext::new(&contract, &exchange).expect("a response");
            let (expected, variables) = (&Expectation::from(&expect), &Variables::new());
            let assertion = Assertion { expected, clause: "RES-1", level, variables, same_as: None, index: 0 };
            let comparison = assertion.judge(&context).expect("no template");
            assert_eq!(comparison.shown == Shown::Violated, shown, "{checks_are:?} {level:?} {body}");
        }
    }
}

/// A name, the response, whether its request id was seen before, clauses that it upholds, clauses that it must not.
type JudgedResponse<'r> = (&'r str, &'r Exchange, Option<bool>, &'r [&'r str], &'r [&'r str]);

#[test]
fn check_upholds_a_clause_only_if_it_judged_something() {
    let (contract, _) = pack(DEFAULT);
    let framework = exchange_with(404, &json!({ "detail": "Not Found" }), &[]);
    let page = Exchange { outcome: Ok(html(500)), ..framework.clone() };
    let empty = Exchange { outcome: Ok(Response { status: 204, ..Response::default() }), ..framework.clone() };
    let refusal = exchange_with(404, &error("RESOURCE_NOT_FOUND"), &[("X-Request-Id", "1")]);
    let cases: &[JudgedResponse<'_>] = &[
        ("a framework's 404", &framework, None, &["STA-1", "ENV-10"], &["ENV-1", "ENV-2", "ENV-3", "ENV-4", "LOG-1"]),
        ("an HTML page", &page, None, &["STA-1"], &["ENV-1", "ENV-8", "ENV-10"]),
        ("a response without a body", &empty, None, &["STA-1"], &["ENV-9"]),
        ("the first request id", &refusal, None, &["LOG-1", "ENV-1"], &["LOG-2", "ENV-4", "ENV-6", "RATE-2", "SRV-2"]),
        ("another request id", &refusal, Some(false), &["LOG-2"], &["AUTH-6"]),
        ("the same request id", &refusal, Some(true), &["LOG-1"], &["LOG-2"]),
    ];
    for (name, exchange, seen, upheld, not) in cases {
        let mut context = ExchangeContext::new(&contract, exchange).expect("a response");
        context.request_id_seen = *seen;
        let judged: Vec<String> = judge(&context, 0).upheld.into_iter().map(|(clause, _)| clause).collect();
        for clause in *upheld {
            assert!(judged.iter().any(|found| found == clause), "{name}: {clause} of {judged:?}");
        }
        for clause in *not {
            assert!(judged.iter().all(|found| found != clause), "{name}: not {clause} of {judged:?}");
        }
    }
}

#[test]
fn reset_time_in_milliseconds_is_reported_without_retry_after() {
    let (contract, _) = pack(DEFAULT);
    let now = 1_795_951_596;
    let judged = |reset: i64, retry_after: &'static [(&'static str, &'static str)]| {
        let reset = reset.to_string();
        let headers = [&[("X-RateLimit-Reset", reset.as_str())], retry_after].concat();
        let started = DateTime::from_timestamp(now, 0).expect("a time");
        let exchange = Exchange { started, ..exchange_with(429, &error("RATE_LIMIT_EXCEEDED"), &headers) };
        let context = ExchangeContext::new(&contract, &exchange).expect("a response");
        let judgement = judge(&context, 0);
        let found = judgement.findings.iter().filter(|finding| finding.clause == "RATE-5").count();
        (found, judgement.upheld.iter().any(|(clause, _)| clause == "RATE-5"))
    };
    let delay = &[("Retry-After", "2")][..];
    assert_eq!(judged((now + 2) * 1000, &[]), (1, false));
    assert_eq!(judged(2, &[]), (1, false), "a delay is not a time");
    assert_eq!(judged(now + 2, &[]), (0, false), "without a delay, nothing shows that the time is right");
    assert_eq!(judged((now + 2) * 1000, delay), (1, false));
    assert_eq!(judged(now + 2, delay), (0, true));
}

#[test]
fn details_of_the_wrong_type_are_reported_once() {
    let (contract, _) = pack(DEFAULT);
    let error =
        |details: Value| json!({ "error": { "code": "INTERNAL_SERVER_ERROR", "message": "No.", "details": details } });
    for (details, expected) in [
        (json!({ "requestId": "1" }), &["ENV-4"][..]),
        (json!(["Request ID: 1"]), &["ENV-4"]),
        (json!("Request ID: 2"), &["SRV-2"]),
        (json!("Request ID: 1"), &[]),
    ] {
        let headers = [("X-Request-Id", "1"), ("Content-Type", "application/json")];
        let exchange = exchange_with(500, &error(details.clone()), &headers);
        let context = ExchangeContext::new(&contract, &exchange).expect("a response");
        let judgement = judge(&context, 0);
        let found: Vec<&str> = judgement.findings.iter().map(|finding| finding.clause.as_str()).collect();
        assert_eq!(found, expected, "{details}");
        let upholds = judgement.upheld.iter().any(|(clause, _)| clause == "SRV-2");
        assert_eq!(upholds, expected.is_empty(), "{details}");
    }
}

#[test]
fn every_check_has_a_reason_for_judging_nothing() {
    let (contract, _) = pack(DEFAULT);
    for name in judge::check::names() {
        let reason = judge::check::unjudged(&contract, name);
        let is_general = reason == "no error response was received";
        let general = ["envelope-present", "error-media-type", "request-id-present", "no-leak"];
        assert_eq!(is_general, general.contains(&name), "{name}: {reason}");
    }
}

fn html(status: u16) -> Response {
    let headers = vec![("content-type".to_owned(), b"text/html".to_vec())];
    Response { status, headers, body: b"<html>Error</html>".to_vec().into() }
}

fn exchange_with(status: u16, body: &Value, headers: &[(&str, &str)]) -> Exchange {
    let headers = headers.iter().map(|(name, value)| (name.to_lowercase(), value.as_bytes().to_vec())).collect();
    Exchange {
        role: Role::Asserted,
        request: Request {
            operation: operation(body).to_owned(),
            actor: "reader".into(),
            method: "GET".into(),
            url: String::new(),
            path: "/api/v1/customers/c1".into(),
            headers: Vec::new(),
            body: Vec::new().into(),
        },
        outcome: Ok(Response { status, headers, body: body.to_string().into_bytes().into() }),
        started: DateTime::UNIX_EPOCH,
        took: std::time::Duration::ZERO,
    }
}

fn operation(body: &Value) -> &'static str {
    if body.get("deliveries").is_some() { "listWebhookDeliveries" } else { "getCustomer" }
}

#[test]
fn clauses_list_the_codes_in_their_text() {
    let (contract, _): (std::sync::Arc<Contract>, _) = pack(DEFAULT);
    let about_codes = contract.clauses.iter().filter(|clause| !clause.codes.is_empty());
    assert!(about_codes.count() > 30);
    for clause in &contract.clauses {
        // A code in the text of a clause must be in `codes`, too, unless the clause is about all codes.
        let mentioned = contract.catalog.code_names().into_iter().filter(|code| clause.says.contains(code.as_str()));
        for code in mentioned.filter(|_| !["ENV-5", "ENV-7", "STA-2"].contains(&clause.id.as_str())) {
            let tolerated = clause.id == "CON-3" && code == "RESOURCE_CONFLICT";
            assert!(clause.codes.contains(&code) || tolerated, "{}: {code}", clause.id);
        }
    }
}
