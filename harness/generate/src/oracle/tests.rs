//! Compares the oracle with collections of labelled values from other projects (`harness/oracles`).

use std::path::Path;

use serde_json::{Value, json};

use super::agrees;
use crate::rule::{Assertion, Content, Input, ValueFormat};

const MALFORMED: Assertion = Assertion::Refused("malformed");

/// The result of comparing a collection with the oracle.
#[derive(Debug, Default)]
struct Comparison {
    asserted_valid: usize,
    asserted_invalid: usize,
    unasserted: usize,
    /// Rows whose label is the opposite of the oracle's judgement.
    contradicted: Vec<String>,
    /// Rows that are labelled as disputed, but that the oracle would assert.
    disputed_but_asserted: Vec<String>,
}

#[test]
fn oracle_agrees_with_labelled_dates() {
    compare("date", ValueFormat::CalendarDate, MALFORMED, 100);
}

#[test]
fn oracle_agrees_with_labelled_phone_numbers() {
    compare("e164", ValueFormat::PhoneNumber, MALFORMED, 130);
}

#[test]
fn oracle_agrees_with_labelled_mail_addresses() {
    compare("email", ValueFormat::MailAddress, MALFORMED, 50);
}

#[test]
fn oracle_agrees_with_labelled_postal_codes() {
    compare("postal", ValueFormat::PostalCode, MALFORMED, 80);
}

#[test]
fn oracle_agrees_with_labelled_base64() {
    compare("base64", ValueFormat::Document, Assertion::Refused("not-base64"), 20);
}

fn compare(collection: &str, format: ValueFormat, refusal: Assertion, fewest: usize) {
    let rows = rows(collection);
    let mut comparison = Comparison::default();
    for row in &rows {
        classify(row, format, refusal, &mut comparison);
    }
    println!(
        "{collection}: {} asserted valid, {} asserted invalid, {} not asserted; disputed but asserted: {:#?}",
        comparison.asserted_valid, comparison.asserted_invalid, comparison.unasserted, comparison.disputed_but_asserted
    );
    assert!(comparison.contradicted.is_empty(), "{:#?}", comparison.contradicted);
    assert!(comparison.disputed_but_asserted.is_empty(), "{:#?}", comparison.disputed_but_asserted);
    assert!(
        comparison.asserted_valid + comparison.asserted_invalid >= fewest,
        "the oracle asserts too few values of {collection}"
    );
}

fn classify(row: &Value, format: ValueFormat, refusal: Assertion, comparison: &mut Comparison) {
    let input = Input { content: Content::Json(row["value"].clone()), companion: row.get("country").cloned() };
    let (valid, invalid) = (agrees(format, Assertion::Accepted, &input), agrees(format, refusal, &input));
    let label = label(row);
    let shown = format!("{} {}: {label}", row["value"], row["country"]);
    match (valid, invalid) {
        (true, true) => comparison.contradicted.push(format!("{shown}, and both are asserted")),
        (true, false) => comparison.asserted_valid += 1,
        (false, true) => comparison.asserted_invalid += 1,
        (false, false) => comparison.unasserted += 1,
    }
    match label {
        Value::Bool(label) if valid != invalid && label != valid => comparison.contradicted.push(shown),
        Value::String(_) if valid || invalid => comparison.disputed_but_asserted.push(shown),
        _ => {}
    }
}

/// The label of a row. Telephone numbers have two labels: without the form of E.164 they are invalid.
fn label(row: &Value) -> Value {
    match row.get("syntax_valid") {
        Some(Value::Bool(false)) => Value::Bool(false),
        _ => row["valid"].clone(),
    }
}

/// The rows of a collection; fails if the file is missing, because nothing would be compared.
fn rows(collection: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../oracles").join(format!("{collection}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

#[test]
fn contradictions_are_detected() {
    let mut comparison = Comparison::default();
    classify(&json!({ "value": "2023-02-29", "valid": true }), ValueFormat::CalendarDate, MALFORMED, &mut comparison);
    classify(
        &json!({ "value": "2023-02-28", "valid": "disputed" }),
        ValueFormat::CalendarDate,
        MALFORMED,
        &mut comparison,
    );
    assert_eq!((comparison.contradicted.len(), comparison.disputed_but_asserted.len()), (1, 1));
}
