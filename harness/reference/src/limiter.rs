//! Rate limiting: a fixed window for each credential, in whole seconds.
//!
//! A window begins with the second of its first request. The limiter knows no clock; the time is handed in.

use std::collections::HashMap;

use crate::clock;
use crate::defects::limits;
use crate::errors::{Code, Fault};
use crate::habits::Habits;
use crate::variations::limits as variants;

/// Windows that ended are forgotten once there are as many as this.
const MOST_WINDOWS: usize = 10_000;
/// The key under which everybody is counted by a defect.
const EVERYBODY: &str = "everybody";
/// How long a defect keeps the door shut.
const LONG_BAN_SECONDS: u64 = 30;

/// What is left of a credential's budget after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// When the window ends, in seconds since 1970.
    pub(crate) reset: u64,
    /// Seconds until then.
    pub(crate) wait: u64,
    pub(crate) exceeded: bool,
}

/// The budgets of all credentials.
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
pub(crate) struct Claim<'a> {
    pub(crate) credential: &'a str,
    pub(crate) throttled: bool,
    pub(crate) limit: u32,
    pub(crate) window_seconds: u32,
    pub(crate) now: u64,
}

impl Limiter {
    /// Counts a request and says what is left.
    pub(crate) fn take(&mut self, claim: Claim, habits: &Habits) -> Quota {
        if !habits.has(limits::SHARED_BUDGET) {
            return self.count(claim, habits);
        }
        let common = self.count(Claim { credential: EVERYBODY, ..claim }, habits);
        if claim.throttled { self.count(claim, habits) } else { common }
    }

    fn count(&mut self, claim: Claim, habits: &Habits) -> Quota {
        self.forget_old(claim.now, claim.window_seconds);
        let length = u64::from(claim.window_seconds.max(1));
        let window = self.windows.entry(claim.credential.to_owned()).or_default();
        if claim.now >= window.start + length {
            *window = Window { start: claim.now, used: 0, ..*window };
        }
        window.used = window.used.saturating_add(1);
        let over = window.used > claim.limit && !habits.has(limits::NEVER_LIMITS);
        if over && claim.now >= window.banned_until {
            let delay = (window.start + length).saturating_sub(claim.now).clamp(1, length);
            // Times are whole seconds, and the client may be a second late: two more make it twice the delay all the same.
            let bans =
                [(limits::RECOVERS_LATE, LONG_BAN_SECONDS), (limits::RECOVERS_AFTER_TWICE_THE_DELAY, 2 * delay + 2)];
            window.banned_until = habits.first(&bans).map_or(window.banned_until, |seconds| claim.now + seconds);
        }
        let exceeded = over || claim.now < window.banned_until;
        let at_once = exceeded && habits.vary(variants::RETRY_AT_ONCE);
        let reset = if at_once { claim.now } else { window.start + length };
        let quota = Quota {
            limit: claim.limit,
            remaining: remaining(claim.limit, window.used, exceeded, habits),
            reset,
            wait: if at_once { 0 } else { reset.saturating_sub(claim.now).clamp(1, length) },
            exceeded,
        };
        if at_once {
            *window = Window { start: claim.now, ..Window::default() };
        }
        quota
    }

    fn forget_old(&mut self, now: u64, window_seconds: u32) {
        if self.windows.len() >= MOST_WINDOWS {
            let length = u64::from(window_seconds);
            self.windows.retain(|_, window| now < window.start + length);
        }
    }
}

fn remaining(limit: u32, used: u32, exceeded: bool, habits: &Habits) -> u32 {
    match () {
        () if exceeded => 0,
        () if habits.has(limits::REMAINING_FROZEN) => limit,
        () if habits.has(limits::REMAINING_COUNTS_UP) => used,
        () => limit.saturating_sub(used),
    }
}

impl Quota {
    /// The error for a request past the limit.
    pub(crate) fn fault(&self, habits: &Habits) -> Fault {
        let mut fault = Fault::new(Code::RateLimitExceeded)
            .details(format!("Rate limit exceeded. Retry after {} seconds", self.wait));
        if habits.has(limits::LIMIT_AS_UNAVAILABLE) {
            return fault.code(Code::ServiceUnavailable);
        }
        if habits.has(limits::LIMIT_AS_FORBIDDEN) {
            return fault.code(Code::InsufficientPermissions);
        }
        fault.retry_after = Some(self.wait);
        fault
    }

