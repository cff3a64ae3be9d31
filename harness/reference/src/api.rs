//! Handles one request: authentication, rate limit, permission, then the operation.
//!
//! `server` reads the request and calls this module. `respond` writes the outcome.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::Method;
use hyper::header::HeaderMap;

use crate::answer::Outcome;
use crate::auth::{self, Caller};
use crate::customers::{Customers, lookup, operations};
use crate::errors::{Code, Fault, shortened};
use crate::idempotency::Replays;
use crate::ids::Ids;
use crate::json;
use crate::limiter::{CountedRequest, Limiter, Quota};
use crate::memory::{self, Memory};
use crate::options::Options;
use crate::route::{self, Operation, Route};
use crate::switches::Switches;
use crate::variants::{limits, requests};
use crate::verification::{self, Transactions};
use crate::webhooks::{self, Webhooks};
use crate::{clock, sandbox, wire};

/// The whole state of the server.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) options: Options,
    pub(crate) switches: Switches,
    pub(crate) ids: Ids,
    pub(crate) limiter: Mutex<Limiter>,
    pub(crate) customers: Mutex<Customers>,
    pub(crate) transactions: Mutex<Transactions>,
    pub(crate) replays: Mutex<Replays>,
    pub(crate) memory: Mutex<Memory>,
    pub(crate) webhooks: Webhooks,
    errors: AtomicU64,
}

/// A request that was read completely.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// The body of a request.
#[derive(Debug)]
pub(crate) enum Body {
    /// The complete body; empty if the request has none.
    Whole(Vec<u8>),
    /// The connection was closed before the end of the body.
    CutShort,
    /// Longer than the server keeps.
    TooLong,
}

/// Facts about a request that its response needs besides the outcome.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) request_id: String,
    pub(crate) operation: Option<Operation>,
    pub(crate) quota: Option<Quota>,
    /// The credential that was sent, valid or not.
    pub(crate) credential: String,
    /// Whether the id in the path has an invalid percent escape.
    pub(crate) bad_escape: bool,
    /// Whether the client accepts gzip.
    pub(crate) gzip: bool,
}

/// One call of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) app: &'a App,
    pub(crate) caller: &'a Caller,
    pub(crate) route: &'a Route,
    pub(crate) request: &'a Request,
}

impl App {
    pub(crate) fn new(options: Options) -> Self {
        let switches = Switches::new(&options);
        Self {
            webhooks: Webhooks::new(&options, switches.clone()),
            ids: Ids::new(switches.clone()),
            options,
            limiter: Mutex::default(),
            customers: Mutex::new(Customers::new(switches.clone())),
            transactions: Mutex::default(),
            replays: Mutex::default(),
            memory: Mutex::default(),
            errors: AtomicU64::new(0),
            switches,
        }
    }

    /// The context of a request that was not handled yet.
    pub(crate) fn context(&self, request: &Request) -> Context {
        let route = self.route(request);
        Context {
            request_id: self.ids.request(),
            bad_escape: route.as_ref().is_some_and(|route| route::has_bad_escape(&route.raw_id)),
            operation: route.map(|route| route.operation),
            quota: None,
            credential: credential_text(&request.headers),
            gzip: wire::accepts_gzip(&request.headers),
        }
    }

    /// Handles a request and returns its outcome.
    pub(crate) fn handle(&self, request: &Request, context: &mut Context) -> Outcome {
        let route = self.route(request);
        self.switches.begin(route.as_ref().map(|route| route.operation), &context.credential);
        let route = route.ok_or_else(|| unknown_operation(request))?;
        if route.operation == Operation::ReceiveWebhookEvent {
            return webhooks::inbound::receive(self, request);
        }
        if let Some(answer) = memory::stale_answer(self, request, &route) {
            return Ok(answer);
        }
        let outcome = self.authenticate_and_run(request, &route, context);
        memory::record(self, request, &route, &outcome);
        outcome
    }

