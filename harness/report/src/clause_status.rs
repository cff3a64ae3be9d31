//! Derives the counts, the outcomes of clauses and codes, and the exit code from the tests of a report. Both a run and
//! a merge use it.
//!
//! A clause is upheld only if a response could have violated it and no response did: the `evidence` of a test records
//! this. A clause about error codes needs evidence with one of its codes. If a failed test of the clause got an error response
//! without an envelope, nobody knows whether that response keeps the clause, so other evidence is not enough. Nor is it
//! enough if fewer tests gave evidence than did not complete: a clause is not upheld because one of its twenty tests ran.

use std::collections::{BTreeMap, BTreeSet};

use super::grouping::ENVELOPE_CHECK;
use super::model::{ClauseReport, ClauseStatus, CodeReport, FindingReport, TestReport};
use super::queries::OF_THE_LIST;
use judge::verdict;
use judge::verdict::Verdict;

/// The most tests that are listed for a clause or a code.
const LISTED: usize = 1000;

pub(super) fn summary(tests: &[TestReport]) -> BTreeMap<String, usize> {
    let mut summary: BTreeMap<String, usize> =
        Verdict::ALL.iter().map(|verdict| (verdict.as_str().to_owned(), 0)).collect();
    for test in tests {
        *summary.entry(test.verdict.as_str().to_owned()).or_default() += 1;
    }
    // Flaky tests are also counted as inconclusive.
    summary.insert("flaky".to_owned(), tests.iter().filter(|test| test.flaky).count());
    summary
}

pub(super) fn exit_code(tests: &[TestReport], strict: bool) -> u8 {
    let verdicts: Vec<Verdict> = tests.iter().map(|test| test.verdict).collect();
    verdict::exit_code(&verdicts, strict)
}

/// Fills in the outcome of a clause from the tests.
pub(super) fn clause(clause: &ClauseReport, tests: &[TestReport]) -> ClauseReport {
    let seen = ClauseEvidence::of(clause, tests);
    let status = match (seen.violated, seen.upheld && seen.unreadable.is_empty() && !seen.is_mostly_incomplete()) {
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

/// What the tests tell about one clause.
#[derive(Default)]
struct ClauseEvidence<'t> {
    violated: bool,
    /// There is evidence; if the clause has codes, evidence with one of them.
    upheld: bool,
    exercised_by: usize,
    /// The tests to list.
    named: BTreeSet<&'t str>,
    /// The known deviation that covers a violation.
    known: Option<String>,
    /// A test of the clause completed.
    ran: bool,
    skipped: Reasons<'t>,
    open: Reasons<'t>,
    /// Why failed tests of the clause could not be judged: their error responses had no envelope.
    unreadable: Reasons<'t>,
    inconclusive: Reasons<'t>,
}

/// Reasons, with the number of tests that give each.
type Reasons<'t> = BTreeMap<&'t str, usize>;

impl<'t> ClauseEvidence<'t> {
    fn of(clause: &ClauseReport, tests: &'t [TestReport]) -> Self {
        let mut seen = Self::default();
        for test in tests {
            seen.add(clause, test);
        }
        seen
    }

    fn add(&mut self, clause: &ClauseReport, test: &'t TestReport) {
        let violates = |finding: &FindingReport| finding.clause == clause.id && finding.level <= clause.level;
        let violated = test.findings.iter().any(violates);
        let about = test.clauses.contains(&clause.id);
        let evidence = test.evidence_of(&clause.id);
        if violated {
            self.violated = true;
            if test.verdict == Verdict::Skipped {
                self.known = test.reason.clone();
            }
        }
        let observed =
            |codes: &[String]| clause.codes.is_empty() || codes.iter().any(|code| clause.codes.contains(code));
        self.upheld |= evidence.is_some_and(|evidence| observed(&evidence.codes));
        self.exercised_by += usize::from(violated || evidence.is_some());
        if violated || about {
            self.named.insert(&test.name);
        }
        for open in test.without_evidence.iter().filter(|open| open.clause == clause.id) {
            *self.open.entry(&open.reason).or_default() += 1;
            let no_envelope = test.findings.iter().any(|finding| finding.check == ENVELOPE_CHECK);
            if evidence.is_none() && no_envelope && test.verdict == Verdict::Failed {
                *self.unreadable.entry(&open.reason).or_default() += 1;
            }
        }
        if !about {
            return;
        }
        match (test.verdict, test.reason.as_deref()) {
            (Verdict::Skipped, Some(reason)) if test.findings.is_empty() => {
                *self.skipped.entry(reason).or_default() += 1;
            }
            // A failed test that has a reason did not complete.
            (Verdict::Inconclusive | Verdict::Failed, Some(reason)) if !test.name.starts_with(OF_THE_LIST) => {
                *self.inconclusive.entry(reason).or_default() += 1;
            }
            _ => self.ran = true,
        }
    }

    /// How many tests of the clause did not complete.
    fn incomplete(&self) -> usize {
        self.inconclusive.values().sum()
    }

    /// True if fewer tests exercised the clause than did not complete.
    fn is_mostly_incomplete(&self) -> bool {
        self.exercised_by < self.incomplete()
    }

    /// Why the clause was not exercised: at most two reasons, the most useful first.
    fn reason(&self, clause: &ClauseReport) -> String {
        if let Some(reason) = &clause.excluded {
            return format!("excluded: {reason}");
        }
        let most = |reasons: &Reasons<'_>| {
            let most = reasons.iter().max_by_key(|(_, count)| **count)?;
            Some((*most.0).to_owned())
        };
        if self.upheld && self.unreadable.is_empty() {
            let (exercised, incomplete) = (self.exercised_by, self.incomplete());
            let most = most(&self.inconclusive).unwrap_or_default();
            return format!("{exercised} of its tests exercised it, and {incomplete} did not complete; {most}");
        }
        let unobserved = match self.upheld {
            true => Some("some of its tests passed, but others could not be judged".to_owned()),
            false => (self.ran && !clause.codes.is_empty())
                .then(|| format!("no test of it observed {}", clause.codes.join(" or "))),
        };
        let reasons = [
            unobserved,
            most(&self.unreadable).or_else(|| most(&self.open)),
            most(&self.skipped),
            most(&self.inconclusive),
            clause.unjudged.clone(),
        ];
        let reasons: Vec<String> = reasons.into_iter().flatten().take(2).collect();
        if reasons.is_empty() { "no test of this run covers it".to_owned() } else { reasons.join("; ") }
    }
}

