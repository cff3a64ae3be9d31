//! An OpenAPI description and the local files that it refers to. References are followed, and keywords of OpenAPI 3.0
//! schemas are translated to JSON Schema 2020-12.
//!
//! `openapi` reads the operations from it, and `schemas` compiles its schemas. Nothing is fetched from a network.

use std::collections::BTreeMap;

use generate::schema::pointer::{self, escaped, unescaped};
use serde_json::{Map, Value, json};

use crate::percent;
use crate::source::{Problem, Problems, SourceFile, Step};

/// A longer chain of references is treated as circular.
const MAX_CHAIN_LENGTH: usize = 32;
/// Members of a schema or a media type that contain data, in which keywords have no meaning.
const DATA: [&str; 5] = ["example", "examples", "default", "const", "enum"];

/// Reads a file of `schemas/` by its name.
pub(super) type Read<'r> = &'r mut dyn FnMut(&str) -> Result<SourceFile, Problem>;

/// The description and all files that it refers to.
#[derive(Clone, Debug)]
pub(super) struct Description {
    /// The name of the description's own file below `schemas/`.
    pub(super) root: String,
    /// By their names below `schemas/`.
    documents: BTreeMap<String, Document>,
}

#[derive(Clone, Debug)]
struct Document {
    file: SourceFile,
    value: Value,
}

/// A value in one of the documents.
#[derive(Clone)]
pub(super) struct Node<'d> {
    all: &'d Description,
    document: &'d str,
    path: Vec<Step>,
    pub(super) value: &'d Value,
}

impl Description {
    /// Reads the files that the description refers to; `None` if it cannot be used.
    pub(super) fn load(file: &SourceFile, read: Read<'_>, problems: &mut Problems) -> Option<Self> {
        let value = problems.take(file.parse_json())?;
        if let Some(problem) = unsupported_version(file, &value) {
            problems.0.push(problem);
            return None;
        }
        let before = problems.0.len();
        let root = file.name.trim_start_matches("schemas/").to_owned();
        let mut documents = BTreeMap::from([(root.clone(), Document { file: file.clone(), value })]);
        let mut open = vec![root.clone()];
        while let Some(name) = open.pop() {
            let (from, references) = (&documents[&name].file, references(&documents[&name].value));
            let mut found = Vec::new();
            for (path, target) in references {
                match document_of(&name, &target) {
                    Ok(other) if documents.contains_key(&other) => {}
                    Ok(other) => found.push((path, other)),
                    Err((message, help)) => {
                        problems.0.push(from.problem(&path, message).with_help(Some(help.to_owned())));
                    }
                }
            }
            let from = from.clone();
            for (path, other) in found {
                if documents.contains_key(&other) {
                    continue;
                }
                match read(&other).and_then(|file| Ok(Document { value: file.parse_json()?, file })) {
                    Ok(document) => {
                        documents.insert(other.clone(), document);
                        open.push(other);
                    }
                    Err(problem) => problems.0.push(from.problem(&path, problem.one_line())),
                }
            }
        }
        if problems.0.len() > before {
            // References to files that cannot be read cannot be resolved.
            return None;
        }
        Some(Self { root, documents })
    }

    pub(super) fn node(&self) -> Node<'_> {
        let document = &self.documents[&self.root];
        Node { all: self, document: &self.root, path: Vec::new(), value: &document.value }
    }

    pub(super) fn documents(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.documents.iter().map(|(name, document)| (name, &document.value))
    }

    pub(super) fn problem_at(&self, document: &str, pointer: &str, message: String) -> Problem {
        let file = &self.documents.get(document).unwrap_or(&self.documents[&self.root]).file;
        let steps = pointer::names(pointer).map(Step::Key);
        file.problem(&steps.collect::<Vec<_>>(), message)
    }

    /// Whether its schemas are written in the dialect of OpenAPI 3.0.
    pub(super) fn is_3_0(&self) -> bool {
        self.documents[&self.root].value["openapi"].as_str().is_some_and(|version| version.starts_with("3.0"))
    }

    /// Translates all schemas to JSON Schema 2020-12, for the bodies of responses.
    pub(super) fn translate(&mut self, problems: &mut Problems) {
        let is_3_0 = self.is_3_0();
        for document in self.documents.values_mut() {
            let before = document.value.clone();
            let mut misplaced = Vec::new();
            translate(&mut document.value, &before, is_3_0, &mut Vec::new(), &mut misplaced);
            for path in misplaced {
                let message = "`nullable` exists only in OpenAPI 3.0, and this description declares a later version";
                let help = "write `type: [string, \"null\"]` (with the type of the value), or `openapi: 3.0.3`";
                problems.0.push(document.file.problem_at_key(&path, message).with_help(Some(help.to_owned())));
            }
        }
    }
}

