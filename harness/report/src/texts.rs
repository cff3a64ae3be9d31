//! What the tests of a report have in common: equal values share their memory.
//!
//! Bodies and header fields are also limited, all together. A target may send the same page, or another page, in response to
//! thousands of requests. What is beyond the limit is said to be left out.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use parking_lot::Mutex;

use super::model::{EvidenceReport, OpenReport};

/// The most bytes of distinct bodies and header fields.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// What is shown beyond that.
const LEFT_OUT: &str = "‹left out, because this report shows 16 MiB of other texts›";

#[derive(Debug, Default)]
pub struct Texts {
    limited: Mutex<Limited>,
    names: Pool<str>,
    lists: Pool<[String]>,
    evidence: Pool<[EvidenceReport]>,
    open: Pool<[OpenReport]>,
}

#[derive(Debug, Default)]
struct Limited {
    texts: HashSet<Arc<str>>,
    bytes: usize,
}

impl Texts {
    /// The same text, in memory that all equal texts share; or a note, if there is no more room for it.
    pub fn shared(&self, text: &str) -> Arc<str> {
        let mut limited = self.limited.lock();
        if let Some(known) = limited.texts.get(text) {
            return known.clone();
        }
        let fits = limited.bytes + text.len() <= MAX_BYTES;
        let text: Arc<str> = if fits { text.into() } else { LEFT_OUT.into() };
        if fits {
            limited.bytes += text.len();
        }
        limited.texts.insert(text.clone());
        text
    }

    /// A short text that many exchanges have: an operation, an actor, a code.
    pub(crate) fn name(&self, name: &str) -> Arc<str> {
        self.names.shared(name)
    }

    pub(crate) fn list(&self, list: impl Iterator<Item = String>) -> Arc<[String]> {
        self.lists.shared_list(list)
    }

    /// Tests of the same kind give the same evidence, which is the largest part of a passed test.
    pub(crate) fn evidence(&self, evidence: impl Iterator<Item = EvidenceReport>) -> Arc<[EvidenceReport]> {
        self.evidence.shared_list(evidence)
    }

    pub(crate) fn open(&self, open: impl Iterator<Item = OpenReport>) -> Arc<[OpenReport]> {
        self.open.shared_list(open)
    }
}

/// Distinct values.
#[derive(Debug)]
struct Pool<T: ?Sized>(Mutex<HashSet<Arc<T>>>);

impl<T: ?Sized> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: ?Sized + Eq + Hash> Pool<T> {
    fn shared(&self, value: &T) -> Arc<T>
    where
        Arc<T>: for<'v> From<&'v T>,
    {
        let mut known = self.0.lock();
        if let Some(value) = known.get(value) {
            return value.clone();
        }
        let value: Arc<T> = value.into();
        known.insert(value.clone());
        value
    }
}

impl<T: Clone + Eq + Hash> Pool<[T]> {
    fn shared_list(&self, values: impl Iterator<Item = T>) -> Arc<[T]> {
        let values: Vec<T> = values.collect();
        self.shared(&values)
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

    #[test]
    fn equal_evidence_shares_memory() {
        let texts = Texts::default();
        let evidence = |clause: &str| EvidenceReport {
            clause: clause.to_owned(),
            checks: vec!["sample".to_owned()],
            codes: Vec::new(),
            responses: 1,
            exchange: Some(0),
        };
        let [one, same, other] = ["A", "A", "B"].map(|clause| texts.evidence(std::iter::once(evidence(clause))));
        assert!(Arc::ptr_eq(&one, &same));
        assert_eq!((one[0].clause.as_str(), other[0].clause.as_str()), ("A", "B"));
    }
}
