//! Faults in one situation only: for each step with an expectation, those that a server could have just there.
//!
//! They do not measure a pack, because a step that expects exactly one response always notices its own. They show which
//! scenarios are redundant: if two of them assert the same situation, each notices the faults of the other.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use super::values::rejected;
use super::{Generator, other_value, set_header, set_member, success_status, successes};
use crate::baseline::{Baseline, ObservedResponse, PassingTest};
use crate::expected::parts;
use crate::mutation::{Change, Mutation, When};
use crate::place::step;
use crate::situation::RequestPart;
use generate::schema::pointer::below;
use judge::exchange::Role;
use judge::finding::Part;
use spec::contract::{Contract, Operation};
use spec::scenario::template::Template;
use spec::scenario::{AcceptedResponses, Expectation, status};

/// Statuses that few contracts document.
const UNDOCUMENTED: [u16; 2] = [418, 508];
/// The number of values of a member that are remembered.
const MAX_VALUES: usize = 20;
/// The number of parts that describe a request.
const MAX_PARTS: usize = 2;

/// The faults in single situations. `second` is another run of the same tests: a part of a request that it does not have,
/// such as a unique value or an id, belongs to no situation.
pub fn situations(contract: &Contract, baseline: &Baseline, second: &Baseline) -> Vec<Mutation> {
    let features = Features::of(baseline, second);
    let generator = Generator { contract, observed: &baseline.observed };
    let mut all: Vec<Mutation> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    for passing in baseline.passing.iter().filter(|passing| !passing.test.is_property()) {
        for (index, response) in passing.responses.iter().enumerate() {
            let Some(step) = step(passing, index) else { continue };
            let Some(expected) = step.expectation() else { continue };
            let Some(operation) = response.operation().and_then(|id| contract.operation(id)) else { continue };
            let mut when = features.situation(baseline, operation, response);
            if step.is_burst() {
                // The number of earlier requests depends on the target.
                (when.after, when.same) = (Vec::new(), None);
            }
            let changes = generator.changes(&features, operation, passing, response, expected);
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
    let previous = when.after.iter().map(|after| {
        let outcome = after.code.as_deref().unwrap_or(after.responses.as_str());
        let actor = after.actor.iter().map(|actor| format!(" as {actor}"));
        format!("after {} {outcome}{}", after.operation, actor.collect::<String>())
    });
    let parts = when.request.iter().map(|part| match part {
        RequestPart { absent: true, at, .. } => format!("without {at}"),
        RequestPart { present: true, at, .. } => format!("with {at}"),
        RequestPart { at, value, .. } => format!("{at} {value}"),
    });
    let same = when.same.iter().map(|place| format!("same {place}"));
    let outcome = when.code.as_deref().unwrap_or("success").to_owned();
    let texts = [Some(outcome), when.actor.clone()].into_iter().flatten().chain(parts).chain(previous).chain(same);
    texts.collect::<Vec<_>>().join("/")
}

/// The parts of the requests with asserted responses, with the numbers of the requests that have them. If the value of a part
/// differs from run to run, the part says only that there is one.
struct Features {
    /// By operation.
    requests: BTreeMap<String, HashMap<RequestPart, BTreeSet<usize>>>,
    /// The texts and numbers of the members of the successes of each operation, by JSON Pointer.
    values: HashMap<(String, String), Vec<Value>>,
}

impl Features {
    fn of(baseline: &Baseline, second: &Baseline) -> Self {
        let recurring: HashSet<(&str, &RequestPart)> = asserted(second)
            .flat_map(|(operation, response)| response.parts().map(move |part| (operation, part)))
            .collect();
        let mut members: BTreeMap<&str, BTreeSet<&String>> = BTreeMap::new();
        for (operation, response) in asserted(baseline) {
            let may_be_absent = |at: &&String| at.starts_with("body /") || at.starts_with("header ");
            members.entry(operation).or_default().extend(response.parts().map(|part| &part.at).filter(may_be_absent));
        }
        let mut requests: BTreeMap<String, HashMap<RequestPart, BTreeSet<usize>>> = BTreeMap::new();
        for (number, (operation, response)) in asserted(baseline).enumerate() {
            let parts = response.parts().map(|part| match recurring.contains(&(operation, part)) {
                true => part.clone(),
                false => RequestPart::present(part.at.clone()),
            });
            let absent = members[operation].iter().map(|at| RequestPart::absent((*at).clone()));
            let numbers = requests.entry(operation.to_owned()).or_default();
            for part in parts.chain(absent.filter(|part| response.has(part))) {
                numbers.entry(part).or_default().insert(number);
            }
        }
        Self { requests, values: shown_values(baseline) }
    }

    /// Values that the target has shown at a place of the successes of an operation.
    fn values(&self, operation: &str, at: &str) -> Vec<Value> {
        self.values.get(&(operation.to_owned(), at.to_owned())).cloned().unwrap_or_default()
    }

    /// The parts that tell a request from others: the part that the fewest requests have, and if others have it, too, the
    /// other part that the fewest of these have.
    fn rarest(&self, operation: &str, response: &ObservedResponse) -> Vec<RequestPart> {
        let known = self.requests.get(operation).into_iter().flatten();
        let own: Vec<(&RequestPart, &BTreeSet<usize>)> = known.filter(|(part, _)| response.has(part)).collect();
        let mut found = Vec::new();
        let mut others: Option<BTreeSet<usize>> = None;
        for _ in 0..MAX_PARTS {
            let left = |numbers: &BTreeSet<usize>| match &others {
                Some(others) => numbers.intersection(others).count(),
                None => numbers.len(),
            };
            let rank = |part: &RequestPart, count: usize| (count, part.at.len(), part.at.clone(), part.present);
            let rarest = own.iter().map(|(part, numbers)| (rank(part, left(numbers)), *part, *numbers));
            let Some(((count, ..), part, numbers)) = rarest.min_by_key(|(rank, ..)| rank.clone()) else { break };
            if others.as_ref().is_some_and(|others| count == others.len()) {
                break;
            }
            found.push(part.clone());
            others = Some(others.map_or_else(|| numbers.clone(), |others| &others & numbers));
        }
        found
    }

    /// The conditions that describe the request of a response best.
    fn situation(&self, baseline: &Baseline, operation: &Operation, response: &ObservedResponse) -> When {
        let of_outcome = match response.code() {
            Some(code) => super::of(code),
            None => successes(),
        };
        let after_same = response.previous().is_empty().then(|| self.unique(operation, response)).flatten();
        When {
            operation: Some(operation.id.clone()),
            actor: response.actor().filter(|actor| baseline.knows(actor)).map(str::to_owned),
            request: self.rarest(&operation.id, response),
            after: after_same.map_or(response.previous(), |place| response.previous_with_same(place)).to_vec(),
            same: after_same.map(str::to_owned),
            ..of_outcome
        }
    }

    /// A place with a text that no other test sends, but an earlier request of this test.
    fn unique<'r>(&self, operation: &Operation, response: &'r ObservedResponse) -> Option<&'r str> {
        let known = self.requests.get(&operation.id)?;
        let is_unique = |part: &&RequestPart| !known.contains_key(*part);
        response.repeated_parts().filter(is_unique).map(|part| part.at.as_str()).min()
    }
}

