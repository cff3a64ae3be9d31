//! Rate limiting: a fixed window for each credential, in whole seconds.
//!
//! A window begins with the second of its first request. The caller passes the current time.

use std::collections::HashMap;

use crate::clock;
use crate::errors::{Code, Fault};
use crate::mutants::limits;
use crate::switches::Switches;
use crate::variants::limits as variants;

/// Windows that ended are removed once there are this many windows.
const MOST_WINDOWS: usize = 10_000;
/// The key under which a mutant counts all credentials.
const EVERYBODY: &str = "everybody";
/// How long a mutant keeps limiting a caller.
const LONG_BAN_SECONDS: u64 = 30;

/// The rate limit of a credential after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// When the window ends, in seconds since 1970.
    pub(crate) reset: u64,
    /// Seconds until the window ends.
    pub(crate) wait: u64,
    pub(crate) exceeded: bool,
}

/// The windows of all credentials.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    windows: HashMap<String, Window>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    start: u64,
    used: u32,
    banned_until: u64,
}

/// A request to be counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountedRequest<'a> {
    pub(crate) credential: &'a str,
    pub(crate) throttled: bool,
    pub(crate) limit: u32,
    pub(crate) window_seconds: u32,
    pub(crate) now: u64,
}

impl Limiter {
    /// Counts a request and returns the new quota.
    pub(crate) fn take(&mut self, request: CountedRequest, switches: &Switches) -> Quota {
        if !switches.has(limits::SHARED_BUDGET) {
            return self.count(request, switches);
        }
        let common = self.count(CountedRequest { credential: EVERYBODY, ..request }, switches);
        if request.throttled { self.count(request, switches) } else { common }
    }

    fn count(&mut self, request: CountedRequest, switches: &Switches) -> Quota {
        self.remove_old(request.now, request.window_seconds);
        let length = u64::from(request.window_seconds.max(1));
        let window = self.windows.entry(request.credential.to_owned()).or_default();
        if request.now >= window.start + length {
            *window = Window { start: request.now, used: 0, ..*window };
        }
        window.used = window.used.saturating_add(1);
        let over = window.used > request.limit && !switches.has(limits::NEVER_LIMITS);
        if over && request.now >= window.banned_until {
            let delay = (window.start + length).saturating_sub(request.now).clamp(1, length);
            // Times are whole seconds, and the client may be a second late. Two more seconds make at least twice the delay.
            let bans =
                [(limits::RECOVERS_LATE, LONG_BAN_SECONDS), (limits::RECOVERS_AFTER_TWICE_THE_DELAY, 2 * delay + 2)];
            window.banned_until = switches.first(&bans).map_or(window.banned_until, |seconds| request.now + seconds);
        }
        let exceeded = over || request.now < window.banned_until;
        let at_once = exceeded && switches.vary(variants::RETRY_AT_ONCE);
        let reset = if at_once { request.now } else { window.start + length };
        let quota = Quota {
            limit: request.limit,
            remaining: remaining(request.limit, window.used, exceeded, switches),
            reset,
            wait: if at_once { 0 } else { reset.saturating_sub(request.now).clamp(1, length) },
            exceeded,
        };
        if at_once {
            *window = Window { start: request.now, ..Window::default() };
        }
        quota
    }

    fn remove_old(&mut self, now: u64, window_seconds: u32) {
        if self.windows.len() >= MOST_WINDOWS {
            let length = u64::from(window_seconds);
            self.windows.retain(|_, window| now < window.start + length);
        }
    }
}

fn remaining(limit: u32, used: u32, exceeded: bool, switches: &Switches) -> u32 {
    match () {
        () if exceeded => 0,
        () if switches.has(limits::REMAINING_FROZEN) => limit,
        () if switches.has(limits::REMAINING_COUNTS_UP) => used,
        () => limit.saturating_sub(used),
    }
}

impl Quota {
    /// The error for a request past the limit.
    pub(crate) fn fault(&self, switches: &Switches) -> Fault {
        let mut fault = Fault::new(Code::RateLimitExceeded)
            .details(format!("Rate limit exceeded. Retry after {} seconds", self.wait));
        if switches.has(limits::LIMIT_AS_UNAVAILABLE) {
            return fault.code(Code::ServiceUnavailable);
        }
        if switches.has(limits::LIMIT_AS_FORBIDDEN) {
            return fault.code(Code::InsufficientPermissions);
        }
        fault.retry_after = Some(self.wait);
        fault
    }

