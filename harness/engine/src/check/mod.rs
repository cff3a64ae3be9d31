//! Checks: the rules that every exchange must pass, whoever made it.
//!
//! A check is a pure function from an answer to the violations in it. Which clause it judges stands in
//! the contract's register; in a contract where no clause names it, a check is silent.

mod delivery;
mod details;
mod envelope;
mod leak;
mod rate_limit;
mod request_id;
mod status;
mod unjudged;

pub use delivery::{DELIVERY_CHECKS, DeliveryCheck, DeliveryContext};
pub use leak::leak_patterns;
pub use unjudged::unjudged;

use std::cell::OnceCell;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::contract::{Contract, ErrorCode, Misfit, Operation};
use crate::exchange::{Exchange, Response, TooDeep};
use crate::finding::{Finding, Violation};

/// All that a check may know about an exchange besides the exchange itself.
#[derive(Debug)]
pub struct Context<'c> {
    /// The contract.
    pub contract: &'c Contract,
    /// The operation that was called.
    pub operation: &'c Operation,
    /// The exchange.
    pub exchange: &'c Exchange,
    /// Its response.
    pub response: &'c Response,
    /// The body as JSON, read generously.
    pub body: Option<Value>,
    /// Whether the body is nested more deeply than is read, so that nothing can be said of it.
    pub too_deep: bool,
    /// The code in an error body, registered or not.
    pub code: Option<String>,
    /// The one field that is known to be at fault.
    pub field_at_fault: Option<&'c str>,
    /// Whether another answer of this run had the same request id; `None` where that is of no account.
    pub request_id_seen: Option<bool>,
    /// The credential that was sent, in plain.
    pub secrets: &'c [String],
    /// When that credential expired, where it says so itself.
    pub expiry: Option<DateTime<Utc>>,
    misfits: OnceCell<Vec<Misfit>>,
}

impl<'c> Context<'c> {
    /// The context of an answered exchange; `None` where no answer came or the operation is unknown.
    pub fn new(contract: &'c Contract, exchange: &'c Exchange) -> Option<Self> {
        let response = exchange.response()?;
        let operation = contract.operation(&exchange.request.operation)?;
        // What a server sends behind HEAD all the same is no body of the answer.
        let (body, too_deep) = match response.json_within_limits() {
            _ if operation.is_head() => (None, false),
            Ok(body) => (body, false),
            Err(TooDeep) => (None, true),
        };
        let code = match &body {
            Some(body) if response.is_error() => contract.catalog.code_in(body),
            _ => None,
        };
        Some(Self {
            contract,
            operation,
            exchange,
            response,
            body,
            too_deep,
            code,
            field_at_fault: None,
            request_id_seen: None,
            secrets: &[],
            expiry: None,
            misfits: OnceCell::new(),
        })
    }

    /// Whether there is a body to judge: none behind HEAD (RFC 9110, section 9.3.2), and none that was not read.
    pub fn judges_body(&self) -> bool {
        !self.operation.is_head() && !self.too_deep
    }

    /// The catalogue's entry of the code that came.
    pub fn entry(&self) -> Option<&'c ErrorCode> {
        self.contract.catalog.code(self.code.as_ref()?)
    }
}

/// One rule.
pub struct Check {
    /// Its public name: the promise that it guards.
    pub name: &'static str,
    /// That promise as a sentence.
    pub statement: &'static str,
    /// Whether it has something to judge: it could find a violation here, and its silence shows that there is none.
    pub applies: fn(&Context<'_>) -> bool,
    /// Every violation of the promise.
    pub run: fn(&Context<'_>) -> Vec<Violation>,
}

/// Every check there is.
pub const CHECKS: &[Check] = &[
    envelope::PRESENT,
    envelope::CODE_REGISTERED,
    envelope::MESSAGE_PRESENT,
    envelope::DETAILS_ARE_TEXT,
    envelope::FIELD_NAMES_MEMBER,
    envelope::RETRY_DELAY_PRESENT,
    envelope::NO_UNDOCUMENTED_MEMBERS,
    envelope::MEDIA_TYPE,
    envelope::SUCCESS_WITHOUT_ERROR,
    envelope::STRICT_JSON,
    status::DOCUMENTED,
    status::MATCHES_CODE,
    status::SUCCESS,
    status::SUCCESS_BODY,
    status::NO_CONTENT_IS_EMPTY,
    details::EXPIRY_NAMED,
    details::REQUEST_ID_NAMED,
    rate_limit::HEADERS,
    rate_limit::RETRY_DELAY_AGREES,
    rate_limit::REMAINING_IS_ZERO,
    rate_limit::RESET_AGREES,
    request_id::PRESENT,
    request_id::UNIQUE,
    leak::NO_LEAK,
];

/// The check that looks at the named field: some clauses make its promise theirs.
pub const FIELD_CHECK: &str = envelope::FIELD_NAMES_MEMBER.name;

/// The names of all checks, on exchanges and on deliveries.
pub fn names() -> Vec<&'static str> {
    let deliveries = DELIVERY_CHECKS.iter().map(|check| check.name);
    CHECKS.iter().map(|check| check.name).chain(deliveries).collect()
}

/// What the checks say of one exchange.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The clauses that this answer could have violated and did not, each with the check that judged it.
    pub upheld: Vec<(String, &'static str)>,
    /// What is broken.
    pub findings: Vec<Finding>,
}

/// Applies every check of the contract to one exchange; `index` is its place in the test.
pub fn judge(context: &Context<'_>, index: usize) -> Judgement {
    let mut judgement = Judgement::default();
    for check in CHECKS {
        let Some(clause) = context.contract.clause_of_check(check.name) else {
            continue;
        };
        if !(check.applies)(context) {
            continue;
        }
        let violations = (check.run)(context);
        if violations.is_empty() {
            judgement.upheld.push((clause.id.clone(), check.name));
        }
        judgement.findings.extend(violations.into_iter().map(|violation| Finding {
            clause: clause.id.clone(),
            check: check.name.to_owned(),
            level: clause.level,
            message: check.statement.to_owned(),
            expected: violation.expected,
            actual: violation.actual,
            part: violation.part,
            exchange: index,
        }));
    }
    judgement
}

/// A text as findings quote it, control characters visible. It is not cut here: only what has passed
/// the redactor may be, lest a half of a secret be left that nobody recognises.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_in_kebab_case() {
        for (index, check) in CHECKS.iter().enumerate() {
            assert!(CHECKS[..index].iter().all(|other| other.name != check.name), "{}", check.name);
            assert!(check.name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'));
            assert!(check.statement.ends_with(|letter: char| letter.is_alphanumeric()));
        }
    }
}
