//! Variants of rate limiting.

use super::Variant;

section! {
    "rate-headers-on-429-alone" RATE_HEADERS_ON_429_ALONE by "left open: rate-limit headers on other responses than 429"
        "Sends rate-limit headers only with RATE_LIMIT_EXCEEDED.";
    "small-quota" SMALL_QUOTA by "left open: the limit's size"
        "Allows the throttled credential five requests per window.";
    "large-quota" LARGE_QUOTA by "left open: the limit's size"
        "Allows the throttled credential 120 requests per window.";
    "longer-window" LONGER_WINDOW by "left open: the limit's window"
        "Makes a window three seconds longer.";
    "retry-at-once" RETRY_AT_ONCE by "ENV-6"
        "Ends the window when the limit is exceeded, so that Retry-After is 0.";
    "retry-after-on-unavailable" RETRY_AFTER_ON_UNAVAILABLE by "left open: additional headers"
        "Sends a Retry-After header with SERVICE_UNAVAILABLE.";
}
