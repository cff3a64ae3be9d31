//! The command line: one parser for libtest's flags and the harness's own flags. The latter can also be set by environment
//! variables, because some runners cannot pass flags; those that select tests cannot.

mod doctor;
mod init;
mod network;
mod prove;
mod repro;
mod selection;

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use generate::Sampling;
use report::ReportRequest;
use report::compare::Change;
use runner::schedule::Shard;

pub use self::doctor::DoctorArgs;
pub use self::init::InitArgs;
use self::network::positive;
pub use self::network::{Header, NetworkArgs};
pub use self::prove::{MatrixFormat, ProveArgs};
pub use self::repro::ReproArgs;
pub use self::selection::{ListArgs, ListFormat, SelectionArgs};

/// `cargo test -- …`: the flags of a run, without subcommands.
#[derive(Parser, Debug)]
#[command(
    name = "conformance",
    version,
    about = "Tests whether an API conforms to its published error-code page",
    help_template = HELP,
    override_usage = "cargo test -- [OPTIONS] [FILTER]...",
    disable_version_flag = true
)]
pub struct Suite {
    #[command(flatten)]
    pub run: RunArgs,
}

/// The installed binary.
#[derive(Parser, Debug)]
#[command(
    name = "conformance",
    version,
    about = "Tests whether an API conforms to its published error-code page",
    subcommand_required = true
)]
pub struct Program {
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands of the installed binary.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run the suite
    #[command(help_template = HELP, override_usage = "conformance run [OPTIONS] [FILTER]...", disable_version_flag = true)]
    Run(Box<RunArgs>),
    /// Write a pack for another API from its OpenAPI description
    Init(InitArgs),
    /// Check schemas, scenarios and a target file, and show every error with its file and line
    Validate(PackArgs),
    /// List tests with their clauses and required capabilities; takes the selection flags of `run`
    List(Box<ListArgs>),
    /// Explain a test, a clause, an error code, a check or an operation
    Explain {
        /// The name of a test, clause, code, check or operation
        #[arg(required_unless_present = "checks")]
        name: Option<String>,
        /// List all checks with what they judge, and the clauses of the pack that name them
        #[arg(long, conflicts_with = "name")]
        checks: bool,
        /// The pack and the target file
        #[command(flatten)]
        pack: PackArgs,
    },
    /// Check a target without running tests: URL, credentials, operations; can draft a target file
    Doctor(Box<DoctorArgs>),
    /// Compare a published error-code page with the catalogue: codes, statuses, examples, headers
    Docs {
        /// The page, in Markdown as exported by GitBook and others
        file: PathBuf,
        /// The pack and the target file
        #[command(flatten)]
        pack: PackArgs,
    },
    /// Print a POSIX shell script that repeats a test and says whether a violation occurs again
    Repro(Box<ReproArgs>),
    /// Merge the JSON reports of all parts of a run (shards or single tests), and judge them once
    Merge(MergeArgs),
    /// Serve the reference API
    Serve {
        /// The address to listen on; port 0 selects a free port
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
        listen: std::net::SocketAddr,
        /// Break the contract with this mutant (repeatable); `--mutant list` lists all
        #[arg(long, value_name = "NAME")]
        mutant: Vec<String>,
        /// Behave as this conforming variant (repeatable); `--variant list` lists all
        #[arg(long, value_name = "NAME")]
        variant: Vec<String>,
    },
    /// Check that the bundle of `run --certify` is complete and unchanged
    Certify {
        /// The folder of the bundle
        #[arg(long, value_name = "DIR")]
        check: PathBuf,
    },
    /// Compare two runs: new, fixed, still failing, vanished, newly skipped
    Compare(CompareArgs),
    /// Mutation testing: run the suite against mutants of the reference, or (`--proxy`) change the responses of any target
    Prove(Box<ProveArgs>),
    /// Show the JSON reports of a folder, one per release, over time
    History {
        /// The folder
        dir: PathBuf,
        /// The file of the page, html=PATH; `-` is standard output
        #[arg(long, value_name = "html=PATH", required = true, value_parser = ReportRequest::parse)]
        report: ReportRequest,
    },
    /// Print the JSON Schema of a file: scenario, fixtures, formats, errors, clauses, conventions, target or report
    Schema {
        /// scenario, fixtures, formats, errors, clauses, conventions, target or report
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

/// The default folder of saved failures, below the pack.
pub const FOUND: &str = "scenarios/found";

const HELP: &str = "{about-with-newline}\n{usage-heading} {usage}\n\n{all-args}\n\nOptions marked [env: …] can also be set by that variable. The credential of an actor is CONFORMANCE_ACTOR_<NAME>,\nin the form key:<API key>, bearer:<JWT>, basic:<user>:<password> or secret:<webhook secret>.\nExit codes: 0 no violation, 1 violations, 2 wrong usage or invalid files, 3 no verdict.\n";

/// The contract, and the target that is tested.
#[derive(Args, Debug, Clone)]
pub struct PackArgs {
    /// The contract of another API: a folder with schemas/ and scenarios/
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_PACK")]
    pub pack: Option<PathBuf>,
    /// A YAML description of a deployment: URL, actors, unsupported features, known deviations
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
    /// A change that does not count as a failure: new, vanished, newly-skipped, newly-inconclusive (repeatable)
    #[arg(long, value_name = "CHANGE", value_delimiter = ',', value_parser = change)]
    pub allow: Vec<Change>,
    /// The output format
    #[arg(long, value_enum, default_value = "text")]
    pub format: ComparisonFormat,
}

/// The output format of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ComparisonFormat {
    /// For a terminal
    Text,
    /// For the summary of a CI job
    Markdown,
    /// Everything
    Json,
}

/// The flags of a run.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// The base URL to test; the embedded reference API when absent
    #[arg(long, value_name = "URL", env = "CONFORMANCE_TARGET_URL")]
    pub target_url: Option<String>,
    /// Test the embedded reference API explicitly
    #[arg(long, env = "CONFORMANCE_REFERENCE", value_parser = FalseyValueParser::new())]
    pub reference: bool,
    #[command(flatten)]
    pub pack: PackArgs,
    /// The number of cases of each property; by default one for each of its rules, and a few more
    #[arg(long, value_name = "N", env = "CONFORMANCE_CASES", value_parser = cases)]
    pub cases: Option<usize>,
    /// Write the shrunk counterexample of each failure of a property as a scenario; below scenarios/found without DIR
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_SAVE_FAILURES", num_args = 0..=1, default_missing_value = FOUND)]
    pub save_failures: Option<PathBuf>,
    /// A number, or `random`: the same seed gives the same cases in the same order
    #[arg(long, value_name = "N", env = "CONFORMANCE_SEED", default_value = "1", value_parser = seed)]
    pub seed: u64,
    /// Fail on SHOULD clauses, too
    #[arg(long, env = "CONFORMANCE_STRICT", value_parser = FalseyValueParser::new())]
    pub strict: bool,
    /// The time limit of the run; tests that have not finished by then are inconclusive
    #[arg(long, value_name = "SECONDS", env = "CONFORMANCE_DEADLINE", value_parser = positive)]
    pub deadline: Option<f64>,
    /// Run the I-th of N disjoint parts, I/N; from-zero:I/N if I counts from 0
    #[arg(long, value_name = "I/N", env = "CONFORMANCE_SHARD", value_parser = shard)]
    pub shard: Option<Shard>,
    /// The address on which the webhook receiver listens
    #[arg(long, value_name = "ADDR", env = "CONFORMANCE_WEBHOOK_LISTEN")]
    pub webhook_listen: Option<std::net::SocketAddr>,
    /// The URL by which the target reaches the webhook receiver
    #[arg(long, value_name = "URL", env = "CONFORMANCE_WEBHOOK_URL")]
    pub webhook_url: Option<String>,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
    /// A name for this run; reports of runs with different names are not merged
    #[arg(long, value_name = "TEXT", env = "CONFORMANCE_RUN_ID")]
    pub run_id: Option<String>,
    /// Skip the preflight, which checks URL, credentials and operations before the first test
    #[arg(long, env = "CONFORMANCE_NO_PREFLIGHT", value_parser = FalseyValueParser::new(), conflicts_with = "preflight")]
    pub no_preflight: bool,
    /// Run the preflight even if each test has its own process (nextest)
    #[arg(long, env = "CONFORMANCE_PREFLIGHT", value_parser = FalseyValueParser::new())]
    pub preflight: bool,
    /// Show every violation of each failed test, instead of only the first
    #[arg(long, env = "CONFORMANCE_VERBOSE", value_parser = FalseyValueParser::new())]
    pub verbose: bool,
    /// Show no live progress line on a terminal
    #[arg(long, env = "CONFORMANCE_NO_PROGRESS", value_parser = FalseyValueParser::new())]
    pub no_progress: bool,
    /// Write a certificate into this folder; refuses filters, shards, known deviations and untested MUST clauses
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_CERTIFY")]
    pub certify: Option<PathBuf>,
    #[command(flatten)]
    pub outputs: OutputArgs,
    #[command(flatten)]
    pub libtest: libtest_mimic::Arguments,
    /// Further filters
    #[arg(value_name = "FILTER", hide = true)]
    pub more: Vec<String>,
}

