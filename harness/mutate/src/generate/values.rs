//! Values that an expectation rejects: of a member that it names, another value, or none.

use serde_json::{Map, Value, json};

use super::{other_value, set_member};
use crate::mutation::Change;
use judge::matcher::mismatch_at_pointer;

/// Another value for a member, and the response without it, as far as an expectation rejects them. `expected` is `None` if it
/// depends on earlier responses. `others` are values that the target has shown, which keep its schema.
pub(super) fn rejected(
    at: &str,
    found: Option<&Value>,
    expected: Option<&Value>,
    others: &[Value],
) -> Vec<(&'static str, Change)> {
    let is_rejected =
        |value: Option<&Value>| expected.is_none_or(|expected| mismatch_at_pointer(expected, value).is_some());
    let mut all = Vec::new();
    let what = if found.is_some() { "other" } else { "added" };
    all.extend(another(at, found, expected, others, is_rejected).map(|change| (what, change)));
    if found.is_some() && is_rejected(None) {
        all.push(("removed", Change::RemoveMember { at: at.to_owned() }));
    }
    all
}

fn another(
    at: &str,
    found: Option<&Value>,
    expected: Option<&Value>,
    others: &[Value],
    is_rejected: impl Fn(Option<&Value>) -> bool,
) -> Option<Change> {
    let shown = others.iter().filter(|value| is_rejected(Some(value)));
    if let Some(other) = shown.into_iter().find(|value| Some(*value) != found) {
        return Some(set_member(at, other.clone()));
    }
    let similar = found.and_then(|value| Some((other_value(at, value)?, similar(value))));
    if let Some((change, _)) = similar.filter(|(_, value)| is_rejected(Some(value))) {
        return Some(change);
    }
    let like = expected.map(example).into_iter().chain([json!("Other"), json!(42), json!([]), Value::Null]);
    let is_list = found.is_some_and(Value::is_array);
    let like = like.map(|value| if is_list { json!([value]) } else { value });
    like.filter(|value| is_rejected(Some(value))).find(|value| Some(value) != found).map(|to| set_member(at, to))
}

/// The value that `other_value` makes.
fn similar(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(value) => json!(!value),
        Value::Number(number) => json!(number.as_i64().unwrap_or_default() + 1),
        Value::String(text) => json!(format!("{text}Other")),
        Value::Array(_) => json!([]),
        Value::Object(_) => json!({}),
    }
}

/// A value that a matcher may reject: the operand of `$not`, an element that `$none` describes.
fn example(expected: &Value) -> Value {
    match matcher(expected) {
        Some(("$optional", operand)) => example(operand),
        Some(("$not", operand)) => operand.clone(),
        Some((_, operand)) => described(operand),
        None => expected.clone(),
    }
}

/// A value that a matcher inside of another one accepts.
fn described(expected: &Value) -> Value {
    match (matcher(expected), expected) {
        (Some(("$not", operand)), _) => similar(operand),
        (Some((_, operand)), _) => operand.clone(),
        (None, Value::Object(members)) => {
            members.iter().map(|(name, inner)| (name.clone(), described(inner))).collect::<Map<_, _>>().into()
        }
        (None, value) => value.clone(),
    }
}

fn matcher(expected: &Value) -> Option<(&str, &Value)> {
    let (name, operand) = expected.as_object()?.iter().next()?;
    name.starts_with('$').then_some((name, operand))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(found: Option<Value>, expected: Option<Value>, others: &[Value]) -> Vec<(&'static str, Change)> {
        rejected("/a", found.as_ref(), expected.as_ref(), others)
    }

    #[test]
    fn an_expectation_rejects_each_change() {
        let set = |to: Value| set_member("/a", to);
        let longer = |text: &str| Change::AppendText { at: "/a".to_owned(), text: text.to_owned() };
        let element = json!([{ "state": "LOST", "attempts": 4 }]);
        for (found, expected, other) in [
            (json!("NEW"), json!("NEW"), longer("Other")),
            (json!("NEW"), json!({ "$not": "OLD" }), set(json!("OLD"))),
            (json!("NEW"), json!({ "$contains": "N" }), set(json!("Other"))),
            (json!("NEW"), json!({ "$optional": { "$not": "OLD" } }), set(json!("OLD"))),
            (json!([]), json!({ "$none": { "state": "LOST", "attempts": { "$not": 3 } } }), set(element)),
            (json!([1]), json!({ "$some": 1 }), set(json!([]))),
        ] {
            let all = changes(Some(found.clone()), Some(expected.clone()), &[]);
            assert_eq!(all.first(), Some(&("other", other)), "{found} {expected}");
        }
        assert!(
            !changes(Some(json!("a")), Some(json!({ "$optional": "a" })), &[])
                .iter()
                .any(|(what, _)| *what == "removed")
        );
        assert_eq!(changes(None, Some(json!({ "$optional": { "$not": "OLD" } })), &[]), [("added", set(json!("OLD")))]);
    }

    #[test]
    fn a_value_that_the_target_has_shown_comes_first() {
        let shown = [json!("NEW"), json!("OLD"), json!("LOST")];
        let other = |expected| changes(Some(json!("NEW")), expected, &shown)[0].1.clone();
        assert_eq!(other(Some(json!("NEW"))), set_member("/a", json!("OLD")));
        assert_eq!(other(Some(json!({ "$not": "LOST" }))), set_member("/a", json!("LOST")));
        assert_eq!(other(None), set_member("/a", json!("OLD")));
    }
}
