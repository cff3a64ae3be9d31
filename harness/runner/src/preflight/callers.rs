//! Finds out which credentials the target accepts, and with which scope.
//!
//! The pack says which actors must be accepted: those that declare a scope, and those for which some step expects
//! success. A credential counts as refused only if up to three operations refuse it. One operation that wrongly refuses
//! it is a violation, which the tests must find.

use std::collections::{BTreeMap, BTreeSet};

use super::evaluate::ProbedOperation;
use super::probe::{Prober, is_safe};
use super::probe_response::ProbeResponse;
use super::{Interest, is_of_interest};
use judge::preflight::{ActorFact, ActorState};
use judge::target::{Credential, CredentialKind, variable};
use spec::contract::{Contract, Operation, Scheme};
use spec::scenario::plan::Repetition;
use spec::scenario::{Call, Library};

/// On how many operations a credential is tried.
const MAX_TRIES: usize = 3;

/// For each actor the operations for which some step expects success.
pub(super) type ExpectedSuccesses = BTreeMap<String, BTreeSet<String>>;

/// Collects from the scenarios which actor must be accepted by which operation.
pub(super) fn expected_successes(contract: &Contract, library: &Library) -> ExpectedSuccesses {
    let mut successes = ExpectedSuccesses::new();
    for test in &library.tests {
        let calls = test.steps.iter().filter_map(|step| step.call());
        for (actor, operation) in calls.filter_map(|call| expected_success(contract, call)) {
            successes.entry(actor).or_default().insert(operation);
        }
        let property = test.property();
        if let Some(property) = property.filter(|property| property.rules.iter().any(|rule| rule.expect.success())) {
            successes.entry(property.actor.clone()).or_default().insert(property.operation.id.clone());
        }
    }
    successes
}

fn expected_success(contract: &Contract, call: &Call) -> Option<(String, String)> {
    let only_success = call.expectation().is_none_or(|expected| expected.only_success());
    let is_key =
        |scheme: &Scheme, name: &str| matches!(scheme, Scheme::ApiKey { header } if header.eq_ignore_ascii_case(name));
    let is_credential_header = |name: &str| {
        name.eq_ignore_ascii_case("authorization") || contract.schemes.iter().any(|scheme| is_key(scheme, name))
    };
    let sends_credential = call.headers.iter().any(|(name, _)| is_credential_header(name.source()));
    let is_burst = matches!(call.repetition, Repetition::Burst(_));
    if !only_success || call.alter.is_some() || is_burst || sends_credential {
        return None;
    }
    Some((call.actor.clone()?, call.operation.id.clone()))
}

