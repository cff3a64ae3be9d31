//! Reads the body of a request as a JSON object.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::documents;
use crate::errors::{ApiError, Code, shortened};
use crate::request::{Body, Request};
use crate::route::Operation;

/// How a body is read.
pub(crate) trait BodyRules {
    /// VAL-1: the JSON object in the body. Malformed JSON and other JSON are VALIDATION_ERROR.
    fn body(&self, request: &Request, operation: Operation) -> Result<Map<String, Value>, ApiError> {
        read(&request.body, operation)
    }
}

/// The JSON object in a body.
fn read(body: &Body, operation: Operation) -> Result<Map<String, Value>, ApiError> {
    let bytes = match body {
        Body::Whole(bytes) => bytes,
        Body::CutShort => return Err(malformed("The body ended early")),
        Body::TooLong if operation == Operation::UploadDocument => return Err(documents::oversize()),
        Body::TooLong => return Err(malformed("The body is too long")),
    };
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(malformed("The body must be a JSON object")),
        Err(problem) => {
            Err(unreadable_member(bytes).unwrap_or_else(|| malformed(&format!("The body is not JSON: {problem}"))))
        }
    }
}

fn malformed(details: &str) -> ApiError {
    ApiError::new(Code::ValidationError).details(details)
}

/// The error for a body in which only the value of one member cannot be read: a lone surrogate, a number that is too
/// large, nesting that is too deep.
fn unreadable_member(bytes: &[u8]) -> Option<ApiError> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(bytes).ok()?;
    let unreadable = |value: &RawValue| serde_json::from_str::<Value>(value.get()).err();
    let (name, problem) = members.iter().find_map(|(name, value)| unreadable(value).map(|problem| (name, problem)))?;
    let name = shortened(name);
    Some(ApiError::invalid(&name, format!("Field '{name}' cannot be read: {problem}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Map<String, Value>, ApiError> {
        super::read(&Body::Whole(text.to_vec()), Operation::CreateCustomer)
    }

    #[test]
    fn object_is_read() {
        assert_eq!(read(br#" {"a": 1} "#).expect("an object")["a"], 1);
    }

    #[test]
    fn other_bodies_are_validation_errors() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        let texts: [&[u8]; 9] =
            [b"", b"{", b"[]", b"null", b"1", b"{} x", b"\xff", br#"{"a":"\ud800"}"#, deep.as_bytes()];
        for text in texts {
            let fault = read(text).expect_err("malformed");
            assert_eq!(fault.code, Code::ValidationError);
        }
    }

    #[test]
    fn unreadable_member_is_named() {
        let deep = format!("{{\"a\":1,\"b\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        for text in [r#"{"a":1,"b":"\ud800"}"#, r#"{"b":1e999}"#, deep.as_str()] {
            assert_eq!(read(text.as_bytes()).expect_err("unreadable").field.as_deref(), Some("b"));
        }
        assert_eq!(read(br#"{"b":"\x"}"#).expect_err("malformed").field, None);
    }
}