/// The first values at each place.
fn shown_values(baseline: &Baseline) -> HashMap<(String, String), Vec<Value>> {
    let mut all: HashMap<(String, String), Vec<Value>> = HashMap::new();
    for (operation, response) in asserted(baseline).filter(|(_, response)| response.response.is_success()) {
        let Some(Value::Object(members)) = response.response.json() else { continue };
        for (name, value) in members.into_iter().filter(|(_, value)| value.is_string() || value.is_number()) {
            let values = all.entry((operation.to_owned(), below("", &name))).or_default();
            if values.len() < MAX_VALUES && !values.contains(&value) {
                values.push(value);
            }
        }
    }
    all
}

/// The responses about which a test asserts something, with their operations.
fn asserted(baseline: &Baseline) -> impl Iterator<Item = (&str, &ObservedResponse)> {
    let responses = baseline.passing.iter().flat_map(|passing| &passing.responses);
    responses
        .filter(|response| response.role == Role::Asserted)
        .filter_map(|response| Some((response.operation()?, response)))
}

impl Generator<'_> {
    /// Faults of a response that its expectation rejects, or that violate the contract in any case.
    fn changes(
        &self,
        features: &Features,
        operation: &Operation,
        passing: &PassingTest,
        response: &ObservedResponse,
        expected: &Expectation,
    ) -> Vec<(String, Change)> {
        let mut all = Vec::new();
        all.extend(self.rejected_outcome(operation, response, expected).map(|change| (name_of(&change), change)));
        if expected.must_respond {
            all.push(("no-response".to_owned(), Change::Close));
        }
        if expected.same_as.is_some() {
            all.extend(of_repetition(response).map(|change| ("repetition".to_owned(), change)));
        }
        if response.code().is_none() && response.follows_a_refusal() {
            all.push(("shows-refused".to_owned(), Change::ShowRefused));
        }
        let field = self.contract.catalog.envelope.pointers.field.clone().filter(|_| expected.field.is_some());
        all.extend(field.map(|at| ("field".to_owned(), set_member(&at, json!("another")))));
        let variables = &passing.test.variables;
        let others = |part: &Part| match part {
            Part::Body(at) => features.values(&operation.id, at),
            _ => [].into(),
        };
        let wanted = |part: &Part| {
            let is_named = |pointer: &Template| pointer.text(variables).is_ok_and(|at| *part == Part::Body(at));
            expected
                .body
                .iter()
                .find(|(pointer, _)| is_named(pointer))
                .and_then(|(_, value)| value.value(variables).ok())
        };
        for part in parts(&passing.test, expected) {
            let changes = of_part(&part, response, wanted(&part).as_ref(), &others(&part));
            let name = |what: &str, change: &Change| match change {
                Change::SetMember { to, .. } if to.is_string() || to.is_array() => format!("{part} {what} {to}"),
                _ => format!("{part} {what}"),
            };
            all.extend(changes.into_iter().map(|(what, change)| (name(what, &change), change)));
        }
        all
    }

    /// An outcome that an expectation rejects: a success instead of a refusal, a code that it does not accept, or an
    /// undocumented status. `None` if it is about members and headers only.
    fn rejected_outcome(
        &self,
        operation: &Operation,
        response: &ObservedResponse,
        expected: &Expectation,
    ) -> Option<Change> {
        use AcceptedResponses::{AnyDocumented, AnyExcept, AnyRefusal, AnyResponse, Listed};
        let accepts_success = !matches!(expected.outcome, Listed { success: false, .. } | AnyRefusal { .. });
        let limit = self.contract.catalog.rate_limit.as_ref().map(|limit| limit.code.as_str());
        // If a limit is never reached, the target may be too slow.
        if response.code().is_some() && response.code() != limit && !accepts_success {
            return Some(Change::Succeed { status: success_status(operation) });
        }
        let is_rejected = |code: &String, status: u16| match &expected.outcome {
            Listed { errors, .. } => !errors.contains(code) && !expected.tolerate.contains(code),
            AnyRefusal { errors } => status >= 500 && !errors.contains(code),
            AnyDocumented => status >= 500,
            AnyExcept(codes) => codes.contains(code),
            AnyResponse => !expected.statuses.is_empty() && !status::matches(&expected.statuses, status),
        };
        let mut codes = self.codes_to_send();
        let code = codes.find(|(entry, status)| is_rejected(&entry.code, *status));
        let refused = code.map(|(entry, status)| Change::Refuse { code: entry.code.clone(), status });
        let undocumented = || UNDOCUMENTED.into_iter().find(|status| !status::matches(&expected.statuses, *status));
        let is_of_status = !expected.statuses.is_empty();
        refused.or_else(|| Some(Change::SetStatus { to: undocumented().filter(|_| is_of_status)? }))
    }
}

