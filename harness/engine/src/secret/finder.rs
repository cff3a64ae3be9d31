//! Finding secrets by meaning: letter case does not count, a part of a secret counts as much as the whole, and escapes
//! were undone before. Texts are compared twice: by their letters and digits alone, whatever stands between them, and as
//! they stand, since in some secrets hardly any letter stands beside another.
//!
//! Each form of a secret (plain, reversed, Base64 at each alignment, hexadecimal, decimal) is cut into short samples.
//! One automaton looks for all samples; what it finds is extended as far as text and form agree, and counts from a
//! length on that chance does not reach.

use aho_corasick::{AhoCorasick, MatchKind};
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// So many letters and digits of a secret in a row are part of it; fewer may be chance.
pub(super) const TELLING: usize = 8;
/// The same for Base64, of which three digits stand for two characters and the first may belong to what is before.
const TELLING_BASE64: usize = 11;
/// The same for hexadecimal and for decimal codes, which need two or three digits for a character.
const TELLING_CODES: usize = 17;
/// The length of a sample. A run of `TELLING` holds one, wherever it begins, if samples begin at every third place.
const SAMPLE: usize = 6;
/// Secrets that are longer, such as tokens, are not looked for in forms that nobody writes them in.
const LONGEST_CODED: usize = 128;

/// Nothing goes across this byte, which no text in UTF-8 has.
pub(super) const BARRIER: u8 = 0xff;

/// A writing of a secret, letters and digits only.
struct Form {
    secret: usize,
    letters: Vec<u8>,
    /// From how many letters on a run counts.
    telling: usize,
}

/// A part of a reading that is, or is part of, a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) secret: usize,
}

/// What of a text is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Compared {
    /// Its letters and digits.
    #[default]
    Letters,
    /// All of it.
    Everything,
}

/// What finds the secrets of a run.
#[derive(Default)]
pub(super) struct Finder {
    compared: Compared,
    forms: Vec<Form>,
    /// For each pattern of the automaton, its form and where in it the sample begins.
    samples: Vec<(usize, usize)>,
    automaton: Option<AhoCorasick>,
    /// Runs that occur in words of our own, and are nobody's secret.
    own: Vec<Vec<u8>>,
}

impl Finder {
    pub(super) fn new<'s>(compared: Compared, secrets: impl Iterator<Item = (usize, &'s str)>) -> Self {
        let mut finder = Self { compared, ..Self::default() };
        let mut patterns: Vec<Vec<u8>> = Vec::new();
        for (secret, text) in secrets {
            let forms = match compared {
                Compared::Letters => forms(text),
                Compared::Everything => as_it_stands(text),
            };
            for (form, telling) in forms {
                let letters = finder.letters(form.as_bytes());
                if letters.len() < telling {
                    continue;
                }
                for start in (0..=letters.len() - SAMPLE).step_by(telling + 1 - SAMPLE) {
                    patterns.push(letters[start..start + SAMPLE].to_vec());
                    finder.samples.push((finder.forms.len(), start));
                }
                finder.forms.push(Form { secret, letters, telling });
            }
        }
        if !patterns.is_empty() {
            finder.automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&patterns).ok();
        }
        finder
    }

    /// Runs that occur in one of these lines are not taken for secrets any more.
    pub(super) fn learn(&mut self, lines: &str) {
        let mut lines = lines.as_bytes().to_vec();
        lines.iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = BARRIER);
        self.own.extend(self.runs_in(&lines));
    }

    /// What a text has in common with the secrets, each once.
    pub(super) fn runs_in(&self, words: &[u8]) -> Vec<Vec<u8>> {
        let letters = self.letters(words);
        let mut runs: Vec<Vec<u8>> =
            self.runs(&letters).into_iter().map(|(start, end, _)| letters[start..end].to_vec()).collect();
        runs.sort();
        runs.dedup();
        runs
    }

    /// Whether all of a text occurs in words of our own.
    pub(super) fn is_own(&self, text: &str) -> bool {
        let letters = self.letters(text.as_bytes());
        self.own.iter().any(|own| contains(own, &letters))
    }

    /// Every part of a reading that is, or is part of, a secret, and is no word of ours; `own` are further such words.
    pub(super) fn hits(&self, reading: &[u8], own: &[Vec<u8>]) -> Vec<Hit> {
        let letters = self.letters(reading);
        let runs = self.runs(&letters);
        if runs.is_empty() {
            return Vec::new();
        }
        let places: Vec<usize> =
            reading.iter().enumerate().filter(|(_, byte)| self.compares(**byte)).map(|(place, _)| place).collect();
        let is_own =
            |start: usize, end: usize| self.own.iter().chain(own).any(|own| contains(own, &letters[start..end]));
        runs.into_iter()
            .filter(|(start, end, _)| !is_own(*start, *end))
            .map(|(start, end, secret)| Hit { start: places[start], end: places[end - 1] + 1, secret })
            .collect()
    }

    /// What is compared of a text, in lower case, and its barriers.
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

    /// The runs of letters that agree with a form as far as is telling.
    fn runs(&self, letters: &[u8]) -> Vec<(usize, usize, usize)> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let mut runs: Vec<(usize, usize, usize)> = Vec::new();
        let mut last = (usize::MAX, 0, 0);
        for found in automaton.find_overlapping_iter(letters) {
            let Some((index, offset)) = self.samples.get(found.pattern().as_usize()).copied() else { continue };
            let Some(form) = self.forms.get(index) else { continue };
            // Further samples of the run that was found last.
            let shift = found.start().wrapping_sub(offset);
            if (index, shift) == (last.0, last.1) && found.end() <= last.2 {
                continue;
            }
            let (start, end) = extended(letters, &form.letters, found.start(), offset);
            last = (index, shift, end);
            if end - start >= form.telling {
                runs.push((start, end, form.secret));
            }
        }
        runs
    }
}

