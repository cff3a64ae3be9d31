//! Derives verdicts from findings, and the exit code from verdicts.
//!
//! A violation (failed) and a missing verdict (inconclusive) are always reported as different things.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Key};
use crate::record::TestRecord;
use crate::target::Deviation;
use spec::contract::Level;

/// The reason of a test that was stopped by a signal.
pub const INTERRUPTED: &str = "the run was interrupted";

/// The verdict on a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No violation.
    Passed,
    /// Only violations of SHOULD clauses.
    Warned,
    /// Unsupported by this target, or a known deviation.
    Skipped,
    /// A violation of a MUST clause.
    Failed,
    /// No verdict was possible.
    Inconclusive,
}

impl Verdict {
    /// All verdicts, in the order of reports.
    pub const ALL: [Verdict; 5] =
        [Verdict::Passed, Verdict::Warned, Verdict::Skipped, Verdict::Failed, Verdict::Inconclusive];

    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Warned => "warned",
            Verdict::Skipped => "skipped",
            Verdict::Failed => "failed",
            Verdict::Inconclusive => "inconclusive",
        }
    }
}

/// A verdict with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestVerdict {
    pub verdict: Verdict,
    /// Why the test was skipped or is inconclusive.
    pub reason: Option<String>,
    /// For each finding, the indices of the known deviations that describe it.
    pub described: Vec<Vec<usize>>,
}

impl TestVerdict {
    /// The outcome of a test that was not run.
    pub fn unrun(verdict: Verdict, reason: Option<String>) -> Self {
        Self { verdict, reason, described: Vec::new() }
    }
}

/// The rules for verdicts in this run.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Violations of SHOULD clauses fail, too.
    pub strict: bool,
    /// The known deviations of the target.
    pub deviations: Vec<Deviation>,
    /// The day of the run, because deviations expire.
    pub today: chrono::NaiveDate,
}

impl Rules {
    /// The verdict on a test. A known deviation accepts only the findings that it describes.
    pub fn judge(&self, test: &str, record: &TestRecord) -> TestVerdict {
        let described = record
            .findings
            .iter()
            .enumerate()
            .map(|(at, finding)| self.descriptions(test, finding, record.keys.get(at)));
        let described: Vec<Vec<usize>> = described.collect();
        let (mut open, mut known) = (false, Vec::new());
        for (finding, entries) in record.findings.iter().zip(&described).filter(|(finding, _)| self.fails(finding)) {
            match entries.first() {
                None => open = true,
                Some(entry) => known.push(self.known(&self.deviations[*entry], finding)),
            }
        }
        known.dedup();
        let (verdict, reason) = match &record.inconclusive {
            _ if open => (Verdict::Failed, record.inconclusive.clone()),
            Some(reason) => (Verdict::Inconclusive, Some(reason.clone())),
            None if !known.is_empty() => (Verdict::Skipped, Some(known.join("; "))),
            None if record.findings.is_empty() => (Verdict::Passed, None),
            None => (Verdict::Warned, None),
        };
        TestVerdict { verdict, reason, described }
    }

    /// Whether a finding fails the run under these rules.
    pub fn fails(&self, finding: &Finding) -> bool {
        finding.level == Level::Must || self.strict
    }

    /// The reason text for a known deviation.
    fn known(&self, deviation: &Deviation, finding: &Finding) -> String {
        let owner = deviation.owner.as_ref().map(|owner| format!(", owner {owner}")).unwrap_or_default();
        format!(
            "known deviation from {}: {} ({}{owner}, until {})",
            finding.clause, deviation.reason, deviation.ticket, deviation.expires
        )
    }

    fn descriptions(&self, test: &str, finding: &Finding, key: Option<&Key>) -> Vec<usize> {
        let valid = |deviation: &Deviation| self.today <= deviation.expires;
        let entries = self.deviations.iter().enumerate();
        entries
            .filter(|(_, deviation)| valid(deviation) && deviation.describes(test, finding, key))
            .map(|(index, _)| index)
            .collect()
    }
}

