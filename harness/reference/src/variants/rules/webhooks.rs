//! Variants of webhooks.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::Varied;
use crate::errors::Fault;
use crate::rules::Contract;
use crate::variants::{requests, webhooks, wire};
use crate::webhooks::WebhookRules;
use crate::webhooks::client::{self, Target};
use crate::webhooks::outbound::{Attempt, DeliveryRules};

/// The number of characters in a small chunk.
const SMALL_CHUNK: usize = 11;
/// Undocumented headers.
const UNDOCUMENTED: [(&str, &str); 4] =
    [("x-webhook-attempt", "1"), ("x-webhook-id", "wd-1"), ("traceparent", "00-1-1-00"), ("accept", "*/*")];

impl WebhookRules for Varied {
    fn target(&self, members: &Map<String, Value>, url: &str) -> Result<Option<Target>, Fault> {
        if url.is_empty() && self.vary(requests::VALIDATION_ERROR_FOR_EMPTY_STRINGS) {
            return Err(Fault::invalid("url", "Field 'url' must not be empty"));
        }
        Contract.target(members, url)
    }

    fn logged(&self, delivery: Value) -> Option<Value> {
        let mut shown = delivery;
        if shown["status"] != "FAILED" && self.vary(wire::NULL_DELIVERY_ERRORS) {
            shown["error"] = Value::Null;
        }
        Contract.logged(shown)
    }

    fn log(&self, mut deliveries: Vec<Value>) -> Vec<Value> {
        if self.vary(webhooks::NEWEST_DELIVERY_FIRST) {
            deliveries.reverse();
        }
        deliveries
    }
}

impl DeliveryRules for Varied {
    fn event(&self, body: Value, event: &str, customer_id: &str) -> String {
        let body = match () {
            () if self.vary(webhooks::BARE_EVENTS) => json!({ "customer": customer_id }),
            () if self.vary(webhooks::NESTED_EVENTS) => {
                json!({ "v": 2, "batch": [{ "note": format!("{event} of {customer_id} at last") }] })
            }
            () => body,
        };
        if self.vary(webhooks::PRETTY_PRINTED_EVENTS) { format!("{body:#}\n") } else { body.to_string() }
    }

    fn event_delay(&self, event: &str) -> Duration {
        match () {
            () if self.vary(webhooks::LATE_EVENTS) => Duration::from_millis(300),
            () if event == "customer.created" && self.vary(webhooks::LATE_CREATION_EVENTS) => {
                Duration::from_millis(400)
            }
            () => Contract.event_delay(event),
        }
    }

    fn is_final(&self, attempt: &Attempt) -> bool {
        matches!(attempt, Attempt::Answered(300..500)) && self.vary(webhooks::CLIENT_ERRORS_NOT_RETRIED)
    }

    fn request_text(&self, target: &Target, headers: &[(&'static str, String)], body: &str) -> String {
        let mut headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        if self.vary(webhooks::OTHER_DELIVERY_HEADERS) {
            headers.iter_mut().for_each(|(name, _)| name.make_ascii_lowercase());
            headers.extend(UNDOCUMENTED.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        let headers: Vec<(&str, String)> = headers.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let (framing, body) = if self.vary(webhooks::CHUNKED_EVENTS) {
            ("Transfer-Encoding: chunked".to_owned(), chunked(body))
        } else {
            (format!("Content-Length: {}", body.len()), body.to_owned())
        };
        format!("{}{body}", client::head(target, &headers, &framing))
    }

    fn log_delay(&self) -> Duration {
        if self.vary(webhooks::LATE_LOG) { Duration::from_millis(300) } else { Contract.log_delay() }
    }
}

/// The body in small chunks.
fn chunked(body: &str) -> String {
    let characters: Vec<char> = body.chars().collect();
    let chunks = characters.chunks(SMALL_CHUNK).map(|characters| {
        let text: String = characters.iter().collect();
        format!("{:x}\r\n{text}\r\n", text.len())
    });
    chunks.chain(["0\r\n\r\n".to_owned()]).collect()
}
