//! Mutants of resources: unknown and deleted ones, conflicts, idempotency, verification.

use super::Mutant;

section! {
    "unknown-customer-is-forbidden" UNKNOWN_CUSTOMER_IS_FORBIDDEN ["RES-1"]
        "A customer that never existed is INSUFFICIENT_PERMISSIONS.";
    "update-creates-unknown" UPDATE_CREATES_UNKNOWN ["RES-1", "RES-5"]
        "Updating a customer that never existed answers 200.";
    "delete-unknown-answers-204" DELETE_UNKNOWN_ANSWERS_204 ["RES-1", "RES-5"]
        "Deleting a customer that never existed answers 204.";
    "upload-to-unknown-accepted" UPLOAD_TO_UNKNOWN_ACCEPTED ["RES-1", "RES-5"]
        "A document of a customer that never existed is accepted.";
    "submit-unknown-fails-verification" SUBMIT_UNKNOWN_FAILS_VERIFICATION ["RES-1"]
        "Submitting a customer that never existed is VERIFICATION_FAILED.";
    "deliveries-of-unknown-webhook" DELIVERIES_OF_UNKNOWN_WEBHOOK ["RES-1", "RES-5"]
        "An unknown webhook has an empty list of deliveries.";
    "unknown-transaction-pending" UNKNOWN_TRANSACTION_PENDING ["AUTH-7", "RES-2", "RES-5"]
        "An unknown transaction is shown as pending.";
    "unknown-transaction-conflict" UNKNOWN_TRANSACTION_CONFLICT ["AUTH-7", "RES-2"]
        "An unknown transaction is RESOURCE_CONFLICT.";
    "deleted-customer-readable" DELETED_CUSTOMER_READABLE ["RES-3"]
        "A deleted customer can still be read.";
    "deleted-customer-updatable" DELETED_CUSTOMER_UPDATABLE ["RES-3"]
        "A deleted customer can still be updated.";
    "deletes-twice" DELETES_TWICE ["RES-3"]
        "A deleted customer can be deleted again.";
    "deleted-customer-is-conflict" DELETED_CUSTOMER_IS_CONFLICT ["RES-3"]
        "A deleted customer is RESOURCE_CONFLICT.";
    "production-customers-visible" PRODUCTION_CUSTOMERS_VISIBLE ["RES-4"]
        "A customer of another environment can be read.";
    "production-customers-writable" PRODUCTION_CUSTOMERS_WRITABLE ["RES-4"]
        "A customer of another environment can be updated.";
    "other-environment-is-forbidden" OTHER_ENVIRONMENT_IS_FORBIDDEN ["RES-4"]
        "A customer of another environment is INSUFFICIENT_PERMISSIONS.";
    "percent-id-500" PERCENT_ID_500 ["RES-5"]
        "A percent sign in an id is INTERNAL_SERVER_ERROR.";
    "long-id-500" LONG_ID_500 ["RES-5"]
        "An id of more than 200 characters is INTERNAL_SERVER_ERROR.";
    "dotted-id-500" DOTTED_ID_500 ["RES-5"]
        "A dot in an id is INTERNAL_SERVER_ERROR.";
    "update-under-review-allowed" UPDATE_UNDER_REVIEW_ALLOWED ["CON-1"]
        "A customer in UNDER_REVIEW can be updated.";
    "under-review-is-forbidden" UNDER_REVIEW_IS_FORBIDDEN ["CON-1"]
        "Updating a customer in UNDER_REVIEW is INSUFFICIENT_PERMISSIONS.";
    "update-under-review-is-ignored" UPDATE_UNDER_REVIEW_IS_IGNORED ["CON-1"]
        "Updating a customer in UNDER_REVIEW answers 200 and changes nothing.";
    "id-writable" ID_WRITABLE ["CON-2", "STA-3"]
        "An update may name an id.";
    "state-writable" STATE_WRITABLE ["CON-2", "STA-3"]
        "An update may set the state.";
    "created-at-writable" CREATED_AT_WRITABLE ["CON-2"]
        "An update may set createdAt.";
    "ignores-immutable-fields" IGNORES_IMMUTABLE_FIELDS ["CON-2"]
        "Immutable fields of an update are ignored.";
    "immutable-as-validation-error" IMMUTABLE_AS_VALIDATION_ERROR ["CON-2"]
        "Writing an immutable field is VALIDATION_ERROR.";
    "duplicate-email-allowed" DUPLICATE_EMAIL_ALLOWED ["CON-3"]
        "Two customers may have the same email.";
    "duplicate-as-validation-error" DUPLICATE_AS_VALIDATION_ERROR ["CON-3"]
        "A second customer with the same email is VALIDATION_ERROR.";
    "duplicate-returns-existing" DUPLICATE_RETURNS_EXISTING ["CON-3"]
        "A second customer with the same email is answered with the first, as if created.";
    "duplicates-of-failed-allowed" DUPLICATES_OF_FAILED_ALLOWED ["CON-3"]
        "The address of a customer who failed verification is free.";
    "tags-overlooked" TAGS_OVERLOOKED ["CON-3"]
        "Addresses that differ in a tag only are the same.";
    "review-states-writable" REVIEW_STATES_WRITABLE ["CON-2"]
        "An update may set the states PENDING and UNDER_REVIEW.";
    "id-ends-at-nul" ID_ENDS_AT_NUL ["RES-1"]
        "What follows a NUL in an id is overlooked.";
    "finds-names-of-prototypes" FINDS_NAMES_OF_PROTOTYPES ["RES-5"]
        "An id such as __proto__ is found.";
    "deleting-documented-500" DELETING_DOCUMENTED_500 ["STA-3"]
        "Deleting a customer with documents is INTERNAL_SERVER_ERROR.";
    "idempotency-key-ignored" IDEMPOTENCY_KEY_IGNORED ["CON-4"]
        "The header Idempotency-Key has no effect.";
    "idempotency-creates-again" IDEMPOTENCY_CREATES_AGAIN ["CON-4"]
        "A repeated Idempotency-Key creates another customer.";
    "idempotency-replay-500" IDEMPOTENCY_REPLAY_500 ["CON-4"]
        "A repeated Idempotency-Key is INTERNAL_SERVER_ERROR.";
    "idempotency-other-body-500" IDEMPOTENCY_OTHER_BODY_500 ["CON-4"]
        "An Idempotency-Key repeated with another body is INTERNAL_SERVER_ERROR.";
    "idempotency-replays-another-id" IDEMPOTENCY_REPLAYS_ANOTHER_ID ["CON-4"]
        "The replayed answer names an id that nobody has.";
    "verification-never-fails" VERIFICATION_NEVER_FAILS ["VER-1", "VER-2"]
        "Every verification succeeds.";
    "verification-needs-no-document" VERIFICATION_NEEDS_NO_DOCUMENT ["VER-1", "VER-2"]
        "A customer without a document is verified.";
    "unverifiable-name-passes" UNVERIFIABLE_NAME_PASSES ["VER-1", "VER-2"]
        "A customer whose data cannot be verified is verified.";
    "verification-failure-as-conflict" VERIFICATION_FAILURE_AS_CONFLICT ["VER-1"]
        "A verification that fails is RESOURCE_CONFLICT.";
    "verification-failure-as-quality" VERIFICATION_FAILURE_AS_QUALITY ["VER-1"]
        "A verification that fails is DOCUMENT_QUALITY_INSUFFICIENT.";
    "state-kept-after-failure" STATE_KEPT_AFTER_FAILURE ["VER-2"]
        "A verification that fails leaves the state as it was.";
    "rejected-after-failure" REJECTED_AFTER_FAILURE ["VER-2"]
        "A verification that fails leaves the customer REJECTED.";
    "nul-id-500" NUL_ID_500 ["RES-5"]
        "A NUL in an id is INTERNAL_SERVER_ERROR.";
    "foreign-bytes-id-500" FOREIGN_BYTES_ID_500 ["RES-5"]
        "An id that is not UTF-8 is INTERNAL_SERVER_ERROR.";
    "blank-id-500" BLANK_ID_500 ["RES-5"]
        "An id of spaces is INTERNAL_SERVER_ERROR.";
    "quoted-id-500" QUOTED_ID_500 ["RES-5"]
        "An apostrophe in an id is INTERNAL_SERVER_ERROR.";
    "unicode-id-500" UNICODE_ID_500 ["RES-5"]
        "A letter beyond ASCII in an id is INTERNAL_SERVER_ERROR.";
    "slash-in-id-500" SLASH_IN_ID_500 ["RES-5"]
        "An escaped slash in an id is INTERNAL_SERVER_ERROR.";
    "html-page-for-bad-escapes" HTML_PAGE_FOR_BAD_ESCAPES ["ENV-1", "ENV-8"]
        "A percent sign in an id that begins no escape is answered with an HTML page.";
    "review-outlives-deletion" REVIEW_OUTLIVES_DELETION ["RES-3"]
        "Updating a customer who was deleted in UNDER_REVIEW is RESOURCE_CONFLICT.";
    "duplicates-of-updates-allowed" DUPLICATES_OF_UPDATES_ALLOWED ["CON-3"]
        "An address that a customer got by an update counts as free.";
    "duplicates-of-submitted-allowed" DUPLICATES_OF_SUBMITTED_ALLOWED ["CON-3"]
        "The address of a customer in UNDER_REVIEW counts as free.";
}
