//! Tests of malformed and unusual requests, and of properties of all responses.

use std::collections::BTreeSet;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{CUSTOMERS, Sandbox, assert_error, header_of, person_with};

#[tokio::test]
async fn body_that_is_not_an_object_is_a_validation_error() {
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
async fn invalid_field_is_named() {
    let sandbox = Sandbox::plain().await;
    let path = sandbox.customer("fields@example.com").await;
    let wrong =
        [("dateOfBirth", "2023-02-29"), ("phoneNumber", "12345"), ("email", "nobody"), ("email", "a\0@example.com")];
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
async fn unknown_paths_and_ids_are_not_found() {
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
async fn truncated_body_gets_a_response() {
    let sandbox = Sandbox::plain().await;
    let (name, value) = header_of("writer").expect("a credential");
    let request =
        format!("POST {CUSTOMERS} HTTP/1.1\r\nHost: x\r\n{name}: {value}\r\nContent-Length: 100\r\n\r\n{{\"email\"");
    let mut stream = TcpStream::connect(sandbox.running.address()).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream.shutdown().await.expect("half closed");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.expect("a response");
    assert!(reply.contains("400 Bad Request") && reply.contains("VALIDATION_ERROR"), "{reply}");
}

#[tokio::test]
async fn sandbox_header_requests_an_error() {
    let sandbox = Sandbox::plain().await;
    let (name, value) = header_of("reader").expect("a credential");
    let fail =
        async |error: &str| sandbox.send("GET", CUSTOMERS, &[(name, &value), ("X-Sandbox-Error", error)], b"").await;
    let internal = fail("INTERNAL_SERVER_ERROR").await;
    assert_error(&internal, 500, "INTERNAL_SERVER_ERROR");
    let id = internal.header("x-request-id").expect("an id");
    assert_eq!(internal.json()["error"]["details"], format!("Request ID: {id}"));
    assert_error(&fail("SERVICE_UNAVAILABLE").await, 503, "SERVICE_UNAVAILABLE");
    assert_eq!(fail("NONSENSE").await.status, 200);
}

#[tokio::test]
async fn request_ids_are_unique() {
    let sandbox = Sandbox::plain().await;
    let mut seen = BTreeSet::new();
    for _ in 0..50 {
        let reply = sandbox.get("reader", CUSTOMERS).await;
        assert!(seen.insert(reply.header("x-request-id").map(str::to_owned)));
    }
}

#[tokio::test]
async fn stopped_server_closes_its_connections() {
    let sandbox = Sandbox::plain().await;
    let address = sandbox.running.address();
    let mut idle = TcpStream::connect(address).await.expect("a connection");
    assert_eq!(sandbox.get("reader", CUSTOMERS).await.status, 200);
    sandbox.running.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
    let mut byte = [0];
    let read = idle.read(&mut byte).await;
    assert!(matches!(read, Ok(0) | Err(_)));
}
