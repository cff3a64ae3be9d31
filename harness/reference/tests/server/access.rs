//! Tests of authentication, permissions and rate limits.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reference::{Options, token};
use serde_json::json;

use crate::support::{CUSTOMERS, Sandbox, assert_error, fixtures, person};

#[tokio::test]
async fn credential_is_checked_before_the_resource() {
    let sandbox = Sandbox::plain().await;
    let path = format!("{CUSTOMERS}/cus_unknown");
    for actor in ["anonymous", "unknown", "revoked", "forged"] {
        assert_error(&sandbox.get(actor, &path).await, 401, "AUTHENTICATION_FAILED");
    }
    let expired = sandbox.get("expired", &path).await;
    assert_error(&expired, 401, "TOKEN_EXPIRED");
    assert_eq!(expired.json()["error"]["details"], "Token expired at 2025-11-05T10:30:00Z");
    let invalid = [
        ("X-API-Key", ""),
        ("Authorization", "Basic YTpi"),
        ("Authorization", "Bearer"),
        ("Authorization", "Bearer x.y.z"),
    ];
    for header in invalid {
        assert_error(&sandbox.send("GET", &path, &[header], b"").await, 401, "AUTHENTICATION_FAILED");
    }
}

#[tokio::test]
async fn token_grants_its_scopes_only() {
    let sandbox = Sandbox::plain().await;
    let create = async |token: String| {
        let bearer = format!("Bearer {token}");
        sandbox.send("POST", CUSTOMERS, &[("Authorization", &bearer)], b"{}").await
    };
    assert_error(&create(token("READ", 4_000_000_000)).await, 403, "INSUFFICIENT_PERMISSIONS");
    assert_error(&create(token("READ WRITE", 4_000_000_000)).await, 400, "VALIDATION_ERROR");
    let unsigned = format!(
        "{}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(r#"{"scope":"ADMIN","exp":4000000000}"#)
    );
    assert_error(&create(unsigned).await, 401, "AUTHENTICATION_FAILED");
    let tampered = token("WRITE", 1_000_000_000).replace('.', ".A");
    assert_error(&create(tampered).await, 401, "AUTHENTICATION_FAILED");
}

#[tokio::test]
async fn key_grants_its_scope_only() {
    let sandbox = Sandbox::plain().await;
    let path = sandbox.customer("scopes@example.com").await;
    assert_error(&sandbox.post("reader", CUSTOMERS, &person("x@example.com")).await, 403, "INSUFFICIENT_PERMISSIONS");
    assert_error(&sandbox.delete("writer", &path).await, 403, "INSUFFICIENT_PERMISSIONS");
    assert_error(&sandbox.post("writer", "/api/v1/webhooks", &json!({})).await, 403, "INSUFFICIENT_PERMISSIONS");
    assert_eq!(sandbox.get("reader", &path).await.status, 200);
    assert_eq!(sandbox.get("writer", CUSTOMERS).await.status, 200);
}

#[tokio::test]
async fn resources_of_another_environment_are_not_found() {
    let sandbox = Sandbox::plain().await;
    let path = sandbox.customer("sandbox@example.com").await;
    assert_error(&sandbox.get("production", &path).await, 404, "RESOURCE_NOT_FOUND");
    assert_error(&sandbox.delete("production", &path).await, 404, "RESOURCE_NOT_FOUND");
    assert_eq!(sandbox.post("production", CUSTOMERS, &person("sandbox@example.com")).await.status, 201);
    assert_eq!(sandbox.get("reader", CUSTOMERS).await.json()["customers"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn limited_caller_is_served_after_retry_after() {
    let sandbox = Sandbox::start(Options { throttled_limit: 3, window_seconds: 1, ..Options::default() }).await;
    let mut limited = None;
    for _ in 0..20 {
        let reply = sandbox.get("throttled", CUSTOMERS).await;
        if reply.status == 429 {
            limited = Some(reply);
            break;
        }
    }
    let limited = limited.expect("a limit");
    assert_error(&limited, 429, "RATE_LIMIT_EXCEEDED");
    let number = |name: &str| limited.header(name).and_then(|text| text.parse::<u64>().ok());
    assert_eq!((number("x-ratelimit-limit"), number("x-ratelimit-remaining")), (Some(3), Some(0)));
    let wait = number("retry-after").expect("a wait");
    assert_eq!(limited.json()["error"]["retryAfter"], wait);
    assert!(number("x-ratelimit-reset").is_some_and(|reset| reset.abs_diff(fixtures::now() + wait) <= 2));
    assert_eq!(sandbox.get("reader", CUSTOMERS).await.status, 200);
    tokio::time::sleep(Duration::from_secs(wait)).await;
    assert_eq!(sandbox.get("throttled", CUSTOMERS).await.status, 200);
}
