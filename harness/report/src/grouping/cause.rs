//! A cause: one presumed defect of the target, and how it is shown.

use std::collections::BTreeSet;

use super::super::excerpt::excerpt;
use super::super::model::{ExchangeReport, FindingReport, FoundReport, OperationReport, TestReport};
use super::super::numbers::{counted, grouped};
use super::expected::ABSENT;
use super::{CODE_STATUS_CHECK, SUCCESS_BODY, is_header, operation};
use judge::finding::EXPECTATION;
use judge::verdict::Verdict;

/// A label names all clauses if there are at most this many.
const FEW_CLAUSES: usize = 6;
/// The most clauses that a label names if there are more.
const NAMED_CLAUSES: usize = 3;
/// The statuses that refuse the caller, whatever the request.
const REFUSES_CALLER: [u16; 3] = [401, 403, 429];
/// How an expected success begins; the documented statuses follow.
const SUCCESS: &str = "success (";
/// The most rules of a property that are named besides the one of the shown value.
const NAMED_RULES: usize = 3;
/// The most absent members that a cause names.
const NAMED_MEMBERS: usize = 4;

/// The kind of explanation that a cause gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum CauseKind {
    /// The operation is not implemented: every response comes from the framework.
    NotImplemented,
    /// The operation returns a server error for every valid request.
    Failing,
    /// Ordinary requests of several operations fail at times.
    Intermittent,
    /// Error bodies of one shape are not the documented envelope.
    NoEnvelope,
    /// Server errors that a test provokes do not occur.
    NotProvoked,
    /// Many kinds of invalid input are accepted.
    UncheckedInput,
    /// A single defect, described by its findings.
    Defect,
}

impl CauseKind {
    /// True if a whole operation does not work.
    pub(in super::super) fn is_of_operation(self) -> bool {
        matches!(self, CauseKind::NotImplemented | CauseKind::Failing)
    }
}

/// A finding of a cause.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Member<'r> {
    pub(in super::super) test: &'r TestReport,
    pub(in super::super) finding: &'r FindingReport,
    /// True if it only follows from another finding of the cause.
    pub(in super::super) follows: bool,
}

/// A cause with the tests that show it.
#[derive(Debug)]
pub(in super::super) struct Cause<'r> {
    pub(in super::super) kind: CauseKind,
    /// The representative finding: from a failed test if there is one, of the highest level.
    pub(in super::super) finding: &'r FindingReport,
    /// Every test with a finding of this cause, sorted by name.
    pub(in super::super) tests: Vec<&'r TestReport>,
    pub(in super::super) members: Vec<Member<'r>>,
    /// The names of the failed tests in which no other cause was found.
    pub(in super::super) alone: Vec<&'r str>,
    pub(super) example: &'r TestReport,
    /// The text of the clause of the representative finding.
    pub(super) says: Option<&'r str>,
    pub(super) id: String,
    /// The operation of the shown finding in the contract, if the report has it.
    pub(super) documented: Option<&'r OperationReport>,
    /// For requests that fail at times: how many responses were such errors, and how many there were.
    pub(super) share: Option<(usize, usize)>,
    /// For error bodies whose member names are data: the names of the shown one.
    pub(super) names: Option<String>,
    /// True if another cause has the same clauses and the same title: the operations tell them apart.
    pub(super) shares_title: bool,
}

