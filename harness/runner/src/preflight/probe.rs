//! Sends probes: requests that change nothing, even if the server is not the expected one.
//!
//! An operation with a path parameter is called with an id that does not exist. An operation that accepts JSON and has
//! no path parameter gets a malformed body, and so has a PUT, which may create what it does not find. Any other operation
//! is probed only if it is a read.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::PreflightTarget;
use super::probe_response::ProbeResponse;
use crate::client::HttpClient;
use crate::execute::request::{Prepared, prepare};
use judge::exchange::{Body, Fault, Request};
use judge::secret::Redactor;
use judge::target::Target;
use spec::contract::{Contract, Operation};
use spec::scenario::plan::RequestBody;
use spec::scenario::template::Template;
use spec::scenario::{Call, Variables};

const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) type ProbeResult = Result<ProbeResponse, Fault>;

/// Sends probes to one target, and counts them.
pub(super) struct Prober<'p> {
    pub(super) contract: &'p Contract,
    pub(super) target: &'p Target,
    pub(super) client: &'p HttpClient,
    redactor: &'p Redactor,
    /// An id that does not exist on the target.
    pub(super) unknown: String,
    sent: AtomicU64,
    /// How far the target's clock is ahead of ours, in seconds.
    ahead: AtomicI64,
}

impl<'p> Prober<'p> {
    pub(super) fn new(of: &PreflightTarget<'p>) -> Self {
        let PreflightTarget { contract, target, client, redactor, .. } = *of;
        let unknown = format!("preflight-{}", crate::execute::token());
        Self { contract, target, client, redactor, unknown, sent: AtomicU64::new(0), ahead: AtomicI64::new(0) }
    }

    /// The number of requests sent.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Calls an operation with the actor's credential or without one; `None` if that could change something.
    pub(super) async fn ask(&self, operation: &Operation, actor: Option<&str>) -> Option<ProbeResult> {
        let call = self.call(operation, actor)?;
        match self.send(&call, &self.variables()).await {
            // The example body of the operation needs values that are missing here.
            None => self.send(&Call { body: malformed_body(), ..call }, &self.variables()).await,
            outcome => outcome,
        }
    }

    /// Whether an operation can be called without a change of the server.
    pub(super) fn can_ask(&self, operation: &Operation) -> bool {
        self.call(operation, None).is_some()
    }

    /// Calls an operation under another base URL, and without a prefix of its path.
    pub(super) async fn ask_below(&self, base: &str, operation: &Operation, without: &str) -> Option<ProbeResult> {
        let call = self.call(operation, None)?;
        let mut prepared = prepare(self.contract, self.target, base, &call, &self.variables(), Utc::now()).ok()?;
        let path = prepared.request.path.strip_prefix(without)?.to_owned();
        prepared.request.url = format!("{base}{path}");
        prepared.request.path = path;
        Some(self.exchange(&prepared).await)
    }

    /// Requests a path that no operation has.
    pub(super) async fn control(&self) -> ProbeResult {
        let path = format!("/{}", self.unknown);
        let request = Request {
            operation: String::new(),
            actor: "anonymous".to_owned(),
            method: "GET".to_owned(),
            url: format!("{}{path}", self.client.base()),
            path,
            headers: Vec::new(),
            body: Body::default(),
        };
        self.exchange(&Prepared { request, secret_headers: Vec::new(), secrets: Vec::new(), expiry: None }).await
    }

    /// Sends a call; `None` if no request can be built from it.
    pub(super) async fn send(&self, call: &Call, variables: &Variables) -> Option<ProbeResult> {
        let base = self.client.base();
        let prepared = prepare(self.contract, self.target, base, call, variables, self.now()).ok()?;
        Some(self.exchange(&prepared).await)
    }

    /// Sends a request, and repeats it on a new connection if the first connection breaks: the server may have closed
    /// an idle connection.
    async fn exchange(&self, prepared: &Prepared) -> ProbeResult {
        match self.attempt(prepared, false).await {
            Err(Fault::Broken(_)) => self.attempt(prepared, true).await,
            outcome => outcome,
        }
    }

    async fn attempt(&self, prepared: &Prepared, fresh: bool) -> ProbeResult {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let sending = self.client.send(&prepared.request, &prepared.secret_headers, fresh);
        let response = tokio::time::timeout(PROBE_TIMEOUT, sending)
            .await
            .map_err(|_| Fault::TimedOut(format!("no complete response within {} s", PROBE_TIMEOUT.as_secs())))??;
        if let Some(date) = response.header("date").and_then(|text| DateTime::parse_from_rfc2822(text).ok()) {
            self.ahead.store(date.timestamp() - Utc::now().timestamp(), Ordering::Relaxed);
        }
        Ok(ProbeResponse::of(self.contract, self.redactor, &prepared.request, &response))
    }

    /// The time of the target's clock, according to its last `Date` header.
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::seconds(self.ahead.load(Ordering::Relaxed))
    }

    fn call(&self, operation: &Operation, actor: Option<&str>) -> Option<Call> {
        let parameters = operation.parameters();
        let takes_json = operation.media_type.as_deref().is_some_and(|media| media.contains("json"));
        let may_create = parameters.is_empty() || operation.method == "PUT";
        if !is_safe(operation) && may_create && !takes_json {
            return None;
        }
        let path = parameters.iter().map(|name| ((*name).to_owned(), Template::literal(self.unknown.clone())));
        let mut call = Call { path: path.collect(), ..Call::new(operation.clone().into(), actor.map(str::to_owned)) };
        if takes_json && may_create {
            call.body = malformed_body();
        }
        Some(call)
    }

    fn variables(&self) -> Variables {
        let named = |name: &str| (name.to_owned(), self.unknown.clone().into());
        ["unique", "now"].into_iter().map(named).collect()
    }
}

fn malformed_body() -> RequestBody {
    RequestBody::Text(Template::literal("{"))
}

/// True for a safe method (RFC 9110).
pub(super) fn is_safe(operation: &Operation) -> bool {
    matches!(operation.method.as_str(), "GET" | "HEAD" | "OPTIONS")
}
