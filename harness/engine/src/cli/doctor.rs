//! The flags of `doctor`.

use std::path::PathBuf;

use clap::Args;

use super::{NetworkArgs, PackArgs};

/// The flags of `doctor`.
#[derive(Args, Debug)]
pub struct DoctorArgs {
    /// The base URL to look at; by default the one of the target file
    #[arg(long, value_name = "URL", env = "CONFORMANCE_TARGET_URL")]
    pub target_url: Option<String>,
    /// Write what was found out as a target file; an existing file is not overwritten
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// Where the contract is, and the target file.
    #[command(flatten)]
    pub pack: PackArgs,
    /// How the target is spoken to.
    #[command(flatten)]
    pub network: NetworkArgs,
}
