//! The mutants of a test: the change, the step that it applies to, and the required result.
//!
//! They are derived from the steps, and from the responses that the test received without a change.

use std::collections::BTreeSet;

use judge::exchange::Response;
use judge::finding::EXPECTATION;
use judge::record::TestRecord;
use serde_json::Value;
use spec::scenario::plan::{KeptPart, Repetition};
use spec::scenario::template::Template;
use spec::scenario::{Action, Step, TestCase};

use super::change::{Change, Delivery, Fault, ResponsePart, Which};
use super::matching;
use super::proxy::STEP;

/// The check that reports a refusal without a delay.
const DELAY: &str = "retry-delay-present";

/// A kind of part of a step that uses several responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepPart {
    Keep,
    SameAs,
    Poll,
    Burst,
    Wait,
    Await,
}

/// The required result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Must {
    /// This check must fail the test, and no other check of deliveries may.
    Fail(&'static str),
    /// The expectation must fail the test, or the check of documented members, which reports one that is absent or not as
    /// documented.
    FailAsUndocumented,
    NotPass,
    /// The test may pass, but it must not count as evidence for its clause.
    NotUphold,
}

#[derive(Clone, Debug)]
pub struct Mutant {
    pub kind: StepPart,
    /// The step whose responses or deliveries are changed.
    pub step: usize,
    pub change: Change,
    pub must: Must,
}

impl Mutant {
    pub fn description(&self) -> String {
        format!("step {}: {:?}", self.step, self.change)
    }
}

/// The parts of a test, each with its step. A kept value that no step uses is not a part.
pub fn parts(test: &TestCase) -> BTreeSet<(usize, StepPart)> {
    let mut parts = BTreeSet::new();
    for (index, step) in test.steps.iter().enumerate() {
        let kinds = [
            (StepPart::Keep, kept(step).any(|name| is_used(test, index, name))),
            (StepPart::SameAs, step.expectation().is_some_and(|expected| expected.same_as.is_some())),
            (StepPart::Poll, step.is_poll()),
            (StepPart::Burst, is_refused(step)),
            (StepPart::Wait, matches!(step.action, Action::Wait(_))),
            (StepPart::Await, step.is_await()),
        ];
        parts.extend(kinds.into_iter().filter(|(_, has)| *has).map(|(kind, _)| (index, kind)));
    }
    parts
}

/// True for a burst of which at least one request must be refused.
fn is_refused(step: &Step) -> bool {
    let repetition = step.call().map(|call| call.repetition);
    matches!(repetition, Some(Repetition::Burst(burst)) if burst.accepted.is_none_or(|most| most < burst.at_most))
}

/// True if a later step uses the kept value before another step replaces it.
fn is_used(test: &TestCase, index: usize, name: &str) -> bool {
    for step in &test.steps[index + 1..] {
        if names_variable(step, name) {
            return true;
        }
        if kept(step).any(|other| other == name) {
            return false;
        }
    }
    false
}

fn names_variable(step: &Step, name: &str) -> bool {
    // The debug text contains all texts of a step. `${unlike.name}` does not use the value.
    Template::parse(&format!("{step:?}")).names().contains(&name)
}

/// The names of the variables that a step keeps.
fn kept(step: &Step) -> impl Iterator<Item = &str> {
    step.call().into_iter().flat_map(|call| &call.keep).map(|keep| keep.name.as_str())
}

/// Every mutant of a test. `record` is the run without a change.
pub fn mutants(test: &TestCase, record: &TestRecord) -> Vec<Mutant> {
    let subject = Subject { test, record };
    let of_part = |(index, kind): (usize, StepPart)| {
        let changes = match kind {
            StepPart::Keep => subject.keep(index),
            StepPart::SameAs => subject.same_as(index),
            StepPart::Poll => subject.poll(index),
            StepPart::Burst => burst(index, &test.steps[index]),
            StepPart::Wait => subject.wait(index),
            StepPart::Await => subject.deliveries(index),
        };
        changes.into_iter().map(move |(step, change, must)| Mutant { kind, step, change, must })
    };
    parts(test).into_iter().flat_map(of_part).collect()
}

type Changes = Vec<(usize, Change, Must)>;

struct Subject<'s> {
    test: &'s TestCase,
    record: &'s TestRecord,
}