/// The exit code of a run. 1 outranks 3. A run without any passed or warned test never returns 0.
pub fn exit_code(verdicts: &[Verdict], strict: bool) -> u8 {
    let any = |wanted: Verdict| verdicts.contains(&wanted);
    if any(Verdict::Failed) || (strict && any(Verdict::Warned)) {
        return 1;
    }
    if any(Verdict::Inconclusive) || !(any(Verdict::Passed) || any(Verdict::Warned)) {
        return 3;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    use crate::finding::Part;

    fn finding(clause: &str, level: Level) -> Finding {
        Finding {
            clause: clause.into(),
            check: "sample".into(),
            level,
            message: String::new(),
            expected: String::new(),
            actual: String::new(),
            part: Part::Status,
            exchange: 0,
            line: None,
        }
    }

    fn record(findings: Vec<Finding>, inconclusive: Option<&str>) -> TestRecord {
        TestRecord { findings, inconclusive: inconclusive.map(str::to_owned), ..TestRecord::default() }
    }

    fn known(clause: &str, expires: &str) -> Rules {
        known_as(json!({ "clause": clause, "tests": "a*", "reason": "agreed", "ticket": "KYC-1", "expires": expires }))
    }

    fn known_as(deviation: serde_json::Value) -> Rules {
        Rules {
            deviations: vec![serde_json::from_value(deviation).expect("a deviation")],
            today: "2026-11-22".parse().expect("a date"),
            ..Rules::default()
        }
    }

    #[test]
    fn failed_outranks_inconclusive() {
        let record = record(vec![finding("A", Level::Must)], Some("unreachable"));
        assert_eq!(Rules::default().judge("t", &record).verdict, Verdict::Failed);
    }

    #[test]
    fn should_violation_warns_unless_strict() {
        let record = record(vec![finding("A", Level::Should)], None);
        assert_eq!(Rules::default().judge("t", &record).verdict, Verdict::Warned);
        let strict = Rules { strict: true, ..Rules::default() };
        assert_eq!(strict.judge("t", &record).verdict, Verdict::Failed);
    }

    #[test]
    fn known_deviation_skips_until_it_expires() {
        let record = record(vec![finding("A", Level::Must)], None);
        assert_eq!(known("A", "2026-11-22").judge("abc", &record).verdict, Verdict::Skipped);
        assert_eq!(known("A", "2026-11-21").judge("abc", &record).verdict, Verdict::Failed);
        assert_eq!(known("A", "2026-11-22").judge("b", &record).verdict, Verdict::Failed);
        assert_eq!(known("B", "2026-11-22").judge("abc", &record).verdict, Verdict::Failed);
    }

    #[test]
    fn deviation_does_not_hide_other_violations_of_the_test() {
        let rules = known_as(json!({
            "tests": "a*", "check": "sample", "place": "status",
            "reason": "agreed", "ticket": "KYC-1", "owner": "desk", "expires": "2026-12-01"
        }));
        let one = finding("A", Level::Must);
        let elsewhere = Finding { part: Part::Body("/x".into()), ..one.clone() };
        let otherwise = Finding { check: "other".into(), ..one.clone() };
        let outcome = rules.judge("abc", &record(vec![one.clone()], None));
        assert_eq!(outcome.verdict, Verdict::Skipped);
        let reason = "known deviation from A: agreed (KYC-1, owner desk, until 2026-12-01)";
        assert_eq!(outcome.reason.as_deref(), Some(reason));
        for other in [elsewhere, otherwise] {
            let outcome = rules.judge("abc", &record(vec![one.clone(), other], None));
            assert_eq!(outcome.verdict, Verdict::Failed);
            assert_eq!(outcome.described, [vec![0], vec![]]);
        }
    }

    #[test]
    fn inconclusive_test_is_not_skipped_by_a_deviation() {
        let record = record(vec![finding("A", Level::Must)], Some("deadline"));
        assert_eq!(known("A", "2026-12-01").judge("abc", &record).verdict, Verdict::Inconclusive);
    }

    #[test]
    fn exit_code_follows_the_verdicts() {
        use Verdict::{Failed, Inconclusive, Passed, Skipped, Warned};
        assert_eq!(exit_code(&[Passed, Warned, Skipped], false), 0);
        assert_eq!(exit_code(&[Passed, Warned], true), 1);
        assert_eq!(exit_code(&[Passed, Failed, Inconclusive], false), 1);
        assert_eq!(exit_code(&[Passed, Inconclusive], false), 3);
        assert_eq!(exit_code(&[Skipped], false), 3);
        assert_eq!(exit_code(&[], false), 3);
    }
}
