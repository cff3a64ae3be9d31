//! Our validators, held against collections of labelled values that others have published.
//!
//! The collections are not part of the project; where their folder is absent, nothing is tested and a note is printed.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::habits::Habits;
use crate::{documents, formats};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/oracles");

/// The rows of a collection, or none where it is absent.
fn rows(name: &str) -> Option<Vec<Value>> {
    let path = Path::new(FOLDER).join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: there is no collection {name} beside the workspace");
        return None;
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a JSON row")).collect())
}

/// Whether a field's text is accepted.
fn accepts(field: &'static str, row: &Value) -> bool {
    let text = row["value"].as_str().expect("a text");
    formats::check(field, text, row["country"].as_str(), false, &Habits::default()).is_ok()
}

/// The rows over which we are at odds with their label.
fn disagreements(name: &str, judge: impl Fn(&Value) -> bool) -> Vec<String> {
    let labelled = rows(name).unwrap_or_default();
    let wrong = labelled.iter().filter(|row| row["valid"].as_bool().is_some_and(|valid| valid != judge(row)));
    wrong.map(Value::to_string).collect()
}

#[test]
fn dates_agree() {
    assert_eq!(disagreements("date.jsonl", |row| accepts("dateOfBirth", row)), [""; 0]);
}

#[test]
fn mail_addresses_agree() {
    assert_eq!(disagreements("email.jsonl", |row| accepts("email", row)), [""; 0]);
}

#[test]
fn postal_codes_agree() {
    assert_eq!(disagreements("postal.jsonl", |row| accepts("postalCode", row)), [""; 0]);
}

#[test]
fn phone_numbers_agree() {
    for row in rows("e164.jsonl").unwrap_or_default() {
        let accepted = accepts("phoneNumber", &row);
        assert!(!accepted || row["syntax_valid"] != json!(false), "{row}");
        assert!(accepted || row["number_valid"] != json!(true), "{row}");
    }
}

#[test]
fn base64_agrees() {
    let decodes = |row: &Value| documents::decodes(row["value"].as_str().expect("a text"));
    assert_eq!(disagreements("base64.jsonl", decodes), [""; 0]);
}
