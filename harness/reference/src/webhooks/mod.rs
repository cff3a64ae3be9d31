//! Webhooks: registration, events and the log of deliveries.
//!
//! `outbound` delivers events with `client` and `signature`; `log` stores the results. `inbound` receives events.

pub(crate) mod client;
pub(crate) mod inbound;
mod log;
pub(crate) mod outbound;
pub(crate) mod signature;

use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::credentials::Environment;
use crate::customers::{Customer, CustomerRules};
use crate::errors::ApiError;
use crate::ids::{IdRules, Ids};
use crate::settings::Settings;
use client::Target;
use log::{Delivery, Log};
use outbound::{Deliverer, DeliveryRules};

/// The limit of simultaneous attempts to one endpoint.
const MAX_ATTEMPTS_AT_ONCE: usize = 100;

/// Which webhooks are registered, and what a client sees of their deliveries.
pub(crate) trait WebhookRules {
    /// Where the events of a new webhook go; `None` sends none.
    fn target(&self, _members: &Map<String, Value>, url: &str) -> Result<Option<Target>, ApiError> {
        Target::parse(url)
            .map(Some)
            .ok_or_else(|| ApiError::format("url", "Field 'url' must be an absolute http or https URL"))
    }

    /// RES-1: the deliveries of an unknown webhook.
    fn unknown_webhook(&self, id: &str) -> Result<Value, ApiError> {
        Err(ApiError::not_found("Webhook", id))
    }

    /// WHK-7: a delivery as a client sees it; `None` leaves it out.
    fn logged(&self, delivery: Value) -> Option<Value> {
        Some(delivery)
    }

    /// The deliveries of a webhook, the oldest first.
    fn log(&self, deliveries: Vec<Value>) -> Vec<Value> {
        deliveries
    }
}

/// All webhooks and the running deliveries. A drop ends the deliveries.
#[derive(Debug)]
pub(crate) struct Webhooks<R: ?Sized> {
    hooks: Mutex<Vec<Hook>>,
    log: Arc<Mutex<Log>>,
    running: Mutex<JoinSet<()>>,
    deliverer: Arc<Deliverer<R>>,
}

/// A registered webhook. It gets the events of its environment.
#[derive(Clone, Debug)]
struct Hook {
    id: String,
    environment: Environment,
    target: Option<Target>,
    secret: String,
    slots: Arc<Semaphore>,
}

/// What is sent to a webhook.
struct Event {
    name: &'static str,
    customer_id: String,
    body: String,
}

impl<R: DeliveryRules + CustomerRules + IdRules + Send + Sync + ?Sized + 'static> Webhooks<R> {
    pub(crate) fn new(settings: &Settings, rules: Arc<R>) -> Self {
        Self {
            hooks: Mutex::default(),
            log: Arc::default(),
            running: Mutex::default(),
            deliverer: Arc::new(Deliverer { timeout: settings.webhook_timeout, pause: settings.webhook_pause, rules }),
        }
    }

    /// Registers a webhook, and returns its id and its secret.
    pub(crate) fn register(&self, environment: Environment, target: Option<Target>, ids: &Ids<R>) -> (String, String) {
        let (id, secret) = (ids.next("whk"), ids.secret());
        let slots = Arc::new(Semaphore::new(MAX_ATTEMPTS_AT_ONCE));
        self.hooks.lock().push(Hook { id: id.clone(), environment, target, secret: secret.clone(), slots });
        (id, secret)
    }

    /// The deliveries of a webhook of this environment, the oldest first.
    pub(crate) fn deliveries(&self, id: &str, environment: Environment) -> Option<Vec<Value>> {
        let known = self.hooks.lock().iter().any(|hook| hook.id == id && hook.environment == environment);
        known.then(|| self.log.lock().shown(id))
    }

    pub(crate) fn knows(&self, id: &str) -> bool {
        self.hooks.lock().iter().any(|hook| hook.id == id)
    }

    /// Sends an event to every webhook of the customer's environment. Must be called within a runtime.
    pub(crate) fn announce(&self, name: &'static str, customer: &Customer, ids: &Ids<R>) {
        let rules = &self.deliverer.rules;
        if !rules.announces(name) {
            return;
        }
        for hook in self.hooks_of(customer.environment) {
            let body = json!({
                "id": ids.next("evt"),
                "event": name,
                "createdAt": rules.timestamp(),
                "data": { "customer": rules.shown(customer) },
            });
            let body = rules.event(body, name, &customer.id);
            self.send(hook, Event { name, customer_id: customer.id.clone(), body }, ids);
        }
    }

    fn hooks_of(&self, environment: Environment) -> Vec<Hook> {
        let hooks = self.hooks.lock();
        hooks.iter().filter(|hook| hook.environment == environment).cloned().collect()
    }

    /// Sends an event that is not about a customer to one webhook.
    pub(crate) fn notify(&self, id: &str, name: &'static str, ids: &Ids<R>) {
        let hook = self.hooks.lock().iter().find(|hook| hook.id == id).cloned();
        if let Some(hook) = hook {
            let body = json!({ "id": ids.next("evt"), "event": name }).to_string();
            self.send(hook, Event { name, customer_id: String::new(), body }, ids);
        }
    }

    fn send(&self, hook: Hook, event: Event, ids: &Ids<R>) {
        let Some(target) = hook.target else { return };
        if !self.deliverer.rules.is_served(self.log.lock().failures(&hook.id)) {
            return;
        }
        let delivery_id = ids.next("dlv");
        self.log.lock().add(&hook.id, Delivery::new(delivery_id.clone(), event.name, event.customer_id));
        let job = outbound::Job {
            webhook_id: hook.id,
            delivery_id,
            target,
            secret: hook.secret,
            body: event.body,
            delay: self.deliverer.rules.event_delay(event.name),
            slots: hook.slots,
            deliverer: Arc::clone(&self.deliverer),
            log: Arc::clone(&self.log),
        };
        let mut running = self.running.lock();
        while running.try_join_next().is_some() {}
        running.spawn(outbound::deliver(job));
    }
}
