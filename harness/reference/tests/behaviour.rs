//! What the reference does when no defect is switched on.

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reference::{Options, token};
use serde_json::json;
use support::{CUSTOMERS, Reply, Sandbox, fixtures, header_of, person, person_with};

fn assert_error(reply: &Reply, status: u16, code: &str) {
    let body = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!((reply.status, reply.code().as_str()), (status, code), "{body}");
    assert!(reply.header("content-type").is_some_and(|kind| kind.starts_with("application/json")));
    assert!(reply.header("x-request-id").is_some_and(|id| !id.is_empty()));
    let error = &reply.json()["error"];
    assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
    let known = ["code", "message", "details", "field", "retryAfter"];
    assert!(error.as_object().expect("an object").keys().all(|name| known.contains(&name.as_str())));
}

#[tokio::test]
async fn credentials_are_judged_first() {
    let sandbox = Sandbox::plain().await;
    let path = format!("{CUSTOMERS}/cus_unknown");
    for actor in ["anonymous", "unknown", "revoked", "forged"] {
        assert_error(&sandbox.get(actor, &path).await, 401, "AUTHENTICATION_FAILED");
    }
    let expired = sandbox.get("expired", &path).await;
    assert_error(&expired, 401, "TOKEN_EXPIRED");
    assert_eq!(expired.json()["error"]["details"], "Token expired at 2025-11-05T10:30:00Z");
    let odd = [("X-API-Key", ""), ("Authorization", "Basic YTpi"), ("Authorization", "Bearer"), ("Authorization", "Bearer x.y.z")];
    for header in odd {
        assert_error(&sandbox.send("GET", &path, &[header], b"").await, 401, "AUTHENTICATION_FAILED");
    }
}