/// The flags of `merge`.
#[derive(Args, Debug)]
pub struct MergeArgs {
    /// JSON reports of all parts of one run, or folders of them
    #[arg(value_name = "FILE|DIR", required = true)]
    pub parts: Vec<PathBuf>,
    /// The pack of the run, if it is not found from the current folder; it is used to name missing tests
    #[arg(long, value_name = "DIR", env = "CONFORMANCE_PACK")]
    pub pack: Option<PathBuf>,
    #[command(flatten)]
    pub outputs: OutputArgs,
}

/// The reports to write, and the gate flags.
#[derive(Args, Debug, Clone, Default)]
pub struct OutputArgs {
    /// Write a report, KIND=PATH (repeatable): html, markdown, json, junit, junit-strict, ctrf, github, gitlab; `-` is standard output
    #[arg(long, value_name = "KIND=PATH", env = "CONFORMANCE_REPORT", value_delimiter = ',', value_parser = ReportRequest::parse)]
    pub report: Vec<ReportRequest>,
    #[command(flatten)]
    pub gate: GateArgs,
}

impl OutputArgs {
    /// True if a report is written, or a file that needs one.
    pub fn is_given(&self) -> bool {
        let OutputArgs { report, gate: GateArgs { write_deviations, baseline, .. } } = self;
        !report.is_empty() || write_deviations.is_some() || baseline.is_some()
    }
}

