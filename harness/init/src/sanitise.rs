//! Schemas that a JSON Schema validator refuses: a keyword that it cannot take is left out, with a warning.

use serde_json::{Map, Value, json};

use super::description::Description;

/// Keywords that can be tried by themselves.
const ALONE: [&str; 18] = [
    "type",
    "required",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "multipleOf",
    "enum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "patternProperties",
    "dependentRequired",
];
/// Keywords whose value is a schema.
const ONE: [&str; 8] = ["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"];
/// Keywords that OpenAPI 3.0 has in another form.
const OLD: [&str; 2] = ["exclusiveMinimum", "exclusiveMaximum"];

/// Leaves out what no validator could take.
pub(super) fn schemas(description: &mut Description, warnings: &mut Vec<String>) {
    let is_old = description.is_old();
    for (name, document) in &mut description.documents {
        let mut cleaner = Cleaner { name, is_old, warnings };
        cleaner.find(document, name);
    }
}

fn is_schema(value: &Value) -> bool {
    value.is_object() || value.is_boolean()
}

struct Cleaner<'c> {
    name: &'c str,
    is_old: bool,
    warnings: &'c mut Vec<String>,
}

impl Cleaner<'_> {
    /// Looks for schemas: below `schema`, among `schemas`, and in a file that is one itself.
    fn find(&mut self, value: &mut Value, at: &str) {
        let looks_like_one =
            |value: &Value| value.get("properties").is_some_and(Value::is_object) || value.get("allOf").is_some();
        if value.get("in").is_none() && looks_like_one(value) {
            return self.schema(value, at);
        }
        match value {
            Value::Object(members) => {
                for (key, inner) in members.iter_mut() {
                    match key.as_str() {
                        "schema" => self.schema(inner, at),
                        "schemas" | "definitions" | "$defs" => self.all(inner, at),
                        "example" | "examples" => {}
                        _ => self.find(inner, key),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|inner| self.find(inner, at)),
            _ => {}
        }
    }

    /// A map of schemas; what is none, such as a reference in place of the whole map, is left out.
    fn all(&mut self, value: &mut Value, at: &str) {
        let Some(members) = value.as_object_mut() else { return };
        let (name, warnings) = (self.name, &mut *self.warnings);
        members.retain(|key, inner| {
            let is_schema = is_schema(inner);
            if !is_schema {
                warnings.push(format!("{name}: `{key}: {inner}` of {at} is left out, since it is not a schema"));
            }
            is_schema
        });
        for (key, inner) in members.iter_mut() {
            self.schema(inner, key);
        }
    }

    fn schema(&mut self, value: &mut Value, at: &str) {
        let Some(members) = value.as_object_mut() else { return };
        self.nullable(members);
        for word in ALONE {
            let skipped = self.is_old && OLD.contains(&word);
            let Some(given) = members.get(word).filter(|_| !skipped) else { continue };
            if jsonschema::draft202012::new(&json!({ word: given })).is_err() {
                self.warnings
                    .push(format!("{}: `{word}: {given}` of {at} is left out, since no validator takes it", self.name));
                members.shift_remove(word);
            }
        }
        for word in ONE {
            if members.get(word).is_some_and(|inner| !is_schema(inner)) {
                self.warnings.push(format!("{}: `{word}` of {at} is left out, since it is not a schema", self.name));
                members.shift_remove(word);
            }
        }
        for (key, inner) in members.iter_mut() {
            match key.as_str() {
                "properties" | "$defs" | "patternProperties" | "dependentSchemas" => self.all(inner, at),
                key if ONE.contains(&key) => self.schema(inner, at),
                "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                    inner.as_array_mut().into_iter().flatten().for_each(|one| self.schema(one, at));
                }
                _ => {}
            }
        }
    }

    /// `nullable` has a meaning in OpenAPI 3.0 only, and the contract reader refuses it elsewhere.
    fn nullable(&mut self, members: &mut Map<String, Value>) {
        if self.is_old || !members.get("nullable").is_some_and(Value::is_boolean) {
            return;
        }
        let is_nullable = members.shift_remove("nullable") == Some(Value::Bool(true));
        if let Some(Value::String(kind)) = members.get("type").cloned().filter(|_| is_nullable) {
            members.insert("type".to_owned(), json!([kind, "null"]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::description::of;
    use super::*;

    #[test]
    fn what_no_validator_takes_is_left_out_with_a_warning() {
        let schema = json!({
            "type": "any", "pattern": "(", "minimum": 1, "required": true, "nullable": true, "items": [],
            "properties": { "$ref": "#/elsewhere", "a": { "type": ["string", "null"], "maxLength": "7" } },
        });
        let mut all = of(json!({ "openapi": "3.1.0", "components": { "schemas": { "A": schema } } }));
        let mut warnings = Vec::new();
        schemas(&mut all, &mut warnings);
        let kept = json!({ "minimum": 1, "properties": { "a": { "type": ["string", "null"] } } });
        assert_eq!(all.documents["openapi.yaml"]["components"]["schemas"]["A"], kept);
        assert_eq!(warnings.len(), 6, "{warnings:?}");
    }
}
