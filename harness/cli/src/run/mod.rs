//! The complete run: read the pack, plan, preflight, run the tests, clean up, report, and return an exit code.

mod certify;
pub(crate) mod command;
mod context;
mod deviations;
mod draft;
mod failures;
mod gate;
mod manifest;
mod merge;
mod outputs;
mod packs;
mod preflight;
mod progress;
mod redaction;
mod resolve_target;
mod select;
mod stop;
mod to_do;
mod variables;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::sync::watch;

pub use merge::merge;
pub use packs::{joint_hash, load, load_draft, load_finished, load_pack, pack_root};
pub use redaction::redactor;
pub use resolve_target::{deployment, reachable, refuse_foreign};
pub use select::listed;
pub use stop::watch_for_stops;
pub use variables::refuse_unknown_variables;

use self::context::{Inputs, RunContext};
use self::deviations::Scope;
use self::gate::Gate;
use self::resolve_target::{announce, receiver, resolve_target};
use self::select::{Choice, list};
use self::variables::refuse_empty_target;
use crate::flags::RunArgs;
use judge::secret::{Dividers, Redactor};
use judge::target;
use judge::target::TargetFile;
use report::output;
use report::output::err_line;
use report::terminal::Screen;
use report::{self, Prepared, Report, ReportRequest, terminal};
use runner::client::HttpClient;
use runner::execute::Environment;
use runner::preflight::{Expected, PreflightTarget};
use spec::source::Problems;

/// The default number of threads. Tests mostly wait, so this is more than the number of cores.
const THREADS: usize = 24;

/// Why a command cannot go on.
pub enum Abort {
    /// Wrong usage, or a file that cannot be loaded: exit code 2.
    Usage(String),
    /// A problem with the target or this machine: exit code 3.
    Inconclusive(String),
}

impl Abort {
    /// Prints the message on standard error and returns the exit code.
    pub fn report(&self) -> ExitCode {
        match self {
            Abort::Usage(text) => {
                err_line!("{text}");
                ExitCode::from(2)
            }
            Abort::Inconclusive(text) => {
                err_line!("error: {text}");
                ExitCode::from(3)
            }
        }
    }
}

impl From<Problems> for Abort {
    fn from(problems: Problems) -> Self {
        let rendered: Vec<String> = problems.0.iter().map(|problem| problem.rendered()).collect();
        let count = rendered.len();
        let plural = if count == 1 { "" } else { "s" };
        Abort::Usage(format!("{}\n\n{count} problem{plural}; nothing was sent", rendered.join("\n\n")))
    }
}

pub(crate) fn usage(text: impl std::fmt::Display) -> Abort {
    Abort::Usage(format!("error: {text}"))
}

pub(crate) fn runtime() -> Result<Runtime, Abort> {
    Runtime::new().map_err(|error| Abort::Inconclusive(error.to_string()))
}

/// Runs the suite.
pub fn run(mut arguments: RunArgs) -> Result<ExitCode, Abort> {
    check_arguments(&mut arguments)?;
    let gate = Gate::new(&arguments.outputs.gate)?;
    let root = pack_root(arguments.pack.pack.as_deref()).map_err(usage)?;
    let (contract, library) = packs::load_for_run(&root, &arguments)?;
    let file = arguments.pack.target.as_ref().map(|path| TargetFile::load(path, &contract)).transpose()?;
    refuse_unknown_variables(Some(&contract), file.as_ref())?;
    certify::check(&arguments, file.as_ref())?;
    let choice = Choice::of_run(&arguments, &contract, &library)?;
    if arguments.libtest.list {
        return Ok(list(&choice.selection(&contract, &library), &library, arguments.shard));
    }
    let selection = choice.not_empty(&contract, &library)?;
    let prepared = outputs::prepare(&arguments)?;
    let runtime = runtime()?;
    let (target, _embedded) = resolve_target(&runtime, &arguments, &contract, file.as_ref())?;
    let network = arguments.network.network(file.as_ref().and_then(|file| file.rate));
    let client = HttpClient::new(&target.url, &network).map_err(usage)?;
    let expected = Expected::of(&contract, &library);
    let inputs = Inputs { arguments: &arguments, gate: &gate, prepared: &prepared, runtime: &runtime };
    let (context, mut planned) = RunContext::new(inputs, &contract, library, &target, &selection)?;
    let (stop, stopped) = watch::channel(None);
    watch_for_stops(&runtime, stop, arguments.deadline);
    let subject = PreflightTarget {
        contract: &contract,
        target: &target,
        client: &client,
        redactor: &context.redactor,
        direct: network.is_direct(),
    };
    let input = preflight::Input { subject, file: file.as_ref() };
    let checked = preflight::run(&runtime, &arguments, &input, &expected, &planned, stopped.clone());
    if let Some(why) = checked.stop {
        return context.end_before_the_first_test(&contract, &target, checked.found, planned, &why);
    }
    announce(&arguments, &target);
    if let Some(line) = packs::other_pack(arguments.pack.pack.as_deref(), &root) {
        err_line!("{line}");
    }
    preflight::print_statements(checked.found.as_ref(), &context.redactor, arguments.libtest.quiet);
    preflight::mark_doubtful(checked.found.as_ref(), &mut planned);
    let receiver = receiver(&runtime, &arguments, &target)?;
    let run_token = runner::execute::token();
    let environment = Environment::new(Arc::new(contract), target, client, receiver, run_token, stopped);
    let environment = Arc::new(environment.with_sampling(arguments.sampling()));
    let results = context.execute(&environment, planned);
    context.conclude(&environment, checked.found, results)
}

