//! Pairs of mutants of the reference: does a baseline made with mutant A hide mutant B?
//!
//! For each pair, a few tests are chosen that kill A or B. They run three times: against A, which gives the baseline;
//! against A again, where nothing may be new; and against A and B together, where `--fail-on new` must fail and name
//! the clause of B, or the clause of B is newly reached. A pair is *masked* if B has no visible effect while A is active: the tests then have no further
//! finding of the clause of B, so nothing was missed. `cargo test --workspace --test pairs` runs a few pairs; with
//! `PAIRS=400` before it, so many.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::Utc;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};

use crate::prove::{MatrixServer, ServerKind, rows, start};
use judge::secret::Redactor;
use judge::verdict::{Rules, Verdict};
use report::compare::{Change, Trend, compare};
use report::model::{Extent, Manifest};
use report::{Facts, Report, TestResult, build, test_reports};
use runner::execute::run_test;
use spec::contract::{Contract, Level};
use spec::scenario::{Library, TestCase};
use spec::source::Problems;

/// How many tests of the clauses of a mutant are tried.
const TRIED: usize = 48;
/// How many of the tests that kill it are used.
const KEPT: usize = 4;
/// How many tests run concurrently against one server.
const AT_A_TIME: usize = 8;

/// A mutant with tests that kill it.
#[derive(Clone)]
pub struct Mutant<'l> {
    pub name: String,
    /// The clause that it violates in these tests.
    pub clause: String,
    tests: Vec<&'l TestCase>,
}

/// The result of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PairResult {
    /// With A alone nothing was new, and B was named.
    Named,
    /// While A is active, these tests do not detect B.
    Masked,
    /// Something was new although nothing had changed.
    Unstable(String),
    /// B was detected, but the comparison did not name it.
    Overlooked(String),
    /// A server did not start.
    Broken(String),
}

/// The group in a clause id: `AUTH` of `AUTH-1`.
pub fn group(clause: &str) -> &str {
    clause.rsplit_once('-').map_or(clause, |(group, _)| group)
}

/// Pairs of mutants of different groups, the same for the same seed. Mutants that act at times, and those that only slow
/// tests kill, are left out.
pub fn pairs(
    contract: &Contract,
    library: &Library,
    seed: u64,
    count: usize,
) -> Result<Vec<(MatrixServer, MatrixServer)>, Problems> {
    let must = |row: &MatrixServer| {
        let clause = row.clauses.first().and_then(|clause| contract.clause(clause));
        clause.is_some_and(|clause| clause.level == Level::Must)
    };
    // A second run cannot reproduce the baseline of a mutant that acts every fifth time.
    let steady = |row: &MatrixServer| !row.name.starts_with("every-fifth-");
    let quick = |row: &MatrixServer| steady(row) && !candidates(library, row).is_empty();
    let mut all: Vec<MatrixServer> =
        rows(contract)?.into_iter().filter(|row| row.kind == ServerKind::Mutant && must(row) && quick(row)).collect();
    all.sort_by_cached_key(|row| number(seed, &row.name));
    let mut pairs: Vec<(MatrixServer, MatrixServer)> = Vec::new();
    for distance in 1..all.len() {
        for (index, one) in all.iter().enumerate() {
            let other = &all[(index + distance) % all.len()];
            if groups(one).is_disjoint(&groups(other)) {
                pairs.push((one.clone(), other.clone()));
            }
            if pairs.len() == count {
                return Ok(pairs);
            }
        }
    }
    Ok(pairs)
}

fn groups(row: &MatrixServer) -> BTreeSet<&str> {
    row.clauses.iter().map(|clause| group(clause)).collect()
}

/// Tests of the clauses of a row that wait neither for the target nor for each other, in a fixed pseudorandom order.
fn candidates<'l>(library: &'l Library, row: &MatrixServer) -> Vec<&'l TestCase> {
    let about = |test: &&TestCase| test.clauses.iter().any(|clause| row.clauses.contains(clause));
    let waits =
        |test: &&TestCase| test.lock.is_some() || test.is_property() || test.steps.iter().any(|step| step.takes_long());
    let mut tests: Vec<&TestCase> = library.tests.iter().filter(about).filter(|test| !waits(test)).collect();
    tests.sort_by_cached_key(|test| number(0, &format!("{} {}", row.name, test.name)));
    // One test of each scenario first, so that the tried tests differ.
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut in_rounds: Vec<(usize, &TestCase)> = Vec::new();
    for test in tests {
        let round = seen.entry(test.name.split('/').take(2).last().unwrap_or_default()).or_default();
        in_rounds.push((*round, test));
        *round += 1;
    }
    in_rounds.sort_by_key(|(round, _)| *round);
    in_rounds.into_iter().map(|(_, test)| test).take(TRIED).collect()
}

/// A pseudorandom order of texts.
pub(crate) fn number(seed: u64, text: &str) -> Vec<u8> {
    Sha256::digest(format!("{seed} {text}")).to_vec()
}

