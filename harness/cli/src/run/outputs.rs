//! The output files of a run. A file that cannot be written, or must not be overwritten, is refused before the first
//! request.

use std::path::Path;

use super::draft::is_untouched;
use super::{Abort, usage};
use crate::flags::{GateArgs, OutputArgs, RunArgs};
use report::{Destination, Prepared, ReportRequest, check_folder};

/// Prepares the reports of a run.
pub(super) fn prepare(arguments: &RunArgs) -> Result<Vec<Prepared>, Abort> {
    let network = &arguments.network;
    let failed = &arguments.selection.failed;
    let named = [&arguments.pack.target, failed, &network.ca_cert, &network.client_cert, &network.client_key];
    let inputs: Vec<&Path> = named.into_iter().flatten().map(|path| path.as_path()).collect();
    let libtest = &arguments.libtest;
    let machine = matches!(libtest.format, Some(libtest_mimic::FormatSetting::Json)) && libtest.logfile.is_none();
    let prepared = prepare_outputs(&arguments.outputs, machine.then_some("--format json"), &inputs)?;
    for (flag, folder) in [("--certify", &arguments.certify), ("--save-failures", &arguments.save_failures)] {
        let unset_default = folder.as_deref() == Some(Path::new(crate::flags::FOUND));
        if let Some(folder) = folder.as_deref().filter(|_| !unset_default) {
            check_folder(folder).map_err(|why| usage(format!("{flag} {why}")))?;
        }
    }
    if cfg!(not(unix)) && libtest.logfile.is_none() && arguments.outputs.report.iter().any(ReportRequest::is_stdout) {
        return Err(usage("a report on standard output needs --logfile FILE on this system, for libtest's output"));
    }
    Ok(prepared)
}

/// Prepares reports and drafts. `machine` is a flag that writes machine-readable lines to standard output, `inputs` are
/// files that the run reads.
pub(super) fn prepare_outputs(
    outputs: &OutputArgs,
    machine: Option<&str>,
    inputs: &[&Path],
) -> Result<Vec<Prepared>, Abort> {
    refuse_two_on_stdout(outputs, machine)?;
    let prepared: Vec<Prepared> =
        outputs.report.iter().map(ReportRequest::prepare).collect::<Result<_, _>>().map_err(usage)?;
    let draft = draft_file(&outputs.gate)?;
    let mut files: Vec<(String, &Path)> = Vec::new();
    let reports = prepared.iter().filter_map(|one| Some((format!("--report {}", one.request), one.file()?)));
    let drafts = draft.iter().filter_map(|one| Some(("--write-deviations".to_owned(), one.file()?)));
    for (flag, file) in reports.chain(drafts) {
        if let Some((other, _)) = files.iter().find(|(_, other)| *other == file) {
            return Err(usage(format!("{flag} and {other} would write the same file: {}", file.display())));
        }
        if inputs.iter().any(|input| std::fs::canonicalize(input).is_ok_and(|input| input == file)) {
            return Err(usage(format!(
                "{flag} would overwrite {}, which is an input: give another file",
                file.display()
            )));
        }
        files.push((flag, file));
    }
    Ok(prepared)
}

/// Refuses two outputs on standard output, because no reader could separate them.
fn refuse_two_on_stdout(outputs: &OutputArgs, machine: Option<&str>) -> Result<(), Abort> {
    let reports =
        outputs.report.iter().filter(|request| request.is_stdout()).map(|request| format!("--report {request}"));
    let draft = outputs.gate.write_deviations.as_deref().filter(|path| *path == Path::new("-"));
    let outputs: Vec<String> =
        reports.chain(draft.map(|_| "--write-deviations -".to_owned())).chain(machine.map(str::to_owned)).collect();
    if outputs.len() < 2 {
        return Ok(());
    }
    Err(usage(format!(
        "only one of {} can write to standard output: give a file for the others",
        outputs.join(" and ")
    )))
}

/// The file of a draft. A file that a person has edited is not overwritten.
fn draft_file(gate: &GateArgs) -> Result<Option<Destination>, Abort> {
    let Some(path) = gate.write_deviations.as_deref() else { return Ok(None) };
    let refused = |why: String| usage(format!("--write-deviations {why}"));
    let destination = Destination::of(path).map_err(refused)?;
    let text = destination.file().and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    if !is_untouched(&text) {
        let why = "the file has been edited and would be overwritten: give a new file";
        return Err(refused(format!("{}: {why}", path.display())));
    }
    Ok(Some(destination))
}
