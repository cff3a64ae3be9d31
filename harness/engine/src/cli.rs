//! The command line: one parser for libtest's flags and ours, with an environment variable for each
//! of ours, since some runners cannot pass flags.

mod doctor;
mod init;
mod network;
mod repro;
mod selection;

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::compare::Change;
use crate::fuzz::Sampling;
use crate::plan::Shard;
use crate::report::Order;

pub use self::doctor::DoctorArgs;
pub use self::init::InitArgs;
use self::network::positive;
pub use self::network::{Header, NetworkArgs};
pub use self::repro::ReproArgs;
pub use self::selection::{ListArgs, ListFormat, SelectionArgs};

/// `cargo test -- …`: the flags of a run, without subcommands.
#[derive(Parser, Debug)]
#[command(
    name = "conformance",
    version,
    about = "Tells whether an API keeps the promises of its published error-code page",
    help_template = HELP,
    override_usage = "cargo test -- [OPTIONS] [FILTER]...",
    disable_version_flag = true
)]
pub struct Suite {
    /// The flags of a run.
    #[command(flatten)]
    pub run: RunArgs,
}

/// The installed binary.
#[derive(Parser, Debug)]
#[command(
    name = "conformance",
    version,
    about = "Tells whether an API keeps the promises of its published error-code page",
    subcommand_required = true
)]
pub struct Program {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the installed binary can do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the suite
    #[command(help_template = HELP, override_usage = "conformance run [OPTIONS] [FILTER]...", disable_version_flag = true)]
    Run(Box<RunArgs>),
    /// Draft a pack for another API from its OpenAPI description
    Init(InitArgs),
    /// Check schemas, scenarios and a target file, and show everything that is wrong at its place
    Validate(PackArgs),
    /// List tests with their clauses and needs; the flags that choose them are those of `run`
    List(Box<ListArgs>),
    /// Say in words what a test, a clause, an error code, a check or an operation is about
    Explain {
        /// The name of a test, clause, code, check or operation
        name: String,
        /// Where the contract stands
        #[command(flatten)]
        pack: PackArgs,
    },
    /// Look at a target before any test: is the URL right, who is accepted, which operations exist; drafts a target file
    Doctor(Box<DoctorArgs>),
    /// Say where a published error-code page and the catalogue differ: codes, statuses, examples, headers
    Docs {
        /// The page, in Markdown as GitBook and others keep it
        file: PathBuf,
        /// Where the contract stands
        #[command(flatten)]
        pack: PackArgs,
    },
    /// Print a POSIX shell script that does what a test does and says whether a violation shows again
    Repro(Box<ReproArgs>),
    /// Join the JSON reports of all parts of a run, shards or single tests, and judge them once
    Merge(MergeArgs),
    /// Serve the reference API
    Serve {
        /// The address to listen on; port 0 takes a free one
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
        listen: std::net::SocketAddr,
        /// Break a promise on purpose (repeatable); `--mutant list` lists what can be broken
        #[arg(long, value_name = "NAME")]
        mutant: Vec<String>,
        /// Keep the contract in another permitted way (repeatable); `--variant list` lists the ways
        #[arg(long, value_name = "NAME")]
        variant: Vec<String>,
    },
    /// Say whether the bundle of `run --certify` is whole and unchanged
    Certify {
        /// The folder of the bundle
        #[arg(long, value_name = "DIR")]
        check: PathBuf,
    },
    /// Say what has changed from one run to another: new, fixed, still failing, vanished, newly skipped
    Compare(CompareArgs),
    /// Run the suite against every mutant of the reference, and say which it finds
    Prove(ProveArgs),
    /// Draw the JSON reports of a folder, one a release, over time
    History {
        /// The folder
        dir: PathBuf,
        /// Where the page goes, html=PATH; `-` is standard output
        #[arg(long, value_name = "html=PATH", required = true, value_parser = Order::parse)]
        report: Order,
    },
    /// Print the JSON Schema of one of our own files: scenario, fixtures, formats, target or report
    Schema {
        /// scenario, fixtures, formats, target or report
        name: String,
    },
    /// Print a script that completes commands and flags in a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print a man page (roff) of the program, or of one of its commands
    Man {
        /// The command; the program itself when absent
        command: Option<String>,
    },
}

