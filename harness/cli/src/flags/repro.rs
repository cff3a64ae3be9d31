//! The flags of `repro`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::{NetworkArgs, PackArgs, cases, seed};
use runner::repro::CaseChoice;

/// The flags of `repro`.
#[derive(Args, Debug)]
pub struct ReproArgs {
    /// The name of the test
    pub test: String,
    /// The base URL for the script, unless CONFORMANCE_TARGET_URL is set when it runs
    #[arg(long, value_name = "URL", env = "CONFORMANCE_TARGET_URL")]
    pub target_url: Option<String>,
    #[command(flatten)]
    pub pack: PackArgs,
    /// Use seed, number of cases and URL of this JSON report, and for a property its failed cases
    #[arg(long, value_name = "REPORT.json")]
    pub from: Option<PathBuf>,
    /// One generated case of a property, N or N:MOVES as reports name it (repeatable); all cases when absent
    #[arg(long, value_name = "N[:MOVES]", value_parser = CaseChoice::parse)]
    pub case: Vec<CaseChoice>,
    /// The seed of the run
    #[arg(long, value_name = "N", env = "CONFORMANCE_SEED", value_parser = seed)]
    pub seed: Option<u64>,
    /// The number of cases of each property in the run
    #[arg(long, value_name = "N", env = "CONFORMANCE_CASES", value_parser = cases)]
    pub cases: Option<usize>,
    /// Report violations of SHOULD clauses, too
    #[arg(long, env = "CONFORMANCE_STRICT", value_parser = FalseyValueParser::new())]
    pub strict: bool,
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Write the script into this file instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
