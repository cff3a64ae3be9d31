//! `certify`: verifies a certificate bundle.

use std::path::Path;
use std::process::ExitCode;

use report::certificate::verify;
use report::output::{say, tell};

/// Checks that the bundle in a folder is complete and unchanged.
pub fn certify(folder: &Path) -> ExitCode {
    match verify(folder) {
        Ok(certificate) => {
            say!(
                "unchanged: {} conformed to its contract on {} (suite {}, contract {})",
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
