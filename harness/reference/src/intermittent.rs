//! Mutants that show at first, now and then, or after a pause: for each there is one that always shows, and a schedule.
//!
//! Whoever tries again what has failed may find everything in order. None of these may pass for that. Seconds and requests
//! are counted from the first request that the mutant concerns, lest it depend on the order of the others what is seen.

use crate::mutants::{
    Mutant, access, documents, envelope, fields, formats, limits, resources, server, statuses, webhooks,
};
use crate::times::Schedule::{self, AfterPause, Every, FirstOfCaller, FirstOfOperation, FirstSecond, FirstTime};

/// A mutant that shows at times.
#[derive(Clone, Copy, Debug)]
pub struct Intermittent {
    /// Its name in kebab-case.
    pub name: &'static str,
    /// What goes wrong, and when, in a sentence.
    pub about: &'static str,
    /// The mutant that shows.
    pub(crate) mutant: Mutant,
    /// When it does.
    pub(crate) schedule: Schedule,
}

impl Intermittent {
    /// The clauses that may be reported as violated; one of them must be.
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

/// Every mutant that shows at times.
pub fn intermittent() -> &'static [Intermittent] {
    ALL
}

#[rustfmt::skip]
const ALL: &[Intermittent] = &[
    at_times("empty-message-in-the-first-second", envelope::EMPTY_MESSAGE, FirstSecond,
        "In the first second, errors have an empty message."),
    at_times("text-plain-for-new-callers", envelope::TEXT_PLAIN_ERRORS, FirstOfCaller,
        "The first error that a caller gets is text/plain."),
    at_times("every-seventh-field-as-json-pointer", envelope::FIELD_AS_JSON_POINTER, Every(7),
        "In every seventh answer, `field` is a JSON pointer."),
    at_times("null-details-after-a-pause", envelope::NULL_DETAILS, AfterPause,
        "To a caller that was silent for a while, `details` of INSUFFICIENT_PERMISSIONS is null."),
    at_times("undocumented-code-at-first", envelope::UNDOCUMENTED_CONFLICT_CODE, FirstTime,
        "The first RESOURCE_CONFLICT has a code of its own."),
    at_times("format-as-400-at-first", statuses::FORMAT_AS_400, FirstTime,
        "The first INVALID_FIELD_FORMAT comes with 400."),
    at_times("every-seventh-not-found-as-400", statuses::NOT_FOUND_AS_400, Every(7),
        "In every seventh answer, RESOURCE_NOT_FOUND comes with 400."),
    at_times("first-delete-answers-200", statuses::DELETE_ANSWERS_200, FirstOfOperation, "The first deletion answers 200."),
    at_times("conflict-as-422-in-the-first-second", statuses::CONFLICT_AS_422, FirstSecond,
        "In the first second, RESOURCE_CONFLICT comes with 422."),
    at_times("every-fifth-create-answers-200", statuses::CREATE_ANSWERS_200, Every(5),
        "Every fifth answer to a creation is 200."),
    at_times("anonymous-may-list-at-first", access::ANONYMOUS_MAY_LIST, FirstTime,
        "Without a credential, customers are listed once."),
    at_times("accepts-revoked-key-at-first", access::ACCEPTS_REVOKED_KEY, FirstTime, "A revoked key is accepted once."),
    at_times("writer-may-delete-in-the-first-second", access::WRITER_MAY_DELETE, FirstSecond,
        "In the first second, WRITE is enough to delete."),
    at_times("accepts-expired-token-after-a-pause", access::ACCEPTS_EXPIRED_TOKEN, AfterPause,
        "An expired token is accepted when it was not used for a while."),
    at_times("every-third-forged-token-accepted", access::ACCEPTS_FORGED_TOKEN, Every(3),
        "In every third request, a forged token is accepted."),
    at_times("malformed-json-500-in-the-first-second", fields::MALFORMED_JSON_500, FirstSecond,
        "In the first second, malformed JSON makes the server fail."),
    at_times("first-name-optional-every-third-time", fields::FIRST_NAME_OPTIONAL, Every(3),
        "In every third request, `firstName` may be missing."),
    at_times("coerces-numbers-in-the-first-second", fields::COERCES_NUMBERS, FirstSecond,
        "In the first second, numbers are taken for texts."),
    at_times("every-third-trailing-garbage-accepted", fields::ACCEPTS_TRAILING_GARBAGE, Every(3),
        "In every third request, JSON may be followed by garbage."),
    at_times("emoji-500-every-third-time", fields::EMOJI_500, Every(3),
        "In every third request, an emoji makes the server fail."),
    at_times("every-third-month-13-accepted", formats::ACCEPTS_MONTH_13, Every(3),
        "In every third request, a month 13 is accepted."),
    at_times("every-third-double-at-accepted", formats::ACCEPTS_DOUBLE_AT, Every(3),
        "In every third request, an address may have two at signs."),
    at_times("missing-plus-accepted-in-the-first-second", formats::ACCEPTS_MISSING_PLUS, FirstSecond,
        "In the first second, a phone number needs no plus."),
    at_times("country-ignored-every-third-time", formats::IGNORES_COUNTRY, Every(3),
        "In every third request, a postal code of any country is accepted."),
    at_times("every-third-gif-accepted", documents::ACCEPTS_GIF, Every(3), "In every third request, a GIF is accepted."),
    at_times("any-resolution-in-the-first-second", documents::ACCEPTS_ANY_RESOLUTION, FirstSecond,
        "In the first second, images of any resolution are accepted."),
    at_times("every-third-bad-base64-accepted", documents::ACCEPTS_BAD_BASE64, Every(3),
        "In every third request, content that is not Base64 is accepted."),
    at_times("every-third-pdf-rejected", documents::REJECTS_PDF, Every(3), "In every third request, a PDF is refused."),
    at_times("every-third-deleted-customer-readable", resources::DELETED_CUSTOMER_READABLE, Every(3),
        "In every third request, a deleted customer can be read."),
    at_times("unknown-customer-forbidden-in-the-first-second", resources::UNKNOWN_CUSTOMER_IS_FORBIDDEN, FirstSecond,
        "In the first second, an unknown customer is INSUFFICIENT_PERMISSIONS."),
    at_times("first-transaction-is-a-conflict", resources::UNKNOWN_TRANSACTION_CONFLICT, FirstTime,
        "The first unknown transaction is RESOURCE_CONFLICT."),
    at_times("update-under-review-allowed-at-first", resources::UPDATE_UNDER_REVIEW_ALLOWED, FirstTime,
        "The first update under review is accepted."),
    at_times("every-third-duplicate-allowed", resources::DUPLICATE_EMAIL_ALLOWED, Every(3),
        "In every third request, a duplicate is accepted."),
    at_times("every-third-immutable-field-ignored", resources::IGNORES_IMMUTABLE_FIELDS, Every(3),
        "In every third request, an immutable field is ignored."),
    at_times("every-third-idempotency-key-ignored", resources::IDEMPOTENCY_KEY_IGNORED, Every(3),
        "In every third request, the Idempotency-Key is ignored."),
    at_times("every-third-refusal-drops-retry-after", limits::DROPS_RETRY_AFTER, Every(3),
        "In every third answer, RATE_LIMIT_EXCEEDED has no Retry-After."),
    at_times("first-retry-after-disagrees", limits::RETRY_AFTER_DISAGREES, FirstTime,
        "In the first refusal, `retryAfter` is half a minute more than the header."),
    at_times("every-third-remaining-not-zero", limits::REMAINING_NOT_ZERO, Every(3),
        "In every third answer past the limit, X-RateLimit-Remaining is 1."),
    at_times("recovers-late-at-first", limits::RECOVERS_LATE, FirstTime,
        "Who was limited first stays limited for half a minute."),
    at_times("recovers-after-twice-the-delay-at-first", limits::RECOVERS_AFTER_TWICE_THE_DELAY, FirstTime,
        "Who was limited first is served after twice Retry-After."),
    at_times("every-third-verification-passes", resources::VERIFICATION_NEVER_FAILS, Every(3),
        "In every third request, verification does not fail."),
    at_times("state-kept-after-the-first-failure", resources::STATE_KEPT_AFTER_FAILURE, FirstTime,
        "After the first verification that failed, the customer keeps its state."),
    at_times("verification-failure-as-conflict-in-the-first-second", resources::VERIFICATION_FAILURE_AS_CONFLICT, FirstSecond,
        "In the first second, a verification that fails is RESOURCE_CONFLICT."),
    at_times("first-failure-is-an-html-page", server::HTML_500_PAGE, FirstTime,
        "The first INTERNAL_SERVER_ERROR is an HTML page."),
    at_times("every-third-500-is-empty", server::EMPTY_500, Every(3),
        "In every third answer, INTERNAL_SERVER_ERROR has no body."),
    at_times("leaks-stack-trace-in-the-first-second", server::LEAKS_STACK_TRACE, FirstSecond,
        "In the first second, errors hold a stack trace."),
    at_times("every-third-maintenance-as-internal", server::UNAVAILABLE_AS_INTERNAL, Every(3),
        "In every third answer, maintenance is INTERNAL_SERVER_ERROR."),
    at_times("every-ninth-request-id-dropped", server::DROPS_REQUEST_ID, Every(9), "Every ninth error has no request id."),
    at_times("empty-request-id-for-new-callers", server::EMPTY_REQUEST_ID, FirstOfCaller,
        "The first error that a caller gets has an empty request id."),
    at_times("request-id-dropped-after-a-pause", server::DROPS_REQUEST_ID, AfterPause,
        "To a caller that was silent for a while, errors have no request id."),
    at_times("every-third-signature-accepted", webhooks::ACCEPTS_ANY_SIGNATURE, Every(3),
        "In every third request, any well-formed signature is accepted."),
    at_times("timestamp-ignored-in-the-first-second", webhooks::IGNORES_TIMESTAMP, FirstSecond,
        "In the first second, the timestamp of an event may be any."),
    at_times("missing-signature-accepted-at-first", webhooks::ACCEPTS_MISSING_SIGNATURE, FirstTime,
        "The first event without a signature is accepted."),
    at_times("every-third-delivery-unsigned", webhooks::OUTBOUND_UNSIGNED, Every(3), "Every third delivery is unsigned."),
    at_times("every-second-log-without-error", webhooks::LOG_WITHOUT_ERROR, Every(2),
        "Every second answer with the log lacks the errors of deliveries."),
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
