//! The same JSON written in another way.

use serde_json::Value;

/// The members of all objects in reverse order.
pub(super) fn reversed(value: Value) -> Value {
    match value {
        Value::Object(members) => members.into_iter().rev().map(|(name, inner)| (name, reversed(inner))).collect(),
        Value::Array(elements) => elements.into_iter().map(reversed).collect(),
        other => other,
    }
}

/// One member per line, and white space around the whole.
pub(super) fn indented(value: &Value) -> Option<Vec<u8>> {
    let text = serde_json::to_string_pretty(value).ok()?;
    Some(format!("\r\n\t{text}\n\n").into_bytes())
}

/// JSON text in which slashes and all characters outside of ASCII are escaped. Both occur in strings only.
pub(super) fn escaped(text: &str) -> Vec<u8> {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '/' => out.push_str("\\/"),
            ascii if ascii.is_ascii() => out.push(ascii),
            other => other.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn another_notation_is_the_same_value() {
        let value = json!({ "a/b": { "c": "é😀", "d": [{ "e": 1, "f": null }] }, "g": "\\/\"" });
        let read = |text: &[u8]| serde_json::from_slice::<Value>(text).expect("JSON");
        let other = escaped(&value.to_string());
        assert!(other.is_ascii() && read(&other) == value);
        assert!(String::from_utf8_lossy(&other).contains(r"\ud83d\ude00"));
        let lines = indented(&value).expect("JSON");
        assert!(read(&lines) == value && lines.starts_with(b"\r\n\t{\n"));
        let turned = reversed(value.clone());
        assert_eq!(turned, value);
        assert!(turned.to_string().starts_with(r#"{"g":"#), "{turned}");
        assert!(turned.to_string().contains(r#"{"f":null,"e":1}"#), "{turned}");
    }
}
