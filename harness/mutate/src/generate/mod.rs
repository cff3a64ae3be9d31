//! Generates the mutations of a contract from its codes, its envelope, its headers and its operations.
//!
//! A mutation is generated only if its result violates the contract. Mutations of a pair of operation and code, of an
//! actor and of the members of a success are generated for what the target has shown.

mod codes;
mod deliveries;
mod envelope;
mod operations;
mod pairs;
mod partial;
mod situations;
mod values;

use serde_json::Value;

use super::clauses_of_mutation::of_checks;
use super::mutation::{Change, Mutation, When};
use super::observed::Observed;
use super::situation::ResponseKind;
pub use situations::situations;
use spec::contract::{Contract, ErrorCode, Operation, RateLimit};

/// The error page of a web server.
const PAGE: &str = "<html><head><title>Error</title></head><body><center><h1>Error</h1></center></body></html>";
/// The default error body of several web frameworks.
const DETAIL: &str = r#"{"detail":"Not Found"}"#;

/// The check of the envelope.
const PRESENT: &[&str] = &["envelope-present"];
/// The checks of the status of an error.
const STATUS: &[&str] = &["status-matches-code", "status-documented", "status-in-body"];

/// All mutations for a contract and what its target has shown.
pub fn generate(contract: &Contract, observed: &Observed) -> Vec<Mutation> {
    let generator = Generator { contract, observed };
    let catalog = &contract.catalog;
    let mut all = generator.of_all_errors();
    all.extend(generator.required_headers());
    all.extend(catalog.rate_limit.iter().flat_map(|limit| generator.rate_limit(limit)));
    for (entry, _) in codes_with_status(contract) {
        all.extend(generator.code(entry));
        all.extend(generator.parts_of_code(entry));
    }
    all.extend(contract.operations.iter().flat_map(|operation| generator.operation(operation)));
    for (operation, code) in &observed.refusals {
        let (Some(operation), Some(entry)) = (contract.operation(operation), catalog.code(code)) else { continue };
        all.extend(generator.pair(operation, entry));
    }
    all.extend(generator.partial());
    all.extend(generator.deliveries());
    all
}

/// The codes of responses to requests, each with its status.
fn codes_with_status(contract: &Contract) -> impl Iterator<Item = (&ErrorCode, u16)> {
    contract.catalog.codes.iter().filter_map(|entry| Some((entry, entry.status()?)))
}

struct Generator<'c> {
    contract: &'c Contract,
    observed: &'c Observed,
}

impl Generator<'_> {
    fn judged(&self, name: String, when: When, change: Change, checks: &[&str]) -> Mutation {
        Mutation { name, about: None, when, change, clauses: of_checks(self.contract, checks) }
    }

    /// A mutation of all errors.
    fn error(&self, name: &str, change: Change, checks: &[&str]) -> Mutation {
        self.judged(name.to_owned(), errors(), change, checks)
    }

    /// The mutations that change the errors of every operation and code.
    fn of_all_errors(&self) -> Vec<Mutation> {
        let mut all = self.envelope();
        all.extend(self.message());
        all.extend(self.body());
        all.extend(self.request_id());
        all
    }

    /// The checks that report an object without the members of the envelope. If the envelope is the whole body, any
    /// object is an envelope.
    fn of_other_object(&self) -> &'static [&'static str] {
        let is_whole_body = self.contract.catalog.envelope.pointers.envelope.is_empty();
        if is_whole_body { &["code-registered", "message-present"] } else { PRESENT }
    }
}

/// The seconds to add to a delay so that it is too long for the contract, but not for a test.
fn beyond_tolerance(limit: &RateLimit) -> i64 {
    limit.retry_tolerance_seconds.max(limit.reset_tolerance_seconds) + 2
}

fn errors() -> When {
    When { responses: Some(ResponseKind::Errors), ..When::default() }
}

/// The errors of a code.
fn of(code: &str) -> When {
    When { code: Some(code.to_owned()), responses: Some(ResponseKind::Errors), ..When::default() }
}

fn successes() -> When {
    When { responses: Some(ResponseKind::Successes), ..When::default() }
}

fn header(name: &str, what: &str) -> String {
    format!("header/{name}/{what}")
}

/// The status of a success of an operation.
fn success_status(operation: &Operation) -> u16 {
    operation.successes.iter().find_map(|success| success.name.parse().ok()).unwrap_or(200)
}

/// Another value of the same type for a member; `None` for null.
fn other_value(at: &str, value: &Value) -> Option<Change> {
    match value {
        Value::Null => None,
        Value::String(_) => Some(Change::AppendText { at: at.to_owned(), text: "Other".to_owned() }),
        Value::Number(_) => Some(Change::OffsetMember { at: at.to_owned(), by: 1 }),
        Value::Bool(value) => Some(set_member(at, Value::Bool(!value))),
        Value::Array(_) => Some(set_member(at, Value::Array(Vec::new()))),
        Value::Object(_) => Some(set_member(at, Value::Object(serde_json::Map::new()))),
    }
}

fn replaced(media_type: &str, text: &str) -> Change {
    Change::Replace { media_type: media_type.to_owned(), text: text.to_owned() }
}

fn set_header(name: &str, to: &str) -> Change {
    Change::SetHeader { name: name.to_owned(), to: to.to_owned() }
}

fn set_member(at: &str, to: Value) -> Change {
    Change::SetMember { at: at.to_owned(), to }
}

#[cfg(test)]
mod tests;
