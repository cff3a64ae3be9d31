//! Rate limiting: a fixed window for each credential, in whole seconds.
//!
//! A window begins with the second of its first request. The caller passes the current time.

use std::collections::HashMap;

use crate::errors::{ApiError, Code};

/// Windows that ended are removed once there are this many windows.
const MAX_WINDOWS: usize = 10_000;

/// What a request past the limit gets.
pub(crate) trait LimitRules {
    /// Counts a request. RATE-7: each credential has its own budget.
    fn count(&self, limiter: &mut Limiter, request: CountedRequest) -> Quota {
        limiter.take(request)
    }

    /// RATE-1: past the limit.
    fn limit_exceeded(&self, quota: &Quota) -> ApiError {
        quota.fault()
    }

    /// RATE-2: the headers of a counted request.
    fn limit_headers(&self, quota: &Quota) -> Vec<(&'static str, String)> {
        quota.headers()
    }
}

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
}

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
    pub(crate) fn take(&mut self, request: CountedRequest) -> Quota {
        self.remove_old(request.now, request.window_seconds);
        let length = u64::from(request.window_seconds.max(1));
        let window = self.windows.entry(request.credential.to_owned()).or_default();
        if request.now >= window.start + length {
            *window = Window { start: request.now, used: 0 };
        }
        window.used = window.used.saturating_add(1);
        let reset = window.start + length;
        Quota {
            limit: request.limit,
            remaining: request.limit.saturating_sub(window.used),
            reset,
            wait: reset.saturating_sub(request.now).clamp(1, length),
            exceeded: window.used > request.limit,
        }
    }

    /// Begins a new window.
    pub(crate) fn restart(&mut self, request: CountedRequest) {
        self.windows.insert(request.credential.to_owned(), Window { start: request.now, used: 0 });
    }

    fn remove_old(&mut self, now: u64, window_seconds: u32) {
        if self.windows.len() >= MAX_WINDOWS {
            let length = u64::from(window_seconds);
            self.windows.retain(|_, window| now < window.start + length);
        }
    }
}

impl Quota {
    /// The error for a request past the limit. RATE-3: `retryAfter` is the time of the header.
    pub(crate) fn fault(&self) -> ApiError {
        let mut fault = ApiError::new(Code::RateLimitExceeded)
            .details(format!("Rate limit exceeded. Retry after {} seconds", self.wait));
        fault.retry_after = Some(self.wait);
        fault
    }

    /// The rate-limit headers.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.remaining.to_string()),
            ("x-ratelimit-reset", self.reset.to_string()),
        ];
        if self.exceeded {
            headers.push(("retry-after", self.wait.to_string()));
        }
        headers
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
        let mut limiter = Limiter::default();
        assert_eq!(limiter.take(request(100)).remaining, 1);
        assert_eq!(limiter.take(request(101)).remaining, 0);
        let over = limiter.take(request(101));
        assert!(over.exceeded);
        assert_eq!((over.remaining, over.reset, over.wait), (0, 102, 1));
        assert!(!limiter.take(request(101 + over.wait)).exceeded);
    }

    #[test]
    fn each_credential_has_its_own_limit() {
        let mut limiter = Limiter::default();
        for _ in 0..5 {
            limiter.take(request(100));
        }
        let other = CountedRequest { credential: "two", ..request(100) };
        assert_eq!(limiter.take(other).remaining, 1);
    }

    #[test]
    fn retry_after_header_matches_the_error() {
        let quota = Quota { limit: 2, remaining: 0, reset: 102, wait: 2, exceeded: true };
        assert_eq!(quota.fault().retry_after, Some(2));
        assert!(quota.headers().contains(&("retry-after", "2".to_owned())));
    }
}
