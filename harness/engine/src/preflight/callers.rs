//! Whose credentials the target accepts, and with which scope.
//!
//! The pack says which actors must be accepted: those that declare a scope, and those of whom some step expects success.
//! A refusal is believed only where up to three operations refuse alike: one operation that refuses wrongly is a
//! violation, and the tests must find it.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Answer;
use super::facts::{ActorFact, ActorState};
use super::judge::Seen;
use super::probe::{Prober, is_safe};
use super::{Interest, wanted};
use crate::contract::{Contract, Operation, Scheme};
use crate::scenario::{Library, Step, TestCase, template};
use crate::target::{Credential, CredentialKind, variable};

/// On how many operations a refusal is tried.
const TRIES: usize = 3;

/// For each actor the operations on which some step expects it to succeed.
pub(super) type Welcome = BTreeMap<String, BTreeSet<String>>;

/// Reads from the scenarios who must be accepted, and where.
pub(super) fn welcome(contract: &Contract, library: &Library) -> Welcome {
    let mut welcome = Welcome::new();
    for test in &library.tests {
        for (actor, operation) in test.steps.iter().filter_map(|step| succeeds(contract, test, step)) {
            welcome.entry(actor).or_default().insert(operation);
        }
        let property = test.property.as_ref();
        if let Some(property) = property.filter(|property| property.rules.iter().any(|rule| rule.expect.success)) {
            welcome.entry(property.actor.clone()).or_default().insert(property.operation.clone());
        }
    }
    welcome
}

fn succeeds(contract: &Contract, test: &TestCase, step: &Step) -> Option<(String, String)> {
    let only_success = step.expect.as_ref().is_none_or(|expect| expect.success && expect.error.is_empty());
    let carries = |name: &String| {
        name.eq_ignore_ascii_case("authorization")
            || contract
                .schemes
                .iter()
                .any(|scheme| matches!(scheme, Scheme::ApiKey { header } if header.eq_ignore_ascii_case(name)))
    };
    if !only_success || step.alter.is_some() || step.burst.is_some() || step.headers.keys().any(carries) {
        return None;
    }
    let filled = |text: &Option<String>| template::text(text.as_deref()?, &test.variables).ok();
    Some((filled(&step.actor)?, filled(&step.call)?))
}

/// What the target makes of the credentials of the actors of interest.
pub(super) async fn callers(
    prober: &Prober<'_>,
    seen: &[Seen<'_>],
    present: &[&Operation],
    welcome: &Welcome,
    interest: &Interest,
) -> Vec<ActorFact> {
    let asked = Asked { prober, seen, present };
    let mut facts = Vec::new();
    for (actor, credential) in &prober.target.credentials {
        if credential.kind == CredentialKind::Secret || !wanted(interest.actors.as_ref(), actor) {
            continue;
        }
        let scope = prober.contract.conventions.actors.get(actor).and_then(|role| role.scope.clone());
        let expected = scope.is_some() || welcome.contains_key(actor);
        let mut fact = ActorFact {
            actor: actor.clone(),
            variable: interest.variables.get(actor).cloned().unwrap_or_else(|| variable(actor)),
            scope,
            state: ActorState::NotProbed,
            came: String::new(),
            says: None,
        };
        if expected {
            let places = asked.places(&fact, welcome.get(actor));
            asked.judge(&mut fact, &places, credential).await;
        }
        facts.push(fact);
    }
    asked.unmix(&mut facts, welcome).await;
    shared(prober, &mut facts);
    together(prober, &mut facts);
    facts
}

/// Whether any actor who must be accepted is served at all, by an operation that only reads.
pub(super) async fn serves_anyone(prober: &Prober<'_>, welcome: &Welcome, operations: &[&Operation]) -> bool {
    let reads = |operation: &&&Operation| is_safe(operation) && operation.parameters().is_empty();
    for operation in operations.iter().filter(reads) {
        for actor in prober.target.credentials.keys() {
            if welcome.get(actor).is_some_and(|places| places.contains(&operation.id)) {
                let outcome = prober.ask(operation, Some(actor)).await;
                return matches!(outcome, Some(Ok(answer)) if answer.status != 404);
            }
        }
    }
    false
}

/// What is needed to ask.
struct Asked<'a> {
    prober: &'a Prober<'a>,
    seen: &'a [Seen<'a>],
    present: &'a [&'a Operation],
}

