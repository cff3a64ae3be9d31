//! What runs, and what does not, with reasons: the library against the target, one shard of it.

use sha2::{Digest as _, Sha256};

use crate::contract::Contract;
use crate::scenario::TrialSpec;
use crate::target::Target;

/// A part of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub index: u64,
    /// Of how many.
    pub count: u64,
}

/// A trial, and why it is not run, if it is not.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The trial.
    pub spec: TrialSpec,
    /// Why it is skipped.
    pub skip: Option<String>,
}

/// The trials of a shard. Those that hold a lock come first, since they wait for each other while
/// the rest goes on.
pub fn plan(contract: &Contract, target: &Target, trials: Vec<TrialSpec>, shard: Option<Shard>) -> Vec<Planned> {
    let mut planned: Vec<Planned> = trials
        .into_iter()
        .filter(|spec| shard.is_none_or(|shard| belongs(&spec.name, shard)))
        .map(|spec| Planned { skip: target.lacks_for(contract, &spec.actors, &spec.token_actors, &spec.needs), spec })
        .collect();
    planned.sort_by_key(|trial| trial.spec.lock.is_none());
    planned
}

/// Whether a trial belongs to a shard: by a hash of its name, so that the same trial is in the same
/// shard whatever else is added.
pub fn belongs(name: &str, shard: Shard) -> bool {
    let digest = Sha256::digest(name.as_bytes());
    let number = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    number % shard.count == shard.index - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_disjoint_and_complete() {
        for number in 0..200 {
            let name = format!("trial-{number}");
            let homes = (1..=4).filter(|index| belongs(&name, Shard { index: *index, count: 4 })).count();
            assert_eq!(homes, 1);
        }
    }
}
