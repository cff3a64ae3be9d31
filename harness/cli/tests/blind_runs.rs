//! Finds expectations that never fail. Some parts of a scenario use several responses: `keep`, `same_as`, `poll`,
//! `burst`, `wait` and `await`. For each of them, one response is changed to an invalid one, and the test must then
//! fail.
//!
//! The tests of the default pack run against the embedded reference through two proxies. One changes the responses to
//! one step, the other changes the deliveries of webhooks. Without a change, each test must pass. `blind.rs` does the
//! same for expectations about one response, without sending requests.

#[path = "blind_runs/bench.rs"]
mod bench;
#[path = "blind_runs/change.rs"]
mod change;
#[path = "blind_runs/hooks.rs"]
mod hooks;
#[expect(dead_code, reason = "headers are judged on one response, by blind.rs")]
#[path = "blind/matching.rs"]
mod matching;
#[path = "blind_runs/mutants.rs"]
mod mutants;
#[path = "blind_runs/proxy.rs"]
mod proxy;
#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;

use std::collections::BTreeMap;
use std::sync::Arc;

use bench::{Pack, copy, run};
use change::{Change, ResponsePart};
use futures_util::StreamExt as _;
use judge::finding::EXPECTATION;
use judge::record::TestRecord;
use judge::verdict::Verdict;
use mutants::{Must, Mutant, StepPart, mutants, parts};
use spec::contract::Contract;
use spec::scenario::{Action, Step, TestCase};
use tokio::sync::Semaphore;

/// Limits the concurrent tests of this process. Each has about twelve sockets, and most tests wait.
static SLOTS: Semaphore = Semaphore::const_new(64);
/// The number of concurrent retries. A run with a problem is retried after the others, because a busy machine may have
/// delayed a response.
const CONCURRENT_RETRIES: usize = 4;

const CALLER: &str = "the caller is refused for any id";
const ON_DEMAND: &str = "the request asks for the failure, which is sent for any id";
const ANY_RESPONSE: &str = "every documented response is accepted, so any customer can be used";
const ONE_SIDE: &str = "the expectation limits the number in the other direction only";
const OTHER_SECRET: &str = "every secret except the shared one is refused";
const OPTIONAL: &str = "a target need not send the header";
const ABSENT: &str = "an unknown id is not in the list either";

/// Mutants that may survive: the beginning of the name of the test, a part of the change, and the reason.
const MAY_SURVIVE: &[(&str, &str, &str)] = &[
    ("authentication/authentication-failed::", "Other(Body(\"/id\"))", CALLER),
    ("authentication/insufficient-permissions::", "Other(Body(\"/id\"))", CALLER),
    ("authentication/token-expired::expired-token/", "Other(Body(\"/id\"))", CALLER),
    (
        "rate-limiting/rate-limit-exceeded::rate-limit-refusal-is-the-same-for-every-operation/",
        "Other(Body(\"/id\"))",
        CALLER,
    ),
    ("rate-limiting/rate-limit-exceeded::other-credentials-use-no-quota-of-this-one/", ", -1000)", ONE_SIDE),
    ("rate-limiting/rate-limit-exceeded::remaining-quota-decreases/", ", 1000)", ONE_SIDE),
    ("rate-limiting/rate-limit-exceeded::served-again-after-the-delay", ", 1000)", ONE_SIDE),
    ("rate-limiting/rate-limit-exceeded::served-again-after-the-delay", "Missing(Header(", OPTIONAL),
    ("resources/conflict::invalid-value-in-an-immutable-field-is-refused/", "Other(Body(\"/id\"))", ANY_RESPONSE),
    ("resources/conflict::unchanged-immutable-fields-never-break-the-server", "Other(", ANY_RESPONSE),
    ("resources/duplicate::update-to-an-email-in-use-never-breaks-the-server", "Other(Body(\"/id\"))", ANY_RESPONSE),
    ("resources/not-found::a-new-customer-does-not-restore-a-deleted-one", "Other(Body(\"/email\"))", ANY_RESPONSE),
    ("resources/not-found::not-listed-in-another-environment", "Other(Body(\"/id\"))", ABSENT),
    ("server-errors/internal-server-error::failure-on-demand", "Other(Body(\"/id\"))", ON_DEMAND),
    ("server-errors/internal-server-error::failure-for-every-actor", "Other(Body(\"/id\"))", ON_DEMAND),
    ("server-errors/service-unavailable::maintenance-on-demand", "Other(Body(\"/id\"))", ON_DEMAND),
    ("server-errors/service-unavailable::maintenance-for-every-actor", "Other(Body(\"/id\"))", ON_DEMAND),
    (
        "statuses/no-other-status::accept-header-without-json-gets-a-documented-status/",
        "Other(Body(\"/id\"))",
        ANY_RESPONSE,
    ),
    (
        "validation/invalid-document-format::unusual-content-never-breaks-the-server",
        "Other(Body(\"/id\"))",
        ANY_RESPONSE,
    ),
    (
        "validation/invalid-document-format::unusual-declaration-never-breaks-the-server",
        "Other(Body(\"/id\"))",
        ANY_RESPONSE,
    ),
    ("validation/unusual-input::an-empty-update-never-breaks-the-server", "Other(Body(\"/id\"))", ANY_RESPONSE),
    ("validation/malformed-body::invalid-utf-8-never-breaks-the-server/", "Other(Body(\"/id\"))", ANY_RESPONSE),
    ("validation/unusual-input::unusual-optional-fields-never-break-the-server", "Other(Body(\"/id\"))", ANY_RESPONSE),
    ("validation/unusual-input::unusual-but-valid-json-is-handled", "Other(Body(\"/id\"))", ANY_RESPONSE),
    ("validation/unusual-input::unknown-members-never-break-the-server/", "Other(Body(\"/id\"))", ANY_RESPONSE),
    ("validation/unusual-input::very-long-text/", "Other(Body(\"/id\"))", ANY_RESPONSE),
    ("webhooks/inbound-signature::secret-of-a-registered-webhook", "Other(Body(\"/secret\"))", OTHER_SECRET),
];

