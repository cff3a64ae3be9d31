//! The preflight: a few requests before the first test that settle what would otherwise fail hundreds of tests.
//!
//! Is the API at the base URL, or under another path? Which operations exist? Whose credentials are accepted, and with
//! which scope? It sends at most one request for each operation and actor, and a few more where something is wrong.
//! None of them changes the target: see [`probe`]. Without a credential first, so that a wrong server sees none.
//!
//! It judges nothing: the tests do that. What it says is a condition under which a test could find nothing out.

mod answer;
mod callers;
mod capabilities;
mod facts;
mod judge;
mod messages;
mod place;
mod probe;
mod protocol;
mod secret;

use std::collections::BTreeMap;

use futures_util::StreamExt as _;

pub use facts::{ActorFact, ActorState, CapabilityFact, CapabilityState, OperationFact, OperationState, Preflight};

use self::callers::Welcome;
use self::capabilities::Sign;
use self::judge::{Seen, Standing};
use self::probe::{Prober, is_safe};
use crate::contract::{Contract, Operation};
use crate::exchange::Fault;
use crate::scenario::Library;
use crate::secret::Redactor;
use crate::target::{HttpClient, Target};

/// How many probes are under way at a time.
const IN_FLIGHT: usize = 8;
/// At least so many operations are probed, so that one that is missing is not taken for a wrong URL.
const FEWEST: usize = 4;

/// What the scenarios of a pack say about what a preflight may expect.
pub struct Expected {
    welcome: Welcome,
    signs: Vec<Sign>,
    signed: Option<String>,
}

impl Expected {
    /// Reads it from the whole library, whatever is selected of it.
    pub fn of(contract: &Contract, library: &Library) -> Self {
        Self {
            welcome: callers::welcome(contract, library),
            signs: capabilities::signs(contract, library),
            signed: secret::signed(library),
        }
    }

    /// The actors whom some test expects an operation to serve.
    pub fn served_by(&self, operation: &str) -> Vec<String> {
        let serves = self.welcome.iter().filter(|(_, operations)| operations.contains(operation));
        serves.map(|(actor, _)| actor.clone()).collect()
    }
}

/// What a preflight looks at.
#[derive(Clone, Debug, Default)]
pub struct Interest {
    /// The operations that are called; all of them when absent.
    pub operations: Option<Vec<String>>,
    /// The actors that call; all of them when absent.
    pub actors: Option<Vec<String>>,
    /// The capabilities that are needed; all of them when absent.
    pub capabilities: Option<Vec<String>>,
    /// The environment variable of an actor's credential, where it is not the usual one.
    pub variables: BTreeMap<String, String>,
}

fn wanted(list: Option<&Vec<String>>, name: &str) -> bool {
    list.is_none_or(|list| list.iter().any(|entry| entry == name))
}

/// What is looked at, and through what.
#[derive(Clone, Copy)]
pub struct PreflightTarget<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// The target.
    pub target: &'a Target,
    /// The client.
    pub client: &'a HttpClient,
    /// What hides credentials that the target quotes.
    pub redactor: &'a Redactor,
    /// False where a proxy stands between.
    pub direct: bool,
}

/// Sends the probes, and says what they found out.
pub async fn preflight(subject: PreflightTarget<'_>, expected: &Expected, interest: &Interest) -> Preflight {
    let prober = Prober::new(&subject);
    let mut found = look(&prober, expected, interest, subject.direct).await;
    found.requests = prober.sent();
    found
}

/// Asks once, and says why the run must end where nothing of use answers: the whole preflight is too much where each
/// test has a process of its own.
pub async fn first_look(subject: PreflightTarget<'_>) -> Option<String> {
    let prober = Prober::new(&subject);
    match prober.control().await {
        Ok(_) => None,
        Err(fault) => Some(silent(&prober, &fault, subject.direct).await),
    }
}