impl<'d> Node<'d> {
    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        self.all.documents[self.document].file.problem(&self.path, message)
    }

    /// The address of the value: the document's name, with a JSON Pointer as the fragment.
    pub(super) fn address(&self) -> String {
        let token = |step: &Step| match step {
            Step::Key(key) => format!("/{}", escaped(key)),
            Step::Index(index) => format!("/{index}"),
        };
        format!("{}#{}", self.document, self.path.iter().map(token).collect::<String>())
    }

    /// A member, with references followed.
    pub(super) fn get(&self, key: &str) -> Result<Option<Node<'d>>, Problem> {
        self.child(key).map(Node::followed).transpose()
    }

    /// A member, without following references.
    pub(super) fn child(&self, key: &str) -> Option<Node<'d>> {
        let value = self.value.as_object()?.get(key)?;
        let path = self.path.iter().cloned().chain([Step::from(key)]).collect();
        Some(Node { value, path, ..self.clone() })
    }

    /// The root of the description.
    pub(super) fn document(&self) -> Node<'d> {
        self.all.node()
    }

    /// The elements of a list, without following references.
    pub(super) fn items(&self) -> impl Iterator<Item = Node<'d>> {
        let elements = self.value.as_array().into_iter().flatten().enumerate();
        elements.map(|(index, value)| {
            let path = self.path.iter().cloned().chain([Step::from(index)]).collect();
            Node { value, path, ..self.clone() }
        })
    }

    /// All members of an object, without following references.
    pub(super) fn children(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> {
        let members = self.value.as_object().into_iter().flatten();
        members.filter_map(|(key, _)| Some((key.as_str(), self.child(key)?)))
    }

    /// The target of a reference; the value itself if it is not a reference.
    pub(super) fn followed(self) -> Result<Node<'d>, Problem> {
        let start = self.clone();
        let mut node = self;
        for _ in 0..MAX_CHAIN_LENGTH {
            let Some(target) = node.value.get("$ref").and_then(Value::as_str) else {
                return Ok(node);
            };
            node = node.resolve(target)?;
        }
        Err(start.problem("this reference is circular"))
    }

    fn resolve(&self, target: &str) -> Result<Node<'d>, Problem> {
        let missing = || self.problem(format!("the target of the reference `{target}` does not exist"));
        let name = document_of(self.document, target)
            .map_err(|(message, help)| self.problem(message).with_help(Some(help.to_owned())))?;
        let (document, found) = self.all.documents.get_key_value(&name).ok_or_else(missing)?;
        let fragment = target.split_once('#').map_or("", |(_, fragment)| fragment);
        let mut node = Node { all: self.all, document, path: Vec::new(), value: &found.value };
        for token in fragment.split('/').skip(1) {
            let token = unescaped(&percent::decoded(token));
            let (value, step) = match node.value {
                Value::Array(items) => {
                    let index = token.parse::<usize>().map_err(|_| missing())?;
                    (items.get(index).ok_or_else(missing)?, Step::Index(index))
                }
                other => (other.get(&token).ok_or_else(missing)?, Step::Key(token)),
            };
            node.path.push(step);
            node.value = value;
        }
        Ok(node)
    }
}

fn unsupported_version(file: &SourceFile, value: &Value) -> Option<Problem> {
    if let Some(version) = value.get("swagger") {
        let version = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
        let help = "convert it: `npx swagger2openapi --yaml --outfile openapi.yaml swagger.yaml`";
        let problem = file.problem_at_key(&["swagger".into()], format!("Swagger {version} is not supported"));
        return Some(problem.with_help(Some(help.to_owned())));
    }
    let help = Some("write `openapi: 3.1.0` at the top; OpenAPI 3.0, 3.1 and 3.2 are supported".to_owned());
    match value.get("openapi").map(|version| version.as_str().unwrap_or_default()) {
        None => Some(file.problem(&[], "the description does not state its OpenAPI version").with_help(help)),
        Some(version) if ["3.0", "3.1", "3.2"].iter().any(|known| version.starts_with(known)) => None,
        Some(_) => Some(file.problem(&["openapi".into()], "this version of OpenAPI is not supported").with_help(help)),
    }
}

