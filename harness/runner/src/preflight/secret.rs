//! Checks the webhook secret: sends one event without content, signed with the secret that the target should share.
//!
//! A target that verifies signatures in an undocumented way must be found by the tests. So the secret is reported as
//! wrong only if the target refuses other common ways of signing, too.

use super::probe::Prober;
use super::{Interest, is_of_interest};
use judge::preflight::{ActorFact, ActorState};
use judge::target::variable;
use spec::contract::Operation;
use spec::scenario::plan::{RequestBody, Sign};
use spec::scenario::template::Template;
use spec::scenario::{Call, Covered, Library, Variables};

/// The operation to which scenarios send signed events that must be accepted.
pub(super) fn signed_operation(library: &Library) -> Option<String> {
    let calls = library.tests.iter().flat_map(|test| &test.steps).filter_map(|step| step.call());
    let accepted = |call: &&Call| call.sign.is_some() && call.expectation().is_none_or(|expected| expected.success());
    calls.filter(accepted).map(|call| call.operation.id.clone()).next()
}

/// Whether the target accepts the signing secret; `None` if no test needs it or it is not set.
pub(super) async fn secret(prober: &Prober<'_>, operation: &Operation, interest: &Interest) -> Option<ActorFact> {
    let actor = &prober.contract.conventions.signing.as_ref()?.secret_actor;
    if !prober.target.credentials.contains_key(actor) || !is_of_interest(interest.actors.as_ref(), actor) {
        return None;
    }
    let (is_refused, actual) = refuses(prober, operation, Covered::TimestampAndBody).await?;
    let mut fact = ActorFact {
        actor: actor.clone(),
        variable: interest.variables.get(actor).cloned().unwrap_or_else(|| variable(actor)),
        scope: None,
        state: ActorState::Accepted,
        response: actual,
        problem: None,
    };
    if is_refused {
        for other in [Covered::Body, Covered::Joined, Covered::Swapped] {
            if !refuses(prober, operation, other).await?.0 {
                fact.state = ActorState::Unclear;
                return Some(fact);
            }
        }
        fact.state = ActorState::Refused;
        fact.problem = Some(format!(
            "{} does not sign as the target expects ({} on {}): check its value; if it is right, the API refuses valid signatures",
            fact.variable, fact.response, operation.id
        ));
    }
    Some(fact)
}

async fn refuses(prober: &Prober<'_>, operation: &Operation, covers: Covered) -> Option<(bool, String)> {
    let call = Call {
        sign: Some(Sign { covers, ..Sign::default() }),
        body: RequestBody::Text(Template::literal("{}")),
        ..Call::new(operation.clone().into(), None)
    };
    let response = prober.send(&call, &Variables::new()).await?.ok()?;
    Some((matches!(response.status, 401 | 403), response.summary()))
}
