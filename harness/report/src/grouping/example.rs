//! Chooses the finding that is shown of a cause. A reader looks at its request and runs its test, so both must show the
//! defect and little else.

use std::collections::BTreeMap;

use super::super::curl::LONG_COMMAND;
use super::super::model::{ExchangeReport, TestReport};
use super::{ENVELOPE_CHECK, Group, Member, shape};
use judge::finding::EXPECTATION;
use judge::verdict::Verdict;

/// The longest path of an ordinary request, prefix of the base URL included.
const LONG_PATH: usize = 120;
/// The longest part of an ordinary path.
const LONG_PART: usize = 60;

/// The finding that shows a cause best.
pub(super) fn shown<'m, 'r>(group: &Group<'r>, members: &'m [Member<'r>], alone: &[&str]) -> Option<&'m Member<'r>> {
    let not_failed = |member: &Member<'_>| member.test.verdict != Verdict::Failed;
    // A finding of another group was merged into this one: it shows what the defect breaks, too, but not the defect.
    let merged = |member: &Member<'_>| matches!(group, Group::Same(defect, _) if member.finding.defect() != *defect);
    // An expectation of a scenario is more specific than a check, and than a property, which is about one value.
    let vague = |member: &Member<'_>| {
        let Member { finding, .. } = member;
        let is_specific = match group {
            Group::NotImplemented(_) | Group::Failing(_) => finding.key.expected.contains("success"),
            Group::NoEnvelope(_) => finding.check == ENVELOPE_CHECK,
            _ => finding.check == EXPECTATION,
        };
        (!is_specific, finding.key.rule.is_some())
    };
    // A test without another cause shows this one alone, and one short request is easier to repeat. A short name is
    // easier to copy.
    let unclear = |member: &Member<'_>| {
        let exchange = member.test.exchanges.get(member.finding.exchange);
        let long = exchange.is_some_and(|exchange| exchange.curl.len() > LONG_COMMAND);
        let single = exchange.is_some_and(|exchange| exchange.self_contained);
        (alone.binary_search(&member.test.name.as_ref()).is_err(), long, !single, member.test.name.len())
    };
    let usual = usual_shape(members);
    let rare = |member: &Member<'_>| matches!(group, Group::NoEnvelope(_)) && shape(member.finding) != usual;
    members.iter().min_by_key(|member| {
        let rank = (member.follows, not_failed(member), member.finding.level, merged(member), vague(member));
        (rank, rare(member), incidental(member), is_unusual(member), unclear(member))
    })
}

/// The shape that most error bodies have.
fn usual_shape<'r>(members: &[Member<'r>]) -> Option<&'r str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for shape in members.iter().filter_map(|member| shape(member.finding)) {
        *counts.entry(shape).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(shape, count)| (*count, std::cmp::Reverse(*shape))).map(|(shape, _)| shape)
}

/// True if the test is about another request: this one only prepares it or cleans up.
fn incidental(member: &Member<'_>) -> bool {
    member.test.exchanges.get(member.finding.exchange).is_none_or(|exchange| *exchange.role != *"asserted")
}

/// True for a request with a generated value or an unusual path. It is weak evidence, because it may be refused for its
/// value.
fn is_unusual(member: &Member<'_>) -> bool {
    let exchange = member.test.exchanges.get(member.finding.exchange);
    is_generated(member.test) || exchange.is_some_and(has_unusual_path)
}

fn is_generated(test: &TestReport) -> bool {
    test.fuzz.is_some()
}

/// The request without the unusual parts of its path: `GET /hooks/…/log`.
pub(in super::super) fn ordinary(endpoint: &str) -> String {
    let parts = endpoint.split('/').map(|part| if part.contains('%') || part.len() > LONG_PART { "…" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// True if the path has escaped characters or is very long.
fn has_unusual_path(exchange: &ExchangeReport) -> bool {
    exchange.endpoint.contains('%') || exchange.endpoint.len() > LONG_PATH
}
