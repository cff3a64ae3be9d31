//! The kill matrix. It runs the suite against every mutant: those of the embedded reference, and those of the pack,
//! which are mutations in a proxy. The clauses that the suite reports are compared with those that the mutant violates.
//! The suite must report nothing about conforming servers.

mod killers;
pub mod matrix;
mod resolve;
mod selection;
mod server;
mod witnesses;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use crate::embedded::Named;
use crate::mutation::{Mutation, of_pack};
use crate::schedule::Schedule;
use judge::finding::Finding;
use judge::record::TestRecord;
pub use killers::killers;
pub(crate) use server::start;
pub use server::{Server, serve};
pub use witnesses::Witnesses;

use matrix::Line;
use runner::execute::run_test;
pub use selection::takes_long;
use selection::{Parameters, Queue};
use spec::contract::{Contract, Level};
use spec::scenario::plan::Repetition;
use spec::scenario::{Action, Library, TestCase};
use spec::source::Problems;

/// The kind of a row of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerKind {
    /// The unchanged reference.
    Unchanged,
    /// A mutant that always violates a clause.
    Mutant,
    /// A mutant that violates a clause at first only, sometimes, or after a pause.
    Intermittent,
    /// A conforming variant: only the SHOULD clauses of the row may be reported.
    Variant,
    /// A mutant that the suite must not report, with the reason.
    NotReportable(&'static str),
}

impl ServerKind {
    pub fn as_str(self) -> &'static str {
        match self {
            ServerKind::Unchanged => "unchanged",
            ServerKind::Mutant => "mutant",
            ServerKind::Intermittent => "intermittent",
            ServerKind::NotReportable(_) => "silent",
            ServerKind::Variant => "variant",
        }
    }
}

/// A server of the matrix.
#[derive(Clone, Debug)]
pub struct MatrixServer {
    /// The name of the mutant or variant.
    pub name: String,
    /// What it does, in one sentence.
    pub about: String,
    pub kind: ServerKind,
    /// The clauses that the suite must report.
    pub clauses: Vec<String>,
    /// What a proxy in front of the reference does, if the reference itself is unchanged.
    pub mutation: Option<Mutation>,
}

impl MatrixServer {
    fn new((name, about, clauses): Named, kind: ServerKind) -> Self {
        let clauses = clauses.iter().map(|clause| (*clause).to_owned()).collect();
        Self { name: name.to_owned(), about: about.to_owned(), kind, clauses, mutation: None }
    }

    /// A mutation of the pack, as a mutant.
    fn of_mutation(mutation: Mutation) -> Self {
        Self {
            name: mutation.name.clone(),
            about: mutation.about.clone().unwrap_or_default(),
            kind: if mutation.when.is_at_times() { ServerKind::Intermittent } else { ServerKind::Mutant },
            clauses: mutation.clauses.clone(),
            mutation: Some(mutation),
        }
    }

    /// True for a mutant that is active only after a pause of its caller.
    fn shows_after_pause(&self) -> bool {
        match &self.mutation {
            Some(mutation) => mutation.when.schedule == Some(Schedule::AfterPause),
            None => crate::embedded::shows_after_pause(&self.name),
        }
    }
}

/// How a clause was reported as violated.
#[derive(Clone, Debug, Default)]
pub struct Hit {
    /// The tests that reported it; of a property, each with the rule whose value did: `TEST/RULE`.
    pub tests: BTreeSet<String>,
    /// The checks that reported it.
    pub checks: BTreeSet<String>,
    /// The number of requests until the first report.
    pub requests: usize,
}

/// The results of the suite for one server.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// The clauses that were reported as violated.
    pub violated: BTreeMap<String, Hit>,
    /// Inconclusive tests, with the reason.
    pub inconclusive: BTreeMap<String, String>,
    /// The number of tests that first failed and then passed.
    pub flaky: usize,
    /// The number of tests that ran.
    pub tests: usize,
    /// The number of requests sent.
    pub requests: usize,
}

