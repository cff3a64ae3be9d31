//! Finds secrets in every encoding, for the check of leaks and for the redaction of all output.
//!
//! Redaction depends on the origin of a text. In text from the target, or sent to it, every credential is hidden. In
//! names, messages and commands of the harness, a credential is not hidden if it is short or an ordinary word of the
//! pack; the run then prints a warning.

mod finder;
mod reading;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use parking_lot::Mutex;

use self::finder::{BARRIER, Compared, Finder, Hit, MIN_MATCH};
use self::reading::Reading;
use spec::percent;

/// The minimum length of a form. Shorter ones would be found everywhere.
const MIN_FORM_LENGTH: usize = 6;
/// The minimum length of a credential that can be hidden.
const MIN_WORD_LENGTH: usize = 4;
/// Long texts are searched in chunks of about this length.
const CHUNK: usize = 64 * 1024;

/// All forms of one secret: plain, JSON-escaped, percent-encoded, hexadecimal, Base64 of both
/// alphabets at each of the three alignments that it can have inside a longer text, and reversed.
pub fn encodings(secret: &str) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        json_escaped(secret),
        percent::encoded(secret),
        percent::encoded(secret).to_lowercase(),
        hex::encode(secret.as_bytes()),
        hex::encode(secret.as_bytes()).to_uppercase(),
        secret.chars().rev().collect(),
    ];
    for offset in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            forms.push(aligned(secret.as_bytes(), offset, 6, |bytes| engine.encode(bytes)));
        }
    }
    forms.retain(|form| form.len() >= MIN_FORM_LENGTH);
    forms.sort();
    forms.dedup();
    forms
}

/// An automaton that finds all forms of one secret. It is cached, because a credential is sent with hundreds of
/// requests.
pub(crate) fn finder(secret: &str) -> Option<Arc<AhoCorasick>> {
    static FINDERS: LazyLock<Mutex<HashMap<String, Arc<AhoCorasick>>>> = LazyLock::new(Mutex::default);
    /// A run has many altered credentials, but fewer than this.
    const KEPT: usize = 1000;
    let mut finders = FINDERS.lock();
    if let Some(finder) = finders.get(secret) {
        return Some(finder.clone());
    }
    // A deterministic automaton is faster, and takes ten times as much memory for each credential.
    let kind = Some(AhoCorasickKind::ContiguousNFA);
    let finder = Arc::new(AhoCorasick::builder().kind(kind).build(encodings(secret)).ok()?);
    if finders.len() < KEPT {
        finders.insert(secret.to_owned(), finder.clone());
    }
    Some(finder)
}

