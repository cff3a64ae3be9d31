//! Variants in the strictness of field formats, where standards or the contract leave room.

use super::Variant;

section! {
    "future-dates-refused" FUTURE_DATES_REFUSED by "FMT-1"
        "A date of birth in the future is INVALID_FIELD_FORMAT.";
    "dates-before-1900-refused" DATES_BEFORE_1900_REFUSED by "FMT-1"
        "A date of birth before 1900 is INVALID_FIELD_FORMAT.";
    "short-phone-numbers-refused" SHORT_PHONE_NUMBERS_REFUSED by "FMT-2"
        "A phone number of fewer than seven digits is INVALID_FIELD_FORMAT.";
    "unassigned-country-codes-refused" UNASSIGNED_COUNTRY_CODES_REFUSED by "FMT-2"
        "A phone number of a country code that nobody has is INVALID_FIELD_FORMAT.";
    "quoted-local-parts-refused" QUOTED_LOCAL_PARTS_REFUSED by "FMT-3"
        "A mail address in quotation marks is INVALID_FIELD_FORMAT.";
    "address-literals-accepted" ADDRESS_LITERALS_ACCEPTED by "FMT-3"
        "The domain of a mail address may be an IP address in brackets.";
    "single-label-domains-accepted" SINGLE_LABEL_DOMAINS_ACCEPTED by "FMT-3"
        "The domain of a mail address may be a single label.";
    "international-addresses-accepted" INTERNATIONAL_ADDRESSES_ACCEPTED by "FMT-3"
        "A mail address may hold letters of any script.";
    "punctuation-in-mail-refused" PUNCTUATION_IN_MAIL_REFUSED by "FMT-3"
        "The part before the at sign holds letters, digits, dots, hyphens, underscores and plus signs only.";
    "lower-case-postal-codes-refused" LOWER_CASE_POSTAL_CODES_REFUSED by "FMT-4"
        "A postal code with a letter in lower case is INVALID_FIELD_FORMAT.";
    "trimmed-postal-codes" TRIMMED_POSTAL_CODES by "FMT-4"
        "White space around a postal code is ignored.";
    "full-width-postal-codes" FULL_WIDTH_POSTAL_CODES by "FMT-4"
        "A postal code may be written in full-width digits.";
    "unknown-countries-refused" UNKNOWN_COUNTRIES_REFUSED by "FMT-4"
        "A postal code of a country without a pattern is INVALID_FIELD_FORMAT.";
    "postal-code-needs-country" POSTAL_CODE_NEEDS_COUNTRY by "left open: `postalCode` without `country`"
        "A postal code without a country is VALIDATION_ERROR.";
    "country-change-judges-stored-code" COUNTRY_CHANGE_JUDGES_STORED_CODE by "FMT-4"
        "A new country under which the stored postal code is none is INVALID_FIELD_FORMAT.";
    "long-names-refused" LONG_NAMES_REFUSED by "left open: limits on names"
        "A name of more than 60 characters is VALIDATION_ERROR.";
    "only-letters-in-names" ONLY_LETTERS_IN_NAMES by "left open: limits on names"
        "A name with other characters than letters, spaces, hyphens, apostrophes and dots is INVALID_FIELD_FORMAT.";
}
