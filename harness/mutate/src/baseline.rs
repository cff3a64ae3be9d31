//! The run without a mutation: the tests that pass, and the responses that they receive.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::change::{Surroundings, apply};
use super::mutation::{Change, Mutation, Subject, When};
use super::observed::Observed;
use super::route::Route;
use super::situation::{History, Parts, Past, Previous, RequestPart, ResponseKind};
use judge::exchange::{Exchange, Request, Response, Role};
use judge::record::TestRecord;
use runner::execute::{ALTERED_CREDENTIAL, DESCRIPTION_HEADER};
use spec::contract::{Contract, ErrorCatalog};
use spec::scenario::TestCase;

/// A response that a test received.
#[derive(Clone, Debug)]
pub struct ObservedResponse {
    /// The method and the path of the request.
    pub line: String,
    /// The name of the actor that sent the request.
    pub sent_as: String,
    pub role: Role,
    pub response: Response,
    operation: Option<String>,
    actor: Option<String>,
    code: Option<String>,
    parts: Parts,
    /// The previous requests of the test about the same resource.
    past: Past,
    /// The previous requests of the test with the same text at a place.
    past_by_place: BTreeMap<String, Past>,
}

/// A test that passes without a mutation.
#[derive(Clone, Debug)]
pub struct PassingTest {
    pub test: TestCase,
    /// The responses that it received.
    pub responses: Vec<ObservedResponse>,
    /// The findings without a mutation, as clause and check. They are about SHOULD clauses, or only warn.
    pub accepted: BTreeSet<(String, String)>,
}

/// The result of the run without a mutation.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    pub passing: Vec<PassingTest>,
    /// Tests that do not pass, with the reason.
    pub left_out: BTreeMap<String, String>,
    /// The number of requests.
    pub requests: usize,
    /// What the responses show about the target.
    pub observed: Observed,
    /// A successful response of each operation.
    successes: HashMap<String, Response>,
}

impl Baseline {
    /// Adds a test that has passed.
    pub(super) fn add(&mut self, contract: &Contract, route: &Route, test: TestCase, record: TestRecord) {
        let operation = |request: &Request| route.operation(&request.method, &request.path).map(str::to_owned);
        self.observed.add(record.exchanges.iter(), operation);
        let mut histories = Histories::default();
        let response = |exchange| response(contract, route, &mut histories, exchange);
        let responses: Vec<ObservedResponse> = record.exchanges.into_iter().filter_map(response).collect();
        for response in responses.iter().filter(|response| response.response.is_success()) {
            if let Some(operation) = &response.operation {
                self.successes.entry(operation.clone()).or_insert_with(|| response.response.clone());
            }
        }
        for response in &responses {
            self.observed.refusals.extend(response.operation.clone().zip(response.code.clone()));
            let class = if response.response.is_error() { ResponseKind::Errors } else { ResponseKind::Successes };
            self.observed.actors.extend(response.actor.clone().filter(|actor| route.knows(actor)).zip(Some(class)));
        }
        let accepted = record.findings.into_iter().map(|finding| (finding.clause, finding.check)).collect();
        self.passing.push(PassingTest { test, responses, accepted });
    }

    /// The successful response that a mutation sends instead of an error, with its operation.
    pub(super) fn success<'b>(&'b self, mutation: &'b Mutation) -> Option<(&'b str, &'b Response)> {
        let operation = mutation.when.operation.as_deref()?;
        let wanted = matches!(mutation.change, Change::Succeed { .. });
        Some((operation, self.successes.get(operation).filter(|_| wanted)?))
    }

    /// Whether requests of this actor can be recognized.
    pub(super) fn knows(&self, actor: &str) -> bool {
        self.observed.actors.iter().any(|(known, _)| known == actor)
    }

    /// The responses of a test that a mutation changes: the index of each, and the changed response.
    pub(super) fn changed<'b>(
        &'b self,
        passing: &'b PassingTest,
        mutation: &'b Mutation,
        catalog: &'b ErrorCatalog,
    ) -> impl Iterator<Item = (usize, Response)> + 'b {
        let fitting = passing
            .responses
            .iter()
            .enumerate()
            .filter(|(_, response)| mutation.when.fits(&response.subject(&mutation.when)));
        fitting.filter_map(move |(index, response)| {
            let before = passing.responses[..index].iter().rev().find(|earlier| earlier.line == response.line);
            let surroundings = Surroundings {
                catalog,
                previous: before.map(|earlier| &earlier.response),
                success: response.operation.as_ref().and_then(|operation| self.successes.get(operation)),
                refused: response.past.refused.as_ref(),
            };
            Some((index, apply(&mutation.change, &response.response, surroundings)?))
        })
    }
}