/// Where found failures go by default, below the pack.
pub const FOUND: &str = "scenarios/found";

const HELP: &str = "{about-with-newline}\n{usage-heading} {usage}\n\n{all-args}\n\nOptions marked [env: …] can be given as that variable, too; an actor's credential is CONFORMANCE_ACTOR_<NAME>,\nwritten key:<API key>, bearer:<JWT> or secret:<webhook secret>.\nExit codes: 0 kept, 1 broken, 2 usage or data that does not load, 3 no verdict.\n";

/// Where the contract stands, and what it is held against.
#[derive(Args, Debug, Clone)]
pub struct PackArgs {
    /// Another API's contract: a folder with schemas/ and scenarios/
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_PACK")]
    pub pack: Option<PathBuf>,
    /// A YAML description of a deployment: URL, actors, what it lacks, known deviations
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_TARGET")]
    pub target: Option<PathBuf>,
    /// The pack is a draft: what is not finished yet, such as a clause that nothing judges, is a warning
    #[arg(long, env = "CONFORMANCE_DRAFT", value_parser = FalseyValueParser::new())]
    pub draft: bool,
}

/// The flags of `compare`.
#[derive(Args, Debug)]
pub struct CompareArgs {
    /// The JSON report of the earlier run
    pub old: PathBuf,
    /// The JSON report of the later run
    pub new: PathBuf,
    /// A change that does not fail: new, vanished, newly-skipped, newly-inconclusive (repeatable)
    #[arg(long, value_name = "CHANGE", value_delimiter = ',', value_parser = change)]
    pub allow: Vec<Change>,
    /// How it is written
    #[arg(long, value_enum, default_value = "text")]
    pub format: ComparisonFormat,
}

/// How a comparison is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ComparisonFormat {
    /// For a terminal.
    Text,
    /// For the summary of a CI job.
    Markdown,
    /// Everything.
    Json,
}

/// The flags of `prove`.
#[derive(Args, Debug)]
pub struct ProveArgs {
    /// Only mutants with one of these words in their names
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub only: Vec<String>,
    /// Every test against every server, instead of a sample of those that should keep silent
    #[arg(long)]
    pub whole: bool,
    /// Another seed takes other samples
    #[arg(long, value_name = "N", default_value = "1", value_parser = seed)]
    pub seed: u64,
    /// Write the matrix, KIND=PATH: json, markdown
    #[arg(long, value_name = "KIND=PATH", num_args = 1.., value_delimiter = ',', value_parser = matrix_order)]
    pub report: Vec<(MatrixFormat, PathBuf)>,
    /// How many servers run side by side
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    pub jobs: Option<usize>,
    /// Where the contract stands
    #[command(flatten)]
    pub pack: PackArgs,
}

/// How a matrix is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatrixFormat {
    /// Everything.
    Json,
    /// What is the same in every run.
    Markdown,
}

