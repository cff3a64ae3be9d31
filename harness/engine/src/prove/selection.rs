//! Which tests are run against a server, and in which order: first those that should notice, then a
//! sample of those that should not, and the whole rest only where something is still to be found.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sha2::{Digest as _, Sha256};

use crate::scenario::{Library, TestCase};

/// How many tests about a row's clauses are run at least, found or not.
const ABOUT_AT_LEAST: usize = 16;
/// What a selection is made for.
#[derive(Clone, Copy, Debug)]
pub struct Purpose<'p> {
    /// The row's name: each row gets another sample.
    pub row: &'p str,
    /// The clauses that are to be reported.
    pub clauses: &'p [&'p str],
    /// Another seed gives another sample.
    pub seed: u64,
    /// Every test, whatever is found.
    pub whole: bool,
    /// How many tests about other clauses are run, to see that they keep silent.
    pub others: usize,
    /// Whether fuzz properties are among these.
    pub properties: bool,
}

/// The tests still to be run.
pub struct Queue<'l> {
    about: VecDeque<&'l TestCase>,
    others: VecDeque<&'l TestCase>,
    rest: VecDeque<&'l TestCase>,
    about_run: usize,
    whole: bool,
}

impl<'l> Queue<'l> {
    /// The order of the tests for a purpose.
    pub fn new(library: &'l Library, purpose: Purpose<'_>) -> Self {
        let (about, not_about): (Vec<&TestCase>, Vec<&TestCase>) =
            library.tests.iter().partition(|test| is_about(test, purpose.clauses));
        let rest = spread(not_about, purpose);
        // Those that wait say nothing new by their silence, and a property costs as much as a hundred others.
        let quick = |test: &&TestCase| !waits(test) && (purpose.properties || test.property.is_none());
        let others: VecDeque<&TestCase> = sample(&rest, purpose).into_iter().filter(quick).collect();
        let taken: BTreeSet<&str> = others.iter().map(|test| test.name.as_str()).collect();
        let rest = rest.into_iter().filter(|test| !taken.contains(test.name.as_str())).collect();
        let (properties, scenarios) = about.into_iter().partition(|test| test.property.is_some());
        let about = spread(scenarios, purpose).into_iter().chain(spread(properties, purpose)).collect();
        Self { about, others, rest, about_run: 0, whole: purpose.whole }
    }

    /// The next test, and whether it is about the row. `found` tells that every clause of the row has been
    /// reported, `looking` that tests about it are still running: these may find it yet.
    pub fn next(&mut self, found: bool, looking: bool) -> Option<(&'l TestCase, bool)> {
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
        let needed = self.whole || (!found && !looking);
        needed.then(|| self.rest.pop_front()).flatten().map(|test| (test, false))
    }
}

/// True where tests about these clauses wait for locks or for the target: such a row takes long.
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

/// One case of each scenario, then the second of each, and so on; the cases of a scenario in an order
/// that differs from row to row and from seed to seed.
fn spread<'l>(tests: Vec<&'l TestCase>, purpose: Purpose<'_>) -> Vec<&'l TestCase> {
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
    // Properties draw many cases, and come last.
    in_order.sort_by_key(|(round, number, test)| (test.property.is_some(), *round, *number));
    in_order.into_iter().map(|(_, _, test)| test).collect()
}

/// Half of the sample are first cases of scenarios, half are any.
fn sample<'l>(spread: &[&'l TestCase], purpose: Purpose<'_>) -> Vec<&'l TestCase> {
    let mut any: Vec<&TestCase> = spread.iter().skip(purpose.others / 2).copied().collect();
    any.sort_by_cached_key(|test| number(purpose, &test.name));
    spread.iter().take(purpose.others / 2).copied().chain(any.into_iter().take(purpose.others / 2)).collect()
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
    fn what_is_found_ends_the_search_and_leaves_a_sample() {
        let names = drain(PURPOSE, 3);
        assert_eq!(names.iter().filter(|name| name.starts_with("a::")).count(), ABOUT_AT_LEAST);
        assert_eq!(names.len(), ABOUT_AT_LEAST + OTHERS);
    }

    #[test]
    fn what_is_not_found_is_looked_for_everywhere() {
        let names: BTreeSet<String> = drain(PURPOSE, usize::MAX).into_iter().collect();
        assert_eq!(names.len(), 360);
    }

    #[test]
    fn what_may_be_found_yet_is_waited_for() {
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
    fn the_whole_is_every_test_once() {
        let names = drain(Purpose { whole: true, ..PURPOSE }, 0);
        assert_eq!(names.len(), 360);
        assert_eq!(names.into_iter().collect::<BTreeSet<String>>().len(), 360);
    }

    #[test]
    fn rows_and_seeds_get_other_samples() {
        let one = drain(PURPOSE, 0);
        assert_eq!(one, drain(PURPOSE, 0));
        assert_ne!(one, drain(Purpose { row: "other", ..PURPOSE }, 0));
        assert_ne!(one, drain(Purpose { seed: 2, ..PURPOSE }, 0));
    }
}
