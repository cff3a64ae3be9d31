//! Reads bodies as JSON, leniently, and only up to a depth and a number of values.
//!
//! RFC 8259 has no such limits, so a body beyond them may be valid, and is not judged.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// The most levels of arrays and objects that are read. Functions over values are recursive, and this depth fits well
/// into the stack of a thread.
pub(crate) const DEEPEST_JSON: usize = 512;
/// The most values that are read. Each takes some hundred bytes of memory.
pub(crate) const MAX_VALUES: usize = 100_000;
/// The number of levels at which serde_json fails, and the levels that are read at once of a deeper text.
const DEPTH_OF_SERDE_JSON: usize = 128;
const LEVELS_AT_ONCE: usize = 100;

/// A limit that a body exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonLimit {
    Depth,
    Values,
}

impl fmt::Display for JsonLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth => write!(formatter, "is nested more than {DEEPEST_JSON} levels deep"),
            Self::Values => write!(formatter, "contains more than {MAX_VALUES} values"),
        }
    }
}

/// The value of a text; `None` if it is not JSON. A byte order mark, invalid UTF-8, lone surrogates and numbers beyond
/// the range of a double are accepted.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Value>, JsonLimit> {
    let extent = Extent::of(bytes);
    if let Some(limit) = extent.limit() {
        // Checks only whether the body is JSON, without recursion.
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
        return if is_json { Err(limit) } else { Ok(None) };
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    // A correction changes texts and numbers, not the depth.
    let parsed = |text: &str| parse(text, extent.depth);
    Ok(parsed(text).or_else(|| corrected(text).and_then(|text| parsed(&text))))
}

/// The text with what serde_json cannot hold replaced; `None` if there is nothing of that kind.
fn corrected(text: &str) -> Option<String> {
    let without_surrogates =
        if text.contains("\\u") { without_lone_surrogates(text).into() } else { Cow::Borrowed(text) };
    let corrected = within_range(&without_surrogates);
    (corrected != text).then_some(corrected)
}

/// How deep and how large a text is. It need not be JSON.
struct Extent {
    depth: usize,
    values: usize,
}

impl Extent {
    /// Counts brackets and commas outside strings.
    fn of(text: &[u8]) -> Self {
        let (mut open, mut deepest, mut values, mut in_string, mut escaped) = (0_usize, 0, 1, false, false);
        for byte in text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'[' | b'{' if !in_string => {
                    values += 1;
                    open += 1;
                    deepest = deepest.max(open);
                }
                b']' | b'}' if !in_string => open = open.saturating_sub(1),
                b',' if !in_string => values += 1,
                _ => {}
            }
        }
        Self { depth: deepest, values }
    }

    fn limit(&self) -> Option<JsonLimit> {
        match self {
            _ if self.depth > DEEPEST_JSON => Some(JsonLimit::Depth),
            _ if self.values > MAX_VALUES => Some(JsonLimit::Values),
            _ => None,
        }
    }
}

/// Reads JSON of this depth. What is too deep for serde_json is read some levels at a time.
fn parse(text: &str, depth: usize) -> Option<Value> {
    if depth < DEPTH_OF_SERDE_JSON {
        return serde_json::from_str(text).ok();
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Levels(LEVELS_AT_ONCE).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// Reads so many levels, and what is below with a deserializer of its own.
struct Levels(usize);

impl<'de> DeserializeSeed<'de> for Levels {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.0 > 0 {
            return deserializer.deserialize_any(self);
        }
        let below: &RawValue = serde::Deserialize::deserialize(deserializer)?;
        let text = below.get();
        parse(text, Extent::of(text.as_bytes()).depth).ok_or_else(|| D::Error::custom("not JSON"))
    }
}

impl<'de> Visitor<'de> for Levels {
    type Value = Value;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(element) = elements.next_element_seed(Levels(self.0 - 1))? {
            read.push(element);
        }
        Ok(Value::Array(read))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            read.insert(name, members.next_value_seed(Levels(self.0 - 1))?);
        }
        Ok(Value::Object(read))
    }
}

