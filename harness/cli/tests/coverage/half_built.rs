//! A half-built implementation: customers are created, read and deleted; every other path is the 404 of a framework.
//! It has no request ids, no rate limit headers and no error envelope.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use report::model::ClauseStatus;
use serde_json::{Map, Value, json};

use super::runs::{quick, run, status};
use super::shared::{DEFAULT, pack, serve, target};

type Customers = Arc<Mutex<Map<String, Value>>>;

#[tokio::test(flavor = "multi_thread")]
async fn clauses_that_a_half_built_server_cannot_show_are_not_exercised() {
    let (contract, library) = pack(DEFAULT);
    let keys = [("admin", "key:k-admin"), ("writer", "key:k-write"), ("reader", "key:k-read"), ("unknown", "key:none")];
    let report = run(&contract, quick(&library), target(serve(api()).await, &keys)).await;
    let not_exercised = [
        ("AUTH-3", "no credential for the actor revoked"),
        ("AUTH-5", "no credential for the actor expired"),
        ("RES-1", "no test of it observed RESOURCE_NOT_FOUND; getCustomer returned 404 without a readable error code"),
        ("RES-2", "no test of it observed RESOURCE_NOT_FOUND"),
        ("RES-3", "no test of it observed RESOURCE_NOT_FOUND"),
        ("RATE-7", "the header X-RateLimit-Remaining was not sent with status 200 of listCustomers"),
        ("LOG-2", "fewer than two responses had the header X-Request-Id"),
        ("ENV-6", "no test observed RATE_LIMIT_EXCEEDED"),
    ];
    for (clause, reason) in not_exercised {
        let (status, actual) = status(&report, clause);
        assert_eq!(status, ClauseStatus::NotExercised, "{clause}: {actual}");
        assert!(actual.starts_with(reason), "{clause}: {actual}");
    }
    // What it does show is upheld or violated as usual.
    assert_eq!(status(&report, "ENV-1").0, ClauseStatus::Violated);
    assert_eq!(status(&report, "ENV-9").0, ClauseStatus::Upheld);
}

fn api() -> Router {
    Router::new()
        .route("/api/v1/customers", get(list).post(create))
        .route("/api/v1/customers/{id}", get(read).patch(refuse).delete(delete))
        .route("/api/v1/customers/{id}/documents", post(refuse))
        .with_state(Customers::default())
}

fn detail(status: StatusCode) -> Response {
    (status, Json(json!({ "detail": status.canonical_reason() }))).into_response()
}

fn is_known(headers: &HeaderMap) -> bool {
    headers.get("x-api-key").is_some_and(|key| ["k-admin", "k-write", "k-read"].iter().any(|known| key == known))
}

async fn refuse() -> Response {
    detail(StatusCode::NOT_FOUND)
}

async fn list(State(customers): State<Customers>, headers: HeaderMap) -> Response {
    if !is_known(&headers) {
        return detail(StatusCode::UNAUTHORIZED);
    }
    let customers: Vec<Value> = customers.lock().expect("customers").values().cloned().collect();
    Json(json!({ "customers": customers })).into_response()
}

async fn create(State(customers): State<Customers>, headers: HeaderMap, body: String) -> Response {
    let Ok(Value::Object(mut customer)) = serde_json::from_str(&body) else {
        return detail(StatusCode::UNPROCESSABLE_ENTITY);
    };
    if !is_known(&headers) {
        return detail(StatusCode::UNAUTHORIZED);
    }
    let mut customers = customers.lock().expect("customers");
    let id = format!("cus_{}", customers.len());
    customer.insert("id".into(), id.clone().into());
    customer.insert("state".into(), "PENDING".into());
    customer.insert("createdAt".into(), "2026-01-01T00:00:00Z".into());
    customers.insert(id, customer.clone().into());
    (StatusCode::CREATED, Json(customer)).into_response()
}

async fn read(State(customers): State<Customers>, Path(id): Path<String>) -> Response {
    match customers.lock().expect("customers").get(&id) {
        Some(customer) if !customer.is_null() => Json(customer.clone()).into_response(),
        _ => detail(StatusCode::NOT_FOUND),
    }
}

async fn delete(State(customers): State<Customers>, Path(id): Path<String>) -> Response {
    match customers.lock().expect("customers").get_mut(&id) {
        Some(customer) if !customer.is_null() => {
            *customer = Value::Null;
            StatusCode::NO_CONTENT.into_response()
        }
        _ => detail(StatusCode::NOT_FOUND),
    }
}
