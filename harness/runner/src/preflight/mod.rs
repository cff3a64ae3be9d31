//! The preflight: a few requests before the first test that detect problems which would otherwise fail hundreds of
//! tests.
//!
//! It clarifies three questions. Does the base URL serve the API, or another path? Which operations exist? Which
//! credentials are accepted, and with which scope? It sends at most one request per operation and per actor, and a few
//! more if something is wrong. None of them changes the target (see [`probe`]). The first requests carry no credential,
//! so that a wrong server does not receive one.
//!
//! The preflight reports no violations: the tests do that. It reports conditions under which tests could prove nothing.

mod callers;
mod capabilities;
mod probe_response;

mod evaluate;
mod messages;
mod place;
mod probe;
mod protocol;
mod secret;

use std::collections::BTreeMap;

use futures_util::StreamExt as _;

use self::callers::ExpectedSuccesses;
use self::capabilities::CapabilityProbe;
use self::evaluate::{BaseUrl, ProbedOperation};
use self::probe::{Prober, is_safe};
use crate::client::HttpClient;
use judge::exchange::Fault;
use judge::preflight::{ActorState, OperationState, Preflight};
use judge::secret::Redactor;
use judge::target::Target;
use spec::contract::{Contract, Operation};
use spec::scenario::Library;

/// The maximum number of concurrent probes.
const IN_FLIGHT: usize = 8;
/// The minimum number of probed operations, so that one missing operation does not look like a wrong URL.
const MIN_OPERATIONS: usize = 4;

/// What the preflight expects of the target, according to the scenarios.
pub struct Expected {
    successes: ExpectedSuccesses,
    capability_probes: Vec<CapabilityProbe>,
    signed_operation: Option<String>,
}

impl Expected {
    /// Collects the expectations from all scenarios, selected or not.
    pub fn of(contract: &Contract, library: &Library) -> Self {
        Self {
            successes: callers::expected_successes(contract, library),
            capability_probes: capabilities::probes(library),
            signed_operation: secret::signed_operation(library),
        }
    }

    /// The actors whom some test expects an operation to serve.
    pub fn served_by(&self, operation: &str) -> Vec<String> {
        let serves = self.successes.iter().filter(|(_, operations)| operations.contains(operation));
        serves.map(|(actor, _)| actor.clone()).collect()
    }
}

/// What a preflight probes.
#[derive(Clone, Debug, Default)]
pub struct Interest {
    /// The operations that the tests call; all when absent.
    pub operations: Option<Vec<String>>,
    /// The actors that the tests use; all when absent.
    pub actors: Option<Vec<String>>,
    /// The capabilities that the tests need; all when absent.
    pub capabilities: Option<Vec<String>>,
    /// The environment variables of credentials, for actors that do not use the default one.
    pub variables: BTreeMap<String, String>,
}

fn is_of_interest(list: Option<&Vec<String>>, name: &str) -> bool {
    list.is_none_or(|list| list.iter().any(|entry| entry == name))
}

/// The target and what is needed to probe it.
#[derive(Clone, Copy)]
pub struct PreflightTarget<'a> {
    pub contract: &'a Contract,
    pub target: &'a Target,
    pub client: &'a HttpClient,
    /// Hides credentials that the target quotes.
    pub redactor: &'a Redactor,
    /// False if requests go through a proxy.
    pub direct: bool,
}

/// Sends the probes and returns their results.
pub async fn preflight(subject: PreflightTarget<'_>, expected: &Expected, interest: &Interest) -> Preflight {
    let prober = Prober::new(&subject);
    let mut found = probe_all(&prober, expected, interest, subject.direct).await;
    found.requests = prober.sent();
    found
}

/// Sends one request, and says why the run must end if the target does not respond. This replaces the complete
/// preflight, which would be too much, where each test has its own process.
pub async fn check_connection(subject: PreflightTarget<'_>) -> Option<String> {
    let prober = Prober::new(&subject);
    match prober.control().await {
        Ok(_) => None,
        Err(fault) => Some(no_response(&prober, &fault, subject.direct).await),
    }
}

