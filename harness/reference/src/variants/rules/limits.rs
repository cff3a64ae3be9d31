//! Variants of rate limiting.

use super::Varied;
use crate::limiter::{CountedRequest, LimitRules, Limiter, Quota};
use crate::rules::Conforming;
use crate::settings::Settings;
use crate::variants::limits;

impl LimitRules for Varied {
    fn count(&self, limiter: &mut Limiter, request: CountedRequest) -> Quota {
        let quota = Conforming.count(limiter, request);
        if !quota.exceeded || !self.is_active(limits::RETRY_AT_ONCE) {
            return quota;
        }
        limiter.restart(request);
        Quota { reset: request.now, wait: 0, ..quota }
    }

    fn limit_headers(&self, quota: &Quota) -> Vec<(&'static str, String)> {
        if !quota.exceeded && self.is_active(limits::RATE_HEADERS_ON_429_ALONE) {
            return Vec::new();
        }
        Conforming.limit_headers(quota)
    }
}

impl Varied {
    pub(crate) fn limited(&self, settings: Settings) -> Settings {
        let quotas = [(limits::SMALL_QUOTA, 5), (limits::LARGE_QUOTA, 120)];
        Settings {
            throttled_limit: self.variant(&quotas).unwrap_or(settings.throttled_limit),
            window_seconds: settings.window_seconds + if self.is_active(limits::LONGER_WINDOW) { 3 } else { 0 },
            ..settings
        }
    }
}
