//! Schedules a run: which tests of the library run against the target, in which order, in which shard, and why others are
//! skipped.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use judge::target::Target;
use spec::contract::Contract;
use spec::scenario::TestCase;

/// A part of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// The number of the part, from 1.
    pub index: u64,
    /// The number of parts.
    pub count: u64,
}

/// A test, with the reason if it is not run.
#[derive(Clone, Debug)]
pub struct Scheduled {
    /// In a box, because these are moved several times before they run.
    pub test: Box<TestCase>,
    /// Why it is skipped.
    pub skip: Option<String>,
    /// Why it is inconclusive without being run.
    pub doubt: Option<String>,
}

/// The tests of a shard, in order. Earlier counterexamples come first, then tests that await deliveries, then tests
/// with a lock. The latter two wait for the target or for each other, so they start early while other tests go on.
/// Properties come after all scenarios, because they never run at the same time. Tests that run alone come last.
pub fn schedule(contract: &Contract, target: &Target, tests: Vec<TestCase>, shard: Option<Shard>) -> Vec<Scheduled> {
    let tokens: BTreeSet<String> = tests.iter().flat_map(|test| test.token_actors.iter().cloned()).collect();
    let mut scheduled: Vec<Scheduled> = tests
        .into_iter()
        .filter(|test| shard.is_none_or(|shard| belongs(test, shard)))
        .map(|test| Scheduled { skip: skip(contract, target, &test, &tokens), doubt: None, test: Box::new(test) })
        .collect();
    scheduled.sort_by_key(|one| {
        let test = &one.test;
        (test.alone, test.is_property(), !test.first, !awaits(test), test.lock.is_none())
    });
    scheduled
}

fn skip(contract: &Contract, target: &Target, test: &TestCase, tokens: &BTreeSet<String>) -> Option<String> {
    target.lacks_for(contract, &test.actors, &test.token_actors, &test.needs, tokens).or_else(|| {
        operations(test).into_iter().find_map(|operation| {
            let reason = target.lacks.get(&operation)?;
            Some(format!("the target lacks the operation {operation}: {reason}"))
        })
    })
}

/// The operations that a test calls, fixtures included.
pub fn operations(test: &TestCase) -> Vec<String> {
    let called = test.steps.iter().filter_map(|step| Some(step.call()?.operation.id.clone()));
    called.chain(test.property().map(|property| property.operation.id.clone())).collect()
}

fn awaits(test: &TestCase) -> bool {
    test.steps.iter().any(|step| step.is_await())
}

/// Whether a test belongs to a shard. The shard is a hash of the name, so added tests do not move others. Tests with
/// the same lock are in the same shard, because they must not run at the same time and shards do.
pub fn belongs(test: &TestCase, shard: Shard) -> bool {
    shard_number(test.lock.as_deref().unwrap_or(&test.name), shard.count) == shard.index
}

fn shard_number(key: &str, count: u64) -> u64 {
    let digest = Sha256::digest(key.as_bytes());
    let number = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    number % count + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_have_similar_sizes() {
        let mut sizes = [0; 4];
        for number in 0..400 {
            let shard = shard_number(&format!("test-{number}"), 4);
            sizes[usize::try_from(shard).expect("a number") - 1] += 1;
        }
        assert_eq!(sizes.iter().sum::<i32>(), 400);
        assert!(sizes.iter().all(|size| (60..140).contains(size)), "{sizes:?}");
    }
}
