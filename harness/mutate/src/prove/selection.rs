//! Selects the tests that run against a server, and their order: first the tests of the mutant's clauses, then a sample
//! of other tests, and all remaining tests only if some clause has not been reported yet.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sha2::{Digest as _, Sha256};

use spec::scenario::{Library, TestCase};

/// The minimum number of tests of the row's clauses, even if all clauses have been reported.
const ABOUT_AT_LEAST: usize = 16;

/// The parameters of a selection.
#[derive(Clone, Copy, Debug)]
pub struct Purpose<'p> {
    /// The name of the row; each row has its own sample.
    pub row: &'p str,
    /// The clauses that must be reported.
    pub clauses: &'p [&'p str],
    /// The seed of the sample.
    pub seed: u64,
    /// Whether every test runs.
    pub whole: bool,
    /// The number of tests of other clauses, which must report nothing.
    pub others: usize,
    /// Whether these include properties.
    pub properties: bool,
}

/// The tests that have not run yet.
pub struct Queue<'l> {
    about: VecDeque<&'l TestCase>,
    others: VecDeque<&'l TestCase>,
    rest: VecDeque<&'l TestCase>,
    about_run: usize,
    whole: bool,
}

impl<'l> Queue<'l> {
    pub fn new(library: &'l Library, purpose: Purpose<'_>) -> Self {
        let (about, not_about): (Vec<&TestCase>, Vec<&TestCase>) =
            library.tests.iter().partition(|test| is_about(test, purpose.clauses));
        let rest = interleave(not_about, purpose);
        // Tests that wait add little to the sample, and a property costs as much as a hundred other tests.
        let quick = |test: &&TestCase| !waits(test) && (purpose.properties || test.property.is_none());
        let others: VecDeque<&TestCase> = sample(&rest, purpose).into_iter().filter(quick).collect();
        let taken: BTreeSet<&str> = others.iter().map(|test| test.name.as_str()).collect();
        let rest = rest.into_iter().filter(|test| !taken.contains(test.name.as_str())).collect();
        let (properties, scenarios) = about.into_iter().partition(|test| test.property.is_some());
        let about = interleave(scenarios, purpose).into_iter().chain(interleave(properties, purpose)).collect();
        Self { about, others, rest, about_run: 0, whole: purpose.whole }
    }

    /// The next test, and whether it is about the row's clauses. `found` means that all of these have been reported.
    /// `running_about` means that tests about them are still running, which may report them.
    pub fn next(&mut self, found: bool, running_about: bool) -> Option<(&'l TestCase, bool)> {
        let properties_only = self.about.front().is_some_and(|test| test.property.is_some());
        if (self.whole || !found || (self.about_run < ABOUT_AT_LEAST && !properties_only))
            && let Some(test) = self.about.pop_front()
        {
            self.about_run += 1;
            return Some((test, true));
        }
        if let Some(test) = self.others.pop_front() {
            return Some((test, false));
        }
        let needed = self.whole || (!found && !running_about);
        needed.then(|| self.rest.pop_front()).flatten().map(|test| (test, false))
    }
}

/// True if tests about these clauses wait for locks or for the target, so that the row takes long.
pub fn takes_long(library: &Library, clauses: &[&str]) -> bool {
    library.tests.iter().any(|test| is_about(test, clauses) && waits(test))
}

fn is_about(test: &TestCase, clauses: &[&str]) -> bool {
    test.clauses.iter().any(|clause| clauses.contains(&clause.as_str()))
}

/// Locks make tests wait for each other, and webhooks make them wait for the target.
fn waits(test: &TestCase) -> bool {
    test.lock.is_some() || test.steps.iter().any(|step| step.deliveries.is_some() || step.poll.is_some())
}

