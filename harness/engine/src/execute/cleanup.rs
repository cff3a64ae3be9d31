//! Taking away what tests have made: after each test, and once more at the end of the run.

use std::time::Duration;

use chrono::Utc;

use super::created::Created;
use super::environment::Environment;
use super::request::{Prepared, prepare};
use super::sending::{send, told_to_wait};
use super::steps::Run;
use crate::exchange::{Exchange, Fault, Role};
use crate::scenario::{Step, Variables};

/// How often one thing is tried to be taken away, where the target asks to wait.
const MOST_TRIES: u32 = 3;
/// A test waits that long for its clearing up; what takes longer is left to the end of the run.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Run<'_> {
    /// Takes away what this test has made, newest first; the answers are judged like all others.
    pub(super) async fn take_away(&mut self) {
        for made in std::mem::take(&mut self.made).into_iter().rev() {
            if !self.environment.created.holds(&made) {
                continue;
            }
            let Some(step) = undo_step(self.environment, &made) else {
                continue;
            };
            for _ in 0..MOST_TRIES {
                let Some(again) = self.take_one_away(&made, &step).await else { break };
                if again > LONGEST_PAUSE {
                    break;
                }
            }
        }
    }

    /// Takes one thing away, and says how long to wait before another try, if it was refused for now.
    async fn take_one_away(&mut self, made: &Created, step: &Step) -> Option<Duration> {
        let mut variables = Variables::new();
        variables.insert(made.undo.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(), made.id.clone().into());
        std::mem::swap(&mut self.variables, &mut variables);
        let prepared = self.prepare(step);
        std::mem::swap(&mut self.variables, &mut variables);
        let prepared = prepared.ok()?;
        let environment = self.environment;
        let (mut exchange, mut again) = politely(environment, made, &prepared, false).await;
        let inconclusive = self.record.inconclusive.clone();
        if broke(&exchange) {
            let _ = self.judge(exchange, &prepared, step);
            (exchange, again) = politely(environment, made, &prepared, true).await;
        }
        // What is wrong with this answer counts; that there was none is not the test's affair.
        let _ = self.judge(exchange, &prepared, step);
        self.record.inconclusive = inconclusive;
        again
    }
}

/// Takes away whatever tests have left.
pub async fn sweep(environment: &Environment) {
    for made in environment.created.left() {
        let Some(step) = undo_step(environment, &made) else {
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
            let (exchange, again) = politely(environment, &made, &prepared, false).await;
            if again.is_none() && !broke(&exchange) {
                break;
            }
        }
    }
}

/// Sends when the actor may, and takes down when it may again where it was told to wait.
async fn politely(
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
    let again = exchange.response().and_then(|response| told_to_wait(environment, response));
    if let Some(delay) = again {
        environment.pause(actor, delay);
    }
    (exchange, again)
}

/// The call that takes something away; `None` where there is none, or nobody to make it.
fn undo_step(environment: &Environment, made: &Created) -> Option<Step> {
    let (call, _) = made.undo.clone()?;
    // Where the call asks for no credential, whoever has made the thing may delete it.
    let is_open = environment.contract.operation(&call).is_some_and(|operation| !operation.secured);
    (is_open || environment.target.credentials.contains_key(&made.actor)).then(|| Step {
        call: Some(call),
        actor: Some(made.actor.clone()),
        ..Step::default()
    })
}

/// True where the connection broke. To delete something twice does no harm (RFC 9110, section 9.2.2).
fn broke(exchange: &Exchange) -> bool {
    matches!(exchange.outcome, Err(Fault::Broken(_) | Fault::Closed(_)))
}

fn is_gone(exchange: &Exchange) -> bool {
    exchange.response().is_some_and(|response| response.is_success() || matches!(response.status, 404 | 410))
}
