//! Renders JUnit reports, reads them back with parsers of other projects, and validates them against XML Schemas.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use junit_parser::{TestCase, TestStatus, TestSuites};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use report::{FORMATS, Report};

use super::STRICT;

pub fn render(flavour: &str, report: &Report) -> String {
    let format = FORMATS.iter().find(|format| format.kind == flavour).expect("the format");
    (format.render)(report)
}

pub fn parsed(text: &str) -> TestSuites {
    junit_parser::from_reader(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text:.2000}"))
}

pub fn cases(read: &TestSuites) -> impl Iterator<Item = &TestCase> {
    read.suites.iter().flat_map(|suite| &suite.cases)
}

pub fn case<'r>(read: &'r TestSuites, name: &str) -> &'r TestCase {
    cases(read).find(|case| case.original_name == name).unwrap_or_else(|| panic!("no case {name}"))
}

/// Type, message and text of a case that did not pass.
pub fn outcome(case: &TestCase) -> Option<(&str, &str, &str)> {
    match &case.status {
        TestStatus::Success => None,
        TestStatus::Failure(found) => Some((&found.failure_type, &found.message, &found.text)),
        TestStatus::Error(found) => Some((&found.error_type, &found.message, &found.text)),
        TestStatus::Skipped(found) => Some((&found.skipped_type, &found.message, &found.text)),
    }
}

pub fn counts(cases: &[TestCase]) -> [u64; 4] {
    let count = |predicate: fn(&TestStatus) -> bool| cases.iter().filter(|case| predicate(&case.status)).count() as u64;
    [
        cases.len() as u64,
        count(|status| matches!(status, TestStatus::Failure(_))),
        count(|status| matches!(status, TestStatus::Error(_))),
        count(|status| matches!(status, TestStatus::Skipped(_))),
    ]
}

pub fn property<'p>(properties: &'p junit_parser::Properties, name: &str) -> Option<&'p str> {
    properties.vec.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The text nodes of a document, read as plain XML: references are resolved, nothing is trimmed.
pub fn texts(document: &str) -> Vec<String> {
    let mut reader = Reader::from_str(document);
    let (mut texts, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(name) => text.push_str(resolve_predefined_entity(&name).expect("a known one")),
            Event::CData(_) | Event::DocType(_) | Event::PI(_) | Event::Comment(_) => {
                panic!("expected only elements and text")
            }
            Event::Eof => return texts,
            _ => {
                texts.extend(Some(std::mem::take(&mut text)).filter(|text| !text.trim().is_empty()));
            }
        }
    }
}

/// Validates the strict flavour against its schema, if `xmllint` is installed; `ci/readers.sh` always does. The other
/// flavour has no schema that all readers agree on.
pub fn assert_valid(flavour: &str, text: &str) {
    let schema = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ci/tools/readers/junit-10.xsd");
    assert!(schema.is_file(), "{} is missing", schema.display());
    let installed = Command::new("xmllint").arg("--version").stderr(Stdio::null()).status().is_ok();
    if flavour != STRICT || !installed {
        return;
    }
    let mut linter = Command::new("xmllint")
        .args(["--noout", "--huge", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint starts");
    linter.stdin.take().expect("its input").write_all(text.as_bytes()).expect("it reads");
    let output = linter.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{flavour}: {errors:.4000}");
}
