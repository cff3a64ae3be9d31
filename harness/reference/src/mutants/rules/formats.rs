//! Mutants of the field formats: unchecked fields, other codes, texts that they read in their own way.

use super::Mutated;
use crate::errors::{ApiError, Code};
use crate::formats::{FormatRules, Given, date, misformed};
use crate::mutants::{Mutant, formats, responses};

impl FormatRules for Mutated {
    fn check_format(&self, given: Given) -> Result<(), ApiError> {
        if self.is_unchecked(given) {
            return Ok(());
        }
        let text = self.lenient(given.name, &self.rewritten(given.name, given.text));
        let read = Given { text: &text, ..given };
        let verdict = match self.postal_verdict(read) {
            Some(true) => Ok(()),
            Some(false) => Err(misformed(given.name)),
            None => self.base.check_format(read),
        };
        match verdict {
            Ok(()) if self.rejects(given.name, &text) => Err(misformed(given.name)),
            // A text without content has a clause of its own (VAL-3), which these mutants keep.
            Err(_) if !text.trim().is_empty() && self.is_fifth(given.name) => Ok(()),
            verdict => verdict,
        }
        .map_err(|fault| self.format_fault(fault, given))
    }
}

impl Mutated {
    fn is_unchecked(&self, given: Given) -> bool {
        let unchecked = if given.updating { UNCHECKED_ON_UPDATE } else { UNCHECKED_ON_CREATE };
        self.first(unchecked) == Some(given.name)
    }

    fn postal_verdict(&self, given: Given) -> Option<bool> {
        let country = given.country.filter(|_| given.name == "postalCode")?;
        self.is_postal_code(given.text, country)
    }

    fn is_fifth(&self, name: &str) -> bool {
        EVERY_FIFTH.iter().any(|(mutant, field)| *field == name && self.every_fifth_time(*mutant))
    }

    fn format_fault(&self, fault: ApiError, given: Given) -> ApiError {
        match () {
            () if self.first(AS_VALIDATION_ERROR) == Some(given.name) => fault.code(Code::ValidationError),
            () if given.name == "postalCode" && self.is_active(responses::POSTAL_FAULT_NAMES_COUNTRY) => {
                fault.field("country")
            }
            () => fault,
        }
    }

    /// The text as a mutant reads it.
    fn lenient(&self, name: &str, text: &str) -> String {
        let reading = READINGS.iter().find(|(field, mutant, _)| *field == name && self.is_active(*mutant));
        let text = reading.map_or_else(|| text.to_owned(), |(_, _, read)| read(text));
        if name == "dateOfBirth" && has_unknown_month(&text) && self.is_active(formats::ACCEPTS_MONTH_13) {
            return format!("{}-01-{}", &text[..4], &text[8..]);
        }
        text
    }
}

fn has_unknown_month(text: &str) -> bool {
    date::parse(text).is_some_and(|date| date.year >= 1 && !(1..=12).contains(&date.month))
}

