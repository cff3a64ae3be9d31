//! Escapes invisible and misleading characters as `\u{1b}`, and escapes HTML.
//!
//! Control characters, bidirectional marks and the like are evidence in a report, so they are neither deleted nor
//! replaced. The XML and HTML formats escape every text that goes into a document.

use std::fmt::{self, Write};

use crate::output::escape;
pub(super) use crate::output::{is_hidden, one_line, push_visible, visible};

/// The escaper for HTML text and attribute values. Templates apply it to every value without a `safe` filter.
#[derive(Clone, Copy, Default)]
pub(super) struct Html;

impl askama::filters::Escaper for Html {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        let mut start = 0;
        for (at, letter) in text.char_indices() {
            let plain = !matches!(letter, '&' | '<' | '>' | '"' | '\'') && !is_hidden(letter);
            if plain {
                continue;
            }
            dest.write_str(&text[start..at])?;
            self.write_escaped_char(&mut dest, letter)?;
            start = at + letter.len_utf8();
        }
        dest.write_str(&text[start..])
    }

    fn write_escaped_char<W: Write>(&self, mut dest: W, letter: char) -> fmt::Result {
        match letter {
            '&' => dest.write_str("&amp;"),
            '<' => dest.write_str("&lt;"),
            '>' => dest.write_str("&gt;"),
            '"' => dest.write_str("&quot;"),
            '\'' => dest.write_str("&#39;"),
            hidden if is_hidden(hidden) => escape(&mut dest, hidden),
            other => dest.write_char(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use askama::filters::Escaper as _;

    #[test]
    fn html_and_control_characters_are_escaped() {
        let mut out = String::new();
        Html.write_escaped_str(&mut out, "a<b>&\"'\u{7}é").expect("writing to a string");
        assert_eq!(out, "a&lt;b&gt;&amp;&quot;&#39;\\u{7}é");
    }
}
