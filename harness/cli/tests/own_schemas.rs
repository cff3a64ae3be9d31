//! The committed JSON Schemas of our own files agree with the types that read and write them.
//!
//! The schemas are generated from those types: names and types of fields, with doc comments as descriptions. `BLESS=1 cargo test --workspace --test own_schemas` rewrites them.

#[path = "own_schemas/reference.rs"]
mod reference;

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use judge::target::TargetFile;
use mutate::{MutationFile, SurvivorFile};
use report::Report;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use spec::contract::{ClauseFile, Conventions, ErrorCatalog};
use spec::own_schemas::{SCHEMAS, named};
use spec::scenario::{FixtureFile, FormatFile, ScenarioFile};
use spec::source::{SourceFile, yaml_files};

type Generate = fn() -> Schema;

/// Each schema: its name, and how it is generated from the type of the file.
const ROOTS: [(&str, Generate); 10] = [
    ("scenario", read::<ScenarioFile>),
    ("fixtures", read::<FixtureFile>),
    ("formats", read::<FormatFile>),
    ("errors", read::<ErrorCatalog>),
    ("clauses", read::<ClauseFile>),
    ("conventions", read::<Conventions>),
    ("target", read::<TargetFile>),
    ("report", written::<Report>),
    ("survivors", read::<SurvivorFile>),
    ("mutations", read::<MutationFile>),
];

