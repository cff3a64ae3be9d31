//! Blind expectations: expectations that accept a wrong response. Every expectation of every scenario and property must
//! accept the right response, and it or a check must reject each wrong one (status, code, field, header, body member).
//!
//! Nothing is sent: the responses are built from the contract. This file decides what is wrong from the text of the
//! expectation, not with the code that judges it.

#[path = "blind/candidates.rs"]
mod candidates;
#[path = "blind/matching.rs"]
mod matching;
#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;

use std::collections::BTreeSet;

use candidates::{Candidate, Case, Right};
use judge::delivery::Delivery;
use runner::execute::miscounted;
use serde_json::{Value, json};
use shared::{DEFAULT, PARCEL, pack};
use spec::contract::OccursIn;
use spec::scenario::plan::KeptPart;
use spec::scenario::{AcceptedResponses, Action, Expect, Expectation, Variables, status};

#[test]
fn expectations_of_the_default_pack_reject_wrong_responses() {
    judge_all(DEFAULT, 2_000);
}

#[test]
fn expectations_of_the_parcel_pack_reject_wrong_responses() {
    judge_all(PARCEL, 15);
}

#[test]
fn expected_deliveries_reject_a_wrong_number() {
    let (_, library) = pack(DEFAULT);
    let mut count = 0;
    for test in &library.tests {
        for step in &test.steps {
            let Action::Await(expected) = &step.action else { continue };
            count += 1;
            let delivered = |count: u32| {
                let one = Delivery {
                    arrived: chrono::DateTime::UNIX_EPOCH,
                    headers: Vec::new(),
                    body: b"{}".to_vec().into(),
                };
                miscounted(&vec![one; count as usize], expected.attempts)
            };
            assert!(!delivered(expected.attempts), "{}: the right number is rejected", test.name);
            let right = expected.attempts;
            for wrong in [0, right - 1, right + 1].into_iter().filter(|count| *count != right) {
                assert!(delivered(wrong), "{}: {wrong} deliveries are accepted", test.name);
            }
        }
    }
    assert!(count >= 16, "{count}");
}

fn judge_all(folder: &str, at_least: usize) {
    let (contract, library) = pack(folder);
    let mut blind = Vec::new();
    let mut judged = 0;
    // Rows of a table often have the same expectation.
    let mut seen = BTreeSet::new();
    for test in &library.tests {
        let variables = variables_of(test);
        for call in test.steps.iter().filter_map(|step| step.call()) {
            let Some(asserted) = &call.asserted else { continue };
            judged += 1;
            let case = Case {
                contract: &contract,
                operation: &call.operation.id,
                expected: &asserted.expectation,
                clause: asserted.clause.as_ref().or(test.clauses.first()).expect("a clause"),
                variables: &variables,
            };
            blind.extend(unnoticed(&case).into_iter().map(|what| format!("{}: {what}", test.name)));
        }
        let Some(property) = test.property() else { continue };
        for rule in &property.rules {
            judged += 1;
            if !new(&mut seen, &property.operation.id, &rule.expect) {
                continue;
            }
            let case = Case {
                contract: &contract,
                operation: &property.operation.id,
                expected: &rule.expect,
                clause: &rule.clause,
                variables: &variables,
            };
            let name = &rule.rule.name;
            blind.extend(unnoticed(&case).into_iter().map(|what| format!("{} ({name}): {what}", test.name)));
        }
    }
    println!("{judged} expectations judged");
    assert!(judged >= at_least, "{judged} expectations");
    assert!(blind.is_empty(), "{} of {judged} expectations:\n{}", blind.len(), blind.join("\n"));
}

/// Whether this expectation of this operation was not judged before. Expectations with variables always count as new.
fn new(seen: &mut BTreeSet<String>, operation: &str, expected: &Expectation) -> bool {
    let text = format!("{operation} {expected:?}");
    text.contains("${") || seen.insert(text)
}

/// The wrong responses that neither the expectation nor a check rejects.
fn unnoticed(case: &Case<'_>) -> Vec<String> {
    let right = Right::of(case);
    let before = case.findings_of(&right.response, &right);
    if before.iter().any(|what| what.contains("expectation")) {
        return vec![format!("the right response is rejected: {before:?}")];
    }
    let mut unnoticed = Vec::new();
    let mut try_with = |what: String, response: &Candidate| {
        let findings = case.findings_of(response, &right);
        if findings.difference(&before).next().is_none() {
            unnoticed.push(what);
        }
    };
    for (what, response) in wrong_outcomes(case, &right) {
        try_with(what, &response);
    }
    for (what, response) in wrong_parts(case, &right) {
        try_with(what, &response);
    }
    if let Some(earlier) = &right.earlier {
        let mut other = right.response.clone();
        other.body = Some(json!({ "another": true }));
        try_with("another body than before".to_owned(), &other);
        assert_eq!(earlier.status, right.response.status);
    }
    unnoticed
}

