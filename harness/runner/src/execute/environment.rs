//! The state that all tests of a run share: contract, target, client, created resources, rate-limit pauses, locks.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use super::created::CreatedResources;
use super::fixtures::FixturePool;
use super::phases::Phases;
use super::quota::Quotas;
use crate::client::{HttpClient, Network};
use crate::webhook::Receiver;
use generate::Sampling;
use judge::exchange::Response;
use judge::target::Target;
use judge::verdict::INTERRUPTED;
use spec::contract::Contract;

/// How many generated cases may be in flight at a time, over all properties.
const CASES_IN_FLIGHT: usize = 32;
/// Texts share so many locks: a run has any number of texts, and few are in flight at a time.
const TEXT_LOCKS: usize = 256;

/// Why a run stops early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The deadline of the run has passed.
    Deadline,
    /// Ctrl-C or a termination signal.
    Interrupt,
}

impl Stop {
    /// The reason as shown in reports.
    pub fn reason(self) -> &'static str {
        match self {
            Stop::Deadline => "the deadline of the run has passed",
            Stop::Interrupt => INTERRUPTED,
        }
    }
}

/// The state that all tests of a run share.
pub struct Environment {
    pub contract: Arc<Contract>,
    pub target: Target,
    pub client: HttpClient,
    /// The resources that tests created and that were not deleted yet.
    pub created: CreatedResources,
    /// Our webhook endpoints, if the target can reach us.
    pub receiver: Option<Receiver>,
    /// How properties generate their cases.
    pub sampling: Sampling,
    /// Whether the failing cases of properties are shrunk.
    pub(super) shrinks: bool,
    /// Whether requests contain their description, for a proxy that removes it.
    pub(super) describes_requests: bool,
    cases: Semaphore,
    /// Held while a request with a large document is prepared, sent and judged.
    pub(super) documents: tokio::sync::Mutex<()>,
    stop: watch::Receiver<Option<Stop>>,
    /// When the run noticed that it must stop.
    stopped_at: OnceLock<Instant>,
    run: String,
    counter: AtomicU64,
    /// How far the target's clock is ahead of ours, in seconds.
    clock_ahead: AtomicI64,
    /// The hashes of all request ids, because a target may send long ones.
    request_ids: Mutex<HashSet<u128>>,
    pauses: Mutex<HashMap<String, Instant>>,
    /// Shared fixtures that are ready for the next test.
    pub(super) fixtures: FixturePool,
    /// What the responses show about quotas.
    pub(super) quotas: Quotas,
    /// Whether scenarios or properties are running.
    pub(super) phases: Phases,
    locks: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    text_locks: Vec<tokio::sync::Mutex<()>>,
}

impl Environment {
    /// `run` is a token of lower-case letters and digits that is unique to the run.
    pub fn new(
        contract: Arc<Contract>,
        target: Target,
        client: HttpClient,
        receiver: Option<Receiver>,
        run: String,
        stop: watch::Receiver<Option<Stop>>,
    ) -> Self {
        Self {
            contract,
            target,
            client,
            created: CreatedResources::default(),
            receiver,
            sampling: Sampling::default(),
            shrinks: true,
            describes_requests: false,
            cases: Semaphore::new(CASES_IN_FLIGHT),
            documents: tokio::sync::Mutex::default(),
            stop,
            stopped_at: OnceLock::new(),
            run,
            counter: AtomicU64::new(0),
            clock_ahead: AtomicI64::new(0),
            request_ids: Mutex::default(),
            pauses: Mutex::default(),
            fixtures: FixturePool::default(),
            quotas: Quotas::default(),
            phases: Phases::default(),
            locks: Mutex::default(),
            text_locks: std::iter::repeat_with(tokio::sync::Mutex::default).take(TEXT_LOCKS).collect(),
        }
    }

    /// Notes the offset of the target's clock, from the `Date` header.
    pub(super) fn note_clock(&self, response: &Response) {
        let date = response.header("date").and_then(|text| DateTime::parse_from_rfc2822(text).ok());
        // A clock that is off by centuries is no clock, and adding such a distance overflows.
        if let Some(date) = date.filter(|date| (Utc::now() - date.to_utc()).abs() < TimeDelta::days(36_500)) {
            self.clock_ahead.store(date.timestamp() - Utc::now().timestamp(), Ordering::Relaxed);
        }
    }

    /// The time for signing events: our time, unless the target's clock is further off than a slow response explains.
    pub(super) fn signing_time(&self) -> DateTime<Utc> {
        const IGNORED_SECONDS: i64 = 5;
        let ahead = self.clock_ahead.load(Ordering::Relaxed);
        if ahead.abs() > IGNORED_SECONDS { Utc::now() + TimeDelta::seconds(ahead) } else { Utc::now() }
    }

