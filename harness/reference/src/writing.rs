//! Writing JSON: compact, unless a variant writes the same value otherwise.

use serde_json::{Map, Value, json};

use crate::switches::Switches;
use crate::variants::wire;

/// The text of a value.
pub(crate) fn text(value: &Value, switches: &Switches) -> String {
    let value = if switches.vary(wire::REVERSED_MEMBERS) { reversed(value) } else { value.clone() };
    let text = if switches.vary(wire::PRETTY_PRINTED) { format!("{value:#}") } else { value.to_string() };
    let text = if switches.vary(wire::ESCAPED_CHARACTERS) { escaped(&text) } else { text };
    if switches.vary(wire::WHITE_SPACE_AROUND_JSON) { format!("\r\n\n\t{text} \n\r\n") } else { text }
}

/// A success with what a variant adds to each of its objects.
pub(crate) fn decorated(value: Value, switches: &Switches) -> Value {
    if switches.vary(wire::ADDITIONAL_MEMBERS) { with_more(value) } else { value }
}

fn with_more(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name, with_more(value))).collect();
            members.insert("_links".to_owned(), json!({ "self": { "href": "/elsewhere" } }));
            members.insert("tags".to_owned(), json!(["new", null, 1.5e3]));
            members.insert("version".to_owned(), json!(7));
            Value::Object(members)
        }
        Value::Array(values) => values.into_iter().map(with_more).collect(),
        other => other,
    }
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let turned = members.iter().rev().map(|(name, value)| (name.clone(), reversed(value)));
            Value::Object(turned.collect())
        }
        Value::Array(values) => values.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

/// The same JSON in ASCII. Slashes and foreign characters stand in strings only, so all of them can be escaped.
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
    use crate::options::Options;
    use crate::variants::Variant;

    const WAYS: [&Variant; 4] =
        [&wire::REVERSED_MEMBERS, &wire::PRETTY_PRINTED, &wire::ESCAPED_CHARACTERS, &wire::WHITE_SPACE_AROUND_JSON];

    #[test]
    fn whatever_the_way_the_value_is_the_same() {
        let value = json!({ "a/b": "grüße 😀 \\ \"", "c": [{ "d": 1, "e": null }], "f": {} });
        for variant in WAYS {
            let switches = Switches::new(&Options { variants: vec![variant], ..Options::default() });
            let written = text(&value, &switches);
            assert_ne!(written, value.to_string(), "{}", variant.name);
            assert_eq!(serde_json::from_str::<Value>(&written).expect("JSON"), value, "{}", variant.name);
        }
    }
}
