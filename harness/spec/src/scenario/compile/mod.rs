//! Compiles scenarios into the plan: resolves every name in them (operations, actors, codes, clauses, capabilities, path
//! parameters, variables, labels), and reports what cannot be resolved, at its place.
//!
//! `conformance validate` is this compiler. `call` compiles the steps that send a request, `texts` finds the templates.

mod call;
mod route;
mod texts;

use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) use self::route::Route;
use self::texts::texts_of;
use super::model::{self, Deliveries, Scenario, Shared};
use super::plan::{Action, Await, Listen, Step};
use super::template::Template;
use super::{BUILT_IN, TestCase, Variables, template};
use crate::contract::Contract;
use crate::source::{Position, Problem, Problems, SourceFile, Step as PathStep, suggestion};

/// The place of a scenario in its file; problems add a path below it.
pub(super) struct At<'f> {
    pub(super) file: &'f SourceFile,
    pub(super) path: Vec<PathStep>,
}

impl At<'_> {
    pub(super) fn place(&self) -> Option<Position> {
        self.file.locate(&self.path)
    }

    /// Where a row of the scenario's cases begins.
    pub(super) fn row(&self, row: usize) -> Option<Position> {
        self.below(&["cases".into(), row.into()])
    }

    fn below(&self, below: &[PathStep]) -> Option<Position> {
        let path: Vec<PathStep> = self.path.iter().chain(below).cloned().collect();
        self.file.locate(&path)
    }

    pub(super) fn problem(&self, below: &[PathStep], message: impl Into<String>) -> Problem {
        let path: Vec<PathStep> = self.path.iter().chain(below).cloned().collect();
        self.file.problem(&path, message)
    }

    fn unknown(&self, below: &[PathStep], kind: &str, name: &str, known: &[String]) -> Problem {
        self.problem(below, format!("unknown {kind} `{name}`")).with_help(suggestion(name, known))
    }
}

/// Reports the problems of a scenario that do not depend on the case.
pub(super) fn scenario(at: &At<'_>, scenario: &Scenario, contract: &Contract, problems: &mut Problems) {
    if !is_kebab(&scenario.name) {
        let message = format!("`{}` is not kebab-case: lower-case words joined by hyphens", scenario.name);
        problems.0.push(at.problem(&["name".into()], message));
    }
    if scenario.clauses.is_empty() {
        problems.0.push(at.problem(&["clauses".into()], "a scenario must list at least one clause"));
    }
    let clauses: Vec<String> = contract.clauses.iter().map(|clause| clause.id.clone()).collect();
    for (index, clause) in scenario.clauses.iter().enumerate() {
        if !clauses.contains(clause) {
            problems.0.push(at.unknown(&["clauses".into(), index.into()], "clause", clause, &clauses));
        }
    }
    let capabilities: Vec<String> = contract.conventions.capabilities.keys().cloned().collect();
    for (index, need) in scenario.needs.iter().enumerate() {
        if !capabilities.contains(need) {
            problems.0.push(at.unknown(&["needs".into(), index.into()], "capability", need, &capabilities));
        }
    }
    if scenario.steps.is_empty() {
        problems.0.push(at.problem(&["steps".into()], "a scenario must have at least one step"));
    }
    if !scenario.steps.iter().any(|step| step.expect.is_some() || step.deliveries.is_some()) {
        problems.0.push(at.problem(&["steps".into()], "no step of this scenario expects anything"));
    }
}

/// Reports clauses that a scenario lists and none of its tests judges.
pub(super) fn all_clauses_judged(at: &At<'_>, scenario: &Scenario, tests: &[TestCase], problems: &mut Problems) {
    // A saved failure lists all violated clauses, whatever judged them.
    if scenario.found_by.is_some() {
        return;
    }
    for (index, id) in scenario.clauses.iter().enumerate() {
        if !tests.iter().any(|test| test.clauses.contains(id)) {
            let message = format!("no step of this scenario is about `{id}`, and no check judges it");
            let help = format!("write `clause: {id}` in the step or in the row that is about it, or remove it here");
            problems.0.push(at.problem(&["clauses".into(), index.into()], message).with_help(Some(help)));
        }
    }
}

pub(super) fn is_kebab(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && !name.ends_with('-')
        && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
}

