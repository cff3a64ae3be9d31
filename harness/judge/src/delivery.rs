//! A delivery of a webhook event, as the receiver recorded it.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::exchange::Header;

/// One attempt to deliver an event.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// When its last byte arrived.
    pub arrived: DateTime<Utc>,
    /// Its header fields, with names in lower case.
    pub headers: Vec<Header>,
    pub body: Bytes,
}

impl Delivery {
    /// The first value of a header field, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        found.and_then(|(_, value)| std::str::from_utf8(value).ok()).map(str::trim)
    }

    /// True if the body contains the id: as a complete JSON value, or within a string or the raw body with no letter or
    /// digit next to it. A short id, such as a small number, must be a complete value or a segment of a path.
    pub fn holds(&self, id: &str) -> bool {
        let Ok(body) = serde_json::from_slice::<Value>(&self.body) else {
            return memchr::memmem::find(&self.body, id.as_bytes()).is_some();
        };
        contains_id("", &body, id) || (id.len() >= LONG_ID && contains_word(&String::from_utf8_lossy(&self.body), id))
    }
}

/// Ids of at least this length are also found within longer texts.
const LONG_ID: usize = 8;

fn contains_id(name: &str, value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) if id.len() >= LONG_ID => contains_word(text, id),
        Value::String(text) => text == id || text.split(['/', '?', '#']).any(|part| part == id),
        // A number that is not an id may have the same value by chance.
        Value::Number(number) => name.to_lowercase().contains("id") && number.to_string() == id,
        Value::Array(elements) => elements.iter().any(|element| contains_id(name, element, id)),
        Value::Object(members) => members.iter().any(|(name, inner)| name == id || contains_id(name, inner, id)),
        _ => false,
    }
}

/// Whether `text` contains `part` with no letter or digit next to it.
fn contains_word(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + part.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivery_contains_the_id_or_a_different_one() {
        let contains = |body: &str, id: &str| {
            let body = body.as_bytes().to_vec();
            Delivery { arrived: Utc::now(), headers: Vec::new(), body: body.into() }.holds(id)
        };
        assert!(contains(r#"{"data":{"customerId":"cus_12345678"}}"#, "cus_12345678"));
        assert!(contains(r#"{"customer":"https://a.example/customers/cus_12345678?x=1"}"#, "cus_12345678"));
        assert!(!contains(r#"{"customerId":"cus_123456789"}"#, "cus_12345678"), "a longer id with the same prefix");
        assert!(contains(r#"{"customerId":"a\/b+c\/12345="}"#, "a/b+c/12345="), "escaped as JSON allows");
        assert!(contains(r#"{"customerId":"5","attempt":7}"#, "5"));
        assert!(contains(r#"{"customerId":5}"#, "5"));
        assert!(contains(r#"{"href":"/customers/5"}"#, "5"));
        assert!(!contains(r#"{"customerId":"7","attempt":5,"at":"2026-05-05T05:05:05Z"}"#, "5"));
        assert!(contains("customer=cus_1", "cus_1"), "text that is not JSON");
    }
}
