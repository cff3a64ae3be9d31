//! The oracle: an independent judgement of every generated input, based on crates and data sets of others. It shares no
//! code with the generators. If two sources disagree about a value, the value is not asserted.

mod date;
mod document;
mod mail;
mod phone;
mod postal;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::rule::{Assertion, Content, Input, UNIQUE, ValueFormat};

/// The judgement of a text by one data set or crate.
type Judgement = fn(&str) -> bool;

/// Whether the oracle agrees with the assertion about the input.
pub(super) fn agrees(format: ValueFormat, assertion: Assertion, input: &Input) -> bool {
    match (assertion, &input.content) {
        (Assertion::Handled, _) => true,
        (Assertion::Refused("empty"), Content::Json(Value::String(text))) => text.trim().is_empty(),
        (Assertion::Refused("wrong-type" | "null"), Content::Json(value)) => !value.is_string(),
        (Assertion::Refused("not-json"), Content::Body(bytes)) => json_of(bytes).is_none(),
        (Assertion::Refused("not-an-object"), Content::Body(bytes)) => json_of(bytes).is_some_and(|it| !it.is_object()),
        (assertion, Content::Json(Value::String(text))) => agrees_on_text(format, assertion, text, companion(input)),
        (assertion, Content::Large(text)) => agrees_on_text(format, assertion, text, companion(input)),
        (assertion, Content::Document(spec)) => document::agrees(assertion, *spec, companion(input)),
        _ => false,
    }
}

fn agrees_on_text(format: ValueFormat, assertion: Assertion, text: &str, companion: &str) -> bool {
    match format {
        ValueFormat::CalendarDate => agrees_by(assertion, text, date::is_valid, date::is_invalid),
        ValueFormat::PhoneNumber => agrees_by(assertion, text, phone::is_valid, phone::is_invalid),
        ValueFormat::MailAddress => agrees_by(assertion, &text.replace(UNIQUE, "u1"), mail::is_valid, mail::is_invalid),
        ValueFormat::PostalCode => match assertion {
            Assertion::Accepted => postal::is_valid(companion, text),
            Assertion::Refused("malformed") => !text.trim().is_empty() && postal::is_invalid(companion, text),
            _ => false,
        },
        ValueFormat::Document => match assertion {
            Assertion::Accepted => document::is_valid(text, companion),
            Assertion::Refused(kind) => document::is_refused(kind, text, companion),
            Assertion::Handled => true,
        },
        ValueFormat::Text | ValueFormat::NotText | ValueFormat::Body | ValueFormat::PathId => false,
    }
}

/// Agreement for a format without a companion.
fn agrees_by(assertion: Assertion, text: &str, is_valid: Judgement, is_invalid: Judgement) -> bool {
    match assertion {
        Assertion::Accepted => is_valid(text),
        Assertion::Refused("malformed") => !text.trim().is_empty() && is_invalid(text),
        _ => false,
    }
}

fn companion(input: &Input) -> &str {
    input.companion.as_ref().and_then(Value::as_str).unwrap_or_default()
}

/// The value of a body according to `serde_json`, which implements RFC 8259 strictly.
fn json_of(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok()
}
