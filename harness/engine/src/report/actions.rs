//! What GitHub Actions is told besides the reports that were asked for: annotations, which it reads from the
//! output of a step, and the job summary, to whose file a step appends.

use std::io::Write as _;
use std::path::Path;

use super::model::Report;
use super::{Order, github, markdown};
use crate::output::{self, tell};

/// A summary of a megabyte and more is thrown away whole, with what other commands of the step wrote.
const MOST: u64 = 900_000;
/// Less than this is no summary.
const LEAST: u64 = 4_000;

/// Tells GitHub Actions, where we run under it. What was ordered as a report
/// is not told again: it is somebody else's to show.
pub fn tell(report: &Report, orders: &[Order], stdout_is_taken: bool) {
    let is = |name: &str, wanted: &str| std::env::var(name).is_ok_and(|value| value == wanted);
    // Of a part of a run nothing is told where people look for the whole.
    let part = report.manifest.as_ref().is_some_and(|manifest| manifest.shard.is_some() || manifest.by_test);
    if part || !is("GITHUB_ACTIONS", "true") {
        return;
    }
    if !orders.iter().any(|order| order.is("github")) {
        let annotations = github::render(report);
        if stdout_is_taken { output::raw_err(&annotations) } else { output::raw_out(&annotations) }
    }
    let summary = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
    if let Some(path) = summary.filter(|_| !orders.iter().any(|order| order.is("markdown"))) {
        let path = Path::new(&path);
        if let Err(error) = append(path, report) {
            tell!("warning: no job summary: {}: {error}", path.display());
        }
    }
}

fn append(path: &Path, report: &Report) -> std::io::Result<()> {
    let there = std::fs::metadata(path).map_or(0, |file| file.len());
    let room = MOST.saturating_sub(there);
    if room < LEAST {
        return Err(std::io::Error::other(format!(
            "{there} bytes are in it already, and no more than {MOST} are shown"
        )));
    }
    let text = markdown::within(report, usize::try_from(room).unwrap_or(usize::MAX));
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())
}
