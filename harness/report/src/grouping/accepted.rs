//! What follows from a request that was accepted although it must be refused.
//!
//! A check that is missing shows in different ways. The request succeeds, or the next check refuses it with another
//! code. Later steps of the same test then find what the request has changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::expected::{is_server_error, permits_refusals, status_of, statuses};
use super::{Group, Item, led};
use crate::model::FindingReport;
use judge::finding::EXPECTATION;
use spec::contract::Level;

/// The status that refuses the caller, whatever the request.
const REFUSES_CALLER: u16 = 401;

/// If so many operations lack a check, it is one that all operations share.
const SHARED: usize = 2;

/// What the findings of a group have in common.
#[derive(Default)]
struct Requests<'r> {
    operations: BTreeSet<&'r str>,
    actors: BTreeSet<&'r str>,
    expected: BTreeSet<&'r str>,
}

impl<'r> Requests<'r> {
    fn add(&mut self, item: &Item<'r>) {
        self.operations.insert(item.operation);
        self.expected.insert(&item.finding.key.expected);
        let exchange = item.test.exchanges.get(item.finding.exchange);
        self.actors.extend(exchange.map(|exchange| exchange.actor.as_ref()));
    }
}

/// Replaces the groups of requests that got another refusal than the expected one, if requests of the same kind are
/// accepted: the same clause and expected response, and the same operations or several others; or the same callers, who must
/// be refused by all. A clause that permits every refusal says no more than the clause of another group that accepts
/// requests of these operations.
pub(super) fn other_responses<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let mut accepted: BTreeMap<(&str, Level), Requests<'r>> = BTreeMap::new();
    let mut refused: BTreeMap<&Group<'r>, Requests<'r>> = BTreeMap::new();
    let mut others: BTreeSet<&Group<'r>> = BTreeSet::new();
    for (item, group) in findings.iter().zip(&groups) {
        match group {
            Group::Accepts(clause, level) => accepted.entry((clause, *level)).or_default().add(item),
            Group::Same(..) | Group::Fails(..) if is_other_refusal(item.finding) => {
                refused.entry(group).or_default().add(item);
            }
            Group::Fails(..) => {
                others.insert(group);
            }
            _ => {}
        }
    }
    refused.retain(|group, _| !others.contains(group));
    let mut leads: HashMap<Group<'r>, Group<'r>> =
        refused.iter().filter_map(|(group, own)| Some(((*group).clone(), lead(&accepted, group, own)?))).collect();
    leads.extend(open_clauses(&accepted));
    led(groups, &leads)
}

