//! Texts that a schema allows, and texts that break its length, its pattern or its format.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::{Index, select};

use super::view::{View, count};
use crate::expand::{Patterns, choices, read};

/// Longer texts are not generated. Servers may refuse them as too large, whatever the schema says.
const LONGEST: usize = 65_536;
/// How much longer a text is than its shortest length.
const LONGER: usize = 24;

/// The limits of a text.
pub(super) struct Texts {
    pub(super) least: usize,
    pub(super) most: Option<usize>,
    pattern: Option<String>,
    format: Option<String>,
}

impl Texts {
    pub(super) fn of(view: &View) -> Self {
        let text = |key: &str| view.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
        Self {
            least: count(view, "minLength").unwrap_or(0),
            most: count(view, "maxLength"),
            pattern: text("pattern"),
            // A password is any text; the format only says how to show it.
            format: text("format").filter(|format| format != "password"),
        }
    }

    /// True if only the length is limited, so texts of any length can be generated.
    pub(super) fn is_plain(&self) -> bool {
        self.pattern.is_none() && self.format.is_none()
    }

    /// Any allowed text; `None` if the pattern or the format is unknown.
    pub(super) fn valid(&self) -> Option<BoxedStrategy<String>> {
        match (&self.pattern, &self.format) {
            (Some(pattern), _) => self.matching(pattern),
            (None, Some(format)) => of_format(format),
            (None, None) => {
                let most = self.most.unwrap_or(usize::MAX).min(self.least + LONGER);
                // Whether a text may be empty is often documented elsewhere.
                let least = self.least.max(1);
                (least <= most && least <= LONGEST).then(|| letters(least, most))
            }
        }
    }

    fn matching(&self, pattern: &str) -> Option<BoxedStrategy<String>> {
        read(pattern)?;
        let pattern = pattern.to_owned();
        let unlimited = u32::try_from(self.least + 3).ok()?.min(200);
        let text = move |choices| Patterns::new([pattern.as_str()]).text_with(&choices, unlimited);
        Some(choices().prop_map(text).boxed())
    }

    /// The simplest allowed text.
    pub(super) fn simplest(&self) -> Option<String> {
        match (&self.pattern, &self.format) {
            (Some(pattern), _) => {
                read(pattern)?;
                Some(Patterns::new([pattern.as_str()]).text(&[0; 24]))
            }
            (None, Some(format)) => sample(format).map(str::to_owned),
            (None, None) => (self.least <= LONGEST).then(|| "a".repeat(self.least)),
        }
    }

    /// A text of exactly that length, if the length is all that is limited.
    pub(super) fn of_length(&self, length: usize) -> Option<String> {
        (self.is_plain() && length <= LONGEST + 1).then(|| "a".repeat(length))
    }

    /// Texts that are too long by more than one character.
    pub(super) fn too_long(&self) -> Option<BoxedStrategy<String>> {
        let most = self.most.filter(|most| self.is_plain() && *most <= LONGEST)?;
        Some(letters(most + 2, most + 200))
    }

    /// Texts that are too short by more than one character.
    pub(super) fn too_short(&self) -> Option<BoxedStrategy<String>> {
        (self.is_plain() && (2..=LONGEST).contains(&self.least)).then(|| letters(0, self.least - 2))
    }

    /// Texts of an allowed length, most of which do not match the pattern.
    pub(super) fn of_another_pattern(&self) -> Option<BoxedStrategy<String>> {
        self.pattern.as_ref()?;
        let most = self.most.unwrap_or(usize::MAX).min(self.least + LONGER).max(1);
        let signs = || select(vec!['~', '!', ' ', '#', 'x', 'Z', '0', '.', '_']);
        let any_text = vec(signs(), self.least.max(1).min(most)..=most).prop_map(String::from_iter).boxed();
        let Some(valid) = self.valid() else { return Some(any_text) };
        let edited = (valid, any::<Index>(), signs()).prop_map(|(valid, at, sign)| replaced(&valid, at, sign));
        Some(proptest::prop_oneof![edited, any_text].boxed())
    }

