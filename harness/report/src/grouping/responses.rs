//! Findings that one wrong kind of response explains, whichever clause or code they are about.
//!
//! - A server error in the place of a refusal is the defect, and the body that a framework writes for it is not.
//! - A code that an operation never gives is missing for all clauses that expect it there.
//! - A member that errors of many codes have is one defect, although the contract is about each code.
//! - Many codes with the same wrong status are one defect.
//! - Headers or members that the same responses lack are one defect.
//! - Values that one operation does not show as they were stored are one defect, if there are many, or if the same responses
//!   show them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::expected::{ABSENT, is_server_error, only_code, status_of, statuses};
use super::{CODE_STATUS_CHECK, Group, Item, SUCCESS_BODY, entirely, led, shape};
use crate::model::{FindingReport, Report};
use crate::queries::Defect;
use judge::finding::EXPECTATION;
use spec::contract::Level;

/// If server errors come for this many clauses, something in front of the API responds, and the clauses do not matter.
const MANY_CLAUSES: usize = 5;
/// If this many members or clauses show wrong values of one operation, the operation is wrong and not each of them.
const MANY_VALUES: usize = 4;
/// If errors of this many codes have the same undocumented member, all have it.
const MANY_CODES: usize = 3;

/// The check that a success has no error body.
const SUCCESS_WITHOUT_ERROR: &str = "success-without-error";

/// Responses, each as the test and the index of the exchange in it.
type Responses<'r> = BTreeSet<(&'r str, usize)>;

/// The responses that the findings of each group are about, of the groups whose findings are all of one kind.
fn responses_of<'g, 'r>(
    findings: &'g [Item<'r>],
    groups: &'g [Group<'r>],
    is_of_kind: impl Fn(&Item<'r>, &Group<'r>) -> bool,
) -> BTreeMap<&'g Group<'r>, Responses<'r>> {
    let all = entirely(findings, groups, is_of_kind);
    all.into_iter().map(|(group, items)| (group, items.into_iter().map(Item::response).collect())).collect()
}

/// The shapes of server errors without an envelope that were received instead of refusals.
pub(super) struct ServerErrors<'r>(HashSet<&'r str>);

