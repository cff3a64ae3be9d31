//! The mutants of a test: what is changed in the answers to which of its steps, and what must come of it.
//!
//! What they are follows from the steps, and from the answers that the same test got when nothing was changed.

use std::collections::BTreeSet;

use judge::exchange::Response;
use judge::finding::EXPECTATION;
use judge::record::TestRecord;
use serde_json::Value;
use spec::contract::Contract;
use spec::scenario::{KeptFrom, KeptPart, Step, TestCase, template};

use super::change::{Change, Delivery, Fault, Place, Which};
use super::matching;
use super::proxy::STEP;

/// The check that speaks of a refusal without a delay.
const DELAY: &str = "retry-delay-present";

/// What a part of a step is that only exists while a test runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Keep,
    SameAs,
    Poll,
    Burst,
    Wait,
    Await,
}

/// What must come of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Must {
    /// It must fail by this check, and by no other that judges deliveries.
    Fail(&'static str),
    NotPass,
    /// It may pass, if it leaves its clause open.
    NotUphold,
}

#[derive(Clone, Debug)]
pub struct Mutant {
    pub kind: Kind,
    /// The step whose answers, or whose deliveries, are changed.
    pub step: usize,
    pub change: Change,
    pub must: Must,
}

impl Mutant {
    pub fn named(&self) -> String {
        format!("step {}: {:?}", self.step, self.change)
    }
}

/// The parts of these kinds that a test has, each with its step; a value that is kept and not used is none.
pub fn parts(contract: &Contract, test: &TestCase) -> BTreeSet<(usize, Kind)> {
    let mut parts = BTreeSet::new();
    for (index, step) in test.steps.iter().enumerate() {
        let kinds = [
            (Kind::Keep, step.keep.keys().any(|name| is_used(contract, test, index, name))),
            (Kind::SameAs, step.expect.as_ref().is_some_and(|expect| expect.same_as.is_some())),
            (Kind::Poll, step.poll.is_some()),
            (Kind::Burst, step.burst.is_some()),
            (Kind::Wait, step.wait.is_some()),
            (Kind::Await, step.deliveries.is_some()),
        ];
        parts.extend(kinds.into_iter().filter(|(_, has)| *has).map(|(kind, _)| (index, kind)));
    }
    parts
}

/// Whether a later step uses what this one keeps, before another step keeps something by that name.
fn is_used(contract: &Contract, test: &TestCase, index: usize, name: &str) -> bool {
    for step in &test.steps[index + 1..] {
        if names_variable(contract, test, step, name) {
            return true;
        }
        if step.keep.contains_key(name) {
            return false;
        }
    }
    false
}

fn names_variable(contract: &Contract, test: &TestCase, step: &Step, name: &str) -> bool {
    // Every text of a step, of its expectation and of the deliveries that it awaits; `${unlike.name}` is another value.
    let text = format!("{step:?}");
    let named = template::names(&text).contains(&name);
    let call = step.call.as_deref().and_then(|call| template::text(call, &test.variables).ok());
    let operation = call.and_then(|call| contract.operation(&call));
    let in_path = operation.is_some_and(|operation| operation.parameters().contains(&name));
    named || (in_path && !step.path.contains_key(name))
}

/// Every mutant of a test, for the answers that it got from the sound reference.
pub fn mutants(contract: &Contract, test: &TestCase, record: &TestRecord) -> Vec<Mutant> {
    let subject = Subject { contract, test, record };
    let of_part = |(index, kind): (usize, Kind)| {
        let changes = match kind {
            Kind::Keep => subject.keep(index),
            Kind::SameAs => subject.same_as(index),
            Kind::Poll => subject.poll(index),
            Kind::Burst => burst(index),
            Kind::Wait => subject.wait(index),
            Kind::Await => subject.deliveries(index),
        };
        changes.into_iter().map(move |(step, change, must)| Mutant { kind, step, change, must })
    };
    parts(contract, test).into_iter().flat_map(of_part).collect()
}

type Changes = Vec<(usize, Change, Must)>;

struct Subject<'s> {
    contract: &'s Contract,
    test: &'s TestCase,
    record: &'s TestRecord,
}

