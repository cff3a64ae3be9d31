//! Mutants of webhooks, inbound and outbound.

use super::Mutant;

section! {
    "accepts-missing-signature" ACCEPTS_MISSING_SIGNATURE ["WHK-1"]
        "Accepts an event without a signature.";
    "accepts-any-signature" ACCEPTS_ANY_SIGNATURE ["WHK-1", "WHK-3"]
        "Accepts any well-formed signature.";
    "accepts-empty-signature" ACCEPTS_EMPTY_SIGNATURE ["WHK-1"]
        "Accepts a signature without digits.";
    "prefix-compare" PREFIX_COMPARE ["WHK-1"]
        "Compares only the first eight hexadecimal digits of a signature.";
    "compares-given-length" COMPARES_GIVEN_LENGTH ["WHK-1"]
        "Accepts a prefix of the correct signature.";
    "missing-signature-is-forbidden" MISSING_SIGNATURE_IS_FORBIDDEN ["WHK-1"]
        "Returns INSUFFICIENT_PERMISSIONS for a missing signature.";
    "ignores-timestamp" IGNORES_TIMESTAMP ["WHK-2"]
        "Accepts any timestamp of an event if it is signed.";
    "accepts-old-timestamp" ACCEPTS_OLD_TIMESTAMP ["WHK-2"]
        "Accepts any timestamp of an event in the past.";
    "accepts-future-timestamp" ACCEPTS_FUTURE_TIMESTAMP ["WHK-2"]
        "Accepts any timestamp of an event in the future.";
    "accepts-six-minutes" ACCEPTS_SIX_MINUTES ["WHK-2"]
        "Accepts timestamps of events up to ten minutes off.";
    "rejects-four-minutes" REJECTS_FOUR_MINUTES ["WHK-2"]
        "Rejects timestamps of events more than one minute off.";
    "timestamp-failure-is-forbidden" TIMESTAMP_FAILURE_IS_FORBIDDEN ["WHK-2"]
        "Returns INSUFFICIENT_PERMISSIONS for a timestamp outside the tolerance.";
    "signature-of-parsed-body" SIGNATURE_OF_PARSED_BODY ["WHK-3"]
        "Checks the signature against the body as parsed and serialised again.";
    "signature-of-trimmed-body" SIGNATURE_OF_TRIMMED_BODY ["WHK-3"]
        "Removes white space around the body before it checks the signature.";
    "timestamp-unsigned" TIMESTAMP_UNSIGNED ["WHK-3"]
        "Also accepts a signature over the body alone.";
    "outbound-unsigned" OUTBOUND_UNSIGNED ["WHK-4"]
        "Sends deliveries without a signature.";
    "outbound-retries-unsigned" OUTBOUND_RETRIES_UNSIGNED ["WHK-4"]
        "Signs only the first attempt of a delivery.";
    "outbound-without-timestamp" OUTBOUND_WITHOUT_TIMESTAMP ["WHK-4"]
        "Sends deliveries without a timestamp header, although the timestamp is signed.";
    "outbound-stale-timestamp" OUTBOUND_STALE_TIMESTAMP ["WHK-4"]
        "Sends deliveries with a timestamp ten minutes in the past.";
    "outbound-millisecond-timestamp" OUTBOUND_MILLISECOND_TIMESTAMP ["WHK-4"]
        "Sends deliveries with a timestamp in milliseconds.";
    "outbound-signs-body-alone" OUTBOUND_SIGNS_BODY_ALONE ["WHK-4"]
        "Signs deliveries without the timestamp.";
    "outbound-signs-other-text" OUTBOUND_SIGNS_OTHER_TEXT ["WHK-4"]
        "Signs the same JSON with other white space than it sends.";
    "outbound-other-secret" OUTBOUND_OTHER_SECRET ["WHK-4"]
        "Signs deliveries with a wrong secret.";
    "outbound-base64-signature" OUTBOUND_BASE64_SIGNATURE ["WHK-4"]
        "Writes the signature of deliveries in Base64.";
    "outbound-is-form-text" OUTBOUND_IS_FORM_TEXT ["WHK-4"]
        "Sends deliveries as form data instead of JSON.";
    "outbound-is-json-list" OUTBOUND_IS_JSON_LIST ["WHK-4"]
        "Sends a delivery as a JSON list with one event.";
    "outbound-is-json-text" OUTBOUND_IS_JSON_TEXT ["WHK-4"]
        "Sends a delivery as a JSON string that holds the event.";
    "redelivers-after-2xx" REDELIVERS_AFTER_2XX ["WHK-5", "WHK-6"]
        "Sends a delivery again after it was accepted.";
    "redelivers-after-204" REDELIVERS_AFTER_204 ["WHK-5"]
        "Treats only status 200 as success.";
    "impatient-delivery" IMPATIENT_DELIVERY ["WHK-5"]
        "Treats an endpoint as failed after a fifth of the permitted time.";
    "state-changes-not-announced" STATE_CHANGES_NOT_ANNOUNCED ["WHK-5", "WHK-6", "WHK-7"]
        "Sends no event when a customer changes its state.";
    "delivered-logged-as-pending" DELIVERED_LOGGED_AS_PENDING ["WHK-5"]
        "Leaves an accepted delivery PENDING in the log.";
    "one-attempt" ONE_ATTEMPT ["WHK-6", "WHK-7"]
        "Makes one attempt to deliver an event.";
    "two-attempts" TWO_ATTEMPTS ["WHK-6", "WHK-7"]
        "Makes two attempts to deliver an event.";
    "four-attempts" FOUR_ATTEMPTS ["WHK-6", "WHK-7"]
        "Makes four attempts to deliver an event.";
    "no-retry-after-503" NO_RETRY_AFTER_503 ["WHK-6", "WHK-7"]
        "Does not retry after a 5xx status other than 500.";
    "no-retry-after-refusal" NO_RETRY_AFTER_REFUSAL ["WHK-6", "WHK-7"]
        "Does not retry when the endpoint refuses the connection.";
    "no-retry-after-timeout" NO_RETRY_AFTER_TIMEOUT ["WHK-6", "WHK-7"]
        "Does not retry after a timeout.";
    "waits-forever" WAITS_FOREVER ["WHK-6", "WHK-7"]
        "Waits sixty times the permitted time for a response.";
    "late-200-counts" LATE_200_COUNTS ["WHK-6", "WHK-7"]
        "Treats a 2xx within twice the permitted time as success.";
    "failure-not-logged" FAILURE_NOT_LOGGED ["WHK-6", "WHK-7"]
        "Removes a failed delivery from the log.";
    "failure-logged-as-pending" FAILURE_LOGGED_AS_PENDING ["WHK-6", "WHK-7"]
        "Leaves a failed delivery PENDING in the log.";
    "log-without-error" LOG_WITHOUT_ERROR ["WHK-7"]
        "Leaves the error of a failed delivery out of the log.";
    "log-error-with-other-code" LOG_ERROR_WITH_OTHER_CODE ["WHK-7"]
        "Logs a failed delivery with INTERNAL_SERVER_ERROR.";
    "log-error-is-string" LOG_ERROR_IS_STRING ["WHK-7"]
        "Logs only the code as the error of a failed delivery.";
    "log-error-without-message" LOG_ERROR_WITHOUT_MESSAGE ["WHK-7"]
        "Logs a failed delivery without a message.";
    "failing-endpoint-gets-nothing-more" FAILING_ENDPOINT_GETS_NOTHING_MORE ["WHK-5"]
        "Sends nothing more to an endpoint after a delivery that failed.";
}