/// Responds with a status or code that the expectation does not permit.
fn wrong_outcomes(case: &Case<'_>, right: &Right) -> Vec<(String, Candidate)> {
    let mut wrong = Vec::new();
    for status in [418, 302, 307, 599] {
        wrong.push((format!("status {status}"), Candidate { status, ..right.response.clone() }));
    }
    let elsewhere = vec![("location".to_owned(), "/elsewhere".to_owned())];
    wrong.push(("a redirection".to_owned(), Candidate { status: 307, headers: elsewhere, body: None, text: None }));
    wrong.push(("an HTML page with 500".to_owned(), Candidate::html(500)));
    for entry in case.contract.catalog.codes.iter().filter(|entry| entry.occurs_in == OccursIn::Response) {
        if !permits(case, Some(&entry.code), entry.status().unwrap_or_default()) {
            wrong.push((format!("the code {}", entry.code), case.refusal(&entry.code)));
        }
    }
    let success = case.success();
    if !permits(case, None, success.status) {
        wrong.push(("a success".to_owned(), success));
    }
    if case.expected.in_envelope {
        wrong.push(("an HTML page with the right status".to_owned(), Candidate::html(right.response.status)));
    }
    wrong
}

/// Whether an expectation permits a response with a code; no code is a success.
fn permits(case: &Case<'_>, code: Option<&String>, of: u16) -> bool {
    let expected = case.expected;
    if !expected.statuses.is_empty() && !status::matches(&expected.statuses, of) {
        return false;
    }
    match (&expected.outcome, code) {
        (AcceptedResponses::AnyResponse, _) => true,
        (AcceptedResponses::Listed { success, .. }, None) => *success,
        (AcceptedResponses::AnyRefusal { .. }, None) => false,
        (AcceptedResponses::AnyDocumented | AcceptedResponses::AnyExcept(_), None) => true,
        (AcceptedResponses::Listed { errors, .. }, Some(code)) => errors.contains(code),
        (AcceptedResponses::AnyRefusal { errors }, Some(code)) => of < 500 || errors.contains(code),
        (AcceptedResponses::AnyDocumented, Some(_)) => of < 500,
        (AcceptedResponses::AnyExcept(codes), Some(code)) => !codes.contains(code),
    }
}

/// The right response with one wrong part each.
fn wrong_parts(case: &Case<'_>, right: &Right) -> Vec<(String, Candidate)> {
    let mut wrong = Vec::new();
    if let (Some(field), Some(pointer)) = (&right.field, &case.contract.catalog.envelope.pointers.field) {
        assert!(!field.is_empty());
        wrong.push(("another field".to_owned(), right.response.with_member(pointer, Some("another".into()))));
        wrong.push(("no field".to_owned(), right.response.with_member(pointer, None)));
        wrong.push(("an empty field".to_owned(), right.response.with_member(pointer, Some("".into()))));
    }
    for (pointer, expected) in &case.expected.body {
        let pointer = case.filled(pointer);
        let expected = expected.value(case.variables).expect("no unknown variable");
        for value in matching::wrong(&expected) {
            let what = value.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
            wrong.push((format!("{what} at {pointer}"), right.response.with_member(&pointer, value)));
        }
    }
    for (name, expected) in &case.expected.headers {
        for value in matching::wrong_headers(expected, case.variables) {
            let what = value.clone().unwrap_or_else(|| "nothing".to_owned());
            wrong.push((format!("{what} as {name}"), right.response.with_header(name, value)));
        }
    }
    wrong
}

/// The variables of a test when its steps run. Variables that are kept from responses have a made-up value.
fn variables_of(test: &spec::scenario::TestCase) -> Variables {
    let mut variables = test.variables.clone();
    for name in ["unique", "long", "huge", "now", "webhook.url", "webhook.refusing"] {
        variables.insert(name.to_owned(), format!("the-{name}").into());
    }
    for keep in test.steps.iter().filter_map(|step| step.call()).flat_map(|call| &call.keep) {
        let value = match &keep.part {
            KeptPart::Status | KeptPart::Header(_) => "50".into(),
            KeptPart::Body(_) => format!("kept-{}", keep.name).into(),
        };
        variables.insert(keep.name.clone(), value);
    }
    variables
}

#[test]
fn blind_expectation_is_reported() {
    let (contract, _) = pack(PARCEL);
    let variables = Variables::new();
    let unnoticed_in = |text: &str| {
        let expect: Expect = serde_yaml::from_str(text).expect("an expectation");
        let case = Case {
            contract: &contract,
            operation: "readParcel",
            expected: &Expectation::from(&expect),
            clause: "FIND-1",
            variables: &variables,
        };
        unnoticed(&case).into_iter().collect::<BTreeSet<String>>()
    };
    assert!(
        unnoticed_in("{ success: true, body: { /a: { $not: { $type: nonsense } } } }")
            .iter()
            .any(|what| what.contains("/a"))
    );
    assert!(
        unnoticed_in("{ success: true, headers: { X-A: { optional: true, below: few } } }")
            .iter()
            .any(|what| what.contains("X-A"))
    );
    assert!(unnoticed_in("{ success: true, body: { /a: 1 } }").is_empty());
}
