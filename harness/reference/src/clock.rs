//! The current time, and the formats of times. A variant may shift this clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat};

use crate::switches::Switches;
use crate::variants::wire;

/// The error of a wrong clock.
const OFF_BY: Duration = Duration::from_secs(2);

/// The current time of this server.
pub(crate) fn now(switches: &Switches) -> SystemTime {
    let now = SystemTime::now();
    match () {
        () if switches.vary(wire::CLOCK_AHEAD) => now + OFF_BY,
        () if switches.vary(wire::CLOCK_BEHIND) => now - OFF_BY,
        () => now,
    }
}

/// Unix seconds, or 0 if the clock is set to a time before 1970.
pub(crate) fn unix_seconds(switches: &Switches) -> u64 {
    now(switches).duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
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

/// The current time, as it is written in the body of a successful answer.
pub(crate) fn rfc3339_now(switches: &Switches) -> String {
    if switches.vary(wire::FRACTIONAL_TIMES) {
        return DateTime::<chrono::Utc>::from(now(switches)).to_rfc3339_opts(SecondsFormat::Millis, false);
    }
    rfc3339(signed_seconds(switches))
}

/// Unix seconds as a signed number.
pub(crate) fn signed_seconds(switches: &Switches) -> i64 {
    i64::try_from(unix_seconds(switches)).unwrap_or(i64::MAX)
}
