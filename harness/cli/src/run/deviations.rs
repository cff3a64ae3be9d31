//! Evaluates the list of known deviations after a run: which entries were observed, and which are out of date.

use chrono::NaiveDate;

use judge::target::Deviation;
use judge::verdict::Verdict;
use report::OF_THE_LIST;
use report::model::{DeviationReport, DeviationState, TestReport};

/// Which part of the suite was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// The complete suite.
    Whole,
    /// One of several shards.
    Shard,
    /// The tests that filters selected.
    Filtered,
}

/// The list of known deviations, and what is needed to evaluate it.
pub(super) struct Known<'k> {
    pub(super) entries: &'k [Deviation],
    /// For each entry, how many tests of the suite it matches, selected or not.
    pub(super) match_counts: &'k [usize],
    /// The day of the run.
    pub(super) today: NaiveDate,
    /// Which part of the suite was run.
    pub(super) scope: Scope,
}

/// For each entry, how many tests it matches.
pub(super) fn match_counts<'n>(entries: &[Deviation], names: impl Iterator<Item = &'n str> + Clone) -> Vec<usize> {
    entries.iter().map(|entry| names.clone().filter(|name| entry.covers(name)).count()).collect()
}

/// The state of each entry. Adds a failed test for each entry that is out of date.
pub(super) fn add_deviations(
    known: &Known<'_>,
    file: Option<&str>,
    tests: &mut Vec<TestReport>,
) -> Vec<DeviationReport> {
    let entries = states(known, tests);
    let outdated = failures(&entries, file.unwrap_or_default(), tests, known.scope);
    tests.extend(outdated);
    tests.sort_by(|a, b| a.name.cmp(&b.name));
    entries
}

fn states(known: &Known<'_>, tests: &[TestReport]) -> Vec<DeviationReport> {
    known
        .entries
        .iter()
        .zip(known.match_counts)
        .enumerate()
        .map(|(index, (deviation, match_count))| {
            let seen = |test: &&TestReport| test.deviations.contains(&index);
            let observed: Vec<String> = tests.iter().filter(seen).map(|test| test.name.to_string()).collect();
            let state = match observed.is_empty() {
                _ if known.today > deviation.expires => DeviationState::Expired,
                false => DeviationState::Observed,
                true => unobserved(deviation, tests, *match_count, known.scope),
            };
            entry(deviation, state, observed)
        })
        .collect()
}

/// The state of an entry that was not observed.
fn unobserved(deviation: &Deviation, tests: &[TestReport], match_count: usize, scope: Scope) -> DeviationState {
    if match_count == 0 {
        return if scope == Scope::Filtered { DeviationState::Unobserved } else { DeviationState::Unmatched };
    }
    let about = |test: &&TestReport| {
        deviation.covers(&test.name)
            && deviation.clause.as_ref().is_none_or(|clause| touches(test, clause))
            && (deviation.operations.is_empty() || calls(test, &deviation.operations))
    };
    let covered: Vec<&TestReport> = tests.iter().filter(about).collect();
    // A test without a verdict says nothing about the entry.
    let unknown = |test: &&TestReport| {
        test.verdict == Verdict::Inconclusive || (test.verdict == Verdict::Skipped && test.exchanges.is_empty())
    };
    match (scope, covered.is_empty()) {
        (Scope::Whole, true) => DeviationState::Unmatched,
        (Scope::Shard | Scope::Filtered, true) => DeviationState::Unobserved,
        (_, false) if deviation.flaky || covered.iter().any(unknown) => DeviationState::Unobserved,
        (Scope::Whole, false) => DeviationState::Stale,
        // Tests that were not selected may show it.
        (Scope::Shard | Scope::Filtered, false) => {
            let run = tests.iter().filter(|test| deviation.covers(&test.name)).count();
            if run == match_count { DeviationState::Stale } else { DeviationState::Unobserved }
        }
    }
}

fn entry(deviation: &Deviation, state: DeviationState, observed: Vec<String>) -> DeviationReport {
    let what = format!("the known deviation from {} ({})", deviation.subject(), deviation.ticket);
    let note = match state {
        DeviationState::Observed => None,
        DeviationState::Unobserved if deviation.flaky => Some("it is intermittent, and was not observed".to_owned()),
        DeviationState::Unobserved => Some("the tests that it matches were not selected or had no verdict".to_owned()),
        DeviationState::Stale => Some(format!("{what} no longer holds: take it out of the target file")),
        DeviationState::Expired => Some(format!(
            "{what} was accepted until {}: fix the violation, or agree on a later date",
            deviation.expires
        )),
        DeviationState::Unmatched => {
            Some(format!("{what} matches no test: correct its `tests` or `clause`, or remove it"))
        }
    };
    DeviationReport {
        clause: deviation.clause.clone(),
        tests: deviation.tests.clone(),
        check: deviation.check.clone(),
        place: deviation.place.clone(),
        operations: deviation.operations.clone(),
        expected: deviation.expected.clone(),
        actual: deviation.actual.clone(),
        responses: deviation.responses.clone(),
        reason: deviation.reason.clone(),
        ticket: deviation.ticket.clone(),
        owner: deviation.owner.clone(),
        expires: deviation.expires.to_string(),
        flaky: deviation.flaky,
        line: deviation.line,
        state,
        note,
        observed_in: observed,
    }
}

