//! Malformed files with one fault each, and the message for each. `malformed/KIND/FAULT.yaml` is the file or, for files
//! of `schemas/`, a change to the file of the parcel pack. `FAULT.txt` beside it is the expected message; `BLESS=1`
//! rewrites it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cli::run::load;
use judge::target::TargetFile;
use serde::Deserialize;
use spec::scenario::plan::RequestBody;
use spec::source::{Problems, yaml_files};

/// The path in a pack of each kind of file.
const PLACES: &[(&str, &str)] = &[
    ("scenario", "scenarios/fault.yaml"),
    ("fixtures", "scenarios/fixtures.yaml"),
    ("target", "target.yaml"),
    ("errors", "schemas/errors.yaml"),
    ("clauses", "schemas/clauses.yaml"),
    ("conventions", "schemas/conventions.yaml"),
    ("openapi", "schemas/openapi.yaml"),
    ("formats", "schemas/formats.yaml"),
];

/// A change to a file of the pack.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    find: String,
    put: String,
}

#[test]
fn malformed_files_give_the_expected_messages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/malformed");
    let cases = yaml_files(&folder, &folder);
    assert!(cases.len() >= 60, "{} files", cases.len());
    let mut wrong = Vec::new();
    for (path, name) in cases {
        let message = message_for(&path, &name);
        let golden = path.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&golden, &message).expect("a writable file");
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        if message != expected {
            wrong.push(format!("{name}\n--- expected\n{expected}\n--- found\n{message}"));
        }
        if !(message.contains(".yaml") || message.contains(".json")) || message.trim_end().is_empty() {
            wrong.push(format!("{name}: the message names no file:\n{message}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Missing files cannot be in `malformed/`.
#[test]
fn missing_files_are_reported() {
    for missing in ["errors.yaml", "clauses.yaml", "conventions.yaml", "openapi.yaml", "trouble.schema.json"] {
        let pack = Pack::new();
        std::fs::remove_file(pack.0.join("schemas").join(missing)).expect("a file");
        let message = rendered(load(&pack.0).map(|_| ()));
        assert!(message.starts_with(&format!("error: schemas/{missing}: cannot read the file: ")), "{message}");
    }
    let pack = Pack::new();
    let (contract, _) = load(&pack.0).unwrap_or_else(|problems| panic!("{}", rendered(Err(problems))));
    let message = rendered(TargetFile::load(&pack.0.join("target.yaml"), &contract).map(|_| ()));
    assert!(message.contains("target.yaml: cannot read the file: "), "{message}");
}

/// Variants that editors and other tools write; they are not errors.
#[test]
fn yml_files_byte_order_marks_crlf_and_merge_keys_are_accepted() {
    let pack = Pack::new();
    let names = |pack: &Pack| {
        let (_, library) = load(&pack.0).unwrap_or_else(|problems| panic!("{}", rendered(Err(problems))));
        library.tests.into_iter().map(|test| (test.name, test.line)).collect::<BTreeSet<_>>()
    };
    let plain = names(&pack);
    let scenarios = pack.0.join("scenarios");
    for (name, other) in [("desk.yaml", "desk.yml"), ("fixtures.yaml", "fixtures.yml")] {
        std::fs::rename(scenarios.join(name), scenarios.join(other)).expect("a file");
    }
    std::fs::rename(pack.0.join("schemas/errors.yaml"), pack.0.join("schemas/errors.yml")).expect("a file");
    for file in [
        scenarios.join("parcels.yaml"),
        pack.0.join("schemas/openapi.yaml"),
        pack.0.join("schemas/trouble.schema.json"),
    ] {
        let text = std::fs::read_to_string(&file).expect("a text");
        std::fs::write(&file, format!("\u{feff}{}", text.replace('\n', "\r\n"))).expect("a writable file");
    }
    assert_eq!(names(&pack), plain);
    let merged = "about: Bodies that share members.
scenarios:
  - name: merged
    clauses: [FORM-1]
    steps:
      - { call: registerParcel, as: clerk, body: &common { weightGrams: 1, destination: x } }
      - { call: registerParcel, as: clerk, body: { <<: *common, destination: 7 }, expect: { error: 40001 } }
";
    std::fs::write(scenarios.join("merged.yaml"), merged).expect("a writable file");
    let (_, library) = load(&pack.0).unwrap_or_else(|problems| panic!("{}", rendered(Err(problems))));
    let test = library.tests.iter().find(|test| test.name == "merged::merged").expect("the test");
    let RequestBody::Value(body) = &test.steps[1].call().expect("a call").body else { panic!("no JSON body") };
    assert_eq!(body.source(), serde_json::json!({ "destination": 7, "weightGrams": 1 }));
}

fn message_for(path: &Path, name: &str) -> String {
    let kind = name.split('/').next().unwrap_or_default();
    let (_, place) = PLACES.iter().find(|(known, _)| *known == kind).unwrap_or_else(|| panic!("no kind {kind}"));
    let pack = Pack::new();
    let file = pack.0.join(place);
    let fault = std::fs::read(path).expect("a file");
    // A file that the parcel pack does not have is complete in `malformed/`.
    let changed = match file.starts_with(pack.0.join("schemas")) && file.exists() {
        false => fault,
        true => {
            let change: Change = serde_yaml::from_slice(&fault).unwrap_or_else(|error| panic!("{name}: {error}"));
            let text = std::fs::read_to_string(&file).expect("a text");
            assert!(text.contains(&change.find), "{name}: the text to change does not occur");
            text.replacen(&change.find, &change.put, 1).into_bytes()
        }
    };
    std::fs::write(&file, changed).expect("a writable file");
    let loaded = load(&pack.0);
    let outcome = match (kind, loaded) {
        ("target", Ok((contract, _))) => TargetFile::load(&file, &contract).map(|_| ()),
        (_, loaded) => loaded.map(|_| ()),
    };
    rendered(outcome).replace(&format!("{}/", pack.0.display()), "")
}

fn rendered(outcome: Result<(), Problems>) -> String {
    let problems = outcome.err().unwrap_or_default();
    let rendered: Vec<String> = problems.0.iter().map(|problem| problem.rendered()).collect();
    if rendered.is_empty() { String::new() } else { rendered.join("\n\n") + "\n" }
}

/// A copy of the parcel pack, deleted on drop.
struct Pack(PathBuf);

impl Pack {
    fn new() -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let copy = std::env::temp_dir().join(format!("conformance-malformed-{}-{number}", std::process::id()));
        for part in ["schemas", "scenarios"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel").join(part);
            std::fs::create_dir_all(copy.join(part)).expect("a folder");
            for entry in std::fs::read_dir(from).expect("a folder").flatten() {
                std::fs::copy(entry.path(), copy.join(part).join(entry.file_name())).expect("a copy");
            }
        }
        Self(copy)
    }
}

impl Drop for Pack {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