fn name_of(outcome: &Change) -> String {
    match outcome {
        Change::Refuse { code, .. } => format!("refused-as-{code}"),
        Change::SetStatus { to } => format!("status-{to}"),
        _ => "outcome".to_owned(),
    }
}

/// Another text or number in the body of a response that must repeat an earlier one.
fn of_repetition(response: &ObservedResponse) -> Option<Change> {
    let body = response.response.json()?;
    let scalar = |value: &Value| value.is_string() || value.is_number();
    let (name, value) = body.as_object()?.iter().find(|(_, value)| scalar(value))?;
    other_value(&below("", name), value)
}

/// Another value of a part of a response, and the response without it.
fn of_part(
    part: &Part,
    response: &ObservedResponse,
    expected: Option<&Value>,
    others: &[Value],
) -> Vec<(&'static str, Change)> {
    match part {
        Part::Header(name) => match response.response.header(name) {
            Some(value) => vec![
                ("removed", Change::RemoveHeader { name: name.clone() }),
                ("other", set_header(name, "Other")),
                ("constant", set_header(name, value)),
            ],
            None => vec![("added", set_header(name, "1"))],
        },
        Part::Body(at) => {
            let body = response.response.json();
            rejected(at, body.as_ref().and_then(|body| body.pointer(at)), expected, others)
        }
        Part::Status | Part::Connection | Part::Deliveries => Vec::new(),
    }
}
