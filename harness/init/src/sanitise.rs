//! Removes invalid keywords from schemas, with a warning, so that a JSON Schema validator accepts the schemas.

use serde_json::{Map, Value, json};

use super::description::{Description, replace_dangling_references};
use super::example::without_variables;

/// Keywords whose values can be validated without the rest of the schema.
const INDEPENDENT_KEYWORDS: [&str; 18] = [
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
const SCHEMA_KEYWORDS: [&str; 8] =
    ["items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"];
/// Keywords whose values have another form in OpenAPI 3.0.
const OLD_KEYWORDS: [&str; 2] = ["exclusiveMinimum", "exclusiveMaximum"];

/// Members whose own members may have any name. Elsewhere, `x-` begins the name of an extension.
const MAPS: [&str; 8] =
    ["parameters", "headers", "responses", "requestBodies", "callbacks", "links", "securitySchemes", "pathItems"];

/// Removes invalid keywords from all schemas.
pub(super) fn schemas(description: &mut Description, warnings: &mut Vec<String>) {
    let is_old = description.is_old();
    for (name, document) in &mut description.documents {
        let mut cleaner = Cleaner { name, is_old, warnings };
        cleaner.find(document, name);
    }
    // A schema that is left out may have been the target of a reference.
    replace_dangling_references(&mut description.documents, warnings);
}

/// True for a parameter. A map of parameters may have one with the name `schema`.
fn is_parameter(value: &Value) -> bool {
    value.get("in").is_some_and(Value::is_string) && value.get("name").is_some_and(Value::is_string)
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
    /// Finds schemas: the value of `schema`, the members of `schemas`, and a file that is a schema.
    fn find(&mut self, value: &mut Value, at: &str) {
        let looks_like_schema =
            |value: &Value| value.get("properties").is_some_and(Value::is_object) || value.get("allOf").is_some();
        if value.get("in").is_none() && looks_like_schema(value) {
            return self.schema(value, at);
        }
        match value {
            Value::Object(members) => {
                self.nullable(members);
                for (key, inner) in members.iter_mut() {
                    if key == "parameters" {
                        self.parameters(inner, at);
                    }
                    match key.as_str() {
                        key if key.starts_with("x-") && !MAPS.contains(&at) => {}
                        "schema" if !is_parameter(inner) => self.whole(inner, at),
                        "schemas" | "definitions" | "$defs" => self.all(inner, at),
                        "example" | "examples" | "value" => self.example(inner, at),
                        _ => self.find(inner, key),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|inner| self.find(inner, at)),
            _ => {}
        }
    }

    /// Removes parameters whose name would be read as a template.
    fn parameters(&mut self, value: &mut Value, at: &str) {
        let (file, warnings) = (self.name, &mut *self.warnings);
        let mut can_be_named = |parameter: &Value| {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            if name.contains("${") {
                warnings.push(format!("{file}: the parameter `{name}` of {at} is left out: `${{` begins a template"));
            }
            !name.contains("${")
        };
        match value {
            Value::Array(parameters) => parameters.retain(|parameter| can_be_named(parameter)),
            Value::Object(parameters) => parameters.retain(|_, parameter| can_be_named(parameter)),
            _ => {}
        }
    }

    fn example(&mut self, value: &mut Value, at: &str) {
        if without_variables(value) {
            self.warnings.push(format!("{}: `${{` in an example of {at} is written as `$ {{`", self.name));
        }
    }

    /// A map of schemas. A member that is not a schema is removed, such as a `$ref` of the whole map.
    fn all(&mut self, value: &mut Value, at: &str) {
        let Some(members) = value.as_object_mut() else { return };
        let (name, warnings) = (self.name, &mut *self.warnings);
        members.retain(|key, inner| {
            let is_schema = is_schema(inner);
            if !is_schema {
                warnings.push(format!("{name}: `{key}: {inner}` of {at} is left out: expected a schema"));
            }
            is_schema
        });
        for (key, inner) in members.iter_mut() {
            self.whole(inner, key);
        }
    }

    /// A schema that is used by itself. What is still invalid after its keywords were cleaned is left out.
    fn whole(&mut self, value: &mut Value, at: &str) {
        self.schema(value, at);
        let Err(error) = jsonschema::draft202012::meta::validate(value) else { return };
        // OpenAPI 3.0 has other forms of two keywords, which the contract reader converts.
        if self.is_old && OLD_KEYWORDS.iter().any(|word| error.schema_path().to_string().contains(word)) {
            return;
        }
        self.warnings.push(format!(
            "{}: the schema {value} of {at} is left out, because it is not valid JSON Schema",
            self.name
        ));
        *value = json!({});
    }

    fn schema(&mut self, value: &mut Value, at: &str) {
        let Some(members) = value.as_object_mut() else { return };
        self.nullable(members);
        for word in INDEPENDENT_KEYWORDS {
            let is_valid_before = |given: &Value| self.is_old && OLD_KEYWORDS.contains(&word) && given.is_boolean();
            let Some(given) = members.get(word).filter(|given| !is_valid_before(given)) else { continue };
            if jsonschema::draft202012::new(&json!({ word: given })).is_err() {
                self.warnings.push(format!(
                    "{}: `{word}: {given}` of {at} is left out, because it is not valid JSON Schema",
                    self.name
                ));
                members.shift_remove(word);
            }
        }
        for word in SCHEMA_KEYWORDS {
            if members.get(word).is_some_and(|inner| !is_schema(inner)) {
                self.warnings.push(format!("{}: `{word}` of {at} is left out: expected a schema", self.name));
                members.shift_remove(word);
            }
        }
        for (key, inner) in members.iter_mut() {
            match key.as_str() {
                "properties" | "$defs" | "patternProperties" | "dependentSchemas" => self.all(inner, at),
                key if SCHEMA_KEYWORDS.contains(&key) => self.schema(inner, at),
                "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                    inner.as_array_mut().into_iter().flatten().for_each(|one| self.schema(one, at));
                }
                _ => {}
            }
        }
    }

    /// `nullable` exists in OpenAPI 3.0 only. The contract reader refuses it in other versions.
    fn nullable(&mut self, members: &mut Map<String, Value>) {
        // An object is a member of that name.
        if self.is_old || members.get("nullable").is_some_and(Value::is_object) {
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
    fn invalid_keywords_are_removed_with_a_warning() {
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

    #[test]
    fn extensions_examples_and_parameters_are_not_schemas() {
        let data = json!({ "properties": { "a": null }, "type": "SCHEDULE" });
        let parameter = json!({ "in": "query", "name": "schema", "required": true, "schema": { "type": "string" } });
        let all = json!({
            "openapi": "3.1.0",
            "x-changes": data,
            "components": { "parameters": { "schema": parameter }, "examples": { "one": { "value": data } } },
        });
        let mut description = of(all.clone());
        let mut warnings = Vec::new();
        schemas(&mut description, &mut warnings);
        assert_eq!((&description.documents["openapi.yaml"], warnings), (&all, Vec::new()));
    }

    #[test]
    fn parameters_whose_names_are_templates_are_left_out() {
        let parameters = json!([{ "name": "${x}", "in": "query" }, { "name": "page", "in": "query" }]);
        let mut all = of(json!({ "openapi": "3.1.0", "paths": { "/a": { "get": { "parameters": parameters } } } }));
        let mut warnings = Vec::new();
        schemas(&mut all, &mut warnings);
        let kept = &all.documents["openapi.yaml"]["paths"]["/a"]["get"]["parameters"];
        assert_eq!(*kept, json!([{ "name": "page", "in": "query" }]));
        assert_eq!(warnings, ["openapi.yaml: the parameter `${x}` of get is left out: `${` begins a template"]);
    }
}
