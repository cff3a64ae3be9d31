//! Proving the suite on broken servers: which clauses it reports when the embedded reference breaks a
//! promise on purpose, and whether it keeps silent where nothing is broken.

pub mod matrix;
mod selection;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;

use crate::contract::{Contract, Level};
use crate::execute::{Environment, TestRecord, run_test};
use crate::scenario::Library;
use crate::target::{HttpClient, Network, Receiver, start_with};
use matrix::Line;
use selection::{Purpose, Queue};

/// What a row of the matrix is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The reference as it should be.
    Sound,
    /// One promise is broken on purpose.
    Mutant,
    /// The same, at times: at first, now and then, or after a pause.
    Intermittent,
    /// Another way of keeping the contract: nothing may be reported but the recommendations that the row names.
    Variant,
    /// A violation that the suite is silent about, with the reason.
    Silent(&'static str),
}

/// A server to be proved on.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name: that of the mutant or of the variant.
    pub name: &'static str,
    /// What is wrong with it, in a sentence.
    pub about: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The clauses that a perfect suite reports.
    pub clauses: &'static [&'static str],
}

/// How a clause was reported broken.
#[derive(Clone, Debug, Default)]
pub struct Hit {
    /// The tests that did.
    pub tests: BTreeSet<String>,
    /// The checks that spoke.
    pub checks: BTreeSet<String>,
    /// How many requests it took until the first did.
    pub requests: usize,
}

/// What the suite said of one server.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// The clauses that were reported broken.
    pub violated: BTreeMap<String, Hit>,
    /// Tests without a verdict, with the reason.
    pub inconclusive: BTreeMap<String, String>,
    /// How many of them failed and then passed.
    pub flaky: usize,
    /// How many tests ran.
    pub tests: usize,
    /// How many requests were sent.
    pub requests: usize,
}

/// How the suite is run against a server.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Another seed gives other samples.
    pub seed: u64,
    /// Every test against every server.
    pub whole: bool,
}

/// How many tests of one server run at a time.
const AT_A_TIME: usize = 8;
/// What shows to callers that were silent for a while shows to the first request after such a pause.
const PAUSE: Duration = Duration::from_millis(150);

/// How many tests about other clauses are run against a mutant, to see that they keep silent.
const OTHERS: usize = 16;
/// How many tests are run against a conforming variant, all of which must keep silent.
const OTHERS_OF_A_VARIANT: usize = 32;

/// How many servers run side by side when what was wrong is tried again.
const AGAIN_AT_A_TIME: usize = 4;

/// Violations that the suite is silent about, and why that is right or known.
const SILENT: &[(&str, &str)] = &[
    ("accepts-blank-postal-codes", "white space around a code is left open, and so is an empty optional field"),
    ("accepts-display-names", "common validators take the address out of angle brackets"),
    ("accepts-dot-before-at", "the common validators of mail addresses disagree"),
    ("accepts-dot-in-front", "the common validators of mail addresses disagree"),
    ("accepts-hyphen-at-label-edge", "the common validators of mail addresses disagree"),
    ("accepts-postal-trailing-newline", "white space around a code is left open"),
    ("accepts-unseen-in-mail", "RFC 6531 admits such characters, so that standards disagree"),
    ("ignores-vertical-resolution", "the contract does not say which of two resolutions counts"),
    ("never-limits", "a quota that cannot be used up within bounds is inconclusive, by the contract's own word"),
    ("review-outlives-deletion", "which of two faults of one request is told is left open"),
    ("shared-budget", "tests run side by side with the same credentials, whose budgets fall anyway"),
    ("update-forgets-country", "a postal code without a country is left open"),
];

/// Violations that show at times, and that no run is certain to see, with the reason.
const UNSEEN: &[(&str, &str)] = &[(
    "every-second-log-without-error",
    "the log is polled until it is complete, since the contract does not say when it is; an answer with the error ends the poll",
)];

/// The sound reference, every mutant, those that show at times, and every conforming variant.
pub fn rows() -> Vec<Row> {
    let sound = Row { name: "sound", about: "The reference as it should be.", kind: Kind::Sound, clauses: &[] };
    let mutants = crate::target::mutants().into_iter().map(|(name, about, clauses)| {
        let silent = SILENT.iter().find(|(silent, _)| *silent == name);
        let kind = silent.map_or(Kind::Mutant, |(_, reason)| Kind::Silent(reason));
        Row { name, about, kind, clauses }
    });
    let intermittent = crate::target::intermittent().into_iter().map(|(name, about, clauses)| {
        let unseen = UNSEEN.iter().find(|(unseen, _)| *unseen == name);
        let kind = unseen.map_or(Kind::Intermittent, |(_, reason)| Kind::Silent(reason));
        Row { name, about, kind, clauses }
    });
    let variants = crate::target::variants().into_iter();
    let variants = variants.map(|(name, about, clauses)| Row { name, about, kind: Kind::Variant, clauses });
    std::iter::once(sound).chain(mutants).chain(intermittent).chain(variants).collect()
}

