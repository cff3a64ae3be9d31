//! `conformance prove`: the kill matrix from the command line.

use serde_json::Value;

use super::support::{Program, folder};

#[test]
fn prove_finds_a_mutant_and_writes_the_matrix() {
    let folder = folder();
    let (json, markdown) = (format!("{}/m.json", folder.path()), format!("{}/m.md", folder.path()));
    let reports = [format!("json={json}"), format!("markdown={markdown}")];
    let arguments = ["prove", "--only", "token-expired-as-403", "--report", &reports[0], &reports[1]];
    let output = Program::new(&arguments).output();
    output.assert_exit_code(0);
    assert!(output.out.contains("found     token-expired-as-403  STA-2 in "), "{}", output.out);
    let matrix: Value = serde_json::from_str(&std::fs::read_to_string(json).expect("a file")).expect("JSON");
    let row = &matrix["rows"][0];
    assert_eq!(row["fate"], "found");
    assert_eq!(row["reported"][0]["checks"], serde_json::json!(["status-matches-code"]));
    assert!(row["reported"][0]["trials"][0].is_string() && row["reported"][0]["requests"].as_u64() > Some(0));
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
