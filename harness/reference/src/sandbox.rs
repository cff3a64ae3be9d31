//! The sandbox's switch for errors that cannot be provoked otherwise.

use hyper::header::HeaderMap;

use crate::errors::{Code, Fault};
use crate::mutants::server;
use crate::switches::Switches;
use crate::variants::requests;

/// The fault that the header `X-Sandbox-Error` asks for. Values that mean nothing are ignored.
pub(crate) fn requested_fault(headers: &HeaderMap, switches: &Switches) -> Result<(), Fault> {
    let wish = headers.get("x-sandbox-error").map(|value| value.as_bytes());
    match wish {
        Some(b"INTERNAL_SERVER_ERROR") => Err(internal(switches)),
        Some(b"SERVICE_UNAVAILABLE") => Err(unavailable(switches)),
        Some(_) if switches.vary(requests::UNKNOWN_SANDBOX_ERROR_REFUSED) => {
            Err(Fault::new(Code::ValidationError).details("X-Sandbox-Error names no error"))
        }
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