    /// Texts that are certainly not of the format.
    pub(super) fn of_another_format(&self) -> Option<BoxedStrategy<String>> {
        let texts = not_of_format(self.format.as_deref().filter(|_| self.pattern.is_none())?)?;
        Some(select(texts).prop_map(str::to_owned).boxed())
    }
}

/// Lower-case letters and digits.
fn letters(least: usize, most: usize) -> BoxedStrategy<String> {
    vec(select(('a'..='z').chain('0'..='9').collect::<Vec<char>>()), least..=most).prop_map(String::from_iter).boxed()
}

fn replaced(valid: &str, at: Index, by: char) -> String {
    let mut all: Vec<char> = valid.chars().collect();
    match all.len() {
        0 => all.push(by),
        length => all[at.index(length)] = by,
    }
    all.into_iter().collect()
}

/// A text of a format of JSON Schema or OpenAPI; `None` for other formats.
fn sample(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "2000-01-01",
        "date-time" => "2000-01-01T00:00:00Z",
        "time" => "00:00:00Z",
        "duration" => "P1D",
        "email" => "a@example.com",
        "uuid" => "00000000-0000-4000-8000-000000000000",
        "uri" | "uri-reference" | "url" => "https://example.com/a",
        "hostname" => "example.com",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        _ => return None,
    })
}

fn of_format(format: &str) -> Option<BoxedStrategy<String>> {
    let day = || (1990u32..2024, 1u32..=12, 1u32..=28).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"));
    let time = || (0u32..24, 0u32..60, 0u32..60).prop_map(|(h, m, s)| format!("{h:02}:{m:02}:{s:02}Z"));
    let host = || letters(1, 12).prop_map(|name| format!("{name}.example.com"));
    Some(match format {
        "date" => day().boxed(),
        "time" => time().boxed(),
        "date-time" => (day(), time()).prop_map(|(day, time)| format!("{day}T{time}")).boxed(),
        "email" => letters(1, 12).prop_map(|name| format!("{name}@example.com")).boxed(),
        "uri" | "uri-reference" | "url" => {
            letters(1, 12).prop_map(|name| format!("https://example.com/{name}")).boxed()
        }
        "hostname" => host().boxed(),
        "ipv4" => (1u8..=254).prop_map(|last| format!("192.0.2.{last}")).boxed(),
        "ipv6" => any::<u16>().prop_map(|last| format!("2001:db8::{last:x}")).boxed(),
        // Version 4, variant 8.
        "uuid" => (any::<u32>(), any::<u32>())
            .prop_map(|(first, last)| format!("{first:08x}-0000-4000-8000-0000{last:08x}"))
            .boxed(),
        other => Just(sample(other)?.to_owned()).boxed(),
    })
}

fn not_of_format(format: &str) -> Option<Vec<&'static str>> {
    Some(match format {
        "date" => vec!["not a date", "2023-02-30", "2023-13-01", "17/05/1990", "2023-1-1"],
        "date-time" => vec!["not a time", "2023-02-30T10:00:00Z", "2023-01-01", "2023-01-01T25:00:00Z"],
        "time" => vec!["not a time", "25:00:00Z", "10:61:00Z"],
        "duration" => vec!["not a duration", "1 day", "P"],
        "email" => vec!["not an address", "example.com", "a@", "@example.com"],
        "uuid" => vec!["not-a-uuid", "00000000-0000-4000-8000-00000000000", "g0000000-0000-4000-8000-000000000000"],
        "uri" => vec!["not a uri", "a b://example.com", "//"],
        "hostname" => vec!["not a host", "-.example.com", "a..example.com"],
        "ipv4" => vec!["not an address", "192.0.2.256", "192.0.2", "192.0.2.1.1"],
        "ipv6" => vec!["not an address", "2001:db8::g", "1::2::3", "192.0.2.1"],
        _ => return None,
    })
}
