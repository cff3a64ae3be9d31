//! Writes responses and errors as HTTP responses.

use hyper::Response;
use hyper::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use hyper::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::clock::{self, TimeRules};
use crate::errors::{ApiError, Code};
use crate::limiter::LimitRules;
use crate::request::RequestContext;
use crate::success::{ApiResult, Success};
use crate::wire::{self, Pieces};

/// ENV-8: the media type of every body.
const JSON: &str = "application/json";
/// LOG-1: the id of the request, in every response.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// How outcomes are written.
pub(crate) trait ResponseRules: LimitRules + TimeRules {
    fn json_text(&self, value: &Value) -> String {
        value.to_string()
    }

    /// ENV-9: the body of a successful response.
    fn success_body(&self, body: Value) -> Value {
        body
    }

    /// The error in other words, or in another language.
    fn worded(&self, fault: ApiError, _context: &RequestContext) -> ApiError {
        fault
    }

    /// ENV-1: the response for an error.
    fn failure(&self, fault: ApiError, context: &RequestContext) -> Response<Vec<u8>> {
        error_response(&fault, context)
    }

    /// The response to a request for an unknown operation.
    fn elsewhere(&self, response: Response<Vec<u8>>) -> Response<Vec<u8>> {
        response
    }

    /// The response as it is sent.
    fn framed(&self, mut response: Response<Vec<u8>>, _context: &RequestContext) -> Response<Pieces> {
        set(&mut response, DATE.as_str(), &clock::http_date(self.signed_seconds()));
        wire::framed(response, true)
    }
}

pub(crate) fn respond(context: &RequestContext, outcome: ApiResult, rules: &dyn ResponseRules) -> Response<Pieces> {
    let mut response = match outcome {
        Ok(response) => success(response, context, rules),
        Err(fault) => rules.failure(rules.worded(with_request_id(fault, context), context), context),
    };
    for (name, value) in context.quota.iter().flat_map(|quota| rules.limit_headers(quota)) {
        set(&mut response, name, &value);
    }
    if context.operation.is_none() {
        response = rules.elsewhere(response);
    }
    rules.framed(response, context)
}

fn success(response: Success, context: &RequestContext, rules: &dyn ResponseRules) -> Response<Vec<u8>> {
    let has_body = response.body.is_some();
    let text = response.body.map(|body| rules.json_text(&rules.success_body(body))).unwrap_or_default();
    let mut response = plain(response.status, text.into_bytes());
    if has_body {
        set(&mut response, CONTENT_TYPE.as_str(), JSON);
    }
    set(&mut response, REQUEST_ID, &context.request_id);
    response
}

/// SRV-2: the details of INTERNAL_SERVER_ERROR name the request.
fn with_request_id(fault: ApiError, context: &RequestContext) -> ApiError {
    match fault.code {
        Code::InternalServerError => fault.details(format!("Request ID: {}", context.request_id)),
        _ => fault,
    }
}

/// ENV-1: the envelope of an error.
pub(crate) fn error_response(fault: &ApiError, context: &RequestContext) -> Response<Vec<u8>> {
    let body = json!({ "error": members(fault) });
    let mut response = plain(fault.status, body.to_string().into_bytes());
    set(&mut response, CONTENT_TYPE.as_str(), JSON);
    set(&mut response, REQUEST_ID, &context.request_id);
    response
}

/// The members of an error, in the documented order.
pub(crate) fn members(fault: &ApiError) -> Map<String, Value> {
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

/// A response without headers.
pub(crate) fn plain(status: u16, bytes: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(bytes);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Sets a header. A value that is not valid in HTTP is left out.
pub(crate) fn set(response: &mut Response<Vec<u8>>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}