/// The flags of a run.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// The base URL to test; the embedded reference API when absent
    #[arg(long, value_name = "URL", env = "CONFORMANCE_TARGET_URL")]
    pub target_url: Option<String>,
    /// Test the embedded reference API on purpose
    #[arg(long, env = "CONFORMANCE_REFERENCE", value_parser = FalseyValueParser::new())]
    pub reference: bool,
    /// Where the contract stands, and what it is held against.
    #[command(flatten)]
    pub pack: PackArgs,
    /// Cases of each fuzz property; by default one for each of its rules, and a few more
    #[arg(long, value_name = "N", env = "CONFORMANCE_CASES", value_parser = cases)]
    pub cases: Option<usize>,
    /// Write the smallest case of each failure of a fuzz property as a scenario; below scenarios/found without DIR
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_SAVE_FAILURES", num_args = 0..=1, default_missing_value = FOUND)]
    pub save_failures: Option<PathBuf>,
    /// A number, or `random`: the same seed gives the same cases in the same order
    #[arg(long, value_name = "N", env = "CONFORMANCE_SEED", default_value = "1", value_parser = seed)]
    pub seed: u64,
    /// Fail on SHOULD clauses, too
    #[arg(long, env = "CONFORMANCE_STRICT", value_parser = FalseyValueParser::new())]
    pub strict: bool,
    /// A bound on the whole run; what is left is inconclusive
    #[arg(long, value_name = "SECONDS", env = "CONFORMANCE_DEADLINE", value_parser = positive)]
    pub deadline: Option<f64>,
    /// The I-th of N disjoint parts, I/N; from-zero:I/N where I counts from 0
    #[arg(long, value_name = "I/N", env = "CONFORMANCE_SHARD", value_parser = shard)]
    pub shard: Option<Shard>,
    /// Where our webhook receiver listens
    #[arg(long, value_name = "ADDR", env = "CONFORMANCE_WEBHOOK_LISTEN")]
    pub webhook_listen: Option<std::net::SocketAddr>,
    /// How the target reaches our webhook receiver
    #[arg(long, value_name = "URL", env = "CONFORMANCE_WEBHOOK_URL")]
    pub webhook_url: Option<String>,
    /// What the tests are about.
    #[command(flatten)]
    pub selection: SelectionArgs,
    /// How the target is spoken to.
    #[command(flatten)]
    pub network: NetworkArgs,
    /// A name for this run; reports of another run are not merged with its own
    #[arg(long, value_name = "TEXT", env = "CONFORMANCE_RUN_ID")]
    pub run_id: Option<String>,
    /// Send nothing before the first test: no look at URL, credentials and operations
    #[arg(long, env = "CONFORMANCE_NO_PREFLIGHT", value_parser = FalseyValueParser::new(), conflicts_with = "preflight")]
    pub no_preflight: bool,
    /// Look at URL, credentials and operations first where each test has a process of its own (nextest), too
    #[arg(long, env = "CONFORMANCE_PREFLIGHT", value_parser = FalseyValueParser::new())]
    pub preflight: bool,
    /// Show every violation of each failed test; without it libtest's lines show the first
    #[arg(long, env = "CONFORMANCE_VERBOSE", value_parser = FalseyValueParser::new())]
    pub verbose: bool,
    /// No live line on a terminal
    #[arg(long, env = "CONFORMANCE_NO_PROGRESS", value_parser = FalseyValueParser::new())]
    pub no_progress: bool,
    /// Write a certificate into this folder; refuses filters, shards, known deviations and untested MUST clauses
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_CERTIFY")]
    pub certify: Option<PathBuf>,
    /// Where reports go, and what is made of them.
    #[command(flatten)]
    pub outputs: OutputArgs,
    /// libtest's own flags.
    #[command(flatten)]
    pub libtest: libtest_mimic::Arguments,
    /// Further filters
    #[arg(value_name = "FILTER", hide = true)]
    pub more: Vec<String>,
}

/// The parts of a run, and where the reports on all of it go.
#[derive(Args, Debug)]
pub struct MergeArgs {
    /// JSON reports of all parts of one run, or folders of them
    #[arg(value_name = "FILE|DIR", required = true)]
    pub parts: Vec<PathBuf>,
    /// The pack that was run, where it is not found from here: it names tests that are missing
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_PACK")]
    pub pack: Option<PathBuf>,
    /// Where reports go, and what is made of them.
    #[command(flatten)]
    pub outputs: OutputArgs,
}

/// Where reports go, and what is made of them.
#[derive(Args, Debug, Clone, Default)]
pub struct OutputArgs {
    /// Write a report, KIND=PATH (repeatable): html, markdown, json, junit, junit-strict, ctrf, github, gitlab; `-` is standard output
    #[arg(long, value_name = "KIND=PATH", env = "CONFORMANCE_REPORT", value_delimiter = ',', value_parser = Order::parse)]
    pub report: Vec<Order>,
    /// What is made of the report.
    #[command(flatten)]
    pub gate: GateArgs,
}

/// What is made of a report besides its exit code.
#[derive(Args, Debug, Clone, Default)]
pub struct GateArgs {
    /// Draft known deviations for what fails now
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_WRITE_DEVIATIONS")]
    pub write_deviations: Option<PathBuf>,
    /// Compare with the JSON report of an earlier run; what vanished or is newly skipped fails
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_BASELINE")]
    pub baseline: Option<PathBuf>,
    /// What fails besides: `any` violation, or only what is `new` against the baseline
    #[arg(long, value_enum, env = "CONFORMANCE_FAIL_ON", default_value = "any")]
    pub fail_on: FailOn,
}

