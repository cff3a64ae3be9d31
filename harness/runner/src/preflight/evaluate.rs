//! Judges the responses to probes without a credential: whether the base URL serves the API, and which operations
//! exist.

use super::probe::ProbeResult;
use super::probe_response::ProbeResponse;
use judge::exchange::Fault;
use judge::preflight::{OperationFact, OperationState};
use spec::contract::Operation;

/// An operation and the outcome of its probe; `None` if none was sent.
pub(super) struct ProbedOperation<'s> {
    pub(super) operation: &'s Operation,
    pub(super) outcome: Option<ProbeResult>,
}

impl ProbedOperation<'_> {
    pub(super) fn response(&self) -> Option<&ProbeResponse> {
        self.outcome.as_ref()?.as_ref().ok()
    }
}

/// What the base URL serves.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BaseUrl<'s> {
    /// The API, unless something else is certain.
    Api,
    /// Nothing responds.
    NoResponse(&'s Fault),
    /// Every request is redirected.
    Redirects(&'s ProbeResponse),
    WebPages(&'s ProbeResponse),
    /// A gateway that cannot reach the service.
    Gateway(&'s ProbeResponse),
    /// The API itself says that it is not available.
    Unavailable(&'s ProbeResponse),
    /// A TLS server that got a request without TLS.
    ExpectsTls(&'s ProbeResponse),
    /// A server without any of the operations.
    NoOperations(&'s ProbeResponse),
    /// The rate limit is exhausted for every request.
    RateLimited(&'s ProbeResponse),
    /// One response to every request, also to an unknown path. It comes from something in front of the API.
    Uniform(&'s ProbeResponse),
}

/// Judges all responses together: a statement about the target must hold for all of them. Probes without a response do
/// not count unless they are the majority.
pub(super) fn base_url<'s>(seen: &'s [ProbedOperation<'_>], control: Option<&'s ProbeResult>) -> BaseUrl<'s> {
    let outcomes: Vec<&ProbeResult> = seen.iter().filter_map(|seen| seen.outcome.as_ref()).collect();
    let responses: Vec<&ProbeResponse> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    let Some(first) = responses.first().copied() else {
        let fault = outcomes.first().and_then(|outcome| outcome.as_ref().err());
        let control_responds = control.is_some_and(Result::is_ok);
        return fault.filter(|_| !control_responds).map_or(BaseUrl::Api, BaseUrl::NoResponse);
    };
    // A broken connection says nothing about the server. If most connections break, no conclusion is possible.
    if responses.len() * 2 < outcomes.len() {
        return BaseUrl::Api;
    }
    let all = |test: fn(&ProbeResponse) -> bool| responses.iter().all(|response| test(response));
    let control = control.and_then(|outcome| outcome.as_ref().ok());
    let is_unknown = |seen: &ProbedOperation<'_>| {
        // A 404 for an unknown id is consistent with a missing operation, but does not prove it.
        let has_id = !seen.operation.parameters().is_empty();
        seen.response().is_none_or(|response| is_unknown_path(response, control) || (has_id && response.status == 404))
    };
    // Login pages and web sites respond to some methods with an error page.
    let foreign = all(|response| response.is_redirect() || response.page);
    let one_of =
        |test: fn(&ProbeResponse) -> bool| responses.iter().copied().find(|response| foreign && test(response));
    if let Some(redirect) = one_of(ProbeResponse::is_redirect) {
        BaseUrl::Redirects(redirect)
    } else if let Some(page) = one_of(ProbeResponse::is_page) {
        BaseUrl::WebPages(page)
    } else if all(|response| response.status == 429) {
        BaseUrl::RateLimited(first)
    } else if all(ProbeResponse::is_from_gateway) {
        BaseUrl::Gateway(first)
    } else if all(|response| response.status == 503 && response.enveloped) {
        BaseUrl::Unavailable(first)
    } else if all(ProbeResponse::asks_for_tls) {
        BaseUrl::ExpectsTls(first)
    } else if seen.iter().all(is_unknown) {
        BaseUrl::NoOperations(first)
    } else if control.is_some_and(|control| responses.iter().all(|response| is_uniform(response, control))) {
        BaseUrl::Uniform(first)
    } else {
        BaseUrl::Api
    }
}

/// True if a response without anything of the API is equal to that to a random path.
fn is_uniform(response: &ProbeResponse, control: &ProbeResponse) -> bool {
    response.is_like(control) && !response.enveloped && !response.unread && response.code.is_none()
}

/// True if a path without parameters got a response: an existing operation may return 404 for an unknown id.
pub(super) fn is_proof(seen: &[ProbedOperation<'_>]) -> bool {
    seen.iter().any(|seen| seen.response().is_some() && seen.operation.parameters().is_empty())
}

/// Which operations exist.
pub(super) fn operations(seen: &[ProbedOperation<'_>], control: Option<&ProbeResult>) -> Vec<OperationFact> {
    let guards = |seen: &ProbedOperation<'_>| {
        let refused = |response: &ProbeResponse| matches!(response.status, 401 | 403) && response.enveloped;
        seen.operation.secured && seen.response().is_some_and(refused)
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
                    Ok(response) => state(operation, response, control, guarded),
                    Err(_) => OperationState::Unclear,
                }),
                response: match &seen.outcome {
                    None => String::new(),
                    Some(Ok(response)) => response.summary(),
                    Some(Err(fault)) => fault.message().to_owned(),
                },
            }
        })
        .collect()
}

/// The state of an operation. An existing operation, too, may return 404 for an unknown id without the envelope. Such
/// a response proves that the operation is missing only if a missing credential would have been refused first, and an
/// unknown path gets the same response.
fn state(
    operation: &Operation,
    response: &ProbeResponse,
    control: Option<&ProbeResponse>,
    guarded: bool,
) -> OperationState {
    if response.unread {
        return OperationState::Unclear;
    }
    // Without parameters, only the path itself can be unknown, unless the API hides it from anonymous callers.
    if operation.parameters().is_empty() && (response.is_absent() || (guarded && is_unknown_path(response, control))) {
        return OperationState::Missing;
    }
    if !response.is_absent() {
        return OperationState::Exists;
    }
    let alike = control.is_some_and(|control| control.is_like(response));
    if response.status != 404 || (operation.secured && guarded && alike) {
        return OperationState::Missing;
    }
    OperationState::Unclear
}

/// True for a response to an unknown path: without the envelope, or with it, but equal to the response to a random
/// path.
fn is_unknown_path(response: &ProbeResponse, control: Option<&ProbeResponse>) -> bool {
    // An error code outside the documented envelope is a violation, which the tests report.
    let is_plain = response.enveloped || response.code.is_none();
    let alike = || is_plain && response.status == 404 && control.is_some_and(|control| control.is_like(response));
    response.is_absent() || (!response.unread && alike())
}
