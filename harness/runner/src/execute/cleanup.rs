//! Cleanup: deletes the resources that tests created, after each test and once more at the end of the run.

use std::time::Duration;

use chrono::Utc;

use super::environment::Environment;
use super::request::{Prepared, prepare};
use super::sending::{retry_delay, send};
use super::session::Session;
use super::steps::MAX_WAIT;
use judge::exchange::{Exchange, Fault, Role};
use judge::record::{Created, TestRecord};
use spec::scenario::template::Template;
use spec::scenario::{Call, Variables};

/// How often one resource is tried, if the target asks to wait.
const MAX_TRIES: u32 = 3;
/// The longest retry delay that the cleanup of a test obeys. Longer delays are left to the end of the run.
const MAX_PAUSE: Duration = Duration::from_secs(5);

impl Session<'_> {
    /// Deletes the resources of this session from the given one on, newest first. The responses are judged like all
    /// others.
    pub(super) async fn clean_up(&mut self, record: &mut TestRecord, from: usize) {
        for made in self.made.split_off(from).into_iter().rev() {
            if !self.environment.created.holds(&made) {
                continue;
            }
            let Some((call, variables)) = cleanup_call(self.environment, &made) else {
                continue;
            };
            for _ in 0..MAX_TRIES {
                let Some(delay) = self.delete(record, &made, &call, &variables).await else { break };
                if delay > MAX_PAUSE {
                    break;
                }
            }
        }
    }

    /// Deletes one resource. Returns the retry delay if the request was rate limited.
    async fn delete(
        &mut self,
        record: &mut TestRecord,
        made: &Created,
        call: &Call,
        variables: &Variables,
    ) -> Option<Duration> {
        let Environment { contract, target, client, .. } = self.environment;
        let prepared = prepare(contract, target, client.base(), call, variables, Utc::now()).ok()?;
        let (mut exchange, mut delay) = send_when_allowed(self.environment, made, &prepared, false).await;
        if connection_broke(&exchange) {
            record.append(self.run_checks(exchange, &prepared, call).record);
            (exchange, delay) = send_when_allowed(self.environment, made, &prepared, true).await;
        }
        // Findings in this response count. A missing response does not make the test inconclusive.
        record.append(self.run_checks(exchange, &prepared, call).record);
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
        let Some((call, variables)) = cleanup_call(environment, &made) else {
            continue;
        };
        let Environment { contract, target, client, .. } = environment;
        let Ok(prepared) = prepare(contract, target, client.base(), &call, &variables, Utc::now()) else {
            continue;
        };
        for _ in 0..MAX_TRIES {
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
    match is_gone(&exchange) {
        true => environment.created.gone(made),
        false => environment.created.refused(made, reason(environment, &exchange)),
    }
    let delay = exchange.response().and_then(|response| retry_delay(environment, response));
    let delay = delay.map(|delay| delay.delay);
    // Tests of the same actor do not wait longer than they would for a response of their own.
    if let Some(delay) = delay.filter(|delay| *delay <= MAX_WAIT) {
        environment.pause(actor, delay);
    }
    (exchange, delay)
}

/// The call that deletes a resource, with its variables; `None` without such an operation or without a credential for its
/// actor.
fn cleanup_call(environment: &Environment, made: &Created) -> Option<(Call, Variables)> {
    let (operation, parameter) = made.undo.as_ref()?;
    let operation = environment.contract.operation(operation)?;
    // Where the call needs no credential, anybody may delete the resource.
    let is_possible = !operation.secured || environment.target.credentials.contains_key(&made.actor);
    let own = (parameter.clone(), made.id.clone().into());
    let variables = made.path.iter().map(|(name, value)| (name.clone(), value.clone().into())).chain([own]).collect();
    let literal = |(name, value): &(String, String)| (Template::literal(name), Some(Template::literal(value)));
    let headers = made.headers.iter().map(literal).collect();
    is_possible.then(|| (Call { headers, ..Call::new(operation.clone(), Some(made.actor.clone())) }, variables))
}

/// Why a resource was not deleted: the operation with the status and the error code, or why there was no response.
fn reason(environment: &Environment, exchange: &Exchange) -> String {
    let outcome = match &exchange.outcome {
        Err(fault) => fault.message().to_owned(),
        Ok(response) => {
            let code = response.json().and_then(|body| environment.contract.catalog.code_in(&body));
            code.map_or_else(|| response.status.to_string(), |code| format!("{} {code}", response.status))
        }
    };
    format!("{} got {outcome}", exchange.request.operation)
}

/// Whether the connection broke. Then the request is sent again: DELETE is idempotent (RFC 9110, section 9.2.2).
fn connection_broke(exchange: &Exchange) -> bool {
    matches!(exchange.outcome, Err(Fault::Broken(_) | Fault::Closed(_)))
}

fn is_gone(exchange: &Exchange) -> bool {
    exchange.response().is_some_and(|response| response.is_success() || matches!(response.status, 404 | 410))
}
