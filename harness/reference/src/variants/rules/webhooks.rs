//! Variants of webhooks.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::Varied;
use crate::errors::ApiError;
use crate::rules::Conforming;
use crate::variants::{requests, webhooks, wire};
use crate::webhooks::WebhookRules;
use crate::webhooks::client::{Attempted, Target};
use crate::webhooks::outbound::{Attempt, DeliveryRules};
use crate::wire::Pieces;

/// The number of bytes in a small chunk.
const SMALL_CHUNK: usize = 11;
/// Undocumented headers.
const UNDOCUMENTED: [(&str, &str); 4] =
    [("x-webhook-attempt", "1"), ("x-webhook-id", "wd-1"), ("traceparent", "00-1-1-00"), ("accept", "*/*")];

impl WebhookRules for Varied {
    fn target(&self, members: &Map<String, Value>, url: &str) -> Result<Option<Target>, ApiError> {
        if url.is_empty() && self.is_active(requests::VALIDATION_ERROR_FOR_EMPTY_STRINGS) {
            return Err(ApiError::invalid("url", "Field 'url' must not be empty"));
        }
        Conforming.target(members, url)
    }

    fn logged(&self, delivery: Value) -> Option<Value> {
        let mut shown = delivery;
        if shown["status"] != "FAILED" && self.is_active(wire::NULL_DELIVERY_ERRORS) {
            shown["error"] = Value::Null;
        }
        Conforming.logged(shown)
    }

    fn log(&self, mut deliveries: Vec<Value>) -> Vec<Value> {
        if self.is_active(webhooks::NEWEST_DELIVERY_FIRST) {
            deliveries.reverse();
        }
        deliveries
    }
}

impl DeliveryRules for Varied {
    fn event(&self, body: Value, event: &str, customer_id: &str) -> String {
        let body = match () {
            () if self.is_active(webhooks::BARE_EVENTS) => json!({ "customer": customer_id }),
            () if self.is_active(webhooks::NESTED_EVENTS) => {
                json!({ "v": 2, "batch": [{ "note": format!("{event} of {customer_id} at last") }] })
            }
            () => body,
        };
        if self.is_active(webhooks::PRETTY_PRINTED_EVENTS) { format!("{body:#}\n") } else { body.to_string() }
    }

    fn event_delay(&self, event: &str) -> Duration {
        match () {
            () if self.is_active(webhooks::LATE_EVENTS) => Duration::from_millis(300),
            () if event == "customer.created" && self.is_active(webhooks::LATE_CREATION_EVENTS) => {
                Duration::from_millis(400)
            }
            () => Conforming.event_delay(event),
        }
    }

    fn is_final(&self, attempt: &Attempt) -> bool {
        matches!(attempt, Attempt::Status(300..500)) && self.is_active(webhooks::CLIENT_ERRORS_NOT_RETRIED)
    }

    fn request(&self, headers: Vec<(&'static str, String)>, body: &str) -> Attempted {
        let mut request = Conforming.request(headers, body);
        if self.is_active(webhooks::OTHER_DELIVERY_HEADERS) {
            request.has_title_case = false;
            request.headers.extend(UNDOCUMENTED.map(|(name, value)| (name, value.to_owned())));
        }
        if self.is_active(webhooks::CHUNKED_EVENTS) {
            request.body = Pieces::chunks(body.into(), SMALL_CHUNK);
        }
        request
    }

    fn log_delay(&self) -> Duration {
        if self.is_active(webhooks::LATE_LOG) { Duration::from_millis(300) } else { Conforming.log_delay() }
    }
}
