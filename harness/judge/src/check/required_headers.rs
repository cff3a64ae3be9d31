//! The check of headers that the catalogue requires by status or code (`headers` in `errors.yaml`).

use super::{Check, ExchangeContext};
use crate::finding::{Violation, quoted};
use crate::header;
use spec::contract::RequiredHeader;
use spec::scenario::Variables;
use spec::scenario::plan::HeaderExpectation;

pub(super) const PRESENT: Check = Check {
    name: "required-headers",
    statement: "a response carries the headers that its status, code or operation requires",
    applies: |context| required(context).next().is_some(),
    run: |context| required(context).filter_map(|entry| violation(context, entry)).collect(),
};

fn required<'c>(context: &'c ExchangeContext<'_>) -> impl Iterator<Item = &'c RequiredHeader> {
    let (status, code) = (context.response.status, context.code.as_deref());
    // A response to HEAD may omit headers that the server only knows after it has built the body.
    let is_about = |entry: &RequiredHeader| {
        entry.operation.is_empty()
            || (entry.is_about(&context.operation.id) && context.is_of_operation() && !context.is_head())
    };
    context.contract.catalog.headers.iter().filter(move |entry| entry.applies(status, code) && is_about(entry))
}

/// The difference between the header and its entry, if any. A header may be sent as several fields, of which one must fit.
fn violation(context: &ExchangeContext<'_>, entry: &RequiredHeader) -> Option<Violation> {
    let fields = context.response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(&entry.header));
    let values: Vec<String> = fields.map(|(_, value)| String::from_utf8_lossy(value).trim().to_owned()).collect();
    let (wanted, no_variables) = (HeaderExpectation::from(entry), Variables::new());
    // An entry has no templates, so no variable of it can be undefined.
    if values.iter().any(|value| header::holds(value, &wanted, &no_variables).unwrap_or_default()) {
        return None;
    }
    let expected = header::expected(&wanted, &no_variables).unwrap_or_default();
    let actual = values.first().map_or_else(|| "no such header".to_owned(), |value| quoted(value));
    Some(Violation::header(&entry.header, format!("{expected}, as on every {}", entry.occasions()), actual))
}
