//! The current time, and the formats of times.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat};

/// The clock of the server.
pub(crate) trait TimeRules {
    /// The current time of this server.
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    /// The current time, as it is written in the body of a successful response.
    fn timestamp(&self) -> String {
        rfc3339(self.signed_seconds())
    }

    /// Unix seconds, or 0 if the clock is set to a time before 1970.
    fn unix_seconds(&self) -> u64 {
        self.now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    /// Unix seconds as a signed number.
    fn signed_seconds(&self) -> i64 {
        i64::try_from(self.unix_seconds()).unwrap_or(i64::MAX)
    }
}

/// A time as RFC 3339 in UTC, such as `2025-11-05T10:30:00Z`.
///
/// A time that `chrono` cannot represent becomes the first second of 1970.
pub(crate) fn rfc3339(unix_seconds: i64) -> String {
    DateTime::from_timestamp(unix_seconds, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A time as an HTTP date, such as `Wed, 05 Nov 2025 10:30:00 GMT`.
pub(crate) fn http_date(unix_seconds: i64) -> String {
    DateTime::from_timestamp(unix_seconds, 0).unwrap_or_default().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
