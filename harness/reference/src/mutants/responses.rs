//! Mutants of single responses: a wrong error body with the right status, or a wrong status.

use super::Mutant;

section! {
    "drops-missing-field" DROPS_MISSING_FIELD ["ENV-5", "VAL-2"]
        "Leaves out `field` when a required field is missing.";
    "drops-mistyped-field" DROPS_MISTYPED_FIELD ["ENV-5", "VAL-3"]
        "Leaves out `field` when a field has the wrong type.";
    "missing-field-named-body" MISSING_FIELD_NAMED_BODY ["ENV-5", "VAL-2"]
        "Names `body` in `field` when a required field is missing.";
    "postal-fault-names-country" POSTAL_FAULT_NAMES_COUNTRY ["ENV-5"]
        "Names `country` in `field` when the postal code has the wrong format.";
    "not-found-as-200" NOT_FOUND_AS_200 ["ENV-9", "STA-2"]
        "Returns status 200 with an error envelope for an unknown customer.";
    "field-missing-for-stored-country" FIELD_MISSING_FOR_STORED_COUNTRY ["ENV-5"]
        "Leaves out `field` if a postal code does not match the country that is stored.";
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
