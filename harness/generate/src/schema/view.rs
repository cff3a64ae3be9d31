//! A schema as the generators see it: references followed, the parts of `allOf` merged, and one view for each
//! alternative of `anyOf` and `oneOf`.
//!
//! A view is an approximation: keywords that cannot be merged (`not`, `if`, a second `pattern`) are left out. Every value
//! is judged by the oracle against the schema itself, so a view that is wrong costs values and never causes a wrong
//! judgement.

use serde_json::{Map, Value, json};

/// The keywords of one alternative.
pub(super) type View = Map<String, Value>;

/// The most alternatives of one schema.
const MAX_VIEWS: usize = 12;
/// The longest chain of references and parts.
const DEEPEST: usize = 24;

/// The alternatives of a schema below `root`, which contains the targets of its references.
pub(super) fn views(root: &Value, schema: &Value) -> Vec<View> {
    expanded(root, schema, 0)
}

fn expanded(root: &Value, schema: &Value, depth: usize) -> Vec<View> {
    let Value::Object(keywords) = schema else {
        return if *schema == Value::Bool(false) { Vec::new() } else { vec![View::new()] };
    };
    if depth > DEEPEST {
        return Vec::new();
    }
    let own = keywords.iter().filter(|(key, _)| !["$ref", "allOf", "anyOf", "oneOf", "$defs"].contains(&key.as_str()));
    let mut found = vec![own.map(|(key, value)| (key.clone(), value.clone())).collect()];
    if let Some(target) = keywords.get("$ref").and_then(Value::as_str) {
        let target = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        found = combined(&found, &target.map(|target| expanded(root, target, depth + 1)).unwrap_or_default());
    }
    for part in keywords.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        found = combined(&found, &expanded(root, part, depth + 1));
    }
    for word in ["anyOf", "oneOf"] {
        if let Some(branches) = keywords.get(word).and_then(Value::as_array) {
            let branches: Vec<View> = branches.iter().flat_map(|one| expanded(root, one, depth + 1)).collect();
            found = combined(&found, &branches);
        }
    }
    found
}

fn combined(some: &[View], others: &[View]) -> Vec<View> {
    let pairs = some.iter().flat_map(|one| others.iter().map(move |other| merged(one, other)));
    pairs.flatten().take(MAX_VIEWS).collect()
}

/// Both sets of keywords; `None` if no value can satisfy both.
fn merged(one: &View, other: &View) -> Option<View> {
    let mut both = one.clone();
    for (key, value) in other {
        let Some(present) = both.get(key) else {
            both.insert(key.clone(), value.clone());
            continue;
        };
        let joined = match key.as_str() {
            "type" => common_types(present, value)?,
            "enum" => common_values(present, value)?,
            "required" => union(present, value),
            "properties" => merged_members(present, value),
            "minimum" | "exclusiveMinimum" | "minLength" | "minItems" => greater(present, value),
            "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" => smaller(present, value),
            "items" | "additionalProperties" => json!({ "allOf": [present, value] }),
            _ => present.clone(),
        };
        both.insert(key.clone(), joined);
    }
    Some(both)
}

fn common_types(one: &Value, other: &Value) -> Option<Value> {
    let (one, other) = (listed(one), listed(other));
    let narrower = |name: &str, among: &[String]| match name {
        _ if among.iter().any(|known| known == name) => Some(name.to_owned()),
        "integer" if among.iter().any(|known| known == "number") => Some("integer".to_owned()),
        "number" if among.iter().any(|known| known == "integer") => Some("integer".to_owned()),
        _ => None,
    };
    let common: Vec<String> = one.iter().filter_map(|name| narrower(name, &other)).collect();
    (!common.is_empty()).then(|| json!(common))
}

fn common_values(one: &Value, other: &Value) -> Option<Value> {
    let other = other.as_array()?;
    let common: Vec<&Value> = one.as_array()?.iter().filter(|value| other.contains(value)).collect();
    (!common.is_empty()).then(|| json!(common))
}

