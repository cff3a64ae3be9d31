//! Delivers an event in up to three attempts. Each attempt has its own timestamp and signature.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::client::{self, Attempted, Target};
use super::log::{Log, Status};
use super::signature;
use crate::clock::TimeRules;

/// How events are delivered.
pub(crate) trait DeliveryRules: TimeRules {
    /// Whether webhooks get this event.
    fn announces(&self, _event: &str) -> bool {
        true
    }

    /// Whether a webhook gets events after this number of failed deliveries.
    fn is_served(&self, _failures: usize) -> bool {
        true
    }

    /// The text of an event.
    fn event(&self, body: Value, _event: &str, _customer_id: &str) -> String {
        body.to_string()
    }

    /// The delay before an event is sent.
    fn event_delay(&self, _event: &str) -> Duration {
        Duration::ZERO
    }

    /// WHK-6: how often an event is sent at most.
    fn attempts(&self) -> u32 {
        3
    }

    /// WHK-6: whether an unsuccessful attempt is the last one.
    fn is_final(&self, _attempt: &Attempt) -> bool {
        false
    }

    /// WHK-5: whether a response accepts the event.
    fn is_success(&self, status: u16) -> bool {
        (200..300).contains(&status)
    }

    /// WHK-5: how long a response may take.
    fn attempt_timeout(&self, permitted: Duration) -> Duration {
        permitted
    }

    /// WHK-5: whether an accepted event is delivered again.
    fn delivers_again(&self) -> bool {
        false
    }

    /// WHK-4: the timestamp and the signature of an attempt.
    fn signed(&self, attempt: &Signing) -> Vec<(&'static str, String)> {
        let timestamp = attempt.now.to_string();
        let text = signature::signed_text(&timestamp, attempt.body.as_bytes());
        let signature = hex::encode(signature::sign(attempt.secret, &text));
        vec![("X-Webhook-Timestamp", timestamp), ("X-Webhook-Signature", format!("sha256={signature}"))]
    }

    fn request(&self, headers: Vec<(&'static str, String)>, body: &str) -> Attempted {
        Attempted::new(headers, body)
    }

    fn log_delay(&self) -> Duration {
        Duration::ZERO
    }
}

/// What is signed in one attempt.
#[derive(Debug)]
pub(crate) struct Signing<'a> {
    pub(crate) number: u32,
    pub(crate) now: u64,
    pub(crate) secret: &'a str,
    pub(crate) body: &'a str,
}

/// How deliveries are made.
#[derive(Debug)]
pub(super) struct Deliverer<R: ?Sized> {
    pub(super) timeout: Duration,
    pub(super) pause: Duration,
    pub(super) rules: Arc<R>,
}

/// A delivery and everything that is needed to make it.
#[derive(Debug)]
pub(super) struct Job<R: ?Sized> {
    pub(super) webhook_id: String,
    pub(super) delivery_id: String,
    pub(super) target: Target,
    pub(super) secret: String,
    pub(super) body: String,
    pub(super) delay: Duration,
    pub(super) slots: Arc<Semaphore>,
    pub(super) deliverer: Arc<Deliverer<R>>,
    pub(super) log: Arc<Mutex<Log>>,
}

/// The result of one attempt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    Accepted,
    Status(u16),
    Unreachable(String),
    TimedOut,
}

/// Makes a delivery and logs its status.
pub(super) async fn deliver<R: DeliveryRules + ?Sized>(job: Job<R>) {
    let rules = &job.deliverer.rules;
    let most = rules.attempts();
    sleep(job.delay).await;
    for number in 1..=most {
        if number > 1 {
            sleep(job.deliverer.pause).await;
        }
        let attempt = job.attempt(number).await;
        if attempt == Attempt::Accepted {
            return job.accepted(number).await;
        }
        let last = number == most || rules.is_final(&attempt);
        job.record(number, if last { Status::Failed(problem(&attempt)) } else { Status::Pending }).await;
        if last {
            return;
        }
    }
}

fn problem(attempt: &Attempt) -> String {
    match attempt {
        Attempt::Accepted => "None".to_owned(),
        Attempt::Status(status) => format!("Endpoint returned {status} error"),
        Attempt::Unreachable(problem) => format!("Endpoint could not be reached: {problem}"),
        Attempt::TimedOut => "Endpoint did not respond in time".to_owned(),
    }
}

impl<R: DeliveryRules + ?Sized> Job<R> {
    async fn attempt(&self, number: u32) -> Attempt {
        let rules = &self.deliverer.rules;
        // The semaphore is never closed. If it were, the attempt would run without a slot.
        let _slot = self.slots.acquire().await.ok();
        let signing = Signing { number, now: rules.unix_seconds(), secret: &self.secret, body: &self.body };
        let request = rules.request(rules.signed(&signing), &self.body);
        match timeout(rules.attempt_timeout(self.deliverer.timeout), client::post(&self.target, request)).await {
            Err(_) => Attempt::TimedOut,
            Ok(Err(problem)) => Attempt::Unreachable(problem),
            Ok(Ok(status)) if rules.is_success(status) => Attempt::Accepted,
            Ok(Ok(status)) => Attempt::Status(status),
        }
    }

    async fn accepted(&self, number: u32) {
        self.record(number, Status::Delivered).await;
        if self.deliverer.rules.delivers_again() {
            sleep(self.deliverer.pause).await;
            self.attempt(number + 1).await;
        }
    }

    async fn record(&self, attempts: u32, status: Status) {
        sleep(self.deliverer.rules.log_delay()).await;
        self.log.lock().update(&self.webhook_id, &self.delivery_id, attempts, status);
    }
}
