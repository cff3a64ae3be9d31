//! Writes answers and errors as HTTP responses.
//!
//! `violations`, `leaks`, `words` and `wire` change them for mutants and variants.

use hyper::Response;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::api::{App, Context};
use crate::errors::{Code, Fault};
use crate::switches::Switches;
use crate::variants::{limits, wire as variants};
use crate::violations::Situation;
use crate::wire::{Pieces, framed};
use crate::{leaks, words, writing};

const JSON: &str = "application/json";
const REQUEST_ID: &str = "x-request-id";

/// The response for an outcome.
pub(crate) fn respond(app: &App, context: &Context, outcome: Outcome) -> Response<Pieces> {
    if context.operation.is_none() && app.switches.vary(variants::PLAIN_ANSWERS_ELSEWHERE) {
        return framed(plain_405(), context.gzip, &app.switches);
    }
    let mut response = match outcome {
        Ok(answer) => success(answer, context, &app.switches),
        Err(fault) => failure(app, context, fault),
    };
    if let Some(quota) =
        context.quota.filter(|quota| quota.exceeded || !app.switches.vary(limits::RATE_HEADERS_ON_429_ALONE))
    {
        for (name, value) in quota.headers(&app.switches) {
            set(&mut response, name, &value);
        }
    }
    framed(response, context.gzip, &app.switches)
}

/// The response of a variant to a request for an unknown operation.
fn plain_405() -> Response<Vec<u8>> {
    let mut response = plain(405, b"405 method not allowed\n".to_vec());
    set(&mut response, CONTENT_TYPE.as_str(), "text/plain");
    response
}

fn success(answer: Answer, context: &Context, switches: &Switches) -> Response<Vec<u8>> {
    let written = |body: &Value| writing::text(&writing::decorated(body.clone(), switches), switches);
    let bytes = answer.body.as_ref().map(written).unwrap_or_default().into_bytes();
    let mut response = plain(answer.status, bytes);
    if answer.body.is_some() {
        set(&mut response, CONTENT_TYPE.as_str(), JSON);
    }
    set(&mut response, REQUEST_ID, &context.request_id);
    response
}

fn failure(app: &App, context: &Context, mut fault: Fault) -> Response<Vec<u8>> {
    if fault.code == Code::InternalServerError {
        fault.details = Some(format!("Request ID: {}", context.request_id));
    }
    words::reword(&mut fault, context, &app.switches);
    let count = app.count_error();
    let situation = Situation { switches: &app.switches, context, code: fault.code, count };
    leaks::into_details(&mut fault, &situation);
    let status = situation.status(fault.status);
    let mut error = members(&fault);
    situation.mutate_members(&mut error);
    let text = writing::text(&situation.envelope(error, status), &app.switches);
    let bytes = situation.mutate_bytes(text.into_bytes());
    let mut response = plain(status, bytes);
    if let Some(media_type) = situation.media_type(JSON) {
        set(&mut response, CONTENT_TYPE.as_str(), media_type);
    }
    if let Some(id) = situation.request_id() {
        set(&mut response, REQUEST_ID, id);
    }
    if fault.code == Code::ServiceUnavailable && app.switches.vary(limits::RETRY_AFTER_ON_UNAVAILABLE) {
        set(&mut response, "retry-after", "30");
    }
    if let Some((name, value)) = leaks::header(&situation) {
        set(&mut response, name, value);
    }
    response
}

/// The members of an error, in the documented order.
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

fn plain(status: u16, bytes: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(bytes);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Sets a header. A value that is not valid in HTTP is left out.
fn set(response: &mut Response<Vec<u8>>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}
