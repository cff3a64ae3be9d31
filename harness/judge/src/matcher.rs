//! Compares a body with the value that a scenario expects.
//!
//! Objects match as subsets, because an API may always add members. A matcher is an object whose keys begin with `$`; the
//! value must satisfy each of them.

use regex::Regex;
use serde_json::{Map, Value};

/// The difference as (expected, actual), or `None` if the value matches.
pub(crate) fn mismatch(expected: &Value, actual: Option<&Value>) -> Option<(String, String)> {
    if let Some(mut matchers) = matchers(expected) {
        return matchers.find_map(|(name, operand)| match_by(name, operand, actual));
    }
    let Some(actual) = actual else {
        return Some((shown(expected), "nothing there".to_owned()));
    };
    match (expected, actual) {
        (Value::Object(wanted), Value::Object(found)) => subset(wanted, found),
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            wanted.iter().zip(found).find_map(|(wanted, found)| mismatch(wanted, Some(found)))
        }
        (Value::Number(wanted), Value::Number(found)) if wanted.as_f64() == found.as_f64() => None,
        _ if expected == actual => None,
        _ => Some((shown(expected), shown(actual))),
    }
}

/// The same for the target of a pointer in `expect.body`. It must be present unless the matcher allows its absence.
/// Otherwise `$not` would match every body without the member.
pub fn mismatch_at_pointer(expected: &Value, actual: Option<&Value>) -> Option<(String, String)> {
    let mut matchers = matchers(expected).into_iter().flatten();
    match (matchers.find(|(name, _)| *name == "not"), actual) {
        (Some((_, operand)), None) => Some((format!("a value that is not {operand}"), "nothing there".to_owned())),
        _ => mismatch(expected, actual),
    }
}

fn subset(wanted: &Map<String, Value>, found: &Map<String, Value>) -> Option<(String, String)> {
    wanted.iter().find_map(|(name, wanted)| {
        mismatch(wanted, found.get(name))
            .map(|(expected, actual)| (format!("{name}: {expected}"), format!("{name}: {actual}")))
    })
}

fn matchers(expected: &Value) -> Option<impl Iterator<Item = (&str, &Value)>> {
    let is_matcher = |name: &String| name.starts_with('$');
    let members = expected.as_object().filter(|members| !members.is_empty() && members.keys().all(is_matcher))?;
    Some(members.iter().filter_map(|(name, operand)| Some((name.strip_prefix('$')?, operand))))
}

fn match_by(name: &str, operand: &Value, actual: Option<&Value>) -> Option<(String, String)> {
    if name == "optional" {
        return actual.and_then(|actual| mismatch(operand, Some(actual)));
    }
    // What a response did not show may stay absent or null.
    if name == "unchanged" && operand.is_null() && actual.is_none_or(Value::is_null) {
        return None;
    }
    let elements = actual.and_then(Value::as_array);
    let matches = |element: &&Value| mismatch(operand, Some(element)).is_none();
    let good = match name {
        "some" => elements.is_some_and(|elements| elements.iter().any(|element| matches(&element))),
        "none" => elements.is_some_and(|elements| !elements.iter().any(|element| matches(&element))),
        "every" => elements.is_some_and(|elements| elements.iter().all(|element| matches(&element))),
        "contains" => match (actual.and_then(Value::as_str), operand.as_str()) {
            (Some(text), Some(part)) => text.contains(part),
            _ => false,
        },
        "equals" | "unchanged" => actual.is_some_and(|actual| is_equal(operand, actual)),
        "matches" => match (actual.and_then(Value::as_str), operand.as_str().map(Regex::new)) {
            // A pattern with a variable can become invalid when the variable is filled in. Then nothing matches.
            (Some(text), Some(Ok(pattern))) => pattern.is_match(text),
            _ => false,
        },
        "below" => compared(actual, operand).is_some_and(|(actual, bound)| actual < bound),
        "at_least" => compared(actual, operand).is_some_and(|(actual, bound)| actual >= bound),
        "not" => mismatch(operand, actual).is_some(),
        "present" => actual.is_some_and(|value| !value.is_null()) == operand.as_bool().unwrap_or(true),
        "text" => actual.is_some_and(|value| value.as_str().is_some_and(|text| !text.is_empty()) == (operand == true)),
        "type" => actual.is_some_and(|value| match operand.as_str() {
            Some("integer") => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            name => name == Some(type_name(value)),
        }),
        _ => false,
    };
    if good {
        return None;
    }
    let expected = match name {
        "some" => format!("an array with an element like {operand}"),
        "none" => format!("an array without any element like {operand}"),
        "every" => format!("an array of elements like {operand}"),
        "equals" => format!("exactly {operand}"),
        "unchanged" => format!("{operand}, as before"),
        "contains" => format!("a string that contains {operand}"),
        "matches" => format!("a string that matches {operand}"),
        "below" => format!("a number below {operand}"),
        "at_least" => format!("a number of at least {operand}"),
        "not" => format!("anything but {operand}"),
        "present" if operand == &Value::Bool(false) => "nothing there".to_owned(),
        "present" => "a value there".to_owned(),
        "text" => "a string that is not empty".to_owned(),
        _ => format!("a value of type {operand}"),
    };
    Some((expected, actual.map_or_else(|| "nothing there".to_owned(), shown)))
}

