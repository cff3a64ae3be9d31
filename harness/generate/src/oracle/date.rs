//! Judges dates with the crate `chrono`: a valid date must be read, and be written back unchanged.

use chrono::{Datelike, NaiveDate};

/// The first asserted year; validators may disagree about earlier ones.
const FIRST_YEAR: i32 = 1900;

/// The last asserted day, which is in the past on every clock.
const LAST_DAY: &str = "2025-12-31";

pub(super) fn is_valid(text: &str) -> bool {
    read(text).is_some_and(|date| date.year() >= FIRST_YEAR) && text <= LAST_DAY
}

pub(super) fn is_invalid(text: &str) -> bool {
    read(text).is_none()
}

/// `chrono` also accepts missing zeros and signs, so the date is formatted again and compared with the text.
fn read(text: &str) -> Option<NaiveDate> {
    const FORMAT: &str = "%Y-%m-%d";
    let date = NaiveDate::parse_from_str(text, FORMAT).ok()?;
    (text.len() == 10 && (0..=9999).contains(&date.year()) && date.format(FORMAT).to_string() == text).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_chrono_reads_leniently_are_invalid() {
        for text in
            ["2023-2-3", "+2023-02-03", " 2023-02-03", "2023-02-03 ", "-2023-02-03", "02023-02-03", "2023-02-29"]
        {
            assert!(is_invalid(text), "{text:?}");
        }
    }

    #[test]
    fn oracle_makes_no_assertion_before_1900_and_after_2025() {
        for text in ["1899-12-31", "0000-01-01", "2026-01-01", "9999-12-31"] {
            assert!(!is_invalid(text) && !is_valid(text), "{text}");
        }
        assert!(is_valid("1900-01-01") && is_valid("2000-02-29") && is_valid(LAST_DAY));
    }
}
