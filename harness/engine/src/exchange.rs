//! Requests and responses as they were on the wire.
//!
//! Nothing here judges or sends; these are the inert values that checks read and reports show.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// One header field: its name in lower case, its value as the bytes that came.
pub type Header = (String, Vec<u8>);

/// A request as it was sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// The `operationId` that it calls.
    pub operation: String,
    /// Who calls: an actor's name.
    pub actor: String,
    /// The method, in upper case.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The part of the URL below the target's base: path and query, as sent.
    pub path: String,
    /// The header fields that we set.
    pub headers: Vec<Header>,
    /// The body; empty when there is none.
    pub body: Vec<u8>,
}

/// A response as it came, its body decompressed.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// All header fields, in order, duplicates kept.
    pub headers: Vec<Header>,
    /// The body after decompression, cut at the cap.
    pub body: Vec<u8>,
    /// True when the body was longer than the cap.
    pub truncated: bool,
}

impl Response {
    /// The first value of a header field, where it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.header_bytes(name).and_then(|value| std::str::from_utf8(value).ok()).map(str::trim)
    }

    /// The first value of a header field, as bytes.
    pub fn header_bytes(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
    }

    /// The body as JSON, read as generously as can be: a byte order mark and broken UTF-8 are
    /// overlooked here, since a check of its own speaks of them.
    pub fn json(&self) -> Option<serde_json::Value> {
        let text = String::from_utf8_lossy(&self.body);
        let text = text.trim_start_matches('\u{feff}');
        serde_json::from_str(text).or_else(|_| serde_json::from_str(&without_lone_surrogates(text))).ok()
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
    /// Nobody listens, the name does not resolve, TLS was refused.
    Unreachable(String),
    /// The connection ended, or what came is not HTTP.
    Broken(String),
    /// A connection that had been used before was closed before any of the answer came: the server may have closed it
    /// while it was idle.
    Closed(String),
    /// The wall clock of the exchange ran out.
    TimedOut(String),
    /// The request could not even be made.
    Unsendable(String),
}

impl Fault {
    /// The fault in words.
    pub fn message(&self) -> &str {
        match self {
            Fault::Unreachable(text)
            | Fault::Broken(text)
            | Fault::Closed(text)
            | Fault::TimedOut(text)
            | Fault::Unsendable(text) => text,
        }
    }
}

/// What an exchange is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It prepares: its success is a condition, not a claim.
    SetUp,
    /// The scenario claims something of it.
    Asserted,
    /// It clears away what the trial made.
    TearDown,
}

/// One request and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What it is for.
    pub role: Role,
    /// The request.
    pub request: Request,
    /// The response, or why there is none.
    pub outcome: Result<Response, Fault>,
    /// When it was sent.
    pub started: DateTime<Utc>,
    /// How long it took, body included.
    pub took: Duration,
}

impl Exchange {
    /// When the whole response had come.
    pub fn finished(&self) -> DateTime<Utc> {
        self.started + self.took
    }

    /// The response, if there is one.
    pub fn response(&self) -> Option<&Response> {
        self.outcome.as_ref().ok()
    }
}

/// Replaces `\uD800` and its like, where unpaired, by the replacement character: the grammar of
/// RFC 8259 allows them, while Rust strings cannot hold them.
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

/// The length of the escape that `text` begins with, and what to write instead of it, if anything.
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
    fn a_byte_order_mark_is_overlooked() {
        assert_eq!(json(b"\xef\xbb\xbf{}"), Some(serde_json::json!({})));
        assert_eq!(json(b"<html>"), None);
    }
}
