//! Mutants that compare a postal code with its country in a wrong way.

use regex::Regex;

use super::Mutated;
use crate::formats::postal::{PATTERNS, pattern};
use crate::mutants::{Mutant, formats};

impl Mutated {
    /// The verdict of a mutant on a postal code; `None` if none of them has its own.
    pub(super) fn is_postal_code(&self, text: &str, country: &str) -> Option<bool> {
        let country = country.to_ascii_uppercase();
        if self.ignores(&country) {
            return Some(true);
        }
        if self.is_active(formats::FIVE_DIGITS_EVERYWHERE) {
            return Some(text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()));
        }
        let pattern = pattern(&country)?;
        if self.refuses(text) {
            return Some(false);
        }
        self.first(COMPARISONS).map(|compare| compare(pattern, text))
    }

    fn ignores(&self, country: &str) -> bool {
        self.is_active(formats::IGNORES_COUNTRY)
            || (!EUROPEAN_UNION.contains(&country) && self.is_active(formats::CHECKS_ONLY_EUROPEAN_POSTAL_CODES))
            || (country != "US" && self.is_active(formats::CHECKS_ONLY_US_POSTAL_CODES))
            || (!["US", "GB", "CA"].contains(&country) && self.is_active(formats::KNOWS_THREE_COUNTRIES))
    }

    fn refuses(&self, text: &str) -> bool {
        (text.contains(' ') && self.is_active(formats::REJECTS_SPACES_IN_POSTAL_CODES))
            || (text.contains(|one: char| one.is_ascii_alphabetic())
                && self.is_active(formats::REJECTS_LETTERS_IN_POSTAL_CODES))
    }
}

/// Whether a postal code matches the pattern of its country.
type Comparison = fn(&Regex, &str) -> bool;

/// The wrong comparisons of mutants.
const COMPARISONS: &[(Mutant, Comparison)] = &[
    (formats::POSTAL_CODE_PREFIX_IS_ENOUGH, |pattern, text| prefixes(text).any(|part| pattern.is_match(part))),
    (formats::POSTAL_CODE_SUFFIX_IS_ENOUGH, |pattern, text| suffixes(text).any(|part| pattern.is_match(part))),
    (formats::POSTAL_CODE_ANYWHERE_IS_ENOUGH, |pattern, text| {
        suffixes(text).any(|end| prefixes(end).any(|part| pattern.is_match(part)))
    }),
    (formats::ACCEPTS_POSTAL_CODE_ONE_LONGER, |pattern, text| {
        let last = text.char_indices().last().map_or(0, |(at, _)| at);
        pattern.is_match(text) || pattern.is_match(&text[..last])
    }),
    (formats::ACCEPTS_POSTAL_CODE_ONE_SHORTER, |pattern, text| {
        ["", "0", "A"].iter().any(|last| pattern.is_match(&format!("{text}{last}")))
    }),
    (formats::ACCEPTS_LETTERS_FOR_POSTAL_DIGITS, |pattern, text| {
        pattern.is_match(text) || pattern.is_match(&text.replace(|one: char| one.is_ascii_alphabetic(), "1"))
    }),
    (formats::ACCEPTS_DIGITS_FOR_POSTAL_LETTERS, |pattern, text| {
        pattern.is_match(text) || with_letters(text).any(|text| pattern.is_match(&text))
    }),
    (formats::ACCEPTS_OTHER_POSTAL_SEPARATORS, |pattern, text| {
        let separated = |by: &str| text.replace(|one: char| one.is_ascii_punctuation() || one == ' ', by);
        pattern.is_match(text) || [" ", "-", ""].iter().any(|by| pattern.is_match(&separated(by)))
    }),
    (formats::ACCEPTS_CODE_OF_ANY_COUNTRY, |_, text| PATTERNS.values().any(|pattern| pattern.is_match(text))),
    (formats::ACCEPTS_US_CODES_EVERYWHERE, |pattern, text| {
        pattern.is_match(text) || PATTERNS.get("US").is_some_and(|pattern| pattern.is_match(text))
    }),
    (formats::ACCEPTS_BLANK_POSTAL_CODES, |pattern, text| pattern.is_match(text) || text.trim().is_empty()),
];

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
