//! Sequences of requests: reads before and after a change, effects of rejected requests, repeated keys.

use serde_json::{Value, json};

use super::{call, with};
use crate::mutants::transcript::Transcript;
use crate::support::{CUSTOMERS, fixtures, header_of, person, person_with};

pub async fn all(log: &mut Transcript) {
    reads(log).await;
    rejections(log).await;
    credentials(log).await;
    bodies(log).await;
    keys(log).await;
    documents(log).await;
}

async fn send(log: &mut Transcript, actor: &str, method: &str, path: &str, body: &Value) {
    call(log, actor, method, path, body.to_string().as_bytes()).await;
}

async fn reads(log: &mut Transcript) {
    let path = log.sandbox.customer("readings@example.com").await;
    for actor in ["reader", "anonymous", "unknown", "revoked", "production"] {
        call(log, actor, "GET", &path, b"").await;
    }
    send(log, "writer", "PATCH", &path, &json!({ "firstName": "Grace" })).await;
    call(log, "reader", "GET", &path, b"").await;
    call(log, "reader", "GET", &format!("{path}%00x"), b"").await;
    call(log, "reader", "GET", &format!("{CUSTOMERS}/__proto__"), b"").await;
    let document = fixtures::document("image/png", &fixtures::png(2, 11811)).to_string();
    call(log, "writer", "POST", &format!("{path}/documents"), document.as_bytes()).await;
    call(log, "writer", "POST", &format!("{path}/verification"), b"").await;
    send(log, "writer", "PATCH", &path, &json!({ "firstName": "Mary" })).await;
    call(log, "reader", "GET", &path, b"").await;
    let other = log.sandbox.customer("gone@example.com").await;
    call(log, "reader", "GET", &other, b"").await;
    call(log, "admin", "DELETE", &other, b"").await;
    call(log, "reader", "GET", &other, b"").await;
    call(log, "anonymous", "GET", &other, b"").await;
}

async fn rejections(log: &mut Transcript) {
    let path = log.sandbox.customer("refusals@example.com").await;
    for (actor, change) in [
        ("expired", json!({ "firstName": "Mallory" })),
        ("writer", json!({ "firstName": "Grace", "dateOfBirth": "1990-02-30" })),
        ("writer", json!({ "firstName": "Grace", "lastName": 42 })),
        ("writer", json!({ "firstName": "Grace", "id": "cus_x" })),
        ("writer", json!({ "state": "UNDER_REVIEW" })),
    ] {
        send(log, actor, "PATCH", &path, &change).await;
        call(log, "admin", "GET", &path, b"").await;
    }
    let (kept, reader) = (person("kept@example.com"), person("reader@example.com"));
    send(log, "reader", "POST", CUSTOMERS, &reader).await;
    send(log, "writer", "POST", CUSTOMERS, &reader).await;
    let mut incomplete = kept.clone();
    incomplete.as_object_mut().expect("an object").remove("lastName");
    send(log, "writer", "POST", CUSTOMERS, &incomplete).await;
    send(log, "writer", "POST", CUSTOMERS, &kept).await;
    send(log, "writer", "POST", CUSTOMERS, &person_with("kept@example.com", json!({ "firstName": "Twice" }))).await;
    send(log, "writer", "POST", CUSTOMERS, &person("kept+tag@example.com")).await;
    call(log, "reader", "GET", CUSTOMERS, b"").await;
    let failed = log.sandbox.customer("failed@example.com").await;
    call(log, "writer", "POST", &format!("{failed}/verification"), b"").await;
    send(log, "writer", "POST", CUSTOMERS, &person("failed@example.com")).await;
    let reviewed = log.sandbox.reviewed("reviewed@example.com").await;
    for _ in 0..2 {
        send(log, "writer", "PATCH", &reviewed, &json!({ "firstName": "Grace" })).await;
    }
}

async fn credentials(log: &mut Transcript) {
    let (_, writer) = header_of("writer").expect("a credential");
    let (_, revoked) = header_of("revoked").expect("a credential");
    let middle = writer.len() / 2;
    let other = format!("{}~{}", &writer[..middle], &writer[middle + 1..]);
    let (name, expired) = header_of("expired").expect("a credential");
    for (name, value) in [
        ("X-API-Key", other),
        ("Authorization", format!("Basic {writer}")),
        ("Authorization", format!("Token {writer}")),
        ("Authorization", format!("Bearer {revoked}")),
        (name, format!("{expired}x")),
    ] {
        with(log, "GET", CUSTOMERS, &[(name, value.as_str())], b"").await;
    }
}

async fn bodies(log: &mut Transcript) {
    let path = log.sandbox.customer("members@example.com").await;
    send(log, "writer", "POST", CUSTOMERS, &json!([person("list@example.com")])).await;
    send(log, "writer", "POST", CUSTOMERS, &person_with("land@example.com", json!({ "country": "GB" }))).await;
    send(log, "writer", "PATCH", &path, &json!({})).await;
    send(log, "writer", "PATCH", &path, &json!({ "nickname": "x" })).await;
    send(log, "writer", "PATCH", &path, &json!({ "phoneNumber": null })).await;
    send(log, "writer", "PATCH", &path, &json!({ "phoneNumber": 1, "lastName": 2 })).await;
    send(log, "writer", "PATCH", &path, &json!({ "state": "PENDING" })).await;
}

async fn keys(log: &mut Transcript) {
    let (name, writer) = header_of("writer").expect("a credential");
    let long = "k".repeat(40);
    let mut nameless = person("nameless@example.com");
    nameless.as_object_mut().expect("an object").remove("lastName");
    for (key, others, body) in [
        (format!("{long}1"), [].as_slice(), person("first@example.com")),
        (format!("{long}2"), &[], person("second@example.com")),
        ("bad".to_owned(), &[], person_with("bad@example.com", json!({ "dateOfBirth": "no" }))),
        ("bad".to_owned(), &[], person_with("bad@example.com", json!({ "dateOfBirth": "no" }))),
        ("failed".to_owned(), &[("X-Sandbox-Error", "SERVICE_UNAVAILABLE")], person("later@example.com")),
        ("failed".to_owned(), &[], person("later@example.com")),
        ("nameless".to_owned(), &[], nameless),
    ] {
        let headers: Vec<(&str, &str)> =
            [(name, writer.as_str()), ("Idempotency-Key", &key)].into_iter().chain(others.iter().copied()).collect();
        with(log, "POST", CUSTOMERS, &headers, body.to_string().as_bytes()).await;
    }
    let body = person("stranger@example.com").to_string();
    with(log, "POST", CUSTOMERS, &[("Idempotency-Key", "stranger")], body.as_bytes()).await;
    with(log, "POST", CUSTOMERS, &[(name, writer.as_str()), ("Idempotency-Key", "stranger")], body.as_bytes()).await;
}

async fn documents(log: &mut Transcript) {
    let good = fixtures::document("image/png", &fixtures::png(2, 11811));
    let bad = fixtures::document("image/gif", b"GIF89a");
    for (email, actor, document, change) in [
        ("by-admin@example.com", "admin", &good, None),
        ("refused@example.com", "writer", &bad, None),
        ("changed@example.com", "writer", &good, Some(json!({ "firstName": "Grace" }))),
    ] {
        let path = log.sandbox.customer(email).await;
        send(log, actor, "POST", &format!("{path}/documents"), document).await;
        if let Some(change) = change {
            send(log, "writer", "PATCH", &path, &change).await;
        }
        call(log, "writer", "POST", &format!("{path}/verification"), b"").await;
        call(log, "admin", "DELETE", &path, b"").await;
    }
}
