//! A minimal HTTP client and some requests for the tests of the running server.

pub mod endpoint;
pub mod fixtures;

use std::time::Duration;

use reference::{Options, Running, credentials, loopback, start};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::time::timeout;

/// A server under test and a client for it.
pub struct Sandbox {
    pub running: Running,
    /// An open connection that the next request reuses.
    idle: Mutex<Option<TcpStream>>,
}

/// The response; status 0 means that there was none.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
    /// The head as received.
    pub head: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn field(&self) -> String {
        self.json()["error"]["field"].as_str().unwrap_or_default().to_owned()
    }

    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        value(&self.headers, name)
    }
}

/// The header with the credential of an actor.
pub fn header_of(actor: &str) -> Option<(&'static str, String)> {
    let all = credentials();
    let value = &all.iter().find(|one| one.actor == actor)?.value;
    let (kind, value) = value.split_once(':')?;
    match kind {
        "key" => Some(("X-API-Key", value.to_owned())),
        _ => Some(("Authorization", format!("Bearer {value}"))),
    }
}

impl Sandbox {
    pub async fn start(options: Options) -> Self {
        let listener = TcpListener::bind(loopback(&options)).await.expect("a port");
        Self { running: start(listener, options).await.expect("a server"), idle: Mutex::default() }
    }

    pub async fn plain() -> Self {
        Self::start(Options::default()).await
    }

    /// Sends the bytes unchanged and reads one reply.
    pub async fn raw(&self, request: &[u8]) -> Reply {
        let exchange = async {
            let idle = self.idle.lock().await.take();
            let mut stream = match idle {
                Some(stream) => stream,
                None => TcpStream::connect(self.running.address()).await.ok()?,
            };
            stream.write_all(request).await.ok()?;
            let reply = read(&mut stream, complete).await.or_else(|bytes| complete_at_close(&bytes).ok_or(())).ok()?;
            if reply.header("connection") != Some("close") {
                *self.idle.lock().await = Some(stream);
            }
            Some(reply)
        };
        timeout(Duration::from_secs(60), exchange).await.ok().flatten().unwrap_or_default()
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: sandbox\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        self.raw(&[head.as_bytes(), body].concat()).await
    }

    /// Sends as an actor; `anonymous` has no credential.
    pub async fn call(&self, actor: &str, method: &str, path: &str, body: &[u8]) -> Reply {
        let credential = header_of(actor);
        let headers: Vec<(&str, &str)> = credential.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.send(method, path, &headers, body).await
    }

    pub async fn post(&self, actor: &str, path: &str, body: &Value) -> Reply {
        self.call(actor, "POST", path, body.to_string().as_bytes()).await
    }

    pub async fn patch(&self, actor: &str, path: &str, body: &Value) -> Reply {
        self.call(actor, "PATCH", path, body.to_string().as_bytes()).await
    }

    pub async fn get(&self, actor: &str, path: &str) -> Reply {
        self.call(actor, "GET", path, b"").await
    }

    pub async fn delete(&self, actor: &str, path: &str) -> Reply {
        self.call(actor, "DELETE", path, b"").await
    }

    /// Creates a customer with this address and returns its path.
    pub async fn customer(&self, email: &str) -> String {
        let reply = self.post("admin", CUSTOMERS, &person(email)).await;
        format!("{CUSTOMERS}/{}", reply.id())
    }

    /// Creates a customer who is under review and returns its path.
    pub async fn reviewed(&self, email: &str) -> String {
        let path = self.customer(email).await;
        let document = fixtures::document("image/png", &fixtures::png(2, 11811));
        self.post("writer", &format!("{path}/documents"), &document).await;
        self.call("writer", "POST", &format!("{path}/verification"), b"").await;
        path
    }
}

pub const CUSTOMERS: &str = "/api/v1/customers";

/// A body with all required fields of a customer.
pub fn person(email: &str) -> Value {
    json!({ "email": email, "firstName": "Ada", "lastName": "Byron", "dateOfBirth": "1990-12-10" })
}

/// A body with all required fields, changed or extended by other members.
pub fn person_with(email: &str, others: Value) -> Value {
    let mut person = person(email);
    for (name, value) in others.as_object().expect("an object") {
        person[name] = value.clone();
    }
    person
}

/// Checks the status, the code, and what the contract requires of every error.
pub fn assert_error(reply: &Reply, status: u16, code: &str) {
    let body = String::from_utf8_lossy(&reply.body);
    assert_eq!((reply.status, reply.code().as_str()), (status, code), "{body}");
    let media_type = reply.header("content-type").unwrap_or_default();
    assert!(media_type.starts_with("application/json"), "{media_type}");
    assert!(reply.header("x-request-id").is_some_and(|id| !id.is_empty()));
    let error = &reply.json()["error"];
    let message = error["message"].as_str().unwrap_or_default();
    assert!(!message.is_empty(), "{body}");
    let known = ["code", "message", "details", "field", "retryAfter"];
    let mut names = error.as_object().expect("an object").keys();
    assert!(names.all(|name| known.contains(&name.as_str())), "{body}");
}

pub type Headers = Vec<(String, String)>;

/// Reads a message that `complete` finds in the bytes so far; the error has the bytes of an incomplete one.
async fn read<T>(stream: &mut TcpStream, complete: fn(&[u8]) -> Option<T>) -> Result<T, Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(message) = complete(&bytes) {
            return Ok(message);
        }
        if !stream.read_buf(&mut bytes).await.is_ok_and(|count| count > 0) {
            return Err(bytes);
        }
    }
}

/// The reply in the bytes, if they contain a complete one.
fn complete(bytes: &[u8]) -> Option<Reply> {
    let (reply, rest) = parse_head(bytes)?;
    let body = match reply.header("content-length") {
        Some(length) => rest.get(..length.parse().ok()?)?.to_vec(),
        None if reply.header("transfer-encoding").is_some() => unchunked(rest)?,
        None if reply.header("connection") == Some("close") => return None,
        None => Vec::new(),
    };
    Some(Reply { body, ..reply })
}

/// The reply in the bytes after the connection was closed.
fn complete_at_close(bytes: &[u8]) -> Option<Reply> {
    let (reply, rest) = parse_head(bytes)?;
    Some(Reply { body: rest.to_vec(), ..reply })
}

/// The body of the chunks, if the last chunk is present.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        if size == 0 {
            // The empty line after the last chunk belongs to the body, too.
            return rest.get(end + 2..end + 4).map(|_| body);
        }
        body.extend(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + size + 4..)?;
    }
}

/// A reply without its body, and the bytes after its head.
fn parse_head(bytes: &[u8]) -> Option<(Reply, &[u8])> {
    let (head, headers, rest) = split(bytes)?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((Reply { status, headers, body: Vec::new(), head }, rest))
}

/// The head of a message, its headers, and the bytes after it.
fn split(bytes: &[u8]) -> Option<(String, Headers, &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let lines = head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
    let headers = lines.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
    Some((head, headers, &bytes[end + 4..]))
}

fn value<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
