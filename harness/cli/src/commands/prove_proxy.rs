//! `prove --proxy`: mutation testing of a pack against any target, with a proxy that changes responses.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::loaded_with_target;
use super::prove_redundant::redundancy;
use super::prove_shared::{is_chosen, refuse_unknown_words, write_file};
use crate::flags::{MatrixFormat, ProveArgs};
use crate::run::{Abort, deployment, joint_hash, reachable, redactor, refuse_foreign, runtime, usage, watch_for_stops};
use generate::Sampling;
use judge::secret::Redactor;
use judge::target;
use judge::target::{Target, TargetFile};
use mutate::{
    self, Alarms, Allowed, Baseline, Campaign, Mutation, MutationOutcome, MutationResult, Origin, Reaction, Score,
    Summary, generate, json, markdown, of_pack, read, terminal, variants,
};
use report::output;
use report::output::err_line;
use spec::contract::Contract;
use spec::scenario::{Library, TestCase};
use spec::source::{Problems, SourceFile};

/// The time limit for one mutation.
const TIME_LIMIT: Duration = Duration::from_secs(300);
/// The number of scenarios that must notice a mutation to show that none of them is needed for it.
const SCENARIOS: usize = 2;
/// The number of concurrent mutations, if each has its own reference.
const CONCURRENT_MUTATIONS: usize = 4;

/// Tests the pack with mutations.
pub(super) fn prove(arguments: &ProveArgs) -> Result<ExitCode, Abort> {
    let (contract, mut library, file) = loaded_with_target(&arguments.pack)?;
    let is_skipped = |test: &TestCase| arguments.skip.iter().any(|text| test.name.contains(text.as_str()));
    library.tests.retain(|test| is_chosen(&arguments.filter, &test.name) && !is_skipped(test));
    let given = given_mutations(arguments, &contract)?;
    let own = of_pack(&contract).map_err(Problems)?;
    let allowed = allowed(arguments, &contract)?;
    let origin = origin(arguments, &contract, file.as_ref())?;
    if library.tests.is_empty() {
        return Err(usage("no test has a name that contains one of the filters; `conformance list` lists all tests"));
    }
    let hash = joint_hash(&contract, &library);
    let redactor = redactor_of(arguments, &origin, &contract, &library);
    let runtime = runtime()?;
    let campaign = campaign(arguments, contract, origin, file.as_ref(), &runtime);
    if let (Origin::Deployment(target), true) = (&campaign.origin, arguments.network.network(None).is_direct()) {
        runtime.block_on(reachable(&target.url)).map_err(Abort::Inconclusive)?;
    }
    let clock = Instant::now();
    let baseline = baseline(&runtime, &campaign, library.tests.clone(), &redactor)?;
    let is_generated = given.is_none();
    let generated = match given {
        Some(given) => given,
        None if arguments.variants => variants(&campaign.contract).map_err(Problems)?,
        None => [generate(&campaign.contract, &baseline.observed), own].concat(),
    };
    let mutations = chosen(&arguments.only, &generated)?;
    write_mutations(arguments, &mutations)?;
    let what = if arguments.variants { "conforming variants" } else { "mutations" };
    err_line!(
        "{} tests pass, with {} requests in {:.0} s; trying {} {what}",
        baseline.passing.len(),
        baseline.requests,
        clock.elapsed().as_secs_f64(),
        mutations.len()
    );
    let mut rows = runtime.block_on(campaign.run(&baseline, &mutations, |row| report_row(arguments, row)));
    if arguments.variants {
        return conclude_variants(arguments, &Alarms::of(&rows), mutations.len(), &redactor);
    }
    let is_complete = arguments.filter.is_empty() && arguments.skip.is_empty() && baseline.left_out.is_empty();
    let mut outdated = Vec::new();
    if let Some(allowed) = allowed {
        allowed.mark(&mut rows);
        outdated = if is_generated && is_complete { allowed.out_of_date(&generated, &rows) } else { outdated };
    }
    // After an interruption, rows are missing, and with them what the mutations need.
    let is_wanted = |name: &str| is_chosen(&arguments.only, name);
    let redundancy = match arguments.redundant && rows.len() == mutations.len() {
        true => Some(redundancy(&runtime, &campaign, &library, &baseline, &rows, is_wanted)?),
        false => None,
    };
    let summary = Summary { redundancy, ..summary(hash, &campaign, baseline, rows, clock) };
    output::out(&redactor.clean(&terminal(&summary)));
    if let Some(redundancy) = &summary.redundancy {
        output::out(&redactor.clean(&redundancy.text()));
    }
    write_reports(arguments, &summary, &markdown(&summary), &redactor)?;
    if summary.mutations.len() < mutations.len() {
        let (tried, all) = (summary.mutations.len(), mutations.len());
        return Err(Abort::Inconclusive(format!("interrupted: {tried} of {all} mutations were tried")));
    }
    if !outdated.is_empty() {
        outdated.iter().for_each(|problem| err_line!("{}", problem.rendered()));
        return Ok(ExitCode::from(1));
    }
    Ok(exit_code(arguments, &summary))
}

