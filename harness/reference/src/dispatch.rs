//! Handles one request: authentication (AUTH-8: before the resource), rate limit, permission, then the operation.

use std::fmt::Debug;

use crate::auth::{self, Caller};
use crate::errors::{ApiError, Code, shortened};
use crate::limiter::{CountedRequest, Quota};
use crate::operations::{customers, verification, webhooks};
use crate::request::{Request, RequestContext};
use crate::route::{self, Operation, Route};
use crate::rules::Conforming;
use crate::sandbox;
use crate::state::{Call, State};
use crate::success::ApiResult;

/// The steps of a request. Decorators of mutants and variants do something before or after a step.
pub(crate) trait Service: Debug + Send + Sync {
    /// Handles a request and returns its outcome.
    fn handle(&self, state: &State, request: &Request, context: &mut RequestContext) -> ApiResult;

    /// Rejects a caller without the required scope, and returns the error that the request asks the sandbox for.
    fn check_permission(&self, call: Call) -> Result<(), ApiError> {
        sandbox::requested_fault(&call.request.headers, call.rules())?;
        auth::authorise(call.caller, call.route.operation, call.rules())
    }

    /// Runs the operation of a caller who has the permission.
    fn run(&self, call: Call) -> ApiResult {
        run(call)
    }
}

impl Service for Conforming {
    fn handle(&self, state: &State, request: &Request, context: &mut RequestContext) -> ApiResult {
        handle(self, state, request, context)
    }
}

/// The route of a request, or `None` for an undocumented method or path.
pub(crate) fn route(state: &State, request: &Request) -> Option<Route> {
    route::find(&request.method, request.path.strip_prefix(state.rules.path_prefix())?)
}

/// Handles a request in the steps of a service.
pub(crate) fn handle(
    service: &dyn Service,
    state: &State,
    request: &Request,
    context: &mut RequestContext,
) -> ApiResult {
    let route = route(state, request).ok_or_else(|| unknown_operation(request))?;
    if route.operation == Operation::ReceiveWebhookEvent {
        return webhooks::receive(state, request);
    }
    let caller = auth::authenticate(&request.headers, route.operation, &*state.rules)?;
    let quota = count(state, &caller);
    context.quota = Some(quota);
    if quota.exceeded {
        return Err(state.rules.limit_exceeded(&quota));
    }
    let call = Call { state, caller: &caller, route: &route, request };
    service.check_permission(call)?;
    service.run(call)
}

/// Runs the operation of a call.
pub(crate) fn run(call: Call) -> ApiResult {
    use Operation::*;
    match call.route.operation {
        CreateCustomer => customers::create(call),
        ListCustomers => Ok(customers::list(call)),
        GetCustomer => customers::get(call),
        UpdateCustomer => customers::update(call),
        DeleteCustomer => customers::delete(call),
        UploadDocument => customers::upload(call),
        SubmitVerification => verification::submit(call),
        GetTransaction => verification::transaction(call),
        CreateWebhook => webhooks::create(call),
        ListWebhookDeliveries => webhooks::deliveries(call),
        ReceiveWebhookEvent => webhooks::receive(call.state, call.request),
    }
}

/// Counts a request of the caller.
fn count(state: &State, caller: &Caller) -> Quota {
    let settings = &state.settings;
    let request = CountedRequest {
        credential: &caller.credential,
        throttled: caller.throttled,
        limit: if caller.throttled { settings.throttled_limit } else { settings.ordinary_limit },
        window_seconds: settings.window_seconds,
        now: state.rules.unix_seconds(),
    };
    state.rules.count(&mut state.limiter.lock(), request)
}

/// The error for a method and a path that the API does not have.
fn unknown_operation(request: &Request) -> ApiError {
    let details = format!("There is no {} {}", request.method, shortened(&request.path));
    ApiError::new(Code::ResourceNotFound).details(details)
}
