//! Mutants with a correct code and a wrong status, or with a wrong status of success.

use super::Mutant;

section! {
    "oversize-as-413" OVERSIZE_AS_413 ["STA-1", "STA-2"]
        "Returns status 413 for a document that is too large.";
    "foreign-document-as-415" FOREIGN_DOCUMENT_AS_415 ["STA-1", "STA-2"]
        "Returns status 415 for a document of an unsupported type.";
    "malformed-json-as-422" MALFORMED_JSON_AS_422 ["STA-2"]
        "Returns status 422 for malformed JSON, and for no other VALIDATION_ERROR.";
    "no-content-has-body" NO_CONTENT_HAS_BODY ["STA-3"]
        "Sends an empty JSON object as the body of a 204.";
    "create-with-phone-returns-200" CREATE_WITH_PHONE_RETURNS_200 ["STA-3"]
        "Returns 200 instead of 201 when a customer with a phone number is created.";
    "update-without-a-change-returns-204" UPDATE_WITHOUT_A_CHANGE_RETURNS_204 ["STA-3"]
        "Returns 204 for an update that changes nothing.";
}
