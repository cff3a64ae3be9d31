//! Helpers for the strategies of all formats: constructors for rules, and small edits of a valid text.
//!
//! Lists of choices begin with the simplest, because shrinking moves towards the front.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::{Index, select};
use serde_json::Value;

use super::rule::{Assertion, Content, Input, Rule};

/// A function that makes the strategy of a rule.
pub(super) type MakeStrategy = fn() -> BoxedStrategy<Input>;

pub(super) fn accepted(name: &'static str, strategy: MakeStrategy) -> Rule {
    Rule::generated(name, Assertion::Accepted, strategy)
}

/// A rule whose values are malformed.
pub(super) fn refused(name: &'static str, strategy: MakeStrategy) -> Rule {
    refused_as("malformed", name, strategy)
}

pub(super) fn refused_as(kind: &'static str, name: &'static str, strategy: MakeStrategy) -> Rule {
    Rule::generated(name, Assertion::Refused(kind), strategy)
}

pub(super) fn handled(name: &'static str, strategy: MakeStrategy) -> Rule {
    Rule::generated(name, Assertion::Handled, strategy)
}

/// Inputs that are texts without a companion.
pub(super) fn text(strategy: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    strategy.prop_map(|text| Input { content: Content::Json(Value::String(text)), companion: None }).boxed()
}

/// One text of a list.
pub(super) fn one_of(choices: &'static [&'static str]) -> BoxedStrategy<Input> {
    text(word(choices))
}

/// One word of a list, as a part of a text.
pub(super) fn word(choices: &'static [&'static str]) -> impl Strategy<Value = String> + Clone + 'static {
    select(choices).prop_map(str::to_owned)
}

/// A valid text with one of the words before it.
pub(super) fn prefixed(
    valid: impl Strategy<Value = String> + 'static,
    words: &'static [&'static str],
) -> BoxedStrategy<Input> {
    text((valid, select(words)).prop_map(|(valid, word)| format!("{word}{valid}")))
}

/// A valid text with one of the words after it.
pub(super) fn suffixed(
    valid: impl Strategy<Value = String> + 'static,
    words: &'static [&'static str],
) -> BoxedStrategy<Input> {
    text((valid, select(words)).prop_map(|(valid, word)| format!("{valid}{word}")))
}

/// A valid text with one of the words inserted, after the first character at the earliest and before the last one at
/// the latest.
pub(super) fn infixed(
    valid: impl Strategy<Value = String> + 'static,
    words: &'static [&'static str],
) -> BoxedStrategy<Input> {
    text((valid, any::<Index>(), select(words)).prop_map(|(valid, at, word)| inserted(&valid, at, word)))
}

pub(super) fn inserted(valid: &str, at: Index, word: &str) -> String {
    let places: Vec<usize> = valid.char_indices().map(|(at, _)| at).skip(1).collect();
    if places.is_empty() {
        return format!("{valid}{word}");
    }
    let (before, after) = valid.split_at(places[at.index(places.len())]);
    format!("{before}{word}{after}")
}

/// The text with one of the characters that satisfy `fits` replaced; unchanged if there is none.
pub(super) fn replaced(valid: &str, at: Index, fits: fn(char) -> bool, by: impl Fn(char) -> String) -> String {
    let places: Vec<(usize, char)> = valid.char_indices().filter(|(_, one)| fits(*one)).collect();
    if places.is_empty() {
        return valid.to_owned();
    }
    let (place, one) = places[at.index(places.len())];
    format!("{}{}{}", &valid[..place], by(one), &valid[place + one.len_utf8()..])
}

pub(super) fn is_digit(one: char) -> bool {
    one.is_ascii_digit()
}

/// The zeros of some scripts, each followed in Unicode by the other nine digits:
/// Arabic, Persian, Devanagari, Bengali, Thai,
/// full-width, mathematical bold.
const ZEROS: [char; 7] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}', '\u{1d7ce}'];

/// An ASCII digit in another script.
pub(super) fn digit_in_script(digit: char, zero: char) -> String {
    let value = digit.to_digit(10).unwrap_or_default();
    char::from_u32(u32::from(zero) + value).map(String::from).unwrap_or_default()
}

pub(super) fn zero() -> impl Strategy<Value = char> + Clone + 'static {
    select(ZEROS.to_vec())
}

/// A valid text with one digit in another script.
pub(super) fn with_foreign_digit(valid: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    text(
        (valid, any::<Index>(), zero())
            .prop_map(|(valid, at, zero)| replaced(&valid, at, is_digit, |digit| digit_in_script(digit, zero))),
    )
}

/// A valid text with all digits in another script.
pub(super) fn in_foreign_digits(valid: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    text((valid, zero()).prop_map(|(valid, zero)| {
        valid.chars().map(|one| if is_digit(one) { digit_in_script(one, zero) } else { one.to_string() }).collect()
    }))
}

/// A valid text without one of its characters.
pub(super) fn shortened(valid: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    text((valid, any::<Index>()).prop_map(|(valid, at)| replaced(&valid, at, |_| true, |_| String::new())))
}

/// The empty text, or only white space.
pub(super) fn blank() -> BoxedStrategy<Input> {
    text(proptest::prop_oneof![
        Just(String::new()),
        vec(select(vec![' ', '\t', '\n', '\r']), 1..4).prop_map(|spaces| spaces.into_iter().collect()),
    ])
}

/// Invisible characters, as in copied text: bidirectional marks, zero-width characters, the byte order mark.
pub(super) const INVISIBLE: &[&str] =
    &["\u{200b}", "\u{200e}", "\u{202a}", "\u{202c}", "\u{2060}", "\u{feff}", "\u{ad}"];

/// Spaces, tabs, and the no-break space.
pub(super) const SPACES: &[&str] = &[" ", "  ", "\t", "\u{a0}"];

/// Line ends. A `$` in a regular expression may match before a final `\n`.
pub(super) const LINE_ENDS: &[&str] = &["\n", "\r\n", "\r", "\n\n"];

pub(super) const CONTROLS: &[&str] = &["\0", "\u{1}", "\u{8}", "\u{b}", "\u{1b}", "\u{7f}"];
