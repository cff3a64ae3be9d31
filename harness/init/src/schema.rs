//! Reads the types, members and required members of a JSON Schema, with its references and `allOf`.

use std::collections::BTreeSet;

use generate::schema::pointer::below;
use generate::schema::type_of;
use serde_json::{Value, json};

use super::description::Node;

/// The depth to which nested schemas are read.
const DEEPEST: usize = 6;

/// A schema merged with the schemas of its `allOf`.
#[derive(Clone, Default)]
pub(super) struct FlatSchema<'d> {
    /// Its types; empty if it allows any type.
    pub(super) types: Vec<String>,
    pub(super) members: Vec<(String, Node<'d>)>,
    pub(super) required: BTreeSet<String>,
    /// The merged schemas.
    pub(super) parts: Vec<Node<'d>>,
}

impl<'d> FlatSchema<'d> {
    pub(super) fn of(schema: Node<'d>) -> Self {
        let mut flat = Self::default();
        flat.merge(schema.followed(), 0);
        flat
    }

    fn merge(&mut self, schema: Node<'d>, depth: usize) {
        if self.types.is_empty() {
            self.types = types_of(schema.value);
        }
        for (name, member) in schema.get("properties").map(Node::members).unwrap_or_default() {
            if !self.members.iter().any(|(other, _)| other == name) {
                self.members.push((name.to_owned(), member));
            }
        }
        let required = schema.value.get("required").and_then(Value::as_array).into_iter().flatten();
        self.required.extend(required.filter_map(Value::as_str).map(str::to_owned));
        self.parts.push(schema);
        for part in schema.get("allOf").map(Node::items).unwrap_or_default() {
            if depth < DEEPEST {
                self.merge(part, depth + 1);
            }
        }
    }

    /// True if its type is `object`, or if it has members and no type.
    pub(super) fn is_object(&self) -> bool {
        self.types.iter().any(|kind| kind == "object") || (self.types.is_empty() && !self.members.is_empty())
    }

    pub(super) fn member(&self, name: &str) -> Option<Node<'d>> {
        self.members.iter().find(|(other, _)| other == name).map(|(_, node)| *node)
    }

    /// The value of a keyword, from the first merged schema that has it.
    pub(super) fn keyword(&self, name: &str) -> Option<&'d Value> {
        self.parts.iter().find_map(|part| part.value.get(name))
    }

    /// The values of its `const` or `enum`.
    pub(super) fn listed(&self) -> Vec<&'d Value> {
        match (self.keyword("const"), self.keyword("enum").and_then(Value::as_array)) {
            (Some(only), _) => vec![only],
            (None, Some(values)) => values.iter().collect(),
            (None, None) => Vec::new(),
        }
    }

    /// The members of a request: those that are not read-only.
    pub(super) fn sent(&self) -> impl Iterator<Item = &(String, Node<'d>)> {
        self.members.iter().filter(|(_, member)| member.value.get("readOnly") != Some(&Value::Bool(true)))
    }
}

/// Keywords that forbid no value.
const FREE: [&str; 14] = [
    "title",
    "description",
    "example",
    "examples",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "xml",
    "format",
    "$comment",
    "contentMediaType",
    "contentEncoding",
];

/// True for a schema that every value obeys. A `format` is often not checked, so it does not count.
pub(super) fn is_anything(schema: Node<'_>) -> bool {
    let mut keywords = schema.followed().value.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    keywords.all(|name| FREE.contains(&name) || name.starts_with("x-"))
}

/// True for a schema that every text obeys.
pub(super) fn is_any_text(schema: Node<'_>) -> bool {
    let schema = schema.followed();
    let Some(keywords) = schema.value.as_object() else { return true };
    let is_free = |(name, value): (&String, &Value)| match name.as_str() {
        "type" => *value == json!("string") || value.as_array().is_some_and(|all| all.contains(&json!("string"))),
        "nullable" => true,
        name => FREE.contains(&name) || name.starts_with("x-"),
    };
    keywords.iter().all(is_free)
}

pub(super) fn types_of(schema: &Value) -> Vec<String> {
    let mut types: Vec<String> = match schema.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    if schema.get("nullable") == Some(&Value::Bool(true)) && !types.is_empty() {
        types.push("null".to_owned());
    }
    types
}

/// A member of an error body, from a schema or an example.
#[derive(Clone, Debug, Default)]
pub(super) struct ErrorMember {
    pub(super) pointer: String,
    pub(super) types: Vec<String>,
    /// The documented values.
    pub(super) values: Vec<Value>,
    /// True if the schema lists all values.
    pub(super) listed: bool,
}

