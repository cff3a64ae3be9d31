//! Finds the scenario files of a pack, and expands their tables into tests.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::cases::{Case, Cases};
use super::compile::{self, At, Own};
use super::fixtures::{Fixtures, prepare};
use super::model::{FixtureFile, Scenario, ScenarioFile, Step};
use super::selection::{Wanted, test_name};
use super::{TestCase, TestKind, properties, template, test_names};
use crate::contract::Contract;
use crate::source::{Problem, Problems, SourceFile, find_yaml, suggestion, without_ending};
use generate::{REGISTRY, Registry};

/// All tests of a pack.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// The tests, in order of file, place and case.
    pub tests: Vec<TestCase>,
    /// SHA-256 over the texts of all files, in hexadecimal.
    pub hash: String,
}

const FIXTURES: &str = "scenarios/fixtures";

/// Loads everything below the pack's `scenarios/`, and the properties of its formats, or returns all problems of both.
pub fn load(root: &Path, contract: &Contract) -> Result<Library, Problems> {
    load_with(root, contract, &REGISTRY)
}

/// Like [`load`], with other rules for the formats.
pub fn load_with(root: &Path, contract: &Contract, registry: &Registry) -> Result<Library, Problems> {
    read(root, contract, registry, Wanted::All)
}

/// Only the tests with these names, of a pack that has been loaded completely before: no other file is compiled, and a
/// clause that nothing judges is not reported. The hash is that of the whole pack.
pub fn load_tests(root: &Path, contract: &Contract, names: &[String]) -> Result<Library, Problems> {
    read(root, contract, &REGISTRY, Wanted::Tests(names))
}

fn read(root: &Path, contract: &Contract, registry: &Registry, wanted: Wanted<'_>) -> Result<Library, Problems> {
    let mut problems = Problems::default();
    let mut library = Library::default();
    let mut hasher = Sha256::new();
    let mut files = Vec::new();
    for (path, name) in find_yaml(root, &root.join("scenarios"), &mut problems) {
        if let Some(file) = problems.take(SourceFile::read(&path, name)) {
            hasher.update(file.text.as_bytes());
            files.push(file);
        }
    }
    let read = problems.0.len();
    let fixtures = match files.iter().position(|file| without_ending(&file.name) == FIXTURES) {
        Some(index) => {
            let file = files.remove(index);
            let fixtures = problems.take(file.parse::<FixtureFile>()).unwrap_or_default();
            Fixtures { file: Some(file), content: fixtures }
        }
        None => Fixtures::default(),
    };
    if problems.0.len() > read {
        // References to fixtures cannot be resolved.
        return problems.or(library);
    }
    for file in files.iter_mut().filter(|file| wanted.has_in_file(&file.name)) {
        if let Some(content) = problems.take(file.parse::<ScenarioFile>()) {
            expand_file(file, &content, &fixtures, contract, wanted, &mut library, &mut problems);
        }
        file.forget_places();
    }
    let (properties, text) = properties::load(root, contract, &fixtures, registry, wanted, &mut problems);
    hasher.update(text.as_bytes());
    library.tests.extend(properties);
    refuse_duplicates(&library, &files, &mut problems);
    library.hash = hex::encode(hasher.finalize());
    problems.or(library)
}

fn expand_file(
    file: &SourceFile,
    content: &ScenarioFile,
    fixtures: &Fixtures,
    contract: &Contract,
    wanted: Wanted<'_>,
    library: &mut Library,
    problems: &mut Problems,
) {
    let file_name: Arc<str> = file.name.as_str().into();
    for (index, scenario) in content.scenarios.iter().enumerate() {
        if !wanted.has_in_scenario(&file.name, &scenario.name) {
            continue;
        }
        let at = At { file, path: vec!["scenarios".into(), index.into()] };
        let before = problems.0.len();
        compile::scenario(&at, scenario, contract, problems);
        let Some(cases) = cases_of(&at, scenario, fixtures, problems) else {
            continue;
        };
        let line = at.place().map_or(1, |place| place.line);
        let first = library.tests.len();
        for (row, case) in &cases {
            let name = test_name(&file.name, &scenario.name, &case.name);
            if !wanted.has(&name) {
                continue;
            }
            let mut test = TestCase {
                name: name.into(),
                file: file_name.clone(),
                line: row.and_then(|row| at.row(row)).map_or(line, |place| place.line),
                about: scenario.why.as_deref().unwrap_or(&content.about).into(),
                clauses: scenario.clauses.as_slice().into(),
                needs: scenario.needs.iter().chain(&case.needs).cloned().collect(),
                actors: Arc::default(),
                token_actors: Arc::default(),
                lock: scenario.lock.clone(),
                alone: scenario.alone,
                retries: scenario.retries,
                steps: Vec::new(),
                // A clone of a map has room for more members; this copy has not.
                variables: case.variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
                first: scenario.found_by.is_some(),
                kind: TestKind::Scenario,
            };
            let mut setup = Vec::new();
            prepare(&at, scenario.given.iter().chain(&case.given), fixtures, &mut test, &mut setup, problems);
            let steps = scenario.steps.iter();
            let own: Vec<Own<'_>> = steps.map(|step| Own { step, clause: clause_of(step, scenario, case) }).collect();
            remove_untested_clauses(&mut test, &own, contract);
            // Otherwise the same problem in a step would be reported once for each case.
            if problems.0.len() == before {
                compile::test(&at, &mut test, &setup, &own, contract, problems);
                if let Some(before) = library.tests.last() {
                    share(&mut test, before);
                }
            }
            library.tests.push(test);
        }
        if problems.0.len() == before && wanted == Wanted::All {
            compile::all_clauses_judged(&at, scenario, &library.tests[first..], problems);
        }
    }
}

