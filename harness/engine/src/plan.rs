//! What runs, and what does not, with reasons: the library against the target, one shard of it.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::contract::Contract;
use crate::scenario::{TestCase, template};
use crate::target::Target;

/// A part of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub index: u64,
    /// Of how many.
    pub count: u64,
}

/// A test, and why it is not run, if it is not.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The test.
    pub spec: TestCase,
    /// Why it is skipped.
    pub skip: Option<String>,
    /// Why it could find nothing out, so that it is inconclusive without being run.
    pub doubt: Option<String>,
}

/// The tests of a shard. What properties have found before comes first, then those that await deliveries and those
/// that hold a lock, since they wait, the ones for the target and the others for each other, while the rest goes on.
/// Properties run when no scenario does and come behind all of them; tests that run alone come last.
pub fn plan(contract: &Contract, target: &Target, tests: Vec<TestCase>, shard: Option<Shard>) -> Vec<Planned> {
    let tokens: BTreeSet<String> = tests.iter().flat_map(|spec| spec.token_actors.iter().cloned()).collect();
    let mut planned: Vec<Planned> = tests
        .into_iter()
        .filter(|spec| shard.is_none_or(|shard| belongs(spec, shard)))
        .map(|spec| Planned { skip: skip(contract, target, &spec, &tokens), doubt: None, spec })
        .collect();
    planned.sort_by_key(|test| {
        let spec = &test.spec;
        (spec.alone, spec.property.is_some(), !spec.first, !awaits(spec), spec.lock.is_none())
    });
    planned
}

fn skip(contract: &Contract, target: &Target, spec: &TestCase, tokens: &BTreeSet<String>) -> Option<String> {
    target.lacks_for(contract, &spec.actors, &spec.token_actors, &spec.needs, tokens).or_else(|| {
        operations(spec).into_iter().find_map(|operation| {
            let reason = target.lacks.get(&operation)?;
            Some(format!("the target lacks the operation {operation}: {reason}"))
        })
    })
}

/// The operations that a test calls, fixtures included.
pub fn operations(spec: &TestCase) -> Vec<String> {
    let called = spec.steps.iter().filter_map(|step| template::text(step.call.as_deref()?, &spec.variables).ok());
    called.chain(spec.property.as_ref().map(|property| property.operation.clone())).collect()
}

fn awaits(spec: &TestCase) -> bool {
    spec.steps.iter().any(|step| step.deliveries.is_some())
}

/// Whether a test belongs to a shard: by a hash of its name, so that the same test is in the same
/// shard whatever else is added. Tests with the same lock stay together, since they must not run at the
/// same time, and shards do.
pub fn belongs(spec: &TestCase, shard: Shard) -> bool {
    home(spec.lock.as_deref().unwrap_or(&spec.name), shard.count) == shard.index
}

fn home(key: &str, count: u64) -> u64 {
    let digest = Sha256::digest(key.as_bytes());
    let number = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    number % count + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_about_equal() {
        let mut sizes = [0; 4];
        for number in 0..400 {
            let home = home(&format!("trial-{number}"), 4);
            sizes[usize::try_from(home).expect("a number") - 1] += 1;
        }
        assert_eq!(sizes.iter().sum::<i32>(), 400);
        assert!(sizes.iter().all(|size| (60..140).contains(size)), "{sizes:?}");
    }
}