impl ErrorMember {
    /// The name of the member in lower case, only its letters and digits.
    pub(super) fn name(&self) -> String {
        let name = self.pointer.rsplit('/').next().unwrap_or_default();
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
    }

    /// True if it is in an element of an array.
    pub(super) fn is_in_array(&self) -> bool {
        self.pointer.contains("/0/")
    }

    /// The pointer of the object that contains it.
    pub(super) fn parent(&self) -> &str {
        self.pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
    }

    pub(super) fn may_be(&self, kind: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|other| other == kind)
    }
}

/// The members of an object, and of the objects in it. In pointers, `0` is every element of an array.
pub(super) fn places(schema: Node<'_>) -> Vec<ErrorMember> {
    let mut found = Vec::new();
    walk(schema, "", 0, &mut found);
    found
}

fn walk(schema: Node<'_>, at: &str, depth: usize, found: &mut Vec<ErrorMember>) {
    let flat = FlatSchema::of(schema);
    for (name, member) in flat.members.iter().filter(|_| depth < 3) {
        let inner = FlatSchema::of(*member);
        let pointer = below(at, name);
        let listed = inner.listed();
        let examples = inner.keyword("examples").and_then(Value::as_array).into_iter().flatten();
        let examples = examples.chain(inner.keyword("example"));
        let values = if listed.is_empty() { examples.collect() } else { listed.clone() };
        found.push(ErrorMember {
            pointer: pointer.clone(),
            types: inner.types.clone(),
            values: values.into_iter().cloned().collect(),
            listed: !listed.is_empty(),
        });
        walk(*member, &pointer, depth + 1, found);
        // Lists of faults are not deep in a body, and not in each other.
        let items = inner.parts.iter().find_map(|part| part.get("items"));
        if let Some(items) = items.filter(|_| depth <= 1 && !at.contains("/0")) {
            walk(items, &below(&pointer, "0"), depth + 1, found);
        }
    }
}

/// The members of an example.
pub(super) fn places_of_example(body: &Value) -> Vec<ErrorMember> {
    let mut found = Vec::new();
    walk_example(body, "", 0, &mut found);
    found
}

fn walk_example(value: &Value, at: &str, depth: usize, found: &mut Vec<ErrorMember>) {
    for (name, inner) in value.as_object().into_iter().flatten().filter(|_| depth < 3) {
        let pointer = below(at, name);
        let kind = type_of(inner).to_owned();
        match found.iter_mut().find(|place| place.pointer == pointer) {
            Some(place) => {
                place.values.push(inner.clone());
                place.types.extend((!place.types.contains(&kind)).then_some(kind));
            }
            None => found.push(ErrorMember {
                pointer: pointer.clone(),
                types: vec![kind],
                values: vec![inner.clone()],
                ..ErrorMember::default()
            }),
        }
        walk_example(inner, &pointer, depth + 1, found);
        for element in inner.as_array().into_iter().flatten() {
            walk_example(element, &below(&pointer, "0"), depth + 1, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::description::of;
    use super::*;

    #[test]
    fn parts_are_joined_and_references_followed() {
        let all = of(json!({
            "a": { "allOf": [{ "$ref": "#/b" }, { "required": ["y"], "properties": { "y": { "type": "integer" } } }] },
            "b": { "type": "object", "required": ["x"], "properties": { "x": { "type": "string" }, "b": { "$ref": "#/b" } } },
        }));
        let flat = FlatSchema::of(all.node().get("a").expect("a schema"));
        assert!(flat.is_object() && flat.required.len() == 2 && flat.members.len() == 3);
        let statement = super::super::statement::stated(all.node().get("a").expect("a schema"));
        assert_eq!(statement["required"], json!(["x", "y"]));
        assert_eq!(statement["properties"]["x"], json!({ "type": "string" }));
    }

    #[test]
    fn places_are_found_in_schemas_and_examples() {
        let all =
            of(json!({ "a": { "properties": { "error": { "properties": { "code": { "enum": ["A", "B"] } } } } } }));
        let places = places(all.node().get("a").expect("a schema"));
        assert_eq!((places[1].pointer.as_str(), places[1].values.len(), places[1].listed), ("/error/code", 2, true));
        let places = places_of_example(&json!({ "error": { "error_code": 7 } }));
        assert_eq!((places[1].name().as_str(), places[1].parent()), ("errorcode", "/error"));
    }
}
