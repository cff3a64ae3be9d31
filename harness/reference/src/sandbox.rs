//! The header `X-Sandbox-Error`, which requests errors that a client cannot provoke in another way.

use hyper::header::HeaderMap;

use crate::errors::{Code, Fault};
use crate::mutants::server;
use crate::switches::Switches;
use crate::variants::requests;

/// The error that `X-Sandbox-Error` requests. Unknown values are ignored.
pub(crate) fn requested_fault(headers: &HeaderMap, switches: &Switches) -> Result<(), Fault> {
    let requested = headers.get("x-sandbox-error").map(|value| value.as_bytes());
    match requested {
        Some(b"INTERNAL_SERVER_ERROR") => Err(internal(switches)),
        Some(b"SERVICE_UNAVAILABLE") => Err(unavailable(switches)),
        Some(_) if switches.vary(requests::UNKNOWN_SANDBOX_ERROR_REFUSED) => Err(Fault::new(Code::ValidationError)
            .details("X-Sandbox-Error must be INTERNAL_SERVER_ERROR or SERVICE_UNAVAILABLE")),
        _ => Ok(()),
    }
}

fn internal(switches: &Switches) -> Fault {
    if switches.has(server::INTERNAL_AS_UNAVAILABLE) {
        return maintenance();
    }
    Fault::internal()
}

fn unavailable(switches: &Switches) -> Fault {
    if switches.has(server::UNAVAILABLE_AS_INTERNAL) {
        return Fault::internal();
    }
    maintenance()
}

fn maintenance() -> Fault {
    Fault::new(Code::ServiceUnavailable).details("Please retry after a short delay")
}
