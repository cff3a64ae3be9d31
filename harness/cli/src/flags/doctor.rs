//! The flags of `doctor`.

use std::path::PathBuf;

use clap::Args;

use super::{NetworkArgs, PackArgs};

/// The flags of `doctor`.
#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// The base URL to check; by default the one of the target file
    #[arg(long, value_name = "URL", env = "CONFORMANCE_TARGET_URL")]
    pub target_url: Option<String>,
    /// Write the results as a target file; an existing file is not overwritten
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    #[command(flatten)]
    pub pack: PackArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
}