/// A mutant with the first tests that kill it; `None` if none of the tried tests does.
pub async fn mutant<'l>(contract: &Arc<Contract>, library: &'l Library, row: &MatrixServer) -> Option<Mutant<'l>> {
    let candidates = candidates(library, row);
    let report = run(contract, &candidates, &[&row.name]).await.ok()?;
    let violates = |report: &Report, name: &str, clause: &str| {
        let findings = report.tests.iter().filter(|test| *test.name == *name).flat_map(|test| &test.findings);
        findings.clone().any(|finding| finding.clause == clause && report.fails(finding))
    };
    row.clauses.iter().find_map(|clause| {
        let kills = |test: &&TestCase| violates(&report, &test.name, clause);
        let tests: Vec<&TestCase> = candidates.iter().copied().filter(kills).take(KEPT).collect();
        (!tests.is_empty()).then_some(Mutant { name: row.name.clone(), clause: clause.clone(), tests })
    })
}

/// Whether a baseline made with `one` hides `other`.
pub async fn judge(contract: &Arc<Contract>, one: &Mutant<'_>, other: &Mutant<'_>) -> PairResult {
    try_judge(contract, one, other).await.unwrap_or_else(PairResult::Broken)
}

async fn try_judge(contract: &Arc<Contract>, one: &Mutant<'_>, other: &Mutant<'_>) -> Result<PairResult, String> {
    let mut tests = one.tests.clone();
    let names: BTreeSet<&str> = tests.iter().map(|test| test.name.as_ref()).collect();
    tests.extend(other.tests.iter().filter(|test| !names.contains(test.name.as_ref())));
    let baseline = run(contract, &tests, &[&one.name]).await?;
    let again = compare(&baseline, &run(contract, &tests, &[&one.name]).await?);
    if again.exit_code(&[]) != 0 {
        return Ok(PairResult::Unstable(report::compare::text(&again)));
    }
    let both = run(contract, &tests, &[&one.name, &other.name]).await?;
    let comparison = compare(&baseline, &both);
    let text = report::compare::text(&comparison);
    let names_clause = |detail: &String| detail.split(' ').next() == Some(other.clause.as_str());
    // If no test could show it before, it may have been there before.
    let is_named = |change: Change, trend: Trend| {
        let mut tests = comparison.tests.iter().filter(|entry| entry.change == change);
        let mut causes = comparison.causes.iter().filter(|entry| entry.trend == trend);
        tests.any(|entry| entry.details.iter().any(names_clause)) || causes.any(|entry| entry.clause == other.clause)
    };
    let as_new = comparison.exit_code(&[]) == 1 && is_named(Change::New, Trend::New);
    if as_new || is_named(Change::NewlyReached, Trend::NewlyReached) {
        return Ok(PairResult::Named);
    }
    let findings = both.tests.iter().flat_map(|test| &test.findings);
    let there = findings.filter(|finding| finding.clause == other.clause && both.fails(finding)).count();
    let known = baseline.tests.iter().flat_map(|test| &test.findings);
    let before = known.filter(|finding| finding.clause == other.clause).count();
    Ok(if there <= before { PairResult::Masked } else { PairResult::Overlooked(text) })
}

/// The report of some tests against the reference with some mutations.
pub(crate) async fn run(contract: &Arc<Contract>, tests: &[&TestCase], mutations: &[&str]) -> Result<Report, String> {
    let rows = rows(contract).map_err(|problems| problems.to_string())?;
    let chosen: Vec<&MatrixServer> = rows.iter().filter(|row| mutations.contains(&row.name.as_str())).collect();
    let (environment, _server) = start(contract, &chosen).await?;
    let (environment, rules, started) = (&environment, Rules::default(), Utc::now());
    let one = |test: &TestCase| {
        let test = test.clone();
        async move { (run_test(environment, &test).await, test) }
    };
    let mut running = futures_util::stream::iter(tests.iter().map(|test| one(test))).buffer_unordered(AT_A_TIME);
    let mut results = Vec::new();
    while let Some((record, test)) = running.next().await {
        let outcome = rules.judge(&test.name, &record);
        results.push(TestResult::new(test, outcome, record));
    }
    let extent = Extent::of(tests.iter().map(|test| test.name.as_ref()));
    let redactor = Redactor::new(environment.target.secrets());
    let manifest = Manifest::undivided(extent, true);
    let facts = Facts::in_process(contract, "embedded reference", started, manifest, &redactor);
    let reports = test_reports(&facts, results);
    let open = reports.iter().find(|report| report.verdict == Verdict::Inconclusive);
    match open {
        Some(report) if mutations.len() < 2 => {
            Err(format!("{} is inconclusive: {}", report.name, report.reason.as_deref().unwrap_or_default()))
        }
        _ => Ok(build(&facts, reports, Vec::new())),
    }
}
