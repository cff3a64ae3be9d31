//! XML 1.0 as text that every reader accepts, whatever the target sent.
//!
//! XML 1.0 has no way to hold most control characters: one of them, raw or as a reference, makes strict
//! readers refuse the whole file. They are evidence here, so they are neither deleted nor replaced but
//! spelt as `\u{1b}`, and so is all that would hide or reorder what a person sees. Every way into a
//! document goes through that spelling; a caller cannot forget it.

use std::fmt::Write as _;

/// What stands at the head of a document.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Room for the note that says how much was cut off.
const NOTE: usize = 100;

/// A start tag that is being filled.
pub(super) struct Tag {
    name: &'static str,
    text: String,
}

impl Tag {
    /// An element of that name, without attributes yet.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, text: format!("<{name}") }
    }

    /// With one more attribute.
    pub(super) fn with(mut self, attribute: &str, value: &str) -> Self {
        let _ = write!(self.text, " {attribute}=\"");
        value.chars().for_each(|letter| push_in_attribute(&mut self.text, letter));
        self.text.push('"');
        self
    }

    /// With one more attribute, if there is a value for it.
    pub(super) fn with_some(self, attribute: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(attribute, value),
            None => self,
        }
    }

    /// The start tag of an element whose end tag the caller writes.
    pub(super) fn start(self) -> String {
        self.text + ">"
    }

    /// The element, with nothing in it.
    pub(super) fn empty(self) -> String {
        self.text + "/>"
    }

    /// The element around text, of which at most `most` bytes are written.
    pub(super) fn around(self, content: &str, most: usize) -> String {
        let name = self.name;
        format!("{}{}</{name}>", self.start(), text(content, most))
    }
}

/// Character data of at most `most` bytes as written; a longer text ends in a note of how much is shown.
pub(super) fn text(text: &str, most: usize) -> String {
    let mut written = String::new();
    let (mut kept, mut read) = (0, 0);
    for (at, letter) in text.char_indices() {
        if written.len() + NOTE <= most {
            (kept, read) = (written.len(), at);
        }
        push_in_text(&mut written, letter);
        if written.len() > most {
            written.truncate(kept);
            let _ = write!(written, "\n[cut here: {read} of {} bytes are shown]", text.len());
            return written;
        }
    }
    written
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

fn push_in_text(out: &mut String, letter: char) {
    match letter {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        // Needed in `]]>` only, and harmless elsewhere.
        '>' => out.push_str("&gt;"),
        other => push_visible(out, other),
    }
}

/// A reader turns a literal line end or tab in an attribute into a space, but not a reference to it.
fn push_in_attribute(out: &mut String, letter: char) {
    match letter {
        '"' => out.push_str("&quot;"),
        '\n' => out.push_str("&#10;"),
        '\t' => out.push_str("&#9;"),
        other => push_in_text(out, other),
    }
}

fn push_visible(out: &mut String, letter: char) {
    if is_hidden(letter) {
        push_spelt(out, letter);
    } else {
        out.push(letter);
    }
}

fn push_spelt(out: &mut String, letter: char) {
    let _ = write!(out, "\\u{{{:x}}}", u32::from(letter));
}

/// True for what XML forbids, what readers change (a carriage return), and what a person cannot see or
/// is misled by: controls, line separators, marks and overrides of direction, noncharacters.
fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => true,
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}' => true,
        other => other.is_control() || u32::from(other) & 0xfffe == 0xfffe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_spelt() {
        assert_eq!(
            text("\u{1b}[31m\0\r\n\t\u{85}\u{fffe}\u{202e}é🦀", 999),
            "\\u{1b}[31m\\u{0}\\u{d}\n\t\\u{85}\\u{fffe}\\u{202e}é🦀"
        );
        assert_eq!(text("a]]>&<", 999), "a]]&gt;&amp;&lt;");
    }

    #[test]
    fn attributes_keep_their_line_ends() {
        assert_eq!(Tag::new("a").with("b", "x\n\t\"'<\u{7}").empty(), "<a b=\"x&#10;&#9;&quot;'&lt;\\u{7}\"/>");
        assert_eq!(Tag::new("a").with_some("b", None).around("c", 9), "<a>c</a>");
    }

    #[test]
    fn a_line_is_never_longer_than_asked() {
        assert_eq!(one_line("a\nb", 9), "a\\u{a}b");
        assert_eq!(one_line("123456789", 9), "123456789");
        assert_eq!(one_line("1234567890", 9), "12345678…");
        assert_eq!(one_line("123456\u{1b}", 9), "123456…", "an escape is never cut in two");
    }

    #[test]
    fn a_long_text_ends_in_a_note() {
        let cut = text(&"&".repeat(1000), 400);
        assert!(cut.len() <= 400, "{} bytes", cut.len());
        assert!(cut.ends_with("&amp;\n[cut here: 60 of 1000 bytes are shown]"), "{cut}");
        assert_eq!(text(&"a".repeat(400), 400), "a".repeat(400));
    }
}
