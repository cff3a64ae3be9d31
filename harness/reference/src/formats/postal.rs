//! Postal codes, checked by the pattern of the country.
//!
//! The patterns are in `data/postal_geonames.tsv` and `data/postal_own.tsv`; the latter takes precedence. See
//! `data/README.md` for the sources. Letters may be in lower case. A country without a pattern accepts any code.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use crate::mutants::{Mutant, format_mutants, formats};
use crate::switches::Switches;
use crate::variants::formats as variants;

static GEONAMES: &str = include_str!("../../data/postal_geonames.tsv");
static OWN: &str = include_str!("../../data/postal_own.tsv");

static PATTERNS: LazyLock<HashMap<&'static str, Regex>> = LazyLock::new(|| {
    table().into_iter().filter_map(|(country, pattern)| Some((country, compiled(pattern)?))).collect()
});

/// The pattern of each country; a later row replaces an earlier one.
fn table() -> HashMap<&'static str, &'static str> {
    let rows = GEONAMES.lines().chain(OWN.lines()).filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.next()?))
    })
    .collect()
}

/// Compiles a pattern. A test shows that every pattern compiles.
fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!(r"\A(?:{pattern})\z")).unicode(false).case_insensitive(true).build().ok()
}

/// Whether the text is a postal code of the country.
pub(crate) fn is_valid(text: &str, country: Option<&str>, switches: &Switches) -> bool {
    let Some(country) = country.map(str::to_ascii_uppercase) else {
        return true;
    };
    if is_ignored(&country, switches) {
        return true;
    }
    if switches.has(formats::FIVE_DIGITS_EVERYWHERE) {
        return text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    }
    match PATTERNS.get(country.as_str()) {
        Some(pattern) => matches(pattern, &lenient(text, switches), switches) && !is_refused(text, switches),
        None => !switches.vary(variants::UNKNOWN_COUNTRIES_REFUSED),
    }
}

/// The text as a variant reads it.
fn lenient<'a>(text: &'a str, switches: &Switches) -> Cow<'a, str> {
    match () {
        () if switches.vary(variants::TRIMMED_POSTAL_CODES) => text.trim().into(),
        () if switches.vary(variants::FULL_WIDTH_POSTAL_CODES) => {
            text.chars().map(with_ascii_digit).collect::<String>().into()
        }
        () => text.into(),
    }
}

/// The ASCII digit for a full-width digit; other characters are unchanged.
fn with_ascii_digit(one: char) -> char {
    let digit = u32::from(one).checked_sub(u32::from('０')).and_then(|value| char::from_digit(value, 10));
    digit.unwrap_or(one)
}

/// Whether a postal code matches the pattern of its country.
type Comparison = fn(&Regex, &str) -> bool;

/// The wrong comparisons of mutants.
const COMPARISONS: &[(Mutant, Comparison)] = &[
    (formats::POSTAL_CODE_PREFIX_IS_ENOUGH, |pattern, text| prefixes(text).any(|part| pattern.is_match(part))),
    (format_mutants::POSTAL_CODE_SUFFIX_IS_ENOUGH, |pattern, text| suffixes(text).any(|part| pattern.is_match(part))),
    (format_mutants::POSTAL_CODE_ANYWHERE_IS_ENOUGH, |pattern, text| {
        suffixes(text).any(|end| prefixes(end).any(|part| pattern.is_match(part)))
    }),
    (format_mutants::ACCEPTS_POSTAL_CODE_ONE_LONGER, |pattern, text| {
        let last = text.char_indices().last().map_or(0, |(at, _)| at);
        pattern.is_match(text) || pattern.is_match(&text[..last])
    }),
    (format_mutants::ACCEPTS_POSTAL_CODE_ONE_SHORTER, |pattern, text| {
        ["", "0", "A"].iter().any(|last| pattern.is_match(&format!("{text}{last}")))
    }),
    (format_mutants::ACCEPTS_LETTERS_FOR_POSTAL_DIGITS, |pattern, text| {
        pattern.is_match(text) || pattern.is_match(&text.replace(|one: char| one.is_ascii_alphabetic(), "1"))
    }),
    (format_mutants::ACCEPTS_DIGITS_FOR_POSTAL_LETTERS, |pattern, text| {
        pattern.is_match(text) || with_letters(text).any(|text| pattern.is_match(&text))
    }),
    (format_mutants::ACCEPTS_OTHER_POSTAL_SEPARATORS, |pattern, text| {
        let separated = |by: &str| text.replace(|one: char| one.is_ascii_punctuation() || one == ' ', by);
        pattern.is_match(text) || [" ", "-", ""].iter().any(|by| pattern.is_match(&separated(by)))
    }),
    (format_mutants::ACCEPTS_CODE_OF_ANY_COUNTRY, |_, text| PATTERNS.values().any(|pattern| pattern.is_match(text))),
    (format_mutants::ACCEPTS_US_CODES_EVERYWHERE, |pattern, text| {
        pattern.is_match(text) || PATTERNS.get("US").is_some_and(|pattern| pattern.is_match(text))
    }),
    (format_mutants::ACCEPTS_BLANK_POSTAL_CODES, |pattern, text| pattern.is_match(text) || text.trim().is_empty()),
];