/// The gate: comparison with a baseline, and drafts of known deviations.
#[derive(Args, Debug, Clone, Default)]
pub struct GateArgs {
    /// Draft known deviations for the current failures
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_WRITE_DEVIATIONS")]
    pub write_deviations: Option<PathBuf>,
    /// Compare with the JSON report of an earlier run; vanished and newly skipped tests count as failures
    #[arg(long, value_name = "FILE", env = "CONFORMANCE_BASELINE")]
    pub baseline: Option<PathBuf>,
    /// Which violations fail the run: `any`, or only those that are `new` compared with the baseline
    #[arg(long, value_enum, env = "CONFORMANCE_FAIL_ON", default_value = "any")]
    pub fail_on: FailOn,
}

/// Which violations fail a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// All violations
    #[default]
    Any,
    /// Violations that the baseline does not have
    New,
}

/// Treats empty environment variables as unset, since pipelines often set variables to an empty value.
pub fn without_empty_variables(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let command = command.mut_args(|argument| {
        let empty = argument.get_env().is_some_and(|name| std::env::var_os(name).is_some_and(|value| value.is_empty()));
        if empty { argument.env(clap::builder::Resettable::Reset) } else { argument }
    });
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, without_empty_variables))
}

impl RunArgs {
    /// The seed and the number of cases of properties.
    pub fn sampling(&self) -> Sampling {
        Sampling { seed: self.seed, cases: self.cases }
    }
}

fn seed(text: &str) -> Result<u64, String> {
    if text == "random" {
        return Ok(runner::random::random() >> 16);
    }
    text.parse().map_err(|_| "a seed is a number or `random`".to_owned())
}

fn cases(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(number @ 1..=1_000_000) => Ok(number),
        _ => Err("expected a number from 1 to 1000000".to_owned()),
    }
}

fn change(text: &str) -> Result<Change, String> {
    let fail = [Change::New, Change::Vanished, Change::NewlySkipped, Change::NewlyInconclusive];
    Change::parse(text)
        .filter(|change| fail.contains(change))
        .ok_or_else(|| format!("expected one of {}", fail.map(Change::as_str).join(", ")))
}

fn percentage(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|percent| (0.0..=100.0).contains(percent))
        .ok_or_else(|| "expected a number from 0 to 100".to_owned())
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "expected a number of at least 1".to_owned())
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
