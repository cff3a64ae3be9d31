//! The proxy between harness and target. It speaks HTTP/1.1 on the loopback interface, forwards requests unchanged, and
//! changes one kind of response.
//!
//! It forwards with the client of the harness, so TLS, timeouts, early refusals of large uploads and `--header` work as
//! they do without it. A request is forwarded when it is complete. If the target sends no response, the proxy closes
//! the connection to the harness.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::stream::{Iter, iter};
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, Either, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::change::{Surroundings, apply};
use super::mutation::{Change, Mutation, Subject, When};
use super::route::Route;
use super::schedule::{Schedule, ScheduleState};
use super::situation::{History, Parts, Previous};
use judge::exchange::{Header, Request, Response};
use judge::target::check_url;
use runner::client::HttpClient;
use runner::execute::DESCRIPTION_HEADER;
use spec::contract::Contract;

/// Header fields that belong to one connection. The forwarding client sets them again.
const OF_THE_CONNECTION: [&str; 5] = ["host", "connection", "content-length", "transfer-encoding", "keep-alive"];
/// Default header fields of the client. The forwarding client sends them again.
const DEFAULTS: [(&str, &str); 3] = [
    ("accept", "*/*"),
    ("accept-encoding", "gzip"),
    ("user-agent", concat!("conformance/", env!("CARGO_PKG_VERSION"))),
];

/// Makes another response from that of the target; `None` forwards it unchanged.
pub type Edit = Box<dyn Fn(&Request, &Response) -> Option<Response> + Send + Sync>;

/// A running proxy. It stops when this is dropped.
pub struct Proxy {
    url: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    contract: Arc<Contract>,
    route: Route,
    upstream: Arc<HttpClient>,
    /// Scheme, host and port of the target.
    origin: String,
    /// The path of its base URL, without a slash at the end.
    prefix: String,
    mutation: Option<Mutation>,
    edit: OnceLock<Edit>,
    enabled: AtomicBool,
    triggered: AtomicUsize,
    memory: Mutex<Memory>,
}

/// Responses that may replace later ones.
#[derive(Default)]
struct Memory {
    by_line: HashMap<String, Response>,
    successes: HashMap<String, Response>,
    history: History,
    seen: ScheduleState,
}

