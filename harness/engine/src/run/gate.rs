//! What is made of a report once a run is over: a comparison with an earlier run, and drafts of known
//! deviations.

use std::path::Path;

use super::deviations::Scope;
use super::draft::draft;
use super::{Refusal, usage};
use crate::cli::{FailOn, GateArgs};
use crate::compare::{self, Change, Comparison, compare};
use crate::output::tell;
use crate::report::{Report, read, write_whole};
use crate::source::Problems;
use crate::verdict::Verdict;

/// What the flags ask for, with the files that they name read.
pub(super) struct Gate<'g> {
    arguments: &'g GateArgs,
    baseline: Option<Report>,
}

impl<'g> Gate<'g> {
    /// Reads what is named, before anything is sent.
    pub(super) fn new(arguments: &'g GateArgs) -> Result<Self, Refusal> {
        if arguments.fail_on == FailOn::New && arguments.baseline.is_none() {
            return Err(usage("--fail-on new needs the earlier run: name its JSON report with --baseline"));
        }
        let baseline = arguments.baseline.as_deref().map(read).transpose();
        let baseline = baseline.map_err(|problem| Problems(vec![problem]))?;
        Ok(Self { arguments, baseline })
    }

    /// Holds the report against the earlier run, which may change the exit code; the text says what differs.
    pub(super) fn judge(&self, report: &mut Report, scope: Scope) -> Option<String> {
        let baseline = self.baseline.as_ref()?;
        let comparison = compare(baseline, report);
        // What was not selected has not vanished.
        let allowed: &[Change] = match scope {
            Scope::Whole => &[],
            Scope::Shard | Scope::Filtered => &[Change::Vanished, Change::NewlySkipped],
        };
        report.exit_code = self.exit_code(&comparison, report, allowed);
        let shown = Comparison {
            trials: comparison.trials.into_iter().filter(|entry| !allowed.contains(&entry.change)).collect(),
            clauses: comparison.clauses.into_iter().filter(|entry| !allowed.contains(&entry.change)).collect(),
            ..comparison
        };
        Some(format!("\nagainst {}:\n{}", self.baseline_name(), compare::text(&shown)))
    }

    fn exit_code(&self, comparison: &Comparison, report: &Report, allowed: &[Change]) -> u8 {
        let changed = comparison.exit_code(allowed);
        let judged =
            [Verdict::Passed, Verdict::Warned, Verdict::Failed].iter().any(|verdict| report.count(*verdict) > 0);
        match (changed, report.exit_code, self.arguments.fail_on) {
            (1, _, _) => 1,
            // What failed before may fail again, and what had no verdict before may have none again.
            (_, 1 | 3, FailOn::New) if judged => changed,
            (_, 1 | 3, FailOn::New) => 3,
            (_, code, _) => code,
        }
    }

    fn baseline_name(&self) -> String {
        self.arguments.baseline.as_deref().map(|path| path.display().to_string()).unwrap_or_default()
    }

    /// Writes what the flags ask for; the messages say what could not be written.
    pub(super) fn write(&self, report: &Report) -> Vec<String> {
        let mut failures = Vec::new();
        if let Some(path) = &self.arguments.write_deviations {
            write(path, &draft(report), &mut failures);
        }
        failures
    }
}

fn write(path: &Path, text: &str, failures: &mut Vec<String>) {
    match write_whole(path, text) {
        Ok(()) => tell!("wrote {}", path.display()),
        Err(error) => failures.push(format!("{}: {error}", path.display())),
    }
}
