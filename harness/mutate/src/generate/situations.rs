//! Faults in one situation only: for each step with an expectation, those that a server could have just there.
//!
//! They do not measure a pack, because a step that expects exactly one response always notices its own. They show which
//! scenarios are redundant: if two of them assert the same situation, each notices the faults of the other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::{Generator, other_value, set_header, set_member, success_status, successes};
use crate::baseline::{Baseline, ObservedResponse, PassingTest};
use crate::expected::parts;
use crate::mutation::{Change, Mutation, When};
use crate::place::step;
use crate::situation::RequestPart;
use judge::exchange::Role;
use judge::finding::Part;
use spec::contract::{Contract, Operation};
use spec::scenario::{AcceptedResponses, Expectation};

/// The faults in single situations. `second` is another run of the same tests: a part of a request that it does not have,
/// such as a unique value or an id, belongs to no situation.
pub fn situations(contract: &Contract, baseline: &Baseline, second: &Baseline) -> Vec<Mutation> {
    let features = Features::of(baseline, second);
    let generator = Generator { contract, observed: &baseline.observed };
    let mut all: Vec<Mutation> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    for passing in baseline.passing.iter().filter(|passing| !passing.test.is_property()) {
        for (index, response) in passing.responses.iter().enumerate() {
            let Some(expected) = step(passing, index).and_then(|step| step.expectation()) else { continue };
            let Some(operation) = response.operation().and_then(|id| contract.operation(id)) else { continue };
            let when = features.situation(baseline, operation, response);
            let changes = generator.changes(operation, passing, response, expected);
            let new = changes.into_iter().map(|(what, change)| Mutation {
                name: format!("situation/{}/{}/{what}", operation.id, all_of(&when)),
                about: None,
                when: when.clone(),
                change,
                clauses: Vec::new(),
            });
            all.extend(new.filter(|mutation| known.insert(mutation.name.clone())));
        }
    }
    all
}

/// A text that differs for different conditions.
fn all_of(when: &When) -> String {
    let previous = when.after.iter().map(|after| format!("after {} {}", after.operation, after.responses.as_str()));
    let part = when.request.as_ref().map(|part| match part.absent {
        true => format!("without {}", part.at),
        false => format!("{} {}", part.at, part.value),
    });
    let outcome = when.code.as_deref().unwrap_or("success").to_owned();
    let texts = [Some(outcome), when.actor.clone(), part].into_iter().flatten().chain(previous);
    texts.collect::<Vec<_>>().join("/")
}

/// The parts of the requests of each operation, with the number of asserted responses to requests that have them.
struct Features {
    counts: HashMap<(String, RequestPart), usize>,
    /// The members of the bodies of an operation, as `body /name`.
    members: BTreeMap<String, BTreeSet<String>>,
}

impl Features {
    fn of(baseline: &Baseline, second: &Baseline) -> Self {
        let recurring: HashSet<(&str, &RequestPart)> = asserted(second)
            .flat_map(|(operation, response)| response.parts().map(move |part| (operation, part)))
            .collect();
        let mut all = Self { counts: HashMap::new(), members: BTreeMap::new() };
        for (operation, response) in asserted(baseline) {
            let members = all.members.entry(operation.to_owned()).or_default();
            members.extend(response.parts().map(|part| part.at.clone()).filter(|at| at.starts_with("body /")));
        }
        for (operation, response) in asserted(baseline) {
            let recurs = |part: &RequestPart| recurring.contains(&(operation, part));
            let parts = response.parts().filter(|part| recurs(part)).cloned().chain(all.absent(operation, response));
            for part in parts.collect::<Vec<_>>() {
                *all.counts.entry((operation.to_owned(), part)).or_default() += 1;
            }
        }
        all
    }

    fn absent(&self, operation: &str, response: &ObservedResponse) -> Vec<RequestPart> {
        let members = self.members.get(operation).into_iter().flatten();
        let absent = members.map(|at| RequestPart { at: at.clone(), value: Value::Null, absent: true });
        absent.filter(|part| response.has(part)).collect()
    }

    /// The conditions that describe the request of a response best: with the part that the fewest requests have.
    fn situation(&self, baseline: &Baseline, operation: &Operation, response: &ObservedResponse) -> When {
        let count = |part: &RequestPart| self.counts.get(&(operation.id.clone(), part.clone())).copied();
        let parts = response.parts().cloned().chain(self.absent(&operation.id, response));
        let rarest = parts.filter_map(|part| Some((count(&part)?, part.at.len(), part)));
        let rarest = rarest.min_by_key(|(count, length, part)| (*count, *length, part.at.clone()));
        let of_outcome = match response.code() {
            Some(code) => super::of(code),
            None => successes(),
        };
        When {
            operation: Some(operation.id.clone()),
            actor: response.actor().filter(|actor| baseline.knows(actor)).map(str::to_owned),
            request: rarest.map(|(_, _, part)| part),
            after: response.previous().to_vec(),
            ..of_outcome
        }
    }
}

/// The responses about which a test asserts something, with their operations.
fn asserted(baseline: &Baseline) -> impl Iterator<Item = (&str, &ObservedResponse)> {
    let responses = baseline.passing.iter().flat_map(|passing| &passing.responses);
    responses
        .filter(|response| response.role == Role::Asserted)
        .filter_map(|response| Some((response.operation()?, response)))
}

impl Generator<'_> {
    /// Faults of a response that violate the contract if its expectation accepts exactly one outcome, or in any case.
    fn changes(
        &self,
        operation: &Operation,
        passing: &PassingTest,
        response: &ObservedResponse,
        expected: &Expectation,
    ) -> Vec<(String, Change)> {
        let is_exact = matches!(&expected.outcome, AcceptedResponses::Listed { success, errors }
            if usize::from(*success) + errors.len() == 1 && expected.tolerate.is_empty());
        let outcome = match response.code() {
            _ if !is_exact => Change::Close,
            Some(_) => Change::Succeed { status: success_status(operation) },
            None => {
                let Some((entry, status)) = self.codes_to_send().next() else { return Vec::new() };
                Change::Refuse { code: entry.code.clone(), status }
            }
        };
        let mut all = vec![("outcome".to_owned(), outcome)];
        if response.code().is_none() && response.follows_a_refusal() {
            all.push(("shows-refused".to_owned(), Change::ShowRefused));
        }
        let field = self.contract.catalog.envelope.pointers.field.clone().filter(|_| expected.field.is_some());
        all.extend(field.map(|at| ("field".to_owned(), set_member(&at, json!("another")))));
        for part in parts(&passing.test, expected) {
            all.extend(of_part(&part, response).into_iter().map(|(what, change)| (format!("{part} {what}"), change)));
        }
        all
    }
}

/// Another value of a part of a response, and the response without it.
fn of_part(part: &Part, response: &ObservedResponse) -> Vec<(&'static str, Change)> {
    match part {
        Part::Header(name) if response.response.header_bytes(name).is_some() => {
            vec![("removed", Change::RemoveHeader { name: name.clone() }), ("other", set_header(name, "Other"))]
        }
        Part::Header(name) => vec![("added", set_header(name, "1"))],
        Part::Body(at) => {
            let body = response.response.json();
            let value = body.as_ref().and_then(|body| body.pointer(at));
            match value.and_then(|value| other_value(at, value)) {
                Some(other) => vec![("other", other), ("removed", Change::RemoveMember { at: at.clone() })],
                None => vec![("added", set_member(at, json!("Other")))],
            }
        }
        Part::Status | Part::Connection | Part::Deliveries => Vec::new(),
    }
}
