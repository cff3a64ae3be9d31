//! What a run has made on the target, so that all of it is taken away again, or named.

use std::sync::Mutex;

use serde_json::Value;

use crate::contract::{CleanupRule, Contract};
use crate::exchange::{Exchange, Response};

/// Something that a call made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// What it is called.
    pub noun: String,
    /// Its id.
    pub id: String,
    /// The operation that takes it away, and the parameter that takes its id.
    pub undo: Option<(String, String)>,
    /// Who takes it away.
    pub actor: String,
    /// The test that made it.
    pub test: String,
}

/// Everything that was made and is still there.
#[derive(Debug, Default)]
pub struct CreatedResources(Mutex<Vec<Created>>);

impl CreatedResources {
    /// Takes down what an exchange has made, if anything.
    pub fn note(&self, contract: &Contract, test: &str, exchange: &Exchange) -> Option<Created> {
        let response = exchange.response().filter(|response| response.is_success())?;
        let rule = contract.conventions.cleanup.iter().find(|rule| rule.after == exchange.request.operation)?;
        let made = made(rule, test, exchange, response)?;
        let mut entries = self.lock();
        if !entries.iter().any(|entry| entry.noun == made.noun && entry.id == made.id) {
            entries.push(made.clone());
        }
        Some(made)
    }

    /// Crosses something out.
    pub fn gone(&self, made: &Created) {
        self.lock().retain(|entry| entry.noun != made.noun || entry.id != made.id);
    }

    /// Whether something is still there.
    pub fn holds(&self, made: &Created) -> bool {
        self.lock().iter().any(|entry| entry.noun == made.noun && entry.id == made.id)
    }

    /// Everything that is still there.
    pub fn left(&self) -> Vec<Created> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Created>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn made(rule: &CleanupRule, test: &str, exchange: &Exchange, response: &Response) -> Option<Created> {
    let body = response.json()?;
    let id = match body.pointer(&rule.id)? {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    Some(Created {
        noun: rule.noun.clone(),
        id,
        undo: rule.call.clone().zip(rule.parameter.clone()),
        actor: rule.actor.clone().unwrap_or_else(|| exchange.request.actor.clone()),
        test: test.to_owned(),
    })
}
