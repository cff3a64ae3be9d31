//! The log of deliveries that the API shows.

use std::collections::{HashMap, VecDeque};

use serde_json::{Value, json};

use crate::errors::Code;

/// The number of newest deliveries that are kept for each webhook.
const MAX_DELIVERIES: usize = 2_000;

/// The deliveries of all webhooks.
#[derive(Debug, Default)]
pub(super) struct Log {
    of_webhooks: HashMap<String, VecDeque<Delivery>>,
}

/// The delivery of one event to one webhook.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    id: String,
    event: &'static str,
    customer_id: String,
    status: Status,
    attempts: u32,
}

/// The status of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    Delivered,
    /// With the error of the last attempt.
    Failed(String),
}

impl Status {
    fn name(&self) -> &'static str {
        match self {
            Status::Pending => "PENDING",
            Status::Delivered => "DELIVERED",
            Status::Failed(_) => "FAILED",
        }
    }
}

impl Delivery {
    pub(super) fn new(id: String, event: &'static str, customer_id: String) -> Self {
        Self { id, event, customer_id, status: Status::Pending, attempts: 0 }
    }

    fn shown(&self) -> Value {
        let mut shown = json!({
            "id": self.id,
            "event": self.event,
            "customerId": self.customer_id,
            "status": self.status.name(),
            "attempts": self.attempts,
        });
        if let Status::Failed(problem) = &self.status {
            shown["error"] = self.error(problem);
        }
        shown
    }

    /// WHK-7: the error of a delivery that failed.
    fn error(&self, problem: &str) -> Value {
        json!({
            "code": Code::WebhookDeliveryFailed.name(),
            "message": format!("Failed to deliver webhook after {} attempts", self.attempts),
            "details": problem,
        })
    }
}

impl Log {
    /// Adds a pending delivery.
    pub(super) fn add(&mut self, webhook_id: &str, delivery: Delivery) {
        let deliveries = self.of_webhooks.entry(webhook_id.to_owned()).or_default();
        if deliveries.len() >= MAX_DELIVERIES {
            deliveries.pop_front();
        }
        deliveries.push_back(delivery);
    }

    /// The number of failed deliveries of a webhook.
    pub(super) fn failures(&self, webhook_id: &str) -> usize {
        let deliveries = self.of_webhooks.get(webhook_id).into_iter().flatten();
        deliveries.filter(|delivery| matches!(delivery.status, Status::Failed(_))).count()
    }

    /// Sets the status of a delivery after this number of attempts.
    pub(super) fn update(&mut self, webhook_id: &str, delivery_id: &str, attempts: u32, status: Status) {
        let deliveries = self.of_webhooks.get_mut(webhook_id);
        let found = deliveries.and_then(|all| all.iter_mut().rfind(|one| one.id == delivery_id));
        if let Some(delivery) = found {
            delivery.attempts = attempts;
            delivery.status = status;
        }
    }

    /// The deliveries of a webhook, the oldest first.
    pub(super) fn shown(&self, webhook_id: &str) -> Vec<Value> {
        self.of_webhooks.get(webhook_id).into_iter().flatten().map(Delivery::shown).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_delivery_shows_the_documented_error() {
        let mut log = Log::default();
        log.add("whk_1", Delivery::new("dlv_1".to_owned(), "customer.created", "cus_1".to_owned()));
        assert_eq!(log.shown("whk_1")[0]["status"], "PENDING");
        log.update("whk_1", "dlv_1", 3, Status::Failed("Endpoint returned 500 error".to_owned()));
        let shown = &log.shown("whk_1")[0];
        assert_eq!(shown["status"], "FAILED");
        assert_eq!(shown["error"]["code"], "WEBHOOK_DELIVERY_FAILED");
        assert_eq!(shown["error"]["details"], "Endpoint returned 500 error");
    }

    #[test]
    fn oldest_deliveries_are_removed() {
        let mut log = Log::default();
        for number in 0..=MAX_DELIVERIES {
            log.add("whk_1", Delivery::new(number.to_string(), "customer.created", String::new()));
        }
        let shown = log.shown("whk_1");
        assert_eq!((shown.len(), &shown[0]["id"]), (MAX_DELIVERIES, &json!("1")));
    }
}
