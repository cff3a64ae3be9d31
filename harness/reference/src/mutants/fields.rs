//! Mutants in reading bodies and fields: malformed JSON, missing fields, wrong types, odd values.

use super::Mutant;

section! {
    "last-name-optional-under-keys" LAST_NAME_OPTIONAL_UNDER_KEYS ["VAL-2"]
        "A creation with an Idempotency-Key needs no lastName.";
    "country-needs-postal-code" COUNTRY_NEEDS_POSTAL_CODE ["VAL-2"]
        "A new customer with a country must have a postal code.";
    "list-of-one-accepted" LIST_OF_ONE_ACCEPTED ["VAL-1"]
        "A list of one customer creates that customer.";
    "unknown-member-500" UNKNOWN_MEMBER_500 ["FMT-5"]
        "A member that is no field is INTERNAL_SERVER_ERROR.";
    "empty-update-500" EMPTY_UPDATE_500 ["FMT-5"]
        "An update of nothing is INTERNAL_SERVER_ERROR.";
    "null-optional-500" NULL_OPTIONAL_500 ["FMT-5"]
        "Null in an optional field is INTERNAL_SERVER_ERROR.";
    "present-immutable-500" PRESENT_IMMUTABLE_500 ["FMT-5"]
        "The present value of an immutable field is INTERNAL_SERVER_ERROR.";
    "two-wrong-types-500" TWO_WRONG_TYPES_500 ["VAL-3"]
        "Two fields of wrong types are INTERNAL_SERVER_ERROR.";
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
    "day-zero-500" DAY_ZERO_500 ["FMT-1", "FMT-5"]
        "A date with the day 00 is INTERNAL_SERVER_ERROR.";
    "phone-letters-503" PHONE_LETTERS_503 ["FMT-2", "FMT-5"]
        "A phone number with letters is SERVICE_UNAVAILABLE.";
    "bidi-500" BIDI_500 ["FMT-5"]
        "A mark of the writing direction is INTERNAL_SERVER_ERROR.";
    "zero-width-500" ZERO_WIDTH_500 ["FMT-5"]
        "A character without width is INTERNAL_SERVER_ERROR.";
    "combining-mark-500" COMBINING_MARK_500 ["FMT-5"]
        "A combining accent is INTERNAL_SERVER_ERROR.";
    "newline-500" NEWLINE_500 ["FMT-5"]
        "A line feed in a name is INTERNAL_SERVER_ERROR.";
    "backslash-500" BACKSLASH_500 ["FMT-5"]
        "A backslash in a name is INTERNAL_SERVER_ERROR.";
    "percent-sign-500" PERCENT_SIGN_500 ["FMT-5"]
        "A percent sign in a name is INTERNAL_SERVER_ERROR.";
    "quotation-mark-500" QUOTATION_MARK_500 ["FMT-5"]
        "A quotation mark in a name is INTERNAL_SERVER_ERROR.";
    "control-character-500" CONTROL_CHARACTER_500 ["FMT-3", "FMT-5"]
        "A control character in a text is INTERNAL_SERVER_ERROR.";
    "noncharacter-500" NONCHARACTER_500 ["FMT-5"]
        "A code point that is no character is INTERNAL_SERVER_ERROR.";
    "very-long-value-500" VERY_LONG_VALUE_500 ["FMT-5"]
        "A text of more than 20,000 characters is INTERNAL_SERVER_ERROR.";
    "huge-number-500" HUGE_NUMBER_500 ["FMT-5"]
        "A number beyond 64 bits is INTERNAL_SERVER_ERROR.";
    "array-for-text-500" ARRAY_FOR_TEXT_500 ["FMT-5", "VAL-3"]
        "An array in the place of a text is INTERNAL_SERVER_ERROR.";
    "boolean-for-text-500" BOOLEAN_FOR_TEXT_500 ["FMT-5", "VAL-3"]
        "A boolean in the place of a text is INTERNAL_SERVER_ERROR.";
    "duplicate-member-500" DUPLICATE_MEMBER_500 ["FMT-5"]
        "A member that stands twice in a body is INTERNAL_SERVER_ERROR.";
    "blank-body-500" BLANK_BODY_500 ["VAL-1"]
        "A body of white space is INTERNAL_SERVER_ERROR.";
    "deep-array-500" DEEP_ARRAY_500 ["FMT-5", "VAL-1"]
        "A body of arrays nested deeply is INTERNAL_SERVER_ERROR.";
    "accepts-single-quotes" ACCEPTS_SINGLE_QUOTES ["VAL-1"]
        "Texts and names in a body may be in single quotes.";
    "accepts-trailing-commas" ACCEPTS_TRAILING_COMMAS ["VAL-1"]
        "A comma may stand before a closing bracket.";
    "accepts-comments" ACCEPTS_COMMENTS ["VAL-1"]
        "Comments in a body are ignored.";
    "accepts-bare-names" ACCEPTS_BARE_NAMES ["VAL-1"]
        "The names of members need no quotes.";
    "accepts-text-bodies" ACCEPTS_TEXT_BODIES ["VAL-1"]
        "A body may be a JSON string that holds the object.";
    "update-accepts-null-body" UPDATE_ACCEPTS_NULL_BODY ["VAL-1"]
        "An update with the body `null` changes nothing and answers 200.";
    "odd-date-500" ODD_DATE_500 ["FMT-1", "FMT-5"]
        "A date of birth with letters is INTERNAL_SERVER_ERROR.";
    "every-fifth-emoji-500" EVERY_FIFTH_EMOJI_500 ["FMT-5"]
        "Every fifth text with an emoji is INTERNAL_SERVER_ERROR.";
}
