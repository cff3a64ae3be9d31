//! Certifying a run: only a whole one, without known deviations, that put every MUST clause to the test.

use super::deviations::Scope;
use super::select::scope;
use super::{Refusal, usage};
use crate::certificate::{obstacle, write};
use crate::cli::RunArgs;
use crate::report::{Report, json};
use crate::target::TargetFile;

/// Whoever has this key can tell that nobody else made the digests.
const KEY: &str = "CONFORMANCE_CERTIFY_KEY";

/// The key of certificates, where there is one.
pub fn certificate_key() -> Option<String> {
    std::env::var(KEY).ok().filter(|key| !key.is_empty())
}

/// Refuses what would make a certificate say too much, before anything is sent.
pub(super) fn check(arguments: &RunArgs, file: Option<&TargetFile>) -> Result<(), Refusal> {
    if arguments.certify.is_none() {
        return Ok(());
    }
    let partly = match scope(arguments) {
        Scope::Whole => None,
        Scope::Shard => Some("--shard"),
        Scope::Filtered => Some("filters"),
    };
    if let Some(what) = partly {
        return Err(usage(format!("--certify is for whole runs: leave out {what}")));
    }
    if file.is_some_and(|file| !file.deviations.is_empty()) {
        return Err(usage("--certify is for runs without known deviations: the target file lists some"));
    }
    Ok(())
}

/// Writes the bundle, or says why there is none.
pub(super) fn certify(arguments: &RunArgs, report: &Report) -> Result<(), Refusal> {
    let Some(folder) = &arguments.certify else { return Ok(()) };
    if let Some(why) = obstacle(report) {
        if report.exit_code == 0 {
            return Err(Refusal::Inconclusive(format!("no certificate was written: {why}")));
        }
        eprintln!("no certificate was written: {why}");
        return Ok(());
    }
    write(report, &json(report), folder, certificate_key().as_deref())
        .map_err(|error| Refusal::Inconclusive(format!("{}: {error}", folder.display())))?;
    eprintln!("wrote {}", folder.join("certificate.json").display());
    Ok(())
}
