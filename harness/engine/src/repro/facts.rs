//! What the script must know of the contract to judge answers, as one JSON document.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::check::{CHECKS, leak_patterns};
use crate::contract::{Contract, DetailsName, ResetForm, RetryAfterForm, Surface, derived};
use crate::source::SourceFile;

/// References are followed so far; what lies deeper is not judged.
const DEEPEST: usize = 12;

/// The facts for calls of these operations.
pub(super) fn facts(contract: &Contract, operations: &BTreeSet<String>) -> Result<Value, String> {
    let schemas = Schemas::read(contract)?;
    let catalog = &contract.catalog;
    let pointers = &catalog.envelope.pointers;
    let optional = |pointer: &Option<String>| pointer.as_deref().map(tokens);
    let mut codes = Map::new();
    for entry in &catalog.codes {
        let details_name = entry.details_name.map(|name| match name {
            DetailsName::Expiry => "expiry",
            DetailsName::RequestId => "request-id",
        });
        let schema = of_the_code_alone(&derived(catalog, entry));
        codes.insert(
            entry.code.clone(),
            json!({ "status": entry.status, "log": entry.surface == Surface::DeliveryLog, "requires": entry.requires,
                "names_field": entry.names_field, "details_name": details_name, "schema": schema }),
        );
    }
    let envelope_schema = schemas.of_envelope();
    let documented: Vec<Value> =
        contract.schemas.documented_members().iter().map(|(pointer, names)| json!([tokens(pointer), names])).collect();
    let limit = catalog.rate_limit.as_ref().map(|limit| {
        json!({ "code": limit.code, "limit": limit.limit, "remaining": limit.remaining, "reset": limit.reset,
            "reset_is_delay": limit.reset_form == ResetForm::Delay, "retry_after": limit.retry_after,
            "seconds": limit.retry_after_form != RetryAfterForm::HttpDate,
            "dates": limit.retry_after_form != RetryAfterForm::Seconds,
            "form": limit.retry_after_form.words(), "retry_play": limit.retry_play_seconds,
            "reset_play": limit.reset_play_seconds })
    });
    Ok(json!({
        "envelope": {
            "schema": envelope_schema,
            "media_type": catalog.envelope.media_type,
            "integer_codes": catalog.envelope.code_type == crate::contract::CodeType::Integer,
            "envelope": tokens(&pointers.envelope),
            "code": tokens(&pointers.code),
            "message": tokens(&pointers.message),
            "details": optional(&pointers.details),
            "field": optional(&pointers.field),
            "retry_delay": optional(&pointers.retry_delay),
        },
        "statuses": catalog.statuses,
        "codes": codes,
        "documented": documented,
        "request_id": catalog.request_id.as_ref().map(|id| &id.header),
        "rate_limit": limit,
        "checks": checks(contract),
        "operations": successes(contract, operations, &schemas),
        "leaks": leak_patterns().collect::<Vec<_>>(),
    }))
}

/// The tokens of a JSON Pointer.
pub(super) fn tokens(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
}

/// The checks that the contract names, each with its clause.
fn checks(contract: &Contract) -> Value {
    let named = CHECKS.iter().filter_map(|check| {
        let clause = contract.clause_of_check(check.name)?;
        Some((check.name.to_owned(), json!({ "clause": clause.id, "level": clause.level.as_str() })))
    });
    Value::Object(named.collect())
}

/// The documented successes of each operation: how they are called, and the schema of each status that has one.
fn successes(contract: &Contract, operations: &BTreeSet<String>, schemas: &Schemas) -> Value {
    let known = contract.operations.iter().filter(|operation| operations.contains(&operation.id));
    let facts = known.map(|operation| {
        let all = operation.successes.iter().map(|success| {
            let schema = success.schema.as_deref().map(|address| schemas.of(address));
            json!({ "status": success.name.to_lowercase(), "schema": schema })
        });
        (operation.id.clone(), json!({ "success": operation.success_statuses(), "all": all.collect::<Vec<_>>() }))
    });
    Value::Object(facts.collect())
}

