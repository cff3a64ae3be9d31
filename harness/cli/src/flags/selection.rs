//! The flags that choose tests: those of `run` besides libtest's own, and those of `list`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{PackArgs, shard};
use runner::schedule::Shard;

/// What the chosen tests are about. Values of one flag are alternatives; different flags must all hold.
#[derive(Args, Debug, Clone, Default)]
pub struct SelectionArgs {
    /// Only tests about this clause, such as AUTH-1 (repeatable)
    #[arg(long, value_name = "ID")]
    pub clause: Vec<String>,
    /// Only tests that expect or tolerate this error code (repeatable)
    #[arg(long, value_name = "CODE")]
    pub code: Vec<String>,
    /// Only tests that assert something of this operation (repeatable); what only prepares or cleans up does not count
    #[arg(long, value_name = "ID")]
    pub operation: Vec<String>,
    /// Only tests that failed or were inconclusive in this JSON report
    #[arg(long, value_name = "REPORT.json")]
    pub failed: Option<PathBuf>,
    /// With --failed: only tests that show the cause with this number in the summary of that run (repeatable)
    #[arg(long, value_name = "N", requires = "failed")]
    pub cause: Vec<usize>,
}

impl SelectionArgs {
    /// True where one of the flags is given.
    pub fn is_given(&self) -> bool {
        let ids = [&self.clause, &self.code, &self.operation];
        self.failed.is_some() || ids.iter().any(|ids| !ids.is_empty())
    }
}

/// The flags of `list`.
#[derive(Args, Debug)]
pub struct ListArgs {
    /// Where the contract is, and the target file.
    #[command(flatten)]
    pub pack: PackArgs,
    /// What the tests are about.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// Only tests whose names contain one of these texts
    #[arg(value_name = "FILTER")]
    pub filter: Vec<String>,
    /// Leave out tests whose names contain this text (repeatable)
    #[arg(long, value_name = "FILTER")]
    pub skip: Vec<String>,
    /// FILTER and --skip are whole names
    #[arg(long)]
    pub exact: bool,
    /// The I-th of N disjoint parts, as of `run`
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<Shard>,
    /// How the list is written
    #[arg(long, value_enum, default_value = "text")]
    pub format: ListFormat,
}

/// How a list of tests is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A line for each test.
    Text,
    /// One array with an object for each test.
    Json,
}