/// What two rows of a table have in common is kept once.
fn share(test: &mut TestCase, before: &TestCase) {
    if test.about == before.about {
        test.about = before.about.clone();
    }
    let lists = [
        (&mut test.clauses, &before.clauses),
        (&mut test.needs, &before.needs),
        (&mut test.actors, &before.actors),
        (&mut test.token_actors, &before.token_actors),
    ];
    for (list, other) in lists {
        if list == other {
            *list = other.clone();
        }
    }
    for (step, other) in test.steps.iter_mut().zip(&before.steps) {
        if step == other {
            *step = other.clone();
        }
    }
}

/// The clause that a step of a scenario tests: its own, that of its row, or the only one of the scenario.
fn clause_of(step: &Step, scenario: &Scenario, case: &Case) -> Option<String> {
    let only = || scenario.clauses.first().filter(|_| scenario.clauses.len() == 1).cloned();
    let clause = step.clause.clone().or_else(|| case.clause.clone()).or_else(only);
    clause.filter(|_| step.judges())
}

/// Keeps only the clauses that the test's own steps name or that checks judge.
fn remove_untested_clauses(test: &mut TestCase, own: &[Own<'_>], contract: &Contract) {
    let clauses = own.iter().flat_map(|own| own.clause.iter().chain(&own.step.clause_of_token));
    let named: Vec<String> = clauses.filter_map(|clause| template::text(clause, &test.variables).ok()).collect();
    let judged = |id: &String| contract.clause(id).is_some_and(|clause| !clause.checks.is_empty());
    test.clauses = test.clauses.iter().filter(|id| named.contains(id) || judged(id)).cloned().collect();
}

/// The cases of a scenario: its rows, combined with the values of `each`; one nameless case if there is no table. Each
/// has the index of its row if the rows are in the scenario itself.
fn cases_of(
    at: &At<'_>,
    scenario: &Scenario,
    fixtures: &Fixtures,
    problems: &mut Problems,
) -> Option<Vec<(Option<usize>, Case)>> {
    let nameless =
        Case { name: String::new(), given: Vec::new(), needs: Vec::new(), clause: None, variables: Map::new() };
    let cases = match &scenario.cases {
        Cases::One => vec![nameless],
        Cases::Rows(rows) => rows.clone(),
        Cases::Table(name) => match fixtures.content.tables.get(name) {
            Some(rows) => rows.clone(),
            None => {
                let known: Vec<String> = fixtures.content.tables.keys().cloned().collect();
                let place = fixtures.file.as_ref().map_or("scenarios/fixtures.yaml", |file| &file.name);
                let problem = at.problem(&["cases".into()], format!("no table `{name}` in {place}"));
                problems.0.push(problem.with_help(suggestion(name, &known)));
                return None;
            }
        },
    };
    let in_rows = matches!(scenario.cases, Cases::Rows(_));
    for (row, case) in cases.iter().enumerate() {
        test_names::refuse_unprintable(at, in_rows.then_some(row), &case.name, problems);
        for (variable, value) in &case.variables {
            if let Some(name) = template::first_name(value) {
                let message = format!(
                    "the case `{}` sets `{variable}` to the template `${{{name}}}`, but cases cannot contain templates",
                    case.name
                );
                let help = "write the template in the step, next to the variable of the case";
                problems.0.push(at.problem(&["cases".into()], message).with_help(Some(help.to_owned())));
            }
        }
    }
    let mut cases: Vec<(Option<usize>, Case)> =
        cases.into_iter().enumerate().map(|(row, case)| (in_rows.then_some(row), case)).collect();
    for (variable, values) in &scenario.each {
        for (index, value) in values.iter().enumerate() {
            test_names::refuse_unprintable_value(at, variable, index, value, problems);
        }
        let combine = |(row, case): &(Option<usize>, Case)| {
            let (row, case) = (*row, case.clone());
            values.iter().map(move |value| (row, with_value(&case, variable, value))).collect::<Vec<_>>()
        };
        cases = cases.iter().flat_map(combine).collect();
    }
    Some(cases)
}

fn with_value(case: &Case, variable: &str, value: &Value) -> Case {
    let mut case = case.clone();
    let word = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    case.name = if case.name.is_empty() { word } else { format!("{}/{word}", case.name) };
    case.variables.insert(variable.to_owned(), value.clone());
    case
}

fn refuse_duplicates(library: &Library, files: &[SourceFile], problems: &mut Problems) {
    let mut seen: BTreeMap<&str, &TestCase> = BTreeMap::new();
    for test in &library.tests {
        if let Some(other) = seen.insert(&test.name, test) {
            let message = format!("two tests have the name `{}` (lines {} and {})", test.name, other.line, test.line);
            let file = files.iter().find(|file| *file.name == *test.file);
            let problem = match file {
                Some(file) => file.problem_at_line(test.line, message),
                None => Problem::general(&test.file, message),
            };
            problems.0.push(problem.with_help(Some("give one of them another name".to_owned())));
        }
    }
}
