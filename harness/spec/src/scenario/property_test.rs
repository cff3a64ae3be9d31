//! Builds the test of a property: its name, its setup and its clauses. Properties of formats and of schemas share it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::compile::{self, At, Own};
use super::fixtures::{Fixtures, prepare};
use super::formats::Caller;
use super::model::Step;
use super::plan::Call;
use super::{Property, PropertyRule, Slot, TestCase, TestKind};
use crate::contract::{Contract, Operation};
use crate::source::{Problems, SourceFile};
use generate::schema::Part;
use generate::{Assertion, Registry};

/// The default number of requests of a property in flight at the same time.
const IN_FLIGHT: u32 = 8;

/// The kinds of assertions. The rules of each kind form a test of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PropertyKind {
    Accepted,
    Refused,
    Survived,
}

impl PropertyKind {
    pub(super) const ALL: [Self; 3] = [Self::Accepted, Self::Refused, Self::Survived];

    pub(super) fn of(assertion: Assertion) -> Self {
        match assertion {
            Assertion::Accepted => PropertyKind::Accepted,
            Assertion::Refused(_) => PropertyKind::Refused,
            Assertion::Handled => PropertyKind::Survived,
        }
    }

    /// The assertion, as the second part of a test's name.
    pub(super) fn fact(self, slot: &Slot) -> &'static str {
        match (self, slot) {
            (PropertyKind::Accepted, Slot::Body) => "well-formed-bodies-are-accepted",
            (PropertyKind::Refused, Slot::Body) => "malformed-json-is-refused",
            (PropertyKind::Survived, Slot::Body) => "unusual-bodies-are-handled",
            (PropertyKind::Accepted, Slot::Parameter(_)) => "valid-ids-are-accepted",
            (PropertyKind::Refused, Slot::Parameter(_)) => "invalid-ids-are-refused",
            (PropertyKind::Survived, Slot::Parameter(_)) => "invalid-ids-are-refused",
            (PropertyKind::Accepted, Slot::Member(_) | Slot::Place(_)) => "valid-values-are-accepted",
            (PropertyKind::Refused, Slot::Member(_) | Slot::Place(_)) => "invalid-values-are-refused",
            (PropertyKind::Survived, Slot::Member(_) | Slot::Place(_)) => "unusual-values-are-handled",
        }
    }
}

/// The parts of one test.
pub(super) struct Parts<'p> {
    pub(super) at: At<'p>,
    pub(super) name: String,
    pub(super) operation: &'p Arc<Operation>,
    pub(super) caller: &'p Caller,
    pub(super) kind: PropertyKind,
    pub(super) slot: Slot,
    pub(super) companion: Option<String>,
    pub(super) with: Map<String, Value>,
    pub(super) needs: Vec<String>,
    pub(super) lock: Option<String>,
    pub(super) in_flight: Option<u32>,
    pub(super) server_error: Option<String>,
    /// The rules of this kind; there is at least one.
    pub(super) rules: Vec<PropertyRule>,
}

/// What the parts refer to.
#[derive(Clone, Copy)]
pub(super) struct Known<'k> {
    pub(super) file: &'k SourceFile,
    pub(super) contract: &'k Contract,
    pub(super) fixtures: &'k Fixtures,
    pub(super) registry: &'k Registry,
}

pub(super) fn build(parts: Parts<'_>, known: Known<'_>, problems: &mut Problems) -> TestCase {
    let mut clauses: Vec<String> = Vec::new();
    for clause in parts.rules.iter().map(|rule| &rule.clause).chain(&parts.server_error) {
        if !clauses.contains(clause) {
            clauses.push(clause.clone());
        }
    }
    let mut test = TestCase {
        name: parts.name.as_str().into(),
        file: known.file.name.as_str().into(),
        line: parts.at.place().map_or(1, |place| place.line),
        about: about(&parts.rules, parts.slot.name(), parts.operation).into(),
        clauses: clauses.into(),
        needs: parts.needs.as_slice().into(),
        lock: parts.lock.clone(),
        ..TestCase::default()
    };
    let caller = parts.caller;
    let is_refused = parts.kind == PropertyKind::Refused;
    let given = caller.given_refused.as_ref().filter(|_| is_refused).unwrap_or(&caller.given);
    let at_caller = At { file: known.file, path: vec!["callers".into(), parts.operation.id.as_str().into()] };
    let mut setup = Vec::new();
    prepare(&at_caller, given.iter(), known.fixtures, &mut test, &mut setup, problems);
    let sample = sample_call(&parts);
    compile::test(&parts.at, &mut test, &setup, &[Own { step: &sample, clause: None }], known.contract, problems);
    let compiled = test.steps.get(setup.len()).and_then(|step| step.call().cloned());
    let call = compiled.unwrap_or_else(|| Call::new(parts.operation.clone(), Some(caller.actor.clone())));
    test.steps.truncate(setup.len());
    let given = given.clone();
    test.kind = TestKind::Property(Arc::new(property(parts, call, given, known.registry)));
    test
}

fn property(parts: Parts<'_>, call: Call, given: Vec<String>, registry: &Registry) -> Property {
    let caller = parts.caller;
    Property {
        operation: parts.operation.clone(),
        slot: parts.slot,
        companion: parts.companion,
        with: parts.with,
        call,
        path: caller.path.clone(),
        query: caller.query.clone(),
        headers: caller.headers.clone(),
        actor: caller.actor.clone(),
        given,
        server_error: parts.server_error,
        in_flight: parts.in_flight.unwrap_or(IN_FLIGHT).max(1) as usize,
        rules: parts.rules,
        agrees: registry.agrees,
    }
}

fn about(rules: &[PropertyRule], place: &str, operation: &Operation) -> String {
    let examples = rules.iter().filter(|rule| rule.rule.is_example()).count();
    let sent = match (examples, rules.len() - examples) {
        (1, 0) => return format!("One value is sent for {place} of {}.", operation.id),
        (_, 0) => return format!("{examples} values are sent for {place} of {}.", operation.id),
        (0, _) => "Values".to_owned(),
        (1, _) => "One example is sent, then values".to_owned(),
        _ => format!("{examples} examples are sent, then values"),
    };
    format!("{sent} of {} rules are generated for {place} of {}.", rules.len() - examples, operation.id)
}

/// A call like those of the property, to compile it like any other step.
fn sample_call(parts: &Parts<'_>) -> Step {
    let Parts { operation, caller, .. } = parts;
    let mut step = Step {
        call: Some(operation.id.clone()),
        actor: Some(caller.actor.clone()),
        path: caller.path.clone(),
        query: caller.query.clone(),
        headers: caller.headers.iter().map(|(name, value)| (name.clone(), Some(value.clone()))).collect(),
        ..Step::default()
    };
    match &parts.slot {
        Slot::Parameter(name) => drop(step.path.insert(name.clone(), "id".to_owned())),
        Slot::Place(place) if place.part == Part::Path => drop(step.path.insert(place.at.clone(), "id".to_owned())),
        Slot::Place(_) | Slot::Member(_) | Slot::Body => {}
    }
    step
}