impl Proxy {
    /// Starts a proxy on a free port of the loopback interface.
    pub async fn start(
        contract: Arc<Contract>,
        route: Route,
        upstream: Arc<HttpClient>,
        mutation: Option<Mutation>,
    ) -> Result<Self, String> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), contract, route, upstream, mutation).await
    }

    /// The same at an address.
    pub(super) async fn start_at(
        address: SocketAddr,
        contract: Arc<Contract>,
        route: Route,
        upstream: Arc<HttpClient>,
        mutation: Option<Mutation>,
    ) -> Result<Self, String> {
        let base = check_url(upstream.base())?;
        let listener = TcpListener::bind(address).await.map_err(|error| format!("the proxy: {error}"))?;
        let address = listener.local_addr().map_err(|error| format!("the proxy: {error}"))?;
        let prefix = base.path().trim_end_matches('/').to_owned();
        let state = Arc::new(State {
            contract,
            route,
            upstream,
            origin: base.origin().ascii_serialization(),
            prefix: prefix.clone(),
            mutation,
            edit: OnceLock::new(),
            enabled: AtomicBool::new(true),
            triggered: AtomicUsize::new(0),
            memory: Mutex::default(),
        });
        let served = state.clone();
        let task = tokio::spawn(accept(listener, move |stream| serve(stream, served.clone())));
        Ok(Self { url: format!("http://{address}{prefix}"), state, task })
    }

    /// The base URL that replaces the URL of the target.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many responses were changed.
    pub fn triggered(&self) -> usize {
        self.state.triggered.load(Ordering::Relaxed)
    }

    /// Stores a successful response of an operation. It is sent instead of an error until a newer one is received.
    pub fn remember(&self, operation: &str, response: Response) {
        self.state.memory().successes.insert(operation.to_owned(), response);
    }

    /// Lets a function change the responses instead of a mutation.
    pub fn edit_with(&self, edit: Edit) {
        let _ = self.state.edit.set(edit);
    }

    /// Changes nothing from now on.
    pub fn disable(&self) {
        self.state.enabled.store(false, Ordering::Relaxed);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves every connection until the task is aborted.
pub(super) async fn accept<S>(listener: TcpListener, serve: impl Fn(TcpStream) -> S)
where
    S: Future<Output = ()> + Send + 'static,
{
    // The connections end with this task.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        connections.spawn(serve(stream));
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let title_case = state.mutation.as_ref().is_some_and(|mutation| mutation.change == Change::TitleCaseHeaders);
    let new = Arc::new(AtomicBool::new(true));
    let service = service_fn(move |request| {
        let (state, new) = (state.clone(), new.clone());
        async move {
            // If the harness has opened a connection for a request, the proxy opens a new one to the target.
            let fresh = new.swap(false, Ordering::Relaxed);
            state.exchange(request, fresh).await.map_err(std::io::Error::other)
        }
    });
    let mut builder = http1::Builder::new();
    builder.auto_date_header(false).title_case_headers(title_case);
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

impl State {
    async fn exchange(
        &self,
        request: http::Request<Incoming>,
        fresh: bool,
    ) -> Result<http::Response<Outgoing>, String> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        let request = Request {
            operation: String::new(),
            actor: String::new(),
            method: head.method.as_str().to_owned(),
            url: format!("{}{path}", self.origin),
            path: path.strip_prefix(&self.prefix).unwrap_or(path).to_owned(),
            headers: forwarded(&head.headers),
            body: body.to_vec().into(),
        };
        let sent = without_description(&request);
        let response = self.upstream.send(&sent, &[], fresh).await.map_err(|fault| fault.message().to_owned())?;
        let Some(changed) = self.changed(&request, &response) else { return Ok(message(&head.method, response, None)) };
        self.triggered.fetch_add(1, Ordering::Relaxed);
        match self.mutation.as_ref().map(|mutation| &mutation.change) {
            Some(Change::Close) => return Err("the mutation closes the connection".to_owned()),
            Some(Change::Delay { ms }) => tokio::time::sleep(Duration::from_millis(*ms)).await,
            _ => {}
        }
        let chunk = self.mutation.as_ref().and_then(|mutation| match mutation.change {
            Change::Chunk { bytes } => Some(bytes),
            _ => None,
        });
        Ok(message(&head.method, changed, chunk))
    }

    /// Applies the edit, or the mutation if its conditions are true.
    fn changed(&self, request: &Request, response: &Response) -> Option<Response> {
        if let Some(edit) = self.edit.get() {
            return edit(request, response);
        }
        let mutation = self.mutation.as_ref().filter(|_| self.enabled.load(Ordering::Relaxed))?;
        let operation = self.route.operation(&request.method, &request.path);
        let header = |name: &str| {
            request
                .headers
                .iter()
                .find(|(found, _)| found.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.as_slice())
        };
        let catalog = &self.contract.catalog;
        let code = response.json().filter(|_| response.is_error()).and_then(|body| catalog.code_in(&body));
        let needs_parts = !mutation.when.request.is_empty() || mutation.when.same.is_some();
        let parts = needs_parts.then(|| Parts::of(request));
        let ids = match &mutation.when.same {
            Some(place) => parts.as_ref().and_then(|parts| parts.text(place)).into_iter().collect(),
            None => operation.map(|operation| self.route.parameters(operation, &request.path)).unwrap_or_default(),
        };
        let line = format!("{} {}", request.method, request.path);
        let mut memory = self.memory();
        let actor = self.route.actor(header);
        let past = memory.history.past(&ids, &request.method, operation, actor);
        let caller = actor.unwrap_or_default();
        let after_pause = mutation.when.schedule == Some(Schedule::AfterPause) && memory.seen.is_after_pause(caller);
        let subject = Subject {
            operation,
            actor,
            status: response.status,
            code: code.as_deref(),
            parts: parts.as_ref(),
            previous: &past.previous,
        };
        let surroundings = Surroundings {
            catalog,
            previous: memory.by_line.get(&line),
            success: operation.and_then(|operation| memory.successes.get(operation)),
            refused: past.refused.as_ref(),
        };
        let changed = mutation.when.fits(&subject).then(|| apply(&mutation.change, response, surroundings)).flatten();
        let When { every, schedule, .. } = mutation.when;
        let changed = changed.filter(|_| memory.seen.is_due(every, schedule, caller, after_pause));
        let needs_history = !mutation.when.after.is_empty() || mutation.change == Change::ShowRefused;
        if let Some(operation) = operation.filter(|_| needs_history) {
            let added = Previous::of(operation, response, code.as_deref(), actor);
            memory.history.add(&ids, mutation.when.same.is_none(), &added, request, response);
        }
        if matches!(mutation.change, Change::Stale) {
            memory.by_line.insert(line, response.clone());
        }
        if let (Change::Succeed { .. }, Some(operation), true) = (&mutation.change, operation, response.is_success()) {
            memory.successes.insert(operation.to_owned(), response.clone());
        }
        changed
    }

    fn memory(&self) -> parking_lot::MutexGuard<'_, Memory> {
        self.memory.lock()
    }
}

