//! Finds secrets in a text in any letter case, and also finds parts of a secret. Escapes were decoded before. Each text
//! is compared twice: by its letters and digits only, ignoring everything between them, and unchanged, because some
//! secrets have hardly two letters side by side.
//!
//! Each form of a secret (plain, reversed, Base64 at each alignment, hexadecimal, decimal) is cut into short samples.
//! One automaton searches for all samples. Each match is extended as far as text and form agree. It counts as a hit if
//! it is so long that it cannot be chance.

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use data_encoding::BASE32_NOPAD;

use super::aligned;

/// The minimum length of a match, in letters and digits; a shorter one may be chance.
pub(super) const MIN_MATCH: usize = 8;
/// The minimum for Base64: three digits encode two characters, and the first may include bits of the preceding text.
const MIN_MATCH_BASE64: usize = 11;
/// The minimum for Base32, in which eight digits encode five characters.
const MIN_MATCH_BASE32: usize = 13;
/// The minimum for hexadecimal and decimal codes, which need two or three digits per character.
const MIN_MATCH_CODES: usize = 17;
/// The length of a sample. If samples begin at every third position, any match of `MIN_MATCH` contains one.
const SAMPLE: usize = 6;
/// The maximum length of a secret for the rare forms: decimal codes and double Base64. Longer ones are never written so.
const MAX_RARE_FORM_LENGTH: usize = 512;

/// A byte that separates texts: no match extends across it. It does not occur in UTF-8.
pub(super) const BARRIER: u8 = 0xff;

/// A form of a secret.
struct Form {
    secret: usize,
    letters: Vec<u8>,
    /// The minimum length of a match.
    min_match: usize,
}

/// A part of a reading that is a secret or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) secret: usize,
}

/// A place in the compared characters of a text.
struct Match {
    start: usize,
    end: usize,
    secret: usize,
    /// True for a part of a secret as it is written, without an encoding.
    is_part: bool,
}

/// Which characters of a text are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Compared {
    /// Only letters and digits.
    #[default]
    Letters,
    /// All characters.
    Everything,
}

/// Finds the secrets of a run.
#[derive(Default)]
pub(super) struct Finder {
    compared: Compared,
    forms: Vec<Form>,
    /// For each pattern of the automaton, the index of its form and the offset of the sample in it.
    samples: Vec<(usize, usize)>,
    automaton: Option<AhoCorasick>,
    /// Matches that also occur in the harness's own words, and so are not secret.
    own: Vec<Vec<u8>>,
}

