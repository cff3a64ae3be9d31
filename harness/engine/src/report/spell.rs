//! What cannot be seen, or misleads who reads it, spelt out as `\u{1b}`.
//!
//! Control characters, marks of direction and the like are evidence here, so they are neither deleted nor
//! replaced. XML and HTML put every text through this on its way into a document.

use std::fmt::{self, Write};

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
            hidden if is_hidden(hidden) => spell(&mut dest, hidden),
            other => dest.write_char(other),
        }
    }
}

/// The text with everything hidden spelt out; line ends and tabs stay.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|letter| push_visible(&mut out, letter));
    out
}

/// The text in one line of at most `most` characters, of which the last says whether more was there.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let (mut length, mut kept) = (0, 0);
    for letter in text.chars() {
        let before = line.len();
        match letter {
            '\n' | '\t' => push_spelt(&mut line, letter),
            other => push_visible(&mut line, other),
        }
        length += line[before..].chars().count();
        if length > most {
            line.truncate(kept);
            line.push('…');
            return line;
        }
        if length < most {
            kept = line.len();
        }
    }
    line
}

/// One letter, spelt if it is hidden.
pub(super) fn push_visible(out: &mut String, letter: char) {
    if is_hidden(letter) {
        push_spelt(out, letter);
    } else {
        out.push(letter);
    }
}

fn push_spelt(out: &mut String, letter: char) {
    let _ = spell(out, letter);
}

fn spell(out: &mut impl Write, letter: char) -> fmt::Result {
    write!(out, "\\u{{{:x}}}", u32::from(letter))
}

/// True for what XML forbids, what readers change (a carriage return), and what a person cannot see or
/// is misled by: controls, line separators, marks and overrides of direction, noncharacters.
pub(super) fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{feff}' => true,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}' => true,
        other => other.is_control() || u32::from(other) & 0xfffe == 0xfffe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use askama::filters::Escaper as _;

    #[test]
    fn what_cannot_be_seen_is_spelt() {
        assert_eq!(
            visible("\u{1b}[31m\0\r\n\t\u{85}\u{fffe}\u{202e}é🦀"),
            "\\u{1b}[31m\\u{0}\\u{d}\n\t\\u{85}\\u{fffe}\\u{202e}é🦀"
        );
    }

    #[test]
    fn html_is_escaped_and_spelt() {
        let mut out = String::new();
        Html.write_escaped_str(&mut out, "a<b>&\"'\u{7}é").expect("a string takes it");
        assert_eq!(out, "a&lt;b&gt;&amp;&quot;&#39;\\u{7}é");
    }

    #[test]
    fn a_line_is_never_longer_than_asked() {
        assert_eq!(one_line("a\nb", 9), "a\\u{a}b");
        assert_eq!(one_line("123456789", 9), "123456789");
        assert_eq!(one_line("1234567890", 9), "12345678…");
        assert_eq!(one_line("123456\u{1b}", 9), "123456…", "an escape is never cut in two");
    }
}