/// What a code asks for besides the general schema, which comes first.
fn of_the_code_alone(derived: &Value) -> Value {
    let parts = derived.get("allOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    json!({ "allOf": parts.iter().skip(1).collect::<Vec<_>>() })
}

/// The pack's schemas as they are written, by the names of their files.
struct Schemas {
    documents: RefCell<BTreeMap<String, Value>>,
    folder: PathBuf,
    envelope: String,
}

impl Schemas {
    fn read(contract: &Contract) -> Result<Self, String> {
        let folder = contract.root.join("schemas");
        let envelope = contract.catalog.envelope.schema.clone();
        let text = std::fs::read_to_string(folder.join(&envelope)).map_err(|error| format!("{envelope}: {error}"))?;
        let document = serde_json::from_str(&text).map_err(|error| format!("{envelope}: {error}"))?;
        let documents = RefCell::new(BTreeMap::from([(envelope.clone(), document)]));
        Ok(Self { documents, folder, envelope })
    }

    /// The schema at an address, with every reference replaced by what it stands for.
    fn of(&self, address: &str) -> Value {
        self.target(address, "openapi.yaml", 0)
    }

    fn of_envelope(&self) -> Value {
        self.target(&format!("{}#", self.envelope), &self.envelope, 0)
    }

    /// A document; of one that cannot be read nothing is judged.
    fn document(&self, name: &str) -> Value {
        if let Some(known) = self.documents.borrow().get(name) {
            return known.clone();
        }
        let file = SourceFile::read(&self.folder.join(name), name);
        let document = file.and_then(|file| file.parse_json()).unwrap_or(Value::Bool(true));
        self.documents.borrow_mut().insert(name.to_owned(), document.clone());
        document
    }

    fn resolve(&self, schema: &Value, home: &str, depth: usize) -> Value {
        match schema {
            _ if depth > DEEPEST => Value::Bool(true),
            Value::Object(members) => {
                let mut own: Map<String, Value> = members
                    .iter()
                    .filter(|(name, _)| !NOT_JUDGED.contains(&name.as_str()))
                    .map(|(name, inner)| (name.clone(), self.resolve_member(name, inner, home, depth)))
                    .collect();
                let nullable = own.shift_remove("nullable") == Some(Value::Bool(true));
                let schema = match own.shift_remove("$ref") {
                    Some(Value::String(reference)) => {
                        json!({ "allOf": [self.target(&reference, home, depth), own] })
                    }
                    _ => Value::Object(own),
                };
                if nullable { json!({ "anyOf": [schema, { "type": "null" }] }) } else { schema }
            }
            Value::Array(elements) => elements.iter().map(|inner| self.resolve(inner, home, depth)).collect(),
            other => other.clone(),
        }
    }

    /// Names of properties are no keywords, and values are no schemas.
    fn resolve_member(&self, name: &str, inner: &Value, home: &str, depth: usize) -> Value {
        match (name, inner) {
            ("enum" | "const", value) => value.clone(),
            ("properties", Value::Object(members)) => {
                members.iter().map(|(name, schema)| (name.clone(), self.resolve(schema, home, depth))).collect()
            }
            (_, schema) => self.resolve(schema, home, depth),
        }
    }

    fn target(&self, reference: &str, home: &str, depth: usize) -> Value {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let name = if file.is_empty() { home } else { file };
        let name = if name.rsplit('/').next() == Some(&self.envelope) { &self.envelope } else { name };
        let document = self.document(name);
        document.pointer(pointer).map_or(Value::Bool(true), |target| self.resolve(target, name, depth + 1))
    }
}

/// What says nothing of a value, or only to people.
const NOT_JUDGED: [&str; 9] =
    ["$schema", "$id", "$comment", "$defs", "title", "description", "example", "examples", "default"];