impl Finder {
    pub(super) fn new<'s>(compared: Compared, secrets: impl Iterator<Item = (usize, &'s str)>) -> Self {
        let mut finder = Self { compared, ..Self::default() };
        let mut patterns: Vec<Vec<u8>> = Vec::new();
        for (secret, text) in secrets {
            let forms = match compared {
                Compared::Letters => forms(text),
                Compared::Everything => plain_forms(text),
            };
            for (form, min_match) in forms {
                let letters = finder.letters(form.as_bytes());
                if letters.len() < min_match {
                    continue;
                }
                for start in (0..=letters.len() - SAMPLE).step_by(min_match + 1 - SAMPLE) {
                    patterns.push(letters[start..start + SAMPLE].to_vec());
                    finder.samples.push((finder.forms.len(), start));
                }
                finder.forms.push(Form { secret, letters, min_match });
            }
        }
        if !patterns.is_empty() {
            finder.automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&patterns).ok();
        }
        finder
    }

    /// Matches that occur in one of these lines no longer count as secrets.
    pub(super) fn add_own_words(&mut self, lines: &str) {
        let mut lines = lines.as_bytes().to_vec();
        lines.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = BARRIER);
        self.own.extend(self.matches_in(&lines));
    }

    /// The distinct matches in a text.
    pub(super) fn matches_in(&self, words: &[u8]) -> Vec<Vec<u8>> {
        let letters = self.letters(words);
        let mut matches: Vec<Vec<u8>> =
            self.matches(&letters).into_iter().map(|found| letters[found.start..found.end].to_vec()).collect();
        matches.sort();
        matches.dedup();
        matches
    }

    /// Whether the complete text occurs in the harness's own words.
    pub(super) fn is_own(&self, text: &str) -> bool {
        let letters = self.letters(text.as_bytes());
        self.own.iter().any(|own| contains(own, &letters))
    }

    /// All hits in a reading, except for own words; `own` are additional own words. In a sentence of the harness, the end
    /// of one word and the beginning of the next may look like a part of a secret, so `sentence` leaves out such hits.
    pub(super) fn hits(&self, reading: &[u8], own: &[Vec<u8>], sentence: bool) -> Vec<Hit> {
        let letters = self.letters(reading);
        let matches = self.matches(&letters);
        if matches.is_empty() {
            return Vec::new();
        }
        let places: Vec<usize> =
            reading.iter().enumerate().filter(|(_, byte)| self.compares(**byte)).map(|(place, _)| place).collect();
        let is_own =
            |start: usize, end: usize| self.own.iter().chain(own).any(|own| contains(own, &letters[start..end]));
        let is_between_words = |found: &Match| {
            let text = &reading[places[found.start]..=places[found.end - 1]];
            sentence && found.is_part && text.iter().any(u8::is_ascii_whitespace)
        };
        matches
            .into_iter()
            .filter(|found| !is_own(found.start, found.end) && !is_between_words(found))
            .map(|found| Hit { start: places[found.start], end: places[found.end - 1] + 1, secret: found.secret })
            .collect()
    }

    /// The compared characters of a text in lower case, with its barriers.
    fn letters(&self, text: &[u8]) -> Vec<u8> {
        let mut letters = text.to_ascii_lowercase();
        if self.compared == Compared::Letters {
            letters.retain(|byte| self.compares(*byte));
        }
        letters
    }

    fn compares(&self, byte: u8) -> bool {
        self.compared == Compared::Everything || byte.is_ascii_alphanumeric() || byte == BARRIER
    }

    /// The parts that agree with a form over at least its minimum length.
    fn matches(&self, letters: &[u8]) -> Vec<Match> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut matches: Vec<Match> = Vec::new();
        let mut last = (usize::MAX, 0, 0);
        for found in automaton.find_overlapping_iter(letters) {
            let Some((index, offset)) = self.samples.get(found.pattern().as_usize()).copied() else { continue };
            let Some(form) = self.forms.get(index) else { continue };
            // Another sample of the match that was found last.
            let shift = found.start().wrapping_sub(offset);
            if (index, shift) == (last.0, last.1) && found.end() <= last.2 {
                continue;
            }
            let (start, end) = extended(letters, &form.letters, found.start(), offset);
            last = (index, shift, end);
            if end - start >= form.min_match {
                let is_part = end - start < form.letters.len() && form.min_match == MIN_MATCH;
                matches.push(Match { start, end, secret: form.secret, is_part });
            }
        }
        matches
    }
}

/// How far text and form agree around a sample that begins at `at` in the text and at `offset` in the form.
fn extended(letters: &[u8], form: &[u8], at: usize, offset: usize) -> (usize, usize) {
    let before = letters[..at].iter().rev().zip(form[..offset].iter().rev()).take_while(|(a, b)| a == b).count();
    let after = letters[at..].iter().zip(&form[offset..]).take_while(|(a, b)| a == b).count();
    (at - before, at + after)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && memchr::memmem::find(text, part).is_some()
}

/// The forms of a secret, each with the minimum length of a match.
fn forms(secret: &str) -> Vec<(String, usize)> {
    let mut forms = plain_forms(secret);
    forms.push((hex::encode(secret.as_bytes()), MIN_MATCH_CODES));
    let once = base64(secret.as_bytes());
    if secret.len() <= MAX_RARE_FORM_LENGTH {
        forms.extend(once.iter().flat_map(|form| base64(form.as_bytes())).map(|form| (form, MIN_MATCH_BASE64)));
        let codes: Vec<String> = secret.bytes().map(|byte| byte.to_string()).collect();
        forms.push((codes.concat(), MIN_MATCH_CODES));
        forms.extend(rare_forms(secret));
    }
    forms.extend(once.into_iter().map(|form| (form, MIN_MATCH_BASE64)));
    forms
}

/// A secret, forwards and reversed.
fn plain_forms(secret: &str) -> Vec<(String, usize)> {
    vec![(secret.to_owned(), MIN_MATCH), (secret.chars().rev().collect(), MIN_MATCH)]
}

/// Lists such as `0x73, 0x33`, Base32, and Base64 of UTF-16, as PowerShell writes it.
fn rare_forms(secret: &str) -> Vec<(String, usize)> {
    let codes: String = secret.bytes().map(|byte| format!("0x{byte:02x}")).collect();
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let base32 = (0..5).map(|offset| aligned(secret.as_bytes(), offset, 5, |bytes| BASE32_NOPAD.encode(bytes)));
    let mut forms = vec![(codes, 2 * MIN_MATCH_CODES)];
    forms.extend(base32.map(|form| (form, MIN_MATCH_BASE32)));
    forms.extend(base64(&wide).into_iter().map(|form| (form, 2 * MIN_MATCH_BASE64)));
    forms
}