#[test]
fn tests_fail_if_a_kept_value_is_changed() {
    let report = judge(&[StepPart::Keep], 380, 1_150);
    // Whether a mutant of a rate limit survives can depend on when the window of the limit begins.
    let depends_on_time = |row: &usize| MAY_SURVIVE[*row].0.starts_with("rate-limiting/");
    let unused: Vec<_> = (0..MAY_SURVIVE.len())
        .filter(|row| !report.open.contains_key(row) && !depends_on_time(row))
        .map(|row| MAY_SURVIVE[row].0)
        .collect();
    assert!(unused.is_empty(), "no mutant survives for these rows of MAY_SURVIVE: remove them: {unused:?}");
}

#[test]
fn tests_fail_if_a_repeated_response_differs() {
    judge(&[StepPart::SameAs], 1, 12);
}

#[test]
fn tests_fail_if_a_polled_value_is_not_reached() {
    judge(&[StepPart::Poll], 10, 90);
}

#[test]
fn tests_fail_if_a_burst_is_not_refused() {
    judge(&[StepPart::Burst, StepPart::Wait], 14, 40);
}

#[test]
fn tests_fail_if_an_awaited_delivery_is_invalid() {
    judge(&[StepPart::Await], 16, 300);
}

#[test]
fn a_test_without_its_expectation_is_reported() {
    let pack = Pack::load();
    let tests = selected(&pack, &[StepPart::SameAs]);
    let blind = |step: &Step| {
        let mut step = step.clone();
        if let Action::Call(call) = &mut step.action
            && let Some(asserted) = &mut call.asserted
        {
            asserted.expectation.same_as = None;
        }
        Arc::new(step)
    };
    let steps = tests[0].steps.iter().map(|step| blind(step)).collect();
    let test = TestCase { steps, ..tests[0].clone() };
    let change = Change::Other(ResponsePart::Body("/createdAt".to_owned()));
    let mutant = Mutant { kind: StepPart::SameAs, step: 1, change, must: Must::Fail(EXPECTATION) };
    let problem = |test: &TestCase| {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(run(&pack.contract, test, Some(&mutant))).problem(mutant.must)
    };
    assert_eq!(problem(&tests[0]), None);
    assert!(problem(&test).is_some_and(|problem| problem.starts_with("Passed")), "{:?}", problem(&test));
}

fn judge(kinds: &[StepPart], least_parts: usize, least_mutants: usize) -> Report {
    let pack = Pack::load();
    let tests = selected(&pack, kinds);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let report = runtime.block_on(report(&pack.contract, &tests, kinds));
    println!("{}", report.text());
    assert!(report.problems.is_empty(), "{}", report.problems.join("\n"));
    assert!(report.parts >= least_parts && report.mutants >= least_mutants, "{}", report.text());
    report
}

