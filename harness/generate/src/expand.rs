//! Generates texts that match a pattern. An array of small numbers chooses the text; zeros choose the simplest one.
//!
//! proptest can generate from patterns itself, but a union of 80 patterns takes a millisecond for each value.

use proptest::array::uniform24;
use proptest::prelude::Strategy;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The numbers that choose one text.
pub(super) type Choices = [u8; 24];

/// Parsed patterns.
pub(super) struct Patterns(Vec<Hir>);

impl Patterns {
    /// Parses the patterns, with ASCII digits and letters only; invalid patterns are ignored.
    pub(super) fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        Self(patterns.into_iter().filter_map(read).collect())
    }

    pub(super) fn text(&self, choices: &Choices) -> String {
        self.text_with(choices, 3)
    }

    /// A text in which an unlimited repetition has at most `unlimited` elements more than it must have.
    pub(super) fn text_with(&self, choices: &Choices, unlimited: u32) -> String {
        let mut walk = Walk { choices, at: 0, unlimited, out: String::new() };
        if !self.0.is_empty() {
            let which = walk.next(self.0.len());
            walk.append(&self.0[which]);
        }
        walk.out
    }
}

pub(super) fn choices() -> impl Strategy<Value = Choices> + Clone + 'static {
    uniform24(0u8..252)
}

pub(super) fn read(pattern: &str) -> Option<Hir> {
    regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()
}

struct Walk<'a> {
    choices: &'a Choices,
    at: usize,
    unlimited: u32,
    out: String,
}

impl Walk<'_> {
    /// The next choice among `count`; after the last number, the first is used again.
    fn next(&mut self, count: usize) -> usize {
        let chosen = self.choices[self.at % self.choices.len()];
        self.at += 1;
        usize::from(chosen) % count.max(1)
    }

    fn append(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => self.out.push_str(&String::from_utf8_lossy(&literal.0)),
            HirKind::Class(class) => self.append_member(class),
            HirKind::Capture(capture) => self.append(&capture.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.append(part)),
            HirKind::Alternation(parts) => {
                let which = self.next(parts.len());
                self.append(&parts[which]);
            }
            HirKind::Repetition(repetition) => {
                let least = repetition.min;
                let most = repetition.max.unwrap_or(least + self.unlimited);
                let more = if most > least { self.next((most - least + 1) as usize) } else { 0 };
                (0..least as usize + more).for_each(|_| self.append(&repetition.sub));
            }
        }
    }

    fn append_member(&mut self, class: &Class) {
        let members: Vec<char> = match class {
            Class::Unicode(class) => class.ranges().iter().flat_map(|range| range.start()..=range.end()).collect(),
            Class::Bytes(class) => {
                class.ranges().iter().flat_map(|range| range.start()..=range.end()).map(char::from).collect()
            }
        };
        // Many classes are what a few characters are not. Their first members are control characters.
        let printable: Vec<char> = members.iter().copied().filter(|one| matches!(one, ' '..='~')).collect();
        let members = if printable.is_empty() { members } else { printable };
        let which = self.next(members.len());
        self.out.extend(members.get(which));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_choose_the_simplest_text() {
        let patterns = Patterns::new(["a(b|c)\\d{2,3}x?", "z"]);
        assert_eq!(patterns.text(&[0; 24]), "ab00");
        assert_eq!(patterns.text(&[0, 1, 1, 9, 8, 7, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), "ac987x");
        assert_eq!(patterns.text(&[1; 24]), "z");
    }

    #[test]
    fn invalid_patterns_are_ignored() {
        assert!(read("(").is_none());
        assert_eq!(Patterns::new(["("]).text(&[0; 24]), "");
    }
}
