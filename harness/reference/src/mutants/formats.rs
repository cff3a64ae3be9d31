//! Mutants of the field formats: dates, phone numbers, mail addresses, postal codes.

use super::Mutant;

section! {
    "accepts-2023-02-29" ACCEPTS_2023_02_29 ["FMT-1"]
        "Accepts 29 February in every year.";
    "accepts-1900-02-29" ACCEPTS_1900_02_29 ["FMT-1"]
        "Treats every fourth year as a leap year, even 1900.";
    "accepts-april-31" ACCEPTS_APRIL_31 ["FMT-1"]
        "Accepts the 31st of every month except February.";
    "accepts-month-13" ACCEPTS_MONTH_13 ["FMT-1"]
        "Does not check the month.";
    "accepts-day-first" ACCEPTS_DAY_FIRST ["FMT-1"]
        "Accepts a date written DD-MM-YYYY.";
    "accepts-slashes" ACCEPTS_SLASHES ["FMT-1"]
        "Accepts a date written YYYY/MM/DD.";
    "accepts-basic-dates" ACCEPTS_BASIC_DATES ["FMT-1"]
        "Accepts a date written YYYYMMDD.";
    "accepts-short-dates" ACCEPTS_SHORT_DATES ["FMT-1"]
        "Accepts a month and a day of one digit.";
    "accepts-date-times" ACCEPTS_DATE_TIMES ["FMT-1"]
        "Ignores everything after the letter T that follows a date.";
    "accepts-date-trailing-newline" ACCEPTS_DATE_TRAILING_NEWLINE ["FMT-1"]
        "Accepts a line feed after a date.";
    "trims-dates" TRIMS_DATES ["FMT-1"]
        "Ignores white space around a date.";
    "accepts-foreign-digits-in-dates" ACCEPTS_FOREIGN_DIGITS_IN_DATES ["FMT-1"]
        "Accepts digits of other scripts in a date.";
    "rejects-leap-days" REJECTS_LEAP_DAYS ["FMT-1"]
        "Rejects 29 February in every year.";
    "rejects-dates-before-1970" REJECTS_DATES_BEFORE_1970 ["CON-3", "FMT-1"]
        "Rejects dates before 1970.";
    "rejects-new-years-eve" REJECTS_NEW_YEARS_EVE ["FMT-1"]
        "Rejects 31 December.";
    "update-skips-date-check" UPDATE_SKIPS_DATE_CHECK ["FMT-1"]
        "Accepts any text as a date in an update.";
    "date-format-as-validation-error" DATE_FORMAT_AS_VALIDATION_ERROR ["FMT-1"]
        "Answers VALIDATION_ERROR for a date of the wrong format.";
    "accepts-16-digits" ACCEPTS_16_DIGITS ["FMT-2"]
        "Accepts a phone number with 16 digits.";
    "accepts-one-digit" ACCEPTS_ONE_DIGIT ["FMT-2"]
        "Accepts a phone number with one digit.";
    "accepts-double-plus" ACCEPTS_DOUBLE_PLUS ["FMT-2"]
        "Accepts two plus signs before a phone number.";
    "accepts-missing-plus" ACCEPTS_MISSING_PLUS ["FMT-2"]
        "Accepts a phone number without a plus sign.";
    "accepts-double-zero-prefix" ACCEPTS_DOUBLE_ZERO_PREFIX ["FMT-2"]
        "Accepts 00 in place of the plus sign.";
    "accepts-zero-country-code" ACCEPTS_ZERO_COUNTRY_CODE ["FMT-2"]
        "Accepts 0 as the first digit of a phone number.";
    "accepts-phone-punctuation" ACCEPTS_PHONE_PUNCTUATION ["FMT-2"]
        "Ignores spaces, hyphens, dots and brackets in a phone number.";
    "accepts-phone-letters" ACCEPTS_PHONE_LETTERS ["FMT-2"]
        "Accepts letters in place of digits, as on a telephone keypad.";
    "accepts-phone-extension" ACCEPTS_PHONE_EXTENSION ["FMT-2"]
        "Accepts an extension after a phone number, `;ext=1` or `x1`.";
    "accepts-phone-trailing-newline" ACCEPTS_PHONE_TRAILING_NEWLINE ["FMT-2"]
        "Accepts a line feed after a phone number.";
    "accepts-foreign-digits-in-phones" ACCEPTS_FOREIGN_DIGITS_IN_PHONES ["FMT-2"]
        "Accepts digits of other scripts in a phone number.";
    "rejects-short-phone-numbers" REJECTS_SHORT_PHONE_NUMBERS ["FMT-2"]
        "Rejects phone numbers of fewer than 11 digits.";
    "rejects-long-phone-numbers" REJECTS_LONG_PHONE_NUMBERS ["FMT-2", "STA-3"]
        "Rejects phone numbers of more than 11 digits.";
    "north-american-phones-only" NORTH_AMERICAN_PHONES_ONLY ["FMT-2", "STA-3"]
        "Rejects phone numbers that do not begin with +1.";
    "update-skips-phone-check" UPDATE_SKIPS_PHONE_CHECK ["FMT-2"]
        "Accepts any text as a phone number in an update.";
    "phone-format-as-validation-error" PHONE_FORMAT_AS_VALIDATION_ERROR ["FMT-2"]
        "Answers VALIDATION_ERROR for a phone number of the wrong format.";
    "accepts-missing-at" ACCEPTS_MISSING_AT ["FMT-3"]
        "Accepts a host name as a mail address.";
    "accepts-double-at" ACCEPTS_DOUBLE_AT ["FMT-3"]
        "Accepts two at signs in a mail address.";
    "accepts-empty-local-part" ACCEPTS_EMPTY_LOCAL_PART ["FMT-3"]
        "Accepts a mail address with nothing before the at sign.";
    "accepts-empty-domain" ACCEPTS_EMPTY_DOMAIN ["FMT-3"]
        "Accepts a mail address with nothing after the at sign.";
    "accepts-consecutive-dots" ACCEPTS_CONSECUTIVE_DOTS ["FMT-3"]
        "Accepts two consecutive dots in a mail address.";
    "accepts-spaces-in-mail" ACCEPTS_SPACES_IN_MAIL ["FMT-3"]
        "Ignores spaces in a mail address.";
    "accepts-display-names" ACCEPTS_DISPLAY_NAMES ["FMT-3"]
        "Accepts a mail address written `Ada <ada@example.com>`.";
    "accepts-mail-trailing-newline" ACCEPTS_MAIL_TRAILING_NEWLINE ["FMT-3"]
        "Accepts a line feed after a mail address.";
    "accepts-hyphen-at-label-edge" ACCEPTS_HYPHEN_AT_LABEL_EDGE ["FMT-3"]
        "Accepts a hyphen at the beginning or end of a domain label.";
    "rejects-plus-tags" REJECTS_PLUS_TAGS ["FMT-3"]
        "Rejects plus signs in a mail address.";
    "rejects-long-tlds" REJECTS_LONG_TLDS ["FMT-3"]
        "Rejects top-level domains of more than four letters.";
    "rejects-subdomains" REJECTS_SUBDOMAINS ["FMT-3"]
        "Rejects domains of more than two labels.";
    "rejects-digits-in-mail" REJECTS_DIGITS_IN_MAIL ["FMT-3"]
        "Rejects digits in a domain.";
    "update-skips-mail-check" UPDATE_SKIPS_MAIL_CHECK ["FMT-3", "VAL-3"]
        "Accepts any text as a mail address in an update.";
    "mail-format-as-validation-error" MAIL_FORMAT_AS_VALIDATION_ERROR ["FMT-3"]
        "Answers VALIDATION_ERROR for a mail address of the wrong format.";
    "ignores-country" IGNORES_COUNTRY ["FMT-4"]
        "Accepts any text as a postal code.";
    "checks-only-us-postal-codes" CHECKS_ONLY_US_POSTAL_CODES ["FMT-4"]
        "Checks postal codes of the United States only.";
    "knows-three-countries" KNOWS_THREE_COUNTRIES ["FMT-4"]
        "Checks postal codes of US, GB and CA only.";
    "five-digits-everywhere" FIVE_DIGITS_EVERYWHERE ["FMT-4", "STA-3"]
        "Requires a postal code of five digits in every country.";
    "postal-code-prefix-is-enough" POSTAL_CODE_PREFIX_IS_ENOUGH ["FMT-4"]
        "Ignores everything after a postal code.";
    "rejects-spaces-in-postal-codes" REJECTS_SPACES_IN_POSTAL_CODES ["FMT-4", "STA-3"]
        "Rejects postal codes with a space.";
    "rejects-letters-in-postal-codes" REJECTS_LETTERS_IN_POSTAL_CODES ["FMT-4", "STA-3"]
        "Rejects postal codes with letters.";
    "update-skips-postal-check" UPDATE_SKIPS_POSTAL_CHECK ["FMT-4"]
        "Accepts any text as a postal code in an update.";
    "postal-format-as-validation-error" POSTAL_FORMAT_AS_VALIDATION_ERROR ["FMT-4"]
        "Answers VALIDATION_ERROR for a postal code of the wrong format.";
}
