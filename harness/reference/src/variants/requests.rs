//! Variants in how requests are read, and in which of their faults comes first.

use super::Variant;

section! {
    "format-error-for-wrong-types" FORMAT_ERROR_FOR_WRONG_TYPES by "VAL-3"
        "A field of the wrong type is INVALID_FIELD_FORMAT.";
    "validation-error-for-empty-strings" VALIDATION_ERROR_FOR_EMPTY_STRINGS by "left open: an empty string in a required field"
        "An empty string in a required field is VALIDATION_ERROR.";
    "unknown-members-refused" UNKNOWN_MEMBERS_REFUSED by "left open: unknown members in a request"
        "A member that no operation knows is VALIDATION_ERROR.";
    "other-media-types-refused" OTHER_MEDIA_TYPES_REFUSED by "left open: a request whose media type is not JSON"
        "A body that is declared to be something else than JSON is VALIDATION_ERROR.";
    "empty-patch-refused" EMPTY_PATCH_REFUSED by "left open: a PATCH with `{}`"
        "An update that changes nothing is VALIDATION_ERROR.";
    "last-field-first" LAST_FIELD_FIRST by "left open: which of several faults is reported first"
        "Of several faulty fields, the last one is reported.";
    "formats-before-missing-fields" FORMATS_BEFORE_MISSING_FIELDS by "left open: which of several faults is reported first"
        "Fields that are there are judged before the ones that are missing.";
    "body-before-resource" BODY_BEFORE_RESOURCE by "left open: whether a body is judged before the resource"
        "The body of an update or upload is judged before the customer is looked for.";
    "body-before-state" BODY_BEFORE_STATE by "left open: whether a body is judged before the resource's state"
        "An update's fields are judged before the customer's state.";
    "state-before-body" STATE_BEFORE_BODY by "left open: whether a body is judged before the resource's state"
        "The customer's state is judged before an update's body is even read.";
    "formats-before-immutables" FORMATS_BEFORE_IMMUTABLES by "left open: which of several faults is reported first"
        "An update's formats are judged before its immutable fields.";
    "body-before-scope" BODY_BEFORE_SCOPE by "left open: which of several faults is reported first"
        "A malformed body is reported to callers without the scope, too.";
    "resource-before-scope" RESOURCE_BEFORE_SCOPE by "left open: which of several faults is reported first"
        "An unknown customer is reported to callers without the scope, too.";
    "sandbox-error-after-scope" SANDBOX_ERROR_AFTER_SCOPE by "left open: sandbox errors before or after the scope check"
        "A sandbox error is made only for callers with the scope.";
    "unknown-sandbox-error-refused" UNKNOWN_SANDBOX_ERROR_REFUSED by "left open: what an unknown sandbox error does"
        "An unknown sandbox error is VALIDATION_ERROR.";
}
