//! Requests for each documented code and each status of success.

use serde_json::json;

use super::{call, person_json, with};
use crate::mutants::transcript::Transcript;
use crate::support::fixtures::{self, signature, signed_text};
use crate::support::{CUSTOMERS, header_of, person};

const SUBMISSION: &str = "verification";

pub async fn all(log: &mut Transcript) {
    rejected_callers(log).await;
    rejected_bodies(log).await;
    let path = log.sandbox.customer("codes@example.com").await;
    operations_on_customer(log, &path).await;
    missing_resources(log, &path).await;
    webhooks(log).await;
    server_errors(log).await;
}

async fn rejected_callers(log: &mut Transcript) {
    for actor in ["anonymous", "unknown", "revoked", "expired"] {
        call(log, actor, "GET", CUSTOMERS, b"").await;
    }
    call(log, "reader", "POST", CUSTOMERS, b"{}").await;
}

async fn rejected_bodies(log: &mut Transcript) {
    for body in ["{", r#"{"email":"a@example.com"}"#] {
        call(log, "writer", "POST", CUSTOMERS, body.as_bytes()).await;
    }
    for (name, value) in [
        ("firstName", json!(7)),
        ("dateOfBirth", json!("today")),
        ("postalCode", json!("!")),
        ("phoneNumber", json!("12")),
    ] {
        let mut body = person_json("refused@example.com", name, &value);
        body.splice(..1, br#"{"country":"US","#.iter().copied());
        call(log, "writer", "POST", CUSTOMERS, &body).await;
    }
}

async fn operations_on_customer(log: &mut Transcript, path: &str) {
    let (documents, submission) = (format!("{path}/documents"), format!("{path}/{SUBMISSION}"));
    call(log, "writer", "POST", CUSTOMERS, person("second@example.com").to_string().as_bytes()).await;
    call(log, "writer", "POST", CUSTOMERS, person("second@example.com").to_string().as_bytes()).await;
    call(log, "reader", "GET", path, b"").await;
    call(log, "reader", "GET", CUSTOMERS, b"").await;
    for body in [r#"{"firstName":"Grace"}"#, r#"{"id":"cus_0"}"#, r#"{"dateOfBirth":"today"}"#] {
        call(log, "writer", "PATCH", path, body.as_bytes()).await;
    }
    call(log, "writer", "POST", &submission, b"").await;
    for bytes in [b"GIF89a".to_vec(), fixtures::png(0, 11811), fixtures::png(2, 11811)] {
        let body = fixtures::document("image/png", &bytes).to_string();
        call(log, "writer", "POST", &documents, body.as_bytes()).await;
    }
    call(log, "writer", "POST", &submission, b"").await;
    call(log, "writer", "PATCH", path, br#"{"firstName":"Ann"}"#).await;
}

async fn missing_resources(log: &mut Transcript, path: &str) {
    call(log, "admin", "DELETE", path, b"").await;
    call(log, "reader", "GET", path, b"").await;
    call(log, "admin", "DELETE", &format!("{CUSTOMERS}/cus_unknown"), b"").await;
    call(log, "reader", "GET", "/api/v1/transactions/txn_unknown", b"").await;
    call(log, "reader", "GET", "/api/v1/webhooks/whk_unknown/deliveries", b"").await;
    for _ in 0..6 {
        call(log, "reader", "GET", &format!("{CUSTOMERS}/cus_unknown"), b"").await;
    }
}

async fn webhooks(log: &mut Transcript) {
    call(log, "admin", "POST", "/api/v1/webhooks", br#"{"url":"http://127.0.0.1:1/"}"#).await;
    let (now, path) = (fixtures::now(), "/api/v1/webhooks/events");
    let valid = signature(&fixtures::webhook_secret(), &signed_text(now, b"{}"));
    let now = now.to_string();
    let headers = [("X-Webhook-Timestamp", now.as_str()), ("X-Webhook-Signature", &valid)];
    with(log, "POST", path, &headers, b"{}").await;
    with(log, "POST", path, &headers, b"{ }").await;
}

async fn server_errors(log: &mut Transcript) {
    let (name, value) = header_of("reader").expect("a credential");
    for error in ["INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"] {
        with(log, "GET", CUSTOMERS, &[(name, &value), ("X-Sandbox-Error", error)], b"").await;
    }
}