/// How far text and form agree around a sample that begins at `at` in the one and at `offset` in the other.
fn extended(letters: &[u8], form: &[u8], at: usize, offset: usize) -> (usize, usize) {
    let before = letters[..at].iter().rev().zip(form[..offset].iter().rev()).take_while(|(a, b)| a == b).count();
    let after = letters[at..].iter().zip(&form[offset..]).take_while(|(a, b)| a == b).count();
    (at - before, at + after)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && memchr::memmem::find(text, part).is_some()
}

/// The writings of a secret, each with the length from which on a part of it is telling.
fn forms(secret: &str) -> Vec<(String, usize)> {
    let mut forms = as_it_stands(secret);
    forms.push((crate::contract::hex(secret.as_bytes()), TELLING_CODES));
    let once = aligned(secret);
    if secret.len() <= LONGEST_CODED {
        forms.extend(once.iter().flat_map(|form| aligned(form)).map(|form| (form, TELLING_BASE64)));
        let codes: Vec<String> = secret.bytes().map(|byte| byte.to_string()).collect();
        forms.push((codes.concat(), TELLING_CODES));
    }
    forms.extend(once.into_iter().map(|form| (form, TELLING_BASE64)));
    forms
}

/// A secret, forwards and backwards.
fn as_it_stands(secret: &str) -> Vec<(String, usize)> {
    vec![(secret.to_owned(), TELLING), (secret.chars().rev().collect(), TELLING)]
}

/// Base64 of a text after zero, one or two other bytes, as far as it follows from the text alone.
fn aligned(secret: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for offset in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            forms.push(super::aligned_base64(secret, offset, engine));
        }
    }
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    const SECRET: &str = "q7Zt/4bX+9LmR2ckVw==";

    fn hits(text: &str) -> Vec<Hit> {
        Finder::new(Compared::Letters, [(0, SECRET)].into_iter()).hits(text.as_bytes(), &[])
    }

    #[test]
    fn every_part_of_eight_letters_is_found_where_it_stands() {
        let letters = "q7Zt4bX9LmR2ckVw";
        for start in 0..=letters.len() - TELLING {
            let text = format!("-- {} --", &letters[start..start + TELLING]);
            assert_eq!(hits(&text), [Hit { start: 3, end: 3 + TELLING, secret: 0 }], "{text}");
            assert_eq!(hits(&text.to_uppercase()).len(), 1);
        }
        assert_eq!(hits("q7Zt4bX 9LmR2 c"), [Hit { start: 0, end: 15, secret: 0 }]);
        assert!(hits("q7Zt4bX and LmR2ckV").is_empty(), "seven letters are no evidence");
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
    }

    #[test]
    fn eight_characters_are_telling_even_where_few_are_letters() {
        let finder = Finder::new(Compared::Everything, [(0, "a/b+c=d-e_f.g")].into_iter());
        assert_eq!(finder.hits(b"(B+C=D-E_)", &[]), [Hit { start: 1, end: 9, secret: 0 }]);
        assert!(finder.hits(b"b c d e f g", &[]).is_empty());
    }

    #[test]
    fn nothing_is_found_across_a_barrier() {
        let mut text = b"q7Zt4b".to_vec();
        text.push(BARRIER);
        text.extend_from_slice(b"X9LmR2");
        assert!(Finder::new(Compared::Letters, [(0, SECRET)].into_iter()).hits(&text, &[]).is_empty());
    }

    #[test]
    fn words_of_ours_are_no_secrets() {
        let mut finder = Finder::new(Compared::Letters, [(0, "our-customer-key-2024")].into_iter());
        assert_eq!(finder.hits(b"no customer-key", &[]).len(), 1);
        finder.learn("read a customer, key in hand");
        assert!(finder.hits(b"no customer-key", &[]).is_empty());
        assert_eq!(finder.hits(b"no our-customer-key", &[]).len(), 1);
        assert!(!finder.is_own("our-customer-key-2024"));
    }
}
