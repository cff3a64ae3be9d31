//! Runs tests against the target: sends the requests of each step, judges every exchange, and cleans up.
//!
//! This is the only module that sends the requests of tests. `steps` runs scenarios, `fuzz` runs properties, and both
//! share one [`Environment`].

mod cleanup;
mod created;
mod deliveries;
mod environment;
mod faults;
pub mod form;
mod fuzz;
mod liveness;
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
pub use created::CreatedResources;
pub use deliveries::miscounted;
pub use environment::{Environment, Stop};
pub(crate) use fuzz::build_case;

use judge::finding::{Finding, Key};
use judge::record::TestRecord;
use spec::contract::Contract;
use spec::scenario::TestCase;

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
