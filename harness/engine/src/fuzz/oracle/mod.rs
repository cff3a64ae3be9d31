//! The second opinion on every drawn input: crates and data sets of others, judged here without a line of the code
//! that draws. What two opinions differ on is never claimed.

mod date;
mod document;
mod mail;
mod phone;
mod postal;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::rule::{Claim, Content, Format, Input, UNIQUE};

/// What one data set or crate says of a text.
type Opinion = fn(&str) -> bool;

/// Whether the input may be claimed so.
pub(super) fn agrees(format: Format, claim: Claim, input: &Input) -> bool {
    match (claim, &input.content) {
        (Claim::Survived, _) => true,
        (Claim::Refused("empty"), Content::Json(Value::String(text))) => text.trim().is_empty(),
        (Claim::Refused("wrong-type" | "null"), Content::Json(value)) => !value.is_string(),
        (Claim::Refused("not-json"), Content::Body(bytes)) => is_no_object(bytes),
        (claim, Content::Json(Value::String(text))) => agrees_on_text(format, claim, text, companion(input)),
        (claim, Content::Large(text)) => agrees_on_text(format, claim, text, companion(input)),
        _ => false,
    }
}

fn agrees_on_text(format: Format, claim: Claim, text: &str, companion: &str) -> bool {
    match format {
        Format::CalendarDate => alone(claim, text, date::is_valid, date::is_invalid),
        Format::PhoneNumber => alone(claim, text, phone::is_valid, phone::is_invalid),
        Format::MailAddress => alone(claim, &text.replace(UNIQUE, "u1"), mail::is_valid, mail::is_invalid),
        Format::PostalCode => match claim {
            Claim::Accepted => postal::is_valid(companion, text),
            Claim::Refused("malformed") => !text.trim().is_empty() && postal::is_invalid(companion, text),
            _ => false,
        },
        Format::Document => match claim {
            Claim::Accepted => document::is_valid(text, companion),
            Claim::Refused(kind) => document::is_refused(kind, text, companion),
            Claim::Survived => true,
        },
        Format::Text | Format::NotText | Format::Body | Format::PathId => false,
    }
}

/// Of a format that needs no companion.
fn alone(claim: Claim, text: &str, is_valid: Opinion, is_invalid: Opinion) -> bool {
    match claim {
        Claim::Accepted => is_valid(text),
        Claim::Refused("malformed") => !text.trim().is_empty() && is_invalid(text),
        _ => false,
    }
}

fn companion(input: &Input) -> &str {
    input.companion.as_ref().and_then(Value::as_str).unwrap_or_default()
}

/// No JSON, or no object; `serde_json` decides, which follows RFC 8259 to the letter.
fn is_no_object(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes).map_or(true, |value| !value.is_object())
}
