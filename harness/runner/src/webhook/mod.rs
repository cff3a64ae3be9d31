//! The webhook receiver: endpoints to which the target delivers events. It has one listener and one path per test. It
//! records every delivery attempt, and responds as the scenario says.
//!
//! It implements HTTP/1.1 itself, because an HTTP library could not stay silent, reset a connection or send a redirect
//! on demand. Connections, bytes and recorded deliveries are limited.

mod endpoint;
mod self_check;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

use self::endpoint::Endpoint;
use self::self_check::SELF_CHECK;
use judge::delivery::Delivery;
use judge::exchange::Header;
use spec::scenario::Reply;

/// A running receiver. It stops listening when it is dropped.
pub struct Receiver {
    address: SocketAddr,
    base: String,
    refusing: String,
    timeout: Duration,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    endpoints: Mutex<HashMap<String, Endpoint>>,
    news: Notify,
    /// Whether any request other than the self-check has arrived.
    reached: AtomicBool,
    /// When this process was stalled, and for how long.
    stalls: Mutex<Vec<(Instant, Duration)>>,
}

const MAX_HEAD_BYTES: usize = 32 * 1024;
const MAX_BODY_BYTES: usize = 256 * 1024;
const MAX_CONNECTIONS: usize = 256;
/// How many connections wait until they are accepted. The system may reduce it.
const BACKLOG: u32 = 4096;
/// How often the heartbeat checks for stalls, and how many stalls are recorded.
const HEARTBEAT: Duration = Duration::from_millis(50);
const MAX_STALLS: usize = 1000;
/// The timeout for reading a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

impl Receiver {
    /// Listens on `address`. `url` is the URL by which the target reaches the receiver, if it is not that address.
    /// `timeout` is how long the target waits for a response.
    pub async fn start(address: SocketAddr, url: Option<&str>, timeout: Duration) -> std::io::Result<Self> {
        let listener = listen(address)?;
        let address = listener.local_addr()?;
        let own = format!("http://{address}");
        let base = url.map_or(own, |url| url.trim_end_matches('/').to_owned());
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(accept(listener, shared.clone(), timeout));
        Ok(Self { address, refusing: refusing(&base), base, timeout, shared, task })
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self, name: &str) -> String {
        format!("{}/hooks/{name}", self.base)
    }

    /// A URL with no listener.
    pub(crate) fn refusing_url(&self) -> &str {
        &self.refusing
    }

    /// The base URL that the target gets.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Whether any request other than the self-check has arrived.
    pub(super) fn was_reached(&self) -> bool {
        self.shared.reached.load(Ordering::Relaxed)
    }

    /// How long the target waits for a response.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Opens an endpoint, or changes its replies. Deliveries that contain `body_contains` get the replies in order, and then
    /// the last one again. All others get 204.
    pub fn listen(&self, name: &str, body_contains: Option<String>, replies: Vec<Reply>) {
        let mut endpoints = self.shared.endpoints.lock();
        let endpoint = endpoints.entry(name.to_owned()).or_default();
        endpoint.body_contains = body_contains;
        endpoint.replies = replies;
        endpoint.responded = 0;
    }

    /// Closes an endpoint and discards its deliveries.
    pub fn close(&self, name: &str) {
        self.shared.endpoints.lock().remove(name);
    }

    /// The delay of an endpoint that responds slowly, but in time.
    pub fn slow(&self) -> Duration {
        slow(self.timeout)
    }

    /// The deliveries so far that contain a text.
    pub fn deliveries(&self, name: &str, body_contains: &str) -> Vec<Delivery> {
        let endpoints = self.shared.endpoints.lock();
        let deliveries = endpoints.get(name).map(|endpoint| endpoint.deliveries.as_slice());
        deliveries.unwrap_or_default().iter().filter(|delivery| delivery.holds(body_contains)).cloned().collect()
    }

