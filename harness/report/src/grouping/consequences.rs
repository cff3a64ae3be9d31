//! Findings of other clauses that follow from one wrong response.
//!
//! - A server error that nothing permits has a body that nobody wrote for clients: what checks find in it is a defect of
//!   its own only if other responses have it, too.
//! - If a success body has the wrong form, expectations about members of that part find nothing.
//! - If an operation serves ids that it must refuse, it does so whichever clause says that it must refuse them.
//! - A test of a refusal can begin with a valid request. If that is refused, too, the operation refuses valid requests,
//!   and the clause of the test does not matter.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::expected::{ABSENT, is_server_error, only_code, permits_more, status_of, statuses};
use super::{Group, Item, entirely, led, led_to_last};
use crate::model::FindingReport;
use judge::finding::EXPECTATION;
use spec::contract::Level;

/// The check for the documented form of success bodies.
const SUCCESS_BODY_CHECK: &str = "success-body";
/// The methods whose requests differ only in the path.
const WITHOUT_BODY: [&str; 3] = ["GET ", "HEAD ", "DELETE "];

/// Replaces the groups of consequences by the group of the response that they follow from.
pub(super) fn merged<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    of_controls(findings, of_server_errors(findings, of_misshapen_bodies(findings, groups)))
}

/// What valid requests got in the place of a success, by operation.
struct Refused<'r> {
    responses: BTreeSet<(&'r str, &'r str)>,
    /// True if all are controls.
    controls: bool,
}

/// Merges the groups of controls that were refused into the only group of valid requests that the same operations refused
/// in the same way.
fn of_controls<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let is_refused = |item: &Item<'r>, group: &Group<'r>| {
        let key = &item.finding.key;
        let refused =
            status_of(&key.response).is_some_and(|status| (400..500).contains(&status)) && key.actual == key.response;
        let valid =
            item.finding.check == EXPECTATION && (key.expected == "success" || permits_more(&key.expected, "success"));
        matches!(group, Group::Same(..)) && refused && valid
    };
    let of_group = |items: Vec<&Item<'r>>| Refused {
        responses: items.iter().map(|item| (item.operation, item.finding.key.response.as_str())).collect(),
        controls: items.iter().all(|item| is_control(item)),
    };
    let all: BTreeMap<&Group<'r>, Refused<'r>> =
        entirely(findings, &groups, is_refused).into_iter().map(|(group, items)| (group, of_group(items))).collect();
    let lead = |own: &Refused<'r>| {
        let explains =
            |(_, theirs): &(&&Group<'r>, &Refused<'r>)| !theirs.controls && own.responses.is_subset(&theirs.responses);
        let mut leads = all.iter().filter(explains).map(|(group, _)| (**group).clone());
        leads.next().filter(|_| leads.next().is_none())
    };
    let controls = all.iter().filter(|(_, own)| own.controls);
    let leads: HashMap<Group<'r>, Group<'r>> =
        controls.filter_map(|(group, own)| Some(((*group).clone(), lead(own)?))).collect();
    led(groups, &leads)
}

/// True if the test also got the same refusal from the same operation where it expects it.
fn is_control(item: &Item<'_>) -> bool {
    let exchanges = &item.test.exchanges;
    let Some(own) = exchanges.get(item.finding.exchange) else { return false };
    exchanges.iter().enumerate().any(|(at, other)| {
        let alike = (&other.operation, other.status_code, &other.error_code);
        let unmet = |finding: &FindingReport| finding.exchange == at && finding.check == EXPECTATION;
        at != item.finding.exchange
            && *other.role == *"asserted"
            && own.error_code.is_some()
            && alike == (&own.operation, own.status_code, &own.error_code)
            && !item.test.findings.iter().any(unmet)
    })
}

