//! Mutants of webhooks, inbound and outbound.

use super::Mutant;

section! {
    "accepts-missing-signature" ACCEPTS_MISSING_SIGNATURE ["WHK-1"]
        "An event without a signature is accepted.";
    "accepts-any-signature" ACCEPTS_ANY_SIGNATURE ["WHK-1", "WHK-3"]
        "Every well-formed signature is accepted.";
    "accepts-empty-signature" ACCEPTS_EMPTY_SIGNATURE ["WHK-1"]
        "A signature of no digits is accepted.";
    "prefix-compare" PREFIX_COMPARE ["WHK-1"]
        "Only the first eight hexadecimal digits of a signature are compared.";
    "compares-given-length" COMPARES_GIVEN_LENGTH ["WHK-1"]
        "A signature that is the beginning of the right one is accepted.";
    "signature-failure-as-authentication" SIGNATURE_FAILURE_AS_AUTHENTICATION ["WHK-1", "WHK-3"]
        "A wrong signature is AUTHENTICATION_FAILED.";
    "missing-signature-is-forbidden" MISSING_SIGNATURE_IS_FORBIDDEN ["WHK-1"]
        "A missing signature is INSUFFICIENT_PERMISSIONS.";
    "ignores-timestamp" IGNORES_TIMESTAMP ["WHK-2"]
        "The timestamp of an event may be any, so long as it is signed.";
    "accepts-old-timestamp" ACCEPTS_OLD_TIMESTAMP ["WHK-2"]
        "The timestamp of an event may lie in the past by any time.";
    "accepts-future-timestamp" ACCEPTS_FUTURE_TIMESTAMP ["WHK-2"]
        "The timestamp of an event may lie in the future by any time.";
    "accepts-six-minutes" ACCEPTS_SIX_MINUTES ["WHK-2"]
        "The timestamp of an event may be off by ten minutes.";
    "rejects-four-minutes" REJECTS_FOUR_MINUTES ["WHK-2"]
        "The timestamp of an event may be off by one minute only.";
    "timestamp-failure-is-forbidden" TIMESTAMP_FAILURE_IS_FORBIDDEN ["WHK-2"]
        "A timestamp that is off is INSUFFICIENT_PERMISSIONS.";
    "signature-of-parsed-body" SIGNATURE_OF_PARSED_BODY ["WHK-3"]
        "The signature is held against the body as parsed and written again.";
    "signature-of-trimmed-body" SIGNATURE_OF_TRIMMED_BODY ["WHK-3"]
        "White space around the body is removed before the signature is checked.";
    "timestamp-unsigned" TIMESTAMP_UNSIGNED ["WHK-3"]
        "A signature over the body alone is accepted as well.";
    "outbound-unsigned" OUTBOUND_UNSIGNED ["WHK-4"]
        "Deliveries have no signature.";
    "outbound-retries-unsigned" OUTBOUND_RETRIES_UNSIGNED ["WHK-4"]
        "Only the first attempt of a delivery is signed.";
    "outbound-without-timestamp" OUTBOUND_WITHOUT_TIMESTAMP ["WHK-4"]
        "Deliveries have no timestamp, though it is signed.";
    "outbound-stale-timestamp" OUTBOUND_STALE_TIMESTAMP ["WHK-4"]
        "Deliveries have a timestamp of ten minutes ago.";
    "outbound-millisecond-timestamp" OUTBOUND_MILLISECOND_TIMESTAMP ["WHK-4"]
        "Deliveries have a timestamp in milliseconds.";
    "outbound-signs-body-alone" OUTBOUND_SIGNS_BODY_ALONE ["WHK-4"]
        "Deliveries are signed without the timestamp.";
    "outbound-signs-other-text" OUTBOUND_SIGNS_OTHER_TEXT ["WHK-4"]
        "Deliveries are signed over the same JSON with other white space.";
    "outbound-other-secret" OUTBOUND_OTHER_SECRET ["WHK-4"]
        "Deliveries are signed with a secret that the webhook does not have.";
    "outbound-base64-signature" OUTBOUND_BASE64_SIGNATURE ["WHK-4"]
        "Deliveries are signed in Base64.";
    "outbound-is-form-text" OUTBOUND_IS_FORM_TEXT ["WHK-4"]
        "Deliveries are the text of a form, and not JSON.";
    "outbound-is-json-list" OUTBOUND_IS_JSON_LIST ["WHK-4"]
        "Deliveries are JSON lists of one event.";
    "outbound-is-json-text" OUTBOUND_IS_JSON_TEXT ["WHK-4"]
        "Deliveries are JSON that was written twice, so that they are strings.";
    "redelivers-after-2xx" REDELIVERS_AFTER_2XX ["WHK-5", "WHK-6"]
        "A delivery that was accepted is sent again.";
    "redelivers-after-204" REDELIVERS_AFTER_204 ["WHK-5"]
        "Only the status 200 counts as delivered.";
    "impatient-delivery" IMPATIENT_DELIVERY ["WHK-5"]
        "An endpoint that takes a fifth of the permitted time counts as failing.";
    "state-changes-not-announced" STATE_CHANGES_NOT_ANNOUNCED ["WHK-5", "WHK-6", "WHK-7"]
        "No webhook hears of a change of state.";
    "delivered-logged-as-pending" DELIVERED_LOGGED_AS_PENDING ["WHK-5"]
        "A delivery that was accepted stays PENDING in the log.";
    "one-attempt" ONE_ATTEMPT ["WHK-5", "WHK-6", "WHK-7"]
        "A delivery is tried once.";
    "two-attempts" TWO_ATTEMPTS ["WHK-5", "WHK-6", "WHK-7"]
        "A delivery is tried twice.";
    "four-attempts" FOUR_ATTEMPTS ["WHK-6", "WHK-7"]
        "A delivery is tried four times.";
    "no-retry-after-503" NO_RETRY_AFTER_503 ["WHK-6", "WHK-7"]
        "Of the 5xx statuses, only 500 is tried again.";
    "no-retry-after-refusal" NO_RETRY_AFTER_REFUSAL ["WHK-6", "WHK-7"]
        "An endpoint that refuses the connection is not tried again.";
    "no-retry-after-timeout" NO_RETRY_AFTER_TIMEOUT ["WHK-6", "WHK-7"]
        "An endpoint that takes too long is not tried again.";
    "waits-forever" WAITS_FOREVER ["WHK-6", "WHK-7"]
        "An attempt is given sixty times the permitted time.";
    "late-200-counts" LATE_200_COUNTS ["WHK-6", "WHK-7"]
        "A 2xx that comes within twice the permitted time still counts.";
    "failure-not-logged" FAILURE_NOT_LOGGED ["WHK-6", "WHK-7"]
        "A delivery that failed vanishes from the log.";
    "failure-logged-as-pending" FAILURE_LOGGED_AS_PENDING ["WHK-6", "WHK-7"]
        "A delivery that failed stays PENDING in the log.";
    "log-without-error" LOG_WITHOUT_ERROR ["WHK-7"]
        "A delivery that failed has no error in the log.";
    "log-error-with-other-code" LOG_ERROR_WITH_OTHER_CODE ["WHK-7"]
        "A delivery that failed has INTERNAL_SERVER_ERROR in the log.";
    "log-error-is-string" LOG_ERROR_IS_STRING ["WHK-7"]
        "A delivery that failed has only the code as its error in the log.";
    "log-error-without-message" LOG_ERROR_WITHOUT_MESSAGE ["WHK-7"]
        "A delivery that failed has no message in the log.";
}