    /// The longest stall of this process since `begun`, if it may have changed the outcome. For a reply with a delay
    /// the limit is a quarter of the target's timeout, for others the whole timeout.
    pub(crate) fn stalled_since(&self, begun: Instant, reply: Option<Reply>) -> Option<Duration> {
        let is_timed = matches!(reply, Some(Reply::Slow | Reply::Late | Reply::Trickle | Reply::Silence));
        let least = if is_timed { self.timeout / 4 } else { self.timeout };
        let stalls = self.shared.stalls.lock();
        let longest = stalls.iter().filter(|(when, _)| *when >= begun).map(|(_, stall)| *stall).max();
        longest.filter(|stall| *stall >= least)
    }

    /// Returns when any endpoint has received another delivery, or after 50 ms.
    pub async fn news(&self) {
        let _ = tokio::time::timeout(Duration::from_millis(50), self.shared.news.notified()).await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The same host with port 1, which is reserved for a service that is not in use.
fn refusing(base: &str) -> String {
    let Ok(mut url) = reqwest::Url::parse(base) else {
        return base.to_owned();
    };
    // Setting a port fails only for a URL without a host.
    let _ = url.set_port(Some(1));
    format!("{}/hooks/nobody", url.as_str().trim_end_matches('/'))
}

/// Listens on an address to which a target delivers events. A target sends each event to all its webhooks at once. When
/// more connections arrive than may wait, the system drops some. It tries them again after a second, and by then the
/// target may have counted an attempt that we never saw. The usual 128 connections were too few.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows, this option would let two processes share the port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, timeout: Duration) {
    let limit = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    // Aborting this task drops the set, which closes all connections.
    let mut connections = tokio::task::JoinSet::new();
    connections.spawn(heartbeat(shared.clone()));
    loop {
        let Ok(permit) = limit.clone().acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let shared = shared.clone();
        connections.spawn(async move {
            // An error here means that the caller closed the connection.
            let _ = connection(stream, &shared, timeout).await;
            drop(permit);
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Records a stall whenever a sleep took much longer than requested.
async fn heartbeat(shared: Arc<Shared>) {
    loop {
        let begun = Instant::now();
        tokio::time::sleep(HEARTBEAT).await;
        let stall = begun.elapsed().saturating_sub(HEARTBEAT);
        let mut stalls = shared.stalls.lock();
        if stall > HEARTBEAT && stalls.len() < MAX_STALLS {
            stalls.push((Instant::now(), stall));
        }
    }
}

async fn connection(mut stream: TcpStream, shared: &Shared, timeout: Duration) -> std::io::Result<()> {
    let request = tokio::time::timeout(REQUEST_TIMEOUT, read_request(&mut stream)).await;
    let Ok(Ok(Some((path, delivery)))) = request else {
        return Ok(());
    };
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    if !name.starts_with(SELF_CHECK) {
        shared.reached.store(true, Ordering::Relaxed);
    }
    let reply = record_delivery(shared, &name, delivery);
    shared.news.notify_waiters();
    match reply {
        Reply::Status(status) => response(&mut stream, status).await,
        Reply::Slow => {
            tokio::time::sleep(slow(timeout)).await;
            response(&mut stream, 200).await
        }
        Reply::Late => {
            tokio::time::sleep(late(timeout)).await;
            response(&mut stream, 200).await
        }
        Reply::Trickle => trickle(&mut stream, timeout).await,
        Reply::Silence => {
            let mut rest = [0; 64];
            let gone = async { while matches!(stream.read(&mut rest).await, Ok(count) if count > 0) {} };
            let _ = tokio::time::timeout(timeout.mul_f64(2.0), gone).await;
            Ok(())
        }
        Reply::Reset => {
            let stream = stream.into_std()?;
            let socket = socket2::Socket::from(stream);
            // With a linger time of zero, closing sends RST instead of FIN.
            socket.set_linger(Some(Duration::ZERO))
        }
    }
}

/// The delay of a slow response that is in time: 1.2 s before the target's timeout, but at least half of the timeout.
fn slow(timeout: Duration) -> Duration {
    timeout.saturating_sub(Duration::from_millis(1200)).max(timeout / 2)
}

/// The delay of a response that is too late: by a tenth of the target's timeout, and by at least half a second.
fn late(timeout: Duration) -> Duration {
    timeout + (timeout / 10).max(Duration::from_millis(500))
}

/// Records a delivery and returns the reply. Deliveries to a closed endpoint get 204: webhooks may outlive their test,
/// and the target should not retry those deliveries.
fn record_delivery(shared: &Shared, name: &str, delivery: Delivery) -> Reply {
    let mut endpoints = shared.endpoints.lock();
    let Some(endpoint) = endpoints.get_mut(name) else {
        return Reply::Status(204);
    };
    let is_expected = endpoint.body_contains.as_ref().is_none_or(|part| delivery.holds(part));
    endpoint.keep(delivery, is_expected);
    if !is_expected {
        return Reply::Status(204);
    }
    let turn = endpoint.responded.min(endpoint.replies.len().saturating_sub(1));
    endpoint.responded += 1;
    endpoint.replies.get(turn).copied().unwrap_or(Reply::Status(204))
}

async fn response(stream: &mut TcpStream, status: u16) -> std::io::Result<()> {
    let further = if (300..400).contains(&status) { "location: /elsewhere\r\n" } else { "" };
    let length = if status == 204 { "" } else { "content-length: 0\r\n" };
    let head = format!("HTTP/1.1 {status} Response\r\n{further}{length}connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.shutdown().await
}

async fn trickle(stream: &mut TcpStream, timeout: Duration) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await?;
    for _ in 0..30 {
        tokio::time::sleep(timeout.mul_f64(0.05)).await;
        stream.write_all(b".").await?;
    }
    stream.shutdown().await
}

/// Reads one request; `None` if it is not HTTP or exceeds a limit.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<(String, Delivery)>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
            break end + 4;
        }
        if bytes.len() > MAX_HEAD_BYTES || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let Some(path) = lines.next().and_then(|line| line.split(' ').nth(1)).map(str::to_owned) else {
        return Ok(None);
    };
    let headers: Vec<Header> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().as_bytes().to_vec()))
        .collect();
    let value = |name: &str| {
        let found = headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| String::from_utf8_lossy(value).to_lowercase())
    };
    if value("expect").is_some_and(|value| value.contains("100-continue")) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let rest = bytes.split_off(end);
    let chunked = value("transfer-encoding").is_some_and(|value| value.contains("chunked"));
    let length = value("content-length").and_then(|value| value.parse::<usize>().ok()).unwrap_or(0);
    let body = if chunked { read_chunks(stream, rest).await? } else { read_length(stream, rest, length).await? };
    Ok(body.map(|body| (path, Delivery { arrived: Utc::now(), headers, body: body.into() })))
}

