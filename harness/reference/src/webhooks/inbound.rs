//! Receives events. An event needs a signature over its raw bytes and a timestamp at most five minutes off.

use hyper::header::HeaderMap;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::signature;
use crate::answer::{Answer, Outcome};
use crate::api::{App, Body, Request};
use crate::credentials::WEBHOOK_SECRET;
use crate::errors::{Code, Fault};
use crate::mutants::{statuses, webhooks};
use crate::route::Operation;
use crate::switches::Switches;
use crate::{clock, json, sandbox};

const TOLERANCE_SECONDS: u64 = 300;

/// Receives an event.
pub(crate) fn receive(app: &App, request: &Request) -> Outcome {
    let switches = &app.switches;
    let bytes = match &request.body {
        Body::Whole(bytes) => bytes.as_slice(),
        Body::CutShort | Body::TooLong => &[],
    };
    verify(&request.headers, bytes, clock::unix_seconds(switches), switches)?;
    sandbox::requested_fault(&request.headers, switches)?;
    json::object(request, Operation::ReceiveWebhookEvent, switches)?;
    let wrong = [(statuses::INBOUND_EVENT_ANSWERS_200, 200)];
    match switches.first(&wrong) {
        Some(status) => Ok(Answer::ok(serde_json::json!({ "received": true })).status(status)),
        None => Ok(Answer::no_content()),
    }
}

fn verify(headers: &HeaderMap, body: &[u8], now: u64, switches: &Switches) -> Result<(), Fault> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(given) = text("x-webhook-signature") else {
        return missing_signature(switches);
    };
    let timestamp = text("x-webhook-timestamp").ok_or_else(|| refusal("No timestamp was given"))?;
    check_age(timestamp, now, switches)?;
    let valid = given.strip_prefix("sha256=").is_some_and(|given| {
        signed_texts(timestamp, body, switches)
            .iter()
            .any(|text| matches_signature(given, &signature::sign(WEBHOOK_SECRET, text), switches))
    });
    if valid { Ok(()) } else { Err(wrong_signature(switches)) }
}

fn refusal(details: &str) -> Fault {
    Fault::new(Code::WebhookSignatureInvalid).details(details)
}

fn missing_signature(switches: &Switches) -> Result<(), Fault> {
    let fault = refusal("No signature was given");
    match () {
        () if switches.has(webhooks::ACCEPTS_MISSING_SIGNATURE) => Ok(()),
        () if switches.has(webhooks::MISSING_SIGNATURE_IS_FORBIDDEN) => Err(fault.code(Code::InsufficientPermissions)),
        () => Err(fault),
    }
}

fn wrong_signature(switches: &Switches) -> Fault {
    let fault = refusal("Signature does not match expected value");
    if switches.has(webhooks::SIGNATURE_FAILURE_AS_AUTHENTICATION) {
        fault.code(Code::AuthenticationFailed)
    } else {
        fault
    }
}

fn check_age(timestamp: &str, now: u64, switches: &Switches) -> Result<(), Fault> {
    let digits = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let moment: u64 =
        timestamp.parse().ok().filter(|_| digits).ok_or_else(|| refusal("The timestamp is not a number of seconds"))?;
    let ignored = switches.has(webhooks::IGNORES_TIMESTAMP)
        || (moment < now && switches.has(webhooks::ACCEPTS_OLD_TIMESTAMP))
        || (moment > now && switches.has(webhooks::ACCEPTS_FUTURE_TIMESTAMP));
    let wrong = [(webhooks::ACCEPTS_SIX_MINUTES, 600), (webhooks::REJECTS_FOUR_MINUTES, 60)];
    let tolerance = switches.first(&wrong).unwrap_or(TOLERANCE_SECONDS);
    if ignored || moment.abs_diff(now) <= tolerance {
        return Ok(());
    }
    let fault = refusal("The timestamp is more than 5 minutes off");
    let forbidden = switches.has(webhooks::TIMESTAMP_FAILURE_IS_FORBIDDEN);
    Err(if forbidden { fault.code(Code::InsufficientPermissions) } else { fault })
}

/// The texts whose signature is accepted. A mutant may accept another text, or one more.
fn signed_texts(timestamp: &str, body: &[u8], switches: &Switches) -> Vec<Vec<u8>> {
    if switches.has(webhooks::SIGNATURE_OF_PARSED_BODY) {
        let parsed: Option<Value> = serde_json::from_slice(body).ok();
        let written = parsed.map_or_else(|| body.to_vec(), |value| value.to_string().into_bytes());
        return vec![signature::signed_text(timestamp, &written)];
    }
    if switches.has(webhooks::SIGNATURE_OF_TRIMMED_BODY) {
        return vec![signature::signed_text(timestamp, body.trim_ascii())];
    }
    let mut texts = vec![signature::signed_text(timestamp, body)];
    if switches.has(webhooks::TIMESTAMP_UNSIGNED) {
        texts.push(body.to_vec());
    }
    texts
}

fn matches_signature(given: &str, expected: &[u8], switches: &Switches) -> bool {
    let given = given.to_ascii_lowercase();
    let expected = signature::hex(expected);
    let well_formed = given.len() == expected.len() && given.bytes().all(|byte| byte.is_ascii_hexdigit());
    match () {
        () if given.is_empty() && switches.has(webhooks::ACCEPTS_EMPTY_SIGNATURE) => true,
        () if switches.has(webhooks::ACCEPTS_ANY_SIGNATURE) => well_formed,
        () if switches.has(webhooks::PREFIX_COMPARE) => well_formed && given[..8] == expected[..8],
        () if switches.has(webhooks::COMPARES_GIVEN_LENGTH) => expected.starts_with(&given),
        () => given.as_bytes().ct_eq(expected.as_bytes()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        headers(timestamp, &format!("sha256={}", signature::hex(&signature::sign(secret, &text))))
    }

    fn accepts(headers: &HeaderMap, body: &[u8]) -> bool {
        verify(headers, body, NOW, &Switches::default()).is_ok()
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
        let alone = signature::hex(&signature::sign(WEBHOOK_SECRET, BODY));
        assert!(!accepts(&headers(NOW, &format!("sha256={alone}")), BODY));
    }
}
