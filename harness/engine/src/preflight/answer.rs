//! An answer to a probe, reduced to what tells an API from a web page, a gateway or a path that nobody serves.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::contract::Contract;
use crate::exchange::{Request, Response};
use crate::secret::Redactor;

/// The most of a body that is shown, in characters.
const SHOWN: usize = 100;

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The error code, documented or not.
    pub(super) code: Option<String>,
    /// Whether the body has the shape of the API's errors.
    pub(super) enveloped: bool,
    /// Whether the body could not be read, so that nothing may be concluded from it.
    pub(super) unread: bool,
    /// Whether the body is a web page.
    pub(super) page: bool,
    /// Where a redirect leads.
    pub(super) location: Option<String>,
    /// The body, without what differs from request to request.
    pub(super) shape: String,
    pub(super) shown: String,
}

impl Answer {
    /// Reads an answer. A target may quote a credential, so everything that is shown is redacted before it is cut.
    pub(super) fn of(contract: &Contract, redactor: &Redactor, request: &Request, response: &Response) -> Self {
        let body = response.json();
        let text = String::from_utf8_lossy(&response.body).into_owned();
        let media_type = response.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let start = text.trim_start().get(..15).unwrap_or_default().to_ascii_lowercase();
        Self {
            status: response.status,
            code: body.as_ref().and_then(|body| contract.catalog.code_in(body)).map(|code| redactor.clean(&code)),
            enveloped: body.as_ref().is_some_and(|body| is_envelope(contract, body)),
            unread: response.truncated || (body.is_none() && media_type.contains("json") && !text.trim().is_empty()),
            page: media_type.contains("html") || start.starts_with("<!doctype html") || start.starts_with("<html"),
            location: response.header("location").map(|text| printable(&redactor.clean(text))),
            shape: shape(&text, request),
            shown: printable(&redactor.clean(&text)),
        }
    }

    /// True for what a server says of a path or a method that nobody serves. An answer with a code, even one that is not
    /// documented, comes from the API itself.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self.status, 404 | 405 | 501) && !self.enveloped && !self.unread && self.code.is_none()
    }

    /// True for what a gateway says of a service that does not answer.
    pub(super) fn is_from_gateway(&self) -> bool {
        matches!(self.status, 502..=504) && !self.enveloped && !self.unread
    }

    pub(super) fn is_redirect(&self) -> bool {
        (300..400).contains(&self.status) && self.status != 304
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// True for a web page in the place of an answer.
    pub(super) fn is_page(&self) -> bool {
        self.is_success() && self.page
    }

    /// True for the refusal of a TLS server that was asked without TLS.
    pub(super) fn asks_for_tls(&self) -> bool {
        self.status == 400 && !self.enveloped && self.shown.contains("HTTPS")
    }

    /// True where both are alike but for what differs from request to request.
    pub(super) fn is_like(&self, other: &Answer) -> bool {
        self.status == other.status && self.shape == other.shape
    }

    /// It in a few words: the status, and the code or the beginning of the body.
    pub(super) fn came(&self) -> String {
        let text = match (&self.code, &self.location) {
            (Some(code), _) => printable(code),
            (None, Some(location)) => format!("to {location}"),
            (None, None) if self.shown.is_empty() => "without a body".to_owned(),
            (None, None) => self.shown.clone(),
        };
        format!("{} {text}", self.status)
    }
}

/// An envelope of its own is known by its object; one that is the body itself only by a documented code.
fn is_envelope(contract: &Contract, body: &Value) -> bool {
    let pointers = &contract.catalog.envelope.pointers;
    let nested = !pointers.envelope.is_empty() && body.pointer(&pointers.envelope).is_some_and(Value::is_object);
    nested || contract.catalog.code_in(body).is_some_and(|code| contract.catalog.code(&code).is_some())
}

fn shape(text: &str, request: &Request) -> String {
    static VARYING: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("[0-9][0-9a-zA-Z:.+-]*").ok());
    let text = text.replace(&request.path, "PATH").replace(&request.method, "METHOD");
    VARYING.as_ref().map_or_else(|| text.clone(), |varying| varying.replace_all(&text, "#").into_owned())
}

/// The beginning of a foreign text in one line, without anything that a terminal obeys.
fn printable(text: &str) -> String {
    let messages = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = messages.chars().filter(|letter| !letter.is_control() && !is_format(*letter));
    let shown: String = letters.by_ref().take(SHOWN).collect();
    if letters.next().is_some() { format!("{shown}…") } else { shown }
}

/// Marks that are not seen, but change how what stands beside them is shown.
fn is_format(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
