//! Validates the matchers of `expect.body`: refuses matchers that accept everything, and matchers that accept nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::Fault;
use super::wanted::MATCHERS;
use super::{Variables, template};
use crate::source::suggestion;

/// The JSON types that `$type` supports.
pub(crate) const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

pub(super) fn faults(body: &BTreeMap<String, Value>, variables: &Variables, faults: &mut Vec<Fault>) {
    for (pointer, expected) in body {
        let mut report = |message: String, help: &str| faults.push(Fault::new(&["body", pointer], message, help));
        let tokens = pointer.split('~').skip(1);
        if !pointer.is_empty() && !pointer.starts_with('/') {
            report(format!("`{pointer}` is not a JSON Pointer: it must begin with `/`"), "");
        } else if tokens.into_iter().any(|rest| !rest.starts_with(['0', '1'])) {
            report(format!("`{pointer}` is not a JSON Pointer: write `~0` for `~`"), "");
        }
        value(expected, variables, &mut report);
    }
    let absent = |expected: &Value| matches!(expected.get("$present"), Some(Value::Bool(false)));
    for (pointer, _) in body.iter().filter(|(_, expected)| absent(expected)) {
        let below = format!("{pointer}/");
        let contradicts = |(other, expected): &(&String, &Value)| {
            other.starts_with(&below) && !absent(expected) && expected.get("$optional").is_none()
        };
        if let Some((other, _)) = body.iter().find(contradicts) {
            let message = format!("`{pointer}` must be absent, but `{other}` below it must be present");
            faults.push(Fault::new(&["body", pointer], message, "remove one of the two"));
        }
    }
}

fn value(expected: &Value, variables: &Variables, report: &mut impl FnMut(String, &str)) {
    match expected {
        Value::Object(members) if members.is_empty() => {
            report("`{}` accepts every object".to_owned(), "add members, or write `$type: object`");
        }
        Value::Object(members) => {
            let matcher = |name: &&String| name.starts_with('$') && !name.starts_with("${");
            if let Some(name) = members.keys().find(matcher).filter(|_| members.len() > 1) {
                report(
                    format!("the matcher `{name}` must be the only key of its object"),
                    "write each matcher in an object of its own",
                );
                return;
            }
            for (name, inner) in members {
                match name.strip_prefix('$').filter(|word| !word.starts_with('{')) {
                    Some(word) => operand(word, inner, variables, report),
                    None => value(inner, variables, report),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|inner| value(inner, variables, report)),
        _ => {}
    }
}

fn operand(word: &str, operand: &Value, variables: &Variables, report: &mut impl FnMut(String, &str)) {
    if !MATCHERS.contains(&word) {
        let known: Vec<String> = MATCHERS.iter().map(|name| (*name).to_owned()).collect();
        report(format!("unknown matcher `{word}`"), &suggestion(word, &known).unwrap_or_default());
        return;
    }
    if ["some", "none", "every", "not", "optional"].contains(&word) {
        return value(operand, variables, report);
    }
    // A variable that is kept from an answer has no value yet.
    let Ok(filled) = template::value(operand, variables) else { return };
    let is_valid = match word {
        "contains" => filled.as_str().is_some_and(|part| !part.is_empty()),
        "type" => filled.as_str().is_some_and(|name| TYPES.contains(&name)),
        _ => filled.is_boolean(),
    };
    if !is_valid {
        let expected = match word {
            "contains" => "a string that is not empty".to_owned(),
            "type" => format!("one of {}", TYPES.join(", ")),
            _ => "true or false".to_owned(),
        };
        report(format!("`${word}` must be {expected}, found {filled}"), "");
    }
}
