//! The whole flow of a run: read, plan, run, clear up, report, and say with one number how it went.

use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use libtest_mimic::Trial;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::cli::RunArgs;
use crate::contract::{Contract, hex};
use crate::execute::{Environment, Stop, TrialRecord};
use crate::plan::{Planned, plan};
use crate::report::{self, Facts, Order, Report, TrialResult, terminal};
use crate::scenario::{self, Library};
use crate::secret::Redactor;
use crate::source::Problems;
use crate::target::{self, Embedded, HttpClient, Receiver, Target, TargetFile};
use crate::trial::{Recorder, Shared, trial};
use crate::verdict::{Outcome, Rules, Verdict};

/// Trials mostly wait, so there are many more threads than cores.
const THREADS: usize = 24;
/// How long the last clearing up may take.
const LAST_CLEANUP: Duration = Duration::from_secs(10);

/// Why a run did not begin.
pub enum Refusal {
    /// Usage, or data that does not load: exit code 2.
    Usage(String),
    /// The target or the machine did not let us: exit code 3.
    Inconclusive(String),
}

impl Refusal {
    /// Says it on standard error, in one line or as drawn problems.
    pub fn tell(&self) -> ExitCode {
        match self {
            Refusal::Usage(text) => {
                eprintln!("{text}");
                ExitCode::from(2)
            }
            Refusal::Inconclusive(text) => {
                eprintln!("error: {text}");
                ExitCode::from(3)
            }
        }
    }
}

impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Self {
        let drawn: Vec<String> = problems.0.iter().map(|problem| problem.drawn()).collect();
        let count = drawn.len();
        let plural = if count == 1 { "" } else { "s" };
        Refusal::Usage(format!("{}\n\n{count} problem{plural}; nothing was sent", drawn.join("\n\n")))
    }
}

fn usage(text: impl std::fmt::Display) -> Refusal {
    Refusal::Usage(format!("error: {text}"))
}

/// Runs the suite.
pub fn run(arguments: RunArgs) -> ExitCode {
    match try_run(arguments) {
        Ok(code) => code,
        Err(refusal) => refusal.tell(),
    }
}

fn try_run(mut arguments: RunArgs) -> Result<ExitCode, Refusal> {
    check_arguments(&mut arguments)?;
    let root = pack_root(arguments.pack.pack.as_deref()).map_err(usage)?;
    let (contract, library) = load(&root)?;
    let hash = joint_hash(&contract, &library);
    let file = match &arguments.pack.target {
        Some(path) => Some(TargetFile::load(path, &contract)?),
        None => None,
    };
    if arguments.libtest.list {
        return Ok(list(&arguments, &library));
    }
    let runtime = Runtime::new().map_err(|error| Refusal::Inconclusive(error.to_string()))?;
    let (target, _embedded) = aim(&runtime, &arguments, &contract, file.as_ref())?;
    let network = arguments.network(file.as_ref().and_then(|file| file.rate));
    let client = HttpClient::new(&target.url, &network).map_err(usage)?;
    let headers =
        arguments.header.iter().map(|header| (format!("$HEADER_{}", header.0.to_uppercase()), header.1.as_str()));
    let redactor = Arc::new(Redactor::new(target.secrets().chain(headers)));
    let rules = Arc::new(Rules {
        strict: arguments.strict,
        deviations: target.deviations.clone(),
        today: Utc::now().date_naive(),
    });
    let planned = selected(&arguments, plan(&contract, &target, library.trials, arguments.shard));
    if planned.is_empty() {
        return Err(usage("no trial matches; `--list` shows all names"));
    }
    let started = Utc::now();
    let clock = Instant::now();
    if !target.embedded
        && let Err(why) = runtime.block_on(reachable(&target.url))
    {
        eprintln!("error: {why}");
        let results = planned.into_iter().map(|trial| unrun(trial, Verdict::Inconclusive, &why)).collect();
        let facts = Facts {
            contract: &contract,
            hash,
            target: target.url.clone(),
            seed: arguments.seed,
            strict: arguments.strict,
            started,
            took: clock.elapsed(),
            left: Vec::new(),
            redactor: &redactor,
        };
        return write_reports(&arguments, &report::build(&facts, results));
    }
    let (stop, stopped) = watch::channel(None);
    watch_for_stops(&runtime, stop, arguments.deadline);
    let receiver = receiver(&runtime, &arguments, &target)?;
    let run_token = crate::execute::token();
    let environment = Arc::new(Environment::new(Arc::new(contract), target, client, receiver, run_token, stopped));
    let shared = Shared {
        environment: environment.clone(),
        handle: runtime.handle().clone(),
        rules: rules.clone(),
        recorder: Recorder::default(),
        redactor: redactor.clone(),
    };
    let names: Vec<Planned> = planned.clone();
    let trials: Vec<Trial> = planned.into_iter().map(|planned| trial(planned, shared.clone())).collect();
    let _ = libtest_mimic::run(&arguments.libtest, trials);
    runtime.block_on(sweep(&environment));
    let mut results = shared.recorder.take();
    add_missing(&mut results, names);
    if !is_partial(&arguments) {
        results.extend(stale_deviations(&rules, &results, arguments.pack.target.as_deref()));
    }
    let facts = Facts {
        contract: &environment.contract,
        hash,
        target: if environment.target.embedded {
            "embedded reference".to_owned()
        } else {
            environment.target.url.clone()
        },
        seed: arguments.seed,
        strict: arguments.strict,
        started,
        took: clock.elapsed(),
        left: environment.ledger.left(),
        redactor: &redactor,
    };
    let report = report::build(&facts, results);
    finish(&arguments, &report)
}

