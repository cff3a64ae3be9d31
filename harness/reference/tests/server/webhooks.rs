//! Tests of inbound and outbound webhooks without mutants.

use std::time::Duration;

use crate::support::endpoint::{Endpoint, Received, TIMEOUT};
use crate::support::{CUSTOMERS, Sandbox, fixtures};
use reference::Options;
use serde_json::{Value, json};
use tokio::time::sleep;

const EVENTS: &str = "/api/v1/webhooks/events";

async fn start_with_short_timeouts() -> Sandbox {
    let pause = Duration::from_millis(10);
    Sandbox::start(Options { webhook_timeout: TIMEOUT, webhook_pause: pause, ..Options::default() }).await
}

/// Registers a webhook and returns its id and secret.
async fn register(sandbox: &Sandbox, url: &str) -> (String, String) {
    let reply = sandbox.post("admin", "/api/v1/webhooks", &json!({ "url": url })).await;
    assert_eq!(reply.status, 201);
    let secret = reply.json()["secret"].as_str().expect("a secret").to_owned();
    (reply.id(), secret)
}

/// Waits until no delivery of a webhook is pending, and returns the deliveries.
async fn deliveries(sandbox: &Sandbox, id: &str) -> Vec<Value> {
    for _ in 0..300 {
        let reply = sandbox.get("reader", &format!("/api/v1/webhooks/{id}/deliveries")).await;
        let all = reply.json()["deliveries"].as_array().expect("a list").clone();
        if !all.is_empty() && all.iter().all(|one| one["status"] != "PENDING") {
            return all;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("deliveries of {id} are still pending");
}

fn assert_signed(received: &Received, secret: &str) {
    let timestamp: u64 = received.header("x-webhook-timestamp").parse().expect("a timestamp");
    assert!(timestamp.abs_diff(fixtures::now()) <= 5);
    let text = fixtures::signed_text(timestamp, &received.body);
    assert_eq!(received.header("x-webhook-signature"), fixtures::signature(secret, &text));
}

#[tokio::test]
async fn events_are_delivered_once_and_signed() {
    let (sandbox, endpoint) = (start_with_short_timeouts().await, Endpoint::start().await);
    let (id, secret) = register(&sandbox, &format!("{}/ok", endpoint.url)).await;
    let path = sandbox.reviewed("events@example.com").await;
    let all = deliveries(&sandbox, &id).await;
    let events: Vec<&str> = all.iter().filter_map(|one| one["event"].as_str()).collect();
    assert_eq!(events, ["customer.created", "customer.state_changed"]);
    assert!(all.iter().all(|one| one["status"] == "DELIVERED" && one["attempts"] == 1));
    sleep(Duration::from_millis(100)).await;
    let received = endpoint.received("/ok");
    assert_eq!(received.len(), 2);
    let customer = path.trim_start_matches(CUSTOMERS).trim_start_matches('/');
    for one in &received {
        assert_signed(one, &secret);
        assert!(String::from_utf8_lossy(&one.body).contains(customer));
    }
}

#[tokio::test]
async fn failing_endpoint_gets_three_attempts() {
    let (sandbox, endpoint) = (start_with_short_timeouts().await, Endpoint::start().await);
    for path in ["/fail", "/busy", "/hang", "/late"] {
        let (id, secret) = register(&sandbox, &format!("{}{path}", endpoint.url)).await;
        sandbox.customer(&format!("{}@example.com", &path[1..])).await;
        let failed = &deliveries(&sandbox, &id).await[0];
        assert_eq!((&failed["status"], &failed["attempts"]), (&json!("FAILED"), &json!(3)), "{path}");
        assert_eq!(failed["error"]["code"], "WEBHOOK_DELIVERY_FAILED");
        assert!(failed["error"]["message"].is_string() && failed["error"]["details"].is_string());
        let received = endpoint.received(path);
        assert!(received.len() >= 3);
        assert_signed(&received[2], &secret);
    }
}

#[tokio::test]
async fn refused_connection_is_a_failure() {
    let sandbox = start_with_short_timeouts().await;
    let (id, _) = register(&sandbox, &Endpoint::closed_url().await).await;
    sandbox.customer("refused@example.com").await;
    let failed = &deliveries(&sandbox, &id).await[0];
    assert_eq!((&failed["status"], &failed["attempts"]), (&json!("FAILED"), &json!(3)));
}

#[tokio::test]
async fn deliveries_end_with_the_server() {
    let (sandbox, endpoint) = (start_with_short_timeouts().await, Endpoint::start().await);
    register(&sandbox, &format!("{}/hang", endpoint.url)).await;
    sandbox.customer("ended@example.com").await;
    sleep(Duration::from_millis(200)).await;
    drop(sandbox);
    sleep(TIMEOUT + Duration::from_millis(200)).await;
    assert_eq!(endpoint.received("/hang").len(), 1);
}

#[tokio::test]
async fn webhook_needs_a_url_and_its_environment() {
    let sandbox = start_with_short_timeouts().await;
    let missing = sandbox.post("admin", "/api/v1/webhooks", &json!({})).await;
    assert_eq!((missing.code().as_str(), missing.field().as_str()), ("VALIDATION_ERROR", "url"));
    let invalid = sandbox.post("admin", "/api/v1/webhooks", &json!({ "url": "ftp://x" })).await;
    assert_eq!((invalid.code().as_str(), invalid.field().as_str()), ("INVALID_FIELD_FORMAT", "url"));
    let unknown = sandbox.get("reader", "/api/v1/webhooks/whk_0/deliveries").await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "RESOURCE_NOT_FOUND"));
    let (id, _) = register(&sandbox, "http://127.0.0.1:1/").await;
    let elsewhere = sandbox.get("production", &format!("/api/v1/webhooks/{id}/deliveries")).await;
    assert_eq!(elsewhere.status, 404);
}

#[tokio::test]
async fn inbound_events_need_a_signature() {
    let sandbox = start_with_short_timeouts().await;
    let secret = fixtures::webhook_secret();
    let body = b" { \"event\" :\t\"customer.approved\" }\n";
    let now = fixtures::now();
    let send = async |timestamp: u64, text: &[u8], body: &[u8]| {
        let (timestamp, signature) = (timestamp.to_string(), fixtures::signature(&secret, text));
        let headers = [("X-Webhook-Timestamp", timestamp.as_str()), ("X-Webhook-Signature", &signature)];
        sandbox.send("POST", EVENTS, &headers, body).await
    };
    let accepted = send(now, &fixtures::signed_text(now, body), body).await;
    assert_eq!((accepted.status, accepted.body.len()), (204, 0));
    for refused in [
        send(now, body, body).await,
        send(now - 400, &fixtures::signed_text(now - 400, body), body).await,
        send(now, &fixtures::signed_text(now, body), b"{\"event\":\"customer.approved\"}").await,
        sandbox.send("POST", EVENTS, &[], body).await,
    ] {
        assert_eq!((refused.status, refused.code().as_str()), (401, "WEBHOOK_SIGNATURE_INVALID"));
    }
    let not_json = send(now, &fixtures::signed_text(now, b"hello"), b"hello").await;
    assert_eq!((not_json.status, not_json.code().as_str()), (400, "VALIDATION_ERROR"));
}
