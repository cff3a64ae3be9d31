//! `compare`: compares two JSON reports.

use std::process::ExitCode;

use crate::cli::{CompareArgs, ComparisonFormat};
use crate::compare::{self, compare as compare_reports};
use crate::output;
use crate::report::read;
use crate::run::Refusal;
use crate::source::Problems;

/// Prints what has changed from one run to another. Changes for the worse give exit code 1.
pub fn compare(arguments: &CompareArgs) -> ExitCode {
    let mut problems = Problems::default();
    let both = (problems.take(read(&arguments.old)), problems.take(read(&arguments.new)));
    let (Some(old), Some(new)) = both else {
        return Refusal::from(problems).tell();
    };
    let comparison = compare_reports(&old, &new);
    match arguments.format {
        ComparisonFormat::Text => output::out(&compare::text(&comparison)),
        ComparisonFormat::Markdown => output::out(&compare::markdown(&comparison)),
        ComparisonFormat::Json => output::raw_out(&compare::json(&comparison)),
    }
    ExitCode::from(comparison.exit_code(&arguments.allow))
}
