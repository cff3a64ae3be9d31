//! The committed JSON Schemas of our own files agree with the types that read and write them.
//!
//! The schemas are generated from the source of those types: names and types of fields, with doc comments as
//! descriptions. `BLESS=1 cargo test --workspace --test own_schemas` rewrites them.

#[path = "own_schemas/custom.rs"]
mod custom;
#[path = "own_schemas/names.rs"]
mod names;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use custom::custom_schema;
use jsonschema::Validator;
use judge::target::TargetFile;
use names::{description, quoted_after, serialised_name};
use regex::Regex;
use report::Report;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use spec::own_schemas::{SCHEMAS, named};
use spec::scenario::{FixtureFile, FormatFile, ScenarioFile};
use spec::source::{SourceFile, yaml_files};

/// Each schema: its name, the type of the whole file, and the sources of that type and of the types it uses.
const ROOTS: [(&str, &str, &[&str]); 8] = [
    ("scenario", "ScenarioFile", SCENARIO),
    ("fixtures", "FixtureFile", SCENARIO),
    ("formats", "FormatFile", &["spec/src/scenario/formats.rs", "generate/src/rule.rs"]),
    (
        "errors",
        "ErrorCatalog",
        &[
            "spec/src/contract/catalog.rs",
            "spec/src/contract/field_form.rs",
            "spec/src/contract/rate_limit.rs",
            "spec/src/contract/required_header.rs",
        ],
    ),
    ("clauses", "Register", &["spec/src/contract/clauses.rs"]),
    ("conventions", "Conventions", &["spec/src/contract/conventions.rs"]),
    ("target", "TargetFile", &["judge/src/target/mod.rs", "judge/src/target/deviation.rs"]),
    ("report", "Report", REPORT),
];

const SCENARIO: &[&str] =
    &["spec/src/scenario/model.rs", "spec/src/scenario/wanted.rs", "spec/src/scenario/alteration.rs"];
const REPORT: &[&str] = &[
    "report/src/model/mod.rs",
    "report/src/model/causes.rs",
    "report/src/model/tests.rs",
    "spec/src/contract/clauses.rs",
    "judge/src/preflight.rs",
    "judge/src/verdict.rs",
];

