//! Measures the overhead of the harness: a thousand scenarios with one request each, judged by every check, compared
//! with the same requests sent by a bare HTTP client, and with the same scenarios through the proxy of `prove --proxy`.
//! `ci/bench.sh` runs it against a reference in a separate process.
//!
//! All keep 64 requests in flight from this one process, and they take turns, so that other load of the machine affects
//! all of them.

mod stages;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use cli::run::load;
use futures_util::StreamExt as _;
use judge::record::TestRecord;
use judge::target::{Target, credentials};
use mutate::{Proxy, Route};
use runner::client::{HttpClient, Network};
use runner::execute::request::{Prepared, prepare};
use runner::execute::{Environment, run_test, token};
use spec::contract::Contract;
use spec::scenario::{TestCase, load as load_scenarios};
use tokio::runtime::Handle;

const IN_FLIGHT: usize = 64;
const SCENARIOS: usize = 1000;
/// The number of measured turns of each client, after one turn for warm-up.
const ROUNDS: usize = 7;
/// The timeout of the whole measurement.
const BOUND: Duration = Duration::from_secs(120);

/// Ten errors that a single request without setup provokes, so that each test is one request.
const ERRORS: [(&str, &str); 10] = [
    ("no-credential", "{ call: listCustomers, as: anonymous, expect: { error: AUTHENTICATION_FAILED } }"),
    ("unknown-key", "{ call: listCustomers, as: unknown, expect: { error: AUTHENTICATION_FAILED } }"),
    ("revoked-key", "{ call: listCustomers, as: revoked, expect: { error: AUTHENTICATION_FAILED } }"),
    ("expired-token", "{ call: listCustomers, as: expired, expect: { error: TOKEN_EXPIRED } }"),
    ("no-scope", "{ call: createCustomer, as: reader, expect: { error: INSUFFICIENT_PERMISSIONS } }"),
    (
        "unknown-customer",
        "{ call: getCustomer, as: reader, path: { customerId: cus_none }, expect: { error: RESOURCE_NOT_FOUND } }",
    ),
    (
        "unknown-transaction",
        "{ call: getTransaction, as: reader, path: { transactionId: txn_none }, expect: { error: RESOURCE_NOT_FOUND } }",
    ),
    (
        "missing-field",
        "{ call: createCustomer, as: writer, without: [email], expect: { error: VALIDATION_ERROR, field: email } }",
    ),
    ("malformed-json", "{ call: createCustomer, as: writer, raw: '{', expect: { error: VALIDATION_ERROR } }"),
    (
        "no-such-date",
        "{ call: createCustomer, as: writer, with: { dateOfBirth: '1990-02-30' }, expect: { error: INVALID_FIELD_FORMAT, field: dateOfBirth } }",
    ),
];

