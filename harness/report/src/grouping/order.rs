//! The order in which causes are to be repaired.
//!
//! A failed test passes only when all of its causes are repaired. So a cause gets a share of each failed test that it is
//! in, and the share is larger the fewer causes of that test are left. The cause with the largest sum is next, and its
//! repair is assumed for the choice of the others. Sorting by the tests without any other cause is worse: defects that
//! many responses have hide each other, because no test has only one of them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::Group;

/// What a test adds to its only cause. A cause of two gets a quarter, and so on.
const WHOLE: usize = 1_000_000;

/// The place of each cause in the order, from 0. `of_tests` are the causes of each failed test. Operations that do not
/// work come first.
pub(super) fn places<'g, 'r>(of_tests: &BTreeMap<&'r str, HashSet<&'g Group<'r>>>) -> HashMap<&'g Group<'r>, usize> {
    let mut open: BTreeSet<&Group<'r>> = of_tests.values().flatten().copied().collect();
    let mut left: Vec<HashSet<&Group<'r>>> = of_tests.values().cloned().collect();
    let mut places = HashMap::new();
    while let Some(next) = next(&open, &left) {
        open.remove(next);
        for causes in &mut left {
            causes.remove(next);
        }
        left.retain(|causes| !causes.is_empty());
        places.insert(next, places.len());
    }
    places
}

fn next<'g, 'r>(open: &BTreeSet<&'g Group<'r>>, left: &[HashSet<&'g Group<'r>>]) -> Option<&'g Group<'r>> {
    let mut sums: HashMap<&Group<'r>, usize> = HashMap::new();
    for causes in left {
        for cause in causes {
            *sums.entry(cause).or_default() += WHOLE / (causes.len() * causes.len());
        }
    }
    let sum = |group: &Group<'r>| sums.get(group).copied().unwrap_or_default();
    // Of equal causes, the first one is taken.
    open.iter().rev().copied().max_by_key(|group| (group.kind().is_of_operation(), sum(group)))
}
