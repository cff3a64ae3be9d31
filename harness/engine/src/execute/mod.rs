//! Runs tests against the target: sends the requests of each step, judges every exchange, and cleans up.
//!
//! This is the only module that sends the requests of tests. `steps` runs scenarios, `fuzz` runs properties, and both
//! share one [`Environment`].

mod cleanup;
mod coverage;
mod created;
mod deliveries;
mod environment;
pub mod expect;
mod fuzz;
mod header;
mod liveness;
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

/// The result of running one test.
#[derive(Clone, Debug, Default)]
pub struct TestRecord {
    /// Every exchange, in order. A burst keeps only its relevant exchanges.
    pub exchanges: Vec<Exchange>,
    pub findings: Vec<Finding>,
    /// The key of each finding.
    pub keys: Vec<Key>,
    /// What the responses show about the clauses.
    pub coverage: Coverage,
    /// The reason if the test has no verdict.
    pub inconclusive: Option<String>,
    /// Error codes observed in error responses and in success bodies.
    pub codes: BTreeSet<String>,
    /// The number of requests sent.
    pub requests: usize,
    /// The cases and counterexamples of a property.
    pub fuzz: Option<FuzzRecord>,
    /// True if the test failed and then passed on retry. It has no verdict.
    pub flaky: bool,
    /// Other tries of the same test. They do not decide the verdict.
    pub attempts: Vec<Attempt>,
}

/// A try of a test that does not decide the verdict.
#[derive(Clone, Debug, Default)]
pub struct Attempt {
    /// What happened, and why this try does not count.
    pub note: String,
    /// The unmet expectations.
    pub findings: Vec<Finding>,
    /// The indices of its exchanges in the record.
    pub exchanges: Vec<usize>,
}

/// Runs a test, always cleans up, and gives every finding its key.
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

/// A token of lower-case letters and digits that is unique to the run.
pub fn token() -> String {
    environment::base36(2_176_782_336 + crate::random::random() % 58_773_123_072)
}
