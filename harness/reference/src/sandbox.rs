//! The sandbox's switch for errors that cannot be provoked otherwise.

use hyper::header::HeaderMap;

use crate::defects::{Flaws, server};
use crate::errors::{Code, Fault};

/// The fault that the header `X-Sandbox-Error` asks for. Values that mean nothing are ignored.
pub(crate) fn requested_fault(headers: &HeaderMap, flaws: &Flaws) -> Result<(), Fault> {
    let wish = headers.get("x-sandbox-error").map(|value| value.as_bytes());
    match wish {
        Some(b"INTERNAL_SERVER_ERROR") => Err(internal(flaws)),
        Some(b"SERVICE_UNAVAILABLE") => Err(unavailable(flaws)),
        _ => Ok(()),
    }
}

fn internal(flaws: &Flaws) -> Fault {
    if flaws.has(server::INTERNAL_AS_UNAVAILABLE) {
        return maintenance();
    }
    Fault::internal()
}

fn unavailable(flaws: &Flaws) -> Fault {
    if flaws.has(server::UNAVAILABLE_AS_INTERNAL) {
        return Fault::internal();
    }
    maintenance()
}

fn maintenance() -> Fault {
    Fault::new(Code::ServiceUnavailable).details("Please retry after a short delay")
}
