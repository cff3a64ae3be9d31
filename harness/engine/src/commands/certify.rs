//! Looking at a certificate that somebody was handed.

use std::path::Path;
use std::process::ExitCode;

use crate::certificate::verify;
use crate::output::{say, tell};

/// Says whether the bundle in a folder is whole and unchanged.
pub fn certify(folder: &Path) -> ExitCode {
    match verify(folder) {
        Ok(certificate) => {
            say!(
                "unchanged: {} kept its contract on {} (suite {}, contract {})",
                certificate.target,
                certificate.started_at,
                certificate.suite_version,
                certificate.contract_hash
            );
            ExitCode::SUCCESS
        }
        Err(message) => {
            tell!("error: {}: {message}", folder.display());
            ExitCode::from(1)
        }
    }
}
