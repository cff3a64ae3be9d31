//! A middleware over right responses: what `errors` and `leaks` make of them.

use std::sync::atomic::Ordering;

use hyper::Response;
use hyper::header::CONTENT_TYPE;
use serde_json::Value;

use super::errors::ErrorSituation;
use super::{Mutated, leaks};
use crate::errors::ApiError;
use crate::request::RequestContext;
use crate::respond::{REQUEST_ID, ResponseRules, members, set};
use crate::wire::Pieces;

impl ResponseRules for Mutated {
    fn json_text(&self, value: &Value) -> String {
        self.base.json_text(value)
    }

    fn success_body(&self, body: Value) -> Value {
        self.base.success_body(body)
    }

    fn worded(&self, fault: ApiError, context: &RequestContext) -> ApiError {
        self.base.worded(fault, context)
    }

    fn failure(&self, mut fault: ApiError, context: &RequestContext) -> Response<Vec<u8>> {
        let count = self.errors.fetch_add(1, Ordering::Relaxed);
        let situation = ErrorSituation { rules: self, context, code: fault.code, count };
        leaks::into_details(&mut fault, &situation);
        let status = situation.status(fault.status);
        let mut error = members(&fault);
        situation.mutate_members(&mut error);
        let text = self.base.json_text(&situation.envelope(error, status));
        let mut response = self.base.failure(fault.status(status), context);
        *response.body_mut() = situation.mutate_bytes(text.into_bytes());
        replace(&mut response, CONTENT_TYPE.as_str(), situation.media_type("application/json"));
        replace(&mut response, REQUEST_ID, situation.request_id());
        if let Some((name, value)) = leaks::header(&situation) {
            set(&mut response, name, value);
        }
        response
    }

    fn elsewhere(&self, response: Response<Vec<u8>>) -> Response<Vec<u8>> {
        self.base.elsewhere(response)
    }

    fn framed(&self, response: Response<Vec<u8>>, context: &RequestContext) -> Response<Pieces> {
        self.base.framed(response, context)
    }
}

fn replace(response: &mut Response<Vec<u8>>, name: &str, value: Option<&str>) {
    response.headers_mut().remove(name);
    if let Some(value) = value {
        set(response, name, value);
    }
}