impl<'r> ServerErrors<'r> {
    pub(super) fn of(findings: &[Item<'r>]) -> Self {
        let mut clauses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for finding in findings.iter().map(|item| item.finding).filter(|finding| replaces_a_refusal(finding)) {
            clauses.entry(&finding.key.response).or_default().insert(&finding.clause);
        }
        Self(clauses.into_iter().filter(|(_, of)| of.len() < MANY_CLAUSES).map(|(response, _)| response).collect())
    }

    /// The group of an expectation that a server error does not meet.
    pub(super) fn of_item(&self, item: &Item<'r>) -> Option<Group<'r>> {
        let Item { finding, .. } = item;
        let is_one = replaces_a_refusal(finding) && self.0.contains(finding.key.response.as_str());
        is_one.then_some(Group::Fails(&finding.clause, &finding.key.response, finding.level))
    }

    /// Replaces the group of what checks found in these responses. A property keeps one response for each check, so there
    /// the operation and the shape of the response decide. A response of the same shape in the place of a success belongs to
    /// the only such group.
    pub(super) fn with_bodies(&self, findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
        let mut of_exchange: HashMap<(&str, usize), &Group<'r>> = HashMap::new();
        let mut of_response: HashMap<&str, BTreeSet<(&str, &Group<'r>)>> = HashMap::new();
        let mut unmet: HashSet<(&str, usize)> = HashSet::new();
        for (item, group) in findings.iter().zip(&groups) {
            let (response, key) = (item.response(), &item.finding.key);
            if self.of_item(item).is_some() {
                of_exchange.insert(response, group);
                of_response.entry(&key.response).or_default().insert((item.operation, group));
            } else if item.finding.check == EXPECTATION && key.actual == key.response {
                unmet.insert(response);
            }
        }
        let of_item = |item: &Item<'r>| {
            let alike = of_response.get(item.finding.key.response.as_str())?;
            let all: BTreeSet<&Group<'r>> = alike.iter().map(|(_, group)| *group).collect();
            let of_operation =
                alike.iter().find(|(operation, _)| *operation == item.operation).map(|(_, group)| *group);
            let own = of_exchange.get(&item.response()).copied();
            let of_property = of_operation.filter(|_| item.test.fuzz.is_some());
            let only = all.first().copied().filter(|_| all.len() == 1 && unmet.contains(&item.response()));
            own.or(of_property).or(only)
        };
        let replaced = |(item, group): (&Item<'r>, &Group<'r>)| {
            of_item(item).filter(|_| matches!(group, Group::NoEnvelope(_))).unwrap_or(group).clone()
        };
        findings.iter().zip(&groups).map(replaced).collect()
    }
}

/// True for a server error without a code, where the contract asks for another refusal or permits no server error.
fn replaces_a_refusal(finding: &FindingReport) -> bool {
    let key = &finding.key;
    finding.check == EXPECTATION
        && key.actual == key.response
        && shape(finding).is_some()
        && is_server_error(&key.response)
        && !key.expected.contains("success")
        && statuses(&key.expected).iter().all(|status| *status < 500)
}

/// Merges the groups of different clauses that expect the same code and got the same other response, if their operations
/// never give that code.
pub(super) fn codes_never_given<'r>(
    report: &'r Report,
    findings: &[Item<'r>],
    groups: Vec<Group<'r>>,
) -> Vec<Group<'r>> {
    let exchanges = report.tests.iter().flat_map(|test| &test.exchanges);
    let given: HashSet<(&str, &str)> =
        exchanges.filter_map(|exchange| Some((exchange.operation.as_ref(), exchange.error_code.as_deref()?))).collect();
    let mut never: BTreeMap<&Group<'r>, bool> = BTreeMap::new();
    for (item, group) in findings.iter().zip(&groups) {
        let code = only_code(&item.finding.key.expected);
        let missing = code.is_some_and(|code| !given.contains(&(item.operation, code)));
        *never.entry(group).or_insert(true) &= missing && item.finding.check == EXPECTATION;
    }
    let mut leads: BTreeMap<(&str, &str, Level), &Group<'r>> = BTreeMap::new();
    let mut lead_of: HashMap<Group<'r>, Group<'r>> = HashMap::new();
    for group in never.into_iter().filter(|(_, never)| *never).map(|(group, _)| group) {
        let Group::Same(Defect { expected, actual, .. }, level) = group else { continue };
        let lead = *leads.entry((expected, actual, *level)).or_insert(group);
        lead_of.insert(group.clone(), lead.clone());
    }
    led(groups, &lead_of)
}

/// Merges the groups of codes that come with the same wrong status, if there are many: whatever writes the errors sets the
/// status, and the codes do not matter.
pub(super) fn one_status<'r>(groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let mut alike: BTreeMap<(&str, &str, Level), BTreeSet<&Group<'r>>> = BTreeMap::new();
    for group in &groups {
        if let Group::Same(defect, level) = group
            && defect.check == CODE_STATUS_CHECK
        {
            alike.entry((defect.clause, defect.actual, *level)).or_default().insert(group);
        }
    }
    let mut lead_of: HashMap<Group<'r>, Group<'r>> = HashMap::new();
    for of_status in alike.values().filter(|of_status| of_status.len() >= MANY_CODES) {
        let lead = of_status.first().copied();
        lead_of.extend(of_status.iter().filter_map(|group| Some(((*group).clone(), lead?.clone()))));
    }
    led(groups, &lead_of)
}

/// An error with a 2xx status is one defect: that a success has an error body follows from the status of the code.
pub(super) fn errors_as_successes<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let of_check = |check: &str| {
        responses_of(findings, &groups, |item, group| matches!(group, Group::Same(..)) && item.finding.check == check)
    };
    let statuses = of_check(CODE_STATUS_CHECK);
    let lead = |own: &Responses<'r>| statuses.iter().find(|(_, theirs)| own.is_subset(theirs));
    let bodies = of_check(SUCCESS_WITHOUT_ERROR);
    let leads = bodies.iter().filter_map(|(group, own)| Some(((*group).clone(), (*lead(own)?.0).clone()))).collect();
    led(groups, &leads)
}

/// Merges the groups of one check that differ only in the code of the response.
pub(super) fn of_many_codes<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let mut alike: BTreeMap<(Defect<'r>, Level), BTreeSet<&Group<'r>>> = BTreeMap::new();
    for (item, group) in findings.iter().zip(&groups) {
        let Group::Same(defect, level) = group else { continue };
        let code = item.finding.key.response.split_once(' ').map_or("", |(_, code)| code);
        let about_code = defect.expected.strip_suffix(code).filter(|_| !code.is_empty());
        if let Some(expected) = about_code.filter(|_| defect.check != EXPECTATION) {
            alike.entry((Defect { expected, ..*defect }, *level)).or_default().insert(group);
        }
    }
    let mut lead_of: HashMap<Group<'r>, Group<'r>> = HashMap::new();
    for ((defect, level), of_codes) in alike.iter().filter(|(_, of_codes)| of_codes.len() >= MANY_CODES) {
        let lead = Group::Same(*defect, *level);
        lead_of.extend(of_codes.iter().map(|group| ((*group).clone(), lead.clone())));
    }
    led(groups, &lead_of)
}

