//! Sends the request of a step: once (`call`), repeatedly (`poll`) or many times at once (`burst`).
//!
//! A rate-limit error makes the actor wait for its retry delay, unless the step mentions that error, or the test has a
//! burst and so is about quotas.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::Utc;
use futures_util::StreamExt as _;

use tokio::sync::MutexGuard;

use super::description::{DESCRIPTION_HEADER, description};
use super::environment::Environment;
use super::judging::require_success;
use super::liveness;
use super::request::{Prepared, length_of_documents, prepare};
use super::session::{Halt, Session};
use super::steps::MAX_WAIT;
use judge::exchange::{Exchange, Response, Role};
use judge::expect::Holds;
use judge::finding::{Finding, Part, Violation};
use judge::record::TestRecord;
use spec::contract::Moment;
use spec::scenario::{Burst, Call, Poll};

/// How often one request is sent at most, if it is rate limited.
const MAX_SENDINGS: u32 = 5;
/// The margin after a retry delay. Clocks and timers of both sides may differ by a little.
const MARGIN: Duration = Duration::from_millis(300);
/// The same before the step after `wait`, which must not be rate limited.
const WAIT_MARGIN: Duration = Duration::from_millis(700);
/// How many exchanges without findings are kept of a burst, for the report.
const KEPT_OF_BURST: usize = 3;

/// Requests with more bytes of documents are sent one at a time.
const LARGE_DOCUMENTS: usize = 1024 * 1024;

impl<'r> Session<'r> {
    /// Sends once and judges the response. Waits and sends again while the quota is used up.
    pub(super) async fn call(&mut self, record: &mut TestRecord, call: &Call) -> Result<usize, Halt> {
        let role = if call.asserted.is_some() { Role::Asserted } else { Role::SetUp };
        let waits = !self.probes_limits && !self.mentions_rate_limit(call);
        for _ in 0..MAX_SENDINGS {
            let _turn = self.turn_for_documents(call).await;
            // Signatures and everything else that depends on the clock must be fresh.
            let prepared = self.prepare(call)?;
            let actor = prepared.request.actor.clone();
            self.environment.wait_for(&actor).await;
            let mut exchange = send(self.environment, &prepared, role, self.after_break).await;
            if call.expectation().is_some_and(|expected| expected.must_respond) {
                exchange = liveness::confirm_timeout(self.environment, exchange).await;
            }
            let delay = exchange.response().and_then(|response| retry_delay(self.environment, response));
            self.note_delay(delay.as_ref());
            let index = self.run_checks(exchange, &prepared, call).add_to(record)?;
            match delay.filter(|_| waits) {
                None => return Ok(index),
                Some(RetryDelay { delay, asked }) if delay > MAX_WAIT => {
                    return Err(Halt::Inconclusive(format!(
                        "rate limited: {actor} has to wait longer than {} s: {asked}",
                        MAX_WAIT.as_secs()
                    )));
                }
                Some(RetryDelay { delay, .. }) => self.environment.pause(&actor, delay),
            }
            record.exchanges[index].cut();
        }
        Err(Halt::Inconclusive("rate limited: the quota was used up again after each wait".to_owned()))
    }

    fn mentions_rate_limit(&self, call: &Call) -> bool {
        let limit = self.environment.contract.catalog.rate_limit.as_ref();
        limit.is_some_and(|limit| call.expectation().is_some_and(|expected| expected.mentions(&limit.code)))
    }

    /// Sends repeatedly until the expectation is met, or without one until the response is a success.
    pub(super) async fn poll(&mut self, record: &mut TestRecord, call: &Call, poll: Poll) -> Result<usize, Halt> {
        let until = Instant::now() + Duration::from_secs(poll.within_seconds.into());
        loop {
            let index = self.call(record, call).await?;
            let exchange = &record.exchanges[index];
            let met = match &call.asserted {
                Some(asserted) => self.compare(asserted, exchange, index)?.holds == Holds::Yes,
                None => require_success(self, exchange).is_ok(),
            };
            if met || Instant::now() >= until {
                return Ok(index);
            }
            record.exchanges[index].cut();
            tokio::time::sleep(Duration::from_millis(poll.every_ms.into())).await;
        }
    }

