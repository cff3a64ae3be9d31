//! Certifies a run. The run must be complete and without known deviations. It must have upheld every MUST clause,
//! observed every error code, and had a credential for every actor.

use super::deviations::Scope;
use super::select::scope;
use super::{Abort, usage};
use crate::flags::RunArgs;
use judge::target::TargetFile;
use report::certificate::{missing, write};
use report::output::err_line;
use report::{Report, json};

/// Refuses `--certify` for a run that cannot be certified, before anything is sent.
pub(super) fn check(arguments: &RunArgs, file: Option<&TargetFile>) -> Result<(), Abort> {
    if arguments.certify.is_none() {
        return Ok(());
    }
    let partly = match scope(arguments) {
        Scope::Whole => None,
        Scope::Shard => Some("--shard"),
        Scope::Filtered => Some("filters, and flags that select tests"),
    };
    if let Some(what) = partly {
        return Err(usage(format!("--certify needs a complete run: remove {what}")));
    }
    if file.is_some_and(|file| !file.deviations.is_empty()) {
        return Err(usage("--certify needs a run without known deviations, but the target file lists some"));
    }
    Ok(())
}

/// Writes the certificate, or says why it cannot be written.
pub(super) fn certify(arguments: &RunArgs, report: &Report) -> Result<(), Abort> {
    let Some(folder) = &arguments.certify else { return Ok(()) };
    let missing = missing(report);
    if !missing.is_empty() {
        let why = format!("no certificate was written:\n  {}", missing.join("\n  "));
        if report.exit_code == 0 {
            return Err(Abort::Inconclusive(why));
        }
        err_line!("{why}");
        return Ok(());
    }
    write(report, &json(report), folder)
        .map_err(|error| Abort::Inconclusive(format!("{}: {error}", folder.display())))?;
    err_line!("wrote {}", folder.join("certificate.json").display());
    Ok(())
}
