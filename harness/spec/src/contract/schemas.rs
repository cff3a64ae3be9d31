//! The compiled JSON Schemas (2020-12): the envelope, one derived schema for each code, and the success body of each
//! operation. Nothing is fetched from a network.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;

use generate::schema::pointer::{escaped, unescaped};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Registry, ValidationError, Validator};
use serde_json::{Value, json};

use super::catalog::{CodeType, ErrorCatalog, ErrorCode};
use super::description::Description;
use super::openapi::{Operation, Success};
use crate::percent::as_fragment;
use crate::source::{Problem, Problems, SourceFile};

#[derive(Debug)]
pub struct SchemaSet {
    /// The documents that the schemas refer to, or why they cannot be used.
    registry: Result<Registry<'static>, String>,
    envelope: Schema,
    by_code: BTreeMap<String, Schema>,
    success: BTreeMap<(String, String), Schema>,
    documented: BTreeMap<String, Vec<String>>,
}

/// A schema that is compiled when it is first needed. One test needs few of them.
#[derive(Debug)]
struct Schema {
    source: Value,
    /// Where messages say that it is: the envelope, or a pointer into a document of the description.
    at: Option<(String, String)>,
    what: String,
    compiled: OnceLock<Result<Validator, String>>,
}

impl Schema {
    fn new(source: Value, what: String, at: Option<(&str, &str)>) -> Self {
        let at = at.map(|(document, pointer)| (document.to_owned(), pointer.to_owned()));
        Self { source, at, what, compiled: OnceLock::new() }
    }
}

/// One schema violation in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The JSON Pointer of the invalid or missing value.
    pub pointer: String,
    /// What the schema requires there, as messages show it.
    pub expected: String,
    /// The value that is there instead.
    pub actual: String,
}

const BASE: &str = "https://conformance.example/schemas/";

impl SchemaSet {
    pub(super) fn new(
        description: &Description,
        envelope: &SourceFile,
        catalog: &ErrorCatalog,
        operations: &[Operation],
        problems: &mut Problems,
    ) -> Self {
        let envelope_schema = problems.take(envelope_value(envelope)).unwrap_or(Value::Bool(true));
        let of_code = |entry: &ErrorCode| {
            let what = format!("the schema of {}", entry.code);
            (entry.code.clone(), Schema::new(derived(catalog, entry), what, None))
        };
        let mut success = BTreeMap::new();
        for operation in operations {
            for documented in &operation.successes {
                let Some((document, pointer)) = documented.schema.as_ref().and_then(|at| at.split_once('#')) else {
                    continue;
                };
                let source = json!({ "$ref": format!("{BASE}{}#{}", as_fragment(document), as_fragment(pointer)) });
                let what = format!("the success body of {}", operation.id);
                let schema = Schema::new(source, what, Some((document, pointer)));
                success.insert((operation.id.clone(), documented.name.clone()), schema);
            }
        }
        Self {
            registry: registry(description, &catalog.envelope.schema, &envelope_schema),
            documented: documented_members(&envelope_schema),
            envelope: Schema::new(envelope_ref(catalog), "the envelope".to_owned(), None),
            by_code: catalog.codes.iter().map(of_code).collect(),
            success,
        }
    }

    /// Compiles every schema, and reports those that cannot be compiled.
    pub(super) fn check(&self, description: &Description, envelope: &SourceFile, problems: &mut Problems) {
        let all = self.by_code.values().chain(self.success.values()).chain([&self.envelope]);
        for schema in all {
            let Err(message) = self.compiled(schema) else { continue };
            let message = format!("{}: {message}", schema.what);
            problems.0.push(match &schema.at {
                Some((document, pointer)) => description.problem_at(document, pointer, message),
                None => Problem::general(&envelope.name, message),
            });
        }
    }

    fn compiled<'s>(&'s self, schema: &'s Schema) -> &'s Result<Validator, String> {
        schema.compiled.get_or_init(|| build(self.registry.as_ref().map_err(String::clone)?, &schema.source))
    }

    /// The violations of a schema. One that cannot be compiled has been reported, and accepts everything.
    fn misfits(&self, schema: &Schema, body: &Value) -> Vec<Misfit> {
        let Ok(validator) = self.compiled(schema) else { return Vec::new() };
        validator.iter_errors(body).take(MAX_MISFITS).map(|error| misfit(&error)).collect()
    }

    /// The schema violations of an error body: of the schema of its code if that is known, else of the envelope.
    pub fn envelope_misfits(&self, code: Option<&str>, body: &Value) -> Vec<Misfit> {
        let schema = code.and_then(|code| self.by_code.get(code)).unwrap_or(&self.envelope);
        self.misfits(schema, body)
    }

    /// The schema violations of a success body, for a documented success of its operation.
    pub fn success_misfits(&self, operation: &str, success: &Success, body: &Value) -> Vec<Misfit> {
        let schema = self.success.get(&(operation.to_owned(), success.name.clone()));
        schema.map(|schema| self.misfits(schema, body)).unwrap_or_default()
    }

    /// The documented members of each object in the envelope, by its JSON Pointer.
    pub fn documented_members(&self) -> &BTreeMap<String, Vec<String>> {
        &self.documented
    }
}

/// The schema of an error body with a given code: the envelope, the code, and the parts that the code requires.
pub fn derived(catalog: &ErrorCatalog, entry: &ErrorCode) -> Value {
    let mut parts = vec![envelope_ref(catalog)];
    let code = match catalog.envelope.code_type {
        CodeType::String => json!(entry.code),
        CodeType::Integer => json!(entry.code.parse::<i64>().unwrap_or_default()),
    };
    parts.push(nested(&catalog.envelope.pointers.code, json!({ "const": code })));
    for part in &entry.requires {
        if let Some(pointer) = catalog.envelope.pointers.part(part) {
            parts.push(nested(pointer, Value::Bool(true)));
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("An error body with the code {}", entry.code),
        "allOf": parts,
    })
}

