//! The second opinion on every drawn input: crates and data sets of others, judged here without a line of the code
//! that draws. What two opinions differ on is never claimed.

mod date;
mod mail;
mod phone;

use serde_json::Value;

use super::rule::{Claim, Content, Format, Input, UNIQUE};

/// What one data set or crate says of a text.
type Opinion = fn(&str) -> bool;

/// Whether the input may be claimed so.
pub(super) fn agrees(format: Format, claim: Claim, input: &Input) -> bool {
    match (claim, text_of(input)) {
        (Claim::Survived, _) => true,
        (Claim::Refused("empty"), Some(text)) => text.trim().is_empty(),
        (claim, Some(text)) => agrees_on_text(format, claim, text),
        (_, None) => false,
    }
}

fn agrees_on_text(format: Format, claim: Claim, text: &str) -> bool {
    let (is_valid, is_invalid): (Opinion, Opinion) = match format {
        Format::CalendarDate => (date::is_valid, date::is_invalid),
        Format::PhoneNumber => (phone::is_valid, phone::is_invalid),
        Format::MailAddress => (mail::is_valid, mail::is_invalid),
        _ => return false,
    };
    let text = text.replace(UNIQUE, "u1");
    match claim {
        Claim::Accepted => is_valid(&text),
        Claim::Refused("malformed") => !text.trim().is_empty() && is_invalid(&text),
        _ => false,
    }
}

fn text_of(input: &Input) -> Option<&str> {
    match &input.content {
        Content::Json(Value::String(text)) => Some(text),
        _ => None,
    }
}
