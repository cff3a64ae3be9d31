//! Mutants of deliveries and of their log.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Mutated;
use crate::errors::{ApiError, Code};
use crate::mutants::webhooks;
use crate::webhooks::WebhookRules;
use crate::webhooks::client::{Attempted, Target};
use crate::webhooks::outbound::{Attempt, DeliveryRules, Signing};
use crate::webhooks::signature;

const STALE_BY_SECONDS: u64 = 600;

impl WebhookRules for Mutated {
    unchanged! {
        fn log(&self, deliveries: Vec<Value>) -> Vec<Value>;
    }

    fn target(&self, members: &Map<String, Value>, url: &str) -> Result<Option<Target>, ApiError> {
        // Without a url the webhook was accepted by a mutant that needs none.
        if members.contains_key("url") { self.base.target(members, url) } else { Ok(None) }
    }

    fn logged(&self, delivery: Value) -> Option<Value> {
        let mut shown = delivery;
        match shown["status"].as_str() {
            Some("FAILED") if self.is_active(webhooks::FAILURE_NOT_LOGGED) => return None,
            Some("FAILED") => self.mutate_failure(&mut shown),
            Some("DELIVERED") if self.is_active(webhooks::DELIVERED_LOGGED_AS_PENDING) => {
                shown["status"] = json!("PENDING")
            }
            _ => {}
        }
        self.base.logged(shown)
    }
}

impl Mutated {
    fn mutate_failure(&self, shown: &mut Value) {
        let pending = self.is_active(webhooks::FAILURE_LOGGED_AS_PENDING);
        if pending {
            shown["status"] = json!("PENDING");
        }
        if (pending || self.is_active(webhooks::LOG_WITHOUT_ERROR))
            && let Some(shown) = shown.as_object_mut()
        {
            shown.shift_remove("error");
            return;
        }
        let error = &mut shown["error"];
        if self.is_active(webhooks::LOG_ERROR_WITH_OTHER_CODE) {
            error["code"] = json!(Code::InternalServerError.name());
        }
        if self.is_active(webhooks::LOG_ERROR_IS_STRING) {
            *error = error["code"].clone();
        } else if self.is_active(webhooks::LOG_ERROR_WITHOUT_MESSAGE) {
            *error = json!({ "code": error["code"], "details": error["details"] });
        }
    }
}

impl DeliveryRules for Mutated {
    unchanged! {
        fn event_delay(&self, event: &str) -> Duration;
        fn request(&self, headers: Vec<(&'static str, String)>, body: &str) -> Attempted;
        fn log_delay(&self) -> Duration;
    }

    fn announces(&self, event: &str) -> bool {
        !(event == "customer.state_changed" && self.is_active(webhooks::STATE_CHANGES_NOT_ANNOUNCED))
    }

    fn is_served(&self, failures: usize) -> bool {
        failures == 0 || !self.is_active(webhooks::FAILING_ENDPOINT_GETS_NOTHING_MORE)
    }

    fn event(&self, body: Value, event: &str, customer_id: &str) -> String {
        let text = self.base.event(body, event, customer_id);
        match () {
            () if self.is_active(webhooks::OUTBOUND_IS_FORM_TEXT) => format!("event={event}&customer={customer_id}"),
            () if self.is_active(webhooks::OUTBOUND_IS_JSON_LIST) => format!("[{text}]"),
            () if self.is_active(webhooks::OUTBOUND_IS_JSON_TEXT) => json!(text).to_string(),
            () => text,
        }
    }

    fn attempts(&self) -> u32 {
        let wrong = [(webhooks::ONE_ATTEMPT, 1), (webhooks::TWO_ATTEMPTS, 2), (webhooks::FOUR_ATTEMPTS, 4)];
        self.first(&wrong).unwrap_or_else(|| self.base.attempts())
    }

    fn is_final(&self, attempt: &Attempt) -> bool {
        let wrong = match attempt {
            Attempt::Status(status) => *status > 500 && self.is_active(webhooks::NO_RETRY_AFTER_503),
            Attempt::Unreachable(_) => self.is_active(webhooks::NO_RETRY_AFTER_REFUSAL),
            Attempt::TimedOut => self.is_active(webhooks::NO_RETRY_AFTER_TIMEOUT),
            Attempt::Accepted => false,
        };
        wrong || self.base.is_final(attempt)
    }

    fn is_success(&self, status: u16) -> bool {
        if self.is_active(webhooks::REDELIVERS_AFTER_204) { status == 200 } else { self.base.is_success(status) }
    }

    fn attempt_timeout(&self, permitted: Duration) -> Duration {
        match () {
            () if self.is_active(webhooks::WAITS_FOREVER) => permitted * 60,
            () if self.is_active(webhooks::LATE_200_COUNTS) => permitted * 2,
            () if self.is_active(webhooks::IMPATIENT_DELIVERY) => permitted / 5,
            () => self.base.attempt_timeout(permitted),
        }
    }

    fn delivers_again(&self) -> bool {
        self.is_active(webhooks::REDELIVERS_AFTER_2XX)
    }

    fn signed(&self, attempt: &Signing) -> Vec<(&'static str, String)> {
        let now = match () {
            () if self.is_active(webhooks::OUTBOUND_STALE_TIMESTAMP) => attempt.now - STALE_BY_SECONDS,
            () if self.is_active(webhooks::OUTBOUND_MILLISECOND_TIMESTAMP) => attempt.now * 1000,
            () => attempt.now,
        };
        let secret =
            if self.is_active(webhooks::OUTBOUND_OTHER_SECRET) { "whsec_of_somebody_else" } else { attempt.secret };
        let mut headers = self.base.signed(&Signing { now, secret, ..*attempt });
        if let Some(wrong) = self.wrong_signature_of(&now.to_string(), secret, attempt.body) {
            headers.retain(|(name, _)| *name != "X-Webhook-Signature");
            headers.push(("X-Webhook-Signature", wrong));
        }
        let dropped = match () {
            () if self.is_active(webhooks::OUTBOUND_UNSIGNED) => "X-Webhook-Signature",
            () if attempt.number > 1 && self.is_active(webhooks::OUTBOUND_RETRIES_UNSIGNED) => "X-Webhook-Signature",
            () if self.is_active(webhooks::OUTBOUND_WITHOUT_TIMESTAMP) => "X-Webhook-Timestamp",
            () => "",
        };
        headers.retain(|(name, _)| *name != dropped);
        headers
    }
}

impl Mutated {
    /// The signature of a mutant that signs another text or writes it in another way.
    fn wrong_signature_of(&self, timestamp: &str, secret: &str, body: &str) -> Option<String> {
        let right = || signature::sign(secret, &signature::signed_text(timestamp, body.as_bytes()));
        let signed = |text: &[u8]| format!("sha256={}", hex::encode(signature::sign(secret, text)));
        match () {
            () if self.is_active(webhooks::OUTBOUND_SIGNS_BODY_ALONE) => Some(signed(body.as_bytes())),
            () if self.is_active(webhooks::OUTBOUND_SIGNS_OTHER_TEXT) => {
                Some(signed(&signature::signed_text(timestamp, format!("{body}\n").as_bytes())))
            }
            () if self.is_active(webhooks::OUTBOUND_BASE64_SIGNATURE) => {
                Some(format!("sha256={}", STANDARD.encode(right())))
            }
            () => None,
        }
    }
}
