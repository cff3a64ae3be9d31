//! The facts of the contract that the script needs to judge responses, as one JSON document.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use generate::schema::pointer;
use judge::check::{CHECKS, leak_patterns};
use spec::contract::{Contract, DetailsValue, FieldForm, OccursIn, ResetForm, RetryAfterForm, derived};
use spec::source::SourceFile;

/// The maximum depth of resolved references. Anything deeper is not judged.
const MAX_DEPTH: usize = 12;

/// The facts for these operations.
pub(super) fn facts(contract: &Contract, operations: &BTreeSet<String>) -> Result<Value, String> {
    let schemas = Schemas::read(contract)?;
    let catalog = &contract.catalog;
    let pointers = &catalog.envelope.pointers;
    let optional = |pointer: &Option<String>| pointer.as_deref().map(tokens);
    let mut codes = Map::new();
    for entry in &catalog.codes {
        let details_contain = entry.details_contain.map(|name| match name {
            DetailsValue::Expiry => "expiry",
            DetailsValue::RequestId => "request-id",
        });
        let schema = schema_of_the_code_alone(&derived(catalog, entry));
        codes.insert(
            entry.code.clone(),
            json!({ "status": entry.statuses, "log": entry.occurs_in == OccursIn::DeliveryLog, "requires": entry.requires,
                "names_field": entry.names_field, "details_contain": details_contain, "schema": schema }),
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
            "form": limit.retry_after_form.words(), "retry_tolerance": limit.retry_tolerance_seconds,
            "reset_tolerance": limit.reset_tolerance_seconds })
    });
    Ok(json!({
        "envelope": {
            "schema": envelope_schema,
            "media_type": catalog.envelope.media_type,
            "integer_codes": catalog.envelope.code_type == spec::contract::CodeType::Integer,
            "envelope": tokens(&pointers.envelope),
            "code": tokens(&pointers.code),
            "message": tokens(&pointers.message),
            "status": optional(&pointers.status),
            "details": optional(&pointers.details),
            "field": optional(&pointers.field),
            "field_form": catalog.envelope.field_form.words(),
            "bad_field": match catalog.envelope.field_form {
                FieldForm::Name => "^/",
                FieldForm::Pointer => "^[^/]",
                FieldForm::Fragment => "^([^#]|#[^/]|$)",
            },
            "retry_delay": optional(&pointers.retry_delay),
        },
        "statuses": catalog.statuses,
        "codes": codes,
        "documented": documented,
        "request_id": catalog.request_id.as_ref().map(|id| &id.header),
        "rate_limit": limit,
        "headers": required_headers(contract),
        "checks": checks(contract),
        "operations": successes(contract, operations, &schemas),
        "leaks": leak_patterns().collect::<Vec<_>>(),
    }))
}

/// The headers that certain responses must carry.
fn required_headers(contract: &Contract) -> Vec<Value> {
    let facts = contract.catalog.headers.iter().map(|entry| {
        json!({ "name": entry.header, "status": entry.status, "code": entry.code, "operation": entry.operation, "equals": entry.equals,
            "contains": entry.contains, "matches": entry.matches, "below": entry.below, "at_least": entry.at_least })
    });
    facts.collect()
}

/// The names in a JSON Pointer, as jq takes a path.
pub(super) fn tokens(pointer: &str) -> Vec<String> {
    pointer::names(pointer).collect()
}

/// The checks that the contract names, each with its clause.
fn checks(contract: &Contract) -> Value {
    let named = CHECKS.iter().filter_map(|check| {
        let clause = contract.clause_of_check(check.name)?;
        Some((check.name.to_owned(), json!({ "clause": clause.id, "level": clause.level.as_str() })))
    });
    Value::Object(named.collect())
}

/// The documented success responses of each operation: their names, and the schema of each status that has one.
fn successes(contract: &Contract, operations: &BTreeSet<String>, schemas: &Schemas) -> Value {
    let known = contract.operations.iter().filter(|operation| operations.contains(&operation.id));
    let facts = known.map(|operation| {
        let all = operation.successes.iter().map(|success| {
            let schema = success.schema.as_deref().map(|address| schemas.of(address));
            json!({ "status": success.name.to_lowercase(), "schema": schema })
        });
        let facts = json!({ "method": operation.method, "path": operation.path,
            "success": operation.success_statuses(), "all": all.collect::<Vec<_>>() });
        (operation.id.clone(), facts)
    });
    Value::Object(facts.collect())
}

/// The schema of a code without the general schema, which is the first part.
fn schema_of_the_code_alone(derived: &Value) -> Value {
    let parts = derived.get("allOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    json!({ "allOf": parts.iter().skip(1).collect::<Vec<_>>() })
}

/// The original schemas of the pack, by file name.
struct Schemas {
    documents: RefCell<BTreeMap<String, Value>>,
    root: PathBuf,
    envelope: String,
}

impl Schemas {
    fn read(contract: &Contract) -> Result<Self, String> {
        let root = contract.root.clone();
        let envelope = contract.catalog.envelope.schema.clone();
        let file = SourceFile::read(&root.join("schemas").join(&envelope), &*envelope)
            .map_err(|problem| problem.one_line())?;
        let document = file.parse_as_json().map_err(|problem| problem.one_line())?;
        let documents = RefCell::new(BTreeMap::from([(envelope.clone(), document)]));
        Ok(Self { documents, root, envelope })
    }

    /// The schema at an address, with every reference replaced by its target.
    fn of(&self, address: &str) -> Value {
        self.target(address, "openapi.yaml", 0)
    }

    fn of_envelope(&self) -> Value {
        self.target(&format!("{}#", self.envelope), &self.envelope, 0)
    }

    /// A schema document. If it cannot be read, the schema `true` accepts everything.
    fn document(&self, name: &str) -> Value {
        if let Some(known) = self.documents.borrow().get(name) {
            return known.clone();
        }
        let file = SourceFile::in_pack(&self.root, &format!("schemas/{name}"));
        let document = file.and_then(|file| file.parse_json()).unwrap_or(Value::Bool(true));
        self.documents.borrow_mut().insert(name.to_owned(), document.clone());
        document
    }

    fn resolve(&self, schema: &Value, home: &str, depth: usize) -> Value {
        match schema {
            _ if depth > MAX_DEPTH => Value::Bool(true),
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

    /// Resolves the value of a keyword. Names of properties are not keywords, and values are not schemas.
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

/// Keywords that do not constrain a value.
const NOT_JUDGED: [&str; 9] =
    ["$schema", "$id", "$comment", "$defs", "title", "description", "example", "examples", "default"];