#[test]
fn committed_schemas_match_the_types() {
    let mut stale = Vec::new();
    for (name, schema) in ROOTS {
        let made = text_of(name, schema());
        let path = root_folder().join(format!("harness/spec/schemas/{name}.schema.json"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &made).expect("a writable file");
        } else if std::fs::read_to_string(&path).unwrap_or_default() != made {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "schemas that differ from their types: {stale:?}; BLESS=1 rewrites them");
}

#[test]
fn reference_page_matches_the_types() {
    let roots = ROOTS.iter().filter(|(name, _)| reference::FILES.iter().any(|(own, _)| own == name));
    let schemas: Vec<(&str, Value)> =
        roots.map(|(name, schema)| (*name, serde_json::to_value(schema()).expect("JSON"))).collect();
    assert_eq!(schemas.len(), reference::FILES.len());
    let made = reference::page(&schemas);
    let path = root_folder().join("harness/docs/pack-format.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &made).expect("a writable file");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(committed, made, "the page differs from the types; BLESS=1 rewrites it");
}

#[test]
fn schema_command_prints_the_committed_schemas() {
    let names: Vec<&str> = SCHEMAS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ROOTS.map(|(name, _)| name));
    for (name, text) in SCHEMAS {
        assert_eq!(named(name), Ok(text));
    }
}

#[test]
fn files_of_the_packs_match_their_schemas() {
    let validators = ["scenario", "fixtures"].map(validator);
    let packs = ["parcel", "records", "orders", "oauth", "prometheus"];
    let packs = packs.map(|pack| Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs").join(pack));
    for root in packs.into_iter().chain([root_folder()]) {
        for kind in ["errors", "clauses", "conventions", "formats", "survivors", "mutations"] {
            let name = format!("schemas/{kind}.yaml");
            match SourceFile::read(&root.join(&name), name) {
                Ok(file) => assert_valid(&validator(kind), &file.parse_json().expect("YAML"), &file.name),
                Err(problem) => assert!(["formats", "survivors", "mutations"].contains(&kind), "{problem}"),
            }
        }
        for (path, name) in yaml_files(&root, &root.join("scenarios")) {
            let file = SourceFile::read(&path, name.clone()).expect("a text");
            let value = file.parse_json().expect("YAML");
            let index = usize::from(name.ends_with("scenarios/fixtures.yaml"));
            assert_valid(&validators[index], &value, &name);
        }
    }
}

#[test]
fn example_target_files_match_the_schema() {
    let validator = validator("target");
    let examples = yaml_files(&root_folder(), &root_folder().join("ci/targets"));
    let texts = examples.iter().map(|(path, _)| std::fs::read_to_string(path).expect("a text"));
    for text in texts.chain([TARGET.to_owned()]) {
        let file = SourceFile::new("target", text);
        assert!(file.parse::<TargetFile>().is_ok(), "{}", file.text);
        assert_valid(&validator, &file.parse_json().expect("YAML"), "a target file");
    }
}

#[test]
fn report_matches_the_schema_and_reads_back() {
    let value = report();
    assert_valid(&validator("report"), &value, "the report");
    let read: Report = serde_json::from_value(value.clone()).expect("it reads back");
    assert_eq!(serde_json::to_value(read).expect("it writes"), value);
}

#[test]
fn unknown_members_are_refused_by_type_and_schema() {
    let scenario = json!({
        "about": "A file.",
        "scenarios": [{
            "name": "a-fact", "clauses": ["A-1"],
            "steps": [{
                "call": "list", "as": "reader", "sign": { "covers": "body" }, "burst": { "at_most": 1, "in_flight": 1 },
                "poll": { "within_seconds": 1, "every_ms": 1 },
                "expect": { "success": true, "headers": { "Date": { "optional": true } } }
            }]
        }]
    });
    let fixtures = json!({ "fixtures": { "one": { "about": "One.", "steps": [{ "call": "list" }] } } });
    let target: Value = serde_yaml::from_str(TARGET).expect("YAML");
    assert_unknown_members_refused::<ScenarioFile>("scenario", &scenario, &["/scenarios/0/steps/0/expect/headers"]);
    assert_unknown_members_refused::<FixtureFile>("fixtures", &fixtures, &["/fixtures"]);
    let formats: Value = serde_yaml::from_str(FORMATS).expect("YAML");
    assert_unknown_members_refused::<FormatFile>(
        "formats",
        &formats,
        &["/callers", "/refusals", "/values/0/refused", "/values/0/rule_clauses", "/values/0/with"],
    );
    assert_unknown_members_refused::<TargetFile>("target", &target, &["/actors", "/lacks"]);
    assert_unknown_members_refused::<Report>("report", &report(), &["/summary", "/manifest/options"]);
}

#[test]
fn missing_members_are_refused_by_type_and_schema() {
    for (pointer, name) in [
        ("", "about"),
        ("", "scenarios"),
        ("/scenarios/0", "name"),
        ("/scenarios/0", "clauses"),
        ("/scenarios/0", "steps"),
    ] {
        let mut value = json!({ "about": "A.", "scenarios": [{ "name": "a", "clauses": ["A"], "steps": [] }] });
        assert_valid(&validator("scenario"), &value, "the sample");
        value.pointer_mut(pointer).and_then(Value::as_object_mut).expect("an object").remove(name);
        assert!(!validator("scenario").is_valid(&value), "{name}");
        assert!(serde_json::from_value::<ScenarioFile>(value).is_err(), "{name}");
    }
}

const TARGET: &str = "
url: https://sandbox.example
actors: { reader: READER_KEY }
lacks: { rate-limit: it has none }
rate: 5.5
deviations:
  - { clause: ENV-1, tests: \"a*\", reason: agreed, ticket: T-1, expires: 2030-01-31 }
  - { tests: b, check: expectation, place: body /error, reason: agreed, ticket: T-1, owner: desk, expires: 2030-01-31, flaky: true }
";

const FORMATS: &str = "
callers: { change: { as: clerk, given: [thing], given_refused: [standing-thing] } }
refusals: { wrong-type: { clause: A-1, error: BAD, tolerate: [WORSE], names_field: true, must_respond: true } }
values:
  - member: born
    operations: [change]
    formats: [calendar-date, not-text]
    companion: place
    with: { place: DE }
    accepted: A-1
    refused: { malformed: { clause: A-1, error: [BAD] } }
    handled: A-2
    server_error: A-2
    rule_clauses: { month-thirteen: A-3 }
    leave_out: [empty]
    lock: one-at-a-time
    in_flight: 2
";

/// Adds a member to each object but the `open` ones (maps of names): type and schema must refuse it.
fn assert_unknown_members_refused<T: DeserializeOwned>(name: &str, valid: &Value, open: &[&str]) {
    let validator = validator(name);
    assert_valid(&validator, valid, name);
    let mut objects = Vec::new();
    objects_of(valid, String::new(), &mut objects);
    assert!(objects.len() > open.len());
    for pointer in objects.iter().filter(|pointer| !open.contains(&pointer.as_str())) {
        let mut value = valid.clone();
        value
            .pointer_mut(pointer)
            .and_then(Value::as_object_mut)
            .expect("an object")
            .insert("nonsense".into(), 1.into());
        assert!(!validator.is_valid(&value), "the schema accepts a member `nonsense` at {name}{pointer}");
        assert!(serde_json::from_value::<T>(value).is_err(), "the type accepts a member `nonsense` at {name}{pointer}");
    }
}

fn objects_of(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(at.clone());
            members.iter().for_each(|(name, inner)| objects_of(inner, format!("{at}/{name}"), found));
        }
        // One element of a list is enough.
        Value::Array(elements) => elements.iter().take(1).for_each(|inner| objects_of(inner, format!("{at}/0"), found)),
        _ => {}
    }
}

fn validator(name: &str) -> Validator {
    let text = named(name).expect("a schema");
    let schema: Value = serde_json::from_str(text).expect("JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a valid schema");
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).expect("it compiles")
}

