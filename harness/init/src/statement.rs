//! What the schemas of error bodies state: each without references, and what several of them have in common.

use serde_json::{Map, Value, json};

use super::description::Node;
use super::schema::FlatSchema;

/// The depth to which nested schemas are read.
const DEEPEST: usize = 6;
/// Keywords that list the values of a member.
const LISTS: [&str; 2] = ["enum", "const"];
/// Keywords that are common to two schemas only if they are equal there.
const FORMS: [&str; 3] = ["format", "pattern", "anyOf"];
/// Keywords whose smaller value allows more, and those whose larger value allows more.
const LEAST: [&str; 4] = ["minLength", "minItems", "minimum", "exclusiveMinimum"];
const MOST: [&str; 4] = ["maxLength", "maxItems", "maximum", "exclusiveMaximum"];

/// A schema without references and `allOf`: types, members, required members, and the values and forms of members.
pub(super) fn stated(schema: Node<'_>) -> Value {
    stated_to(schema, 0)
}

fn stated_to(schema: Node<'_>, depth: usize) -> Value {
    if depth > DEEPEST {
        return json!({});
    }
    let flat = FlatSchema::of(schema);
    let mut out = Map::new();
    let is_nullable = flat.parts.iter().any(|part| part.value.get("nullable") == Some(&Value::Bool(true)));
    let mut types = flat.types.clone();
    if is_nullable && !types.is_empty() && !types.iter().any(|kind| kind == "null") {
        types.push("null".to_owned());
    }
    match types.as_slice() {
        [] => {}
        [one] => drop(out.insert("type".to_owned(), json!(one))),
        many => drop(out.insert("type".to_owned(), json!(many))),
    }
    let is_sent = |name: &String| {
        flat.member(name).is_none_or(|member| member.value.get("writeOnly") != Some(&Value::Bool(true)))
    };
    let required: Vec<&String> = flat.required.iter().filter(|name| is_sent(name)).collect();
    if !required.is_empty() {
        out.insert("required".to_owned(), json!(required));
    }
    if !flat.members.is_empty() {
        let members = flat.members.iter().map(|(name, node)| (name.clone(), stated_to(*node, depth + 1)));
        out.insert("properties".to_owned(), Value::Object(members.collect()));
    }
    if let Some(items) = flat.parts.iter().find_map(|part| part.get("items")).filter(|items| items.value.is_object()) {
        out.insert("items".to_owned(), stated_to(items, depth + 1));
    }
    for word in ["anyOf", "oneOf"] {
        if let Some(choices) = flat.parts.iter().find_map(|part| part.get(word)) {
            let choices: Vec<Value> = choices.items().into_iter().map(|choice| stated_to(choice, depth + 1)).collect();
            out.insert("anyOf".to_owned(), Value::Array(choices));
        }
    }
    take_values(&flat, is_nullable, &mut out);
    Value::Object(out)
}

/// The keywords about single values. OpenAPI 3.0 has other forms of `exclusiveMinimum` and `exclusiveMaximum`.
fn take_values(flat: &FlatSchema<'_>, is_nullable: bool, out: &mut Map<String, Value>) {
    let words = LISTS.into_iter().chain(["format", "pattern"]).chain(LEAST).chain(MOST);
    for word in words {
        let Some(value) = flat.keyword(word) else { continue };
        let is_number = !(LEAST.contains(&word) || MOST.contains(&word)) || value.is_number();
        match value {
            Value::Array(values) if word == "enum" && is_nullable && !values.contains(&Value::Null) => {
                let values: Vec<&Value> = values.iter().chain([&Value::Null]).collect();
                out.insert(word.to_owned(), json!(values));
            }
            value if is_number && !(word == "const" && is_nullable) => {
                out.insert(word.to_owned(), value.clone());
            }
            _ => {}
        }
    }
}

/// One schema for bodies that obey one of these schemas: what all of them state, and else `anyOf` of the rest. If the
/// bodies belong to one status only, the values that they list are not those of all errors.
pub(super) fn together(schemas: &[&Value], is_general: bool) -> Value {
    let Some((first, others)) = schemas.split_first() else { return json!({}) };
    let mut all = others.iter().fold((*first).clone(), |all, other| common(&all, other));
    if !is_general {
        without(&mut all, &LISTS);
    }
    let values: Vec<&str> = LISTS.into_iter().chain(["format", "pattern"]).chain(LEAST).chain(MOST).collect();
    let rest: Vec<Value> = schemas
        .iter()
        .map(|schema| {
            let mut schema = (*schema).clone();
            without(&mut schema, &values);
            rest(&schema, &all)
        })
        .collect();
    let differ = rest.iter().all(|one| one.as_object().is_some_and(|one| !one.is_empty()));
    if differ && all.get("anyOf").is_none() {
        all["anyOf"] = Value::Array(rest);
    }
    all
}

