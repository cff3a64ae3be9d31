//! Values and headers that fit a matcher, and those that do not.

use harness::scenario::{HeaderMatch, Variables, template};
use serde_json::{Map, Value, json};

fn matcher(expected: &Value) -> Option<(&str, &Value)> {
    let members = expected.as_object().filter(|members| members.len() == 1)?;
    let (name, operand) = members.iter().next()?;
    name.strip_prefix('$').map(|name| (name, operand))
}

/// A value that fits; none where nothing must be there.
pub fn right(expected: &Value) -> Option<Value> {
    let inner = |operand: &Value| right(operand).unwrap_or_default();
    Some(match (matcher(expected), expected) {
        (Some((name, operand)), _) => match name {
            "some" | "every" => json!([inner(operand)]),
            "none" => json!([]),
            "optional" => inner(operand),
            "not" => wrong(operand).into_iter().flatten().next()?,
            "present" => return operand.as_bool().unwrap_or(true).then(|| "something".into()),
            "contains" | "text" => operand.as_str().unwrap_or("text").into(),
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

/// Values that do not fit, one fault each; none stands for nothing there.
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
        "present" if operand == &Value::Bool(false) => vec![Some("something".into())],
        "present" => vec![None, Some(Value::Null)],
        "contains" | "text" => vec![None, Some("".into()), Some(17.into())],
        "type" => {
            let other = if operand == "object" { json!("text") } else { json!({ "an": "object" }) };
            vec![None, Some(other)]
        }
        other => panic!("no wrong value is known for ${other}"),
    }
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

/// A header that fits; none where it must not be sent.
pub fn right_header(wanted: &HeaderMatch, variables: &Variables) -> Option<String> {
    let filled =
        |text: &Option<String>| text.as_ref().map(|text| template::text(text, variables).expect("known names"));
    assert!(wanted.matches.is_none() || wanted.equals.is_some(), "say `equals` beside `matches`, or teach this test");
    if wanted.present == Some(false) {
        return None;
    }
    let bound = |text: String| text.parse::<i64>().ok();
    let below = filled(&wanted.below).and_then(bound).map(|bound| (bound - 1).to_string());
    let at_least = filled(&wanted.at_least).and_then(bound).map(|bound| bound.to_string());
    filled(&wanted.equals)
        .or_else(|| filled(&wanted.contains))
        .or(below)
        .or(at_least)
        .or_else(|| Some("something".into()))
}

/// Headers that do not fit, one fault each.
pub fn wrong_headers(wanted: &HeaderMatch, variables: &Variables) -> Vec<Option<String>> {
    let bound = |text: &Option<String>| {
        let text = text.as_ref().map(|text| template::text(text, variables).expect("known names"));
        text.and_then(|text| text.parse::<i64>().ok())
    };
    if wanted.present == Some(false) {
        return vec![Some("something".into())];
    }
    let mut wrong = Vec::new();
    if !wanted.where_sent {
        wrong.push(None);
    }
    if wanted.present.is_none() {
        wrong.push(Some("~ wrong ~".into()));
    }
    wrong.extend(bound(&wanted.below).map(|bound| Some(bound.to_string())));
    wrong.extend(bound(&wanted.at_least).map(|bound| Some((bound - wanted.play - 1).to_string())));
    wrong
}