fn assert_valid(validator: &Validator, value: &Value, what: &str) {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {}", errors.join("\n"));
}

fn root_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A report with entries in the lists of all types.
fn report() -> Value {
    let text = r#"{
        "format": 1,
        "suite": { "name": "conformance", "version": "0.1.0", "contractHash": "00" },
        "target": "embedded reference", "seed": 1, "strict": false, "command": "cargo test", "startedAt": "2026-01-01T00:00:00.000Z",
        "durationMs": 5, "requests": 1, "exitCode": 1, "summary": { "failed": 1 },
        "causes": [{ "id": "c0", "title": "It breaks.", "level": "MUST", "clauses": ["A-1"], "operations": ["list"], "expected": "200", "actual": "404", "isKnown": false, "tests": 1, "onlyCauseOf": ["a"], "example": "a", "reproduce": "curl" }],
        "obstacles": [{ "id": "o0", "kind": "setup-step", "reason": "refused", "operation": "list", "tests": 1, "example": "a", "reproduce": "curl" }],
        "clauses": [{ "id": "A-1", "level": "MUST", "says": "So.", "page": "All", "status": "not-exercised", "reason": null, "exercisedBy": 0, "tests": [], "codes": ["GONE"], "unjudged": "no call", "excluded": null }],
        "errorCodes": [{ "code": "GONE", "status": 400, "statuses": [400, 401], "observed": 0, "tests": [], "excluded": null }],
        "actors": [{ "name": "reader", "configured": true }], "preflight": null,
        "tests": [{
            "name": "a::b", "file": "a.yaml", "line": 1, "about": "", "verdict": "failed", "reason": null,
            "startedAt": null, "durationMs": 5, "clauses": ["A-1"],
            "evidence": [{ "clause": "A-1", "checks": ["expectation"], "codes": ["GONE"], "responses": 1, "exchange": 0 }],
            "withoutEvidence": [{ "clause": "A-2", "reason": "the header X was not sent" }], "codes": ["GONE"], "deviations": [0],
            "findings": [{ "clause": "A-1", "check": "expectation", "level": "SHOULD", "message": "", "expected": "", "actual": "", "part": "status", "exchange": 0, "key": { "id": "00", "operation": "op", "place": "status", "expected": "", "actual": "", "response": "200", "rule": "r" }, "deviation": 0 }],
            "flaky": true, "attempts": [{ "note": "n", "findings": [], "exchanges": [0] }],
            "repro": "conformance repro a::b | sh",
            "fuzz": {
                "cases": 1, "discarded": 0, "rules": [{ "name": "month-thirteen", "cases": 1, "discarded": 0 }],
                "counterexamples": [{ "rule": "month-thirteen", "value": "\"2000-13-01\"", "case": 0, "shrunk": true, "shrinkSteps": "s1", "clauses": ["A-1"], "exchange": 0 }]
            },
            "exchanges": [{
                "timestamp": "2026-01-01T00:00:00.000Z", "requestId": null, "statusCode": 404, "errorCode": "GONE", "errorMessage": null,
                "endpoint": "GET /", "field": null, "role": "asserted", "operation": "list", "actor": "reader", "durationMs": 5,
                "fault": null, "curl": "curl", "selfContained": true, "request": { "headers": ["a: b"], "body": "{}", "bodyHex": "ff" }, "response": { "headers": [], "body": "", "bodyHex": null }
            }]
        }],
        "instances": [{ "name": "east", "target": "http://east.example", "flags": "--seed 1", "preflight": null }],
        "leftovers": [{ "noun": "thing", "id": "1", "test": "a::b" }],
        "manifest": {
            "shard": "1/2", "byTest": false, "filtered": false, "whole": { "tests": 2, "hash": "ab" },
            "part": { "tests": 1, "hash": "cd" }, "options": { "timeout": "30 s" }, "targetFile": "t.yaml", "instance": { "of": "shop", "name": "east" },
            "day": "2026-11-22", "flags": "--seed 1", "deviationMatches": [2]
        },
        "deviations": [{
            "clause": "A-1", "tests": null, "check": null, "place": null, "operations": ["op"], "expected": ["x"],
            "actual": ["y"], "responses": ["200"], "reason": "r", "ticket": "t", "owner": null,
            "expires": "2030-01-31", "flaky": false, "line": 3, "state": "observed", "note": null, "observedIn": ["a::b"]
        }]
    }"#;
    serde_json::from_str(text).expect("JSON")
}

