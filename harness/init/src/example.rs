//! Makes an ordinary value from a schema: the request body of an operation without an example.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Map, Value, json};

use super::description::Node;
use super::schema::FlatSchema;

const DEEPEST: usize = 6;
/// The number of characters that `${unique}` needs.
const ROOM: u64 = 60;

/// A value that matches the schema. Some keywords are ignored, so the server may still refuse it.
pub(super) fn of(schema: Node<'_>, name: &str) -> Value {
    value_of(schema, name, 0)
}

fn value_of(schema: Node<'_>, name: &str, depth: usize) -> Value {
    let flat = FlatSchema::of(schema);
    if let Some(mut value) = documented_value(&flat) {
        without_variables(&mut value);
        return value;
    }
    let choice = ["oneOf", "anyOf"].iter().find_map(|word| flat.parts.iter().find_map(|part| part.get(word)));
    if let Some(first) = choice.map(Node::items).unwrap_or_default().into_iter().find(|choice| !is_null(*choice))
        && flat.members.is_empty()
        && depth < DEEPEST
    {
        return value_of(first, name, depth + 1);
    }
    let kind = flat.types.iter().find(|kind| *kind != "null").map_or("", String::as_str);
    match kind {
        "object" => object(&flat, depth),
        "" if flat.is_object() => object(&flat, depth),
        "array" => array(&flat, name, depth),
        "integer" => json!(bounded(&flat, 1.0).ceil() as i64),
        "number" => json!(bounded(&flat, 1.5)),
        "boolean" => json!(false),
        "null" => Value::Null,
        _ => Value::String(text(&flat, name)),
    }
}

/// Replaces `${` in texts, and says whether there was any. What a description contains is text of the API: `${x}` in it
/// is not a variable of a scenario. `${unique}` may stay, which a person may have written for this pack.
pub(super) fn without_variables(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let found = text.replace("${unique}", "").contains("${");
            if found {
                *text = text.replace("${", "$ {").replace("$ {unique}", "${unique}");
            }
            found
        }
        Value::Array(items) => items.iter_mut().map(without_variables).filter(|found| *found).count() > 0,
        Value::Object(members) => members.values_mut().map(without_variables).filter(|found| *found).count() > 0,
        _ => false,
    }
}

fn documented_value(flat: &FlatSchema<'_>) -> Option<Value> {
    let first = |word: &str| flat.keyword(word).and_then(Value::as_array).and_then(|values| values.first()).cloned();
    let one = |word: &str| flat.keyword(word).cloned();
    one("example").or_else(|| first("examples")).or_else(|| one("const")).or_else(|| first("enum")).or_else(|| {
        // The server uses the default for an absent member, so it is a valid value.
        one("default").filter(|value| !value.is_null())
    })
}

fn is_null(schema: Node<'_>) -> bool {
    schema.value.get("type").and_then(Value::as_str) == Some("null")
}

/// An object with the required members only. An ordinary request does not need the others.
fn object(flat: &FlatSchema<'_>, depth: usize) -> Value {
    let members = flat.sent().filter(|(name, _)| flat.required.contains(name) && depth < DEEPEST);
    Value::Object(
        members.map(|(name, member)| (name.clone(), value_of(*member, name, depth + 1))).collect::<Map<_, _>>(),
    )
}

fn array(flat: &FlatSchema<'_>, name: &str, depth: usize) -> Value {
    let least = flat.keyword("minItems").and_then(Value::as_u64).unwrap_or(0).min(5);
    let items = flat.parts.iter().find_map(|part| part.get("items"));
    let one = || items.filter(|_| depth < DEEPEST).map_or(Value::Null, |items| value_of(items, name, depth + 1));
    Value::Array((0..least).map(|_| one()).collect())
}

fn bounded(flat: &FlatSchema<'_>, usual: f64) -> f64 {
    let bound = |word: &str| flat.keyword(word).and_then(Value::as_f64);
    let step = bound("multipleOf").filter(|step| *step > 0.0);
    let exclusive = |word: &str| match flat.keyword(word) {
        Some(Value::Bool(true)) => bound(if word == "exclusiveMinimum" { "minimum" } else { "maximum" }),
        Some(other) => other.as_f64(),
        None => None,
    };
    let least = exclusive("exclusiveMinimum").map(|bound| bound + 1.0).or(bound("minimum"));
    let most = exclusive("exclusiveMaximum").map(|bound| bound - 1.0).or(bound("maximum"));
    let value = least.map_or(usual, |least| usual.max(least));
    let value = most.map_or(value, |most| value.min(most));
    step.map_or(value, |step| (value / step).ceil() * step)
}

