//! The check of headers that the catalogue requires by status or code (`headers` in `errors.yaml`).

use regex::Regex;

use super::{Check, Context, quoted};
use crate::finding::Violation;
use spec::contract::RequiredHeader;

pub(super) const PRESENT: Check = Check {
    name: "required-headers",
    statement: "a response carries the headers that its status or code requires",
    applies: |context| required(context).next().is_some(),
    run: |context| required(context).filter_map(|entry| violation(context, entry)).collect(),
};

fn required<'c>(context: &'c Context<'_>) -> impl Iterator<Item = &'c RequiredHeader> {
    let (status, code) = (context.response.status, context.code.as_deref());
    context.contract.catalog.headers.iter().filter(move |entry| entry.applies(status, code))
}

/// The difference between the header and its entry, if any. A header may be sent as several fields, of which one must fit.
fn violation(context: &Context<'_>, entry: &RequiredHeader) -> Option<Violation> {
    let fields = context.response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(&entry.header));
    let values: Vec<String> = fields.map(|(_, value)| String::from_utf8_lossy(value).trim().to_owned()).collect();
    if values.iter().any(|value| fits(entry, value)) {
        return None;
    }
    let actual = values.first().map_or_else(|| "no such header".to_owned(), |value| quoted(value));
    Some(Violation::header(&entry.header, expected(entry), actual))
}

fn fits(entry: &RequiredHeader, value: &str) -> bool {
    let number = value.parse::<i64>().ok();
    // Loading the catalogue has refused invalid patterns.
    let is_match = |pattern: &String| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(value));
    entry.equals.as_deref().is_none_or(|text| text == value)
        && entry.contains.as_deref().is_none_or(|part| value.contains(part))
        && entry.matches.as_ref().is_none_or(is_match)
        && entry.below.is_none_or(|below| number.is_some_and(|number| number < below))
        && entry.at_least.is_none_or(|least| number.is_some_and(|number| number >= least))
}

fn expected(entry: &RequiredHeader) -> String {
    let mut parts = Vec::new();
    parts.extend(entry.equals.as_deref().map(quoted));
    parts.extend(entry.contains.as_deref().map(|part| format!("a text that contains {}", quoted(part))));
    parts.extend(entry.matches.as_deref().map(|pattern| format!("a text that matches {pattern}")));
    parts.extend(entry.below.map(|below| format!("an integer below {below}")));
    parts.extend(entry.at_least.map(|least| format!("an integer of at least {least}")));
    let value = if parts.is_empty() { "a value".to_owned() } else { parts.join(" and ") };
    format!("{value}, as on every {}", entry.occasions())
}
