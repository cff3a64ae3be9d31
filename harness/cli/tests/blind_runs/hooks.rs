//! The proxy between the reference and the webhook receiver of the harness. It changes attempts to deliver an event.
//!
//! It forwards bytes without a delay, because the receiver may send no response, a slow response, or a reset.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::Utc;
use judge::signature::hmac_sha256;
use mutate::Message;
use serde_json::{Value, json};
use spec::contract::Signing;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::change::{Delivery, Fault, Which, other};
use super::proxy::Secrets;

/// The response to a dropped attempt, so that the reference does not try again.
const ACCEPTED: &[u8] = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
/// A part of the path of requests that the receiver sends to itself.
const SELF_CHECK: &str = "/self-check-";
/// The delay before an event is delivered again. The harness still listens at that time.
const LATER: Duration = Duration::from_millis(700);

pub struct Hooks {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// The data that the connections of the proxy share.
pub struct Shared {
    pub base: String,
    pub receiver: String,
    pub signing: Signing,
    pub change: Option<Delivery>,
    /// The number of awaited attempts.
    pub attempts: usize,
    pub secret: Secrets,
    pub received: AtomicUsize,
    pub changed: AtomicUsize,
}

impl Hooks {
    pub fn start(listener: TcpListener, shared: Shared) -> Self {
        let shared = Arc::new(shared);
        let task = tokio::spawn(accept(listener, shared.clone()));
        Self { shared, task }
    }

    pub fn changed(&self) -> usize {
        self.shared.changed.load(Ordering::Relaxed)
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        connections.spawn(async move {
            let _ = connection(stream, &shared).await;
        });
    }
}

async fn connection(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let Some(mut post) = Message::read(&mut stream).await?.map(Post) else { return Ok(()) };
    if post.0.line.contains(SELF_CHECK) {
        return post.forward(&mut stream, &shared.receiver).await;
    }
    let number = shared.received.fetch_add(1, Ordering::Relaxed);
    let last = number + 1 == shared.attempts;
    let fault = match shared.change {
        Some(Delivery::NoneArrives) => return dropped(stream, shared).await,
        Some(Delivery::LastMissing) if last => return dropped(stream, shared).await,
        Some(Delivery::Attempt(Which::First, fault)) if number == 0 => Some(fault),
        Some(Delivery::Attempt(Which::Last, fault)) if last => Some(fault),
        _ => None,
    };
    if let Some(fault) = fault {
        let secret = (shared.secret)(&shared.base).unwrap_or_default();
        post.apply(fault, &shared.signing, &secret);
        shared.changed.fetch_add(1, Ordering::Relaxed);
    }
    let forwarded = post.forward(&mut stream, &shared.receiver).await;
    if fault == Some(Fault::AgainLater) {
        tokio::time::sleep(LATER).await;
    }
    if matches!(fault, Some(Fault::Twice | Fault::AgainLater)) {
        post.send_without_response(&shared.receiver).await?;
    }
    forwarded
}

async fn dropped(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    shared.changed.fetch_add(1, Ordering::Relaxed);
    stream.write_all(ACCEPTED).await
}

/// A delivery that may be changed.
struct Post(Message);

impl Post {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.0.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| std::str::from_utf8(value).ok())
    }

    /// Sets a header, or removes it.
    fn set(&mut self, name: &str, value: Option<String>) {
        self.0.headers.retain(|(found, _)| !found.eq_ignore_ascii_case(name));
        self.0.headers.extend(value.map(|value| (name.to_lowercase(), value.into_bytes())));
    }

    /// Delivers it, and forwards the response.
    async fn forward(&self, stream: &mut TcpStream, receiver: &str) -> std::io::Result<()> {
        let mut onward = TcpStream::connect(receiver).await?;
        onward.write_all(&self.0.bytes()).await?;
        copy_bidirectional(stream, &mut onward).await.map(|_| ())
    }

    /// Delivers it, and ignores the response.
    async fn send_without_response(&self, receiver: &str) -> std::io::Result<()> {
        let mut onward = TcpStream::connect(receiver).await?;
        onward.write_all(&self.0.bytes()).await?;
        let _ = tokio::time::timeout(Duration::from_millis(100), onward.read(&mut [0; 512])).await;
        Ok(())
    }

    fn apply(&mut self, fault: Fault, signing: &Signing, secret: &str) {
        let signature = self.header(&signing.signature_header).unwrap_or_default().to_owned();
        let now = Utc::now().timestamp();
        match fault {
            Fault::Twice | Fault::AgainLater => {}
            Fault::OtherDigit => {
                let digit = if signature.ends_with('0') { "1" } else { "0" };
                let other = format!("{}{digit}", &signature[..signature.len() - 1]);
                self.set(&signing.signature_header, Some(other));
            }
            Fault::NoPrefix => {
                let digits = signature.strip_prefix(&signing.prefix).unwrap_or_default();
                self.set(&signing.signature_header, Some(digits.to_owned()));
            }
            Fault::Unsigned => self.set(&signing.signature_header, None),
            Fault::Old => self.sign(now - 600, signing, secret),
            Fault::Ahead => self.sign(now + 600, signing, secret),
            Fault::OtherTimestamp => self.set(&signing.timestamp_header, Some((now + 2).to_string())),
            Fault::NoTimestamp => self.set(&signing.timestamp_header, None),
            Fault::Space => self.0.body = [self.0.body.as_slice(), b" "].concat(),
            Fault::OtherMember => self.0.body = with_another_member(&self.0.body, "undocumented"),
            Fault::List => {
                self.0.body = [b"[", self.0.body.as_slice(), b"]"].concat();
                self.sign(now, signing, secret);
            }
            Fault::OtherCustomer => {
                let body: Value = serde_json::from_slice(&self.0.body).expect("a JSON body");
                self.0.body = other(&body).to_string().into_bytes();
                self.sign(now, signing, secret);
            }
            Fault::OtherContent => {
                self.0.body = with_another_member(&self.0.body, "attempt");
                self.sign(now, signing, secret);
            }
        }
    }

    fn sign(&mut self, time: i64, signing: &Signing, secret: &str) {
        let time = time.to_string();
        let covered = [time.as_bytes(), signing.separator.as_bytes(), &self.0.body].concat();
        let digits = hmac_sha256(secret.as_bytes(), &covered);
        self.set(&signing.timestamp_header, Some(time));
        self.set(&signing.signature_header, Some(format!("{}{digits}", signing.prefix)));
    }
}

fn with_another_member(body: &[u8], name: &str) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(body).expect("a JSON body");
    body[name] = json!(1);
    body.to_string().into_bytes()
}