/// The schema of a file that users write: optional members may be absent, and are never written as null.
fn read<T: JsonSchema>() -> Schema {
    settings()
        .for_deserialize()
        .with_transform(RecursiveTransform(without_null))
        .into_generator()
        .into_root_schema_for::<T>()
}

/// The schema of a file that we write: all members are there.
fn written<T: JsonSchema>() -> Schema {
    settings().for_serialize().into_generator().into_root_schema_for::<T>()
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with_transform(RecursiveTransform(tidy))
}

/// Removes what tells a reader nothing: names of Rust types, sizes of integers, and empty defaults. Lines of a doc
/// comment become one line.
fn tidy(schema: &mut Schema) {
    let Some(members) = schema.as_object_mut() else { return };
    members.shift_remove("title");
    if members.get("format").is_some_and(|format| format != "date") {
        members.shift_remove("format");
        members.shift_remove("maximum");
    }
    let is_empty = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    if members.get("default").is_some_and(is_empty) {
        members.shift_remove("default");
    }
    if let Some(Value::String(text)) = members.get_mut("description") {
        *text = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect::<Vec<_>>().join("\n\n");
    }
    // An editor's reader wants to know first what a thing is.
    for first in ["description", "$schema"] {
        if let Some(value) = members.shift_remove(first) {
            members.shift_insert(0, first.to_owned(), value);
        }
    }
}

/// Values of maps keep their null, which removes a header.
fn without_null(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for property in properties.values_mut().filter_map(Value::as_object_mut) {
        if let Some(kinds) = property.get_mut("type").and_then(Value::as_array_mut) {
            kinds.retain(|kind| kind != "null");
            if let [one] = kinds.as_slice() {
                property["type"] = one.clone();
            }
        }
        let inner = property.get("anyOf").and_then(Value::as_array).and_then(|either| match either.as_slice() {
            [inner, other] if *other == json!({ "type": "null" }) => inner.as_object().cloned(),
            _ => None,
        });
        if let Some(inner) = inner {
            property.shift_remove("anyOf");
            property.extend(inner);
        }
    }
}

fn text_of(name: &str, schema: Schema) -> String {
    let Value::Object(mut members) = schema.to_value() else { panic!("{name} is no object") };
    let id = format!("https://conformance.example/schemas/{name}.schema.json");
    members.shift_insert(1, "$id".to_owned(), id.into());
    format!("{:#}\n", Value::Object(members))
}
