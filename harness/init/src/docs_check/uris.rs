//! Codes that are URIs, as problems have them (RFC 9457): `https://api.example/problems/out-of-stock`, `urn:problem:lost`.

use std::sync::LazyLock;

use regex::Regex;

static URI: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^(?:https?://[^\s<>"'`|]+|urn:[A-Za-z0-9][^\s<>"'`|]+)$"#));
/// What separates several codes in a cell.
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s+(?:or|and)\s+|[\s,;|]+"));
/// What is before the explanation of a code: `URI - the text`, `URI: the text`.
static EXPLAINED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:[-–—=:]|=>|→)+\s+\S"));
const AROUND: [char; 7] = ['`', '"', '\'', '<', '>', '(', ')'];
const BEHIND: [char; 4] = [':', ',', ';', '.'];

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
}

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
