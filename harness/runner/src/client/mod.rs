//! The only HTTP client. It sends requests, reads responses, and describes each failure in one line.
//!
//! It does not follow redirects, and does not repeat a request that may have arrived. It uses a proxy from the
//! environment only on request. Each exchange has a timeout that includes the body. A response that the harness cannot
//! read is reported as a limit of the harness.

mod budget;
mod upload;

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use parking_lot::Mutex;
use reqwest::{Certificate, Client, Identity, Method, Url};
use tokio::sync::Semaphore;
use tower_layer::layer_fn;
use tower_service::Service;

use self::budget::{Budget, Waiting};
use judge::exchange::{Fault, Request, Response};

/// The network settings of the client.
#[derive(Clone, Debug)]
pub struct Network {
    /// The timeout of one exchange, including the body.
    pub timeout: Duration,
    /// The maximum number of requests per second.
    pub rate: Option<f64>,
    /// Header fields that a gateway requires on every request.
    pub headers: Vec<(String, String)>,
    /// A PEM file with additional certificate authorities to trust.
    pub ca_cert: Option<PathBuf>,
    /// A PEM file with the client certificate.
    pub client_cert: Option<PathBuf>,
    /// A PEM file with the key of the client certificate.
    pub client_key: Option<PathBuf>,
    /// Whether to accept any certificate.
    pub insecure: bool,
    /// Whether to use the proxy settings of the environment.
    pub system_proxy: bool,
}

impl Network {
    /// Whether requests go straight to the target, and not through a proxy. Only then may other code connect to it on
    /// its own: [`upload`], the preflight, `prove --proxy`.
    pub fn is_direct(&self) -> bool {
        !self.system_proxy
    }
}

impl Default for Network {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            rate: None,
            headers: Vec::new(),
            ca_cert: None,
            client_cert: None,
            client_key: None,
            insecure: false,
            system_proxy: false,
        }
    }
}

/// A pooled client for one target.
#[derive(Debug)]
pub struct HttpClient {
    client: Client,
    /// A client without a connection pool: each request opens a new connection.
    unpooled: Client,
    /// Whether large bodies may be sent through [`upload`], which opens its own connections.
    direct: bool,
    base: String,
    headers: Vec<(String, String)>,
    timeout: Duration,
    pacer: Pacer,
    budget: Budget,
    /// Whether the target once did not accept a connection in time. From then on the client opens fewer connections at
    /// once, and keeps none idle.
    overloaded: AtomicBool,
    overload_limit: Semaphore,
}

/// Concurrent connections to an overloaded target: fewer than the shortest usual accept queue.
const CONNECTIONS_WHEN_OVERLOADED: usize = 4;
/// How often the client tries to connect, and the pause between. Nothing has been sent by then.
const CONNECT_ATTEMPTS: u32 = 3;
const CONNECT_PAUSE: Duration = Duration::from_millis(250);

pub(super) const USER_AGENT: &str = concat!("conformance/", env!("CARGO_PKG_VERSION"));

/// The maximum number of header fields of a response.
pub(super) const MAX_HEADERS: usize = 1000;

/// How long a pooled connection may be idle. Servers close idle connections after a few seconds, so this is shorter.
const IDLE: Duration = Duration::from_millis(1500);

impl HttpClient {
    /// A client for the base URL; the message of an error is one line.
    pub fn new(base: &str, network: &Network) -> Result<Self, String> {
        // This fails if another part of the process has installed a provider already; that one is used then.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = build(base, network, true)?;
        let unpooled = build(base, network, false)?;
        Ok(Self {
            client,
            unpooled,
            direct: network.is_direct() && base.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http:")),
            base: base.trim_end_matches('/').to_owned(),
            headers: network.headers.clone(),
            timeout: network.timeout,
            pacer: Pacer::new(network.rate),
            budget: Budget::default(),
            overloaded: AtomicBool::new(false),
            overload_limit: Semaphore::new(CONNECTIONS_WHEN_OVERLOADED),
        })
    }

