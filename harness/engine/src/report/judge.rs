//! What follows from the trials of a report: counts, clauses, codes and the exit code. A run and the
//! merging of its parts are judged here alike.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{ClauseReport, ClauseStatus, CodeReport, FindingReport, TrialReport};
use crate::contract::Level;
use crate::verdict::{self, Verdict};

/// Trials that a clause or code lists at most.
const LISTED: usize = 1000;

/// How many trials had each verdict.
pub(super) fn summary(trials: &[TrialReport]) -> BTreeMap<String, usize> {
    let mut summary: BTreeMap<String, usize> =
        Verdict::ALL.iter().map(|verdict| (verdict.as_str().to_owned(), 0)).collect();
    for trial in trials {
        *summary.entry(trial.verdict.as_str().to_owned()).or_default() += 1;
    }
    // They are among the inconclusive, and are counted apart as well.
    summary.insert("flaky".to_owned(), trials.iter().filter(|trial| trial.flaky).count());
    summary
}

/// The exit code that follows.
pub(super) fn exit_code(trials: &[TrialReport], strict: bool) -> u8 {
    let verdicts: Vec<Verdict> = trials.iter().map(|trial| trial.verdict).collect();
    verdict::exit_code(&verdicts, strict)
}

/// What became of a clause.
pub(super) fn clause(id: &str, level: Level, says: &str, page: &str, trials: &[TrialReport]) -> ClauseReport {
    let breaks = |finding: &FindingReport| finding.clause == id && finding.level <= level;
    let mut named = BTreeSet::new();
    let (mut exercised_by, mut violated, mut known) = (0, false, None);
    let mut obstacles: BTreeMap<&str, usize> = BTreeMap::new();
    for trial in trials {
        let broken = trial.findings.iter().any(breaks);
        let about = trial.clauses.iter().any(|clause| clause == id);
        if broken {
            violated = true;
            if trial.verdict == Verdict::Skipped {
                known = trial.reason.clone();
            }
        }
        if broken || trial.exercised.iter().any(|clause| clause == id) {
            exercised_by += 1;
        }
        if broken || about {
            named.insert(trial.name.clone());
        }
        if let Some(reason) = trial.reason.as_deref().filter(|_| about && !broken) {
            *obstacles.entry(reason).or_default() += 1;
        }
    }
    let status = match (violated, exercised_by) {
        (true, _) => ClauseStatus::Violated,
        (false, 0) => ClauseStatus::NotExercised,
        (false, _) => ClauseStatus::Upheld,
    };
    let obstacle = obstacles.into_iter().max_by_key(|(_, count)| *count).map(|(reason, _)| reason.to_owned());
    let reason = match status {
        ClauseStatus::Violated => known,
        ClauseStatus::Upheld => None,
        ClauseStatus::NotExercised => obstacle.or_else(|| Some("no trial of this run is about it".to_owned())),
    };
    ClauseReport {
        id: id.to_owned(),
        level,
        says: says.to_owned(),
        page: page.to_owned(),
        status,
        reason,
        exercised_by,
        trials: named.into_iter().take(LISTED).collect(),
    }
}

/// What became of a code.
pub(super) fn code(code: &str, status: Option<u16>, trials: &[TrialReport]) -> CodeReport {
    let observed = || trials.iter().filter(|trial| trial.codes.iter().any(|seen| seen == code));
    CodeReport {
        code: code.to_owned(),
        status,
        observed: observed().count(),
        trials: observed().take(LISTED).map(|trial| trial.name.clone()).collect(),
    }
}
