//! Mutants with a correct code and a wrong status, or with a wrong status of success.

use super::Mutant;

section! {
    "oversize-as-413" OVERSIZE_AS_413 ["STA-1", "STA-2"]
        "Answers status 413 for a document that is too large.";
    "foreign-document-as-415" FOREIGN_DOCUMENT_AS_415 ["STA-1", "STA-2"]
        "Answers status 415 for a document of an unsupported type.";
    "immutable-as-412" IMMUTABLE_AS_412 ["STA-1", "STA-2"]
        "Answers status 412 when an update sets an immutable field.";
    "deleted-as-410" DELETED_AS_410 ["STA-1", "STA-2"]
        "Answers status 410 for a deleted customer.";
    "internal-as-502" INTERNAL_AS_502 ["STA-1", "STA-2"]
        "INTERNAL_SERVER_ERROR comes with status 502.";
    "delivery-code-in-response" DELIVERY_CODE_IN_RESPONSE ["RES-1", "STA-2"]
        "Answers WEBHOOK_DELIVERY_FAILED for the deliveries of an unknown webhook.";
    "authentication-as-403" AUTHENTICATION_AS_403 ["STA-2"]
        "AUTHENTICATION_FAILED comes with status 403.";
    "revoked-as-403" REVOKED_AS_403 ["STA-2"]
        "Answers status 403 for a revoked key, and for no other AUTHENTICATION_FAILED.";
    "token-expired-as-403" TOKEN_EXPIRED_AS_403 ["STA-2"]
        "TOKEN_EXPIRED comes with status 403.";
    "permissions-as-401" PERMISSIONS_AS_401 ["STA-2"]
        "INSUFFICIENT_PERMISSIONS comes with status 401.";
    "validation-as-422" VALIDATION_AS_422 ["STA-2"]
        "VALIDATION_ERROR comes with status 422.";
    "malformed-json-as-422" MALFORMED_JSON_AS_422 ["STA-2"]
        "Answers status 422 for malformed JSON, and for no other VALIDATION_ERROR.";
    "format-as-400" FORMAT_AS_400 ["STA-2"]
        "INVALID_FIELD_FORMAT comes with status 400.";
    "update-format-as-400" UPDATE_FORMAT_AS_400 ["STA-2"]
        "Sends INVALID_FIELD_FORMAT with status 400, but only for updates.";
    "document-format-as-400" DOCUMENT_FORMAT_AS_400 ["STA-2"]
        "INVALID_DOCUMENT_FORMAT comes with status 400.";
    "quality-as-400" QUALITY_AS_400 ["STA-2"]
        "DOCUMENT_QUALITY_INSUFFICIENT comes with status 400.";
    "verification-failed-as-409" VERIFICATION_FAILED_AS_409 ["STA-2"]
        "VERIFICATION_FAILED comes with status 409.";
    "not-found-as-400" NOT_FOUND_AS_400 ["STA-2"]
        "RESOURCE_NOT_FOUND comes with status 400.";
    "transaction-not-found-as-400" TRANSACTION_NOT_FOUND_AS_400 ["STA-2"]
        "Answers status 400 for an unknown transaction, and for no other RESOURCE_NOT_FOUND.";
    "conflict-as-422" CONFLICT_AS_422 ["STA-2"]
        "RESOURCE_CONFLICT comes with status 422.";
    "duplicate-as-400" DUPLICATE_AS_400 ["STA-2"]
        "DUPLICATE_RESOURCE comes with status 400.";
    "rate-limit-as-503" RATE_LIMIT_AS_503 ["STA-2"]
        "RATE_LIMIT_EXCEEDED comes with status 503.";
    "internal-as-503" INTERNAL_AS_503 ["STA-2"]
        "INTERNAL_SERVER_ERROR comes with status 503.";
    "unavailable-as-500" UNAVAILABLE_AS_500 ["STA-2"]
        "SERVICE_UNAVAILABLE comes with status 500.";
    "webhook-signature-as-403" WEBHOOK_SIGNATURE_AS_403 ["STA-2"]
        "WEBHOOK_SIGNATURE_INVALID comes with status 403.";
    "webhook-signature-as-400" WEBHOOK_SIGNATURE_AS_400 ["STA-2"]
        "WEBHOOK_SIGNATURE_INVALID comes with status 400.";
    "create-answers-200" CREATE_ANSWERS_200 ["STA-3"]
        "Answers 200 instead of 201 when a customer is created.";
    "upload-answers-200" UPLOAD_ANSWERS_200 ["STA-3"]
        "Answers 200 instead of 201 when a document is uploaded.";
    "webhook-create-answers-200" WEBHOOK_CREATE_ANSWERS_200 ["STA-3"]
        "Answers 200 instead of 201 when a webhook is registered.";
    "read-answers-201" READ_ANSWERS_201 ["STA-3"]
        "Answers 201 instead of 200 when a customer is read.";
    "list-answers-201" LIST_ANSWERS_201 ["STA-3"]
        "Answers 201 instead of 200 when customers are listed.";
    "update-answers-201" UPDATE_ANSWERS_201 ["STA-3"]
        "Answers 201 instead of 200 when a customer is updated.";
    "no-content-has-body" NO_CONTENT_HAS_BODY ["STA-3"]
        "Sends an empty JSON object as the body of a 204.";
    "update-answers-204" UPDATE_ANSWERS_204 ["CON-1", "STA-3"]
        "Answers 204 without a body when a customer is updated.";
    "submit-answers-201" SUBMIT_ANSWERS_201 ["STA-3"]
        "Answers 201 instead of 200 when a verification is submitted.";
    "submit-answers-202" SUBMIT_ANSWERS_202 ["STA-1", "STA-3"]
        "Answers 202 instead of 200 when a verification is submitted.";
    "delete-answers-200" DELETE_ANSWERS_200 ["STA-3"]
        "Answers 200 and the customer when a customer is deleted.";
    "inbound-event-answers-200" INBOUND_EVENT_ANSWERS_200 ["STA-3"]
        "Answers 200 instead of 204 for an accepted inbound event.";
    "every-fifth-format-as-400" EVERY_FIFTH_FORMAT_AS_400 ["STA-2"]
        "Every fifth INVALID_FIELD_FORMAT comes with status 400.";
    "create-with-phone-answers-200" CREATE_WITH_PHONE_ANSWERS_200 ["STA-3"]
        "Answers 200 instead of 201 when a customer with a phone number is created.";
    "deleting-documented-answers-202" DELETING_DOCUMENTED_ANSWERS_202 ["STA-1", "STA-3"]
        "Answers 202 when a customer with documents is deleted.";
    "deleting-reviewed-answers-200" DELETING_REVIEWED_ANSWERS_200 ["STA-3"]
        "Answers 200 and the customer when a customer in UNDER_REVIEW is deleted.";
    "update-without-a-change-answers-204" UPDATE_WITHOUT_A_CHANGE_ANSWERS_204 ["STA-3"]
        "Answers 204 for an update that changes nothing.";
}
