//! Checks the formats of a customer's fields.

mod date;
mod email;
mod format_mutants;
mod phone;
mod postal;

use crate::errors::{Code, Fault, shortened};
use crate::mutants::{envelope, format_mutants as wrong, formats, statuses};
use crate::switches::Switches;
use crate::variants::{formats as variants, wording};

/// The longest name that a variant accepts.
const LONGEST_NAME: usize = 60;

/// Rejects a text that does not have the format of its field.
///
/// `country` is the country of the customer after the request. Without it, any postal code is valid.
pub(crate) fn check(
    name: &'static str,
    text: &str,
    country: Option<&str>,
    updating: bool,
    switches: &Switches,
) -> Result<(), Fault> {
    let unchecked = if updating { UNCHECKED_ON_UPDATE } else { UNCHECKED_ON_CREATE };
    let skipped = switches.first(unchecked).is_some_and(|unchecked| unchecked == name);
    if skipped {
        return Ok(());
    }
    let (given, text) = (text, format_mutants::rewrite(name, text, switches));
    let text = text.as_ref();
    let (good, demand) = match name {
        "dateOfBirth" => (date::is_valid(text, switches), "must be in YYYY-MM-DD format"),
        "phoneNumber" => (phone::is_valid(text, switches), "must be in E.164 format"),
        "email" => (email::is_valid(text, switches), "must be a valid email address"),
        "country" => (is_country(text), "must be an ISO 3166-1 alpha-2 code"),
        "postalCode" => (postal::is_valid(text, country, switches), "must match the country's format"),
        _ if text.is_empty() => (false, "must not be empty"),
        _ => return check_name(name, text, switches),
    };
    let ignored = EVERY_FIFTH.iter().any(|(mutant, field)| !good && *field == name && switches.strikes(*mutant));
    if ignored || (good && !format_mutants::rejects(name, text, switches)) {
        return Ok(());
    }
    let fault = fault(name, demand, updating, switches);
    Err(if switches.vary(wording::QUOTES_SUBMITTED_VALUES) {
        fault.details(format!("Field '{name}' {demand}, not '{}'", shortened(given)))
    } else {
        fault
    })
}

/// Names have no documented format, but variants limit them.
fn check_name(name: &'static str, text: &str, switches: &Switches) -> Result<(), Fault> {
    let letter = |one: char| one.is_alphabetic() || matches!(one, ' ' | '-' | '.' | '\'' | '’') || is_mark(one);
    match () {
        () if text.chars().count() > LONGEST_NAME && switches.vary(variants::LONG_NAMES_REFUSED) => {
            Err(Fault::invalid(name, format!("Field '{name}' must not have more than {LONGEST_NAME} characters")))
        }
        () if !text.chars().all(letter) && switches.vary(variants::ONLY_LETTERS_IN_NAMES) => {
            Err(Fault::format(name, format!("Field '{name}' must consist of letters")))
        }
        () => Ok(()),
    }
}

/// Whether the character is a combining accent.
fn is_mark(one: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&one)
}

const UNCHECKED_ON_UPDATE: &[(crate::mutants::Mutant, &str)] = &[
    (formats::UPDATE_SKIPS_DATE_CHECK, "dateOfBirth"),
    (formats::UPDATE_SKIPS_PHONE_CHECK, "phoneNumber"),
    (formats::UPDATE_SKIPS_MAIL_CHECK, "email"),
    (formats::UPDATE_SKIPS_POSTAL_CHECK, "postalCode"),
];

const UNCHECKED_ON_CREATE: &[(crate::mutants::Mutant, &str)] = &[
    (wrong::CREATE_SKIPS_DATE_CHECK, "dateOfBirth"),
    (wrong::CREATE_SKIPS_PHONE_CHECK, "phoneNumber"),
    (wrong::CREATE_SKIPS_MAIL_CHECK, "email"),
    (wrong::CREATE_SKIPS_POSTAL_CHECK, "postalCode"),
];

const EVERY_FIFTH: &[(crate::mutants::Mutant, &str)] = &[
    (wrong::EVERY_FIFTH_DATE_UNCHECKED, "dateOfBirth"),
    (wrong::EVERY_FIFTH_PHONE_UNCHECKED, "phoneNumber"),
    (wrong::EVERY_FIFTH_MAIL_UNCHECKED, "email"),
    (wrong::EVERY_FIFTH_POSTAL_CODE_UNCHECKED, "postalCode"),
];

const AS_VALIDATION_ERROR: &[(crate::mutants::Mutant, &str)] = &[
    (formats::DATE_FORMAT_AS_VALIDATION_ERROR, "dateOfBirth"),
    (formats::PHONE_FORMAT_AS_VALIDATION_ERROR, "phoneNumber"),
    (formats::MAIL_FORMAT_AS_VALIDATION_ERROR, "email"),
    (formats::POSTAL_FORMAT_AS_VALIDATION_ERROR, "postalCode"),
];

fn fault(name: &'static str, demand: &str, updating: bool, switches: &Switches) -> Fault {
    let fault = Fault::format(name, format!("Field '{name}' {demand}"));
    match () {
        () if switches.first(AS_VALIDATION_ERROR) == Some(name) => fault.code(Code::ValidationError),
        () if updating && switches.has(statuses::UPDATE_FORMAT_AS_400) => fault.status(400),
        () if name == "postalCode" && switches.has(envelope::POSTAL_FAULT_NAMES_COUNTRY) => fault.field("country"),
        () => fault,
    }
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
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