    /// The rate-limit headers.
    pub(crate) fn headers(&self, switches: &Switches) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.remaining.to_string()),
            ("x-ratelimit-reset", self.reset.to_string()),
        ];
        if self.exceeded {
            headers.push(("retry-after", self.wait.to_string()));
            self.mutate(&mut headers, switches);
        }
        headers
    }

    fn mutate(&self, headers: &mut Vec<(&'static str, String)>, switches: &Switches) {
        let dropped: &[&str] = match () {
            () if switches.has(limits::DROPS_RETRY_AFTER) => &["retry-after"],
            () if switches.has(limits::DROPS_LIMIT_HEADER) => &["x-ratelimit-limit"],
            () if switches.has(limits::DROPS_REMAINING_HEADER) => &["x-ratelimit-remaining"],
            () if switches.has(limits::DROPS_RESET_HEADER) => &["x-ratelimit-reset"],
            () if switches.has(limits::DROPS_RATE_LIMIT_HEADERS) => {
                &["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]
            }
            () => &[],
        };
        headers.retain(|(name, _)| !dropped.contains(name));
        for (name, value) in headers {
            if let Some(wrong) = self.wrong_value(name, switches) {
                *value = wrong;
            }
        }
    }

    fn wrong_value(&self, header: &str, switches: &Switches) -> Option<String> {
        let reset = i64::try_from(self.reset).unwrap_or(i64::MAX);
        let (mutant, value) = match header {
            "retry-after" => (limits::RETRY_AFTER_AS_DATE, clock::http_date(reset)),
            "x-ratelimit-limit" => (limits::LIMIT_WITH_WINDOW, format!("{};w={}", self.limit, self.wait)),
            "x-ratelimit-remaining" => {
                let wrong = [(limits::REMAINING_NOT_ZERO, "1"), (limits::REMAINING_NEGATIVE, "-1")];
                return switches.first(&wrong).map(str::to_owned);
            }
            _ => return self.wrong_reset(reset, switches),
        };
        switches.has(mutant).then_some(value)
    }

    fn wrong_reset(&self, reset: i64, switches: &Switches) -> Option<String> {
        match () {
            () if switches.has(limits::RESET_IN_MILLISECONDS) => Some((self.reset * 1000).to_string()),
            () if switches.has(limits::RESET_AS_DELAY) => Some(self.wait.to_string()),
            () if switches.has(limits::RESET_AN_HOUR_AGO) => Some((reset - 3600).to_string()),
            () if switches.has(limits::RESET_AS_DATE) => Some(clock::rfc3339(reset)),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(now: u64) -> CountedRequest<'static> {
        CountedRequest { credential: "one", throttled: true, limit: 2, window_seconds: 2, now }
    }

    #[test]
    fn remaining_falls_and_resets_with_the_window() {
        let (mut limiter, none) = (Limiter::default(), Switches::default());
        assert_eq!(limiter.take(request(100), &none).remaining, 1);
        assert_eq!(limiter.take(request(101), &none).remaining, 0);
        let over = limiter.take(request(101), &none);
        assert!(over.exceeded);
        assert_eq!((over.remaining, over.reset, over.wait), (0, 102, 1));
        assert!(!limiter.take(request(101 + over.wait), &none).exceeded);
    }

    #[test]
    fn each_credential_has_its_own_limit() {
        let (mut limiter, none) = (Limiter::default(), Switches::default());
        for _ in 0..5 {
            limiter.take(request(100), &none);
        }
        let other = CountedRequest { credential: "two", ..request(100) };
        assert_eq!(limiter.take(other, &none).remaining, 1);
    }

    #[test]
    fn retry_after_header_matches_the_error() {
        let quota = Quota { limit: 2, remaining: 0, reset: 102, wait: 2, exceeded: true };
        let none = Switches::default();
        assert_eq!(quota.fault(&none).retry_after, Some(2));
        assert!(quota.headers(&none).contains(&("retry-after", "2".to_owned())));
    }
}
