//! Operations that do not work at all: what their tests assert first says nothing about the defect.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::expected::{is_server_error, status_of, statuses};
use super::{Item, is_header};
use crate::model::Report;
use crate::queries::Defect;
use judge::finding::EXPECTATION;
use judge::verdict::Verdict;

/// The statuses with which a framework responds to a request for an unknown operation.
const NO_SUCH_OPERATION: [u16; 3] = [404, 405, 501];
/// The statuses of a refusal that comes before the operation is looked for: by a check of credentials, bodies or rates.
const BEFORE_THE_OPERATION: [u16; 5] = [401, 403, 413, 415, 429];

/// Operations to which a framework responded as to an unknown operation, although at least one test expected something
/// else. All other requests were refused before the operation was looked for. A test that passed with such a response
/// shows that the operation exists: the response is documented.
pub(super) fn not_implemented<'r>(report: &'r Report, findings: &[Item<'r>]) -> HashSet<&'r str> {
    let mut responses: HashMap<&str, bool> = HashMap::new();
    let mut refused: HashSet<&str> = HashSet::new();
    for (test, exchange) in report.tests.iter().flat_map(|test| test.exchanges.iter().map(move |one| (test, one))) {
        let Some(status) = exchange.status_code else { continue };
        let is_unknown = NO_SUCH_OPERATION.contains(&status) && test.verdict != Verdict::Passed;
        let of_a_framework = exchange.error_code.is_none() && (is_unknown || status == 400);
        let all = responses.entry(&exchange.operation).or_insert(true);
        *all &= of_a_framework || BEFORE_THE_OPERATION.contains(&status);
        if BEFORE_THE_OPERATION.contains(&status) {
            refused.insert(&exchange.operation);
        }
    }
    let expected_otherwise = |item: &&Item<'_>| {
        let response = status_of(&item.finding.key.response);
        let expected = statuses(&item.finding.key.expected);
        // Where some requests are refused first, another refusal of that kind proves nothing.
        let proves = |status: &u16| !refused.contains(item.operation) || !BEFORE_THE_OPERATION.contains(status);
        let other = item.finding.key.expected.contains("success") || expected.iter().any(proves);
        let is_unknown = |status: u16| NO_SUCH_OPERATION.contains(&status) && !expected.contains(&status);
        item.finding.check == EXPECTATION && other && response.is_some_and(is_unknown)
    };
    let is_candidate = |operation: &&str| responses.get(operation).copied().unwrap_or_default();
    let proved: HashSet<&str> =
        findings.iter().filter(expected_otherwise).map(|item| item.operation).filter(is_candidate).collect();
    // An operation that responds with the same status and body as a proved one is not implemented either.
    let body = |item: &Item<'r>| {
        let exchange = item.test.exchanges.get(item.finding.exchange)?;
        Some((exchange.status_code?, &*exchange.response.as_ref()?.body))
    };
    let fallbacks: HashSet<(u16, &str)> =
        findings.iter().filter(|item| proved.contains(item.operation)).filter_map(body).collect();
    let alike = |item: &&Item<'r>| body(item).is_some_and(|body| !body.1.is_empty() && fallbacks.contains(&body));
    let others = findings.iter().filter(|item| is_candidate(&item.operation)).filter(alike).map(|item| item.operation);
    others.chain(proved.iter().copied()).collect()
}

/// True for a refusal that says nothing about the operation: a defect in it shows on other operations, too.
pub(super) fn is_refused_before(item: &Item<'_>) -> bool {
    status_of(&item.finding.key.response).is_some_and(|status| BEFORE_THE_OPERATION.contains(&status))
}

/// The operations that return a server error for every valid request.
pub(super) struct Failing<'r> {
    operations: HashSet<&'r str>,
    /// Header defects that responses of other operations have, too.
    headers: HashSet<Defect<'r>>,
}

impl<'r> Failing<'r> {
    /// If most operations fail, something in front of the API is out of order, and the operations do not matter.
    pub(super) fn of(report: &'r Report, findings: &[Item<'r>]) -> Self {
        let mut succeeded: BTreeMap<&str, bool> = BTreeMap::new();
        for exchange in report.tests.iter().flat_map(|test| &test.exchanges) {
            let Some(status) = exchange.status_code else { continue };
            *succeeded.entry(&exchange.operation).or_default() |= status < 400;
        }
        let never = |operation: &&str| succeeded.get(operation) == Some(&false);
        let fails = findings.iter().filter(|item| {
            let key = &item.finding.key;
            // With alternatives, the request may be one that the operation refuses.
            let only_success = key.expected.starts_with("success") && !key.expected.contains(" or ");
            item.finding.check == EXPECTATION && only_success && is_server_error(&key.response)
        });
        // A setup step must succeed, too.
        let setup =
            report.tests.iter().flat_map(|test| &test.exchanges).filter(|exchange| {
                *exchange.role == *"set-up" && exchange.status_code.is_some_and(|status| status >= 500)
            });
        let setup = setup.map(|exchange| exchange.operation.as_ref());
        let mut operations: HashSet<&str> = fails.map(|item| item.operation).chain(setup).filter(never).collect();
        if operations.len() > 1 && operations.len() * 2 > succeeded.len() {
            operations.clear();
        }
        let elsewhere = findings.iter().filter(|item| is_header(item.finding) && !operations.contains(item.operation));
        let headers = elsewhere.map(|item| item.finding.defect()).collect();
        Self { operations, headers }
    }

    /// Whether the failing operation explains a finding: it is about one of its server errors.
    pub(super) fn explains(&self, item: &Item<'r>) -> bool {
        let elsewhere = is_header(item.finding) && self.headers.contains(&item.finding.defect());
        self.operations.contains(item.operation) && is_server_error(&item.finding.key.response) && !elsewhere
    }
}