    /// The base URL without a trailing slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends a request. The `secret` headers replace the headers of the same names in the request. `fresh` requests a
    /// new connection, because a server may close an idle connection at the moment of its reuse.
    pub async fn send(&self, request: &Request, secret: &[(String, String)], fresh: bool) -> Result<Response, Fault> {
        self.pacer.wait().await;
        let overloaded = self.overloaded.load(Ordering::Relaxed);
        // The semaphore is never closed.
        let _permit = if overloaded { self.overload_limit.acquire().await.ok() } else { None };
        let until = Instant::now() + self.timeout;
        let mut attempt = 1;
        loop {
            let outcome = self.attempt(request, secret, fresh || overloaded, until).await;
            let again = attempt < CONNECT_ATTEMPTS && Instant::now() + CONNECT_PAUSE < until;
            if !again || !matches!(outcome, Err(Fault::Unreachable(_))) {
                return outcome;
            }
            attempt += 1;
            tokio::time::sleep(CONNECT_PAUSE).await;
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        secret: &[(String, String)],
        fresh: bool,
        until: Instant,
    ) -> Result<Response, Fault> {
        let client = if fresh { &self.unpooled } else { &self.client };
        let large = self.direct && request.body.length() > upload::LARGE;
        let (progress, waiting) = (upload::Progress::default(), Waiting::default());
        let reading = upload::Reading { budget: &self.budget, waiting: &waiting };
        let exchange = CONNECTED.scope(Connected::default(), async {
            match large {
                true => upload::send(request, &self.fields(request, secret), &progress, reading).await,
                false => self.exchange(client, request, secret, &waiting).await,
            }
        });
        match tokio::time::timeout_at(until.into(), exchange).await {
            Ok(outcome) => {
                if matches!(&outcome, Err(Fault::Unreachable(why)) if why == TOO_SLOW) {
                    self.overloaded.store(true, Ordering::Relaxed);
                }
                outcome
            }
            Err(_) if waiting.is_true() => Err(Fault::Limit(format!(
                "the harness was busy with other long responses for {} s: raise --timeout, or lower --test-threads",
                self.timeout.as_secs_f64()
            ))),
            Err(_) if large => Err(progress.timed_out(request.body.length(), self.timeout)),
            Err(_) => Err(Fault::TimedOut(format!("no complete response within {} s", self.timeout.as_secs_f64()))),
        }
    }

    async fn exchange(
        &self,
        client: &Client,
        request: &Request,
        secret: &[(String, String)],
        waiting: &Waiting,
    ) -> Result<Response, Fault> {
        let method =
            Method::from_bytes(request.method.as_bytes()).map_err(|error| Fault::Unsendable(error.to_string()))?;
        let url = Url::parse(&request.url).map_err(|error| Fault::Unsendable(format!("{}: {error}", request.url)))?;
        let mut builder = client.request(method, url);
        for (name, value) in self.fields(request, secret) {
            builder = builder.header(name, value);
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body.complete().map_err(|error| Fault::Unsendable(error.to_string()))?);
        }
        let response = builder.send().await.map_err(|error| closed_or(fault(&error)))?;
        let status = response.status().as_u16();
        let headers =
            response.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        let declared = response.content_length();
        let chunks = response.bytes_stream().map(|chunk| chunk.map_err(|error| fault(&error)));
        let body = self.budget.read(status, declared, waiting, chunks).await?;
        readable(Response { status, headers, body })
    }

    /// All header fields of a request: those for the gateway, its own, and those with credentials.
    fn fields(&self, request: &Request, secret: &[(String, String)]) -> Vec<(String, Vec<u8>)> {
        let is_secret = |name: &str| secret.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        let owned = |(name, value): &(String, String)| (name.clone(), value.as_bytes().to_vec());
        let shown = request.headers.iter().filter(|(name, _)| !is_secret(name)).cloned();
        self.headers.iter().map(owned).chain(shown).chain(secret.iter().map(owned)).collect()
    }
}

/// A URL as the client sends it: with dot segments resolved and invalid characters percent-encoded.
pub(crate) fn url_as_sent(url: &str) -> String {
    Url::parse(url).map_or_else(|_| url.to_owned(), String::from)
}

