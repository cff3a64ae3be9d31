//! What became of each mutation, and the score of all of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::mutation::Mutation;

/// What became of a mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// No test reported a violation.
    Survived,
    /// The tests were not over in time, and none had reported a violation.
    TimedOut,
    /// A violation was reported, but of none of the clauses that the mutation violates.
    KilledForAnotherClause,
    /// A test reported a violation of the right clause.
    Killed,
    /// No test received a response that it changes.
    NeverTriggered,
}

/// The violation by which a mutation was noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kill {
    /// The test that reported it.
    pub test: String,
    /// The clause.
    pub clause: String,
    /// The check, or `expectation`.
    pub check: String,
}

/// A response that was changed, and the step that received it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The test.
    pub test: String,
    /// Its scenario file, relative to the pack.
    pub file: String,
    /// The line of the step, or of the test where the step is not known.
    pub line: usize,
    /// What the step accepts, where that is more than one thing: the contract may leave it open.
    pub accepts: Option<String>,
    /// The request line, and who sent it.
    pub request: String,
    /// The response of the target.
    pub before: String,
    /// The response that the test received.
    pub after: String,
}

/// One mutation with what became of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The mutation.
    pub mutation: Mutation,
    /// What became of it.
    pub outcome: Outcome,
    /// The violation by which it was noticed.
    pub kill: Option<Kill>,
    /// A finding that only warns of a MUST clause: what the contract tolerates is no violation.
    pub warning: Option<Kill>,
    /// How many tests receive a response that it changes.
    pub recipients: usize,
    /// How many of them were run.
    pub tests: usize,
    /// How many responses were changed.
    pub triggered: usize,
    /// How many requests were sent.
    pub requests: usize,
    /// How many tests had no verdict.
    pub inconclusive: usize,
    /// Why one of them had none.
    pub reason: Option<String>,
    /// How long it took.
    pub duration_ms: u64,
    /// A changed response that could have been noticed, where it was not, or not as what it is.
    pub changed: Option<Changed>,
}

impl Row {
    /// The row of a mutation that no response has triggered yet.
    pub(super) fn new(mutation: Mutation) -> Self {
        Self {
            mutation,
            outcome: Outcome::NeverTriggered,
            kill: None,
            warning: None,
            recipients: 0,
            tests: 0,
            triggered: 0,
            requests: 0,
            inconclusive: 0,
            reason: None,
            duration_ms: 0,
            changed: None,
        }
    }
}

/// How many mutations came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Reported as what they are.
    pub killed: usize,
    /// Reported as something else.
    pub killed_for_another_clause: usize,
    /// Not reported.
    pub survived: usize,
    /// Not reported in time.
    pub timed_out: usize,
    /// Not to be reported by any test.
    pub never_triggered: usize,
}

/// The score in all and for each group of clauses.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// The percentage of triggered mutations that a test noticed, under whatever clause; `None` where none was triggered.
    pub percent: Option<f64>,
    /// All mutations.
    pub all: Counts,
    /// By the group of the clause that they violate: `ENV` of `ENV-1`.
    pub groups: BTreeMap<String, Counts>,
}

/// The group of mutations that only some expectation can notice: no clause of theirs can be derived.
pub(super) const ANY: &str = "any clause";

impl Counts {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Killed => self.killed += 1,
            Outcome::KilledForAnotherClause => self.killed_for_another_clause += 1,
            Outcome::Survived => self.survived += 1,
            Outcome::TimedOut => self.timed_out += 1,
            Outcome::NeverTriggered => self.never_triggered += 1,
        }
    }

    /// How many were noticed.
    pub fn noticed(&self) -> usize {
        self.killed + self.killed_for_another_clause
    }

    /// How many were triggered.
    pub fn triggered(&self) -> usize {
        self.noticed() + self.survived + self.timed_out
    }

    /// The percentage of those that were noticed; `None` where none was triggered.
    pub fn percent(&self) -> Option<f64> {
        (self.triggered() > 0).then(|| 100.0 * self.noticed() as f64 / self.triggered() as f64)
    }
}

impl Score {
    /// The score of mutations.
    pub fn of(rows: &[Row]) -> Self {
        let mut score = Self::default();
        for row in rows {
            score.all.add(row.outcome);
            score.groups.entry(group(&row.mutation)).or_default().add(row.outcome);
        }
        score.percent = score.all.percent();
        score
    }

    /// Whether a percentage is reached. Where nothing was triggered, nothing is.
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

    fn row(outcome: Outcome, clauses: &[&str]) -> Row {
        let clauses = clauses.iter().map(|clause| (*clause).to_owned()).collect();
        let mutation = Mutation { name: String::new(), when: When::default(), change: Change::Stale, clauses };
        Row { outcome, ..Row::new(mutation) }
    }

    #[test]
    fn what_was_never_triggered_does_not_count() {
        let rows = [
            row(Outcome::Killed, &["ENV-1"]),
            row(Outcome::KilledForAnotherClause, &["ENV-2", "STA-1"]),
            row(Outcome::Survived, &[]),
            row(Outcome::TimedOut, &["STA-1"]),
            row(Outcome::NeverTriggered, &["STA-1"]),
        ];
        let score = Score::of(&rows);
        assert_eq!(score.percent, Some(50.0));
        assert_eq!(score.groups["ENV"].percent(), Some(100.0));
        assert_eq!(score.groups["STA"].percent(), Some(0.0));
        assert_eq!(score.groups[ANY].survived, 1);
        assert!(score.reaches(50.0) && !score.reaches(50.1));
        assert!(!Score::of(&[row(Outcome::NeverTriggered, &[])]).reaches(0.0));
    }
}