/// A number and its bound. A bound that was kept from a header is a text.
fn compared(actual: Option<&Value>, bound: &Value) -> Option<(f64, f64)> {
    let bound = bound.as_f64().or_else(|| bound.as_str()?.parse::<i64>().ok().map(|bound| bound as f64))?;
    Some((actual?.as_f64()?, bound))
}

/// Whether two values have the same members and elements; 1 and 1.0 are the same number.
fn is_equal(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.len() == found.len()
                && wanted.iter().all(|(name, inner)| found.get(name).is_some_and(|found| is_equal(inner, found)))
        }
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| is_equal(wanted, found))
        }
        (Value::Number(wanted), Value::Number(found)) => wanted.as_f64() == found.as_f64(),
        _ => wanted == found,
    }
}

/// The JSON type of a value.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn shown(value: &Value) -> String {
    spec::contract::shown(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good(expected: Value, actual: Value) -> bool {
        mismatch(&expected, Some(&actual)).is_none()
    }

    #[test]
    fn objects_match_as_subsets() {
        assert!(good(json!({ "a": 1 }), json!({ "a": 1.0, "b": 2 })));
        assert!(!good(json!({ "a": 1 }), json!({ "b": 2 })));
        assert!(!good(json!([1]), json!([1, 2])));
    }

    #[test]
    fn each_matcher_accepts_and_rejects() {
        let log = json!([{ "status": "FAILED", "x": 1 }, { "status": "PENDING" }]);
        assert!(good(json!({ "$some": { "status": "FAILED" } }), log.clone()));
        assert!(!good(json!({ "$every": { "status": "FAILED" } }), log.clone()));
        assert!(!good(json!({ "$none": { "status": "PENDING" } }), log));
        assert!(good(json!({ "$contains": "b" }), json!("abc")));
        assert!(good(json!({ "$matches": "^[a-z]+$" }), json!("abc")));
        assert!(!good(json!({ "$matches": "^[a-z]+$" }), json!("ab1")) && !good(json!({ "$matches": "1" }), json!(1)));
        assert!(good(json!({ "$equals": { "a": 1 } }), json!({ "a": 1.0 })));
        assert!(!good(json!({ "$equals": { "a": 1 } }), json!({ "a": 1, "b": 2 })));
        assert!(good(json!({ "$at_least": 3, "$below": "5" }), json!(3)));
        assert!(
            !good(json!({ "$at_least": 3, "$below": 5 }), json!(5)) && !good(json!({ "$at_least": 3 }), json!("4"))
        );
        assert!(good(json!({ "$type": "array" }), json!([])));
        assert!(good(json!({ "a": { "$optional": { "$type": "string" } } }), json!({})));
        assert!(!good(json!({ "a": { "$optional": { "$type": "string" } } }), json!({ "a": 1 })));
        assert!(good(json!({ "$none": { "x": { "$not": 1 } } }), json!([{ "x": 1 }])));
        assert!(!good(json!({ "$none": { "x": { "$not": 1 } } }), json!([{ "x": 1 }, { "x": 2 }])));
        assert!(mismatch(&json!({ "$present": false }), None).is_none());
        assert!(good(json!({ "$text": true }), json!("a")));
        assert!(!good(json!({ "$text": true }), json!("")) && !good(json!({ "$text": true }), json!(1)));
        assert!(good(json!({ "$type": "integer" }), json!(3.0)) && !good(json!({ "$type": "integer" }), json!(3.5)));
        assert!(mismatch_at_pointer(&json!({ "$not": 1 }), None).is_some());
        assert!(mismatch_at_pointer(&json!({ "$optional": { "$not": 1 } }), None).is_none());
        assert!(mismatch(&json!({ "$present": true }), Some(&Value::Null)).is_some());
    }
}