fn touches(test: &TestReport, clause: &String) -> bool {
    test.clauses.contains(clause) || test.evidence_of(clause).is_some()
}

fn calls(test: &TestReport, operations: &[String]) -> bool {
    test.exchanges.iter().any(|exchange| operations.iter().any(|operation| **operation == *exchange.operation))
}

/// A failed test for every entry that is out of date.
fn failures(entries: &[DeviationReport], file: &str, tests: &[TestReport], scope: Scope) -> Vec<TestReport> {
    let is_relevant = |entry: &DeviationReport| {
        let covers = |name: &str| entry.tests.as_deref().is_none_or(|pattern| judge::target::fits(pattern, name));
        let about = |test: &TestReport| entry.clause.as_ref().is_none_or(|clause| touches(test, clause));
        tests.iter().any(|test| covers(&test.name) && about(test))
    };
    entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| match entry.state {
            DeviationState::Observed | DeviationState::Unobserved => false,
            DeviationState::Expired => scope != Scope::Filtered || is_relevant(entry),
            DeviationState::Stale | DeviationState::Unmatched => true,
        })
        .map(|(index, entry)| {
            let subject = entry.clause.as_deref().unwrap_or("tests").to_lowercase();
            let name = format!("{OF_THE_LIST}{subject}-{}", index + 1);
            TestReport {
                file: file.into(),
                line: entry.line,
                about: "The list of known deviations is up to date.".into(),
                reason: entry.note.clone(),
                clauses: entry.clause.iter().cloned().collect(),
                ..TestReport::without_record(&name, Verdict::Failed)
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entries(deviation: serde_json::Value) -> Vec<Deviation> {
        let mut whole = json!({ "reason": "r", "ticket": "t", "expires": "2030-01-01" });
        whole.as_object_mut().expect("an object").extend(deviation.as_object().expect("an object").clone());
        vec![serde_json::from_value(whole).expect("a deviation")]
    }

    fn test(name: &str, verdict: Verdict, described: bool) -> TestReport {
        TestReport {
            clauses: ["A".into()].into(),
            deviations: if described { vec![0] } else { Vec::new() },
            ..TestReport::without_record(name, verdict)
        }
    }

    fn judged(entries: &[Deviation], names: &[&str], tests: &[TestReport], scope: Scope) -> Vec<DeviationReport> {
        let today = "2026-11-22".parse().expect("a date");
        let match_counts = match_counts(entries, names.iter().copied());
        states(&Known { entries, match_counts: &match_counts, today, scope }, tests)
    }

    fn state(deviation: serde_json::Value, tests: &[TestReport], scope: Scope) -> DeviationState {
        judged(&entries(deviation), &["f::a", "f::b"], tests, scope)[0].state
    }

    #[test]
    fn entry_is_observed_stale_or_unobserved() {
        use DeviationState::{Observed, Stale, Unobserved};
        let all = |one: Verdict, seen: bool| [test("f::a", one, seen), test("f::b", Verdict::Passed, false)];
        let entry = json!({ "clause": "A" });
        assert_eq!(state(entry.clone(), &all(Verdict::Skipped, true), Scope::Whole), Observed);
        assert_eq!(state(entry.clone(), &all(Verdict::Passed, false), Scope::Whole), Stale);
        assert_eq!(state(entry.clone(), &all(Verdict::Inconclusive, false), Scope::Whole), Unobserved);
        // Skipped without having run: not supported by the target.
        assert_eq!(state(entry.clone(), &all(Verdict::Skipped, false), Scope::Whole), Unobserved);
        assert_eq!(state(entry.clone(), &all(Verdict::Passed, false)[..1], Scope::Filtered), Unobserved);
        assert_eq!(state(entry, &all(Verdict::Passed, false), Scope::Shard), Stale);
        let flaky = json!({ "clause": "A", "flaky": true });
        assert_eq!(state(flaky, &all(Verdict::Passed, false), Scope::Whole), Unobserved);
    }

    #[test]
    fn entry_without_matching_test_is_unmatched() {
        let run = [test("f::a", Verdict::Passed, false), test("f::b", Verdict::Passed, false)];
        for entry in [json!({ "tests": "g::*" }), json!({ "clause": "B" }), json!({ "clause": "B", "flaky": true })] {
            assert_eq!(state(entry, &run, Scope::Whole), DeviationState::Unmatched);
        }
        assert_eq!(state(json!({ "tests": "g::*" }), &run, Scope::Shard), DeviationState::Unmatched);
        assert_eq!(state(json!({ "tests": "g::*" }), &run, Scope::Filtered), DeviationState::Unobserved);
    }

    #[test]
    fn expired_entry_fails_unless_filters_exclude_its_tests() {
        let entries = entries(json!({ "tests": "f::a", "expires": "2026-11-21" }));
        let failing = |name: &str, scope| {
            let run = [test(name, Verdict::Passed, false)];
            failures(&judged(&entries, &["f::a"], &run, scope), "t.yaml", &run, scope).len()
        };
        assert_eq!(failing("f::a", Scope::Whole), 1);
        assert_eq!(failing("f::b", Scope::Shard), 1);
        assert_eq!(failing("f::a", Scope::Filtered), 1);
        assert_eq!(failing("f::b", Scope::Filtered), 0);
    }
}
