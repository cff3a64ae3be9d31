//! A server on loopback that responds to every request as one behaviour says.
//!
//! A response is a list of [`Part`]s, because hostile responses are about bytes and time. A behaviour of the kind
//! [`Responses::Changed`] forwards each request to the reference and changes what comes back, so that a run gets far into
//! its tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mutate::embedded::Embedded;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// One way to be hostile.
#[derive(Clone, Copy)]
pub struct Behaviour {
    pub name: &'static str,
    pub source: Source,
}

#[derive(Clone, Copy)]
pub enum Source {
    /// Made from the request alone.
    Made(fn(&HostileRequest) -> Vec<Part>),
    /// The response of the reference, changed.
    Changed(fn(&HostileRequest, &mut HostileResponse)),
    /// Sent in reply to the first TLS bytes of the client.
    OverTls(fn() -> Vec<Part>),
    /// Sent as soon as a connection is there; what the client sends is not read.
    Early(fn() -> Vec<Part>),
}

pub const fn made(name: &'static str, make: fn(&HostileRequest) -> Vec<Part>) -> Behaviour {
    Behaviour { name, source: Source::Made(make) }
}

pub const fn changed(name: &'static str, change: fn(&HostileRequest, &mut HostileResponse)) -> Behaviour {
    Behaviour { name, source: Source::Changed(change) }
}

pub const fn over_tls(name: &'static str, make: fn() -> Vec<Part>) -> Behaviour {
    Behaviour { name, source: Source::OverTls(make) }
}

pub const fn early(name: &'static str, make: fn() -> Vec<Part>) -> Behaviour {
    Behaviour { name, source: Source::Early(make) }
}

/// A request.
pub struct HostileRequest {
    /// How many requests were received before it.
    pub number: usize,
    pub method: String,
    pub path: String,
    /// Its header fields, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The beginning of its body.
    pub body: Vec<u8>,
}

impl HostileRequest {
    /// The credential of the request.
    pub fn credential(&self) -> String {
        let is_credential = |name: &str| name == "x-api-key" || name == "authorization" || name.contains("signature");
        let field = self.headers.iter().find(|(name, _)| is_credential(name));
        field.map(|(_, value)| value.trim_start_matches("Bearer ").to_owned()).unwrap_or_default()
    }
}

/// A response of the reference.
pub struct HostileResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl HostileResponse {
    pub fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Changes every string of a JSON body. `change` gets the name of the member and its value.
    pub fn change_strings(&mut self, change: &dyn Fn(&str, &str) -> String) {
        let Ok(mut body) = serde_json::from_slice::<serde_json::Value>(&self.body) else { return };
        change_strings("", &mut body, change);
        self.body = body.to_string().into_bytes();
    }

    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Response\r\n", self.status);
        let framing = ["content-length", "connection", "transfer-encoding"];
        for (name, value) in self.headers.iter().filter(|(name, _)| !framing.contains(&name.as_str())) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", self.body.len()));
        [head.as_bytes(), &self.body].concat()
    }
}

fn change_strings(name: &str, value: &mut serde_json::Value, change: &dyn Fn(&str, &str) -> String) {
    match value {
        serde_json::Value::String(text) => *text = change(name, text),
        serde_json::Value::Array(elements) => elements.iter_mut().for_each(|one| change_strings(name, one, change)),
        serde_json::Value::Object(members) => {
            members.iter_mut().for_each(|(name, one)| change_strings(name, one, change));
        }
        _ => {}
    }
}

/// A part of a response.
pub enum Part {
    Send(Vec<u8>),
    /// The same bytes so many times.
    Repeat(Vec<u8>, usize),
    /// One byte a time, with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Nothing for a while.
    Pause(Duration),
    /// Nothing more, on an open connection.
    Hold,
    /// A connection that ends with a reset.
    Reset,
}

/// Without end, for [`Part::Repeat`].
pub const ENDLESS: usize = usize::MAX;

/// A running server. It ends when this is dropped.
pub struct HostileServer {
    pub url: String,
    runtime: Option<Runtime>,
}

