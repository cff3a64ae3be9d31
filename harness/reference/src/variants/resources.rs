//! Variants of customers: states, conflicts, repeated requests.

use super::Variant;

section! {
    "approved-at-once" APPROVED_AT_ONCE by "left open: the state after creation"
        "A new customer is APPROVED.";
    "conflict-for-duplicates" CONFLICT_FOR_DUPLICATES by "CON-3" warns ["CON-3"]
        "A second customer with the same email is RESOURCE_CONFLICT.";
    "case-sensitive-mail" CASE_SENSITIVE_MAIL by "left open: letter case of mail addresses"
        "Mail addresses that differ in letter case are two addresses.";
    "mail-in-lower-case" MAIL_IN_LOWER_CASE by "left open: letter case of mail addresses"
        "Mail addresses are kept and shown in lower case.";
    "deleted-address-taken" DELETED_ADDRESS_TAKEN by "left open: whether a deleted customer's address is free"
        "The address of a deleted customer stays taken.";
    "delete-under-review-refused" DELETE_UNDER_REVIEW_REFUSED by "left open: deleting a customer in UNDER_REVIEW"
        "Deleting a customer in UNDER_REVIEW is RESOURCE_CONFLICT.";
    "documents-under-review-refused" DOCUMENTS_UNDER_REVIEW_REFUSED by "left open: adding documents to a customer in UNDER_REVIEW"
        "A document for a customer in UNDER_REVIEW is RESOURCE_CONFLICT.";
    "submitted-twice" SUBMITTED_TWICE by "no clause speaks of a second submission"
        "Submitting a customer in UNDER_REVIEW again answers 200 and changes nothing.";
    "present-values-of-immutables-accepted" PRESENT_VALUES_OF_IMMUTABLES_ACCEPTED by "left open: writing an immutable field's present value"
        "An update may name an immutable field with the value that it has.";
    "update-to-taken-address" UPDATE_TO_TAKEN_ADDRESS by "CON-3"
        "An update may set an address that another customer has.";
    "oldest-first" OLDEST_FIRST by "no clause orders a list"
        "Customers are listed in the order of their creation.";
    "other-body-under-key-invalid" OTHER_BODY_UNDER_KEY_INVALID by "left open: an `Idempotency-Key` reused with another body"
        "An Idempotency-Key reused with another body is VALIDATION_ERROR.";
    "other-body-under-key-replayed" OTHER_BODY_UNDER_KEY_REPLAYED by "left open: an `Idempotency-Key` reused with another body"
        "An Idempotency-Key reused with another body is answered as before.";
    "other-body-under-key-created" OTHER_BODY_UNDER_KEY_CREATED by "left open: an `Idempotency-Key` reused with another body"
        "An Idempotency-Key reused with another body counts as a new key.";
}
