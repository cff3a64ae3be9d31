//! Compares our validators with published samples of labelled values (`harness/oracles`).

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::documents;
use crate::formats::{FormatRules as _, Given};
use crate::rules::Conforming;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../oracles");

/// The rows of a sample. A missing or short file fails the test.
fn rows(name: &str) -> Vec<Value> {
    let path = Path::new(FOLDER).join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a JSON row")).collect();
    assert!(rows.len() > 100, "{name} has {} rows", rows.len());
    rows
}

/// Whether the validator of a field accepts the value of a row.
fn accepts(field: &'static str, row: &Value) -> bool {
    let text = row["value"].as_str().expect("a text");
    Conforming.check_format(Given { name: field, text, country: row["country"].as_str(), updating: false }).is_ok()
}

/// The rows whose label differs from our result.
fn disagreements(name: &str, accepts: impl Fn(&Value) -> bool) -> Vec<String> {
    let labelled = rows(name);
    let wrong = labelled.iter().filter(|row| row["valid"].as_bool().is_some_and(|valid| valid != accepts(row)));
    wrong.map(Value::to_string).collect()
}

#[test]
fn dates_match_their_labels() {
    assert_eq!(disagreements("date.jsonl", |row| accepts("dateOfBirth", row)), [""; 0]);
}

#[test]
fn mail_addresses_match_their_labels() {
    assert_eq!(disagreements("email.jsonl", |row| accepts("email", row)), [""; 0]);
}

#[test]
fn postal_codes_match_their_labels() {
    assert_eq!(disagreements("postal.jsonl", |row| accepts("postalCode", row)), [""; 0]);
}

#[test]
fn phone_numbers_match_their_labels() {
    for row in rows("e164.jsonl") {
        let accepted = accepts("phoneNumber", &row);
        assert!(!accepted || row["syntax_valid"] != json!(false), "{row}");
        assert!(accepted || row["number_valid"] != json!(true), "{row}");
    }
}

#[test]
fn base64_matches_its_labels() {
    let decodes = |row: &Value| documents::decode(row["value"].as_str().expect("a text")).is_ok();
    assert_eq!(disagreements("base64.jsonl", decodes), [""; 0]);
}
