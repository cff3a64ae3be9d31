//! Blind expectations at run time: every part of a scenario that is about several answers (`keep`, `same_as`, `poll`,
//! `burst`, `wait`, `await`) is once answered wrongly, and its test must then fail.
//!
//! The tests of the default pack are run against the embedded reference through two proxies: one changes the answers to
//! one step, the other the deliveries of webhooks. Each test must pass where nothing is changed. Parts are found by
//! looking at the steps. `blind.rs` judges what is about one answer, without sending.

#[path = "blind_runs/bench.rs"]
mod bench;
#[path = "blind_runs/change.rs"]
mod change;
#[path = "blind_runs/hooks.rs"]
mod hooks;
#[expect(dead_code, reason = "headers are judged on one answer, by blind.rs")]
#[path = "blind/matching.rs"]
mod matching;
#[path = "blind_runs/mutants.rs"]
mod mutants;
#[path = "blind_runs/proxy.rs"]
mod proxy;

use std::collections::BTreeMap;
use std::sync::Arc;

use bench::{Pack, copy, run};
use change::{Change, Place};
use futures_util::StreamExt as _;
use judge::finding::EXPECTATION;
use judge::record::TestRecord;
use judge::verdict::Verdict;
use mutants::{Kind, Must, Mutant, mutants, parts};
use spec::contract::Contract;
use spec::scenario::{Expect, Step, TestCase};
use tokio::sync::Semaphore;

/// How many tests run at a time in this process, each with a dozen sockets; most of them wait.
static SLOTS: Semaphore = Semaphore::const_new(64);
/// What went wrong runs once more when the others have ended: a busy machine can make an answer late, but not twice.
const AGAIN_AT_A_TIME: usize = 4;

const CALLER: &str = "who may not do it is refused, whatever is named";
const ON_DEMAND: &str = "the failure is asked for, and comes whatever is named";
const ANY_ANSWER: &str = "every documented answer may come, so that any customer will do";
const ONE_SIDE: &str = "the number is bounded on the other side only";
const OTHER_SECRET: &str = "every secret but the shared one is refused";
const ABSENT: &str = "what does not exist is not there either";

/// Mutants that may survive: the beginning of the test's name, a part of what is changed, and why any value will do.
const OPEN: &[(&str, &str, &str)] = &[
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
    ("resources/conflict::invalid-value-in-an-immutable-field-is-refused/", "Other(Body(\"/id\"))", ANY_ANSWER),
    ("resources/conflict::unchanged-immutable-fields-never-break-the-server", "Other(", ANY_ANSWER),
    ("resources/duplicate::update-to-an-email-in-use-never-breaks-the-server", "Other(Body(\"/id\"))", ANY_ANSWER),
    ("resources/not-found::a-new-customer-does-not-restore-a-deleted-one", "Other(Body(\"/email\"))", ANY_ANSWER),
    ("resources/not-found::not-listed-in-another-environment", "Other(Body(\"/id\"))", ABSENT),
    ("server-errors/internal-server-error::failure-on-demand", "Other(Body(\"/id\"))", ON_DEMAND),
    ("server-errors/internal-server-error::failure-for-every-actor", "Other(Body(\"/id\"))", ON_DEMAND),
    ("server-errors/service-unavailable::maintenance-on-demand", "Other(Body(\"/id\"))", ON_DEMAND),
    ("server-errors/service-unavailable::maintenance-for-every-actor", "Other(Body(\"/id\"))", ON_DEMAND),
    (
        "statuses/no-other-status::accept-header-without-json-gets-a-documented-status/",
        "Other(Body(\"/id\"))",
        ANY_ANSWER,
    ),
    ("validation/invalid-document-format::unusual-content-never-breaks-the-server", "Other(Body(\"/id\"))", ANY_ANSWER),
    (
        "validation/invalid-document-format::unusual-declaration-never-breaks-the-server",
        "Other(Body(\"/id\"))",
        ANY_ANSWER,
    ),
    ("validation/validation-error::an-empty-update-never-breaks-the-server", "Other(Body(\"/id\"))", ANY_ANSWER),
    ("validation/validation-error::invalid-utf-8-never-breaks-the-server/", "Other(Body(\"/id\"))", ANY_ANSWER),
    ("validation/validation-error::unusual-optional-fields-never-break-the-server", "Other(Body(\"/id\"))", ANY_ANSWER),
    ("validation/validation-error::unusual-text", "Other(Body(\"/id\"))", ANY_ANSWER),
    ("validation/validation-error::unusual-but-valid-json-is-handled", "Other(Body(\"/id\"))", ANY_ANSWER),
    ("validation/validation-error::unknown-members-never-break-the-server/", "Other(Body(\"/id\"))", ANY_ANSWER),
    ("validation/validation-error::very-long-text/", "Other(Body(\"/id\"))", ANY_ANSWER),
    ("webhooks/inbound-signature::secret-of-a-registered-webhook", "Other(Body(\"/secret\"))", OTHER_SECRET),
];

