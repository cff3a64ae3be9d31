//! Requests and responses as they were on the wire.
//!
//! These are plain values. `runner` sends and receives, checks read them, and reports show them.

mod body;
mod json;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use spec::contract::{Contract, Operation};

pub use body::{Body, MAX_KEPT, Write};
pub use json::JsonLimit;

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
    pub body: Body,
}

/// A response as received, with its body decompressed.
#[derive(Clone, Debug, Default)]
pub struct Response {
    pub status: u16,
    /// All header fields in order, with duplicates.
    pub headers: Vec<Header>,
    /// The decompressed body.
    pub body: Body,
}

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

    /// The same, with an error for bodies beyond a limit of the harness. JSON has no such limits, so they may be valid and
    /// are not judged.
    pub(crate) fn json_within_limits(&self) -> Result<Option<serde_json::Value>, JsonLimit> {
        json::read(&self.body)
    }

    /// True for 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The code in an error body, published or not. With a 2xx status, the code must be published, and the body must not
    /// be what the operation documents: a documented success may have a member with that name, or an error in addition.
    pub fn error_code(&self, contract: &Contract, operation: &Operation, body: &Value) -> Option<String> {
        let code = contract.catalog.code_in(body)?;
        let is_error =
            || contract.catalog.code(&code).is_some() && !is_documented_success(self, contract, operation, body);
        (self.is_error() || self.is_success() && is_error()).then_some(code)
    }

    /// True for 400 and above.
    pub fn is_error(&self) -> bool {
        self.status >= 400
    }
}

/// True if a body is what the operation documents for a success, perhaps with an error in addition.
fn is_documented_success(response: &Response, contract: &Contract, operation: &Operation, body: &Value) -> bool {
    // A schema without required members permits a body with nothing but the envelope.
    let is_bare = body.as_object().is_some_and(|members| members.len() == 1);
    if is_bare && !contract.catalog.envelope.pointers.envelope.is_empty() {
        return false;
    }
    let documented = operation.success_of(response.status).or_else(|| operation.successes.first());
    let schema = documented.filter(|success| success.schema.is_some());
    schema.is_some_and(|success| contract.schemas.success_misfits(&operation.id, success, body).is_empty())
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
    /// The body is longer than the harness reads.
    TooLong(String),
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
            | Fault::TooLong(text)
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

    /// Keeps only what reports show: of long bodies and header fields an excerpt. The exchange must have been judged.
    pub fn cut(&mut self) {
        self.request.body.cut_as_text();
        if let Ok(response) = &mut self.outcome {
            response.body.cut();
            cut_headers(&mut response.headers);
        }
    }
}

/// The longest value of a header field and the most bytes of all fields that are kept.
const MAX_VALUE_LENGTH: usize = 2 * 1024;
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// The note in the place of headers that were cut; no header has such a name.
const CUT: &str = "…";
/// More than the note in a value that was cut.
const NOTE_BYTES: usize = 64;

fn cut_headers(headers: &mut Vec<Header>) {
    if headers.last().is_some_and(|(name, _)| name == CUT) {
        return;
    }
    let mut left = MAX_HEADER_BYTES;
    let count = headers.len();
    headers.retain_mut(|(name, value)| {
        if value.len() > MAX_VALUE_LENGTH + NOTE_BYTES {
            let note = format!("… ({} bytes)", value.len());
            value.truncate(MAX_VALUE_LENGTH);
            value.extend(note.into_bytes());
            value.shrink_to_fit();
        }
        left = left.saturating_sub(name.len() + value.len());
        left > 0
    });
    if headers.len() < count {
        headers.push((CUT.to_owned(), format!("{} more", count - headers.len()).into_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_header_fields_are_bounded() {
        let mut headers: Vec<Header> = (0..900).map(|at| (format!("x-{at}"), vec![b'a'; 5000])).collect();
        cut_headers(&mut headers);
        let size: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(size < MAX_HEADER_BYTES + MAX_VALUE_LENGTH, "{size}");
        assert!(headers[0].1.ends_with("… (5000 bytes)".as_bytes()));
        assert_eq!(headers.last().map(|(name, _)| name.as_str()), Some("…"));
        let mut usual: Vec<Header> = vec![("content-type".to_owned(), b"application/json".to_vec())];
        cut_headers(&mut usual);
        assert_eq!(usual.len(), 1);
    }
}