/// What two schemas both state.
fn common(one: &Value, other: &Value) -> Value {
    let mut out = Map::new();
    let mut keep = |word: &str, value: Option<Value>| drop(value.map(|value| out.insert(word.to_owned(), value)));
    let both = |word: &str| Some((one.get(word)?, other.get(word)?));
    keep("type", both("type").map(|(one, other)| joined(one, other)));
    let required = both("required").map(|(one, other)| {
        let (one, other) = (listed(one), listed(other));
        one.into_iter().filter(|name| other.contains(name)).collect::<Vec<_>>()
    });
    keep("required", required.filter(|names| !names.is_empty()).map(Value::Array));
    let properties = both("properties").and_then(|(one, other)| {
        let shared = one.as_object()?.iter().filter_map(|(name, one)| Some((name, one, other.get(name)?)));
        Some(Value::Object(shared.map(|(name, one, other)| (name.clone(), common(one, other))).collect()))
    });
    keep("properties", properties);
    keep("items", both("items").map(|(one, other)| common(one, other)));
    for word in FORMS {
        keep(word, both(word).filter(|(one, other)| one == other).map(|(one, _)| one.clone()));
    }
    for (words, is_least) in [(LEAST, true), (MOST, false)] {
        for word in words {
            let wider = |(one, other): (&Value, &Value)| {
                let is_one = (one.as_f64() < other.as_f64()) == is_least;
                if is_one { one.clone() } else { other.clone() }
            };
            keep(word, both(word).map(wider));
        }
    }
    let values = |schema: &Value| match (schema.get("const"), schema.get("enum")) {
        (Some(only), _) => Some(json!([only])),
        (None, values) => values.cloned(),
    };
    keep("enum", values(one).zip(values(other)).map(|(one, other)| joined(&one, &other)));
    Value::Object(out)
}

/// The values of both lists; of one value if there is only one.
fn joined(one: &Value, other: &Value) -> Value {
    let mut all = listed(one);
    for value in listed(other) {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    if all.len() == 1 && one.is_string() { all.remove(0) } else { Value::Array(all) }
}

fn listed(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_else(|| vec![value.clone()])
}

/// What a schema states in addition to what is common.
fn rest(schema: &Value, common: &Value) -> Value {
    let mut out = Map::new();
    for (word, value) in schema.as_object().into_iter().flatten() {
        let known = common.get(word).unwrap_or(&Value::Null);
        let left = match word.as_str() {
            "required" => {
                let known = listed(known);
                Value::Array(listed(value).into_iter().filter(|name| !known.contains(name)).collect())
            }
            "properties" => {
                let members = value.as_object().into_iter().flatten();
                let members = members.map(|(name, inner)| (name.clone(), rest(inner, &known[name])));
                let is_stated = |(_, inner): &(String, Value)| inner.as_object().is_some_and(|inner| !inner.is_empty());
                Value::Object(members.filter(is_stated).collect())
            }
            "items" => rest(value, known),
            _ if value == known => continue,
            _ => value.clone(),
        };
        let is_empty = left.as_array().is_some_and(Vec::is_empty) || left.as_object().is_some_and(Map::is_empty);
        if !is_empty {
            out.insert(word.clone(), left);
        }
    }
    Value::Object(out)
}

/// Removes keywords from a schema and from the schemas in it.
fn without(schema: &mut Value, words: &[&str]) {
    let Some(keywords) = schema.as_object_mut() else { return };
    keywords.retain(|word, _| !words.contains(&word.as_str()));
    for (word, value) in keywords.iter_mut() {
        match word.as_str() {
            "properties" => {
                value.as_object_mut().into_iter().flatten().for_each(|(_, inner)| without(inner, words));
            }
            "items" => without(value, words),
            "anyOf" => value.as_array_mut().into_iter().flatten().for_each(|inner| without(inner, words)),
            _ => {}
        }
    }
}

/// Leaves only the type of a member, whose values a check of its own judges. In the pointer, `0` and `*` are every element
/// of an array.
pub(super) fn leave_type_at(schema: &mut Value, pointer: &str) {
    for choice in schema.get_mut("anyOf").and_then(Value::as_array_mut).into_iter().flatten() {
        leave_type_at(choice, pointer);
    }
    let mut path = pointer.splitn(3, '/').skip(1);
    match (path.next(), path.next()) {
        (None, _) => {
            if let Some(keywords) = schema.as_object_mut() {
                keywords.retain(|word, _| word == "type");
            }
        }
        (Some(token), rest) => {
            let inner = match token {
                "0" | "*" if schema.get("items").is_some() => schema.get_mut("items"),
                name => schema.get_mut("properties").and_then(|all| all.get_mut(name)),
            };
            let rest = rest.map(|rest| format!("/{rest}")).unwrap_or_default();
            inner.into_iter().for_each(|inner| leave_type_at(inner, &rest));
        }
    }
}

/// The schema of a member, if the schema and all that contain it require it.
pub(super) fn required_at<'s>(schema: &'s mut Value, pointer: &str) -> Option<&'s mut Value> {
    pointer.split('/').skip(1).try_fold(schema, |schema, token| {
        if token == "0" && schema.get("items").is_some() {
            return schema.get_mut("items");
        }
        let is_required = schema.get("required").is_some_and(|names| listed(names).contains(&json!(token)));
        schema.get_mut("properties")?.get_mut(token).filter(|_| is_required)
    })
}