/// What an operation made of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reception {
    Accepted,
    Refused,
    Forbidden,
    Unclear,
}

impl Asked<'_> {
    /// Where a credential is tried: first what needs the declared scope, and reads before anything else.
    fn places(&self, fact: &ActorFact, welcome: Option<&BTreeSet<String>>) -> Vec<&Operation> {
        let of_scope = |operation: &Operation| fact.scope.is_some() && operation.scope == fact.scope;
        let fits = |operation: &Operation| {
            operation.secured
                && match welcome {
                    Some(welcome) => welcome.contains(&operation.id),
                    None => of_scope(operation),
                }
        };
        let mut places: Vec<&Operation> = self.present.iter().copied().filter(|operation| fits(operation)).collect();
        // Some servers judge a body before they look at the credential: what is asked about an unknown id comes first.
        let kind = |operation: &Operation| match (is_safe(operation), operation.parameters().is_empty()) {
            (true, true) => 0,
            (true, false) => 1,
            (false, false) => 2,
            (false, true) => 3,
        };
        places.sort_by_key(|operation| (!of_scope(operation), kind(operation)));
        places.truncate(TRIES);
        places
    }

    async fn judge(&self, fact: &mut ActorFact, places: &[&Operation], credential: &Credential) {
        let mut receptions = Vec::new();
        for place in places {
            let (reception, came) = self.receive(place, &fact.actor).await;
            let first = receptions.iter().all(|(reception, _)| *reception == Reception::Unclear);
            if first {
                fact.came = came;
            }
            receptions.push((reception, *place));
            // One operation that serves the actor is proof enough.
            if reception == Reception::Accepted {
                break;
            }
        }
        let probed = !receptions.is_empty();
        receptions.retain(|(reception, _)| *reception != Reception::Unclear);
        let all = |wanted: Reception| receptions.iter().all(|(reception, _)| *reception == wanted);
        // Whoever may read, and should write, lacks the scope.
        let scoped: Vec<Reception> = receptions
            .iter()
            .filter(|(_, place)| fact.scope.is_some() && place.scope == fact.scope)
            .map(|(reception, _)| *reception)
            .collect();
        let lacks = !scoped.is_empty() && scoped.iter().all(|reception| *reception == Reception::Forbidden);
        fact.state = match receptions.last().map(|(reception, _)| *reception) {
            Some(_) if lacks => ActorState::LacksScope,
            None if probed => ActorState::Unclear,
            None => ActorState::NotProbed,
            Some(Reception::Accepted) => ActorState::Accepted,
            Some(_) if all(Reception::Refused) => ActorState::Refused,
            Some(_) if all(Reception::Forbidden) => ActorState::LacksScope,
            Some(_) => ActorState::Unclear,
        };
        let refused = receptions.iter().filter(|(reception, _)| *reception != Reception::Accepted);
        let names: Vec<&str> = refused.map(|(_, place)| place.id.as_str()).collect();
        fact.says = says(fact, &names.join(", "), credential);
    }

    /// What an operation makes of an actor's credential, and what came.
    async fn receive(&self, place: &Operation, actor: &str) -> (Reception, String) {
        let anonymous = self.seen.iter().find(|seen| seen.operation.id == place.id).and_then(Seen::answer);
        match self.prober.ask(place, Some(actor)).await {
            Some(Ok(answer)) => (reception(&answer, anonymous), answer.came()),
            Some(Err(fault)) => (Reception::Unclear, fault.message().to_owned()),
            None => (Reception::Unclear, String::new()),
        }
    }

    /// Looks for credentials that stand under each other's names, where one is faulty.
    async fn unmix(&self, facts: &mut [ActorFact], welcome: &Welcome) {
        let faulty: Vec<usize> = (0..facts.len()).filter(|index| facts[*index].state.is_faulty()).collect();
        for index in faulty {
            for other in 0..facts.len() {
                if other == index || !self.is_mixed(&facts[index], &facts[other], welcome).await {
                    continue;
                }
                let text = format!(
                    "{} and {} seem to be swapped: what is refused of the one is granted to the other; exchange them",
                    facts[index].variable, facts[other].variable
                );
                for place in [index, other] {
                    facts[place].state = ActorState::Swapped;
                    facts[place].says = Some(text.clone());
                }
                break;
            }
        }
    }

    /// Whether the other actor is granted what this one should be, and this one what the other should be.
    async fn is_mixed(&self, fact: &ActorFact, other: &ActorFact, welcome: &Welcome) -> bool {
        if other.scope == fact.scope && other.scope.is_some() || !fact.state.is_faulty() {
            return false;
        }
        let Some(own) = self.places(fact, welcome.get(&fact.actor)).first().copied() else { return false };
        if self.receive(own, &other.actor).await.0 != Reception::Accepted {
            return false;
        }
        match (fact.state, other.state) {
            // Somebody whom nobody should accept is accepted.
            (ActorState::Refused, ActorState::NotProbed) => true,
            (ActorState::LacksScope, ActorState::Accepted) => {
                let Some(theirs) = self.places(other, welcome.get(&other.actor)).first().copied() else { return false };
                self.receive(theirs, &fact.actor).await.0 == Reception::Accepted
            }
            _ => false,
        }
    }
}

