//! Reads an OpenAPI description and the files that it refers to, as a set of files for one folder.
//!
//! The contract reader reads only the files in `schemas/`, and it downloads nothing. So each referenced file gets a
//! unique name in that folder, and the references are rewritten. A reference without a target is replaced by a schema
//! that accepts anything, with a warning.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Map, Value};

use spec::percent;
use spec::source::SourceFile;

/// The members of a path item that are operations.
pub(super) const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];
/// The name of the description itself.
pub(super) const ROOT: &str = "openapi.yaml";
/// A value that is a number with nineteen digits or more, which may be too large for an integer type.
static HUGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)([:\[,-][ \t]+)(-?[0-9]{19,})([ \t]*(?:[,}\]#]|$))")
        .unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
});
const MAX_REFERENCE_CHAIN_LENGTH: usize = 32;
/// Members whose values are data. `$ref` has no meaning in them.
const DATA: [&str; 4] = ["example", "default", "const", "enum"];

/// The description and all files that it refers to, by their names in `schemas/`.
pub(super) struct Description {
    pub(super) documents: BTreeMap<String, Value>,
    pub(super) warnings: Vec<String>,
}

/// A value in one of the documents.
#[derive(Clone, Copy)]
pub(super) struct Node<'d> {
    all: &'d BTreeMap<String, Value>,
    pub(super) document: &'d str,
    pub(super) value: &'d Value,
}

impl Description {
    /// Reads a description; the error is one line.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let root = parsed(path)?;
        check_version(path, &root)?;
        let mut reader = Reader::default();
        reader.name_of(path.canonicalize().unwrap_or_else(|_| path.to_path_buf()));
        let mut documents = BTreeMap::new();
        let mut next = 0;
        while let Some((file, name)) = reader.files.get(next).cloned() {
            next += 1;
            let mut value = if name == ROOT { root.clone() } else { parsed(&file)? };
            reader.rewrite(&mut value, &file, &name);
            documents.insert(name, value);
        }
        let mut warnings = reader.warnings;
        replace_dangling_references(&mut documents, &mut warnings);
        Ok(Self { documents, warnings })
    }

    pub(super) fn node(&self) -> Node<'_> {
        self.at(ROOT, &self.documents[ROOT])
    }

    pub(super) fn at<'d>(&'d self, document: &'d str, value: &'d Value) -> Node<'d> {
        Node { all: &self.documents, document, value }
    }

    pub(super) fn root_mut(&mut self) -> &mut Value {
        self.documents.entry(ROOT.to_owned()).or_default()
    }

    /// True for OpenAPI 3.0. Its schemas differ from JSON Schema 2020-12.
    pub(super) fn is_old(&self) -> bool {
        self.documents[ROOT]["openapi"].as_str().is_some_and(|version| version.starts_with("3.0"))
    }
}

impl<'d> Node<'d> {
    /// A member. References are followed.
    pub(super) fn get(self, key: &str) -> Option<Node<'d>> {
        Some(Node { value: self.value.get(key)?, ..self }.followed())
    }

    /// All members. References are followed.
    pub(super) fn members(self) -> Vec<(&'d str, Node<'d>)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(key, value)| (key.as_str(), Node { value, ..self }.followed())).collect()
    }

    /// All elements. References are followed.
    pub(super) fn items(self) -> Vec<Node<'d>> {
        let items = self.value.as_array().into_iter().flatten();
        items.map(|value| Node { value, ..self }.followed()).collect()
    }

    pub(super) fn text(self, key: &str) -> Option<&'d str> {
        self.value.get(key)?.as_str()
    }

    /// The target of a reference; the value itself if it is not a reference.
    pub(super) fn followed(self) -> Node<'d> {
        let mut node = self;
        for _ in 0..MAX_REFERENCE_CHAIN_LENGTH {
            let Some(target) = node.value.get("$ref").and_then(Value::as_str) else { return node };
            let Some(found) = resolve(node.all, node.document, target) else { return node };
            node = Node { document: found.0, value: found.1, ..node };
        }
        node
    }

    /// A copy of the value for the description itself: local references get the name of their document.
    pub(super) fn rebased(self) -> Value {
        let mut value = self.value.clone();
        if self.document != ROOT {
            each_reference(&mut value, &mut |target| {
                Some(if target.starts_with('#') { format!("{}{target}", self.document) } else { target.to_owned() })
            });
        }
        value
    }
}

fn resolve<'d>(all: &'d BTreeMap<String, Value>, from: &'d str, target: &str) -> Option<(&'d str, &'d Value)> {
    let (file, pointer) = target.split_once('#').unwrap_or((target, ""));
    let (name, document) = all.get_key_value(if file.is_empty() { from } else { file })?;
    Some((name, document.pointer(&percent::decoded(pointer))?))
}

/// The files in the order of the references to them, each with its name in `schemas/`.
#[derive(Default)]
struct Reader {
    files: Vec<(PathBuf, String)>,
    warnings: Vec<String>,
}

