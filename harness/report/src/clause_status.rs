//! Derives the counts, the outcomes of clauses and codes, and the exit code from the tests of a report. Both a run and
//! a merge use it.
//!
//! A clause is upheld only if a response could have violated it and no response did: the `evidence` of a test records
//! this. A clause about error codes needs evidence with one of its codes. If a failed test of the clause got an error response
//! without an envelope, nobody knows whether that response keeps the clause, so other evidence is not enough. Nor is it
//! enough if fewer tests gave evidence than did not complete: a clause is not upheld because one of its twenty tests ran.

use std::collections::{BTreeMap, BTreeSet};

use super::grouping::ENVELOPE_CHECK;
use super::model::{ClauseReport, ClauseStatus, CodeReport, ExchangeReport, FindingReport, TestReport};
use super::numbers::counted;
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
pub(super) fn clause(clause: &ClauseReport, tests: &[TestReport], codes: &[CodeReport]) -> ClauseReport {
    let seen = ClauseEvidence::of(clause, tests);
    let status = match (seen.violated, seen.upheld && seen.unreadable.is_empty() && !seen.is_mostly_incomplete()) {
        (true, _) => ClauseStatus::Violated,
        (false, true) => ClauseStatus::Upheld,
        (false, false) => ClauseStatus::NotExercised,
    };
    let reason = match status {
        ClauseStatus::Violated => seen.known.clone(),
        ClauseStatus::Upheld => None,
        ClauseStatus::NotExercised => Some(seen.reason(clause, &Unread::of(clause, tests, codes))),
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
    /// How many tests of the clause were run, and how many of them ended early without evidence.
    ran: usize,
    ended: usize,
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
            _ => {
                self.ran += 1;
                self.ended += usize::from(test.ended_early && evidence.is_none());
            }
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

    fn ended_early(&self) -> Option<String> {
        match (self.ended, self.ran) {
            (0, _) => None,
            (1, 1) => Some("its test ended early".to_owned()),
            (ended, ran) if ended == ran => Some(format!("all {ran} of its tests ended early")),
            (ended, ran) => Some(format!("{ended} of its {ran} tests ended early")),
        }
    }

    /// Why the clause was not exercised: at most two reasons, the most specific first.
    fn reason(&self, clause: &ClauseReport, unread: &Unread) -> String {
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
        let codes = clause.codes.join(" or ");
        let is_about_codes =
            |reason: &&String| !codes.is_empty() && reason.starts_with(&format!("{UNOBSERVED}{codes}"));
        let unobserved = match self.upheld {
            true => Some("some of its tests passed, but others could not be judged".to_owned()),
            // What the checks say of the same codes says more.
            false if self.ran > 0 && clause.unjudged.as_ref().is_some_and(|reason| is_about_codes(&reason)) => None,
            false => (self.ran > 0 && !codes.is_empty()).then(|| format!("no test of it observed {codes}")),
        };
        let unjudged = clause.unjudged.as_ref().map(|reason| {
            let without = unread.without_envelope().filter(|_| is_about_members(reason));
            without.map_or_else(|| reason.clone(), |without| format!("{reason}; {without}"))
        });
        // What the checks had to judge was missing in all responses. If no test ran, it is missing for that reason.
        let (before, after) = if self.ran > 0 { (unjudged, None) } else { (None, unjudged) };
        let reasons = [
            unread.server_errors(clause),
            unobserved,
            most(&self.unreadable).or_else(|| most(&self.open)),
            before,
            most(&self.skipped),
            most(&self.inconclusive),
            self.ended_early(),
            after,
        ];
        let reasons: Vec<String> = reasons.into_iter().flatten().take(2).collect();
        match (reasons.is_empty(), self.ran) {
            (false, _) => reasons.join("; "),
            (true, 0) => "no test of this run covers it".to_owned(),
            (true, ran) => format!("{} of it got no response that could violate it", counted(ran, "test")),
        }
    }
}

/// How checks say that no response had a code.
const UNOBSERVED: &str = "no test observed ";

/// True if the checks of a clause looked in vain for a member of the envelope.
fn is_about_members(unjudged: &str) -> bool {
    unjudged.starts_with("no error response had `") || unjudged.starts_with("no error response named ")
}

/// Error responses that say nothing about a clause, because they have no envelope.
struct Unread {
    /// How many there are.
    count: usize,
    /// The clause that they violate.
    clause: Option<String>,
    /// The statuses of the server errors among the codes of the clause, and how many responses have one of them without a code.
    statuses: String,
    server_errors: usize,
}

impl Unread {
    fn of(clause: &ClauseReport, tests: &[TestReport], codes: &[CodeReport]) -> Self {
        let own = codes.iter().filter(|code| clause.codes.contains(&code.code));
        let statuses: BTreeSet<u16> = own
            .flat_map(|code| code.statuses.iter().copied().chain(code.status))
            .filter(|status| *status >= 500)
            .collect();
        let findings =
            || tests.iter().flat_map(|test| &test.findings).filter(|finding| finding.check == ENVELOPE_CHECK);
        let responses =
            || tests.iter().flat_map(|test| &test.exchanges).filter(|exchange| exchange.error_code.is_none());
        let is_own = |exchange: &&ExchangeReport| exchange.status_code.is_some_and(|status| statuses.contains(&status));
        Self {
            count: findings().count(),
            clause: findings().map(|finding| finding.clause.clone()).next(),
            server_errors: responses().filter(is_own).count(),
            statuses: statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(" or "),
        }
    }

    fn without_envelope(&self) -> Option<String> {
        (self.count > 0).then(|| format!("{} had no envelope", counted(self.count, "error response")))
    }

    /// Server errors that no test of the clause provoked. The clause of the envelope is violated by them.
    fn server_errors(&self, clause: &ClauseReport) -> Option<String> {
        let violated = self.clause.as_ref().filter(|_| self.server_errors > 0)?;
        let (count, codes) = (counted(self.server_errors, "response"), clause.codes.join(" or "));
        Some(format!("{count} had the status {} without {codes}, see {violated}", self.statuses))
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
        let decided = clause(&parsed(undecided), tests, &[]);
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

    /// The reason of a clause with these codes and this reason of its checks.
    fn reason(tests: &[TestReport], codes: &[&str], unjudged: Option<&str>) -> String {
        let undecided = json!({
            "id": "VAL-1", "level": "MUST", "says": "", "page": "p", "status": "not-exercised", "reason": null,
            "exercisedBy": 0, "tests": [], "codes": codes, "unjudged": unjudged
        });
        let code = json!({ "code": "FAILED", "status": 500, "observed": 0, "tests": [] });
        clause(&parsed(undecided), tests, &[parsed(code)]).reason.unwrap_or_default()
    }

    #[test]
    fn reason_counts_tests_that_ended_early() {
        let none = json!([]);
        let ended = TestReport { ended_early: true, ..test("a", &none, &none, &none) };
        let complete = test("b", &none, &none, &none);
        assert_eq!(reason(&[ended, complete.clone()], &[], None), "1 of its 2 tests ended early");
        assert_eq!(reason(&[complete], &[], None), "1 test of it got no response that could violate it");
        assert_eq!(reason(&[], &[], None), "no test of this run covers it");
    }

    #[test]
    fn reason_says_the_most_specific_first_and_nothing_twice() {
        let none = json!([]);
        let ran = test("a", &none, &none, &none);
        let lacks = TestReport {
            verdict: Verdict::Inconclusive,
            reason: Some("no capability".to_owned()),
            ..test("b", &none, &none, &none)
        };
        let unjudged = Some("fewer than two responses had an id");
        let both = "fewer than two responses had an id; no capability";
        assert_eq!(reason(&[ran.clone(), lacks.clone()], &[], unjudged), both);
        let not_run = "no capability; fewer than two responses had an id";
        assert_eq!(reason(&[lacks], &[], unjudged), not_run, "without the capability, no test was run");
        for text in ["no test observed GONE", "no test observed GONE with the header X"] {
            assert_eq!(reason(std::slice::from_ref(&ran), &["GONE"], Some(text)), text);
        }
    }

    #[test]
    fn reason_counts_responses_without_envelope() {
        let none = json!([]);
        let violates = |name: &str, status: u16| {
            let found = json!([finding("ENV-1", ENVELOPE_CHECK, "body")]);
            let exchanges = json!([fixtures::exchange("asserted", "create", status)]);
            let members = [("clauses", none.clone()), ("findings", found), ("exchanges", exchanges)];
            parsed(with(fixtures::test(name, "failed"), &members))
        };
        let tests = [violates("a", 500), violates("b", 500), violates("c", 400), test("d", &none, &none, &none)];
        let provoked = "2 responses had the status 500 without FAILED, see ENV-1; no test of it observed FAILED";
        assert_eq!(reason(&tests, &["FAILED"], None), provoked);
        let unnamed = "no error response named a field, and none with a readable code had to";
        let members = format!("{unnamed}; 3 error responses had no envelope");
        assert_eq!(reason(&tests, &[], Some(unnamed)), members);
    }
}