/// What an answer says of the credential, given the answer to nobody.
fn reception(answer: &Answer, anonymous: Option<&Answer>) -> Reception {
    let as_nobody = anonymous.is_some_and(|nobody| nobody.status == answer.status && nobody.code == answer.code);
    match answer.status {
        401 | 407 => Reception::Refused,
        403 if as_nobody => Reception::Refused,
        403 => Reception::Forbidden,
        429 | 500.. => Reception::Unclear,
        _ if answer.is_redirect() => Reception::Unclear,
        // The fault that was found did not depend on the credential.
        400.. if as_nobody => Reception::Unclear,
        _ => Reception::Accepted,
    }
}

fn says(fact: &ActorFact, places: &str, credential: &Credential) -> Option<String> {
    let expired = credential.expiry().filter(|expiry| *expiry < chrono::Utc::now());
    let ActorFact { variable, actor, came, .. } = fact;
    match (fact.state, expired) {
        (ActorState::Refused, Some(expiry)) => {
            Some(format!("{variable} expired at {}: get a new token", expiry.to_rfc3339()))
        }
        (ActorState::Refused, None) => Some(format!(
            "{variable} is not accepted by the target ({came} on {places}): check its value; if it is right, the API refuses a valid credential"
        )),
        (ActorState::LacksScope, _) => Some(format!(
            "{variable} is accepted, but not for {} ({came} on {places}): give `{actor}` a credential with that scope; if it has it, the API refuses a sufficient one",
            fact.scope.as_deref().unwrap_or("what tests expect of it")
        )),
        _ => None,
    }
}

/// Finds one credential under two names of different worth.
fn shared(prober: &Prober<'_>, facts: &mut [ActorFact]) {
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
        facts[index].says = Some(text);
    }
}

/// Says once what is true of every credential.
fn together(prober: &Prober<'_>, facts: &mut [ActorFact]) {
    let tried: Vec<usize> = (0..facts.len()).filter(|index| facts[*index].state != ActorState::NotProbed).collect();
    let refused = tried.iter().all(|index| facts[*index].state == ActorState::Refused);
    if tried.len() < 2 || !refused {
        return;
    }
    let names: Vec<&str> = tried.iter().map(|index| facts[*index].variable.as_str()).collect();
    let text = format!(
        "the target accepts none of the credentials {} ({}): check that they belong to {}; if they do, the API refuses valid credentials",
        names.join(", "),
        facts[tried[0]].came,
        prober.client.base()
    );
    for index in tried {
        facts[index].says = Some(text.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reception_compares_with_the_answer_to_nobody() {
        let answer = |status: u16, code: &str| Answer { status, code: Some(code.to_owned()), ..Answer::default() };
        let nobody = answer(403, "LOGIN");
        assert_eq!(reception(&answer(401, "X"), None), Reception::Refused);
        assert_eq!(reception(&answer(403, "LOGIN"), Some(&nobody)), Reception::Refused);
        assert_eq!(reception(&answer(403, "SCOPE"), Some(&nobody)), Reception::Forbidden);
        assert_eq!(reception(&answer(400, "BODY"), Some(&answer(400, "BODY"))), Reception::Unclear);
        assert_eq!(reception(&answer(404, "GONE"), Some(&answer(401, "LOGIN"))), Reception::Accepted);
        assert_eq!(reception(&answer(429, "LATER"), None), Reception::Unclear);
    }
}
