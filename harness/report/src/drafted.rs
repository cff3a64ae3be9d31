//! Drafts known deviations: each entry matches one cause and nothing else. `run/draft.rs` writes them to a file.

use std::collections::BTreeSet;

use super::grouping::{Cause, CauseKind, Member, causes};
use super::model::{FindingReport, Report};

/// A draft of a known deviation, without what a person must add (reason, ticket, expiry date).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafted {
    /// The cause, in one line.
    pub title: String,
    /// How many tests showed it.
    pub tests: usize,
    /// The clause, if all findings agree in it.
    pub clause: Option<String>,
    /// The check, if all findings agree in it.
    pub check: Option<String>,
    /// The place in the response, if all findings agree in it.
    pub place: Option<String>,
    pub operations: Vec<String>,
    /// The shapes of the responses, if the clause alone would match too much.
    pub responses: Vec<String>,
    pub expected: Vec<String>,
    /// The shapes of the actual values.
    pub actual: Vec<String>,
}

/// Drafts an entry for each cause that fails the run and is not a known deviation yet. Findings that only follow from a
/// cause get separate entries, so that no entry matches several places.
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
        entries.push(entry(format!("follows from: {}", cause.title()), CauseKind::Defect, &members));
    }
    entries
}

fn entry(title: String, kind: CauseKind, members: &[&Member<'_>]) -> Drafted {
    let all = |part: fn(&FindingReport) -> &str| -> Vec<String> {
        let all: BTreeSet<&str> = members.iter().map(|member| part(member.finding)).collect();
        all.into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect()
    };
    let one = |part: fn(&FindingReport) -> &str| Some(all(part)).filter(|all| all.len() == 1)?.pop();
    let tests: BTreeSet<&str> = members.iter().map(|member| member.test.name.as_ref()).collect();
    let entry = Drafted {
        title,
        tests: tests.len(),
        clause: one(|finding| &finding.clause),
        check: one(|finding| &finding.check),
        place: one(|finding| finding.defect().place),
        operations: all(|finding| &finding.key.operation),
        responses: all(|finding| &finding.key.response),
        expected: all(|finding| &finding.key.expected),
        actual: all(|finding| &finding.key.actual),
    };
    match kind {
        // Only the operation and the response identify this cause; expectation and place differ from finding to finding.
        CauseKind::NotImplemented | CauseKind::Failing => {
            Drafted { clause: None, check: None, place: None, expected: Vec::new(), actual: Vec::new(), ..entry }
        }
        _ if entry.clause.is_some() => Drafted { responses: Vec::new(), ..entry },
        _ => entry,
    }
}
