//! The oracles beside samples of values whose labels are other people's (`harness/oracles`).

use std::path::Path;

use serde_json::{Value, json};

use super::agrees;
use crate::fuzz::rule::{Assertion, Content, Format, Input};

const MALFORMED: Assertion = Assertion::Refused("malformed");

/// How the rows of a collection compare with the oracle.
#[derive(Debug, Default)]
struct Comparison {
    asserted_valid: usize,
    asserted_invalid: usize,
    unasserted: usize,
    /// Rows whose label is the opposite of what would be asserted.
    contradicted: Vec<String>,
    /// Rows that their collectors call disputed, and that would be asserted.
    presumed: Vec<String>,
}

#[test]
fn dates_are_judged_as_others_label_them() {
    compare("date", Format::CalendarDate, MALFORMED, 100);
}

#[test]
fn phone_numbers_are_judged_as_others_label_them() {
    compare("e164", Format::PhoneNumber, MALFORMED, 130);
}

#[test]
fn mail_addresses_are_judged_as_others_label_them() {
    compare("email", Format::MailAddress, MALFORMED, 50);
}

#[test]
fn postal_codes_are_judged_as_others_label_them() {
    compare("postal", Format::PostalCode, MALFORMED, 80);
}

#[test]
fn base64_is_judged_as_others_label_it() {
    compare("base64", Format::Document, Assertion::Refused("not-base64"), 20);
}

fn compare(collection: &str, format: Format, refusal: Assertion, fewest: usize) {
    let rows = rows(collection);
    let mut comparison = Comparison::default();
    for row in &rows {
        classify(row, format, refusal, &mut comparison);
    }
    println!(
        "{collection}: {} asserted valid, {} asserted invalid, {} not asserted; disputed and yet asserted: {:#?}",
        comparison.asserted_valid, comparison.asserted_invalid, comparison.unasserted, comparison.presumed
    );
    assert!(comparison.contradicted.is_empty(), "{:#?}", comparison.contradicted);
    assert!(comparison.presumed.is_empty(), "{:#?}", comparison.presumed);
    assert!(
        comparison.asserted_valid + comparison.asserted_invalid >= fewest,
        "too little is asserted of {collection}"
    );
}

fn classify(row: &Value, format: Format, refusal: Assertion, comparison: &mut Comparison) {
    let input = Input { content: Content::Json(row["value"].clone()), companion: row.get("country").cloned() };
    let (valid, invalid) = (agrees(format, Assertion::Accepted, &input), agrees(format, refusal, &input));
    let label = label(row);
    let told = format!("{} {}: {label}", row["value"], row["country"]);
    match (valid, invalid) {
        (true, true) => comparison.contradicted.push(format!("{told}, and both are asserted")),
        (true, false) => comparison.asserted_valid += 1,
        (false, true) => comparison.asserted_invalid += 1,
        (false, false) => comparison.unasserted += 1,
    }
    match label {
        Value::Bool(label) if valid != invalid && label != valid => comparison.contradicted.push(told),
        Value::String(_) if valid || invalid => comparison.presumed.push(told),
        _ => {}
    }
}

/// Telephone numbers have two labels: what lacks the form of E.164 is invalid, whichever country dials it so.
fn label(row: &Value) -> Value {
    match row.get("syntax_valid") {
        Some(Value::Bool(false)) => Value::Bool(false),
        _ => row["valid"].clone(),
    }
}

/// The rows of a sample; without them, nothing would be compared.
fn rows(collection: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../oracles").join(format!("{collection}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect()
}

#[test]
fn a_contradiction_is_noticed() {
    let mut comparison = Comparison::default();
    classify(&json!({ "value": "2023-02-29", "valid": true }), Format::CalendarDate, MALFORMED, &mut comparison);
    classify(&json!({ "value": "2023-02-28", "valid": "disputed" }), Format::CalendarDate, MALFORMED, &mut comparison);
    assert_eq!((comparison.contradicted.len(), comparison.presumed.len()), (1, 1));
}