impl Reader {
    fn name_of(&mut self, file: PathBuf) -> String {
        if let Some((_, name)) = self.files.iter().find(|(other, _)| *other == file) {
            return name.clone();
        }
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let stem: String =
            stem.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
        let taken = |name: &str| self.files.iter().any(|(_, other)| other == name);
        let mut name = if self.files.is_empty() { ROOT.to_owned() } else { format!("openapi-{stem}.yaml") };
        for number in 2.. {
            if !taken(&name) {
                break;
            }
            name = format!("openapi-{stem}-{number}.yaml");
        }
        self.files.push((file, name.clone()));
        name
    }

    fn rewrite(&mut self, value: &mut Value, file: &Path, name: &str) {
        let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
        each_reference(value, &mut |target| {
            let (other, pointer) = target.split_once('#').map_or((target, ""), |(other, pointer)| (other, pointer));
            if other.is_empty() {
                return Some(target.to_owned());
            }
            let found =
                (!other.contains("://")).then(|| folder.join(percent::decoded(other)).canonicalize().ok()).flatten();
            match found.filter(|found| found.is_file()) {
                Some(found) => Some(format!("{}#{pointer}", self.name_of(found))),
                None => {
                    self.warnings.push(format!(
                        "{name}: `{target}` is not a file on this machine: anything is accepted in its place"
                    ));
                    None
                }
            }
        });
    }
}

/// Replaces each reference by the result of `other`. If the result is `None`, the object with the reference becomes
/// `{}`, a schema that accepts anything.
fn each_reference(value: &mut Value, other: &mut dyn FnMut(&str) -> Option<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get("$ref") {
                match other(target) {
                    Some(target) => {
                        members.insert("$ref".to_owned(), Value::String(target));
                    }
                    None => *members = Map::new(),
                }
            }
            for (key, inner) in members.iter_mut() {
                let data = DATA.contains(&key.as_str()) || (key == "examples" && inner.is_array());
                if !data {
                    each_reference(inner, other);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| each_reference(inner, other)),
        _ => {}
    }
}

pub(super) fn replace_dangling_references(documents: &mut BTreeMap<String, Value>, warnings: &mut Vec<String>) {
    let before = documents.clone();
    for (name, value) in documents.iter_mut() {
        each_reference(value, &mut |target| {
            if resolve(&before, name, target).is_some() {
                return Some(target.to_owned());
            }
            warnings.push(format!("{name}: the reference `{target}` has no target: anything is accepted in its place"));
            None
        });
    }
}

fn parsed(path: &Path) -> Result<Value, String> {
    let file = SourceFile::read(path, path.display().to_string()).map_err(|problem| problem.one_line())?;
    if file.text.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(&file.text)
    {
        return Ok(value);
    }
    // A number that is too large for an integer type is read as a fraction.
    let as_fraction = |found: &Captures<'_>| {
        let fits = found[2].parse::<i64>().is_ok() || found[2].parse::<u64>().is_ok();
        format!("{}{}{}{}", &found[1], &found[2], if fits { "" } else { ".0" }, &found[3])
    };
    let with_fractions = || HUGE.replace_all(&file.text, as_fraction).into_owned();
    file.parse_json()
        .or_else(|problem| SourceFile::new(&file.name, with_fractions()).parse_json().map_err(|_| problem))
        .map_err(|problem| problem.one_line())
}

fn check_version(path: &Path, value: &Value) -> Result<(), String> {
    let path = path.display();
    if let Some(version) = value.get("swagger") {
        let version = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
        return Err(format!(
            "{path} is Swagger {version}: convert it with `npx swagger2openapi --yaml --outfile openapi.yaml {path}`"
        ));
    }
    let version = value.get("openapi").and_then(Value::as_str).unwrap_or_default();
    if !["3.0", "3.1", "3.2"].iter().any(|known| version.starts_with(known)) {
        return Err(format!("{path} is not an OpenAPI description: expected `openapi: 3.0`, `3.1` or `3.2`"));
    }
    if !value.get("paths").is_some_and(Value::is_object) {
        return Err(format!("{path} has no `paths`, so there is no operation to test"));
    }
    Ok(())
}

/// A description of one document, for tests.
#[cfg(test)]
pub(super) fn of(value: Value) -> Description {
    Description { documents: BTreeMap::from([(ROOT.to_owned(), value)]), warnings: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_that_are_too_large_become_fractions() {
        let path = std::env::temp_dir().join(format!("conformance-init-large-{}.yaml", std::process::id()));
        let text =
            "a: 1234567890123456789\nb: -9223372036854776000\nc: [18446744073709551615, 123456789012345678901]\n";
        std::fs::write(&path, text).expect("a file");
        let value = parsed(&path);
        std::fs::remove_file(&path).expect("removed");
        let value = value.expect("a value");
        assert_eq!(value["a"], serde_json::json!(1_234_567_890_123_456_789_i64));
        assert_eq!((value["b"].as_f64(), value["c"][0].as_u64()), (Some(-9_223_372_036_854_776_000.0), Some(u64::MAX)));
        assert!(value["c"][1].is_f64());
    }
}
