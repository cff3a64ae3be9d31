//! Checks of webhook deliveries: signature over the raw body, fresh timestamp, JSON body.

use serde_json::Value;

use crate::delivery::Delivery;
use crate::finding::{Part, Violation, quoted};
use crate::signature::hmac_sha256;
use spec::contract::Signing;

/// Everything that a check may use.
pub struct DeliveryContext<'c> {
    pub signing: &'c Signing,
    /// The secret of the webhook.
    pub secret: &'c str,
    pub delivery: &'c Delivery,
}

/// A check on deliveries.
pub struct DeliveryCheck {
    /// The public name, in kebab case.
    pub name: &'static str,
    /// What must be true, as a sentence.
    pub statement: &'static str,
    pub run: fn(&DeliveryContext<'_>) -> Option<Violation>,
}

/// All checks on deliveries.
pub const DELIVERY_CHECKS: &[DeliveryCheck] = &[
    DeliveryCheck {
        name: "delivery-signed",
        statement: "an outbound delivery is signed over its timestamp and raw body, with the secret of the webhook",
        run: signed,
    },
    DeliveryCheck { name: "delivery-fresh", statement: "an outbound delivery carries a fresh timestamp", run: fresh },
    DeliveryCheck { name: "delivery-is-json", statement: "an outbound delivery is a JSON object", run: is_json },
];

fn violation(expected: impl Into<String>, actual: impl Into<String>) -> Option<Violation> {
    Some(Violation::new(Part::Deliveries, expected, actual))
}

fn signed(context: &DeliveryContext<'_>) -> Option<Violation> {
    let signing = context.signing;
    let Some(signature) = context.delivery.header(&signing.signature_header) else {
        return violation(format!("the header {}", signing.signature_header), "no such header");
    };
    // A missing timestamp is a violation of `delivery-fresh`, so the signature is not judged then.
    let timestamp = context.delivery.header(&signing.timestamp_header).unwrap_or_default();
    let covered = [timestamp.as_bytes(), signing.separator.as_bytes(), &context.delivery.body].concat();
    let digits = hmac_sha256(context.secret.as_bytes(), &covered);
    let given = signature.strip_prefix(&signing.prefix);
    if timestamp.is_empty() || given.is_some_and(|given| given.eq_ignore_ascii_case(&digits)) {
        return None;
    }
    let body_only = hmac_sha256(context.secret.as_bytes(), &context.delivery.body);
    let why = match given {
        None => format!("a value that does not begin with {}", signing.prefix),
        Some(given) if given.eq_ignore_ascii_case(&body_only) => {
            "the signature of the body alone, without the timestamp".to_owned()
        }
        Some(_) => "another signature".to_owned(),
    };
    violation(format!("HMAC-SHA256 of timestamp, `{}` and raw body, in hexadecimal digits", signing.separator), why)
}

fn fresh(context: &DeliveryContext<'_>) -> Option<Violation> {
    let signing = context.signing;
    let Some(text) = context.delivery.header(&signing.timestamp_header) else {
        return violation(format!("the header {}", signing.timestamp_header), "no such header");
    };
    let now = context.delivery.arrived.timestamp();
    let expected = format!("Unix seconds within {} s of {now}", signing.tolerance_seconds);
    match text.parse::<i64>() {
        Ok(time) if (time - now).abs() <= signing.tolerance_seconds => None,
        _ => violation(expected, quoted(text)),
    }
}

fn is_json(context: &DeliveryContext<'_>) -> Option<Violation> {
    match serde_json::from_slice::<Value>(&context.delivery.body) {
        Ok(Value::Object(_)) => None,
        _ => violation("a JSON object", format!("{} bytes that are not a JSON object", context.delivery.body.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    const NOW: i64 = 1_700_000_000;

    fn findings(headers: &[(&str, String)], body: &str) -> Vec<&'static str> {
        let signing = Signing {
            timestamp_header: "T".into(),
            signature_header: "S".into(),
            prefix: "sha256=".into(),
            separator: ".".into(),
            tolerance_seconds: 300,
            secret_actor: "webhook".into(),
        };
        let delivery = Delivery {
            arrived: DateTime::from_timestamp(NOW, 0).expect("a time"),
            headers: headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone().into_bytes())).collect(),
            body: body.as_bytes().to_vec().into(),
        };
        let context = DeliveryContext { signing: &signing, secret: "shh", delivery: &delivery };
        DELIVERY_CHECKS.iter().filter(|check| (check.run)(&context).is_some()).map(|check| check.name).collect()
    }

    fn signature(time: i64, body: &str) -> String {
        format!("sha256={}", hmac_sha256(b"shh", format!("{time}.{body}").as_bytes()))
    }

    #[test]
    fn valid_delivery_passes() {
        let headers = [("T", NOW.to_string()), ("S", signature(NOW, "{ }"))];
        assert!(findings(&headers, "{ }").is_empty());
        let upper = [("T", NOW.to_string()), ("S", signature(NOW, "{}").to_uppercase().replace("SHA", "sha"))];
        assert!(findings(&upper, "{}").is_empty());
    }

    #[test]
    fn each_fault_fails_its_check() {
        let old = NOW - 301;
        assert_eq!(findings(&[("T", old.to_string()), ("S", signature(old, "{}"))], "{}"), ["delivery-fresh"]);
        assert_eq!(findings(&[("T", NOW.to_string()), ("S", signature(NOW, "{ }"))], "{}"), ["delivery-signed"]);
        assert_eq!(findings(&[("T", NOW.to_string())], "{}"), ["delivery-signed"]);
        assert_eq!(findings(&[("S", signature(NOW, "{}"))], "{}"), ["delivery-fresh"]);
        assert_eq!(findings(&[("T", NOW.to_string()), ("S", signature(NOW, "[]"))], "[]"), ["delivery-is-json"]);
    }
}
