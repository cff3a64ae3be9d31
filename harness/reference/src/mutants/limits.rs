//! Mutants of rate limiting.

use super::Mutant;

section! {
    "never-limits" NEVER_LIMITS ["RATE-1"]
        "Never limits the rate of requests.";
    "limit-as-unavailable" LIMIT_AS_UNAVAILABLE ["RATE-1"]
        "Answers SERVICE_UNAVAILABLE when the rate limit is exceeded.";
    "limit-as-forbidden" LIMIT_AS_FORBIDDEN ["RATE-1"]
        "Answers INSUFFICIENT_PERMISSIONS when the rate limit is exceeded.";
    "drops-retry-after" DROPS_RETRY_AFTER ["RATE-2"]
        "Leaves the Retry-After header out of RATE_LIMIT_EXCEEDED.";
    "drops-limit-header" DROPS_LIMIT_HEADER ["RATE-2"]
        "Leaves the X-RateLimit-Limit header out of RATE_LIMIT_EXCEEDED.";
    "drops-remaining-header" DROPS_REMAINING_HEADER ["RATE-2"]
        "Leaves the X-RateLimit-Remaining header out of RATE_LIMIT_EXCEEDED.";
    "drops-reset-header" DROPS_RESET_HEADER ["RATE-2"]
        "Leaves the X-RateLimit-Reset header out of RATE_LIMIT_EXCEEDED.";
    "drops-rate-limit-headers" DROPS_RATE_LIMIT_HEADERS ["RATE-2"]
        "Leaves all three X-RateLimit headers out of RATE_LIMIT_EXCEEDED.";
    "retry-after-as-date" RETRY_AFTER_AS_DATE ["RATE-2"]
        "Sends Retry-After as an HTTP date.";
    "reset-as-date" RESET_AS_DATE ["RATE-2"]
        "Sends X-RateLimit-Reset as an RFC 3339 time.";
    "limit-with-window" LIMIT_WITH_WINDOW ["RATE-2"]
        "Adds the window to X-RateLimit-Limit, `20;w=2`.";
    "retry-after-disagrees" RETRY_AFTER_DISAGREES ["RATE-3"]
        "Sends a `retryAfter` 30 seconds larger than the header.";
    "retry-after-member-in-milliseconds" RETRY_AFTER_MEMBER_IN_MILLISECONDS ["RATE-3"]
        "Sends `retryAfter` in milliseconds.";
    "remaining-not-zero" REMAINING_NOT_ZERO ["RATE-4"]
        "Sends 1 as X-RateLimit-Remaining when the limit is exceeded.";
    "remaining-negative" REMAINING_NEGATIVE ["RATE-2", "RATE-4"]
        "Sends -1 as X-RateLimit-Remaining when the limit is exceeded.";
    "reset-in-milliseconds" RESET_IN_MILLISECONDS ["RATE-5"]
        "Sends X-RateLimit-Reset in milliseconds.";
    "reset-as-delay" RESET_AS_DELAY ["RATE-5"]
        "Sends the number of seconds to wait as X-RateLimit-Reset.";
    "reset-an-hour-ago" RESET_AN_HOUR_AGO ["RATE-5"]
        "Sends an X-RateLimit-Reset that is one hour too early.";
    "recovers-late" RECOVERS_LATE ["RATE-6"]
        "Keeps limiting a caller for 30 seconds, whatever Retry-After says.";
    "recovers-after-twice-the-delay" RECOVERS_AFTER_TWICE_THE_DELAY ["RATE-6"]
        "Keeps limiting a caller for twice the time in Retry-After.";
    "remaining-frozen" REMAINING_FROZEN ["RATE-7"]
        "Does not decrease X-RateLimit-Remaining.";
    "remaining-counts-up" REMAINING_COUNTS_UP ["RATE-7"]
        "Sends the number of used requests as X-RateLimit-Remaining.";
    "shared-budget" SHARED_BUDGET ["RATE-7"]
        "Counts the requests of all credentials, the throttled one included, against one common limit.";
    "remaining-of-the-throttled-frozen" REMAINING_OF_THE_THROTTLED_FROZEN ["RATE-7"]
        "Does not decrease X-RateLimit-Remaining of the throttled credential.";
}
