//! The list of known deviations after a run: which entries were observed, and which have rotted.

use std::collections::BTreeSet;

use crate::report::TrialResult;
use crate::report::model::{DeviationReport, DeviationState};
use crate::target::Deviation;
use crate::verdict::{Outcome, Rules, Verdict};

/// How much of the suite a run was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// All of it.
    Whole,
    /// A shard: together with its like, all of it.
    Shard,
    /// What filters left.
    Filtered,
}

/// What became of each entry; `names` are all trials of the suite, selected or not.
pub(super) fn states(
    rules: &Rules,
    results: &[TrialResult],
    names: &BTreeSet<String>,
    scope: Scope,
) -> Vec<DeviationReport> {
    rules
        .deviations
        .iter()
        .enumerate()
        .map(|(index, deviation)| {
            let observed: Vec<String> = results
                .iter()
                .filter(|result| result.outcome.described.iter().flatten().any(|entry| *entry == index))
                .map(|result| result.name.clone())
                .collect();
            let state = match observed.is_empty() {
                _ if rules.today > deviation.expires => DeviationState::Expired,
                false => DeviationState::Observed,
                true => unobserved(deviation, results, names, scope),
            };
            entry(deviation, state, observed)
        })
        .collect()
}

/// Why nothing that an entry describes was seen.
fn unobserved(
    deviation: &Deviation,
    results: &[TrialResult],
    names: &BTreeSet<String>,
    scope: Scope,
) -> DeviationState {
    if !names.iter().any(|name| deviation.covers(name)) {
        return if scope == Scope::Filtered { DeviationState::Unobserved } else { DeviationState::Unmatched };
    }
    let about = |result: &&TrialResult| {
        let touches = |clause| result.clauses.contains(clause) || result.record.exercised.contains(clause);
        deviation.covers(&result.name) && deviation.clause.as_ref().is_none_or(touches)
    };
    let covered: Vec<&TrialResult> = results.iter().filter(about).collect();
    // Where no verdict could be had, nothing is known of the entry, either.
    let unknown = |result: &&TrialResult| {
        result.outcome.verdict == Verdict::Inconclusive
            || (result.outcome.verdict == Verdict::Skipped && result.record.exchanges.is_empty())
    };
    match (scope, covered.is_empty()) {
        (Scope::Whole, true) => DeviationState::Unmatched,
        (Scope::Shard | Scope::Filtered, true) => DeviationState::Unobserved,
        (_, false) if deviation.flaky || covered.iter().any(unknown) => DeviationState::Unobserved,
        (Scope::Whole, false) => DeviationState::Stale,
        // Trials that were not selected may still show it.
        (Scope::Shard | Scope::Filtered, false) => {
            let run: BTreeSet<&str> = results.iter().map(|result| result.name.as_str()).collect();
            let all_run = names.iter().filter(|name| deviation.covers(name)).all(|name| run.contains(name.as_str()));
            if all_run { DeviationState::Stale } else { DeviationState::Unobserved }
        }
    }
}

