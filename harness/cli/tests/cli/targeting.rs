//! Which target a run tests: the one that options or variables name, or the embedded reference if none is named.

use std::process::Command;

use super::support::{Folder, PARCEL, ParcelServer, Program, ProgramOutput, ReferenceServer, binary, root};

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
            Program::new(arguments).env(name, "x").output().assert_refused_with(2, &expected);
        }
    }
    Program::new(&["run", TEST])
        .env("CONFORMANCE_ACTOR_ANONYMOUS", "key:x")
        .output()
        .assert_refused_with(2, "unknown environment variable `CONFORMANCE_ACTOR_ANONYMOUS`");
}

#[test]
fn all_unknown_variables_are_reported() {
    let output = Program::new(&["run", TEST]).env("CONFORMANCE_RTAE", "1").env("CONFORMANCE_SEDE", "1").output();
    output.assert_refused(2);
    assert!(output.err.contains("`CONFORMANCE_RTAE`") && output.err.contains("`CONFORMANCE_SEDE`"), "{}", output.err);
}

#[test]
fn variables_named_in_the_target_file_are_accepted() {
    let (served, folder) = (ReferenceServer::start(&[]), Folder::new());
    let text = format!("url: {}\nactors: {{ writer: CONFORMANCE_STAGING_WRITER }}\n", served.url);
    let file = folder.write("target.yaml", &text);
    let arguments = ["run", "--target", &file, TEST];
    Program::new(&arguments)
        .env("CONFORMANCE_STAGING_WRITER", "key:made-up-key-0123456789")
        .output()
        .assert_exit_code(0);
    Program::new(&["validate", "--target", &file])
        .env("CONFORMANCE_STAGING_WRITER", "key:x")
        .output()
        .assert_exit_code(0);
}

#[test]
fn empty_target_variable_is_refused() {
    let folder = Folder::new();
    let file = folder.write("target.yaml", "url: http://127.0.0.1:1\n");
    for name in ["CONFORMANCE_TARGET_URL", "CONFORMANCE_TARGET"] {
        let output = Program::new(&["run", TEST]).env(name, "").output();
        output.assert_refused_with(2, &format!("{name} is set, but empty"));
    }
    let output = Program::new(&["run", TEST, "--target", &file]).env("CONFORMANCE_TARGET_URL", "").output();
    output.assert_refused_with(2, "CONFORMANCE_TARGET_URL is set, but empty");
    Program::new(&["run", TEST, "--reference"]).env("CONFORMANCE_TARGET_URL", "").output().assert_exit_code(0);
    let served = ReferenceServer::start(&[]);
    let arguments = ["run", TEST, "--target-url", &served.url];
    Program::new(&arguments).env("CONFORMANCE_TARGET_URL", "").output().assert_exit_code(0);
}

#[test]
fn first_line_of_the_output_names_the_target() {
    let first = |program: Program| {
        let output = program.output();
        output.assert_exit_code(0);
        output.out.lines().next().unwrap_or_default().to_owned()
    };
    let unnamed = first(Program::new(&["run", TEST]));
    assert!(unnamed.starts_with("target: the embedded reference API, since no target was named"), "{unnamed}");
    assert_eq!(first(Program::new(&["run", TEST, "--reference"])), "target: the embedded reference API");
    let by_variable = Program::new(&["run", TEST]).env("CONFORMANCE_REFERENCE", "1");
    assert_eq!(first(by_variable), "target: the embedded reference API");
    let served = ReferenceServer::start(&[]);
    assert_eq!(first(Program::new(&["run", TEST, "--target-url", &served.url])), format!("target: {}", served.url));
}

#[test]
fn reference_cannot_be_combined_with_another_target() {
    let folder = Folder::new();
    let file = folder.write("target.yaml", "url: http://127.0.0.1:1\n");
    let message = "--reference tests the embedded reference API";
    for other in [["--target-url", "http://127.0.0.1:1"], ["--target", &file]] {
        Program::run(&[&["--reference"], &other[..], &[TEST]].concat()).assert_refused_with(2, message);
    }
    let output =
        Program::new(&["run", "--reference", TEST]).env("CONFORMANCE_TARGET_URL", "http://127.0.0.1:1").output();
    output.assert_refused_with(2, message);
}

#[test]
fn pack_of_another_api_is_not_tested_against_the_reference() {
    let pack = Folder::with_pack(PARCEL);
    let expected = "the embedded reference API is not the API of this pack";
    Program::run(&["--pack", &pack.path()]).assert_refused_with(2, expected);
    Program::new(&["run"]).env("CONFORMANCE_PACK", &pack.path()).output().assert_refused_with(2, expected);
    Program::new(&["prove", "--pack", &pack.path()]).output().assert_refused_with(2, expected);
    // The default pack is accepted under any path.
    Program::run(&["--pack", &root().display().to_string(), TEST]).assert_exit_code(0);
    let server = ParcelServer::start(None);
    let output = Program::run(&["--pack", &pack.path(), "--target-url", &server.url, "desk"]);
    assert_ne!(output.code, 2, "{}", output.err);
}

#[test]
fn gate_script_needs_a_target_and_prints_which_it_tested() {
    let empty = gate(&["run", TEST], &[("CONFORMANCE_TARGET_URL", "")]);
    empty.assert_exit_code(2);
    assert!(empty.err.contains("no target: set CONFORMANCE_TARGET_URL"), "{}", empty.err);
    gate(&["run", TEST], &[]).assert_exit_code(2);
    let served = ReferenceServer::start(&[]);
    for (output, tested) in [
        (gate(&["run", "--reference", TEST], &[]), "embedded reference"),
        (gate(&["run", TEST], &[("CONFORMANCE_TARGET_URL", &served.url)]), &served.url),
    ] {
        output.assert_exit_code(0);
        let last = output.err.lines().last().unwrap_or_default();
        assert_eq!(last, format!("gate: verdict  PASSED, exit code 0; tested: {tested}"));
    }
}

fn gate(arguments: &[&str], variables: &[(&str, &str)]) -> ProgramOutput {
    let folder = Folder::new();
    let mut command = Command::new("bash");
    command.arg(root().join("ci/gate.sh")).args(arguments).env_clear().current_dir(root());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("GATE_BINARY", binary()).env("GATE_REPORTS", folder.join("reports"));
    ProgramOutput::of(command.envs(variables.iter().copied()))
}
