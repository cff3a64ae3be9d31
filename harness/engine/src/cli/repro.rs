//! The flags of `repro`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::{NetworkArgs, PackArgs, cases, seed};
use crate::repro::CaseChoice;

/// The flags of `repro`.
#[derive(Args, Debug)]
pub struct ReproArgs {
    /// The name of the test
    pub test: String,
    /// The base URL that the script sends to, unless CONFORMANCE_TARGET_URL says another when it runs
    #[arg(long, value_name = "URL", env = "CONFORMANCE_TARGET_URL")]
    pub target_url: Option<String>,
    /// Where the contract stands, and what it is held against.
    #[command(flatten)]
    pub pack: PackArgs,
    /// A JSON report: its seed, number of cases and URL are taken, and of a property the cases that failed
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
    /// Violations of SHOULD clauses count, too
    #[arg(long, env = "CONFORMANCE_STRICT", value_parser = FalseyValueParser::new())]
    pub strict: bool,
    /// How the target is spoken to; the values of headers come from HEADER_<NAME> when the script runs.
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Write the script into this file instead of to standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
