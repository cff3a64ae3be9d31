//! The relay between target and webhook receiver. It forwards each delivery and changes some of them, or forwards them
//! more or less often. The responses of the receiver, also delays and closed connections, pass through unchanged.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::change::{Surroundings, apply};
use super::mutation::{Change, Mutation};
use super::proxy::accept;
use judge::exchange::{Header, Response};
use runner::webhook::{Receiver, listen};
use spec::contract::Contract;

/// The maximum number of bytes of a delivery. A longer one is not forwarded.
const LONGEST: usize = 1024 * 1024;
/// The response to a delivery that is not forwarded.
const ACCEPTED: &[u8] = b"HTTP/1.1 204 Accepted\r\nconnection: close\r\n\r\n";

/// A relay that listens, but does not forward yet: the receiver needs its URL.
pub(super) struct Listening {
    listener: TcpListener,
    pub(super) url: String,
}

/// Starts a receiver of deliveries, behind a relay if a mutation changes them.
pub(super) async fn receive(
    contract: &Arc<Contract>,
    mutation: Option<&Mutation>,
    timeout: Duration,
) -> std::io::Result<(Receiver, Option<Relay>)> {
    let address = ([127, 0, 0, 1], 0).into();
    let Some(mutation) = mutation.filter(|mutation| mutation.when.is_of_deliveries()) else {
        return Ok((Receiver::start(address, None, timeout).await?, None));
    };
    let listening = Listening::start()?;
    let receiver = Receiver::start(address, Some(&listening.url), timeout).await?;
    let relay = listening.forward(contract.clone(), mutation.clone(), receiver.address());
    Ok((receiver, Some(relay)))
}

/// A running relay. It stops when this is dropped.
pub(super) struct Relay {
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    contract: Arc<Contract>,
    mutation: Mutation,
    receiver: SocketAddr,
    arrived: AtomicUsize,
    changed: AtomicUsize,
}

impl Listening {
    pub(super) fn start() -> std::io::Result<Self> {
        let listener = listen((Ipv4Addr::LOCALHOST, 0).into())?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, url })
    }

    /// Forwards deliveries to a receiver from now on.
    pub(super) fn forward(self, contract: Arc<Contract>, mutation: Mutation, receiver: SocketAddr) -> Relay {
        let (arrived, changed) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let state = Arc::new(State { contract, mutation, receiver, arrived, changed });
        let serving = state.clone();
        let task = tokio::spawn(accept(self.listener, move |stream| {
            let state = serving.clone();
            // An error means that one side closed its connection, which closes the other.
            async move { state.relay(stream).await.unwrap_or_default() }
        }));
        Relay { state, task }
    }
}

