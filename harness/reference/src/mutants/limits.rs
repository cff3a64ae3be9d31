//! Mutants of rate limiting.

use super::Mutant;

section! {
    "never-limits" NEVER_LIMITS ["RATE-1"]
        "Never limits the rate of requests.";
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