/// Fills in the tests that observed a code.
pub(super) fn code(code: &CodeReport, tests: &[TestReport]) -> CodeReport {
    let observed = || tests.iter().filter(|test| test.codes.contains(&code.code));
    CodeReport {
        observed: observed().count(),
        tests: observed().take(LISTED).map(|test| test.name.to_string()).collect(),
        ..code.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixtures::{self, finding, parsed, with};

    fn test(name: &str, findings: &Value, evidence: &Value, open: &Value) -> TestReport {
        let verdict = if *findings == json!([]) { "passed" } else { "failed" };
        let members = [
            ("clauses", json!(["VAL-1"])),
            ("findings", findings.clone()),
            ("evidence", evidence.clone()),
            ("withoutEvidence", open.clone()),
        ];
        parsed(with(fixtures::test(name, verdict), &members))
    }

    /// The status of a clause about INVALID, and the reason.
    fn status(tests: &[TestReport]) -> (ClauseStatus, String) {
        let undecided = json!({
            "id": "VAL-1", "level": "MUST", "says": "", "page": "p", "status": "not-exercised", "reason": null,
            "exercisedBy": 0, "tests": [], "codes": ["INVALID"]
        });
        let decided = clause(&parsed(undecided), tests);
        (decided.status, decided.reason.unwrap_or_default())
    }

    #[test]
    fn reason_does_not_deny_what_tests_have_observed() {
        let none = json!([]);
        let seen = json!([{ "clause": "VAL-1", "checks": [], "codes": ["INVALID"], "responses": 1, "exchange": 0 }]);
        let open = json!([{ "clause": "VAL-1", "reason": "update returned 400 without a readable error code" }]);
        let no_envelope = json!([finding("ENV-1", ENVELOPE_CHECK, "body")]);
        let observed = test("a", &none, &seen, &none);
        let unreadable = test("b", &no_envelope, &none, &open);
        assert_eq!(status(std::slice::from_ref(&observed)), (ClauseStatus::Upheld, String::new()));
        for (tests, reason) in [
            (vec![unreadable.clone()], "no test of it observed INVALID"),
            (vec![observed, unreadable], "some of its tests passed, but others could not be judged"),
        ] {
            let (status, actual) = status(&tests);
            assert_eq!(status, ClauseStatus::NotExercised);
            assert_eq!(actual, format!("{reason}; update returned 400 without a readable error code"));
        }
    }

    #[test]
    fn one_completed_test_among_many_does_not_uphold_a_clause() {
        let none = json!([]);
        let seen = json!([{ "clause": "VAL-1", "checks": [], "codes": ["INVALID"], "responses": 1, "exchange": 0 }]);
        let complete = test("a", &none, &seen, &none);
        let incomplete = |name: &str| TestReport {
            verdict: Verdict::Inconclusive,
            reason: Some("setup: create returned 500".to_owned()),
            ..test(name, &none, &none, &none)
        };
        let (status_of_half, _) = status(&[complete.clone(), incomplete("b")]);
        assert_eq!(status_of_half, ClauseStatus::Upheld);
        let (status, reason) = status(&[complete, incomplete("b"), incomplete("c")]);
        assert_eq!(status, ClauseStatus::NotExercised);
        assert_eq!(reason, "1 of its tests exercised it, and 2 did not complete; setup: create returned 500");
    }
}
