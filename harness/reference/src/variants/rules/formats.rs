//! Variants with stricter or more lenient field formats.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::Varied;
use crate::clock::{self, TimeRules as _};
use crate::errors::{ApiError, shortened};
use crate::formats::date::{self, Date};
use crate::formats::{FormatRules, Given, misformed, postal, requirement};
use crate::rules::Conforming;
use crate::variants::{formats, wording};

/// The longest name that a variant accepts.
const MAX_NAME_LENGTH: usize = 60;

impl FormatRules for Varied {
    fn check_format(&self, given: Given) -> Result<(), ApiError> {
        let name = given.name;
        let text = self.lenient(given);
        let valid = Conforming.check_format(Given { text: &text, ..given });
        let verdict = match name {
            _ if valid.is_ok() && self.refuses(given) => Err(misformed(name)),
            "firstName" | "lastName" => valid.and_then(|()| self.check_name(name, given.text)),
            _ => valid,
        };
        verdict.map_err(|fault| match fault.field {
            Some(_) if self.is_active(wording::QUOTES_SUBMITTED_VALUES) => {
                fault.details(format!("Field '{name}' {}, not '{}'", requirement(name), shortened(given.text)))
            }
            _ => fault,
        })
    }
}

impl Varied {
    /// The text as a variant reads it.
    fn lenient<'a>(&self, given: Given<'a>) -> Cow<'a, str> {
        let text = given.text;
        match given.name {
            "email" => self.usual_address(text),
            "postalCode" if self.is_active(formats::TRIMMED_POSTAL_CODES) => text.trim().into(),
            "postalCode" if self.is_active(formats::FULL_WIDTH_POSTAL_CODES) => {
                text.chars().map(with_ascii_digit).collect::<String>().into()
            }
            _ => text.into(),
        }
    }

    /// A usual address in the place of an unusual one that a variant accepts.
    fn usual_address<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some((local, domain)) = text.rsplit_once('@') else { return text.into() };
        if is_address_literal(domain) && self.is_active(formats::ADDRESS_LITERALS_ACCEPTED) {
            return format!("{local}@example.com").into();
        }
        if !domain.contains('.') && self.is_active(formats::SINGLE_LABEL_DOMAINS_ACCEPTED) {
            return format!("{text}.com").into();
        }
        if self.is_active(formats::INTERNATIONAL_ADDRESSES_ACCEPTED) {
            return text.replace(|one: char| !one.is_ascii() && one.is_alphanumeric(), "x").into();
        }
        text.into()
    }

    /// Whether a variant refuses the valid text.
    fn refuses(&self, given: Given) -> bool {
        match given.name {
            "dateOfBirth" => date::parse(given.text).is_some_and(|date| self.refuses_date(date)),
            "phoneNumber" => self.refuses_phone(given.text),
            "email" => self.refuses_address(given.text),
            "postalCode" => given.country.is_some_and(|country| self.refuses_postal_code(given.text, country)),
            _ => false,
        }
    }

    fn refuses_date(&self, date: Date) -> bool {
        (date.year < 1900 && self.is_active(formats::DATES_BEFORE_1900_REFUSED))
            || (self.is_active(formats::FUTURE_DATES_REFUSED) && self.is_future(date))
    }

    /// Whether the date is in the future in every time zone.
    fn is_future(&self, date: Date) -> bool {
        let tomorrow = clock::rfc3339(self.signed_seconds() + 24 * 3600);
        format!("{:04}-{:02}-{:02}", date.year, date.month, date.day).as_str() > &tomorrow[..10]
    }

    fn refuses_phone(&self, text: &str) -> bool {
        let unassigned = UNASSIGNED.iter().any(|code| text[1..].starts_with(code));
        (text.len() - 1 < 7 && self.is_active(formats::SHORT_PHONE_NUMBERS_REFUSED))
            || (unassigned && self.is_active(formats::UNASSIGNED_COUNTRY_CODES_REFUSED))
    }

    fn refuses_address(&self, text: &str) -> bool {
        let local = text.rsplit_once('@').map_or(text, |(local, _)| local);
        let plain = |one: char| one.is_ascii_alphanumeric() || ".-_+".contains(one);
        (local.starts_with('"') && self.is_active(formats::QUOTED_LOCAL_PARTS_REFUSED))
            || (!local.chars().all(plain) && self.is_active(formats::PUNCTUATION_IN_MAIL_REFUSED))
    }

    fn refuses_postal_code(&self, text: &str, country: &str) -> bool {
        match postal::pattern(country) {
            Some(_) => {
                text.contains(|one: char| one.is_ascii_lowercase())
                    && self.is_active(formats::LOWER_CASE_POSTAL_CODES_REFUSED)
            }
            None => self.is_active(formats::UNKNOWN_COUNTRIES_REFUSED),
        }
    }

    /// Names have no documented format, but variants limit them.
    fn check_name(&self, name: &'static str, text: &str) -> Result<(), ApiError> {
        let letter = |one: char| one.is_alphabetic() || matches!(one, ' ' | '-' | '.' | '\'' | '’') || is_mark(one);
        match () {
            () if text.chars().count() > MAX_NAME_LENGTH && self.is_active(formats::LONG_NAMES_REFUSED) => Err(
                ApiError::invalid(name, format!("Field '{name}' must not have more than {MAX_NAME_LENGTH} characters")),
            ),
            () if !text.chars().all(letter) && self.is_active(formats::ONLY_LETTERS_IN_NAMES) => {
                Err(ApiError::format(name, format!("Field '{name}' must consist of letters")))
            }
            () => Ok(()),
        }
    }
}

/// Whether the character is a combining accent.
fn is_mark(one: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&one)
}

/// Country codes that the ITU has not assigned.
const UNASSIGNED: [&str; 12] = ["210", "214", "215", "217", "219", "281", "282", "283", "422", "830", "890", "999"];

fn is_address_literal(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| match inner.strip_prefix("IPv6:") {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => inner.parse::<Ipv4Addr>().is_ok(),
    })
}

/// The ASCII digit for a full-width digit; other characters are unchanged.
fn with_ascii_digit(one: char) -> char {
    let digit = u32::from(one).checked_sub(u32::from('０')).and_then(|value| char::from_digit(value, 10));
    digit.unwrap_or(one)
}