#[test]
fn committed_schemas_match_the_types() {
    let mut stale = Vec::new();
    for (name, root, files) in ROOTS {
        let made = format!("{:#}\n", schema(name, root, files));
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
fn schema_command_prints_the_committed_schemas() {
    let names: Vec<&str> = SCHEMAS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ROOTS.map(|(name, _, _)| name));
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
        for kind in ["errors", "clauses", "conventions", "formats"] {
            let name = format!("schemas/{kind}.yaml");
            match SourceFile::read(&root.join(&name), name) {
                Ok(file) => assert_valid(&validator(kind), &file.parse_json().expect("YAML"), &file.name),
                Err(problem) => assert_eq!(kind, "formats", "{problem}"),
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
                "call": "list", "as": "reader", "sign": { "over": "body" }, "burst": { "at_most": 1, "in_flight": 1 },
                "poll": { "within_seconds": 1, "every_ms": 1 },
                "expect": { "success": true, "headers": { "Date": { "where_sent": true } } }
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
  - { clause: ENV-1, trials: \"a*\", reason: agreed, ticket: T-1, expires: 2030-01-31 }
  - { trials: b, check: expectation, place: body /error, reason: agreed, ticket: T-1, owner: desk, expires: 2030-01-31, flaky: true }
";

const FORMATS: &str = "
callers: { change: { as: clerk, given: [thing], given_refused: [standing-thing] } }
refusals: { wrong-type: { clause: A-1, error: BAD, tolerate: [WORSE], names_field: true, must_answer: true } }
values:
  - member: born
    operations: [change]
    formats: [calendar-date, not-text]
    companion: place
    with: { place: DE }
    accepted: A-1
    refused: { malformed: { clause: A-1, error: [BAD] } }
    survived: A-2
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
        "causes": [{ "id": "c0", "title": "It breaks.", "level": "MUST", "clauses": "A-1", "operations": ["list"], "expected": "200", "actual": "404", "isKnown": false, "trials": 1, "alone": ["a"], "example": "a", "reproduce": "curl" }],
        "obstacles": [{ "id": "o0", "kind": "setup-step", "reason": "refused", "operation": "list", "trials": 1, "example": "a", "reproduce": "curl" }],
        "clauses": [{ "id": "A-1", "level": "MUST", "says": "So.", "page": "All", "status": "not-exercised", "reason": null, "exercisedBy": 0, "trials": [], "codes": ["GONE"], "unjudged": "no call", "excluded": null }],
        "errorCodes": [{ "code": "GONE", "status": 400, "statuses": [400, 401], "observed": 0, "trials": [], "excluded": null }],
        "actors": [{ "name": "reader", "configured": true }], "preflight": null,
        "trials": [{
            "name": "a::b", "file": "a.yaml", "line": 1, "about": "", "verdict": "failed", "reason": null,
            "startedAt": null, "durationMs": 5, "clauses": ["A-1"],
            "evidence": [{ "clause": "A-1", "checks": ["expectation"], "codes": ["GONE"], "answers": 1, "exchange": 0 }],
            "open": [{ "clause": "A-2", "reason": "the header X was not sent" }], "codes": ["GONE"], "deviations": [0],
            "findings": [{ "clause": "A-1", "check": "expectation", "level": "SHOULD", "message": "", "expected": "", "actual": "", "part": "status", "exchange": 0, "key": { "id": "00", "operation": "op", "place": "status", "expected": "", "came": "", "answer": "200", "rule": "r" }, "deviation": 0 }],
            "flaky": true, "attempts": [{ "note": "n", "findings": [], "exchanges": [0] }],
            "repro": "conformance repro a::b | sh",
            "fuzz": {
                "cases": 1, "discarded": 0, "rules": [{ "name": "month-thirteen", "cases": 1, "discarded": 0 }],
                "found": [{ "rule": "month-thirteen", "value": "\"2000-13-01\"", "case": 0, "shrunk": true, "moves": "s1", "clauses": ["A-1"], "exchange": 0 }]
            },
            "exchanges": [{
                "timestamp": "2026-01-01T00:00:00.000Z", "requestId": null, "statusCode": 404, "errorCode": "GONE", "errorMessage": null,
                "endpoint": "GET /", "field": null, "role": "asserted", "operation": "list", "actor": "reader", "durationMs": 5,
                "fault": null, "curl": "curl", "standsAlone": true, "request": { "headers": ["a: b"], "body": "{}", "bodyHex": "ff" }, "response": { "headers": [], "body": "", "bodyHex": null }
            }]
        }],
        "leftovers": [{ "noun": "thing", "id": "1", "test": "a::b" }],
        "manifest": {
            "shard": "1/2", "byTest": false, "filtered": false, "whole": { "trials": 2, "hash": "ab" },
            "part": { "trials": 1, "hash": "cd" }, "options": { "timeout": "30 s" }, "targetFile": "t.yaml",
            "day": "2026-11-22", "flags": "--seed 1", "spokenOf": [2]
        },
        "deviations": [{
            "clause": "A-1", "trials": null, "check": null, "place": null, "operations": ["op"], "expected": ["x"],
            "came": ["y"], "answers": ["200"], "reason": "r", "ticket": "t", "owner": null,
            "expires": "2030-01-31", "flaky": false, "line": 3, "state": "observed", "note": null, "observedIn": ["a::b"]
        }]
    }"#;
    serde_json::from_str(text).expect("JSON")
}

// ---------------------------------------------------------------- from types to schemas

struct Item {
    about: String,
    kind: Kind,
}

enum Kind {
    Struct { fields: Vec<Field>, open: bool },
    Enum { values: Vec<String> },
}

struct Field {
    name: String,
    /// Another name that the file may use.
    alias: Option<String>,
    about: String,
    shape: String,
    optional: bool,
    one_or_many: bool,
    /// The value may be a string, a number or a boolean (`scalar`), or a map of these (`scalars`).
    scalar: Option<&'static str>,
}

fn schema(name: &str, root: &str, files: &[&str]) -> Value {
    let items: BTreeMap<String, Item> = files
        .iter()
        .flat_map(|file| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
            items(&std::fs::read_to_string(path).expect("a source"))
        })
        .collect();
    let written = name == "report";
    let mut definitions = Map::new();
    let mut open = vec![root.to_owned()];
    while let Some(next) = open.pop() {
        if definitions.contains_key(&next) {
            continue;
        }
        let definition = definition(&items, &next, written);
        references(&definition, &mut open);
        definitions.insert(next, definition);
    }
    definitions.sort_keys();
    let Some(Value::Object(body)) = definitions.shift_remove(root) else { panic!("no type {root}") };
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("$id".into(), format!("https://conformance.example/schemas/{name}.schema.json").into());
    schema.extend(body);
    schema.insert("$defs".into(), Value::Object(definitions));
    Value::Object(schema)
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(
                members
                    .get("$ref")
                    .and_then(Value::as_str)
                    .and_then(|target| target.strip_prefix("#/$defs/"))
                    .map(str::to_owned),
            );
            members.values().for_each(|inner| references(inner, found));
        }
        Value::Array(elements) => elements.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

fn definition(items: &BTreeMap<String, Item>, name: &str, written: bool) -> Value {
    if let Some(definition) = custom_schema(name) {
        return definition;
    }
    let item = items.get(name).unwrap_or_else(|| panic!("no type `{name}` in the sources of this schema"));
    match &item.kind {
        Kind::Enum { values } => json!({ "description": item.about, "enum": values }),
        Kind::Struct { fields, open } => {
            assert!(!open, "{name} lacks deny_unknown_fields");
            // Files that we write have all members. In files that users write, optional members may be absent.
            let required: Vec<&str> =
                fields.iter().filter(|field| written || !field.optional).map(|field| field.name.as_str()).collect();
            let named = |field: &Field| {
                let names = std::iter::once(&field.name).chain(&field.alias);
                names.map(|name| (name.clone(), property(field, written))).collect::<Vec<_>>()
            };
            let properties: Map<String, Value> = fields.iter().flat_map(named).collect();
            json!({ "description": item.about, "type": "object", "required": required, "properties": properties, "additionalProperties": false })
        }
    }
}

fn property(field: &Field, written: bool) -> Value {
    let shape = if field.one_or_many {
        let code = json!({ "type": ["string", "integer"] });
        json!({ "anyOf": [code, { "type": "array", "items": code }] })
    } else {
        let scalar = json!({ "type": ["string", "number", "boolean"] });
        match field.scalar {
            Some("scalar") => scalar,
            Some(_) => json!({ "type": "object", "additionalProperties": scalar }),
            None => shape_of(&field.shape, written),
        }
    };
    let mut property = Map::new();
    property.insert("description".into(), field.about.clone().into());
    // Any other shape is `true`, which allows every value.
    if let Value::Object(members) = shape {
        property.extend(members);
    }
    Value::Object(property)
}

fn shape_of(shape: &str, nullable: bool) -> Value {
    let inside = |outer: &str| shape.strip_prefix(outer).and_then(|rest| rest.strip_suffix('>'));
    if let Some(inner) = inside("Option<") {
        let inner = shape_of(inner, nullable);
        return if nullable { or_null(inner) } else { inner };
    }
    if let Some(inner) = inside("Vec<") {
        return json!({ "type": "array", "items": shape_of(inner, nullable) });
    }
    if let Some(inner) = inside("BTreeMap<String, ").or_else(|| inside("BTreeMap<Format, ")) {
        // In a map, null is a value like any other.
        return json!({ "type": "object", "additionalProperties": shape_of(inner, true) });
    }
    match shape {
        "String" | "Arc<str>" => json!({ "type": "string" }),
        "bool" => json!({ "type": "boolean" }),
        "f64" => json!({ "type": "number" }),
        "i64" => json!({ "type": "integer" }),
        "u8" | "u16" | "u32" | "u64" | "usize" => json!({ "type": "integer", "minimum": 0 }),
        "chrono::NaiveDate" => json!({ "type": "string", "format": "date" }),
        "Value" => Value::Bool(true),
        "statuses" => {
            let status = json!({ "type": "integer", "minimum": 100, "maximum": 599 });
            json!({ "anyOf": [status, { "type": "array", "minItems": 1, "items": status }] })
        }
        "code" => json!({ "type": ["string", "integer"] }),
        "Map<String, Value>" => json!({ "type": "object" }),
        other => json!({ "$ref": format!("#/$defs/{other}") }),
    }
}

fn or_null(shape: Value) -> Value {
    match shape.get("type").and_then(Value::as_str).map(str::to_owned) {
        Some(kind) => {
            let mut shape = shape;
            shape["type"] = json!([kind, "null"]);
            shape
        }
        None => json!({ "anyOf": [shape, { "type": "null" }] }),
    }
}

static ITEM: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?ms)((?:^///[^\n]*\n)+)((?:^#\[[^\n]*\]\n)+)^pub (struct|enum) (\w+) \{\n(.*?)^\}";
    Regex::new(pattern).expect("a pattern")
});

static MEMBER: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?m)((?:^    ///[^\n]*\n)+)((?:^    #\[[^\n]*\]\n)*)^    (?:pub )?(\w+)(?:: ([^\n]+))?,$";
    Regex::new(pattern).expect("a pattern")
});