#[test]
fn no_kept_value_is_ignored() {
    let report = judge(&[Kind::Keep], 800, 2_400);
    let unused: Vec<_> = (0..OPEN.len()).filter(|row| !report.open.contains_key(row)).map(|row| OPEN[row].0).collect();
    assert!(unused.is_empty(), "nothing survives that these rows of OPEN let pass: {unused:?}");
}

#[test]
fn an_answer_that_must_repeat_another_is_compared_with_it() {
    judge(&[Kind::SameAs], 2, 25);
}

#[test]
fn no_poll_ends_before_its_time() {
    judge(&[Kind::Poll], 10, 90);
}

#[test]
fn no_burst_passes_without_its_refusal() {
    judge(&[Kind::Burst, Kind::Wait], 14, 40);
}

#[test]
fn no_awaited_delivery_goes_unjudged() {
    judge(&[Kind::Await], 16, 300);
}

#[test]
fn a_blind_test_is_noticed() {
    let pack = Pack::load();
    let tests = selected(&pack, &[Kind::SameAs]);
    let blind = |step: &Step| {
        let expect = step.expect.clone().map(|expect| Expect { same_as: None, ..expect });
        Arc::new(Step { expect, ..step.clone() })
    };
    let steps = tests[0].steps.iter().map(|step| blind(step)).collect();
    let test = TestCase { steps, ..tests[0].clone() };
    let change = Change::Other(Place::Body("/createdAt".to_owned()));
    let mutant = Mutant { kind: Kind::SameAs, step: 1, change, must: Must::Fail(EXPECTATION) };
    let problem = |test: &TestCase| {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(run(&pack.contract, test, Some(&mutant))).problem(mutant.must)
    };
    assert_eq!(problem(&tests[0]), None);
    assert!(problem(&test).is_some_and(|problem| problem.starts_with("Passed")), "{:?}", problem(&test));
}

fn judge(kinds: &[Kind], least_parts: usize, least_mutants: usize) -> Report {
    let pack = Pack::load();
    let tests = selected(&pack, kinds);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let report = runtime.block_on(report(&pack.contract, &tests, kinds));
    println!("{}", report.text());
    assert!(report.problems.is_empty(), "{}", report.problems.join("\n"));
    assert!(report.parts >= least_parts && report.mutants >= least_mutants, "{}", report.text());
    report
}

/// The tests with a part of these kinds, every row of each, as copies that are quick.
fn selected(pack: &Pack, kinds: &[Kind]) -> Vec<TestCase> {
    let concerned = |test: &&TestCase| parts(&pack.contract, test).iter().any(|(_, kind)| kinds.contains(kind));
    pack.tests.iter().filter(|test| test.property.is_none()).filter(concerned).map(copy).collect()
}

#[derive(Default)]
struct Report {
    tests: usize,
    parts: usize,
    mutants: usize,
    /// How many mutants survived that a row of `OPEN` lets pass, by the number of the row.
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
            let (test, change, why) = OPEN[*row];
            text.push_str(&format!("\n  {count} of {test}*: {change}: {why}"));
        }
        text
    }
}

async fn report(contract: &Arc<Contract>, tests: &[TestCase], kinds: &[Kind]) -> Report {
    let mut report = Report { tests: tests.len(), ..Report::default() };
    let controls: Vec<(&TestCase, Option<&Mutant>)> = tests.iter().map(|test| (test, None)).collect();
    let controls = run_all(contract, &controls).await;
    let mut planned: Vec<(&TestCase, Mutant)> = Vec::new();
    for (test, (record, problem)) in tests.iter().zip(controls) {
        report.problems.extend(problem.map(|problem| format!("{}: unchanged: {problem}", test.name)));
        let of_kinds = |(_, kind): &(usize, Kind)| kinds.contains(kind);
        report.parts += parts(contract, test).iter().filter(|part| of_kinds(part)).count();
        let mutants = mutants(contract, test, &record).into_iter().filter(|mutant| kinds.contains(&mutant.kind));
        planned.extend(mutants.map(|mutant| (test, mutant)));
    }
    report.mutants = planned.len();
    let changed: Vec<(&TestCase, Option<&Mutant>)> = planned.iter().map(|(test, one)| (*test, Some(one))).collect();
    for ((test, mutant), (_, problem)) in planned.iter().zip(run_all(contract, &changed).await) {
        let known =
            |(name, change, _): &(&str, &str, &str)| test.name.starts_with(name) && mutant.named().contains(change);
        match (problem, OPEN.iter().position(known)) {
            (Some(problem), Some(row)) if problem.starts_with("Passed") => *report.open.entry(row).or_default() += 1,
            (Some(problem), _) => report.problems.push(format!("{}: {}: {problem}", test.name, mutant.named())),
            (None, _) => {}
        }
    }
    report
}

type Run<'t> = (&'t TestCase, Option<&'t Mutant>);

/// Runs all, and once more what went wrong; says what went wrong then.
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
    let wrong: Vec<usize> =
        outcomes.iter().filter(|(_, (_, problem))| problem.is_some()).map(|(index, _)| *index).collect();
    let again: Vec<_> =
        futures_util::stream::iter(wrong.into_iter().map(one)).buffer_unordered(AGAIN_AT_A_TIME).collect().await;
    outcomes.extend(again);
    outcomes.into_values().collect()
}