    /// Sends many requests at once until one is refused, or all of them if they compete for the same thing. The step is
    /// about the first refusal, or the first server error. If all may be accepted and are, it is about the first success.
    pub(super) async fn burst(&mut self, record: &mut TestRecord, call: &Call, burst: Burst) -> Result<usize, Halt> {
        let environment = self.environment;
        let _turn = self.turn_for_documents(call).await;
        let prepared = self.prepare(call)?;
        let mut seen = BurstResponses::default();
        let mut without_findings = 0;
        let fresh = self.after_break;
        // After the first refusal nothing more is sent, but requests in flight are awaited. A request without a
        // recorded response would use up the quota unnoticed.
        let refusal_seen = AtomicBool::new(false);
        let requests = (0..burst.at_most).map(|_| async {
            if refusal_seen.load(Ordering::Relaxed) {
                return None;
            }
            let exchange = send(environment, &prepared, Role::Asserted, fresh).await;
            if is_refusal(&exchange) && burst.accepted.is_none() {
                refusal_seen.store(true, Ordering::Relaxed);
            }
            Some(exchange)
        });
        let responses = futures_util::stream::iter(requests).buffer_unordered(burst.in_flight.max(1) as usize);
        let mut exchanges = std::pin::pin!(responses.filter_map(std::future::ready));
        // Each is judged as it comes: a response keeps its share of the memory budget until then, and later responses wait.
        while let Some(exchange) = exchanges.next().await {
            let delay = exchange.response().and_then(|response| retry_delay(self.environment, response));
            let kinds = seen.new_kinds(burst, &exchange, delay.is_some());
            self.note_delay(delay.as_ref());
            let judged = self.run_checks(exchange, &prepared, call);
            if kinds.is_empty() && judged.halt.is_none() && judged.record.findings.is_empty() {
                without_findings += 1;
                if without_findings > KEPT_OF_BURST {
                    record.absorb(judged.record);
                    continue;
                }
            }
            let index = judged.add_to(record)?;
            record.exchanges[index].cut();
            seen.indices.extend(kinds.into_iter().map(|kind| (kind, index)));
        }
        if let Some((index, most)) = seen.indices.get(&BurstResponse::Surplus).copied().zip(burst.accepted) {
            record.findings.push(self.too_many_accepted(call, burst, (seen.accepted, most), index));
            return Err(Halt::Explained);
        }
        seen.subject(burst).ok_or_else(|| {
            Halt::Inconclusive(match burst.accepted {
                Some(_) => {
                    format!("{}: no request was refused for another reason than a rate limit", call.operation.id)
                }
                None => format!("the quota was not used up by {} requests", burst.at_most),
            })
        })
    }

    fn too_many_accepted(&self, call: &Call, burst: Burst, counts: (u32, u32), exchange: usize) -> Finding {
        let (accepted, most) = counts;
        let clause = self.clause_or_first(call.asserted.as_ref().and_then(|asserted| asserted.clause.as_deref()));
        let expected = format!("at most {most} of {} requests at the same time is accepted", burst.at_most);
        let violation = Violation::new(Part::Status, expected, format!("{accepted} are accepted"));
        self.unmet(clause, violation, exchange)
    }

    /// Notes a retry delay for a later `wait`, and where it comes from.
    fn note_delay(&mut self, delay: Option<&RetryDelay>) {
        let Some(RetryDelay { delay, asked }) = delay else { return };
        let at = Instant::now() + *delay + WAIT_MARGIN;
        if self.retry_at.is_none_or(|until| until < at) {
            self.retry_at = Some(at);
            self.asked = Some(asked.clone());
        }
    }

    fn prepare(&self, call: &Call) -> Result<Prepared, Halt> {
        let Environment { contract, target, client, describes_requests, .. } = self.environment;
        let now = self.environment.signing_time();
        let mut prepared =
            prepare(contract, target, client.base(), call, &self.variables, now).map_err(Halt::Inconclusive)?;
        if *describes_requests && let Some(text) = description(call) {
            prepared.request.headers.push((DESCRIPTION_HEADER.to_owned(), text.into_bytes()));
        }
        Ok(prepared)
    }

    /// Waits until no other request with a large document is prepared or sent.
    async fn turn_for_documents(&self, call: &Call) -> Option<MutexGuard<'r, ()>> {
        let is_large = length_of_documents(call, &self.variables) > LARGE_DOCUMENTS;
        if is_large { Some(self.environment.documents.lock().await) } else { None }
    }
}

/// What the responses of a burst were.
#[derive(Default)]
struct BurstResponses {
    /// The number of successes.
    accepted: u32,
    /// The index of the first exchange of each kind.
    indices: BTreeMap<BurstResponse, usize>,
}

/// A kind of response of a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum BurstResponse {
    Success,
    Refusal,
    ServerError,
    /// A success, after as many as may be accepted.
    Surplus,
}

