//! The body of a message. A long one is kept whole while it is judged, and as an excerpt from then on. A long body that we
//! send can be an excerpt from the beginning: it is written again when it is sent.

use std::any::Any;
use std::fmt;
use std::io;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::json;

/// A longer body, in bytes, is kept as an excerpt.
pub const MAX_KEPT: usize = 32 * 1024;
/// How much of the beginning and of the end of a text is kept.
const FIRST_PART: usize = 16 * 1024;
const LAST_PART: usize = 1024;
/// How much of JSON is kept: of a string in characters, of a list and an object in elements, and of everything.
const MAX_STRING_LENGTH: usize = 1000;
const MAX_ELEMENTS: usize = 50;
const MAX_VALUES: usize = 500;

/// A body, or an excerpt of a long one. It reads as the bytes that are kept, and clones share them.
#[derive(Clone, Default)]
pub struct Body {
    kept: Bytes,
    cut: Option<Cut>,
    /// What is released when the whole body is no longer kept.
    room: Option<Arc<dyn Any + Send + Sync>>,
    /// Writes the whole body, if it is not kept and may still be sent.
    whole: Option<Write>,
}

/// Writes a body. Each call must write the same bytes.
pub type Write = Arc<dyn Fn(&mut dyn io::Write) -> io::Result<()> + Send + Sync>;

/// What an excerpt says about the whole body.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cut {
    length: usize,
    digest: String,
}

impl Body {
    /// A body that is never kept whole: the first and the last part of what `write` writes, with its length and digest.
    pub fn written(write: Write) -> io::Result<Self> {
        let mut seen = ExcerptWriter::default();
        write(&mut seen)?;
        let cut = Cut { length: seen.length, digest: hex::encode(seen.digest.finalize()) };
        let kept = [&seen.first[..], "\n…\n".as_bytes(), &seen.last[..]].concat();
        Ok(Self { kept: kept.into(), cut: Some(cut), room: None, whole: Some(write) })
    }

    /// What writes the whole body, if it is not kept.
    pub fn whole(&self) -> Option<Write> {
        self.whole.clone()
    }

    /// The same body, which takes up `room` until it is cut or dropped.
    #[must_use]
    pub fn in_room(self, room: Arc<dyn Any + Send + Sync>) -> Self {
        Self { room: Some(room), ..self }
    }

    /// The length of the whole body in bytes.
    pub fn length(&self) -> usize {
        self.cut.as_ref().map_or(self.kept.len(), |cut| cut.length)
    }

    /// The whole body in memory, also if it is not kept but can still be written.
    pub fn complete(&self) -> io::Result<Bytes> {
        let Some(write) = &self.whole else { return Ok(self.to_bytes()) };
        let mut bytes = Vec::with_capacity(self.length());
        write(&mut bytes)?;
        Ok(bytes.into())
    }

    /// The kept bytes, which are not copied.
    pub fn to_bytes(&self) -> Bytes {
        self.kept.clone()
    }

    /// The length and the SHA-256 of the whole body, if this is an excerpt.
    pub fn described(&self) -> Option<String> {
        self.cut.as_ref().map(|cut| format!("an excerpt of {} bytes with the SHA-256 {}", cut.length, cut.digest))
    }

    /// The SHA-256 of the whole body, if this is an excerpt.
    pub fn digest_of_whole(&self) -> Option<&str> {
        self.cut.as_ref().map(|cut| cut.digest.as_str())
    }

    /// Keeps only an excerpt, if the body is long: of JSON the first values, of other text the first and the last part.
    pub fn cut(&mut self) {
        self.cut_to(|bytes| json::read(bytes).ok().flatten().map(|value| excerpt_of(&value).to_string().into_bytes()));
    }

    /// Keeps only the first and the last part, if the body is long. Nobody reads it as JSON any more.
    pub fn cut_as_text(&mut self) {
        self.cut_to(|_| None);
    }

    fn cut_to(&mut self, excerpt: impl FnOnce(&[u8]) -> Option<Vec<u8>>) {
        (self.room, self.whole) = (None, None);
        if self.kept.len() <= MAX_KEPT {
            return;
        }
        let cut = Cut { length: self.kept.len(), digest: hex::encode(Sha256::digest(&self.kept)) };
        let kept = excerpt(&self.kept).filter(|kept| kept.len() <= MAX_KEPT).unwrap_or_else(|| {
            let last = self.kept.len() - LAST_PART;
            [&self.kept[..FIRST_PART], "\n…\n".as_bytes(), &self.kept[last..]].concat()
        });
        *self = Self { kept: kept.into(), cut: Some(cut), ..Self::default() };
    }
}

