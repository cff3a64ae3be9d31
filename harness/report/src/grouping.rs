//! Groups the findings of a run into causes: presumed defects of the target, each with all findings that it explains.
//!
//! A run against a service with twenty defects can have thousands of findings. They are grouped in five steps, all
//! pure functions of a report:
//!
//! 1. Causes that explain many findings: an operation is not implemented, or always fails (see `operations`); requests fail
//!    at times (see `intermittent`); error bodies are not the documented envelope; server errors cannot be provoked on the target.
//!    What an error exposes is a cause of its own, whatever else is wrong with the response.
//! 2. The other findings by clause, check, place, expected value and shape of the actual value (see
//!    [`judge::finding::Key`]). A defect that shows on several operations is one cause that lists them.
//! 3. Groups that one wrong kind of response explains, whichever clause, code or member they are about (see `responses`), and
//!    groups of several clauses that have the same evidence (see `evidence`).
//! 4. Other findings of one wrong response (see `consequences`).
//! 5. Findings that only follow from a request that was accepted (see `accepted`): another response to the same request,
//!    or a value that was stored.
//!
//! Every format shows the same causes in the same order. `drafted` drafts known deviations from them.

mod accepted;
mod cause;
mod consequences;
mod data_bodies;
mod evidence;
mod example;
mod expected;
mod intermittent;
mod kinds;
mod operations;
mod order;
mod repair;
mod responses;
mod shapes;
mod unchecked;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::model::{FindingReport, Report, TestReport};
use super::queries::Defect;
pub(super) use cause::{Cause, CauseKind, Member};
pub(super) use example::ordinary;
use expected::{is_server_error, permits_documented, status_of, statuses};
use judge::finding;
use judge::finding::EXPECTATION;
use judge::verdict::Verdict;
pub(super) use repair::{ended_early, passing_after, passing_without};
use shapes::{Shapes, is_header, shape};
use spec::contract::Level;
use unchecked::REFUSES_INPUT;

/// The check for the error envelope.
pub(super) const ENVELOPE_CHECK: &str = "envelope-present";
/// The check for documented statuses.
const STATUS_CHECK: &str = "status-documented";
/// The check for published codes.
const CODE_CHECK: &str = "code-registered";
/// The check for the status of a code.
const CODE_STATUS_CHECK: &str = "status-matches-code";
/// The check for internals in an error.
const LEAK_CHECK: &str = "no-leak";
/// What that check expects where the credential of the caller is shown.
const NO_CREDENTIAL: &str = "no credential";
/// The check for the members of a success body.
const SUCCESS_BODY: &str = "success-body";

/// The operation that a finding is about.
pub(super) fn operation<'r>(test: &'r TestReport, finding: &'r FindingReport) -> &'r str {
    if !finding.key.operation.is_empty() {
        return &finding.key.operation;
    }
    test.exchanges.get(finding.exchange).map_or("", |exchange| exchange.operation.as_ref())
}

/// The order of the causes in one sentence.
pub(super) const ORDER: &str = "Operations that are missing or always fail come first, because nothing else about them \
                                can be tested; then those that stand in the way of most failed tests.";

/// The causes of all findings, in the order that [`ORDER`] describes (see `order`). Causes of MUST clauses come before
/// others. Causes of SHOULD clauses are sorted by the number of their tests.
pub(super) fn causes(report: &Report) -> Vec<Cause<'_>> {
    let findings = findings(report);
    let groups = assigned(report, &findings);
    let of_tests = causes_of_tests(report, &findings, &groups);
    let (alone, places) = (alone(&of_tests), order::places(&of_tests));
    let mut members: BTreeMap<&Group<'_>, Vec<Member<'_>>> = BTreeMap::new();
    for (item, (group, follows)) in findings.iter().zip(&groups) {
        let member = Member { test: item.test, finding: item.finding, follows: *follows };
        members.entry(group).or_default().push(member);
    }
    let mut causes: Vec<(usize, Cause<'_>)> = members
        .into_iter()
        .filter_map(|(group, members)| {
            let place = places.get(group).copied().unwrap_or(usize::MAX);
            Some((place, cause(report, group, members, alone.get(group).cloned().unwrap_or_default())?))
        })
        .collect();
    causes.sort_by_cached_key(|(place, cause)| {
        let kind = [CauseKind::NotImplemented, CauseKind::Failing].iter().position(|kind| *kind == cause.kind);
        let count = std::cmp::Reverse(cause.tests.len());
        (kind.unwrap_or(usize::MAX), cause.finding.level, *place, count, cause.id.clone())
    });
    let mut causes: Vec<Cause<'_>> = causes.into_iter().map(|(_, cause)| cause).collect();
    mark_equal_titles(&mut causes);
    causes
}

