//! Mutants of resources: unknown and deleted ones, conflicts, idempotency, verification.

use super::Mutant;

section! {
    "unknown-customer-is-forbidden" UNKNOWN_CUSTOMER_IS_FORBIDDEN ["RES-1"]
        "Returns INSUFFICIENT_PERMISSIONS for a customer that never existed.";
    "update-creates-unknown" UPDATE_CREATES_UNKNOWN ["RES-1", "RES-5"]
        "Returns 200 when a customer that never existed is updated.";
    "delete-unknown-returns-204" DELETE_UNKNOWN_RETURNS_204 ["RES-1", "RES-5"]
        "Returns 204 when a customer that never existed is deleted.";
    "upload-to-unknown-accepted" UPLOAD_TO_UNKNOWN_ACCEPTED ["RES-1", "RES-5"]
        "Accepts a document for a customer that never existed.";
    "submit-unknown-fails-verification" SUBMIT_UNKNOWN_FAILS_VERIFICATION ["RES-1"]
        "Returns VERIFICATION_FAILED when a customer that never existed is submitted.";
    "deleted-customer-readable" DELETED_CUSTOMER_READABLE ["RES-3"]
        "Lets callers read a deleted customer.";
    "deleted-customer-updatable" DELETED_CUSTOMER_UPDATABLE ["RES-3"]
        "Lets callers update a deleted customer.";
    "deletes-twice" DELETES_TWICE ["RES-3"]
        "Lets callers delete a deleted customer again.";
    "production-customers-visible" PRODUCTION_CUSTOMERS_VISIBLE ["RES-4"]
        "Lets callers read a customer of another environment.";
    "production-customers-writable" PRODUCTION_CUSTOMERS_WRITABLE ["RES-4"]
        "Lets callers update a customer of another environment.";
    "percent-id-500" PERCENT_ID_500 ["RES-5"]
        "Returns INTERNAL_SERVER_ERROR for a percent sign in an id.";
    "long-id-500" LONG_ID_500 ["RES-5"]
        "Returns INTERNAL_SERVER_ERROR for an id of more than 200 characters.";
    "dotted-id-500" DOTTED_ID_500 ["RES-5"]
        "Returns INTERNAL_SERVER_ERROR for a dot in an id.";
    "update-under-review-allowed" UPDATE_UNDER_REVIEW_ALLOWED ["CON-1"]
        "Updates a customer in UNDER_REVIEW.";
    "update-under-review-is-ignored" UPDATE_UNDER_REVIEW_IS_IGNORED ["CON-1"]
        "Returns 200 and changes nothing when a customer in UNDER_REVIEW is updated.";
    "id-writable" ID_WRITABLE ["CON-2", "STA-3"]
        "Lets an update set the id.";
    "state-writable" STATE_WRITABLE ["CON-2", "STA-3"]
        "Lets an update set the state.";
    "created-at-writable" CREATED_AT_WRITABLE ["CON-2"]
        "Lets an update set createdAt.";
    "ignores-immutable-fields" IGNORES_IMMUTABLE_FIELDS ["CON-2"]
        "Ignores immutable fields in an update.";
    "immutable-as-validation-error" IMMUTABLE_AS_VALIDATION_ERROR ["CON-2"]
        "Returns VALIDATION_ERROR when an update sets an immutable field.";
    "duplicate-email-allowed" DUPLICATE_EMAIL_ALLOWED ["CON-3"]
        "Accepts two customers with the same email.";
    "simultaneous-duplicates-allowed" SIMULTANEOUS_DUPLICATES_ALLOWED ["CON-3"]
        "Accepts customers with the same email if they are created at the same time.";
    "duplicate-returns-existing" DUPLICATE_RETURNS_EXISTING ["CON-3"]
        "Returns 201 and the existing customer for a second customer with the same email.";
    "duplicates-of-failed-allowed" DUPLICATES_OF_FAILED_ALLOWED ["CON-3"]
        "Accepts the address of a customer whose verification failed.";
    "tags-overlooked" TAGS_OVERLOOKED ["CON-3"]
        "Treats addresses that differ only in a tag as the same address.";
    "review-states-writable" REVIEW_STATES_WRITABLE ["CON-2"]
        "Lets an update set the states PENDING and UNDER_REVIEW.";
    "id-ends-at-nul" ID_ENDS_AT_NUL ["RES-1"]
        "Ignores everything after a NUL in an id.";
    "finds-names-of-prototypes" FINDS_NAMES_OF_PROTOTYPES ["RES-5"]
        "Finds a customer for an id such as __proto__.";
    "deleting-documented-500" DELETING_DOCUMENTED_500 ["STA-3"]
        "Returns INTERNAL_SERVER_ERROR when a customer with documents is deleted.";
    "idempotency-key-ignored" IDEMPOTENCY_KEY_IGNORED ["CON-4"]
        "Ignores the Idempotency-Key header.";
    "idempotency-creates-again" IDEMPOTENCY_CREATES_AGAIN ["CON-4"]
        "Creates another customer when an Idempotency-Key is repeated.";
    "idempotency-replay-500" IDEMPOTENCY_REPLAY_500 ["CON-4"]
        "Returns INTERNAL_SERVER_ERROR when an Idempotency-Key is repeated.";
    "idempotency-other-body-500" IDEMPOTENCY_OTHER_BODY_500 ["CON-4"]
        "Returns INTERNAL_SERVER_ERROR when an Idempotency-Key is repeated with another body.";
    "idempotency-replays-another-id" IDEMPOTENCY_REPLAYS_ANOTHER_ID ["CON-4"]
        "Repeats the response for an Idempotency-Key with an id that does not exist.";
    "verification-never-fails" VERIFICATION_NEVER_FAILS ["VER-1", "VER-2"]
        "Accepts every verification.";
    "verification-needs-no-document" VERIFICATION_NEEDS_NO_DOCUMENT ["VER-1", "VER-2"]
        "Accepts the verification of a customer without a document.";
    "unverifiable-name-passes" UNVERIFIABLE_NAME_PASSES ["VER-1", "VER-2"]
        "Accepts the verification of a customer whose data cannot be verified.";
    "state-kept-after-failure" STATE_KEPT_AFTER_FAILURE ["VER-2"]
        "Keeps the state of the customer when a verification fails.";
    "rejected-after-failure" REJECTED_AFTER_FAILURE ["VER-2"]
        "Sets the state REJECTED when a verification fails.";
    "nul-id-500" NUL_ID_500 ["RES-5"]
        "Returns INTERNAL_SERVER_ERROR for a NUL in an id.";
    "foreign-bytes-id-500" FOREIGN_BYTES_ID_500 ["RES-5"]
        "Returns INTERNAL_SERVER_ERROR for an id that is not UTF-8.";
    "blank-id-500" BLANK_ID_500 ["RES-5"]
        "Returns INTERNAL_SERVER_ERROR for an id of spaces.";
    "quoted-id-500" QUOTED_ID_500 ["RES-5"]
        "Returns INTERNAL_SERVER_ERROR for an apostrophe in an id.";
    "unicode-id-500" UNICODE_ID_500 ["RES-5"]
        "Returns INTERNAL_SERVER_ERROR for a non-ASCII character in an id.";
    "slash-in-id-500" SLASH_IN_ID_500 ["RES-5"]
        "Returns INTERNAL_SERVER_ERROR for an escaped slash in an id.";
    "html-page-for-bad-escapes" HTML_PAGE_FOR_BAD_ESCAPES ["ENV-1", "ENV-8"]
        "Returns an HTML page for an invalid percent escape in an id.";
    "review-outlives-deletion" REVIEW_OUTLIVES_DELETION ["RES-3"]
        "Returns RESOURCE_CONFLICT when a customer that was deleted in UNDER_REVIEW is updated.";
    "duplicates-of-updates-allowed" DUPLICATES_OF_UPDATES_ALLOWED ["CON-3"]
        "Accepts the address that another customer got by an update.";
    "duplicates-of-submitted-allowed" DUPLICATES_OF_SUBMITTED_ALLOWED ["CON-3"]
        "Accepts the address of a customer in UNDER_REVIEW.";
    "phone-replaces-document" PHONE_REPLACES_DOCUMENT ["VER-1"]
        "Accepts the verification of a customer without a document if there is a phone number.";
    "pdf-is-no-document" PDF_IS_NO_DOCUMENT ["VER-1"]
        "Accepts a PDF, but does not count it as a document.";
    "failed-customers-are-frozen" FAILED_CUSTOMERS_ARE_FROZEN ["STA-3"]
        "Returns RESOURCE_CONFLICT when a customer in NEEDS_ADDITIONAL_INFORMATION is updated.";
    "simultaneous-keys-break" SIMULTANEOUS_KEYS_BREAK ["CON-4"]
        "Returns INTERNAL_SERVER_ERROR for an Idempotency-Key while the first request with it is processed.";
}
