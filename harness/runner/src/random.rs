//! Random numbers that differ from run to run.

use std::hash::{BuildHasher as _, RandomState};

pub fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
