//! Mutants that show in later requests: effects of rejected requests, and stored responses or keys.

use super::Mutant;

section! {
    "kept-responses-for-strangers" KEPT_RESPONSES_FOR_STRANGERS ["AUTH-1"]
        "Shows a customer that was read before to callers without a credential.";
    "kept-responses-for-bad-keys" KEPT_RESPONSES_FOR_BAD_KEYS ["AUTH-2", "AUTH-3"]
        "Shows a customer that was read before to callers with an unknown or revoked key.";
    "kept-responses-for-other-environments" KEPT_RESPONSES_FOR_OTHER_ENVIRONMENTS ["RES-4"]
        "Shows a customer that was read before to another environment.";
    "kept-responses-outlive-deletion" KEPT_RESPONSES_OUTLIVE_DELETION ["RES-3"]
        "Shows a deleted customer that was read before its deletion.";
    "kept-responses-outlive-updates" KEPT_RESPONSES_OUTLIVE_UPDATES ["STA-3", "VER-2"]
        "Always shows a customer as it was when it was first read.";
    "review-forgotten-once-read" REVIEW_FORGOTTEN_ONCE_READ ["CON-1"]
        "Updates a customer under review that was read before.";
    "refused-update-ends-review" REFUSED_UPDATE_ENDS_REVIEW ["CON-1"]
        "Ends the review when it rejects an update of a customer under review.";
    "expired-update-applied" EXPIRED_UPDATE_APPLIED ["AUTH-5"]
        "Rejects an update with an expired token, but applies it.";
    "forbidden-creation-stored" FORBIDDEN_CREATION_STORED ["AUTH-7"]
        "Rejects a creation without the scope, but stores the customer.";
    "incomplete-creation-stored" INCOMPLETE_CREATION_STORED ["CON-3"]
        "Rejects a creation with a missing field, but stores the customer.";
    "refused-duplicate-stored" REFUSED_DUPLICATE_STORED ["CON-3"]
        "Rejects a duplicate, but lists it from then on.";
    "refused-document-kept" REFUSED_DOCUMENT_KEPT ["VER-1"]
        "Rejects a document, but counts it for the verification.";
    "half-of-a-misformed-update-applied" HALF_OF_A_MISFORMED_UPDATE_APPLIED ["FMT-1", "FMT-2", "FMT-3", "FMT-4"]
        "Rejects an update with a wrong format, but applies the other fields.";
    "half-of-a-mistyped-update-applied" HALF_OF_A_MISTYPED_UPDATE_APPLIED ["VAL-3"]
        "Rejects an update with a wrong type, but applies the other fields.";
    "half-of-an-immutable-update-applied" HALF_OF_AN_IMMUTABLE_UPDATE_APPLIED ["CON-2"]
        "Rejects an update of an immutable field, but applies the other fields.";
    "update-loses-documents" UPDATE_LOSES_DOCUMENTS ["STA-3"]
        "Loses the documents of a customer in an update.";
    "documents-of-administrators-lost" DOCUMENTS_OF_ADMINISTRATORS_LOST ["VER-1"]
        "Loses documents that are uploaded with ADMIN.";
    "keys-cut-to-32-characters" KEYS_CUT_TO_32_CHARACTERS ["CON-4"]
        "Uses only the first 32 characters of an Idempotency-Key.";
    "keys-spent-by-strangers" KEYS_SPENT_BY_STRANGERS ["CON-4"]
        "Treats an Idempotency-Key as used when it was sent without a valid credential.";
    "failures-kept-under-keys" FAILURES_KEPT_UNDER_KEYS ["CON-4"]
        "Repeats a server error for the same Idempotency-Key forever.";
    "refusals-break-under-keys" REFUSALS_BREAK_UNDER_KEYS ["CON-4"]
        "Returns INTERNAL_SERVER_ERROR instead of repeating an error for the same Idempotency-Key.";
    "repeated-event-returns-200" REPEATED_EVENT_RETURNS_200 ["STA-3"]
        "Returns 200 for an event that it received before.";
    "replays-show-the-present-customer" REPLAYS_SHOW_THE_PRESENT_CUSTOMER ["CON-4"]
        "Repeats a response for an Idempotency-Key with the customer as it is now.";
    "update-clears-optional-fields" UPDATE_CLEARS_OPTIONAL_FIELDS ["STA-3"]
        "Removes the optional fields that an update does not name.";
    "updated-phone-not-stored" UPDATED_PHONE_NOT_STORED ["STA-3"]
        "Shows a new phone number in the response to an update, but does not store it.";
    "refused-update-releases-email" REFUSED_UPDATE_RELEASES_EMAIL ["CON-3"]
        "Releases the address of a customer when it rejects an update with a wrong format.";
}
