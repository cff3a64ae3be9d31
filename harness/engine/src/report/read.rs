//! Reading a JSON report back, for whatever joins or compares reports.

use std::path::Path;

use super::model::{FORMAT, Report};
use crate::source::{Problem, SourceFile};

/// Reads a JSON report, or says what is wrong with it, and where.
pub fn read(path: &Path) -> Result<Report, Problem> {
    let file = SourceFile::read(path, path.display().to_string())?;
    let report: Report = file.parse_as_json().map_err(|problem| {
        let help = "a report of `--report json=PATH` is wanted, written by this version";
        if problem.help.is_some() { problem } else { problem.with_help(Some(help.to_owned())) }
    })?;
    if report.format != FORMAT {
        let message = format!("format {} is not known; this version reads format {FORMAT}", report.format);
        return Err(Problem::general(&file.name, message));
    }
    Ok(report)
}