impl BurstResponses {
    /// Counts a response, and returns the kinds of which it is the first.
    fn new_kinds(&mut self, burst: Burst, exchange: &Exchange, is_limited: bool) -> Vec<BurstResponse> {
        let competes = burst.accepted.is_some();
        let status = exchange.response().map(|response| response.status);
        self.accepted += u32::from(exchange.response().is_some_and(Response::is_success));
        // Where requests compete, a rate limit says nothing about them.
        let is_refusal = is_refusal(exchange) && !(competes && is_limited);
        let kinds = [
            (BurstResponse::Success, competes && self.accepted == 1),
            (BurstResponse::Refusal, is_refusal),
            (BurstResponse::ServerError, competes && status.is_some_and(|status| status >= 500)),
            (BurstResponse::Surplus, burst.accepted.is_some_and(|most| self.accepted > most)),
        ];
        let is_new = |(kind, fits): &(BurstResponse, bool)| *fits && !self.indices.contains_key(kind);
        kinds.into_iter().filter(is_new).map(|(kind, _)| kind).collect()
    }

    /// The index of the exchange that the step is about.
    fn subject(&self, burst: Burst) -> Option<usize> {
        let first = |kind| self.indices.get(&kind).copied();
        let all_may_be_accepted = burst.accepted == Some(burst.at_most) && self.accepted == burst.at_most;
        let success = first(BurstResponse::Success).filter(|_| all_may_be_accepted);
        first(BurstResponse::ServerError).or(first(BurstResponse::Refusal)).or(success)
    }
}

/// Whether any response was not a success.
fn is_refusal(exchange: &Exchange) -> bool {
    exchange.response().is_some_and(|response| !response.is_success())
}

/// The longest retry delay: ten years, in seconds.
const MAX_DELAY_SECONDS: u64 = 315_360_000;

/// How long to wait after a rate-limit error.
pub(super) struct RetryDelay {
    pub(super) delay: Duration,
    /// What the response says about it.
    asked: String,
}

/// The retry delay of a rate-limit error; `None` for any other response.
pub(super) fn retry_delay(environment: &Environment, response: &Response) -> Option<RetryDelay> {
    let catalog = &environment.contract.catalog;
    let limit = catalog.rate_limit.as_ref()?;
    let status = catalog.code(&limit.code)?.only_status();
    let code_in_body = || catalog.code_in(&response.json()?).filter(|code| *code == limit.code);
    if status != Some(response.status) && (!response.is_error() || code_in_body().is_none()) {
        return None;
    }
    let header = |name: &str| response.header(name);
    let moment = limit.retry_after(header).or_else(|| limit.reset(header));
    let seconds = match moment {
        Some(Moment::In(seconds)) => seconds,
        Some(Moment::At(time)) => time.saturating_sub(Utc::now().timestamp()),
        None => 1,
    };
    let is_from_reset = limit.retry_after(header).is_none();
    let source =
        if is_from_reset { limit.reset.as_ref().or(limit.combined.as_ref()) } else { limit.retry_after.as_ref() };
    let asked = asked(source.map_or("the response", String::as_str), moment, seconds);
    let asked = match limit.retry_after.as_ref().filter(|_| is_from_reset) {
        Some(name) => format!("the response has no valid {name}, and {asked}"),
        None => asked,
    };
    // A target may ask for any number of seconds. Nobody waits that long, and adding it to a time must not overflow.
    let seconds = u64::try_from(seconds).unwrap_or(0).min(MAX_DELAY_SECONDS);
    Some(RetryDelay { delay: Duration::from_secs(seconds) + MARGIN, asked })
}

/// What a header says about the delay. Tests that were limited for the same reason get the same text if possible.
fn asked(header: &str, moment: Option<Moment>, seconds: i64) -> String {
    match moment {
        Some(Moment::At(time)) if seconds.unsigned_abs() > MAX_DELAY_SECONDS => {
            format!("{header} is not a Unix time in seconds of these years: it has {} digits", time.to_string().len())
        }
        Some(Moment::At(_)) => format!("{header} is {seconds} s from now"),
        _ => format!("{header} is {seconds} s"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delay_is_explained_with_what_the_response_contains() {
        let milliseconds = 1_795_951_598_283;
        for (moment, seconds, text) in [
            (Moment::In(3600), 3600, "Retry-After is 3600 s"),
            (Moment::At(1_795_951_598), 500, "Retry-After is 500 s from now"),
            (
                Moment::At(milliseconds),
                milliseconds - 1_795_951_598,
                "Retry-After is not a Unix time in seconds of these years: it has 13 digits",
            ),
        ] {
            assert_eq!(asked("Retry-After", Some(moment), seconds), text);
        }
    }
}