fn json_escaped(secret: &str) -> String {
    let quoted = serde_json::Value::from(secret).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The digits that depend only on the secret if `offset` bytes precede it, in Base64 or another form in which each digit
/// has so many bits.
fn aligned(secret: &[u8], offset: usize, bits: usize, encode: impl Fn(&[u8]) -> String) -> String {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(secret);
    let text = encode(&bytes);
    let first = (offset * 8).div_ceil(bits);
    // The text after the secret changes the last digit, unless the secret ends at a digit boundary.
    let last = (bytes.len() * 8) / bits;
    text.get(first..last).unwrap_or_default().to_owned()
}

/// Replaces secrets in all output by their names.
#[derive(Default)]
pub struct Redactor {
    secrets: Vec<(String, String)>,
    finders: [Finder; 2],
    /// Secrets that are short or ordinary words. They are hidden only as whole words.
    words: Words,
}

/// Finds secrets that occur as whole words.
#[derive(Default)]
struct Words {
    automaton: Option<AhoCorasick>,
    secrets: Vec<usize>,
}

impl Redactor {
    /// A redactor that replaces each secret in any encoding by its name. `secrets` are pairs of name and secret.
    pub fn new<'s>(secrets: impl Iterator<Item = (String, &'s str)>) -> Self {
        Self::with_own_words(secrets, "")
    }

    /// Like [`Self::new`]; `own` contains all names and sentences of the harness, one per line, which are not secret.
    pub fn with_own_words<'s>(secrets: impl Iterator<Item = (String, &'s str)>, own: &str) -> Self {
        let secrets: Vec<(String, String)> = secrets.map(|(name, secret)| (name, secret.to_owned())).collect();
        let finders = [Compared::Letters, Compared::Everything].map(|compared| {
            let indexed = secrets.iter().enumerate().map(|(index, (_, secret))| (index, secret.as_str()));
            let mut finder = Finder::new(compared, indexed.filter(|(_, secret)| secret.len() >= MIN_MATCH));
            finder.add_own_words(own);
            finder
        });
        let mut redactor = Self { secrets, finders, words: Words::default() };
        redactor.words = redactor.words();
        redactor
    }

    /// The finder of secrets that are too short or too ordinary for the other finders.
    fn words(&self) -> Words {
        let weak: Vec<(usize, &str)> = self
            .secrets
            .iter()
            .enumerate()
            .map(|(index, (_, secret))| (index, secret.as_str()))
            .filter(|(_, secret)| secret.len() >= MIN_WORD_LENGTH && self.weakness(secret).is_some())
            .collect();
        let patterns = weak.iter().map(|(_, secret)| *secret);
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build(patterns).ok();
        Words {
            automaton: automaton.filter(|_| !weak.is_empty()),
            secrets: weak.iter().map(|(index, _)| *index).collect(),
        }
    }

    fn weakness(&self, secret: &str) -> Option<&'static str> {
        if secret.len() < MIN_WORD_LENGTH {
            Some("too short to be hidden at all")
        } else if secret.len() < MIN_MATCH {
            Some("short: hidden only as a whole word")
        } else if self.finders.iter().any(|finder| finder.is_own(secret)) {
            Some("an ordinary word of this pack: hidden only as a whole word")
        } else {
            None
        }
    }

    /// The names of the secrets that cannot be hidden reliably, by the reason.
    pub fn weaknesses(&self) -> BTreeMap<&'static str, BTreeSet<&str>> {
        let mut weak: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, secret) in &self.secrets {
            if let Some(reason) = self.weakness(secret) {
                weak.entry(reason).or_default().insert(name);
            }
        }
        weak
    }

    /// Redacts text from the target, or sent to it.
    pub fn clean(&self, text: &str) -> String {
        self.cleaned(text, true).unwrap_or_else(|| text.to_owned())
    }

    /// Redacts text of the harness. Secrets that are ordinary words remain.
    pub fn clean_own(&self, text: &str) -> String {
        self.cleaned(text, false).unwrap_or_else(|| text.to_owned())
    }

    fn cleaned(&self, text: &str, words: bool) -> Option<String> {
        let spans = self.spans(text.as_bytes(), words, &[]);
        (!spans.is_empty()).then(|| self.replaced(text, &spans))
    }

    /// Searches a finished report once more. No match extends across `dividers`. `empty` is the same report without
    /// tests, which contains only own words. Returns the redacted report and the number of hits, or `None` if there are
    /// none.
    pub fn scan(&self, report: &str, dividers: Dividers, empty: impl FnOnce() -> String) -> Option<(String, usize)> {
        let masked = masked(report, dividers);
        if self.spans_in_parts(&masked, &[]).is_empty() {
            return None;
        }
        let empty = empty();
        let own: Vec<Vec<u8>> = self.finders.iter().flat_map(|finder| finder.matches_in(empty.as_bytes())).collect();
        let spans = self.spans_in_parts(&masked, &own);
        (!spans.is_empty()).then(|| (self.replaced(report, &spans), spans.len()))
    }

    fn spans_in_parts(&self, text: &[u8], own: &[Vec<u8>]) -> Vec<Hit> {
        let mut spans = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let border = text.get(at + CHUNK..).and_then(|rest| memchr::memchr(BARRIER, rest));
            let end = border.map_or(text.len(), |border| at + CHUNK + border + 1);
            let part = self.spans(&text[at..end], false, own);
            spans.extend(part.into_iter().map(|hit| Hit { start: hit.start + at, end: hit.end + at, ..hit }));
            at = end;
        }
        spans
    }

    /// The places of secrets in a text, in order and without overlaps.
    fn spans(&self, text: &[u8], words: bool, own: &[Vec<u8>]) -> Vec<Hit> {
        let mut spans = Vec::new();
        if self.secrets.is_empty() || text.len() < MIN_WORD_LENGTH {
            return spans;
        }
        let mut next = Some(Reading::plain(text));
        while let Some(reading) = next {
            let mut hits: Vec<Hit> =
                self.finders.iter().flat_map(|finder| finder.hits(reading.bytes(), own, !words)).collect();
            if words {
                hits.extend(self.words.hits(reading.bytes()));
            }
            spans.extend(hits.into_iter().map(|hit| {
                let hit = self.with_edges(reading.bytes(), hit);
                let (start, end) = reading.source(hit.start, hit.end);
                Hit { start, end, ..hit }
            }));
            next = reading.unescaped();
        }
        merged(spans)
    }

    /// Extends a hit by the punctuation at the beginning and end of its secret, if the text contains it.
    fn with_edges(&self, reading: &[u8], hit: Hit) -> Hit {
        let secret = self.secrets.get(hit.secret).map_or("", |(_, secret)| secret.as_str());
        let inner = secret.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
        let Some(at) = secret.find(inner).filter(|_| !inner.is_empty()) else { return hit };
        let (before, after) = (&secret.as_bytes()[..at], &secret.as_bytes()[at + inner.len()..]);
        let tail = after.iter().zip(&reading[hit.end..]).take_while(|(a, b)| a == b).count();
        let head = before.iter().rev().zip(reading[..hit.start].iter().rev()).take_while(|(a, b)| a == b).count();
        Hit { start: hit.start - head, end: hit.end + tail, ..hit }
    }

    fn replaced(&self, text: &str, spans: &[Hit]) -> String {
        let (mut out, mut at) = (String::with_capacity(text.len()), 0);
        for hit in spans {
            out.push_str(text.get(at..hit.start).unwrap_or_default());
            out.push_str(self.secrets.get(hit.secret).map_or("", |(name, _)| name.as_str()));
            at = hit.end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }
}

