//! Intermittent mutants: each combines a mutant with a schedule that says when it is active.
//!
//! A retry of a failed request may succeed. Even then the harness must not report success. Seconds and requests are counted
//! from the first request that the mutant concerns, so the order of other requests does not matter.

use super::times::Schedule::{self, AfterPause, Every, FirstOfCaller, FirstOfOperation, FirstSecond, FirstTime};
use super::{Mutant, access, documents, envelope, fields, formats, limits, resources, server, statuses, webhooks};

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
    at_times("empty-message-in-the-first-second", envelope::EMPTY_MESSAGE, FirstSecond,
        "Sends errors with an empty message in the first second."),
    at_times("text-plain-for-new-callers", envelope::TEXT_PLAIN_ERRORS, FirstOfCaller,
        "Sends the first error to each caller as text/plain."),
    at_times("every-seventh-field-as-json-pointer", envelope::FIELD_AS_JSON_POINTER, Every(7),
        "Writes `field` as a JSON pointer in every seventh request."),
    at_times("null-details-after-a-pause", envelope::NULL_DETAILS, AfterPause,
        "Sends INSUFFICIENT_PERMISSIONS with `details: null` to a caller that paused."),
    at_times("undocumented-code-at-first", envelope::UNDOCUMENTED_CONFLICT_CODE, FirstTime,
        "Answers an undocumented code instead of the first RESOURCE_CONFLICT."),
    at_times("format-as-400-at-first", statuses::FORMAT_AS_400, FirstTime,
        "Sends the first INVALID_FIELD_FORMAT with status 400."),
    at_times("every-seventh-not-found-as-400", statuses::NOT_FOUND_AS_400, Every(7),
        "Sends RESOURCE_NOT_FOUND with status 400 in every seventh request."),
    at_times("first-delete-answers-200", statuses::DELETE_ANSWERS_200, FirstOfOperation,
        "Answers 200 for the first deletion."),
    at_times("conflict-as-422-in-the-first-second", statuses::CONFLICT_AS_422, FirstSecond,
        "Sends RESOURCE_CONFLICT with status 422 in the first second."),
    at_times("every-fifth-create-answers-200", statuses::CREATE_ANSWERS_200, Every(5),
        "Answers 200 instead of 201 for a creation in every fifth request."),
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
        "Answers INTERNAL_SERVER_ERROR for malformed JSON in the first second."),
    at_times("first-name-optional-every-third-time", fields::FIRST_NAME_OPTIONAL, Every(3),
        "Accepts a missing `firstName` in every third request."),
    at_times("coerces-numbers-in-the-first-second", fields::COERCES_NUMBERS, FirstSecond,
        "Accepts a number as a name in the first second."),
    at_times("every-third-trailing-garbage-accepted", fields::ACCEPTS_TRAILING_GARBAGE, Every(3),
        "Ignores everything after the JSON object in every third request."),
    at_times("emoji-500-every-third-time", fields::EMOJI_500, Every(3),
        "Answers INTERNAL_SERVER_ERROR for an emoji in every third request."),
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
        "Answers INSUFFICIENT_PERMISSIONS for an unknown customer in the first second."),
    at_times("first-transaction-is-a-conflict", resources::UNKNOWN_TRANSACTION_CONFLICT, FirstTime,
        "Answers RESOURCE_CONFLICT for the first unknown transaction."),
    at_times("update-under-review-allowed-at-first", resources::UPDATE_UNDER_REVIEW_ALLOWED, FirstTime,
        "Accepts the first update under review."),
    at_times("every-third-duplicate-allowed", resources::DUPLICATE_EMAIL_ALLOWED, Every(3),
        "Accepts a duplicate in every third request."),
    at_times("every-third-immutable-field-ignored", resources::IGNORES_IMMUTABLE_FIELDS, Every(3),
        "Ignores immutable fields in every third request."),
    at_times("every-third-idempotency-key-ignored", resources::IDEMPOTENCY_KEY_IGNORED, Every(3),
        "Ignores the Idempotency-Key in every third request."),
    at_times("every-third-refusal-drops-retry-after", limits::DROPS_RETRY_AFTER, Every(3),
        "Leaves Retry-After out of RATE_LIMIT_EXCEEDED in every third request."),
    at_times("first-retry-after-disagrees", limits::RETRY_AFTER_DISAGREES, FirstTime,
        "Sends a `retryAfter` 30 seconds larger than the header the first time."),
    at_times("every-third-remaining-not-zero", limits::REMAINING_NOT_ZERO, Every(3),
        "Sends 1 as X-RateLimit-Remaining past the limit in every third request."),
    at_times("recovers-late-at-first", limits::RECOVERS_LATE, FirstTime,
        "Keeps limiting the first limited caller for 30 seconds."),
    at_times("recovers-after-twice-the-delay-at-first", limits::RECOVERS_AFTER_TWICE_THE_DELAY, FirstTime,
        "Keeps limiting the first limited caller for twice the time in Retry-After."),
    at_times("every-third-verification-passes", resources::VERIFICATION_NEVER_FAILS, Every(3),
        "Accepts every verification in every third request."),
    at_times("state-kept-after-the-first-failure", resources::STATE_KEPT_AFTER_FAILURE, FirstTime,
        "Keeps the state of the customer after the first failed verification."),
    at_times("verification-failure-as-conflict-in-the-first-second", resources::VERIFICATION_FAILURE_AS_CONFLICT, FirstSecond,
        "Answers RESOURCE_CONFLICT for a failed verification in the first second."),
    at_times("first-failure-is-an-html-page", server::HTML_500_PAGE, FirstTime,
        "Sends the first INTERNAL_SERVER_ERROR as an HTML page."),
    at_times("every-third-500-is-empty", server::EMPTY_500, Every(3),
        "Sends INTERNAL_SERVER_ERROR without a body in every third request."),
    at_times("leaks-stack-trace-in-the-first-second", server::LEAKS_STACK_TRACE, FirstSecond,
        "Includes a stack trace in INTERNAL_SERVER_ERROR in the first second."),
    at_times("every-third-maintenance-as-internal", server::UNAVAILABLE_AS_INTERNAL, Every(3),
        "Answers INTERNAL_SERVER_ERROR during maintenance in every third request."),
    at_times("every-ninth-request-id-dropped", server::DROPS_REQUEST_ID, Every(9),
        "Leaves X-Request-Id out of errors in every ninth request."),
    at_times("empty-request-id-for-new-callers", server::EMPTY_REQUEST_ID, FirstOfCaller,
        "Sends an empty X-Request-Id with the first error to each caller."),
    at_times("request-id-dropped-after-a-pause", server::DROPS_REQUEST_ID, AfterPause,
        "Leaves X-Request-Id out of errors to a caller that paused."),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::mutants::mutants;

    #[test]
    fn every_group_of_clauses_has_some_and_names_are_unique() {
        let mut names: BTreeSet<&str> = mutants().iter().map(|mutant| mutant.name).collect();
        let mut groups = BTreeSet::new();
        for one in intermittent() {
            assert!(names.insert(one.name), "{} twice", one.name);
            assert!(one.about.ends_with('.'), "{}", one.name);
            groups.extend(one.clauses().iter().filter_map(|clause| clause.split('-').next()));
        }
        let wanted = ["AUTH", "CON", "DOC", "ENV", "FMT", "LOG", "RATE", "RES", "SRV", "STA", "VAL", "VER", "WHK"];
        assert!(wanted.iter().all(|group| groups.contains(group)), "{groups:?}");
        assert!(intermittent().len() >= 40, "{}", intermittent().len());
    }
}
