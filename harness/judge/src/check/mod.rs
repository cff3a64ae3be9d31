//! Checks: pure functions that judge every response of every test.
//!
//! A check returns the violations in a response. The contract says which clause a check judges. A check that no clause
//! names does not run.

mod delivery;
mod details;
mod envelope;
mod leak;
mod rate_limit;
mod request_id;
mod required_headers;
mod status;
mod unjudged;

pub use delivery::{DELIVERY_CHECKS, DeliveryCheck, DeliveryContext};
pub use leak::leak_patterns;
pub(crate) use status::wrong_status;
pub use unjudged::unjudged;

use std::cell::OnceCell;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::exchange::{Exchange, JsonLimit, Response};
use crate::finding::{Finding, MAX_TEXT_LENGTH, Part, Violation};
use spec::contract::{Contract, ErrorCode, Level, Misfit, Operation};

/// Everything that a check may use.
#[derive(Debug)]
pub struct ExchangeContext<'c> {
    pub contract: &'c Contract,
    pub operation: &'c Operation,
    pub exchange: &'c Exchange,
    pub response: &'c Response,
    /// The body as JSON, read leniently.
    pub body: Option<Value>,
    /// The limit that the body exceeds, if any. Then it is not read and not judged.
    pub unread: Option<JsonLimit>,
    /// The code in an error body, published or not. A published code in a body with a 2xx status also makes the response
    /// an error: checks report the status, and expectations judge the code.
    pub code: Option<String>,
    /// The invalid field of the request, if it is known.
    pub field_at_fault: Option<&'c str>,
    /// Whether another response of this run had the same request id; `None` if that does not matter.
    pub request_id_seen: Option<bool>,
    /// The credentials that were sent, not redacted.
    pub secrets: &'c [String],
    /// When the credential expired, if it contains its expiry.
    pub expiry: Option<DateTime<Utc>>,
    misfits: OnceCell<Vec<Misfit>>,
}

impl<'c> ExchangeContext<'c> {
    /// The context of an exchange; `None` without a response or for an unknown operation.
    pub fn new(contract: &'c Contract, exchange: &'c Exchange) -> Option<Self> {
        let response = exchange.response()?;
        let operation = contract.operation(&exchange.request.operation)?;
        // Bytes that a server sends after a HEAD response are not its body.
        let (body, unread) = match response.json_within_limits() {
            _ if exchange.request.method == "HEAD" => (None, None),
            Ok(body) => (body, None),
            Err(limit) => (None, Some(limit)),
        };
        let code = body.as_ref().and_then(|body| response.error_code(contract, operation, body));
        Some(Self {
            contract,
            operation,
            exchange,
            response,
            body,
            unread,
            code,
            field_at_fault: None,
            request_id_seen: None,
            secrets: &[],
            expiry: None,
            misfits: OnceCell::new(),
        })
    }

    /// True for a 2xx status without an error body.
    pub fn is_success(&self) -> bool {
        self.response.is_success() && self.code.is_none()
    }

    /// Whether the response has no body, whatever its status (RFC 9110, section 9.3.2).
    pub(crate) fn is_head(&self) -> bool {
        self.exchange.request.method == "HEAD"
    }

    /// Whether the response is one of the operation. A step may send another method, or send to another path.
    pub(crate) fn is_of_operation(&self) -> bool {
        let request = &self.exchange.request;
        let path = request.path.split('?').next().unwrap_or_default();
        let mut own = self.operation.path.split('/');
        let same = path.split('/').all(|segment| own.next().is_some_and(|own| own == segment || own.contains('{')));
        request.method == self.operation.method && same && own.next().is_none()
    }

    /// Whether there is a body to judge. HEAD has none (RFC 9110, section 9.3.2), and a body beyond a limit was not read.
    pub(crate) fn judges_body(&self) -> bool {
        !self.is_head() && self.unread.is_none()
    }

    /// The catalogue entry of the received code.
    pub fn entry(&self) -> Option<&'c ErrorCode> {
        self.contract.catalog.code(self.code.as_ref()?)
    }
}

