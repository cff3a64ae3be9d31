//! Postal codes, by the pattern of the country.
//!
//! The patterns are data (`data/postal.tsv`, sources in the README beside it). Letters may be in lower case, and a
//! country without a pattern takes any code.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

use crate::defects::formats;
use crate::habits::Habits;
use crate::variations::formats as variants;

static TABLE: &str = include_str!("../../data/postal.tsv");

static PATTERNS: LazyLock<HashMap<&'static str, Regex>> = LazyLock::new(|| {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let (country, rest) = line.split_once('\t')?;
        let (pattern, _source) = rest.split_once('\t')?;
        Some((country, compiled(pattern)?))
    })
    .collect()
});

/// Any of our patterns may be compiled; those that cannot would be found by the tests.
fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!(r"\A(?:{pattern})\z")).unicode(false).case_insensitive(true).build().ok()
}

/// Whether the text is a postal code of the country.
pub(crate) fn is_valid(text: &str, country: Option<&str>, habits: &Habits) -> bool {
    let Some(country) = country.map(str::to_ascii_uppercase) else {
        return true;
    };
    if is_overlooked(&country, habits) {
        return true;
    }
    if habits.has(formats::FIVE_DIGITS_EVERYWHERE) {
        return text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    }
    match PATTERNS.get(country.as_str()) {
        Some(pattern) => matches(pattern, &lenient(text, habits), habits) && !is_refused(text, habits),
        None => !habits.vary(variants::UNKNOWN_COUNTRIES_REFUSED),
    }
}

/// The text as a variation reads it.
fn lenient<'a>(text: &'a str, habits: &Habits) -> Cow<'a, str> {
    match () {
        () if habits.vary(variants::TRIMMED_POSTAL_CODES) => text.trim().into(),
        () if habits.vary(variants::FULL_WIDTH_POSTAL_CODES) => text.chars().map(narrow).collect::<String>().into(),
        () => text.into(),
    }
}

/// A full-width digit in ASCII, and every other character as it is.
fn narrow(one: char) -> char {
    let digit = u32::from(one).checked_sub(u32::from('０')).and_then(|value| char::from_digit(value, 10));
    digit.unwrap_or(one)
}

fn matches(pattern: &Regex, text: &str, habits: &Habits) -> bool {
    if !habits.has(formats::POSTAL_CODE_PREFIX_IS_ENOUGH) {
        return pattern.is_match(text);
    }
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    ends.into_iter().any(|end| end > 0 && pattern.is_match(&text[..end]))
}

fn is_overlooked(country: &str, habits: &Habits) -> bool {
    habits.has(formats::IGNORES_COUNTRY)
        || (country != "US" && habits.has(formats::CHECKS_ONLY_US_POSTAL_CODES))
        || (!["US", "GB", "CA"].contains(&country) && habits.has(formats::KNOWS_THREE_COUNTRIES))
}

fn is_refused(text: &str, habits: &Habits) -> bool {
    let small = text.contains(|one: char| one.is_ascii_lowercase());
    (small && habits.vary(variants::LOWER_CASE_POSTAL_CODES_REFUSED))
        || (text.contains(' ') && habits.has(formats::REJECTS_SPACES_IN_POSTAL_CODES))
        || (text.contains(|one: char| one.is_ascii_alphabetic())
            && habits.has(formats::REJECTS_LETTERS_IN_POSTAL_CODES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_of_the_table_compiles() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(PATTERNS.len(), rows);
    }

    #[test]
    fn countries_differ() {
        let valid = |country, text| is_valid(text, Some(country), &Habits::default());
        assert!(valid("US", "94103") && valid("US", "94103-1234") && !valid("US", "9410"));
        assert!(valid("GB", "SW1A 1AA") && valid("CA", "K1A 0B1") && !valid("CA", "K1A 0B"));
        assert!(valid("DE", "10115") && !valid("DE", "1011") && !valid("DE", "10115\n"));
        assert!(valid("NL", "1012 AB") && valid("JP", "100-0001") && valid("PL", "00-950"));
        assert!(!valid("DE", "１０１１５"));
    }

    #[test]
    fn without_a_pattern_anything_goes() {
        assert!(is_valid("anything", Some("ZW"), &Habits::default()));
        assert!(is_valid("anything", None, &Habits::default()));
    }
}
