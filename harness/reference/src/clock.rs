//! The time, read in one place.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat};

use crate::switches::Switches;
use crate::variants::wire;

/// How far a clock that is off is off.
const OFF_BY: Duration = Duration::from_secs(2);

/// The present moment, as this server takes it.
pub(crate) fn now(switches: &Switches) -> SystemTime {
    let now = SystemTime::now();
    match () {
        () if switches.vary(wire::CLOCK_AHEAD) => now + OFF_BY,
        () if switches.vary(wire::CLOCK_BEHIND) => now - OFF_BY,
        () => now,
    }
}

/// Seconds since 1970; a clock set before that reads as 0.
pub(crate) fn unix_seconds(switches: &Switches) -> u64 {
    now(switches).duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A moment as RFC 3339 in UTC, such as `2025-11-05T10:30:00Z`.
///
/// Moments beyond what the calendar can hold read as the first second of 1970.
pub(crate) fn rfc3339(unix_seconds: i64) -> String {
    DateTime::from_timestamp(unix_seconds, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A moment as HTTP writes it, such as `Wed, 05 Nov 2025 10:30:00 GMT`.
pub(crate) fn http_date(unix_seconds: i64) -> String {
    DateTime::from_timestamp(unix_seconds, 0).unwrap_or_default().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The present moment as the members of a success show it.
pub(crate) fn rfc3339_now(switches: &Switches) -> String {
    if switches.vary(wire::FRACTIONAL_TIMES) {
        return DateTime::<chrono::Utc>::from(now(switches)).to_rfc3339_opts(SecondsFormat::Millis, false);
    }
    rfc3339(signed_seconds(switches))
}

/// Seconds since 1970, to reckon with.
pub(crate) fn signed_seconds(switches: &Switches) -> i64 {
    i64::try_from(unix_seconds(switches)).unwrap_or(i64::MAX)
}
