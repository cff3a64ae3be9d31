//! Mutants of the field formats that are a little off: one labelled rule each, for fuzzing to find.

use super::Mutant;

section! {
    "accepts-february-30" ACCEPTS_FEBRUARY_30 ["FMT-1"]
        "30 and 31 February are dates.";
    "accepts-month-zero" ACCEPTS_MONTH_ZERO ["FMT-1"]
        "The month 00 is a month.";
    "accepts-day-zero" ACCEPTS_DAY_ZERO ["FMT-1"]
        "The day 00 is a day.";
    "date-by-pattern-alone" DATE_BY_PATTERN_ALONE ["FMT-1"]
        "A date is four, two and two digits, whichever they are.";
    "accepts-ordinal-dates" ACCEPTS_ORDINAL_DATES ["FMT-1"]
        "A date may be written YYYY-DDD, with the day of the year.";
    "accepts-week-dates" ACCEPTS_WEEK_DATES ["FMT-1"]
        "A date may be written YYYY-Www-D, with the week.";
    "accepts-signed-years" ACCEPTS_SIGNED_YEARS ["FMT-1"]
        "A year may have a sign.";
    "accepts-two-digit-years" ACCEPTS_TWO_DIGIT_YEARS ["FMT-1"]
        "A year may have two digits.";
    "accepts-five-digit-years" ACCEPTS_FIVE_DIGIT_YEARS ["FMT-1"]
        "A year may have five digits.";
    "accepts-dots-in-dates" ACCEPTS_DOTS_IN_DATES ["FMT-1"]
        "A date may be written YYYY.MM.DD.";
    "accepts-spaces-for-hyphens" ACCEPTS_SPACES_FOR_HYPHENS ["FMT-1"]
        "A date may be written YYYY MM DD.";
    "accepts-typographic-hyphens" ACCEPTS_TYPOGRAPHIC_HYPHENS ["FMT-1"]
        "Hyphens and minus signs of Unicode may stand in a date.";
    "accepts-unseen-in-dates" ACCEPTS_UNSEEN_IN_DATES ["FMT-1"]
        "Characters that nobody sees are ignored in a date.";
    "accepts-space-before-dates" ACCEPTS_SPACE_BEFORE_DATES ["FMT-1"]
        "White space before a date is ignored.";
    "date-prefix-is-enough" DATE_PREFIX_IS_ENOUGH ["FMT-1"]
        "What follows a date is ignored.";
    "date-suffix-is-enough" DATE_SUFFIX_IS_ENOUGH ["FMT-1"]
        "What stands before a date is ignored.";
    "accepts-date-on-any-line" ACCEPTS_DATE_ON_ANY_LINE ["FMT-1"]
        "A text of several lines is a date if one of them is.";
    "accepts-month-names" ACCEPTS_MONTH_NAMES ["FMT-1"]
        "The month may be written as a name.";
    "accepts-time-behind-a-space" ACCEPTS_TIME_BEHIND_A_SPACE ["FMT-1"]
        "A time of day may follow a date, after a space.";
    "accepts-day-before-month" ACCEPTS_DAY_BEFORE_MONTH ["FMT-1"]
        "A date may be written YYYY-DD-MM, where the day cannot be a month.";
    "rejects-2000-02-29" REJECTS_2000_02_29 ["FMT-1"]
        "The year 2000 was no leap year.";
    "rejects-the-31st" REJECTS_THE_31ST ["FMT-1"]
        "No month has a 31st day.";
    "reads-dates-as-octal" READS_DATES_AS_OCTAL ["FMT-1"]
        "08 and 09 are no numbers, for a leading zero makes them octal.";
    "rejects-new-years-day" REJECTS_NEW_YEARS_DAY ["FMT-1"]
        "1 January is taken for a placeholder.";
    "rejects-this-century" REJECTS_THIS_CENTURY ["FMT-1"]
        "Nobody was born since 2000.";
    "rejects-the-year-1900" REJECTS_THE_YEAR_1900 ["FMT-1"]
        "Nobody was born in 1900.";
    "rejects-centenarians" REJECTS_CENTENARIANS ["FMT-1"]
        "Nobody was born before 1920.";
    "create-skips-date-check" CREATE_SKIPS_DATE_CHECK ["FMT-1"]
        "On creation, any text is a date.";
    "every-fifth-date-unchecked" EVERY_FIFTH_DATE_UNCHECKED ["FMT-1"]
        "Every fifth date that is wrong is accepted.";
    "accepts-any-number-of-digits" ACCEPTS_ANY_NUMBER_OF_DIGITS ["FMT-2"]
        "A phone number may have any number of digits.";
    "accepts-spaces-in-phones" ACCEPTS_SPACES_IN_PHONES ["FMT-2"]
        "Spaces in a phone number are ignored.";
    "accepts-hyphens-in-phones" ACCEPTS_HYPHENS_IN_PHONES ["FMT-2"]
        "Hyphens in a phone number are ignored.";
    "accepts-brackets-in-phones" ACCEPTS_BRACKETS_IN_PHONES ["FMT-2"]
        "Brackets in a phone number are ignored.";
    "accepts-dots-in-phones" ACCEPTS_DOTS_IN_PHONES ["FMT-2"]
        "Dots in a phone number are ignored.";
    "accepts-plus-among-digits" ACCEPTS_PLUS_AMONG_DIGITS ["FMT-2"]
        "Plus signs among the digits of a phone number are ignored.";
    "trims-phones" TRIMS_PHONES ["FMT-2"]
        "White space around a phone number is ignored.";
    "accepts-tel-uris" ACCEPTS_TEL_URIS ["FMT-2"]
        "A phone number may be written as a `tel:` URI.";
    "phone-prefix-is-enough" PHONE_PREFIX_IS_ENOUGH ["FMT-2"]
        "Words that follow a phone number are ignored.";
    "accepts-phone-on-any-line" ACCEPTS_PHONE_ON_ANY_LINE ["FMT-2"]
        "A text of several lines is a phone number if one of them is.";
    "accepts-full-width-plus" ACCEPTS_FULL_WIDTH_PLUS ["FMT-2"]
        "The plus sign may be a full-width one.";
    "accepts-unseen-in-phones" ACCEPTS_UNSEEN_IN_PHONES ["FMT-2"]
        "Characters that nobody sees are ignored in a phone number.";
    "accepts-plus-alone" ACCEPTS_PLUS_ALONE ["FMT-2"]
        "A plus sign is a phone number.";
    "rejects-fifteen-digits" REJECTS_FIFTEEN_DIGITS ["FMT-2"]
        "A phone number has fewer than 15 digits.";
    "rejects-seven-digits" REJECTS_SEVEN_DIGITS ["FMT-2"]
        "A phone number has more than seven digits.";
    "rejects-long-country-codes" REJECTS_LONG_COUNTRY_CODES ["FMT-2"]
        "Country codes have two digits at most.";
    "rejects-zero-after-country-code" REJECTS_ZERO_AFTER_COUNTRY_CODE ["FMT-2"]
        "An Italian number with 0 behind the country code, as most fixed lines have, is refused.";
    "rejects-country-code-7" REJECTS_COUNTRY_CODE_7 ["FMT-2"]
        "Numbers of the country code 7 are refused.";
    "create-skips-phone-check" CREATE_SKIPS_PHONE_CHECK ["FMT-2"]
        "On creation, any text is a phone number.";
    "every-fifth-phone-unchecked" EVERY_FIFTH_PHONE_UNCHECKED ["FMT-2"]
        "Every fifth phone number that is wrong is accepted.";
    "accepts-dot-in-front" ACCEPTS_DOT_IN_FRONT ["FMT-3"]
        "A mail address may begin with a dot.";
    "accepts-dot-before-at" ACCEPTS_DOT_BEFORE_AT ["FMT-3"]
        "A dot may stand before the at sign.";
    "accepts-dot-after-at" ACCEPTS_DOT_AFTER_AT ["FMT-3"]
        "A dot may stand after the at sign.";
    "accepts-dot-at-the-end" ACCEPTS_DOT_AT_THE_END ["FMT-3"]
        "A mail address may end with a dot.";
    "accepts-commas-in-domains" ACCEPTS_COMMAS_IN_DOMAINS ["FMT-3"]
        "A comma stands for a dot in a domain.";
    "accepts-address-lists" ACCEPTS_ADDRESS_LISTS ["FMT-3"]
        "Several mail addresses may be given, with commas or semicolons.";
    "accepts-header-lines" ACCEPTS_HEADER_LINES ["FMT-3"]
        "Lines that follow a mail address are ignored, headers among them.";
    "accepts-controls-in-mail" ACCEPTS_CONTROLS_IN_MAIL ["FMT-3"]
        "Control characters are ignored in a mail address.";
    "trims-mail" TRIMS_MAIL ["FMT-3"]
        "White space around a mail address is ignored.";
    "accepts-mailto-uris" ACCEPTS_MAILTO_URIS ["FMT-3"]
        "A mail address may be written as a `mailto:` URI.";
    "accepts-specials-before-at" ACCEPTS_SPECIALS_BEFORE_AT ["FMT-3"]
        "Brackets, colons, commas and backslashes may stand before the at sign.";
    "accepts-anything-around-an-at" ACCEPTS_ANYTHING_AROUND_AN_AT ["FMT-3"]
        "A mail address is anything with an at sign inside.";
    "accepts-ports-in-mail" ACCEPTS_PORTS_IN_MAIL ["FMT-3"]
        "A port may follow the domain of a mail address.";
    "accepts-written-at" ACCEPTS_WRITTEN_AT ["FMT-3"]
        "The at sign may be written as a word or an escape.";
    "accepts-unseen-in-mail" ACCEPTS_UNSEEN_IN_MAIL ["FMT-3"]
        "Characters that nobody sees are ignored in a mail address.";
    "rejects-hyphens-in-domains" REJECTS_HYPHENS_IN_DOMAINS ["FMT-3"]
        "A domain has no hyphen.";
    "rejects-dots-before-at" REJECTS_DOTS_BEFORE_AT ["FMT-3"]
        "No dot stands before the at sign.";
    "rejects-capitals-in-mail" REJECTS_CAPITALS_IN_MAIL ["FMT-3"]
        "A mail address has no capital letters.";
    "rejects-country-endings" REJECTS_COUNTRY_ENDINGS ["FMT-3"]
        "A top-level domain has at least three letters.";
    "rejects-long-local-parts" REJECTS_LONG_LOCAL_PARTS ["FMT-3"]
        "At most 40 characters stand before the at sign.";
    "rejects-underscores-in-mail" REJECTS_UNDERSCORES_IN_MAIL ["FMT-3"]
        "A mail address has no underscore.";
    "rejects-one-letter-local-parts" REJECTS_ONE_LETTER_LOCAL_PARTS ["FMT-3"]
        "At least two characters stand before the at sign.";
    "rejects-short-domains" REJECTS_SHORT_DOMAINS ["FMT-3"]
        "The first label of a domain has at least three characters.";
    "rejects-long-labels" REJECTS_LONG_LABELS ["FMT-3"]
        "The labels of a domain have at most 40 characters.";
    "rejects-digit-after-at" REJECTS_DIGIT_AFTER_AT ["FMT-3"]
        "A domain does not begin with a digit.";
    "create-skips-mail-check" CREATE_SKIPS_MAIL_CHECK ["FMT-3", "VAL-3"]
        "On creation, any text is a mail address.";
    "every-fifth-mail-unchecked" EVERY_FIFTH_MAIL_UNCHECKED ["FMT-3"]
        "Every fifth mail address that is wrong is accepted.";
    "accepts-postal-trailing-newline" ACCEPTS_POSTAL_TRAILING_NEWLINE ["FMT-4"]
        "A postal code may end with a line feed.";
    "accepts-unseen-in-postal-codes" ACCEPTS_UNSEEN_IN_POSTAL_CODES ["FMT-4"]
        "Characters that nobody sees are ignored in a postal code.";
    "postal-code-suffix-is-enough" POSTAL_CODE_SUFFIX_IS_ENOUGH ["FMT-4"]
        "What stands before a postal code is ignored.";
    "postal-code-anywhere-is-enough" POSTAL_CODE_ANYWHERE_IS_ENOUGH ["FMT-4"]
        "What stands around a postal code is ignored.";
    "accepts-postal-code-one-longer" ACCEPTS_POSTAL_CODE_ONE_LONGER ["FMT-4"]
        "A postal code may have one character more.";
    "accepts-postal-code-one-shorter" ACCEPTS_POSTAL_CODE_ONE_SHORTER ["FMT-4"]
        "The last character of a postal code may be missing.";
    "accepts-letters-for-postal-digits" ACCEPTS_LETTERS_FOR_POSTAL_DIGITS ["FMT-4"]
        "Letters may stand where a postal code has digits.";
    "accepts-digits-for-postal-letters" ACCEPTS_DIGITS_FOR_POSTAL_LETTERS ["FMT-4"]
        "Digits may stand where a postal code has letters.";
    "accepts-other-postal-separators" ACCEPTS_OTHER_POSTAL_SEPARATORS ["FMT-4"]
        "Any sign may stand where a postal code has a space or a hyphen.";
    "accepts-code-of-any-country" ACCEPTS_CODE_OF_ANY_COUNTRY ["FMT-4"]
        "A postal code of any country will do.";
    "accepts-us-codes-everywhere" ACCEPTS_US_CODES_EVERYWHERE ["FMT-4"]
        "A postal code of the United States will do in every country.";
    "checks-only-european-postal-codes" CHECKS_ONLY_EUROPEAN_POSTAL_CODES ["FMT-4"]
        "Only the postal codes of the European Union are looked at.";
    "accepts-blank-postal-codes" ACCEPTS_BLANK_POSTAL_CODES ["FMT-4"]
        "White space or nothing at all is a postal code.";
    "rejects-leading-zeros-in-postal-codes" REJECTS_LEADING_ZEROS_IN_POSTAL_CODES ["FMT-4"]
        "A postal code does not begin with 0.";
    "rejects-zip-plus-four" REJECTS_ZIP_PLUS_FOUR ["FMT-4"]
        "A postal code of the United States has five digits.";
    "update-forgets-country" UPDATE_FORGETS_COUNTRY ["FMT-4"]
        "An update that names no country takes any postal code.";
    "update-judges-by-old-country" UPDATE_JUDGES_BY_OLD_COUNTRY ["FMT-4"]
        "An update that names a country and a postal code is judged by the country of before.";
    "country-must-come-first" COUNTRY_MUST_COME_FIRST ["FMT-4"]
        "A postal code that stands before the country in the body is not looked at.";
    "create-skips-postal-check" CREATE_SKIPS_POSTAL_CHECK ["FMT-4"]
        "On creation, any text is a postal code.";
    "every-fifth-postal-code-unchecked" EVERY_FIFTH_POSTAL_CODE_UNCHECKED ["FMT-4"]
        "Every fifth postal code that is wrong is accepted.";
}
