//! Reports as files: whole or not at all, and in several parts where readers take only so much in one.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{Format, Report};

/// Writes a report to a path, or to several paths with numbers before the ending.
pub(super) fn write(path: &Path, report: &Report, format: &Format) -> Result<Vec<PathBuf>, String> {
    let told = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let Some(most) = format.most else {
        write_whole(path, &(format.render)(report)).map_err(|error| told(path, error))?;
        return Ok(vec![path.to_path_buf()]);
    };
    let mut written = Vec::new();
    if report.trials.len() <= most {
        write_whole(path, &(format.render)(report)).map_err(|error| told(path, error))?;
        written.push(path.to_path_buf());
    } else {
        let mut some = report.clone();
        for (index, trials) in report.trials.chunks(most).enumerate() {
            let part = numbered(path, index + 1);
            some.trials = trials.to_vec();
            write_whole(&part, &(format.render)(&some)).map_err(|error| told(&part, error))?;
            written.push(part);
        }
    }
    remove_older(path, &written);
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

/// Writes a file under another name first, so that nobody ever reads half of it.
pub fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.part", std::process::id()));
    std::fs::write(&temporary, text)?;
    std::fs::rename(&temporary, path)
}
