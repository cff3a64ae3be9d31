//! Results of trials that did not run, and of what stands in for one.

use std::time::Duration;

use crate::execute::TrialRecord;
use crate::plan::Planned;
use crate::report::TrialResult;
use crate::verdict::{Outcome, Verdict};

/// Trials that never got to run, such as after a panic of the runner itself.
pub(super) fn add_missing(results: &mut Vec<TrialResult>, planned: Vec<Planned>) {
    for trial in planned {
        if results.iter().any(|result| result.name == trial.spec.name) {
            continue;
        }
        results.push(unrun(trial, Verdict::Inconclusive, "it did not run"));
    }
}

pub(super) fn unrun(trial: Planned, verdict: Verdict, reason: &str) -> TrialResult {
    let spec = trial.spec;
    let mut result = synthetic(spec.name, spec.file, spec.line, spec.clauses, verdict, Some(reason.to_owned()));
    result.about = spec.about;
    result
}

pub(super) fn synthetic(
    name: String,
    file: String,
    line: usize,
    clauses: Vec<String>,
    verdict: Verdict,
    reason: Option<String>,
) -> TrialResult {
    TrialResult {
        name,
        file,
        line,
        about: String::new(),
        clauses,
        outcome: Outcome { verdict, reason, deviations: Vec::new() },
        started: None,
        took: Duration::ZERO,
        record: TrialRecord::default(),
    }
}
