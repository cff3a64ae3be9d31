//! Looking at a certificate that somebody was handed.

use std::path::Path;
use std::process::ExitCode;

use crate::certificate::verify;
use crate::run::certificate_key;

/// Says whether the bundle in a folder is whole and unchanged.
pub fn certify(folder: &Path) -> ExitCode {
    let key = certificate_key();
    match verify(folder, key.as_deref()) {
        Ok(certificate) => {
            let signed = if key.is_some() { ", signed with this key" } else { "" };
            println!(
                "unchanged{signed}: {} kept its contract on {} (suite {}, contract {})",
                certificate.target, certificate.started_at, certificate.suite_version, certificate.contract_hash
            );
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {}: {message}", folder.display());
            ExitCode::from(1)
        }
    }
}
