//! Selects the tests that run against a server, and their order: first its witnesses, then tests of the mutant's
//! clauses, then a sample of other tests, and all remaining tests only if some clause has not been reported yet.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sha2::{Digest as _, Sha256};

use super::resolve::resolve;
use spec::scenario::{Library, TestCase};

/// The parameters of a selection.
#[derive(Clone, Copy, Debug)]
pub struct Parameters<'p> {
    /// The name of the row; each row has its own sample.
    pub row: &'p str,
    /// The clauses that must be reported.
    pub clauses: &'p [String],
    /// The tests that reported the row before, and rules of properties.
    pub witnesses: &'p [String],
    /// The minimum number of tests of the clauses, even if all of these have been reported.
    pub about_at_least: usize,
    /// The seed of the sample.
    pub seed: u64,
    /// Whether every test runs.
    pub whole: bool,
    /// Whether only the witnesses and the tests of other clauses run.
    pub witnesses_only: bool,
    /// The number of tests of other clauses, which must report nothing.
    pub others: usize,
    /// Whether these include properties.
    pub properties: bool,
}

/// The tests that have not run yet.
pub struct Queue<'l> {
    pub(super) witnesses: VecDeque<Cow<'l, TestCase>>,
    pub(super) about: VecDeque<&'l TestCase>,
    pub(super) others: VecDeque<&'l TestCase>,
    rest: VecDeque<&'l TestCase>,
    witness_count: usize,
    about_run: usize,
    about_at_least: usize,
    whole: bool,
}

impl<'l> Queue<'l> {
    pub fn new(library: &'l Library, parameters: Parameters<'_>) -> Self {
        let witnesses: VecDeque<Cow<'l, TestCase>> =
            parameters.witnesses.iter().filter_map(|name| resolve(library, name)).collect();
        // Of a property only one rule is a witness, so the property itself remains among the others.
        let others =
            library.tests.iter().filter(|test| !parameters.witnesses.iter().any(|witness| **witness == *test.name));
        let (about, not_about): (Vec<&TestCase>, Vec<&TestCase>) =
            others.partition(|test| is_about(test, parameters.clauses));
        let rest = interleave(not_about, parameters);
        // Tests that wait add little to the sample, and a property costs as much as a hundred other tests.
        let quick = |test: &&TestCase| !waits(test) && (parameters.properties || !test.is_property());
        let others: VecDeque<&TestCase> = sample(&rest, parameters).into_iter().filter(quick).collect();
        let taken: BTreeSet<&str> = others.iter().map(|test| test.name.as_ref()).collect();
        let rest = rest.into_iter().filter(|test| !taken.contains(test.name.as_ref())).collect();
        let (about, rest) = if parameters.witnesses_only { (Vec::new(), VecDeque::new()) } else { (about, rest) };
        let (properties, scenarios) = about.into_iter().partition(|test| test.is_property());
        let about = interleave(scenarios, parameters).into_iter().chain(interleave(properties, parameters)).collect();
        let (about_at_least, whole) = (parameters.about_at_least, parameters.whole);
        let witness_count = witnesses.len();
        Self { witnesses, about, others, rest, witness_count, about_run: 0, about_at_least, whole }
    }

    /// The next test, and whether it is about the row's clauses. `found` means that all of these have been reported.
    /// `running_about` means that tests about them are still running, which may report them.
    pub fn next(&mut self, found: bool, running_about: bool) -> Option<(Cow<'l, TestCase>, bool)> {
        if let Some(test) = self.witnesses.pop_front() {
            self.about_run += 1;
            return Some((test, true));
        }
        // The witnesses may still report the clauses, and no other test of them is needed then.
        let witnesses_run = self.about_run == self.witness_count && running_about && self.about_at_least == 0;
        let properties_only = self.about.front().is_some_and(|test| test.is_property());
        if !witnesses_run
            && (self.whole || !found || (self.about_run < self.about_at_least && !properties_only))
            && let Some(test) = self.about.pop_front()
        {
            self.about_run += 1;
            return Some((Cow::Borrowed(test), true));
        }
        if let Some(test) = self.others.pop_front() {
            return Some((Cow::Borrowed(test), false));
        }
        let needed = !witnesses_run && (self.whole || (!found && !running_about));
        needed.then(|| self.rest.pop_front()).flatten().map(|test| (Cow::Borrowed(test), false))
    }
}

/// True if tests about these clauses wait for locks or for the target, so that the row takes long.
pub fn takes_long(library: &Library, clauses: &[String]) -> bool {
    library.tests.iter().any(|test| is_about(test, clauses) && waits(test))
}

fn is_about(test: &TestCase, clauses: &[String]) -> bool {
    test.clauses.iter().any(|clause| clauses.contains(clause))
}

/// Locks make tests wait for each other, and webhooks make them wait for the target.
pub(super) fn waits(test: &TestCase) -> bool {
    test.lock.is_some() || test.steps.iter().any(|step| step.is_await() || step.is_poll())
}

