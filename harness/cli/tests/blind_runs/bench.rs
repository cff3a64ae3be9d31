//! One run of one test: a reference of its own, and the two proxies between it and the harness.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use cli::run::load;
use judge::check::DELIVERY_CHECKS;
use judge::coverage::Evidence;
use judge::finding::EXPECTATION;
use judge::record::TestRecord;
use judge::target::Target;
use judge::verdict::{Rules, Verdict};
use mutate::embedded::start_with;
use runner::client::{HttpClient, Network};
use runner::execute::{Environment, run_test, token};
use runner::webhook::Receiver;
use spec::contract::Contract;
use spec::scenario::{Step, TestCase};
use tokio::net::TcpListener;

use super::change::Change;
use super::hooks::{self, Hooks};
use super::mutants::{Must, Mutant};
use super::proxy::{Proxy, STEP};

/// Bounds of the copies that are run: the reference answers and delivers at once.
const POLL_SECONDS: u32 = 2;
const BURST: u32 = 60;
/// How long an awaited attempt may take, and what everything else may take.
const ATTEMPT_SECONDS: u32 = 2;
const SLACK_SECONDS: u32 = 3;

pub struct Pack {
    pub contract: Arc<Contract>,
    pub tests: Vec<TestCase>,
}

impl Pack {
    pub fn load() -> Self {
        // The proxy's client asks for one, although it speaks no TLS; another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
        Self { contract: Arc::new(contract), tests: library.tests }
    }
}

pub struct Outcome {
    pub verdict: Verdict,
    pub record: TestRecord,
    /// Whether anything was changed.
    pub changed: bool,
}

impl Outcome {
    /// What is wrong with this run of a mutant, if anything is.
    pub fn problem(&self, must: Must) -> Option<String> {
        let reason = self.record.inconclusive.as_deref().unwrap_or_default();
        let told = || format!("{:?} {reason}", self.verdict);
        let passed = matches!(self.verdict, Verdict::Passed | Verdict::Warned | Verdict::Skipped);
        let upheld = |(_, evidence): (&str, &Evidence)| evidence.checks.contains(EXPECTATION);
        match must {
            _ if !self.changed => Some(format!("nothing was changed ({})", told())),
            Must::Fail(check) => (self.verdict != Verdict::Failed || !self.speaks_alone(check))
                .then(|| format!("{}, by {:?}, where {check} must speak", told(), self.checks())),
            Must::NotPass => passed.then(told),
            Must::NotUphold => (passed && self.record.coverage.evidence().any(upheld)).then(told),
        }
    }

    fn checks(&self) -> BTreeSet<&str> {
        self.record.findings.iter().map(|finding| finding.check.as_str()).collect()
    }

    /// Whether a check speaks, and no other that judges deliveries does.
    fn speaks_alone(&self, check: &str) -> bool {
        let checks = self.checks();
        checks.contains(check) && DELIVERY_CHECKS.iter().all(|one| one.name == check || !checks.contains(one.name))
    }
}

/// The copy of a test that is run: each request says which step sends it, and nothing takes longer than it must.
pub fn copy(test: &TestCase) -> TestCase {
    let mut copy = test.clone();
    for (index, step) in copy.steps.iter_mut().enumerate() {
        let mut one = Step::clone(step);
        if one.call.is_some() {
            one.headers.insert(STEP.to_owned(), Some(index.to_string()));
        }
        if let Some(poll) = &mut one.poll {
            poll.within_seconds = poll.within_seconds.min(POLL_SECONDS);
        }
        if let Some(burst) = &mut one.burst {
            burst.at_most = burst.at_most.min(BURST);
        }
        if let Some(wanted) = &mut one.deliveries {
            wanted.within_seconds = Some(wanted.attempts * ATTEMPT_SECONDS + SLACK_SECONDS);
        }
        *step = Arc::new(one);
    }
    copy
}

/// Runs a test; `copy` has made it.
pub async fn run(contract: &Arc<Contract>, test: &TestCase, mutant: Option<&Mutant>) -> Outcome {
    let embedded = start_with(&[], &[]).await.expect("the reference starts");
    let proxy = Proxy::start(embedded.url(), mutant.cloned()).await;
    let (receiver, hooks) = receiver(contract, test, &proxy, mutant, embedded.webhook_timeout).await;
    let target = Target { url: proxy.url.clone(), ..embedded.target() };
    let client = HttpClient::new(&target.url, &Network::default()).expect("a client");
    let (_sender, stop) = tokio::sync::watch::channel(None);
    let environment = Environment::new(contract.clone(), target, client, Some(receiver), token(), stop);
    let record = run_test(&environment, test).await;
    // Where a recommendation is not followed, that is noticed, too.
    let rules = Rules { strict: true, today: NaiveDate::default(), ..Rules::default() };
    let verdict = rules.judge(&test.name, &record).verdict;
    Outcome { verdict, record, changed: proxy.changed() + hooks.changed() > 0 }
}

/// A webhook receiver behind a proxy. The target gets the URL of the proxy.
async fn receiver(
    contract: &Contract,
    test: &TestCase,
    proxy: &Proxy,
    mutant: Option<&Mutant>,
    timeout: std::time::Duration,
) -> (Receiver, Hooks) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let (receiver, address) = loop {
        // Found and let go, since the receiver says only where the target reaches it; another may take it meanwhile.
        let free = TcpListener::bind("127.0.0.1:0").await.and_then(|free| free.local_addr()).expect("a port");
        if let Ok(receiver) = Receiver::start(free, Some(&base), timeout).await {
            break (receiver, free);
        }
    };
    let change = mutant.and_then(|mutant| match &mutant.change {
        Change::Delivery(change) => Some(*change),
        _ => None,
    });
    let awaited = test.steps.iter().find_map(|step| step.deliveries.as_ref());
    let shared = hooks::Shared {
        base,
        receiver: address.to_string(),
        signing: contract.conventions.signing.clone().expect("how deliveries are signed"),
        change,
        attempts: awaited.map_or(0, |wanted| wanted.attempts as usize),
        secret: Box::new(proxy.secrets()),
        passed: 0.into(),
        changed: 0.into(),
    };
    (receiver, Hooks::start(listener, shared))
}
