//! The reports of several releases over time.

use std::path::Path;
use std::process::ExitCode;

use crate::output::tell;
use crate::report::Order;
use crate::report::history::History;
use crate::run::Refusal;

/// Draws a folder of JSON reports. What cannot be read is told in the page and here, and ends with 2.
pub fn history(folder: &Path, order: &Order) -> ExitCode {
    match try_history(folder, order) {
        Ok(code) => code,
        Err(refusal) => refusal.tell(),
    }
}

fn try_history(folder: &Path, order: &Order) -> Result<ExitCode, Refusal> {
    let usage = |text: String| Refusal::Usage(format!("error: {text}"));
    if !order.is("html") {
        return Err(usage("a history is drawn as html only: --report html=PATH".to_owned()));
    }
    let history = History::read(folder).map_err(usage)?;
    for file in history.unread() {
        tell!("error: {}: {}", folder.join(&file.file).display(), file.why);
    }
    if history.runs() == 0 {
        return Err(usage(format!("{}: no JSON report of a run is there", folder.display())));
    }
    let written = crate::report::write_page(order, &history.html());
    let written = written.map_err(|why| Refusal::Inconclusive(format!("the page could not be written: {why}")))?;
    if let Some(path) = written {
        tell!("wrote {} ({} runs)", path.display(), history.runs());
    }
    Ok(ExitCode::from(if history.unread().is_empty() { 0 } else { 2 }))
}
