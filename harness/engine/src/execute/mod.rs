//! The only loop that sends: it runs the steps of a test against the target, lets every exchange be
//! judged, and takes away what was made.

mod cleanup;
mod coverage;
mod created;
mod deliveries;
mod environment;
pub mod expect;
mod fuzz;
mod header;
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
pub use created::{Created, CreatedResources};
pub use deliveries::miscounted;
pub use environment::{Environment, Stop};
pub(crate) use fuzz::build_case;
pub use fuzz::{Found, FuzzRecord, RuleTally};

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::exchange::Exchange;
use crate::finding::{Finding, Key};
use crate::scenario::TestCase;

/// What came of a test.
#[derive(Clone, Debug, Default)]
pub struct TestRecord {
    /// Every exchange, in order; of a burst only those that matter.
    pub exchanges: Vec<Exchange>,
    /// Every finding.
    pub findings: Vec<Finding>,
    /// The key of each finding.
    pub keys: Vec<Key>,
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

/// Runs a test to its end, takes away what it made, whatever happens, and gives every finding its key.
pub async fn run_test(environment: &Environment, spec: &TestCase) -> TestRecord {
    let record = steps::run_test(environment, spec).await;
    let keys = keys(&environment.contract, &record);
    TestRecord { keys, ..record }
}

fn keys(contract: &Contract, record: &TestRecord) -> Vec<Key> {
    let rule = |exchange: usize| {
        let found = record.fuzz.iter().flat_map(|fuzz| &fuzz.found);
        found.filter(|found| found.exchange == exchange).map(|found| found.name).next()
    };
    let key =
        |finding: &Finding| Key::of(contract, finding, record.exchanges.get(finding.exchange), rule(finding.exchange));
    record.findings.iter().map(key).collect()
}

/// Six lower-case letters and digits that no other run has.
pub fn token() -> String {
    environment::base36(2_176_782_336 + crate::random::random() % 58_773_123_072)
}
