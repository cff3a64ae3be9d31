//! The order of the tests for a mutation: the tests that are most likely to notice it run first.

use std::collections::BTreeMap;

use super::baseline::{Baseline, PassingTest};
use super::mutation::Mutation;
use judge::exchange::Role;
use spec::contract::ErrorCatalog;
use spec::scenario::TestCase;

/// A test that receives a response that a mutation changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipient<'b> {
    pub(super) passing: &'b PassingTest,
    /// The index of that response in the test. A response with an assertion is preferred. `None` for a delivery.
    pub(super) response: Option<usize>,
}

/// Every test that receives a changed response. The order is: first quick tests, first tests of the clauses of the
/// mutation, first tests with an assertion about the changed response. Among these, one test of each scenario comes in
/// turn.
pub(super) fn recipients<'b>(
    baseline: &'b Baseline,
    mutation: &Mutation,
    catalog: &ErrorCatalog,
) -> Vec<Recipient<'b>> {
    let mut ranked: Vec<(Rank, Recipient<'b>)> = Vec::new();
    for passing in &baseline.passing {
        let changed: Vec<usize> = baseline.changed(passing, mutation, catalog).map(|(index, _)| index).collect();
        let asserted = changed.iter().copied().find(|index| passing.responses[*index].role == Role::Asserted);
        let response = asserted.or(changed.first().copied());
        let awaits = mutation.when.is_of_deliveries() && passing.test.steps.iter().any(|step| step.is_await());
        if response.is_none() && !awaits {
            continue;
        }
        let rank = Rank {
            waits: waits(&passing.test),
            other_clauses: !passing.test.clauses.iter().any(|clause| mutation.clauses.contains(clause)),
            not_asserted: asserted.is_none(),
            round: 0,
            responses: passing.responses.len(),
        };
        ranked.push((rank, Recipient { passing, response }));
    }
    ranked.sort_by_key(|one| one.0);
    let mut rounds: BTreeMap<String, usize> = BTreeMap::new();
    for (rank, recipient) in &mut ranked {
        let round = rounds.entry(scenario(&recipient.passing.test.name).to_owned()).or_default();
        rank.round = *round;
        *round += 1;
    }
    ranked.sort_by_key(|one| one.0);
    ranked.into_iter().map(|(_, recipient)| recipient).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    waits: bool,
    other_clauses: bool,
    not_asserted: bool,
    round: usize,
    responses: usize,
}

/// True for a test that waits for other tests or for the target, or that sends many requests.
fn waits(test: &TestCase) -> bool {
    test.alone || test.lock.is_some() || test.is_property() || test.steps.iter().any(|step| step.takes_long())
}

/// The part `folder/file::scenario` of the name of a test.
pub(super) fn scenario(test: &str) -> &str {
    let from = test.find("::").map_or(0, |at| at + 2);
    test[from..].find('/').map_or(test, |at| &test[..from + at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_known_by_the_name_of_its_tests() {
        assert_eq!(scenario("a/b::c/d/e"), "a/b::c");
        assert_eq!(scenario("a/b::c"), "a/b::c");
        assert_eq!(scenario("fuzz"), "fuzz");
    }

    #[test]
    fn quick_tests_of_the_clause_come_first() {
        let rank = |waits, other_clauses, not_asserted, round| Rank {
            waits,
            other_clauses,
            not_asserted,
            round,
            responses: 1,
        };
        let mut ranks = [
            rank(true, false, false, 0),
            rank(false, true, false, 0),
            rank(false, false, true, 0),
            rank(false, false, false, 1),
            rank(false, false, false, 0),
        ];
        ranks.sort();
        assert_eq!(
            ranks.map(|rank| (rank.waits, rank.other_clauses, rank.not_asserted, rank.round)),
            [
                (false, false, false, 0),
                (false, false, false, 1),
                (false, false, true, 0),
                (false, true, false, 0),
                (true, false, false, 0),
            ]
        );
    }
}
