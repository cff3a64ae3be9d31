//! Validates the matchers of `expect.body`: refuses matchers that accept everything, and matchers that accept nothing.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::mistake::Mistake;
use super::written_expectation::MATCHERS;
use super::{Variables, template};
use crate::comparison::{self, Comparison, ComparisonFault};
use crate::source::suggestion;

/// The JSON types that `$type` supports.
pub(crate) const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

pub(super) fn faults(body: &BTreeMap<String, Value>, variables: &Variables, faults: &mut Vec<Mistake>) {
    for (pointer, expected) in body {
        let mut report = |message: String, help: &str| faults.push(Mistake::new(&["body", pointer], message, help));
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
            faults.push(Mistake::new(&["body", pointer], message, "remove one of the two"));
        }
    }
}

fn value(expected: &Value, variables: &Variables, report: &mut impl FnMut(String, &str)) {
    match expected {
        Value::Object(members) if members.is_empty() => {
            report("`{}` accepts every object".to_owned(), "add members, or write `$type: object`");
        }
        Value::Object(members) => object(members, variables, report),
        Value::Array(elements) => elements.iter().for_each(|inner| value(inner, variables, report)),
        _ => {}
    }
}

fn object(members: &Map<String, Value>, variables: &Variables, report: &mut impl FnMut(String, &str)) {
    let word = |name: &str| name.strip_prefix('$').filter(|word| !word.starts_with('{')).map(str::to_owned);
    let matchers = members.keys().filter(|name| word(name).is_some()).count();
    if let Some(name) = members.keys().find(|name| word(name).is_some()).filter(|_| matchers < members.len()) {
        let message = format!("the matcher `{name}` cannot be combined with members of the value");
        return report(message, "write the matcher in an object of its own");
    }
    for (name, inner) in members {
        match word(name) {
            Some(word) => operand(&word, inner, variables, report),
            None => value(inner, variables, report),
        }
    }
    if matchers > 1 {
        together(members, variables, report);
    }
}

/// Reports matchers of one value that contradict each other.
fn together(members: &Map<String, Value>, variables: &Variables, report: &mut impl FnMut(String, &str)) {
    if members.get("$present") == Some(&Value::Bool(false)) {
        report("`$present: false` cannot be combined with another matcher".to_owned(), "remove one of the two");
    }
    let bound = |name: &str| template::value(members.get(name)?, variables).ok().as_ref().and_then(Value::as_f64);
    if let (Some(below), Some(least)) = (bound("$below"), bound("$at_least"))
        && below <= least
    {
        report(format!("no number is below {below} and at least {least}"), "");
    }
}

fn operand(word: &str, operand: &Value, variables: &Variables, report: &mut impl FnMut(String, &str)) {
    if !MATCHERS.contains(&word) {
        let known: Vec<String> = MATCHERS.iter().map(|name| (*name).to_owned()).collect();
        report(format!("unknown matcher `{word}`"), &suggestion(word, &known).unwrap_or_default());
        return;
    }
    match word {
        "some" | "none" | "every" | "not" | "optional" => return value(operand, variables, report),
        "equals" | "unchanged" => return,
        _ => {}
    }
    // A variable that is kept from a response has no value yet.
    let Ok(filled) = template::value(operand, variables) else { return };
    if word == "matches" {
        return pattern(&filled, report);
    }
    let (is_valid, expected) = match word {
        "contains" => (filled.as_str().is_some_and(|part| !part.is_empty()), "a string that is not empty".to_owned()),
        "type" => (filled.as_str().is_some_and(|name| TYPES.contains(&name)), format!("one of {}", TYPES.join(", "))),
        "below" | "at_least" => (filled.is_number(), "a number".to_owned()),
        _ => (filled.is_boolean(), "true or false".to_owned()),
    };
    if !is_valid {
        report(format!("`${word}` must be {expected}, found {filled}"), "");
    }
}

fn pattern(filled: &Value, report: &mut impl FnMut(String, &str)) {
    let Some(matches) = filled.as_str() else {
        return report(format!("`$matches` must be a regular expression, found {filled}"), "");
    };
    match comparison::faults(&Comparison { matches: Some(matches), ..Comparison::default() }).into_iter().next() {
        Some(ComparisonFault::Pattern(reason)) => {
            report(format!("`$matches` is not a valid regular expression: {reason}"), "");
        }
        Some(_) => {
            let help = "anchor it with `^` and `$`, or write `$type: string`";
            report("`$matches` accepts every string".to_owned(), help);
        }
        None => {}
    }
}
