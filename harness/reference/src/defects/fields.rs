//! Defects in reading bodies and fields: malformed JSON, missing fields, wrong types, odd values.

use super::Defect;

section! {
    "malformed-json-500" MALFORMED_JSON_500 ["VAL-1"]
        "Malformed JSON is INTERNAL_SERVER_ERROR.";
    "malformed-json-as-format-error" MALFORMED_JSON_AS_FORMAT_ERROR ["VAL-1"]
        "Malformed JSON is INVALID_FIELD_FORMAT.";
    "invalid-utf8-500" INVALID_UTF8_500 ["VAL-1"]
        "A body that is not UTF-8 is INTERNAL_SERVER_ERROR.";
    "null-body-500" NULL_BODY_500 ["VAL-1"]
        "A body of `null` is INTERNAL_SERVER_ERROR.";
    "patch-accepts-array" PATCH_ACCEPTS_ARRAY ["VAL-1"]
        "An update with an array as its body changes nothing and answers 200.";
    "patch-accepts-no-body" PATCH_ACCEPTS_NO_BODY ["VAL-1"]
        "An update without a body changes nothing and answers 200.";
    "accepts-trailing-garbage" ACCEPTS_TRAILING_GARBAGE ["VAL-1"]
        "What follows the JSON object in a body is ignored.";
    "accepts-cut-short-json" ACCEPTS_CUT_SHORT_JSON ["VAL-1"]
        "A missing closing brace is added.";
    "first-name-optional" FIRST_NAME_OPTIONAL ["STA-3", "VAL-2"]
        "A customer needs no firstName.";
    "last-name-optional" LAST_NAME_OPTIONAL ["STA-3", "VAL-2"]
        "A customer needs no lastName.";
    "date-of-birth-optional" DATE_OF_BIRTH_OPTIONAL ["STA-3", "VAL-2"]
        "A customer needs no dateOfBirth.";
    "email-optional" EMAIL_OPTIONAL ["STA-3", "VAL-2"]
        "A customer needs no email.";
    "missing-field-as-format-error" MISSING_FIELD_AS_FORMAT_ERROR ["VAL-2"]
        "A missing required field is INVALID_FIELD_FORMAT.";
    "missing-email-as-conflict" MISSING_EMAIL_AS_CONFLICT ["VAL-2"]
        "A missing email is RESOURCE_CONFLICT.";
    "webhook-url-optional" WEBHOOK_URL_OPTIONAL ["VAL-2"]
        "A webhook is registered without a url.";
    "document-content-optional" DOCUMENT_CONTENT_OPTIONAL ["VAL-2"]
        "A document is accepted without content.";
    "coerces-numbers" COERCES_NUMBERS ["VAL-3"]
        "A number is taken for a name.";
    "null-names-accepted" NULL_NAMES_ACCEPTED ["VAL-3"]
        "null is taken for a name.";
    "unwraps-arrays" UNWRAPS_ARRAYS ["VAL-3"]
        "An array is taken for its first string.";
    "ignores-mistyped-optionals" IGNORES_MISTYPED_OPTIONALS ["VAL-3"]
        "An optional field of the wrong type is ignored.";
    "update-ignores-mistyped-fields" UPDATE_IGNORES_MISTYPED_FIELDS ["VAL-3"]
        "On update, a field of the wrong type is ignored.";
    "wrong-type-as-conflict" WRONG_TYPE_AS_CONFLICT ["VAL-3"]
        "A field of the wrong type is RESOURCE_CONFLICT.";
    "wrong-type-500" WRONG_TYPE_500 ["FMT-5", "VAL-3"]
        "An object in the place of a text is INTERNAL_SERVER_ERROR.";
    "nul-500" NUL_500 ["FMT-5"]
        "A NUL in a text is INTERNAL_SERVER_ERROR.";
    "lone-surrogate-500" LONE_SURROGATE_500 ["FMT-5"]
        "The escape of half a surrogate pair is INTERNAL_SERVER_ERROR.";
    "deep-nesting-500" DEEP_NESTING_500 ["FMT-5"]
        "Arrays or objects nested deeply within a field are INTERNAL_SERVER_ERROR.";
    "long-value-500" LONG_VALUE_500 ["FMT-5"]
        "A text of more than 5,000 characters is INTERNAL_SERVER_ERROR.";
    "emoji-500" EMOJI_500 ["FMT-5"]
        "A character beyond the basic plane is INTERNAL_SERVER_ERROR.";
    "apostrophe-500" APOSTROPHE_500 ["FMT-5"]
        "An apostrophe in a name is INTERNAL_SERVER_ERROR.";
    "empty-string-500" EMPTY_STRING_500 ["FMT-5", "VAL-3"]
        "An empty text is INTERNAL_SERVER_ERROR.";
    "day-zero-500" DAY_ZERO_500 ["FMT-1"]
        "A date with the day 00 is INTERNAL_SERVER_ERROR.";
    "phone-letters-503" PHONE_LETTERS_503 ["FMT-2", "FMT-5"]
        "A phone number with letters is SERVICE_UNAVAILABLE.";
}
