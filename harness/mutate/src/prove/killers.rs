//! Which scenarios report a mutant, as far as it must be known to say whether one of them is needed: the tests of its
//! clauses run until two scenarios have reported each clause. Expectations report only the clauses of their tests. For
//! clauses that checks judge in every response, a sample of other tests runs as well.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::selection::Queue;
use super::{
    CONCURRENT_TESTS, MatrixServer, ProveOptions, ServerKind, TestScope, Witnesses, impatient, is_violation,
    parameters, rows, start,
};
use crate::order::scenario;
use crate::redundancy::Noticed;
use crate::score::Kill;
use judge::record::TestRecord;
use runner::execute::{Environment, run_test};
use spec::contract::Contract;
use spec::scenario::{Library, TestCase};

/// The number of scenarios that must report a clause before the other tests are left out.
const ENOUGH: usize = 2;

/// The violations that tests report for each chosen mutant of the reference, `jobs` mutants at a time.
pub async fn killers(
    contract: &Arc<Contract>,
    library: &Library,
    witnesses: &Witnesses,
    jobs: usize,
    is_chosen: impl Fn(&str) -> bool,
) -> Result<Vec<Noticed>, String> {
    let rows = rows(contract).map_err(|problems| problems.to_string())?.into_iter();
    // The mutations of the pack are tried with the generated ones.
    let is_own = |row: &MatrixServer| row.kind == ServerKind::Mutant && row.mutation.is_none();
    let mutants = rows.filter(|row| is_own(row) && is_chosen(&row.name));
    let one = |row: MatrixServer| async move { killers_of(contract, library, &row, witnesses).await };
    let mut running = futures_util::stream::iter(mutants.map(one)).buffer_unordered(jobs);
    let mut all = Vec::new();
    while let Some(noticed) = running.next().await {
        all.extend(noticed?);
    }
    // The order in which mutants end differs from run to run.
    all.sort_by(|one, other| one.mutation.cmp(&other.mutation));
    Ok(all)
}

/// The violations that tests report for a mutant, for each of its clauses.
async fn killers_of(
    contract: &Arc<Contract>,
    library: &Library,
    row: &MatrixServer,
    witnesses: &Witnesses,
) -> Result<Vec<Noticed>, String> {
    let (environment, _server) = start(contract, &[row]).await?;
    let environment = environment.without_shrinking();
    let options = ProveOptions { seed: 1, scope: TestScope::Sample, witnesses };
    let Queue { witnesses, about, others, .. } = Queue::new(library, parameters(row, options));
    let (properties, about): (Vec<&TestCase>, Vec<&TestCase>) = about.into_iter().partition(|test| test.is_property());
    let mut found = Found { clauses: row.clauses.clone(), ..Found::default() };
    run_until_enough(&environment, witnesses.into(), &mut found).await;
    run_until_enough(&environment, borrowed(about.into_iter().chain(others)), &mut found).await;
    if found.needs_properties() {
        run_until_enough(&environment, borrowed(properties.into_iter()), &mut found).await;
    }
    let name = |clause: &String| match row.clauses.len() {
        1 => row.name.clone(),
        _ => format!("{} ({clause})", row.name),
    };
    Ok(found.kills.into_iter().map(|(clause, kills)| Noticed { mutation: name(&clause), kills }).collect())
}

fn borrowed<'l>(tests: impl Iterator<Item = &'l TestCase>) -> Vec<Cow<'l, TestCase>> {
    tests.map(Cow::Borrowed).collect()
}

/// The violations so far.
#[derive(Default)]
struct Found {
    clauses: Vec<String>,
    /// By clause.
    kills: BTreeMap<String, Vec<Kill>>,
    /// The properties that reported a violation.
    properties: BTreeSet<String>,
}

impl Found {
    fn reporting(&self, clause: &str) -> BTreeSet<&str> {
        self.kills.get(clause).into_iter().flatten().map(|kill| scenario(&kill.test)).collect()
    }

    /// True if no scenario can be the only one that reports a clause.
    fn is_enough(&self) -> bool {
        self.clauses.iter().all(|clause| self.reporting(clause).len() >= ENOUGH)
    }

    /// True if a scenario is the only one so far that reports a clause. Properties may report it, too.
    fn needs_properties(&self) -> bool {
        self.clauses.iter().any(|clause| {
            let reporting = self.reporting(clause);
            reporting.len() == 1 && reporting.iter().all(|name| !self.properties.contains(*name))
        })
    }

    fn add(&mut self, environment: &Environment, test: &TestCase, record: &TestRecord) {
        for finding in &record.findings {
            if !self.clauses.contains(&finding.clause) || !is_violation(&environment.contract, finding) {
                continue;
            }
            let kill = Kill::new(test, finding);
            if test.is_property() {
                self.properties.insert(scenario(&test.name).to_owned());
            }
            self.kills.entry(kill.clause.clone()).or_default().push(kill);
        }
    }
}

async fn run_until_enough(environment: &Environment, tests: Vec<Cow<'_, TestCase>>, found: &mut Found) {
    let mut waiting = tests.into_iter();
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < CONCURRENT_TESTS
            && !found.is_enough()
            && let Some(test) = waiting.next()
        {
            running.push(async move {
                let test = impatient(test);
                (run_test(environment, &test).await, test)
            });
        }
        let Some((record, test)) = running.next().await else { return };
        found.add(environment, &test, &record);
    }
}