async fn look(prober: &Prober<'_>, expected: &Expected, interest: &Interest, direct: bool) -> Preflight {
    let operations = chosen(prober.contract, interest);
    let control = prober.control().await;
    let seen = see(prober, &operations, control.as_ref().err()).await;
    if let Some(stop) = stop(prober, expected, &seen, &control, direct).await {
        let operations = judge::operations(&seen, Some(&control));
        return Preflight { stop: Some(stop), operations, ..Preflight::default() };
    }
    let mut facts = judge::operations(&seen, Some(&control));
    let exists = |seen: &&Seen<'_>| {
        facts.iter().any(|fact| fact.operation == seen.operation.id && fact.state == OperationState::Exists)
    };
    let present: Vec<&Operation> = seen.iter().filter(exists).map(|seen| seen.operation).collect();
    let mut actors = callers::callers(prober, &seen, &present, &expected.welcome, interest).await;
    let signed = present.iter().find(|operation| Some(&operation.id) == expected.signed.as_ref());
    if let Some(operation) = signed {
        actors.extend(secret::secret(prober, operation, interest).await);
    }
    let usable = |actor: &str| actors.iter().any(|fact| fact.actor == actor && fact.state == ActorState::Accepted);
    let needed = |capability: &str| wanted(interest.capabilities.as_ref(), capability);
    // The others were probed to tell a wrong URL from a missing operation.
    facts.retain(|fact| wanted(interest.operations.as_ref(), &fact.operation));
    let capabilities = capabilities::capabilities(prober, &expected.signs, needed, usable).await;
    Preflight { requests: 0, stop: None, operations: facts, actors, capabilities }
}

/// The operations of interest, and a few more where they are very few: reads without parameters first.
fn chosen<'c>(contract: &'c Contract, interest: &Interest) -> Vec<&'c Operation> {
    let list = interest.operations.as_ref();
    let (mut chosen, mut others): (Vec<&Operation>, Vec<&Operation>) =
        contract.operations.iter().partition(|operation| wanted(list, &operation.id));
    others.sort_by_key(|operation| (!operation.parameters().is_empty(), !is_safe(operation)));
    others.truncate(FEWEST.saturating_sub(chosen.len()));
    chosen.extend(others);
    chosen
}

/// Calls each operation without a credential. Where nothing answered the control request, one call is enough to see
/// whether that was chance.
async fn see<'o>(prober: &Prober<'_>, operations: &[&'o Operation], silent: Option<&Fault>) -> Vec<Seen<'o>> {
    let most = if silent.is_some() { 1 } else { operations.len() };
    futures_util::stream::iter(
        operations
            .iter()
            .copied()
            .take(most)
            .map(async |operation| Seen { operation, outcome: prober.ask(operation, None).await }),
    )
    .buffered(IN_FLIGHT)
    .collect()
    .await
}

/// Why the run must end here, if it must.
async fn stop(
    prober: &Prober<'_>,
    expected: &Expected,
    seen: &[Seen<'_>],
    control: &probe::Outcome,
    direct: bool,
) -> Option<String> {
    let base = prober.client.base();
    match judge::standing(seen, Some(control)) {
        Standing::Silent(fault) => Some(silent(prober, fault, direct).await),
        Standing::Elsewhere(answer) => {
            let operations: Vec<&Operation> = seen.iter().map(|seen| seen.operation).collect();
            // Some APIs hide from strangers that they are there.
            if answer.enveloped && callers::serves_anyone(prober, &expected.welcome, &operations).await {
                return None;
            }
            let found = place::elsewhere(prober, &operations).await;
            let known = found.is_some() || judge::is_proof(seen);
            known.then(|| messages::elsewhere(base, operations.len(), answer, found.as_ref()))
        }
        standing => messages::stop(base, &standing),
    }
}

/// The sentence of a target that does not answer; what it speaks is found out where nothing stands between.
async fn silent(prober: &Prober<'_>, fault: &Fault, direct: bool) -> String {
    let base = prober.client.base();
    let plain = base.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http:"));
    let unreachable = matches!(fault, Fault::Unreachable(_));
    let protocol = if direct && plain && !unreachable { protocol::protocol(base).await } else { None };
    messages::silent(base, fault, protocol.as_ref())
}