fn check_arguments(arguments: &mut RunArgs) -> Result<(), Abort> {
    if arguments.libtest.test_threads == Some(0) {
        return Err(usage("--test-threads must be at least 1"));
    }
    arguments.libtest.test_threads.get_or_insert(THREADS);
    // `--quiet` prints only the summary, but libtest itself would still print each failed test.
    let libtest = &mut arguments.libtest;
    if libtest.quiet && libtest.logfile.is_none() && libtest.format.is_none() {
        libtest.logfile = Some(if cfg!(windows) { "NUL" } else { "/dev/null" }.to_owned());
    }
    let has_file = arguments.pack.target.is_some();
    if arguments.reference && (arguments.target_url.is_some() || has_file) {
        return Err(usage(
            "--reference tests the embedded reference API, and cannot be combined with --target-url or --target",
        ));
    }
    refuse_empty_target(arguments.target_url.as_deref(), has_file, arguments.reference)?;
    if let Some(url) = &arguments.target_url {
        target::check_url(url).map_err(|message| usage(format!("--target-url: {message}")))?;
    }
    if let Some(url) = &arguments.webhook_url {
        target::check_url(url).map_err(|message| usage(format!("--webhook-url: {message}")))?;
    }
    // With a process per test, each would overwrite the others' file.
    let one_process_per_test = manifest::is_by_test();
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    if arguments.outputs.report.is_empty() && in_ci && !one_process_per_test {
        arguments.outputs.report = vec![ReportRequest::parse("junit=reports/junit.xml").map_err(usage)?];
    }
    // libtest accepts several filters, libtest-mimic only one. So with several filters, the harness filters itself.
    if !arguments.more.is_empty() {
        arguments.more.splice(0..0, arguments.libtest.filter.take());
    }
    Ok(())
}

/// What is written at the end of a run.
struct Output<'o> {
    reports: &'o [Prepared],
    /// True if standard output contains machine-readable lines.
    machine: bool,
    redactor: &'o Redactor,
    /// Which secrets the reports may show.
    warning: Option<&'o str>,
}

impl Output<'_> {
    fn stdout_is_taken(&self) -> bool {
        self.machine || self.reports.iter().any(|report| report.request.is_stdout())
    }
}

/// Prints the summary, writes the reports, and returns the exit code.
fn finish(output: &Output<'_>, gate: &Gate<'_>, scope: Scope, mut report: Report) -> Result<ExitCode, Abort> {
    let comparison = gate.judge(&mut report, scope);
    let file = |kind: &str| output.reports.iter().find_map(|report| report.file_of(kind));
    let json = file("json");
    let complete = file("html").or_else(|| file("markdown")).or(json);
    let screen = Screen { columns: output::columns(output.stdout_is_taken()), json, complete };
    let text = terminal::render(&report, screen) + &to_do::line(&report) + comparison.as_deref().unwrap_or_default();
    let empty = || terminal::render(&Report { tests: Vec::new(), ..report.clone() }, screen);
    let text = output.redactor.scan(&text, Dividers::Lines, empty).map_or(text, |(clean, _)| clean);
    if output.stdout_is_taken() {
        output::err(&text);
    } else {
        output::out(&text);
    }
    write_reports(output, gate, &report)
}

/// A path as seen from the working directory, if it is below.
fn from_here(path: &Path) -> &Path {
    let here = std::env::current_dir().and_then(std::fs::canonicalize);
    here.ok().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path)
}

/// Writes all reports, and then prints which of them could not be written.
fn write_reports(output: &Output<'_>, gate: &Gate<'_>, report: &Report) -> Result<ExitCode, Abort> {
    if let Some(warning) = output.warning {
        err_line!("{warning}");
    }
    let mut failures = gate.write(report);
    let requests: Vec<ReportRequest> = output.reports.iter().map(|prepared| prepared.request.clone()).collect();
    report::actions::write(report, &requests, output.stdout_is_taken());
    for prepared in output.reports {
        match prepared.write(report, output.redactor) {
            Ok(paths) => paths.iter().for_each(|path| err_line!("wrote {}", from_here(path).display())),
            Err(message) => failures.push(message),
        }
    }
    if failures.is_empty() || report.exit_code == 1 {
        failures.iter().for_each(|message| err_line!("error: a report could not be written: {message}"));
        return Ok(ExitCode::from(report.exit_code));
    }
    Err(Abort::Inconclusive(format!("a report could not be written: {}", failures.join("; "))))
}
