//! Lines of the terminal summary: texts are broken between words, and never run over the width of the terminal.
//!
//! Test names and commands are not broken, because they are copied: a terminal wraps them, and copies them as one.

use crate::escape::one_line;

/// The end of a text that was cut.
const CUT: char = '…';

/// A text after a prefix, in at most `most` lines. Continuation lines are indented by the length of the prefix. Hidden
/// characters of the text are escaped.
pub(super) fn wrapped(prefix: &str, text: &str, columns: usize, most: usize) -> Vec<String> {
    let indent = prefix.chars().count();
    let room = columns.saturating_sub(indent).max(1);
    let mut rows = rows(&one_line(text, room * (most + 1)), room);
    if rows.len() > most {
        rows.truncate(most);
        if let Some(last) = rows.last_mut() {
            *last = shortened(last, room);
        }
    }
    let lead = |at: usize| if at == 0 { prefix.to_owned() } else { " ".repeat(indent) };
    rows.iter().enumerate().map(|(at, row)| lead(at) + row).collect()
}

/// A name that a reader copies: complete in one line, with the prefix if there is room for it.
pub(super) fn complete(prefix: &str, name: &str, columns: usize) -> String {
    let name = one_line(name, usize::MAX);
    let indent = prefix.len() - prefix.trim_start().len();
    let fits = |indent: usize| indent + name.chars().count() <= columns;
    if fits(prefix.chars().count()) {
        return format!("{prefix}{name}");
    }
    if fits(indent) { format!("{}{name}", " ".repeat(indent)) } else { name }
}

/// How many rows of the terminal the lines take.
pub(super) fn rows_on_screen(lines: &str, columns: usize) -> usize {
    lines.lines().map(|line| line.chars().count().div_ceil(columns).max(1)).sum()
}

/// Breaks a text between words. Only a word that is longer than a row is broken inside.
fn rows(text: &str, room: usize) -> Vec<String> {
    let (mut rows, mut row, mut length) = (Vec::new(), String::new(), 0);
    for word in text.split(' ') {
        let of_word = word.chars().count();
        if length > 0 && length + 1 + of_word > room && of_word <= room {
            rows.push(std::mem::take(&mut row));
            length = 0;
        }
        if length > 0 {
            row.push(' ');
            length += 1;
        }
        for letter in word.chars() {
            if length >= room {
                rows.push(std::mem::take(&mut row).trim_end().to_owned());
                length = 0;
            }
            row.push(letter);
            length += 1;
        }
    }
    rows.push(row);
    rows
}

fn shortened(row: &str, room: usize) -> String {
    let kept: String = row.chars().take(room - 1).collect();
    kept.trim_end_matches(CUT).trim_end().to_owned() + &CUT.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_broken_between_words() {
        assert_eq!(wrapped("1. ", "aaa bbb ccc ddd", 11, 9), ["1. aaa bbb", "   ccc ddd"]);
        assert_eq!(wrapped("", "aaa bbb", 7, 1), ["aaa bbb"]);
        assert_eq!(wrapped("  ", "", 7, 1), ["  "]);
    }

    #[test]
    fn only_a_word_longer_than_a_line_is_broken() {
        assert_eq!(wrapped("", "a bbbbbbbbb c", 5, 9), ["a bbb", "bbbbb", "b c"]);
        assert_eq!(wrapped("", "got {\"a\":1,\"b\":2}", 12, 9), ["got {\"a\":1,\"", "b\":2}"].map(str::to_owned));
    }

    #[test]
    fn text_beyond_the_last_line_is_cut_visibly() {
        assert_eq!(wrapped("- ", "aaa bbb ccc ddd", 9, 1), ["- aaa bbb…".replace(" bbb…", " bb…")]);
        assert_eq!(wrapped("- ", "aaa bbb ccc ddd", 9, 2), ["- aaa bbb", "  ccc ddd"]);
        let long = "word ".repeat(1000);
        for columns in 1..120 {
            for most in 1..4 {
                let lines = wrapped("    ", &long, columns, most);
                assert_eq!(lines.len(), most);
                assert!(lines[most - 1].ends_with(CUT), "{lines:?}");
                assert!(lines.iter().all(|line| line.chars().count() <= columns.max(5)), "{columns} {lines:?}");
            }
        }
    }

    #[test]
    fn hidden_characters_are_escaped_before_the_text_is_broken() {
        assert_eq!(wrapped("", "a\nb\u{1b}[31m", 99, 1), ["a\\nb\\u{1b}[31m"]);
    }

    #[test]
    fn name_is_complete_and_has_its_prefix_where_it_fits() {
        assert_eq!(complete("    for example ", "a::b", 20), "    for example a::b");
        assert_eq!(complete("    for example ", "a::b-and-c", 20), "    a::b-and-c");
        assert_eq!(complete("    for example ", "a::b-and-c-and-d-and-e", 20), "a::b-and-c-and-d-and-e");
    }

    #[test]
    fn long_lines_take_several_rows() {
        assert_eq!(rows_on_screen("\naaaaa\naaaaaa\n", 5), 4);
    }
}