fn campaign(
    arguments: &ProveArgs,
    contract: Contract,
    origin: Origin,
    file: Option<&TargetFile>,
    runtime: &Runtime,
) -> Campaign {
    let (stop, stopped) = watch::channel(None);
    watch_for_stops(runtime, stop, None);
    Campaign {
        contract: Arc::new(contract),
        origin,
        network: arguments.network.network(file.and_then(|file| file.rate)),
        sampling: Sampling { seed: arguments.seed, cases: None },
        enough: if arguments.redundant { SCENARIOS } else { 1 },
        jobs: arguments.jobs.unwrap_or(CONCURRENT_MUTATIONS),
        limit: TIME_LIMIT,
        stop: stopped,
    }
}

/// Runs the tests without a mutation. At least one of them must pass.
fn baseline(
    runtime: &Runtime,
    campaign: &Campaign,
    tests: Vec<TestCase>,
    redactor: &Redactor,
) -> Result<Baseline, Abort> {
    err_line!("running {} tests without a mutation", tests.len());
    let baseline = runtime.block_on(campaign.baseline(tests)).map_err(Abort::Inconclusive)?;
    if baseline.passing.is_empty() {
        let reason = baseline.left_out.values().next().map(|reason| redactor.clean_own(reason));
        let reason = reason.unwrap_or_default();
        return Err(Abort::Inconclusive(format!(
            "no test passes without a mutation, so no test can notice one: {reason}"
        )));
    }
    Ok(baseline)
}

fn summary(
    hash: String,
    campaign: &Campaign,
    baseline: Baseline,
    rows: Vec<MutationResult>,
    clock: Instant,
) -> Summary {
    Summary {
        hash,
        target: match &campaign.origin {
            Origin::Embedded => "the embedded reference API".to_owned(),
            Origin::Deployment(target) => target.url.clone(),
        },
        seed: campaign.sampling.seed,
        tests: baseline.passing.len(),
        left_out: baseline.left_out,
        requests: baseline.requests + rows.iter().map(|row| row.requests).sum::<usize>(),
        duration_ms: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
        score: Score::of(&rows),
        redundancy: None,
        mutations: rows,
    }
}

/// The mutations of `--mutations FILE`.
fn given_mutations(arguments: &ProveArgs, contract: &Contract) -> Result<Option<Vec<Mutation>>, Abort> {
    let Some(path) = &arguments.mutations else { return Ok(None) };
    let name = path.display().to_string();
    let file = SourceFile::read(path, name).map_err(|problem| Abort::from(Problems(vec![problem])))?;
    read(&file, contract).map(Some).map_err(|problems| Problems(problems).into())
}

/// The survivors that `--allowed` or the pack allows.
fn allowed(arguments: &ProveArgs, contract: &Contract) -> Result<Option<Allowed>, Abort> {
    let Some(path) = &arguments.allowed else { return Ok(Allowed::of_pack(contract).map_err(Problems)?) };
    let file = SourceFile::read(path, path.display().to_string()).map_err(|problem| Problems(vec![problem]))?;
    Ok(Some(Allowed::read(file, contract).map_err(Problems)?))
}

