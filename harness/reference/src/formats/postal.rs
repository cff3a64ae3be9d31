//! Postal codes, checked by the pattern of the country.
//!
//! The patterns are in `data/postal_geonames.tsv` and `data/postal_own.tsv`; the latter takes precedence. See
//! `data/README.md` for the sources. Letters may be in lower case. A country without a pattern accepts any code.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

static GEONAMES: &str = include_str!("../../data/postal_geonames.tsv");
static OWN: &str = include_str!("../../data/postal_own.tsv");

pub(crate) static PATTERNS: LazyLock<HashMap<&'static str, Regex>> = LazyLock::new(|| {
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
pub(crate) fn is_valid(text: &str, country: Option<&str>) -> bool {
    country.and_then(pattern).is_none_or(|pattern| pattern.is_match(text))
}

pub(crate) fn pattern(country: &str) -> Option<&'static Regex> {
    PATTERNS.get(country.to_ascii_uppercase().as_str())
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
        let valid = |country, text| is_valid(text, Some(country));
        assert!(valid("US", "94103") && valid("US", "94103-1234") && !valid("US", "9410"));
        assert!(valid("GB", "SW1A 1AA") && valid("CA", "K1A 0B1") && !valid("CA", "K1A 0B"));
        assert!(valid("DE", "10115") && !valid("DE", "1011") && !valid("DE", "10115\n"));
        assert!(valid("NL", "1012 AB") && valid("JP", "100-0001") && valid("PL", "00-950"));
        assert!(!valid("DE", "１０１１５"));
    }

    #[test]
    fn any_code_is_valid_without_a_pattern() {
        assert!(is_valid("anything", Some("ZW")));
        assert!(is_valid("anything", None));
    }
}
