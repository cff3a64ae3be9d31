//! What fuzzing finds and what it costs: for each mutant of the reference, the number of cases until a property finds
//! it, over several seeds; and the cases per second and false findings against the reference without mutants.
//!
//! `cargo run -p cli --example fuzzing -- [SEEDS] [CASES] [PART OF A MUTANT'S NAME]`; without CASES each property
//! generates as many cases as in an ordinary run. With `sound` as the third argument no mutant is run.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cli::run::load;
use futures_util::StreamExt as _;
use generate::Sampling;
use judge::record::TestRecord;
use mutate::embedded::{Embedded, mutants, start_with_mutants};
use runner::execute::{Environment, run_test};
use spec::contract::Contract;
use spec::scenario::TestCase;

/// The number of properties that run at a time.
const AT_A_TIME: usize = 4;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).and_then(|text| text.parse::<u64>().ok());
    let seeds = number(0).unwrap_or(3);
    let cases = number(1).map(|cases| cases as usize);
    let part = arguments.iter().rev().find(|text| text.parse::<u64>().is_err()).cloned().unwrap_or_default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Ok((contract, library)) = load(&root) else {
        eprintln!("error: the pack does not load; run `conformance validate` to see the errors");
        return ExitCode::from(2);
    };
    let properties: Vec<TestCase> = library.tests.into_iter().filter(|test| test.is_property()).collect();
    let bench = PropertyBenchmark { contract: Arc::new(contract), properties, cases };
    let measured = tokio::runtime::Runtime::new().map_err(|error| error.to_string()).and_then(|runtime| {
        runtime.block_on(async {
            bench.without_mutants(seeds).await?;
            if part == "sound" { Ok(()) } else { bench.table(seeds, &part).await }
        })
    });
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(3)
        }
    }
}

struct PropertyBenchmark {
    contract: Arc<Contract>,
    properties: Vec<TestCase>,
    cases: Option<usize>,
}

/// The results of all properties against one server.
#[derive(Default)]
struct Results {
    cases: usize,
    requests: usize,
    took: Duration,
    findings: Vec<String>,
    /// Case, rule and violated clauses of each counterexample.
    found: Vec<(usize, String, Vec<String>)>,
}

impl PropertyBenchmark {
    /// Prints the cases per second and all findings against the reference without mutants.
    async fn without_mutants(&self, seeds: u64) -> Result<(), String> {
        for seed in 1..=seeds {
            let results = self.run(&[], seed, |_| true).await?;
            let per_second = results.cases as f64 / results.took.as_secs_f64();
            println!(
                "no mutant, seed {seed}: {} properties, {} cases, {} requests in {:.1} s, {per_second:.0} cases/s, {} findings",
                self.properties.len(),
                results.cases,
                results.requests,
                results.took.as_secs_f64(),
                results.findings.len()
            );
            results.findings.iter().for_each(|finding| println!("  {finding}"));
        }
        Ok(())
    }

    /// Prints a row for each mutant that violates only clauses that properties assert.
    async fn table(&self, seeds: u64, part: &str) -> Result<(), String> {
        let asserted: BTreeSet<&str> =
            self.properties.iter().flat_map(|property| property.clauses.iter().map(String::as_str)).collect();
        let rows: Vec<_> = mutants()
            .into_iter()
            .filter(|(name, _, clauses)| name.contains(part) && clauses.iter().all(|clause| asserted.contains(clause)))
            .collect();
        println!("\n{:<40} {:>8} {:>6} {:>6}  first shown by", "mutant", "found", "least", "most");
        let mut always = 0;
        for (name, _, clauses) in &rows {
            let mut needed = Vec::new();
            let mut found_by = String::new();
            for seed in 1..=seeds {
                let about =
                    |property: &TestCase| property.clauses.iter().any(|clause| clauses.contains(&clause.as_str()));
                let results = self.run(&[*name], seed, about).await?;
                let mut found = results.found;
                found.retain(|(_, _, violated)| violated.iter().any(|clause| clauses.contains(&clause.as_str())));
                if let Some((case, rule, _)) = found.into_iter().min() {
                    needed.push(case + 1);
                    found_by = rule;
                }
            }
            always += usize::from(needed.len() as u64 == seeds);
            let or_dash = |number: Option<&usize>| number.map_or_else(|| "-".to_owned(), ToString::to_string);
            let found = format!("{}/{seeds}", needed.len());
            println!(
                "{name:<40} {found:>8} {:>6} {:>6}  {found_by}",
                or_dash(needed.iter().min()),
                or_dash(needed.iter().max())
            );
        }
        println!("{always} of {} mutants are found by every seed", rows.len());
        Ok(())
    }

    async fn run(&self, mutants: &[&str], seed: u64, about: impl Fn(&TestCase) -> bool) -> Result<Results, String> {
        let (environment, _running) = self.server(mutants, seed).await?;
        let clock = Instant::now();
        let chosen = self.properties.iter().filter(|property| about(property));
        let environment = &environment;
        let runs = chosen.map(|property| async move { (property, run_test(environment, property).await) });
        let records: Vec<(&TestCase, TestRecord)> =
            futures_util::stream::iter(runs).buffer_unordered(AT_A_TIME).collect().await;
        let mut results = Results { took: clock.elapsed(), ..Results::default() };
        for (property, record) in records {
            results.requests += record.requests;
            let inconclusive = record.inconclusive.iter().map(|why| format!("{}: inconclusive: {why}", property.name));
            let findings = record.findings.iter();
            results
                .findings
                .extend(findings.map(|finding| format!("{}: {} {}", property.name, finding.clause, finding.message)));
            results.findings.extend(inconclusive);
            let Some(fuzz) = record.fuzz else { continue };
            results.cases += fuzz.cases;
            let named = |rule: &str| format!("{} {rule}", property.name);
            results.found.extend(fuzz.found.into_iter().map(|found| (found.case, named(&found.name), found.clauses)));
        }
        Ok(results)
    }

    async fn server(&self, mutants: &[&str], seed: u64) -> Result<(Environment, Embedded), String> {
        let embedded = start_with_mutants(mutants).await.map_err(|error| error.to_string())?;
        let environment = Environment::on_loopback(self.contract.clone(), embedded.target()).await?;
        Ok((environment.with_sampling(Sampling { seed, cases: self.cases }), embedded))
    }
}