    /// The environment of a run within this process that nothing stops: with a client of its own, and a webhook receiver
    /// on loopback.
    pub async fn on_loopback(contract: Arc<Contract>, target: Target) -> Result<Self, String> {
        let address = ([127, 0, 0, 1], 0).into();
        let receiver = Receiver::start(address, None, target.webhook_timeout).await;
        Self::with_receiver(contract, target, receiver.map_err(|error| error.to_string())?)
    }

    /// The same with a webhook receiver that is running already.
    pub fn with_receiver(contract: Arc<Contract>, target: Target, receiver: Receiver) -> Result<Self, String> {
        let client = HttpClient::new(&target.url, &Network::default())?;
        let (_stop, stopped) = watch::channel(None);
        Ok(Self::new(contract, target, client, Some(receiver), super::token(), stopped))
    }

    /// The same environment with another sampling of generated cases.
    #[must_use]
    pub fn with_sampling(self, sampling: Sampling) -> Self {
        Self { sampling, ..self }
    }

    /// The same environment, in which failing cases are reported as generated: for those who ask only whether a
    /// property fails.
    #[must_use]
    pub fn without_shrinking(self) -> Self {
        Self { shrinks: false, ..self }
    }

    /// The same environment, in which requests contain their description: for a proxy that recognizes them by it.
    #[must_use]
    pub fn describing_requests(self) -> Self {
        Self { describes_requests: true, ..self }
    }

    /// Waits until one more generated case may be in flight. It is in flight until the permit is dropped.
    pub(super) async fn case_permit(&self) -> Option<SemaphorePermit<'_>> {
        self.cases.acquire().await.ok()
    }

    /// A unique token of lower-case letters and digits.
    pub fn unique(&self) -> String {
        format!("{}{}", self.run, base36(self.counter.fetch_add(1, Ordering::Relaxed)))
    }

    /// Why the run must stop, if it must.
    pub fn stopped(&self) -> Option<Stop> {
        let stop = *self.stop.borrow();
        self.noted(stop)
    }

    fn noted(&self, stop: Option<Stop>) -> Option<Stop> {
        if stop.is_some() {
            self.stopped_at.get_or_init(Instant::now);
        }
        stop
    }

    /// Waits until cleanup must end: for `longest`, but not beyond `grace` after the deadline of the run.
    pub(super) async fn until_cleanup_must_end(&self, longest: Duration, grace: Duration) {
        let deadline = async {
            match self.until_stopped().await {
                Stop::Deadline => {
                    let passed = self.stopped_at.get_or_init(Instant::now);
                    tokio::time::sleep_until((*passed + grace).into()).await;
                }
                // Who interrupts a run waits for its cleanup, or interrupts it again.
                Stop::Interrupt => std::future::pending().await,
            }
        };
        tokio::select! {
            () = deadline => {}
            () = tokio::time::sleep(longest) => {}
        }
    }

    /// Waits until the run must stop.
    pub(crate) async fn until_stopped(&self) -> Stop {
        let mut stop = self.stop.clone();
        match stop.wait_for(Option::is_some).await {
            Ok(reason) => self.noted(*reason).unwrap_or(Stop::Interrupt),
            // The sender is gone, so nothing can stop the run.
            Err(_) => std::future::pending().await,
        }
    }

    /// Records a request id and says whether an earlier response had it. `None` for the first id of the run, because
    /// there is nothing to compare it with.
    pub(super) fn request_id_seen(&self, id: &str) -> Option<bool> {
        let mut seen = self.request_ids.lock();
        let is_first = seen.is_empty();
        let hash: [u8; 16] = std::array::from_fn({
            let digest = Sha256::digest(id);
            move |at| digest[at]
        });
        let is_new = seen.insert(u128::from_be_bytes(hash));
        (!is_first).then_some(!is_new)
    }

    pub(super) fn lock(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        self.locks.lock().entry(name.to_owned()).or_default().clone()
    }

    /// The lock of a text: the same for equal texts, and now and then for others.
    pub(super) fn text_lock(&self, text: &str) -> &tokio::sync::Mutex<()> {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        &self.text_locks[usize::try_from(hasher.finish()).unwrap_or(usize::MAX) % TEXT_LOCKS]
    }

    /// Waits until the rate limit allows the actor to send again.
    pub(super) async fn wait_for(&self, actor: &str) {
        let until = self.pauses.lock().get(actor).copied();
        if let Some(until) = until {
            tokio::time::sleep_until(until.into()).await;
        }
    }

    /// Records that an actor must not send until the delay has passed.
    pub(super) fn pause(&self, actor: &str, delay: Duration) {
        let until = Instant::now() + delay;
        let mut pauses = self.pauses.lock();
        let entry = pauses.entry(actor.to_owned()).or_insert(until);
        *entry = until.max(*entry);
    }
}

/// A number in base 36, with the digits 0 to 9 and a to z.
pub(crate) fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().collect()
}
