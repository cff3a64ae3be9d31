//! The bodies and header fields that a report shows: equal ones share their memory, and all together are limited.
//!
//! A target may send the same page, or another page, in answer to thousands of requests. What is beyond the limit is
//! said to be left out.

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::Mutex;

/// The most bytes of distinct texts.
const MOST_BYTES: usize = 16 * 1024 * 1024;
/// What is shown beyond that.
const LEFT_OUT: &str = "‹left out, because this report shows 16 MiB of other texts›";

#[derive(Debug, Default)]
pub struct Texts(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    texts: HashSet<Arc<str>>,
    bytes: usize,
}

impl Texts {
    /// The same text, in memory that all equal texts share; or a note, if there is no more room for it.
    pub fn shared(&self, text: &str) -> Arc<str> {
        let mut kept = self.0.lock();
        if let Some(known) = kept.texts.get(text) {
            return known.clone();
        }
        let fits = kept.bytes + text.len() <= MOST_BYTES;
        let text: Arc<str> = if fits { text.into() } else { LEFT_OUT.into() };
        if fits {
            kept.bytes += text.len();
        }
        kept.texts.insert(text.clone());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_memory_and_others_are_limited() {
        let texts = Texts::default();
        let (one, other) = (texts.shared("a page"), texts.shared("a page"));
        assert!(Arc::ptr_eq(&one, &other));
        let long = |number: usize| format!("{number}{}", "x".repeat(1024 * 1024));
        let shown: Vec<Arc<str>> = (0..20).map(|number| texts.shared(&long(number))).collect();
        assert_eq!(&*shown[19], LEFT_OUT);
        assert_eq!(&*texts.shared("a page"), "a page", "what is kept is shown again");
        assert_eq!(texts.shared(&long(0)).len(), long(0).len());
    }
}