fn main() -> ExitCode {
    let measured = tokio::runtime::Runtime::new().map_err(|error| error.to_string()).and_then(|runtime| {
        runtime.block_on(async {
            let measured_in_time = tokio::time::timeout(BOUND, measure()).await;
            measured_in_time.unwrap_or_else(|_| Err(format!("not finished within {} s", BOUND.as_secs())))
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

async fn measure() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, _) = load(&root).map_err(|problems| problems.to_string())?;
    let contract = Arc::new(contract);
    let tests = Arc::new(tests(&contract)?);
    let client = bare_client()?;
    let direct = Arc::new(Environment::on_loopback(contract.clone(), target(&contract)?).await?);
    let proxy = proxy(&contract).await?;
    let through_proxy = Target { url: proxy.url().to_owned(), ..target(&contract)? };
    let behind_proxy = Arc::new(Environment::on_loopback(contract.clone(), through_proxy).await?);
    let (mut harness, mut proxied, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let judged = by_harness(&direct, &tests).await?;
        let forwarded = by_harness(&behind_proxy, &tests).await?;
        let sent = by_bare_client(&client, requests(&contract, &tests)?).await?;
        if round > 0 {
            harness.push(judged);
            proxied.push(forwarded);
            bare.push(sent);
        }
    }
    print_rates(&harness, &proxied, &bare);
    let recording = Arc::new(HttpClient::new(&target(&contract)?.url, &Network::default())?);
    stages::print(&direct, &tests, &client, &recording).await
}

/// A proxy that changes nothing, in this process.
async fn proxy(contract: &Arc<Contract>) -> Result<Proxy, String> {
    let target = target(contract)?;
    let upstream = Arc::new(HttpClient::new(&target.url, &Network::default())?);
    let route = Route::new(contract, target.credentials.iter());
    Proxy::start(contract.clone(), route, upstream, None).await
}

/// Runs every test, from building its request to the last finding; a test that does not pass ends the measurement.
/// As in a run, each test in flight blocks a thread, and all share one runtime.
async fn by_harness(environment: &Arc<Environment>, tests: &Arc<Vec<TestCase>>) -> Result<Duration, String> {
    let clock = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..IN_FLIGHT)
        .map(|_| {
            let (environment, tests, next, runtime) =
                (environment.clone(), tests.clone(), next.clone(), Handle::current());
            tokio::task::spawn_blocking(move || {
                while let Some(test) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    require_passed(&test.name, runtime.block_on(run_test(&environment, test)))?;
                }
                Ok::<(), String>(())
            })
        })
        .collect();
    for thread in threads {
        thread.await.map_err(|error| error.to_string())??;
    }
    Ok(clock.elapsed())
}

fn require_passed(test: &str, record: TestRecord) -> Result<(), String> {
    if let Some(reason) = record.inconclusive {
        return Err(format!("{test}: {reason}"));
    }
    if let Some(finding) = record.findings.first() {
        return Err(format!("{test}: {} {}: {}", finding.clause, finding.expected, finding.actual));
    }
    if record.requests != 1 {
        return Err(format!("{test}: expected one request, found {}", record.requests));
    }
    Ok(())
}

/// Sends the same requests, each in its own task, and discards the responses.
async fn by_bare_client(client: &reqwest::Client, requests: Vec<reqwest::Request>) -> Result<Duration, String> {
    let sent = requests.into_iter().map(|request| {
        let client = client.clone();
        async move {
            let response = client.execute(request).await.map_err(|error| error.to_string())?;
            let status = response.status();
            response.bytes().await.map_err(|error| error.to_string())?;
            if status.is_client_error() { Ok(()) } else { Err(format!("the bare client got {status}")) }
        }
    });
    let clock = Instant::now();
    in_tasks(sent).await?;
    Ok(clock.elapsed())
}

/// Runs each of these in its own task.
async fn in_tasks<F>(all: impl Iterator<Item = F>) -> Result<(), String>
where
    F: Future<Output = Result<(), String>> + Send + 'static,
{
    let mut ended = futures_util::stream::iter(all.map(tokio::spawn)).buffer_unordered(IN_FLIGHT);
    while let Some(one) = ended.next().await {
        one.map_err(|error| error.to_string())??;
    }
    Ok(())
}

fn print_rates(harness: &[Duration], proxied: &[Duration], bare: &[Duration]) {
    let rate = |took: &Duration| SCENARIOS as f64 / took.as_secs_f64();
    let shown = |turns: &[Duration]| {
        let rates: Vec<f64> = turns.iter().map(rate).collect();
        let (least, most) = (rates.iter().copied().fold(f64::MAX, f64::min), rates.iter().copied().fold(0.0, f64::max));
        format!("{:>7.0} requests/s (from {least:.0} to {most:.0})", median(&rates))
    };
    let ratio = |slower: &[Duration], faster: &[Duration]| {
        let turns = slower.iter().zip(faster);
        median(&turns.map(|(slower, faster)| faster.as_secs_f64() / slower.as_secs_f64()).collect::<Vec<_>>())
    };
    println!("{SCENARIOS} one-request error scenarios, {IN_FLIGHT} in flight, median of {ROUNDS} turns each");
    println!("  harness, every check on  {}", shown(harness));
    println!("  the same through a proxy {}", shown(proxied));
    println!("  bare client              {}", shown(bare));
    println!("  harness / bare client    {:>7.2} (median of the ratios of the turns)", ratio(harness, bare));
    println!("  proxy / without proxy    {:>7.2}", ratio(proxied, harness));
}

fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn target(contract: &Contract) -> Result<Target, String> {
    let url = std::env::var("CONFORMANCE_TARGET_URL")
        .map_err(|_| "CONFORMANCE_TARGET_URL is not set; ci/bench.sh sets it")?;
    Ok(Target {
        url,
        credentials: credentials(contract, &BTreeMap::new())?,
        reaches_us: true,
        webhook_timeout: Duration::from_secs(1),
        ..Target::default()
    })
}

fn bare_client() -> Result<reqwest::Client, String> {
    // The client of the harness installs the same provider; only the first installation succeeds.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| error.to_string())
}

/// The requests of all tests, built before the measurement, because the bare client does not build requests.
fn requests(contract: &Contract, tests: &[TestCase]) -> Result<Vec<reqwest::Request>, String> {
    prepared(contract, tests)?.into_iter().map(bare_request).collect()
}

/// The requests of all tests, with their credentials.
fn prepared(contract: &Contract, tests: &[TestCase]) -> Result<Vec<Prepared>, String> {
    let target = target(contract)?;
    let one = |test: &TestCase| {
        let mut variables = test.variables.clone();
        variables.insert("unique".into(), token().into());
        let call = test.steps[0].call().ok_or("a call")?;
        prepare(contract, &target, &target.url, call, &variables, Utc::now())
    };
    tests.iter().map(one).collect()
}

fn bare_request(prepared: Prepared) -> Result<reqwest::Request, String> {
    let Prepared { request, secret_headers, .. } = prepared;
    let method = reqwest::Method::from_bytes(request.method.as_bytes()).map_err(|error| error.to_string())?;
    let url = reqwest::Url::parse(&request.url).map_err(|error| error.to_string())?;
    let mut bare = reqwest::Request::new(method, url);
    let shown = request
        .headers
        .into_iter()
        .filter(|(name, _)| !secret_headers.iter().any(|(secret, _)| secret.eq_ignore_ascii_case(name)));
    let secret = secret_headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone().into_bytes()));
    for (name, value) in shown.chain(secret) {
        let name = http::HeaderName::from_bytes(name.as_bytes()).map_err(|error| error.to_string())?;
        let value = http::HeaderValue::from_bytes(&value).map_err(|error| error.to_string())?;
        bare.headers_mut().insert(name, value);
    }
    if !request.body.is_empty() {
        *bare.body_mut() = Some(request.body.to_bytes().into());
    }
    Ok(bare)
}