impl Relay {
    /// How many deliveries were changed.
    pub(super) fn changed(&self) -> usize {
        self.state.changed.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A delivery as it arrived.
pub struct Message {
    /// The method, the path and the version.
    pub line: String,
    /// The header fields, with names in lower case.
    pub headers: Vec<Header>,
    pub body: Vec<u8>,
}

impl State {
    async fn relay(&self, mut target: TcpStream) -> std::io::Result<()> {
        let Some(message) = Message::read(&mut target).await? else { return Ok(()) };
        let due = self.arrived.fetch_add(1, Ordering::Relaxed) + 1;
        let every = self.mutation.when.every.unwrap_or(1).max(1);
        let change = due.is_multiple_of(every).then_some(&self.mutation.change);
        let change = change.filter(|_| self.mutation.when.is_of_deliveries());
        match change {
            Some(Change::Drop) => {
                self.changed.fetch_add(1, Ordering::Relaxed);
                target.write_all(ACCEPTED).await
            }
            Some(Change::Repeat) => {
                self.changed.fetch_add(1, Ordering::Relaxed);
                let mut first = self.forward(&message.bytes()).await?;
                first.read_to_end(&mut Vec::new()).await?;
                self.response(&message, target).await
            }
            Some(change) => {
                let changed = self.applied(change, &message);
                self.changed.fetch_add(usize::from(changed.is_some()), Ordering::Relaxed);
                self.response(&changed.unwrap_or(message), target).await
            }
            None => self.response(&message, target).await,
        }
    }

    fn applied(&self, change: &Change, message: &Message) -> Option<Message> {
        let whole = Response { status: 200, headers: message.headers.clone(), body: message.body.clone().into() };
        let surroundings =
            Surroundings { catalog: &self.contract.catalog, previous: None, success: None, refused: None };
        let changed = apply(change, &whole, surroundings)?;
        Some(Message { line: message.line.clone(), headers: changed.headers, body: changed.body.to_vec() })
    }

    async fn forward(&self, bytes: &[u8]) -> std::io::Result<TcpStream> {
        let mut receiver = TcpStream::connect(self.receiver).await?;
        receiver.write_all(bytes).await?;
        Ok(receiver)
    }

    /// Forwards a delivery and sends back what the receiver returns.
    async fn response(&self, message: &Message, mut target: TcpStream) -> std::io::Result<()> {
        let mut receiver = self.forward(&message.bytes()).await?;
        tokio::io::copy_bidirectional(&mut target, &mut receiver).await.map(drop)
    }
}

impl Message {
    /// Reads one request; `None` if it is not HTTP, or too long.
    pub async fn read(stream: &mut TcpStream) -> std::io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            if bytes.len() > LONGEST || stream.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        };
        let mut message = head(&String::from_utf8_lossy(&bytes[..end]));
        bytes.drain(..end + 4);
        if message.header("expect").is_some_and(|value| value.contains("100-continue")) {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let chunked = message.header("transfer-encoding").is_some_and(|value| value.contains("chunked"));
        let length = message.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        loop {
            let body = if chunked { unchunked(&bytes) } else { bytes.get(..length).map(<[u8]>::to_vec) };
            if let Some(body) = body {
                message.body = body;
                return Ok(Some(message));
            }
            if bytes.len() > LONGEST || stream.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// The message with the length of its body.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}\r\n", self.line).into_bytes();
        let of_the_body = |name: &str| ["content-length", "transfer-encoding", "expect"].contains(&name);
        for (name, value) in self.headers.iter().filter(|(name, _)| !of_the_body(name)) {
            bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        bytes.extend(format!("content-length: {}\r\n\r\n", self.body.len()).bytes());
        bytes.extend(&self.body);
        bytes
    }

    fn header(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| String::from_utf8_lossy(value).to_lowercase())
    }
}

fn head(text: &str) -> Message {
    let mut lines = text.split("\r\n");
    let line = lines.next().unwrap_or_default().to_owned();
    let fields = lines.filter_map(|line| line.split_once(':'));
    let headers = fields.map(|(name, value)| (name.trim().to_lowercase(), value.trim().as_bytes().to_vec())).collect();
    Message { line, headers, body: Vec::new() }
}

/// The content of a body in chunks; `None` if it is not complete.
fn unchunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&bytes[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        let from = end + 2;
        body.extend(bytes.get(from..from.checked_add(size)?)?);
        bytes = bytes.get(from + size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{ResponseKind, When};

    /// What a receiver gets of one delivery, and what its sender gets as a response.
    async fn delivered(change: Change) -> (Vec<String>, String) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel");
        let contract = Arc::new(Contract::load(&root).expect("the pack loads"));
        let when = When { responses: Some(ResponseKind::Deliveries), ..When::default() };
        let mutation = Mutation { name: String::new(), about: None, when, change, clauses: Vec::new() };
        let listening = Listening::start().expect("a port");
        let address = listening.url.trim_start_matches("http://").to_owned();
        let free = ([127, 0, 0, 1], 0).into();
        let receiver = Receiver::start(free, Some(&listening.url), Duration::from_secs(1)).await.expect("a receiver");
        receiver.listen("a", None, vec![spec::scenario::Reply::Status(202)]);
        let relay = listening.forward(contract, mutation, receiver.address());
        let mut target = TcpStream::connect(address).await.expect("a connection");
        target.write_all(b"POST /hooks/a HTTP/1.1\r\nX-Sign: 1\r\nContent-Length: 3\r\n\r\na-1").await.expect("sent");
        let mut response = String::new();
        target.read_to_string(&mut response).await.expect("a response");
        assert_eq!(relay.changed(), 1);
        let all = receiver.deliveries("a", "a-1").into_iter();
        let got = all.map(|one| format!("{:?} {}", one.header("x-sign"), String::from_utf8_lossy(&one.body)));
        (got.collect(), response.split("\r\n").next().unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn deliveries_are_changed_lost_or_repeated() {
        let unsigned = delivered(Change::RemoveHeader { name: "X-Sign".to_owned() }).await;
        assert_eq!(unsigned, (vec!["None a-1".to_owned()], "HTTP/1.1 202 Response".to_owned()));
        let lost = delivered(Change::Drop).await;
        assert_eq!(lost, (Vec::new(), "HTTP/1.1 204 Accepted".to_owned()));
        let twice = delivered(Change::Repeat).await;
        assert_eq!(twice, (vec!["Some(\"1\") a-1".to_owned(); 2], "HTTP/1.1 202 Response".to_owned()));
    }

    #[test]
    fn a_message_is_written_with_the_length_of_its_body() {
        let mut message = head("POST /hooks/a HTTP/1.1\r\nX-One: 1\r\nTransfer-Encoding: chunked");
        message.body = b"{}".to_vec();
        let text = String::from_utf8(message.bytes()).expect("a text");
        assert_eq!(text, "POST /hooks/a HTTP/1.1\r\nx-one: 1\r\ncontent-length: 2\r\n\r\n{}");
    }

    #[test]
    fn chunks_are_joined_when_the_last_one_has_arrived() {
        assert_eq!(unchunked(b"2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n"), Some(b"abc".to_vec()));
        assert_eq!(unchunked(b"2\r\nab\r\n1\r\nc\r\n"), None);
        assert_eq!(unchunked(b"ffffffffffffffff\r\nab"), None);
    }
}