fn mark_equal_titles(causes: &mut [Cause<'_>]) {
    let titles: Vec<(String, String)> = causes.iter().map(|cause| (cause.clauses(), cause.statement())).collect();
    let mut counts: HashMap<&(String, String), usize> = HashMap::new();
    for title in &titles {
        *counts.entry(title).or_default() += 1;
    }
    for (cause, title) in causes.iter_mut().zip(&titles) {
        cause.shares_title = counts[title] > 1;
    }
}

fn cause<'r>(
    report: &'r Report,
    group: &Group<'r>,
    members: Vec<Member<'r>>,
    alone: Vec<&'r str>,
) -> Option<Cause<'r>> {
    let mut tests: Vec<&TestReport> = Vec::new();
    for member in &members {
        if tests.last().is_none_or(|last| last.name != member.test.name) {
            tests.push(member.test);
        }
    }
    let shown = example::shown(group, &members, &alone)?;
    let (finding, example) = (shown.finding, shown.test);
    let says = report.clauses.iter().find(|clause| clause.id == finding.clause).map(|clause| clause.says.as_str());
    let shown_operation = operation(example, finding);
    let documented = report.operations.iter().find(|documented| documented.operation == shown_operation);
    let (kind, id) = (group.kind(), group.id());
    let share = example.exchanges.get(finding.exchange).filter(|_| kind == CauseKind::Intermittent);
    let share = share.map(|shown| intermittent::share(report, shown));
    let is_data = matches!(group, Group::NoEnvelope(shape) if data_bodies::is_common(shape));
    let names = example.exchanges.get(finding.exchange).filter(|_| is_data).and_then(data_bodies::example);
    Some(Cause {
        share,
        kind,
        finding,
        tests,
        alone,
        example,
        says,
        id,
        members,
        documented,
        names,
        shares_title: false,
    })
}

/// A finding with its test and operation.
struct Item<'r> {
    test: &'r TestReport,
    finding: &'r FindingReport,
    operation: &'r str,
}

impl<'r> Item<'r> {
    /// The test, and the index of the exchange in it.
    fn response(&self) -> (&'r str, usize) {
        (self.test.name.as_ref(), self.finding.exchange)
    }
}

/// The findings of each group, of the groups whose findings are all of one kind.
fn entirely<'g, 'r>(
    findings: &'g [Item<'r>],
    groups: &'g [Group<'r>],
    is_of_kind: impl Fn(&Item<'r>, &Group<'r>) -> bool,
) -> BTreeMap<&'g Group<'r>, Vec<&'g Item<'r>>> {
    let mut all: BTreeMap<&Group<'r>, Vec<&Item<'r>>> = BTreeMap::new();
    let mut others: HashSet<&Group<'r>> = HashSet::new();
    for (item, group) in findings.iter().zip(groups) {
        if is_of_kind(item, group) {
            all.entry(group).or_default().push(item);
        } else {
            others.insert(group);
        }
    }
    all.retain(|group, _| !others.contains(group));
    all
}

/// The groups, with those replaced that another group explains.
fn led<'r>(groups: Vec<Group<'r>>, leads: &HashMap<Group<'r>, Group<'r>>) -> Vec<Group<'r>> {
    groups.into_iter().map(|group| leads.get(&group).cloned().unwrap_or(group)).collect()
}

/// The same where a lead may have a lead of its own.
fn led_to_last<'r>(groups: Vec<Group<'r>>, leads: &HashMap<Group<'r>, Group<'r>>) -> Vec<Group<'r>> {
    groups.into_iter().map(|group| last_lead(leads, group)).collect()
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

fn findings(report: &Report) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    for test in &report.tests {
        items.extend(test.findings.iter().map(|finding| Item { test, finding, operation: operation(test, finding) }));
    }
    items
}

