//! Inbound and outbound webhooks.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::sleep;

use super::with;
use crate::mutants::transcript::Transcript;
use crate::support::endpoint::{Endpoint, Received};
use crate::support::fixtures::{self, signature, signed_text};

const EVENTS: &str = "/api/v1/webhooks/events";
const BODY: &[u8] = b" { \"event\" : \"customer.approved\" }\n";
/// Longer than three attempts that time out.
const LONGEST_WAIT: Duration = Duration::from_millis(3_500);

pub async fn inbound(log: &mut Transcript) {
    let secret = fixtures::webhook_secret();
    let now = fixtures::now();
    for timestamp in [now, now - 240, now + 240, now - 360, now + 360, now - 4_000, now + 4_000] {
        let right = signature(&secret, &signed_text(timestamp, BODY));
        event(log, timestamp, &right, BODY).await;
    }
    let right = signature(&secret, &signed_text(now, BODY));
    let rewritten: &[u8] = br#"{"event":"customer.approved"}"#;
    let same_beginning = format!("{}{}", &right[..40], "0".repeat(right.len() - 40));
    let compact = signature(&secret, &signed_text(now, rewritten));
    for (given, body) in [
        (right.as_str(), rewritten),
        (&compact, BODY),
        (&same_beginning, BODY),
        (&right[..30], BODY),
        ("sha256=", BODY),
        ("sha256=00", BODY),
        (&signature(&secret, BODY), BODY),
        (&signature("another secret", &signed_text(now, BODY)), BODY),
    ] {
        event(log, now, given, body).await;
    }
    let timestamp = now.to_string();
    with(log, "POST", EVENTS, &[("X-Webhook-Timestamp", &timestamp)], BODY).await;
}

async fn event(log: &mut Transcript, timestamp: u64, signature: &str, body: &[u8]) {
    let timestamp = timestamp.to_string();
    let headers = [("X-Webhook-Timestamp", timestamp.as_str()), ("X-Webhook-Signature", signature)];
    with(log, "POST", EVENTS, &headers, body).await;
}

const PATHS: [&str; 8] = ["/ok", "/empty", "/slow", "/late", "/fail", "/busy", "/hang", "/second"];

pub async fn outbound(log: &mut Transcript) {
    let endpoint = Endpoint::start().await;
    let mut hooks = Vec::new();
    for path in PATHS {
        hooks.push(register(log, path, &format!("{}{path}", endpoint.url)).await);
    }
    hooks.push(register(log, "/refused", &Endpoint::closed_url().await).await);
    log.sandbox.reviewed("outbound@example.com").await;
    let begun = Instant::now();
    while begun.elapsed() < LONGEST_WAIT && !settled(log, &hooks).await {
        sleep(Duration::from_millis(50)).await;
    }
    sleep(Duration::from_millis(100)).await;
    for hook in &hooks {
        let shown = deliveries(log, hook).await;
        log.line(format!("{} log {}", hook.path, shown));
        let received = endpoint.received(&hook.path);
        let signed = received.iter().filter(|one| is_signed(one, &hook.secret)).count();
        let objects = received.iter().filter(|one| is_object(one)).count();
        let count = received.len();
        log.line(format!("{} received {count}, {signed} of them correctly signed, {objects} JSON objects", hook.path));
    }
}

struct Hook {
    path: String,
    id: String,
    secret: String,
}

async fn register(log: &mut Transcript, path: &str, url: &str) -> Hook {
    let reply = log.sandbox.post("admin", "/api/v1/webhooks", &json!({ "url": url })).await;
    let reply = log.note("register", reply);
    let secret = reply.json()["secret"].as_str().unwrap_or_default().to_owned();
    Hook { path: path.to_owned(), id: reply.id(), secret }
}

async fn deliveries(log: &Transcript, hook: &Hook) -> Value {
    let path = format!("/api/v1/webhooks/{}/deliveries", hook.id);
    log.sandbox.get("reader", &path).await.json()["deliveries"].clone()
}

async fn settled(log: &Transcript, hooks: &[Hook]) -> bool {
    for hook in hooks {
        let pending = deliveries(log, hook).await.to_string().contains("PENDING");
        if pending {
            return false;
        }
    }
    true
}

fn is_object(received: &Received) -> bool {
    serde_json::from_slice::<Value>(&received.body).is_ok_and(|body| body.is_object())
}

fn is_signed(received: &Received, secret: &str) -> bool {
    let timestamp: u64 = received.header("x-webhook-timestamp").parse().unwrap_or(0);
    let text = signed_text(timestamp, &received.body);
    timestamp.abs_diff(fixtures::now()) <= 60 && received.header("x-webhook-signature") == signature(secret, &text)
}
