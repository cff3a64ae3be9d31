//! Tests of customers: creation, documents, verification, conflicts, deletion.

use serde_json::json;

use crate::support::{CUSTOMERS, Sandbox, assert_error, fixtures, header_of, person, person_with};

#[tokio::test]
async fn customer_is_created_updated_and_deleted() {
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
async fn verification_needs_a_document() {
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
async fn unverifiable_customer_fails_despite_a_document() {
    let sandbox = Sandbox::plain().await;
    let person = person_with("un@example.com", json!({ "lastName": "Unverifiable" }));
    let path = format!("{CUSTOMERS}/{}", sandbox.post("writer", CUSTOMERS, &person).await.id());
    let document = fixtures::document("application/pdf", &fixtures::pdf(100));
    assert_eq!(sandbox.post("writer", &format!("{path}/documents"), &document).await.status, 201);
    let reply = sandbox.call("writer", "POST", &format!("{path}/verification"), b"").await;
    assert_error(&reply, 422, "VERIFICATION_FAILED");
}

#[tokio::test]
async fn immutable_field_and_duplicate_have_different_codes() {
    let sandbox = Sandbox::plain().await;
    let path = sandbox.customer("one@example.com").await;
    for name in ["id", "state", "createdAt"] {
        assert_error(&sandbox.patch("writer", &path, &json!({ name: "x" })).await, 409, "RESOURCE_CONFLICT");
    }
    assert_error(&sandbox.post("writer", CUSTOMERS, &person("ONE@example.com")).await, 409, "DUPLICATE_RESOURCE");
}

#[tokio::test]
async fn repeated_idempotency_key_repeats_the_first_response() {
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
async fn documents_are_checked() {
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
    let not_base64 = json!({ "type": "PASSPORT", "contentType": "image/png", "content": "no Base64!" });
    assert_error(&sandbox.post("writer", &path, &not_base64).await, 422, "INVALID_DOCUMENT_FORMAT");
}