/// The groups of accepted requests that any refusal would have satisfied, each with the only other group of accepted
/// requests of its operations.
fn open_clauses<'r>(accepted: &BTreeMap<(&'r str, Level), Requests<'r>>) -> Vec<(Group<'r>, Group<'r>)> {
    let group = |(clause, level): &(&'r str, Level)| Group::Accepts(clause, *level);
    let is_open = |of: &Requests<'r>| of.expected.iter().all(|expected| permits_refusals(expected));
    let mut leads = Vec::new();
    for (key, own) in accepted.iter().filter(|(_, own)| is_open(own)) {
        let covers = |(other, theirs): &(&(&'r str, Level), &Requests<'r>)| {
            other.1 <= key.1 && !is_open(theirs) && own.operations.is_subset(&theirs.operations)
        };
        let mut candidates = accepted.iter().filter(covers);
        if let (Some((only, _)), None) = (candidates.next(), candidates.next()) {
            leads.push((group(key), group(only)));
        }
    }
    leads
}

/// True for a refusal, or a server error, in place of another refusal.
fn is_other_refusal(finding: &FindingReport) -> bool {
    let refusal = status_of(&finding.key.response).is_some_and(|status| (400..600).contains(&status));
    let expected = statuses(&finding.key.expected);
    finding.check == EXPECTATION
        && finding.defect().actual == finding.key.response
        && refusal
        && !finding.key.expected.contains("success")
        && !expected.is_empty()
}

fn lead<'r>(
    accepted: &BTreeMap<(&'r str, Level), Requests<'r>>,
    group: &Group<'r>,
    own: &Requests<'r>,
) -> Option<Group<'r>> {
    let (clause, actual, level) = match group {
        Group::Same(defect, level) => (defect.clause, defect.actual, level),
        Group::Fails(clause, actual, level) => (*clause, *actual, level),
        _ => return None,
    };
    let fails = is_server_error(actual);
    if let Some(theirs) = accepted.get(&(clause, *level)) {
        // Several operations share a check that is missing: other operations then refuse for the next reason.
        let shared = !fails && theirs.operations.len() >= SHARED && own.actors.is_subset(&theirs.actors);
        let same = own.expected.is_subset(&theirs.expected) && (shared || own.operations.is_subset(&theirs.operations));
        // A server error can be a defect of its own. But a test may ask for one, to see which check comes first.
        if same && (!fails || own.actors.is_subset(&theirs.actors)) {
            return Some(Group::Accepts(clause, *level));
        }
    }
    let permits = |evidence: &Requests<'r>| -> BTreeSet<&'r str> {
        evidence.expected.iter().flat_map(|text| text.split(" or ")).collect()
    };
    let caller_is_accepted = |((_, of), theirs): &(&(&'r str, Level), &Requests<'r>)| {
        of <= level
            && theirs.expected.iter().flat_map(|text| statuses(text)).all(|status| status == REFUSES_CALLER)
            && !own.actors.is_empty()
            && own.actors.is_subset(&theirs.actors)
            && permits(theirs).is_subset(&permits(own))
    };
    if fails || matches!(status_of(actual), Some(401 | 403)) {
        return None;
    }
    let mut candidates = accepted.iter().filter(caller_is_accepted);
    let ((clause, of), _) = candidates.next()?;
    candidates.next().is_none().then_some(Group::Accepts(clause, *of))
}

/// Marks the findings about stored values that occur only in tests in which invalid input was accepted, or in which an
/// operation that is not implemented should have changed something, or another number of events was delivered than the
/// target can have noted. They follow from that cause, and so does whatever the same clause expects after the accepted
/// request.
pub(super) fn followers<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<(Group<'r>, bool)> {
    let leads_on = |group: &Group<'_>| {
        let accepts = matches!(group, Group::Accepts(..) | Group::UncheckedInput(_));
        accepts || matches!(group, Group::NotImplemented(_) | Group::Deliveries(..))
    };
    let mut leads: HashMap<&str, Vec<(usize, &str, &Group<'r>)>> = HashMap::new();
    for (item, group) in findings.iter().zip(&groups).filter(|(_, group)| leads_on(group)) {
        leads.entry(&item.test.name).or_default().push((item.finding.exchange, item.operation, group));
    }
    let lead = |item: &Item<'r>| {
        let of_test = leads.get(item.test.name.as_ref())?.iter();
        let before = |(at, operation, _): &&(usize, &str, &Group<'r>)| {
            *at <= item.finding.exchange || *operation == item.operation
        };
        of_test.filter(before).map(|(.., group)| (*group).clone()).next()
    };
    let stored = |finding: &FindingReport| {
        finding.part.starts_with("body") && status_of(&finding.key.response).is_some_and(|status| status < 300)
    };
    let same_clause = |item: &Item<'r>, lead: &Group<'r>| {
        matches!(lead, Group::Accepts(clause, _) if *clause == item.finding.clause) && item.finding.check == EXPECTATION
    };
    let mut follows: HashMap<&Group<'r>, bool> = HashMap::new();
    for (item, group) in findings.iter().zip(&groups) {
        let lead = lead(item).filter(|lead| stored(item.finding) || same_clause(item, lead));
        let follower = matches!(group, Group::Same(..) | Group::Lacks(..)) && lead.is_some();
        *follows.entry(group).or_insert(true) &= follower;
    }
    let logs = logs(findings, &groups);
    findings
        .iter()
        .zip(&groups)
        .map(|(item, group)| match lead(item).filter(|_| follows.get(group) == Some(&true)) {
            Some(lead) => (lead, true),
            None => logs.get(group).map_or_else(|| (group.clone(), false), |lead| (lead.clone(), true)),
        })
        .collect()
}

/// Lists that show the number of deliveries: in most of the tests in which an element is missing, the number of
/// deliveries is wrong, too; of the same clause, in half of them. A test that reads the list does not always count the
/// deliveries.
fn logs<'r>(findings: &[Item<'r>], groups: &[Group<'r>]) -> HashMap<Group<'r>, Group<'r>> {
    let (mut wrong, mut lacking): (BTreeMap<_, Shown<'_>>, BTreeMap<_, Shown<'_>>) = Default::default();
    for (item, group) in findings.iter().zip(groups) {
        let shown = match group {
            Group::Deliveries(..) => wrong.entry(group).or_default(),
            Group::Lacks(..) => lacking.entry(group).or_default(),
            _ => continue,
        };
        shown.tests.insert(&item.test.name);
        shown.clauses.insert(&item.finding.clause);
    }
    let lead = |own: &Shown<'_>| {
        let shows = |(_, of): &(&&Group<'r>, &Shown<'_>)| {
            let both = own.tests.intersection(&of.tests).count() * 2;
            both > own.tests.len() || both == own.tests.len() && own.clauses.is_subset(&of.clauses)
        };
        wrong.iter().find(shows).map(|(lead, _)| (**lead).clone())
    };
    lacking.iter().filter_map(|(group, own)| Some(((*group).clone(), lead(own)?))).collect()
}

/// The tests that show a group, and the clauses that it breaks.
#[derive(Default)]
struct Shown<'r> {
    tests: BTreeSet<&'r str>,
    clauses: BTreeSet<&'r str>,
}