/// Probes the credentials of the actors of interest.
pub(super) async fn callers(
    prober: &Prober<'_>,
    seen: &[ProbedOperation<'_>],
    present: &[&Operation],
    successes: &ExpectedSuccesses,
    interest: &Interest,
) -> Vec<ActorFact> {
    let probes = CredentialProbes { prober, seen, present };
    let mut facts = Vec::new();
    for (actor, credential) in &prober.target.credentials {
        if credential.kind == CredentialKind::Secret || !is_of_interest(interest.actors.as_ref(), actor) {
            continue;
        }
        let scope = prober.contract.conventions.actors.get(actor).and_then(|role| role.scope.clone());
        let expected = scope.is_some() || successes.contains_key(actor);
        let mut fact = ActorFact {
            actor: actor.clone(),
            variable: interest.variables.get(actor).cloned().unwrap_or_else(|| variable(actor)),
            scope,
            state: ActorState::NotProbed,
            response: String::new(),
            problem: None,
        };
        let places = if expected { probes.places(&fact, successes.get(actor)) } else { Vec::new() };
        if expected && places.is_empty() {
            "no operation that its tests call could be tried".clone_into(&mut fact.response);
        }
        probes.judge(&mut fact, &places, credential).await;
        facts.push(fact);
    }
    probes.mark_swapped(&mut facts, successes).await;
    mark_shared(prober, &mut facts);
    merge_if_all_refused(prober, &mut facts);
    facts
}

/// Whether an operation that only reads serves some actor that must be accepted.
pub(super) async fn serves_any_actor(
    prober: &Prober<'_>,
    successes: &ExpectedSuccesses,
    operations: &[&Operation],
) -> bool {
    let reads = |operation: &&&Operation| is_safe(operation) && operation.parameters().is_empty();
    for operation in operations.iter().filter(reads) {
        for actor in prober.target.credentials.keys() {
            if successes.get(actor).is_some_and(|places| places.contains(&operation.id)) {
                let outcome = prober.ask(operation, Some(actor)).await;
                return matches!(outcome, Some(Ok(response)) if response.status != 404);
            }
        }
    }
    false
}

/// Whether some credential gets another response than a caller without one. Without credentials nothing is known, so it
/// may.
pub(super) async fn any_credential_changes(
    prober: &Prober<'_>,
    seen: &[ProbedOperation<'_>],
    anonymous: &ProbeResponse,
) -> bool {
    if !matches!(anonymous.status, 401 | 403 | 407) {
        return false;
    }
    let credentials = &prober.target.credentials;
    let actors = credentials.iter().filter(|(_, credential)| credential.kind != CredentialKind::Secret);
    let mut tried = false;
    for (actor, _) in actors {
        for place in seen.iter().filter(|seen| seen.operation.secured).take(MAX_TRIES) {
            match prober.ask(place.operation, Some(actor)).await {
                Some(Ok(response)) if response.is_like(anonymous) => tried = true,
                None => {}
                Some(_) => return true,
            }
        }
    }
    !tried
}

/// What the probes of credentials need.
struct CredentialProbes<'a> {
    prober: &'a Prober<'a>,
    seen: &'a [ProbedOperation<'a>],
    present: &'a [&'a Operation],
}

/// How an operation treated a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Treatment {
    Accepted,
    Refused,
    Forbidden,
    Unclear,
}

