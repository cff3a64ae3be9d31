//! Shows the expected and the actual text with their differences marked.

use askama::Template;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// If a smaller part of the texts than this is equal, no differences are marked: nearly everything would be.
const ALIKE: f32 = 0.3;

#[derive(Template)]
#[template(path = "difference.html")]
struct Difference<'t> {
    expected: Vec<Piece<'t>>,
    actual: Vec<Piece<'t>>,
}

/// A part of a text.
#[derive(Debug, PartialEq)]
struct Piece<'t> {
    text: &'t str,
    differs: bool,
}

pub(super) fn render(expected: &str, actual: &str) -> String {
    let (expected, actual) = pieces(expected, actual);
    Difference { expected, actual }.render().unwrap_or_else(|error| unreachable!("{error}"))
}

fn pieces<'t>(expected: &'t str, actual: &'t str) -> (Vec<Piece<'t>>, Vec<Piece<'t>>) {
    let (old, new) = (words(expected), words(actual));
    let operations = capture_diff_slices(Algorithm::Myers, &old, &new);
    let same: usize = operations
        .iter()
        .map(|operation| match operation {
            DiffOp::Equal { old_index, len, .. } => {
                old[*old_index..old_index + len].iter().map(|word| word.len()).sum()
            }
            _ => 0,
        })
        .sum();
    if (same * 2) as f32 / ((expected.len() + actual.len()).max(1) as f32) < ALIKE {
        let whole = |text| vec![Piece { text, differs: false }];
        return (whole(expected), whole(actual));
    }
    let side = |text: &'t str, words: &[&str], range: fn(&DiffOp) -> std::ops::Range<usize>| {
        let mut pieces = Vec::new();
        let (mut at, mut word) = (0, 0);
        for operation in &operations {
            let range = range(operation);
            let length: usize = words[word..range.end].iter().map(|word| word.len()).sum();
            word = range.end;
            if length > 0 {
                let differs = !matches!(operation, DiffOp::Equal { .. });
                pieces.push(Piece { text: &text[at..at + length], differs });
            }
            at += length;
        }
        pieces
    };
    (side(expected, &old, DiffOp::old_range), side(actual, &new, DiffOp::new_range))
}

/// Splits the text into words, white space and single punctuation characters.
fn words(text: &str) -> Vec<&str> {
    let kind = |letter: char| match letter {
        letter if letter.is_alphanumeric() || letter == '_' => 0,
        letter if letter.is_whitespace() => 1,
        _ => 2,
    };
    let mut words = Vec::new();
    let (mut start, mut last) = (0, None);
    for (at, letter) in text.char_indices() {
        let here = kind(letter);
        if at > start && (here == 2 || last != Some(here)) {
            words.push(&text[start..at]);
            start = at;
        }
        last = Some(here);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(pieces: &[Piece<'_>]) -> String {
        pieces
            .iter()
            .map(|piece| if piece.differs { format!("[{}]", piece.text) } else { piece.text.to_owned() })
            .collect()
    }

    #[test]
    fn only_differences_are_marked() {
        let (expected, actual) = pieces("TOKEN_EXPIRED with 401", "TOKEN_EXPIRED with 403");
        assert_eq!(
            (marked(&expected), marked(&actual)),
            ("TOKEN_EXPIRED with [401]".into(), "TOKEN_EXPIRED with [403]".into())
        );
        let (expected, actual) = pieces("an id", "an id, é");
        assert_eq!((marked(&expected), marked(&actual)), ("an id".into(), "an id[, é]".into()));
    }

    #[test]
    fn texts_without_common_parts_are_not_marked() {
        let (expected, actual) = pieces("a number", "\"\"");
        assert_eq!((marked(&expected), marked(&actual)), ("a number".into(), "\"\"".into()));
    }

    #[test]
    fn words_joined_are_the_original_text() {
        for text in ["", "a", "  a-b_c, é\u{1b}🦀\n\n", "\"x\":1"] {
            assert_eq!(words(text).concat(), text);
        }
    }
}