/// Orders tests: the first case of each scenario, then the second case of each, and so on. The order of the cases of a
/// scenario depends on the row and the seed.
fn interleave<'l>(tests: Vec<&'l TestCase>, purpose: Purpose<'_>) -> Vec<&'l TestCase> {
    let mut scenarios: BTreeMap<(&str, &str), Vec<(u64, &TestCase)>> = BTreeMap::new();
    for test in tests {
        let cases = scenarios.entry((test.file.as_str(), scenario(&test.name))).or_default();
        cases.push((number(purpose, &test.name), test));
    }
    let mut in_order: Vec<(usize, u64, &TestCase)> = Vec::new();
    for mut cases in scenarios.into_values() {
        cases.sort_by_key(|(number, _)| *number);
        in_order.extend(cases.into_iter().enumerate().map(|(round, (number, test))| (round, number, test)));
    }
    // Properties generate many cases, so they come last.
    in_order.sort_by_key(|(round, number, test)| (test.property.is_some(), *round, *number));
    in_order.into_iter().map(|(_, _, test)| test).collect()
}

/// One half of the sample are first cases of scenarios, the other half are any cases.
fn sample<'l>(ordered: &[&'l TestCase], purpose: Purpose<'_>) -> Vec<&'l TestCase> {
    let mut any: Vec<&TestCase> = ordered.iter().skip(purpose.others / 2).copied().collect();
    any.sort_by_cached_key(|test| number(purpose, &test.name));
    ordered.iter().take(purpose.others / 2).copied().chain(any.into_iter().take(purpose.others / 2)).collect()
}

fn scenario(test: &str) -> &str {
    test.rsplit_once("::").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default())
}

fn number(purpose: Purpose<'_>, test: &str) -> u64 {
    let digest = Sha256::digest(format!("{} {} {test}", purpose.seed, purpose.row));
    digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> Library {
        let test = |name: String, clause: &str| TestCase {
            file: name.split("::").next().unwrap_or_default().to_owned(),
            clauses: vec![clause.to_owned()],
            name,
            ..TestCase::default()
        };
        let about = (0..60).map(|number| test(format!("a::one/{number}"), "A-1"));
        let others = (0..300).map(|number| test(format!("b::s{}/{number}", number % 7), "B-1"));
        Library { tests: about.chain(others).collect(), ..Library::default() }
    }

    fn drain(purpose: Purpose<'_>, found_after: usize) -> Vec<String> {
        let library = library();
        let mut queue = Queue::new(&library, purpose);
        let mut names = Vec::new();
        while let Some((test, _)) = queue.next(names.len() >= found_after, false) {
            names.push(test.name.clone());
        }
        names
    }

    const OTHERS: usize = 40;
    const PURPOSE: Purpose<'_> =
        Purpose { row: "r", clauses: &["A-1"], seed: 1, whole: false, others: OTHERS, properties: false };

    #[test]
    fn after_all_clauses_are_reported_only_a_sample_runs() {
        let names = drain(PURPOSE, 3);
        assert_eq!(names.iter().filter(|name| name.starts_with("a::")).count(), ABOUT_AT_LEAST);
        assert_eq!(names.len(), ABOUT_AT_LEAST + OTHERS);
    }

    #[test]
    fn all_tests_run_while_a_clause_is_not_reported() {
        let names: BTreeSet<String> = drain(PURPOSE, usize::MAX).into_iter().collect();
        assert_eq!(names.len(), 360);
    }

    #[test]
    fn remaining_tests_wait_for_running_tests_about_the_row() {
        let library = library();
        let mut queue = Queue::new(&library, PURPOSE);
        let mut count = 0;
        while queue.next(false, true).is_some() {
            count += 1;
        }
        assert_eq!(count, 60 + OTHERS);
        assert!(queue.next(true, false).is_none());
        assert!(queue.next(false, false).is_some());
    }

    #[test]
    fn whole_runs_every_test_once() {
        let names = drain(Purpose { whole: true, ..PURPOSE }, 0);
        assert_eq!(names.len(), 360);
        assert_eq!(names.into_iter().collect::<BTreeSet<String>>().len(), 360);
    }

    #[test]
    fn sample_depends_on_row_and_seed() {
        let one = drain(PURPOSE, 0);
        assert_eq!(one, drain(PURPOSE, 0));
        assert_ne!(one, drain(Purpose { row: "other", ..PURPOSE }, 0));
        assert_ne!(one, drain(Purpose { seed: 2, ..PURPOSE }, 0));
    }
}
