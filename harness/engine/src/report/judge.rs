//! What follows from the tests of a report: counts, clauses, codes and the exit code. A run and the
//! merging of its parts are judged here alike.
//!
//! A clause is upheld only where an answer could have violated it and none did: `evidence` of a test says so. A clause
//! about an error code needs evidence with one of its codes.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{ClauseReport, ClauseStatus, CodeReport, FindingReport, TestReport};
use super::parts::OF_THE_LIST;
use crate::verdict::{self, Verdict};

/// Tests that a clause or code lists at most.
const LISTED: usize = 1000;

/// How many tests had each verdict.
pub(super) fn summary(tests: &[TestReport]) -> BTreeMap<String, usize> {
    let mut summary: BTreeMap<String, usize> =
        Verdict::ALL.iter().map(|verdict| (verdict.as_str().to_owned(), 0)).collect();
    for test in tests {
        *summary.entry(test.verdict.as_str().to_owned()).or_default() += 1;
    }
    // They are among the inconclusive, and are counted apart as well.
    summary.insert("flaky".to_owned(), tests.iter().filter(|test| test.flaky).count());
    summary
}

/// The exit code that follows.
pub(super) fn exit_code(tests: &[TestReport], strict: bool) -> u8 {
    let verdicts: Vec<Verdict> = tests.iter().map(|test| test.verdict).collect();
    verdict::exit_code(&verdicts, strict)
}

/// What became of a clause; `clause` says what the contract says of it.
pub(super) fn clause(clause: &ClauseReport, tests: &[TestReport]) -> ClauseReport {
    let seen = Seen::of(clause, tests);
    let status = match (seen.violated, seen.upheld) {
        (true, _) => ClauseStatus::Violated,
        (false, true) => ClauseStatus::Upheld,
        (false, false) => ClauseStatus::NotExercised,
    };
    let reason = match status {
        ClauseStatus::Violated => seen.known.clone(),
        ClauseStatus::Upheld => None,
        ClauseStatus::NotExercised => Some(seen.reason(clause)),
    };
    ClauseReport {
        status,
        reason,
        exercised_by: seen.exercised_by,
        tests: seen.named.into_iter().take(LISTED).map(str::to_owned).collect(),
        ..clause.clone()
    }
}

/// What the tests have seen of a clause.
#[derive(Default)]
struct Seen<'t> {
    violated: bool,
    /// There is evidence, and of one of the clause's codes where it has any.
    upheld: bool,
    exercised_by: usize,
    /// The tests to list.
    named: BTreeSet<&'t str>,
    /// Why a violation was let pass.
    known: Option<String>,
    /// Whether a test about it came to its end.
    ran: bool,
    skipped: Reasons<'t>,
    open: Reasons<'t>,
    inconclusive: Reasons<'t>,
}

/// Reasons, with the number of tests that give each.
type Reasons<'t> = BTreeMap<&'t str, usize>;

impl<'t> Seen<'t> {
    fn of(clause: &ClauseReport, tests: &'t [TestReport]) -> Self {
        let mut seen = Self::default();
        for test in tests {
            seen.add(clause, test);
        }
        seen
    }

    fn add(&mut self, clause: &ClauseReport, test: &'t TestReport) {
        let breaks = |finding: &FindingReport| finding.clause == clause.id && finding.level <= clause.level;
        let broken = test.findings.iter().any(breaks);
        let about = test.clauses.contains(&clause.id);
        let evidence = test.evidence_of(&clause.id);
        if broken {
            self.violated = true;
            if test.verdict == Verdict::Skipped {
                self.known = test.reason.clone();
            }
        }
        let observed =
            |codes: &[String]| clause.codes.is_empty() || codes.iter().any(|code| clause.codes.contains(code));
        self.upheld |= evidence.is_some_and(|evidence| observed(&evidence.codes));
        self.exercised_by += usize::from(broken || evidence.is_some());
        if broken || about {
            self.named.insert(&test.name);
        }
        for open in test.open.iter().filter(|open| open.clause == clause.id) {
            *self.open.entry(&open.reason).or_default() += 1;
        }
        if !about {
            return;
        }
        match (test.verdict, test.reason.as_deref()) {
            (Verdict::Skipped, Some(reason)) if test.findings.is_empty() => {
                *self.skipped.entry(reason).or_default() += 1;
            }
            // A test that failed and has a reason did not come to its end either.
            (Verdict::Inconclusive | Verdict::Failed, Some(reason)) if !test.name.starts_with(OF_THE_LIST) => {
                *self.inconclusive.entry(reason).or_default() += 1;
            }
            _ => self.ran = true,
        }
    }

    /// Why it was not exercised, the most useful reason first, and another where there is one.
    fn reason(&self, clause: &ClauseReport) -> String {
        if let Some(reason) = &clause.excluded {
            return format!("excluded: {reason}");
        }
        let unobserved = (self.ran && !clause.codes.is_empty())
            .then(|| format!("no test of it observed {}", clause.codes.join(" or ")));
        let most = |reasons: &Reasons<'_>| {
            let most = reasons.iter().max_by_key(|(_, count)| **count)?;
            Some((*most.0).to_owned())
        };
        let reasons =
            [unobserved, most(&self.open), most(&self.skipped), most(&self.inconclusive), clause.unjudged.clone()];
        let reasons: Vec<String> = reasons.into_iter().flatten().take(2).collect();
        if reasons.is_empty() { "no test of this run is about it".to_owned() } else { reasons.join("; ") }
    }
}

/// What became of a code; `code` says what the contract says of it.
pub(super) fn code(code: &CodeReport, tests: &[TestReport]) -> CodeReport {
    let observed = || tests.iter().filter(|test| test.codes.contains(&code.code));
    CodeReport {
        observed: observed().count(),
        tests: observed().take(LISTED).map(|test| test.name.clone()).collect(),
        ..code.clone()
    }
}