/// Replaces numbers beyond the range of a double, such as `1e400`, with its maximum. RFC 8259 sets no limit.
fn within_range(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.char_indices().peekable();
    let (mut quoted, mut escaped) = (false, false);
    while let Some((at, letter)) = letters.next() {
        let begins = !quoted && (letter == '-' || letter.is_ascii_digit());
        if !begins {
            quoted ^= letter == '"' && !escaped;
            escaped = quoted && letter == '\\' && !escaped;
            out.push(letter);
            continue;
        }
        let mut end = at + 1;
        while letters.next_if(|(_, next)| next.is_ascii_digit() || "+-.eE".contains(*next)).is_some() {
            end += 1;
        }
        let number = &text[at..end];
        match number.parse::<f64>() {
            Ok(value) if value == f64::INFINITY => out.push_str("1.7976931348623157e308"),
            Ok(value) if value == f64::NEG_INFINITY => out.push_str("-1.7976931348623157e308"),
            _ => out.push_str(number),
        }
    }
    out
}

/// Replaces escapes of lone surrogates, such as `\uD800`, with the replacement character. The grammar of RFC 8259
/// allows them, but Rust strings cannot hold them.
fn without_lone_surrogates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (taken, replacement) = escape_at(rest);
        match replacement {
            Some(replacement) => out.push_str(replacement),
            None => out.push_str(&rest[..taken]),
        }
        rest = &rest[taken..];
    }
    out.push_str(rest);
    out
}

/// The length of the escape at the start of `text`, and its replacement, if any.
fn escape_at(text: &str) -> (usize, Option<&'static str>) {
    match (unit_at(text), text.get(6..).and_then(unit_at)) {
        (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, None),
        (Some(0xD800..=0xDFFF), _) => (6, Some("\\ufffd")),
        (Some(_), _) => (6, None),
        (None, _) => {
            let length = text.chars().take(2).map(char::len_utf8).sum();
            (length, None)
        }
    }
}

fn unit_at(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(body: &[u8]) -> Option<Value> {
        read(body).expect("within the limits")
    }

    #[test]
    fn lone_surrogates_are_read() {
        assert_eq!(json(br#""a\ud800b""#), Some("a\u{fffd}b".into()));
        assert_eq!(json(br#""\ud83d\ude00\\udddd""#), Some("😀\\udddd".into()));
    }

    #[test]
    fn numbers_beyond_a_double_are_read() {
        assert_eq!(
            json(br#"{"a":1e400,"b":"1e400","c":[-9e999,2]}"#),
            Some(serde_json::json!({
                "a": f64::MAX, "b": "1e400", "c": [f64::MIN, 2]
            }))
        );
        assert_eq!(json(br#"{"a":1e400x}"#), None);
    }

    #[test]
    fn deep_bodies_are_read_up_to_the_limit() {
        let nested = |levels: usize| [b"[".repeat(levels), b"]".repeat(levels)].concat();
        let objects = |levels: usize| [b"{\"a\":".repeat(levels), b"1".to_vec(), b"}".repeat(levels)].concat();
        for levels in [100, 127, 128, 129, 200, 201, 300, DEEPEST_JSON] {
            for text in [nested(levels), objects(levels)] {
                let value = json(&text).expect("JSON");
                assert_eq!(value.to_string().as_bytes(), text, "{levels}");
            }
        }
        assert_eq!(read(&nested(DEEPEST_JSON + 1)), Err(JsonLimit::Depth));
        assert_eq!(read(&b"[".repeat(DEEPEST_JSON + 1)), Ok(None), "a text that is not JSON is not too deep");
        assert_eq!(json(&[b"[".repeat(300), b"x".to_vec(), b"]".repeat(300)].concat()), None);
        let text = format!("\"{}\"", "[\\\"".repeat(DEEPEST_JSON + 1));
        assert!(json(text.as_bytes()).is_some(), "brackets within strings do not count");
    }

    #[test]
    fn bodies_are_read_up_to_a_number_of_values() {
        let list = |count: usize| format!("[0{}]", ",0".repeat(count)).into_bytes();
        assert!(json(&list(MAX_VALUES - 10)).is_some());
        assert_eq!(read(&list(MAX_VALUES)), Err(JsonLimit::Values));
        assert_eq!(read(&[list(MAX_VALUES), b"x".to_vec()].concat()), Ok(None));
        let commas = format!("\"{}\"", ",".repeat(2 * MAX_VALUES));
        assert!(json(commas.as_bytes()).is_some(), "commas within strings do not count");
    }

    #[test]
    fn byte_order_mark_is_ignored() {
        assert_eq!(json(b"\xef\xbb\xbf{}"), Some(serde_json::json!({})));
        assert_eq!(json(b"<html>"), None);
    }
}