#[tokio::test]
async fn tokens_carry_scopes() {
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
async fn scopes_limit_what_a_key_may_do() {
    let sandbox = Sandbox::plain().await;
    let path = sandbox.customer("scopes@example.com").await;
    assert_error(&sandbox.post("reader", CUSTOMERS, &person("x@example.com")).await, 403, "INSUFFICIENT_PERMISSIONS");
    assert_error(&sandbox.delete("writer", &path).await, 403, "INSUFFICIENT_PERMISSIONS");
    assert_error(&sandbox.post("writer", "/api/v1/webhooks", &json!({})).await, 403, "INSUFFICIENT_PERMISSIONS");
    assert_eq!(sandbox.get("reader", &path).await.status, 200);
    assert_eq!(sandbox.get("writer", CUSTOMERS).await.status, 200);
}

#[tokio::test]
async fn a_customer_lives_from_creation_to_deletion() {
    let sandbox = Sandbox::plain().await;
    let created = sandbox.post("writer", CUSTOMERS, &person("life@example.com")).await;
    assert_eq!((created.status, &created.json()["state"]), (201, &json!("PENDING")));
    let path = format!("{CUSTOMERS}/{}", created.id());
    let updated = sandbox.patch("writer", &path, &json!({ "country": "DE", "postalCode": "10115" })).await;
    assert_eq!((updated.status, &updated.json()["postalCode"]), (200, &json!("10115")));
    assert_eq!(sandbox.patch("writer", &path, &json!({})).await.status, 200);
    assert_eq!(sandbox.get("reader", &path).await.json(), updated.json());
    let listed = sandbox.get("reader", CUSTOMERS).await.json();
    assert_eq!(listed["customers"][0]["id"], created.json()["id"]);
    let deleted = sandbox.delete("admin", &path).await;
    assert_eq!((deleted.status, deleted.body.len()), (204, 0));
    for method in ["GET", "PATCH", "DELETE"] {
        assert_error(&sandbox.call("admin", method, &path, b"{}").await, 404, "RESOURCE_NOT_FOUND");
    }
    assert_eq!(sandbox.post("writer", CUSTOMERS, &person("life@example.com")).await.status, 201);
}

#[tokio::test]
async fn environments_see_nothing_of_each_other() {
    let sandbox = Sandbox::plain().await;
    let path = sandbox.customer("sandbox@example.com").await;
    assert_error(&sandbox.get("production", &path).await, 404, "RESOURCE_NOT_FOUND");
    assert_error(&sandbox.delete("production", &path).await, 404, "RESOURCE_NOT_FOUND");
    assert_eq!(sandbox.post("production", CUSTOMERS, &person("sandbox@example.com")).await.status, 201);
    assert_eq!(sandbox.get("reader", CUSTOMERS).await.json()["customers"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn verification_leads_under_review_or_asks_for_more() {
    let sandbox = Sandbox::plain().await;
    let path = sandbox.customer("verify@example.com").await;
    let submit = format!("{path}/verification");
    assert_error(&sandbox.call("writer", "POST", &submit, b"").await, 422, "VERIFICATION_FAILED");
    assert_eq!(sandbox.get("reader", &path).await.json()["state"], "NEEDS_ADDITIONAL_INFORMATION");
    let document = fixtures::document("image/jpeg", &fixtures::jpeg(1, 300, 3));
    assert_eq!(sandbox.post("writer", &format!("{path}/documents"), &document).await.status, 201);
    let submitted = sandbox.call("writer", "POST", &submit, b"").await;
    assert_eq!((submitted.status, &submitted.json()["state"]), (200, &json!("UNDER_REVIEW")));
    let transaction = submitted.json()["transactionId"].as_str().expect("an id").to_owned();
    assert_eq!(sandbox.get("reader", &format!("/api/v1/transactions/{transaction}")).await.status, 200);
    assert_error(&sandbox.patch("writer", &path, &json!({ "firstName": "B" })).await, 409, "RESOURCE_CONFLICT");
}

#[tokio::test]
async fn the_unverifiable_fail_despite_documents() {
    let sandbox = Sandbox::plain().await;
    let person = person_with("un@example.com", json!({ "lastName": "Unverifiable" }));
    let path = format!("{CUSTOMERS}/{}", sandbox.post("writer", CUSTOMERS, &person).await.id());
    let document = fixtures::document("application/pdf", &fixtures::pdf(100));
    assert_eq!(sandbox.post("writer", &format!("{path}/documents"), &document).await.status, 201);
    let reply = sandbox.call("writer", "POST", &format!("{path}/verification"), b"").await;
    assert_error(&reply, 422, "VERIFICATION_FAILED");
}

#[tokio::test]
async fn conflicts_are_told_apart() {
    let sandbox = Sandbox::plain().await;
    let path = sandbox.customer("one@example.com").await;
    for name in ["id", "state", "createdAt"] {
        assert_error(&sandbox.patch("writer", &path, &json!({ name: "x" })).await, 409, "RESOURCE_CONFLICT");
    }
    assert_error(&sandbox.post("writer", CUSTOMERS, &person("ONE@example.com")).await, 409, "DUPLICATE_RESOURCE");
}

#[tokio::test]
async fn a_repeated_key_replays_the_first_answer() {
    let sandbox = Sandbox::plain().await;
    let (name, value) = header_of("writer").expect("a credential");
    let create = async |key: &str, email: &str| {
        let body = person(email).to_string();
        sandbox.send("POST", CUSTOMERS, &[(name, &value), ("Idempotency-Key", key)], body.as_bytes()).await
    };
    let first = create("k1", "idem@example.com").await;
    let again = create("k1", "idem@example.com").await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json(), again.json());
    assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
    assert_error(&create("k1", "other@example.com").await, 409, "RESOURCE_CONFLICT");
    assert_error(&create("k2", "idem@example.com").await, 409, "DUPLICATE_RESOURCE");
}

#[tokio::test]
async fn bodies_that_are_no_objects_are_validation_errors() {
    let sandbox = Sandbox::plain().await;
    let path = sandbox.customer("bodies@example.com").await;
    let deep = format!("{{\"firstName\":{}", "[".repeat(200_000));
    let bodies: [&[u8]; 8] =
        [b"", b"{", b"[]", b"null", b"\xff\xfe", b"{\"a\":1}}", br#"{"firstName":"\ud800"}"#, deep.as_bytes()];
    for body in bodies {
        assert_error(&sandbox.call("writer", "POST", CUSTOMERS, body).await, 400, "VALIDATION_ERROR");
        assert_error(&sandbox.call("writer", "PATCH", &path, body).await, 400, "VALIDATION_ERROR");
    }
}

#[tokio::test]
async fn fields_at_fault_are_named() {
    let sandbox = Sandbox::plain().await;
    let path = sandbox.customer("fields@example.com").await;
    let wrong = [
        ("dateOfBirth", "2023-02-29"), ("phoneNumber", "12345"), ("email", "nobody"), ("email", "a\0@example.com"),
    ];
    for (name, value) in wrong {
        for reply in [
            sandbox.post("writer", CUSTOMERS, &person_with("new@example.com", json!({ name: value }))).await,
            sandbox.patch("writer", &path, &json!({ name: value })).await,
        ] {
            assert_error(&reply, 422, "INVALID_FIELD_FORMAT");
            assert_eq!(reply.field(), name);
        }
    }
    let reply = sandbox.patch("writer", &path, &json!({ "country": "GB", "postalCode": "94103" })).await;
    assert_error(&reply, 422, "INVALID_FIELD_FORMAT");
    assert_eq!(reply.field(), "postalCode");
    assert_error(&sandbox.patch("writer", &path, &json!({ "email": null })).await, 400, "VALIDATION_ERROR");
}

#[tokio::test]
async fn odd_paths_are_not_found() {
    let sandbox = Sandbox::plain().await;
    let long = "x".repeat(20_000);
    for id in ["", "%00", "%2e%2e", "..", "%", "%ff%fe", "a%2Fb", "cus_%F0%9F%92%A9", &long] {
        let reply = sandbox.get("admin", &format!("{CUSTOMERS}/{id}")).await;
        assert_error(&reply, 404, "RESOURCE_NOT_FOUND");
    }
    for path in ["/", "/api/v1/customers/a/b/c", "/api/v2/customers", "*"] {
        assert_error(&sandbox.get("admin", path).await, 404, "RESOURCE_NOT_FOUND");
    }
    assert_error(&sandbox.call("admin", "PUT", CUSTOMERS, b"{}").await, 404, "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn documents_are_judged() {
    let sandbox = Sandbox::plain().await;
    let path = format!("{}/documents", sandbox.customer("documents@example.com").await);
    let cases: &[(&str, Vec<u8>, u16)] = &[
        ("image/png", fixtures::png(2, 11811), 201),
        ("image/jpeg", fixtures::jpeg(2, 118, 3), 201),
        ("application/pdf", fixtures::pdf(10_000_000), 201),
        ("application/pdf", fixtures::pdf(10 * 1024 * 1024 + 1), 422),
        ("application/pdf", fixtures::pdf(20 * 1024 * 1024), 422),
        ("application/pdf", fixtures::pdf(40 * 1024 * 1024), 422),
        ("image/png", b"GIF89a".to_vec(), 422),
        ("image/png", fixtures::pdf(9), 422),
        ("image/png", Vec::new(), 422),
    ];
    for (media_type, bytes, status) in cases {
        let reply = sandbox.post("writer", &path, &fixtures::document(media_type, bytes)).await;
        assert_eq!(reply.status, *status, "{media_type} of {} bytes", bytes.len());
        if *status == 422 {
            assert_error(&reply, 422, "INVALID_DOCUMENT_FORMAT");
        }
    }
    for poor in [fixtures::png(2, 11770), fixtures::png(0, 11811), fixtures::png(4, 11811)] {
        let reply = sandbox.post("writer", &path, &fixtures::document("image/png", &poor)).await;
        assert_error(&reply, 422, "DOCUMENT_QUALITY_INSUFFICIENT");
    }
    let odd = json!({ "type": "PASSPORT", "contentType": "image/png", "content": "no Base64!" });
    assert_error(&sandbox.post("writer", &path, &odd).await, 422, "INVALID_DOCUMENT_FORMAT");
}

#[tokio::test]
async fn a_body_cut_short_still_gets_an_answer() {
    let sandbox = Sandbox::plain().await;
    let (name, value) = header_of("writer").expect("a credential");
    let request = format!("POST {CUSTOMERS} HTTP/1.1\r\nHost: x\r\n{name}: {value}\r\nContent-Length: 100\r\n\r\n{{\"email\"");
    let mut stream = tokio::net::TcpStream::connect(sandbox.running.address()).await.expect("a connection");
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream.shutdown().await.expect("half closed");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.expect("an answer");
    assert!(reply.contains("400 Bad Request") && reply.contains("VALIDATION_ERROR"), "{reply}");
}

#[tokio::test]
async fn the_throttled_are_told_when_to_come_back() {
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

#[tokio::test]
async fn the_sandbox_fails_on_request() {
    let sandbox = Sandbox::plain().await;
    let (name, value) = header_of("reader").expect("a credential");
    let fail = async |wish: &str| {
        sandbox.send("GET", CUSTOMERS, &[(name, &value), ("X-Sandbox-Error", wish)], b"").await
    };
    let internal = fail("INTERNAL_SERVER_ERROR").await;
    assert_error(&internal, 500, "INTERNAL_SERVER_ERROR");
    let id = internal.header("x-request-id").expect("an id");
    assert_eq!(internal.json()["error"]["details"], format!("Request ID: {id}"));
    assert_error(&fail("SERVICE_UNAVAILABLE").await, 503, "SERVICE_UNAVAILABLE");
    assert_eq!(fail("NONSENSE").await.status, 200);
}

#[tokio::test]
async fn request_ids_are_never_repeated() {
    let sandbox = Sandbox::plain().await;
    let mut seen = BTreeSet::new();
    for _ in 0..50 {
        let reply = sandbox.get("reader", CUSTOMERS).await;
        assert!(seen.insert(reply.header("x-request-id").map(str::to_owned)));
    }
}

#[tokio::test]
async fn a_stopped_server_lets_go_of_everything() {
    let sandbox = Sandbox::plain().await;
    let address = sandbox.running.address();
    let mut idle = tokio::net::TcpStream::connect(address).await.expect("a connection");
    assert_eq!(sandbox.get("reader", CUSTOMERS).await.status, 200);
    sandbox.running.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    let mut byte = [0];
    let read = tokio::io::AsyncReadExt::read(&mut idle, &mut byte).await;
    assert!(matches!(read, Ok(0) | Err(_)));
}
