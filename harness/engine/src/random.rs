//! Numbers that nobody can foresee.

use std::hash::{BuildHasher as _, RandomState};

/// Another number each time.
pub fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
