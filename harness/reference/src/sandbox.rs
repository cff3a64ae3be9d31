//! The sandbox's switch for errors that cannot be provoked otherwise.

use hyper::header::HeaderMap;

use crate::defects::server;
use crate::errors::{Code, Fault};
use crate::habits::Habits;
use crate::variations::requests;

/// The fault that the header `X-Sandbox-Error` asks for. Values that mean nothing are ignored.
pub(crate) fn requested_fault(headers: &HeaderMap, habits: &Habits) -> Result<(), Fault> {
    let wish = headers.get("x-sandbox-error").map(|value| value.as_bytes());
    match wish {
        Some(b"INTERNAL_SERVER_ERROR") => Err(internal(habits)),
        Some(b"SERVICE_UNAVAILABLE") => Err(unavailable(habits)),
        Some(_) if habits.vary(requests::UNKNOWN_SANDBOX_ERROR_REFUSED) => {
            Err(Fault::new(Code::ValidationError).details("X-Sandbox-Error names no error"))
        }
        _ => Ok(()),
    }
}

fn internal(habits: &Habits) -> Fault {
    if habits.has(server::INTERNAL_AS_UNAVAILABLE) {
        return maintenance();
    }
    Fault::internal()
}

fn unavailable(habits: &Habits) -> Fault {
    if habits.has(server::UNAVAILABLE_AS_INTERNAL) {
        return Fault::internal();
    }
    maintenance()
}

fn maintenance() -> Fault {
    Fault::new(Code::ServiceUnavailable).details("Please retry after a short delay")
}
