//! `conformance prove`: the kill matrix from the command line.

use serde_json::Value;

use super::support::{Program, folder};

#[test]
fn a_mutant_is_proved_and_written_down() {
    let folder = folder();
    let (json, markdown) = (format!("{}/m.json", folder.path()), format!("{}/m.md", folder.path()));
    let reports = [format!("json={json}"), format!("markdown={markdown}")];
    let arguments = ["prove", "--only", "token-expired-as-403", "--report", &reports[0], &reports[1]];
    let said = Program::new(&arguments).go();
    said.ended(0);
    assert!(said.out.contains("found     token-expired-as-403  STA-2 in "), "{}", said.out);
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
fn words_that_name_no_mutant_are_corrected() {
    let said = Program::new(&["prove", "--only", "token-expired-as-404"]).go();
    said.refused_in_a_line(2, "no mutant has `token-expired-as-404` in its name: did you mean `token-expired-as-40");
    for arguments in [["prove", "--jobs", "0"], ["prove", "--report", "html=a"]] {
        Program::new(&arguments).go().refused(2);
    }
}
