//! Requests and responses as they were on the wire.
//!
//! These are plain values. `target` sends and receives, checks read them, and reports show them.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

/// One header field: its name in lower case and its value as received bytes.
pub type Header = (String, Vec<u8>);

/// A request as it was sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// The `operationId` that it calls.
    pub operation: String,
    /// The name of the actor.
    pub actor: String,
    /// The method, in upper case.
    pub method: String,
    pub url: String,
    /// The URL below the base URL of the target: path and query, as sent.
    pub path: String,
    /// The header fields that we set.
    pub headers: Vec<Header>,
    /// The body; empty if there is none.
    pub body: Vec<u8>,
}

/// A response as received, with its body decompressed.
#[derive(Clone, Debug, Default)]
pub struct Response {
    pub status: u16,
    /// All header fields in order, with duplicates.
    pub headers: Vec<Header>,
    /// The decompressed body, cut at the size limit.
    pub body: Vec<u8>,
    /// True if the body exceeded the size limit.
    pub truncated: bool,
}

/// The most levels of arrays and objects that are read. Functions over values are recursive, and this depth fits well
/// into the stack of a thread.
pub const DEEPEST_JSON: usize = 512;

/// The number of levels at which serde_json fails.
const DEPTH_OF_SERDE_JSON: usize = 128;

/// A body that is nested more than [`DEEPEST_JSON`] levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooDeep;

impl Response {
    /// The first value of a header field, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_bytes(name).and_then(|value| std::str::from_utf8(value).ok()).map(str::trim)
    }

    /// The first value of a header field, as bytes.
    pub fn header_bytes(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }

    /// The body as JSON, read leniently: a byte order mark and invalid UTF-8 are accepted here, because the check
    /// `strict-json` reports them.
    pub fn json(&self) -> Option<serde_json::Value> {
        self.json_within_limits().ok().flatten()
    }

    /// The same, with an error for bodies that are nested more than [`DEEPEST_JSON`] levels. JSON has no such limit, so
    /// they may be valid and are not judged.
    pub fn json_within_limits(&self) -> Result<Option<serde_json::Value>, TooDeep> {
        if depth(&self.body) > DEEPEST_JSON {
            // Checks only whether the body is JSON, without recursion.
            let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&self.body).is_ok();
            return if is_json { Err(TooDeep) } else { Ok(None) };
        }
        let text = String::from_utf8_lossy(&self.body);
        let text = text.trim_start_matches('\u{feff}');
        Ok(parsed(text).or_else(|| parsed(&within_range(&without_lone_surrogates(text)))))
    }

    /// True for 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// True for 400 and above.
    pub fn is_error(&self) -> bool {
        self.status >= 400
    }
}

/// Why there is no response to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Connection refused, name not resolved, or TLS failed.
    Unreachable(String),
    /// The connection ended early, or the response is not HTTP.
    Broken(String),
    /// A reused connection was closed before any byte of the response arrived. The server may have closed it while it
    /// was idle.
    Closed(String),
    /// The timeout of the exchange passed.
    TimedOut(String),
    /// The request could not be built.
    Unsendable(String),
    /// The response exceeded a limit of the harness, or the harness could not send fast enough. This shows nothing
    /// about the target.
    Limit(String),
}

impl Fault {
    pub fn message(&self) -> &str {
        match self {
            Fault::Unreachable(text)
            | Fault::Broken(text)
            | Fault::Closed(text)
            | Fault::TimedOut(text)
            | Fault::Unsendable(text)
            | Fault::Limit(text) => text,
        }
    }
}

/// What an exchange is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Setup. Its success is a precondition, not an assertion.
    SetUp,
    /// The test asserts something about it.
    Asserted,
    /// Cleanup.
    TearDown,
}

/// One request and its outcome.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub role: Role,
    pub request: Request,
    /// The response, or why there is none.
    pub outcome: Result<Response, Fault>,
    /// When it was sent.
    pub started: DateTime<Utc>,
    /// How long it took, including the body.
    pub took: Duration,
}

impl Exchange {
    /// When the response was complete.
    pub fn finished(&self) -> DateTime<Utc> {
        self.started + self.took
    }

    pub fn response(&self) -> Option<&Response> {
        self.outcome.as_ref().ok()
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

/// Reads JSON of any depth. What is too deep for serde_json is read level by level.
fn parsed(text: &str) -> Option<serde_json::Value> {
    if depth(text.as_bytes()) < DEPTH_OF_SERDE_JSON {
        return serde_json::from_str(text).ok();
    }
    if text.trim_start().starts_with('{') {
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).ok()?;
        return members.into_iter().map(|(name, inner)| Some((name, parsed(inner.get())?))).collect();
    }
    let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    elements.into_iter().map(|inner| parsed(inner.get())).collect::<Option<Vec<_>>>().map(Into::into)
}

/// The nesting depth of brackets outside strings. The text need not be JSON.
fn depth(text: &[u8]) -> usize {
    let (mut open, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                open += 1;
                deepest = deepest.max(open);
            }
            b']' | b'}' if !in_string => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
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

    fn json(body: &[u8]) -> Option<serde_json::Value> {
        Response { body: body.to_vec(), ..Response::default() }.json()
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
        let read = |levels| Response { body: nested(levels), ..Response::default() }.json_within_limits();
        assert!(read(DEEPEST_JSON).is_ok_and(|value| value.is_some()));
        assert_eq!(read(DEEPEST_JSON + 1), Err(TooDeep));
        let open = Response { body: b"[".repeat(DEEPEST_JSON + 1), ..Response::default() };
        assert_eq!(open.json_within_limits(), Ok(None), "a text that is not JSON is not too deep");
        let text = format!("\"{}\"", "[\\\"".repeat(DEEPEST_JSON + 1));
        assert!(json(text.as_bytes()).is_some(), "brackets within strings do not count");
    }

    #[test]
    fn byte_order_mark_is_ignored() {
        assert_eq!(json(b"\xef\xbb\xbf{}"), Some(serde_json::json!({})));
        assert_eq!(json(b"<html>"), None);
    }
}
