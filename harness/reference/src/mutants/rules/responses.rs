//! Mutants of error responses that need the request: leaked credentials, and a page for ids that cannot be read. What a
//! proxy can change in any response is in `schemas/mutations.yaml`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::Response;
use hyper::header::CONTENT_TYPE;
use serde_json::Value;

use super::Mutated;
use crate::errors::{ApiError, Code};
use crate::mutants::{Mutant, resources, server};
use crate::request::RequestContext;
use crate::respond::{ResponseRules, set};
use crate::wire::Pieces;

const PAGE: &[u8] = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Error</h1></body></html>";

impl ResponseRules for Mutated {
    unchanged! {
        fn json_text(&self, value: &Value) -> String;
        fn success_body(&self, body: Value) -> Value;
        fn worded(&self, fault: ApiError, context: &RequestContext) -> ApiError;
        fn elsewhere(&self, response: Response<Vec<u8>>) -> Response<Vec<u8>>;
        fn framed(&self, response: Response<Vec<u8>>, context: &RequestContext) -> Response<Pieces>;
    }

    fn failure(&self, mut fault: ApiError, context: &RequestContext) -> Response<Vec<u8>> {
        let credential = context.credential.as_str();
        if let Some(leaked) = self.leak(fault.code, credential) {
            let details = fault.details.take().unwrap_or_default();
            fault.details = Some(format!("{details} {leaked}"));
        }
        let mut response = self.base.failure(fault, context);
        if context.bad_escape && self.is_active(resources::HTML_PAGE_FOR_BAD_ESCAPES) {
            *response.body_mut() = PAGE.to_vec();
            set(&mut response, CONTENT_TYPE.as_str(), "text/html");
        }
        if !credential.is_empty() && self.is_active(server::LEAKS_CREDENTIAL_IN_HEADER) {
            set(&mut response, "x-debug-credential", credential);
        }
        response
    }
}

impl Mutated {
    /// The text that a mutant adds to the details of an error.
    fn leak(&self, code: Code, credential: &str) -> Option<String> {
        let applies = |of: Code, mutant: Mutant| code == of && self.is_active(mutant);
        match () {
            () if credential.is_empty() => None,
            () if applies(Code::AuthenticationFailed, server::LEAKS_CREDENTIAL) => {
                Some(format!("(given: {credential})"))
            }
            () if applies(Code::TokenExpired, server::LEAKS_TOKEN) => Some(format!("(given: {credential})")),
            () if applies(Code::InsufficientPermissions, server::LEAKS_CREDENTIAL_BASE64) => {
                Some(format!("[ctx {}]", STANDARD.encode(credential)))
            }
            () if applies(Code::ResourceNotFound, server::LEAKS_CREDENTIAL_HEX) => {
                Some(format!("[ctx {}]", credential.bytes().map(|byte| format!("{byte:02x}")).collect::<String>()))
            }
            () => None,
        }
    }
}
