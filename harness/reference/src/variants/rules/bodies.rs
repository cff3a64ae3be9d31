//! Variants in reading bodies.

use hyper::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::Varied;
use crate::customers::IMMUTABLE;
use crate::errors::{ApiError, Code, shortened};
use crate::fields;
use crate::json::BodyRules;
use crate::request::Request;
use crate::route::Operation;
use crate::rules::Conforming;
use crate::variants::requests;

impl BodyRules for Varied {
    fn body(&self, request: &Request, operation: Operation) -> Result<Map<String, Value>, ApiError> {
        if self.is_active(requests::OTHER_MEDIA_TYPES_REFUSED) && is_declared_otherwise(request) {
            return Err(ApiError::new(Code::ValidationError).details("The body must be declared as application/json"));
        }
        let members = Conforming.body(request, operation)?;
        match unknown_member(&members, operation) {
            Some(name) if self.is_active(requests::UNKNOWN_MEMBERS_REFUSED) => {
                let name = shortened(name);
                Err(ApiError::invalid(&name, format!("Field '{name}' is unknown")))
            }
            _ => Ok(members),
        }
    }
}

/// Whether the Content-Type of the request is not JSON.
fn is_declared_otherwise(request: &Request) -> bool {
    request.headers.get(CONTENT_TYPE).is_some_and(|value| {
        let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
        !essence.eq_ignore_ascii_case("application/json") && !essence.to_ascii_lowercase().ends_with("+json")
    })
}

/// A member that the operation does not define.
pub(crate) fn unknown_member(members: &Map<String, Value>, operation: Operation) -> Option<&String> {
    let known = |name: &&String| match operation {
        Operation::CreateCustomer | Operation::UpdateCustomer => {
            fields::names().chain(IMMUTABLE).any(|field| field == name.as_str())
        }
        Operation::UploadDocument => ["type", "contentType", "content"].contains(&name.as_str()),
        Operation::CreateWebhook => name.as_str() == "url",
        _ => true,
    };
    members.keys().find(|name| !known(name))
}
