//! The formats of a customer's fields.

mod date;
mod email;
mod phone;
mod postal;

use crate::defects::{Flaws, envelope, formats, statuses};
use crate::errors::{Code, Fault};

/// Refuses a text that does not have its field's format.
///
/// `country` is the one the customer will live in; without it, any postal code will do.
pub(crate) fn check(
    name: &'static str,
    text: &str,
    country: Option<&str>,
    updating: bool,
    flaws: &Flaws,
) -> Result<(), Fault> {
    let skipped = updating && flaws.first(UNCHECKED_ON_UPDATE).is_some_and(|unchecked| unchecked == name);
    if skipped {
        return Ok(());
    }
    let (good, demand) = match name {
        "dateOfBirth" => (date::is_valid(text, flaws), "must be in YYYY-MM-DD format"),
        "phoneNumber" => (phone::is_valid(text, flaws), "must be in E.164 format"),
        "email" => (email::is_valid(text, flaws), "must be a valid email address"),
        "country" => (is_country(text), "must be an ISO 3166-1 alpha-2 code"),
        "postalCode" => (postal::is_valid(text, country, flaws), "must match the country's format"),
        _ => (!text.is_empty(), "must not be empty"),
    };
    if good { Ok(()) } else { Err(fault(name, demand, updating, flaws)) }
}

const UNCHECKED_ON_UPDATE: &[(crate::defects::Defect, &str)] = &[
    (formats::UPDATE_SKIPS_DATE_CHECK, "dateOfBirth"),
    (formats::UPDATE_SKIPS_PHONE_CHECK, "phoneNumber"),
    (formats::UPDATE_SKIPS_MAIL_CHECK, "email"),
    (formats::UPDATE_SKIPS_POSTAL_CHECK, "postalCode"),
];

const AS_VALIDATION_ERROR: &[(crate::defects::Defect, &str)] = &[
    (formats::DATE_FORMAT_AS_VALIDATION_ERROR, "dateOfBirth"),
    (formats::PHONE_FORMAT_AS_VALIDATION_ERROR, "phoneNumber"),
    (formats::MAIL_FORMAT_AS_VALIDATION_ERROR, "email"),
    (formats::POSTAL_FORMAT_AS_VALIDATION_ERROR, "postalCode"),
];

fn fault(name: &'static str, demand: &str, updating: bool, flaws: &Flaws) -> Fault {
    let fault = Fault::format(name, format!("Field '{name}' {demand}"));
    match () {
        () if flaws.first(AS_VALIDATION_ERROR) == Some(name) => fault.code(Code::ValidationError),
        () if updating && flaws.has(statuses::UPDATE_FORMAT_AS_400) => fault.status(400),
        () if name == "postalCode" && flaws.has(envelope::POSTAL_FAULT_NAMES_COUNTRY) => fault.field("country"),
        () => fault,
    }
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// A text with the digits of every script written in ASCII, which some defects take for the same.
fn with_ascii_digits(text: &str) -> String {
    /// The zeros of some scripts; each is followed by its nine other digits.
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
