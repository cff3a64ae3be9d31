//! Variants with stricter or more lenient field formats, where standards or the contract permit both.

use super::Variant;

section! {
    "future-dates-refused" FUTURE_DATES_REFUSED by "FMT-1"
        "Returns INVALID_FIELD_FORMAT for a date of birth in the future.";
    "dates-before-1900-refused" DATES_BEFORE_1900_REFUSED by "FMT-1"
        "Returns INVALID_FIELD_FORMAT for a date of birth before 1900.";
    "short-phone-numbers-refused" SHORT_PHONE_NUMBERS_REFUSED by "FMT-2"
        "Returns INVALID_FIELD_FORMAT for a phone number of fewer than seven digits.";
    "unassigned-country-codes-refused" UNASSIGNED_COUNTRY_CODES_REFUSED by "FMT-2"
        "Returns INVALID_FIELD_FORMAT for a phone number with an unassigned country code.";
    "quoted-local-parts-refused" QUOTED_LOCAL_PARTS_REFUSED by "FMT-3"
        "Returns INVALID_FIELD_FORMAT for a mail address with a quoted local part.";
    "address-literals-accepted" ADDRESS_LITERALS_ACCEPTED by "FMT-3"
        "Accepts an IP address in brackets as the domain of a mail address.";
    "single-label-domains-accepted" SINGLE_LABEL_DOMAINS_ACCEPTED by "FMT-3"
        "Accepts a mail address whose domain is a single label.";
    "international-addresses-accepted" INTERNATIONAL_ADDRESSES_ACCEPTED by "FMT-3"
        "Accepts letters of any script in a mail address.";
    "punctuation-in-mail-refused" PUNCTUATION_IN_MAIL_REFUSED by "FMT-3"
        "Accepts only letters, digits, dots, hyphens, underscores and plus signs before the at sign.";
    "lower-case-postal-codes-refused" LOWER_CASE_POSTAL_CODES_REFUSED by "FMT-4"
        "Returns INVALID_FIELD_FORMAT for a postal code with a lower-case letter.";
    "trimmed-postal-codes" TRIMMED_POSTAL_CODES by "FMT-4"
        "Ignores white space around a postal code.";
    "full-width-postal-codes" FULL_WIDTH_POSTAL_CODES by "FMT-4"
        "Accepts full-width digits in a postal code.";
    "unknown-countries-refused" UNKNOWN_COUNTRIES_REFUSED by "FMT-4"
        "Returns INVALID_FIELD_FORMAT for any postal code of a country without a pattern.";
    "postal-code-needs-country" POSTAL_CODE_NEEDS_COUNTRY by "left open: `postalCode` without `country`"
        "Returns VALIDATION_ERROR for a postal code without a country.";
    "country-change-judges-stored-code" COUNTRY_CHANGE_JUDGES_STORED_CODE by "FMT-4"
        "Returns INVALID_FIELD_FORMAT when the stored postal code is invalid in the new country.";
    "long-names-refused" LONG_NAMES_REFUSED by "left open: limits on names"
        "Returns VALIDATION_ERROR for a name of more than 60 characters.";
    "only-letters-in-names" ONLY_LETTERS_IN_NAMES by "left open: limits on names"
        "Accepts only letters, spaces, hyphens, apostrophes and dots in a name.";
}
