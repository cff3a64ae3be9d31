//! What all tests of a run share.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use super::created::CreatedResources;
use super::phases::Phases;
use super::quota::Quotas;
use super::shared::Shelf;
use crate::contract::Contract;
use crate::exchange::Response;
use crate::fuzz::Sampling;
use crate::target::{HttpClient, Receiver, Target};

/// How many drawn cases of all properties together are under way at a time.
const CASES_IN_FLIGHT: usize = 32;

/// Why a run ends before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The time for the whole run is over.
    Deadline,
    /// Somebody pressed Ctrl-C, or the process was asked to end.
    Interrupt,
}

impl Stop {
    /// The reason as reports give it.
    pub fn reason(self) -> &'static str {
        match self {
            Stop::Deadline => "the deadline of the run passed first",
            Stop::Interrupt => "the run was interrupted",
        }
    }
}

/// What all tests of a run share.
pub struct Environment {
    /// The contract.
    pub contract: Arc<Contract>,
    /// The target.
    pub target: Target,
    /// The client.
    pub client: HttpClient,
    /// What was made and is still there.
    pub created: CreatedResources,
    /// Our endpoints for the target's webhooks, where it can reach us.
    pub receiver: Option<Receiver>,
    /// By what properties draw their cases.
    pub sampling: Sampling,
    cases: Semaphore,
    stop: watch::Receiver<Option<Stop>>,
    run: String,
    counter: AtomicU64,
    /// How far the target's clock is ahead of ours, in seconds.
    clock_ahead: AtomicI64,
    request_ids: Mutex<HashSet<String>>,
    pauses: Mutex<HashMap<String, Instant>>,
    /// Fixtures that wait for the next test.
    pub(super) shelf: Shelf,
    /// What the answers have shown of quotas.
    pub(super) quotas: Quotas,
    /// Whether scenarios or properties are under way.
    pub(super) phases: Phases,
    locks: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Environment {
    /// An environment; `run` is a token of lower-case letters and digits that no other run has.
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
            cases: Semaphore::new(CASES_IN_FLIGHT),
            stop,
            run,
            counter: AtomicU64::new(0),
            clock_ahead: AtomicI64::new(0),
            request_ids: Mutex::default(),
            pauses: Mutex::default(),
            shelf: Shelf::default(),
            quotas: Quotas::default(),
            phases: Phases::default(),
            locks: Mutex::default(),
        }
    }

    /// Notes how the target's clock goes, where it shows it.
    pub(super) fn note_clock(&self, response: &Response) {
        if let Some(date) = response.header("date").and_then(|text| DateTime::parse_from_rfc2822(text).ok()) {
            self.clock_ahead.store(date.timestamp() - Utc::now().timestamp(), Ordering::Relaxed);
        }
    }

    /// The time at which events are signed: ours, unless the target's clock is further off than an answer may be late.
    pub(super) fn signing_time(&self) -> DateTime<Utc> {
        const UNNOTICED: i64 = 5;
        let ahead = self.clock_ahead.load(Ordering::Relaxed);
        if ahead.abs() > UNNOTICED { Utc::now() + TimeDelta::seconds(ahead) } else { Utc::now() }
    }

    /// The same with other draws than the default ones.
    #[must_use]
    pub fn with_sampling(self, sampling: Sampling) -> Self {
        Self { sampling, ..self }
    }

    /// Waits until one more drawn case may be under way; it is until the permit is dropped.
    pub(super) async fn case_permit(&self) -> Option<SemaphorePermit<'_>> {
        self.cases.acquire().await.ok()
    }

    /// Lower-case letters and digits that nobody else has.
    pub fn unique(&self) -> String {
        format!("{}{}", self.run, base36(self.counter.fetch_add(1, Ordering::Relaxed)))
    }

    /// Why the run is to end, if it is.
    pub fn stopped(&self) -> Option<Stop> {
        *self.stop.borrow()
    }

    /// Returns when the run is to end.
    pub async fn until_stopped(&self) -> Stop {
        let mut stop = self.stop.clone();
        match stop.wait_for(Option::is_some).await {
            Ok(reason) => reason.unwrap_or(Stop::Interrupt),
            // Nobody can stop the run any more.
            Err(_) => std::future::pending().await,
        }
    }

    /// Whether another answer had that request id; from now on this one has it. `None` for the first answer of the run
    /// that has one, since there is no other to compare it with.
    pub(super) fn request_id_seen(&self, id: &str) -> Option<bool> {
        let mut seen = locked(&self.request_ids);
        let is_first = seen.is_empty();
        let is_new = seen.insert(id.to_owned());
        (!is_first).then_some(!is_new)
    }

    /// The lock of that name.
    pub(super) fn lock(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        locked(&self.locks).entry(name.to_owned()).or_default().clone()
    }

    /// Waits while an actor was told to come back later.
    pub(super) async fn wait_for(&self, actor: &str) {
        let until = locked(&self.pauses).get(actor).copied();
        if let Some(until) = until {
            tokio::time::sleep_until(until.into()).await;
        }
    }

    /// Takes down that an actor was told to come back later.
    pub(super) fn pause(&self, actor: &str, delay: Duration) {
        let until = Instant::now() + delay;
        let mut pauses = locked(&self.pauses);
        let entry = pauses.entry(actor.to_owned()).or_insert(until);
        *entry = until.max(*entry);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A number in the digits 0 to 9 and a to z.
pub fn base36(mut number: u64) -> String {
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