    fn authenticate_and_run(&self, request: &Request, route: &Route, context: &mut Context) -> Outcome {
        lookup::refuse_before_credential(self, request, route)?;
        let caller = auth::authenticate(&request.headers, route.operation, &self.switches)?;
        let quota = self.count(&caller);
        context.quota = Some(quota);
        if quota.exceeded {
            return Err(quota.fault(&self.switches));
        }
        let call = Call { app: self, caller: &caller, route, request };
        call.check_permission()?;
        lookup::fail_on_unusual_id(route, &self.switches)?;
        run_operation(call)
    }

    fn route(&self, request: &Request) -> Option<Route> {
        route::find(&request.method, &request.path, &self.switches)
    }

    /// Counts an error and returns the number of errors before it.
    pub(crate) fn count_error(&self) -> u64 {
        self.errors.fetch_add(1, Ordering::Relaxed)
    }

    fn count(&self, caller: &Caller) -> Quota {
        let request = CountedRequest {
            credential: &caller.credential,
            throttled: caller.throttled,
            limit: if caller.throttled { self.throttled_limit() } else { self.options.ordinary_limit },
            window_seconds: self.window_seconds(),
            now: clock::unix_seconds(&self.switches),
        };
        locked(&self.limiter).take(request, &self.switches)
    }

    fn throttled_limit(&self) -> u32 {
        let variants = [(limits::SMALL_QUOTA, 5), (limits::LARGE_QUOTA, 120)];
        self.switches.variant(&variants).unwrap_or(self.options.throttled_limit)
    }

    fn window_seconds(&self) -> u32 {
        self.options.window_seconds + if self.switches.vary(limits::LONGER_WINDOW) { 3 } else { 0 }
    }
}

impl Call<'_> {
    /// Rejects a caller without the required scope, and answers the error that the request asks the sandbox for.
    fn check_permission(self) -> Result<(), Fault> {
        let (switches, headers) = (&self.app.switches, &self.request.headers);
        let sandbox_last = switches.vary(requests::SANDBOX_ERROR_AFTER_SCOPE);
        if !sandbox_last {
            sandbox::requested_fault(headers, switches)?;
        }
        if switches.vary(requests::RESOURCE_BEFORE_SCOPE) {
            lookup::refuse_absent(self)?;
        }
        if switches.vary(requests::BODY_BEFORE_SCOPE) && self.route.operation.has_body() {
            json::object(self.request, self.route.operation, switches)?;
        }
        auth::authorise(self.caller, self.route.operation, switches)?;
        if sandbox_last { sandbox::requested_fault(headers, switches) } else { Ok(()) }
    }
}

fn run_operation(call: Call) -> Outcome {
    use Operation::*;
    match call.route.operation {
        CreateCustomer => operations::create(call),
        ListCustomers => operations::list(call),
        GetCustomer => operations::get(call),
        UpdateCustomer => operations::update(call),
        DeleteCustomer => operations::delete(call),
        UploadDocument => operations::upload(call),
        SubmitVerification => verification::submit(call),
        GetTransaction => verification::transaction(call),
        CreateWebhook => webhooks::create(call),
        ListWebhookDeliveries => webhooks::deliveries(call),
        ReceiveWebhookEvent => webhooks::inbound::receive(call.app, call.request),
    }
}

/// The error for a method and a path that the API does not have.
fn unknown_operation(request: &Request) -> Fault {
    let details = format!("There is no {} {}", request.method, shortened(&request.path));
    Fault::new(Code::ResourceNotFound).details(details)
}

/// Locks a mutex, even if another thread panicked while it held the lock.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The credential in the headers, without its scheme.
fn credential_text(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let authorization = text("authorization").and_then(|value| value.split_once(' '));
    text("x-api-key").or(authorization.map(|(_, credential)| credential)).unwrap_or_default().to_owned()
}
