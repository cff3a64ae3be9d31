//! Reads a JSON report back, for the commands that merge or compare reports.

use std::path::Path;

use super::model::{FORMAT, Report};
use spec::source::{Problem, SourceFile};

/// Reads a JSON report; an error names the place in the file.
pub fn read(path: &Path) -> Result<Report, Problem> {
    let file = SourceFile::read(path, path.display().to_string())?;
    let report: Report = file.parse_as_json().map_err(|problem| {
        let help = "expected a report that this version wrote with `--report json=PATH`";
        if problem.help.is_some() { problem } else { problem.with_help(Some(help.to_owned())) }
    })?;
    if report.format != FORMAT {
        let message = format!("unsupported report format {}; this version reads format {FORMAT}", report.format);
        return Err(Problem::general(&file.name, message));
    }
    Ok(report)
}
