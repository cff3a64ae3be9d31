//! Checks the formats of a customer's fields.

pub(crate) mod date;
pub(crate) mod email;
pub(crate) mod phone;
pub(crate) mod postal;

use crate::clock::TimeRules;
use crate::errors::ApiError;

/// The text that was given for a field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    pub(crate) name: &'static str,
    pub(crate) text: &'a str,
    /// The country of the customer after the request. Without it, any postal code is valid.
    pub(crate) country: Option<&'a str>,
    pub(crate) updating: bool,
}

/// Which texts have the format of their field.
pub(crate) trait FormatRules: TimeRules {
    /// FMT-1 to FMT-4: a text that does not have the format of its field.
    fn check_format(&self, given: Given) -> Result<(), ApiError> {
        check(given)
    }
}

/// Rejects a text that does not have the format of its field.
fn check(Given { name, text, country, .. }: Given) -> Result<(), ApiError> {
    let valid = match name {
        "dateOfBirth" => date::is_valid(text),
        "phoneNumber" => phone::is_valid(text),
        "email" => email::is_valid(text),
        "country" => is_country(text),
        "postalCode" => postal::is_valid(text, country),
        _ => !text.is_empty(),
    };
    if valid { Ok(()) } else { Err(misformed(name)) }
}

/// INVALID_FIELD_FORMAT for a field.
pub(crate) fn misformed(name: &str) -> ApiError {
    ApiError::format(name, format!("Field '{name}' {}", requirement(name)))
}

/// What the format of a field is.
pub(crate) fn requirement(name: &str) -> &'static str {
    match name {
        "dateOfBirth" => "must be in YYYY-MM-DD format",
        "phoneNumber" => "must be in E.164 format",
        "email" => "must be a valid email address",
        "country" => "must be an ISO 3166-1 alpha-2 code",
        "postalCode" => "must match the country's format",
        _ => "must not be empty",
    }
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}
