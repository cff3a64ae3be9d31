//! `conformance prove`: the kill matrix from the command line.

use serde_json::Value;

use super::support::{Folder, Program, read_json};

#[test]
fn prove_finds_a_mutant_and_writes_the_matrix() {
    let folder = Folder::new();
    let (json, markdown) = (format!("{}/m.json", folder.path()), format!("{}/m.md", folder.path()));
    let reports = [format!("json={json}"), format!("markdown={markdown}")];
    let arguments = ["prove", "--only", "token-expired-as-403", "--report", &reports[0], &reports[1]];
    let output = Program::new(&arguments).output();
    output.assert_exit_code(0);
    assert!(output.out.contains("found     token-expired-as-403  STA-2 in "), "{}", output.out);
    let matrix = read_json(json);
    let row = &matrix["rows"][0];
    assert_eq!(row["fate"], "found");
    assert_eq!(row["reported"][0]["checks"], serde_json::json!(["status-matches-code"]));
    assert!(row["reported"][0]["tests"][0].is_string() && row["reported"][0]["requests"].as_u64() > Some(0));
    let text = std::fs::read_to_string(markdown).expect("a file");
    assert!(
        text.contains("| `token-expired-as-403` | TOKEN_EXPIRED comes with status 403. | STA-2 | found |"),
        "{text}"
    );
}

#[test]
fn unknown_mutant_and_invalid_options_are_refused() {
    let output = Program::new(&["prove", "--only", "token-expired-as-404"]).output();
    output
        .assert_refused_with(2, "no mutant has `token-expired-as-404` in its name: did you mean `token-expired-as-40");
    for arguments in [["prove", "--jobs", "0"], ["prove", "--report", "html=a"]] {
        Program::new(&arguments).output().assert_refused(2);
    }
}

#[test]
fn a_pack_is_proved_through_a_proxy() {
    let folder = Folder::new();
    let report = format!("json={}/p.json", folder.path());
    let mutations = format!("{}/mutations.yaml", folder.path());
    let tests = "resources/duplicate";
    let arguments = ["prove", "--proxy", tests, "--report", &report, "--write-mutations", &mutations];
    let output = Program::new(&[&arguments[..], &["--only", "message/", "code/DUPLICATE_RESOURCE/"]].concat()).output();
    output.assert_exit_code(0);
    assert!(output.out.contains("score ") && output.out.lines().count() <= 60, "{}", output.out);
    let report = std::fs::read_to_string(format!("{}/p.json", folder.path())).expect("a file");
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let rows = report["mutations"].as_array().expect("a list");
    let row = |name: &str| rows.iter().find(|row| row["mutation"]["name"] == name).expect("the mutation is there");
    assert_eq!(row("message/removed")["kill"]["clause"], "ENV-3");
    let tolerated = row("code/DUPLICATE_RESOURCE/code-RESOURCE_CONFLICT");
    assert_eq!((&tolerated["outcome"], &tolerated["warning"]["clause"]), (&"allowed".into(), &"CON-3".into()));
    let again = ["prove", "--proxy", tests, "--mutations", &mutations, "--min-score", "100"];
    Program::new(&again).output().assert_exit_code(0);
    // Without the list of allowed survivors, the one that the contract tolerates counts.
    let nothing_allowed = folder.write("survivors.yaml", "allowed: []");
    let output = Program::new(&[&again[..], &["--allowed", &nothing_allowed]].concat()).output();
    output.assert_exit_code(1);
    assert!(output.err.contains("the score is below --min-score 100"), "{}", output.err);
}

#[test]
fn a_proxy_without_a_baseline_is_refused() {
    let program = |arguments: &[&str]| Program::new(&[&["prove"], arguments].concat()).output();
    program(&["--min-score", "90"]).assert_refused(2);
    program(&["--proxy", "--min-score", "101"]).assert_refused(2);
    program(&["--proxy", "no-such-test"]).assert_refused_with(2, "no test has a name that contains one of the filters");
    program(&["--proxy", "--mutations", "no-such-file.yaml"]).assert_refused(2);
    program(&["--proxy", "--target-url", "http://127.0.0.1:1"]).assert_refused_with(3, "cannot be reached");
}
