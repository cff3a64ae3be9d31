//! Mutants of the connection, request ids and sandbox errors.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use tokio::net::TcpStream;

use super::Mutated;
use super::memory;
use super::no_content::WithBody;
use crate::clock::TimeRules;
use crate::errors::ApiError;
use crate::ids::IdRules;
use crate::mutants::{documents, responses, server};
use crate::sandbox::SandboxRules;
use crate::transport::{Connection, TransportRules};

/// The size from which on bodies are not read.
const MAX_BODY: usize = 12 * 1024 * 1024;

impl TransportRules for Mutated {
    unchanged! {
        fn loopback(&self) -> IpAddr;
        fn path_prefix(&self) -> &'static str;
        fn title_case_headers(&self) -> bool;
    }

    fn response_delay(&self, request_id: &str) -> Duration {
        self.base.response_delay(request_id) + if self.responds_late() { memory::WAIT } else { Duration::ZERO }
    }

    fn gives_up_reading(&self, size: usize) -> bool {
        size > MAX_BODY && self.is_active(documents::DROPS_BIG_BODIES)
    }

    fn connection(&self, stream: TcpStream) -> Box<dyn Connection> {
        if self.is_active(responses::NO_CONTENT_HAS_BODY) { Box::new(WithBody::new(stream)) } else { Box::new(stream) }
    }
}

impl TimeRules for Mutated {
    unchanged! {
        fn now(&self) -> SystemTime;
        fn timestamp(&self) -> String;
    }
}

impl IdRules for Mutated {
    unchanged! {
        fn request_id(&self, start: u64, number: u64) -> String;
        fn resource_id(&self, prefix: &str, start: u64, number: u64) -> String;
    }

    fn request_number(&self, number: u64) -> u64 {
        match () {
            () if self.is_active(server::REQUEST_ID_PER_SECOND) => self.unix_seconds(),
            () if self.is_active(server::REQUEST_ID_IN_PAIRS) => number / 2,
            () => self.base.request_number(number),
        }
    }
}

impl SandboxRules for Mutated {
    fn sandbox_fault(&self, requested: &[u8]) -> Option<ApiError> {
        match requested {
            b"SERVICE_UNAVAILABLE" if self.is_active(server::UNAVAILABLE_AS_INTERNAL) => Some(ApiError::internal()),
            _ => self.base.sandbox_fault(requested),
        }
    }
}
