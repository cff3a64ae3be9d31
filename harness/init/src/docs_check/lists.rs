//! Lists of codes: items that begin with a code, as `` `40001`: invalid parameter `` or `2000 Camera not found`.

use super::items::{Item, ItemKind};
use super::statuses::{STATUS, status_in, status_label};
use super::words;

/// One item of a list: its code, or only a status.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) line: usize,
    pub(super) code: Option<String>,
    pub(super) status: Option<u16>,
    /// The text behind the code.
    pub(super) text: String,
}

/// The entries at the beginning of `items`, if they are a list of codes: every one begins with a word that could be a
/// code. Empty otherwise.
pub(super) fn of_codes(items: &[Item], known: impl Fn(&str) -> bool) -> Vec<Entry> {
    let entries = items.iter().map_while(|item| match &item.kind {
        ItemKind::Entry(text, spans) => Some((item.line, text.as_str(), spans)),
        _ => None,
    });
    let mut found = Vec::new();
    for (line, text, spans) in entries {
        let Some((word, rest)) = first_word(text, spans, &known) else { return Vec::new() };
        found.push((line, word, rest));
    }
    // If there is another number, those of three digits are codes as well.
    let are_statuses = found.iter().all(|(_, word, _)| words::is_status(word) || !is_number(word));
    let entry = |(line, word, rest): (usize, &str, &str)| match words::is_status(word) && are_statuses {
        true => Entry { line, code: None, status: word.parse().ok(), text: String::new() },
        false => Entry { line, code: Some(word.to_owned()), status: status_of(rest), text: rest.to_owned() },
    };
    if found.len() < 2 { Vec::new() } else { found.into_iter().map(entry).collect() }
}

/// The code that an item begins with, and the text behind it. A code is inline code or a number, and is followed by the
/// end, a separator or, after a number, a word.
fn first_word<'t>(text: &'t str, spans: &[String], known: impl Fn(&str) -> bool) -> Option<(&'t str, &'t str)> {
    if let Some((uri, rest)) = super::uris::leading(text) {
        // A list of links says nothing about them.
        let is_code = known(uri) || spans.iter().any(|span| span == uri) || !rest.trim().is_empty();
        return is_code.then_some((uri, rest));
    }
    let end = text.find(|letter: char| letter.is_whitespace() || ":：,;=(（–—".contains(letter)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let is_span = spans.first().is_some_and(|span| span == word);
    let separated = rest.trim_start().chars().next().is_none_or(|letter| ":：-–—=(（".contains(letter));
    let fits = match is_number(word) {
        true => true,
        false if known(word) => true,
        false if is_span => separated && words::could_be_a_code(word) && words::is_spelt_like_a_code(word),
        false => separated && words::is_in_capitals(word),
    };
    fits.then_some((word, rest))
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// A status in the text of an item: `(404)`, `HTTP 404`, `Status: 404`.
fn status_of(rest: &str) -> Option<u16> {
    let text = rest.trim_start_matches(|letter: char| letter.is_whitespace() || ":：-–—=".contains(letter));
    let bracketed = || {
        let inside = rest.split(['(', '（']).skip(1).filter_map(|part| part.split([')', '）']).next());
        inside.filter_map(|inside| status_in(&STATUS, inside).filter(|_| inside.len() <= 20)).next()
    };
    status_label(text).and_then(|end| status_in(&STATUS, &text[end..])).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::super::page::read;
    use super::*;

    fn entries(markdown: &str) -> Vec<(Option<String>, Option<u16>)> {
        of_codes(&read(markdown), |_| false).into_iter().map(|entry| (entry.code, entry.status)).collect()
    }

    fn codes(markdown: &str) -> Vec<String> {
        entries(markdown).into_iter().filter_map(|(code, _)| code).collect()
    }

    #[test]
    fn lists_of_codes_are_read() {
        assert_eq!(codes("- `40001`：invalid\n- `40101`：no token\n"), ["40001", "40101"]);
        assert_eq!(codes("* 2000 Camera not found\n* 136 Not a number\n"), ["2000", "136"]);
        assert_eq!(
            codes("- `card_declined` - no money\n- `expired_card` - too old\n"),
            ["card_declined", "expired_card"]
        );
        assert_eq!(codes("- CARD_DECLINED: no money\n- EXPIRED_CARD: too old\n"), ["CARD_DECLINED", "EXPIRED_CARD"]);
        assert_eq!(codes("1. **-32700** Parse error\n2. **-32600** Invalid request\n"), ["-32700", "-32600"]);
    }

    #[test]
    fn statuses_of_entries_are_read() {
        let found = entries("- `A_B` (HTTP 404): gone\n- `C_D`: Status: 409, taken\n");
        assert_eq!(found, [(Some("A_B".to_owned()), Some(404)), (Some("C_D".to_owned()), Some(409))]);
        assert_eq!(entries("- 400 Bad Request\n- 404 Not Found\n"), [(None, Some(400)), (None, Some(404))]);
    }

    #[test]
    fn other_lists_have_no_codes() {
        for list in [
            "- Check the status code\n- Log errors\n",
            "- `API_KEY` must be set\n- `URL` too\n",
            "- `400xx`: input\n- `500xx`: server\n",
            "- 3 attempts\n- then wait\n",
            "- `A_B`: one alone\n",
        ] {
            assert_eq!(codes(list), Vec::<String>::new(), "{list}");
        }
    }
}
