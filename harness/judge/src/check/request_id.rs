//! Checks of the request id: present on errors, unique.

use super::{Check, ExchangeContext};
use crate::finding::{Violation, quoted};

pub(super) const PRESENT: Check = Check {
    name: "request-id-present",
    statement: "every error response carries a request id",
    applies: |context| context.response.is_error() && header(context).is_some(),
    run: present,
};

pub(super) const UNIQUE: Check = Check {
    name: "request-id-unique",
    statement: "no two responses share a request id",
    applies: |context| context.request_id_seen.is_some() && sent(context).is_some(),
    run: unique,
};

fn header<'c>(context: &ExchangeContext<'c>) -> Option<&'c str> {
    Some(&context.contract.catalog.request_id.as_ref()?.header)
}

fn sent(context: &ExchangeContext<'_>) -> Option<String> {
    let value = context.response.header_bytes(header(context)?)?;
    let text = String::from_utf8_lossy(value).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn present(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let Some(name) = header(context) else { return Vec::new() };
    if sent(context).is_some() {
        return Vec::new();
    }
    let actual = context.response.header(name).map_or_else(|| "no such header".to_owned(), quoted);
    vec![Violation::header(name, "an id", actual)]
}

fn unique(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let (Some(name), Some(id), Some(true)) = (header(context), sent(context), context.request_id_seen) else {
        return Vec::new();
    };
    vec![Violation::header(name, "a unique id", format!("{}, already used by another response", quoted(&id)))]
}
