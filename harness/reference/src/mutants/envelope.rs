//! Mutants of the error envelope: its shape, its members, its media type.

use super::Mutant;

section! {
    "bare-error-object" BARE_ERROR_OBJECT ["ENV-1", "RES-5", "SRV-1", "SRV-3"]
        "The members of an error stand at the top level, with no `error` around them.";
    "bare-error-object-on-delete" BARE_ERROR_OBJECT_ON_DELETE ["ENV-1", "RES-5"]
        "Only deleteCustomer leaves out the `error` around its errors.";
    "error-in-array" ERROR_IN_ARRAY ["ENV-1", "RES-5", "SRV-1", "SRV-3"]
        "The envelope comes as the only element of an array.";
    "error-is-string" ERROR_IS_STRING ["ENV-1", "RES-5", "SRV-1", "SRV-3"]
        "`error` is the code itself, not an object.";
    "errors-in-plural" ERRORS_IN_PLURAL ["ENV-1", "RES-5", "SRV-1", "SRV-3"]
        "The envelope's member is called `errors` and holds an array.";
    "empty-unauthorised-body" EMPTY_UNAUTHORISED_BODY ["ENV-1"]
        "AUTHENTICATION_FAILED comes with no body at all.";
    "cut-short-errors" CUT_SHORT_ERRORS ["ENV-1", "RES-5", "SRV-1", "SRV-3"]
        "The last two bytes of an error body are missing.";
    "webhook-errors-as-plain-words" WEBHOOK_ERRORS_AS_PLAIN_WORDS ["ENV-1"]
        "WEBHOOK_SIGNATURE_INVALID comes as a JSON string instead of an envelope.";
    "numeric-code" NUMERIC_CODE ["ENV-2", "RES-5", "SRV-1", "SRV-3"]
        "`error.code` is the HTTP status as a number.";
    "lower-case-code" LOWER_CASE_CODE ["ENV-2", "RES-5", "SRV-1", "SRV-3"]
        "`error.code` is written in lower case.";
    "code-missing" CODE_MISSING ["ENV-2", "RES-5", "SRV-1", "SRV-3"]
        "`error.code` is left out.";
    "undocumented-conflict-code" UNDOCUMENTED_CONFLICT_CODE ["ENV-2"]
        "A conflict is called STATE_CONFLICT, which no catalogue knows.";
    "code-with-trailing-space" CODE_WITH_TRAILING_SPACE ["ENV-2"]
        "VALIDATION_ERROR has a space at its end.";
    "undocumented-code-on-transactions" UNDOCUMENTED_CODE_ON_TRANSACTIONS ["ENV-2", "RES-5"]
        "Only getTransaction says TRANSACTION_NOT_FOUND.";
    "empty-message" EMPTY_MESSAGE ["ENV-3"]
        "`error.message` is an empty string.";
    "message-missing" MESSAGE_MISSING ["ENV-3"]
        "`error.message` is left out.";
    "message-is-object" MESSAGE_IS_OBJECT ["ENV-3"]
        "`error.message` is an object with a text for each language.";
    "null-message-on-quality" NULL_MESSAGE_ON_QUALITY ["ENV-3"]
        "DOCUMENT_QUALITY_INSUFFICIENT has the message null.";
    "intermittent-empty-message" INTERMITTENT_EMPTY_MESSAGE ["ENV-3"]
        "Every fifth error has an empty message.";
    "details-is-object" DETAILS_IS_OBJECT ["ENV-4"]
        "RESOURCE_NOT_FOUND has an object as its `details`.";
    "details-is-array" DETAILS_IS_ARRAY ["ENV-4"]
        "VALIDATION_ERROR has an array as its `details`.";
    "null-details" NULL_DETAILS ["ENV-4"]
        "INSUFFICIENT_PERMISSIONS has `details: null`.";
    "drops-field" DROPS_FIELD ["ENV-5", "VAL-2", "VAL-3"]
        "No error names a field.";
    "drops-format-field" DROPS_FORMAT_FIELD ["ENV-5", "VAL-3"]
        "INVALID_FIELD_FORMAT does not name the field.";
    "drops-missing-field" DROPS_MISSING_FIELD ["ENV-5", "VAL-2"]
        "A missing required field is not named.";
    "drops-mistyped-field" DROPS_MISTYPED_FIELD ["ENV-5", "VAL-3"]
        "A field of the wrong type is not named.";
    "field-as-json-pointer" FIELD_AS_JSON_POINTER ["ENV-5", "VAL-2", "VAL-3"]
        "The field is named as a pointer, `/email`.";
    "field-in-snake-case" FIELD_IN_SNAKE_CASE ["ENV-5", "VAL-2", "VAL-3"]
        "The field is named `date_of_birth` where the member is `dateOfBirth`.";
    "field-with-object-name" FIELD_WITH_OBJECT_NAME ["ENV-5", "VAL-2", "VAL-3"]
        "The field is named `customer.email`.";
    "field-always-email" FIELD_ALWAYS_EMAIL ["ENV-5", "VAL-2", "VAL-3"]
        "The field named is `email`, whichever is at fault.";
    "missing-field-named-body" MISSING_FIELD_NAMED_BODY ["ENV-5", "VAL-2"]
        "A missing field is reported as a fault of `body`.";
    "empty-field" EMPTY_FIELD ["ENV-5", "VAL-3"]
        "INVALID_FIELD_FORMAT names an empty field.";
    "field-is-array" FIELD_IS_ARRAY ["ENV-5", "VAL-3"]
        "INVALID_FIELD_FORMAT has an array of names as its `field`.";
    "null-field" NULL_FIELD ["ENV-5"]
        "RESOURCE_NOT_FOUND has `field: null`.";
    "postal-fault-names-country" POSTAL_FAULT_NAMES_COUNTRY ["ENV-5"]
        "A postal code of the wrong format is blamed on `country`.";
    "drops-retry-after-member" DROPS_RETRY_AFTER_MEMBER ["ENV-6"]
        "RATE_LIMIT_EXCEEDED has no `retryAfter`.";
    "retry-after-member-is-string" RETRY_AFTER_MEMBER_IS_STRING ["ENV-6"]
        "`retryAfter` is a string of digits.";
    "fractional-retry-after-member" FRACTIONAL_RETRY_AFTER_MEMBER ["ENV-6"]
        "`retryAfter` is half a second short of the header.";
    "negative-retry-after-member" NEGATIVE_RETRY_AFTER_MEMBER ["ENV-6", "RATE-3"]
        "`retryAfter` lies a minute in the past: -60.";
    "undocumented-top-member" UNDOCUMENTED_TOP_MEMBER ["ENV-7"]
        "A `timestamp` stands beside `error`.";
    "undocumented-error-member" UNDOCUMENTED_ERROR_MEMBER ["ENV-7"]
        "`error` holds a `documentationUrl`.";
    "retry-after-member-on-unavailable" RETRY_AFTER_MEMBER_ON_UNAVAILABLE ["ENV-7"]
        "SERVICE_UNAVAILABLE has a `retryAfter`.";
    "text-plain-errors" TEXT_PLAIN_ERRORS ["ENV-8"]
        "Errors are sent as text/plain.";
    "problem-json-errors" PROBLEM_JSON_ERRORS ["ENV-8"]
        "Errors are sent as application/problem+json.";
    "drops-content-type" DROPS_CONTENT_TYPE ["ENV-8"]
        "Errors have no Content-Type.";
    "not-found-as-text-html" NOT_FOUND_AS_TEXT_HTML ["ENV-8"]
        "RESOURCE_NOT_FOUND is sent as text/html.";
    "webhook-errors-as-text-plain" WEBHOOK_ERRORS_AS_TEXT_PLAIN ["ENV-8"]
        "WEBHOOK_SIGNATURE_INVALID is sent as text/plain.";
    "error-in-success" ERROR_IN_SUCCESS ["ENV-9"]
        "A customer that is read comes with an `error` beside its members.";
    "error-in-created" ERROR_IN_CREATED ["ENV-9"]
        "A customer that was just created comes with an `error` that warns of nothing.";
    "not-found-as-200" NOT_FOUND_AS_200 ["ENV-9", "RES-1", "RES-5", "STA-3"]
        "An unknown customer is reported with status 200.";
    "bom-in-errors" BOM_IN_ERRORS ["ENV-10"]
        "Error bodies begin with a byte order mark.";
    "duplicate-member" DUPLICATE_MEMBER ["ENV-10"]
        "`error.code` stands twice in every error.";
    "latin-1-errors" LATIN_1_ERRORS ["ENV-10"]
        "RESOURCE_NOT_FOUND has a Latin-1 byte in its message, which is not UTF-8.";
    "intermittent-text-plain" INTERMITTENT_TEXT_PLAIN ["ENV-8"]
        "Every fifth error below 500 is sent as text/plain.";
    "intermittent-details-object" INTERMITTENT_DETAILS_OBJECT ["ENV-4"]
        "Every fifth error has an object as its `details`.";
    "error-in-document" ERROR_IN_DOCUMENT ["ENV-9"]
        "A document that was accepted comes with an `error` that warns of its date.";
}
