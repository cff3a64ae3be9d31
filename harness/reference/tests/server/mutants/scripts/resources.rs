//! Requests for unknown and deleted resources and those of another environment; conflicts, idempotency, verification.

use serde_json::json;

use super::{call, with};
use crate::mutants::transcript::Transcript;
use crate::support::{CUSTOMERS, fixtures, header_of, person, person_with};

pub async fn all(log: &mut Transcript) {
    unknown(log).await;
    deleted_and_other_environment(log).await;
    conflicts(log).await;
    idempotency(log).await;
    verification(log).await;
}

/// Every operation on one customer.
async fn operations_on(log: &mut Transcript, actor: &str, path: &str) {
    let document = fixtures::document("image/png", &fixtures::png(2, 11811)).to_string();
    call(log, actor, "GET", path, b"").await;
    call(log, actor, "PATCH", path, br#"{"firstName":"Grace"}"#).await;
    call(log, actor, "POST", &format!("{path}/documents"), document.as_bytes()).await;
    call(log, actor, "POST", &format!("{path}/verification"), b"").await;
    call(log, actor, "DELETE", path, b"").await;
}

async fn unknown(log: &mut Transcript) {
    operations_on(log, "admin", &format!("{CUSTOMERS}/cus_unknown")).await;
    let long = "x".repeat(300);
    for id in ["%00", "a.b", &long] {
        call(log, "reader", "GET", &format!("{CUSTOMERS}/{id}"), b"").await;
    }
    call(log, "reader", "GET", "/api/v1/transactions/txn_unknown", b"").await;
    call(log, "reader", "GET", "/api/v1/webhooks/whk_unknown/deliveries", b"").await;
}

async fn deleted_and_other_environment(log: &mut Transcript) {
    let path = log.sandbox.customer("deleted@example.com").await;
    operations_on(log, "production", &path).await;
    call(log, "admin", "DELETE", &path, b"").await;
    operations_on(log, "admin", &path).await;
}

async fn conflicts(log: &mut Transcript) {
    let path = log.sandbox.reviewed("conflicts@example.com").await;
    call(log, "writer", "PATCH", &path, br#"{"firstName":"Grace"}"#).await;
    call(log, "writer", "POST", CUSTOMERS, person("conflicts@example.com").to_string().as_bytes()).await;
    let other = log.sandbox.customer("immutable@example.com").await;
    for name in ["id", "state", "createdAt"] {
        call(log, "writer", "PATCH", &other, json!({ name: "APPROVED" }).to_string().as_bytes()).await;
    }
}

async fn idempotency(log: &mut Transcript) {
    let (name, value) = header_of("writer").expect("a credential");
    let headers = [(name, value.as_str()), ("Idempotency-Key", "one")];
    let body = person("idempotent@example.com").to_string();
    let first = with(log, "POST", CUSTOMERS, &headers, body.as_bytes()).await;
    let again = with(log, "POST", CUSTOMERS, &headers, body.as_bytes()).await;
    log.line(format!("the same id: {}", first.id() == again.id()));
    let body = person("another@example.com").to_string();
    with(log, "POST", CUSTOMERS, &headers, body.as_bytes()).await;
    call(log, "reader", "GET", CUSTOMERS, b"").await;
}

async fn verification(log: &mut Transcript) {
    let undocumented = log.sandbox.customer("undocumented@example.com").await;
    call(log, "writer", "POST", &format!("{undocumented}/verification"), b"").await;
    call(log, "reader", "GET", &undocumented, b"").await;
    let document = fixtures::document("image/png", &fixtures::png(2, 11811)).to_string();
    call(log, "writer", "POST", &format!("{undocumented}/documents"), document.as_bytes()).await;
    call(log, "writer", "POST", &format!("{undocumented}/verification"), b"").await;
    let unverifiable = person_with("unverifiable@example.com", json!({ "lastName": "Unverifiable" }));
    let created = log.sandbox.post("writer", CUSTOMERS, &unverifiable).await;
    let path = format!("{CUSTOMERS}/{}", created.id());
    call(log, "writer", "POST", &format!("{path}/documents"), document.as_bytes()).await;
    call(log, "writer", "POST", &format!("{path}/verification"), b"").await;
    call(log, "reader", "GET", &path, b"").await;
}
