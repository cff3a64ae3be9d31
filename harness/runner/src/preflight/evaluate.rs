//! Judges the responses to probes without a credential: whether the base URL serves the API, and which operations
//! exist.

use super::answer::Answer;
use super::probe::Outcome;
use judge::exchange::Fault;
use judge::preflight::{OperationFact, OperationState};
use spec::contract::Operation;

/// An operation and the outcome of its probe; `None` if none was sent.
pub(super) struct Seen<'s> {
    pub(super) operation: &'s Operation,
    pub(super) outcome: Option<Outcome>,
}

impl Seen<'_> {
    pub(super) fn answer(&self) -> Option<&Answer> {
        self.outcome.as_ref()?.as_ref().ok()
    }
}

/// What the base URL serves.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BaseUrl<'s> {
    /// The API, unless something else is certain.
    Api,
    /// Nothing answers.
    NoAnswer(&'s Fault),
    /// Every request is redirected.
    Redirects(&'s Answer),
    /// Every response is a web page.
    WebPages(&'s Answer),
    /// A gateway that cannot reach the service.
    Gateway(&'s Answer),
    /// The API itself answers that it is not available.
    Unavailable(&'s Answer),
    /// A TLS server that got a request without TLS.
    ExpectsTls(&'s Answer),
    /// A server without any of the operations.
    NoOperations(&'s Answer),
    /// The rate limit is exhausted for every request.
    RateLimited(&'s Answer),
    /// One answer to every request, also to an unknown path. It comes from something in front of the API.
    Uniform(&'s Answer),
}

/// Judges all responses together: a statement about the target must hold for all of them. Probes without a response do
/// not count unless they are the majority.
pub(super) fn base_url<'s>(seen: &'s [Seen<'_>], control: Option<&'s Outcome>) -> BaseUrl<'s> {
    let outcomes: Vec<&Outcome> = seen.iter().filter_map(|seen| seen.outcome.as_ref()).collect();
    let answers: Vec<&Answer> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    let Some(first) = answers.first().copied() else {
        let fault = outcomes.first().and_then(|outcome| outcome.as_ref().err());
        let control_answers = control.is_some_and(Result::is_ok);
        return fault.filter(|_| !control_answers).map_or(BaseUrl::Api, BaseUrl::NoAnswer);
    };
    // A broken connection says nothing about the server. If most connections break, no conclusion is possible.
    if answers.len() * 2 < outcomes.len() {
        return BaseUrl::Api;
    }
    let all = |test: fn(&Answer) -> bool| answers.iter().all(|answer| test(answer));
    let control = control.and_then(|outcome| outcome.as_ref().ok());
    let is_unknown = |seen: &Seen<'_>| {
        // A 404 for an unknown id is consistent with a missing operation, but does not prove it.
        let has_id = !seen.operation.parameters().is_empty();
        seen.answer().is_none_or(|answer| is_unknown_path(answer, control) || (has_id && answer.status == 404))
    };
    // Login pages and web sites answer some methods with an error page.
    let foreign = all(|answer| answer.is_redirect() || answer.page);
    let one_of = |test: fn(&Answer) -> bool| answers.iter().copied().find(|answer| foreign && test(answer));
    if let Some(redirect) = one_of(Answer::is_redirect) {
        BaseUrl::Redirects(redirect)
    } else if let Some(page) = one_of(Answer::is_page) {
        BaseUrl::WebPages(page)
    } else if all(|answer| answer.status == 429) {
        BaseUrl::RateLimited(first)
    } else if all(Answer::is_from_gateway) {
        BaseUrl::Gateway(first)
    } else if all(|answer| answer.status == 503 && answer.enveloped) {
        BaseUrl::Unavailable(first)
    } else if all(Answer::asks_for_tls) {
        BaseUrl::ExpectsTls(first)
    } else if seen.iter().all(is_unknown) {
        BaseUrl::NoOperations(first)
    } else if control.is_some_and(|control| answers.iter().all(|answer| is_uniform(answer, control))) {
        BaseUrl::Uniform(first)
    } else {
        BaseUrl::Api
    }
}

/// True if an answer without anything of the API is equal to that to a random path.
fn is_uniform(answer: &Answer, control: &Answer) -> bool {
    answer.is_like(control) && !answer.enveloped && !answer.unread && answer.code.is_none()
}

/// True if a path without parameters was answered: an existing operation may answer 404 to an unknown id.
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
                response: match &seen.outcome {
                    None => String::new(),
                    Some(Ok(answer)) => answer.summary(),
                    Some(Err(fault)) => fault.message().to_owned(),
                },
            }
        })
        .collect()
}

/// The state of an operation. An existing operation, too, may answer an unknown id with 404 without the envelope. Such
/// a response proves that the operation is missing only if a missing credential would have been refused first, and an
/// unknown path gets the same response.
fn state(operation: &Operation, answer: &Answer, control: Option<&Answer>, guarded: bool) -> OperationState {
    if answer.unread {
        return OperationState::Unclear;
    }
    // Without parameters, only the path itself can be unknown, unless the API hides it from anonymous callers.
    if operation.parameters().is_empty() && (answer.is_absent() || (guarded && is_unknown_path(answer, control))) {
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

/// True for a response to an unknown path: without the envelope, or with it, but equal to the response to a random
/// path.
fn is_unknown_path(answer: &Answer, control: Option<&Answer>) -> bool {
    // An error code outside the documented envelope is a violation, which the tests report.
    let is_plain = answer.enveloped || answer.code.is_none();
    let alike = || is_plain && answer.status == 404 && control.is_some_and(|control| control.is_like(answer));
    answer.is_absent() || (!answer.unread && alike())
}