impl CredentialProbes<'_> {
    /// The operations on which a credential is tried: first those that need the declared scope, and reads before
    /// others.
    fn places(&self, fact: &ActorFact, successes: Option<&BTreeSet<String>>) -> Vec<&Operation> {
        let of_scope = |operation: &Operation| fact.scope.is_some() && operation.scope == fact.scope;
        let fits = |operation: &Operation| {
            (operation.secured || self.is_guarded(operation))
                && match successes {
                    Some(successes) => successes.contains(&operation.id),
                    None => of_scope(operation),
                }
        };
        let mut places: Vec<&Operation> = self.present.iter().copied().filter(|operation| fits(operation)).collect();
        // Some servers validate the body before the credential, so requests for an unknown id come first.
        let order = |operation: &Operation| match (is_safe(operation), operation.parameters().is_empty()) {
            (true, true) => 0,
            (true, false) => 1,
            (false, false) => 2,
            (false, true) => 3,
        };
        places.sort_by_key(|operation| (!of_scope(operation), order(operation)));
        places.truncate(MAX_TRIES);
        places
    }

    /// Whether the operation refuses callers without a credential, although the description does not say so.
    fn is_guarded(&self, operation: &Operation) -> bool {
        let seen = self.seen.iter().find(|seen| seen.operation.id == operation.id);
        seen.and_then(ProbedOperation::response).is_some_and(|response| matches!(response.status, 401 | 407))
    }

    async fn judge(&self, fact: &mut ActorFact, places: &[&Operation], credential: &Credential) {
        let mut treatments = Vec::new();
        for place in places {
            let (treatment, actual) = self.try_credential(place, &fact.actor).await;
            let all_unclear = treatments.iter().all(|(treatment, _)| *treatment == Treatment::Unclear);
            if all_unclear {
                fact.response = actual;
            }
            treatments.push((treatment, *place));
            // One operation that serves the actor is enough.
            if treatment == Treatment::Accepted {
                break;
            }
        }
        let probed = !treatments.is_empty();
        treatments.retain(|(treatment, _)| *treatment != Treatment::Unclear);
        let all = |wanted: Treatment| treatments.iter().all(|(treatment, _)| *treatment == wanted);
        // An actor that may read, but should be able to write, lacks the scope.
        let scoped: Vec<Treatment> = treatments
            .iter()
            .filter(|(_, place)| fact.scope.is_some() && place.scope == fact.scope)
            .map(|(treatment, _)| *treatment)
            .collect();
        let lacks = !scoped.is_empty() && scoped.iter().all(|treatment| *treatment == Treatment::Forbidden);
        fact.state = match treatments.last().map(|(treatment, _)| *treatment) {
            Some(_) if lacks => ActorState::LacksScope,
            None if probed => ActorState::Unclear,
            None => ActorState::NotProbed,
            Some(Treatment::Accepted) => ActorState::Accepted,
            Some(_) if all(Treatment::Refused) => ActorState::Refused,
            Some(_) if all(Treatment::Forbidden) => ActorState::LacksScope,
            Some(_) => ActorState::Unclear,
        };
        let refused = treatments.iter().filter(|(treatment, _)| *treatment != Treatment::Accepted);
        let names: Vec<&str> = refused.map(|(_, place)| place.id.as_str()).collect();
        fact.problem = advice(fact, &names.join(", "), credential);
    }

    /// How an operation treats an actor's credential, and a summary of its response.
    async fn try_credential(&self, place: &Operation, actor: &str) -> (Treatment, String) {
        let anonymous = self.seen.iter().find(|seen| seen.operation.id == place.id).and_then(ProbedOperation::response);
        let actors = &self.prober.contract.conventions.actors;
        let is_scoped = actors.get(actor).is_some_and(|role| role.scope.is_some());
        match self.prober.ask(place, Some(actor)).await {
            // Some APIs refuse access to what does not exist with 403, too. Only a scope says that it must be granted.
            Some(Ok(response)) if response.status == 403 && !is_scoped && !place.parameters().is_empty() => {
                (Treatment::Unclear, format!("{} for an id that does not exist", response.summary()))
            }
            Some(Ok(response)) => (treatment(&response, anonymous), response.summary()),
            Some(Err(fault)) => (Treatment::Unclear, fault.message().to_owned()),
            None => (Treatment::Unclear, String::new()),
        }
    }

    /// Finds pairs of actors whose credentials are swapped, if at least one of the two is faulty.
    async fn mark_swapped(&self, facts: &mut [ActorFact], successes: &ExpectedSuccesses) {
        let faulty: Vec<usize> = (0..facts.len()).filter(|index| facts[*index].state.is_faulty()).collect();
        for index in faulty {
            for other in 0..facts.len() {
                if other == index || !self.are_swapped(&facts[index], &facts[other], successes).await {
                    continue;
                }
                let text = format!(
                    "{} and {} seem to be swapped: the target grants to each what it should grant to the other; swap their values",
                    facts[index].variable, facts[other].variable
                );
                for place in [index, other] {
                    facts[place].state = ActorState::Swapped;
                    facts[place].problem = Some(text.clone());
                }
                break;
            }
        }
    }

    /// Whether the target grants to each of the two actors what it should grant to the other.
    async fn are_swapped(&self, fact: &ActorFact, other: &ActorFact, successes: &ExpectedSuccesses) -> bool {
        if other.scope == fact.scope && other.scope.is_some() || !fact.state.is_faulty() {
            return false;
        }
        let Some(own) = self.places(fact, successes.get(&fact.actor)).first().copied() else { return false };
        if self.try_credential(own, &other.actor).await.0 != Treatment::Accepted {
            return false;
        }
        match (fact.state, other.state) {
            // An actor that no test expects to be accepted is accepted.
            (ActorState::Refused, ActorState::NotProbed) => true,
            (ActorState::LacksScope, ActorState::Accepted) => {
                let places = self.places(other, successes.get(&other.actor));
                let Some(theirs) = places.first().copied() else { return false };
                self.try_credential(theirs, &fact.actor).await.0 == Treatment::Accepted
            }
            _ => false,
        }
    }
}