/// The length, the digest and both ends of what is written.
#[derive(Default)]
struct ExcerptWriter {
    length: usize,
    digest: Sha256,
    first: Vec<u8>,
    last: Vec<u8>,
}

impl io::Write for ExcerptWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.length += bytes.len();
        self.digest.update(bytes);
        let missing = FIRST_PART - self.first.len();
        self.first.extend(&bytes[..bytes.len().min(missing)]);
        self.last.extend(&bytes[bytes.len().saturating_sub(LAST_PART)..]);
        self.last.drain(..self.last.len().saturating_sub(LAST_PART));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The first values of a value, with long strings and lists cut.
fn excerpt_of(value: &Value) -> Value {
    let mut left = MAX_VALUES;
    shortened(value, &mut left)
}

fn shortened(value: &Value, left: &mut usize) -> Value {
    *left = left.saturating_sub(1);
    match value {
        Value::String(text) => Value::String(shortened_text(text)),
        Value::Array(elements) => {
            let mut kept = Vec::new();
            for element in elements.iter().take(MAX_ELEMENTS) {
                if *left == 0 {
                    break;
                }
                kept.push(shortened(element, left));
            }
            Value::Array(kept)
        }
        Value::Object(members) => {
            let mut kept = serde_json::Map::new();
            for (name, inner) in members.iter().take(MAX_ELEMENTS) {
                if *left == 0 {
                    break;
                }
                kept.insert(shortened_text(name), shortened(inner, left));
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

fn shortened_text(text: &str) -> String {
    match text.char_indices().nth(MAX_STRING_LENGTH) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}… ({} bytes)", &text[..at], text.len()),
    }
}

impl Deref for Body {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.kept
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self { kept: bytes.into(), ..Self::default() }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.kept == other.kept && self.cut == other.cut
    }
}

impl Eq for Body {}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", String::from_utf8_lossy(&self.kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cut(bytes: Vec<u8>) -> Body {
        let mut body = Body::from(bytes);
        body.cut();
        body
    }

    #[test]
    fn short_body_is_kept_whole() {
        let body = cut(vec![b'a'; MAX_KEPT]);
        assert_eq!((body.len(), body.length(), body.described()), (MAX_KEPT, MAX_KEPT, None));
    }

    #[test]
    fn excerpt_of_json_is_json_with_the_first_values() {
        let long = json!({
            "error": { "code": "X", "message": "m".repeat(40_000) },
            "list": vec![json!({ "id": 1 }); 10_000],
        });
        let body = cut(long.to_string().into_bytes());
        let kept: Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(kept["error"]["code"], "X");
        assert!(kept["error"]["message"].as_str().is_some_and(|text| text.ends_with("… (40000 bytes)")));
        assert_eq!(kept["list"].as_array().map(Vec::len), Some(MAX_ELEMENTS));
        assert_eq!(body.length(), long.to_string().len());
        assert!(body.described().is_some_and(|text| text.contains("SHA-256")));
    }

    #[test]
    fn excerpt_of_text_has_its_first_and_last_part() {
        let text = format!("start{}end", "x".repeat(100_000));
        let body = cut(text.clone().into_bytes());
        assert!(body.starts_with(b"start") && body.ends_with(b"end") && body.len() < MAX_KEPT);
        assert_eq!(body.length(), text.len());
        let wide = json!(vec!["w".repeat(900); 200]).to_string();
        assert!(cut(wide.into_bytes()).len() <= MAX_KEPT);
    }

    #[test]
    fn written_body_is_described_like_a_body_that_was_cut() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|number| b'a' + (number % 23) as u8).collect();
        let parts = bytes.clone();
        let write: Write = Arc::new(move |out| parts.chunks(777).try_for_each(|part| out.write_all(part)));
        let mut written = Body::written(write).expect("no error");
        let mut whole = Body::from(bytes.clone());
        whole.cut_as_text();
        assert_eq!(written, whole);
        assert_eq!((written.length(), written.described()), (100_000, whole.described()));
        assert_eq!(written.complete().expect("no error"), bytes);
        written.cut_as_text();
        assert!(written.whole().is_none());
    }

    #[test]
    fn room_is_released_when_the_body_is_cut() {
        let room = Arc::new(());
        let mut body = Body::from(vec![b'a'; 10]).in_room(room.clone());
        let other = body.clone();
        body.cut();
        assert_eq!(Arc::strong_count(&room), 2, "a clone is still whole");
        drop(other);
        assert_eq!(Arc::strong_count(&room), 1);
    }
}
