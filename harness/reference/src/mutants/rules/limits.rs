//! Mutants of rate limiting.

use super::Mutated;
use crate::limiter::{CountedRequest, LimitRules, Limiter, Quota};
use crate::mutants::limits;

/// The key under which all credentials are counted together.
const EVERYBODY: &str = "everybody";
/// How long a caller is limited after the first refusal.
const LONG_BAN_SECONDS: u64 = 30;

impl LimitRules for Mutated {
    unchanged! {
        fn limit_headers(&self, quota: &Quota) -> Vec<(&'static str, String)>;
    }

    fn count(&self, limiter: &mut Limiter, request: CountedRequest) -> Quota {
        if !self.is_active(limits::SHARED_BUDGET) {
            return self.counted(limiter, request);
        }
        let common = self.counted(limiter, CountedRequest { credential: EVERYBODY, ..request });
        if request.throttled { self.counted(limiter, request) } else { common }
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
}
