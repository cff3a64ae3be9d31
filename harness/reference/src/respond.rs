//! Writing answers and errors as HTTP responses.

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::api::{App, Context};
use crate::breaches::Situation;
use crate::errors::{Code, Fault};
use crate::leaks;

const JSON: &str = "application/json";
const REQUEST_ID: &str = "x-request-id";

/// The response for an outcome.
pub(crate) fn respond(app: &App, context: &Context, outcome: Outcome) -> Response<Full<Bytes>> {
    let mut response = match outcome {
        Ok(answer) => success(answer, context),
        Err(fault) => failure(app, context, fault),
    };
    if let Some(quota) = &context.quota {
        for (name, value) in quota.headers(&app.flaws) {
            set(&mut response, name, &value);
        }
    }
    response
}

fn success(answer: Answer, context: &Context) -> Response<Full<Bytes>> {
    let bytes = answer.body.as_ref().map(Value::to_string).unwrap_or_default().into_bytes();
    let mut response = plain(answer.status, bytes);
    if answer.body.is_some() {
        set(&mut response, CONTENT_TYPE.as_str(), JSON);
    }
    set(&mut response, REQUEST_ID, &context.request_id);
    response
}

fn failure(app: &App, context: &Context, mut fault: Fault) -> Response<Full<Bytes>> {
    if fault.code == Code::InternalServerError {
        fault.details = Some(format!("Request ID: {}", context.request_id));
    }
    let count = app.count_error();
    let situation = Situation { flaws: &app.flaws, context, code: fault.code, count };
    leaks::into_details(&mut fault, &situation);
    let status = situation.status(fault.status);
    let mut error = members(&fault);
    situation.spoil_members(&mut error);
    let bytes = situation.spoil_bytes(situation.envelope(error, status).to_string().into_bytes());
    let mut response = plain(status, bytes);
    if let Some(media_type) = situation.media_type(JSON) {
        set(&mut response, CONTENT_TYPE.as_str(), media_type);
    }
    if let Some(id) = situation.request_id() {
        set(&mut response, REQUEST_ID, id);
    }
    if let Some((name, value)) = leaks::header(&situation) {
        set(&mut response, name, value);
    }
    response
}

/// The members of an error, in the order of the page.
fn members(fault: &Fault) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("code".to_owned(), json!(fault.code.name()));
    members.insert("message".to_owned(), json!(fault.message));
    let optional = [
        ("details", fault.details.as_ref().map(|details| json!(details))),
        ("field", fault.field.as_ref().map(|field| json!(field))),
        ("retryAfter", fault.retry_after.map(|seconds| json!(seconds))),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    }
    members
}

fn plain(status: u16, bytes: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(bytes)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Sets a header; a value that HTTP cannot carry is left out.
fn set(response: &mut Response<Full<Bytes>>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}