/// Base64 of a secret after zero, one or two other bytes.
fn base64(secret: &[u8]) -> Vec<String> {
    let mut forms = Vec::new();
    for offset in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            forms.push(aligned(secret, offset, 6, |bytes| engine.encode(bytes)));
        }
    }
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    const SECRET: &str = "q7Zt/4bX+9LmR2ckVw==";

    fn hits(text: &str) -> Vec<Hit> {
        Finder::new(Compared::Letters, [(0, SECRET)].into_iter()).hits(text.as_bytes(), &[], false)
    }

    #[test]
    fn every_part_of_eight_letters_is_found_at_its_place() {
        let letters = "q7Zt4bX9LmR2ckVw";
        for start in 0..=letters.len() - MIN_MATCH {
            let text = format!("-- {} --", &letters[start..start + MIN_MATCH]);
            assert_eq!(hits(&text), [Hit { start: 3, end: 3 + MIN_MATCH, secret: 0 }], "{text}");
            assert_eq!(hits(&text.to_uppercase()).len(), 1);
        }
        assert_eq!(hits("q7Zt4bX 9LmR2 c"), [Hit { start: 0, end: 15, secret: 0 }]);
        assert!(hits("q7Zt4bX and LmR2ckV").is_empty(), "seven letters are too few");
    }

    #[test]
    fn encodings_are_found_at_every_alignment() {
        for before in ["", "a", "ab", "user:"] {
            for text in [format!("{before}{SECRET}"), format!("{before}{SECRET}:x")] {
                let once = STANDARD.encode(&text);
                assert!(!hits(&once).is_empty(), "{text}");
                assert!(!hits(&URL_SAFE_NO_PAD.encode(&text)).is_empty(), "{text}");
                assert!(!hits(&STANDARD.encode(format!("{before}{once}"))).is_empty(), "{text} twice");
            }
        }
        let codes: Vec<String> = SECRET.bytes().map(|byte| byte.to_string()).collect();
        assert!(!hits(&format!("[{}]", codes.join(", "))).is_empty());
        let codes: Vec<String> = SECRET.bytes().map(|byte| format!("{byte:02X}")).collect();
        assert!(!hits(&codes.join(":")).is_empty());
        assert!(!hits(&format!("{{0x{}}}", codes.join(", 0x"))).is_empty());
        for before in ["", "a", "ab", "abc", "abcd"] {
            assert!(!hits(&BASE32_NOPAD.encode(format!("{before}{SECRET}:x").as_bytes())).is_empty(), "{before}");
        }
        let wide = |order: fn(u16) -> [u8; 2]| format!("a{SECRET}").encode_utf16().flat_map(order).collect::<Vec<_>>();
        for bytes in [wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
            assert!(!hits(&STANDARD.encode(bytes)).is_empty());
        }
    }

    #[test]
    fn eight_characters_match_even_if_few_are_letters() {
        let finder = Finder::new(Compared::Everything, [(0, "a/b+c=d-e_f.g")].into_iter());
        assert_eq!(finder.hits(b"(B+C=D-E_)", &[], false), [Hit { start: 1, end: 9, secret: 0 }]);
        assert!(finder.hits(b"b c d e f g", &[], false).is_empty());
    }

    #[test]
    fn secret_is_not_found_across_a_divider() {
        let mut text = b"q7Zt4b".to_vec();
        text.push(BARRIER);
        text.extend_from_slice(b"X9LmR2");
        assert!(Finder::new(Compared::Letters, [(0, SECRET)].into_iter()).hits(&text, &[], false).is_empty());
    }

    #[test]
    fn words_of_a_sentence_side_by_side_are_not_a_part_of_a_secret() {
        let finder = Finder::new(Compared::Letters, [(0, "service:passport-4711")].into_iter());
        let sentence = b"CONFORMANCE_ACTOR_SERVICE   passed; not checked";
        assert!(finder.hits(sentence, &[], true).is_empty());
        assert_eq!(finder.hits(sentence, &[], false).len(), 1, "text of the target");
        for text in ["the key service:passp", "s-e-r-v-i-c-e-p-a", "service passport 4711"] {
            assert_eq!(finder.hits(text.as_bytes(), &[], true).len(), 1, "{text}");
        }
    }

    #[test]
    fn own_words_are_not_secrets() {
        let mut finder = Finder::new(Compared::Letters, [(0, "our-customer-key-2024")].into_iter());
        assert_eq!(finder.hits(b"no customer-key", &[], false).len(), 1);
        finder.add_own_words("read a customer, key in hand");
        assert!(finder.hits(b"no customer-key", &[], false).is_empty());
        assert_eq!(finder.hits(b"no our-customer-key", &[], false).len(), 1);
        assert!(!finder.is_own("our-customer-key-2024"));
    }
}