fn check_arguments(arguments: &mut RunArgs) -> Result<(), Refusal> {
    if arguments.libtest.test_threads == Some(0) {
        return Err(usage("--test-threads must be at least 1"));
    }
    arguments.libtest.test_threads.get_or_insert(THREADS);
    if let Some(url) = &arguments.target_url {
        target::check_url(url).map_err(|message| usage(format!("--target-url: {message}")))?;
    }
    if let Some(url) = &arguments.webhook_url {
        target::check_url(url).map_err(|message| usage(format!("--webhook-url: {message}")))?;
    }
    // One test process a trial: each would overwrite the other's file.
    let one_process_a_trial = std::env::var_os("NEXTEST").is_some();
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    if arguments.report.is_empty() && in_ci && !one_process_a_trial {
        arguments.report = vec![Order::parse("junit=reports/junit.xml").map_err(usage)?];
    }
    // Several filters: libtest knows them, libtest-mimic takes one only; so we filter ourselves.
    if !arguments.more.is_empty() {
        arguments.more.extend(arguments.libtest.filter.take());
    }
    Ok(())
}

/// The pack's folder: as given, or the first with both folders from here upwards, or where this
/// program was built.
pub fn pack_root(given: Option<&Path>) -> Result<PathBuf, String> {
    let is_pack = |folder: &Path| folder.join("schemas").is_dir() && folder.join("scenarios").is_dir();
    if let Some(folder) = given {
        if is_pack(folder) {
            return Ok(folder.to_path_buf());
        }
        return Err(format!("--pack {}: no folders `schemas` and `scenarios` there", folder.display()));
    }
    let here = std::env::current_dir().map_err(|error| error.to_string())?;
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    here.ancestors()
        .map(Path::to_path_buf)
        .chain([built])
        .find(|folder| is_pack(folder))
        .ok_or_else(|| "no folder with `schemas` and `scenarios` from here upwards: name one with --pack".to_owned())
}

/// Loads contract and scenarios, or says everything that is wrong with either.
pub fn load(root: &Path) -> Result<(Contract, Library), Problems> {
    let contract = Contract::load(root)?;
    let mut problems = Problems(contract.check_names(&crate::check::names()));
    match scenario::load(root, &contract) {
        Ok(library) => problems.or((contract, library)),
        Err(further) => {
            problems.0.extend(further.0);
            Err(problems)
        }
    }
}

fn joint_hash(contract: &Contract, library: &Library) -> String {
    hex(&Sha256::digest(format!("{}{}", contract.hash, library.hash)))
}