impl Subject<'_> {
    /// The last response to a step.
    fn response(&self, step: usize) -> Option<&Response> {
        let of_step = |headers: &[(String, Vec<u8>)]| {
            headers.iter().any(|(name, value)| name == STEP && *value == step.to_string().into_bytes())
        };
        let mut exchanges = self.record.exchanges.iter().rev();
        exchanges.find(|exchange| of_step(&exchange.request.headers))?.response()
    }

    fn keep(&self, step: usize) -> Changes {
        let mut changes = Vec::new();
        for keep in &self.test.steps[step].call().expect("a call").keep {
            let place = match &keep.part {
                KeptPart::Status => ResponsePart::Status,
                KeptPart::Body(pointer) => ResponsePart::Body(pointer.clone()),
                KeptPart::Header(header) => ResponsePart::Header(header.clone()),
            };
            let must = if keep.optional { Must::NotUphold } else { Must::NotPass };
            changes.push((step, Change::Missing(place.clone()), must));
            if !is_used(self.test, step, &keep.name) {
                continue;
            }
            let number = self.value(step, &place).is_some_and(|value| value.parse::<i64>().is_ok());
            if number {
                changes.extend([-1000, 1000].map(|by| (step, Change::Number(place.clone(), by), Must::NotPass)));
            } else {
                changes.push((step, Change::Other(place), Must::NotPass));
            }
        }
        changes
    }

    fn value(&self, step: usize, place: &ResponsePart) -> Option<String> {
        let response = self.response(step)?;
        match place {
            ResponsePart::Status => Some(response.status.to_string()),
            ResponsePart::Body(pointer) => response.json()?.pointer(pointer).map(Value::to_string),
            ResponsePart::Header(name) => response.header(name).map(str::to_owned),
        }
    }

    fn same_as(&self, step: usize) -> Changes {
        let body = self.response(step).and_then(Response::json).unwrap_or_default();
        let names: Vec<String> = body.as_object().into_iter().flatten().map(|(name, _)| format!("/{name}")).collect();
        let of_member = |pointer: &String| {
            let place = ResponsePart::Body(pointer.clone());
            [Change::Other(place.clone()), Change::Missing(place)]
        };
        let others = [Change::Other(ResponsePart::Status), Change::Value("/another".to_owned(), Some(true.into()))];
        names.iter().flat_map(of_member).chain(others).map(|change| (step, change, Must::Fail(EXPECTATION))).collect()
    }

    /// Values that the step must not accept at the pointers that it waits for: invalid ones, and the first value.
    fn poll(&self, step: usize) -> Changes {
        let Some(expected) = self.test.steps[step].expectation() else { return Vec::new() };
        let mut changes = Vec::new();
        for (pointer, expected) in &expected.body {
            let pointer = pointer.source();
            let expected = expected.value(&self.test.variables).expect("a value without kept variables");
            let mut values = matching::wrong(&expected);
            let first = (0..step).find_map(|earlier| self.response(earlier)?.json()?.pointer(pointer).cloned());
            let last = self.response(step).and_then(|response| response.json()?.pointer(pointer).cloned());
            let first = first.filter(|first| Some(first) != last.as_ref());
            values.extend(first.clone().map(Some));
            // Only the first value is certain to be a documented one.
            let must = |value: &Option<Value>| {
                if value.is_some() && *value == first { Must::Fail(EXPECTATION) } else { Must::FailAsUndocumented }
            };
            let change = |value: Option<Value>| (step, Change::Value(pointer.to_owned(), value.clone()), must(&value));
            changes.extend(values.into_iter().map(change));
        }
        changes
    }

    fn wait(&self, step: usize) -> Changes {
        let burst = (0..step).rfind(|earlier| self.test.steps[*earlier].is_burst()).expect("a burst before");
        vec![(burst, Change::NoDelay, Must::Fail(DELAY)), (step + 1, Change::RefusedAgain, Must::Fail(EXPECTATION))]
    }

    fn deliveries(&self, step: usize) -> Changes {
        let attempts = match &self.test.steps[step].action {
            Action::Await(awaited) => awaited.attempts,
            _ => 0,
        };
        let mut changes = vec![Delivery::NoneArrives, Delivery::LastMissing];
        let which: &[Which] = if attempts > 1 { &[Which::First, Which::Last] } else { &[Which::Last] };
        for (which, fault) in which.iter().flat_map(|which| Fault::ALL.map(|fault| (*which, fault))) {
            let judged = match fault {
                // A repeated first attempt uses an additional response, so there is no last attempt.
                Fault::Twice | Fault::AgainLater => which == Which::Last,
                // Only with more than two attempts it is known that they must have the same body.
                Fault::OtherContent => attempts > 2,
                _ => true,
            };
            if judged {
                changes.push(Delivery::Attempt(which, fault));
            }
        }
        changes.into_iter().map(|change| (step, Change::Delivery(change), Must::Fail(judge_of(change)))).collect()
    }
}

/// The check that must report the fault of a delivery.
fn judge_of(change: Delivery) -> &'static str {
    let Delivery::Attempt(_, fault) = change else { return EXPECTATION };
    match fault {
        Fault::Twice | Fault::AgainLater | Fault::OtherCustomer | Fault::OtherContent => EXPECTATION,
        Fault::Old | Fault::Ahead | Fault::NoTimestamp => "delivery-fresh",
        Fault::List => "delivery-is-json",
        Fault::OtherDigit
        | Fault::NoPrefix
        | Fault::Unsigned
        | Fault::OtherTimestamp
        | Fault::Space
        | Fault::OtherMember => "delivery-signed",
    }
}

fn burst(index: usize, step: &Step) -> Changes {
    let compete =
        matches!(&step.call().expect("a call").repetition, Repetition::Burst(burst) if burst.accepted.is_some());
    let accepted = if compete { Must::Fail(EXPECTATION) } else { Must::NotPass };
    // A rate limit says nothing about requests that compete.
    let limited = if compete { Must::NotPass } else { Must::Fail(EXPECTATION) };
    vec![
        (index, Change::Accepted, accepted),
        (index, Change::Code(401, "AUTHENTICATION_FAILED"), Must::Fail(EXPECTATION)),
        (index, Change::Code(429, "VALIDATION_ERROR"), limited),
    ]
}
