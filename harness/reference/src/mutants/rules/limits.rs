//! Mutants of rate limiting.

use super::Mutated;
use crate::clock;
use crate::errors::{ApiError, Code};
use crate::limiter::{CountedRequest, LimitRules, Limiter, Quota};
use crate::mutants::limits;

/// The key under which all credentials are counted together.
const EVERYBODY: &str = "everybody";
/// How long a caller is limited after the first refusal.
const LONG_BAN_SECONDS: u64 = 30;

impl LimitRules for Mutated {
    fn count(&self, limiter: &mut Limiter, request: CountedRequest) -> Quota {
        if !self.is_active(limits::SHARED_BUDGET) {
            return self.counted(limiter, request);
        }
        let common = self.counted(limiter, CountedRequest { credential: EVERYBODY, ..request });
        if request.throttled { self.counted(limiter, request) } else { common }
    }

    fn limit_exceeded(&self, quota: &Quota) -> ApiError {
        let mut fault = self.base.limit_exceeded(quota);
        let wrong = [
            (limits::LIMIT_AS_UNAVAILABLE, Code::ServiceUnavailable),
            (limits::LIMIT_AS_FORBIDDEN, Code::InsufficientPermissions),
        ];
        if let Some(code) = self.first(&wrong) {
            fault.retry_after = None;
            return fault.code(code);
        }
        fault
    }

    fn limit_headers(&self, quota: &Quota) -> Vec<(&'static str, String)> {
        let mut headers = self.base.limit_headers(quota);
        if quota.exceeded {
            self.mutate_headers(&mut headers, quota);
        }
        headers
    }
}

impl Mutated {
    fn counted(&self, limiter: &mut Limiter, request: CountedRequest) -> Quota {
        let mut quota = self.base.count(limiter, request);
        if quota.exceeded && self.is_active(limits::NEVER_LIMITS) {
            quota.exceeded = false;
        }
        if self.is_banned(&quota, request) {
            (quota.exceeded, quota.remaining) = (true, 0);
        }
        match () {
            () if quota.exceeded => {}
            () if self.is_active(limits::REMAINING_FROZEN)
                || (request.throttled && self.is_active(limits::REMAINING_OF_THE_THROTTLED_FROZEN)) =>
            {
                quota.remaining = quota.limit;
            }
            () if self.is_active(limits::REMAINING_COUNTS_UP) => quota.remaining = quota.limit - quota.remaining,
            () => {}
        }
        quota
    }

    /// Whether the caller is limited for longer than the quota says.
    fn is_banned(&self, quota: &Quota, request: CountedRequest) -> bool {
        let mut bans = self.bans.lock();
        let until = bans.get(request.credential).copied().unwrap_or_default();
        if !quota.exceeded || request.now < until {
            return request.now < until;
        }
        // Times are whole seconds, and the client may be a second late. Two more seconds make at least twice the delay.
        let wrong =
            [(limits::RECOVERS_LATE, LONG_BAN_SECONDS), (limits::RECOVERS_AFTER_TWICE_THE_DELAY, 2 * quota.wait + 2)];
        let Some(seconds) = self.first(&wrong) else { return false };
        bans.insert(request.credential.to_owned(), request.now + seconds);
        true
    }

    fn mutate_headers(&self, headers: &mut Vec<(&'static str, String)>, quota: &Quota) {
        let dropped: &[&str] = match () {
            () if self.is_active(limits::DROPS_RETRY_AFTER) => &["retry-after"],
            () if self.is_active(limits::DROPS_LIMIT_HEADER) => &["x-ratelimit-limit"],
            () if self.is_active(limits::DROPS_REMAINING_HEADER) => &["x-ratelimit-remaining"],
            () if self.is_active(limits::DROPS_RESET_HEADER) => &["x-ratelimit-reset"],
            () if self.is_active(limits::DROPS_RATE_LIMIT_HEADERS) => {
                &["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"]
            }
            () => &[],
        };
        headers.retain(|(name, _)| !dropped.contains(name));
        for (name, value) in headers {
            if let Some(wrong) = self.wrong_value(name, quota) {
                *value = wrong;
            }
        }
    }

    fn wrong_value(&self, header: &str, quota: &Quota) -> Option<String> {
        let reset = i64::try_from(quota.reset).unwrap_or(i64::MAX);
        let (mutant, value) = match header {
            "retry-after" => (limits::RETRY_AFTER_AS_DATE, clock::http_date(reset)),
            "x-ratelimit-limit" => (limits::LIMIT_WITH_WINDOW, format!("{};w={}", quota.limit, quota.wait)),
            "x-ratelimit-remaining" => {
                let wrong = [(limits::REMAINING_NOT_ZERO, "1"), (limits::REMAINING_NEGATIVE, "-1")];
                return self.first(&wrong).map(str::to_owned);
            }
            _ => return self.wrong_reset(reset, quota),
        };
        self.is_active(mutant).then_some(value)
    }

    fn wrong_reset(&self, reset: i64, quota: &Quota) -> Option<String> {
        match () {
            () if self.is_active(limits::RESET_IN_MILLISECONDS) => Some((quota.reset * 1000).to_string()),
            () if self.is_active(limits::RESET_AS_DELAY) => Some(quota.wait.to_string()),
            () if self.is_active(limits::RESET_AN_HOUR_AGO) => Some((reset - 3600).to_string()),
            () if self.is_active(limits::RESET_AS_DATE) => Some(clock::rfc3339(reset)),
            () => None,
        }
    }
}
