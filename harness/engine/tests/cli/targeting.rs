//! What a run tests: the target that was named and no other, and the embedded reference only where that is meant.

use std::path::Path;
use std::process::{Command, Output};

use super::support::{Desk, Folder, Program, Served, folder, parcel_pack, root, write};

const TEST: &str = "callers-without-credential";

#[test]
fn unknown_variables_are_refused_with_a_suggestion() {
    for (name, suggested) in [
        ("CONFORMANCE_TARGET_ULR", "CONFORMANCE_TARGET_URL"),
        ("CONFORMANCE_TARGTE", "CONFORMANCE_TARGET"),
        ("CONFORMANCE_REPORTS", "CONFORMANCE_REPORT"),
        ("CONFORMANCE_ACTOR_WRITTER", "CONFORMANCE_ACTOR_WRITER"),
    ] {
        let expected = format!("unknown environment variable `{name}`: did you mean `{suggested}`?");
        for arguments in [&["run", TEST][..], &["validate"], &["list"]] {
            Program::new(arguments).env(name, "x").go().refused_in_a_line(2, &expected);
        }
    }
    Program::new(&["run", TEST])
        .env("CONFORMANCE_ACTOR_ANONYMOUS", "key:x")
        .go()
        .refused_in_a_line(2, "unknown environment variable `CONFORMANCE_ACTOR_ANONYMOUS`");
}

#[test]
fn every_unknown_variable_is_named() {
    let said = Program::new(&["run", TEST]).env("CONFORMANCE_RTAE", "1").env("CONFORMANCE_SEDE", "1").go();
    said.refused(2);
    assert!(said.err.contains("`CONFORMANCE_RTAE`") && said.err.contains("`CONFORMANCE_SEDE`"), "{}", said.err);
}

#[test]
fn variables_that_a_target_file_names_are_known() {
    let (served, folder) = (Served::start(&[]), folder());
    let text = format!("url: {}\nactors: {{ writer: CONFORMANCE_STAGING_WRITER }}\n", served.url);
    let file = write(&folder, "target.yaml", &text);
    let arguments = ["run", "--target", &file, TEST];
    Program::new(&arguments).env("CONFORMANCE_STAGING_WRITER", "key:made-up-key-0123456789").go().ended(0);
    Program::new(&["validate", "--target", &file]).env("CONFORMANCE_STAGING_WRITER", "key:x").go().ended(0);
}

#[test]
fn an_empty_target_variable_is_refused() {
    let folder = folder();
    let file = write(&folder, "target.yaml", "url: http://127.0.0.1:1\n");
    for name in ["CONFORMANCE_TARGET_URL", "CONFORMANCE_TARGET"] {
        let said = Program::new(&["run", TEST]).env(name, "").go();
        said.refused_in_a_line(2, &format!("{name} is set, but empty"));
    }
    let said = Program::new(&["run", TEST, "--target", &file]).env("CONFORMANCE_TARGET_URL", "").go();
    said.refused_in_a_line(2, "CONFORMANCE_TARGET_URL is set, but empty");
    Program::new(&["run", TEST, "--reference"]).env("CONFORMANCE_TARGET_URL", "").go().ended(0);
    let served = Served::start(&[]);
    let arguments = ["run", TEST, "--target-url", &served.url];
    Program::new(&arguments).env("CONFORMANCE_TARGET_URL", "").go().ended(0);
}

#[test]
fn the_first_line_says_what_is_tested() {
    let first = |program: Program| {
        let said = program.go();
        said.ended(0);
        said.out.lines().next().unwrap_or_default().to_owned()
    };
    let unnamed = first(Program::new(&["run", TEST]));
    assert!(unnamed.starts_with("target: the embedded reference API, since no target was named"), "{unnamed}");
    assert_eq!(first(Program::new(&["run", TEST, "--reference"])), "target: the embedded reference API");
    let by_variable = Program::new(&["run", TEST]).env("CONFORMANCE_REFERENCE", "1");
    assert_eq!(first(by_variable), "target: the embedded reference API");
    let served = Served::start(&[]);
    assert_eq!(first(Program::new(&["run", TEST, "--target-url", &served.url])), format!("target: {}", served.url));
}

#[test]
fn the_reference_and_another_target_are_not_tested_at_once() {
    let folder = folder();
    let file = write(&folder, "target.yaml", "url: http://127.0.0.1:1\n");
    let message = "--reference tests the embedded reference API";
    for other in [["--target-url", "http://127.0.0.1:1"], ["--target", &file]] {
        Program::run(&[&["--reference"], &other[..], &[TEST]].concat()).refused_in_a_line(2, message);
    }
    let said = Program::new(&["run", "--reference", TEST]).env("CONFORMANCE_TARGET_URL", "http://127.0.0.1:1").go();
    said.refused_in_a_line(2, message);
}

#[test]
fn another_api_s_pack_is_never_held_against_the_reference() {
    let pack = parcel_pack();
    let expected = "the embedded reference API is not the API of this pack";
    Program::run(&["--pack", &pack.path()]).refused_in_a_line(2, expected);
    Program::new(&["run"]).env("CONFORMANCE_PACK", &pack.path()).go().refused_in_a_line(2, expected);
    Program::new(&["prove", "--pack", &pack.path()]).go().refused_in_a_line(2, expected);
    // The default pack under another path is still the reference's own.
    Program::run(&["--pack", &root().display().to_string(), TEST]).ended(0);
    let desk = Desk::open(None);
    let said = Program::run(&["--pack", &pack.path(), "--target-url", &desk.url, "desk"]);
    assert_ne!(said.code, 2, "{}", said.err);
}

#[test]
fn the_gate_needs_a_target_and_says_which_it_tested() {
    let folder = folder();
    let refused = gate(&folder, &["run", TEST], &[("CONFORMANCE_TARGET_URL", "")]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused));
    assert!(text(&refused).contains("no target: set CONFORMANCE_TARGET_URL"), "{}", text(&refused));
    let unset = gate(&folder, &["run", TEST], &[]);
    assert_eq!(unset.status.code(), Some(2), "{}", text(&unset));

    let reference = gate(&folder, &["run", "--reference", TEST], &[]);
    assert_eq!(reference.status.code(), Some(0), "{}", text(&reference));
    assert_eq!(closing(&reference), "gate: verdict  PASSED, exit code 0; tested: embedded reference");

    let served = Served::start(&[]);
    let named = gate(&folder, &["run", TEST], &[("CONFORMANCE_TARGET_URL", &served.url)]);
    assert_eq!(named.status.code(), Some(0), "{}", text(&named));
    assert_eq!(closing(&named), format!("gate: verdict  PASSED, exit code 0; tested: {}", served.url));
}

fn gate(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new("bash");
    command.arg(root().join("ci/gate.sh")).args(arguments).env_clear().current_dir(root());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("GATE_BINARY", super::support::binary()).env("GATE_REPORTS", Path::new(&folder.path()).join("reports"));
    command.envs(variables.iter().copied()).output().expect("bash starts")
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn closing(output: &Output) -> String {
    text(output).lines().last().unwrap_or_default().to_owned()
}
