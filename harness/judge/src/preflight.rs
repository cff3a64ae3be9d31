//! The result of a preflight, as reports store it: plain values without requests or secrets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The result of the requests before the first test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preflight {
    /// The number of requests that it sent.
    pub requests: u64,
    /// Why the run ended before the first test, and what to do. Absent if the tests ran.
    pub stop_reason: Option<String>,
    /// The operations that were probed.
    pub operations: Vec<OperationFact>,
    /// The actors that have a credential.
    pub actors: Vec<ActorFact>,
    /// The capabilities that were probed.
    pub capabilities: Vec<CapabilityFact>,
}

/// Whether the target has an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperationFact {
    /// Its `operationId`.
    pub operation: String,
    /// Its method and path in the OpenAPI description.
    pub endpoint: String,
    /// Whether it exists.
    pub state: OperationState,
    /// The response: the status and the error code or the beginning of the body.
    pub response: String,
}

/// Whether an operation exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OperationState {
    /// It responded as an existing operation does.
    Exists,
    /// It returned 404, 405 or 501 without the error envelope, as an unknown path does.
    Missing,
    /// The response allows no conclusion.
    Unclear,
    /// Nothing was sent, because it could have changed something.
    NotProbed,
}

/// Whether the target accepts an actor's credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActorFact {
    /// The name of the actor.
    pub actor: String,
    /// The environment variable of its credential.
    pub variable: String,
    /// The scope that the pack declares for it.
    pub scope: Option<String>,
    /// How the target treated the credential.
    pub state: ActorState,
    /// The response: the status and the error code or the beginning of the body.
    pub response: String,
    /// What is wrong and what to do. Absent if nothing is wrong.
    pub problem: Option<String>,
}

/// How the target treated a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActorState {
    /// It was accepted, with the scope that the pack declares.
    Accepted,
    /// Every operation on which it was tried refused it.
    Refused,
    /// It was accepted, but every tried operation of the declared scope refused it.
    LacksScope,
    /// It seems to be swapped with the credential of another actor.
    Swapped,
    /// An actor with another scope has the same credential.
    Shared,
    /// The response allows no conclusion.
    Unclear,
    /// No request was sent with it.
    NotProbed,
}

impl ActorState {
    /// True if tests with this actor could not prove anything about the API.
    pub fn is_faulty(self) -> bool {
        matches!(self, ActorState::Refused | ActorState::LacksScope | ActorState::Swapped | ActorState::Shared)
    }
}

/// Whether the target supports a capability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CapabilityFact {
    /// The name of the capability.
    pub capability: String,
    /// Whether it is supported.
    pub state: CapabilityState,
    /// What is wrong and what to do. Absent if nothing is wrong.
    pub problem: Option<String>,
}

/// Whether a capability is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CapabilityState {
    /// The target supports it.
    Present,
    /// The target does not support it.
    Missing,
    /// The response allows no conclusion, or nothing was sent.
    Unclear,
}

impl Preflight {
    /// Why a test that needs these actors and capabilities could not prove anything about the API, if so.
    pub fn reason_against(&self, actors: &[String], needs: &[String]) -> Option<&str> {
        let actor = self.actors.iter().find(|fact| fact.state.is_faulty() && actors.contains(&fact.actor));
        let capability = self
            .capabilities
            .iter()
            .find(|fact| fact.state == CapabilityState::Missing && needs.contains(&fact.capability));
        actor.and_then(|fact| fact.problem.as_deref()).or_else(|| capability.and_then(|fact| fact.problem.as_deref()))
    }

    /// The operations that are not implemented.
    pub fn missing(&self) -> impl Iterator<Item = &OperationFact> {
        self.operations.iter().filter(|fact| fact.state == OperationState::Missing)
    }

    /// The operations that are not implemented, by their response.
    fn missing_by_response(&self) -> Vec<(&str, Vec<&OperationFact>)> {
        let mut responses: Vec<(&str, Vec<&OperationFact>)> = Vec::new();
        for fact in self.missing() {
            match responses.iter_mut().find(|(actual, _)| *actual == fact.response) {
                Some((_, facts)) => facts.push(fact),
                None => responses.push((&fact.response, vec![fact])),
            }
        }
        responses
    }

    /// Everything that a user should know before the first test, one sentence each.
    pub fn statements(&self) -> Vec<String> {
        if let Some(stop) = &self.stop_reason {
            return vec![stop.clone()];
        }
        let missing = self.missing_by_response().into_iter().map(|(actual, facts)| match facts.as_slice() {
            [fact] => format!(
                "operation {} ({}) seems not to be implemented: it returns {actual}",
                fact.operation, fact.endpoint
            ),
            many => {
                let names: Vec<&str> = many.iter().map(|fact| fact.operation.as_str()).collect();
                format!("{} operations seem not to be implemented: {} return {actual}", many.len(), names.join(", "))
            }
        });
        let actors = self.actors.iter().filter_map(|fact| fact.problem.clone());
        let capabilities = self.capabilities.iter().filter_map(|fact| fact.problem.clone());
        let mut statements: Vec<String> = Vec::new();
        for statement in actors.chain(missing).chain(capabilities) {
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
        statements
    }
}
