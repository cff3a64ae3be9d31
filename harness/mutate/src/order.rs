//! Which tests are run against a mutation, and in which order: those first that are most likely to notice.

use std::collections::BTreeMap;

use super::baseline::{Baseline, Known};
use super::mutation::Mutation;
use judge::exchange::Role;
use spec::contract::ErrorCatalog;
use spec::scenario::TestCase;

/// A test that receives a response which a mutation changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipient<'b> {
    pub(super) known: &'b Known,
    /// The place of that response among those of the test: the first that the test asserts something of, if any.
    pub(super) answer: usize,
}

/// Every test that receives a changed response. Tests that take long come last; before that, those about the clauses
/// of the mutation come first, then those that assert something of the changed response, one of each scenario in turn.
pub(super) fn recipients<'b>(
    baseline: &'b Baseline,
    mutation: &Mutation,
    catalog: &ErrorCatalog,
) -> Vec<Recipient<'b>> {
    let mut ranked: Vec<(Rank, Recipient<'b>)> = Vec::new();
    for known in &baseline.known {
        let changed: Vec<usize> = baseline.changed(known, mutation, catalog).map(|(index, _)| index).collect();
        let asserted = changed.iter().copied().find(|index| known.answers[*index].role == Role::Asserted);
        let Some(answer) = asserted.or(changed.first().copied()) else { continue };
        let rank = Rank {
            waits: waits(&known.test),
            elsewhere: !known.test.clauses.iter().any(|clause| mutation.clauses.contains(clause)),
            not_asserted: asserted.is_none(),
            round: 0,
            answers: known.answers.len(),
        };
        ranked.push((rank, Recipient { known, answer }));
    }
    ranked.sort_by_key(|one| one.0);
    let mut rounds: BTreeMap<String, usize> = BTreeMap::new();
    for (rank, recipient) in &mut ranked {
        let round = rounds.entry(scenario(&recipient.known.test.name).to_owned()).or_default();
        rank.round = *round;
        *round += 1;
    }
    ranked.sort_by_key(|one| one.0);
    ranked.into_iter().map(|(_, recipient)| recipient).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    waits: bool,
    elsewhere: bool,
    not_asserted: bool,
    round: usize,
    answers: usize,
}

/// True for a test that waits for others or for the target, or that sends many requests.
fn waits(test: &TestCase) -> bool {
    let long = |step: &std::sync::Arc<spec::scenario::Step>| {
        step.deliveries.is_some() || step.poll.is_some() || step.burst.is_some() || step.wait.is_some()
    };
    test.alone || test.lock.is_some() || test.property.is_some() || test.steps.iter().any(long)
}

/// `folder/file::scenario` of a test's name.
fn scenario(test: &str) -> &str {
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
    fn what_is_quick_and_about_the_clause_comes_first() {
        let rank = |waits, elsewhere, not_asserted, round| Rank { waits, elsewhere, not_asserted, round, answers: 1 };
        let mut ranks = [
            rank(true, false, false, 0),
            rank(false, true, false, 0),
            rank(false, false, true, 0),
            rank(false, false, false, 1),
            rank(false, false, false, 0),
        ];
        ranks.sort();
        assert_eq!(
            ranks.map(|rank| (rank.waits, rank.elsewhere, rank.not_asserted, rank.round)),
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