fn build(base: &str, network: &Network, pooled: bool) -> Result<Client, String> {
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http1_only()
        .http1_max_headers(MAX_HEADERS)
        .pool_idle_timeout(IDLE)
        .connector_layer(layer_fn(ConnectionRecorder))
        .connect_timeout(network.timeout.min(Duration::from_secs(10)))
        .user_agent(USER_AGENT);
    if network.is_direct() {
        builder = builder.no_proxy();
    }
    if let Some(path) = &network.ca_cert {
        builder = builder.tls_certs_merge(authorities(path)?);
    }
    if let (Some(certificate), Some(key)) = (&network.client_cert, &network.client_key) {
        let pem = [read("--client-key", key)?, b"\n".to_vec(), read("--client-cert", certificate)?].concat();
        let identity =
            Identity::from_pem(&pem).map_err(|error| format!("--client-cert {}: {error}", certificate.display()))?;
        builder = builder.identity(identity);
    }
    // An `http` target never leads to `https`, and reading the system's certificates takes longer than a test.
    if network.ca_cert.is_none() && base.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http:")) {
        builder = builder.tls_certs_only(std::iter::empty());
    }
    if network.insecure {
        builder = builder.tls_danger_accept_invalid_certs(true);
    }
    if !pooled {
        builder = builder.pool_max_idle_per_host(0);
    }
    builder.build().map_err(|error| innermost_cause(&error))
}

tokio::task_local! {
    /// Whether a new connection was opened for the request that is being sent.
    static CONNECTED: Connected;
}

type Connected = Arc<AtomicBool>;

/// Turns `Broken` into `Closed` if the connection was not opened for this request: the server had closed an idle one.
fn closed_or(fault: Fault) -> Fault {
    let fresh = CONNECTED.try_with(|connected| connected.load(Ordering::Relaxed)).unwrap_or(true);
    match fault {
        Fault::Broken(why) if !fresh => Fault::Closed(why),
        other => other,
    }
}

/// A connector that sets [`CONNECTED`] when it has opened a connection.
#[derive(Clone, Debug)]
struct ConnectionRecorder<S>(S);

impl<R, S: Service<R>> Service<R> for ConnectionRecorder<S>
where
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connecting = self.0.call(request);
        Box::pin(async move {
            let connection = connecting.await?;
            // Outside the scope, the connection is opened for the pool, and the request uses another one.
            let _ = CONNECTED.try_with(|connected| connected.store(true, Ordering::Relaxed));
            Ok(connection)
        })
    }
}

/// Refuses a body that is still encoded: the client has decoded every content coding that it requests. Some servers
/// name a coding that they do not use, so a body that is JSON already is accepted.
pub(super) fn readable(response: Response) -> Result<Response, Fault> {
    let coding = response.header("content-encoding").unwrap_or_default().to_ascii_lowercase();
    if coding.is_empty() || coding == "identity" || response.body.is_empty() || response.json().is_some() {
        return Ok(response);
    }
    let status = response.status;
    Err(Fault::Limit(format!(
        "status {status} was received with a body in the content coding {coding:?}, which the harness neither asks for nor reads"
    )))
}

/// The certificates of a PEM file. A file without certificates is refused, because TLS would fail later.
fn authorities(path: &std::path::Path) -> Result<Vec<Certificate>, String> {
    let bytes = read("--ca-cert", path)?;
    let named = |what: &str| format!("--ca-cert {}: {what}", path.display());
    let certificates = Certificate::from_pem_bundle(&bytes).map_err(|error| named(&innermost_cause(&error)))?;
    if !certificates.is_empty() {
        return Ok(certificates);
    }
    let holds = |text: &[u8]| memchr::memmem::find(&bytes, text).is_some();
    Err(named(match bytes.first() {
        None => "the file is empty; expected a certificate in PEM",
        Some(0x30) => {
            "no certificate in PEM; the file seems to be DER: convert it with `openssl x509 -inform der -in FILE`"
        }
        _ if holds(b"PRIVATE KEY-----") => {
            "no certificate in that file, only a private key; expected a certificate in PEM"
        }
        _ => "no certificate in that file; expected PEM, which begins with -----BEGIN CERTIFICATE-----",
    }))
}

/// The content of a file that a flag names.
fn read(flag: &str, path: &std::path::Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{flag} {}: {error}", path.display()))
}

/// The message for a connection that the target did not accept in time.
pub(super) const TOO_SLOW: &str = "no connection could be made in time";

/// The fault if a response exceeds a limit of hyper, which shows nothing about the target. `text` is hyper's message.
fn over_limit(text: &str) -> Option<Fault> {
    let what = match text {
        _ if text.contains("message head is too large") => format!("more than {MAX_HEADERS} header fields"),
        _ if text.contains("over limit") => "too many chunk extensions or trailers".to_owned(),
        _ => return None,
    };
    Some(Fault::Limit(format!("a response has {what}, or with too long ones")))
}

