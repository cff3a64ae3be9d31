//! `compare`: compares two JSON reports.

use std::process::ExitCode;

use crate::flags::{CompareArgs, ComparisonFormat};
use crate::run::Abort;
use report::compare;
use report::compare::compare as compare_reports;
use report::output;
use report::read;
use spec::source::Problems;

/// Prints what has changed from one run to another. Changes for the worse give exit code 1.
pub fn compare(arguments: &CompareArgs) -> Result<ExitCode, Abort> {
    let mut problems = Problems::default();
    let both = (problems.take(read(&arguments.old)), problems.take(read(&arguments.new)));
    let (Some(old), Some(new)) = both else {
        return Err(problems.into());
    };
    let comparison = compare_reports(&old, &new);
    match arguments.format {
        ComparisonFormat::Text => output::out(&compare::text(&comparison)),
        ComparisonFormat::Markdown => output::out(&compare::markdown(&comparison)),
        ComparisonFormat::Json => output::raw_out(&compare::json(&comparison)),
    }
    Ok(ExitCode::from(comparison.exit_code(&arguments.allow)))
}
