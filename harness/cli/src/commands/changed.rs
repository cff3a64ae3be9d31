//! The mutants that a change in the working tree can affect, for `prove --changed`.
//!
//! A scenario affects the mutants of its clauses and those that one of its tests is a witness of. The contract, the
//! engine and the reference affect all. Reports, the command line, documentation and tests affect none.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use mutate::prove::{MatrixServer, Witnesses};
use spec::scenario::{Library, TestCase};

/// Folders whose files affect every mutant.
const AFFECT_ALL: [&str; 8] = [
    "schemas/",
    "scenarios/fixtures.",
    "harness/generate/src/",
    "harness/judge/src/",
    "harness/mutate/src/",
    "harness/reference/src/",
    "harness/runner/src/",
    "harness/spec/src/",
];

/// The files that differ from the last commit, and new files, relative to the root of the repository.
pub(super) fn changed_files(folder: &Path) -> Result<BTreeSet<String>, String> {
    let changed = git(folder, &["diff", "--name-only", "--relative", "HEAD"])?;
    let new = git(folder, &["ls-files", "--others", "--exclude-standard"])?;
    Ok(changed.lines().chain(new.lines()).map(str::to_owned).collect())
}

fn git(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output = output.map_err(|error| format!("cannot run git: {error}"))?;
    if !output.status.success() {
        return Err(format!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The rows that these files affect.
pub(super) fn affected(
    files: &BTreeSet<String>,
    library: &Library,
    witnesses: &Witnesses,
    rows: &[MatrixServer],
) -> Vec<MatrixServer> {
    if files.iter().any(|file| AFFECT_ALL.iter().any(|folder| file.starts_with(folder))) {
        return rows.to_vec();
    }
    let tests: Vec<&TestCase> = library.tests.iter().filter(|test| files.contains(&*test.file)).collect();
    let names: BTreeSet<&str> = tests.iter().map(|test| test.name.as_ref()).collect();
    let clauses: BTreeSet<&str> = tests.iter().flat_map(|test| test.clauses.iter().map(String::as_str)).collect();
    let is_affected = |row: &&MatrixServer| {
        row.clauses.iter().any(|clause| clauses.contains(clause.as_str()))
            || witnesses.of(&row.name).iter().any(|name| names.contains(name.as_str()))
    };
    rows.iter().filter(is_affected).cloned().collect()
}

#[cfg(test)]
mod tests {
    use mutate::prove::ServerKind;

    use super::*;

    #[test]
    fn a_scenario_affects_the_mutants_of_its_clauses_and_its_witnesses() {
        let test = |file: &str, clause: &str| TestCase {
            name: format!("{file}::t").into(),
            file: file.into(),
            clauses: [clause.to_owned()].into(),
            ..TestCase::default()
        };
        let tests = vec![test("scenarios/a.yaml", "A-1"), test("scenarios/b.yaml", "B-1")];
        let library = Library { tests, ..Library::default() };
        let row = |name: &str, clause: &str| MatrixServer {
            name: name.to_owned(),
            about: String::new(),
            kind: ServerKind::Mutant,
            clauses: vec![clause.to_owned()],
            mutation: None,
        };
        let rows = [row("of-a", "A-1"), row("of-b", "B-1"), row("of-c", "C-1")];
        let witnesses = Witnesses::parse("w.yaml", "of-c: [\"scenarios/a.yaml::t\"]\n").expect("valid");
        let names = |file: &str| {
            let files = BTreeSet::from([file.to_owned()]);
            affected(&files, &library, &witnesses, &rows).into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(names("scenarios/a.yaml"), ["of-a", "of-c"]);
        assert_eq!(names("schemas/errors.yaml"), ["of-a", "of-b", "of-c"]);
        assert!(names("README.md").is_empty());
    }
}
