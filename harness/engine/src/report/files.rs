//! Reports as files: in several parts where readers take only so much in one.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{Report, write_whole};

/// Writes a report to a path, or to several paths with numbers before the ending.
pub(super) fn write(
    path: &Path,
    report: &Report,
    most: Option<usize>,
    render: impl Fn(&Report) -> String,
) -> Result<Vec<PathBuf>, String> {
    let told = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let mut written = Vec::new();
    match most.filter(|most| report.tests.len() > *most) {
        None => {
            write_whole(path, &render(report)).map_err(|error| told(path, error))?;
            written.push(path.to_path_buf());
        }
        Some(most) => {
            let mut some = report.clone();
            for (index, tests) in report.tests.chunks(most).enumerate() {
                let part = numbered(path, index + 1);
                some.tests = tests.to_vec();
                write_whole(&part, &render(&some)).map_err(|error| told(&part, error))?;
                written.push(part);
            }
        }
    }
    if most.is_some() {
        remove_older(path, &written);
    }
    Ok(written)
}

/// `a/junit.xml` as `a/junit-001.xml`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}-{number:03}{ending}"))
}

/// Takes away what an earlier run left at this path or in its numbered parts, which a pipeline that
/// gathers files by pattern would count again; and nothing that is not a report of ours.
fn remove_older(path: &Path, written: &[PathBuf]) {
    let parts = (1..).map(|number| numbered(path, number)).take_while(|part| part.exists());
    for old in parts.chain([path.to_path_buf()]).collect::<Vec<_>>() {
        if !written.contains(&old) && is_ours(&old) {
            // What cannot be taken away is no reason to fail a run whose report is written.
            let _ = std::fs::remove_file(&old);
        }
    }
}

fn is_ours(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(200).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains("<testsuites name=\"conformance\"")
}
