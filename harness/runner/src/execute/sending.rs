//! Sends the request of a step: once (`call`), repeatedly (`poll`) or many times at once (`burst`).
//!
//! A rate-limit error makes the actor wait for its retry delay, unless the step expects that error.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use futures_util::StreamExt as _;

use super::environment::Environment;
use super::liveness;
use super::request::Prepared;
use super::steps::{Halt, LONGEST_WAIT, Run};
use judge::exchange::{Exchange, Response, Role};
use judge::expect::Holds;
use spec::contract::Moment;
use spec::scenario::{Burst, Expect, Poll, Step};

/// How often one request is sent again after a rate-limit error.
const MOST_WAITS: u32 = 5;
/// How many exchanges without findings are kept of a burst, for the report.
const KEPT_OF_BURST: usize = 3;

impl Run<'_> {
    /// Sends once and judges the response. Waits and sends again while the quota is used up.
    pub(super) async fn call(&mut self, step: &Step) -> Result<usize, Halt> {
        let role = if step.expect.is_some() { Role::Asserted } else { Role::SetUp };
        let waits = !self.probes_limits && !self.expects_refusal(step);
        for _ in 0..MOST_WAITS {
            self.cut_exchanges();
            let _turn = self.turn_for_documents(step).await;
            // Signatures and everything else that depends on the clock must be fresh.
            let prepared = self.prepare(step)?;
            let actor = prepared.request.actor.clone();
            self.environment.wait_for(&actor).await;
            let mut exchange = send(self.environment, &prepared, role, self.last_try).await;
            if step.expect.as_ref().is_some_and(|expect| expect.must_answer) {
                exchange = liveness::confirm_timeout(self.environment, exchange).await;
            }
            let delay =
                exchange.response().and_then(|response| retry_delay(self.environment, response)).filter(|_| waits);
            let index = self.judge(exchange, &prepared, step)?;
            match delay {
                None => return Ok(index),
                Some(delay) if delay > LONGEST_WAIT => {
                    return Err(Halt::Inconclusive(format!(
                        "rate limited: the target asked {actor} to wait {} s",
                        delay.as_secs()
                    )));
                }
                Some(delay) => self.environment.pause(&actor, delay),
            }
        }
        Err(Halt::Inconclusive("rate limited: the quota was used up again after each wait".to_owned()))
    }

    fn expects_refusal(&self, step: &Step) -> bool {
        let limit = self.environment.contract.catalog.rate_limit.as_ref();
        let mentioned = |expect: &Expect| {
            let mut codes = expect.error.iter().chain(&expect.tolerate).chain(&expect.not_error);
            codes.any(|code| limit.is_some_and(|limit| *code == limit.code))
        };
        step.expect.as_ref().is_some_and(mentioned)
    }

    pub(super) async fn poll(&mut self, step: &Step, poll: Poll) -> Result<usize, Halt> {
        let until = Instant::now() + Duration::from_secs(poll.within_seconds.into());
        loop {
            let index = self.call(step).await?;
            let met = match &step.expect {
                Some(expect) => self.verdict(step, expect, index)?.holds == Holds::Yes,
                None => true,
            };
            if met || Instant::now() >= until {
                return Ok(index);
            }
            tokio::time::sleep(Duration::from_millis(poll.every_ms.into())).await;
        }
    }

    /// Sends many requests at once until one is refused. The step is about that refusal.
    pub(super) async fn burst(&mut self, step: &Step, burst: Burst) -> Result<usize, Halt> {
        let environment = self.environment;
        let _turn = self.turn_for_documents(step).await;
        let prepared = self.prepare(step)?;
        let mut refused = None;
        let mut without_findings = 0;
        let fresh = self.last_try;
        // After the first refusal nothing more is sent, but requests in flight are awaited. A request without a
        // recorded response would use up the quota unnoticed.
        let refusal_seen = AtomicBool::new(false);
        let requests = (0..burst.at_most).map(|_| async {
            if refusal_seen.load(Ordering::Relaxed) {
                return None;
            }
            let exchange = send(environment, &prepared, Role::Asserted, fresh).await;
            if !exchange.response().is_none_or(Response::is_success) {
                refusal_seen.store(true, Ordering::Relaxed);
            }
            Some(exchange)
        });
        let answers = futures_util::stream::iter(requests).buffer_unordered(burst.in_flight.max(1) as usize);
        let mut exchanges = std::pin::pin!(answers.filter_map(std::future::ready));
        // Each is judged as it comes, because long answers wait for each other.
        while let Some(exchange) = exchanges.next().await {
            let response = exchange.response();
            let is_refusal = response.is_some_and(|response| !response.is_success());
            if let Some(delay) = response.and_then(|response| retry_delay(self.environment, response)) {
                let at = Instant::now() + delay + Duration::from_millis(700);
                self.retry_at = Some(self.retry_at.map_or(at, |other| other.max(at)));
            }
            let findings = self.record.findings.len();
            let index = self.judge(exchange, &prepared, step)?;
            self.cut_exchanges();
            if is_refusal && refused.is_none() {
                refused = Some(index);
            } else if self.record.findings.len() == findings {
                without_findings += 1;
                if without_findings > KEPT_OF_BURST && index + 1 == self.record.exchanges.len() {
                    self.record.exchanges.pop();
                    self.record.coverage.forget(index);
                }
            }
        }
        refused.ok_or_else(|| Halt::Inconclusive(format!("the quota was not used up by {} requests", burst.at_most)))
    }
}

/// The longest retry delay: ten years, in seconds.
const LONGEST_DELAY_SECONDS: u64 = 315_360_000;

/// The retry delay of a rate-limit error; `None` for any other response.
pub(super) fn retry_delay(environment: &Environment, response: &Response) -> Option<Duration> {
    let catalog = &environment.contract.catalog;
    let limit = catalog.rate_limit.as_ref()?;
    let status = catalog.code(&limit.code)?.status?;
    let code_in_body = || catalog.code_in(&response.json()?).filter(|code| *code == limit.code);
    if response.status != status && (!response.is_error() || code_in_body().is_none()) {
        return None;
    }
    let header = |name: &str| response.header(name);
    let seconds = match limit.retry_after(header).or_else(|| limit.reset(header)) {
        Some(Moment::In(seconds)) => seconds,
        Some(Moment::At(time)) => time.saturating_sub(Utc::now().timestamp()),
        None => 1,
    };
    // A target may ask for any number of seconds. Nobody waits that long, and adding it to a time must not overflow.
    let seconds = u64::try_from(seconds).unwrap_or(0).min(LONGEST_DELAY_SECONDS);
    Some(Duration::from_secs(seconds) + Duration::from_millis(300))
}

/// Sends a request and measures its time. `fresh` asks for a new connection.
pub(super) async fn send(environment: &Environment, prepared: &Prepared, role: Role, fresh: bool) -> Exchange {
    let started = Utc::now();
    let clock = Instant::now();
    let outcome = environment.client.send(&prepared.request, &prepared.secret_headers, fresh).await;
    if let Ok(response) = &outcome {
        environment.note_clock(response);
    }
    Exchange { role, request: prepared.request.clone(), outcome, started, took: clock.elapsed() }
}