/// Every reference in a document to another document, with its place.
fn references(value: &Value) -> Vec<(Vec<Step>, String)> {
    let mut found = Vec::new();
    let mut open = vec![(Vec::new(), value)];
    while let Some((path, value)) = open.pop() {
        let below = |step: Step| path.iter().cloned().chain([step]).collect::<Vec<_>>();
        match value {
            Value::Object(members) => {
                for (key, inner) in members {
                    match inner {
                        Value::String(target) if key == "$ref" && !target.starts_with('#') => {
                            found.push((below(key.as_str().into()), target.clone()));
                        }
                        _ if is_data(key, inner) => {}
                        _ => open.push((below(key.as_str().into()), inner)),
                    }
                }
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, inner)| (below(index.into()), inner)));
            }
            _ => {}
        }
    }
    found.sort_by_key(|(path, _)| format!("{path:?}"));
    found
}

/// True for data. The `examples` of a media type may contain references; those of a schema are a list of values.
fn is_data(key: &str, inner: &Value) -> bool {
    DATA.contains(&key) && !(key == "examples" && inner.is_object())
}

/// The document that a reference points to, by its name below `schemas/`.
fn document_of(from: &str, target: &str) -> Result<String, (String, &'static str)> {
    let file = target.split_once('#').map_or(target, |(file, _)| file);
    if file.is_empty() {
        return Ok(from.to_owned());
    }
    if file.contains("://") || file.starts_with('/') {
        let message =
            format!("the reference `{target}` is a URL or an absolute path, and only files below `schemas/` are read");
        return Err((message, "copy the file into `schemas/` and refer to it by its name"));
    }
    let mut parts: Vec<String> = from.split('/').map(str::to_owned).collect();
    parts.pop();
    for part in percent::decoded(file).split('/') {
        match part {
            "." | "" => {}
            ".." if parts.pop().is_none() => {
                let message = format!("the reference `{target}` leads to a file outside `schemas/`");
                return Err((message, "copy the file into `schemas/` and refer to it by its name"));
            }
            ".." => {}
            part => parts.push(part.to_owned()),
        }
    }
    Ok(parts.join("/"))
}

