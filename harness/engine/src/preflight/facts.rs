//! What a preflight found out, as reports keep it: inert values without any request or secret.

use serde::{Deserialize, Serialize};

/// What the requests before the first test found out about the target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preflight {
    /// How many requests it sent.
    pub requests: u64,
    /// Why the run ended before the first test, and what to do; absent where the tests ran.
    pub stop: Option<String>,
    /// The operations that were probed.
    pub operations: Vec<OperationFact>,
    /// The actors that have a credential.
    pub actors: Vec<ActorFact>,
    /// The capabilities that were probed.
    pub capabilities: Vec<CapabilityFact>,
}

/// Whether the target has an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperationFact {
    /// Its `operationId`.
    pub operation: String,
    /// Method and path, as described.
    pub endpoint: String,
    /// Whether it exists.
    pub state: OperationState,
    /// What came: the status and the beginning of the body.
    pub came: String,
}

/// Whether an operation exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationState {
    /// It answered as an operation does.
    Exists,
    /// It answered 404, 405 or 501 without the envelope, as a path that nobody serves.
    Missing,
    /// What came tells neither.
    Unclear,
    /// Nothing was sent: it could have changed something.
    NotProbed,
}

/// What an actor's credential is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActorFact {
    /// The actor.
    pub actor: String,
    /// The environment variable of its credential.
    pub variable: String,
    /// The scope that the pack declares for it.
    pub scope: Option<String>,
    /// What the target made of the credential.
    pub state: ActorState,
    /// What came: the status and the code.
    pub came: String,
    /// What is wrong, and what to do.
    pub says: Option<String>,
}

/// What the target made of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorState {
    /// It was accepted, with the scope that the pack declares.
    Accepted,
    /// It was refused wherever it was tried.
    Refused,
    /// It was accepted, but refused for every operation of the declared scope that was tried.
    LacksScope,
    /// It seems to be another actor's.
    Swapped,
    /// Another actor, of another scope, has the same one.
    Shared,
    /// What came tells neither.
    Unclear,
    /// Nothing was sent with it.
    NotProbed,
}

impl ActorState {
    /// True where tests of the actor could say nothing about the API.
    pub fn is_faulty(self) -> bool {
        matches!(self, ActorState::Refused | ActorState::LacksScope | ActorState::Swapped | ActorState::Shared)
    }
}

/// Whether the target has a capability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CapabilityFact {
    /// The capability.
    pub capability: String,
    /// Whether it is there.
    pub state: CapabilityState,
    /// What is wrong, and what to do.
    pub says: Option<String>,
}

/// Whether a capability is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CapabilityState {
    /// It is.
    Present,
    /// It is not.
    Missing,
    /// What came tells neither, or nothing was sent.
    Unclear,
}

impl Preflight {
    /// Why a test could say nothing about the API, if it could not: by the actors and capabilities that it needs.
    pub fn reason_against(&self, actors: &[String], needs: &[String]) -> Option<&str> {
        let actor = self.actors.iter().find(|fact| fact.state.is_faulty() && actors.contains(&fact.actor));
        let capability = self
            .capabilities
            .iter()
            .find(|fact| fact.state == CapabilityState::Missing && needs.contains(&fact.capability));
        actor.and_then(|fact| fact.says.as_deref()).or_else(|| capability.and_then(|fact| fact.says.as_deref()))
    }

    /// The operations that the target does not have.
    pub fn missing(&self) -> impl Iterator<Item = &OperationFact> {
        self.operations.iter().filter(|fact| fact.state == OperationState::Missing)
    }

    /// Everything that a person should know before the first test, each in one sentence.
    pub fn statements(&self) -> Vec<String> {
        if let Some(stop) = &self.stop {
            return vec![stop.clone()];
        }
        let missing = self.missing().map(|fact| {
            format!(
                "operation {} ({}) seems not to be implemented: it answers {}",
                fact.operation, fact.endpoint, fact.came
            )
        });
        let actors = self.actors.iter().filter_map(|fact| fact.says.clone());
        let capabilities = self.capabilities.iter().filter_map(|fact| fact.says.clone());
        let mut statements: Vec<String> = Vec::new();
        for statement in actors.chain(missing).chain(capabilities) {
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
        statements
    }
}