/// A check on exchanges.
pub struct Check {
    /// The public name, in kebab case.
    pub name: &'static str,
    /// What must be true, as a sentence.
    pub statement: &'static str,
    /// Whether the exchange could violate the check. If so, no violation is evidence that the clause is upheld.
    pub applies: fn(&ExchangeContext<'_>) -> bool,
    /// The violations in the exchange.
    pub run: fn(&ExchangeContext<'_>) -> Vec<Violation>,
}

/// All checks on exchanges.
pub const CHECKS: &[Check] = &[
    envelope::PRESENT,
    envelope::CODE_REGISTERED,
    envelope::MESSAGE_PRESENT,
    envelope::STATUS_IN_BODY,
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
    required_headers::PRESENT,
    leak::NO_LEAK,
];

/// The check of the named field. Its violations also count for clauses that name the field themselves.
pub const FIELD_CHECK: &str = envelope::FIELD_NAMES_MEMBER.name;

/// The name of the check that a code comes with its status.
pub(crate) const CODE_STATUS_CHECK: &str = status::MATCHES_CODE.name;

/// Whether a clause of this level, or of MUST, names a check. What a check of a SHOULD clause reports is only a warning, so it
/// cannot stand for the violation of a MUST clause.
pub(crate) fn is_judged(contract: &Contract, check: &str, level: Level) -> bool {
    contract.clause_of_check(check).is_some_and(|clause| clause.level == Level::Must || clause.level == level)
}

/// Whether a check that a clause of this level names reports that no published code can be read.
pub(crate) fn reports_unreadable_code(context: &ExchangeContext<'_>, level: Level) -> bool {
    let reports = |check| !reported(check, context, level).is_empty();
    [&envelope::PRESENT, &envelope::CODE_REGISTERED].into_iter().any(reports)
}

/// Whether a check that a clause of this level names reports the member at this pointer of a success body: it is absent, or
/// it is not the documented value. If the body does not have the member, something that should contain it may be reported.
pub(crate) fn reports_member(context: &ExchangeContext<'_>, pointer: &str, is_absent: bool, level: Level) -> bool {
    let contains = |part: &str| pointer.strip_prefix(part).is_some_and(|rest| rest.starts_with('/'));
    let violations = reported(&status::SUCCESS_BODY, context, level);
    violations.iter().any(|violation| match &violation.part {
        Part::Body(part) => part == pointer || is_absent && contains(part),
        _ => false,
    })
}

/// What a check reports in an exchange, if a clause of this level names the check.
fn reported(check: &Check, context: &ExchangeContext<'_>, level: Level) -> Vec<Violation> {
    let named = is_judged(context.contract, check.name, level);
    if named && (check.applies)(context) { (check.run)(context) } else { Vec::new() }
}

/// The names of all checks, on exchanges and on deliveries.
pub fn names() -> Vec<&'static str> {
    let deliveries = DELIVERY_CHECKS.iter().map(|check| check.name);
    CHECKS.iter().map(|check| check.name).chain(deliveries).collect()
}

/// The results of all checks on one exchange.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The clauses that the response could have violated and did not, each with its check.
    pub upheld: Vec<(String, &'static str)>,
    pub findings: Vec<Finding>,
}

/// Applies every check of the contract to one exchange. `index` is its index in the test.
pub fn judge(context: &ExchangeContext<'_>, index: usize) -> Judgement {
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
        judgement.findings.extend(violations.into_iter().take(MAX_VIOLATIONS).map(|violation| Finding {
            clause: clause.id.clone(),
            check: check.name.to_owned(),
            level: clause.level,
            message: check.statement.to_owned(),
            expected: cut(violation.expected),
            actual: cut(violation.actual),
            part: violation.part.cut(MAX_PLACE_LENGTH),
            exchange: index,
            line: None,
        }));
    }
    judgement
}

/// The most violations of one check in one response that are reported: a target may send any number of members.
const MAX_VIOLATIONS: usize = 20;
/// The longest place of a finding, in bytes. Reports show less, after redaction.
const MAX_PLACE_LENGTH: usize = 1024;

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(MAX_TEXT_LENGTH));
    text
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