/// A step of a fixture, before it is compiled.
pub(super) struct Given<'s> {
    pub(super) step: &'s model::Step,
    pub(super) shared: Option<Shared>,
}

/// A step of the scenario itself, before it is compiled.
pub(super) struct Own<'s> {
    pub(super) step: &'s model::Step,
    /// The clause that it tests, as a template.
    pub(super) clause: Option<String>,
}

/// Compiles the steps of one test, and records which actors it needs.
pub(super) fn test(
    at: &At<'_>,
    test: &mut TestCase,
    given: &[Given<'_>],
    own: &[Own<'_>],
    contract: &Contract,
    problems: &mut Problems,
) {
    let variables = test.variables.clone();
    // A fixture may state a clause that the scenario is not about: if the fixture fails, that clause is violated.
    let all: Vec<String> = contract.clauses.iter().map(|clause| clause.id.clone()).collect();
    let mut compiler = Compiler::new(at, contract, &variables, &all);
    let mut steps = Vec::new();
    for Given { step, shared } in given {
        let action = compiler.action(&["given".into()], step, step.clause.as_deref());
        let (shared, skip_after_failure) = (shared.clone(), step.skip_after_failure);
        steps.extend(action.map(|action| Step { action, line: None, shared, skip_after_failure }));
    }
    compiler.clauses = &test.clauses;
    for (index, Own { step, clause }) in own.iter().enumerate() {
        let below: Vec<PathStep> = vec!["steps".into(), index.into()];
        if step.judges() && clause.is_none() {
            let message = "this step does not state which of the scenario's clauses it tests";
            let help = "write `clause: ID` in the step, or in each row of the table";
            compiler.problems.push(at.problem(&below, message).with_help(Some(help.to_owned())));
        }
        let action = compiler.action(&below, step, clause.as_deref());
        let line = at.below(&below).map(|place| place.line);
        let skip_after_failure = step.skip_after_failure;
        steps.extend(action.map(|action| Step { action, line, shared: None, skip_after_failure }));
    }
    compiler.check_case(&test.name);
    let Compiler { actors, token_actors, problems: found, .. } = compiler;
    test.steps = steps.into_iter().map(Arc::new).collect();
    // The list would keep the memory of the larger one from which it was made.
    test.steps.shrink_to_fit();
    test.actors = actors.into_iter().collect();
    test.token_actors = token_actors.into_iter().collect();
    problems.0.extend(found);
}

struct Compiler<'s> {
    at: &'s At<'s>,
    contract: &'s Contract,
    /// The variables of the case.
    variables: &'s Variables,
    clauses: &'s [String],
    defined: BTreeSet<String>,
    /// Variables that are null if the response does not have them.
    optional: BTreeSet<String>,
    used: BTreeSet<String>,
    labels: BTreeSet<String>,
    actors: BTreeSet<String>,
    token_actors: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl<'s> Compiler<'s> {
    fn new(at: &'s At<'s>, contract: &'s Contract, variables: &'s Variables, clauses: &'s [String]) -> Self {
        let built_in = BUILT_IN.iter().map(|(name, _)| (*name).to_owned());
        Self {
            at,
            contract,
            variables,
            clauses,
            defined: variables.keys().cloned().chain(built_in).collect(),
            optional: BTreeSet::new(),
            used: BTreeSet::new(),
            labels: BTreeSet::new(),
            actors: BTreeSet::new(),
            token_actors: BTreeSet::new(),
            problems: Vec::new(),
        }
    }

    /// Compiles what a step does; `None` if that is not clear, which is then reported.
    fn action(&mut self, below: &[PathStep], step: &model::Step, clause: Option<&str>) -> Option<Action> {
        self.check_templates(below, step, clause);
        let clause = clause.filter(|_| step.judges()).and_then(|clause| self.clause(below, clause));
        match (&step.call, step.wait, &step.listen, &step.deliveries) {
            (Some(call), None, None, None) => {
                let call = self.call(below, step, call, clause)?;
                Some(Action::Call(Box::new(call)))
            }
            (None, Some(wait), None, None) => {
                self.only_in_a_call(below, step);
                Some(Action::Wait(wait))
            }
            (None, None, Some(listen), None) => {
                self.only_in_a_call(below, step);
                self.listen(below, listen).map(Action::Listen)
            }
            (None, None, None, Some(deliveries)) => {
                self.only_in_a_call(below, step);
                Some(Action::Await(awaited(deliveries, clause)))
            }
            _ => {
                self.report(below, "a step must have exactly one of `call`, `wait`, `listen`, `await`");
                None
            }
        }
    }

    /// Reports the members of a step without a call that have an effect only in a call.
    fn only_in_a_call(&mut self, below: &[PathStep], step: &model::Step) {
        for member in step.members_of_a_call() {
            self.report(&with(below, member), format!("`{member}` is allowed only in a step with `call`"));
        }
    }

    fn clause(&mut self, below: &[PathStep], text: &str) -> Option<String> {
        let clause = self.known_before_the_run(&with(below, "clause"), "clause", text)?;
        if !self.clauses.contains(&clause) {
            self.report(below, format!("`clause: {clause}` is not among the scenario's `clauses`"));
        }
        Some(clause)
    }

    fn listen(&mut self, below: &[PathStep], listen: &model::Listen) -> Option<Listen> {
        match super::replies(&listen.responses, self.variables) {
            Ok(responses) => Some(Listen { body_contains: Template::parse(&listen.body_contains), responses }),
            Err(message) => {
                self.report(&with(below, "listen"), message);
                None
            }
        }
    }

    /// Reports variables of the case that are built in, or that no step uses.
    fn check_case(&mut self, test: &str) {
        let at: [PathStep; 1] = ["cases".into()];
        for name in self.variables.keys() {
            if BUILT_IN.iter().any(|(built_in, _)| built_in == name) {
                let message = format!("the case `{test}` sets `{name}`, which is a built-in variable");
                let problem = self.at.problem(&at, message);
                self.problems.push(problem.with_help(Some("give it another name".to_owned())));
            }
        }
        for name in self.variables.keys().filter(|name| !self.used.contains(*name)) {
            let message = format!("the case `{test}` sets `{name}`, which no step uses");
            self.problems.push(self.at.problem(&at, message));
        }
    }

    fn check_templates(&mut self, below: &[PathStep], step: &model::Step, clause: Option<&str>) {
        for text in texts_of(step).into_iter().chain(clause) {
            let template = Template::parse(text);
            for name in template.names() {
                let plain = name.strip_prefix("unlike.").unwrap_or(name);
                self.used.insert(plain.to_owned());
                if !self.defined.contains(plain) {
                    let known: Vec<String> = self.defined.iter().cloned().collect();
                    let problem = self.at.unknown(below, "variable", name, &known);
                    self.problems.push(problem);
                }
            }
            for name in template.unknown_functions() {
                let known: Vec<String> = template::FUNCTIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
                let problem = self.at.unknown(below, "function", name, &known);
                self.problems.push(problem);
            }
            for message in template.wrong_arguments(self.variables) {
                self.report(below, message);
            }
        }
    }

    /// The text with the variables of the case. A name that depends on a response cannot be compiled.
    fn known_before_the_run(&mut self, at: &[PathStep], member: &str, text: &str) -> Option<String> {
        let filled = self.filled(text);
        let is_defined = |name: &&str| self.defined.contains(name.strip_prefix("unlike.").unwrap_or(name));
        let template = Template::parse(text);
        // Unknown variables and functions are reported elsewhere.
        if filled.is_none() && template.names().iter().all(is_defined) && template.unknown_functions().is_empty() {
            let message = format!("`{member}: {text}` must be known before the run, but depends on a response");
            let problem = self.at.problem(at, message);
            let help = "write the name itself, or a variable of the case";
            self.problems.push(problem.with_help(Some(help.to_owned())));
        }
        filled
    }

    fn filled(&self, text: &str) -> Option<String> {
        template::text(text, self.variables).ok()
    }

    fn report(&mut self, below: &[PathStep], message: impl Into<String>) {
        self.problems.push(self.at.problem(below, message));
    }
}

fn awaited(deliveries: &Deliveries, clause: Option<String>) -> Await {
    Await {
        clause,
        attempts: deliveries.attempts,
        body_contains: Template::parse(&deliveries.body_contains),
        secret: Template::parse(&deliveries.secret),
        within_seconds: deliveries.within_seconds,
    }
}

fn with(below: &[PathStep], key: &str) -> Vec<PathStep> {
    let mut path = below.to_vec();
    path.push(key.into());
    path
}