fn entry(deviation: &Deviation, state: DeviationState, observed: Vec<String>) -> DeviationReport {
    let what = format!("the known deviation from {} ({})", deviation.subject(), deviation.ticket);
    let note = match state {
        DeviationState::Observed => None,
        DeviationState::Unobserved if deviation.flaky => Some("it comes and goes, and did not show".to_owned()),
        DeviationState::Unobserved => Some("what it is about was not selected or had no verdict".to_owned()),
        DeviationState::Stale => Some(format!("{what} no longer holds: take it out of the target file")),
        DeviationState::Expired => {
            Some(format!("{what} was let pass until {}: mend the breach, or agree on another day", deviation.expires))
        }
        DeviationState::Unmatched => {
            Some(format!("{what} matches no trial: correct its `trials` or `clause`, or take it out"))
        }
    };
    DeviationReport {
        clause: deviation.clause.clone(),
        trials: deviation.trials.clone(),
        check: deviation.check.clone(),
        place: deviation.place.clone(),
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

/// A failed result for every entry that has rotted: the list must not.
pub(super) fn failures(
    entries: &[DeviationReport],
    file: &str,
    results: &[TrialResult],
    scope: Scope,
) -> Vec<TrialResult> {
    let spoken_of = |entry: &DeviationReport| {
        let covers = |name: &str| entry.trials.as_deref().is_none_or(|pattern| crate::target::fits(pattern, name));
        let touches = |result: &TrialResult| {
            let about = |clause| result.clauses.contains(clause) || result.record.exercised.contains(clause);
            entry.clause.as_ref().is_none_or(about)
        };
        results.iter().any(|result| covers(&result.name) && touches(result))
    };
    entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| match entry.state {
            DeviationState::Observed | DeviationState::Unobserved => false,
            DeviationState::Expired => scope != Scope::Filtered || spoken_of(entry),
            DeviationState::Stale | DeviationState::Unmatched => true,
        })
        .map(|(index, entry)| {
            let subject = entry.clause.as_deref().unwrap_or("trials").to_lowercase();
            TrialResult {
                name: format!("deviations::{subject}-{}", index + 1),
                file: file.to_owned(),
                line: entry.line,
                about: "The list of known deviations is true.".to_owned(),
                clauses: entry.clause.iter().cloned().collect(),
                outcome: Outcome::unrun(Verdict::Failed, entry.note.clone()),
                started: None,
                took: std::time::Duration::ZERO,
                record: crate::execute::TrialRecord::default(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::execute::TrialRecord;
    use serde_json::json;

    fn rules(deviation: serde_json::Value) -> Rules {
        let mut whole = json!({ "reason": "r", "ticket": "t", "expires": "2030-01-01" });
        whole.as_object_mut().expect("an object").extend(deviation.as_object().expect("an object").clone());
        Rules {
            deviations: vec![serde_json::from_value(whole).expect("a deviation")],
            today: "2026-11-22".parse().expect("a date"),
            ..Rules::default()
        }
    }

    fn result(name: &str, verdict: Verdict, described: bool) -> TrialResult {
        let entries = if described { vec![vec![0]] } else { Vec::new() };
        TrialResult {
            name: name.into(),
            file: String::new(),
            line: 1,
            about: String::new(),
            clauses: vec!["A".into()],
            outcome: Outcome { verdict, reason: None, described: entries },
            started: None,
            took: std::time::Duration::ZERO,
            record: TrialRecord::default(),
        }
    }

    fn state(deviation: serde_json::Value, results: &[TrialResult], scope: Scope) -> DeviationState {
        let names = ["f::a", "f::b"].map(str::to_owned).into();
        let states = states(&rules(deviation), results, &names, scope);
        states[0].state
    }

    #[test]
    fn an_entry_is_observed_stale_or_unknown() {
        use DeviationState::{Observed, Stale, Unobserved};
        let all = |one: Verdict, seen: bool| [result("f::a", one, seen), result("f::b", Verdict::Passed, false)];
        let entry = json!({ "clause": "A" });
        assert_eq!(state(entry.clone(), &all(Verdict::Skipped, true), Scope::Whole), Observed);
        assert_eq!(state(entry.clone(), &all(Verdict::Passed, false), Scope::Whole), Stale);
        assert_eq!(state(entry.clone(), &all(Verdict::Inconclusive, false), Scope::Whole), Unobserved);
        // Skipped without having been run: the target lacks something.
        assert_eq!(state(entry.clone(), &all(Verdict::Skipped, false), Scope::Whole), Unobserved);
        assert_eq!(state(entry.clone(), &all(Verdict::Passed, false)[..1], Scope::Filtered), Unobserved);
        assert_eq!(state(entry, &all(Verdict::Passed, false), Scope::Shard), Stale);
        let flaky = json!({ "clause": "A", "flaky": true });
        assert_eq!(state(flaky, &all(Verdict::Passed, false), Scope::Whole), Unobserved);
    }

    #[test]
    fn an_entry_must_match_something() {
        let run = [result("f::a", Verdict::Passed, false), result("f::b", Verdict::Passed, false)];
        for entry in [json!({ "trials": "g::*" }), json!({ "clause": "B" }), json!({ "clause": "B", "flaky": true })] {
            assert_eq!(state(entry, &run, Scope::Whole), DeviationState::Unmatched);
        }
        assert_eq!(state(json!({ "trials": "g::*" }), &run, Scope::Shard), DeviationState::Unmatched);
        assert_eq!(state(json!({ "trials": "g::*" }), &run, Scope::Filtered), DeviationState::Unobserved);
    }

    #[test]
    fn an_expired_entry_fails_where_it_is_spoken_of() {
        let rules = rules(json!({ "trials": "f::a", "expires": "2026-11-21" }));
        let names = BTreeSet::from(["f::a".to_owned()]);
        let failing = |name: &str, scope| {
            let run = [result(name, Verdict::Passed, false)];
            failures(&states(&rules, &run, &names, scope), "t.yaml", &run, scope).len()
        };
        assert_eq!(failing("f::a", Scope::Whole), 1);
        assert_eq!(failing("f::b", Scope::Shard), 1);
        assert_eq!(failing("f::a", Scope::Filtered), 1);
        assert_eq!(failing("f::b", Scope::Filtered), 0);
    }
}
