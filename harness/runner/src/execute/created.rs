//! Records the resources that a run creates on the target.
//!
//! `cleanup` deletes them. The report lists what could not be deleted.

use parking_lot::Mutex;

use serde_json::Value;

use judge::exchange::{Exchange, Response};
use judge::record::Created;
use spec::contract::{CleanupRule, CleanupValue, Contract};

/// All resources that were created and not deleted yet.
#[derive(Debug, Default)]
pub struct CreatedResources(Mutex<Vec<Created>>);

impl CreatedResources {
    /// Records the resource that an exchange created, if any.
    pub fn note(&self, contract: &Contract, test: &str, exchange: &Exchange) -> Option<Created> {
        let response = exchange.response().filter(|response| response.is_success())?;
        let rule = contract.conventions.cleanup.iter().find(|rule| rule.after == exchange.request.operation)?;
        let made = made(rule, test, exchange, response)?;
        let mut entries = self.0.lock();
        if !entries.iter().any(|entry| entry.noun == made.noun && entry.id == made.id) {
            entries.push(made.clone());
        }
        Some(made)
    }

    /// Removes a deleted resource.
    pub fn gone(&self, made: &Created) {
        self.0.lock().retain(|entry| entry.noun != made.noun || entry.id != made.id);
    }

    /// Records why a resource was not deleted.
    pub fn refused(&self, made: &Created, reason: String) {
        let mut entries = self.0.lock();
        if let Some(entry) = entries.iter_mut().find(|entry| entry.noun == made.noun && entry.id == made.id) {
            entry.refusal = Some(reason);
        }
    }

    /// Whether a resource is not deleted yet.
    pub fn holds(&self, made: &Created) -> bool {
        self.0.lock().iter().any(|entry| entry.noun == made.noun && entry.id == made.id)
    }

    /// All resources that are not deleted yet.
    pub fn left(&self) -> Vec<Created> {
        self.0.lock().clone()
    }
}

/// The longest id in bytes; URLs are not much longer.
const MAX_ID_LENGTH: usize = 4096;

fn made(rule: &CleanupRule, test: &str, exchange: &Exchange, response: &Response) -> Option<Created> {
    let body = response.json()?;
    let id = match body.pointer(&rule.id)? {
        // No resource can be deleted under a longer id.
        Value::String(id) if id.len() > MAX_ID_LENGTH => return None,
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ => return None,
    };
    Some(Created {
        noun: rule.noun.clone(),
        id,
        headers: headers(rule, response, &body),
        refusal: None,
        undo: rule.call.clone().zip(rule.parameter.clone()),
        actor: rule.actor.clone().unwrap_or_else(|| exchange.request.actor.clone()),
        test: test.to_owned(),
    })
}

/// The headers of the deletion. A value that the response lacks is not sent.
fn headers(rule: &CleanupRule, response: &Response, body: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    let sent = |value: CleanupValue| match value {
        CleanupValue::Fixed(text) => Some(text),
        CleanupValue::Header(name) => response.header(&name).map(str::to_owned),
        CleanupValue::Body(pointer) => body.pointer(&pointer).and_then(text),
    };
    let is_sendable = |text: &String| text.len() <= MAX_ID_LENGTH && !text.chars().any(char::is_control);
    let all = rule.values().into_iter();
    all.filter_map(|(name, value)| Some((name, sent(value).filter(is_sendable)?))).collect()
}