fn aim(
    runtime: &Runtime,
    arguments: &RunArgs,
    contract: &Contract,
    file: Option<&TargetFile>,
) -> Result<(Target, Option<Embedded>), Refusal> {
    let url = arguments.target_url.clone().or_else(|| file.map(|file| file.url.clone()));
    let Some(url) = url else {
        let embedded = runtime
            .block_on(target::start_embedded())
            .map_err(|error| Refusal::Inconclusive(format!("the embedded reference did not start: {error}")))?;
        let target = Target {
            url: embedded.url(),
            embedded: true,
            credentials: embedded.credentials.clone(),
            reaches_us: true,
            webhook_timeout: embedded.webhook_timeout,
            ..Target::default()
        };
        return Ok((target, Some(embedded)));
    };
    let empty = TargetFile::default();
    let file = file.unwrap_or(&empty);
    let target = Target {
        credentials: target::credentials(contract, &file.actors).map_err(usage)?,
        embedded: false,
        lacks: file.lacks.clone(),
        deviations: file.deviations.clone(),
        reaches_us: target::is_loopback(&url) || arguments.webhook_url.is_some(),
        webhook_timeout: file.webhook_timeout_seconds.map_or(target::WEBHOOK_TIMEOUT, Duration::from_secs_f64),
        url,
    };
    Ok((target, None))
}

/// Our endpoints for the target's webhooks, where it has a way to reach them.
fn receiver(runtime: &Runtime, arguments: &RunArgs, target: &Target) -> Result<Option<Receiver>, Refusal> {
    if !target.reaches_us {
        return Ok(None);
    }
    let address = arguments.webhook_listen.unwrap_or_else(|| ([127, 0, 0, 1], 0).into());
    runtime
        .block_on(Receiver::start(address, arguments.webhook_url.as_deref(), target.webhook_timeout))
        .map(Some)
        .map_err(|error| Refusal::Inconclusive(format!("the webhook receiver cannot listen on {address}: {error}")))
}

/// A connection is opened and closed before anything else, so that an address where nobody listens
/// is told in one line instead of hundreds.
async fn reachable(url: &str) -> Result<(), String> {
    let parsed = target::check_url(url)?;
    let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = parsed.port_or_known_default().unwrap_or(80);
    let attempt = tokio::net::TcpStream::connect((host, port));
    let failed = |why: String| format!("{url} cannot be reached: {why}");
    match tokio::time::timeout(Duration::from_secs(10), attempt).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed("no connection within 10 s".to_owned())),
    }
}

/// The trials that libtest's filters leave.
fn selected(arguments: &RunArgs, mut planned: Vec<Planned>) -> Vec<Planned> {
    planned.retain(|trial| is_selected(arguments, &trial.spec.name));
    planned
}

fn is_selected(arguments: &RunArgs, name: &str) -> bool {
    let matches = |filter: &String| {
        if arguments.libtest.exact { name == filter } else { name.contains(filter.as_str()) }
    };
    let filters: Vec<&String> = arguments.more.iter().chain(&arguments.libtest.filter).collect();
    (filters.is_empty() || filters.into_iter().any(matches))
        && !arguments.libtest.skip.iter().any(matches)
        && !arguments.libtest.ignored
}

fn is_partial(arguments: &RunArgs) -> bool {
    arguments.shard.is_some()
        || arguments.libtest.filter.is_some()
        || !arguments.more.is_empty()
        || !arguments.libtest.skip.is_empty()
}

fn list(arguments: &RunArgs, library: &Library) -> ExitCode {
    let trials: Vec<Trial> = library
        .trials
        .iter()
        .filter(|spec| is_selected(arguments, &spec.name))
        .filter(|spec| arguments.shard.is_none_or(|shard| crate::plan::belongs(&spec.name, shard)))
        .map(|spec| Trial::test(spec.name.clone(), || Ok(())))
        .collect();
    let _ = libtest_mimic::run(&arguments.libtest, trials);
    ExitCode::SUCCESS
}

