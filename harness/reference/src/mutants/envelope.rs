//! Mutants of the error envelope: its shape, its members, its media type.

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
    "not-found-as-200" NOT_FOUND_AS_200 ["ENV-9", "RES-1", "RES-5", "STA-3"]
        "Returns status 200 with an error envelope for an unknown customer.";
    "field-missing-for-stored-country" FIELD_MISSING_FOR_STORED_COUNTRY ["ENV-5"]
        "Leaves out `field` if a postal code does not match the country that is stored.";
}