fn origin(arguments: &ProveArgs, contract: &Contract, file: Option<&TargetFile>) -> Result<Origin, Abort> {
    let url = arguments.target_url.clone().or_else(|| file.and_then(|file| file.url.clone()));
    let Some(url) = url else {
        if file.is_some() {
            return Err(usage("the target file has no `url`: add one, or use --target-url"));
        }
        refuse_foreign(contract)?;
        return Ok(Origin::Embedded);
    };
    target::check_url(&url).map_err(|message| usage(format!("--target-url: {message}")))?;
    Ok(Origin::Deployment(Box::new(deployment(contract, file, url)?)))
}

fn redactor_of(arguments: &ProveArgs, origin: &Origin, contract: &Contract, library: &Library) -> Redactor {
    match origin {
        Origin::Deployment(target) => redactor(&arguments.network, target, contract, library),
        Origin::Embedded => {
            let credentials = mutate::embedded::example_credentials();
            let target = Target { embedded: true, credentials, ..Target::default() };
            redactor(&arguments.network, &target, contract, library)
        }
    }
}

/// The mutations whose names contain one of the words of `--only`.
fn chosen(only: &[String], mutations: &[Mutation]) -> Result<Vec<Mutation>, Abort> {
    let known: Vec<String> = mutations.iter().map(|mutation| mutation.name.clone()).collect();
    refuse_unknown_words("mutation", only, &known, "`--report json=PATH` lists all mutations")?;
    Ok(mutations.iter().filter(|mutation| is_chosen(only, &mutation.name)).cloned().collect())
}

/// Shows the reactions of the tests to variants: 1 if there is a false alarm, 3 if a variant has no result.
fn conclude_variants(
    arguments: &ProveArgs,
    alarms: &Alarms,
    count: usize,
    redactor: &Redactor,
) -> Result<ExitCode, Abort> {
    output::out(&redactor.clean(&alarms.text()));
    write_reports(arguments, alarms, &alarms.markdown(), redactor)?;
    if alarms.count(Reaction::FalseAlarm) > 0 {
        return Ok(ExitCode::from(1));
    }
    if alarms.variants.len() < count {
        return Err(Abort::Inconclusive(format!(
            "interrupted: {} of {count} variants were tried",
            alarms.variants.len()
        )));
    }
    let without_verdict = alarms.count(Reaction::Inconclusive);
    if without_verdict > 0 {
        return Err(Abort::Inconclusive(format!("tests of {without_verdict} variants were inconclusive")));
    }
    Ok(ExitCode::SUCCESS)
}

fn report_row(arguments: &ProveArgs, row: &MutationResult) {
    if !arguments.variants && matches!(row.outcome, MutationOutcome::Survived | MutationOutcome::TimedOut) {
        err_line!("survived  {}", row.mutation.name);
    }
}

fn write_mutations(arguments: &ProveArgs, mutations: &[Mutation]) -> Result<(), Abort> {
    let Some(path) = &arguments.write_mutations else { return Ok(()) };
    let text = mutate::write(mutations.to_vec()).map_err(Abort::Inconclusive)?;
    write_file(path, &text)
}

fn write_reports(
    arguments: &ProveArgs,
    result: &impl Serialize,
    markdown: &str,
    redactor: &Redactor,
) -> Result<(), Abort> {
    for (kind, path) in &arguments.report {
        let text = match kind {
            MatrixFormat::Json => json(result, &|text| redactor.clean(text)).map_err(Abort::Inconclusive)?,
            MatrixFormat::Markdown => redactor.clean(markdown),
        };
        write_file(path, &text)?;
    }
    Ok(())
}

/// 1 if the score is below `--min-score`.
fn exit_code(arguments: &ProveArgs, summary: &Summary) -> ExitCode {
    match arguments.min_score {
        Some(least) if !summary.score.reaches(least) => {
            err_line!("the score is below --min-score {least}");
            ExitCode::from(1)
        }
        _ => ExitCode::SUCCESS,
    }
}