    /// The headers that tell the caller.
    pub(crate) fn headers(&self, habits: &Habits) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.remaining.to_string()),
            ("x-ratelimit-reset", self.reset.to_string()),
        ];
        if self.exceeded {
            headers.push(("retry-after", self.wait.to_string()));
            self.spoil(&mut headers, habits);
        }
        headers
    }

    fn spoil(&self, headers: &mut Vec<(&'static str, String)>, habits: &Habits) {
        let dropped: &[&str] = match () {
            () if habits.has(limits::DROPS_RETRY_AFTER) => &["retry-after"],
            () if habits.has(limits::DROPS_LIMIT_HEADER) => &["x-ratelimit-limit"],
            () if habits.has(limits::DROPS_REMAINING_HEADER) => &["x-ratelimit-remaining"],
            () if habits.has(limits::DROPS_RESET_HEADER) => &["x-ratelimit-reset"],
            () if habits.has(limits::DROPS_RATE_LIMIT_HEADERS) => {
                &["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]
            }
            () => &[],
        };
        headers.retain(|(name, _)| !dropped.contains(name));
        for (name, value) in headers {
            if let Some(wrong) = self.wrong_value(name, habits) {
                *value = wrong;
            }
        }
    }

    fn wrong_value(&self, header: &str, habits: &Habits) -> Option<String> {
        let reset = i64::try_from(self.reset).unwrap_or(i64::MAX);
        let (defect, value) = match header {
            "retry-after" => (limits::RETRY_AFTER_AS_DATE, clock::http_date(reset)),
            "x-ratelimit-limit" => (limits::LIMIT_WITH_WINDOW, format!("{};w={}", self.limit, self.wait)),
            "x-ratelimit-remaining" => {
                let wrong = [(limits::REMAINING_NOT_ZERO, "1"), (limits::REMAINING_NEGATIVE, "-1")];
                return habits.first(&wrong).map(str::to_owned);
            }
            _ => return self.wrong_reset(reset, habits),
        };
        habits.has(defect).then_some(value)
    }

    fn wrong_reset(&self, reset: i64, habits: &Habits) -> Option<String> {
        match () {
            () if habits.has(limits::RESET_IN_MILLISECONDS) => Some((self.reset * 1000).to_string()),
            () if habits.has(limits::RESET_AS_DELAY) => Some(self.wait.to_string()),
            () if habits.has(limits::RESET_AN_HOUR_AGO) => Some((reset - 3600).to_string()),
            () if habits.has(limits::RESET_AS_DATE) => Some(clock::rfc3339(reset)),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(now: u64) -> Claim<'static> {
        Claim { credential: "one", throttled: true, limit: 2, window_seconds: 2, now }
    }

    #[test]
    fn the_budget_falls_and_comes_back() {
        let (mut limiter, none) = (Limiter::default(), Habits::default());
        assert_eq!(limiter.take(claim(100), &none).remaining, 1);
        assert_eq!(limiter.take(claim(101), &none).remaining, 0);
        let over = limiter.take(claim(101), &none);
        assert!(over.exceeded);
        assert_eq!((over.remaining, over.reset, over.wait), (0, 102, 1));
        assert!(!limiter.take(claim(101 + over.wait), &none).exceeded);
    }

    #[test]
    fn credentials_do_not_share() {
        let (mut limiter, none) = (Limiter::default(), Habits::default());
        for _ in 0..5 {
            limiter.take(claim(100), &none);
        }
        let other = Claim { credential: "two", ..claim(100) };
        assert_eq!(limiter.take(other, &none).remaining, 1);
    }

    #[test]
    fn headers_agree_with_the_fault() {
        let quota = Quota { limit: 2, remaining: 0, reset: 102, wait: 2, exceeded: true };
        let none = Habits::default();
        assert_eq!(quota.fault(&none).retry_after, Some(2));
        assert!(quota.headers(&none).contains(&("retry-after", "2".to_owned())));
    }
}