/// Which violations fail a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// All of them.
    #[default]
    Any,
    /// Those that the baseline does not have.
    New,
}

/// A command whose variables count as unset where they are empty, as pipelines often leave them.
pub fn without_empty_variables(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let command = command.mut_args(|argument| {
        let empty = argument.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()));
        if empty { argument.env(clap::builder::Resettable::Reset) } else { argument }
    });
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, without_empty_variables))
}

impl RunArgs {
    /// By what properties draw their cases.
    pub fn sampling(&self) -> Sampling {
        Sampling { seed: self.seed, cases: self.cases }
    }
}

fn seed(text: &str) -> Result<u64, String> {
    if text == "random" {
        return Ok(crate::random::random() >> 16);
    }
    text.parse().map_err(|_| "a seed is a number or `random`".to_owned())
}

fn cases(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(number @ 1..=1_000_000) => Ok(number),
        _ => Err("a number from 1 to 1000000 is wanted".to_owned()),
    }
}

fn change(text: &str) -> Result<Change, String> {
    let fail = [Change::New, Change::Vanished, Change::NewlySkipped, Change::NewlyInconclusive];
    Change::parse(text)
        .filter(|change| fail.contains(change))
        .ok_or_else(|| format!("a change that can be allowed is one of {}", fail.map(Change::as_str).join(", ")))
}

fn matrix_order(text: &str) -> Result<(MatrixFormat, PathBuf), String> {
    match text.split_once('=').filter(|(_, path)| !path.is_empty()) {
        Some(("json", path)) => Ok((MatrixFormat::Json, path.into())),
        Some(("markdown", path)) => Ok((MatrixFormat::Markdown, path.into())),
        _ => Err("a report is KIND=PATH; the kinds are json and markdown".to_owned()),
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "a number from 1 up is wanted".to_owned())
}

fn shard(text: &str) -> Result<Shard, String> {
    // Some systems count their jobs from 0.
    let (first, text) = text.strip_prefix("from-zero:").map_or((1, text), |rest| (0, rest));
    let parsed =
        text.split_once('/').and_then(|(index, count)| Some((index.parse().ok()?, count.parse::<u64>().ok()?)));
    match parsed {
        Some((index, count)) if (first..count.saturating_add(first)).contains(&index) => {
            Ok(Shard { index: index + 1 - first, count })
        }
        _ => Err("a shard is I/N with I from 1 to N, such as 2/4, or from-zero:I/N with I from 0".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_parsers_are_sound() {
        Suite::command().debug_assert();
        Program::command().debug_assert();
    }

    #[test]
    fn libtest_flags_and_ours_live_together() {
        let suite = Suite::try_parse_from([
            "conformance",
            "--target-url",
            "http://h",
            "--exact",
            "a",
            "b",
            "--skip",
            "c",
            "--strict",
            "--shard",
            "2/4",
            "--clause",
            "AUTH-1",
            "--clause",
            "AUTH-2",
            "--failed",
            "report.json",
        ])
        .expect("it parses");
        assert_eq!(suite.run.libtest.filter.as_deref(), Some("a"));
        assert_eq!(suite.run.more, ["b"]);
        assert!(suite.run.strict && suite.run.selection.is_given());
        assert_eq!(suite.run.selection.clause, ["AUTH-1", "AUTH-2"]);
        assert_eq!(suite.run.shard, Some(Shard { index: 2, count: 4 }));
        assert_eq!(shard("from-zero:0/4"), Ok(Shard { index: 1, count: 4 }));
        assert_eq!(shard("from-zero:3/4"), Ok(Shard { index: 4, count: 4 }));
    }

    #[test]
    fn bad_values_are_refused() {
        for arguments in [
            ["--shard", "0/4"],
            ["--shard", "5/4"],
            ["--shard", "from-zero:4/4"],
            ["--rate", "0"],
            ["--timeout", "-1"],
            ["--seed", "x"],
            ["--cases", "0"],
            ["--report", "junti=a"],
            ["--header", "nope"],
        ] {
            let line = ["conformance"].into_iter().chain(arguments);
            assert!(Suite::try_parse_from(line).is_err(), "{arguments:?}");
        }
    }
}
