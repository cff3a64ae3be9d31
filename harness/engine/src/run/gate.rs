//! What is made of a report once a run is over: drafts of known deviations.

use std::path::Path;

use super::draft::draft;
use crate::cli::GateArgs;
use crate::report::{Report, write_whole};

/// Does what the flags ask for; the messages say what could not be done.
pub(super) fn after(arguments: &GateArgs, report: &Report) -> Vec<String> {
    let mut failures = Vec::new();
    if let Some(path) = &arguments.write_deviations {
        write(path, &draft(report), &mut failures);
    }
    failures
}

fn write(path: &Path, text: &str, failures: &mut Vec<String>) {
    match write_whole(path, text) {
        Ok(()) => eprintln!("wrote {}", path.display()),
        Err(error) => failures.push(format!("{}: {error}", path.display())),
    }
}
