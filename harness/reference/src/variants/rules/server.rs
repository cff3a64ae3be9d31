//! Variants of the connection, the clock, ids and sandbox errors.

use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};

use super::Varied;
use crate::clock::{self, TimeRules};
use crate::errors::{ApiError, Code};
use crate::ids::{IdRules, plain};
use crate::rules::Conforming;
use crate::sandbox::SandboxRules;
use crate::transport::TransportRules;
use crate::variants::{requests, wire};
use crate::webhooks::inbound::InboundRules;

/// The error of a wrong clock.
const OFF_BY: Duration = Duration::from_secs(2);
/// The length of a very long id.
const VERY_LONG: usize = 250;

impl TransportRules for Varied {
    fn loopback(&self) -> IpAddr {
        if self.is_active(wire::IPV6_ONLY) { Ipv6Addr::LOCALHOST.into() } else { Conforming.loopback() }
    }

    fn path_prefix(&self) -> &'static str {
        if self.is_active(wire::PATH_PREFIX) { "/gateway/identity-v2" } else { Conforming.path_prefix() }
    }

    fn title_case_headers(&self) -> bool {
        self.is_active(wire::TITLE_CASE_HEADERS)
    }

    fn response_delay(&self, request_id: &str) -> Duration {
        if !self.is_active(wire::SLOW_RESPONSES) {
            return Conforming.response_delay(request_id);
        }
        // It differs from request to request.
        let sum: u64 = request_id.bytes().map(u64::from).sum();
        Duration::from_millis(50 + sum * 37 % 101)
    }
}

impl TimeRules for Varied {
    fn now(&self) -> SystemTime {
        match () {
            () if self.is_active(wire::CLOCK_AHEAD) => Conforming.now() + OFF_BY,
            () if self.is_active(wire::CLOCK_BEHIND) => Conforming.now() - OFF_BY,
            () => Conforming.now(),
        }
    }

    fn timestamp(&self) -> String {
        if self.is_active(wire::FRACTIONAL_TIMES) {
            return DateTime::<Utc>::from(self.now()).to_rfc3339_opts(SecondsFormat::Millis, false);
        }
        clock::rfc3339(self.signed_seconds())
    }
}

impl IdRules for Varied {
    fn request_id(&self, start: u64, number: u64) -> String {
        match () {
            () if self.is_active(wire::UUID_REQUEST_IDS) => uuid(start, number),
            () if self.is_active(wire::NUMERIC_REQUEST_IDS) => number.to_string(),
            () if self.is_active(wire::STRUCTURED_REQUEST_IDS) => {
                format!("id=\"{}\"; part=1 of 1", plain("req", start, number))
            }
            () => Conforming.request_id(start, number),
        }
    }

    fn resource_id(&self, prefix: &str, start: u64, number: u64) -> String {
        match () {
            () if self.is_active(wire::UUID_IDS) => uuid(start, number),
            () if self.is_active(wire::NUMERIC_IDS) => format!("{}{number:06}", 1_000_000 + (start >> 44)),
            () if self.is_active(wire::VERY_LONG_IDS) => format!("{:_<VERY_LONG$}", plain(prefix, start, number)),
            () if self.is_active(wire::BASE64_IDS) => encoded(start, number),
            () => Conforming.resource_id(prefix, start, number),
        }
    }
}

/// A UUID of version 8, which leaves the digits to the implementation.
fn uuid(start: u64, number: u64) -> String {
    let (high, low) = (start >> 32, start & 0xffff_ffff);
    format!(
        "{high:08x}-{:04x}-8{:03x}-8{:03x}-{:012x}",
        low >> 16,
        low & 0xfff,
        number >> 48,
        number & 0xffff_ffff_ffff
    )
}

/// Base64 that contains `+`, `/` and `=`.
fn encoded(start: u64, number: u64) -> String {
    let bytes = [&[0xfb, 0xff, 0xfe, 0xff, 0xfe, 0xfb][..], &start.to_be_bytes(), &number.to_be_bytes()].concat();
    STANDARD.encode(bytes)
}

impl InboundRules for Varied {}

impl SandboxRules for Varied {
    fn sandbox_fault(&self, requested: &[u8]) -> Option<ApiError> {
        let unknown = || {
            self.is_active(requests::UNKNOWN_SANDBOX_ERROR_REFUSED).then(|| {
                ApiError::new(Code::ValidationError)
                    .details("X-Sandbox-Error must be INTERNAL_SERVER_ERROR or SERVICE_UNAVAILABLE")
            })
        };
        Conforming.sandbox_fault(requested).or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::ids::Ids;
    use crate::variants::Variant;

    fn two_ids(variant: &'static Variant) -> [String; 2] {
        let ids = Ids::new(Arc::new(Varied::new(&[variant])));
        [ids.next("cus"), ids.next("cus")]
    }

    #[test]
    fn each_variant_gives_unique_ids_of_its_shape() {
        let [uuid, other] = two_ids(&wire::UUID_IDS);
        assert_ne!(uuid, other);
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{uuid}");
        let [digits, other] = two_ids(&wire::NUMERIC_IDS);
        assert_ne!(digits, other);
        assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits}");
        let [long, other] = two_ids(&wire::VERY_LONG_IDS);
        assert_ne!(long, other);
        assert_eq!(long.len(), VERY_LONG);
        let [encoded, other] = two_ids(&wire::BASE64_IDS);
        assert_ne!(encoded, other);
        assert!(encoded.contains('+') && encoded.contains('/') && encoded.ends_with('='), "{encoded}");
    }
}