/// Which tests run against each server.
#[derive(Clone, Copy, Debug)]
pub struct ProveOptions<'e> {
    /// The seed of the samples.
    pub seed: u64,
    pub scope: TestScope,
    /// The tests that reported each mutant before. They run first.
    pub witnesses: &'e Witnesses,
}

/// How many tests run against each server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestScope {
    /// The witnesses of the mutant, and a few other tests that must report nothing. A row without witnesses gets the tests
    /// of its clauses instead, until they report it.
    Witnesses,
    /// Tests of the clauses of the mutant, and a sample of other tests.
    Sample,
    /// Every test.
    Whole,
}

/// The number of concurrent tests per server.
const CONCURRENT_TESTS: usize = 8;
/// The pause before a request that shows a mutant which is active after pauses only.
const PAUSE: Duration = Duration::from_millis(150);

/// The number of tests of other clauses that run against a mutant. They must report nothing.
const OTHERS: usize = 16;
/// The number of tests that run against a conforming variant. They must report nothing.
const OTHERS_OF_A_VARIANT: usize = 32;
/// The same numbers for a row that has witnesses.
const OTHERS_OF_A_WITNESS: usize = 4;
const MAX_OTHERS_OF_A_VARIANT_WITH_WITNESSES: usize = 12;
/// The longest poll of a quick run, in seconds.
const MAX_POLL_SECONDS: u32 = 8;
/// The minimum number of tests of the clauses of a mutant in a sample, even if all clauses have been reported.
const ABOUT_AT_LEAST: usize = 16;

/// The number of concurrent servers when problems are retried.
const CONCURRENT_RETRIES: usize = 4;

/// Mutants that the suite must not report, with the reason.
const NOT_REPORTABLE: &[(&str, &str)] = &[
    (
        "accepts-blank-postal-codes",
        "the contract does not define white space around a code, nor an empty optional field",
    ),
    ("accepts-display-names", "common validators extract the address from angle brackets"),
    ("accepts-dot-before-at", "the common validators of mail addresses disagree"),
    ("accepts-dot-in-front", "the common validators of mail addresses disagree"),
    ("accepts-hyphen-at-label-edge", "the common validators of mail addresses disagree"),
    ("accepts-postal-trailing-newline", "the contract does not define white space around a code"),
    ("accepts-unseen-in-mail", "RFC 6531 allows such characters, so the standards disagree"),
    ("ignores-vertical-resolution", "the contract does not say which of two resolutions counts"),
    ("never-limits", "by the contract, a quota that cannot be used up within the limits of a test is inconclusive"),
    ("review-outlives-deletion", "the contract does not say which of two faults of a request is reported"),
    ("shared-budget", "tests run concurrently with the same credentials, so their budgets decrease anyway"),
    ("update-forgets-country", "the contract does not define a postal code without a country"),
];

/// Intermittent mutants that no run is certain to observe, with the reason. No scenario looks for them, so a run that
/// reports one counts as wrong.
const NOT_CERTAIN: &[(&str, &str)] = &[(
    "every-second-log-without-error",
    "the log is polled until it is complete, since the contract does not say when it is; a response with the error ends the poll",
)];

/// All rows: the unchanged reference, its mutants and those of the pack, intermittent ones, and conforming variants.
pub fn rows(contract: &Contract) -> Result<Vec<MatrixServer>, Problems> {
    let unchanged = MatrixServer::new(("unchanged", "The unchanged reference.", &[]), ServerKind::Unchanged);
    let of_pack = of_pack(contract).map_err(Problems)?.into_iter().map(MatrixServer::of_mutation);
    let (always, at_times): (Vec<MatrixServer>, Vec<MatrixServer>) =
        of_pack.partition(|row| row.kind == ServerKind::Mutant);
    let mutants = of_reference(crate::embedded::mutants(), ServerKind::Mutant, NOT_REPORTABLE);
    let intermittent = of_reference(crate::embedded::intermittent(), ServerKind::Intermittent, NOT_CERTAIN);
    let variants = of_reference(crate::embedded::variants(), ServerKind::Variant, &[]);
    Ok([vec![unchanged], always, mutants, at_times, intermittent, variants].concat())
}