fn matches(pattern: &Regex, text: &str, switches: &Switches) -> bool {
    match switches.first(COMPARISONS) {
        Some(compare) => compare(pattern, text),
        None => pattern.is_match(text),
    }
}

/// The prefixes of the text, including the text itself.
fn prefixes(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().map(|(at, one)| &text[..at + one.len_utf8()])
}

/// The suffixes of the text, including the text itself.
fn suffixes(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().map(|(at, _)| &text[at..])
}

/// The texts in which one or two digits are replaced by a letter.
fn with_letters(text: &str) -> impl Iterator<Item = String> {
    let digits = || text.char_indices().filter(|(_, one)| one.is_ascii_digit()).map(|(at, _)| at);
    digits().flat_map(move |first| {
        digits().map(move |second| {
            let letter = |(at, one): (usize, char)| if at == first || at == second { 'A' } else { one };
            text.char_indices().map(letter).collect()
        })
    })
}

const EUROPEAN_UNION: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

fn is_ignored(country: &str, switches: &Switches) -> bool {
    switches.has(formats::IGNORES_COUNTRY)
        || (!EUROPEAN_UNION.contains(&country) && switches.has(format_mutants::CHECKS_ONLY_EUROPEAN_POSTAL_CODES))
        || (country != "US" && switches.has(formats::CHECKS_ONLY_US_POSTAL_CODES))
        || (!["US", "GB", "CA"].contains(&country) && switches.has(formats::KNOWS_THREE_COUNTRIES))
}

fn is_refused(text: &str, switches: &Switches) -> bool {
    let lower_case = text.contains(|one: char| one.is_ascii_lowercase());
    (lower_case && switches.vary(variants::LOWER_CASE_POSTAL_CODES_REFUSED))
        || (text.contains(' ') && switches.has(formats::REJECTS_SPACES_IN_POSTAL_CODES))
        || (text.contains(|one: char| one.is_ascii_alphabetic())
            && switches.has(formats::REJECTS_LETTERS_IN_POSTAL_CODES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(PATTERNS.len(), table().len());
        assert!(PATTERNS.len() > 180, "{} patterns", PATTERNS.len());
    }

    #[test]
    fn each_country_has_its_own_pattern() {
        let valid = |country, text| is_valid(text, Some(country), &Switches::default());
        assert!(valid("US", "94103") && valid("US", "94103-1234") && !valid("US", "9410"));
        assert!(valid("GB", "SW1A 1AA") && valid("CA", "K1A 0B1") && !valid("CA", "K1A 0B"));
        assert!(valid("DE", "10115") && !valid("DE", "1011") && !valid("DE", "10115\n"));
        assert!(valid("NL", "1012 AB") && valid("JP", "100-0001") && valid("PL", "00-950"));
        assert!(!valid("DE", "１０１１５"));
    }

    #[test]
    fn any_code_is_valid_without_a_pattern() {
        assert!(is_valid("anything", Some("ZW"), &Switches::default()));
        assert!(is_valid("anything", None, &Switches::default()));
    }
}
