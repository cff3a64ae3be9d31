//! Checks of the `details` text, which must contain an expiry or the request id for certain codes.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use regex::Regex;

use super::envelope::misfits_at;
use super::{Check, ExchangeContext};
use crate::finding::{Violation, quoted};
use spec::contract::DetailsValue;

pub(super) const EXPIRY_NAMED: Check = Check {
    name: "expiry-named",
    statement: "details state the time at which the credential expired",
    applies: |context| names(context) == Some(DetailsValue::Expiry) && !is_misfit(context),
    run: expiry_named,
};

pub(super) const REQUEST_ID_NAMED: Check = Check {
    name: "request-id-in-details",
    statement: "details contain the request id from the header",
    applies: |context| {
        names(context) == Some(DetailsValue::RequestId) && request_id(context).is_some() && !is_misfit(context)
    },
    run: request_id_named,
};

/// RFC 3339, section 5.6.
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})")
        .unwrap_or_else(|error| unreachable!("{error}"))
});

fn names(context: &ExchangeContext<'_>) -> Option<DetailsValue> {
    context.entry()?.details_contain
}

fn details<'b>(context: &'b ExchangeContext<'_>) -> Option<&'b str> {
    let pointer = context.contract.catalog.envelope.pointers.details.as_deref()?;
    context.body.as_ref()?.pointer(pointer)?.as_str()
}

/// Whether the details are of the wrong type. Another check reports that.
fn is_misfit(context: &ExchangeContext<'_>) -> bool {
    !misfits_at(context, context.contract.catalog.envelope.pointers.details.as_deref()).is_empty()
}

fn pointer<'c>(context: &ExchangeContext<'c>) -> &'c str {
    context.contract.catalog.envelope.pointers.details.as_deref().unwrap_or_default()
}

fn request_id<'c>(context: &ExchangeContext<'c>) -> Option<&'c str> {
    let name = &context.contract.catalog.request_id.as_ref()?.header;
    context.response.header(name).filter(|id| !id.is_empty())
}

fn expiry_named(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let Some(text) = details(context) else {
        return vec![Violation::body(pointer(context), "a time as RFC 3339", "nothing there")];
    };
    let times: Vec<DateTime<Utc>> = TIME
        .find_iter(text)
        .filter_map(|found| DateTime::parse_from_rfc3339(found.as_str()).ok())
        .map(|time| time.to_utc())
        .collect();
    let good = match context.expiry {
        Some(expiry) => times.iter().any(|time| (*time - expiry).num_seconds().abs() <= 1),
        None => !times.is_empty(),
    };
    if good {
        return Vec::new();
    }
    let expected = match context.expiry {
        Some(expiry) => format!("the time {}", expiry.format("%Y-%m-%dT%H:%M:%SZ")),
        None => "a time as RFC 3339".to_owned(),
    };
    vec![Violation::body(pointer(context), expected, quoted(text))]
}

fn request_id_named(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let Some(id) = request_id(context) else {
        return Vec::new();
    };
    match details(context) {
        Some(text) if holds_word(text, id) => Vec::new(),
        Some(text) => vec![Violation::body(pointer(context), format!("the request id {}", quoted(id)), quoted(text))],
        None => vec![Violation::body(pointer(context), format!("the request id {}", quoted(id)), "nothing there")],
    }
}

/// Whether the text contains the id as a whole word, not as a part of a longer id.
fn holds_word(text: &str, id: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    text.match_indices(id).any(|(at, _)| !text[..at].ends_with(is_word) && !text[at + id.len()..].starts_with(is_word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_matches_only_as_a_whole_word() {
        assert!(holds_word("Request ID: req_1.", "req_1"));
        assert!(holds_word("req_12 and req_1", "req_1"));
        assert!(!holds_word("Request ID: req_12", "req_1"));
    }
}
