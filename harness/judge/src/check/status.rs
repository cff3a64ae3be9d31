//! Checks of the status: documented, matching the error code, and success as documented.

use super::{Check, ExchangeContext};
use crate::finding::{Part, Violation, quoted};
use spec::contract::{ErrorCode, OccursIn, Success};

pub(super) const DOCUMENTED: Check = Check {
    name: "status-documented",
    statement: "a documented operation returns only documented statuses",
    applies: |_| true,
    run: documented,
};

pub(super) const MATCHES_CODE: Check = Check {
    name: "status-matches-code",
    statement: "each error code comes with its documented status",
    applies: |context| context.entry().is_some(),
    run: matches_code,
};

pub(super) const SUCCESS: Check = Check {
    name: "success-status",
    statement: "a success has the status that the operation documents",
    applies: |context| context.is_success() && context.is_of_operation(),
    run: success,
};

pub(super) const SUCCESS_BODY: Check = Check {
    name: "success-body",
    statement: "a success body holds what the operation documents",
    applies: |context| {
        let has_schema = context.is_of_operation() && success_schema(context).is_some();
        context.is_success() && has_schema && context.judges_body()
    },
    run: success_body,
};

pub(super) const NO_CONTENT_IS_EMPTY: Check = Check {
    name: "no-content-is-empty",
    statement: "a 204 has no body",
    applies: |context| context.response.status == 204 && !context.is_head(),
    run: no_content_is_empty,
};

/// The documented success that was received, if it has a body.
fn success_schema<'c>(context: &ExchangeContext<'c>) -> Option<&'c Success> {
    let operation = context.operation;
    let success = operation.success_of(context.response.status).or_else(|| operation.successes.first())?;
    (success.schema.is_some() && context.response.status != 204).then_some(success)
}

fn documented(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let statuses = &context.contract.catalog.statuses;
    if statuses.contains(&context.response.status) {
        return Vec::new();
    }
    let listed: Vec<String> = statuses.iter().map(u16::to_string).collect();
    vec![Violation::new(Part::Status, format!("one of {}", listed.join(", ")), context.response.status.to_string())]
}

fn matches_code(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let Some(entry) = context.entry() else {
        return Vec::new();
    };
    match entry.occurs_in {
        OccursIn::DeliveryLog => vec![Violation::body(
            &context.contract.catalog.envelope.pointers.code,
            format!("{} only in delivery logs", entry.code),
            format!("{} with {}", entry.code, context.response.status),
        )],
        OccursIn::Response => wrong_status(entry, context.response.status).into_iter().collect(),
    }
}

/// The violation of a response with a code, if its status is not one of the code's.
pub(crate) fn wrong_status(entry: &ErrorCode, status: u16) -> Option<Violation> {
    (!entry.statuses.contains(&status)).then(|| {
        let expected = entry.statuses_in_words().unwrap_or_default();
        let actual = format!("{} with {status}", entry.code);
        Violation::new(Part::Status, format!("{} with {expected}", entry.code), actual)
    })
}

fn success(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let operation = context.operation;
    if operation.success_of(context.response.status).is_some() {
        return Vec::new();
    }
    vec![Violation::new(
        Part::Status,
        format!("{} for {}", operation.success_statuses(), operation.id),
        context.response.status.to_string(),
    )]
}

fn success_body(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let Some(body) = &context.body else {
        let text = String::from_utf8_lossy(&context.response.body);
        return vec![Violation::body("", "a JSON body", format!("no JSON: {} bytes", text.len()))];
    };
    let Some(success) = success_schema(context) else { return Vec::new() };
    context
        .contract
        .schemas
        .success_misfits(&context.operation.id, success, body)
        .into_iter()
        .map(|misfit| Violation::body(&misfit.pointer, misfit.expected, misfit.actual))
        .collect()
}

/// HTTP clients do not read a body after 204, so only `Content-Length` shows it. A chunked body, or one without that
/// header, is not detected.
fn no_content_is_empty(context: &ExchangeContext<'_>) -> Vec<Violation> {
    match context.response.header("content-length") {
        Some(length) if length.parse::<u64>() != Ok(0) => {
            vec![Violation::header("Content-Length", "no body", quoted(length))]
        }
        _ => Vec::new(),
    }
}