/// Quick copies of the tests that have a part of these kinds.
fn selected(pack: &Pack, kinds: &[StepPart]) -> Vec<TestCase> {
    let concerned = |test: &&TestCase| parts(test).iter().any(|(_, kind)| kinds.contains(kind));
    pack.tests.iter().filter(|test| !test.is_property()).filter(concerned).map(copy).collect()
}

#[derive(Default)]
struct Report {
    tests: usize,
    parts: usize,
    mutants: usize,
    /// The number of survived mutants for each row of `MAY_SURVIVE`, by the index of the row.
    open: BTreeMap<usize, usize>,
    problems: Vec<String>,
}

impl Report {
    fn text(&self) -> String {
        let survive: usize = self.open.values().sum();
        let mut text = format!(
            "{} tests, {} parts, {} mutants, of which {survive} may survive",
            self.tests, self.parts, self.mutants
        );
        for (row, count) in &self.open {
            let (test, change, reason) = MAY_SURVIVE[*row];
            text.push_str(&format!("\n  {count} of {test}*: {change}: {reason}"));
        }
        text
    }
}

async fn report(contract: &Arc<Contract>, tests: &[TestCase], kinds: &[StepPart]) -> Report {
    let mut report = Report { tests: tests.len(), ..Report::default() };
    let controls: Vec<(&TestCase, Option<&Mutant>)> = tests.iter().map(|test| (test, None)).collect();
    let controls = run_all(contract, &controls).await;
    let mut planned: Vec<(&TestCase, Mutant)> = Vec::new();
    for (test, (record, problem)) in tests.iter().zip(controls) {
        report.problems.extend(problem.map(|problem| format!("{}: unchanged: {problem}", test.name)));
        let of_kinds = |(_, kind): &(usize, StepPart)| kinds.contains(kind);
        report.parts += parts(test).iter().filter(|part| of_kinds(part)).count();
        let mutants = mutants(test, &record).into_iter().filter(|mutant| kinds.contains(&mutant.kind));
        planned.extend(mutants.map(|mutant| (test, mutant)));
    }
    report.mutants = planned.len();
    let changed: Vec<(&TestCase, Option<&Mutant>)> = planned.iter().map(|(test, one)| (*test, Some(one))).collect();
    for ((test, mutant), (_, problem)) in planned.iter().zip(run_all(contract, &changed).await) {
        let known = |(name, change, _): &(&str, &str, &str)| {
            test.name.starts_with(name) && mutant.description().contains(change)
        };
        match (problem, MAY_SURVIVE.iter().position(known)) {
            (Some(problem), Some(row)) if problem.starts_with("Passed") => *report.open.entry(row).or_default() += 1,
            (Some(problem), _) => report.problems.push(format!("{}: {}: {problem}", test.name, mutant.description())),
            (None, _) => {}
        }
    }
    report
}

type Run<'t> = (&'t TestCase, Option<&'t Mutant>);

/// Runs all tests, and retries those with a problem. Returns the problems of the last runs.
async fn run_all(contract: &Arc<Contract>, runs: &[Run<'_>]) -> Vec<(TestRecord, Option<String>)> {
    let one = |index: usize| async move {
        let (test, mutant) = runs[index];
        let _slot = SLOTS.acquire().await.expect("a slot");
        let outcome = run(contract, test, mutant).await;
        let problem = match mutant {
            Some(mutant) => outcome.problem(mutant.must),
            None if outcome.verdict == Verdict::Passed => None,
            None => {
                Some(format!("{:?} {:?} {:?}", outcome.verdict, outcome.record.inconclusive, outcome.record.findings))
            }
        };
        (index, (outcome.record, problem))
    };
    let all: Vec<usize> = (0..runs.len()).collect();
    let mut outcomes: BTreeMap<usize, _> =
        futures_util::stream::iter(all.into_iter().map(one)).buffer_unordered(runs.len().max(1)).collect().await;
    let with_problems: Vec<usize> =
        outcomes.iter().filter(|(_, (_, problem))| problem.is_some()).map(|(index, _)| *index).collect();
    let again: Vec<_> = futures_util::stream::iter(with_problems.into_iter().map(one))
        .buffer_unordered(CONCURRENT_RETRIES)
        .collect()
        .await;
    outcomes.extend(again);
    outcomes.into_values().collect()
}
