//! Variants that write the same JSON in another notation.

use serde_json::{Map, Value, json};

use super::Varied;
use crate::variants::wire;

impl Varied {
    /// The text of a JSON value.
    pub(super) fn notation(&self, value: &Value) -> String {
        let value = if self.is_active(wire::REVERSED_MEMBERS) { reversed(value) } else { value.clone() };
        let text = if self.is_active(wire::PRETTY_PRINTED) { format!("{value:#}") } else { value.to_string() };
        let text = if self.is_active(wire::ESCAPED_CHARACTERS) { escaped(&text) } else { text };
        if self.is_active(wire::WHITE_SPACE_AROUND_JSON) { format!("\r\n\n\t{text} \n\r\n") } else { text }
    }
}

/// The value with additional members in each object.
pub(super) fn with_additional_members(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name, with_additional_members(value))).collect();
            members.insert("_links".to_owned(), json!({ "self": { "href": "/elsewhere" } }));
            members.insert("tags".to_owned(), json!(["new", null, 1.5e3]));
            members.insert("version".to_owned(), json!(7));
            Value::Object(members)
        }
        Value::Array(values) => values.into_iter().map(with_additional_members).collect(),
        other => other,
    }
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let pairs = members.iter().rev().map(|(name, value)| (name.clone(), reversed(value)));
            Value::Object(pairs.collect())
        }
        Value::Array(values) => values.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

/// The same JSON in ASCII. Slashes and non-ASCII characters occur only in strings, so all of them can be escaped.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '/' => written.push_str("\\/"),
            one if one.is_ascii() => written.push(one),
            one => one.encode_utf16(&mut [0; 2]).iter().for_each(|unit| written.push_str(&format!("\\u{unit:04X}"))),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::variants::Variant;

    const NOTATIONS: [&Variant; 4] =
        [&wire::REVERSED_MEMBERS, &wire::PRETTY_PRINTED, &wire::ESCAPED_CHARACTERS, &wire::WHITE_SPACE_AROUND_JSON];

    #[test]
    fn every_notation_has_the_same_value() {
        let value = json!({ "a/b": "grüße 😀 \\ \"", "c": [{ "d": 1, "e": null }], "f": {} });
        for variant in NOTATIONS {
            let rules = Varied::new(&[variant]);
            let written = rules.notation(&value);
            assert_ne!(written, value.to_string(), "{}", variant.name);
            assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON"), value, "{}", variant.name);
        }
    }
}