impl Subject<'_> {
    /// The last answer to a step.
    fn answer(&self, step: usize) -> Option<&Response> {
        let of_step = |headers: &[(String, Vec<u8>)]| {
            headers.iter().any(|(name, value)| name == STEP && *value == step.to_string().into_bytes())
        };
        let mut exchanges = self.record.exchanges.iter().rev();
        exchanges.find(|exchange| of_step(&exchange.request.headers))?.response()
    }

    fn keep(&self, step: usize) -> Changes {
        let mut changes = Vec::new();
        for (name, from) in &self.test.steps[step].keep {
            let from = KeptFrom::parse(from).expect("a source");
            let place = match from.part {
                KeptPart::Status => Place::Status,
                KeptPart::Body(pointer) => Place::Body(pointer.to_owned()),
                KeptPart::Header(header) => Place::Header(header.to_owned()),
            };
            let must = if from.optional { Must::NotUphold } else { Must::NotPass };
            changes.push((step, Change::Missing(place.clone()), must));
            if !is_used(self.contract, self.test, step, name) {
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

    fn value(&self, step: usize, place: &Place) -> Option<String> {
        let answer = self.answer(step)?;
        match place {
            Place::Status => Some(answer.status.to_string()),
            Place::Body(pointer) => answer.json()?.pointer(pointer).map(Value::to_string),
            Place::Header(name) => answer.header(name).map(str::to_owned),
        }
    }

    fn same_as(&self, step: usize) -> Changes {
        let body = self.answer(step).and_then(Response::json).unwrap_or_default();
        let names: Vec<String> = body.as_object().into_iter().flatten().map(|(name, _)| format!("/{name}")).collect();
        let of_member = |pointer: &String| {
            let place = Place::Body(pointer.clone());
            [Change::Other(place.clone()), Change::Missing(place)]
        };
        let further = [Change::Other(Place::Status), Change::Value("/another".to_owned(), Some(true.into()))];
        names.iter().flat_map(of_member).chain(further).map(|change| (step, change, Must::Fail(EXPECTATION))).collect()
    }

    /// Whatever is wrong at the pointers that the step waits for, and what stood there at first.
    fn poll(&self, step: usize) -> Changes {
        let Some(expect) = &self.test.steps[step].expect else { return Vec::new() };
        let mut changes = Vec::new();
        for (pointer, expected) in &expect.body {
            let expected = template::value(expected, &self.test.variables).expect("no value that is kept");
            let mut wrong = matching::wrong(&expected);
            let first = (0..step).find_map(|earlier| self.answer(earlier)?.json()?.pointer(pointer).cloned());
            let last = self.answer(step).and_then(|answer| answer.json()?.pointer(pointer).cloned());
            wrong.extend(first.filter(|first| Some(first) != last.as_ref()).map(Some));
            let change = |value| (step, Change::Value(pointer.clone(), value), Must::Fail(EXPECTATION));
            changes.extend(wrong.into_iter().map(change));
        }
        changes
    }

    fn wait(&self, step: usize) -> Changes {
        let burst = (0..step).rfind(|earlier| self.test.steps[*earlier].burst.is_some()).expect("a burst before");
        vec![(burst, Change::NoDelay, Must::Fail(DELAY)), (step + 1, Change::RefusedAgain, Must::Fail(EXPECTATION))]
    }

    fn deliveries(&self, step: usize) -> Changes {
        let attempts = self.test.steps[step].deliveries.as_ref().map_or(0, |wanted| wanted.attempts);
        let mut changes = vec![Delivery::NoneArrives, Delivery::LastMissing];
        let which: &[Which] = if attempts > 1 { &[Which::First, Which::Last] } else { &[Which::Last] };
        for (which, fault) in which.iter().flat_map(|which| Fault::ALL.map(|fault| (*which, fault))) {
            let judged = match fault {
                // A first attempt that comes twice uses up an answer, and the last one is not made.
                Fault::Twice | Fault::AgainLater => which == Which::Last,
                // Attempts with the same body belong to one event, if there are more than two.
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

/// The check that must notice what is wrong with a delivery.
fn judge_of(change: Delivery) -> &'static str {
    let Delivery::Attempt(_, fault) = change else { return EXPECTATION };
    match fault {
        Fault::Twice | Fault::AgainLater | Fault::SomebodyElse | Fault::OtherContent => EXPECTATION,
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

fn burst(step: usize) -> Changes {
    vec![
        (step, Change::Served, Must::NotPass),
        (step, Change::Code(401, "AUTHENTICATION_FAILED"), Must::Fail(EXPECTATION)),
        (step, Change::Code(429, "VALIDATION_ERROR"), Must::Fail(EXPECTATION)),
    ]
}