fn fault(error: &reqwest::Error) -> Fault {
    let text = innermost_cause(error);
    if error.is_connect() && error.is_timeout() {
        Fault::Unreachable(TOO_SLOW.to_owned())
    } else if error.is_timeout() {
        Fault::TimedOut(text)
    } else if error.is_connect() {
        Fault::Unreachable(text)
    } else if error.is_builder() {
        Fault::Unsendable(text)
    } else {
        over_limit(&text).unwrap_or(Fault::Broken(text))
    }
}

/// The message of the innermost cause: the outer errors only repeat the URL.
pub(super) fn innermost_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(inner) = last.source() {
        last = inner;
    }
    last.to_string().replace('\n', " ")
}

/// Delays requests so that at most `rate` of them start per second.
#[derive(Debug)]
struct Pacer {
    pause: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

impl Pacer {
    fn new(rate: Option<f64>) -> Self {
        Self { pause: rate.map(|rate| Duration::from_secs_f64(1.0 / rate)), next: Mutex::new(None) }
    }

    async fn wait(&self) {
        let Some(pause) = self.pause else { return };
        let turn = {
            let mut next = self.next.lock();
            let turn = next.map_or_else(Instant::now, |next| next.max(Instant::now()));
            *next = Some(turn + pause);
            turn
        };
        tokio::time::sleep_until(turn.into()).await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use judge::exchange::Body;

    /// A server that closes each connection after this response without `Connection: close`.
    async fn server_of(response: impl Into<Vec<u8>>) -> String {
        let response = response.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(&response).await;
            }
        });
        url
    }

    fn request(base: &str) -> Request {
        Request {
            operation: "read".to_owned(),
            actor: "reader".to_owned(),
            method: "GET".to_owned(),
            url: format!("{base}/"),
            path: "/".to_owned(),
            headers: Vec::new(),
            body: Body::default(),
        }
    }

    #[tokio::test]
    async fn fresh_connection_is_never_a_closed_one() {
        let base = server_of("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        let client = HttpClient::new(&base, &Network::default()).expect("a client");
        for _ in 0..20 {
            let outcome = client.send(&request(&base), &[], true).await;
            assert_eq!(outcome.expect("a response").status, 200);
        }
    }

    #[tokio::test]
    async fn limits_of_the_client_show_nothing_about_the_target() {
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n";
        let extension = format!("{chunked}\r\n2;{}\r\n{{}}\r\n0\r\n\r\n", "b".repeat(20_000));
        let fields = format!("{chunked}{}\r\n0\r\n\r\n", "a: b\r\n".repeat(MAX_HEADERS + 1));
        for response in [extension, fields] {
            let base = server_of(response).await;
            let client = HttpClient::new(&base, &Network::default()).expect("a client");
            let outcome = client.send(&request(&base), &[], true).await;
            assert!(matches!(outcome, Err(Fault::Limit(_))), "{outcome:?}");
        }
    }

    #[tokio::test]
    async fn break_of_reused_connection_is_closed_and_of_new_one_is_broken() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        // Each connection gets one response; the next request on it is read, and the connection is closed.
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
                    let _ = stream.read(&mut [0; 4096]).await;
                });
            }
        });
        let client = HttpClient::new(&base, &Network::default()).expect("a client");
        assert!(client.send(&request(&base), &[], false).await.is_ok());
        let used = client.send(&request(&base), &[], false).await;
        assert!(matches!(used, Err(Fault::Closed(_))), "{used:?}");
        let cut = server_that_closes_after_request().await;
        let client = HttpClient::new(&cut, &Network::default()).expect("a client");
        let new = client.send(&request(&cut), &[], false).await;
        assert!(matches!(new, Err(Fault::Broken(_))), "{new:?}");
    }

    /// A server that reads each request and closes the connection.
    async fn server_that_closes_after_request() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 4096]).await;
            }
        });
        base
    }

    #[tokio::test]
    async fn port_without_listener_is_unreachable() {
        let client = HttpClient::new("http://127.0.0.1:1", &Network::default()).expect("a client");
        let outcome = client.send(&request("http://127.0.0.1:1"), &[], false).await;
        assert!(matches!(outcome, Err(Fault::Unreachable(_))), "{outcome:?}");
    }
}