/// Rows of the reference; those that the suite must not report are named with the reason.
fn of_reference(all: Vec<Named>, kind: ServerKind, silent: &[(&str, &'static str)]) -> Vec<MatrixServer> {
    let row = |named: Named| {
        let reason = silent.iter().find(|(name, _)| *name == named.0);
        MatrixServer::new(named, reason.map_or(kind, |(_, reason)| ServerKind::NotReportable(reason)))
    };
    all.into_iter().map(row).collect()
}

/// Runs tests against one server.
pub async fn prove(
    contract: &Arc<Contract>,
    library: &Library,
    row: &MatrixServer,
    options: ProveOptions<'_>,
) -> Result<Proof, String> {
    let (environment, _server) = server::start(contract, &[row]).await?;
    let environment = if options.scope == TestScope::Whole { environment } else { environment.without_shrinking() };
    let mut queue = Queue::new(library, parameters(row, options));
    let mut proof = Proof::default();
    let mut running_about = 0;
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < concurrent_tests(row, &proof)
            && let Some((test, about)) = queue.next(all_clauses_found(row, &proof), running_about > 0)
        {
            running_about += usize::from(about);
            let environment = &environment;
            let pause = pause(row, &proof);
            let test = if options.scope == TestScope::Witnesses { impatient(test) } else { test };
            running.push(async move {
                tokio::time::sleep(pause).await;
                let record = run_test(environment, &test).await;
                (test, about, record)
            });
        }
        let Some((test, about, record)) = running.next().await else { break };
        running_about -= usize::from(about);
        add_record(contract, &test.name, record, &mut proof);
    }
    Ok(proof)
}

/// The test with shorter polls. The reference is in the same process and needs a moment, and a mutant that never reaches
/// the expected state would take a minute otherwise.
fn impatient(test: Cow<'_, TestCase>) -> Cow<'_, TestCase> {
    if !test.steps.iter().any(|step| step.is_poll()) {
        return test;
    }
    let mut test = test.into_owned();
    for step in &mut test.steps {
        if let Action::Call(call) = &mut Arc::make_mut(step).action
            && let Repetition::Poll(poll) = &mut call.repetition
        {
            poll.within_seconds = poll.within_seconds.min(MAX_POLL_SECONDS);
        }
    }
    Cow::Owned(test)
}

/// The number of concurrent tests. Intermittent mutants are searched with one test at a time, so that the order of
/// their requests is the same in every run.
fn concurrent_tests(row: &MatrixServer, proof: &Proof) -> usize {
    if row.kind == ServerKind::Intermittent && !all_clauses_found(row, proof) { 1 } else { CONCURRENT_TESTS }
}

/// The pause before the next test.
fn pause(row: &MatrixServer, proof: &Proof) -> Duration {
    if row.shows_after_pause() && !all_clauses_found(row, proof) { PAUSE } else { Duration::ZERO }
}

/// True if all clauses of the row have been found, or none are expected.
fn all_clauses_found(row: &MatrixServer, proof: &Proof) -> bool {
    let silent = matches!(row.kind, ServerKind::NotReportable(_) | ServerKind::Variant);
    // For an intermittent mutant, one of its clauses is enough.
    let one_found = row.kind == ServerKind::Intermittent && !proof.violated.is_empty();
    silent || one_found || row.clauses.iter().all(|clause| proof.violated.contains_key(clause))
}

fn add_record(contract: &Contract, test: &str, record: TestRecord, proof: &mut Proof) {
    proof.tests += 1;
    proof.requests += record.requests;
    proof.flaky += usize::from(record.flaky);
    if let Some(reason) = record.inconclusive {
        proof.inconclusive.insert(test.to_owned(), reason);
    }
    let found = record.fuzz.map(|fuzz| fuzz.found).unwrap_or_default();
    for finding in record.findings {
        if !is_violation(contract, &finding) {
            continue;
        }
        let requests = proof.requests;
        let rule = found.iter().find(|found| found.exchange == finding.exchange).map(|found| found.name.as_str());
        let hit = proof.violated.entry(finding.clause).or_insert_with(|| Hit { requests, ..Hit::default() });
        hit.tests.insert(rule.map_or_else(|| test.to_owned(), |rule| resolve::name_with_rule(test, rule)));
        hit.checks.insert(finding.check);
    }
}

/// False for a warning about a MUST clause.
fn is_violation(contract: &Contract, finding: &Finding) -> bool {
    let level = contract.clause(&finding.clause).map_or(Level::Must, |clause| clause.level);
    finding.level <= level
}

/// Runs tests against many servers, `jobs` at a time. Calls `report` with each finished line, and returns the lines in
/// the order of the rows. Servers with problems are tried again after the others: see [`prove_again`].
pub async fn prove_all(
    contract: &Arc<Contract>,
    library: &Library,
    rows: &[MatrixServer],
    options: ProveOptions<'_>,
    jobs: usize,
    mut report: impl FnMut(&Line),
) -> Vec<Line> {
    let one = |index: usize| async move {
        let row = &rows[index];
        (index, matrix::line(row, &prove(contract, library, row, options).await))
    };
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_cached_key(|index| !selection::takes_long(library, &rows[*index].clauses));
    let mut lines: BTreeMap<usize, Line> = BTreeMap::new();
    let mut with_problems = Vec::new();
    let mut first = futures_util::stream::iter(order.into_iter().map(one)).buffer_unordered(jobs);
    while let Some((index, line)) = first.next().await {
        if line.problem().is_some() {
            with_problems.push(index);
            continue;
        }
        report(&line);
        lines.insert(index, line);
    }
    let again = |index: usize| async move { (index, prove_again(contract, library, &rows[index], options).await) };
    let mut second =
        futures_util::stream::iter(with_problems.into_iter().map(again)).buffer_unordered(CONCURRENT_RETRIES);
    while let Some((index, line)) = second.next().await {
        report(&line);
        lines.insert(index, line);
    }
    lines.into_values().collect()
}

/// Tries a server with a problem once more, because a busy machine may have delayed it. If the witnesses still do not
/// report it, other tests may: the suite has changed since the witnesses were written.
pub async fn prove_again(
    contract: &Arc<Contract>,
    library: &Library,
    row: &MatrixServer,
    options: ProveOptions<'_>,
) -> Line {
    let line = matrix::line(row, &prove(contract, library, row, options).await);
    if line.problem().is_none() || options.scope != TestScope::Witnesses {
        return line;
    }
    let options = ProveOptions { scope: TestScope::Sample, ..options };
    matrix::line(row, &prove(contract, library, row, options).await)
}

fn parameters<'r>(row: &'r MatrixServer, options: ProveOptions<'r>) -> Parameters<'r> {
    let few = options.scope == TestScope::Witnesses;
    let whole = options.scope == TestScope::Whole || (row.kind == ServerKind::Unchanged && !few);
    let others = match (row.kind, few) {
        (ServerKind::Variant | ServerKind::Unchanged, true) => MAX_OTHERS_OF_A_VARIANT_WITH_WITNESSES,
        (_, true) => OTHERS_OF_A_WITNESS,
        (ServerKind::Variant, false) => OTHERS_OF_A_VARIANT,
        (_, false) => OTHERS,
    };
    Parameters {
        witnesses: options.witnesses.of(&row.name),
        about_at_least: if few { 0 } else { ABOUT_AT_LEAST },
        row: &row.name,
        clauses: &row.clauses,
        seed: options.seed,
        whole,
        witnesses_only: few && !options.witnesses.of(&row.name).is_empty(),
        others,
        properties: !few && !matches!(row.kind, ServerKind::Mutant | ServerKind::Intermittent),
    }
}