/// Merges the groups of the same operations whose members do not have the stored value, if many members of one clause have not
/// (the operation returns an old state), or one member for many clauses (refused changes are stored). A member that is wrong
/// only in responses in which another one is wrong belongs to that one.
pub(super) fn stored_values<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let mut operations: BTreeMap<&Group<'r>, BTreeSet<&'r str>> = BTreeMap::new();
    for (group, items) in entirely(findings, &groups, |item, _| is_stored_value(item.finding)) {
        operations.insert(group, items.into_iter().map(|item| item.operation).collect());
    }
    let mut alike: BTreeMap<Alike<'r>, Vec<&Group<'r>>> = BTreeMap::new();
    for (group, operations) in operations {
        let Group::Same(Defect { clause, place, actual, .. }, level) = group else { continue };
        for subject in [Subject::Clause(clause), Subject::Member(place)] {
            alike.entry((operations.clone(), actual, *level, subject)).or_default().push(group);
        }
    }
    let mut lead_of: HashMap<Group<'r>, Group<'r>> = HashMap::new();
    for many in alike.values().filter(|many| many.len() >= MANY_VALUES) {
        lead_of.extend(many.iter().map(|group| ((*group).clone(), many[0].clone())));
    }
    in_same_responses(findings, led(groups, &lead_of))
}

/// Replaces the groups of stored values whose responses all show wrong values of one larger group.
fn in_same_responses<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let shows_stored =
        |item: &Item<'r>, group: &Group<'r>| matches!(group, Group::Same(..)) && is_stored_value(item.finding);
    let responses = responses_of(findings, &groups, shows_stored);
    let lead = |own: &Responses<'r>| {
        let covers = |(_, theirs): &(&&Group<'r>, &Responses<'r>)| own.len() < theirs.len() && own.is_subset(theirs);
        responses.iter().filter(covers).max_by_key(|(_, theirs)| theirs.len()).map(|(lead, _)| (**lead).clone())
    };
    let leads = responses.iter().filter_map(|(group, own)| Some(((*group).clone(), lead(own)?))).collect();
    led(groups, &leads)
}

/// What groups have in common: operations, shape of the value, level, and the clause or the member.
type Alike<'r> = (BTreeSet<&'r str>, &'r str, Level, Subject<'r>);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Subject<'r> {
    Clause(&'r str),
    Member(&'r str),
}

/// True if a member of a successful response has another value than the expected one.
fn is_stored_value(finding: &FindingReport) -> bool {
    finding.check == EXPECTATION
        && finding.part.starts_with("body /")
        && status_of(&finding.key.response).is_some_and(|status| status < 300)
}

/// True if a check found that a header is absent, or a member of the body of a success.
fn is_absent_part(defect: &Defect<'_>) -> bool {
    let is_part =
        defect.place.starts_with("header ") || defect.check == SUCCESS_BODY && defect.place.starts_with("body /");
    defect.check != EXPECTATION && is_part && defect.actual == ABSENT
}

/// Clause, check, level, and the responses.
type Lacking<'r> = (&'r str, &'r str, Level, Responses<'r>);

/// Merges the groups of one check about headers, or about members of the body, that the same responses lack.
pub(super) fn absent_parts<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let lacks_part =
        |_: &Item<'r>, group: &Group<'r>| matches!(group, Group::Same(defect, _) if is_absent_part(defect));
    let responses = responses_of(findings, &groups, lacks_part);
    let mut leads: BTreeMap<Lacking<'r>, &Group<'r>> = BTreeMap::new();
    let mut lead_of: HashMap<Group<'r>, Group<'r>> = HashMap::new();
    for (group, responses) in responses {
        let Group::Same(Defect { clause, check, .. }, level) = group else { continue };
        let lead = *leads.entry((clause, check, *level, responses)).or_insert(group);
        lead_of.insert(group.clone(), lead.clone());
    }
    led(groups, &lead_of)
}
