//! The proxy between the harness and the reference: it changes the responses to one step of a test.
//!
//! The copy of the scenario adds a header that names the step of each request.

use std::collections::HashMap;
use std::sync::Arc;

use judge::exchange::{Request, Response};
use mutate::Route;
use parking_lot::Mutex;
use runner::client::{HttpClient, Network};
use serde_json::Value;
use spec::contract::Contract;

use super::change::PreviousResponses;
use super::mutants::Mutant;

/// The header with the number of a step.
pub const STEP: &str = "x-blind-step";

/// What the proxy has received.
#[derive(Default)]
struct Record {
    seen: PreviousResponses,
    /// The secret of each webhook, by its URL.
    secrets: HashMap<String, String>,
}

/// Finds the secret of a webhook by the beginning of its URL.
pub type Secrets = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Starts a proxy, and returns it with the secrets that it sees.
pub async fn start(contract: &Arc<Contract>, target: &str, mutant: Option<Mutant>) -> (mutate::Proxy, Secrets) {
    let upstream = Arc::new(HttpClient::new(target, &Network::default()).expect("a client"));
    let route = Route::new(contract, std::iter::empty());
    let proxy = mutate::Proxy::start(contract.clone(), route, upstream, None).await.expect("a proxy");
    let record = Arc::new(Mutex::new(Record::default()));
    let known = record.clone();
    proxy.edit_with(Box::new(move |request, response| record.lock().changed(mutant.as_ref(), request, response)));
    let secret = move |base: &str| {
        let record = known.lock();
        record.secrets.iter().find(|(url, _)| url.starts_with(base)).map(|(_, secret)| secret.clone())
    };
    (proxy, Box::new(secret))
}

impl Record {
    /// Records a response, and changes it if the mutant applies to its step.
    fn changed(&mut self, mutant: Option<&Mutant>, request: &Request, response: &Response) -> Option<Response> {
        let json = serde_json::from_slice::<Value>(&request.body.to_bytes()).unwrap_or_default();
        let body = response.json().unwrap_or_default();
        if let (Some(url), Some(secret)) = (json["url"].as_str(), body["secret"].as_str()) {
            self.secrets.insert(url.to_owned(), secret.to_owned());
        }
        let is_of_step = |mutant: &&Mutant| {
            let step = mutant.step.to_string();
            request.headers.iter().any(|(name, value)| name == STEP && *value == step.as_bytes())
        };
        let mut changed = response.clone();
        let is_changed = mutant.filter(is_of_step).is_some_and(|mutant| mutant.change.apply(&mut changed, &self.seen));
        match response.status {
            200..300 => self.seen.success = Some(response.clone()),
            429 => self.seen.refusal = Some(response.clone()),
            _ => {}
        }
        is_changed.then_some(changed)
    }
}
