//! Two JSON reports side by side.

use std::process::ExitCode;

use crate::cli::{CompareArgs, ComparisonFormat};
use crate::compare::{self, compare as compare_reports};
use crate::report::read;
use crate::run::Refusal;
use crate::source::Problems;

/// Says what has changed from one run to another; changes for the worse give exit code 1.
pub fn compare(arguments: &CompareArgs) -> ExitCode {
    let mut problems = Problems::default();
    let both = (problems.take(read(&arguments.old)), problems.take(read(&arguments.new)));
    let (Some(old), Some(new)) = both else {
        return Refusal::from(problems).tell();
    };
    let comparison = compare_reports(&old, &new);
    match arguments.format {
        ComparisonFormat::Text => print!("{}", compare::text(&comparison)),
        ComparisonFormat::Markdown => print!("{}", compare::markdown(&comparison)),
        ComparisonFormat::Json => print!("{}", compare::json(&comparison)),
    }
    ExitCode::from(comparison.exit_code(&arguments.allow))
}