/// What a response says about the credential, compared with the response to a request without one.
fn treatment(response: &ProbeResponse, anonymous: Option<&ProbeResponse>) -> Treatment {
    let as_anonymous = anonymous.is_some_and(|other| other.status == response.status && other.code == response.code);
    match response.status {
        401 | 407 => Treatment::Refused,
        403 if as_anonymous => Treatment::Refused,
        403 => Treatment::Forbidden,
        429 | 500.. => Treatment::Unclear,
        _ if response.is_redirect() => Treatment::Unclear,
        // The error did not depend on the credential.
        400.. if as_anonymous => Treatment::Unclear,
        _ => Treatment::Accepted,
    }
}

fn advice(fact: &ActorFact, places: &str, credential: &Credential) -> Option<String> {
    let expired = credential.expiry().filter(|expiry| *expiry < chrono::Utc::now());
    let ActorFact { variable, actor, response: actual, .. } = fact;
    match (fact.state, expired) {
        (ActorState::Refused, Some(expiry)) => {
            Some(format!("{variable} expired at {}: get a new token", expiry.to_rfc3339()))
        }
        (ActorState::Refused, None) => Some(format!(
            "{variable} is not accepted by the target ({actual} on {places}): check its value; if it is right, the API refuses a valid credential"
        )),
        (ActorState::LacksScope, _) => Some(format!(
            "{variable} is accepted, but not for {} ({actual} on {places}): give `{actor}` a credential with that scope; if it has it, the API refuses a sufficient one",
            fact.scope.as_deref().unwrap_or("what tests call with it")
        )),
        _ => None,
    }
}

/// Marks actors of different scopes that have the same credential.
fn mark_shared(prober: &Prober<'_>, facts: &mut [ActorFact]) {
    let credentials = &prober.target.credentials;
    for index in 0..facts.len() {
        let Some(other) = (0..facts.len()).find(|other| {
            let same = credentials.get(&facts[index].actor).map(Credential::expose)
                == credentials.get(&facts[*other].actor).map(Credential::expose);
            *other != index && same && (facts[index].scope.is_none() || facts[index].scope != facts[*other].scope)
        }) else {
            continue;
        };
        if facts[index].state.is_faulty() {
            continue;
        }
        let mut names = [facts[index].variable.as_str(), facts[other].variable.as_str()];
        names.sort_unstable();
        let text = format!("{} and {} hold the same credential: give each actor its own", names[0], names[1]);
        facts[index].state = ActorState::Shared;
        facts[index].problem = Some(text);
    }
}

/// If every credential is refused, replaces the statement of each actor by one common statement.
fn merge_if_all_refused(prober: &Prober<'_>, facts: &mut [ActorFact]) {
    let tried: Vec<usize> = (0..facts.len()).filter(|index| facts[*index].state != ActorState::NotProbed).collect();
    let refused = tried.iter().all(|index| facts[*index].state == ActorState::Refused);
    if tried.len() < 2 || !refused {
        return;
    }
    let names: Vec<&str> = tried.iter().map(|index| facts[*index].variable.as_str()).collect();
    let text = format!(
        "the target accepts none of the credentials {} ({}): check that they belong to {}; if they do, the API refuses valid credentials",
        names.join(", "),
        facts[tried[0]].response,
        prober.client.base()
    );
    for index in tried {
        facts[index].problem = Some(text.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credential_is_judged_by_comparison_with_an_anonymous_request() {
        let response =
            |status: u16, code: &str| ProbeResponse { status, code: Some(code.to_owned()), ..ProbeResponse::default() };
        let anonymous = response(403, "LOGIN");
        assert_eq!(treatment(&response(401, "X"), None), Treatment::Refused);
        assert_eq!(treatment(&response(403, "LOGIN"), Some(&anonymous)), Treatment::Refused);
        assert_eq!(treatment(&response(403, "SCOPE"), Some(&anonymous)), Treatment::Forbidden);
        assert_eq!(treatment(&response(400, "BODY"), Some(&response(400, "BODY"))), Treatment::Unclear);
        assert_eq!(treatment(&response(404, "GONE"), Some(&response(401, "LOGIN"))), Treatment::Accepted);
        assert_eq!(treatment(&response(429, "LATER"), None), Treatment::Unclear);
    }
}
