//! Checks inbound events. An event needs a signature over its raw bytes and a timestamp at most five minutes off.

use hyper::header::HeaderMap;
use subtle::ConstantTimeEq;

use super::signature;
use crate::credentials::WEBHOOK_SECRET;
use crate::errors::{ApiError, Code};

/// Which events are accepted.
pub(crate) trait InboundRules {
    /// WHK-1: a missing signature.
    fn missing_signature(&self) -> Result<(), ApiError> {
        Err(refusal("No signature was given"))
    }

    /// WHK-1: a signature that does not match.
    fn wrong_signature(&self) -> ApiError {
        refusal("Signature does not match expected value")
    }

    /// WHK-2: the number of seconds that a timestamp may be off.
    fn tolerance_seconds(&self, _moment: u64, _now: u64) -> u64 {
        300
    }

    /// WHK-2: a timestamp that is too far off.
    fn wrong_time(&self) -> ApiError {
        refusal("The timestamp is more than 5 minutes off")
    }

    /// WHK-3: the texts whose signature is accepted: the timestamp and the raw body.
    fn signed_texts(&self, timestamp: &str, body: &[u8]) -> Vec<Vec<u8>> {
        vec![signature::signed_text(timestamp, body)]
    }

    /// WHK-1: whether the given signature, in lower case, is the expected one.
    fn is_signature(&self, given: &str, expected: &str) -> bool {
        given.as_bytes().ct_eq(expected.as_bytes()).into()
    }
}

/// WHK-1 to WHK-3: rejects an event that is not signed, or not in time.
pub(crate) fn verify(headers: &HeaderMap, body: &[u8], now: u64, rules: &dyn InboundRules) -> Result<(), ApiError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(given) = text("x-webhook-signature") else {
        return rules.missing_signature();
    };
    let timestamp = text("x-webhook-timestamp").ok_or_else(|| refusal("No timestamp was given"))?;
    let moment = seconds(timestamp).ok_or_else(|| refusal("The timestamp is not a number of seconds"))?;
    if moment.abs_diff(now) > rules.tolerance_seconds(moment, now) {
        return Err(rules.wrong_time());
    }
    let valid = given.strip_prefix("sha256=").is_some_and(|given| {
        let is_valid = |text: &Vec<u8>| {
            let expected = hex::encode(signature::sign(WEBHOOK_SECRET, text));
            rules.is_signature(&given.to_ascii_lowercase(), &expected)
        };
        rules.signed_texts(timestamp, body).iter().any(is_valid)
    });
    if valid { Ok(()) } else { Err(rules.wrong_signature()) }
}

fn seconds(timestamp: &str) -> Option<u64> {
    timestamp.parse().ok().filter(|_| timestamp.bytes().all(|byte| byte.is_ascii_digit()))
}

fn refusal(details: &str) -> ApiError {
    ApiError::new(Code::WebhookSignatureInvalid).details(details)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Conforming;

    const NOW: u64 = 1_800_000_000;
    const BODY: &[u8] = b"{ \"event\" : \"customer.approved\" }\n";

    fn headers(timestamp: u64, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-webhook-timestamp", timestamp.into());
        headers.insert("x-webhook-signature", signature.parse().expect("a header value"));
        headers
    }

    fn signed(timestamp: u64, body: &[u8], secret: &str) -> HeaderMap {
        let text = signature::signed_text(&timestamp.to_string(), body);
        headers(timestamp, &format!("sha256={}", hex::encode(signature::sign(secret, &text))))
    }

    fn accepts(headers: &HeaderMap, body: &[u8]) -> bool {
        verify(headers, body, NOW, &Conforming).is_ok()
    }

    #[test]
    fn signed_event_is_accepted_within_five_minutes() {
        for timestamp in [NOW - 300, NOW - 1, NOW, NOW + 300] {
            assert!(accepts(&signed(timestamp, BODY, WEBHOOK_SECRET), BODY));
        }
        for timestamp in [NOW - 301, NOW + 301, 0] {
            assert!(!accepts(&signed(timestamp, BODY, WEBHOOK_SECRET), BODY));
        }
    }

    #[test]
    fn unsigned_and_wrongly_signed_events_are_rejected() {
        assert!(!accepts(&signed(NOW, BODY, "another secret"), BODY));
        assert!(!accepts(&signed(NOW, BODY, WEBHOOK_SECRET), BODY.trim_ascii()));
        assert!(!accepts(&headers(NOW, "sha256="), BODY));
        assert!(!accepts(&HeaderMap::new(), BODY));
        let alone = hex::encode(signature::sign(WEBHOOK_SECRET, BODY));
        assert!(!accepts(&headers(NOW, &format!("sha256={alone}")), BODY));
    }
}
