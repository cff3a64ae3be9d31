//! What the strategies of all formats are made of: rules in a line each, and small edits of a good text.
//!
//! Choices stand with the simplest first, since shrinking walks towards the front.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::{Index, select};
use serde_json::Value;

use super::rule::{Assertion, Content, Input, Rule};

/// How a rule generates.
pub(super) type MakeStrategy = fn() -> BoxedStrategy<Input>;

pub(super) fn accepted(name: &'static str, strategy: MakeStrategy) -> Rule {
    Rule { name, assertion: Assertion::Accepted, strategy, at_most: None, may_be_unreadable: false }
}

/// A rule whose values are malformed.
pub(super) fn refused(name: &'static str, strategy: MakeStrategy) -> Rule {
    refused_as("malformed", name, strategy)
}

pub(super) fn refused_as(kind: &'static str, name: &'static str, strategy: MakeStrategy) -> Rule {
    Rule { name, assertion: Assertion::Refused(kind), strategy, at_most: None, may_be_unreadable: false }
}

pub(super) fn survived(name: &'static str, strategy: MakeStrategy) -> Rule {
    Rule { name, assertion: Assertion::Survived, strategy, at_most: None, may_be_unreadable: false }
}

/// An input that is a text and has no companion.
pub(super) fn text(strategy: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    strategy.prop_map(|text| Input { content: Content::Json(Value::String(text)), companion: None }).boxed()
}

/// One text of a list.
pub(super) fn one_of(choices: &'static [&'static str]) -> BoxedStrategy<Input> {
    text(word(choices))
}

/// One word of a list, to make a text with.
pub(super) fn word(choices: &'static [&'static str]) -> impl Strategy<Value = String> + Clone + 'static {
    select(choices).prop_map(str::to_owned)
}

/// A good text with one of the words before it.
pub(super) fn led(
    good: impl Strategy<Value = String> + 'static,
    words: &'static [&'static str],
) -> BoxedStrategy<Input> {
    text((good, select(words)).prop_map(|(good, word)| format!("{word}{good}")))
}

/// A good text with one of the words behind it.
pub(super) fn trailed(
    good: impl Strategy<Value = String> + 'static,
    words: &'static [&'static str],
) -> BoxedStrategy<Input> {
    text((good, select(words)).prop_map(|(good, word)| format!("{good}{word}")))
}

/// A good text with one of the words somewhere inside it: behind its first character at the earliest, before its last
/// at the latest.
pub(super) fn parted(
    good: impl Strategy<Value = String> + 'static,
    words: &'static [&'static str],
) -> BoxedStrategy<Input> {
    text((good, any::<Index>(), select(words)).prop_map(|(good, at, word)| inserted(&good, at, word)))
}

pub(super) fn inserted(good: &str, at: Index, word: &str) -> String {
    let places: Vec<usize> = good.char_indices().map(|(at, _)| at).skip(1).collect();
    if places.is_empty() {
        return format!("{good}{word}");
    }
    let (before, behind) = good.split_at(places[at.index(places.len())]);
    format!("{before}{word}{behind}")
}

/// The text with one character that `fits` replaced; as it is, where none does.
pub(super) fn replaced(good: &str, at: Index, fits: fn(char) -> bool, by: impl Fn(char) -> String) -> String {
    let places: Vec<(usize, char)> = good.char_indices().filter(|(_, one)| fits(*one)).collect();
    if places.is_empty() {
        return good.to_owned();
    }
    let (place, one) = places[at.index(places.len())];
    format!("{}{}{}", &good[..place], by(one), &good[place + one.len_utf8()..])
}

pub(super) fn is_digit(one: char) -> bool {
    one.is_ascii_digit()
}

/// The zeros of some scripts, each followed by its other nine digits: Arabic, Persian, Devanagari, Bengali, Thai,
/// full-width, mathematical bold.
const ZEROS: [char; 7] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}', '\u{1d7ce}'];

/// A digit in another script.
pub(super) fn foreign(digit: char, zero: char) -> String {
    let value = digit.to_digit(10).unwrap_or_default();
    char::from_u32(u32::from(zero) + value).map(String::from).unwrap_or_default()
}

pub(super) fn zero() -> impl Strategy<Value = char> + Clone + 'static {
    select(ZEROS.to_vec())
}

/// A good text, one digit of it in another script.
pub(super) fn with_foreign_digit(good: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    text(
        (good, any::<Index>(), zero())
            .prop_map(|(good, at, zero)| replaced(&good, at, is_digit, |digit| foreign(digit, zero))),
    )
}

/// A good text, all digits of it in another script.
pub(super) fn in_foreign_digits(good: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    text((good, zero()).prop_map(|(good, zero)| {
        good.chars().map(|one| if is_digit(one) { foreign(one, zero) } else { one.to_string() }).collect()
    }))
}

/// A good text, one character of it left out.
pub(super) fn shortened(good: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    text((good, any::<Index>()).prop_map(|(good, at)| replaced(&good, at, |_| true, |_| String::new())))
}

/// No text at all, or nothing that is seen.
pub(super) fn blank() -> BoxedStrategy<Input> {
    text(proptest::prop_oneof![
        Just(String::new()),
        vec(select(vec![' ', '\t', '\n', '\r']), 1..4).prop_map(|spaces| spaces.into_iter().collect()),
    ])
}

/// Characters that are seen by nobody, as they get into copied text: bidirectional marks, zero-width ones, the byte order mark.
pub(super) const UNSEEN: &[&str] = &["\u{200b}", "\u{200e}", "\u{202a}", "\u{202c}", "\u{2060}", "\u{feff}", "\u{ad}"];

/// Spaces, tabs and line ends of ASCII, and the space that does not break.
pub(super) const SPACES: &[&str] = &[" ", "  ", "\t", "\u{a0}"];

/// What ends a line; a `$` in a pattern may take the first for the end of the text.
pub(super) const LINE_ENDS: &[&str] = &["\n", "\r\n", "\r", "\n\n"];

/// Control characters.
pub(super) const CONTROLS: &[&str] = &["\0", "\u{1}", "\u{8}", "\u{b}", "\u{1b}", "\u{7f}"];
