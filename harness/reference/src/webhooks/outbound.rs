//! Delivers an event in up to three attempts. Each attempt has its own timestamp and signature.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::client::{self, Target};
use super::log::{Log, Status};
use super::{Settings, signature};
use crate::api::locked;
use crate::clock;
use crate::mutants::webhooks;
use crate::switches::Switches;
use crate::variants::webhooks as variants;

const ATTEMPTS: u32 = 3;
/// The delay of the log in a variant.
const LOG_DELAY: Duration = Duration::from_millis(300);
const STALE_BY_SECONDS: u64 = 600;

/// A delivery and everything that is needed to make it.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) webhook_id: String,
    pub(super) delivery_id: String,
    pub(super) target: Target,
    pub(super) secret: String,
    pub(super) body: String,
    pub(super) delay: Duration,
    pub(super) slots: Arc<Semaphore>,
    pub(super) settings: Arc<Settings>,
    pub(super) log: Arc<Mutex<Log>>,
}

/// The result of one attempt.
#[derive(Debug, PartialEq, Eq)]
enum Attempt {
    Accepted,
    Answered(u16),
    Unreachable(String),
    TimedOut,
}

/// Makes a delivery and logs its status.
pub(super) async fn deliver(job: Job) {
    let switches = &job.settings.switches;
    let wrong = [(webhooks::ONE_ATTEMPT, 1), (webhooks::TWO_ATTEMPTS, 2), (webhooks::FOUR_ATTEMPTS, 4)];
    let most = switches.first(&wrong).unwrap_or(ATTEMPTS);
    sleep(job.delay).await;
    for number in 1..=most {
        if number > 1 {
            sleep(job.settings.pause).await;
        }
        let attempt = job.attempt(number).await;
        if attempt == Attempt::Accepted {
            return job.accepted(number).await;
        }
        let last = number == most || is_final(&attempt, switches);
        job.record(number, if last { Status::Failed(problem(&attempt)) } else { Status::Pending }).await;
        if last {
            return;
        }
    }
}

/// Whether a mutant or a variant does not retry after this attempt.
fn is_final(attempt: &Attempt, switches: &Switches) -> bool {
    match attempt {
        Attempt::Answered(300..500) => switches.vary(variants::CLIENT_ERRORS_NOT_RETRIED),
        Attempt::Answered(status) => *status > 500 && switches.has(webhooks::NO_RETRY_AFTER_503),
        Attempt::Unreachable(_) => switches.has(webhooks::NO_RETRY_AFTER_REFUSAL),
        Attempt::TimedOut => switches.has(webhooks::NO_RETRY_AFTER_TIMEOUT),
        Attempt::Accepted => true,
    }
}

fn problem(attempt: &Attempt) -> String {
    match attempt {
        Attempt::Accepted => "None".to_owned(),
        Attempt::Answered(status) => format!("Endpoint returned {status} error"),
        Attempt::Unreachable(problem) => format!("Endpoint could not be reached: {problem}"),
        Attempt::TimedOut => "Endpoint did not answer in time".to_owned(),
    }
}

impl Job {
    async fn attempt(&self, number: u32) -> Attempt {
        // The semaphore is never closed. If it were, the attempt would run without a slot.
        let _slot = self.slots.acquire().await.ok();
        let headers = self.headers(number, clock::unix_seconds(&self.settings.switches));
        let post = client::post(&self.target, &headers, &self.body, &self.settings.switches);
        match timeout(self.timeout(), post).await {
            Err(_) => Attempt::TimedOut,
            Ok(Err(problem)) => Attempt::Unreachable(problem.to_string()),
            Ok(Ok(status)) if self.is_success(status) => Attempt::Accepted,
            Ok(Ok(status)) => Attempt::Answered(status),
        }
    }

    fn is_success(&self, status: u16) -> bool {
        if self.settings.switches.has(webhooks::REDELIVERS_AFTER_204) {
            return status == 200;
        }
        (200..300).contains(&status)
    }

    fn timeout(&self) -> Duration {
        let permitted = self.settings.timeout;
        let switches = &self.settings.switches;
        match () {
            () if switches.has(webhooks::WAITS_FOREVER) => permitted * 60,
            () if switches.has(webhooks::LATE_200_COUNTS) => permitted * 2,
            () if switches.has(webhooks::IMPATIENT_DELIVERY) => permitted / 5,
            () => permitted,
        }
    }

    async fn accepted(&self, number: u32) {
        self.record(number, Status::Delivered).await;
        if self.settings.switches.has(webhooks::REDELIVERS_AFTER_2XX) {
            sleep(self.settings.pause).await;
            self.attempt(number + 1).await;
        }
    }

    async fn record(&self, attempts: u32, status: Status) {
        if self.settings.switches.vary(variants::LATE_LOG) {
            sleep(LOG_DELAY).await;
        }
        locked(&self.log).update(&self.webhook_id, &self.delivery_id, attempts, status);
    }

    fn headers(&self, number: u32, now: u64) -> Vec<(&'static str, String)> {
        let switches = &self.settings.switches;
        let timestamp = match () {
            () if switches.has(webhooks::OUTBOUND_STALE_TIMESTAMP) => now - STALE_BY_SECONDS,
            () if switches.has(webhooks::OUTBOUND_MILLISECOND_TIMESTAMP) => now * 1000,
            () => now,
        }
        .to_string();
        let signature = ("X-Webhook-Signature", self.signature(&timestamp));
        let timestamp = ("X-Webhook-Timestamp", timestamp);
        match () {
            () if switches.has(webhooks::OUTBOUND_UNSIGNED) => vec![timestamp],
            () if number > 1 && switches.has(webhooks::OUTBOUND_RETRIES_UNSIGNED) => vec![timestamp],
            () if switches.has(webhooks::OUTBOUND_WITHOUT_TIMESTAMP) => vec![signature],
            () => vec![timestamp, signature],
        }
    }

    fn signature(&self, timestamp: &str) -> String {
        let switches = &self.settings.switches;
        let body = self.body.as_bytes();
        let text = match () {
            () if switches.has(webhooks::OUTBOUND_SIGNS_BODY_ALONE) => body.to_vec(),
            () if switches.has(webhooks::OUTBOUND_SIGNS_OTHER_TEXT) => {
                signature::signed_text(timestamp, &[body, b"\n"].concat())
            }
            () => signature::signed_text(timestamp, body),
        };
        let secret = match () {
            () if switches.has(webhooks::OUTBOUND_OTHER_SECRET) => "whsec_of_somebody_else",
            () => &self.secret,
        };
        let signature = signature::sign(secret, &text);
        if switches.has(webhooks::OUTBOUND_BASE64_SIGNATURE) {
            return format!("sha256={}", STANDARD.encode(signature));
        }
        format!("sha256={}", signature::hex(&signature))
    }
}
