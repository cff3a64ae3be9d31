//! Mutants of the error envelope: its shape, its members, its media type.

use super::Mutant;

section! {
    "bare-error-object" BARE_ERROR_OBJECT ["ENV-1", "RES-5", "SRV-1", "SRV-3"]
        "Puts the members of an error at the top level, without `error` around them.";
    "bare-error-object-on-delete" BARE_ERROR_OBJECT_ON_DELETE ["ENV-1", "RES-5"]
        "Leaves out the `error` member around errors of deleteCustomer.";
    "error-in-array" ERROR_IN_ARRAY ["ENV-1", "RES-5", "SRV-1", "SRV-3"]
        "Sends the envelope as the only element of an array.";
    "error-is-string" ERROR_IS_STRING ["ENV-1", "RES-5", "SRV-1", "SRV-3"]
        "Sends only the code as the value of `error`, not an object.";
    "errors-in-plural" ERRORS_IN_PLURAL ["ENV-1", "RES-5", "SRV-1", "SRV-3"]
        "Calls the member of the envelope `errors` and makes it an array.";
    "empty-unauthorised-body" EMPTY_UNAUTHORISED_BODY ["ENV-1"]
        "Sends AUTHENTICATION_FAILED without a body.";
    "cut-short-errors" CUT_SHORT_ERRORS ["ENV-1", "RES-5", "SRV-1", "SRV-3"]
        "Leaves out the last two bytes of an error body.";
    "webhook-errors-as-plain-words" WEBHOOK_ERRORS_AS_PLAIN_WORDS ["ENV-1"]
        "Sends WEBHOOK_SIGNATURE_INVALID as a JSON string instead of an envelope.";
    "numeric-code" NUMERIC_CODE ["ENV-2", "RES-5", "SRV-1", "SRV-3"]
        "Sends the HTTP status as a number in `error.code`.";
    "lower-case-code" LOWER_CASE_CODE ["ENV-2", "RES-5", "SRV-1", "SRV-3"]
        "Writes `error.code` in lower case.";
    "code-missing" CODE_MISSING ["ENV-2", "RES-5", "SRV-1", "SRV-3"]
        "Leaves out `error.code`.";
    "undocumented-conflict-code" UNDOCUMENTED_CONFLICT_CODE ["ENV-2"]
        "Answers the undocumented code STATE_CONFLICT instead of RESOURCE_CONFLICT.";
    "code-with-trailing-space" CODE_WITH_TRAILING_SPACE ["ENV-2"]
        "Adds a space to the end of the code VALIDATION_ERROR.";
    "undocumented-code-on-transactions" UNDOCUMENTED_CODE_ON_TRANSACTIONS ["ENV-2", "RES-5"]
        "Answers the undocumented code TRANSACTION_NOT_FOUND in getTransaction.";
    "empty-message" EMPTY_MESSAGE ["ENV-3"]
        "Sends an empty `error.message`.";
    "message-missing" MESSAGE_MISSING ["ENV-3"]
        "Leaves out `error.message`.";
    "message-is-object" MESSAGE_IS_OBJECT ["ENV-3"]
        "Sends `error.message` as an object with a text for each language.";
    "null-message-on-quality" NULL_MESSAGE_ON_QUALITY ["ENV-3"]
        "Sends DOCUMENT_QUALITY_INSUFFICIENT with the message null.";
    "every-fifth-message-empty" EVERY_FIFTH_MESSAGE_EMPTY ["ENV-3"]
        "Sends every fifth error with an empty message.";
    "details-is-object" DETAILS_IS_OBJECT ["ENV-4"]
        "Sends an object as `details` of RESOURCE_NOT_FOUND.";
    "details-is-array" DETAILS_IS_ARRAY ["ENV-4"]
        "Sends an array as `details` of VALIDATION_ERROR.";
    "null-details" NULL_DETAILS ["ENV-4"]
        "Sends INSUFFICIENT_PERMISSIONS with `details: null`.";
    "drops-field" DROPS_FIELD ["ENV-5", "VAL-2", "VAL-3"]
        "Leaves `field` out of all errors.";
    "drops-format-field" DROPS_FORMAT_FIELD ["ENV-5", "VAL-3"]
        "Leaves `field` out of INVALID_FIELD_FORMAT.";
    "drops-missing-field" DROPS_MISSING_FIELD ["ENV-5", "VAL-2"]
        "Leaves out `field` when a required field is missing.";
    "drops-mistyped-field" DROPS_MISTYPED_FIELD ["ENV-5", "VAL-3"]
        "Leaves out `field` when a field has the wrong type.";
    "field-as-json-pointer" FIELD_AS_JSON_POINTER ["ENV-5", "VAL-2", "VAL-3"]
        "Writes `field` as a JSON pointer, `/email`.";
    "field-in-snake-case" FIELD_IN_SNAKE_CASE ["ENV-5", "VAL-2", "VAL-3"]
        "Writes `field` in snake case, `date_of_birth` instead of `dateOfBirth`.";
    "field-with-object-name" FIELD_WITH_OBJECT_NAME ["ENV-5", "VAL-2", "VAL-3"]
        "Adds the name of the object to `field`, `customer.email`.";
    "field-always-email" FIELD_ALWAYS_EMAIL ["ENV-5", "VAL-2", "VAL-3"]
        "Names `email` in `field`, whichever field is wrong.";
    "missing-field-named-body" MISSING_FIELD_NAMED_BODY ["ENV-5", "VAL-2"]
        "Names `body` in `field` when a required field is missing.";
    "empty-field" EMPTY_FIELD ["ENV-5", "VAL-3"]
        "Sends an empty `field` in INVALID_FIELD_FORMAT.";
    "field-is-array" FIELD_IS_ARRAY ["ENV-5", "VAL-3"]
        "Sends an array of names as `field` of INVALID_FIELD_FORMAT.";
    "null-field" NULL_FIELD ["ENV-5"]
        "Sends RESOURCE_NOT_FOUND with `field: null`.";
    "postal-fault-names-country" POSTAL_FAULT_NAMES_COUNTRY ["ENV-5"]
        "Names `country` in `field` when the postal code has the wrong format.";
    "drops-retry-after-member" DROPS_RETRY_AFTER_MEMBER ["ENV-6"]
        "Leaves `retryAfter` out of RATE_LIMIT_EXCEEDED.";
    "retry-after-member-is-string" RETRY_AFTER_MEMBER_IS_STRING ["ENV-6"]
        "Sends `retryAfter` as a string of digits.";
    "fractional-retry-after-member" FRACTIONAL_RETRY_AFTER_MEMBER ["ENV-6"]
        "Sends a `retryAfter` half a second shorter than the header.";
    "negative-retry-after-member" NEGATIVE_RETRY_AFTER_MEMBER ["ENV-6", "RATE-3"]
        "Sends a negative `retryAfter`, -60.";
    "undocumented-top-member" UNDOCUMENTED_TOP_MEMBER ["ENV-7"]
        "Adds the member `timestamp` next to `error`.";
    "undocumented-error-member" UNDOCUMENTED_ERROR_MEMBER ["ENV-7"]
        "Adds the member `documentationUrl` to `error`.";
    "retry-after-member-on-unavailable" RETRY_AFTER_MEMBER_ON_UNAVAILABLE ["ENV-7"]
        "Adds `retryAfter` to SERVICE_UNAVAILABLE.";
    "text-plain-errors" TEXT_PLAIN_ERRORS ["ENV-8"]
        "Sends errors as text/plain.";
    "problem-json-errors" PROBLEM_JSON_ERRORS ["ENV-8"]
        "Sends errors as application/problem+json.";
    "drops-content-type" DROPS_CONTENT_TYPE ["ENV-8"]
        "Sends errors without Content-Type.";
    "not-found-as-text-html" NOT_FOUND_AS_TEXT_HTML ["ENV-8"]
        "Sends RESOURCE_NOT_FOUND as text/html.";
    "webhook-errors-as-text-plain" WEBHOOK_ERRORS_AS_TEXT_PLAIN ["ENV-8"]
        "Sends WEBHOOK_SIGNATURE_INVALID as text/plain.";
    "error-in-success" ERROR_IN_SUCCESS ["ENV-9"]
        "Adds an `error` to a customer that is read successfully.";
    "error-in-created" ERROR_IN_CREATED ["ENV-9"]
        "Adds an `error` with a null code and an empty message to a customer that was created.";
    "not-found-as-200" NOT_FOUND_AS_200 ["ENV-9", "RES-1", "RES-5", "STA-3"]
        "Answers status 200 with an error envelope for an unknown customer.";
    "bom-in-errors" BOM_IN_ERRORS ["ENV-10"]
        "Begins error bodies with a byte order mark.";
    "duplicate-member" DUPLICATE_MEMBER ["ENV-10"]
        "Writes `error.code` twice in every error.";
    "latin-1-errors" LATIN_1_ERRORS ["ENV-10"]
        "Writes a Latin-1 byte, which is not UTF-8, into the message of RESOURCE_NOT_FOUND.";
    "every-fifth-error-as-text-plain" EVERY_FIFTH_ERROR_AS_TEXT_PLAIN ["ENV-8"]
        "Sends every fifth error below 500 as text/plain.";
    "every-fifth-details-as-object" EVERY_FIFTH_DETAILS_AS_OBJECT ["ENV-4"]
        "Sends an object as `details` of every fifth error.";
    "error-in-document" ERROR_IN_DOCUMENT ["ENV-9"]
        "Adds an `error` with a warning about its date to a document that was accepted.";
    "field-missing-for-stored-country" FIELD_MISSING_FOR_STORED_COUNTRY ["ENV-5"]
        "Leaves out `field` if a postal code does not match the country that is stored.";
}
