//! Variants in reading requests, and in which of several faults is reported.

use super::Variant;

section! {
    "format-error-for-wrong-types" FORMAT_ERROR_FOR_WRONG_TYPES by "VAL-3"
        "Returns INVALID_FIELD_FORMAT for a field of the wrong type.";
    "validation-error-for-empty-strings" VALIDATION_ERROR_FOR_EMPTY_STRINGS by "left open: an empty string in a required field"
        "Returns VALIDATION_ERROR for an empty string in a required field.";
    "unknown-members-refused" UNKNOWN_MEMBERS_REFUSED by "left open: unknown members in a request"
        "Returns VALIDATION_ERROR for a member that the operation does not define.";
    "other-media-types-refused" OTHER_MEDIA_TYPES_REFUSED by "left open: a request whose media type is not JSON"
        "Returns VALIDATION_ERROR for a body whose declared media type is not JSON.";
    "empty-patch-refused" EMPTY_PATCH_REFUSED by "left open: a PATCH with `{}`"
        "Returns VALIDATION_ERROR for an update without members.";
    "last-field-first" LAST_FIELD_FIRST by "left open: which of several faults is reported first"
        "Reports the last of several invalid fields.";
    "formats-before-missing-fields" FORMATS_BEFORE_MISSING_FIELDS by "left open: which of several faults is reported first"
        "Checks the formats of the given fields before it looks for missing fields.";
    "body-before-resource" BODY_BEFORE_RESOURCE by "left open: whether a body is judged before the resource"
        "Checks the body of an update or upload before it looks up the customer.";
    "body-before-state" BODY_BEFORE_STATE by "left open: whether a body is judged before the resource's state"
        "Checks the fields of an update before the state of the customer.";
    "state-before-body" STATE_BEFORE_BODY by "left open: whether a body is judged before the resource's state"
        "Checks the state of the customer before it reads the body of an update.";
    "formats-before-immutables" FORMATS_BEFORE_IMMUTABLES by "left open: which of several faults is reported first"
        "Checks the formats of an update before its immutable fields.";
    "body-before-scope" BODY_BEFORE_SCOPE by "left open: which of several faults is reported first"
        "Reports a malformed body before it checks the scope of the caller.";
    "resource-before-scope" RESOURCE_BEFORE_SCOPE by "left open: which of several faults is reported first"
        "Reports an unknown customer before it checks the scope of the caller.";
    "sandbox-error-after-scope" SANDBOX_ERROR_AFTER_SCOPE by "left open: sandbox errors before or after the scope check"
        "Checks the scope of the caller before it returns a sandbox error.";
    "unknown-sandbox-error-refused" UNKNOWN_SANDBOX_ERROR_REFUSED by "left open: what an unknown sandbox error does"
        "Returns VALIDATION_ERROR for an unknown sandbox error.";
}
