//! The only loop that sends: it runs the steps of a trial against the target, lets every exchange be
//! judged, and takes away what was made.

mod cleanup;
mod coverage;
mod deliveries;
mod environment;
pub mod expect;
mod fuzz;
mod header;
mod ledger;
mod lively;
mod matcher;
mod phases;
mod quota;
pub mod request;
mod retry;
#[cfg(test)]
mod retry_tests;
mod sending;
mod shared;
mod sign;
mod steps;

pub use cleanup::sweep;
pub use coverage::{Coverage, Evidence};
pub use deliveries::miscounted;
pub use environment::{Environment, Stop};
pub use fuzz::{Found, FuzzRecord, RuleTally};
pub use ledger::{Ledger, Made};
pub use steps::run_trial;

use std::collections::BTreeSet;

use crate::exchange::Exchange;
use crate::finding::Finding;

/// What came of a trial.
#[derive(Clone, Debug, Default)]
pub struct TrialRecord {
    /// Every exchange, in order; of a burst only those that matter.
    pub exchanges: Vec<Exchange>,
    /// Every finding.
    pub findings: Vec<Finding>,
    /// What its answers have shown of the clauses.
    pub coverage: Coverage,
    /// Why no verdict could be had, if none could.
    pub inconclusive: Option<String>,
    /// Codes that were observed in error answers and in the bodies of successes.
    pub codes: BTreeSet<String>,
    /// How many requests were sent.
    pub requests: usize,
    /// What a property drew and found.
    pub fuzz: Option<FuzzRecord>,
    /// True for what failed and then passed: it has no verdict.
    pub flaky: bool,
    /// Other tries of the same test, none of which is the last word.
    pub attempts: Vec<Attempt>,
}

/// Another try of a test.
#[derive(Clone, Debug, Default)]
pub struct Attempt {
    /// What became of it, and why it does not count.
    pub note: String,
    /// The expectations that it did not meet.
    pub findings: Vec<Finding>,
    /// Its exchanges in the record.
    pub exchanges: Vec<usize>,
}

/// Six lower-case letters and digits that no other run has.
pub fn token() -> String {
    environment::base36(2_176_782_336 + crate::random::random() % 58_773_123_072)
}
