//! Webhooks: registration, events and the log of deliveries.
//!
//! `outbound` delivers events with `client` and `signature`; `log` stores the results. `inbound` receives events.

mod client;
pub(crate) mod inbound;
mod log;
mod outbound;
mod signature;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::answer::{Answer, Outcome};
use crate::api::{Call, locked};
use crate::clock;
use crate::credentials::Environment;
use crate::customers::Customer;
use crate::errors::{Code, Fault, shortened};
use crate::fields;
use crate::ids::Ids;
use crate::mutants::{resources, statuses, webhooks};
use crate::switches::Switches;
use crate::variants::{requests, webhooks as variants};
use client::Target;
use log::{Delivery, Log};

/// The limit of simultaneous attempts to one endpoint.
const MOST_ATTEMPTS_AT_ONCE: usize = 100;

/// All webhooks and the running deliveries. A drop ends the deliveries.
#[derive(Debug)]
pub(crate) struct Webhooks {
    hooks: Mutex<Vec<Hook>>,
    log: Arc<Mutex<Log>>,
    running: Mutex<JoinSet<()>>,
    settings: Arc<Settings>,
}

/// How deliveries are made.
#[derive(Debug)]
struct Settings {
    timeout: Duration,
    pause: Duration,
    switches: Switches,
}

/// A registered webhook. It gets the events of its environment.
#[derive(Clone, Debug)]
struct Hook {
    id: String,
    environment: Environment,
    /// `None` if a mutant accepted a webhook without a url.
    target: Option<Target>,
    secret: String,
    slots: Arc<Semaphore>,
}

impl Webhooks {
    pub(crate) fn new(options: &crate::Options, switches: Switches) -> Self {
        Self {
            hooks: Mutex::default(),
            log: Arc::default(),
            running: Mutex::default(),
            settings: Arc::new(Settings { timeout: options.webhook_timeout, pause: options.webhook_pause, switches }),
        }
    }

    /// Whether there is a webhook with this id.
    pub(crate) fn knows(&self, id: &str) -> bool {
        locked(&self.hooks).iter().any(|hook| hook.id == id)
    }

    /// Sends an event to every webhook of the customer's environment. Must be called within a runtime.
    pub(crate) fn announce(&self, event: &'static str, customer: &Customer, ids: &Ids) {
        if event == "customer.state_changed" && self.settings.switches.has(webhooks::STATE_CHANGES_NOT_ANNOUNCED) {
            return;
        }
        for hook in self.hooks_of(customer.environment) {
            let body = payload(&ids.next("evt"), event, customer, &self.settings.switches);
            self.send(hook, event, customer.id.clone(), body, ids);
        }
    }

    fn hooks_of(&self, environment: Environment) -> Vec<Hook> {
        let hooks = locked(&self.hooks);
        hooks.iter().filter(|hook| hook.environment == environment).cloned().collect()
    }

    /// Sends an event without a customer to a new webhook. Only a variant does this.
    fn send_event_without_customer(&self, hook: Hook, ids: &Ids) {
        if self.settings.switches.vary(variants::EVENTS_OF_NOBODY) {
            let body = json!({ "id": ids.next("evt"), "event": "webhook.created" }).to_string();
            self.send(hook, "webhook.created", String::new(), body, ids);
        }
    }

    fn send(&self, hook: Hook, event: &'static str, customer_id: String, body: String, ids: &Ids) {
        let Some(target) = hook.target else { return };
        let delivery_id = ids.next("dlv");
        let delivery = Delivery::new(delivery_id.clone(), event, customer_id);
        locked(&self.log).add(&hook.id, delivery);
        let job = outbound::Job {
            webhook_id: hook.id,
            delivery_id,
            target,
            secret: hook.secret,
            body,
            delay: delay(event, &self.settings.switches),
            slots: hook.slots,
            settings: Arc::clone(&self.settings),
            log: Arc::clone(&self.log),
        };
        let mut running = locked(&self.running);
        while running.try_join_next().is_some() {}
        running.spawn(outbound::deliver(job));
    }
}

/// The body of a delivery.
fn payload(id: &str, event: &str, customer: &Customer, switches: &Switches) -> String {
    let body = match () {
        () if switches.vary(variants::BARE_EVENTS) => json!({ "customer": customer.id }),
        () if switches.vary(variants::NESTED_EVENTS) => {
            json!({ "v": 2, "batch": [{ "note": format!("{event} of {} at last", customer.id) }] })
        }
        () => json!({
            "id": id,
            "event": event,
            "createdAt": clock::rfc3339_now(switches),
            "data": { "customer": customer.to_json(switches) },
        }),
    };
    match () {
        () if switches.has(webhooks::OUTBOUND_IS_FORM_TEXT) => format!("event={event}&customer={}", customer.id),
        () if switches.has(webhooks::OUTBOUND_IS_JSON_LIST) => json!([body]).to_string(),
        () if switches.has(webhooks::OUTBOUND_IS_JSON_TEXT) => json!(body.to_string()).to_string(),
        () if switches.vary(variants::PRETTY_PRINTED_EVENTS) => format!("{body:#}\n"),
        () => body.to_string(),
    }
}

/// The delay before an event is sent.
fn delay(event: &str, switches: &Switches) -> Duration {
    let creation = event == "customer.created";
    match () {
        () if switches.vary(variants::LATE_EVENTS) => Duration::from_millis(300),
        () if creation && switches.vary(variants::LATE_CREATION_EVENTS) => Duration::from_millis(400),
        () => Duration::ZERO,
    }
}

/// Registers a webhook.
pub(crate) fn create(call: Call) -> Outcome {
    let app = call.app;
    let members = crate::json::object(call.request, call.route.operation, &app.switches)?;
    let url = fields::required_text(&members, "url", &app.switches)?;
    if url.is_empty() && members.contains_key("url") && app.switches.vary(requests::VALIDATION_ERROR_FOR_EMPTY_STRINGS)
    {
        return Err(Fault::invalid("url", "Field 'url' must not be empty"));
    }
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
    locked(&app.webhooks.hooks).push(hook.clone());
    app.webhooks.send_event_without_customer(hook, &app.ids);
    let wrong = [(statuses::WEBHOOK_CREATE_ANSWERS_200, 200)];
    Ok(Answer::created(body).status(app.switches.first(&wrong).unwrap_or(201)))
}

fn bad_url() -> Fault {
    Fault::format("url", "Field 'url' must be an absolute http or https URL")
}

/// Lists the deliveries of one webhook, the oldest first.
pub(crate) fn deliveries(call: Call) -> Outcome {
    let (app, id) = (call.app, &call.route.id);
    let known =
        locked(&app.webhooks.hooks).iter().any(|hook| hook.id == *id && hook.environment == call.caller.environment);
    if !known {
        return unknown(id, &app.switches);
    }
    let shown = locked(&app.webhooks.log).shown(id, &app.switches);
    Ok(Answer::ok(json!({ "deliveries": shown })))
}

fn unknown(id: &str, switches: &Switches) -> Outcome {
    let fault = Fault::not_found("Webhook", id);
    match () {
        () if switches.has(resources::DELIVERIES_OF_UNKNOWN_WEBHOOK) => Ok(Answer::ok(json!({ "deliveries": [] }))),
        () if switches.has(statuses::DELIVERY_CODE_IN_RESPONSE) => Err(fault
            .code(Code::WebhookDeliveryFailed)
            .status(404)
            .details(format!("No deliveries of '{}'", shortened(id)))),
        () => Err(fault),
    }
}
