//! Mutants of rate limiting.

use super::Mutant;

section! {
    "never-limits" NEVER_LIMITS ["RATE-1"]
        "Nobody is ever limited.";
    "limit-as-unavailable" LIMIT_AS_UNAVAILABLE ["RATE-1"]
        "Past the limit, the answer is SERVICE_UNAVAILABLE.";
    "limit-as-forbidden" LIMIT_AS_FORBIDDEN ["RATE-1"]
        "Past the limit, the answer is INSUFFICIENT_PERMISSIONS.";
    "drops-retry-after" DROPS_RETRY_AFTER ["RATE-2"]
        "RATE_LIMIT_EXCEEDED has no Retry-After header.";
    "drops-limit-header" DROPS_LIMIT_HEADER ["RATE-2"]
        "RATE_LIMIT_EXCEEDED has no X-RateLimit-Limit header.";
    "drops-remaining-header" DROPS_REMAINING_HEADER ["RATE-2"]
        "RATE_LIMIT_EXCEEDED has no X-RateLimit-Remaining header.";
    "drops-reset-header" DROPS_RESET_HEADER ["RATE-2"]
        "RATE_LIMIT_EXCEEDED has no X-RateLimit-Reset header.";
    "drops-rate-limit-headers" DROPS_RATE_LIMIT_HEADERS ["RATE-2"]
        "RATE_LIMIT_EXCEEDED has none of the three X-RateLimit headers.";
    "retry-after-as-date" RETRY_AFTER_AS_DATE ["RATE-2"]
        "Retry-After is an HTTP date.";
    "reset-as-date" RESET_AS_DATE ["RATE-2"]
        "X-RateLimit-Reset is an RFC 3339 time.";
    "limit-with-window" LIMIT_WITH_WINDOW ["RATE-2"]
        "X-RateLimit-Limit names the window as well, `20;w=2`.";
    "retry-after-disagrees" RETRY_AFTER_DISAGREES ["RATE-3"]
        "`retryAfter` is half a minute more than the header.";
    "retry-after-member-in-milliseconds" RETRY_AFTER_MEMBER_IN_MILLISECONDS ["RATE-3"]
        "`retryAfter` counts milliseconds.";
    "remaining-not-zero" REMAINING_NOT_ZERO ["RATE-4"]
        "X-RateLimit-Remaining is 1 past the limit.";
    "remaining-negative" REMAINING_NEGATIVE ["RATE-2", "RATE-4"]
        "X-RateLimit-Remaining is -1 past the limit.";
    "reset-in-milliseconds" RESET_IN_MILLISECONDS ["RATE-5"]
        "X-RateLimit-Reset counts milliseconds.";
    "reset-as-delay" RESET_AS_DELAY ["RATE-5"]
        "X-RateLimit-Reset is the number of seconds to wait.";
    "reset-an-hour-ago" RESET_AN_HOUR_AGO ["RATE-5"]
        "X-RateLimit-Reset is an hour behind.";
    "recovers-late" RECOVERS_LATE ["RATE-6"]
        "Who was limited stays limited for half a minute, whatever Retry-After said.";
    "recovers-after-twice-the-delay" RECOVERS_AFTER_TWICE_THE_DELAY ["RATE-6"]
        "Who was limited is served after twice the time that Retry-After said.";
    "remaining-frozen" REMAINING_FROZEN ["RATE-7"]
        "X-RateLimit-Remaining does not fall.";
    "remaining-counts-up" REMAINING_COUNTS_UP ["RATE-7"]
        "X-RateLimit-Remaining counts what was used.";
    "shared-budget" SHARED_BUDGET ["RATE-7"]
        "All ordinary credentials draw on one budget, and so does what the throttled one asks.";
}
