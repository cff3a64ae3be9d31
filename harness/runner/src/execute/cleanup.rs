//! Cleanup: deletes the resources that tests created, after each test and once more at the end of the run.

use std::time::Duration;

use chrono::Utc;

use super::environment::Environment;
use super::request::{Prepared, prepare};
use super::sending::{retry_delay, send};
use super::steps::{LONGEST_WAIT, Run};
use judge::exchange::{Exchange, Fault, Role};
use judge::record::Created;
use spec::scenario::{Step, Variables};

/// How often one resource is tried, if the target asks to wait.
const MOST_TRIES: u32 = 3;
/// The longest retry delay that the cleanup of a test obeys. Longer delays are left to the end of the run.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Run<'_> {
    /// Deletes the resources of this test, newest first. The responses are judged like all others.
    pub(super) async fn clean_up(&mut self) {
        for made in std::mem::take(&mut self.made).into_iter().rev() {
            if !self.environment.created.holds(&made) {
                continue;
            }
            let Some(step) = cleanup_step(self.environment, &made) else {
                continue;
            };
            for _ in 0..MOST_TRIES {
                let Some(delay) = self.delete(&made, &step).await else { break };
                if delay > LONGEST_PAUSE {
                    break;
                }
            }
        }
    }

    /// Deletes one resource. Returns the retry delay if the request was rate limited.
    async fn delete(&mut self, made: &Created, step: &Step) -> Option<Duration> {
        let mut variables = Variables::new();
        variables.insert(made.undo.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(), made.id.clone().into());
        std::mem::swap(&mut self.variables, &mut variables);
        let prepared = self.prepare(step);
        std::mem::swap(&mut self.variables, &mut variables);
        let prepared = prepared.ok()?;
        let environment = self.environment;
        let (mut exchange, mut delay) = send_when_allowed(environment, made, &prepared, false).await;
        let inconclusive = self.record.inconclusive.clone();
        if connection_broke(&exchange) {
            let _ = self.judge(exchange, &prepared, step);
            (exchange, delay) = send_when_allowed(environment, made, &prepared, true).await;
        }
        // Findings in this response count. A missing response does not make the test inconclusive.
        let _ = self.judge(exchange, &prepared, step);
        self.record.inconclusive = inconclusive;
        delay
    }
}

/// The time for deleting what all tests have left: in all, and after the deadline of the run.
const SWEEP_TIME: Duration = Duration::from_secs(10);
const SWEEP_AFTER_DEADLINE: Duration = Duration::from_millis(2000);

/// Deletes the leftover resources of all tests, as far as there is time.
pub async fn sweep(environment: &Environment) {
    tokio::select! {
        () = environment.until_cleanup_must_end(SWEEP_TIME, SWEEP_AFTER_DEADLINE) => {}
        () = delete_all(environment) => {}
    }
}

async fn delete_all(environment: &Environment) {
    for made in environment.created.left() {
        let Some(step) = cleanup_step(environment, &made) else {
            continue;
        };
        let Some((_, parameter)) = &made.undo else { continue };
        let mut variables = Variables::new();
        variables.insert(parameter.clone(), made.id.clone().into());
        let Environment { contract, target, client, .. } = environment;
        let Ok(prepared) = prepare(contract, target, client.base(), &step, &variables, Utc::now()) else {
            continue;
        };
        for _ in 0..MOST_TRIES {
            let (exchange, delay) = send_when_allowed(environment, &made, &prepared, false).await;
            if delay.is_none() && !connection_broke(&exchange) {
                break;
            }
        }
    }
}

/// Waits for the rate limit of the actor, sends, and records a new retry delay. Returns that delay, too.
async fn send_when_allowed(
    environment: &Environment,
    made: &Created,
    prepared: &Prepared,
    fresh: bool,
) -> (Exchange, Option<Duration>) {
    let actor = &prepared.request.actor;
    environment.wait_for(actor).await;
    let exchange = send(environment, prepared, Role::TearDown, fresh).await;
    if is_gone(&exchange) {
        environment.created.gone(made);
    }
    let delay = exchange.response().and_then(|response| retry_delay(environment, response));
    // Tests of the same actor do not wait longer than they would for a response of their own.
    if let Some(delay) = delay.filter(|delay| *delay <= LONGEST_WAIT) {
        environment.pause(actor, delay);
    }
    (exchange, delay)
}

/// The step that deletes a resource; `None` if there is no such operation or no credential for its actor.
fn cleanup_step(environment: &Environment, made: &Created) -> Option<Step> {
    let (call, _) = made.undo.clone()?;
    // Where the call asks for no credential, whoever has made the thing may delete it.
    let is_open = environment.contract.operation(&call).is_some_and(|operation| !operation.secured);
    (is_open || environment.target.credentials.contains_key(&made.actor)).then(|| Step {
        call: Some(call),
        actor: Some(made.actor.clone()),
        ..Step::default()
    })
}

/// Whether the connection broke. Then the request is sent again: DELETE is idempotent (RFC 9110, section 9.2.2).
fn connection_broke(exchange: &Exchange) -> bool {
    matches!(exchange.outcome, Err(Fault::Broken(_) | Fault::Closed(_)))
}

fn is_gone(exchange: &Exchange) -> bool {
    exchange.response().is_some_and(|response| response.is_success() || matches!(response.status, 404 | 410))
}
