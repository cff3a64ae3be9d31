//! The JSON report: the model without changes. It is read back by the commands that merge or compare reports.

use std::path::Path;

use serde::Serialize;

use super::model::{FORMAT, Report};
use spec::source::{Problem, SourceFile};

pub fn render(report: &Report) -> String {
    pretty(report)
}

/// JSON with indentation and a line end.
pub(super) fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|error| unreachable!("{error}")) + "\n"
}

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
