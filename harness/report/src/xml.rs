//! Writes XML 1.0 that every reader accepts, whatever the target sent.
//!
//! XML 1.0 cannot represent most control characters: strict readers refuse a file that contains one, raw or as a
//! reference. The characters are evidence, so they are escaped as `\u{1b}` instead of deleted; so are characters that
//! hide or reorder text. Every function of this module that writes text escapes it, so that a caller cannot forget to.

use std::fmt::Write as _;

use super::escape::push_visible;

/// The XML declaration at the start of a document.
pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Reserved bytes for the note that a text was cut.
const NOTE: usize = 100;

/// A start tag under construction.
pub(super) struct Tag {
    name: &'static str,
    text: String,
}

impl Tag {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, text: format!("<{name}") }
    }

    pub(super) fn with(mut self, attribute: &str, value: &str) -> Self {
        let _ = write!(self.text, " {attribute}=\"");
        value.chars().for_each(|letter| push_in_attribute(&mut self.text, letter));
        self.text.push('"');
        self
    }

    /// Adds an attribute if there is a value.
    pub(super) fn with_some(self, attribute: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(attribute, value),
            None => self,
        }
    }

    /// The start tag; the caller writes the end tag.
    pub(super) fn start(self) -> String {
        self.text + ">"
    }

    /// The element without content.
    pub(super) fn empty(self) -> String {
        self.text + "/>"
    }

    /// The element with at most `most` bytes of text.
    pub(super) fn around(self, content: &str, most: usize) -> String {
        let name = self.name;
        format!("{}{}</{name}>", self.start(), text(content, most))
    }
}

/// Escaped text of at most `most` bytes; a longer text is cut and ends with a note about it.
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
        // Required only in `]]>`; allowed everywhere.
        '>' => out.push_str("&gt;"),
        other => push_visible(out, other),
    }
}

/// XML readers replace a literal line feed or tab in an attribute by a space, so these are written as references.
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
    fn invisible_characters_are_escaped() {
        assert_eq!(
            text("\u{1b}[31m\0\r\n\t\u{85}\u{fffe}\u{202e}é🦀", 999),
            "\\u{1b}[31m\\u{0}\\u{d}\n\t\\u{85}\\u{fffe}\\u{202e}é🦀"
        );
        assert_eq!(text("a]]>&<", 999), "a]]&gt;&amp;&lt;");
    }

    #[test]
    fn line_feeds_in_attributes_are_references() {
        assert_eq!(Tag::new("a").with("b", "x\n\t\"'<\u{7}").empty(), "<a b=\"x&#10;&#9;&quot;'&lt;\\u{7}\"/>");
        assert_eq!(Tag::new("a").with_some("b", None).around("c", 9), "<a>c</a>");
    }

    #[test]
    fn long_text_is_cut_with_a_note() {
        let cut = text(&"&".repeat(1000), 400);
        assert!(cut.len() <= 400, "{} bytes", cut.len());
        assert!(cut.ends_with("&amp;\n[cut here: 60 of 1000 bytes are shown]"), "{cut}");
        assert_eq!(text(&"a".repeat(400), 400), "a".repeat(400));
    }
}
