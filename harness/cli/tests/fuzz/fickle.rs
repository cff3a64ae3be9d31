//! A server that accepts the first requests, whatever they contain, and correctly refuses all later ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// Starts the server; it accepts `accepted` requests. Returns its URL.
pub async fn start(accepted: usize) -> String {
    let left = Arc::new(AtomicUsize::new(accepted));
    super::shared::serve(Router::new().fallback(response).with_state(left)).await
}

async fn response(State(left): State<Arc<AtomicUsize>>) -> Response {
    let is_accepted = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    if is_accepted {
        return (StatusCode::CREATED, axum::Json(json!({}))).into_response();
    }
    let error = json!({ "error": { "code": "INVALID_FIELD_FORMAT", "message": "No.", "field": "dateOfBirth" } });
    (StatusCode::UNPROCESSABLE_ENTITY, [("x-request-id", "r")], axum::Json(error)).into_response()
}
