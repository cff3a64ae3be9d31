//! Writes the reference page of the pack format from the JSON Schemas of its files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

/// The files of a pack, by the names of their schemas, and where they are.
pub const FILES: [(&str, &str); 9] = [
    ("errors", "schemas/errors.yaml"),
    ("clauses", "schemas/clauses.yaml"),
    ("conventions", "schemas/conventions.yaml"),
    ("formats", "schemas/formats.yaml"),
    ("scenario", "scenarios/**/*.yaml"),
    ("fixtures", "scenarios/fixtures.yaml"),
    ("target", "a target file"),
    ("survivors", "schemas/survivors.yaml"),
    ("mutations", "schemas/mutations.yaml"),
];

const INTRODUCTION: &str = "# Reference of the pack format

Every file of a pack, and every member that it may have. Members that are not listed are refused, unless the table says that any other
member is allowed. The page is generated from the types that read the files, as the JSON Schemas are that `conformance schema NAME`
prints. How to write a pack: [packs](packs.md),
[scenarios](scenarios.md), [properties](properties.md), [target files](target-files.md), [mutation testing](mutation-testing.md).

`schemas/openapi.yaml` is an OpenAPI description (3.0 or later), and the schema of the envelope is a JSON Schema (2020-12). They have no
section here.

";

/// The page. `schemas` has one schema for each of `FILES`.
pub fn page(schemas: &[(&str, Value)]) -> String {
    let mut homes: BTreeMap<(String, String), String> = BTreeMap::new();
    for (file, schema) in schemas {
        for (name, part) in schema["$defs"].as_object().into_iter().flatten() {
            let is_same = |(_, other): &&(&str, Value)| other["$defs"].get(name) == Some(part);
            let first = schemas.iter().find(is_same).map_or(*file, |(first, _)| *first);
            homes.insert(((*file).to_owned(), name.clone()), first.to_owned());
        }
    }
    let mut text = INTRODUCTION.to_owned();
    for (name, place) in FILES {
        let _ = writeln!(text, "- [`{place}`](#{name}) (`conformance schema {name}`)");
    }
    for (name, _) in FILES {
        let Some((_, schema)) = schemas.iter().find(|(own, _)| *own == name) else { continue };
        let page = Page { file: name, homes: &homes };
        let _ = write!(text, "\n## {name}\n\n{}\n", description(schema));
        text += &page.members(schema);
        let mut done = BTreeSet::new();
        let mut waiting = references(schema);
        while let Some(next) = waiting.iter().find(|one| !done.contains(*one)).cloned() {
            let part = &schema["$defs"][&next];
            if page.home(&next) == name {
                text += &page.section(&next, part);
            }
            waiting.extend(references(part));
            done.insert(next);
        }
    }
    text
}

/// The sections of one file.
struct Page<'p> {
    file: &'p str,
    /// The first file with the same type, which has its section, by file and type.
    homes: &'p BTreeMap<(String, String), String>,
}

impl Page<'_> {
    fn home(&self, name: &str) -> &str {
        self.homes.get(&(self.file.to_owned(), name.to_owned())).map_or(self.file, String::as_str)
    }

    fn section(&self, name: &str, schema: &Value) -> String {
        let mut text = format!("\n### {}: {name}\n\n{}\n", self.file, description(schema));
        text += &self.members(schema);
        let choices = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
        for choice in choices.into_iter().flatten() {
            text += &self.alternative(choice);
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    /// One value of an enumeration, or one form of an object.
    fn alternative(&self, choice: &Value) -> String {
        let says = description(choice);
        match choice["enum"].as_array() {
            Some(values) => {
                let values: Vec<String> = values.iter().map(|value| format!("`{}`", plain(value))).collect();
                format!(
                    "\n- {}{}",
                    values.join(", "),
                    if says.is_empty() { String::new() } else { format!(": {says}") }
                )
            }
            None if choice["properties"].is_object() => format!("\n{says}\n{}", self.members(choice)),
            None => format!("\n- {}: {says}", self.kind(choice)),
        }
    }

    /// The table of the members of an object.
    fn members(&self, schema: &Value) -> String {
        let Some(all) = schema["properties"].as_object() else { return String::new() };
        let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
        let mut text = "\n| member | value | meaning |\n|---|---|---|\n".to_owned();
        for (name, member) in all {
            let must = if required(name) { " (required)" } else { "" };
            let default =
                member.get("default").map(|value| format!(" Default: `{}`.", plain(value))).unwrap_or_default();
            let (value, says) = (self.kind(member), description(member).replace('|', "\\|"));
            let _ = writeln!(text, "| `{name}`{must} | {value} | {says}{default} |");
        }
        if schema["additionalProperties"] == true {
            text += "| any other member | any value | The name and value of a variable. |\n";
        }
        text
    }

    /// What a value may be, in a few words.
    fn kind(&self, schema: &Value) -> String {
        if let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/$defs/")) {
            return format!("[{name}](#{}-{})", self.home(name), name.to_lowercase());
        }
        if let Some(value) = schema.get("const") {
            return format!("`{}`", plain(value));
        }
        if let Some(values) = schema["enum"].as_array() {
            return values.iter().map(|value| format!("`{}`", plain(value))).collect::<Vec<_>>().join(", ");
        }
        for word in ["anyOf", "oneOf"] {
            if let Some(choices) = schema[word].as_array() {
                let mut all: Vec<String> = choices.iter().map(|choice| self.kind(choice)).collect();
                all.dedup();
                return all.join(" or ");
            }
        }
        match &schema["type"] {
            Value::String(one) => self.of_type(one, schema),
            Value::Array(many) => {
                let many = many.iter().filter_map(Value::as_str).filter(|one| *one != "null");
                many.map(|one| self.of_type(one, schema)).collect::<Vec<_>>().join(" or ")
            }
            _ => "any value".to_owned(),
        }
    }

    fn of_type(&self, name: &str, schema: &Value) -> String {
        match name {
            "array" => format!("list of {}", self.kind(&schema["items"])),
            "object" => match &schema["additionalProperties"] {
                inner @ Value::Object(_) => format!("map of names to {}", self.kind(inner)),
                _ => "map".to_owned(),
            },
            "string" => "text".to_owned(),
            "boolean" => "true or false".to_owned(),
            other => other.to_owned(),
        }
    }
}

/// The names of the types that a schema refers to, in its order.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(members) => {
            let own = members.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix("#/$defs/"));
            let inner = members.iter().filter(|(key, _)| *key != "$defs").flat_map(|(_, value)| references(value));
            own.map(str::to_owned).into_iter().chain(inner).collect()
        }
        Value::Array(elements) => elements.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

fn description(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
