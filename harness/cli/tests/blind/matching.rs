//! Values and headers that match a matcher, and values and headers that do not.

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use spec::scenario::Variables;
use spec::scenario::plan::HeaderExpectation;
use spec::scenario::template::Template;

fn matcher(expected: &Value) -> Option<(&str, &Value)> {
    let members = expected.as_object().filter(|members| members.len() == 1)?;
    let (name, operand) = members.iter().next()?;
    name.strip_prefix('$').map(|name| (name, operand))
}

/// A value that matches; none if the member must be absent.
pub fn right(expected: &Value) -> Option<Value> {
    let inner = |operand: &Value| right(operand).unwrap_or_default();
    Some(match (matcher(expected), expected) {
        (Some((name, operand)), _) => match name {
            "some" | "every" => json!([inner(operand)]),
            "none" => json!([]),
            "optional" | "unchanged" => inner(operand),
            "not" => wrong(operand).into_iter().flatten().next()?,
            "present" => return operand.as_bool().unwrap_or(true).then(|| "something".into()),
            "contains" | "text" => operand.as_str().unwrap_or("text").into(),
            "matches" => matching(operand.as_str().unwrap_or_default()),
            "type" => sample(operand.as_str().unwrap_or_default()),
            other => panic!("no right value is known for ${other}"),
        },
        (None, Value::Object(members)) => {
            Value::Object(members.iter().filter_map(|(name, inner)| Some((name.clone(), right(inner)?))).collect())
        }
        (None, Value::Array(elements)) => elements.iter().map(inner).collect(),
        (None, other) => other.clone(),
    })
}

/// Values that do not match, with one fault each; none is an absent member.
pub fn wrong(expected: &Value) -> Vec<Option<Value>> {
    match (matcher(expected), expected) {
        (Some((name, operand)), _) => wrong_by(name, operand),
        (None, Value::Object(members)) => {
            let mut all = vec![None, Some("no object".into())];
            for (name, inner) in members {
                for value in wrong(inner) {
                    let mut other: Map<String, Value> =
                        right(expected).and_then(|value| value.as_object().cloned()).unwrap_or_default();
                    match value {
                        Some(value) => other.insert(name.clone(), value),
                        None => other.shift_remove(name),
                    };
                    all.push(Some(Value::Object(other)));
                }
            }
            all
        }
        (None, Value::Array(_)) => vec![None, Some(json!(["other", "values", "altogether", 17]))],
        (None, other) => vec![None, Some(json!({ "not": other }))],
    }
}

fn wrong_by(name: &str, operand: &Value) -> Vec<Option<Value>> {
    let present = |values: Vec<Option<Value>>| values.into_iter().filter(Option::is_some);
    match name {
        "some" => {
            let others = wrong(operand).into_iter().flatten().map(|value| Some(json!([value])));
            [None, Some(json!([]))].into_iter().chain(others).collect()
        }
        "every" => {
            [None].into_iter().chain(present(wrong(operand)).map(|value| value.map(|value| json!([value])))).collect()
        }
        "none" => vec![None, Some(json!([right(operand)]))],
        "not" => vec![None, right(operand)],
        "optional" => present(wrong(operand)).collect(),
        "unchanged" if operand.is_null() => vec![Some("no longer null".into())],
        "unchanged" => wrong(operand),
        "present" if operand == &Value::Bool(false) => vec![Some("something".into())],
        "present" => vec![None, Some(Value::Null)],
        "contains" | "matches" | "text" => vec![None, Some("".into()), Some(17.into())],
        "type" => {
            let other = if operand == "object" { json!("text") } else { json!({ "an": "object" }) };
            vec![None, Some(other)]
        }
        other => panic!("no wrong value is known for ${other}"),
    }
}

fn matching(pattern: &str) -> Value {
    let texts = string_regex(pattern.trim_start_matches('^').trim_end_matches('$')).expect("no anchor inside");
    texts.new_tree(&mut TestRunner::deterministic()).expect("a text").current().into()
}

fn sample(kind: &str) -> Value {
    match kind {
        "null" => Value::Null,
        "boolean" => true.into(),
        "integer" | "number" => 7.into(),
        "array" => json!([]),
        "object" => json!({ "a": 1 }),
        _ => "text".into(),
    }
}

/// A header value that matches; none if the header must be absent.
pub fn right_header(expected: &HeaderExpectation, variables: &Variables) -> Option<String> {
    let filled = |text: &Option<Template>| text.as_ref().map(|text| text.text(variables).expect("known names"));
    assert!(
        expected.matches.is_none() || expected.equals.is_some(),
        "add `equals` to `matches`, or extend this function"
    );
    if expected.present == Some(false) {
        return None;
    }
    let bound = |text: String| text.parse::<i64>().ok();
    let below = filled(&expected.below).and_then(bound).map(|bound| (bound - 1).to_string());
    let at_least = filled(&expected.at_least).and_then(bound).map(|bound| bound.to_string());
    filled(&expected.equals)
        .or_else(|| filled(&expected.contains))
        .or(below)
        .or(at_least)
        .or_else(|| Some("something".into()))
}

/// Header values that do not match, with one fault each; none is an absent header.
pub fn wrong_headers(expected: &HeaderExpectation, variables: &Variables) -> Vec<Option<String>> {
    let bound = |text: &Option<Template>| {
        let text = text.as_ref().map(|text| text.text(variables).expect("known names"));
        text.and_then(|text| text.parse::<i64>().ok())
    };
    if expected.present == Some(false) {
        return vec![Some("something".into())];
    }
    let mut wrong = Vec::new();
    if !expected.optional {
        wrong.push(None);
    }
    if expected.present.is_none() {
        wrong.push(Some("~ wrong ~".into()));
    }
    wrong.extend(bound(&expected.below).map(|bound| Some(bound.to_string())));
    wrong.extend(bound(&expected.at_least).map(|bound| Some((bound - expected.tolerance - 1).to_string())));
    wrong
}
