//! Validates scenarios: every name in them must exist (operations, actors, codes, clauses, capabilities, path
//! parameters, variables, labels).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::expectation::{self, Subject};
use super::header_match;
use super::load::texts_of;
use super::model::{Scenario, Step};
use super::wanted::{Expect, KeptFrom};
use super::{BUILT_IN, TestCase, Variables, template};
use crate::contract::{Contract, Operation};
use crate::source::{Place, Problem, Problems, SourceFile, Step as PathStep, suggestion};

/// The place of a scenario in its file; problems add a path below it.
pub(super) struct At<'f> {
    pub(super) file: &'f SourceFile,
    pub(super) path: Vec<PathStep>,
}

impl At<'_> {
    pub(super) fn place(&self) -> Option<Place> {
        self.file.locate(&self.path)
    }

    /// Where a row of the scenario's cases begins.
    pub(super) fn row(&self, row: usize) -> Option<Place> {
        let path: Vec<PathStep> = self.path.iter().cloned().chain(["cases".into(), row.into()]).collect();
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

/// Validates everything that does not depend on the case.
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

/// Validates one test, and records which actors it needs.
pub(super) fn test(at: &At<'_>, test: &mut TestCase, prepared: usize, contract: &Contract, problems: &mut Problems) {
    let steps: Vec<Arc<Step>> = test.steps.clone();
    let mut state = State {
        at,
        contract,
        defined: test.variables.keys().cloned().collect(),
        optional: BTreeSet::new(),
        used: BTreeSet::new(),
        labels: BTreeSet::new(),
        variables: &test.variables,
        clauses: &test.clauses,
        actors: BTreeSet::new(),
        token_actors: BTreeSet::new(),
        problems: Vec::new(),
    };
    state.defined.extend(BUILT_IN.iter().map(|(name, _)| (*name).to_owned()));
    for (index, step) in steps.iter().enumerate() {
        let below: Vec<PathStep> = match index.checked_sub(prepared) {
            Some(own) => vec!["steps".into(), own.into()],
            None => vec!["given".into()],
        };
        if index >= prepared && step.judges() && step.clause.is_none() && test.property.is_none() {
            let message = "this step does not state which of the scenario's clauses it tests";
            let help = "write `clause: ID` in the step, or in each row of the table";
            state.problems.push(at.problem(&below, message).with_help(Some(help.to_owned())));
        }
        state.step(&below, step);
    }
    for name in test.variables.keys().filter(|name| BUILT_IN.iter().any(|(built_in, _)| built_in == name)) {
        let problem = at.problem(
            &["cases".into()],
            format!("the case `{}` sets `{name}`, which is a built-in variable", test.name),
        );
        state.problems.push(problem.with_help(Some("give it another name".to_owned())));
    }
    let unused: Vec<String> = test.variables.keys().filter(|name| !state.used.contains(*name)).cloned().collect();
    for name in unused {
        let message = format!("the case `{}` sets `{name}`, which no step uses", test.name);
        state.problems.push(at.problem(&["cases".into()], message));
    }
    let State { actors, token_actors, problems: found, .. } = state;
    test.actors = actors.into_iter().collect();
    test.token_actors = token_actors.into_iter().collect();
    problems.0.extend(found);
}

/// Headers of the connection and of message framing (RFC 9110, section 7.6.1; RFC 9112, section 6).
const CONNECTION_HEADERS: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

struct State<'s> {
    at: &'s At<'s>,
    contract: &'s Contract,
    variables: &'s Variables,
    clauses: &'s [String],
    defined: BTreeSet<String>,
    /// Variables that are null if the answer does not have them.
    optional: BTreeSet<String>,
    used: BTreeSet<String>,
    labels: BTreeSet<String>,
    actors: BTreeSet<String>,
    token_actors: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl State<'_> {
    fn step(&mut self, below: &[PathStep], step: &Step) {
        let others = [step.wait.is_some(), step.listen.is_some(), step.deliveries.is_some()];
        match (&step.call, others.iter().filter(|other| **other).count()) {
            (Some(call), 0) => self.call(below, step, call),
            (None, 1) => {}
            _ => self.report(below, "a step must have exactly one of `call`, `wait`, `listen`, `await`"),
        }
        self.templates(below, step);
        if let Some(listen) = &step.listen
            && let Err(message) = super::replies(&listen.answer, self.variables)
        {
            self.report(&with(below, "listen"), message);
        }
        if let Some(expect) = &step.expect {
            self.expectation(below, step, expect);
        }
        if let Some(clause) = step.clause.as_ref().and_then(|text| self.filled(text))
            && !self.clauses.contains(&clause)
        {
            self.report(below, format!("`clause: {clause}` is not among the scenario's `clauses`"));
        }
        self.headers(below, step);
        self.query(below, step);
        self.keep(below, step);
        self.labels.extend(step.label.clone());
    }

    fn call(&mut self, below: &[PathStep], step: &Step, call: &str) {
        let known: Vec<String> = self.contract.operations.iter().map(|operation| operation.id.clone()).collect();
        let Some(id) = self.filled(call) else { return };
        let Some(operation) = self.contract.operation(&id).cloned() else {
            let problem = self.at.unknown(&with(below, "call"), "operation", &id, &known);
            self.problems.push(problem);
            return;
        };
        self.actor(below, step, &operation);
        self.parameters(below, step, &operation);
        self.body(below, step, &operation);
    }

    fn actor(&mut self, below: &[PathStep], step: &Step, operation: &Operation) {
        let known: Vec<String> = self.contract.conventions.actors.keys().cloned().collect();
        if step.sign.is_some() {
            match &self.contract.conventions.signing {
                Some(signing) => {
                    self.actors.insert(signing.secret_actor.clone());
                }
                None => self.report(below, "`sign` needs `signing` in schemas/conventions.yaml"),
            }
        }
        let Some(actor) = step.actor.as_ref().and_then(|text| self.filled(text)) else {
            if step.actor.is_none() && operation.secured {
                self.report(below, format!("`as` is missing: {} needs a credential", operation.id));
            }
            return;
        };
        match self.contract.conventions.actors.get(&actor) {
            None => {
                let problem = self.at.unknown(&with(below, "as"), "actor", &actor, &known);
                self.problems.push(problem);
            }
            Some(role) if role.credential.is_none() => {
                if step.alter.is_some_and(super::Alteration::needs_token) {
                    self.token_actors.insert(actor.clone());
                }
                self.actors.insert(actor);
            }
            Some(_) => {}
        }
    }

    fn parameters(&mut self, below: &[PathStep], step: &Step, operation: &Operation) {
        let parameters: Vec<String> = operation.parameters().iter().map(|name| (*name).to_owned()).collect();
        for name in step.path.keys().filter(|name| !parameters.contains(name)) {
            let place = [with(below, "path"), vec![name.as_str().into()]].concat();
            let problem = self.at.unknown(&place, "path parameter", name, &parameters);
            self.problems.push(problem);
        }
        for (name, given) in &step.path {
            if let Some(message) =
                template::segment(given, self.variables).ok().and_then(|value| super::path::why_not_sendable(&value))
            {
                let place = [with(below, "path"), vec![name.as_str().into()]].concat();
                let help = "percent-encode it: `%20` for a space, `%2F` for a slash; `.` and `..` cannot be sent";
                self.problems.push(self.at.problem(&place, message).with_help(Some(help.to_owned())));
            }
        }
        for name in parameters {
            self.used.insert(name.clone());
            if !step.path.contains_key(&name) && !self.defined.contains(&name) {
                let message = format!(
                    "the path parameter `{name}` of {} has no value: give it in `path`, or keep it from an earlier answer",
                    operation.id
                );
                self.report(below, message);
            }
        }
    }

    fn body(&mut self, below: &[PathStep], step: &Step, operation: &Operation) {
        let edits = !step.with.is_empty() || !step.without.is_empty();
        let ways = [step.body.is_some(), step.raw.is_some(), step.raw_base64.is_some(), edits];
        if ways.iter().filter(|way| **way).count() > 1 {
            self.report(below, "only one of `body`, `raw`, `raw_base64` and `with`/`without` is allowed");
        }
        if step.raw_base64.as_ref().is_some_and(|text| generate::documents::decoded(text).is_none()) {
            self.report(&with(below, "raw_base64"), "this is not valid Base64");
        }
        if edits && !operation.example.as_ref().is_some_and(serde_json::Value::is_object) {
            self.report(below, format!("`with` and `without` edit the example body, but {} has none", operation.id));
        }
    }

    fn expectation(&mut self, below: &[PathStep], step: &Step, expect: &Expect) {
        let operation = step.call.as_ref().and_then(|call| self.contract.operation(&self.filled(call)?));
        let subject =
            Subject { contract: self.contract, operation, variables: self.variables, optional: &self.optional };
        let at = with(below, "expect");
        for fault in expectation::faults(&subject, expect) {
            let place: Vec<PathStep> = at.iter().cloned().chain(fault.at).collect();
            self.problems.push(self.at.problem(&place, fault.message).with_help(fault.help));
        }
        if let Some(label) = expect.same_as.as_ref().filter(|label| !self.labels.contains(*label)) {
            let known: Vec<String> = self.labels.iter().cloned().collect();
            let problem = self.at.problem(&with(&at, "same_as"), format!("no earlier step has `label: {label}`"));
            self.problems.push(problem.with_help(suggestion(label, &known)));
        }
        if step.call.is_none() {
            self.report(&at, "`expect` is allowed only in a step with `call`");
        }
    }

    /// The source of a kept variable must exist, and the variable must not replace one of the row.
    fn keep(&mut self, below: &[PathStep], step: &Step) {
        for (name, from) in &step.keep {
            let at = with(&with(below, "keep"), name);
            let Some(source) = KeptFrom::parse(from) else {
                let message = format!(
                    "`{from}` is not a valid source: expected `body /pointer`, `header NAME` or `status`, \
                     perhaps after `optional`"
                );
                self.report(&at, message);
                continue;
            };
            let operation = step.call.as_ref().and_then(|call| self.contract.operation(&self.filled(call)?));
            if source.is_body() && operation.is_some_and(Operation::is_head) {
                self.report(&at, "an answer to HEAD has no body, so nothing can be kept from it");
            }
            if self.variables.contains_key(name) {
                let message = format!("`{name}` is already a variable of the row, and the answer would replace it");
                let problem = self.at.problem(&at, message);
                self.problems.push(problem.with_help(Some("give one of them another name".to_owned())));
            }
            if source.optional {
                self.optional.insert(name.clone());
            } else {
                self.optional.remove(name);
            }
            self.defined.insert(name.clone());
        }
    }

    /// Reports headers that the client would replace or cannot send, because the record must show what was sent.
    fn headers(&mut self, below: &[PathStep], step: &Step) {
        for (name, value) in &step.headers {
            let at = with(&with(below, "headers"), name);
            let Some(filled) = self.filled(name) else { continue };
            if !header_match::is_name(&filled) {
                self.report(&at, format!("`{filled}` is not a valid header name"));
            }
            if CONNECTION_HEADERS.iter().any(|other| filled.eq_ignore_ascii_case(other)) && value.is_some() {
                let problem = self.at.problem(
                    &at,
                    format!("`{filled}` is a header of the connection, which the HTTP client sets itself"),
                );
                self.problems.push(problem.with_help(Some("remove it".to_owned())));
            }
            let unsendable = |value: String| http::HeaderValue::from_bytes(value.as_bytes()).is_err();
            if value.as_ref().and_then(|value| self.filled(value)).is_some_and(unsendable) {
                self.report(&at, format!("the value of `{filled}` cannot be sent: it contains control characters"));
            }
        }
    }

    fn query(&mut self, below: &[PathStep], step: &Step) {
        let scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
        for (name, value) in &step.query {
            let is_valid = match value {
                Value::Array(values) => values.iter().all(scalar),
                one => scalar(one),
            };
            if !is_valid {
                let at = with(&with(below, "query"), name);
                self.report(
                    &at,
                    format!("`{name}` must be a string, a number, a boolean or a list of them, found {value}"),
                );
            }
        }
    }

    fn templates(&mut self, below: &[PathStep], step: &Step) {
        for text in texts_of(step) {
            for name in template::names(text) {
                let plain = name.strip_prefix("unlike.").unwrap_or(name);
                self.used.insert(plain.to_owned());
                if !self.defined.contains(plain) {
                    let known: Vec<String> = self.defined.iter().cloned().collect();
                    let problem = self.at.unknown(below, "variable", name, &known);
                    self.problems.push(problem);
                }
            }
            for name in template::unknown_functions(text) {
                let known: Vec<String> = template::FUNCTIONS.iter().map(|(name, _)| (*name).to_owned()).collect();
                let problem = self.at.unknown(below, "function", name, &known);
                self.problems.push(problem);
            }
        }
    }

    fn filled(&self, text: &str) -> Option<String> {
        template::text(text, self.variables).ok()
    }

    fn report(&mut self, below: &[PathStep], message: impl Into<String>) {
        self.problems.push(self.at.problem(below, message));
    }
}

fn with(below: &[PathStep], key: &str) -> Vec<PathStep> {
    let mut path = below.to_vec();
    path.push(key.into());
    path
}
