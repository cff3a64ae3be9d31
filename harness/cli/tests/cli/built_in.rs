//! The program as a single file, in a folder without a pack.

use super::support::*;

/// Runs a copy of the program in a folder of its own.
fn alone(folder: &Folder, arguments: &str) -> ProgramOutput {
    let program = folder.join("conformance");
    if !program.exists() {
        std::fs::copy(binary(), &program).expect("a copy of the program");
    }
    let line = format!("cd '{}' && ./conformance {arguments}", folder.path());
    ProgramOutput::of(std::process::Command::new("sh").args(["-c", &line]).env_clear())
}

#[test]
fn single_file_runs_the_built_in_pack_anywhere() {
    let folder = Folder::new();
    let run = alone(&folder, "run --reference readme:: --report json=run.json");
    run.assert_exit_code(0);
    assert!(!run.err.contains("pack:"), "{}", run.err);
    let report = read_json(folder.join("run.json"));
    let hash = report["suite"]["contractHash"].as_str().expect("a hash");
    let version = alone(&folder, "--version");
    assert_eq!(version.out, format!("conformance {} (built-in pack {hash})\n", env!("CARGO_PKG_VERSION")));
    let names = |output: &ProgramOutput| output.out.lines().count();
    let of_repository = Program::new(&["list"]).output();
    assert_eq!(names(&alone(&folder, "list")), names(&of_repository), "properties are part of the built-in pack");
    let script = alone(&folder, "repro readme::impossible-dates-are-refused/day-32/createCustomer");
    script.assert_exit_code(0);
    assert!(script.out.starts_with("#!/bin/sh"), "{}", script.out);
}

#[test]
fn built_in_pack_is_written_and_a_changed_pack_on_disk_is_preferred_and_named() {
    let folder = Folder::new();
    let written = alone(&folder, "init --default .");
    written.assert_exit_code(0);
    let same = alone(&folder, "run --reference readme::");
    assert!(!same.err.contains("pack:"), "{}", same.err);
    let more = "about: More.\nscenarios:\n  - name: one\n    clauses: [STA-3]\n    steps: [{ call: listCustomers, as: reader, expect: { success: true } }]\n";
    folder.write("scenarios/more.yaml", more);
    let other = alone(&folder, "run --reference more::");
    other.assert_exit_code(0);
    assert!(other.err.contains("pack: ") && other.err.contains("(not the built-in one)"), "{}", other.err);
    folder.write("schemas/clauses.yaml", "clauses: []\n");
    alone(&folder, "init --default .").assert_exit_code(2);
    assert_eq!(read(folder.join("schemas/clauses.yaml")), "clauses: []\n", "a changed file is kept");
}
