//! Mutants of the status line: right code, wrong status; and wrong kinds of success.

use super::Mutant;

section! {
    "oversize-as-413" OVERSIZE_AS_413 ["STA-1", "STA-2"]
        "A document that is too big is answered with status 413.";
    "foreign-document-as-415" FOREIGN_DOCUMENT_AS_415 ["STA-1", "STA-2"]
        "A document of a foreign kind is answered with status 415.";
    "immutable-as-412" IMMUTABLE_AS_412 ["STA-1", "STA-2"]
        "Writing an immutable field is answered with status 412.";
    "deleted-as-410" DELETED_AS_410 ["STA-1", "STA-2"]
        "A deleted customer is answered with status 410.";
    "internal-as-502" INTERNAL_AS_502 ["STA-1", "STA-2"]
        "INTERNAL_SERVER_ERROR comes with status 502.";
    "delivery-code-in-response" DELIVERY_CODE_IN_RESPONSE ["RES-1", "STA-2"]
        "The deliveries of an unknown webhook are answered with WEBHOOK_DELIVERY_FAILED.";
    "authentication-as-403" AUTHENTICATION_AS_403 ["STA-2"]
        "AUTHENTICATION_FAILED comes with status 403.";
    "revoked-as-403" REVOKED_AS_403 ["STA-2"]
        "Only a revoked key is answered with status 403.";
    "token-expired-as-403" TOKEN_EXPIRED_AS_403 ["STA-2"]
        "TOKEN_EXPIRED comes with status 403.";
    "permissions-as-401" PERMISSIONS_AS_401 ["STA-2"]
        "INSUFFICIENT_PERMISSIONS comes with status 401.";
    "validation-as-422" VALIDATION_AS_422 ["STA-2"]
        "VALIDATION_ERROR comes with status 422.";
    "malformed-json-as-422" MALFORMED_JSON_AS_422 ["STA-2"]
        "Only malformed JSON is answered with status 422.";
    "format-as-400" FORMAT_AS_400 ["STA-2"]
        "INVALID_FIELD_FORMAT comes with status 400.";
    "update-format-as-400" UPDATE_FORMAT_AS_400 ["STA-2"]
        "Only on update, INVALID_FIELD_FORMAT comes with status 400.";
    "document-format-as-400" DOCUMENT_FORMAT_AS_400 ["STA-2"]
        "INVALID_DOCUMENT_FORMAT comes with status 400.";
    "quality-as-400" QUALITY_AS_400 ["STA-2"]
        "DOCUMENT_QUALITY_INSUFFICIENT comes with status 400.";
    "verification-failed-as-409" VERIFICATION_FAILED_AS_409 ["STA-2"]
        "VERIFICATION_FAILED comes with status 409.";
    "not-found-as-400" NOT_FOUND_AS_400 ["STA-2"]
        "RESOURCE_NOT_FOUND comes with status 400.";
    "transaction-not-found-as-400" TRANSACTION_NOT_FOUND_AS_400 ["STA-2"]
        "Only an unknown transaction is answered with status 400.";
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
        "Creating a customer answers 200.";
    "upload-answers-200" UPLOAD_ANSWERS_200 ["STA-3"]
        "Uploading a document answers 200.";
    "webhook-create-answers-200" WEBHOOK_CREATE_ANSWERS_200 ["STA-3"]
        "Registering a webhook answers 200.";
    "read-answers-201" READ_ANSWERS_201 ["STA-3"]
        "Reading a customer answers 201.";
    "list-answers-201" LIST_ANSWERS_201 ["STA-3"]
        "Listing customers answers 201.";
    "update-answers-201" UPDATE_ANSWERS_201 ["STA-3"]
        "Updating a customer answers 201.";
    "no-content-has-body" NO_CONTENT_HAS_BODY ["STA-3"]
        "An answer of status 204 carries an empty JSON object.";
    "update-answers-204" UPDATE_ANSWERS_204 ["CON-1", "STA-3"]
        "Updating a customer answers 204, with nothing.";
    "submit-answers-201" SUBMIT_ANSWERS_201 ["STA-3"]
        "Submitting a verification answers 201.";
    "submit-answers-202" SUBMIT_ANSWERS_202 ["STA-1", "STA-3"]
        "Submitting a verification answers 202.";
    "delete-answers-200" DELETE_ANSWERS_200 ["STA-3"]
        "Deleting a customer answers 200 with the customer.";
    "inbound-event-answers-200" INBOUND_EVENT_ANSWERS_200 ["STA-3"]
        "An accepted inbound event is answered with 200.";
    "intermittent-format-as-400" INTERMITTENT_FORMAT_AS_400 ["STA-2"]
        "Every fifth INVALID_FIELD_FORMAT comes with status 400.";
    "create-with-phone-answers-200" CREATE_WITH_PHONE_ANSWERS_200 ["STA-3"]
        "Creating a customer who has a phone number answers 200.";
    "deleting-documented-answers-202" DELETING_DOCUMENTED_ANSWERS_202 ["STA-1", "STA-3"]
        "Deleting a customer who has documents answers 202.";
    "deleting-reviewed-answers-200" DELETING_REVIEWED_ANSWERS_200 ["STA-3"]
        "Deleting a customer in UNDER_REVIEW answers 200 with the customer.";
}