impl<'r> Cause<'r> {
    /// The test of the representative finding.
    pub(in super::super) fn example(&self) -> &'r TestReport {
        self.example
    }

    pub(in super::super) fn shown(&self) -> &'r FindingReport {
        self.finding
    }

    /// The exchange of the representative finding.
    pub(in super::super) fn exchange(&self) -> Option<&'r ExchangeReport> {
        self.example.exchanges.get(self.finding.exchange)
    }

    /// The operation that is missing or always fails, if that is the cause.
    pub(in super::super) fn broken_operation(&self) -> Option<&'r str> {
        let exchange = self.exchange().filter(|_| self.kind.is_of_operation())?;
        Some(&exchange.operation)
    }

    /// True if every test of the cause is skipped because of a known deviation.
    pub(in super::super) fn is_known(&self) -> bool {
        self.tests.iter().all(|test| test.verdict == Verdict::Skipped)
    }

    /// The anchor of its card in the HTML page; the same in every run.
    pub(in super::super) fn anchor(&self) -> String {
        format!("c-{}", &self.id[..12])
    }

    /// An identifier that is the same in every run.
    pub(in super::super) fn fingerprint(&self) -> String {
        self.id.clone()
    }

    /// How many tests show the cause, and in how many of the failed ones it is the only one. These tests need not pass
    /// after a repair: steps that were not sent may show more. `always` and `never` differ at first sight.
    pub(in super::super) fn extent(&self) -> String {
        let tests = counted(self.tests.len(), "test");
        let failed = self.tests.iter().filter(|test| test.verdict == Verdict::Failed).count();
        let of_failed =
            if failed == self.tests.len() { String::new() } else { format!(" ({} failed)", grouped(failed as u64)) };
        match self.alone.len() {
            _ if failed == 0 => tests,
            0 if self.tests.len() == 1 => format!("{tests}, not the only cause"),
            _ if self.tests.len() == 1 => format!("{tests}, the only cause"),
            0 => format!("{tests}{of_failed}, never the only cause"),
            alone if alone == self.tests.len() => format!("{tests}, always the only cause"),
            alone => format!("{tests}{of_failed}, in {} the only cause", grouped(alone as u64)),
        }
    }

    /// The operations that show the cause itself: that of the shown finding first, then sorted. Findings that only follow
    /// from it do not count.
    pub(in super::super) fn operations(&self) -> Vec<&'r str> {
        let own = self.members.iter().filter(|member| !member.follows);
        let all: BTreeSet<&str> = own.map(|member| operation(member.test, member.finding)).collect();
        let first = operation(self.example, self.finding);
        let mut all: Vec<&str> = all.into_iter().filter(|operation| !operation.is_empty()).collect();
        all.sort_by_key(|operation| *operation != first);
        all
    }

    /// The clauses that its title is about. None for an operation that is not implemented or fails: what the tests of the
    /// operation check first says nothing about the defect.
    pub(in super::super) fn own_clauses(&self) -> Vec<&'r str> {
        match self.kind {
            CauseKind::NotImplemented | CauseKind::Failing | CauseKind::Intermittent => Vec::new(),
            CauseKind::UncheckedInput | CauseKind::Defect => {
                let own = self.members.iter().filter(|member| !member.follows);
                let all: BTreeSet<&str> = own.map(|member| member.finding.clause.as_str()).collect();
                let mut all: Vec<&str> = all.into_iter().collect();
                // The clause that the title is about comes first.
                let of_title = |clause: &str| self.kind == CauseKind::Defect && clause == self.finding.clause;
                all.sort_by_key(|clause| !of_title(clause));
                all
            }
            CauseKind::NoEnvelope | CauseKind::NotProvoked => vec![self.finding.clause.as_str()],
        }
    }

    /// The other clauses that its findings violate: they only follow from it.
    pub(in super::super) fn other_clauses(&self) -> Vec<&'r str> {
        let own = self.own_clauses();
        let all: BTreeSet<&str> = self.members.iter().map(|member| member.finding.clause.as_str()).collect();
        all.into_iter().filter(|clause| !own.contains(clause)).collect()
    }

    /// The clauses of the title as a label: `FMT-1, FMT-2, FMT-3 and 4 more`.
    pub(in super::super) fn clauses(&self) -> String {
        let own = self.own_clauses();
        first_of(&own, if own.len() <= FEW_CLAUSES { FEW_CLAUSES } else { NAMED_CLAUSES })
    }

    /// The clauses and the title in one line.
    pub(in super::super) fn heading(&self) -> String {
        self.heading_with(&self.clauses())
    }

    /// The same, with as many clauses as there is room for.
    pub(in super::super) fn heading_within(&self, room: usize) -> String {
        let own = self.own_clauses();
        if own.len() <= FEW_CLAUSES {
            return self.heading();
        }
        let mut headings = (NAMED_CLAUSES..=own.len()).rev().map(|named| self.heading_with(&first_of(&own, named)));
        headings.find(|heading| heading.chars().count() <= room).unwrap_or_else(|| self.heading())
    }

    fn heading_with(&self, clauses: &str) -> String {
        if clauses.is_empty() { self.title() } else { format!("{clauses}: {}", self.title()) }
    }

    /// The clauses, the requirement level and the title in one line.
    pub(in super::super) fn heading_with_level(&self) -> String {
        let label = format!("{} {}", self.clauses(), self.finding.level.as_str());
        format!("{}: {}", label.trim_start(), self.title())
    }

    /// The cause in one line, with the operations if another cause has the same title.
    pub(in super::super) fn title(&self) -> String {
        let title = self.statement();
        match self.operations().as_slice() {
            [first, others @ ..] if self.shares_title => {
                let others = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
                format!("{} ({first}{others})", title.trim_end_matches('.'))
            }
            _ => title,
        }
    }

    pub(super) fn statement(&self) -> String {
        match self.kind {
            CauseKind::NotImplemented => format!("the operation {} is not implemented", self.operations().join(", ")),
            CauseKind::Failing => {
                format!("the operation {} fails on every valid request", self.operations().join(", "))
            }
            CauseKind::Intermittent => {
                let status = self.exchange().and_then(|exchange| exchange.status_code).unwrap_or_default();
                let share = self
                    .share
                    .map(|(some, all)| format!(" ({} of {} responses)", grouped(some as u64), grouped(all as u64)));
                format!("requests fail at times with {status}{}, whatever they ask for", share.unwrap_or_default())
            }
            CauseKind::NoEnvelope => {
                let names = self.names.as_ref().map(|names| format!(", with names of fields as in {names}"));
                format!("error responses lack the documented envelope{}", names.unwrap_or_default())
            }
            CauseKind::NotProvoked => "server errors that a test provokes do not occur".to_owned(),
            CauseKind::UncheckedInput => match self.operations().as_slice() {
                [operation] => format!("{operation} accepts invalid input"),
                _ => "invalid input is accepted".to_owned(),
            },
            // The message of a property is about one generated value.
            CauseKind::Defect if self.finding.check == EXPECTATION && self.finding.key.rule.is_some() => {
                self.says.unwrap_or(&self.finding.message).to_owned()
            }
            // A property appends its generated value to the message of a check; the title must not contain it.
            CauseKind::Defect if self.finding.check != EXPECTATION => {
                self.finding.message.split(": ").next().unwrap_or_default().to_owned()
            }
            CauseKind::Defect => self.finding.message.clone(),
        }
    }

    /// The expected value; of an operation that does not work, the success that its tests ask for.
    pub(in super::super) fn expected(&self) -> String {
        match self.kind {
            kind if kind.is_of_operation() => self.success().map_or_else(
                || "what the contract documents for the operation".to_owned(),
                |statuses| format!("{SUCCESS}{statuses})"),
            ),
            CauseKind::Intermittent => "no server error".to_owned(),
            _ => match self.absent_members().as_slice() {
                [] | [_] => format!("{}{}", self.finding.expected, self.other_codes()),
                [named @ .., last] if named.len() < NAMED_MEMBERS => {
                    format!("the members {} and {last}", named.join(", "))
                }
                all => format!("the members {}", first_of(all, NAMED_MEMBERS)),
            },
        }
    }

    /// How many other codes have the same wrong status, if the cause is about many codes.
    fn other_codes(&self) -> String {
        let own = self.members.iter().filter(|member| !member.follows).map(|member| member.finding);
        let of_status = own.filter(|finding| finding.check == CODE_STATUS_CHECK);
        let codes: BTreeSet<&str> = of_status.map(|finding| finding.key.expected.as_str()).collect();
        match codes.len() {
            count if count <= 1 || self.finding.check != CODE_STATUS_CHECK => String::new(),
            count => format!(", and another status for {}", counted(count - 1, "other code")),
        }
    }

    /// The documented members that the responses lack, in backticks: that of the shown finding first, then sorted.
    fn absent_members(&self) -> Vec<String> {
        let own = self.members.iter().filter(|member| !member.follows).map(|member| member.finding);
        let absent = own.filter(|finding| finding.check == SUCCESS_BODY && finding.key.actual == ABSENT);
        let all: BTreeSet<&str> = absent.map(|finding| finding.key.place.as_str()).collect();
        let mut all: Vec<&str> = all.into_iter().collect();
        all.sort_by_key(|place| *place != self.finding.key.place);
        all.into_iter().map(|place| format!("`{}`", place.rsplit('/').next().unwrap_or_default())).collect()
    }

    /// The statuses of the documented success of the operation, as in `200 or 202`. A report of an older version says it only if a test
    /// expects or permits it.
    pub(in super::super) fn success(&self) -> Option<String> {
        if let Some(operation) = self.documented {
            return Some(operation.success.clone());
        }
        let own = self.members.iter().filter(|member| !member.follows).map(|member| member.finding);
        let of_finding = |finding: &'r FindingReport| {
            let (_, from) = finding.expected.split_once(SUCCESS)?;
            Some(from.split_once(')')?.0.to_owned())
        };
        own.filter(|finding| finding.check == EXPECTATION).find_map(of_finding)
    }

    /// The method and path of the operation in the contract.
    pub(in super::super) fn route(&self) -> Option<&'r str> {
        self.documented.map(|operation| operation.endpoint.as_str())
    }

    /// The body of the shown request, if it can be the reason for the response: not if the operation does not work at all, if
    /// the caller was refused, or if a header or a successful response is wrong, whatever was sent.
    pub(in super::super) fn sent(&self) -> Option<&'r str> {
        let exchange = self.exchange()?;
        let status = exchange.status_code.unwrap_or_default();
        let whatever_was_sent = is_header(self.finding)
            || matches!(self.kind, CauseKind::NotImplemented | CauseKind::Failing | CauseKind::Intermittent)
            || REFUSES_CALLER.contains(&status)
            || self.finding.check != EXPECTATION && status < 400;
        let body = exchange.request.as_ref()?.body.trim();
        (!whatever_was_sent && !body.is_empty()).then_some(body)
    }

    /// The actual value; for a response that comes from the framework, its status and body.
    pub(in super::super) fn actual(&self) -> String {
        let body = || Some(self.exchange()?.response.as_ref()?.body.trim()).filter(|body| !body.is_empty());
        match self.kind {
            CauseKind::NotImplemented | CauseKind::Failing | CauseKind::Intermittent | CauseKind::NoEnvelope => {
                let status = self.exchange().and_then(|exchange| exchange.status_code);
                let status = status.map_or_else(|| "no response".to_owned(), |status| status.to_string());
                body().map_or_else(|| self.finding.actual.clone(), |body| format!("{status} {}", excerpt(body)))
            }
            // What is there instead may show what is wrong: another name, or an envelope around all members.
            _ if !self.absent_members().is_empty() => excerpt(body().unwrap_or(&self.finding.actual)),
            _ => format!("{}{}", self.finding.actual, self.values()),
        }
    }

    /// The generated value of the shown finding with its rule, and the other rules whose values show the cause.
    fn values(&self) -> String {
        let Some(found) = generated(self.example, self.finding) else { return String::new() };
        let own = self.members.iter().filter(|member| !member.follows);
        let others: BTreeSet<&str> = own
            .filter_map(|member| member.finding.key.rule.as_deref())
            .filter(|rule| *rule != found.rule.as_str())
            .collect();
        let others: Vec<&str> = others.into_iter().collect();
        let others = match others.as_slice() {
            [] => String::new(),
            others => format!(", also for {}", first_of(others, NAMED_RULES)),
        };
        format!(" for the value {} ({}){others}", found.value, found.rule)
    }
}

/// The first names, and the number of the others: `a, b, c and 2 more`.
fn first_of<T: AsRef<str>>(names: &[T], most: usize) -> String {
    let named: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    match names.len() - named.len() {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// The generated value that a finding of a property is about.
fn generated<'r>(test: &'r TestReport, finding: &FindingReport) -> Option<&'r FoundReport> {
    test.fuzz.iter().flat_map(|fuzz| &fuzz.found).find(|found| found.exchange == finding.exchange)
}
