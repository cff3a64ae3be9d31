//! Runs tests against the target: sends the requests of each step, judges every exchange, and cleans up.
//!
//! This is the only module that sends the requests of tests. `scenario` runs scenarios and `fuzz` runs properties. Both
//! send with a `session`, and all sessions of a run share one [`Environment`].

mod cleanup;
mod created;
mod deliveries;
mod description;
mod environment;
mod faults;
mod fixtures;
pub(crate) mod form;
mod fuzz;
mod judging;
mod liveness;
mod phases;
mod quota;
pub mod request;
mod retry;
#[cfg(test)]
mod retry_tests;
mod scenario;
mod sending;
mod session;
mod shared;
mod sign;
mod steps;

pub use cleanup::sweep;
pub use created::CreatedResources;
pub use deliveries::miscounted;
pub use description::{ALTERED_CREDENTIAL, DESCRIPTION_HEADER};
pub use environment::{Environment, Stop};
pub(crate) use fuzz::build_case;

use self::phases::Phase;
use judge::finding::{Finding, Key};
use judge::record::TestRecord;
use spec::contract::Contract;
use spec::scenario::TestCase;

/// Runs a test, always cleans up, and gives every finding its key.
pub async fn run_test(environment: &Environment, test: &TestCase) -> TestRecord {
    let record = run_in_turn(environment, test).await;
    let keys = keys(&environment.contract, &record);
    TestRecord { keys, ..record }
}

/// Waits for the lock and the phase of a test, and runs it.
async fn run_in_turn(environment: &Environment, test: &TestCase) -> TestRecord {
    // Thousands of tests may be left when a run stops, so nothing is prepared for them.
    if let Some(stop) = environment.stopped() {
        return TestRecord { inconclusive: Some(stop.reason().to_owned()), ..TestRecord::default() };
    }
    let lock = test.lock.as_ref().map(|name| environment.lock(name));
    let _guard = match &lock {
        Some(lock) => tokio::select! {
            guard = lock.lock() => Some(guard),
            _ = environment.until_stopped() => None,
        },
        None => None,
    };
    let _turn = tokio::select! {
        turn = environment.phases.enter(Phase::of(test)) => Some(turn),
        _ = environment.until_stopped() => None,
    };
    match test.property() {
        Some(property) => fuzz::run(environment, test, property).await,
        None => scenario::run(environment, test).await,
    }
}

fn keys(contract: &Contract, record: &TestRecord) -> Vec<Key> {
    let rule = |exchange: usize| {
        let found = record.fuzz.iter().flat_map(|fuzz| &fuzz.found);
        found.filter(|found| found.exchange == exchange).map(|found| found.name.as_str()).next()
    };
    let key =
        |finding: &Finding| Key::of(contract, finding, record.exchanges.get(finding.exchange), rule(finding.exchange));
    record.findings.iter().map(key).collect()
}

/// A token of lower-case letters and digits that is unique to the run.
pub fn token() -> String {
    environment::base36(2_176_782_336 + crate::random::random() % 58_773_123_072)
}