fn text(flat: &FlatSchema<'_>, name: &str) -> String {
    let format = flat.keyword("format").and_then(Value::as_str).unwrap_or_default();
    let length = |word: &str| flat.keyword(word).and_then(Value::as_u64);
    if let Some(pattern) = flat.keyword("pattern").and_then(Value::as_str)
        && let Some(matching) = matching(pattern)
    {
        return matching;
    }
    let usual = match format {
        "date-time" => "2026-01-15T12:00:00Z",
        "date" => "2026-01-15",
        "time" => "12:00:00Z",
        "duration" => "PT1H",
        "uuid" => "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "email" | "idn-email" => "user-${unique}@example.com",
        "uri" | "url" | "iri" => "https://example.com/${unique}",
        "uri-reference" => "/example",
        "hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "byte" => "ZXhhbXBsZQ==",
        "password" => "Example-Passw0rd",
        _ => return free(name, length("minLength").unwrap_or(0), length("maxLength").unwrap_or(ROOM)),
    };
    usual.to_owned()
}

/// A text without a format. It is unique if there is room for that, because names often have to be unique.
fn free(name: &str, least: u64, most: u64) -> String {
    let word: String = name.chars().filter(|letter| letter.is_ascii_alphanumeric()).take(20).collect();
    let word = if word.is_empty() { "example".to_owned() } else { word };
    let mut text = if most >= ROOM && least < 20 { format!("{word} ${{unique}}") } else { word };
    while (text.len() as u64) < least {
        text.push('x');
    }
    if most < ROOM { text.chars().take(usize::try_from(most).unwrap_or(usize::MAX)).collect() } else { text }
}

/// A simple text that matches a regular expression.
pub(super) fn matching(pattern: &str) -> Option<String> {
    let parsed = regex_syntax::Parser::new().parse(pattern).ok()?;
    let mut out = String::new();
    append_match(&parsed, &mut out);
    regex::Regex::new(pattern).ok()?.is_match(&out).then_some(out)
}

fn append_match(hir: &Hir, out: &mut String) {
    match hir.kind() {
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => out.extend(letter_of(class)),
        HirKind::Repetition(repetition) => {
            // At least one repetition if that is allowed, because an empty text is unusual.
            let least = repetition.min.max(u32::from(repetition.max != Some(0))).min(200);
            (0..least).for_each(|_| append_match(&repetition.sub, out));
        }
        HirKind::Capture(capture) => append_match(&capture.sub, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| append_match(part, out)),
        HirKind::Alternation(choices) => choices.iter().take(1).for_each(|choice| append_match(choice, out)),
        HirKind::Empty | HirKind::Look(_) => {}
    }
}

fn letter_of(class: &Class) -> Option<char> {
    let usual = ['a', 'A', '1', '0', '-', '_'];
    match class {
        Class::Unicode(ranges) => {
            let contains = |letter: &char| ranges.iter().any(|range| (range.start()..=range.end()).contains(letter));
            usual.into_iter().find(contains).or_else(|| ranges.iter().next().map(|range| range.start()))
        }
        Class::Bytes(ranges) => ranges.iter().next().map(|range| char::from(range.start())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::description;
    use super::*;

    fn example(schema: Value) -> Value {
        let all = description::of(schema);
        of(all.node(), "name")
    }

    #[test]
    fn examples_fit_their_schemas() {
        for (schema, value) in [
            (json!({ "type": "string", "pattern": "^[A-Z]{2}[0-9]{3}$" }), json!("AA111")),
            (json!({ "type": "string", "maxLength": 3 }), json!("nam")),
            (json!({ "type": "string" }), json!("name ${unique}")),
            (json!({ "type": ["string", "null"], "enum": ["a", "b"] }), json!("a")),
            (json!({ "type": "integer", "minimum": 5 }), json!(5)),
            (json!({ "type": "number", "maximum": 0.5 }), json!(0.5)),
            (json!({ "anyOf": [{ "type": "null" }, { "type": "boolean" }] }), json!(false)),
            (json!({ "type": "array", "minItems": 2, "items": { "type": "integer" } }), json!([1, 1])),
            (
                json!({ "type": "object", "required": ["a"], "properties": { "a": { "format": "uuid" }, "b": {} } }),
                json!({ "a": "7c9e6679-7425-40de-944b-e07fc1f90ae7" }),
            ),
        ] {
            assert_eq!(example(schema.clone()), value, "{schema}");
        }
    }
}
