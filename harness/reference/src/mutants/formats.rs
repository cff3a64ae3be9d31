//! Mutants of the field formats: dates, phone numbers, mail addresses, postal codes.

use super::Mutant;

section! {
    "accepts-2023-02-29" ACCEPTS_2023_02_29 ["FMT-1"]
        "29 February is a date of every year.";
    "accepts-1900-02-29" ACCEPTS_1900_02_29 ["FMT-1"]
        "Every fourth year is a leap year, centuries too.";
    "accepts-april-31" ACCEPTS_APRIL_31 ["FMT-1"]
        "Every month but February has 31 days.";
    "accepts-month-13" ACCEPTS_MONTH_13 ["FMT-1"]
        "The month is not looked at.";
    "accepts-day-first" ACCEPTS_DAY_FIRST ["FMT-1"]
        "A date may be written DD-MM-YYYY.";
    "accepts-slashes" ACCEPTS_SLASHES ["FMT-1"]
        "A date may be written YYYY/MM/DD.";
    "accepts-basic-dates" ACCEPTS_BASIC_DATES ["FMT-1"]
        "A date may be written YYYYMMDD.";
    "accepts-short-dates" ACCEPTS_SHORT_DATES ["FMT-1"]
        "Month and day may have one digit.";
    "accepts-date-times" ACCEPTS_DATE_TIMES ["FMT-1"]
        "What follows the letter T after a date is ignored.";
    "accepts-date-trailing-newline" ACCEPTS_DATE_TRAILING_NEWLINE ["FMT-1"]
        "A date may end with a line feed.";
    "trims-dates" TRIMS_DATES ["FMT-1"]
        "White space around a date is ignored.";
    "accepts-foreign-digits-in-dates" ACCEPTS_FOREIGN_DIGITS_IN_DATES ["FMT-1"]
        "A date may be written in digits of any script.";
    "rejects-leap-days" REJECTS_LEAP_DAYS ["FMT-1"]
        "29 February is never a date.";
    "rejects-dates-before-1970" REJECTS_DATES_BEFORE_1970 ["CON-3", "FMT-1"]
        "Nobody was born before 1970.";
    "rejects-new-years-eve" REJECTS_NEW_YEARS_EVE ["FMT-1"]
        "31 December is not a date.";
    "update-skips-date-check" UPDATE_SKIPS_DATE_CHECK ["FMT-1"]
        "On update, any text is a date.";
    "date-format-as-validation-error" DATE_FORMAT_AS_VALIDATION_ERROR ["FMT-1"]
        "A date of the wrong format is VALIDATION_ERROR.";
    "accepts-16-digits" ACCEPTS_16_DIGITS ["FMT-2"]
        "A phone number may have 16 digits.";
    "accepts-one-digit" ACCEPTS_ONE_DIGIT ["FMT-2"]
        "A phone number may have a single digit.";
    "accepts-double-plus" ACCEPTS_DOUBLE_PLUS ["FMT-2"]
        "A phone number may begin with two plus signs.";
    "accepts-missing-plus" ACCEPTS_MISSING_PLUS ["FMT-2"]
        "A phone number needs no plus sign.";
    "accepts-double-zero-prefix" ACCEPTS_DOUBLE_ZERO_PREFIX ["FMT-2"]
        "00 stands for the plus sign.";
    "accepts-zero-country-code" ACCEPTS_ZERO_COUNTRY_CODE ["FMT-2"]
        "The first digit may be 0.";
    "accepts-phone-punctuation" ACCEPTS_PHONE_PUNCTUATION ["FMT-2"]
        "Spaces, hyphens and brackets in a phone number are ignored.";
    "accepts-phone-letters" ACCEPTS_PHONE_LETTERS ["FMT-2"]
        "Letters stand for digits, as on a telephone.";
    "accepts-phone-extension" ACCEPTS_PHONE_EXTENSION ["FMT-2"]
        "A phone number may end with an extension, `;ext=1` or `x1`.";
    "accepts-phone-trailing-newline" ACCEPTS_PHONE_TRAILING_NEWLINE ["FMT-2"]
        "A phone number may end with a line feed.";
    "accepts-foreign-digits-in-phones" ACCEPTS_FOREIGN_DIGITS_IN_PHONES ["FMT-2"]
        "A phone number may be written in digits of any script.";
    "rejects-short-phone-numbers" REJECTS_SHORT_PHONE_NUMBERS ["FMT-2"]
        "A phone number has at least 11 digits.";
    "rejects-long-phone-numbers" REJECTS_LONG_PHONE_NUMBERS ["FMT-2", "STA-3"]
        "A phone number has at most 11 digits.";
    "north-american-phones-only" NORTH_AMERICAN_PHONES_ONLY ["FMT-2", "STA-3"]
        "A phone number begins with +1.";
    "update-skips-phone-check" UPDATE_SKIPS_PHONE_CHECK ["FMT-2"]
        "On update, any text is a phone number.";
    "phone-format-as-validation-error" PHONE_FORMAT_AS_VALIDATION_ERROR ["FMT-2"]
        "A phone number of the wrong format is VALIDATION_ERROR.";
    "accepts-missing-at" ACCEPTS_MISSING_AT ["FMT-3"]
        "A host name is a mail address.";
    "accepts-double-at" ACCEPTS_DOUBLE_AT ["FMT-3"]
        "A mail address may have two at signs.";
    "accepts-empty-local-part" ACCEPTS_EMPTY_LOCAL_PART ["FMT-3"]
        "Nothing need stand before the at sign.";
    "accepts-empty-domain" ACCEPTS_EMPTY_DOMAIN ["FMT-3"]
        "Nothing need stand after the at sign.";
    "accepts-consecutive-dots" ACCEPTS_CONSECUTIVE_DOTS ["FMT-3"]
        "Two dots may stand together in a mail address.";
    "accepts-spaces-in-mail" ACCEPTS_SPACES_IN_MAIL ["FMT-3"]
        "Spaces in a mail address are ignored.";
    "accepts-display-names" ACCEPTS_DISPLAY_NAMES ["FMT-3"]
        "A mail address may be written `Ada <ada@example.com>`.";
    "accepts-mail-trailing-newline" ACCEPTS_MAIL_TRAILING_NEWLINE ["FMT-3"]
        "A mail address may end with a line feed.";
    "accepts-hyphen-at-label-edge" ACCEPTS_HYPHEN_AT_LABEL_EDGE ["FMT-3"]
        "The labels of a domain may begin and end with a hyphen.";
    "rejects-plus-tags" REJECTS_PLUS_TAGS ["FMT-3"]
        "A mail address has no plus sign.";
    "rejects-long-tlds" REJECTS_LONG_TLDS ["FMT-3"]
        "A top-level domain has at most four letters.";
    "rejects-subdomains" REJECTS_SUBDOMAINS ["FMT-3"]
        "A domain has exactly two labels.";
    "rejects-digits-in-mail" REJECTS_DIGITS_IN_MAIL ["FMT-3"]
        "A domain has no digits.";
    "update-skips-mail-check" UPDATE_SKIPS_MAIL_CHECK ["FMT-3", "VAL-3"]
        "On update, any text is a mail address.";
    "mail-format-as-validation-error" MAIL_FORMAT_AS_VALIDATION_ERROR ["FMT-3"]
        "A mail address of the wrong format is VALIDATION_ERROR.";
    "ignores-country" IGNORES_COUNTRY ["FMT-4"]
        "Any text is a postal code.";
    "checks-only-us-postal-codes" CHECKS_ONLY_US_POSTAL_CODES ["FMT-4"]
        "Only the postal codes of the United States are looked at.";
    "knows-three-countries" KNOWS_THREE_COUNTRIES ["FMT-4"]
        "Only the postal codes of US, GB and CA are looked at.";
    "five-digits-everywhere" FIVE_DIGITS_EVERYWHERE ["FMT-4", "STA-3"]
        "A postal code has five digits in every country.";
    "postal-code-prefix-is-enough" POSTAL_CODE_PREFIX_IS_ENOUGH ["FMT-4"]
        "What follows a postal code is ignored.";
    "rejects-spaces-in-postal-codes" REJECTS_SPACES_IN_POSTAL_CODES ["FMT-4", "STA-3"]
        "A postal code has no space.";
    "rejects-letters-in-postal-codes" REJECTS_LETTERS_IN_POSTAL_CODES ["FMT-4", "STA-3"]
        "A postal code has no letters.";
    "update-skips-postal-check" UPDATE_SKIPS_POSTAL_CHECK ["FMT-4"]
        "On update, any text is a postal code.";
    "postal-format-as-validation-error" POSTAL_FORMAT_AS_VALIDATION_ERROR ["FMT-4"]
        "A postal code of the wrong format is VALIDATION_ERROR.";
}