/// The structs and enums of a source that serde reads or writes.
fn items(source: &str) -> Vec<(String, Item)> {
    ITEM.captures_iter(source)
        .filter(|found| found[2].contains("Deserialize"))
        .map(|found| {
            let attributes = &found[2];
            let style = quoted_after(attributes, "rename_all = ");
            let members = MEMBER.captures_iter(&found[5]).filter(|member| !member[2].contains("serde(skip)"));
            let kind = if &found[3] == "enum" {
                Kind::Enum { values: members.map(|member| serialised_name(&member[3], &member[2], style)).collect() }
            } else {
                let all_default = !attributes.contains("deny_unknown_fields");
                Kind::Struct { fields: members.map(|member| field(&member, style)).collect(), open: all_default }
            };
            (found[4].to_owned(), Item { about: description(&found[1]), kind })
        })
        .collect()
}

fn field(member: &regex::Captures<'_>, style: Option<&str>) -> Field {
    let shape = member.get(4).map(|shape| shape.as_str().to_owned()).unwrap_or_default();
    // A code may be written as a string or as an integer.
    let shape = match &member[2] {
        attributes if attributes.contains("code_text") => "code".to_owned(),
        attributes if attributes.contains("one_or_many_statuses") => "statuses".to_owned(),
        _ => shape,
    };
    Field {
        name: serialised_name(&member[3], &member[2], style),
        alias: quoted_after(&member[2], "alias = ").map(str::to_owned),
        about: description(&member[1]),
        optional: member[2].contains("default") || shape.starts_with("Option<"),
        one_or_many: member[2].contains("\"one_or_many\""),
        scalar: ["scalar", "scalars"].into_iter().find(|name| member[2].contains(&format!("\"{name}\""))),
        shape,
    }
}