/// Translates every schema below a value to JSON Schema 2020-12, and makes `writeOnly` members optional, because
/// responses do not have them. From OpenAPI 3.1 on, `nullable` has no meaning; its places are collected in `misplaced`.
fn translate(value: &mut Value, document: &Value, is_3_0: bool, path: &mut Vec<Step>, misplaced: &mut Vec<Vec<Step>>) {
    match value {
        Value::Object(members) => {
            for (key, inner) in members.iter_mut().filter(|(key, inner)| !is_data(key, inner)) {
                path.push(key.as_str().into());
                translate(inner, document, is_3_0, path, misplaced);
                path.pop();
            }
            make_write_only_optional(members, document);
            if is_3_0 {
                exclusive_bounds(members);
            }
            if members.get("nullable").is_some_and(Value::is_boolean) {
                match is_3_0 {
                    true => nullable(members),
                    false => misplaced.push(path.iter().cloned().chain(["nullable".into()]).collect()),
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter_mut().enumerate() {
                path.push(index.into());
                translate(inner, document, is_3_0, path, misplaced);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Translates `nullable: true` of OpenAPI 3.0.
pub(super) fn nullable(members: &mut Map<String, Value>) {
    if members.remove("nullable") != Some(Value::Bool(true)) {
        return;
    }
    if ["$ref", "allOf", "anyOf", "oneOf", "not"].iter().any(|word| members.contains_key(*word)) {
        let rest = Value::Object(std::mem::take(members));
        members.insert("anyOf".to_owned(), json!([rest, { "type": "null" }]));
        return;
    }
    if let Some(Value::String(kind)) = members.get("type").cloned() {
        members.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(values)) = members.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

/// Translates `exclusiveMinimum: true` together with `minimum`, and the same for the maximum, as in OpenAPI 3.0.
pub(super) fn exclusive_bounds(members: &mut Map<String, Value>) {
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        let Some(Value::Bool(on)) = members.get(exclusive) else { continue };
        let limit = if *on { members.remove(bound) } else { None };
        members.remove(exclusive);
        members.extend(limit.map(|limit| (exclusive.to_owned(), limit)));
    }
}

fn make_write_only_optional(members: &mut Map<String, Value>, document: &Value) {
    let names = write_only(&Value::Object(members.clone()), document, 0);
    if names.is_empty() {
        return;
    }
    let make_optional = |members: &mut Map<String, Value>| {
        if let Some(Value::Array(required)) = members.get_mut("required") {
            required.retain(|name| !names.iter().any(|other| name == other));
        }
    };
    make_optional(members);
    if let Some(Value::Array(parts)) = members.get_mut("allOf") {
        parts.iter_mut().filter_map(Value::as_object_mut).for_each(make_optional);
    }
}

/// The names of the `writeOnly` members of a schema and its `allOf`.
fn write_only(schema: &Value, document: &Value, depth: usize) -> Vec<String> {
    let local = |schema: &Value| {
        let pointer = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
        pointer.and_then(|pointer| document.pointer(pointer)).cloned()
    };
    let mut names: Vec<String> = Vec::new();
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let property = local(property).unwrap_or_else(|| property.clone());
        if property.get("writeOnly") == Some(&Value::Bool(true)) {
            names.push(name.clone());
        }
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten().filter(|_| depth < 8) {
        let part = local(part).unwrap_or_else(|| part.clone());
        names.extend(write_only(&part, document, depth + 1));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(mut value: Value, is_3_0: bool) -> Value {
        let document = value.clone();
        translate(&mut value, &document, is_3_0, &mut Vec::new(), &mut Vec::new());
        value
    }

    #[test]
    fn openapi_3_0_keywords_are_translated() {
        for (old, new) in [
            (json!({ "type": "string", "nullable": true }), json!({ "type": ["string", "null"] })),
            (json!({ "type": "string", "nullable": false }), json!({ "type": "string" })),
            (
                json!({ "type": "string", "enum": ["a"], "nullable": true }),
                json!({ "type": ["string", "null"], "enum": ["a", null] }),
            ),
            (
                json!({ "nullable": true, "allOf": [{ "$ref": "#/x" }] }),
                json!({ "anyOf": [{ "allOf": [{ "$ref": "#/x" }] }, { "type": "null" }] }),
            ),
            (json!({ "minimum": 3, "exclusiveMinimum": true }), json!({ "exclusiveMinimum": 3 })),
            (json!({ "maximum": 3, "exclusiveMaximum": false }), json!({ "maximum": 3 })),
            (json!({ "example": { "nullable": true } }), json!({ "example": { "nullable": true } })),
        ] {
            assert_eq!(translated(old, true), new);
        }
    }

    #[test]
    fn write_only_members_are_not_required_in_responses() {
        let schema = json!({ "required": ["a", "pin"], "properties": { "pin": { "writeOnly": true }, "a": {} } });
        assert_eq!(translated(schema, false)["required"], json!(["a"]));
        let parts = json!({ "allOf": [{ "required": ["pin"] }, { "properties": { "pin": { "writeOnly": true } } }] });
        assert_eq!(translated(parts, false)["allOf"][0]["required"], json!([]));
    }

    #[test]
    fn references_resolve_to_documents_below_schemas() {
        assert_eq!(document_of("openapi.yaml", "#/x").as_deref(), Ok("openapi.yaml"));
        assert_eq!(document_of("parts/a.yaml", "../b%20c.yaml#/x").as_deref(), Ok("b c.yaml"));
        assert_eq!(document_of("openapi.yaml", "./parts/a.yaml").as_deref(), Ok("parts/a.yaml"));
        assert!(document_of("openapi.yaml", "../secret.yaml").is_err());
        assert!(document_of("openapi.yaml", "https://api.example/openapi.yaml#/x").is_err());
    }
}
