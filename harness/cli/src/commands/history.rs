//! `history`: shows the reports of several releases over time.

use std::path::Path;
use std::process::ExitCode;

use crate::run::{Abort, usage};
use report::ReportRequest;
use report::history::History;
use report::output::err_line;

/// Writes the history of a folder of JSON reports. Files that cannot be read are listed on the page and on standard
/// error, and give exit code 2.
pub fn history(folder: &Path, request: &ReportRequest) -> Result<ExitCode, Abort> {
    if !request.is("html") {
        return Err(usage("a history can be written as html only: use --report html=PATH"));
    }
    let history = History::read(folder).map_err(usage)?;
    for file in history.unread() {
        err_line!("error: {}: {}", folder.join(&file.file).display(), file.why);
    }
    if history.runs() == 0 {
        return Err(usage(format!("{}: no JSON report of a run found in this folder", folder.display())));
    }
    let written = report::write_page(request, &history.html());
    let written = written.map_err(|why| Abort::Inconclusive(format!("the page could not be written: {why}")))?;
    if let Some(path) = written {
        err_line!("wrote {} ({} runs)", path.display(), history.runs());
    }
    Ok(ExitCode::from(if history.unread().is_empty() { 0 } else { 2 }))
}