fn union(one: &Value, other: &Value) -> Value {
    let mut all = listed(one);
    for name in listed(other) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    json!(all)
}

fn merged_members(one: &Value, other: &Value) -> Value {
    let mut all = one.as_object().cloned().unwrap_or_default();
    for (name, schema) in other.as_object().into_iter().flatten() {
        let joined = match all.get(name) {
            Some(present) => json!({ "allOf": [present, schema] }),
            None => schema.clone(),
        };
        all.insert(name.clone(), joined);
    }
    Value::Object(all)
}

fn greater(one: &Value, other: &Value) -> Value {
    if other.as_f64() > one.as_f64() { other.clone() } else { one.clone() }
}

fn smaller(one: &Value, other: &Value) -> Value {
    if other.as_f64() < one.as_f64() { other.clone() } else { one.clone() }
}

/// A text or a list of texts, as a list.
pub(super) fn listed(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The types that a view states; without `type`, those of its `const` or `enum`. Empty if it states none.
pub(super) fn stated_types(view: &View) -> Vec<String> {
    if let Some(types) = view.get("type") {
        return listed(types);
    }
    let values = view.get("const").into_iter().chain(view.get("enum").and_then(Value::as_array).into_iter().flatten());
    let mut types: Vec<String> = Vec::new();
    for kind in values.map(type_of) {
        if !types.iter().any(|known| known == kind) {
            types.push(kind.to_owned());
        }
    }
    types
}

/// The stated types, or else those that the keywords are about.
pub(super) fn probable_types(view: &View) -> Vec<String> {
    let stated = stated_types(view);
    if !stated.is_empty() {
        return stated;
    }
    let about = |words: &[&str]| words.iter().any(|word| view.contains_key(*word));
    let kinds = [
        ("object", about(&["properties", "required", "additionalProperties"])),
        ("array", about(&["items", "minItems", "maxItems", "uniqueItems"])),
        ("string", about(&["minLength", "maxLength", "pattern", "format"])),
        ("number", about(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"])),
    ];
    kinds.iter().filter(|(_, about)| *about).map(|(kind, _)| (*kind).to_owned()).collect()
}

/// The type of a value in a JSON Schema: a whole number is an `integer`.
pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A limit that is a count, such as `maxLength`.
pub(super) fn count(view: &View, keyword: &str) -> Option<usize> {
    view.get(keyword).and_then(Value::as_f64).filter(|limit| (0.0..1e9).contains(limit)).map(|limit| limit as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(root: Value) -> Value {
        json!(views(&root, &root))
    }

    #[test]
    fn references_and_parts_are_merged() {
        let root = json!({
            "$defs": { "a": { "type": "object", "required": ["x"], "properties": { "x": { "maximum": 9 } } } },
            "allOf": [{ "$ref": "#/$defs/a" }, { "required": ["y"], "properties": { "x": { "minimum": 1 } } }],
        });
        let x = json!({ "allOf": [{ "maximum": 9 }, { "minimum": 1 }] });
        assert_eq!(all(root), json!([{ "type": "object", "required": ["x", "y"], "properties": { "x": x } }]));
    }

    #[test]
    fn each_alternative_is_a_view() {
        let root = json!({ "maxLength": 9, "oneOf": [{ "type": "string", "maxLength": 5 }, { "type": "null" }] });
        assert_eq!(all(root), json!([{ "maxLength": 5, "type": "string" }, { "maxLength": 9, "type": "null" }]));
    }

    #[test]
    fn contradictions_and_endless_references_leave_no_view() {
        assert_eq!(all(json!({ "type": "string", "allOf": [{ "type": "integer" }] })), json!([]));
        assert_eq!(all(json!({ "$ref": "#" })), json!([]));
        assert_eq!(all(json!({ "$ref": "#/missing" })), json!([]));
        assert_eq!(
            all(json!({ "type": "number", "allOf": [{ "type": "integer" }] })),
            json!([{ "type": ["integer"] }])
        );
    }
}
