//! From findings to verdicts, and from verdicts to the exit code. Two kinds of bad news never mix: the
//! API broke a promise (failed), or we could not tell (inconclusive).

use serde::{Deserialize, Serialize};

use crate::contract::Level;
use crate::execute::TrialRecord;
use crate::finding::Finding;
use crate::target::Deviation;

/// What is said of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every promise that was put to the test was kept.
    Passed,
    /// Only recommendations were not followed.
    Warned,
    /// Not to be had on this target, or known and accepted for now.
    Skipped,
    /// A promise was broken.
    Failed,
    /// No verdict could be had.
    Inconclusive,
}

impl Verdict {
    /// All of them, in the order in which people want to read them.
    pub const ALL: [Verdict; 5] =
        [Verdict::Passed, Verdict::Warned, Verdict::Skipped, Verdict::Failed, Verdict::Inconclusive];

    /// The verdict as a word.
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
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// Why it was skipped, or why none could be had.
    pub reason: Option<String>,
    /// The deviations, by index, that let a finding of this trial pass.
    pub deviations: Vec<usize>,
}

/// The rules of the run.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Recommendations count as promises.
    pub strict: bool,
    /// What is known to be broken.
    pub deviations: Vec<Deviation>,
    /// The day of the run, for deviations that end.
    pub today: chrono::NaiveDate,
}

impl Rules {
    /// The verdict on a trial.
    pub fn judge(&self, trial: &str, record: &TrialRecord) -> Outcome {
        let bad: Vec<&Finding> = record.findings.iter().filter(|finding| self.fails(finding)).collect();
        let covers: Vec<Option<usize>> = bad.iter().map(|finding| self.deviation_for(trial, finding)).collect();
        let deviations: Vec<usize> = covers.iter().flatten().copied().collect();
        let verdict = |verdict, reason| Outcome { verdict, reason, deviations: deviations.clone() };
        if covers.iter().any(Option::is_none) {
            return verdict(Verdict::Failed, record.inconclusive.clone());
        }
        if let Some(reason) = &record.inconclusive {
            return verdict(Verdict::Inconclusive, Some(reason.clone()));
        }
        if let Some(first) = deviations.first() {
            return verdict(Verdict::Skipped, Some(self.known(&self.deviations[*first])));
        }
        if record.findings.is_empty() {
            return verdict(Verdict::Passed, None);
        }
        verdict(Verdict::Warned, None)
    }

    /// True for a finding that fails a run under these rules.
    pub fn fails(&self, finding: &Finding) -> bool {
        finding.level == Level::Must || self.strict
    }

    /// A deviation in words.
    pub fn known(&self, deviation: &Deviation) -> String {
        format!(
            "known deviation from {}: {} ({}, until {})",
            deviation.clause, deviation.reason, deviation.ticket, deviation.expires
        )
    }

    fn deviation_for(&self, trial: &str, finding: &Finding) -> Option<usize> {
        self.deviations.iter().position(|deviation| {
            deviation.clause == finding.clause && deviation.covers(trial) && self.today <= deviation.expires
        })
    }
}

/// The exit code of a run: 1 outranks 3, and a run in which nothing was checked is never 0.
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
        }
    }

    fn record(findings: Vec<Finding>, inconclusive: Option<&str>) -> TrialRecord {
        TrialRecord { findings, inconclusive: inconclusive.map(str::to_owned), ..TrialRecord::default() }
    }

    fn known(clause: &str, expires: &str) -> Rules {
        Rules {
            deviations: vec![Deviation {
                clause: clause.into(),
                trial: Some("a*".into()),
                reason: "agreed".into(),
                ticket: "KYC-1".into(),
                expires: expires.parse().expect("a date"),
                line: 1,
            }],
            today: "2026-11-22".parse().expect("a date"),
            ..Rules::default()
        }
    }

    #[test]
    fn a_broken_promise_outranks_doubt() {
        let record = record(vec![finding("A", Level::Must)], Some("unreachable"));
        assert_eq!(Rules::default().judge("t", &record).verdict, Verdict::Failed);
    }

    #[test]
    fn a_recommendation_warns_unless_strict() {
        let record = record(vec![finding("A", Level::Should)], None);
        assert_eq!(Rules::default().judge("t", &record).verdict, Verdict::Warned);
        let strict = Rules { strict: true, ..Rules::default() };
        assert_eq!(strict.judge("t", &record).verdict, Verdict::Failed);
    }

    #[test]
    fn a_known_deviation_skips_until_its_day() {
        let record = record(vec![finding("A", Level::Must)], None);
        assert_eq!(known("A", "2026-11-22").judge("abc", &record).verdict, Verdict::Skipped);
        assert_eq!(known("A", "2026-11-21").judge("abc", &record).verdict, Verdict::Failed);
        assert_eq!(known("A", "2026-11-22").judge("b", &record).verdict, Verdict::Failed);
        assert_eq!(known("B", "2026-11-22").judge("abc", &record).verdict, Verdict::Failed);
    }

    #[test]
    fn doubt_never_satisfies_a_deviation() {
        let record = record(vec![finding("A", Level::Must)], Some("deadline"));
        assert_eq!(known("A", "2026-12-01").judge("abc", &record).verdict, Verdict::Inconclusive);
    }

    #[test]
    fn exit_codes() {
        use Verdict::{Failed, Inconclusive, Passed, Skipped, Warned};
        assert_eq!(exit_code(&[Passed, Warned, Skipped], false), 0);
        assert_eq!(exit_code(&[Passed, Warned], true), 1);
        assert_eq!(exit_code(&[Passed, Failed, Inconclusive], false), 1);
        assert_eq!(exit_code(&[Passed, Inconclusive], false), 3);
        assert_eq!(exit_code(&[Skipped], false), 3);
        assert_eq!(exit_code(&[], false), 3);
    }
}
