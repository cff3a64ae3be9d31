//! Mutants that read bodies and fields wrongly: malformed JSON, missing fields, wrong types, unusual values.

use super::Mutant;

section! {
    "last-name-optional-under-keys" LAST_NAME_OPTIONAL_UNDER_KEYS ["VAL-2"]
        "Accepts a new customer without lastName when the request has an Idempotency-Key.";
    "country-needs-postal-code" COUNTRY_NEEDS_POSTAL_CODE ["VAL-2"]
        "Requires a postal code when a new customer has a country.";
    "list-of-one-accepted" LIST_OF_ONE_ACCEPTED ["VAL-1"]
        "Accepts a list with one customer as the body of createCustomer.";
    "unknown-member-500" UNKNOWN_MEMBER_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for an unknown member in a body.";
    "empty-update-500" EMPTY_UPDATE_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for an update without members.";
    "null-optional-500" NULL_OPTIONAL_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for null in an optional field.";
    "present-immutable-500" PRESENT_IMMUTABLE_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR when an update repeats the current value of an immutable field.";
    "two-wrong-types-500" TWO_WRONG_TYPES_500 ["VAL-3"]
        "Returns INTERNAL_SERVER_ERROR when two fields have wrong types.";
    "malformed-json-500" MALFORMED_JSON_500 ["VAL-1"]
        "Returns INTERNAL_SERVER_ERROR for malformed JSON.";
    "malformed-json-as-format-error" MALFORMED_JSON_AS_FORMAT_ERROR ["VAL-1"]
        "Returns INVALID_FIELD_FORMAT for malformed JSON.";
    "invalid-utf8-500" INVALID_UTF8_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a body that is not UTF-8.";
    "null-body-500" NULL_BODY_500 ["VAL-1"]
        "Returns INTERNAL_SERVER_ERROR for the body `null`.";
    "patch-accepts-array" PATCH_ACCEPTS_ARRAY ["VAL-1"]
        "Returns 200 and changes nothing when the body of an update is an array.";
    "patch-accepts-no-body" PATCH_ACCEPTS_NO_BODY ["VAL-1"]
        "Returns 200 and changes nothing when an update has no body.";
    "accepts-trailing-garbage" ACCEPTS_TRAILING_GARBAGE ["VAL-1"]
        "Ignores everything after the JSON object in a body.";
    "accepts-cut-short-json" ACCEPTS_CUT_SHORT_JSON ["VAL-1"]
        "Accepts JSON without its closing brace.";
    "first-name-optional" FIRST_NAME_OPTIONAL ["STA-3", "VAL-2"]
        "Accepts a new customer without firstName.";
    "last-name-optional" LAST_NAME_OPTIONAL ["STA-3", "VAL-2"]
        "Accepts a new customer without lastName.";
    "date-of-birth-optional" DATE_OF_BIRTH_OPTIONAL ["STA-3", "VAL-2"]
        "Accepts a new customer without dateOfBirth.";
    "email-optional" EMAIL_OPTIONAL ["STA-3", "VAL-2"]
        "Accepts a new customer without email.";
    "missing-field-as-format-error" MISSING_FIELD_AS_FORMAT_ERROR ["VAL-2"]
        "Returns INVALID_FIELD_FORMAT when a required field is missing.";
    "missing-email-as-conflict" MISSING_EMAIL_AS_CONFLICT ["VAL-2"]
        "Returns RESOURCE_CONFLICT when the email is missing.";
    "webhook-url-optional" WEBHOOK_URL_OPTIONAL ["VAL-2"]
        "Registers a webhook without a url.";
    "document-content-optional" DOCUMENT_CONTENT_OPTIONAL ["VAL-2"]
        "Accepts a document without content.";
    "coerces-numbers" COERCES_NUMBERS ["VAL-3"]
        "Accepts a number as a name.";
    "null-names-accepted" NULL_NAMES_ACCEPTED ["VAL-3"]
        "Accepts null as a name.";
    "unwraps-arrays" UNWRAPS_ARRAYS ["VAL-3"]
        "Accepts an array and uses its first string.";
    "ignores-mistyped-optionals" IGNORES_MISTYPED_OPTIONALS ["VAL-3"]
        "Ignores an optional field of the wrong type.";
    "update-ignores-mistyped-fields" UPDATE_IGNORES_MISTYPED_FIELDS ["VAL-3"]
        "Ignores a field of the wrong type in an update.";
    "wrong-type-as-conflict" WRONG_TYPE_AS_CONFLICT ["VAL-3"]
        "Returns RESOURCE_CONFLICT for a field of the wrong type.";
    "wrong-type-500" WRONG_TYPE_500 ["FMT-5", "VAL-3"]
        "Returns INTERNAL_SERVER_ERROR for an object where a string is expected.";
    "nul-500" NUL_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a NUL in a string.";
    "lone-surrogate-500" LONE_SURROGATE_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for an escaped lone surrogate.";
    "deep-nesting-500" DEEP_NESTING_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for deeply nested arrays or objects in a field.";
    "long-value-500" LONG_VALUE_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a string of more than 5,000 characters.";
    "emoji-500" EMOJI_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a character outside the Basic Multilingual Plane.";
    "apostrophe-500" APOSTROPHE_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for an apostrophe in a name.";
    "empty-string-500" EMPTY_STRING_500 ["FMT-5", "VAL-3"]
        "Returns INTERNAL_SERVER_ERROR for an empty string.";
    "day-zero-500" DAY_ZERO_500 ["FMT-1", "FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a date with the day 00.";
    "phone-letters-503" PHONE_LETTERS_503 ["FMT-2", "FMT-5"]
        "Returns SERVICE_UNAVAILABLE for a phone number with letters.";
    "bidi-500" BIDI_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a character that sets the writing direction.";
    "zero-width-500" ZERO_WIDTH_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a zero-width character.";
    "combining-mark-500" COMBINING_MARK_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a combining accent.";
    "newline-500" NEWLINE_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a line feed in a name.";
    "backslash-500" BACKSLASH_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a backslash in a name.";
    "percent-sign-500" PERCENT_SIGN_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a percent sign in a name.";
    "quotation-mark-500" QUOTATION_MARK_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a quotation mark in a name.";
    "control-character-500" CONTROL_CHARACTER_500 ["FMT-3", "FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a control character in a string.";
    "noncharacter-500" NONCHARACTER_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a Unicode noncharacter.";
    "very-long-value-500" VERY_LONG_VALUE_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a string of more than 20,000 characters.";
    "huge-number-500" HUGE_NUMBER_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a number beyond 64 bits.";
    "array-for-text-500" ARRAY_FOR_TEXT_500 ["FMT-5", "VAL-3"]
        "Returns INTERNAL_SERVER_ERROR for an array where a string is expected.";
    "boolean-for-text-500" BOOLEAN_FOR_TEXT_500 ["FMT-5", "VAL-3"]
        "Returns INTERNAL_SERVER_ERROR for a boolean where a string is expected.";
    "duplicate-member-500" DUPLICATE_MEMBER_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR when a body has the same member twice.";
    "blank-body-500" BLANK_BODY_500 ["VAL-1"]
        "Returns INTERNAL_SERVER_ERROR for a body of white space.";
    "deep-array-500" DEEP_ARRAY_500 ["FMT-5", "VAL-1"]
        "Returns INTERNAL_SERVER_ERROR for a body of deeply nested arrays.";
    "accepts-single-quotes" ACCEPTS_SINGLE_QUOTES ["VAL-1"]
        "Accepts single quotes around strings and names in a body.";
    "accepts-trailing-commas" ACCEPTS_TRAILING_COMMAS ["VAL-1"]
        "Accepts a comma before a closing bracket in a body.";
    "accepts-comments" ACCEPTS_COMMENTS ["VAL-1"]
        "Ignores comments in a body.";
    "accepts-bare-names" ACCEPTS_BARE_NAMES ["VAL-1"]
        "Accepts member names without quotes in a body.";
    "accepts-text-bodies" ACCEPTS_TEXT_BODIES ["VAL-1"]
        "Accepts a JSON string that holds the object as a body.";
    "update-accepts-null-body" UPDATE_ACCEPTS_NULL_BODY ["VAL-1"]
        "Returns 200 and changes nothing when the body of an update is `null`.";
    "date-with-letters-500" DATE_WITH_LETTERS_500 ["FMT-1", "FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for a date of birth with letters.";
    "every-fifth-emoji-500" EVERY_FIFTH_EMOJI_500 ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for every fifth string with an emoji.";
    "list-as-webhook-url-accepted" LIST_AS_WEBHOOK_URL_ACCEPTED ["VAL-3"]
        "Accepts a list as the URL of a webhook.";
    "events-beyond-ascii-break" EVENTS_BEYOND_ASCII_BREAK ["FMT-5"]
        "Returns INTERNAL_SERVER_ERROR for an event with letters beyond ASCII.";
}
