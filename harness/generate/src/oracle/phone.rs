//! Judges telephone numbers: invalid without the form of E.164, valid according to the data of libphonenumber.
//!
//! The data is a table (`data/phone.tsv`; its README has source and licence). A crate with the same data would add many
//! seconds to each build, and half a second to each run.

use std::collections::HashMap;
use std::sync::LazyLock;

use parking_lot::Mutex;
use regex::Regex;

static TABLE: &str = include_str!("../data/phone.tsv");

/// The form of E.164 in the contract: a plus sign and 2 to 15 digits, the first not 0.
static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\A\+[1-9][0-9]{1,14}\z").ok());

/// The plans of each country code, compiled on first use.
static PLANS: LazyLock<Mutex<HashMap<String, Vec<Plan>>>> = LazyLock::new(Mutex::default);

#[derive(Clone)]
struct Plan {
    any: Regex,
    lines: Regex,
}

/// Whether libphonenumber has it as a fixed line or mobile number.
pub(super) fn is_valid(text: &str) -> bool {
    has_form(text) && (2..=4).filter_map(|end| text.get(1..end)).any(|code| is_known(code, &text[1 + code.len()..]))
}

pub(super) fn is_invalid(text: &str) -> bool {
    !has_form(text)
}

fn has_form(text: &str) -> bool {
    FORM.as_ref().is_some_and(|form| form.is_match(text))
}

fn is_known(code: &str, number: &str) -> bool {
    let mut plans = PLANS.lock();
    let plans = plans.entry(code.to_owned()).or_insert_with(|| plans_of(code));
    plans.iter().any(|plan| plan.any.is_match(number) && plan.lines.is_match(number))
}

fn plans_of(code: &str) -> Vec<Plan> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect::<Vec<&str>>());
    rows.filter_map(|row| match row.as_slice() {
        [of, _region, any, lines] if *of == code => Some(Plan { any: whole(any)?, lines: whole(lines)? }),
        _ => None,
    })
    .collect()
}

fn whole(pattern: &str) -> Option<Regex> {
    Regex::new(&format!(r"(?-u)\A(?:{pattern})\z")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_parsed() {
        let codes: std::collections::BTreeSet<&str> =
            TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('\t').next()).collect();
        let plans: usize = codes.iter().map(|code| plans_of(code).len()).sum();
        assert_eq!(plans, TABLE.lines().filter(|line| !line.starts_with('#')).count());
    }

    #[test]
    fn oracle_makes_no_assertion_on_unknown_numbers_in_e164_form() {
        assert!(is_valid("+14155552671") && is_valid("+390612345678") && is_valid("+6834123"));
        for text in ["+12", "+999123456789", "+11111111111"] {
            assert!(!is_valid(text) && !is_invalid(text), "{text}");
        }
        for text in ["", "+", "+1", "14155552671", "+0415555267", "+1234567890123456", "+14155552671\n"] {
            assert!(is_invalid(text), "{text:?}");
        }
    }
}
