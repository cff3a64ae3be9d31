//! Writes to standard output and standard error. Only reports, the lines of libtest, `list` and scripts are written
//! elsewhere.
//!
//! Text of an API may contain escape sequences for a terminal, misleading characters, and lines that a CI system
//! executes as commands. They are evidence, so they are not deleted, but escaped as `\u{1b}`. If the reader has closed
//! the stream (such as `head`), write errors are ignored.

use std::fmt::{self, Write};
use std::io::Write as _;

/// Prints a line on standard output.
#[macro_export]
macro_rules! out_line {
    ($($text:tt)*) => { $crate::output::out(&format!("{}\n", format_args!($($text)*))) };
}

/// Prints a line on standard error.
#[macro_export]
macro_rules! err_line {
    ($($text:tt)*) => { $crate::output::err(&format!("{}\n", format_args!($($text)*))) };
}

pub use crate::{err_line, out_line};

/// The width of a page without a terminal.
pub const COLUMNS: usize = 100;

/// The width of the terminal behind standard error or standard output, or the usual width if there is none.
pub fn columns(of_stderr: bool) -> usize {
    let size = if of_stderr {
        terminal_size::terminal_size_of(std::io::stderr())
    } else {
        terminal_size::terminal_size_of(std::io::stdout())
    };
    size.map_or(COLUMNS, |(width, _)| usize::from(width.0))
}

/// Prints a text on standard output.
pub fn out(text: &str) {
    raw_out(&printable(text));
}

/// Prints a text on standard error.
pub fn err(text: &str) {
    raw_err(&printable(text));
}

/// Writes a document to standard output unchanged.
pub fn raw_out(text: &str) {
    let mut stream = std::io::stdout().lock();
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
}

/// Writes a document to standard error unchanged.
pub fn raw_err(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Escapes a text of several lines, so that neither a terminal nor a CI system interprets any part of it.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        push_line(&mut out, line);
    }
    out
}

/// Escapes CI commands and hidden characters in a document with `escape`, which returns the escape sequence of its
/// format.
pub fn harmless(text: &str, escape: impl Fn(char) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    for (at, letter) in text.char_indices() {
        let command = match letter {
            '#' => is_mark(&text[at..]),
            ':' => begins && text[at..].starts_with("::"),
            _ => is_hidden(letter),
        };
        if command {
            out.push_str(&escape(letter))
        } else {
            out.push(letter)
        }
        begins = letter == '\n' || begins && letter.is_whitespace();
    }
    out
}

/// Appends one line; the first character of a CI command is escaped.
fn push_line(out: &mut String, line: &str) {
    let indent = line.len() - line.trim_start().len();
    for (at, letter) in line.char_indices() {
        let rest = &line[at..];
        // GitHub executes `::name::` at the beginning of a line; the other systems their marks anywhere in it.
        let command = match letter {
            ':' => at == indent && rest.starts_with("::"),
            '#' => is_mark(rest),
            _ => false,
        };
        if command { push_escaped(out, letter) } else { push_visible(out, letter) }
    }
}

/// `##vso[` of Azure, `##teamcity[` of TeamCity, `##[` of GitHub and Azure.
fn is_mark(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("##") else { return false };
    rest.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).starts_with('[')
}

/// The text with hidden characters escaped, except for line ends and tabs.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|letter| push_visible(&mut out, letter));
    out
}

