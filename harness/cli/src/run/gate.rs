//! What happens with a report after a run: comparison with a baseline, and drafts of known deviations.

use std::path::Path;

use super::deviations::Scope;
use super::draft::draft;
use super::{Abort, usage};
use crate::flags::{FailOn, GateArgs};
use judge::verdict::Verdict;
use report::compare;
use report::compare::{Change, Comparison, compare};
use report::output::err_line;
use report::{Report, read, write_whole};
use spec::source::Problems;

/// The gate flags, with the baseline already read.
pub(super) struct Gate<'g> {
    arguments: &'g GateArgs,
    baseline: Option<Report>,
}

impl<'g> Gate<'g> {
    /// Reads the baseline, before anything is sent.
    pub(super) fn new(arguments: &'g GateArgs) -> Result<Self, Abort> {
        if arguments.fail_on == FailOn::New && arguments.baseline.is_none() {
            return Err(usage("--fail-on new needs an earlier run: give its JSON report with --baseline"));
        }
        let baseline = arguments.baseline.as_deref().map(read).transpose();
        let baseline = baseline.map_err(|problem| Problems(vec![problem]))?;
        Ok(Self { arguments, baseline })
    }

    /// Compares the report with the baseline, which may change the exit code. Returns the differences as text.
    pub(super) fn judge(&self, report: &mut Report, scope: Scope) -> Option<String> {
        let baseline = self.baseline.as_ref()?;
        let comparison = compare(baseline, report);
        // A test that was not selected is not a vanished test.
        let allowed: &[Change] = match scope {
            Scope::Whole => &[],
            Scope::Shard | Scope::Filtered => &[Change::Vanished, Change::NewlySkipped],
        };
        report.exit_code = self.exit_code(&comparison, report, allowed);
        let shown = Comparison {
            tests: comparison.tests.into_iter().filter(|entry| !allowed.contains(&entry.change)).collect(),
            clauses: comparison.clauses.into_iter().filter(|entry| !allowed.contains(&entry.change)).collect(),
            ..comparison
        };
        Some(format!("\ncompared with {}:\n{}", self.baseline_name(), compare::text(&shown)))
    }

    fn exit_code(&self, comparison: &Comparison, report: &Report, allowed: &[Change]) -> u8 {
        let changed = comparison.exit_code(allowed);
        let judged =
            [Verdict::Passed, Verdict::Warned, Verdict::Failed].iter().any(|verdict| report.count(*verdict) > 0);
        match (changed, report.exit_code, self.arguments.fail_on) {
            (1, _, _) => 1,
            // A test may fail again if it failed in the baseline, and be inconclusive again if it was inconclusive
            // there.
            (_, 1 | 3, FailOn::New) if judged => changed,
            (_, 1 | 3, FailOn::New) => 3,
            (_, code, _) => code,
        }
    }

    fn baseline_name(&self) -> String {
        self.arguments.baseline.as_deref().map(|path| path.display().to_string()).unwrap_or_default()
    }

    /// Writes the files that the flags request. Returns a message for each that could not be written.
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
        Ok(()) => err_line!("wrote {}", path.display()),
        Err(error) => failures.push(format!("{}: {error}", path.display())),
    }
}