/// The request for the target. The description of how the harness made it is for the proxy only.
fn without_description(request: &Request) -> Request {
    let mut sent = request.clone();
    sent.headers.retain(|(name, _)| name != DESCRIPTION_HEADER);
    sent
}

fn forwarded(headers: &http::HeaderMap) -> Vec<Header> {
    let is_default =
        |name: &str, value: &[u8]| DEFAULTS.iter().any(|(own, default)| *own == name && default.as_bytes() == value);
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .filter(|(name, value)| !OF_THE_CONNECTION.contains(name) && !is_default(name, value))
        .map(|(name, value)| (name.to_owned(), value.to_vec()))
        .collect()
}

/// A body as a whole, or in chunks.
type Outgoing = Either<Full<Bytes>, StreamBody<Iter<std::vec::IntoIter<Result<Frame<Bytes>, Infallible>>>>>;

fn outgoing(body: Bytes, chunk: Option<usize>) -> Outgoing {
    let Some(chunk) = chunk else { return Either::Left(Full::new(body)) };
    let pieces = body.chunks(chunk.max(1)).map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece))));
    Either::Right(StreamBody::new(iter(pieces.collect::<Vec<_>>())))
}

/// The response for the harness. Its length is the length of its body, except for HEAD and for a body in chunks.
fn message(method: &http::Method, response: Response, chunk: Option<usize>) -> http::Response<Outgoing> {
    let head_only = method == http::Method::HEAD;
    let mut message = http::Response::new(outgoing(response.body.to_bytes(), chunk));
    *message.status_mut() = StatusCode::from_u16(response.status).unwrap_or(StatusCode::BAD_GATEWAY);
    for (name, value) in response.headers {
        let name = name.to_ascii_lowercase();
        let of_the_connection = OF_THE_CONNECTION.contains(&name.as_str()) && !(head_only && name == "content-length");
        let (Ok(field), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(&value)) else {
            continue;
        };
        if !of_the_connection {
            message.headers_mut().append(field, value);
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_fields_of_a_connection_are_not_forwarded() {
        let mut headers = http::HeaderMap::new();
        for (name, value) in
            [("host", "h"), ("accept", "*/*"), ("accept-encoding", "identity"), ("x", "1"), ("content-length", "2")]
        {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let kept: Vec<String> = forwarded(&headers).into_iter().map(|(name, _)| name).collect();
        assert_eq!(kept, ["accept-encoding", "x"]);
    }

    #[test]
    fn the_length_is_the_length_of_the_changed_body() {
        let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let response = |body: &str| Response {
            status: 404,
            headers: vec![header("Content-Length", "99"), header("X", "1"), header("X", "2")],
            body: body.as_bytes().to_vec().into(),
        };
        let changed = message(&http::Method::GET, response("{}"), None);
        assert!(!changed.headers().contains_key("content-length"), "hyper writes the length of the body");
        assert_eq!(changed.headers().get_all("x").iter().count(), 2);
        let head = message(&http::Method::HEAD, response(""), None);
        assert_eq!(head.headers().get("content-length").map(HeaderValue::as_bytes), Some(b"99".as_slice()));
    }
}