async fn probe_all(prober: &Prober<'_>, expected: &Expected, interest: &Interest, direct: bool) -> Preflight {
    let operations = chosen(prober.contract, interest);
    let control = prober.control().await;
    let seen = probe_operations(prober, &operations, control.as_ref().err()).await;
    if let Some(stop) = stop(prober, expected, &seen, &control, direct).await {
        let operations = evaluate::operations(&seen, Some(&control));
        return Preflight { stop_reason: Some(stop), operations, ..Preflight::default() };
    }
    let mut facts = evaluate::operations(&seen, Some(&control));
    let exists = |seen: &&ProbedOperation<'_>| {
        facts.iter().any(|fact| fact.operation == seen.operation.id && fact.state == OperationState::Exists)
    };
    let present: Vec<&Operation> = seen.iter().filter(exists).map(|seen| seen.operation).collect();
    let mut actors = callers::callers(prober, &seen, &present, &expected.successes, interest).await;
    let signed = present.iter().find(|operation| Some(&operation.id) == expected.signed_operation.as_ref());
    if let Some(operation) = signed {
        actors.extend(secret::secret(prober, operation, interest).await);
    }
    let usable = |actor: &str| actors.iter().any(|fact| fact.actor == actor && fact.state == ActorState::Accepted);
    let needed = |capability: &str| is_of_interest(interest.capabilities.as_ref(), capability);
    // The others were probed only to distinguish a wrong URL from a missing operation.
    facts.retain(|fact| is_of_interest(interest.operations.as_ref(), &fact.operation));
    let capabilities = capabilities::capabilities(prober, &expected.capability_probes, needed, usable).await;
    Preflight { requests: 0, stop_reason: None, operations: facts, actors, capabilities }
}

/// The operations of interest, and more up to the minimum: first reads without parameters.
fn chosen<'c>(contract: &'c Contract, interest: &Interest) -> Vec<&'c Operation> {
    let list = interest.operations.as_ref();
    let (mut chosen, mut others): (Vec<&Operation>, Vec<&Operation>) = contract
        .operations
        .iter()
        .map(|operation| &**operation)
        .partition(|operation| is_of_interest(list, &operation.id));
    others.sort_by_key(|operation| (!operation.parameters().is_empty(), !is_safe(operation)));
    others.truncate(MIN_OPERATIONS.saturating_sub(chosen.len()));
    chosen.extend(others);
    chosen
}

/// Calls each operation without a credential. If the control request failed, one call is enough to find out whether
/// that was chance.
async fn probe_operations<'o>(
    prober: &Prober<'_>,
    operations: &[&'o Operation],
    control_fault: Option<&Fault>,
) -> Vec<ProbedOperation<'o>> {
    let most = if control_fault.is_some() { 1 } else { operations.len() };
    futures_util::stream::iter(
        operations
            .iter()
            .copied()
            .take(most)
            .map(async |operation| ProbedOperation { operation, outcome: prober.ask(operation, None).await }),
    )
    .buffered(IN_FLIGHT)
    .collect()
    .await
}

/// Why the run must end here, if so.
async fn stop(
    prober: &Prober<'_>,
    expected: &Expected,
    seen: &[ProbedOperation<'_>],
    control: &probe::ProbeResult,
    direct: bool,
) -> Option<String> {
    let base = prober.client.base();
    match evaluate::base_url(seen, Some(control)) {
        BaseUrl::NoResponse(fault) => Some(no_response(prober, fault, direct).await),
        BaseUrl::NoOperations(response) => {
            let operations: Vec<&Operation> = seen.iter().map(|seen| seen.operation).collect();
            // Some APIs respond to anonymous callers as if no operation existed.
            if response.enveloped && callers::serves_any_actor(prober, &expected.successes, &operations).await {
                return None;
            }
            let found = place::find_other_path(prober, &operations).await;
            let known = found.is_some() || evaluate::is_proof(seen);
            known.then(|| messages::no_operations(base, operations.len(), response, found.as_ref()))
        }
        BaseUrl::Uniform(response) => {
            // Some APIs respond to callers without a credential like that.
            let accepted = callers::any_credential_changes(prober, seen, response).await;
            (!accepted).then(|| messages::uniform(base, response))
        }
        served => messages::stop(base, &served),
    }
}

/// The message for a target that does not respond. Detects its protocol if there is no proxy.
async fn no_response(prober: &Prober<'_>, fault: &Fault, direct: bool) -> String {
    let base = prober.client.base();
    let plain = base.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http:"));
    let unreachable = matches!(fault, Fault::Unreachable(_));
    let protocol = if direct && plain && !unreachable { protocol::protocol(base).await } else { None };
    messages::no_response(base, fault, protocol.as_ref())
}
