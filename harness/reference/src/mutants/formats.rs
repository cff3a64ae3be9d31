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
    "rejects-dates-before-1970" REJECTS_DATES_BEFORE_1970 ["FMT-1"]
        "Rejects dates before 1970.";
    "rejects-new-years-eve" REJECTS_NEW_YEARS_EVE ["FMT-1"]
        "Rejects 31 December.";
    "update-skips-date-check" UPDATE_SKIPS_DATE_CHECK ["FMT-1"]
        "Accepts any text as a date in an update.";
    "date-format-as-validation-error" DATE_FORMAT_AS_VALIDATION_ERROR ["FMT-1"]
        "Returns VALIDATION_ERROR for a date of the wrong format.";
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
        "Returns VALIDATION_ERROR for a phone number of the wrong format.";
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
        "Returns VALIDATION_ERROR for a mail address of the wrong format.";
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
        "Returns VALIDATION_ERROR for a postal code of the wrong format.";
    "accepts-february-30" ACCEPTS_FEBRUARY_30 ["FMT-1"]
        "Accepts 30 and 31 February.";
    "accepts-month-zero" ACCEPTS_MONTH_ZERO ["FMT-1"]
        "Accepts the month 00.";
    "accepts-day-zero" ACCEPTS_DAY_ZERO ["FMT-1"]
        "Accepts the day 00.";
    "date-by-pattern-alone" DATE_BY_PATTERN_ALONE ["FMT-1"]
        "Checks only that a date has four, two and two digits.";
    "accepts-ordinal-dates" ACCEPTS_ORDINAL_DATES ["FMT-1"]
        "Accepts a date written YYYY-DDD, with the day of the year.";
    "accepts-week-dates" ACCEPTS_WEEK_DATES ["FMT-1"]
        "Accepts a date written YYYY-Www-D, with the week.";
    "accepts-signed-years" ACCEPTS_SIGNED_YEARS ["FMT-1"]
        "Accepts a sign before the year.";
    "accepts-two-digit-years" ACCEPTS_TWO_DIGIT_YEARS ["FMT-1"]
        "Accepts a year of two digits.";
    "accepts-five-digit-years" ACCEPTS_FIVE_DIGIT_YEARS ["FMT-1"]
        "Accepts a year of five digits.";
    "accepts-dots-in-dates" ACCEPTS_DOTS_IN_DATES ["FMT-1"]
        "Accepts a date written YYYY.MM.DD.";
    "accepts-spaces-for-hyphens" ACCEPTS_SPACES_FOR_HYPHENS ["FMT-1"]
        "Accepts a date written YYYY MM DD.";
    "accepts-typographic-hyphens" ACCEPTS_TYPOGRAPHIC_HYPHENS ["FMT-1"]
        "Accepts Unicode hyphens and minus signs in a date.";
    "accepts-unseen-in-dates" ACCEPTS_UNSEEN_IN_DATES ["FMT-1"]
        "Ignores invisible characters in a date.";
    "accepts-space-before-dates" ACCEPTS_SPACE_BEFORE_DATES ["FMT-1"]
        "Ignores white space before a date.";
    "date-prefix-is-enough" DATE_PREFIX_IS_ENOUGH ["FMT-1"]
        "Ignores everything after a date.";
    "date-suffix-is-enough" DATE_SUFFIX_IS_ENOUGH ["FMT-1"]
        "Ignores everything before a date.";
    "accepts-date-on-any-line" ACCEPTS_DATE_ON_ANY_LINE ["FMT-1"]
        "Accepts a text of several lines when one of them is a date.";
    "accepts-month-names" ACCEPTS_MONTH_NAMES ["FMT-1"]
        "Accepts the name of a month in a date.";
    "accepts-time-behind-a-space" ACCEPTS_TIME_BEHIND_A_SPACE ["FMT-1"]
        "Accepts a space and a time of day after a date.";
    "accepts-day-before-month" ACCEPTS_DAY_BEFORE_MONTH ["FMT-1"]
        "Accepts a date written YYYY-DD-MM when the day is more than 12.";
    "rejects-2000-02-29" REJECTS_2000_02_29 ["FMT-1"]
        "Does not treat 2000 as a leap year.";
    "rejects-the-31st" REJECTS_THE_31ST ["FMT-1"]
        "Rejects the 31st of every month.";
    "reads-dates-as-octal" READS_DATES_AS_OCTAL ["FMT-1"]
        "Rejects the months and days 08 and 09 because the leading zero makes them octal.";
    "rejects-new-years-day" REJECTS_NEW_YEARS_DAY ["FMT-1"]
        "Rejects 1 January as a placeholder.";
    "rejects-this-century" REJECTS_THIS_CENTURY ["FMT-1"]
        "Rejects dates since 2000.";
    "rejects-the-year-1900" REJECTS_THE_YEAR_1900 ["FMT-1"]
        "Rejects dates in 1900.";
    "rejects-centenarians" REJECTS_CENTENARIANS ["FMT-1"]
        "Rejects dates from 1900 to 1919.";
    "create-skips-date-check" CREATE_SKIPS_DATE_CHECK ["FMT-1"]
        "Accepts any text as a date on creation.";
    "every-fifth-date-unchecked" EVERY_FIFTH_DATE_UNCHECKED ["FMT-1"]
        "Accepts every fifth invalid date.";
    "accepts-any-number-of-digits" ACCEPTS_ANY_NUMBER_OF_DIGITS ["FMT-2"]
        "Accepts a phone number with any number of digits.";
    "accepts-spaces-in-phones" ACCEPTS_SPACES_IN_PHONES ["FMT-2"]
        "Ignores spaces in a phone number.";
    "accepts-hyphens-in-phones" ACCEPTS_HYPHENS_IN_PHONES ["FMT-2"]
        "Ignores hyphens in a phone number.";
    "accepts-brackets-in-phones" ACCEPTS_BRACKETS_IN_PHONES ["FMT-2"]
        "Ignores brackets in a phone number.";
    "accepts-dots-in-phones" ACCEPTS_DOTS_IN_PHONES ["FMT-2"]
        "Ignores dots in a phone number.";
    "accepts-plus-among-digits" ACCEPTS_PLUS_AMONG_DIGITS ["FMT-2"]
        "Ignores plus signs between the digits of a phone number.";
    "trims-phones" TRIMS_PHONES ["FMT-2"]
        "Ignores white space around a phone number.";
    "accepts-tel-uris" ACCEPTS_TEL_URIS ["FMT-2"]
        "Accepts a phone number written as a `tel:` URI.";
    "phone-prefix-is-enough" PHONE_PREFIX_IS_ENOUGH ["FMT-2"]
        "Ignores text after a phone number.";
    "accepts-phone-on-any-line" ACCEPTS_PHONE_ON_ANY_LINE ["FMT-2"]
        "Accepts a text of several lines when one of them is a phone number.";
    "accepts-full-width-plus" ACCEPTS_FULL_WIDTH_PLUS ["FMT-2"]
        "Accepts a full-width plus sign.";
    "accepts-unseen-in-phones" ACCEPTS_UNSEEN_IN_PHONES ["FMT-2"]
        "Ignores invisible characters in a phone number.";
    "accepts-plus-alone" ACCEPTS_PLUS_ALONE ["FMT-2"]
        "Accepts a plus sign without digits.";
    "rejects-fifteen-digits" REJECTS_FIFTEEN_DIGITS ["FMT-2"]
        "Rejects phone numbers of 15 digits.";
    "rejects-seven-digits" REJECTS_SEVEN_DIGITS ["FMT-2"]
        "Rejects phone numbers of seven digits.";
    "rejects-long-country-codes" REJECTS_LONG_COUNTRY_CODES ["FMT-2"]
        "Rejects country codes of three digits.";
    "rejects-zero-after-country-code" REJECTS_ZERO_AFTER_COUNTRY_CODE ["FMT-2"]
        "Rejects Italian numbers with 0 after the country code, as most fixed lines have.";
    "rejects-country-code-7" REJECTS_COUNTRY_CODE_7 ["FMT-2"]
        "Rejects numbers of the country code 7.";
    "create-skips-phone-check" CREATE_SKIPS_PHONE_CHECK ["FMT-2"]
        "Accepts any text as a phone number on creation.";
    "every-fifth-phone-unchecked" EVERY_FIFTH_PHONE_UNCHECKED ["FMT-2"]
        "Accepts every fifth invalid phone number.";
    "accepts-dot-in-front" ACCEPTS_DOT_IN_FRONT ["FMT-3"]
        "Accepts a dot at the beginning of a mail address.";
    "accepts-dot-before-at" ACCEPTS_DOT_BEFORE_AT ["FMT-3"]
        "Accepts a dot before the at sign.";
    "accepts-dot-after-at" ACCEPTS_DOT_AFTER_AT ["FMT-3"]
        "Accepts a dot after the at sign.";
    "accepts-dot-at-the-end" ACCEPTS_DOT_AT_THE_END ["FMT-3"]
        "Accepts a dot at the end of a mail address.";
    "accepts-commas-in-domains" ACCEPTS_COMMAS_IN_DOMAINS ["FMT-3"]
        "Accepts a comma instead of a dot in a domain.";
    "accepts-address-lists" ACCEPTS_ADDRESS_LISTS ["FMT-3"]
        "Accepts several mail addresses, separated by commas or semicolons.";
    "accepts-header-lines" ACCEPTS_HEADER_LINES ["FMT-3"]
        "Ignores lines after a mail address, such as mail headers.";
    "accepts-controls-in-mail" ACCEPTS_CONTROLS_IN_MAIL ["FMT-3"]
        "Ignores control characters in a mail address.";
    "trims-mail" TRIMS_MAIL ["FMT-3"]
        "Ignores white space around a mail address.";
    "accepts-mailto-uris" ACCEPTS_MAILTO_URIS ["FMT-3"]
        "Accepts a mail address written as a `mailto:` URI.";
    "accepts-specials-before-at" ACCEPTS_SPECIALS_BEFORE_AT ["FMT-3"]
        "Accepts brackets, colons, commas and backslashes before the at sign.";
    "accepts-anything-around-an-at" ACCEPTS_ANYTHING_AROUND_AN_AT ["FMT-3"]
        "Accepts any text with an at sign inside.";
    "accepts-ports-in-mail" ACCEPTS_PORTS_IN_MAIL ["FMT-3"]
        "Accepts a port after the domain of a mail address.";
    "accepts-written-at" ACCEPTS_WRITTEN_AT ["FMT-3"]
        "Accepts the at sign written as a word or an escape.";
    "accepts-unseen-in-mail" ACCEPTS_UNSEEN_IN_MAIL ["FMT-3"]
        "Ignores invisible characters in a mail address.";
    "rejects-hyphens-in-domains" REJECTS_HYPHENS_IN_DOMAINS ["FMT-3"]
        "Rejects hyphens in a domain.";
    "rejects-dots-before-at" REJECTS_DOTS_BEFORE_AT ["FMT-3"]
        "Rejects dots before the at sign.";
    "rejects-capitals-in-mail" REJECTS_CAPITALS_IN_MAIL ["FMT-3"]
        "Rejects capital letters in a mail address.";
    "rejects-country-endings" REJECTS_COUNTRY_ENDINGS ["FMT-3"]
        "Rejects top-level domains of two letters.";
    "rejects-long-local-parts" REJECTS_LONG_LOCAL_PARTS ["FMT-3"]
        "Rejects more than 40 characters before the at sign.";
    "rejects-underscores-in-mail" REJECTS_UNDERSCORES_IN_MAIL ["FMT-3"]
        "Rejects underscores in a mail address.";
    "rejects-one-letter-local-parts" REJECTS_ONE_LETTER_LOCAL_PARTS ["FMT-3"]
        "Rejects a single character before the at sign.";
    "rejects-short-domains" REJECTS_SHORT_DOMAINS ["FMT-3"]
        "Rejects domains whose first label has one or two characters.";
    "rejects-long-labels" REJECTS_LONG_LABELS ["FMT-3"]
        "Rejects domains with labels of more than 40 characters.";
    "rejects-digit-after-at" REJECTS_DIGIT_AFTER_AT ["FMT-3"]
        "Rejects domains that begin with a digit.";
    "create-skips-mail-check" CREATE_SKIPS_MAIL_CHECK ["FMT-3", "VAL-3"]
        "Accepts any text as a mail address on creation.";
    "every-fifth-mail-unchecked" EVERY_FIFTH_MAIL_UNCHECKED ["FMT-3"]
        "Accepts every fifth invalid mail address.";
    "accepts-postal-trailing-newline" ACCEPTS_POSTAL_TRAILING_NEWLINE ["FMT-4"]
        "Accepts a line feed after a postal code.";
    "accepts-unseen-in-postal-codes" ACCEPTS_UNSEEN_IN_POSTAL_CODES ["FMT-4"]
        "Ignores invisible characters in a postal code.";
    "postal-code-suffix-is-enough" POSTAL_CODE_SUFFIX_IS_ENOUGH ["FMT-4"]
        "Ignores everything before a postal code.";
    "postal-code-anywhere-is-enough" POSTAL_CODE_ANYWHERE_IS_ENOUGH ["FMT-4"]
        "Ignores everything before and after a postal code.";
    "accepts-postal-code-one-longer" ACCEPTS_POSTAL_CODE_ONE_LONGER ["FMT-4"]
        "Accepts a postal code with one more character.";
    "accepts-postal-code-one-shorter" ACCEPTS_POSTAL_CODE_ONE_SHORTER ["FMT-4"]
        "Accepts a postal code without its last character.";
    "accepts-letters-for-postal-digits" ACCEPTS_LETTERS_FOR_POSTAL_DIGITS ["FMT-4"]
        "Accepts letters in place of the digits of a postal code.";
    "accepts-digits-for-postal-letters" ACCEPTS_DIGITS_FOR_POSTAL_LETTERS ["FMT-4"]
        "Accepts digits in place of the letters of a postal code.";
    "accepts-other-postal-separators" ACCEPTS_OTHER_POSTAL_SEPARATORS ["FMT-4"]
        "Accepts any punctuation in place of the space or hyphen of a postal code.";
    "accepts-code-of-any-country" ACCEPTS_CODE_OF_ANY_COUNTRY ["FMT-4"]
        "Accepts a postal code of any country.";
    "accepts-us-codes-everywhere" ACCEPTS_US_CODES_EVERYWHERE ["FMT-4"]
        "Accepts a postal code of the United States for every country.";
    "checks-only-european-postal-codes" CHECKS_ONLY_EUROPEAN_POSTAL_CODES ["FMT-4"]
        "Checks postal codes of countries in the European Union only.";
    "accepts-blank-postal-codes" ACCEPTS_BLANK_POSTAL_CODES ["FMT-4"]
        "Accepts an empty postal code and one of white space.";
    "rejects-leading-zeros-in-postal-codes" REJECTS_LEADING_ZEROS_IN_POSTAL_CODES ["FMT-4"]
        "Rejects postal codes that begin with 0.";
    "rejects-zip-plus-four" REJECTS_ZIP_PLUS_FOUR ["FMT-4"]
        "Rejects nine-digit postal codes of the United States.";
    "update-forgets-country" UPDATE_FORGETS_COUNTRY ["FMT-4"]
        "Accepts any postal code in an update without a country.";
    "update-judges-by-old-country" UPDATE_JUDGES_BY_OLD_COUNTRY ["FMT-4"]
        "Checks a postal code against the stored country when an update changes both.";
    "country-must-come-first" COUNTRY_MUST_COME_FIRST ["FMT-4"]
        "Does not check a postal code that precedes the country in the body.";
    "create-skips-postal-check" CREATE_SKIPS_POSTAL_CHECK ["FMT-4"]
        "Accepts any text as a postal code on creation.";
    "every-fifth-postal-code-unchecked" EVERY_FIFTH_POSTAL_CODE_UNCHECKED ["FMT-4"]
        "Accepts every fifth invalid postal code.";
    "formats-of-administrators-unchecked" FORMATS_OF_ADMINISTRATORS_UNCHECKED ["FMT-1", "FMT-2", "FMT-3", "FMT-4"]
        "Accepts a wrong format from ADMIN.";
    "phone-must-match-country" PHONE_MUST_MATCH_COUNTRY ["FMT-2"]
        "Refuses a British phone number of a customer in another country.";
}
