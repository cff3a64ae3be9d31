//! Generates unique ids of requests and resources.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock::TimeRules;

/// The shape of ids, which the contract leaves open, and their uniqueness, which it does not.
pub(crate) trait IdRules: TimeRules {
    /// The number in the id of a request. LOG-2: no two responses share one.
    fn request_number(&self, number: u64) -> u64 {
        number
    }

    fn request_id(&self, start: u64, number: u64) -> String {
        plain("req", start, number)
    }

    fn resource_id(&self, prefix: &str, start: u64, number: u64) -> String {
        plain(prefix, start, number)
    }
}

/// A generator of ids. Each generator has its own random start, so two generators give different ids.
#[derive(Debug)]
pub(crate) struct Ids<R: ?Sized> {
    start: u64,
    next: AtomicU64,
    rules: Arc<R>,
}

impl<R: IdRules + ?Sized> Ids<R> {
    pub(crate) fn new(rules: Arc<R>) -> Self {
        Self { start: RandomState::new().hash_one(rules.unix_seconds()), next: AtomicU64::new(0), rules }
    }

    /// A new id with this prefix, such as `cus_…`.
    pub(crate) fn next(&self, prefix: &str) -> String {
        self.rules.resource_id(prefix, self.start, self.number())
    }

    /// The id of a request.
    pub(crate) fn request(&self) -> String {
        self.rules.request_id(self.start, self.rules.request_number(self.number()))
    }

    /// A random secret for signatures.
    pub(crate) fn secret(&self) -> String {
        let half = || RandomState::new().hash_one(self.start);
        format!("whsec_{:016x}{:016x}", half(), half())
    }

    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }
}

/// An id such as `cus_0123456700000001`.
pub(crate) fn plain(prefix: &str, start: u64, number: u64) -> String {
    format!("{prefix}_{:08x}{number:08x}", start >> 32)
}
