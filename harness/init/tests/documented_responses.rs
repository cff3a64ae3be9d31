//! What the description says about error bodies and response headers becomes a part of the pack.

use std::path::PathBuf;

use init::{Pack, Sources, generate};
use serde_json::{Value, json};

/// The pack of a description with these error schemas, one for each status from 400 on.
fn pack(name: &str, components: &Value, schemas: &[Value]) -> Pack {
    let media = if name.starts_with("problem") { "application/problem+json" } else { "application/json" };
    let error = |schema: &Value| json!({ "description": "No", "content": { media: { "schema": schema } } });
    let mut responses = json!({ "200": { "description": "Yes", "headers": {
        "ETag": { "$ref": "#/components/headers/Tag" }, "X-Optional": { "schema": {} } } } });
    for (index, schema) in schemas.iter().enumerate() {
        responses[(400 + index).to_string()] = error(schema);
    }
    let mut components = components.clone();
    components["headers"] = json!({ "Tag": { "required": true, "schema": { "type": "string" } } });
    described(
        name,
        &json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" }, "components": components,
        "paths": { "/things": { "get": { "operationId": "listThings", "responses": responses } } } }),
    )
}

fn described(name: &str, description: &Value) -> Pack {
    let openapi: PathBuf =
        std::env::temp_dir().join(format!("conformance-documented-{name}-{}.json", std::process::id()));
    std::fs::write(&openapi, description.to_string()).expect("a file");
    let sources =
        Sources { openapi: openapi.clone(), page: None, problem_json: false, name: None, auth: None, url: None };
    let pack = generate(&sources, &[]);
    std::fs::remove_file(&openapi).expect("removed");
    pack.unwrap_or_else(|message| panic!("{message}"))
}

fn accepts(pack: &Pack, body: &Value) -> bool {
    let schema: Value = serde_json::from_str(&pack.files["schemas/envelope.schema.json"]).expect("JSON");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema").is_valid(body)
}

/// The body with another value of a member, or without it.
fn with(body: &Value, pointer: &str, value: Option<Value>) -> Value {
    let mut body = body.clone();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let members = body.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    match value {
        Some(value) => drop(members.insert(name.to_owned(), value)),
        None => drop(members.remove(name)),
    }
    body
}

/// `kind` is a member that RFC 9457 does not have.
fn problem_schema() -> Value {
    json!({ "Problem": { "allOf": [{ "$ref": "#/components/schemas/Base" }, {
            "required": ["code", "kind"], "properties": {
                "code": { "type": "string", "enum": ["A"] }, "kind": { "type": "string", "enum": ["user", "server"] },
                "errors": { "type": "array", "items": { "required": ["reason"], "properties": {
                    "reason": { "type": "string", "minLength": 3 } } } } } }] },
        "Base": { "type": "object", "required": ["type", "title", "status"], "properties": {
            "type": { "type": "string", "format": "uri" }, "title": { "type": "string" },
            "status": { "type": "integer", "const": 400 } } } })
}

#[test]
fn the_envelope_of_problems_has_what_the_description_requires() {
    let reference = json!({ "$ref": "#/components/schemas/Problem" });
    let pack = pack("problem", &json!({ "schemas": problem_schema() }), &[reference.clone(), reference]);
    let good = json!({ "type": "https://a.example/a", "title": "t", "status": 400, "code": "A", "kind": "user" });
    // Other checks judge the values of the code and of the status.
    for good in [good.clone(), with(&good, "/code", Some(json!("B"))), with(&good, "/status", Some(json!(404)))] {
        assert!(accepts(&pack, &good), "{good}: {}", pack.files["schemas/envelope.schema.json"]);
    }
    for (pointer, value) in [
        ("/type", None),
        ("/title", None),
        ("/title", Some(json!(""))),
        ("/type", Some(json!("no uri"))),
        ("/kind", None),
        ("/kind", Some(json!("other"))),
        ("/errors", Some(json!([{}]))),
        ("/errors", Some(json!([{ "reason": "a" }]))),
    ] {
        assert!(!accepts(&pack, &with(&good, pointer, value.clone())), "{pointer} {value:?}");
    }
    let clauses = &pack.files["schemas/clauses.yaml"];
    assert!(clauses.contains("An error is a JSON object that envelope.schema.json allows."), "{clauses}");
    assert!(clauses.contains("`title` is present and as documented, and not empty."), "{clauses}");
}

#[test]
fn the_envelope_in_a_wrapper_has_what_the_description_requires() {
    let error = json!({ "type": "object", "required": ["error"], "properties": { "error": {
        "type": "object", "required": ["code", "message", "trace"], "properties": {
            "code": { "type": "string" }, "message": { "type": "string" },
            "trace": { "type": "string", "pattern": "^[0-9a-f]{4}$" }, "at": { "type": "string", "format": "date-time" } } } } });
    let pack = pack("wrapper", &json!({}), &[error.clone(), error]);
    let good = json!({ "error": { "code": "A", "message": "m", "trace": "0a1b" } });
    assert!(accepts(&pack, &good));
    for (pointer, value) in [
        ("/error/trace", None),
        ("/error/trace", Some(json!("x"))),
        ("/error/at", Some(json!("now"))),
        ("/error/message", Some(json!(""))),
    ] {
        assert!(!accepts(&pack, &with(&good, pointer, value)), "{pointer}");
    }
}

#[test]
fn several_error_schemas_require_what_all_of_them_require() {
    let schema = |names: &[&str], kinds: Value| {
        json!({ "type": "object", "required": names, "properties": { "type": { "type": "string" },
            "title": { "type": "string" }, "status": { "type": "integer" }, "detail": { "type": "string" },
            "kind": { "type": "string", "enum": kinds } } })
    };
    let schemas = [schema(&["title", "detail", "kind"], json!(["a"])), schema(&["title", "kind"], json!(["b"]))];
    let pack = pack("problems", &json!({}), &schemas);
    let good = json!({ "title": "t", "kind": "a" });
    assert!(accepts(&pack, &good) && accepts(&pack, &with(&good, "/kind", Some(json!("b")))));
    assert!(!accepts(&pack, &with(&good, "/title", None)) && !accepts(&pack, &with(&good, "/kind", Some(json!("c")))));
}

#[test]
fn nothing_is_required_that_no_schema_requires() {
    let schema = json!({ "type": "object", "properties": { "type": { "type": "string" }, "title": { "type": "string" },
        "status": { "type": "integer" }, "detail": { "type": ["string", "null"] } } });
    let pack = pack("problem-open", &json!({}), &[schema.clone(), schema]);
    assert!(accepts(&pack, &json!({})) && accepts(&pack, &json!({ "detail": null, "title": "" })));
    assert!(!accepts(&pack, &json!({ "title": 7 })));
    let clauses = &pack.files["schemas/clauses.yaml"];
    assert!(clauses.contains("`title`, if it is present, is as documented."), "{clauses}");
}

#[test]
fn required_response_headers_are_judged_by_a_clause_of_their_own() {
    let pack = pack("headers", &json!({}), &[]);
    let errors: Value = serde_yaml::from_str(&pack.files["schemas/errors.yaml"]).expect("YAML");
    assert_eq!(errors["headers"], json!([{ "header": "ETag", "status": 200, "operation": "listThings" }]));
    let clauses = &pack.files["schemas/clauses.yaml"];
    assert!(clauses.contains("- { id: HDR-1, level: MUST, page: OpenAPI, checks: [required-headers]"), "{clauses}");
}