async fn read_length(stream: &mut TcpStream, mut bytes: Vec<u8>, length: usize) -> std::io::Result<Option<Vec<u8>>> {
    if length > MAX_BODY_BYTES {
        return Ok(None);
    }
    while bytes.len() < length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    bytes.truncate(length);
    Ok(Some(bytes))
}

async fn read_chunks(stream: &mut TcpStream, mut bytes: Vec<u8>) -> std::io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let line = loop {
            if let Some(end) = memchr::memmem::find(&bytes, b"\r\n") {
                break end;
            }
            if bytes.len() > MAX_HEAD_BYTES || stream.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        };
        let text = String::from_utf8_lossy(&bytes[..line]).into_owned();
        let digits = text.split(';').next().unwrap_or_default().trim();
        let Ok(size) = usize::from_str_radix(digits, 16) else {
            return Ok(None);
        };
        if body.len() + size > MAX_BODY_BYTES {
            return Ok(None);
        }
        while bytes.len() < line + 2 + size + 2 {
            if stream.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        }
        if size == 0 {
            return Ok(Some(body));
        }
        body.extend_from_slice(&bytes[line + 2..line + 2 + size]);
        bytes.drain(..line + 2 + size + 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn receiver() -> Receiver {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        Receiver::start(address, None, Duration::from_millis(200)).await.expect("a receiver")
    }

    async fn post(url: &str, head: &str, body: &str) -> String {
        let url = reqwest::Url::parse(url).expect("a URL");
        let mut stream = TcpStream::connect((url.host_str().expect("a host"), url.port().expect("a port")))
            .await
            .expect("a connection");
        let request = format!("POST {} HTTP/1.1\r\nhost: h\r\n{head}\r\n{body}", url.path());
        stream.write_all(request.as_bytes()).await.expect("written");
        let mut response = String::new();
        let _ = stream.read_to_string(&mut response).await;
        response
    }

    /// Other systems permit only 128 connections.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn many_connections_wait_until_they_are_accepted() {
        let receiver = receiver().await;
        // The receiver accepts nothing meanwhile: this runtime has one thread.
        let connect = |_| std::net::TcpStream::connect_timeout(&receiver.address(), Duration::from_millis(500));
        let connections: Result<Vec<_>, _> = (0..400).map(connect).collect();
        assert_eq!(connections.expect("no connection is dropped").len(), 400);
    }

    #[tokio::test]
    async fn stall_of_the_process_is_detected() {
        let receiver = receiver().await;
        let begun = Instant::now();
        tokio::task::yield_now().await;
        // Nothing else runs on this runtime's only thread.
        std::thread::sleep(Duration::from_millis(300));
        tokio::time::sleep(HEARTBEAT).await;
        assert!(receiver.stalled_since(begun, Some(Reply::Late)).is_some());
        assert!(receiver.stalled_since(begun, Some(Reply::Status(204))).is_some());
        assert_eq!(receiver.stalled_since(Instant::now(), Some(Reply::Late)), None);
    }

    #[tokio::test]
    async fn matching_deliveries_get_the_replies_in_order() {
        let receiver = receiver().await;
        receiver.listen("a", Some("cus_1".into()), vec![Reply::Status(500), Reply::Status(200)]);
        let url = receiver.url("a");
        let first = post(&url, "content-length: 5\r\n", "cus_1").await;
        let other = post(&url, "content-length: 5\r\n", "cus_2").await;
        let second = post(&url, "transfer-encoding: chunked\r\n", "3\r\ncus\r\n2;x\r\n_1\r\n0\r\n\r\n").await;
        let third = post(&url, "content-length: 5\r\n", "cus_1").await;
        let statuses: Vec<&str> = [&first, &other, &second, &third].map(|response| &response[9..12]).to_vec();
        assert_eq!(statuses, ["500", "204", "200", "200"]);
        assert_eq!(receiver.deliveries("a", "cus_1").len(), 3);
        assert!(receiver.deliveries("b", "cus_1").is_empty());
    }

    #[tokio::test]
    async fn silent_endpoint_sends_nothing_and_unknown_endpoint_sends_204() {
        let receiver = receiver().await;
        receiver.listen("a", None, vec![Reply::Silence]);
        assert_eq!(post(&receiver.url("a"), "content-length: 9\r\n", "{\"a\":\"x\"}").await, "");
        assert!(post(&receiver.url("zz"), "content-length: 2\r\n", "{}").await.starts_with("HTTP/1.1 204"));
        assert_eq!(receiver.deliveries("a", "x").len(), 1);
    }

    #[tokio::test]
    async fn body_above_the_limit_is_refused() {
        let receiver = receiver().await;
        receiver.listen("a", None, Vec::new());
        assert_eq!(post(&receiver.url("a"), "content-length: 99999999\r\n", "").await, "");
        assert!(receiver.deliveries("a", "").is_empty());
    }

    #[test]
    fn refusing_url_keeps_the_host() {
        assert_eq!(refusing("http://127.0.0.1:8080"), "http://127.0.0.1:1/hooks/nobody");
    }
}
