//! Witnesses: for each mutant, tests that report all of its clauses. Intermittent mutants have none: which test reports
//! them depends on the requests before it.
//!
//! A run with the witnesses alone shows in seconds that every mutant is still killed. `reports/witnesses.yaml` holds
//! them. A witness is a test, or one rule of a property: then only the values of that rule are sent. The complete
//! matrix rewrites the file. It keeps a witness that still reports its mutant, so the file changes only where the suite has
//! changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::MatrixServer;
use super::matrix::Line;
use super::resolve::resolve;
use super::selection::waits;
use spec::scenario::Library;
use spec::source::{Problem, SourceFile};

/// The names of tests, by the name of the mutant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witnesses(BTreeMap<String, Vec<String>>);

impl Witnesses {
    /// Reads the content of the file.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problem> {
        SourceFile::new(name, text).parse().map(Self)
    }

    /// The witnesses of a mutant; none for a mutant that is not in the file.
    pub fn of(&self, mutant: &str) -> &[String] {
        self.0.get(mutant).map_or(&[], Vec::as_slice)
    }

    /// The names in the file that are not tests of the suite or not mutants.
    pub fn unknown(&self, library: &Library, rows: &[MatrixServer]) -> BTreeSet<String> {
        let named = self.0.values().flatten().filter(|name| resolve(library, name).is_none());
        let mutants = self.0.keys().filter(|name| !rows.iter().any(|row| row.name == name.as_str()));
        named.chain(mutants).cloned().collect()
    }

    /// The witnesses after a run: for each clause the cheapest test that reports it, unless a witness for another
    /// clause does so as well.
    pub fn updated(&self, lines: &[Line], library: &Library) -> Self {
        let mutants = lines.iter().filter(|line| line.kind == "mutant");
        let chosen = mutants.map(|line| (line.name.clone(), self.chosen(line, library)));
        Self(chosen.filter(|(_, names)| !names.is_empty()).collect())
    }

    fn chosen(&self, line: &Line, library: &Library) -> Vec<String> {
        let known = self.of(&line.name);
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for clause in &line.reported {
            let is_witness = |name: &&String| names.contains(name.as_str());
            if clause.tests.iter().any(|name| is_witness(&name)) {
                continue;
            }
            let cheapest = clause.tests.iter().min_by_key(|name| (cost(library, name, known), *name));
            names.extend(cheapest.map(String::as_str));
        }
        names.into_iter().map(str::to_owned).collect()
    }

    /// The content of the file.
    pub fn yaml(&self) -> String {
        let mut out = String::from(
            "# Tests that report each mutant of the reference; rewritten by the complete kill matrix (CONTRIBUTING.md).\n",
        );
        for (mutant, tests) in &self.0 {
            let _ = writeln!(out, "{mutant}:");
            for test in tests {
                let _ = writeln!(out, "  - {test:?}");
            }
        }
        out
    }
}

/// What a test costs as a witness, the most important trait first. Durations would differ from run to run. A known
/// witness is preferred, unless it is a whole property.
fn cost(library: &Library, name: &String, known: &[String]) -> (bool, bool, bool, bool, usize) {
    let Some(test) = resolve(library, name) else { return (true, !known.contains(name), true, true, usize::MAX) };
    let is_property = test.is_property();
    let is_whole = library.tests.iter().any(|whole| is_property && *whole.name == **name);
    (is_whole, !known.contains(name), is_property, waits(&test), test.steps.len())
}

#[cfg(test)]
mod tests {
    use super::super::matrix::{Fate, Reported};
    use super::*;

    fn line(clauses: &[(&str, &[&str])]) -> Line {
        let reported = |(clause, tests): &(&str, &[&str])| Reported {
            clause: (*clause).to_owned(),
            checks: Vec::new(),
            tests: tests.iter().map(|name| (*name).to_owned()).collect(),
            requests: 1,
        };
        Line {
            name: "m".to_owned(),
            about: String::new(),
            kind: "mutant",
            fate: Fate::Found,
            reason: None,
            clauses: Vec::new(),
            reported: clauses.iter().map(reported).collect(),
            inconclusive: BTreeMap::new(),
            tests: 0,
            requests: 0,
        }
    }

    #[test]
    fn witnesses_are_kept_while_they_report_and_report_all_clauses() {
        let library = Library::default();
        let first = Witnesses::default().updated(&[line(&[("A", &["f::b", "f::a"]), ("B", &["f::c"])])], &library);
        assert_eq!(first.of("m"), ["f::a", "f::c"]);
        let kept = first.updated(&[line(&[("A", &["f::0", "f::c"]), ("B", &["f::c"])])], &library);
        assert_eq!(kept.of("m"), ["f::c"]);
        let replaced = first.updated(&[line(&[("A", &["f::z"])])], &library);
        assert_eq!(replaced.of("m"), ["f::z"]);
    }

    #[test]
    fn the_file_is_read_as_it_is_written() {
        let witnesses = Witnesses::default().updated(&[line(&[("A", &["f::a \"b\""])])], &Library::default());
        assert_eq!(Witnesses::parse("witnesses.yaml", &witnesses.yaml()).expect("a valid file"), witnesses);
        let unknown = witnesses.unknown(&Library::default(), &[]);
        assert_eq!(unknown.len(), 2);
    }
}
