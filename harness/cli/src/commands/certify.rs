//! `certify`: verifies a certificate bundle.

use std::path::Path;
use std::process::ExitCode;

use crate::run::Abort;
use report::certificate::verify;
use report::output::{err_line, out_line};

/// Checks that the bundle in a folder is complete and unchanged.
pub fn certify(folder: &Path) -> Result<ExitCode, Abort> {
    let certificate = match verify(folder) {
        Ok(certificate) => certificate,
        Err(message) => {
            err_line!("error: {}: {message}", folder.display());
            return Ok(ExitCode::from(1));
        }
    };
    out_line!(
        "unchanged: {} conformed to its contract on {} (suite {}, contract {})",
        certificate.target,
        certificate.started_at,
        certificate.suite_version,
        certificate.contract_hash
    );
    Ok(ExitCode::SUCCESS)
}
