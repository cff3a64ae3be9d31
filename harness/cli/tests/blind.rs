//! Blind expectations: expectations that accept a wrong answer. Every expectation of every scenario and property must
//! accept the right answer, and it or a check must reject each wrong one (status, code, field, header, body member).
//!
//! Nothing is sent: the answers are built from the contract. This file decides what is wrong from the text of the
//! expectation, not with the code that judges it.

#[path = "blind/answers.rs"]
mod answers;
#[path = "blind/matching.rs"]
mod matching;

use std::collections::BTreeSet;
use std::path::Path;

use answers::{Answer, Case, Right};
use cli::run::load;
use judge::delivery::Delivery;
use runner::execute::miscounted;
use serde_json::{Value, json};
use spec::contract::{Contract, Surface};
use spec::scenario::{Expect, Library, Variables, codes, status};

/// Expectations that accept every answer, each with the part of the contract that leaves it open. There are none.
const OPEN: &[(&str, &str)] = &[];

#[test]
fn expectations_of_the_default_pack_reject_wrong_answers() {
    judge_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), 2_000);
}

#[test]
fn expectations_of_the_parcel_pack_reject_wrong_answers() {
    judge_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel"), 15);
}

#[test]
fn expected_deliveries_reject_a_wrong_number() {
    let (_, library) = pack(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    let mut count = 0;
    for test in &library.tests {
        for expected in test.steps.iter().filter_map(|step| step.deliveries.as_ref()) {
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

fn judge_all(root: &Path, at_least: usize) {
    let (contract, library) = pack(root);
    let mut blind = Vec::new();
    let mut judged = 0;
    // Rows of a table often have the same expectation.
    let mut seen = BTreeSet::new();
    for test in &library.tests {
        let variables = variables_of(test);
        for step in &test.steps {
            let Some(expect) = &step.expect else { continue };
            let clause = step.clause.as_ref().or(test.clauses.first()).cloned().unwrap_or_default();
            let operation = spec::scenario::template::text(step.call.as_deref().unwrap_or_default(), &variables);
            let operation = operation.unwrap_or_else(|missing| panic!("{}: {missing:?}", test.name));
            judged += 1;
            let case =
                Case { contract: &contract, operation: &operation, expect, clause: &clause, variables: &variables };
            blind.extend(unnoticed(&case).into_iter().map(|what| format!("{}: {what}", test.name)));
        }
        let Some(property) = &test.property else { continue };
        for rule in &property.rules {
            judged += 1;
            if !new(&mut seen, &property.operation, &rule.expect) {
                continue;
            }
            let case = Case {
                contract: &contract,
                operation: &property.operation,
                expect: &rule.expect,
                clause: &rule.clause,
                variables: &variables,
            };
            let name = &rule.rule.name;
            blind.extend(unnoticed(&case).into_iter().map(|what| format!("{} ({name}): {what}", test.name)));
        }
    }
    blind.retain(|what| !OPEN.iter().any(|(known, _)| what.starts_with(known)));
    println!("{judged} expectations judged");
    assert!(judged >= at_least, "{judged} expectations");
    assert!(blind.is_empty(), "{} of {judged} expectations:\n{}", blind.len(), blind.join("\n"));
}

/// Whether this expectation of this operation was not judged before. Expectations with variables always count as new.
fn new(seen: &mut BTreeSet<String>, operation: &str, expect: &Expect) -> bool {
    let text = format!("{operation} {expect:?}");
    text.contains("${") || seen.insert(text)
}

/// The wrong answers that neither the expectation nor a check rejects.
fn unnoticed(case: &Case<'_>) -> Vec<String> {
    let right = Right::of(case);
    let before = case.findings_of(&right.answer, &right);
    if before.iter().any(|what| what.contains("expectation")) {
        return vec![format!("the right answer is rejected: {before:?}")];
    }
    let mut unnoticed = Vec::new();
    let mut try_with = |what: String, answer: &Answer| {
        let findings = case.findings_of(answer, &right);
        if findings.difference(&before).next().is_none() {
            unnoticed.push(what);
        }
    };
    for (what, answer) in wrong_outcomes(case, &right) {
        try_with(what, &answer);
    }
    for (what, answer) in wrong_parts(case, &right) {
        try_with(what, &answer);
    }
    if let Some(earlier) = &right.earlier {
        let mut other = right.answer.clone();
        other.body = Some(json!({ "another": true }));
        try_with("another body than before".to_owned(), &other);
        assert_eq!(earlier.status, right.answer.status);
    }
    unnoticed
}

/// Answers with a status or code that the expectation does not permit.
fn wrong_outcomes(case: &Case<'_>, right: &Right) -> Vec<(String, Answer)> {
    let mut wrong = Vec::new();
    for status in [418, 302, 307, 599] {
        wrong.push((format!("status {status}"), Answer { status, ..right.answer.clone() }));
    }
    let elsewhere = vec![("location".to_owned(), "/elsewhere".to_owned())];
    wrong.push(("a redirection".to_owned(), Answer { status: 307, headers: elsewhere, body: None, text: None }));
    wrong.push(("an HTML page with 500".to_owned(), Answer::html(500)));
    for entry in case.contract.catalog.codes.iter().filter(|entry| entry.surface == Surface::Response) {
        if !permits(case, Some(&entry.code), entry.status.unwrap_or_default()) {
            wrong.push((format!("the code {}", entry.code), case.refusal(&entry.code)));
        }
    }
    let success = case.success();
    if !permits(case, None, success.status) {
        wrong.push(("a success".to_owned(), success));
    }
    if case.expect.in_envelope {
        wrong.push(("an HTML page with the right status".to_owned(), Answer::html(right.answer.status)));
    }
    wrong
}

/// Whether an expectation permits an answer with a code; no code is a success.
fn permits(case: &Case<'_>, code: Option<&String>, of: u16) -> bool {
    let expect: &Expect = case.expect;
    let listed = |entries: &[String]| codes(entries, case.variables).unwrap_or_default();
    let statuses = listed(&expect.status);
    if !statuses.is_empty() && !status::matches(&statuses, of) {
        return false;
    }
    let named = expect.success
        || expect.any_documented
        || expect.any_refusal
        || !expect.error.is_empty()
        || !expect.not_error.is_empty();
    if !statuses.is_empty() && !named {
        return true;
    }
    match code {
        None => expect.success || expect.any_documented || !expect.not_error.is_empty() || !named,
        Some(code) => {
            listed(&expect.error).contains(code)
                || ((expect.any_refusal || expect.any_documented) && of < 500)
                || (!expect.not_error.is_empty() && !listed(&expect.not_error).contains(code))
        }
    }
}

/// The right answer with one wrong part each.
fn wrong_parts(case: &Case<'_>, right: &Right) -> Vec<(String, Answer)> {
    let mut wrong = Vec::new();
    if let (Some(field), Some(pointer)) = (&right.field, &case.contract.catalog.envelope.pointers.field) {
        assert!(!field.is_empty());
        wrong.push(("another field".to_owned(), right.answer.with_member(pointer, Some("another".into()))));
        wrong.push(("no field".to_owned(), right.answer.with_member(pointer, None)));
        wrong.push(("an empty field".to_owned(), right.answer.with_member(pointer, Some("".into()))));
    }
    for (pointer, expected) in &case.expect.body {
        let pointer = spec::scenario::template::text(pointer, case.variables).expect("no unknown variable");
        let expected = spec::scenario::template::value(expected, case.variables).expect("no unknown variable");
        for value in matching::wrong(&expected) {
            let what = value.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string);
            wrong.push((format!("{what} at {pointer}"), right.answer.with_member(&pointer, value)));
        }
    }
    for (name, expected) in &case.expect.headers {
        for value in matching::wrong_headers(expected, case.variables) {
            let what = value.clone().unwrap_or_else(|| "nothing".to_owned());
            wrong.push((format!("{what} as {name}"), right.answer.with_header(name, value)));
        }
    }
    wrong
}

/// The variables of a test when its steps run. Variables that are kept from answers have a made-up value.
fn variables_of(test: &spec::scenario::TestCase) -> Variables {
    let mut variables = test.variables.clone();
    for name in ["unique", "long", "huge", "now", "webhook.url", "webhook.refusing"] {
        variables.insert(name.to_owned(), format!("the-{name}").into());
    }
    for (name, from) in test.steps.iter().flat_map(|step| &step.keep) {
        let number = from.contains("header ") || from == "status";
        variables.insert(name.clone(), if number { "50".into() } else { format!("kept-{name}").into() });
    }
    variables
}

fn pack(root: &Path) -> (Contract, Library) {
    load(root)
        .unwrap_or_else(|problems| panic!("{:?}", problems.0.iter().map(|one| one.one_line()).collect::<Vec<_>>()))
}

#[test]
fn blind_expectation_is_reported() {
    let (contract, _) = pack(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel"));
    let variables = Variables::new();
    let unnoticed_in = |text: &str| {
        let expect: Expect = serde_yaml::from_str(text).expect("an expectation");
        let case = Case {
            contract: &contract,
            operation: "readParcel",
            expect: &expect,
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
        unnoticed_in("{ success: true, headers: { X-A: { where_sent: true, below: few } } }")
            .iter()
            .any(|what| what.contains("X-A"))
    );
    assert!(unnoticed_in("{ success: true, body: { /a: 1 } }").is_empty());
}
