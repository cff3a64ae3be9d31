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
        let made = made(contract, rule, test, exchange, response)?;
        let mut entries = self.0.lock();
        if made.refusal.is_some() || !entries.iter().any(|entry| entry.is_same(&made)) {
            entries.push(made.clone());
        }
        Some(made)
    }

    /// Removes a deleted resource.
    pub fn gone(&self, made: &Created) {
        self.0.lock().retain(|entry| !entry.is_same(made));
    }

    /// Records why a resource was not deleted.
    pub fn refused(&self, made: &Created, reason: String) {
        let mut entries = self.0.lock();
        if let Some(entry) = entries.iter_mut().find(|entry| entry.is_same(made)) {
            entry.refusal = Some(reason);
        }
    }

    /// Whether a resource is not deleted yet.
    pub fn holds(&self, made: &Created) -> bool {
        self.0.lock().iter().any(|entry| entry.is_same(made))
    }

    /// All resources that are not deleted yet.
    pub fn left(&self) -> Vec<Created> {
        self.0.lock().clone()
    }
}

/// The longest id in bytes; URLs are not much longer.
const MAX_ID_LENGTH: usize = 4096;

/// What stands for an id that the response does not show.
const UNKNOWN_ID: &str = "unknown";

fn made(
    contract: &Contract,
    rule: &CleanupRule,
    test: &str,
    exchange: &Exchange,
    response: &Response,
) -> Option<Created> {
    let body = response.json().unwrap_or_default();
    let operation = contract.operation(&rule.after)?;
    let path = operation.parameters_in(&exchange.request.path);
    let id = match rule.id_in_path() {
        Some(_) if response.status != 201 => return None,
        Some(name) => path.get(name).cloned(),
        None => id_at(&body, &rule.id),
    };
    let undo = rule.call.clone().zip(rule.parameter.clone()).filter(|_| id.is_some());
    Some(Created {
        noun: rule.noun.clone(),
        headers: headers(rule, response, &body),
        refusal: id.is_none().then(|| format!("{} returned {} without {}", rule.after, response.status, rule.id)),
        id: id.unwrap_or_else(|| UNKNOWN_ID.to_owned()),
        undo,
        path,
        actor: rule.actor.clone().unwrap_or_else(|| exchange.request.actor.clone()),
        test: test.to_owned(),
    })
}

/// The id at a JSON Pointer. No resource can be deleted under a very long one.
fn id_at(body: &Value, pointer: &str) -> Option<String> {
    match body.pointer(pointer)? {
        Value::String(id) => Some(id.clone()).filter(|id| id.len() <= MAX_ID_LENGTH),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
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
