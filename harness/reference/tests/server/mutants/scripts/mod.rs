//! Scripts of requests that show the mutants, grouped by the clauses that they test.

mod codes;
mod fields;
mod format_mutants;
mod memory;
mod resources;
mod webhooks;

use std::pin::Pin;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reference::{credentials, token};
use serde_json::json;
use tokio::time::sleep;

use super::transcript::Transcript;
use crate::support::{CUSTOMERS, Reply, fixtures, person};

type Script = for<'a> fn(&'a mut Transcript) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The scripts, each with the prefixes of its clauses.
pub const SCRIPTS: &[(&[&str], Script)] = &[
    (&["ENV", "STA", "SRV", "LOG"], |log| Box::pin(codes::all(log))),
    (&["AUTH"], |log| Box::pin(access(log))),
    (&["VAL", "FMT-5"], |log| Box::pin(fields::bodies(log))),
    (&["FMT"], |log| Box::pin(fields::formats(log))),
    (&["DOC", "VAL-2"], |log| Box::pin(fields::documents(log))),
    (&["RES", "CON", "VER"], |log| Box::pin(resources::all(log))),
    (&["AUTH", "VAL", "FMT", "STA-3", "RES", "CON", "VER"], |log| Box::pin(memory::all(log))),
    (&["ENV", "STA", "RES", "CON"], |log| Box::pin(format_mutants::ids_and_states(log))),
    (&["VAL", "FMT-5"], |log| Box::pin(format_mutants::bodies(log))),
    (&["FMT"], |log| Box::pin(format_mutants::values(log))),
    (&["DOC", "ENV-9"], |log| Box::pin(format_mutants::documents(log))),
    (&["WHK-1", "WHK-2", "WHK-3"], |log| Box::pin(webhooks::inbound(log))),
    (&["WHK-4", "WHK-5", "WHK-6", "WHK-7"], |log| Box::pin(webhooks::outbound(log))),
    (&["RATE", "ENV-6", "STA-2"], |log| Box::pin(limits(log))),
];

/// Sends a request as an actor and records the reply.
async fn call(log: &mut Transcript, actor: &str, method: &str, path: &str, body: &[u8]) -> Reply {
    let reply = log.sandbox.call(actor, method, path, body).await;
    let quoted = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
    log.note(&format!("{actor} {method} {path} {quoted}"), reply)
}

/// Sends a request with these headers and records the reply.
async fn with(log: &mut Transcript, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let reply = log.sandbox.send(method, path, headers, body).await;
    log.note(&format!("{method} {path}"), reply)
}

async fn access(log: &mut Transcript) {
    let path = log.sandbox.customer("access@example.com").await;
    let (documents, verification) = (format!("{path}/documents"), format!("{path}/verification"));
    for actor in ["anonymous", "unknown", "revoked", "expired", "forged", "reader", "writer"] {
        call(log, actor, "GET", CUSTOMERS, b"").await;
        call(log, actor, "POST", CUSTOMERS, b"{}").await;
        call(log, actor, "GET", &format!("{CUSTOMERS}/cus_unknown"), b"").await;
        call(log, actor, "GET", "/api/v1/transactions/txn_unknown", b"").await;
        call(log, actor, "GET", "/api/v1/webhooks/whk_unknown/deliveries", b"").await;
        call(log, actor, "PATCH", &path, b"[]").await;
        call(log, actor, "POST", &documents, b"[]").await;
        call(log, actor, "POST", &verification, b"").await;
        call(log, actor, "POST", "/api/v1/webhooks", b"{}").await;
    }
    call(log, "writer", "DELETE", &path, b"").await;
    invalid_credentials(log).await;
}

async fn invalid_credentials(log: &mut Transcript) {
    let unsigned = format!(
        "Bearer {}.{}.",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(r#"{"scope":"ADMIN","exp":4000000000}"#)
    );
    let expired_and_tampered = format!("Bearer {}AA", token("ADMIN", 1_500_000_000).replace("..", "."));
    let expired_and_forged = swapped_signature(&token("ADMIN", 1_500_000_000));
    for (name, value) in [
        ("X-API-Key", ""),
        ("Authorization", "Basic YTpi"),
        ("Authorization", "Bearer garbage"),
        ("Authorization", &unsigned),
        ("Authorization", &expired_and_tampered),
        ("Authorization", &expired_and_forged),
        ("Authorization", &format!("Bearer {}", token("READ", 4_000_000_000))),
    ] {
        with(log, "GET", CUSTOMERS, &[(name, value)], b"").await;
    }
}

/// The token with the signature of another token.
fn swapped_signature(token: &str) -> String {
    let all = credentials();
    let forged = all.iter().find(|one| one.actor == "forged").expect("a token");
    let (text, _) = token.rsplit_once('.').expect("a signature");
    let (_, signature) = forged.value.rsplit_once('.').expect("a signature");
    format!("Bearer {text}.{signature}")
}

async fn limits(log: &mut Transcript) {
    // Windows are whole seconds. Start at the beginning of a second, so that the burst is in one window.
    let into_second = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
    sleep(Duration::from_millis(u64::from(1000 - into_second.subsec_millis())) + Duration::from_millis(20)).await;
    let before = call(log, "reader", "GET", CUSTOMERS, b"").await;
    for _ in 0..5 {
        call(log, "throttled", "GET", CUSTOMERS, b"").await;
    }
    let after = call(log, "reader", "GET", CUSTOMERS, b"").await;
    let left = |reply: &Reply| reply.header("x-ratelimit-remaining").and_then(|text| text.parse::<i64>().ok());
    log.line(format!("the reader's budget fell by {:?}", left(&before).zip(left(&after)).map(|(a, b)| a - b)));
    sleep(Duration::from_millis(2_100)).await;
    call(log, "throttled", "GET", CUSTOMERS, b"").await;
}

/// Uploads of many megabytes.
pub async fn big_documents(log: &mut Transcript) {
    let path = format!("{}/documents", log.sandbox.customer("big@example.com").await);
    for size in [10_000_000, 10 * 1024 * 1024 + 1] {
        let body = fixtures::document("application/pdf", &fixtures::pdf(size)).to_string();
        let reply = log.sandbox.call("writer", "POST", &path, body.as_bytes()).await;
        log.note(&format!("{size} bytes"), reply);
    }
}

/// A customer's body with one member set.
fn person_json(email: &str, name: &str, value: &serde_json::Value) -> Vec<u8> {
    let mut person = person(email);
    person[name] = value.clone();
    json!(person).to_string().into_bytes()
}