/// Ends the run at its deadline, at Ctrl-C, and when asked to terminate; a second Ctrl-C ends at once.
fn watch_for_stops(runtime: &Runtime, stop: watch::Sender<Option<Stop>>, deadline: Option<f64>) {
    let stop = Arc::new(stop);
    if let Some(seconds) = deadline {
        let stop = stop.clone();
        runtime.spawn(async move {
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            stop.send_modify(|reason| *reason = reason.or(Some(Stop::Deadline)));
            // Keeps the channel open for those who still listen.
            std::future::pending::<()>().await;
        });
    }
    runtime.spawn(async move {
        loop {
            interrupted().await;
            if *stop.borrow() == Some(Stop::Interrupt) {
                std::process::exit(130);
            }
            eprintln!("\ninterrupted: clearing up and writing reports (once more ends at once)");
            stop.send_replace(Some(Stop::Interrupt));
        }
    });
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Takes away what trials could not.
async fn sweep(environment: &Environment) {
    let _ = tokio::time::timeout(LAST_CLEANUP, crate::execute::sweep(environment)).await;
}

/// Trials that never got to run, such as after a panic of the runner itself.
fn add_missing(results: &mut Vec<TrialResult>, planned: Vec<Planned>) {
    for trial in planned {
        if results.iter().any(|result| result.name == trial.spec.name) {
            continue;
        }
        results.push(unrun(trial, Verdict::Inconclusive, "it did not run"));
    }
}

fn unrun(trial: Planned, verdict: Verdict, reason: &str) -> TrialResult {
    let spec = trial.spec;
    let mut result = synthetic(spec.name, spec.file, spec.line, spec.clauses, verdict, Some(reason.to_owned()));
    result.about = spec.about;
    result
}

fn synthetic(
    name: String,
    file: String,
    line: usize,
    clauses: Vec<String>,
    verdict: Verdict,
    reason: Option<String>,
) -> TrialResult {
    TrialResult {
        name,
        file,
        line,
        about: String::new(),
        clauses,
        outcome: Outcome { verdict, reason, deviations: Vec::new() },
        started: None,
        took: Duration::ZERO,
        record: TrialRecord::default(),
    }
}

/// A known deviation that no longer holds, or that matches nothing, fails the run: the list must not rot.
fn stale_deviations(rules: &Rules, results: &[TrialResult], file: Option<&Path>) -> Vec<TrialResult> {
    let file = file.map(|path| path.display().to_string()).unwrap_or_default();
    let mut stale = Vec::new();
    for (index, deviation) in rules.deviations.iter().enumerate() {
        let name = format!("deviations::{}-{}", deviation.clause.to_lowercase(), index + 1);
        if rules.today > deviation.expires {
            let reason = format!(
                "the known deviation from {} ({}) was let pass until {}: mend the breach, or agree on another day",
                deviation.clause, deviation.ticket, deviation.expires
            );
            let clauses = vec![deviation.clause.clone()];
            stale.push(synthetic(name, file.clone(), deviation.line, clauses, Verdict::Failed, Some(reason)));
            continue;
        }
        if results.iter().any(|result| result.outcome.deviations.contains(&index)) {
            continue;
        }
        let covered: Vec<&TrialResult> = results
            .iter()
            .filter(|result| deviation.covers(&result.name))
            .filter(|result| {
                result.clauses.contains(&deviation.clause) || result.record.exercised.contains(&deviation.clause)
            })
            .collect();
        let reason = match covered.iter().any(|result| result.outcome.verdict != Verdict::Inconclusive) {
            // Where no verdict could be had, nothing is known of it either.
            false if !covered.is_empty() => continue,
            false => format!("the known deviation from {} ({}) matches no trial", deviation.clause, deviation.ticket),
            true => format!(
                "the known deviation from {} ({}) no longer holds: take it out of the target file",
                deviation.clause, deviation.ticket
            ),
        };
        stale.push(synthetic(
            name,
            file.clone(),
            deviation.line,
            vec![deviation.clause.clone()],
            Verdict::Failed,
            Some(reason),
        ));
    }
    stale
}

fn finish(arguments: &RunArgs, report: &Report) -> Result<ExitCode, Refusal> {
    let text = terminal::render(report);
    // Machine-readable lines must stay alone on standard output.
    let machine = matches!(arguments.libtest.format, Some(libtest_mimic::FormatSetting::Json));
    let to_stdout = arguments.report.iter().any(Order::is_stdout);
    if machine || to_stdout {
        eprint!("{text}");
    } else {
        print!("{text}");
    }
    write_reports(arguments, report)
}

/// Writes every report that can be written, and then says which could not.
fn write_reports(arguments: &RunArgs, report: &Report) -> Result<ExitCode, Refusal> {
    let mut failures = Vec::new();
    for order in &arguments.report {
        match order.write(report) {
            Ok(Some(path)) => eprintln!("wrote {}", path.display()),
            Ok(None) => {}
            Err(message) => failures.push(message),
        }
    }
    if failures.is_empty() || report.exit_code == 1 {
        failures.iter().for_each(|message| eprintln!("error: a report could not be written: {message}"));
        return Ok(ExitCode::from(report.exit_code));
    }
    Err(Refusal::Inconclusive(format!("a report could not be written: {}", failures.join("; "))))
}

/// A number that nobody can foresee.
pub fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