/// How a mutant reads the text of a field.
type Reading = (&'static str, Mutant, fn(&str) -> String);

const READINGS: &[Reading] = &[
    ("dateOfBirth", formats::ACCEPTS_SHORT_DATES, padded),
    ("dateOfBirth", formats::ACCEPTS_DAY_FIRST, year_first),
    ("dateOfBirth", formats::ACCEPTS_FOREIGN_DIGITS_IN_DATES, with_ascii_digits),
    ("phoneNumber", formats::ACCEPTS_PHONE_EXTENSION, without_extension),
    ("phoneNumber", formats::ACCEPTS_FOREIGN_DIGITS_IN_PHONES, with_ascii_digits),
    ("email", formats::ACCEPTS_DOUBLE_AT, one_at),
    ("email", formats::ACCEPTS_DISPLAY_NAMES, within_brackets),
    ("email", formats::ACCEPTS_HYPHEN_AT_LABEL_EDGE, without_edge_hyphens),
];

const UNCHECKED_ON_UPDATE: &[(Mutant, &str)] = &[
    (formats::UPDATE_SKIPS_DATE_CHECK, "dateOfBirth"),
    (formats::UPDATE_SKIPS_PHONE_CHECK, "phoneNumber"),
    (formats::UPDATE_SKIPS_MAIL_CHECK, "email"),
    (formats::UPDATE_SKIPS_POSTAL_CHECK, "postalCode"),
];

const UNCHECKED_ON_CREATE: &[(Mutant, &str)] = &[
    (formats::CREATE_SKIPS_DATE_CHECK, "dateOfBirth"),
    (formats::CREATE_SKIPS_PHONE_CHECK, "phoneNumber"),
    (formats::CREATE_SKIPS_MAIL_CHECK, "email"),
    (formats::CREATE_SKIPS_POSTAL_CHECK, "postalCode"),
];

const EVERY_FIFTH: &[(Mutant, &str)] = &[
    (formats::EVERY_FIFTH_DATE_UNCHECKED, "dateOfBirth"),
    (formats::EVERY_FIFTH_PHONE_UNCHECKED, "phoneNumber"),
    (formats::EVERY_FIFTH_MAIL_UNCHECKED, "email"),
    (formats::EVERY_FIFTH_POSTAL_CODE_UNCHECKED, "postalCode"),
];

const AS_VALIDATION_ERROR: &[(Mutant, &str)] = &[
    (formats::DATE_FORMAT_AS_VALIDATION_ERROR, "dateOfBirth"),
    (formats::PHONE_FORMAT_AS_VALIDATION_ERROR, "phoneNumber"),
    (formats::MAIL_FORMAT_AS_VALIDATION_ERROR, "email"),
    (formats::POSTAL_FORMAT_AS_VALIDATION_ERROR, "postalCode"),
];

fn padded(text: &str) -> String {
    match text.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => text.to_owned(),
    }
}

fn year_first(text: &str) -> String {
    match text.split(['-', '/', '.']).collect::<Vec<_>>().as_slice() {
        [day, month, year] if day.len() == 2 && year.len() == 4 => format!("{year}-{month}-{day}"),
        _ => text.to_owned(),
    }
}

fn one_at(text: &str) -> String {
    match text.split_once('@') {
        Some((local, rest)) if !text.contains('"') => format!("{local}@{}", rest.replace('@', "")),
        _ => text.to_owned(),
    }
}

fn within_brackets(text: &str) -> String {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
    inner.unwrap_or(text).to_owned()
}

/// The address with letters in the place of hyphens at the edge of a domain label.
fn without_edge_hyphens(text: &str) -> String {
    let Some((local, domain)) = text.rsplit_once('@') else { return text.to_owned() };
    let lettered = |label: &str| match (label.strip_prefix('-'), label.strip_suffix('-')) {
        (Some(rest), None) => format!("x{rest}"),
        (None, Some(rest)) => format!("{rest}x"),
        (Some(rest), Some(_)) => format!("x{}x", rest.strip_suffix('-').unwrap_or_default()),
        (None, None) => label.to_owned(),
    };
    let labels: Vec<String> = domain.split('.').map(lettered).collect();
    format!("{local}@{}", labels.join("."))
}

fn without_extension(text: &str) -> String {
    text.split([';', 'x', ',', '#']).next().unwrap_or(text).trim_end_matches([' ', 'e']).to_owned()
}

/// The text with the digits of several scripts replaced by ASCII digits. Some mutants accept such digits.
fn with_ascii_digits(text: &str) -> String {
    /// The zero of each script. Its other nine digits follow in Unicode.
    const ZEROS: [char; 8] =
        ['\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}', '\u{1d7ce}'];
    let ascii = |one: char| {
        ZEROS.iter().find_map(|&zero| {
            let offset = u32::from(one).checked_sub(u32::from(zero))?;
            char::from_digit(offset, 10)
        })
    };
    text.chars().map(|one| ascii(one).unwrap_or(one)).collect()
}
