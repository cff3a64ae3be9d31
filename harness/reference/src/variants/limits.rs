//! Variants of rate limiting.

use super::Variant;

section! {
    "rate-headers-on-429-alone" RATE_HEADERS_ON_429_ALONE by "left open: rate-limit headers on other answers than 429"
        "Only RATE_LIMIT_EXCEEDED has rate-limit headers.";
    "small-quota" SMALL_QUOTA by "left open: the limit's size"
        "The throttled credential may send five requests a window.";
    "large-quota" LARGE_QUOTA by "left open: the limit's size"
        "The throttled credential may send 120 requests a window.";
    "longer-window" LONGER_WINDOW by "left open: the limit's window"
        "A window is three seconds longer.";
    "retry-at-once" RETRY_AT_ONCE by "ENV-6"
        "A refusal ends the window, so that Retry-After is 0.";
    "retry-after-on-unavailable" RETRY_AFTER_ON_UNAVAILABLE by "left open: additional headers"
        "SERVICE_UNAVAILABLE has a Retry-After header.";
}
