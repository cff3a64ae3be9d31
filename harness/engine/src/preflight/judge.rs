//! What the answers to probes without a credential mean: is this the API, and which of its operations exist.

use super::answer::Answer;
use super::facts::{OperationFact, OperationState};
use super::probe::Outcome;
use crate::contract::Operation;
use crate::exchange::Fault;

/// An operation and what came of its probe; `None` where none was sent.
pub(super) struct Seen<'s> {
    pub(super) operation: &'s Operation,
    pub(super) outcome: Option<Outcome>,
}

impl Seen<'_> {
    pub(super) fn answer(&self) -> Option<&Answer> {
        self.outcome.as_ref()?.as_ref().ok()
    }
}

/// What stands at the base URL.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing<'s> {
    /// The API, as far as can be told.
    Api,
    /// Nothing that answers.
    Silent(&'s Fault),
    /// Everything is redirected.
    Redirects(&'s Answer),
    /// Everything is a web page.
    Pages(&'s Answer),
    /// A gateway answers for a service that does not.
    Gateway(&'s Answer),
    /// The API says itself that it is not available.
    Unavailable(&'s Answer),
    /// A TLS server, asked without TLS.
    WantsTls(&'s Answer),
    /// A server without any of the operations.
    Elsewhere(&'s Answer),
}

/// Judges all answers together: only what all of them say is said of the target. Probes without an answer do not
/// count while they are the smaller part.
pub(super) fn standing<'s>(seen: &'s [Seen<'_>], control: Option<&'s Outcome>) -> Standing<'s> {
    let outcomes: Vec<&Outcome> = seen.iter().filter_map(|seen| seen.outcome.as_ref()).collect();
    let answers: Vec<&Answer> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    let Some(first) = answers.first().copied() else {
        let fault = outcomes.first().and_then(|outcome| outcome.as_ref().err());
        let control_answers = control.is_some_and(Result::is_ok);
        return fault.filter(|_| !control_answers).map_or(Standing::Api, Standing::Silent);
    };
    // A connection that breaks says nothing about what stands there, unless that is what happens most of the time.
    if answers.len() * 2 < outcomes.len() {
        return Standing::Api;
    }
    let all = |test: fn(&Answer) -> bool| answers.iter().all(|answer| test(answer));
    let control = control.and_then(|outcome| outcome.as_ref().ok());
    let nowhere = |seen: &Seen<'_>| {
        // What is said of an unknown id proves nothing, but does not refute it either.
        let of_id = !seen.operation.parameters().is_empty();
        seen.answer().is_none_or(|answer| is_nowhere(answer, control) || (of_id && answer.status == 404))
    };
    if all(Answer::is_redirect) {
        Standing::Redirects(first)
    } else if all(Answer::is_page) {
        Standing::Pages(first)
    } else if all(Answer::is_from_gateway) {
        Standing::Gateway(first)
    } else if all(|answer| answer.status == 503 && answer.enveloped) {
        Standing::Unavailable(first)
    } else if all(Answer::asks_for_tls) {
        Standing::WantsTls(first)
    } else if seen.iter().all(nowhere) {
        Standing::Elsewhere(first)
    } else {
        Standing::Api
    }
}

/// True where a path without parameters was asked for: an unknown id alone can make an operation answer 404.
pub(super) fn is_proof(seen: &[Seen<'_>]) -> bool {
    seen.iter().any(|seen| seen.answer().is_some() && seen.operation.parameters().is_empty())
}

/// Which operations exist.
pub(super) fn operations(seen: &[Seen<'_>], control: Option<&Outcome>) -> Vec<OperationFact> {
    let guards = |seen: &Seen<'_>| {
        let refused = |answer: &Answer| matches!(answer.status, 401 | 403) && answer.enveloped;
        seen.operation.secured && seen.answer().is_some_and(refused)
    };
    let guarded = seen.iter().any(guards);
    let control = control.and_then(|outcome| outcome.as_ref().ok());
    seen.iter()
        .map(|seen| {
            let operation = seen.operation;
            OperationFact {
                operation: operation.id.clone(),
                endpoint: format!("{} {}", operation.method, operation.path),
                state: seen.outcome.as_ref().map_or(OperationState::NotProbed, |outcome| match outcome {
                    Ok(answer) => state(operation, answer, control, guarded),
                    Err(_) => OperationState::Unclear,
                }),
                came: match &seen.outcome {
                    None => String::new(),
                    Some(Ok(answer)) => answer.came(),
                    Some(Err(fault)) => fault.message().to_owned(),
                },
            }
        })
        .collect()
}

/// An operation that exists may answer 404 without the envelope, too, to an id that it does not know. Such an answer
/// proves something only where the credential would have been refused first, and an unknown path is answered alike.
fn state(operation: &Operation, answer: &Answer, control: Option<&Answer>, guarded: bool) -> OperationState {
    if answer.unread {
        return OperationState::Unclear;
    }
    // A path without parameters has nothing that could be unknown but itself, unless it is hidden from strangers.
    if operation.parameters().is_empty() && (answer.is_absent() || (guarded && is_nowhere(answer, control))) {
        return OperationState::Missing;
    }
    if !answer.is_absent() {
        return OperationState::Exists;
    }
    let alike = control.is_some_and(|control| control.is_like(answer));
    if answer.status != 404 || (operation.secured && guarded && alike) {
        return OperationState::Missing;
    }
    OperationState::Unclear
}

/// True for the answer to a path that nobody serves: without the envelope, or in it, but just as for any other path.
fn is_nowhere(answer: &Answer, control: Option<&Answer>) -> bool {
    // A code outside of the documented envelope is a fault of the API, which the tests tell.
    let is_plain = answer.enveloped || answer.code.is_none();
    let alike = || is_plain && answer.status == 404 && control.is_some_and(|control| control.is_like(answer));
    answer.is_absent() || (!answer.unread && alike())
}
