//! What the tests receive where nothing is changed: the tests that pass, and their responses.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::change::{Surroundings, apply};
use super::mutation::{Change, Mutation, Subject};
use super::route::Route;
use judge::exchange::{Exchange, Response, Role};
use judge::record::TestRecord;
use spec::contract::{Contract, ErrorCatalog};
use spec::scenario::TestCase;

/// A response that a test received.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The method and the path of the request.
    pub line: String,
    /// The actor that sent it, in words.
    pub sent_as: String,
    /// What the exchange is for.
    pub role: Role,
    /// The response.
    pub response: Response,
    operation: Option<String>,
    actor: Option<String>,
    code: Option<String>,
}

/// A test that passes where nothing is changed.
#[derive(Clone, Debug)]
pub struct Known {
    /// The test.
    pub test: TestCase,
    /// What it received.
    pub answers: Vec<Answer>,
    /// Recommendations that it reports as not followed, by clause and check.
    pub accepted: BTreeSet<(String, String)>,
}

/// A run without any mutation.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// The tests that pass.
    pub known: Vec<Known>,
    /// Tests that do not, with the reason.
    pub left_out: BTreeMap<String, String>,
    /// How many requests it took.
    pub requests: usize,
    /// A success of each operation.
    successes: HashMap<String, Response>,
}

impl Baseline {
    /// Adds a test that passed.
    pub(super) fn add(&mut self, contract: &Contract, route: &Route, test: TestCase, record: TestRecord) {
        let answers: Vec<Answer> =
            record.exchanges.into_iter().filter_map(|exchange| answer(contract, route, exchange)).collect();
        for answer in answers.iter().filter(|answer| answer.response.is_success()) {
            if let Some(operation) = &answer.operation {
                self.successes.entry(operation.clone()).or_insert_with(|| answer.response.clone());
            }
        }
        let accepted = record.findings.into_iter().map(|finding| (finding.clause, finding.check)).collect();
        self.known.push(Known { test, answers, accepted });
    }

    /// The pairs of operation and code that came.
    pub fn observed(&self) -> BTreeSet<(String, String)> {
        let answers = self.known.iter().flat_map(|known| &known.answers);
        answers.filter_map(|answer| Some((answer.operation.clone()?, answer.code.clone()?))).collect()
    }

    /// The success that a mutation sends instead of a refusal, with its operation.
    pub(super) fn success<'b>(&'b self, mutation: &'b Mutation) -> Option<(&'b str, &'b Response)> {
        let operation = mutation.when.operation.as_deref()?;
        let wanted = matches!(mutation.change, Change::Succeed { .. });
        Some((operation, self.successes.get(operation).filter(|_| wanted)?))
    }

    /// The responses of a test that a mutation changes, by their place, each as it is then.
    pub(super) fn changed<'b>(
        &'b self,
        known: &'b Known,
        mutation: &'b Mutation,
        catalog: &'b ErrorCatalog,
    ) -> impl Iterator<Item = (usize, Response)> + 'b {
        let fitting = known.answers.iter().enumerate().filter(|(_, answer)| mutation.when.fits(&answer.subject()));
        fitting.filter_map(move |(index, answer)| {
            let before = known.answers[..index].iter().rev().find(|earlier| earlier.line == answer.line);
            let surroundings = Surroundings {
                catalog,
                previous: before.map(|earlier| &earlier.response),
                success: answer.operation.as_ref().and_then(|operation| self.successes.get(operation)),
            };
            Some((index, apply(&mutation.change, &answer.response, surroundings)?))
        })
    }
}

impl Answer {
    /// The operation that was called, where it is a documented one.
    pub(super) fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    fn subject(&self) -> Subject<'_> {
        Subject {
            operation: self.operation.as_deref(),
            actor: self.actor.as_deref(),
            status: self.response.status,
            code: self.code.as_deref(),
        }
    }
}

fn answer(contract: &Contract, route: &Route, exchange: Exchange) -> Option<Answer> {
    let Exchange { role, request, outcome, .. } = exchange;
    let response = outcome.ok()?;
    let code = response.json().filter(|_| response.is_error()).and_then(|body| contract.catalog.code_in(&body));
    Some(Answer {
        line: format!("{} {}", request.method, request.path),
        operation: route.operation(&request.method, &request.path).map(str::to_owned),
        // Recorded requests do not hold credentials.
        actor: Some(request.actor.clone()),
        sent_as: request.actor,
        role,
        code,
        response,
    })
}
