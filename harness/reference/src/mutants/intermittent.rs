//! Intermittent mutants: each combines a mutant with a schedule that says when it is active.
//!
//! A retry of a failed request may succeed. Even then the harness must not report success. Seconds and requests are counted
//! from the first request that the mutant concerns, so the order of other requests does not matter.

use super::times::Schedule::{self, AfterPause, Every, FirstSecond, FirstTime};
use super::{Mutant, access, documents, fields, formats, limits, resources, server, webhooks};

/// An intermittent mutant.
#[derive(Clone, Copy, Debug)]
pub struct Intermittent {
    /// Its name in kebab-case.
    pub name: &'static str,
    /// One sentence that says what goes wrong, and when.
    pub about: &'static str,
    /// The mutant that is active at times.
    pub(crate) mutant: Mutant,
    /// When the mutant is active.
    pub(crate) schedule: Schedule,
}

impl Intermittent {
    /// The clauses that may be reported as violated. At least one of them must be.
    pub fn clauses(&self) -> &'static [&'static str] {
        self.mutant.clauses
    }

    /// True where it shows to callers that were silent for a while.
    pub fn after_pause(&self) -> bool {
        self.schedule == AfterPause
    }
}

const fn at_times(name: &'static str, mutant: Mutant, schedule: Schedule, about: &'static str) -> Intermittent {
    Intermittent { name, about, mutant, schedule }
}

/// Every intermittent mutant.
pub fn intermittent() -> &'static [Intermittent] {
    ALL
}

#[rustfmt::skip]
const ALL: &[Intermittent] = &[
    at_times("anonymous-may-list-at-first", access::ANONYMOUS_MAY_LIST, FirstTime,
        "Lists customers for the first request without a credential."),
    at_times("accepts-revoked-key-at-first", access::ACCEPTS_REVOKED_KEY, FirstTime, "Accepts a revoked key once."),
    at_times("writer-may-delete-in-the-first-second", access::WRITER_MAY_DELETE, FirstSecond,
        "Lets WRITE delete a customer in the first second."),
    at_times("accepts-expired-token-after-a-pause", access::ACCEPTS_EXPIRED_TOKEN, AfterPause,
        "Accepts an expired token that was not used for a while."),
    at_times("every-third-forged-token-accepted", access::ACCEPTS_FORGED_TOKEN, Every(3),
        "Accepts a forged token in every third request."),
    at_times("malformed-json-500-in-the-first-second", fields::MALFORMED_JSON_500, FirstSecond,
        "Returns INTERNAL_SERVER_ERROR for malformed JSON in the first second."),
    at_times("first-name-optional-every-third-time", fields::FIRST_NAME_OPTIONAL, Every(3),
        "Accepts a missing `firstName` in every third request."),
    at_times("coerces-numbers-in-the-first-second", fields::COERCES_NUMBERS, FirstSecond,
        "Accepts a number as a name in the first second."),
    at_times("every-third-trailing-garbage-accepted", fields::ACCEPTS_TRAILING_GARBAGE, Every(3),
        "Ignores everything after the JSON object in every third request."),
    at_times("emoji-500-every-third-time", fields::EMOJI_500, Every(3),
        "Returns INTERNAL_SERVER_ERROR for an emoji in every third request."),
    at_times("every-third-month-13-accepted", formats::ACCEPTS_MONTH_13, Every(3),
        "Accepts a month 13 in every third request."),
    at_times("every-third-double-at-accepted", formats::ACCEPTS_DOUBLE_AT, Every(3),
        "Accepts two at signs in a mail address in every third request."),
    at_times("missing-plus-accepted-in-the-first-second", formats::ACCEPTS_MISSING_PLUS, FirstSecond,
        "Accepts a phone number without a plus sign in the first second."),
    at_times("country-ignored-every-third-time", formats::IGNORES_COUNTRY, Every(3),
        "Accepts any text as a postal code in every third request."),
    at_times("every-third-gif-accepted", documents::ACCEPTS_GIF, Every(3), "Accepts a GIF in every third request."),
    at_times("any-resolution-in-the-first-second", documents::ACCEPTS_ANY_RESOLUTION, FirstSecond,
        "Accepts images of any resolution in the first second."),
    at_times("every-third-bad-base64-accepted", documents::ACCEPTS_BAD_BASE64, Every(3),
        "Accepts content that is not Base64 in every third request."),
    at_times("every-third-pdf-rejected", documents::REJECTS_PDF, Every(3), "Rejects a PDF in every third request."),
    at_times("every-third-deleted-customer-readable", resources::DELETED_CUSTOMER_READABLE, Every(3),
        "Lets callers read a deleted customer in every third request."),
    at_times("unknown-customer-forbidden-in-the-first-second", resources::UNKNOWN_CUSTOMER_IS_FORBIDDEN, FirstSecond,
        "Returns INSUFFICIENT_PERMISSIONS for an unknown customer in the first second."),
    at_times("update-under-review-allowed-at-first", resources::UPDATE_UNDER_REVIEW_ALLOWED, FirstTime,
        "Accepts the first update under review."),
    at_times("every-third-duplicate-allowed", resources::DUPLICATE_EMAIL_ALLOWED, Every(3),
        "Accepts a duplicate in every third request."),
    at_times("every-third-immutable-field-ignored", resources::IGNORES_IMMUTABLE_FIELDS, Every(3),
        "Ignores immutable fields in every third request."),
    at_times("every-third-idempotency-key-ignored", resources::IDEMPOTENCY_KEY_IGNORED, Every(3),
        "Ignores the Idempotency-Key in every third request."),
    at_times("recovers-late-at-first", limits::RECOVERS_LATE, FirstTime,
        "Keeps limiting the first limited caller for 30 seconds."),
    at_times("recovers-after-twice-the-delay-at-first", limits::RECOVERS_AFTER_TWICE_THE_DELAY, FirstTime,
        "Keeps limiting the first limited caller for twice the time in Retry-After."),
    at_times("every-third-verification-passes", resources::VERIFICATION_NEVER_FAILS, Every(3),
        "Accepts every verification in every third request."),
    at_times("state-kept-after-the-first-failure", resources::STATE_KEPT_AFTER_FAILURE, FirstTime,
        "Keeps the state of the customer after the first failed verification."),
    at_times("every-third-maintenance-as-internal", server::UNAVAILABLE_AS_INTERNAL, Every(3),
        "Returns INTERNAL_SERVER_ERROR during maintenance in every third request."),
    at_times("every-third-signature-accepted", webhooks::ACCEPTS_ANY_SIGNATURE, Every(3),
        "Accepts any well-formed signature in every third request."),
    at_times("timestamp-ignored-in-the-first-second", webhooks::IGNORES_TIMESTAMP, FirstSecond,
        "Accepts any timestamp of an event in the first second."),
    at_times("missing-signature-accepted-at-first", webhooks::ACCEPTS_MISSING_SIGNATURE, FirstTime,
        "Accepts the first event without a signature."),
    at_times("every-third-delivery-unsigned", webhooks::OUTBOUND_UNSIGNED, Every(3),
        "Sends every third delivery without a signature."),
    at_times("every-second-log-without-error", webhooks::LOG_WITHOUT_ERROR, Every(2),
        "Leaves the errors of deliveries out of the log in every second request."),
];
