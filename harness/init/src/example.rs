//! An ordinary value of a schema: what a request body is made of where the description has no example.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Map, Value, json};

use super::description::Node;
use super::schema::Flat;

const DEEPEST: usize = 6;
/// `${unique}` needs so much room.
const ROOM: u64 = 60;

/// A value that fits the schema, as far as that can be told.
pub(super) fn of(schema: Node<'_>, name: &str) -> Value {
    made(schema, name, 0)
}

fn made(schema: Node<'_>, name: &str, depth: usize) -> Value {
    let flat = Flat::of(schema);
    if let Some(given) = given(&flat) {
        return given;
    }
    let choice = ["oneOf", "anyOf"].iter().find_map(|word| flat.parts.iter().find_map(|part| part.get(word)));
    if let Some(first) = choice.map(Node::items).unwrap_or_default().into_iter().find(|choice| !is_null(*choice))
        && flat.members.is_empty()
        && depth < DEEPEST
    {
        return made(first, name, depth + 1);
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

fn given(flat: &Flat<'_>) -> Option<Value> {
    let first = |word: &str| flat.keyword(word).and_then(Value::as_array).and_then(|values| values.first()).cloned();
    let one = |word: &str| flat.keyword(word).cloned();
    one("example").or_else(|| first("examples")).or_else(|| one("const")).or_else(|| first("enum")).or_else(|| {
        // A default says what the member is without being sent, so it fits.
        one("default").filter(|value| !value.is_null())
    })
}

fn is_null(schema: Node<'_>) -> bool {
    schema.value.get("type").and_then(Value::as_str) == Some("null")
}

/// The required members only: what else may be sent is not needed for an ordinary request.
fn object(flat: &Flat<'_>, depth: usize) -> Value {
    let members = flat.sent().filter(|(name, _)| flat.required.contains(name) && depth < DEEPEST);
    Value::Object(members.map(|(name, member)| (name.clone(), made(*member, name, depth + 1))).collect::<Map<_, _>>())
}

fn array(flat: &Flat<'_>, name: &str, depth: usize) -> Value {
    let least = flat.keyword("minItems").and_then(Value::as_u64).unwrap_or(0).min(5);
    let items = flat.parts.iter().find_map(|part| part.get("items"));
    let one = || items.filter(|_| depth < DEEPEST).map_or(Value::Null, |items| made(items, name, depth + 1));
    Value::Array((0..least).map(|_| one()).collect())
}

fn bounded(flat: &Flat<'_>, usual: f64) -> f64 {
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

fn text(flat: &Flat<'_>, name: &str) -> String {
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

/// A text without a format: unique where there is room, since names often have to be.
fn free(name: &str, least: u64, most: u64) -> String {
    let word: String = name.chars().filter(|letter| letter.is_ascii_alphanumeric()).take(20).collect();
    let word = if word.is_empty() { "example".to_owned() } else { word };
    let mut text = if most >= ROOM && least < 20 { format!("{word} ${{unique}}") } else { word };
    while (text.len() as u64) < least {
        text.push('x');
    }
    if most < ROOM { text.chars().take(usize::try_from(most).unwrap_or(usize::MAX)).collect() } else { text }
}

/// The plainest text that a regular expression matches.
pub(super) fn matching(pattern: &str) -> Option<String> {
    let parsed = regex_syntax::Parser::new().parse(pattern).ok()?;
    let mut out = String::new();
    plainest(&parsed, &mut out);
    regex::Regex::new(pattern).ok()?.is_match(&out).then_some(out)
}

fn plainest(hir: &Hir, out: &mut String) {
    match hir.kind() {
        HirKind::Literal(literal) => out.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(class) => out.extend(letter_of(class)),
        HirKind::Repetition(repetition) => {
            // At least one, where that is allowed: an empty text is hardly ordinary.
            let least = repetition.min.max(u32::from(repetition.max != Some(0))).min(200);
            (0..least).for_each(|_| plainest(&repetition.sub, out));
        }
        HirKind::Capture(capture) => plainest(&capture.sub, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| plainest(part, out)),
        HirKind::Alternation(choices) => choices.iter().take(1).for_each(|choice| plainest(choice, out)),
        HirKind::Empty | HirKind::Look(_) => {}
    }
}

fn letter_of(class: &Class) -> Option<char> {
    let usual = ['a', 'A', '1', '0', '-', '_'];
    match class {
        Class::Unicode(ranges) => {
            let holds = |letter: &char| ranges.iter().any(|range| (range.start()..=range.end()).contains(letter));
            usual.into_iter().find(holds).or_else(|| ranges.iter().next().map(|range| range.start()))
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
