//! Hides personal data (PII): values that the target returned and the harness did not send.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveTime};
use regex::Regex;
use serde_json::Value;

/// An email address or a phone number anywhere in a text.
static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|\+\d{7,15}\b")
        .unwrap_or_else(|error| unreachable!("{error}"))
});

/// Constants such as states and codes; they are not personal data.
static CONSTANT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[A-Z][A-Z_]{0,60}$").unwrap_or_else(|error| unreachable!("{error}")));

/// Everything that the harness itself sent in a test, as one text.
pub(super) struct Own(String);

impl Own {
    pub(super) fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        Self(texts.collect::<Vec<_>>().join("\n"))
    }

    fn has(&self, text: &str) -> bool {
        self.0.contains(text)
    }

    /// Replaces the email addresses and phone numbers that the harness did not send.
    pub(super) fn text(&self, text: &str) -> String {
        PERSONAL
            .replace_all(text, |found: &regex::Captures<'_>| {
                let found = &found[0];
                let example = found.ends_with("@example.com") || found.ends_with("@example.org");
                if example || self.has(found) { found.to_owned() } else { "‹not shown›".to_owned() }
            })
            .into_owned()
    }

    /// The body of a success response: strings that the harness did not send are replaced by their length.
    pub(super) fn body(&self, body: &Value) -> Value {
        match body {
            Value::String(text) if self.has(text) || CONSTANT.is_match(text) || is_moment(text) => body.clone(),
            Value::String(text) => Value::String(format!("‹{} characters, not shown›", text.chars().count())),
            Value::Array(elements) => Value::Array(elements.iter().take(20).map(|inner| self.body(inner)).collect()),
            Value::Object(members) => {
                Value::Object(members.iter().map(|(name, inner)| (name.clone(), self.body(inner))).collect())
            }
            other => other.clone(),
        }
    }
}

/// True for a date with a time of day, such as a creation time. A date of birth has no time, or midnight.
fn is_moment(text: &str) -> bool {
    let Ok(moment) = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)) else {
        return false;
    };
    moment.time() != NaiveTime::MIN
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn timestamps_are_shown_and_dates_of_birth_are_hidden() {
        for moment in ["2026-11-26T22:13:43.123456+00:00", "2026-11-26T22:13:43Z", "Thu, 26 Nov 2026 22:13:43 GMT"] {
            assert!(is_moment(moment), "{moment}");
        }
        for day in ["1990-01-01", "1990-01-01T00:00:00Z", "1990-01-01T00:00:00.000+02:00", "ada"] {
            assert!(!is_moment(day), "{day}");
        }
        let body = json!({ "createdAt": "2026-11-26T22:13:43.123456+00:00" });
        assert_eq!(Own::new(std::iter::empty()).body(&body), body);
    }

    #[test]
    fn only_values_that_the_harness_sent_are_shown() {
        let own = Own::new([r#"{"email":"ada@kyc.test"}"#, "/customers/cus_1"].into_iter());
        assert_eq!(own.text("ada@kyc.test, bob@bank.test, +4915112345678"), "ada@kyc.test, ‹not shown›, ‹not shown›");
        let body = json!({ "id": "cus_1", "state": "PENDING", "firstName": "Bob", "n": 3 });
        assert_eq!(
            own.body(&body),
            json!({ "id": "cus_1", "state": "PENDING", "firstName": "‹3 characters, not shown›", "n": 3 })
        );
    }
}