/// The properties that findings of one cause share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Group<'r> {
    NotImplemented(&'r str),
    /// An operation that returns a server error for every valid request.
    Failing(&'r str),
    /// Server errors with this status and code, which occur at times, whatever is requested.
    Intermittent(u16, &'r str),
    NoEnvelope(&'r str),
    NotProvoked,
    /// An operation that does not check its input; empty if no operation does.
    UncheckedInput(&'r str),
    Accepts(&'r str, Level),
    /// An error names the wrong field: how it differs, and where that matters the response or the field.
    Field(&'r str, &'r str, Level),
    /// Another number of deliveries than documented.
    Deliveries(kinds::Number, Level),
    /// Valid values of a field are refused: the named field, and the response.
    Refuses(&'r str, &'r str, Level),
    /// Errors expose internals of the server or, if true, the credential of the caller: clause.
    Leaks(&'r str, bool, Level),
    /// A list without an expected element: operation and place.
    Lacks(&'r str, &'r str, Level),
    /// A server error where any other response is expected, whichever: clause, and shape of the response.
    Fails(&'r str, &'r str, Level),
    Same(Defect<'r>, Level),
}

impl Group<'_> {
    fn kind(&self) -> CauseKind {
        match self {
            Group::NotImplemented(_) => CauseKind::NotImplemented,
            Group::Failing(_) => CauseKind::Failing,
            Group::Intermittent(..) => CauseKind::Intermittent,
            Group::NoEnvelope(_) => CauseKind::NoEnvelope,
            Group::NotProvoked => CauseKind::NotProvoked,
            Group::UncheckedInput(_) => CauseKind::UncheckedInput,
            Group::Accepts(..) | Group::Refuses(..) | Group::Field(..) => CauseKind::Defect,
            Group::Deliveries(..) | Group::Lacks(..) | Group::Leaks(..) => CauseKind::Defect,
            Group::Fails(..) | Group::Same(..) => CauseKind::Defect,
        }
    }

    fn id(&self) -> String {
        match self {
            Group::NotImplemented(operation) => finding::digest(&["not implemented", operation]),
            Group::Failing(operation) => finding::digest(&["failing", operation]),
            Group::Intermittent(status, code) => finding::digest(&["intermittent", &status.to_string(), code]),
            Group::NoEnvelope(shape) => finding::digest(&["no envelope", shape]),
            Group::NotProvoked => finding::digest(&["not provoked"]),
            Group::UncheckedInput(operation) => finding::digest(&["unchecked input", operation]),
            Group::Accepts(clause, level) => finding::digest(&["accepts", clause, level.as_str()]),
            Group::Field(actual, detail, level) => finding::digest(&["field", actual, detail, level.as_str()]),
            Group::Deliveries(number, level) => finding::digest(&["deliveries", number.as_str(), level.as_str()]),
            Group::Leaks(clause, credential, level) => {
                let what = if *credential { "credential" } else { "internals" };
                finding::digest(&["leaks", clause, what, level.as_str()])
            }
            Group::Refuses(field, actual, level) => finding::digest(&["refuses", field, actual, level.as_str()]),
            Group::Lacks(operation, place, level) => finding::digest(&["lacks", operation, place, level.as_str()]),
            Group::Fails(clause, actual, level) => finding::digest(&["fails", clause, actual, level.as_str()]),
            Group::Same(defect, level) => {
                let Defect { clause, check, place, expected, actual } = defect;
                finding::digest(&[clause, check, place, expected, actual, level.as_str()])
            }
        }
    }
}

/// Assigns each finding to a cause, and tells whether it only follows from that cause.
fn assigned<'r>(report: &'r Report, findings: &[Item<'r>]) -> Vec<(Group<'r>, bool)> {
    let missing = operations::not_implemented(report, findings);
    let failing = operations::Failing::of(report, findings);
    let shapes = Shapes::of(report, findings);
    let fields = kinds::Fields::of(report, findings);
    let errors = responses::ServerErrors::of(findings);
    let intermittent = intermittent::Intermittent::of(report);
    let first = findings.iter().map(|item| {
        if let Some(group) = leak(item.finding) {
            return group;
        }
        if missing.contains(item.operation) && !operations::is_refused_before(item) {
            return Group::NotImplemented(item.operation);
        }
        if let Some(group) = intermittent.of_item(item) {
            return group;
        }
        match shapes.of_item(item) {
            _ if failing.explains(item) => Group::Failing(item.operation),
            Some(shape) => errors.of_item(item).unwrap_or(Group::NoEnvelope(shape)),
            None => refused_values(item).unwrap_or_else(|| by_finding(item.finding, &fields)),
        }
    });
    let groups = undocumented(findings, unchecked::input(report, findings, first.collect()));
    let groups = responses::of_many_codes(findings, responses::codes_never_given(report, findings, groups));
    let groups = responses::absent_parts(findings, responses::stored_values(findings, groups));
    let groups = responses::errors_as_successes(findings, responses::one_status(groups));
    let groups = accepted::other_responses(findings, consequences::served_ids(findings, groups));
    let groups = evidence::merged_parts(findings, evidence::merged(findings, groups));
    let groups = consequences::merged(findings, errors.with_bodies(findings, groups));
    accepted::followers(findings, groups)
}

/// The group of what an error exposes, whatever else is wrong with the response: an operation that works later still exposes
/// it when it fails.
fn leak<'r>(finding: &'r FindingReport) -> Option<Group<'r>> {
    let is_leak = finding.check == LEAK_CHECK;
    is_leak.then(|| Group::Leaks(&finding.clause, finding.key.expected == NO_CREDENTIAL, finding.level))
}

/// The group of a request that must succeed, and is refused because of the field that the error names.
fn refused_values<'r>(item: &Item<'r>) -> Option<Group<'r>> {
    let finding = item.finding;
    let key = &finding.key;
    let is_refusal = status_of(&key.response).is_some_and(|status| REFUSES_INPUT.contains(&status));
    let valid = finding.check == EXPECTATION && key.expected == "success" && key.actual == key.response;
    let field = item.test.exchanges.get(finding.exchange)?.field.as_deref()?;
    (valid && is_refusal).then_some(Group::Refuses(field, &key.actual, finding.level))
}

fn by_finding<'r>(finding: &'r FindingReport, fields: &kinds::Fields<'r>) -> Group<'r> {
    if let Some(group) = kinds::of(finding, fields) {
        return group;
    }
    let defect = finding.defect();
    let fails = is_server_error(defect.actual);
    let refusals = statuses(defect.expected);
    let may_fail = !refusals.is_empty() && refusals.iter().all(|status| *status >= 500);
    if finding.check == EXPECTATION && fails && !may_fail && !defect.expected.contains("success") {
        return Group::Fails(defect.clause, defect.actual, finding.level);
    }
    if finding.check != EXPECTATION || defect.actual != "success" || defect.expected.contains("success") {
        return Group::Same(defect, finding.level);
    }
    let statuses = statuses(defect.expected);
    if !statuses.is_empty() && statuses.iter().all(|status| *status >= 500) {
        return Group::NotProvoked;
    }
    Group::Accepts(&finding.clause, finding.level)
}

/// If the status or the code of a response is undocumented, an expectation that fails on this response has the same cause.
/// With an undocumented code, the status must be the expected one.
fn undocumented<'r>(findings: &[Item<'r>], groups: Vec<Group<'r>>) -> Vec<Group<'r>> {
    let (mut by_status, mut by_code): (HashMap<_, Group<'_>>, HashMap<_, _>) = (HashMap::new(), HashMap::new());
    let mut of_code: HashMap<_, Group<'_>> = HashMap::new();
    for (item, group) in findings.iter().zip(&groups).filter(|(_, group)| matches!(group, Group::Same(..))) {
        let response = item.response();
        match item.finding.check.as_str() {
            STATUS_CHECK => by_status.insert(response, group.clone()),
            CODE_CHECK => by_code.insert(response, group.clone()),
            CODE_STATUS_CHECK => of_code.insert(response, group.clone()),
            _ => None,
        };
    }
    // The status of a published code says more than that the status is undocumented.
    for (response, group) in &mut by_status {
        *group = of_code.remove(response).unwrap_or_else(|| group.clone());
    }
    let has_expected_status = |finding: &FindingReport| {
        let status = status_of(&finding.key.response);
        let expected = &finding.key.expected;
        permits_documented(expected) || statuses(expected).iter().any(|one| Some(*one) == status)
    };
    let lead = |item: &Item<'r>, group: &Group<'r>| {
        let of_response = item.finding.check == EXPECTATION
            && item.finding.defect().actual == item.finding.key.response
            || item.finding.check == STATUS_CHECK;
        let response = item.response();
        let by_code = || by_code.get(&response).filter(|_| has_expected_status(item.finding));
        let lead = by_status.get(&response).or_else(by_code)?;
        (of_response && matches!(group, Group::Same(..))).then(|| lead.clone())
    };
    findings.iter().zip(groups).map(|(item, group)| lead(item, &group).unwrap_or(group)).collect()
}

/// The causes of each failed test that make it fail.
fn causes_of_tests<'g, 'r>(
    report: &Report,
    findings: &[Item<'r>],
    groups: &'g [(Group<'r>, bool)],
) -> BTreeMap<&'r str, HashSet<&'g Group<'r>>> {
    let mut of_test: BTreeMap<&'r str, HashSet<&Group<'r>>> = BTreeMap::new();
    for (item, (group, _)) in findings.iter().zip(groups) {
        let open = report.fails(item.finding) && item.finding.deviation.is_none();
        if open && item.test.verdict == Verdict::Failed {
            of_test.entry(&item.test.name).or_default().insert(group);
        }
    }
    of_test
}

/// For each cause, the failed tests that have no other cause, sorted by name.
fn alone<'g, 'r>(of_tests: &BTreeMap<&'r str, HashSet<&'g Group<'r>>>) -> HashMap<&'g Group<'r>, Vec<&'r str>> {
    let mut alone: HashMap<&Group<'r>, Vec<&'r str>> = HashMap::new();
    for (name, groups) in of_tests.iter().filter(|(_, groups)| groups.len() == 1) {
        for group in groups {
            alone.entry(group).or_default().push(name);
        }
    }
    alone
}

#[cfg(test)]
mod tests;
