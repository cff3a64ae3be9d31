//! Coverage: what the responses of a test show about the clauses.
//!
//! A clause is upheld if a check or an expectation *of that clause* was evaluated on a response that could have
//! violated it. If the response could not violate it, for example because the header in question is absent, the clause
//! stays open with a reason. The record of each test holds both. `report::judge` derives the status of a clause from
//! all tests of a run.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::EXPECTATION;

/// What one test shows about the clauses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    evidence: BTreeMap<String, Evidence>,
    open: BTreeMap<String, String>,
}

/// The evidence for a clause in one test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The checks without a violation; `expectation` for the expectations of the test itself.
    pub checks: BTreeSet<String>,
    /// The error codes of the judged responses.
    pub codes: BTreeSet<String>,
    /// The number of judged responses.
    pub responses: usize,
    /// The first judged exchange, if it is on record.
    pub exchange: Option<usize>,
}

impl Coverage {
    /// Notes that a check or an expectation judged a response that could have violated the clause and did not.
    pub fn uphold(&mut self, clause: &str, check: &str, code: Option<&str>, exchange: Option<usize>) {
        let evidence = self.evidence.entry(clause.to_owned()).or_default();
        evidence.checks.insert(check.to_owned());
        evidence.codes.extend(code.map(str::to_owned));
        evidence.responses += 1;
        evidence.exchange = evidence.exchange.or(exchange);
    }

    /// Notes that an expectation was evaluated on a response that could not violate the clause. Keeps the first reason.
    pub fn leave_open(&mut self, clause: &str, reason: String) {
        self.open.entry(clause.to_owned()).or_insert(reason);
    }

    /// Removes the evidence of expectations for a clause. Evidence of checks stays.
    pub fn withdraw(&mut self, clause: &str) {
        let Some(evidence) = self.evidence.get_mut(clause) else { return };
        evidence.checks.remove(EXPECTATION);
        if evidence.checks.is_empty() {
            self.evidence.remove(clause);
        }
    }

    /// Adds the coverage of another record whose exchanges are not kept.
    pub fn absorb(&mut self, other: Self) {
        self.add(other, |_| None);
    }

    /// Adds the coverage of another record whose exchanges come after the first ones of this record.
    pub fn append(&mut self, other: Self, first: usize) {
        self.add(other, |exchange| Some(exchange + first));
    }

    fn add(&mut self, other: Self, place: impl Fn(usize) -> Option<usize>) {
        for (clause, more) in other.evidence {
            let evidence = self.evidence.entry(clause).or_default();
            evidence.checks.extend(more.checks);
            evidence.codes.extend(more.codes);
            evidence.responses += more.responses;
            evidence.exchange = evidence.exchange.or_else(|| more.exchange.and_then(&place));
        }
        for (clause, reason) in other.open {
            self.open.entry(clause).or_insert(reason);
        }
    }

    /// The evidence for each clause, in order of clause.
    pub fn evidence(&self) -> impl Iterator<Item = (&str, &Evidence)> {
        self.evidence.iter().map(|(clause, evidence)| (clause.as_str(), evidence))
    }

    /// The open clauses with their reasons, in order of clause.
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
        let (clause, evidence) = coverage.evidence().next().expect("evidence");
        assert_eq!((clause, evidence.responses, evidence.exchange), ("A", 2, Some(1)));
        assert!(evidence.codes.contains("GONE") && evidence.checks.len() == 2);
    }

    #[test]
    fn withdraw_removes_expectations_and_keeps_checks() {
        let mut coverage = Coverage::default();
        coverage.uphold("A", EXPECTATION, None, None);
        coverage.uphold("B", EXPECTATION, None, None);
        coverage.uphold("B", "sample", None, None);
        coverage.withdraw("A");
        coverage.withdraw("B");
        assert_eq!(coverage.evidence().map(|(clause, _)| clause).collect::<Vec<_>>(), ["B"]);
    }

    #[test]
    fn appended_evidence_has_the_exchange_of_the_longer_record() {
        let mut one = Coverage::default();
        one.uphold("A", "sample", None, Some(0));
        let mut coverage = Coverage::default();
        coverage.append(one.clone(), 3);
        coverage.append(one, 4);
        let (clause, evidence) = coverage.evidence().next().expect("evidence");
        assert_eq!((clause, evidence.responses, evidence.exchange), ("A", 2, Some(3)));
    }

    #[test]
    fn coverage_of_a_worker_is_merged_without_exchange_numbers() {
        let mut worker = Coverage::default();
        worker.uphold("A", "sample", Some("GONE"), Some(7));
        worker.leave_open("B", "no response".into());
        let mut coverage = Coverage::default();
        coverage.absorb(worker);
        assert_eq!(coverage.evidence().next().map(|(_, evidence)| evidence.exchange), Some(None));
        assert_eq!(coverage.open().next(), Some(("B", "no response")));
    }
}
