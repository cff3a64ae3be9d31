//! What a known deviation would have to say to describe a cause and nothing else.

use std::collections::BTreeSet;

use super::grouping::{Cause, Kind, Member, causes};
use super::model::{FindingReport, Report};

/// A known deviation as far as a run can tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafted {
    /// What is wrong, in one line.
    pub title: String,
    /// In how many tests it was seen.
    pub tests: usize,
    /// The clause, where it is one.
    pub clause: Option<String>,
    /// The check, where it is one.
    pub check: Option<String>,
    /// The part of the answer, where it is one.
    pub place: Option<String>,
    /// The operations.
    pub operations: Vec<String>,
    /// The shapes of the answers, where the clause alone would say too little.
    pub answers: Vec<String>,
    /// What was expected.
    pub expected: Vec<String>,
    /// The shapes of what came.
    pub came: Vec<String>,
}

/// An entry for every cause that fails the run and is not known yet. What only follows from a cause has entries of its
/// own, lest one entry speak of many places.
pub fn drafted(report: &Report) -> Vec<Drafted> {
    causes(report).iter().flat_map(|cause| of_cause(report, cause)).collect()
}

fn of_cause(report: &Report, cause: &Cause<'_>) -> Vec<Drafted> {
    let open = |member: &&Member<'_>| report.fails(member.finding) && member.finding.deviation.is_none();
    let (followers, own): (Vec<&Member<'_>>, Vec<&Member<'_>>) =
        cause.members.iter().filter(open).partition(|member| member.follows);
    let mut entries = Vec::new();
    if !own.is_empty() {
        entries.push(entry(cause.title(), cause.kind, &own));
    }
    let defects: BTreeSet<_> = followers.iter().map(|member| member.finding.defect()).collect();
    for defect in defects {
        let members: Vec<&Member<'_>> =
            followers.iter().copied().filter(|member| member.finding.defect() == defect).collect();
        entries.push(entry(format!("follows from: {}", cause.title()), Kind::Defect, &members));
    }
    entries
}

fn entry(title: String, kind: Kind, members: &[&Member<'_>]) -> Drafted {
    let all = |part: fn(&FindingReport) -> &str| -> Vec<String> {
        let all: BTreeSet<&str> = members.iter().map(|member| part(member.finding)).collect();
        all.into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect()
    };
    let one = |part: fn(&FindingReport) -> &str| Some(all(part)).filter(|all| all.len() == 1)?.pop();
    let tests: BTreeSet<&str> = members.iter().map(|member| member.test.name.as_str()).collect();
    let entry = Drafted {
        title,
        tests: tests.len(),
        clause: one(|finding| &finding.clause),
        check: one(|finding| &finding.check),
        place: one(|finding| finding.defect().place),
        operations: all(|finding| &finding.key.operation),
        answers: all(|finding| &finding.key.answer),
        expected: all(|finding| &finding.key.expected),
        came: all(|finding| &finding.key.came),
    };
    match kind {
        // Whatever is expected of the operation, and wherever it shows: the answer is what tells it.
        Kind::NotImplemented => {
            Drafted { clause: None, check: None, place: None, expected: Vec::new(), came: Vec::new(), ..entry }
        }
        _ if entry.clause.is_some() => Drafted { answers: Vec::new(), ..entry },
        _ => entry,
    }
}
