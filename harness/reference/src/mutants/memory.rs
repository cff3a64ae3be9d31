//! Mutants that show in what comes after: what a refused request leaves behind, and what is kept of answers or keys.

use super::Mutant;

section! {
    "kept-answers-for-strangers" KEPT_ANSWERS_FOR_STRANGERS ["AUTH-1"]
        "A customer who was read once is shown to callers without a credential.";
    "kept-answers-for-bad-keys" KEPT_ANSWERS_FOR_BAD_KEYS ["AUTH-2", "AUTH-3"]
        "A customer who was read once is shown to callers with an unknown or revoked key.";
    "kept-answers-for-other-environments" KEPT_ANSWERS_FOR_OTHER_ENVIRONMENTS ["RES-4"]
        "A customer who was read once is shown to another environment.";
    "kept-answers-outlive-deletion" KEPT_ANSWERS_OUTLIVE_DELETION ["RES-3"]
        "A customer who was read before being deleted can still be read.";
    "kept-answers-outlive-updates" KEPT_ANSWERS_OUTLIVE_UPDATES ["STA-3", "VER-2"]
        "A customer is always shown as when read first.";
    "review-forgotten-once-read" REVIEW_FORGOTTEN_ONCE_READ ["CON-1"]
        "A customer who was read before can be updated under review.";
    "refused-update-ends-review" REFUSED_UPDATE_ENDS_REVIEW ["CON-1"]
        "An update that is refused under review ends the review.";
    "expired-update-applied" EXPIRED_UPDATE_APPLIED ["AUTH-5"]
        "An update under an expired token is refused, and applied.";
    "forbidden-creation-stored" FORBIDDEN_CREATION_STORED ["AUTH-7"]
        "A creation without the scope is refused, and the customer stored.";
    "incomplete-creation-stored" INCOMPLETE_CREATION_STORED ["CON-3"]
        "A creation that lacks a field is refused, and the customer stored.";
    "refused-duplicate-stored" REFUSED_DUPLICATE_STORED ["CON-3"]
        "A duplicate is refused, and listed from then on.";
    "refused-document-kept" REFUSED_DOCUMENT_KEPT ["VER-1"]
        "A document that is refused counts all the same.";
    "half-of-a-misformed-update-applied" HALF_OF_A_MISFORMED_UPDATE_APPLIED ["FMT-1", "FMT-2", "FMT-3", "FMT-4"]
        "Of an update with a bad format, the other fields are applied.";
    "half-of-a-mistyped-update-applied" HALF_OF_A_MISTYPED_UPDATE_APPLIED ["VAL-3"]
        "Of an update with a wrong type, the other fields are applied.";
    "half-of-an-immutable-update-applied" HALF_OF_AN_IMMUTABLE_UPDATE_APPLIED ["CON-2"]
        "Of an update of an immutable field, the other fields are applied.";
    "update-loses-documents" UPDATE_LOSES_DOCUMENTS ["STA-3"]
        "An update throws the customer's documents away.";
    "documents-of-administrators-lost" DOCUMENTS_OF_ADMINISTRATORS_LOST ["VER-1"]
        "A document that an administrator hands in is not kept.";
    "keys-cut-to-32-characters" KEYS_CUT_TO_32_CHARACTERS ["CON-4"]
        "An Idempotency-Key is cut to 32 characters.";
    "keys-spent-by-strangers" KEYS_SPENT_BY_STRANGERS ["CON-4"]
        "An Idempotency-Key that came without a credential is used up.";
    "failures-kept-under-keys" FAILURES_KEPT_UNDER_KEYS ["CON-4"]
        "A server error is repeated under its Idempotency-Key for ever.";
    "refusals-break-under-keys" REFUSALS_BREAK_UNDER_KEYS ["CON-4"]
        "A refusal that is to be repeated under its Idempotency-Key is INTERNAL_SERVER_ERROR.";
}
