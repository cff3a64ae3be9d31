//! Secrets in every disguise: the forms in which a credential may turn up in a text, for the check
//! that looks for leaks and for the one place through which all output passes.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Shorter texts are not looked for: they would be found everywhere.
const SHORTEST: usize = 6;

/// All forms of one secret: plain, JSON-escaped, percent-encoded, hexadecimal, Base64 of both
/// alphabets at each of the three alignments that it can have inside a longer text, and reversed.
pub fn disguises(secret: &str) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        json_escaped(secret),
        percent_encoded(secret),
        percent_encoded(secret).to_lowercase(),
        crate::contract::hex(secret.as_bytes()),
        crate::contract::hex(secret.as_bytes()).to_uppercase(),
        secret.chars().rev().collect(),
    ];
    for offset in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            forms.push(aligned_base64(secret, offset, engine));
        }
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort();
    forms.dedup();
    forms
}

/// What finds all forms of one secret in a text; built once for each, since a credential is sent with
/// hundreds of requests.
pub fn finder(secret: &str) -> Option<Arc<AhoCorasick>> {
    static FINDERS: LazyLock<Mutex<HashMap<String, Arc<AhoCorasick>>>> = LazyLock::new(Mutex::default);
    /// Altered credentials are many, but not endlessly many.
    const KEPT: usize = 1000;
    let mut finders = FINDERS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(finder) = finders.get(secret) {
        return Some(finder.clone());
    }
    let finder = Arc::new(AhoCorasick::new(disguises(secret)).ok()?);
    if finders.len() < KEPT {
        finders.insert(secret.to_owned(), finder.clone());
    }
    Some(finder)
}

fn json_escaped(secret: &str) -> String {
    let quoted = serde_json::Value::from(secret).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn percent_encoded(secret: &str) -> String {
    secret
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// The Base64 digits that depend on nothing but the secret when `offset` bytes stand before it.
fn aligned_base64(secret: &str, offset: usize, engine: &base64::engine::GeneralPurpose) -> String {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(secret.as_bytes());
    let text = engine.encode(&bytes);
    let first = (offset * 8).div_ceil(6);
    // What follows the secret would change the last digit, unless the secret ends on its border.
    let last = (bytes.len() * 8) / 6;
    text.get(first..last).unwrap_or_default().to_owned()
}

/// The one place through which all output passes.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    finder: Option<AhoCorasick>,
    names: Vec<String>,
}

impl Redactor {
    /// Replaces each secret, in all its forms, by its name; `secrets` are pairs of name and secret.
    pub fn new<'s>(secrets: impl Iterator<Item = (String, &'s str)>) -> Self {
        let (mut patterns, mut names) = (Vec::new(), Vec::new());
        for (name, secret) in secrets {
            for form in disguises(secret) {
                patterns.push(form);
                names.push(name.clone());
            }
        }
        if patterns.is_empty() {
            return Self::default();
        }
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&patterns).ok();
        Self { finder, names }
    }

    /// The text without any secret.
    pub fn clean(&self, text: &str) -> String {
        match &self.finder {
            Some(finder) if finder.is_match(text) => finder.replace_all(text, &self.names),
            _ => text.to_owned(),
        }
    }

    /// The value without any secret in its strings and keys.
    pub fn clean_value(&self, value: &mut serde_json::Value) {
        use serde_json::Value;
        match value {
            Value::String(text) if self.finder.as_ref().is_some_and(|finder| finder.is_match(text.as_str())) => {
                *text = self.clean(text);
            }
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.clean_value(element)),
            Value::Object(members) => members.iter_mut().for_each(|(_, inner)| self.clean_value(inner)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn every_disguise_is_cleaned() {
        let secret = "sk_live/9\"x+Zq";
        let redactor = Redactor::new([("$NAME".to_owned(), secret)].into_iter());
        let texts = [
            format!("key {secret} end"),
            serde_json::json!({ "k": secret }).to_string(),
            percent_encoded(secret),
            STANDARD.encode(secret),
            STANDARD.encode(format!("a{secret}")),
            STANDARD.encode(format!("user:{secret}@")),
            crate::contract::hex(secret.as_bytes()),
        ];
        for text in texts {
            let clean = redactor.clean(&text);
            assert!(clean.contains("$NAME"), "{text} became {clean}");
        }
    }

    #[test]
    fn other_text_is_left_alone() {
        let redactor = Redactor::new([("$NAME".to_owned(), "sk_live_secret")].into_iter());
        assert_eq!(redactor.clean("nothing here, last four: cret"), "nothing here, last four: cret");
        assert_eq!(Redactor::default().clean("x"), "x");
    }
}
