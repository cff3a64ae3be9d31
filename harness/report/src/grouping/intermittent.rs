//! Server errors that occur at times, whatever is requested: an overloaded gateway, or a service that restarts.
//!
//! Setup and cleanup send ordinary requests, the same in many tests. If several operations fail there with the same status
//! and code, and usually succeed, the request is not the reason.

use std::collections::{BTreeMap, HashSet};

use super::{Group, Item};
use crate::model::{ExchangeReport, Report};

/// If ordinary requests of this many operations fail at times, all operations can.
const SEVERAL: usize = 2;

/// The status and the code of a server error; the code is empty if there is none.
type Failure<'r> = (u16, &'r str);

/// The server errors that occur at times.
pub(super) struct Intermittent<'r>(HashSet<Failure<'r>>);

impl<'r> Intermittent<'r> {
    pub(super) fn of(report: &'r Report) -> Self {
        let mut succeeded: BTreeMap<&str, usize> = BTreeMap::new();
        let mut failed: BTreeMap<Failure<'r>, BTreeMap<&str, usize>> = BTreeMap::new();
        let exchanges = report.tests.iter().flat_map(|test| &test.exchanges);
        for exchange in exchanges.filter(|exchange| *exchange.role != *"asserted") {
            let operation = exchange.operation.as_ref();
            match (exchange.status_code, failure(exchange)) {
                (Some(200..300), _) => *succeeded.entry(operation).or_default() += 1,
                (_, Some(failure)) => *failed.entry(failure).or_default().entry(operation).or_default() += 1,
                _ => {}
            }
        }
        let usually_succeeds =
            |(operation, count): &(&&str, &usize)| **count < succeeded.get(**operation).copied().unwrap_or_default();
        let is_intermittent =
            |operations: &BTreeMap<&str, usize>| operations.iter().filter(usually_succeeds).count() >= SEVERAL;
        Self(failed.into_iter().filter(|(_, of)| is_intermittent(of)).map(|(failure, _)| failure).collect())
    }

    /// The group of a finding about such a response.
    pub(super) fn of_item(&self, item: &Item<'r>) -> Option<Group<'r>> {
        let failure = failure(item.test.exchanges.get(item.finding.exchange)?)?;
        self.0.contains(&failure).then_some(Group::Intermittent(failure.0, failure.1))
    }
}

/// The number of responses with this status and code, and of all responses.
pub(super) fn share(report: &Report, shown: &ExchangeReport) -> (usize, usize) {
    let all = report.tests.iter().flat_map(|test| &test.exchanges).filter(|exchange| exchange.status_code.is_some());
    let same = all.clone().filter(|exchange| failure(exchange) == failure(shown)).count();
    (same, all.count())
}

fn failure(exchange: &ExchangeReport) -> Option<Failure<'_>> {
    let status = exchange.status_code.filter(|status| *status >= 500)?;
    Some((status, exchange.error_code.as_deref().unwrap_or_default()))
}