#[cfg(test)]
mod tests {
    use super::super::description::of;
    use super::*;

    fn statement(schema: Value) -> Value {
        stated(of(schema).node())
    }

    fn accepts(schema: &Value, body: &Value) -> bool {
        jsonschema::options().should_validate_formats(true).build(schema).expect("a schema").is_valid(body)
    }

    #[test]
    fn values_and_forms_are_stated() {
        let schema = statement(json!({
            "type": "object", "required": ["kind", "at", "hidden"],
            "properties": {
                "kind": { "type": "string", "enum": ["a"], "nullable": true }, "hidden": { "writeOnly": true },
                "at": { "allOf": [{ "$ref": "#/at" }, { "minLength": 1 }] }, "n": { "minimum": 1, "exclusiveMinimum": true },
            },
            "at": { "type": "string", "format": "date-time" },
        }));
        let good = json!({ "kind": null, "at": "2026-01-31T12:00:00Z" });
        assert!(accepts(&schema, &good), "{schema}");
        for bad in
            [json!({ "kind": "a" }), json!({ "kind": "a", "at": "now" }), json!({ "kind": "b", "at": good["at"] })]
        {
            assert!(!accepts(&schema, &bad), "{bad}");
        }
    }

    #[test]
    fn several_schemas_state_what_is_common_and_else_one_of_the_rest() {
        let one = json!({ "type": "object", "required": ["code", "title"], "properties": {
            "code": { "type": "string", "enum": ["A"] }, "title": { "type": "string", "minLength": 3, "format": "uri" } } });
        let other = json!({ "type": "object", "required": ["code", "title", "errors"], "properties": {
            "code": { "type": "string", "const": "B" }, "title": { "type": "string", "minLength": 2 },
            "errors": { "type": "array" } } });
        let both = together(&[&one, &other], true);
        let expected = json!({ "type": "object", "required": ["code", "title"], "properties": {
            "code": { "type": "string", "enum": ["A", "B"] }, "title": { "type": "string", "minLength": 2 } } });
        assert_eq!(both, expected);
        assert_eq!(together(&[&one, &other], false)["properties"]["code"], json!({ "type": "string" }));
        let third = json!({ "type": "object", "required": ["message"] });
        let differ = together(&[&one, &third], true);
        assert!(accepts(&differ, &json!({ "message": 1 })) && accepts(&differ, &json!({ "code": "C", "title": "x" })));
        assert!(!accepts(&differ, &json!({ "code": "A" })), "{differ}");
    }

    #[test]
    fn a_member_with_a_check_of_its_own_keeps_its_type() {
        let mut schema = json!({ "properties": { "errors": { "items": { "properties": {
            "code": { "type": "string", "enum": ["A"] }, "title": { "const": "x" } } } } } });
        leave_type_at(&mut schema, "/errors/0/code");
        let members = &schema["properties"]["errors"]["items"]["properties"];
        assert_eq!((&members["code"], &members["title"]), (&json!({ "type": "string" }), &json!({ "const": "x" })));
    }

    #[test]
    fn a_member_is_required_if_all_that_contain_it_are() {
        let mut schema = json!({ "required": ["error"], "properties": { "error": {
            "required": ["message"], "properties": { "message": {}, "hint": {} } } } });
        assert!(required_at(&mut schema, "/error/message").is_some());
        assert!(required_at(&mut schema, "/error/hint").is_none());
        schema["required"] = json!([]);
        assert!(required_at(&mut schema, "/error/message").is_none());
    }
}
