//! Findings of several clauses with the same evidence are one cause: one wrong response can break several clauses.
//!
//! Two groups are merged only if both are about the whole response (its status and code), and if
//!
//! - every finding of one is about an exchange of the other, or about a request with the same body and response, or
//! - one expects the same as the other or an alternative, and its operations got the same response. There must be only one
//!   such other group, or one of the same clause: with several it is not clear which of them explains the response; or
//! - both are about one clause and the same operations, which got the same refusal, whatever was expected; or
//! - both are server errors of the same operations, and one clause says only that there must be none.
//!
//! `merged_parts` does the same for checks that look at one part of the same responses.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::expected::{is_server_error, permits_documented, permits_more, permits_responses, status_of};
use super::{CODE_STATUS_CHECK, Group, Item, entirely, led_to_last};
use judge::finding::EXPECTATION;

/// What the findings of a group have in common.
struct Evidence<'r> {
    exchanges: BTreeSet<ResponseKey<'r>>,
    /// Operation, body and response of the requests; nothing if one has no body.
    requests: Option<BTreeSet<(&'r str, &'r str, &'r str)>>,
    operations: BTreeSet<&'r str>,
    responses: BTreeSet<&'r str>,
    expected: BTreeSet<&'r str>,
    /// True if all findings are expectations about the whole response.
    expectations: bool,
}

impl<'r> Evidence<'r> {
    fn of(items: &[&Item<'r>]) -> Self {
        Self {
            exchanges: items.iter().map(|item| place(item)).collect(),
            requests: items.iter().map(|item| request(item)).collect(),
            operations: items.iter().map(|item| item.operation).collect(),
            responses: items.iter().map(|item| item.finding.key.response.as_str()).collect(),
            expected: items.iter().map(|item| item.finding.key.expected.as_str()).collect(),
            expectations: items.iter().all(|item| item.finding.check == EXPECTATION),
        }
    }
}

/// Test, index of the exchange, operation and response. A property keeps one response for each check, which need not be that
/// of another check, so the index is left out.
type ResponseKey<'r> = (&'r str, usize, &'r str, &'r str);

fn place<'r>(item: &Item<'r>) -> ResponseKey<'r> {
    let index = if item.test.fuzz.is_some() { 0 } else { item.finding.exchange };
    (&item.test.name, index, item.operation, &item.finding.key.response)
}

fn request<'r>(item: &Item<'r>) -> Option<(&'r str, &'r str, &'r str)> {
    let exchange = item.test.exchanges.get(item.finding.exchange)?;
    let body = exchange.request.as_ref()?.body.trim();
    (!body.is_empty()).then_some((item.operation, body, item.finding.key.response.as_str()))
}

/// Replaces the group of findings that another group explains.
pub(super) fn merged<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let all = collected(findings, &groups);
    let leads: HashMap<Group<'r>, Group<'r>> =
        all.iter().filter_map(|(group, own)| Some((group.clone(), lead(&all, group, own)?.clone()))).collect();
    led_to_last(groups, &leads)
}

/// Replaces the group of a check whose findings are all about a part in which another check found something, in the same
/// exchange: a member of the wrong type cannot contain what the other check looks for.
pub(super) fn merged_parts<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let mut all: BTreeMap<Group<'r>, (&'r str, &'r str, BTreeSet<ResponseKey<'r>>)> = BTreeMap::new();
    for (item, group) in findings.iter().zip(&groups) {
        if let (Group::Same(defect, _), true) = (group, item.finding.check != EXPECTATION) {
            let own = all.entry(group.clone()).or_insert_with(|| (defect.check, defect.place, BTreeSet::new()));
            own.2.insert(place(item));
        }
    }
    let lead = |group: &Group<'r>| {
        let (check, part, own) = all.get(group)?;
        let covers = |(_, (other, theirs, exchanges)): &(&Group<'r>, &(&str, &str, BTreeSet<ResponseKey<'r>>))| {
            other != check && theirs == part && own.len() < exchanges.len() && own.is_subset(exchanges)
        };
        all.iter().filter(covers).max_by_key(|(_, (.., exchanges))| exchanges.len()).map(|(lead, _)| lead.clone())
    };
    let leads: HashMap<Group<'r>, Group<'r>> =
        all.keys().filter_map(|group| Some((group.clone(), lead(group)?))).collect();
    led_to_last(groups, &leads)
}

/// The evidence of the groups whose findings are all about the whole response.
fn collected<'r>(findings: &[Item<'r>], groups: &[Group<'r>]) -> BTreeMap<Group<'r>, Evidence<'r>> {
    let is_about_response = |item: &Item<'r>, group: &Group<'r>| {
        let key = &item.finding.key;
        let actual = item.finding.defect().actual;
        let of_status = key.place == "status" && key.response.split(' ').next() == Some(actual);
        let is_single = matches!(group, Group::Same(..) | Group::Fails(..));
        is_single && !key.response.is_empty() && (actual == key.response || of_status)
    };
    let all = entirely(findings, groups, is_about_response);
    all.into_iter().map(|(group, items)| (group.clone(), Evidence::of(&items))).collect()
}

