//! The flags of `prove`.

use std::path::PathBuf;

use clap::Args;

use super::{NetworkArgs, PackArgs, at_least_one, percentage, seed};

/// The flags of `prove`.
#[derive(Args, Debug)]
pub struct ProveArgs {
    /// Only mutants and variants whose names contain one of these words
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub only: Vec<String>,
    /// Run every test against every server, instead of a sample of the tests that should report nothing
    #[arg(long)]
    pub whole: bool,
    /// Only the mutants that the uncommitted changes of the working tree can affect, each with the tests that reported
    /// it before
    #[arg(long, conflicts_with_all = ["whole", "proxy"])]
    pub changed: bool,
    /// The seed of the samples
    #[arg(long, value_name = "N", default_value = "1", value_parser = seed)]
    pub seed: u64,
    /// Write the matrix, KIND=PATH: json, markdown
    #[arg(long, value_name = "KIND=PATH", num_args = 1.., value_delimiter = ',', value_parser = matrix_order)]
    pub report: Vec<(MatrixFormat, PathBuf)>,
    /// The number of concurrent servers
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub jobs: Option<usize>,
    /// Change the responses of any target in a proxy, instead of starting mutants of the reference
    #[arg(long, conflicts_with = "whole")]
    pub proxy: bool,
    /// The base URL to test through the proxy; the embedded reference API when absent
    #[arg(long, value_name = "URL", env = "CONFORMANCE_TARGET_URL")]
    pub target_url: Option<String>,
    /// Fail if fewer mutations than this percentage are killed
    #[arg(long, value_name = "PERCENT", requires = "proxy", value_parser = percentage)]
    pub min_score: Option<f64>,
    /// Use the mutations of this YAML file, instead of generating them from the contract
    #[arg(long, value_name = "FILE", requires = "proxy")]
    pub mutations: Option<PathBuf>,
    /// The survivors that the contract allows, with reasons; schemas/survivors.yaml of the pack when absent
    #[arg(long, value_name = "FILE", requires = "proxy", conflicts_with = "variants")]
    pub allowed: Option<PathBuf>,
    /// Change responses only as any contract allows, and show which tests report that: their alarms are false
    #[arg(long, requires = "proxy", conflicts_with = "min_score")]
    pub variants: bool,
    /// Show the scenarios and expectations that no mutation needs. Takes longer, because the tests of a mutation run until
    /// two scenarios have noticed it
    #[arg(long, requires = "proxy", conflicts_with = "variants")]
    pub redundant: bool,
    /// Write the mutations into this YAML file before they are used
    #[arg(long, value_name = "FILE", requires = "proxy")]
    pub write_mutations: Option<PathBuf>,
    #[command(flatten)]
    pub network: NetworkArgs,
    /// Use only tests whose names contain one of these texts
    #[arg(value_name = "FILTER", requires = "proxy")]
    pub filter: Vec<String>,
    /// Leave out tests whose names contain one of these texts
    #[arg(long, value_name = "TEXT", num_args = 1.., requires = "proxy")]
    pub skip: Vec<String>,
    #[command(flatten)]
    pub pack: PackArgs,
}

/// The output format of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatrixFormat {
    /// Everything.
    Json,
    /// Only what is the same in every run.
    Markdown,
}

fn matrix_order(text: &str) -> Result<(MatrixFormat, PathBuf), String> {
    match text.split_once('=').filter(|(_, path)| !path.is_empty()) {
        Some(("json", path)) => Ok((MatrixFormat::Json, path.into())),
        Some(("markdown", path)) => Ok((MatrixFormat::Markdown, path.into())),
        _ => Err("expected KIND=PATH, where KIND is json or markdown".to_owned()),
    }
}
