//! Codes that are URIs, as problems have them (RFC 9457): `https://api.example/problems/out-of-stock`, `urn:problem:lost`.

use std::sync::LazyLock;

use regex::Regex;

use super::facts::{Reader, Statement};
use super::words::{self, pattern};

static URI: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^(?:https?://[^\s<>"'`|]+|urn:[A-Za-z0-9][^\s<>"'`|]+)$"#));
/// What separates several codes in a cell.
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s+(?:or|and)\s+|[\s,;|]+"));
/// What is before the explanation of a code: `URI - the text`, `URI: the text`.
static EXPLAINED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:[-–—=:]|=>|→)+\s+\S"));
const AROUND: [char; 7] = ['`', '"', '\'', '<', '>', '(', ')'];
const BEHIND: [char; 4] = [':', ',', ';', '.'];

/// True for an absolute URI. `about:blank` says that there is no code.
pub(super) fn is_uri(word: &str) -> bool {
    URI.is_match(word)
}

/// The URI that a text begins with, without what encloses it, and the text behind it.
pub(super) fn leading(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start().trim_start_matches(AROUND);
    let end = text.find(|letter: char| letter.is_whitespace() || "<>`\"'|".contains(letter)).unwrap_or(text.len());
    let uri = text[..end].trim_end_matches(AROUND).trim_end_matches(BEHIND);
    is_uri(uri).then(|| (uri, text[uri.len()..].trim_start_matches(AROUND)))
}

/// The codes of a cell, if all of them are URIs. An explanation behind a URI is left out.
pub(super) fn of_cell(cell: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for line in cell.lines().filter(|line| !line.trim().is_empty()) {
        if let Some((uri, _)) = leading(line).filter(|(_, rest)| EXPLAINED.is_match(rest)) {
            found.push(uri.to_owned());
            continue;
        }
        for part in BETWEEN.split(line).filter(|part| !part.is_empty()) {
            let (uri, rest) = leading(part)?;
            if !rest.trim_matches(BEHIND).is_empty() {
                return None;
            }
            found.push(uri.to_owned());
        }
    }
    (!found.is_empty()).then_some(found)
}

impl Reader<'_> {
    /// The code of a heading that is a URI, perhaps with other words, if its section describes an error.
    pub(super) fn uri_of_heading(&self, title: &str, describes_error: bool) -> Option<String> {
        let mut words = title.split_whitespace().filter_map(|word| leading(word).map(|(uri, _)| uri.to_owned()));
        let is_alone = title.split_whitespace().count() == 1;
        words.find(|uri| self.catalog.code(uri).is_some() || describes_error || (is_alone && self.is_below_codes()))
    }

    /// A list entry that begins with a URI. Other lists of links are below other headings.
    pub(super) fn entry_of_uri(&mut self, text: &str, line: usize) -> bool {
        let Some((uri, rest)) = leading(text) else { return false };
        let status = super::entries::status_beside(rest.trim_start_matches(|one: char| " :-–—=".contains(one)));
        let is_explained = !rest.trim().is_empty();
        let of_errors = self.is_below(&words::ERRORS) && (status.is_some() || (is_explained && self.is_below_codes()));
        if self.catalog.code(uri).is_some() || of_errors {
            let codes = vec![uri.to_owned()];
            self.meaning(&codes, rest);
            self.facts.codes.push(Statement { line, about: codes.clone(), value: uri.to_owned() });
            if status.is_some() {
                self.code_status(&codes, status, line);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_recognised() {
        for uri in ["https://a.example/p/lost", "http://a.example/p#lost", "urn:problem:lost"] {
            assert!(is_uri(uri), "{uri}");
        }
        for word in ["about:blank", "a.example/lost", "https", "urn:", "https://a b"] {
            assert!(!is_uri(word), "{word}");
        }
    }

    #[test]
    fn a_cell_may_hold_several_uris() {
        let (one, two) = ("https://a.example/p/lost", "urn:problem:late");
        for cell in [
            format!("{one}, {two}"),
            format!("`{one}` or `{two}`"),
            format!("<{one}>\n<{two}>"),
            format!("{one} {two};"),
        ] {
            assert_eq!(of_cell(&cell), Some(vec![one.to_owned(), two.to_owned()]), "{cell}");
        }
        assert_eq!(of_cell(&format!("{one}: it is gone")), Some(vec![one.to_owned()]));
        assert_eq!((of_cell("see https://a.example"), of_cell("")), (None, None));
    }
}