/// A thousand tests: those of an ordinary scenario file, repeated.
fn tests(contract: &Contract) -> Result<Vec<TestCase>, String> {
    let folder = std::env::temp_dir().join(format!("conformance-throughput-{}", std::process::id()));
    let loaded = write_scenarios(&folder).map_err(|error| format!("{}: {error}", folder.display()));
    let loaded = loaded.and_then(|()| load_scenarios(&folder, contract).map_err(|problems| problems.to_string()));
    let _ = std::fs::remove_dir_all(&folder);
    let kinds = loaded?.tests;
    let rounds = SCENARIOS / kinds.len();
    Ok((1..=rounds)
        .flat_map(|round| {
            kinds.iter().map(move |kind| TestCase { name: format!("{}/{round}", kind.name).into(), ..kind.clone() })
        })
        .collect())
}

fn write_scenarios(folder: &Path) -> std::io::Result<()> {
    let mut text = "about: Errors that one request provokes.\nscenarios:\n".to_owned();
    for (name, step) in ERRORS {
        text.push_str(&format!("  - name: {name}\n    clauses: [ENV-1]\n    steps:\n      - {step}\n"));
    }
    std::fs::create_dir_all(folder.join("scenarios"))?;
    std::fs::write(folder.join("scenarios/throughput.yaml"), text)
}
