//! Webhooks: who wants to hear of events, and how telling them went.

mod client;
pub(crate) mod inbound;
mod log;
mod outbound;
mod signature;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::answer::{Answer, Outcome};
use crate::api::{Call, locked};
use crate::clock;
use crate::credentials::Environment;
use crate::customers::Customer;
use crate::defects::{Flaws, resources, statuses, webhooks};
use crate::errors::{Code, Fault, shortened};
use crate::fields;
use crate::ids::Ids;
use client::Target;
use log::{Delivery, Log};

/// So many attempts to one endpoint may be under way at a time.
const MOST_ATTEMPTS_AT_ONCE: usize = 100;

/// All webhooks, and the deliveries under way. The latter end when this is dropped.
#[derive(Debug)]
pub(crate) struct Webhooks {
    hooks: Mutex<Vec<Hook>>,
    log: Arc<Mutex<Log>>,
    under_way: Mutex<JoinSet<()>>,
    settings: Arc<Settings>,
}

/// How deliveries are made.
#[derive(Debug)]
struct Settings {
    timeout: Duration,
    pause: Duration,
    flaws: Flaws,
}

/// Somebody who wants to hear of the events of an environment.
#[derive(Clone, Debug)]
struct Hook {
    id: String,
    environment: Environment,
    /// None where a defect took a webhook without a url.
    target: Option<Target>,
    secret: String,
    slots: Arc<Semaphore>,
}

impl Webhooks {
    pub(crate) fn new(options: &crate::Options, flaws: Flaws) -> Self {
        Self {
            hooks: Mutex::default(),
            log: Arc::default(),
            under_way: Mutex::default(),
            settings: Arc::new(Settings { timeout: options.webhook_timeout, pause: options.webhook_pause, flaws }),
        }
    }

    /// Whether there is a webhook of that id.
    pub(crate) fn knows(&self, id: &str) -> bool {
        locked(&self.hooks).iter().any(|hook| hook.id == id)
    }

    /// Tells every webhook of the customer's environment of an event. Must be called within a runtime.
    pub(crate) fn announce(&self, event: &'static str, customer: &Customer, ids: &Ids) {
        if event == "customer.state_changed" && self.settings.flaws.has(webhooks::STATE_CHANGES_NOT_ANNOUNCED) {
            return;
        }
        for hook in self.listeners(customer.environment) {
            self.send(hook, event, customer, ids);
        }
    }

    fn listeners(&self, environment: Environment) -> Vec<Hook> {
        let hooks = locked(&self.hooks);
        hooks.iter().filter(|hook| hook.environment == environment).cloned().collect()
    }

    fn send(&self, hook: Hook, event: &'static str, customer: &Customer, ids: &Ids) {
        let Some(target) = hook.target else { return };
        let delivery_id = ids.next("dlv");
        let body = payload(&ids.next("evt"), event, customer).to_string();
        let delivery = Delivery::new(delivery_id.clone(), event, customer.id.clone());
        locked(&self.log).add(&hook.id, delivery);
        let job = outbound::Job {
            webhook_id: hook.id,
            delivery_id,
            target,
            secret: hook.secret,
            body,
            slots: hook.slots,
            settings: Arc::clone(&self.settings),
            log: Arc::clone(&self.log),
        };
        let mut under_way = locked(&self.under_way);
        while under_way.try_join_next().is_some() {}
        under_way.spawn(outbound::deliver(job));
    }
}

fn payload(id: &str, event: &str, customer: &Customer) -> Value {
    json!({
        "id": id,
        "event": event,
        "createdAt": clock::rfc3339_now(),
        "data": { "customer": customer.to_json() },
    })
}

/// Registers a webhook.
pub(crate) fn create(call: Call) -> Outcome {
    let app = call.app;
    let members = crate::json::object(&call.request.body, call.route.operation, &app.flaws)?;
    let url = fields::required_text(&members, "url", &app.flaws)?;
    let target = match members.get("url") {
        Some(_) => Some(Target::parse(url).ok_or_else(bad_url)?),
        None => None,
    };
    let hook = Hook {
        id: app.ids.next("whk"),
        environment: call.caller.environment,
        target,
        secret: app.ids.secret(),
        slots: Arc::new(Semaphore::new(MOST_ATTEMPTS_AT_ONCE)),
    };
    let body = json!({ "id": hook.id, "url": url, "secret": hook.secret });
    locked(&app.webhooks.hooks).push(hook);
    let wrong = [(statuses::WEBHOOK_CREATE_ANSWERS_200, 200)];
    Ok(Answer::created(body).status(app.flaws.first(&wrong).unwrap_or(201)))
}

fn bad_url() -> Fault {
    Fault::format("url", "Field 'url' must be an absolute http or https URL")
}

/// The deliveries of one webhook, the oldest first.
pub(crate) fn deliveries(call: Call) -> Outcome {
    let (app, id) = (call.app, &call.route.id);
    let known =
        locked(&app.webhooks.hooks).iter().any(|hook| hook.id == *id && hook.environment == call.caller.environment);
    if !known {
        return unknown(id, &app.flaws);
    }
    let shown = locked(&app.webhooks.log).shown(id, &app.flaws);
    Ok(Answer::ok(json!({ "deliveries": shown })))
}

fn unknown(id: &str, flaws: &Flaws) -> Outcome {
    let fault = Fault::not_found("Webhook", id);
    match () {
        () if flaws.has(resources::DELIVERIES_OF_UNKNOWN_WEBHOOK) => Ok(Answer::ok(json!({ "deliveries": [] }))),
        () if flaws.has(statuses::DELIVERY_CODE_IN_RESPONSE) => Err(fault
            .code(Code::WebhookDeliveryFailed)
            .status(404)
            .details(format!("No deliveries of '{}'", shortened(id)))),
        () => Err(fault),
    }
}
