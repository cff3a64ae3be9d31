//! The outcome of each mutation, and the score of all mutations.

use std::collections::BTreeMap;

use serde::Serialize;

use super::mutation::Mutation;
use judge::finding::Finding;
use spec::scenario::TestCase;

/// The outcome of a mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MutationOutcome {
    /// No test reported a violation.
    Survived,
    /// The tests did not end within the time limit, and none had reported a violation.
    TimedOut,
    /// A test reported a violation, but of a clause that the mutation does not violate.
    KilledForAnotherClause,
    /// A test reported a violation of a clause that the mutation violates.
    Killed,
    /// It survived, and the pack says why the contract allows it.
    Allowed,
    /// No test received a changed response.
    NeverTriggered,
}

/// The violation that a test reported for a mutation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kill {
    /// The test that reported it.
    pub test: String,
    pub clause: String,
    /// The check, or `expectation`.
    pub check: String,
    /// The part of the response, such as `body /code`.
    pub part: String,
    /// The file of the test, relative to the pack.
    pub file: String,
    /// The line of the step that received the response; `None` for a step of a fixture and for a generated value.
    pub line: Option<usize>,
}

impl Kill {
    pub(super) fn new(test: &TestCase, finding: &Finding) -> Self {
        Self {
            test: test.name.to_string(),
            clause: finding.clause.clone(),
            check: finding.check.clone(),
            part: finding.part.to_string(),
            file: test.file.to_string(),
            line: finding.line,
        }
    }
}

/// A response that was changed, and the step that received it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    pub test: String,
    /// Its scenario file, relative to the pack.
    pub file: String,
    /// The line of the step, or of the test if the step is not known.
    pub line: usize,
    /// What the step accepts, if it accepts more than one response.
    pub accepts: Option<String>,
    /// The method, the path and the actor of the request.
    pub request: String,
    /// The response of the target.
    pub before: String,
    /// The response that the test received.
    pub after: String,
}

/// A mutation with its outcome.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MutationResult {
    pub mutation: Mutation,
    pub outcome: MutationOutcome,
    /// The violation that killed it.
    pub kill: Option<Kill>,
    /// Every violation that the tests reported until they ended.
    pub kills: Vec<Kill>,
    /// A finding that only warns of a MUST clause, because the contract tolerates the response.
    pub warning: Option<Kill>,
    /// The number of tests that receive a changed response.
    pub recipients: usize,
    /// The number of these tests that have run.
    pub tests: usize,
    /// The number of changed responses.
    pub triggered: usize,
    /// The number of requests sent.
    pub requests: usize,
    /// The number of inconclusive tests.
    pub inconclusive: usize,
    /// The reason of one inconclusive test.
    pub reason: Option<String>,
    pub duration_ms: u64,
    /// Why the contract allows the survivor.
    pub allowed: Option<String>,
    /// A changed response that a test should have reported, if the mutation was not killed.
    pub changed: Option<Changed>,
}

impl MutationResult {
    pub(super) fn new(mutation: Mutation) -> Self {
        Self {
            mutation,
            outcome: MutationOutcome::NeverTriggered,
            kill: None,
            kills: Vec::new(),
            warning: None,
            recipients: 0,
            tests: 0,
            triggered: 0,
            requests: 0,
            inconclusive: 0,
            reason: None,
            duration_ms: 0,
            allowed: None,
            changed: None,
        }
    }
}

/// The number of mutations with each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    pub killed: usize,
    pub killed_for_another_clause: usize,
    pub survived: usize,
    pub timed_out: usize,
    pub allowed: usize,
    pub never_triggered: usize,
}

/// The score of all mutations, and of each group of clauses.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// The percentage of triggered mutations that a test noticed under any clause, without those that the contract
    /// allows; `None` if none was triggered.
    pub percent: Option<f64>,
    pub all: Counts,
    /// By the group of the violated clause: `ENV` of `ENV-1`.
    pub groups: BTreeMap<String, Counts>,
}

/// The group of mutations without clauses.
pub(super) const ANY: &str = "any clause";

impl Counts {
    fn add(&mut self, outcome: MutationOutcome) {
        match outcome {
            MutationOutcome::Killed => self.killed += 1,
            MutationOutcome::KilledForAnotherClause => self.killed_for_another_clause += 1,
            MutationOutcome::Survived => self.survived += 1,
            MutationOutcome::TimedOut => self.timed_out += 1,
            MutationOutcome::Allowed => self.allowed += 1,
            MutationOutcome::NeverTriggered => self.never_triggered += 1,
        }
    }

    /// The number of mutations that a test reported under any clause.
    pub fn noticed(&self) -> usize {
        self.killed + self.killed_for_another_clause
    }

    /// The number of mutations that have changed a response, without those that the contract allows.
    pub fn triggered(&self) -> usize {
        self.noticed() + self.survived + self.timed_out
    }

    /// The percentage of triggered mutations that were noticed; `None` if none was triggered.
    pub fn percent(&self) -> Option<f64> {
        (self.triggered() > 0).then(|| 100.0 * self.noticed() as f64 / self.triggered() as f64)
    }
}

impl Score {
    pub fn of(rows: &[MutationResult]) -> Self {
        let mut score = Self::default();
        for row in rows {
            score.all.add(row.outcome);
            score.groups.entry(group(&row.mutation)).or_default().add(row.outcome);
        }
        score.percent = score.all.percent();
        score
    }

    /// True if the score is at least this percentage. False if no mutation was triggered.
    pub fn reaches(&self, least: f64) -> bool {
        self.percent.is_some_and(|percent| percent >= least)
    }
}

fn group(mutation: &Mutation) -> String {
    match mutation.clauses.first() {
        None => ANY.to_owned(),
        Some(clause) => clause.rsplit_once('-').map_or(clause.as_str(), |(group, _)| group).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Change, When};

    fn row(outcome: MutationOutcome, clauses: &[&str]) -> MutationResult {
        let clauses = clauses.iter().map(|clause| (*clause).to_owned()).collect();
        let mutation =
            Mutation { name: String::new(), about: None, when: When::default(), change: Change::Stale, clauses };
        MutationResult { outcome, ..MutationResult::new(mutation) }
    }

    #[test]
    fn mutations_that_were_never_triggered_do_not_count() {
        let rows = [
            row(MutationOutcome::Killed, &["ENV-1"]),
            row(MutationOutcome::KilledForAnotherClause, &["ENV-2", "STA-1"]),
            row(MutationOutcome::Survived, &[]),
            row(MutationOutcome::TimedOut, &["STA-1"]),
            row(MutationOutcome::Allowed, &["STA-1"]),
            row(MutationOutcome::NeverTriggered, &["STA-1"]),
        ];
        let score = Score::of(&rows);
        assert_eq!(score.percent, Some(50.0));
        assert_eq!(score.groups["ENV"].percent(), Some(100.0));
        assert_eq!(score.groups["STA"].percent(), Some(0.0));
        assert_eq!(score.groups[ANY].survived, 1);
        assert!(score.reaches(50.0) && !score.reaches(50.1));
        assert!(!Score::of(&[row(MutationOutcome::NeverTriggered, &[])]).reaches(0.0));
    }
}
