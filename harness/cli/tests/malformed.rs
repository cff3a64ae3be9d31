//! Malformed files with one fault each, and the message for each. `malformed/KIND/FAULT.yaml` is the file or, for files
//! of `schemas/`, a change to the file of the parcel pack. `FAULT.txt` in the same folder is the expected message; `BLESS=1`
//! rewrites it. Each file is a test of its own: `cargo test --test malformed -- scenario/keep`.

#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use cli::run::load;
use judge::target::TargetFile;
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use shared::{Folder, PARCEL};
use similar::TextDiff;
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

fn main() -> ExitCode {
    let folder = shared::path("tests/malformed");
    let cases = yaml_files(&folder, &folder);
    assert!(cases.len() >= 60, "{} files", cases.len());
    let mut tests = vec![
        Trial::test("missing_files_are_reported", missing_files_are_reported),
        Trial::test("yml_and_crlf_files_are_accepted", yml_and_crlf_files_are_accepted),
    ];
    tests.extend(cases.into_iter().map(|(path, name)| {
        let title = name.trim_end_matches(".yaml").to_owned();
        Trial::test(title, move || message_is_as_expected(&path, &name))
    }));
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn message_is_as_expected(path: &Path, name: &str) -> Result<(), Failed> {
    let message = message_for(path, name);
    let golden = path.with_extension("txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&golden, &message)?;
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    if message != expected {
        let diff = TextDiff::from_lines(&expected, &message);
        return Err(format!("{}", diff.unified_diff().header("expected", "found")).into());
    }
    match message.contains(".yaml") || message.contains(".json") {
        true => Ok(()),
        false => Err(format!("the message names no file:\n{message}").into()),
    }
}

/// Missing files cannot be in `malformed/`.
fn missing_files_are_reported() -> Result<(), Failed> {
    for missing in ["errors.yaml", "clauses.yaml", "conventions.yaml", "openapi.yaml", "trouble.schema.json"] {
        let pack = Folder::with_pack(PARCEL);
        std::fs::remove_file(pack.join("schemas").join(missing)).expect("a file");
        let message = rendered(load(&pack).map(|_| ()));
        assert!(message.starts_with(&format!("error: schemas/{missing}: cannot read the file: ")), "{message}");
    }
    let pack = Folder::with_pack(PARCEL);
    let (contract, _) = shared::pack(&pack);
    let message = rendered(TargetFile::load(&pack.join("target.yaml"), &contract).map(|_| ()));
    assert!(message.contains("target.yaml: cannot read the file: "), "{message}");
    Ok(())
}

/// Variants that editors and other tools write, byte order marks and merge keys among them. They are not errors.
fn yml_and_crlf_files_are_accepted() -> Result<(), Failed> {
    let pack = Folder::with_pack(PARCEL);
    let names = |pack: &Folder| {
        let (_, library) = shared::pack(pack);
        library.tests.into_iter().map(|test| (test.name, test.line)).collect::<BTreeSet<_>>()
    };
    let plain = names(&pack);
    let scenarios = pack.join("scenarios");
    for (name, other) in [("desk.yaml", "desk.yml"), ("fixtures.yaml", "fixtures.yml")] {
        std::fs::rename(scenarios.join(name), scenarios.join(other)).expect("a file");
    }
    std::fs::rename(pack.join("schemas/errors.yaml"), pack.join("schemas/errors.yml")).expect("a file");
    for file in
        [scenarios.join("parcels.yaml"), pack.join("schemas/openapi.yaml"), pack.join("schemas/trouble.schema.json")]
    {
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
    pack.write("scenarios/merged.yaml", merged);
    let (_, library) = shared::pack(&pack);
    let test = library.tests.iter().find(|test| *test.name == *"merged::merged").expect("the test");
    let RequestBody::Value(body) = &test.steps[1].call().expect("a call").body else { panic!("no JSON body") };
    assert_eq!(body.source(), serde_json::json!({ "destination": 7, "weightGrams": 1 }));
    Ok(())
}

fn message_for(path: &Path, name: &str) -> String {
    let kind = name.split('/').next().unwrap_or_default();
    let (_, place) = PLACES.iter().find(|(known, _)| *known == kind).unwrap_or_else(|| panic!("no kind {kind}"));
    let pack = Folder::with_pack(PARCEL);
    let file = pack.join(place);
    let fault = std::fs::read(path).expect("a file");
    // A file that the parcel pack does not have is complete in `malformed/`.
    let changed = match file.starts_with(pack.join("schemas")) && file.exists() {
        false => fault,
        true => {
            let change: Change = serde_yaml::from_slice(&fault).unwrap_or_else(|error| panic!("{name}: {error}"));
            let text = std::fs::read_to_string(&file).expect("a text");
            assert!(text.contains(&change.find), "{name}: the text to change does not occur");
            text.replacen(&change.find, &change.put, 1).into_bytes()
        }
    };
    std::fs::write(&file, changed).expect("a writable file");
    let loaded = load(&pack);
    let outcome = match (kind, loaded) {
        ("target", Ok((contract, _))) => TargetFile::load(&file, &contract).map(|_| ()),
        (_, loaded) => loaded.map(|_| ()),
    };
    rendered(outcome).replace(&format!("{}/", pack.display()), "")
}

fn rendered(outcome: Result<(), Problems>) -> String {
    let problems = outcome.err().unwrap_or_default();
    let rendered: Vec<String> = problems.0.iter().map(|problem| problem.rendered()).collect();
    if rendered.is_empty() { String::new() } else { rendered.join("\n\n") + "\n" }
}
