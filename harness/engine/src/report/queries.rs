//! What can be asked of a finished report: short questions that several formats and comparisons share. The types
//! themselves, which the JSON report shows, are in `model`.

use sha2::{Digest as _, Sha256};

use super::model::{
    ClauseReport, ClauseStatus, DeviationState, EvidenceReport, Extent, FindingReport, Report, TestReport,
};
use super::parts::OF_THE_LIST;
use crate::contract::{Level, hex};
use crate::verdict::Verdict;

impl ClauseStatus {
    /// The status as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            ClauseStatus::Upheld => "upheld",
            ClauseStatus::Violated => "violated",
            ClauseStatus::NotExercised => "not-exercised",
        }
    }
}

impl DeviationState {
    /// The state as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            DeviationState::Observed => "observed",
            DeviationState::Unobserved => "unobserved",
            DeviationState::Stale => "stale",
            DeviationState::Expired => "expired",
            DeviationState::Unmatched => "unmatched",
        }
    }
}

impl Extent {
    /// The extent of these names, which may come in any order.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut names: Vec<&str> = names.into_iter().collect();
        names.sort_unstable();
        let mut text = names.join("\n");
        text.push('\n');
        Self { tests: names.len(), hash: hex(&Sha256::digest(text)) }
    }
}

impl TestReport {
    /// What its answers show of a clause, where they show anything.
    pub fn evidence_of(&self, clause: &str) -> Option<&EvidenceReport> {
        self.evidence.iter().find(|evidence| evidence.clause == clause)
    }
}

/// What findings of the same defect share, whatever operation they were made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Defect<'f> {
    /// The clause.
    pub clause: &'f str,
    /// The check that speaks.
    pub check: &'f str,
    /// The part of the answer.
    pub place: &'f str,
    /// What was expected.
    pub expected: &'f str,
    /// The shape of what came.
    pub came: &'f str,
}

impl FindingReport {
    /// Its defect; by what an earlier version wrote where there is no key.
    pub fn defect(&self) -> Defect<'_> {
        let Self { clause, check, part, expected, actual, key, .. } = self;
        let (expected, came): (&str, &str) =
            if check == crate::finding::EXPECTATION { (expected, actual) } else { ("", "") };
        match key.id.is_empty() {
            true => Defect { clause, check, place: part, expected, came },
            false => Defect { clause, check, place: &key.place, expected: &key.expected, came: &key.came },
        }
    }

    /// The short name of its key.
    pub fn key_id(&self) -> String {
        if !self.key.id.is_empty() {
            return self.key.id.clone();
        }
        let Defect { clause, check, place, expected, came } = self.defect();
        crate::finding::digest(&[clause, check, place, expected, came])
    }
}

impl Report {
    /// The tests that failed or had no verdict. What the list of known deviations made fail is no test.
    pub fn not_passed(&self) -> impl Iterator<Item = &TestReport> {
        let open = |verdict| matches!(verdict, Verdict::Failed | Verdict::Inconclusive);
        self.of_the_suite().filter(move |test| open(test.verdict))
    }

    /// Its tests, without what stands for the list of known deviations.
    pub fn of_the_suite(&self) -> impl Iterator<Item = &TestReport> {
        self.tests.iter().filter(|test| !test.name.starts_with(OF_THE_LIST))
    }

    /// How many tests had a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.summary.get(verdict.as_str()).copied().unwrap_or_default()
    }

    /// True for a finding that fails a run of this strictness.
    pub fn fails(&self, finding: &FindingReport) -> bool {
        finding.level == Level::Must || self.strict
    }

    /// The clauses of one status.
    pub fn clauses_with(&self, status: ClauseStatus) -> impl Iterator<Item = &ClauseReport> {
        self.clauses.iter().filter(move |clause| clause.status == status)
    }
}
