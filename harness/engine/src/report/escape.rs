//! What cannot be seen, or misleads who reads it, spelt out as `\u{1b}`.
//!
//! Control characters, marks of direction and the like are evidence here, so they are neither deleted nor
//! replaced. XML and HTML put every text through this on its way into a document.

use std::fmt::{self, Write};

use crate::output::escape;
pub(super) use crate::output::{is_hidden, one_line, push_visible, visible};

/// HTML text and attribute values; the templates use it for every value that they are not told otherwise of.
#[derive(Clone, Copy, Default)]
pub(super) struct Html;

impl askama::filters::Escaper for Html {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        let mut begun = 0;
        for (at, letter) in text.char_indices() {
            let plain = !matches!(letter, '&' | '<' | '>' | '"' | '\'') && !is_hidden(letter);
            if plain {
                continue;
            }
            dest.write_str(&text[begun..at])?;
            self.write_escaped_char(&mut dest, letter)?;
            begun = at + letter.len_utf8();
        }
        dest.write_str(&text[begun..])
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
    fn html_is_escaped_and_spelt() {
        let mut out = String::new();
        Html.write_escaped_str(&mut out, "a<b>&\"'\u{7}é").expect("a string takes it");
        assert_eq!(out, "a&lt;b&gt;&amp;&quot;&#39;\\u{7}é");
    }
}