/// The group that explains this one.
fn lead<'g, 'r>(
    all: &'g BTreeMap<Group<'r>, Evidence<'r>>,
    group: &Group<'r>,
    own: &Evidence<'r>,
) -> Option<&'g Group<'r>> {
    let others = || {
        let others = all.iter().filter(|(other, _)| *other != group && level(other) == level(group));
        others.filter(|(other, theirs)| !are_separate((group, own), (other, theirs)))
    };
    // With the same exchanges, the first group is the lead.
    let covers = |other: &Group<'r>, theirs: &Evidence<'r>| {
        let first = |own: usize, theirs: usize| own < theirs || own == theirs && other < group;
        let requests = |of: &Evidence<'_>| of.requests.as_ref().map_or(0, BTreeSet::len);
        first(own.exchanges.len(), theirs.exchanges.len()) && own.exchanges.is_subset(&theirs.exchanges)
            || first(requests(theirs), requests(own)) && same_requests(own, theirs)
    };
    let covering = others().filter(|(other, theirs)| covers(other, theirs));
    if let Some((other, _)) = covering.max_by_key(|(_, theirs)| theirs.exchanges.len()) {
        return Some(other);
    }
    let weaker = |(other, theirs): &(&Group<'r>, &Evidence<'r>)| is_weaker(own, theirs, clause(other) == clause(group));
    let stronger: Vec<&Group<'r>> = others().filter(weaker).map(|(other, _)| other).collect();
    let of_clause: Vec<&Group<'r>> = stronger.iter().copied().filter(|other| clause(other) == clause(group)).collect();
    match (stronger.as_slice(), of_clause.as_slice()) {
        ([only], _) | (_, [only]) => Some(only),
        _ => others()
            .filter(|(_, theirs)| own.exchanges.len() < theirs.exchanges.len())
            .filter(|(other, theirs)| {
                clause(other) == clause(group) && same_refusal(own, theirs) || same_failure(own, theirs)
            })
            .max_by_key(|(_, theirs)| theirs.exchanges.len())
            .map(|(other, _)| other),
    }
}

/// True if one group is about valid requests that are refused, and the other about a wrong status of a published code: the
/// code explains neither.
fn are_separate<'r>(one: (&Group<'r>, &Evidence<'r>), other: (&Group<'r>, &Evidence<'r>)) -> bool {
    let of_valid = |of: &Evidence<'_>| of.expectations && of.expected.iter().all(|expected| *expected == "success");
    let of_status = |group: &Group<'_>| matches!(group, Group::Same(defect, _) if defect.check == CODE_STATUS_CHECK);
    of_valid(one.1) && of_status(other.0) || of_valid(other.1) && of_status(one.0)
}

/// True if the same operations got the same refusal.
fn same_refusal(own: &Evidence<'_>, theirs: &Evidence<'_>) -> bool {
    own.expectations
        && theirs.expectations
        && own.operations == theirs.operations
        && own.responses == theirs.responses
        && own.responses.len() == 1
        && own.responses.iter().all(|response| is_refusal(response))
}

/// True if operations of the other group fail in the same way, and one of the clauses permits every documented response or
/// every refusal.
fn same_failure(own: &Evidence<'_>, theirs: &Evidence<'_>) -> bool {
    let is_open = |of: &Evidence<'_>| of.expected.iter().any(|expected| permits_documented(expected));
    let fails = |response: &&str| is_server_error(response);
    own.expectations
        && theirs.expectations
        && own.operations.is_subset(&theirs.operations)
        && own.responses == theirs.responses
        && own.responses.iter().all(fails)
        && (is_open(own) || is_open(theirs))
}

fn is_refusal(response: &str) -> bool {
    status_of(response).is_some_and(|status| (400..500).contains(&status))
}

fn clause<'r>(group: &Group<'r>) -> Option<&'r str> {
    match group {
        Group::Same(defect, _) => Some(defect.clause),
        Group::Fails(clause, ..) => Some(clause),
        _ => None,
    }
}

/// True if at least half of the requests are also requests of the other group.
fn same_requests(own: &Evidence<'_>, theirs: &Evidence<'_>) -> bool {
    match (&own.requests, &theirs.requests) {
        (Some(own), Some(theirs)) => !own.is_empty() && own.intersection(theirs).count() * 2 >= own.len(),
        _ => false,
    }
}

/// True if the same response breaks expectations that permit more. Of another clause, it must be an error, and the
/// operations must be among those of the other group.
fn is_weaker(own: &Evidence<'_>, theirs: &Evidence<'_>, same_clause: bool) -> bool {
    let is_error = |response: &&str| status_of(response).is_some_and(|status| status >= 400);
    let refusals = own.responses.iter().all(is_error) && own.operations.is_subset(&theirs.operations);
    // Without a body, the requests of an operation are alike, whatever is expected of the response.
    let no_bodies = own.requests.is_none() && theirs.requests.is_none();
    let is_weaker = |text: &&str| {
        no_bodies && permits_responses(text) || theirs.expected.iter().any(|other| permits_more(text, other))
    };
    own.expectations
        && theirs.expectations
        && own.responses.len() == 1
        && own.responses == theirs.responses
        && (same_clause || refusals)
        && own.expected.iter().all(is_weaker)
}

fn level<'g>(group: &'g Group<'_>) -> Option<&'g spec::contract::Level> {
    match group {
        Group::Same(_, level) | Group::Fails(_, _, level) => Some(level),
        _ => None,
    }
}