fn of_server_errors<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    // A property keeps one response for each check, so the shape of the response decides, and not its index.
    let place = |item: &Item<'r>| (item.test.name.as_ref(), item.finding.key.response.as_str());
    let mut failures: HashMap<(&str, &str), &Group<'r>> = HashMap::new();
    for (item, group) in findings.iter().zip(&groups) {
        let key = &item.finding.key;
        let fails = is_server_error(&key.response) && key.actual == key.response;
        let permitted = statuses(&key.expected).iter().any(|status| *status >= 500);
        if item.finding.check == EXPECTATION && fails && !permitted {
            failures.insert(place(item), group);
        }
    }
    let mut leads: BTreeMap<&Group<'r>, Option<&Group<'r>>> = BTreeMap::new();
    for (item, group) in findings.iter().zip(&groups) {
        if item.finding.check != EXPECTATION && matches!(group, Group::Same(..)) {
            let failure = failures.get(&place(item)).copied();
            let lead = leads.entry(group).or_insert(failure);
            *lead = lead.filter(|lead| Some(*lead) == failure);
        }
    }
    let lead_of = leads.into_iter().filter_map(|(group, lead)| Some((group.clone(), lead?.clone()))).collect();
    led(groups, &lead_of)
}

fn of_misshapen_bodies<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let mut misshapen: HashMap<(&str, usize), Vec<(&str, &Group<'r>)>> = HashMap::new();
    for (item, group) in findings.iter().zip(&groups) {
        if item.finding.check == SUCCESS_BODY_CHECK {
            misshapen.entry(item.response()).or_default().push((&item.finding.part, group));
        }
    }
    let is_below = |part: &str, whole: &str| {
        let separator = if whole.contains('/') { "/" } else { " /" };
        part.strip_prefix(whole).is_some_and(|rest| rest.starts_with(separator))
    };
    let lead = |item: &Item<'r>| {
        let finding = item.finding;
        let is_absent = finding.check == EXPECTATION && finding.key.actual == ABSENT;
        let parts = misshapen.get(&item.response()).filter(|_| is_absent)?;
        parts.iter().find(|(part, _)| is_below(&finding.part, part)).map(|(_, group)| (*group).clone())
    };
    findings.iter().zip(&groups).map(|(item, group)| lead(item).unwrap_or_else(|| group.clone())).collect()
}

/// What requests without a body must get, by operation, and in how many findings they are served instead.
struct Served<'r> {
    expected: BTreeSet<(&'r str, &'r str)>,
    count: usize,
    level: Level,
}

/// Merges the groups of clauses about ids that the same operations serve in the place of the same refusal.
pub(super) fn served_ids<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let serves_id = |item: &Item<'r>, group: &Group<'r>| {
        let exchange = item.test.exchanges.get(item.finding.exchange);
        let has_id_only =
            exchange.is_some_and(|exchange| WITHOUT_BODY.iter().any(|method| exchange.endpoint.starts_with(method)));
        matches!(group, Group::Accepts(..)) && has_id_only && only_code(&item.finding.key.expected).is_some()
    };
    let of_group = |items: Vec<&Item<'r>>, level: Level| Served {
        expected: items.iter().map(|item| (item.operation, item.finding.key.expected.as_str())).collect(),
        count: items.len(),
        level,
    };
    let mut all: BTreeMap<&Group<'r>, Served<'r>> = BTreeMap::new();
    for (group, items) in entirely(findings, &groups, serves_id) {
        let Group::Accepts(_, level) = group else { continue };
        all.insert(group, of_group(items, *level));
    }
    let lead = |group: &Group<'r>, own: &Served<'r>| {
        let explains = |(other, theirs): &(&&Group<'r>, &Served<'r>)| {
            let comes_first = (theirs.count, std::cmp::Reverse(**other)) > (own.count, std::cmp::Reverse(group));
            comes_first && own.level == theirs.level && own.expected.is_subset(&theirs.expected)
        };
        all.iter().filter(explains).max_by_key(|(other, theirs)| (theirs.count, std::cmp::Reverse(**other)))
    };
    let leads: HashMap<Group<'r>, Group<'r>> =
        all.iter().filter_map(|(group, own)| Some(((*group).clone(), (*lead(group, own)?.0).clone()))).collect();
    led_to_last(groups, &leads)
}
