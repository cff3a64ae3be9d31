//! A response to a probe, reduced to what distinguishes the API from a web page, a gateway or an unknown path.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use judge::exchange::{Request, Response};
use judge::secret::Redactor;
use spec::contract::Contract;

/// The maximum length of a displayed body, in characters.
const MAX_SHOWN: usize = 100;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ProbeResponse {
    pub(super) status: u16,
    /// The error code, whether documented or not.
    pub(super) code: Option<String>,
    /// Whether the body is an error envelope of the API.
    pub(super) enveloped: bool,
    /// Whether the body could not be read, so that it proves nothing.
    pub(super) unread: bool,
    pub(super) page: bool,
    /// The target of a redirect.
    pub(super) location: Option<String>,
    /// The body without the parts that differ between requests, for comparison.
    pub(super) shape: String,
    pub(super) shown: String,
}

/// How much of a body, in bytes, is compared with others and shown.
const MAX_READ: usize = 64 * 1024;

impl ProbeResponse {
    /// Reads a response. The target may quote a credential, so displayed text is redacted before it is shortened.
    pub(super) fn of(contract: &Contract, redactor: &Redactor, request: &Request, response: &Response) -> Self {
        let body = response.json();
        let text = String::from_utf8_lossy(&response.body[..response.body.len().min(MAX_READ)]).into_owned();
        let media_type = response.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let start = text.trim_start().get(..15).unwrap_or_default().to_ascii_lowercase();
        Self {
            status: response.status,
            code: body.as_ref().and_then(|body| contract.catalog.code_in(body)).map(|code| redactor.clean(&code)),
            enveloped: body.as_ref().is_some_and(|body| is_envelope(contract, body)),
            unread: body.is_none() && media_type.contains("json") && !text.trim().is_empty(),
            page: media_type.contains("html") || start.starts_with("<!doctype html") || start.starts_with("<html"),
            location: response.header("location").map(|text| printable(&redactor.clean(text))),
            shape: shape(&text, request, response),
            shown: printable(&redactor.clean(&text)),
        }
    }

    /// True for a response to an unknown path or method. A response with an error code, even an undocumented one, comes
    /// from the API itself.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self.status, 404 | 405 | 501) && !self.enveloped && !self.unread && self.code.is_none()
    }

    /// True for the response of a gateway whose service does not respond.
    pub(super) fn is_from_gateway(&self) -> bool {
        matches!(self.status, 502..=504) && !self.enveloped && !self.unread
    }

    pub(super) fn is_redirect(&self) -> bool {
        (300..400).contains(&self.status) && self.status != 304
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// True for a web page instead of an API response.
    pub(super) fn is_page(&self) -> bool {
        self.is_success() && self.page
    }

    /// True for the error of a TLS server that received a request without TLS.
    pub(super) fn asks_for_tls(&self) -> bool {
        self.status == 400 && !self.enveloped && self.shown.contains("HTTPS")
    }

    /// True if both are equal except for the parts that differ between requests.
    pub(super) fn is_like(&self, other: &ProbeResponse) -> bool {
        self.status == other.status && self.code == other.code && self.shape == other.shape
    }

    /// The status, and the error code or the beginning of the body.
    pub(super) fn summary(&self) -> String {
        let text = match (&self.code, &self.location) {
            (Some(code), _) => printable(code),
            (None, Some(location)) => format!("to {location}"),
            (None, None) if self.shown.is_empty() => "without a body".to_owned(),
            (None, None) => self.shown.clone(),
        };
        format!("{} {text}", self.status)
    }
}

/// A nested envelope is recognised by its object; an envelope that is the whole body only by a documented code. A pack that
/// documents no code has no better sign than any code.
fn is_envelope(contract: &Contract, body: &Value) -> bool {
    let pointers = &contract.catalog.envelope.pointers;
    let nested = !pointers.envelope.is_empty() && body.pointer(&pointers.envelope).is_some_and(Value::is_object);
    let catalog = &contract.catalog;
    nested || catalog.code_in(body).is_some_and(|code| catalog.codes.is_empty() || catalog.code(&code).is_some())
}

/// The body without what differs between requests: the path, the method, words with a digit such as times and ids, and
/// values that a header repeats.
fn shape(text: &str, request: &Request, response: &Response) -> String {
    const WORD: &str = "[0-9a-zA-Z_:.+-]*[0-9][0-9a-zA-Z_:.+-]*";
    /// A shorter value of a header may be an ordinary word of the body.
    const SHORTEST_ID: usize = 12;
    static VARYING: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(WORD).ok());
    let mut text = without_path(text, &request.path).replace(&request.method, "METHOD");
    let texts = response.headers.iter().filter_map(|(_, value)| std::str::from_utf8(value).ok());
    for value in texts.filter(|value| value.len() >= SHORTEST_ID) {
        text = text.replace(value, "#");
    }
    VARYING.as_ref().map_or_else(|| text.clone(), |varying| varying.replace_all(&text, "#").into_owned())
}

/// The text with `PATH` in place of a path. `/a` is not the path in `https://a.example/all` or in `/abc`.
fn without_path(text: &str, path: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(path).filter(|_| !path.is_empty()) {
        let (before, behind) = (&rest[..at], &rest[at + path.len()..]);
        let mut next = behind.chars();
        let goes_on = match next.next() {
            Some('.') => next.next().is_some_and(|letter| letter.is_ascii_alphanumeric()),
            letter => letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)),
        };
        let is_below = before.ends_with('/') || before.is_empty() && out.ends_with('/');
        let is_path = !goes_on && !is_below;
        out += before;
        out += if is_path { "PATH" } else { path };
        rest = behind;
    }
    out + rest
}

/// The beginning of a text of the target in one line, without characters that control a terminal.
fn printable(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = line.chars().filter(|letter| !letter.is_control() && !is_format(*letter));
    let shown: String = letters.by_ref().take(MAX_SHOWN).collect();
    if letters.next().is_some() { format!("{shown}…") } else { shown }
}

/// True for invisible characters that change how the text around them is displayed.
fn is_format(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_replaced_where_it_is_one() {
        for (text, expected) in [
            ("Cannot GET /slots.", "Cannot GET PATH."),
            ("\"instance\":\"http://h:1/slots\"", "\"instance\":\"http://h:1PATH\""),
            ("https://slots.example/slots-gone", "https://slots.example/slots-gone"),
            ("//slots /slots/7 /slots.gone", "//slots PATH/7 /slots.gone"),
        ] {
            assert_eq!(without_path(text, "/slots"), expected);
        }
    }
}