impl ObservedResponse {
    /// The documented operation that was called.
    pub(super) fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// The actor whose credential was sent without an alteration.
    pub(super) fn actor(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    fn subject(&self, when: &When) -> Subject<'_> {
        Subject {
            operation: self.operation.as_deref(),
            actor: self.actor.as_deref(),
            status: self.response.status,
            code: self.code.as_deref(),
            parts: Some(&self.parts),
            previous: when.same.as_ref().map_or(self.previous(), |place| self.previous_with_same(place)),
        }
    }

    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The parts of its request that are the same in each run, and that the proxy sees in the same way. The path to a
    /// resource that the test has created contains a new id each time. Recorded headers have the name of a variable, as
    /// `${NAME}`, instead of a credential.
    pub(super) fn parts(&self) -> impl Iterator<Item = &RequestPart> {
        let has_new_id = !self.past.previous.is_empty();
        self.parts.all.iter().filter(move |part| match part.at.as_str() {
            "path" => !has_new_id,
            at if at == format!("header {DESCRIPTION_HEADER}") => true,
            at if at.starts_with("header ") => part.value.as_str().is_none_or(|text| !text.contains("${")),
            _ => true,
        })
    }

    /// True if its request has this part.
    pub(super) fn has(&self, part: &RequestPart) -> bool {
        self.parts.contains(part)
    }

    /// True if the previous request of the test about the same resource sent a body and was refused.
    pub(super) fn follows_a_refusal(&self) -> bool {
        self.past.refused.is_some()
    }

    /// The previous requests of the test about the same resource.
    pub(super) fn previous(&self) -> &[Previous] {
        &self.past.previous
    }

    /// The previous requests of the test with the same text at a place.
    pub(super) fn previous_with_same(&self, place: &str) -> &[Previous] {
        self.past_by_place.get(place).map(|past| past.previous.as_slice()).unwrap_or_default()
    }

    /// The parts whose text previous requests of the test have as well.
    pub(super) fn repeated_parts(&self) -> impl Iterator<Item = &RequestPart> {
        self.parts().filter(|part| !self.previous_with_same(&part.at).is_empty())
    }
}

/// The previous requests of a test.
#[derive(Default)]
struct Histories {
    by_id: History,
    by_place: HashMap<String, History>,
}

impl Histories {
    /// The previous requests with the same text at each place. Adds this one.
    fn by_place(
        &mut self,
        added: &Previous,
        parts: &Parts,
        request: &Request,
        response: &Response,
    ) -> BTreeMap<String, Past> {
        let texts = parts.all.iter().filter_map(|part| Some((&part.at, part.value.as_str()?)));
        let all = texts.map(|(place, text)| {
            let history = self.by_place.entry(place.clone()).or_default();
            let past = history.past(&[text], &request.method, Some(&added.operation), added.actor.as_deref());
            history.add(&[text], false, added, request, response);
            (place.clone(), past)
        });
        all.filter(|(_, past)| !past.previous.is_empty()).collect()
    }
}

fn response(
    contract: &Contract,
    route: &Route,
    histories: &mut Histories,
    exchange: Exchange,
) -> Option<ObservedResponse> {
    let Exchange { role, request, outcome, .. } = exchange;
    let response = outcome.ok()?;
    let code = response.json().filter(|_| response.is_error()).and_then(|body| contract.catalog.code_in(&body));
    let operation = route.operation(&request.method, &request.path);
    let ids = operation.map(|operation| route.parameters(operation, &request.path)).unwrap_or_default();
    // As in the proxy, which recognizes an actor by a credential without an alteration. Recorded requests do not contain
    // credentials.
    let is_altered = request
        .headers
        .iter()
        .any(|(name, value)| name == DESCRIPTION_HEADER && value.starts_with(ALTERED_CREDENTIAL.as_bytes()));
    let actor = Some(request.actor.clone()).filter(|_| !is_altered);
    let parts = Parts::of(&request);
    let known = actor.as_deref().filter(|actor| route.knows(actor));
    let past = histories.by_id.past(&ids, &request.method, operation, known);
    let mut past_by_place = BTreeMap::new();
    if let Some(operation) = operation {
        let added = Previous::of(operation, &response, code.as_deref(), known);
        histories.by_id.add(&ids, true, &added, &request, &response);
        past_by_place = histories.by_place(&added, &parts, &request, &response);
    }
    Some(ObservedResponse {
        line: format!("{} {}", request.method, request.path),
        operation: operation.map(str::to_owned),
        parts,
        past,
        past_by_place,
        actor,
        sent_as: request.actor,
        role,
        code,
        response,
    })
}