/// Orders tests: the first case of each scenario, then the second case of each, and so on. The order of the cases of a
/// scenario depends on the row and the seed.
fn interleave<'l>(tests: Vec<&'l TestCase>, parameters: Parameters<'_>) -> Vec<&'l TestCase> {
    let mut scenarios: BTreeMap<(&str, &str), Vec<(u64, &TestCase)>> = BTreeMap::new();
    for test in tests {
        let cases = scenarios.entry((test.file.as_ref(), scenario(&test.name))).or_default();
        cases.push((number(parameters, &test.name), test));
    }
    let mut in_order: Vec<(usize, u64, &TestCase)> = Vec::new();
    for mut cases in scenarios.into_values() {
        cases.sort_by_key(|(number, _)| *number);
        in_order.extend(cases.into_iter().enumerate().map(|(round, (number, test))| (round, number, test)));
    }
    // Properties generate many cases, so they come last.
    in_order.sort_by_key(|(round, number, test)| (test.is_property(), *round, *number));
    in_order.into_iter().map(|(_, _, test)| test).collect()
}

/// One half of the sample are first cases of scenarios, the other half are any cases.
fn sample<'l>(ordered: &[&'l TestCase], parameters: Parameters<'_>) -> Vec<&'l TestCase> {
    let mut any: Vec<&TestCase> = ordered.iter().skip(parameters.others / 2).copied().collect();
    any.sort_by_cached_key(|test| number(parameters, &test.name));
    ordered.iter().take(parameters.others / 2).copied().chain(any.into_iter().take(parameters.others / 2)).collect()
}

fn scenario(test: &str) -> &str {
    test.rsplit_once("::").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default())
}

fn number(parameters: Parameters<'_>, test: &str) -> u64 {
    let digest = Sha256::digest(format!("{} {} {test}", parameters.seed, parameters.row));
    digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn library() -> Library {
        let test = |name: String, clause: &str| TestCase {
            file: name.split("::").next().unwrap_or_default().into(),
            clauses: [clause.to_owned()].into(),
            name: name.into(),
            ..TestCase::default()
        };
        let about = (0..60).map(|number| test(format!("a::one/{number}"), "A-1"));
        let others = (0..300).map(|number| test(format!("b::s{}/{number}", number % 7), "B-1"));
        Library { tests: about.chain(others).collect(), ..Library::default() }
    }

    /// The clauses of the tests about the row.
    fn about() -> Vec<String> {
        vec!["A-1".to_owned()]
    }

    fn drain(parameters: Parameters<'_>, found_after: usize) -> Vec<String> {
        let library = library();
        let mut queue = Queue::new(&library, parameters);
        let mut names = Vec::new();
        while let Some((test, _)) = queue.next(names.len() >= found_after, false) {
            names.push(test.name.to_string());
        }
        names
    }

    const OTHERS: usize = 40;
    const ABOUT_AT_LEAST: usize = 16;

    fn parameters(clauses: &[String]) -> Parameters<'_> {
        Parameters {
            row: "r",
            clauses,
            witnesses: &[],
            about_at_least: ABOUT_AT_LEAST,
            seed: 1,
            whole: false,
            witnesses_only: false,
            others: OTHERS,
            properties: false,
        }
    }

    #[test]
    fn after_all_clauses_are_reported_only_a_sample_runs() {
        let names = drain(parameters(&about()), 3);
        assert_eq!(names.iter().filter(|name| name.starts_with("a::")).count(), ABOUT_AT_LEAST);
        assert_eq!(names.len(), ABOUT_AT_LEAST + OTHERS);
    }

    #[test]
    fn witnesses_run_first_and_others_of_the_clauses_only_if_they_report_nothing() {
        let witnesses = ["a::one/7".to_owned(), "b::s1/8".to_owned()];
        let about = about();
        let parameters = Parameters { witnesses: &witnesses, about_at_least: 0, others: 4, ..parameters(&about) };
        let names = drain(parameters, 2);
        assert_eq!(names[..2], witnesses);
        assert_eq!(names.len(), 2 + 4);
        let library = library();
        let mut queue = Queue::new(&library, parameters);
        let mut started = || queue.next(false, true).map(|(_, about)| about);
        assert_eq!([started(), started(), started()], [Some(true), Some(true), Some(false)]);
        assert_eq!(drain(parameters, usize::MAX).len(), 360);
        assert_eq!(drain(Parameters { witnesses_only: true, ..parameters }, usize::MAX), names);
    }

    #[test]
    fn all_tests_run_while_a_clause_is_not_reported() {
        let names: BTreeSet<String> = drain(parameters(&about()), usize::MAX).into_iter().collect();
        assert_eq!(names.len(), 360);
    }

    #[test]
    fn remaining_tests_wait_for_running_tests_about_the_row() {
        let library = library();
        let mut queue = Queue::new(&library, parameters(&about()));
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
        let names = drain(Parameters { whole: true, ..parameters(&about()) }, 0);
        assert_eq!(names.len(), 360);
        assert_eq!(names.into_iter().collect::<BTreeSet<String>>().len(), 360);
    }

    #[test]
    fn sample_depends_on_row_and_seed() {
        let one = drain(parameters(&about()), 0);
        assert_eq!(one, drain(parameters(&about()), 0));
        assert_ne!(one, drain(Parameters { row: "other", ..parameters(&about()) }, 0));
        assert_ne!(one, drain(Parameters { seed: 2, ..parameters(&about()) }, 0));
    }
}
