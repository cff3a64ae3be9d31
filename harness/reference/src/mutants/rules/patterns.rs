//! Mutants with a slightly wrong pattern. Some rewrite an invalid text into a valid one, others reject valid texts.

use std::borrow::Cow;

use regex::Regex;

use super::Mutated;
use crate::mutants::{Mutant, formats};

/// A field, the mutant, the pattern that it replaces, and the replacement.
type Rewrite = (&'static str, Mutant, &'static str, &'static str);

/// A field, the mutant, and the pattern of the valid texts that it rejects.
type Rejection = (&'static str, Mutant, &'static str);

const DATE: &str = "dateOfBirth";
const PHONE: &str = "phoneNumber";
const MAIL: &str = "email";
const POSTAL_CODE: &str = "postalCode";

const INVISIBLE: &str = "[\u{ad}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{2069}\u{feff}]";
const SURROUNDING_SPACE: &str = r"^\s+|\s+$";

const REWRITES: &[Rewrite] = &[
    (DATE, formats::ACCEPTS_FEBRUARY_30, "-02-3[01]$", "-02-28"),
    (DATE, formats::ACCEPTS_MONTH_ZERO, "-00-", "-01-"),
    (DATE, formats::ACCEPTS_DAY_ZERO, "-00$", "-01"),
    (DATE, formats::DATE_BY_PATTERN_ALONE, "^([0-9]{4})-[0-9]{2}-[0-9]{2}$", "$1-01-01"),
    (DATE, formats::ACCEPTS_ORDINAL_DATES, "^([0-9]{4})-[0-3][0-9]{2}$", "$1-01-01"),
    (DATE, formats::ACCEPTS_WEEK_DATES, "^([0-9]{4})-W[0-5][0-9](-[1-7])?$", "$1-01-01"),
    (DATE, formats::ACCEPTS_SIGNED_YEARS, "^[+-]([0-9]{4}-)", "$1"),
    (DATE, formats::ACCEPTS_TWO_DIGIT_YEARS, "^[0-9]{2}-([0-9]{2}-[0-9]{2})$", "2000-$1"),
    (DATE, formats::ACCEPTS_FIVE_DIGIT_YEARS, "^[0-9]([0-9]{4}-)", "$1"),
    (DATE, formats::ACCEPTS_DOTS_IN_DATES, r"\.", "-"),
    (DATE, formats::ACCEPTS_SPACES_FOR_HYPHENS, " ", "-"),
    (DATE, formats::ACCEPTS_TYPOGRAPHIC_HYPHENS, "[\u{2010}-\u{2015}\u{2212}\u{fe63}\u{ff0d}]", "-"),
    (DATE, formats::ACCEPTS_UNSEEN_IN_DATES, INVISIBLE, ""),
    (DATE, formats::ACCEPTS_SPACE_BEFORE_DATES, r"^\s+", ""),
    (DATE, formats::DATE_PREFIX_IS_ENOUGH, "(?s)^([0-9-]{10}).+$", "$1"),
    (DATE, formats::DATE_SUFFIX_IS_ENOUGH, "(?s)^.+([0-9-]{10})$", "$1"),
    (DATE, formats::ACCEPTS_DATE_ON_ANY_LINE, "(?s)^(?:.*\n)?([0-9-]{10})(?:\n.*)?$", "$1"),
    (DATE, formats::ACCEPTS_MONTH_NAMES, "-(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*-", "-01-"),
    (DATE, formats::ACCEPTS_TIME_BEHIND_A_SPACE, "^(.{10}) [0-9]{2}:[0-9]{2}.*$", "$1"),
    (DATE, formats::ACCEPTS_DAY_BEFORE_MONTH, "^([0-9]{4})-(1[3-9]|2[0-9]|3[01])-(0[1-9]|1[0-2])$", "$1-$3-$2"),
    (PHONE, formats::ACCEPTS_ANY_NUMBER_OF_DIGITS, r"^(\+[0-9]{15})[0-9]+$", "$1"),
    (PHONE, formats::ACCEPTS_SPACES_IN_PHONES, " ", ""),
    (PHONE, formats::ACCEPTS_HYPHENS_IN_PHONES, "-", ""),
    (PHONE, formats::ACCEPTS_BRACKETS_IN_PHONES, "[()]", ""),
    (PHONE, formats::ACCEPTS_DOTS_IN_PHONES, r"\.", ""),
    (PHONE, formats::ACCEPTS_PLUS_AMONG_DIGITS, r"([0-9])\+", "$1"),
    (PHONE, formats::TRIMS_PHONES, SURROUNDING_SPACE, ""),
    (PHONE, formats::ACCEPTS_TEL_URIS, "^(?i:tel):", ""),
    (PHONE, formats::PHONE_PREFIX_IS_ENOUGH, r"(?s)^(\+[0-9]{7,15})[^0-9].*$", "$1"),
    (PHONE, formats::ACCEPTS_PHONE_ON_ANY_LINE, "(?s)^(?:.*\n)?([+][0-9]+)(?:\n.*)?$", "$1"),
    (PHONE, formats::ACCEPTS_FULL_WIDTH_PLUS, "^\u{ff0b}", "+"),
    (PHONE, formats::ACCEPTS_UNSEEN_IN_PHONES, INVISIBLE, ""),
    (PHONE, formats::ACCEPTS_PLUS_ALONE, r"^\+$", "+14155550123"),
    (MAIL, formats::ACCEPTS_DOT_IN_FRONT, r"^\.", ""),
    (MAIL, formats::ACCEPTS_DOT_BEFORE_AT, r"\.@", "@"),
    (MAIL, formats::ACCEPTS_DOT_AFTER_AT, r"@\.", "@"),
    (MAIL, formats::ACCEPTS_DOT_AT_THE_END, r"\.$", ""),
    (MAIL, formats::ACCEPTS_COMMAS_IN_DOMAINS, "(@[^@,]*),", "$1."),
    (MAIL, formats::ACCEPTS_ADDRESS_LISTS, r"^[^,;@\s]+@[^,;@\s]+[,;]\s*", ""),
    (MAIL, formats::ACCEPTS_HEADER_LINES, "(?s)^([^\r\n]+)[\r\n].+$", "$1"),
    (MAIL, formats::ACCEPTS_CONTROLS_IN_MAIL, r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", ""),
    (MAIL, formats::TRIMS_MAIL, SURROUNDING_SPACE, ""),
    (MAIL, formats::ACCEPTS_MAILTO_URIS, "^(?i:mailto):", ""),
    (MAIL, formats::ACCEPTS_SPECIALS_BEFORE_AT, r"[()<>\[\]:;,\\]([^@]*@)", "$1"),
    (MAIL, formats::ACCEPTS_ANYTHING_AROUND_AN_AT, "(?s)^.+@.+$", "anybody@example.com"),
    (MAIL, formats::ACCEPTS_PORTS_IN_MAIL, ":[0-9]+$", ""),
    (MAIL, formats::ACCEPTS_WRITTEN_AT, r" at |\(at\)|%40", "@"),
    (MAIL, formats::ACCEPTS_UNSEEN_IN_MAIL, INVISIBLE, ""),
    (POSTAL_CODE, formats::ACCEPTS_POSTAL_TRAILING_NEWLINE, "\n$", ""),
    (POSTAL_CODE, formats::ACCEPTS_UNSEEN_IN_POSTAL_CODES, INVISIBLE, ""),
    (DATE, formats::ACCEPTS_DATE_TRAILING_NEWLINE, "\n$", ""),
    (DATE, formats::TRIMS_DATES, SURROUNDING_SPACE, ""),
    (DATE, formats::ACCEPTS_DATE_TIMES, "(?s)T.*$", ""),
    (DATE, formats::ACCEPTS_SLASHES, "/", "-"),
    (DATE, formats::ACCEPTS_BASIC_DATES, "^([0-9]{4})([0-9]{2})([0-9]{2})$", "$1-$2-$3"),
    (DATE, formats::ACCEPTS_APRIL_31, "-(0[469]|11)-31$", "-$1-30"),
    (DATE, formats::ACCEPTS_2023_02_29, "-02-29$", "-02-28"),
    (DATE, formats::ACCEPTS_1900_02_29, "^([0-9]{2}(?:[02468][048]|[13579][26]))-02-29$", "$1-02-28"),
    (PHONE, formats::ACCEPTS_ONE_DIGIT, r"^(\+[0-9])$", "${1}0"),
    (PHONE, formats::ACCEPTS_16_DIGITS, r"^(\+[0-9]{15})[0-9]$", "$1"),
    (PHONE, formats::ACCEPTS_ZERO_COUNTRY_CODE, r"^\+0", "+1"),
    (PHONE, formats::ACCEPTS_PHONE_TRAILING_NEWLINE, "\n$", ""),
    (PHONE, formats::ACCEPTS_DOUBLE_PLUS, r"\+\+", "+"),
    (PHONE, formats::ACCEPTS_MISSING_PLUS, r"^([^+])", "+$1"),
    (PHONE, formats::ACCEPTS_DOUBLE_ZERO_PREFIX, "^00", "+"),
    (PHONE, formats::ACCEPTS_PHONE_PUNCTUATION, r"[ \-().]", ""),
    (PHONE, formats::ACCEPTS_PHONE_LETTERS, "[A-Za-z]", "2"),
    (MAIL, formats::ACCEPTS_EMPTY_LOCAL_PART, "(?s)^@[^@]*$", "anybody@example.com"),
    (MAIL, formats::ACCEPTS_EMPTY_DOMAIN, "(?s)^.*@$", "anybody@example.com"),
    (MAIL, formats::ACCEPTS_MISSING_AT, "(?s)^([^@]*)$", "anybody@$1"),
    (MAIL, formats::ACCEPTS_MAIL_TRAILING_NEWLINE, "\n$", ""),
    (MAIL, formats::ACCEPTS_SPACES_IN_MAIL, " ", ""),
    (MAIL, formats::ACCEPTS_CONSECUTIVE_DOTS, r"\.\.", "."),
];

const REJECTIONS: &[Rejection] = &[
    (DATE, formats::REJECTS_2000_02_29, "^2000-02-29$"),
    (DATE, formats::REJECTS_THE_31ST, "-31$"),
    (DATE, formats::READS_DATES_AS_OCTAL, "-0[89]"),
    (DATE, formats::REJECTS_NEW_YEARS_DAY, "-01-01$"),
    (DATE, formats::REJECTS_THIS_CENTURY, "^20"),
    (DATE, formats::REJECTS_THE_YEAR_1900, "^1900-"),
    (DATE, formats::REJECTS_CENTENARIANS, "^19[01]"),
    (PHONE, formats::REJECTS_FIFTEEN_DIGITS, r"^\+[0-9]{15}$"),
    (PHONE, formats::REJECTS_SEVEN_DIGITS, r"^\+[0-9]{7}$"),
    (PHONE, formats::REJECTS_LONG_COUNTRY_CODES, r"^\+(?:2[1-69]|3[578]|42|5[09]|6[789]|8[05-8]|9[679])"),
    (PHONE, formats::REJECTS_ZERO_AFTER_COUNTRY_CODE, r"^\+390"),
    (PHONE, formats::REJECTS_COUNTRY_CODE_7, r"^\+7"),
    (MAIL, formats::REJECTS_HYPHENS_IN_DOMAINS, "@.*-"),
    (MAIL, formats::REJECTS_DOTS_BEFORE_AT, r"\..*@"),
    (MAIL, formats::REJECTS_CAPITALS_IN_MAIL, "[A-Z]"),
    (MAIL, formats::REJECTS_COUNTRY_ENDINGS, r"\.[A-Za-z]{2}$"),
    (MAIL, formats::REJECTS_LONG_LOCAL_PARTS, "^[^@]{41,}@"),
    (MAIL, formats::REJECTS_UNDERSCORES_IN_MAIL, "_"),
    (MAIL, formats::REJECTS_ONE_LETTER_LOCAL_PARTS, "^.@"),
    (MAIL, formats::REJECTS_SHORT_DOMAINS, r"@[^.]{1,2}\."),
    (MAIL, formats::REJECTS_LONG_LABELS, r"[^@.]{41,}\."),
    (MAIL, formats::REJECTS_DIGIT_AFTER_AT, "@[0-9]"),
    (POSTAL_CODE, formats::REJECTS_LEADING_ZEROS_IN_POSTAL_CODES, "^0"),
    (POSTAL_CODE, formats::REJECTS_ZIP_PLUS_FOUR, "^[0-9]{5}-[0-9]{4}$"),
    (DATE, formats::REJECTS_LEAP_DAYS, "-02-29$"),
    (DATE, formats::REJECTS_NEW_YEARS_EVE, "-12-31$"),
    (DATE, formats::REJECTS_DATES_BEFORE_1970, "^(?:0|1[0-8]|19[0-6])"),
    (PHONE, formats::REJECTS_SHORT_PHONE_NUMBERS, r"^\+[0-9]{0,10}$"),
    (PHONE, formats::REJECTS_LONG_PHONE_NUMBERS, r"^\+[0-9]{12,}$"),
    (PHONE, formats::NORTH_AMERICAN_PHONES_ONLY, r"^\+[^1]"),
    (MAIL, formats::REJECTS_PLUS_TAGS, r"\+.*@"),
    (MAIL, formats::REJECTS_LONG_TLDS, r"\.[^.@]{5,}$"),
    (MAIL, formats::REJECTS_SUBDOMAINS, r"@[^@]*\.[^@]*\.[^@]*$"),
    (MAIL, formats::REJECTS_DIGITS_IN_MAIL, "@[^@]*[0-9][^@]*$"),
];

impl Mutated {
    /// The text as rewritten by a mutant, or the unchanged text.
    pub(super) fn rewritten<'a>(&self, field: &str, text: &'a str) -> Cow<'a, str> {
        let row = REWRITES.iter().find(|(of, mutant, ..)| *of == field && self.is_active(*mutant));
        let Some((_, _, pattern, replacement)) = row else {
            return text.into();
        };
        // A test compiles every pattern.
        Regex::new(pattern).map_or(text.into(), |pattern| pattern.replace_all(text, *replacement).into_owned().into())
    }

    /// Whether a mutant rejects the valid text.
    pub(super) fn rejects(&self, field: &str, text: &str) -> bool {
        REJECTIONS.iter().any(|(of, mutant, pattern)| {
            *of == field && self.is_active(*mutant) && Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{FormatRules as _, Given};
    use crate::mutants::mutant;
    use crate::variants::rules::Varied;

    fn accepts(name: &'static str, text: &str, mutants: &[&str]) -> bool {
        let mutants: Vec<_> = mutants.iter().map(|name| mutant(name).expect("a mutant")).collect();
        let rules = Mutated::new(Varied::new(&[]), &mutants, &[]);
        rules.check_format(Given { name, text, country: None, updating: false }).is_ok()
    }

    /// A field, a mutant, and a text that the mutant judges differently from the contract.
    const EXAMPLES: &[(&str, &str, &str)] = &[
        (DATE, "accepts-february-30", "2001-02-30"),
        (DATE, "accepts-month-zero", "2001-00-10"),
        (DATE, "accepts-day-zero", "2001-10-00"),
        (DATE, "date-by-pattern-alone", "2001-99-99"),
        (DATE, "accepts-ordinal-dates", "2001-123"),
        (DATE, "accepts-week-dates", "2001-W12-3"),
        (DATE, "accepts-signed-years", "+2001-01-10"),
        (DATE, "accepts-two-digit-years", "01-01-10"),
        (DATE, "accepts-five-digit-years", "12001-01-10"),
        (DATE, "accepts-dots-in-dates", "2001.01.10"),
        (DATE, "accepts-spaces-for-hyphens", "2001 01 10"),
        (DATE, "accepts-typographic-hyphens", "2001\u{2010}01\u{2010}10"),
        (DATE, "accepts-unseen-in-dates", "2001-01\u{200b}-10"),
        (DATE, "accepts-space-before-dates", "\t2001-01-10"),
        (DATE, "date-prefix-is-enough", "2001-01-10 or so"),
        (DATE, "date-suffix-is-enough", "on 2001-01-10"),
        (DATE, "accepts-date-on-any-line", "first\n2001-01-10\nlast"),
        (DATE, "accepts-month-names", "2001-Feb-10"),
        (DATE, "accepts-time-behind-a-space", "2001-01-10 12:00:00"),
        (DATE, "accepts-day-before-month", "2001-31-12"),
        (PHONE, "accepts-any-number-of-digits", "+12345678901234567890"),
        (PHONE, "accepts-spaces-in-phones", "+1 415 555 0123"),
        (PHONE, "accepts-hyphens-in-phones", "+1-415-555-0123"),
        (PHONE, "accepts-brackets-in-phones", "+1(415)5550123"),
        (PHONE, "accepts-dots-in-phones", "+1.415.5550123"),
        (PHONE, "accepts-plus-among-digits", "+1415+5550123"),
        (PHONE, "trims-phones", " +14155550123 "),
        (PHONE, "accepts-tel-uris", "tel:+14155550123"),
        (PHONE, "phone-prefix-is-enough", "+14155550123 call me"),
        (PHONE, "accepts-phone-on-any-line", "phone\n+14155550123"),
        (PHONE, "accepts-full-width-plus", "\u{ff0b}14155550123"),
        (PHONE, "accepts-unseen-in-phones", "\u{202a}+14155550123"),
        (PHONE, "accepts-plus-alone", "+"),
        (MAIL, "accepts-dot-in-front", ".ada@example.com"),
        (MAIL, "accepts-dot-before-at", "ada.@example.com"),
        (MAIL, "accepts-dot-after-at", "ada@.example.com"),
        (MAIL, "accepts-dot-at-the-end", "ada@example.com."),
        (MAIL, "accepts-commas-in-domains", "ada@example,com"),
        (MAIL, "accepts-address-lists", "ada@example.com, bob@example.com"),
        (MAIL, "accepts-header-lines", "ada@example.com\r\nBcc: bob@example.com"),
        (MAIL, "accepts-controls-in-mail", "a\u{0}da@example.com"),
        (MAIL, "trims-mail", " ada@example.com"),
        (MAIL, "accepts-mailto-uris", "mailto:ada@example.com"),
        (MAIL, "accepts-specials-before-at", "a:da@example.com"),
        (MAIL, "accepts-anything-around-an-at", "what @ ever"),
        (MAIL, "accepts-ports-in-mail", "ada@example.com:25"),
        (MAIL, "accepts-written-at", "ada at example.com"),
        (MAIL, "accepts-unseen-in-mail", "ada\u{200b}@example.com"),
        (DATE, "accepts-date-trailing-newline", "2001-01-10\n"),
        (DATE, "trims-dates", " 2001-01-10 "),
        (DATE, "accepts-date-times", "2001-01-10T12:00:00Z"),
        (DATE, "accepts-slashes", "2001/01/10"),
        (DATE, "accepts-basic-dates", "20010110"),
        (DATE, "accepts-april-31", "2001-04-31"),
        (DATE, "accepts-2023-02-29", "2023-02-29"),
        (DATE, "accepts-1900-02-29", "1900-02-29"),
        (PHONE, "accepts-one-digit", "+1"),
        (PHONE, "accepts-16-digits", "+1234567890123456"),
        (PHONE, "accepts-zero-country-code", "+04155550123"),
        (PHONE, "accepts-phone-trailing-newline", "+14155550123\n"),
        (PHONE, "accepts-double-plus", "++14155550123"),
        (PHONE, "accepts-missing-plus", "14155550123"),
        (PHONE, "accepts-double-zero-prefix", "0014155550123"),
        (PHONE, "accepts-phone-punctuation", "+1 (415) 555-0123"),
        (PHONE, "accepts-phone-letters", "+1415555CALL"),
        (MAIL, "accepts-empty-local-part", "@example.com"),
        (MAIL, "accepts-empty-domain", "ada@"),
        (MAIL, "accepts-missing-at", "example.com"),
        (MAIL, "accepts-mail-trailing-newline", "ada@example.com\n"),
        (MAIL, "accepts-spaces-in-mail", "ada king@example.com"),
        (MAIL, "accepts-consecutive-dots", "ada..king@example.com"),
        (DATE, "rejects-leap-days", "2000-02-29"),
        (DATE, "rejects-new-years-eve", "2001-12-31"),
        (DATE, "rejects-dates-before-1970", "1969-01-10"),
        (PHONE, "rejects-short-phone-numbers", "+6834002"),
        (PHONE, "rejects-long-phone-numbers", "+491234567890123"),
        (PHONE, "north-american-phones-only", "+442079460958"),
        (MAIL, "rejects-plus-tags", "ada+news@example.com"),
        (MAIL, "rejects-long-tlds", "ada@example.museum"),
        (MAIL, "rejects-subdomains", "ada@mail.example.com"),
        (MAIL, "rejects-digits-in-mail", "ada@ex4mple.com"),
        (DATE, "rejects-2000-02-29", "2000-02-29"),
        (DATE, "rejects-the-31st", "2001-01-31"),
        (DATE, "reads-dates-as-octal", "2001-08-10"),
        (DATE, "rejects-new-years-day", "2001-01-01"),
        (DATE, "rejects-this-century", "2001-02-01"),
        (DATE, "rejects-the-year-1900", "1900-02-01"),
        (DATE, "rejects-centenarians", "1919-02-01"),
        (PHONE, "rejects-fifteen-digits", "+491234567890123"),
        (PHONE, "rejects-seven-digits", "+6834002"),
        (PHONE, "rejects-long-country-codes", "+353861234567"),
        (PHONE, "rejects-zero-after-country-code", "+390612345678"),
        (PHONE, "rejects-country-code-7", "+79161234567"),
        (MAIL, "rejects-hyphens-in-domains", "ada@ex-ample.com"),
        (MAIL, "rejects-dots-before-at", "ada.king@example.com"),
        (MAIL, "rejects-capitals-in-mail", "Ada@example.com"),
        (MAIL, "rejects-country-endings", "ada@example.de"),
        (MAIL, "rejects-long-local-parts", "adadadadadadadadadadadadadadadadadadadadadada@example.com"),
        (MAIL, "rejects-underscores-in-mail", "ada_king@example.com"),
        (MAIL, "rejects-one-letter-local-parts", "a@example.com"),
        (MAIL, "rejects-short-domains", "ada@x.com"),
        (MAIL, "rejects-long-labels", "ada@exampleexampleexampleexampleexampleexample.com"),
        (MAIL, "rejects-digit-after-at", "ada@3com.com"),
    ];

    #[test]
    fn each_format_mutant_judges_its_example_wrongly() {
        for (field, name, text) in EXAMPLES {
            let plain = accepts(field, text, &[]);
            let rejects = REJECTIONS.iter().any(|(_, mutant, _)| mutant.name == *name) || name.starts_with("reads");
            assert_eq!(plain, rejects, "{name}: {text:?}");
            assert_ne!(accepts(field, text, &[name]), plain, "{name}: {text:?}");
        }
    }

    #[test]
    fn every_format_mutant_has_an_example_and_its_pattern_compiles() {
        for (field, mutant, pattern, _) in REWRITES {
            assert!(Regex::new(pattern).is_ok(), "{pattern}");
            let has_example = EXAMPLES.iter().any(|(_, name, _)| *name == mutant.name);
            assert!(has_example || *field == POSTAL_CODE, "{}", mutant.name);
        }
        for (field, mutant, pattern) in REJECTIONS {
            assert!(Regex::new(pattern).is_ok(), "{pattern}");
            let has_example = EXAMPLES.iter().any(|(_, name, _)| *name == mutant.name);
            assert!(has_example || *field == POSTAL_CODE, "{}", mutant.name);
        }
    }
}
