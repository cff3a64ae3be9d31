//! Writes a report to a file, or to several numbered files if it has more tests than readers accept in one file.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{Report, write_whole};

/// Writes a report to a path, or to several paths with a number before the extension.
pub(super) fn write(
    path: &Path,
    report: &Report,
    most: Option<usize>,
    render: impl Fn(&Report) -> String,
) -> Result<Vec<PathBuf>, String> {
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let mut written = Vec::new();
    match most.filter(|most| report.tests.len() > *most) {
        None => {
            write_whole(path, &render(report)).map_err(|error| failed(path, error))?;
            written.push(path.to_path_buf());
        }
        Some(most) => {
            let mut partial = report.clone();
            for (index, tests) in report.tests.chunks(most).enumerate() {
                let part = numbered(path, index + 1);
                partial.tests = tests.to_vec();
                write_whole(&part, &render(&partial)).map_err(|error| failed(&part, error))?;
                written.push(part);
            }
        }
    }
    if most.is_some() {
        remove_older(path, &written);
    }
    Ok(written)
}

/// `a/junit.xml` becomes `a/junit-001.xml`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}-{number:03}{ending}"))
}

/// Removes the files of an earlier run at this path and its numbered parts: a pipeline that collects files by pattern
/// would count them again. Files that are not reports of this harness are kept.
fn remove_older(path: &Path, written: &[PathBuf]) {
    let parts = (1..).map(|number| numbered(path, number)).take_while(|part| part.exists());
    for old in parts.chain([path.to_path_buf()]).collect::<Vec<_>>() {
        if !written.contains(&old) && is_ours(&old) {
            // The report is written, so a file that cannot be removed does not fail the run.
            let _ = std::fs::remove_file(&old);
        }
    }
}

fn is_ours(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(200).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains("<testsuites name=\"conformance\"")
}