impl Words {
    /// The places of secrets with no letter, digit, hyphen or underscore next to them.
    fn hits(&self, reading: &[u8]) -> Vec<Hit> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let inner = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte));
        automaton
            .find_overlapping_iter(reading)
            .filter(|found| !inner(reading[..found.start()].last()) && !inner(reading.get(found.end())))
            .filter_map(|found| {
                let secret = *self.secrets.get(found.pattern().as_usize())?;
                Some(Hit { start: found.start(), end: found.end(), secret })
            })
            .collect()
    }
}

/// What separates the texts of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dividers {
    /// Quotation marks and line ends.
    Json,
    /// Tags and line ends.
    Markup,
    /// Line ends.
    Lines,
}

/// The text with barriers instead of dividers.
fn masked(text: &str, dividers: Dividers) -> Vec<u8> {
    let (first, second) = match dividers {
        Dividers::Json => (b'"', b'\n'),
        Dividers::Markup => (b'<', b'>'),
        Dividers::Lines => (b'\n', b'\n'),
    };
    let mut masked = text.as_bytes().to_vec();
    for at in memchr::memchr3_iter(first, second, b'\n', text.as_bytes()) {
        let escaped = text.as_bytes()[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
        if !(escaped && dividers == Dividers::Json) {
            masked[at] = BARRIER;
        }
    }
    masked
}

/// Sorts spans and merges those that touch; a merged span gets the secret of its longest part.
fn merged(mut spans: Vec<Hit>) -> Vec<Hit> {
    spans.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
    let mut out: Vec<(Hit, usize)> = Vec::new();
    for hit in spans {
        let length = hit.end - hit.start;
        match out.last_mut() {
            Some((last, longest)) if hit.start <= last.end => {
                last.end = last.end.max(hit.end);
                if length > *longest {
                    (last.secret, *longest) = (hit.secret, length);
                }
            }
            _ => out.push((hit, length)),
        }
    }
    out.into_iter().map(|(hit, _)| hit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    const SECRET: &str = "sk_live/9\"x+Zq<R&2";

    fn redactor(secret: &str, own: &str) -> Redactor {
        Redactor::with_own_words([("$NAME".to_owned(), secret)].into_iter(), own)
    }

    #[test]
    fn every_encoding_is_redacted() {
        let texts = [
            format!("key {SECRET} end"),
            serde_json::json!({ "k": SECRET }).to_string(),
            serde_json::json!({ "k": serde_json::json!(SECRET).to_string() }).to_string(),
            percent::encoded(SECRET),
            percent::encoded(SECRET).to_lowercase(),
            STANDARD.encode(SECRET),
            STANDARD.encode(format!("a{SECRET}")),
            STANDARD.encode(format!("user:{SECRET}@")),
            hex::encode(SECRET.as_bytes()),
            SECRET.to_uppercase(),
            SECRET[..10].to_owned(),
            SECRET[5..].to_owned(),
            SECRET.replace('/', r"\/"),
            SECRET.replace('+', r"\u002B").replace('<', r"\u003C"),
            SECRET.replace('/', "&#x2F;").replace('&', "&amp;"),
            SECRET.replace('/', "%2f").replace('+', "%2B"),
        ];
        for text in texts {
            let clean = redactor(SECRET, "").clean(&text);
            assert!(clean.contains("$NAME"), "{text} became {clean}");
            assert_eq!(clean, redactor(SECRET, "").clean_own(&text));
        }
    }

    #[test]
    fn punctuation_at_the_edges_of_a_secret_is_redacted() {
        let clean = |text: &str| redactor("q7Zt/4bX+9LmR2ckVw==", "").clean(text);
        for text in ["(q7Zt/4bX+9LmR2ckVw==)", r"(q7Zt\/4bX\u002B9LmR2ckVw==)", "(q7Zt&#x2F;4bX%2b9LmR2ckVw==)"] {
            assert_eq!(clean(text), "($NAME)", "{text}");
        }
    }

    #[test]
    fn signature_of_a_token_is_redacted_on_its_own() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLW9mLWl0";
        assert_eq!(redactor(token, "").clean("sig=c2lnbmF0dXJlLW9mLWl0;"), "sig=$NAME;");
    }

    #[test]
    fn other_text_is_unchanged() {
        let redactor = redactor("sk_live_secret", "");
        assert_eq!(redactor.clean("nothing here, last four: cret"), "nothing here, last four: cret");
        assert_eq!(Redactor::default().clean("x"), "x");
    }

    #[test]
    fn ordinary_words_do_not_change_own_text() {
        let short = redactor("writer", "a-test-of-writers");
        assert_eq!(short.clean_own("a-test-of-writers as writer"), "a-test-of-writers as writer");
        assert_eq!(
            short.clean("writers, \"Writer\", $CONFORMANCE_ACTOR_WRITER"),
            "writers, \"$NAME\", $CONFORMANCE_ACTOR_WRITER"
        );
        assert_eq!(short.weaknesses().len(), 1);
        let long = redactor("verification", "the verification of a customer");
        assert_eq!(long.clean_own("POST /verification"), "POST /verification");
        assert_eq!(long.clean("no verification here"), "no $NAME here");
        let reasons = long.weaknesses();
        assert!(reasons.keys().any(|reason| reason.starts_with("an ordinary word")), "{reasons:?}");
        assert!(redactor("sk_live_secret", "").weaknesses().is_empty());
    }

    #[test]
    fn scan_redacts_a_finished_report() {
        let redactor = redactor("background-Zx98q8W7", "");
        let page = "<p style='background: red'>no background-Zx98q8W7</p><b>background-z</b>";
        let empty = || "<p style='background: red'></p>".to_owned();
        let (clean, count) = redactor.scan(page, Dividers::Markup, empty).expect("a hit");
        assert_eq!((clean.as_str(), count), ("<p style='background: red'>no $NAME</p><b>$NAME</b>", 2));
        assert_eq!(redactor.scan("<p>background</p>", Dividers::Markup, empty), None);
        let json = r#"{"a":"backgrou","nd-Zx98":"x \"background-Zx98q8W7\""}"#;
        let (clean, _) = redactor.scan(json, Dividers::Json, String::new).expect("a hit");
        assert!(serde_json::from_str::<serde_json::Value>(&clean).is_ok(), "{clean}");
        assert!(!clean.contains("Zx98q8W7"), "{clean}");
    }
}