/// The text in one line of at most `most` characters; `…` is the last one if the text was cut.
pub fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let (mut length, mut kept) = (0, 0);
    for letter in text.chars() {
        let before = line.len();
        match letter {
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            '\t' => line.push_str("\\t"),
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

/// Appends a character, escaped if it is hidden.
pub(crate) fn push_visible(out: &mut String, letter: char) {
    if is_hidden(letter) {
        push_escaped(out, letter);
    } else {
        out.push(letter);
    }
}

fn push_escaped(out: &mut String, letter: char) {
    let _ = escape(out, letter);
}

/// Writes the escape sequence of a character.
pub fn escape(out: &mut impl Write, letter: char) -> fmt::Result {
    write!(out, "\\u{{{:x}}}", u32::from(letter))
}

/// True for characters that XML forbids, that parsers change (carriage return), or that are invisible or misleading:
/// control characters, line separators, marks and overrides of direction, tags, noncharacters.
pub fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}' => true,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}' => true,
        other => other.is_control() || u32::from(other) & 0xfffe == 0xfffe,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All control characters and misleading characters.
    fn hidden() -> impl Iterator<Item = char> {
        let controls = ('\0'..='\u{9f}').filter(|letter| letter.is_control() && !matches!(letter, '\n' | '\t'));
        let others = "\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\
                      \u{2060}\u{2066}\u{2067}\u{2068}\u{2069}\u{feff}\u{fffe}\u{ffff}\u{e0041}";
        controls.chain(others.chars())
    }

    #[test]
    fn no_control_character_reaches_a_terminal() {
        assert_eq!(hidden().filter(char::is_ascii).count(), 31, "C0 but the line end and the tab, and DEL");
        for letter in hidden() {
            let text = format!("a{letter}[31mb\n{letter}c");
            for shown in [printable(&text), visible(&text), one_line(&text, 99)] {
                assert!(!shown.contains(letter), "{letter:?} in {shown:?}");
                let escaped = format!("a\\u{{{:x}}}[31mb", u32::from(letter));
                assert!(shown.contains(&escaped) || letter == '\r' && shown.contains("a\\r[31mb"), "{shown:?}");
            }
        }
    }

    #[test]
    fn no_line_is_a_command_of_a_ci_system() {
        for command in
            ["::add-mask::x", "::error::x", "##vso[task.setvariable]x", "##[error]x", "##teamcity[x]", "##VSO[x]"]
        {
            for before in ["", "  ", "\u{a0}", "\t", "\n", "\r\n", "first\n", "first\r"] {
                let shown = printable(&format!("{before}{command}"));
                let obeyed = |line: &str| {
                    line.trim_start().starts_with("::")
                        || line.to_lowercase().contains("##vso[")
                        || line.contains("##[")
                };
                assert!(!shown.lines().any(obeyed) && !shown.contains("##teamcity["), "{shown:?}");
            }
        }
        assert!(!printable("x ##vso[task.complete]").contains("##vso["));
        for plain in ["a::b", "file::test-1 ... ok", "# title", "## title [x]", "C#[1]"] {
            assert_eq!(printable(plain), plain);
        }
    }

    #[test]
    fn escaped_documents_keep_their_value() {
        let json = serde_json::json!({ "a": "##vso[x]\u{9b}31m\u{202e}" }).to_string();
        let safe = harmless(&json, |letter| format!("\\u{:04x}", u32::from(letter)));
        assert!(!safe.contains("##vso[") && !safe.chars().any(is_hidden), "{safe}");
        let read: serde_json::Value = serde_json::from_str(&safe).expect("JSON");
        assert_eq!(read["a"], "##vso[x]\u{9b}31m\u{202e}");
    }

    #[test]
    fn line_ends_in_values_are_escaped() {
        assert_eq!(one_line("X\n::warning::y\u{1b}[31m", 99), "X\\n::warning::y\\u{1b}[31m");
        assert_eq!(one_line("a\nb", 9), "a\\nb");
        assert_eq!(one_line("123456789", 9), "123456789");
        assert_eq!(one_line("1234567890", 9), "12345678…");
        assert_eq!(one_line("123456\u{1b}", 9), "123456…", "an escape sequence is never cut");
    }

    #[test]
    fn ordinary_text_is_unchanged() {
        assert_eq!(
            visible("\u{1b}[31m\0\r\n\t\u{85}\u{fffe}\u{202e}é🦀"),
            "\\u{1b}[31m\\u{0}\\u{d}\n\t\\u{85}\\u{fffe}\\u{202e}é🦀"
        );
        assert_eq!(printable("é🦀 says\n\tso\n"), "é🦀 says\n\tso\n");
    }
}
