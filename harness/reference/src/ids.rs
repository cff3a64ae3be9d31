//! Names that nobody else has: of requests, customers, documents, transactions, webhooks.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock;
use crate::defects::{Flaws, server};

/// A source of names. Two sources share none, since each starts from its own random text.
#[derive(Debug)]
pub(crate) struct Ids {
    start: u64,
    next: AtomicU64,
}

impl Ids {
    pub(crate) fn new() -> Self {
        Self { start: RandomState::new().hash_one(clock::unix_seconds()), next: AtomicU64::new(0) }
    }

    /// A new name with this prefix, such as `cus_…`.
    pub(crate) fn next(&self, prefix: &str) -> String {
        self.name(prefix, self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// The name of a request.
    pub(crate) fn request(&self, flaws: &Flaws) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let number = match () {
            () if flaws.has(server::REPEATS_REQUEST_ID) => 0,
            () if flaws.has(server::REQUEST_ID_PER_SECOND) => clock::unix_seconds(),
            () if flaws.has(server::REQUEST_ID_IN_PAIRS) => number / 2,
            () => number,
        };
        self.name("req", number)
    }

    /// An unguessable text, to sign with.
    pub(crate) fn secret(&self) -> String {
        let half = || RandomState::new().hash_one(self.start);
        format!("whsec_{:016x}{:016x}", half(), half())
    }

    fn name(&self, prefix: &str, number: u64) -> String {
        format!("{prefix}_{:08x}{number:08x}", self.start >> 32)
    }
}
