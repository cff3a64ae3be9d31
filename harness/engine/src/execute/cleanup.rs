//! Taking away what trials have made: after each trial, and once more at the end of the run.

use chrono::Utc;

use super::environment::Environment;
use super::ledger::Made;
use super::request::prepare;
use super::sending::send;
use super::steps::Run;
use crate::exchange::{Exchange, Role};
use crate::scenario::{Step, Variables};

impl Run<'_> {
    /// Takes away what this trial has made, newest first; the answers are judged like all others.
    pub(super) async fn take_away(&mut self) {
        for made in std::mem::take(&mut self.made).into_iter().rev() {
            if !self.environment.ledger.holds(&made) {
                continue;
            }
            let Some(step) = undo_step(self.environment, &made) else {
                continue;
            };
            let mut variables = Variables::new();
            variables
                .insert(made.undo.as_ref().map(|(_, name)| name.clone()).unwrap_or_default(), made.id.clone().into());
            std::mem::swap(&mut self.variables, &mut variables);
            let prepared = self.prepare(&step);
            std::mem::swap(&mut self.variables, &mut variables);
            let Ok(prepared) = prepared else { continue };
            self.environment.wait_for(&prepared.request.actor).await;
            let exchange = send(self.environment, &prepared, Role::TearDown).await;
            if is_gone(&exchange) {
                self.environment.ledger.gone(&made);
            }
            // What is wrong with this answer counts; that there was none is not the trial's affair.
            let inconclusive = self.record.inconclusive.clone();
            let _ = self.judge(exchange, &prepared, &step);
            self.record.inconclusive = inconclusive;
        }
    }
}

/// Takes away whatever trials have left.
pub async fn sweep(environment: &Environment) {
    for made in environment.ledger.left() {
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
        if is_gone(&send(environment, &prepared, Role::TearDown).await) {
            environment.ledger.gone(&made);
        }
    }
}

/// The call that takes something away; `None` where there is none, or nobody to make it.
fn undo_step(environment: &Environment, made: &Made) -> Option<Step> {
    let (call, _) = made.undo.clone()?;
    environment.target.credentials.contains_key(&made.actor).then(|| Step {
        call: Some(call),
        actor: Some(made.actor.clone()),
        ..Step::default()
    })
}

fn is_gone(exchange: &Exchange) -> bool {
    exchange.response().is_some_and(|response| response.is_success() || matches!(response.status, 404 | 410))
}
