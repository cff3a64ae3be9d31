//! The CPU time of one request by stage. It is the CPU time of this process from `/proc`, so other load of the machine and
//! the server in its own process do not count. Each stage contains the one before it, so the table shows differences.

use std::sync::Arc;

use chrono::Utc;
use judge::secret::Redactor;
use judge::verdict::Rules;
use report::model::{Extent, Manifest};
use report::{Facts, ReportRequest, TestResult, build, test_reports};
use runner::client::HttpClient;
use runner::execute::{Environment, run_test};
use spec::scenario::TestCase;

use super::{by_bare_client, by_harness, in_tasks, prepared, requests};

/// How often all requests are sent for each stage, because the clock of `/proc` has ticks of 10 ms.
const ROUNDS: usize = 5;
/// The microseconds of a tick; Linux has 100 in a second for programs.
const TICK_US: f64 = 10_000.0;
/// The formats that a pipeline writes.
const FORMATS: [&str; 3] = ["json", "junit", "html"];

/// Prints the table. Prints nothing on a system without `/proc`.
pub async fn print(
    environment: &Arc<Environment>,
    tests: &Arc<Vec<TestCase>>,
    client: &reqwest::Client,
    recording: &Arc<HttpClient>,
) -> Result<(), String> {
    let contract = &environment.contract;
    let Some(mut before) = cpu_us() else { return Ok(()) };
    let per_request = (ROUNDS * tests.len()) as f64;
    let mut lap = || {
        let now = cpu_us().unwrap_or(before);
        let took = (now - before) / per_request;
        before = now;
        took
    };
    for _ in 0..ROUNDS {
        by_bare_client(client, requests(contract, tests)?).await?;
    }
    let send = lap();
    for _ in 0..ROUNDS {
        by_recording_client(recording, environment, tests).await?;
    }
    let record = lap();
    for _ in 0..ROUNDS {
        by_harness(environment, tests).await?;
    }
    let judge = lap();
    let mut results = Vec::new();
    for test in tests.iter() {
        let record = run_test(environment, test).await;
        results.push(TestResult::new(test.clone(), Rules::default().judge(&test.name, &record), record));
    }
    let _ = lap();
    write_reports(environment, tests, results)?;
    let report = lap() * ROUNDS as f64;
    println!("CPU time of one request in microseconds, of {ROUNDS} times {} requests", tests.len());
    println!("  send, as the bare client does      {send:>6.0}");
    println!("  record: our client                 {:>+6.0}", record - send);
    println!("  judge: build, check, count         {:>+6.0}", judge - record);
    println!("  report: causes, {} {report:>+6.0}", FORMATS.join(", "));
    Ok(())
}

/// Sends the requests with the client of the harness, and keeps the responses as a test does.
async fn by_recording_client(
    client: &Arc<HttpClient>,
    environment: &Environment,
    tests: &[TestCase],
) -> Result<(), String> {
    let sent = prepared(&environment.contract, tests)?.into_iter().map(|prepared| {
        let client = client.clone();
        async move {
            let sent = client.send(&prepared.request, &prepared.secret_headers, false).await;
            sent.map(drop).map_err(|fault| fault.message().to_owned())
        }
    });
    in_tasks(sent).await
}

fn write_reports(environment: &Environment, tests: &[TestCase], results: Vec<TestResult>) -> Result<(), String> {
    // As in a run, parts of credentials that are also in names of tests are not hidden.
    let names: Vec<&str> = tests.iter().map(|test| test.name.as_ref()).collect();
    let redactor = Redactor::with_own_words(environment.target.secrets(), &names.join("\n"));
    let manifest = Manifest::undivided(Extent::of(tests.iter().map(|test| test.name.as_ref())), true);
    let facts = Facts::in_process(&environment.contract, "throughput", Utc::now(), manifest, &redactor);
    let report = build(&facts, test_reports(&facts, results), Vec::new());
    let folder = std::env::temp_dir().join(format!("conformance-throughput-reports-{}", std::process::id()));
    let written = FORMATS.iter().try_for_each(|kind| {
        let order = ReportRequest::parse(&format!("{kind}={}", folder.join(kind).display()))?;
        order.prepare()?.write(&report, &redactor).map(drop)
    });
    let _ = std::fs::remove_dir_all(&folder);
    written
}

/// The CPU time of this process so far, in user and system mode.
fn cpu_us() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may contain spaces. User time is field 14, system time field 15.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field - 3)?.parse::<f64>().ok();
    Some((ticks(14)? + ticks(15)?) * TICK_US)
}
