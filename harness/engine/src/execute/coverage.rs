//! What the answers of a test have shown of the clauses: coverage that is earned.
//!
//! A clause is upheld by a check or an expectation *of that clause* that was evaluated on an answer that could have
//! violated it. What was evaluated on an answer that could not, such as one without the header that it is about, leaves
//! the clause open, and says why. The record of each test holds both; `report::judge` derives the status of a clause
//! from all tests of a run.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::EXPECTATION;

/// What one test has shown of the clauses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    evidence: BTreeMap<String, Evidence>,
    open: BTreeMap<String, String>,
}

/// What speaks for a clause in one test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The checks that found nothing; `expectation` for the expectations of the test itself.
    pub checks: BTreeSet<String>,
    /// The error codes of the answers that they judged.
    pub codes: BTreeSet<String>,
    /// How often they judged an answer.
    pub answers: usize,
    /// The first exchange that they judged, where it is on record.
    pub exchange: Option<usize>,
}

impl Coverage {
    /// Notes that a check, or an expectation, judged an answer that could have violated the clause and did not.
    pub fn uphold(&mut self, clause: &str, check: &str, code: Option<&str>, exchange: Option<usize>) {
        let evidence = self.evidence.entry(clause.to_owned()).or_default();
        evidence.checks.insert(check.to_owned());
        evidence.codes.extend(code.map(str::to_owned));
        evidence.answers += 1;
        evidence.exchange = evidence.exchange.or(exchange);
    }

    /// Notes that an expectation of the clause was evaluated on an answer that shows nothing of it; the first reason counts.
    pub fn leave_open(&mut self, clause: &str, reason: String) {
        self.open.entry(clause.to_owned()).or_insert(reason);
    }

    /// Takes back what expectations have shown of a clause.
    pub fn withdraw(&mut self, clause: &str) {
        let Some(evidence) = self.evidence.get_mut(clause) else { return };
        evidence.checks.remove(EXPECTATION);
        if evidence.checks.is_empty() {
            self.evidence.remove(clause);
        }
    }

    /// Forgets the place of an exchange that is taken off the record.
    pub fn forget(&mut self, exchange: usize) {
        for evidence in self.evidence.values_mut().filter(|evidence| evidence.exchange == Some(exchange)) {
            evidence.exchange = None;
        }
    }

    /// Adds what another record has shown, whose exchanges are not kept.
    pub fn absorb(&mut self, other: Self) {
        for (clause, more) in other.evidence {
            let evidence = self.evidence.entry(clause).or_default();
            evidence.checks.extend(more.checks);
            evidence.codes.extend(more.codes);
            evidence.answers += more.answers;
        }
        for (clause, reason) in other.open {
            self.open.entry(clause).or_insert(reason);
        }
    }

    /// What speaks for each clause, in order of clause.
    pub fn evidence(&self) -> impl Iterator<Item = (&str, &Evidence)> {
        self.evidence.iter().map(|(clause, evidence)| (clause.as_str(), evidence))
    }

    /// The clauses that were left open, with the reason, in order of clause.
    pub fn open(&self) -> impl Iterator<Item = (&str, &str)> {
        self.open.iter().map(|(clause, reason)| (clause.as_str(), reason.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_of_a_clause_holds_its_checks_codes_and_first_exchange() {
        let mut coverage = Coverage::default();
        coverage.uphold("A", "sample", None, Some(1));
        coverage.uphold("A", EXPECTATION, Some("GONE"), Some(2));
        coverage.forget(1);
        let (clause, evidence) = coverage.evidence().next().expect("evidence");
        assert_eq!((clause, evidence.answers, evidence.exchange), ("A", 2, None));
        assert!(evidence.codes.contains("GONE") && evidence.checks.len() == 2);
    }

    #[test]
    fn what_is_withdrawn_leaves_only_the_checks() {
        let mut coverage = Coverage::default();
        coverage.uphold("A", EXPECTATION, None, None);
        coverage.uphold("B", EXPECTATION, None, None);
        coverage.uphold("B", "sample", None, None);
        coverage.withdraw("A");
        coverage.withdraw("B");
        assert_eq!(coverage.evidence().map(|(clause, _)| clause).collect::<Vec<_>>(), ["B"]);
    }

    #[test]
    fn absorbed_evidence_names_no_exchange() {
        let mut worker = Coverage::default();
        worker.uphold("A", "sample", Some("GONE"), Some(7));
        worker.leave_open("B", "no answer".into());
        let mut coverage = Coverage::default();
        coverage.absorb(worker);
        assert_eq!(coverage.evidence().next().map(|(_, evidence)| evidence.exchange), Some(None));
        assert_eq!(coverage.open().next(), Some(("B", "no answer")));
    }
}
