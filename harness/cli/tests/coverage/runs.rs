//! Runs a part of the suite within this process and builds its report.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::Utc;
use futures_util::StreamExt as _;
use judge::record::TestRecord;
use judge::secret::Redactor;
use judge::target::Target;
use judge::verdict::{Rules, TestVerdict, Verdict};
use report::model::{ClauseStatus, Extent, Manifest, Report};
use report::{Facts, TestResult, actors, build, test_reports};
use runner::execute::{Environment, run_test};
use runner::schedule::{Scheduled, schedule};
use spec::contract::Contract;
use spec::scenario::{Library, TestCase};

/// The number of tests that run at a time.
const AT_A_TIME: usize = 12;

/// The first case of each scenario, without slow ones: properties, large bodies, bursts, and waits for deliveries.
pub(crate) fn quick(library: &Library) -> Vec<TestCase> {
    let mut seen = BTreeSet::new();
    let quick = library.tests.iter().filter(|test| {
        !test.is_property() && test.lock.is_none() && !test.steps.iter().any(|step| step.is_poll() || step.is_await())
    });
    // Rows of one table may have different clauses.
    let key = |test: &TestCase| {
        let scenario = test.name.split('/').take(test.file.matches('/').count() + 1).collect::<Vec<_>>().join("/");
        (scenario, test.clauses.clone())
    };
    quick.filter(|test| seen.insert(key(test))).cloned().collect()
}

/// Runs tests against a target and builds the report.
pub(crate) async fn run(contract: &Arc<Contract>, tests: Vec<TestCase>, target: Target) -> Report {
    let planned = schedule(contract, &target, tests, None);
    let environment = Environment::on_loopback(contract.clone(), target).await.expect("an environment");
    let results: Vec<TestResult> =
        futures_util::stream::iter(planned.into_iter().map(|test| result(&environment, test)))
            .buffer_unordered(AT_A_TIME)
            .collect()
            .await;
    let extent = Extent::of(results.iter().map(|result| result.name.as_ref()));
    let redactor = Redactor::new(environment.target.secrets());
    let manifest = Manifest::undivided(extent, false);
    let facts = Facts {
        actors: actors(contract, |actor| environment.target.credentials.contains_key(actor)),
        ..Facts::in_process(contract, &environment.target.url, Utc::now(), manifest, &redactor)
    };
    let tests = test_reports(&facts, results);
    build(&facts, tests, Vec::new())
}

async fn result(environment: &Environment, planned: Scheduled) -> TestResult {
    let test = planned.test;
    let (record, outcome) = match planned.skip {
        Some(reason) => (TestRecord::default(), TestVerdict::unrun(Verdict::Skipped, Some(reason))),
        None => {
            let record = run_test(environment, &test).await;
            let outcome = Rules::default().judge(&test.name, &record);
            (record, outcome)
        }
    };
    TestResult::new(*test, outcome, record)
}

/// The status of a clause, with its reason.
pub(crate) fn status<'r>(report: &'r Report, id: &str) -> (ClauseStatus, &'r str) {
    let clause = report.clauses.iter().find(|clause| clause.id == id).unwrap_or_else(|| panic!("no clause {id}"));
    (clause.status, clause.reason.as_deref().unwrap_or_default())
}
