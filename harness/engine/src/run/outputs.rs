//! Where a run writes: everything that cannot be written, or must not be written over, is refused before the first
//! request.

use std::path::Path;

use super::draft::is_untouched;
use super::{Refusal, usage};
use crate::cli::{GateArgs, OutputArgs, RunArgs};
use crate::report::{Destination, Order, Prepared, check_folder};

/// Prepares the reports of a run.
pub(super) fn prepare(arguments: &RunArgs) -> Result<Vec<Prepared>, Refusal> {
    let network = &arguments.network;
    let failed = &arguments.selection.failed;
    let named = [&arguments.pack.target, failed, &network.ca_cert, &network.client_cert, &network.client_key];
    let inputs: Vec<&Path> = named.into_iter().flatten().map(|path| path.as_path()).collect();
    let libtest = &arguments.libtest;
    let machine = matches!(libtest.format, Some(libtest_mimic::FormatSetting::Json)) && libtest.logfile.is_none();
    let prepared = prepare_outputs(&arguments.outputs, machine.then_some("--format json"), &inputs)?;
    for (flag, folder) in [("--certify", &arguments.certify), ("--save-failures", &arguments.save_failures)] {
        let unset_default = folder.as_deref() == Some(Path::new(crate::cli::FOUND));
        if let Some(folder) = folder.as_deref().filter(|_| !unset_default) {
            check_folder(folder).map_err(|why| usage(format!("{flag} {why}")))?;
        }
    }
    if cfg!(not(unix)) && libtest.logfile.is_none() && arguments.outputs.report.iter().any(Order::is_stdout) {
        return Err(usage("a report on standard output needs --logfile FILE here, for libtest's lines"));
    }
    Ok(prepared)
}

/// Prepares reports and drafts. `machine` is what else is written to standard output, and `inputs` are files that are
/// read.
pub(super) fn prepare_outputs(
    outputs: &OutputArgs,
    machine: Option<&str>,
    inputs: &[&Path],
) -> Result<Vec<Prepared>, Refusal> {
    refuse_two_on_stdout(outputs, machine)?;
    let prepared: Vec<Prepared> = outputs.report.iter().map(Order::prepare).collect::<Result<_, _>>().map_err(usage)?;
    let draft = draft_file(&outputs.gate)?;
    let mut files: Vec<(String, &Path)> = Vec::new();
    let reports = prepared.iter().filter_map(|one| Some((format!("--report {}", one.order), one.file()?)));
    let drafts = draft.iter().filter_map(|one| Some(("--write-deviations".to_owned(), one.file()?)));
    for (flag, file) in reports.chain(drafts) {
        if let Some((other, _)) = files.iter().find(|(_, other)| *other == file) {
            return Err(usage(format!("{flag} and {other} would write over each other: {}", file.display())));
        }
        if inputs.iter().any(|input| std::fs::canonicalize(input).is_ok_and(|input| input == file)) {
            return Err(usage(format!("{flag} would write over {}, which is read: name another file", file.display())));
        }
        files.push((flag, file));
    }
    Ok(prepared)
}

/// Standard output holds one thing, or no reader takes it.
fn refuse_two_on_stdout(outputs: &OutputArgs, machine: Option<&str>) -> Result<(), Refusal> {
    let reports = outputs.report.iter().filter(|order| order.is_stdout()).map(|order| format!("--report {order}"));
    let draft = outputs.gate.write_deviations.as_deref().filter(|path| *path == Path::new("-"));
    let assertions: Vec<String> =
        reports.chain(draft.map(|_| "--write-deviations -".to_owned())).chain(machine.map(str::to_owned)).collect();
    if assertions.len() < 2 {
        return Ok(());
    }
    Err(usage(format!("only one of {} can have standard output: name a file for the others", assertions.join(" and "))))
}

/// The file of a draft; nothing that a person has written is written over.
fn draft_file(gate: &GateArgs) -> Result<Option<Destination>, Refusal> {
    let Some(path) = gate.write_deviations.as_deref() else { return Ok(None) };
    let told = |why: String| usage(format!("--write-deviations {why}"));
    let destination = Destination::of(path).map_err(told)?;
    let text = destination.file().and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    if !is_untouched(&text) {
        let why = "holds more than a draft of ours: name a new file, and move what is agreed on by hand";
        return Err(told(format!("{}: it {why}", path.display())));
    }
    Ok(Some(destination))
}