fn envelope_ref(catalog: &ErrorCatalog) -> Value {
    json!({ "$ref": format!("{BASE}{}", catalog.envelope.schema) })
}

/// A larger index is the name of a member.
const MAX_INDEX: usize = 100;

/// A schema that requires the member at `pointer` and applies `inner` to it.
fn nested(pointer: &str, inner: Value) -> Value {
    pointer.split('/').skip(1).collect::<Vec<_>>().into_iter().rev().fold(inner, |inner, token| {
        if token == "*" {
            return json!({ "type": "array", "minItems": 1, "items": inner });
        }
        // An index, if the value there is an array.
        if let Some(index) = token.parse::<usize>().ok().filter(|index| *index <= MAX_INDEX) {
            let before = std::iter::repeat_n(Value::Bool(true), index);
            let elements: Vec<Value> = before.chain([inner.clone()]).collect();
            return json!({ "type": ["object", "array"], "required": [token], "properties": { token: inner },
                "minItems": elements.len(), "prefixItems": elements });
        }
        let token = unescaped(token);
        json!({ "type": "object", "required": [token.clone()], "properties": { token: inner } })
    })
}

fn envelope_value(file: &SourceFile) -> Result<Value, Problem> {
    serde_json::from_str(&file.text).map_err(|error| Problem::general(&file.name, format!("not JSON: {error}")))
}

fn registry(description: &Description, name: &str, envelope: &Value) -> Result<Registry<'static>, String> {
    let documents = description.documents().map(|(name, document)| (as_fragment(name), document));
    documents
        .filter(|(document, _)| document != name)
        .try_fold(Registry::new(), |registry, (name, document)| registry.add(format!("{BASE}{name}"), document.clone()))
        .and_then(|registry| registry.add(format!("{BASE}{name}"), envelope.clone()))
        .and_then(|registry| registry.prepare())
        .map_err(|error| error.to_string())
}

fn build(registry: &Registry<'static>, schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_registry(registry)
        .offline()
        .should_validate_formats(true)
        .build(schema)
        .map_err(|error| error.to_string())
}

/// The most schema violations of one body that are listed.
const MAX_MISFITS: usize = 50;

fn misfit(error: &ValidationError<'_>) -> Misfit {
    let at = error.instance_path().as_str().to_owned();
    let instance = error.instance();
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            Misfit {
                pointer: format!("{at}/{}", escaped(name)),
                expected: format!("a member `{name}`"),
                actual: "nothing there".to_owned(),
            }
        }
        ValidationErrorKind::Type { kind } => {
            Misfit { pointer: at, expected: expected_types(kind), actual: shown(instance) }
        }
        ValidationErrorKind::MinLength { .. } => {
            Misfit { pointer: at, expected: "a string that is not empty".to_owned(), actual: shown(instance) }
        }
        ValidationErrorKind::Minimum { limit } => {
            Misfit { pointer: at, expected: format!("a number not below {limit}"), actual: shown(instance) }
        }
        ValidationErrorKind::Enum { options } => {
            Misfit { pointer: at, expected: format!("one of {options}"), actual: shown(instance) }
        }
        ValidationErrorKind::Constant { expected_value } => {
            Misfit { pointer: at, expected: expected_value.to_string(), actual: shown(instance) }
        }
        _ => Misfit { pointer: at, expected: error.masked().to_string(), actual: shown(instance) },
    }
}

fn expected_types(kind: &jsonschema::error::TypeKind) -> String {
    use jsonschema::error::TypeKind;
    match kind {
        TypeKind::Single(one) => format!("a value of type {one}"),
        TypeKind::Multiple(set) => {
            let names: Vec<String> = set.iter().map(|one| one.to_string()).collect();
            format!("a value of type {}", names.join(" or "))
        }
    }
}

/// A value as JSON, for findings. It may be anything that a target sends, so only its beginning is written. The report
/// shows a part of that, after redaction.
pub fn shown(value: &Value) -> String {
    let mut beginning = Beginning(String::new());
    // An error says that the value is longer.
    let _ = write!(beginning, "{value}");
    beginning.0
}

/// The longest beginning of a value, in bytes.
const MAX_SHOWN_LENGTH: usize = 4 * 1024;

struct Beginning(String);

impl std::fmt::Write for Beginning {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = text.floor_char_boundary(MAX_SHOWN_LENGTH.saturating_sub(self.0.len()));
        self.0.push_str(&text[..end]);
        if end == text.len() { Ok(()) } else { Err(std::fmt::Error) }
    }
}

fn documented_members(schema: &Value) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    collect_members(schema, String::new(), &mut found);
    found
}

fn collect_members(schema: &Value, at: String, found: &mut BTreeMap<String, Vec<String>>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return;
    };
    found.insert(at.clone(), properties.keys().cloned().collect());
    for (name, inner) in properties {
        collect_members(inner, format!("{at}/{}", escaped(name)), found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_through_lists_require_the_element() {
        let schema = jsonschema::validator_for(&nested("/errors/0/code", json!({ "const": "A" }))).expect("a schema");
        assert!(schema.is_valid(&json!({ "errors": [{ "code": "A" }, { "code": "B" }] })));
        for body in [json!({ "errors": [] }), json!({ "errors": [{ "code": "B" }] }), json!({ "errors": "A" })] {
            assert!(!schema.is_valid(&body), "{body}");
        }
    }
}