impl HostileServer {
    pub fn start(behaviour: Behaviour) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let (listener, reference) = runtime.block_on(async {
            let reference = match behaviour.source {
                Source::Changed(_) => Some(mutate::embedded::start_embedded().await.expect("the reference")),
                _ => None,
            };
            (TcpListener::bind("127.0.0.1:0").await.expect("a port"), reference)
        });
        let scheme = if matches!(behaviour.source, Source::OverTls(_)) { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().expect("an address"));
        runtime.spawn(accept(listener, behaviour, reference));
        Self { url, runtime: Some(runtime) }
    }
}

impl Drop for HostileServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The maximum number of open connections. Further ones wait to be accepted.
const MAX_CONNECTIONS: usize = 200;

async fn accept(listener: TcpListener, behaviour: Behaviour, reference: Option<Embedded>) {
    let (count, reference) = (Arc::new(AtomicUsize::new(0)), reference.map(Arc::new));
    let limit = Arc::new(tokio::sync::Semaphore::new(MAX_CONNECTIONS));
    while let Ok(permit) = limit.clone().acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (count, reference) = (count.clone(), reference.clone());
        tokio::spawn(async move {
            let _ = connection(stream, behaviour, &count, reference.as_deref()).await;
            drop(permit);
        });
    }
}

async fn connection(
    mut stream: TcpStream,
    behaviour: Behaviour,
    count: &AtomicUsize,
    reference: Option<&Embedded>,
) -> std::io::Result<()> {
    if let Source::OverTls(parts) = behaviour.source {
        let _ = stream.read(&mut [0; 4096]).await?;
        return perform(stream, parts()).await;
    }
    if let Source::Early(parts) = behaviour.source {
        return perform(stream, parts()).await;
    }
    let Some(mut request) = read_request(&mut stream).await? else { return Ok(()) };
    request.number = count.fetch_add(1, Ordering::Relaxed);
    let parts = match (behaviour.source, reference) {
        (Source::Made(make), _) => make(&request),
        (Source::Changed(change), Some(reference)) => {
            let mut response = forwarded(&request, &reference.url()).await?;
            change(&request, &mut response);
            vec![Part::Send(response.bytes())]
        }
        _ => Vec::new(),
    };
    perform(stream, parts).await
}

async fn perform(mut stream: TcpStream, parts: Vec<Part>) -> std::io::Result<()> {
    for one in parts {
        match one {
            Part::Send(bytes) => stream.write_all(&bytes).await?,
            Part::Repeat(part, times) => {
                // Few system calls for short parts.
                let together = (64 * 1024 / part.len().max(1)).min(times).max(1);
                let block = part.repeat(together);
                for _ in 0..times / together {
                    stream.write_all(&block).await?;
                }
                stream.write_all(&part.repeat(times % together)).await?;
            }
            Part::Drip(bytes, pause) => {
                for byte in bytes {
                    stream.write_all(&[byte]).await?;
                    tokio::time::sleep(pause).await;
                }
            }
            Part::Pause(time) => tokio::time::sleep(time).await,
            Part::Hold => while stream.read(&mut [0; 4096]).await? > 0 {},
            Part::Reset => {
                let socket = socket2::Socket::from(stream.into_std()?);
                return socket.set_linger(Some(Duration::ZERO));
            }
        }
    }
    stream.shutdown().await?;
    // What the client still sends is read, so that closing does not reset the connection.
    let rest = async { while matches!(stream.read(&mut [0; 4096]).await, Ok(count) if count > 0) {} };
    let _ = tokio::time::timeout(Duration::from_secs(1), rest).await;
    Ok(())
}

/// The most bytes of a body that are kept.
const KEPT_BODY: usize = 64 * 1024 * 1024;

async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<HostileRequest>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break end + 4;
        }
        if bytes.len() > 1024 * 1024 || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or_default().to_owned());
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let headers: Vec<(String, String)> =
        fields.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = bytes.split_off(end);
    while body.len() < usize::min(length.unwrap_or(0), KEPT_BODY) && stream.read_buf(&mut body).await? > 0 {}
    Ok(Some(HostileRequest { number: 0, method, path, headers, body }))
}

async fn forwarded(request: &HostileRequest, base: &str) -> std::io::Result<HostileResponse> {
    let host = base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await?;
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.path);
    for (name, value) in request.headers.iter().filter(|(name, _)| name != "connection") {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let _ = stream.write_all(&request.body).await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n").map_or(bytes.len(), |end| end + 4);
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(502);
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    let headers = fields.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
    Ok(HostileResponse { status, headers, body: bytes.split_off(end) })
}
