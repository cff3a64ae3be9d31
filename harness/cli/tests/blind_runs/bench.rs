//! Runs one test against its own reference, with the two proxies between reference and harness.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use judge::check::DELIVERY_CHECKS;
use judge::coverage::Evidence;
use judge::finding::EXPECTATION;
use judge::record::TestRecord;
use judge::target::Target;
use judge::verdict::{Rules, Verdict};
use mutate::embedded::start_with;
use runner::execute::{Environment, run_test};
use runner::webhook::Receiver;
use spec::contract::Contract;
use spec::scenario::plan::Repetition;
use spec::scenario::template::Template;
use spec::scenario::{Action, Step, TestCase};
use tokio::net::TcpListener;

use super::change::Change;
use super::hooks::{self, Hooks};
use super::mutants::{Must, Mutant};
use super::proxy::{self, STEP, Secrets};
use super::shared::{DEFAULT, pack};

/// Limits for the copies of the tests. They are low, because the reference responses and delivers at once.
const POLL_SECONDS: u32 = 2;
const BURST: u32 = 60;
/// The time limits of an awaited attempt, and of the rest of the step.
const ATTEMPT_SECONDS: u32 = 2;
const SLACK_SECONDS: u32 = 3;

pub struct Pack {
    pub contract: Arc<Contract>,
    pub tests: Vec<TestCase>,
}

impl Pack {
    pub fn load() -> Self {
        let (contract, library) = pack(DEFAULT);
        Self { contract, tests: library.tests }
    }
}

pub struct RunResult {
    pub verdict: Verdict,
    pub record: TestRecord,
    /// True if a response or a delivery was changed.
    pub changed: bool,
}

impl RunResult {
    /// The problem of this run, if the result is not the required one.
    pub fn problem(&self, must: Must) -> Option<String> {
        let reason = self.record.inconclusive.as_deref().unwrap_or_default();
        let described = || format!("{:?} {reason}", self.verdict);
        let passed = matches!(self.verdict, Verdict::Passed | Verdict::Warned | Verdict::Skipped);
        let upheld = |(_, evidence): (&str, &Evidence)| evidence.checks.contains(EXPECTATION);
        match must {
            _ if !self.changed => Some(format!("nothing was changed ({})", described())),
            Must::Fail(check) => (self.verdict != Verdict::Failed || !self.is_only_reporter(check))
                .then(|| format!("{}, reported by {:?}, expected {check}", described(), self.checks())),
            Must::FailAsUndocumented => {
                let reported = [EXPECTATION, "success-body"].iter().any(|check| self.checks().contains(check));
                (self.verdict != Verdict::Failed || !reported).then(described)
            }
            Must::NotPass => passed.then(described),
            Must::NotUphold => (passed && self.record.coverage.evidence().any(upheld)).then(described),
        }
    }

    fn checks(&self) -> BTreeSet<&str> {
        self.record.findings.iter().map(|finding| finding.check.as_str()).collect()
    }

    /// True if this check has a finding, and no other check of deliveries has one.
    fn is_only_reporter(&self, check: &str) -> bool {
        let checks = self.checks();
        checks.contains(check) && DELIVERY_CHECKS.iter().all(|one| one.name == check || !checks.contains(one.name))
    }
}

/// A copy of a test for a run. Each request has a header with its step, and the time limits are short.
pub fn copy(test: &TestCase) -> TestCase {
    let mut copy = test.clone();
    for (index, step) in copy.steps.iter_mut().enumerate() {
        let mut one = Step::clone(step);
        match &mut one.action {
            Action::Call(call) => {
                call.headers.push((Template::literal(STEP), Some(Template::literal(index.to_string()))));
                match &mut call.repetition {
                    Repetition::Poll(poll) => poll.within_seconds = poll.within_seconds.min(POLL_SECONDS),
                    Repetition::Burst(burst) => burst.at_most = burst.at_most.min(BURST),
                    Repetition::Once => {}
                }
            }
            Action::Await(awaited) => {
                awaited.within_seconds = Some(awaited.attempts * ATTEMPT_SECONDS + SLACK_SECONDS);
            }
            Action::Wait(_) | Action::Listen(_) => {}
        }
        *step = Arc::new(one);
    }
    copy
}

/// Runs a test that `copy` has returned.
pub async fn run(contract: &Arc<Contract>, test: &TestCase, mutant: Option<&Mutant>) -> RunResult {
    let embedded = start_with(&[], &[]).await.expect("the reference starts");
    let (proxy, secrets) = proxy::start(contract, &embedded.url(), mutant.cloned()).await;
    let (receiver, hooks) = receiver(contract, test, secrets, mutant, embedded.webhook_timeout).await;
    let target = Target { url: proxy.url().to_owned(), ..embedded.target() };
    let environment = Environment::with_receiver(contract.clone(), target, receiver).expect("an environment");
    let record = run_test(&environment, test).await;
    // With `strict`, a violated SHOULD clause fails the test, too.
    let rules = Rules { strict: true, today: NaiveDate::default(), ..Rules::default() };
    let verdict = rules.judge(&test.name, &record).verdict;
    RunResult { verdict, record, changed: proxy.triggered() + hooks.changed() > 0 }
}

/// A webhook receiver behind a proxy. The target gets the URL of the proxy.
async fn receiver(
    contract: &Contract,
    test: &TestCase,
    secrets: Secrets,
    mutant: Option<&Mutant>,
    timeout: std::time::Duration,
) -> (Receiver, Hooks) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let address = ([127, 0, 0, 1], 0).into();
    let receiver = Receiver::start(address, Some(&base), timeout).await.expect("a receiver");
    let change = mutant.and_then(|mutant| match &mutant.change {
        Change::Delivery(change) => Some(*change),
        _ => None,
    });
    let attempts = test.steps.iter().find_map(|step| match &step.action {
        Action::Await(awaited) => Some(awaited.attempts as usize),
        _ => None,
    });
    let shared = hooks::Shared {
        base,
        receiver: receiver.address().to_string(),
        signing: contract.conventions.signing.clone().expect("how deliveries are signed"),
        change,
        attempts: attempts.unwrap_or(0),
        secret: secrets,
        received: 0.into(),
        changed: 0.into(),
    };
    (receiver, Hooks::start(listener, shared))
}
