//! Variants of customers: states, conflicts, repeated requests.

use super::Variant;

section! {
    "approved-at-once" APPROVED_AT_ONCE by "left open: the state after creation"
        "Creates customers in the state APPROVED.";
    "conflict-for-duplicates" CONFLICT_FOR_DUPLICATES by "CON-3" warns ["CON-3"]
        "Returns RESOURCE_CONFLICT for a second customer with the same email.";
    "case-sensitive-mail" CASE_SENSITIVE_MAIL by "left open: letter case of mail addresses"
        "Treats mail addresses that differ in letter case as different.";
    "mail-in-lower-case" MAIL_IN_LOWER_CASE by "left open: letter case of mail addresses"
        "Stores and shows mail addresses in lower case.";
    "deleted-address-taken" DELETED_ADDRESS_TAKEN by "left open: whether a deleted customer's address is free"
        "Does not free the address of a deleted customer.";
    "delete-under-review-refused" DELETE_UNDER_REVIEW_REFUSED by "left open: deleting a customer in UNDER_REVIEW"
        "Returns RESOURCE_CONFLICT when a customer in UNDER_REVIEW is deleted.";
    "documents-under-review-refused" DOCUMENTS_UNDER_REVIEW_REFUSED by "left open: adding documents to a customer in UNDER_REVIEW"
        "Returns RESOURCE_CONFLICT when a document is uploaded for a customer in UNDER_REVIEW.";
    "submitted-twice" SUBMITTED_TWICE by "no clause speaks of a second submission"
        "Returns 200 and changes nothing when a customer in UNDER_REVIEW is submitted again.";
    "present-values-of-immutables-accepted" PRESENT_VALUES_OF_IMMUTABLES_ACCEPTED by "left open: writing an immutable field's present value"
        "Accepts an update that repeats the current value of an immutable field.";
    "update-to-taken-address" UPDATE_TO_TAKEN_ADDRESS by "CON-3"
        "Lets an update set the address of another customer.";
    "oldest-first" OLDEST_FIRST by "no clause orders a list"
        "Lists customers in the order of their creation.";
    "other-body-under-key-invalid" OTHER_BODY_UNDER_KEY_INVALID by "left open: an `Idempotency-Key` reused with another body"
        "Returns VALIDATION_ERROR when an Idempotency-Key is reused with another body.";
    "other-body-under-key-replayed" OTHER_BODY_UNDER_KEY_REPLAYED by "left open: an `Idempotency-Key` reused with another body"
        "Repeats the first response when an Idempotency-Key is reused with another body.";
    "other-body-under-key-created" OTHER_BODY_UNDER_KEY_CREATED by "left open: an `Idempotency-Key` reused with another body"
        "Treats an Idempotency-Key that is reused with another body as a new key.";
}
