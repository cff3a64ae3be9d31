//! The time, read in one place.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat};

/// Seconds since 1970; a clock set before that reads as 0.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A moment as RFC 3339 in UTC, such as `2025-11-05T10:30:00Z`.
///
/// Moments beyond what the calendar can hold read as the first second of 1970.
pub(crate) fn rfc3339(unix_seconds: i64) -> String {
    DateTime::from_timestamp(unix_seconds, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The present moment as RFC 3339.
pub(crate) fn rfc3339_now() -> String {
    rfc3339(i64::try_from(unix_seconds()).unwrap_or(i64::MAX))
}
