//! The header `X-Sandbox-Error`, which requests errors that a client cannot provoke in another way.

use hyper::header::HeaderMap;

use crate::errors::{ApiError, Code};

/// Which error `X-Sandbox-Error` requests.
pub(crate) trait SandboxRules {
    /// SRV-1 and SRV-3. Unknown values are ignored.
    fn sandbox_fault(&self, requested: &[u8]) -> Option<ApiError> {
        match requested {
            b"INTERNAL_SERVER_ERROR" => Some(ApiError::internal()),
            b"SERVICE_UNAVAILABLE" => Some(maintenance()),
            _ => None,
        }
    }
}

/// The error that the request asks for.
pub(crate) fn requested_fault(headers: &HeaderMap, rules: &dyn SandboxRules) -> Result<(), ApiError> {
    let requested = headers.get("x-sandbox-error").map(|value| value.as_bytes());
    requested.and_then(|requested| rules.sandbox_fault(requested)).map_or(Ok(()), Err)
}

/// SERVICE_UNAVAILABLE.
pub(crate) fn maintenance() -> ApiError {
    ApiError::new(Code::ServiceUnavailable).details("Please retry after a short delay")
}