/// Runs tests against one server.
pub async fn prove(contract: &Arc<Contract>, library: &Library, row: &Row, effort: Effort) -> Result<Proof, String> {
    let (mutants, variants): (&[&str], &[&str]) = match row.kind {
        Kind::Sound => (&[], &[]),
        Kind::Mutant | Kind::Intermittent | Kind::Silent(_) => (&[row.name], &[]),
        Kind::Variant => (&[], &[row.name]),
    };
    let embedded = start_with(mutants, variants).await.map_err(|error| error.to_string())?;
    let target = embedded.target();
    let client = HttpClient::new(&target.url, &Network::default())?;
    let address = ([127, 0, 0, 1], 0).into();
    let receiver = Receiver::start(address, None, target.webhook_timeout).await.map_err(|error| error.to_string())?;
    let (_sender, stop) = watch::channel(None);
    let environment = Environment::new(contract.clone(), target, client, Some(receiver), crate::execute::token(), stop);
    let mut queue = Queue::new(library, purpose(row, effort));
    let mut proof = Proof::default();
    let mut looking = 0;
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < at_a_time(row, &proof)
            && let Some((test, about)) = queue.next(settled(row, &proof), looking > 0)
        {
            looking += usize::from(about);
            let environment = &environment;
            let pause = pause(row, &proof);
            running.push(async move {
                tokio::time::sleep(pause).await;
                (test, about, run_test(environment, test).await)
            });
        }
        let Some((test, about, record)) = running.next().await else { break };
        looking -= usize::from(about);
        note(contract, &test.name, record, &mut proof);
    }
    Ok(proof)
}

/// How many tests run at a time. What shows at times is looked for by one after the other, so that the order of their
/// requests, and with it what shows, is the same each time.
fn at_a_time(row: &Row, proof: &Proof) -> usize {
    if row.kind == Kind::Intermittent && !settled(row, proof) { 1 } else { AT_A_TIME }
}

/// How long nothing is sent before the next test.
fn pause(row: &Row, proof: &Proof) -> Duration {
    if crate::target::shows_after_pause(row.name) && !settled(row, proof) { PAUSE } else { Duration::ZERO }
}

/// True when nothing more is looked for.
fn settled(row: &Row, proof: &Proof) -> bool {
    let silent = matches!(row.kind, Kind::Silent(_) | Kind::Variant);
    // What shows at times breaks as many of its clauses as chance will have it.
    let shown = row.kind == Kind::Intermittent && !proof.violated.is_empty();
    silent || shown || row.clauses.iter().all(|clause| proof.violated.contains_key(*clause))
}

fn note(contract: &Contract, test: &str, record: TestRecord, proof: &mut Proof) {
    proof.tests += 1;
    proof.requests += record.requests;
    proof.flaky += usize::from(record.flaky);
    if let Some(reason) = record.inconclusive {
        proof.inconclusive.insert(test.to_owned(), reason);
    }
    for finding in record.findings {
        // What only warns of a MUST clause does not break it.
        let level = contract.clause(&finding.clause).map_or(Level::Must, |clause| clause.level);
        if finding.level > level {
            continue;
        }
        let requests = proof.requests;
        let hit = proof.violated.entry(finding.clause).or_insert_with(|| Hit { requests, ..Hit::default() });
        hit.tests.insert(test.to_owned());
        hit.checks.insert(finding.check);
    }
}

/// Proves on many servers, so many at a time, and tells of each when it is done; the lines come back in
/// the order of the rows. What is wrong is tried once more when the others have ended: a busy machine
/// can make a server late, but not twice.
pub async fn prove_all(
    contract: &Arc<Contract>,
    library: &Library,
    rows: &[Row],
    effort: Effort,
    jobs: usize,
    mut told: impl FnMut(&Line),
) -> Vec<Line> {
    let one = |index: usize| async move {
        let row = &rows[index];
        (index, matrix::line(row, &prove(contract, library, row, effort).await))
    };
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_cached_key(|index| !selection::takes_long(library, rows[*index].clauses));
    let mut lines: BTreeMap<usize, Line> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut first = futures_util::stream::iter(order.into_iter().map(one)).buffer_unordered(jobs);
    while let Some((index, line)) = first.next().await {
        if line.problem().is_some() {
            wrong.push(index);
            continue;
        }
        told(&line);
        lines.insert(index, line);
    }
    let mut second = futures_util::stream::iter(wrong.into_iter().map(one)).buffer_unordered(AGAIN_AT_A_TIME);
    while let Some((index, line)) = second.next().await {
        told(&line);
        lines.insert(index, line);
    }
    lines.into_values().collect()
}

fn purpose<'r>(row: &'r Row, effort: Effort) -> Purpose<'r> {
    let whole = effort.whole || row.kind == Kind::Sound;
    let others = if row.kind == Kind::Variant { OTHERS_OF_A_VARIANT } else { OTHERS };
    Purpose {
        row: row.name,
        clauses: row.clauses,
        seed: effort.seed,
        whole,
        others,
        properties: !matches!(row.kind, Kind::Mutant | Kind::Intermittent),
    }
}
