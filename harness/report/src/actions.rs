//! Output for GitHub Actions in addition to the requested reports: annotations, which it reads from the output of a
//! step, and the job summary, which is appended to the file `GITHUB_STEP_SUMMARY`.

use std::io::Write as _;
use std::path::Path;

use super::model::Report;
use super::{ReportRequest, github, markdown};
use crate::output;
use crate::output::err_line;

/// The largest summary file, in bytes. GitHub discards a file of one megabyte or more, with all that the step wrote to
/// it.
const MOST: u64 = 900_000;
/// The fewest bytes in which a useful summary fits.
const LEAST: u64 = 4_000;

/// Writes annotations and job summary if the process runs under GitHub Actions. Each is left out if it was requested as
/// a report, because the pipeline then shows that report itself.
pub fn write(report: &Report, requests: &[ReportRequest], stdout_is_taken: bool) {
    let is = |name: &str, expected: &str| std::env::var(name).is_ok_and(|value| value == expected);
    // A part of a run writes nothing: readers would take it for the whole run.
    let part = report.manifest.as_ref().is_some_and(|manifest| manifest.shard.is_some() || manifest.by_test);
    if part || !is("GITHUB_ACTIONS", "true") {
        return;
    }
    if !requests.iter().any(|request| request.is("github")) {
        let annotations = github::render(report);
        if stdout_is_taken { output::raw_err(&annotations) } else { output::raw_out(&annotations) }
    }
    let summary = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
    if let Some(path) = summary.filter(|_| !requests.iter().any(|request| request.is("markdown"))) {
        let path = Path::new(&path);
        if let Err(error) = append(path, report) {
            err_line!("warning: no job summary: {}: {error}", path.display());
        }
    }
}

fn append(path: &Path, report: &Report) -> std::io::Result<()> {
    let used = std::fs::metadata(path).map_or(0, |file| file.len());
    let room = MOST.saturating_sub(used);
    if room < LEAST {
        return Err(std::io::Error::other(format!(
            "the file already contains {used} bytes, and GitHub shows at most {MOST}"
        )));
    }
    let text = markdown::within(report, usize::try_from(room).unwrap_or(usize::MAX));
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())
}
