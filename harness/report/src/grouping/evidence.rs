//! Findings of several clauses with the same evidence are one cause: one wrong answer can break several clauses.
//!
//! Two groups are merged only if both are about the whole answer (its status and code), and if
//!
//! - every finding of one is about an exchange of the other, or
//! - one expects the same as the other or an alternative, and its operations got the same answer. There must be only one
//!   such other group: with several it is not clear which of them explains the answer.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Group, Item, status_of};
use judge::finding::EXPECTATION;

/// What the findings of a group have in common.
#[derive(Default)]
struct Evidence<'r> {
    /// Test and index of the exchange.
    exchanges: BTreeSet<(&'r str, usize)>,
    operations: BTreeSet<&'r str>,
    answers: BTreeSet<&'r str>,
    expected: BTreeSet<&'r str>,
    /// True if all findings are expectations about the whole answer.
    expectations: bool,
}

/// Replaces the group of findings that another group explains.
pub(super) fn merged<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let all = collected(findings, &groups);
    let leads: HashMap<Group<'r>, Group<'r>> =
        all.iter().filter_map(|(group, own)| Some((group.clone(), lead(&all, group, own)?.clone()))).collect();
    groups.into_iter().map(|group| last_lead(&leads, group)).collect()
}

/// The evidence of the groups whose findings are all about the whole answer.
fn collected<'r>(findings: &[Item<'r>], groups: &[Group<'r>]) -> BTreeMap<Group<'r>, Evidence<'r>> {
    let mut all: BTreeMap<Group<'r>, Evidence<'r>> = BTreeMap::new();
    let mut others: BTreeSet<&Group<'r>> = BTreeSet::new();
    for (item, group) in findings.iter().zip(groups).filter(|(_, group)| matches!(group, Group::Same(..))) {
        let key = &item.finding.key;
        let about_answer = !key.answer.is_empty() && item.finding.defect().came == key.answer;
        if !about_answer {
            others.insert(group);
            continue;
        }
        let own = all.entry(group.clone()).or_insert_with(|| Evidence { expectations: true, ..Evidence::default() });
        own.exchanges.insert((&item.test.name, item.finding.exchange));
        own.operations.insert(item.operation);
        own.answers.insert(&key.answer);
        own.expected.insert(&key.expected);
        own.expectations &= item.finding.check == EXPECTATION;
    }
    all.retain(|group, _| !others.contains(group));
    all
}

/// The group that explains this one.
fn lead<'g, 'r>(
    all: &'g BTreeMap<Group<'r>, Evidence<'r>>,
    group: &Group<'r>,
    own: &Evidence<'r>,
) -> Option<&'g Group<'r>> {
    let others = || all.iter().filter(|(other, _)| *other != group && level(other) == level(group));
    // With the same exchanges, the first group is the lead.
    let covers = |other: &Group<'r>, theirs: &Evidence<'r>| {
        own.exchanges.is_subset(&theirs.exchanges) && (own.exchanges.len() < theirs.exchanges.len() || other < group)
    };
    let covering = others().filter(|(other, theirs)| covers(other, theirs));
    if let Some((other, _)) = covering.max_by_key(|(_, theirs)| theirs.exchanges.len()) {
        return Some(other);
    }
    let mut stronger = others().filter(|(_, theirs)| is_weaker(own, theirs));
    let only = stronger.next()?;
    stronger.next().is_none().then_some(only.0)
}

/// True if the same refusal breaks an expectation that permits more.
fn is_weaker(own: &Evidence<'_>, theirs: &Evidence<'_>) -> bool {
    let refusal = |answer: &&str| status_of(answer).is_some_and(|status| (400..500).contains(&status));
    let same = own.answers.len() == 1 && own.answers == theirs.answers && own.answers.iter().all(refusal);
    let permits = |evidence: &Evidence<'_>| -> BTreeSet<String> {
        let alternatives = evidence.expected.iter().flat_map(|text| text.split(" or "));
        alternatives.map(str::to_owned).collect()
    };
    let (own_permits, their_permits) = (permits(own), permits(theirs));
    own.expectations
        && theirs.expectations
        && same
        && own.operations.is_subset(&theirs.operations)
        && their_permits.is_subset(&own_permits)
        && their_permits.len() < own_permits.len()
}

fn level<'g>(group: &'g Group<'_>) -> Option<&'g spec::contract::Level> {
    match group {
        Group::Same(_, level) => Some(level),
        _ => None,
    }
}

/// The last group of a chain. Each lead has more exchanges, permits less or comes first, but a chain of both rules could
/// lead back; it then ends where it began.
fn last_lead<'r>(leads: &HashMap<Group<'r>, Group<'r>>, group: Group<'r>) -> Group<'r> {
    let mut at = &group;
    for _ in 0..leads.len() {
        match leads.get(at) {
            Some(next) if *next != group => at = next,
            Some(_) => return group,
            None => break,
        }
    }
    at.clone()
}
