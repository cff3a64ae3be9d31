//! Operations that do not check their input: invalid values are accepted for many clauses.
//!
//! Each such operation is one cause. If no operation checks its input, there is only one cause.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::expected::statuses;
use super::{Group, Item};
use crate::model::{ExchangeReport, Report};
use judge::verdict::Verdict;
use spec::contract::Level;

/// The statuses that refuse the values of the input. A conflict with what is stored (409) is another defect.
pub(super) const REFUSES_INPUT: [u16; 2] = [400, 422];
/// If an operation accepts invalid input for this many clauses, it probably does not check its input at all.
pub(super) const UNCHECKED_INPUT: usize = 4;

/// What an operation accepted.
#[derive(Default)]
struct Accepted<'r> {
    groups: BTreeSet<Group<'r>>,
    tests: HashSet<&'r str>,
}

/// If an operation accepts many kinds of invalid input, and more than it refuses, these findings are one cause. Clauses
/// about permissions and about requests without a body are not included.
pub(super) fn input<'r>(report: &'r Report, findings: &[Item<'r>], mut groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let mut about_input: BTreeMap<Group<'r>, bool> = BTreeMap::new();
    for (item, group) in findings.iter().zip(&groups).filter(|(_, group)| is_candidate(group)) {
        *about_input.entry(group.clone()).or_insert(true) &= is_about_input(item);
    }
    about_input.retain(|_, of_input| *of_input);
    let mut operations: BTreeMap<&'r str, Accepted<'r>> = BTreeMap::new();
    for (item, group) in findings.iter().zip(&groups).filter(|(_, group)| about_input.contains_key(group)) {
        let accepted = operations.entry(item.operation).or_default();
        accepted.groups.insert(group.clone());
        accepted.tests.insert(&item.test.name);
    }
    let is_unchecked = |(operation, accepted): &(&&'r str, &Accepted<'r>)| {
        accepted.groups.len() >= UNCHECKED_INPUT && accepted.tests.len() > refusing(report, operation)
    };
    let unchecked: BTreeSet<&str> = operations.iter().filter(is_unchecked).map(|(operation, _)| *operation).collect();
    let is_one_cause = unchecked.len() > 1 && operations.keys().all(|operation| refusing(report, operation) == 0);
    for (item, group) in findings.iter().zip(&mut groups) {
        let is_covered = is_one_cause || unchecked.contains(item.operation);
        if is_covered && about_input.contains_key(group) {
            *group = Group::UncheckedInput(if is_one_cause { "" } else { item.operation });
        }
    }
    groups
}

fn is_candidate(group: &Group<'_>) -> bool {
    matches!(group, Group::Accepts(_, Level::Must))
}

fn is_about_input(item: &Item<'_>) -> bool {
    let exchange = item.test.exchanges.get(item.finding.exchange);
    let request = exchange.and_then(|exchange| exchange.request.as_ref());
    let has_body = request.is_none_or(|request| !request.body.trim().is_empty());
    has_body && statuses(&item.finding.key.expected).iter().all(|status| REFUSES_INPUT.contains(status))
}

/// The number of passed tests in which an operation refused input with a code.
fn refusing(report: &Report, operation: &str) -> usize {
    let passed = report.tests.iter().filter(|test| test.verdict == Verdict::Passed);
    let refuses = |exchange: &ExchangeReport| {
        *exchange.operation == *operation
            && exchange.error_code.is_some()
            && exchange.status_code.is_some_and(|status| REFUSES_INPUT.contains(&status))
    };
    passed.filter(|test| test.exchanges.iter().any(refuses)).count()
}
