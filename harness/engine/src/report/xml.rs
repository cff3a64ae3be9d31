//! XML 1.0 as text that every reader accepts, whatever the target sent.
//!
//! XML 1.0 has no way to hold most control characters: one of them, raw or as a reference, makes strict
//! readers refuse the whole file. They are evidence here, so they are neither deleted nor replaced but
//! spelt as `\u{1b}`, and so is all that would hide or reorder what a person sees. Every way into a
//! document goes through that spelling; a caller cannot forget it.

use std::fmt::Write as _;

use super::escape::push_visible;

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
    fn a_long_text_ends_in_a_note() {
        let cut = text(&"&".repeat(1000), 400);
        assert!(cut.len() <= 400, "{} bytes", cut.len());
        assert!(cut.ends_with("&amp;\n[cut here: 60 of 1000 bytes are shown]"), "{cut}");
        assert_eq!(text(&"a".repeat(400), 400), "a".repeat(400));
    }
}
