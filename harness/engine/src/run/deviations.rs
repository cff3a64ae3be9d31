//! The list of known deviations after a run: which entries were observed, and which have rotted.

use chrono::NaiveDate;

use crate::report::model::{DeviationReport, DeviationState, TrialReport};
use crate::report::parts::OF_THE_LIST;
use crate::target::Deviation;
use crate::verdict::Verdict;

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

/// The list of known deviations, and what it is held against.
pub(super) struct Known<'k> {
    /// The entries.
    pub(super) entries: &'k [Deviation],
    /// For each of them, of how many trials of the suite it speaks, whether they were selected or not.
    pub(super) spoken_of: &'k [usize],
    /// The day of the run.
    pub(super) today: NaiveDate,
    /// How much of the suite was run.
    pub(super) scope: Scope,
}

/// For each entry, of how many trials it speaks.
pub(super) fn spoken_of<'n>(entries: &[Deviation], names: impl Iterator<Item = &'n str> + Clone) -> Vec<usize> {
    entries.iter().map(|entry| names.clone().filter(|name| entry.covers(name)).count()).collect()
}

/// What became of each entry; those that have rotted join the trials as failures.
pub(super) fn add_deviations(
    known: &Known<'_>,
    file: Option<&str>,
    trials: &mut Vec<TrialReport>,
) -> Vec<DeviationReport> {
    let entries = states(known, trials);
    let rotted = failures(&entries, file.unwrap_or_default(), trials, known.scope);
    trials.extend(rotted);
    trials.sort_by(|a, b| a.name.cmp(&b.name));
    entries
}

fn states(known: &Known<'_>, trials: &[TrialReport]) -> Vec<DeviationReport> {
    known
        .entries
        .iter()
        .zip(known.spoken_of)
        .enumerate()
        .map(|(index, (deviation, spoken_of))| {
            let seen = |trial: &&TrialReport| trial.deviations.contains(&index);
            let observed: Vec<String> = trials.iter().filter(seen).map(|trial| trial.name.clone()).collect();
            let state = match observed.is_empty() {
                _ if known.today > deviation.expires => DeviationState::Expired,
                false => DeviationState::Observed,
                true => unobserved(deviation, trials, *spoken_of, known.scope),
            };
            entry(deviation, state, observed)
        })
        .collect()
}

/// Why nothing that an entry describes was seen.
fn unobserved(deviation: &Deviation, trials: &[TrialReport], spoken_of: usize, scope: Scope) -> DeviationState {
    if spoken_of == 0 {
        return if scope == Scope::Filtered { DeviationState::Unobserved } else { DeviationState::Unmatched };
    }
    let about = |trial: &&TrialReport| {
        deviation.covers(&trial.name)
            && deviation.clause.as_ref().is_none_or(|clause| touches(trial, clause))
            && (deviation.operations.is_empty() || calls(trial, &deviation.operations))
    };
    let covered: Vec<&TrialReport> = trials.iter().filter(about).collect();
    // Where no verdict could be had, nothing is known of the entry, either.
    let unknown = |trial: &&TrialReport| {
        trial.verdict == Verdict::Inconclusive || (trial.verdict == Verdict::Skipped && trial.exchanges.is_empty())
    };
    match (scope, covered.is_empty()) {
        (Scope::Whole, true) => DeviationState::Unmatched,
        (Scope::Shard | Scope::Filtered, true) => DeviationState::Unobserved,
        (_, false) if deviation.flaky || covered.iter().any(unknown) => DeviationState::Unobserved,
        (Scope::Whole, false) => DeviationState::Stale,
        // Trials that were not selected may still show it.
        (Scope::Shard | Scope::Filtered, false) => {
            let run = trials.iter().filter(|trial| deviation.covers(&trial.name)).count();
            if run == spoken_of { DeviationState::Stale } else { DeviationState::Unobserved }
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
        operations: deviation.operations.clone(),
        expected: deviation.expected.clone(),
        came: deviation.came.clone(),
        answers: deviation.answers.clone(),
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

fn touches(trial: &TrialReport, clause: &String) -> bool {
    trial.clauses.contains(clause) || trial.evidence_of(clause).is_some()
}

fn calls(trial: &TrialReport, operations: &[String]) -> bool {
    trial.exchanges.iter().any(|exchange| operations.contains(&exchange.operation))
}

/// A failed trial for every entry that has rotted: the list must not.
fn failures(entries: &[DeviationReport], file: &str, trials: &[TrialReport], scope: Scope) -> Vec<TrialReport> {
    let spoken_of = |entry: &DeviationReport| {
        let covers = |name: &str| entry.trials.as_deref().is_none_or(|pattern| crate::target::fits(pattern, name));
        let about = |trial: &TrialReport| entry.clause.as_ref().is_none_or(|clause| touches(trial, clause));
        trials.iter().any(|trial| covers(&trial.name) && about(trial))
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
            TrialReport {
                name: format!("{OF_THE_LIST}{subject}-{}", index + 1),
                file: file.to_owned(),
                line: entry.line,
                about: "The list of known deviations is true.".to_owned(),
                verdict: Verdict::Failed,
                reason: entry.note.clone(),
                started_at: None,
                duration_ms: 0,
                clauses: entry.clause.iter().cloned().collect(),
                evidence: Vec::new(),
                open: Vec::new(),
                codes: Vec::new(),
                deviations: Vec::new(),
                findings: Vec::new(),
                exchanges: Vec::new(),
                fuzz: None,
                repro: None,
                flaky: false,
                attempts: Vec::new(),
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

    fn trial(name: &str, verdict: Verdict, described: bool) -> TrialReport {
        TrialReport {
            name: name.into(),
            file: String::new(),
            line: 1,
            about: String::new(),
            verdict,
            reason: None,
            started_at: None,
            duration_ms: 0,
            clauses: vec!["A".into()],
            evidence: Vec::new(),
            open: Vec::new(),
            codes: Vec::new(),
            deviations: if described { vec![0] } else { Vec::new() },
            findings: Vec::new(),
            exchanges: Vec::new(),
            fuzz: None,
            repro: None,
            flaky: false,
            attempts: Vec::new(),
        }
    }

    fn judged(entries: &[Deviation], names: &[&str], trials: &[TrialReport], scope: Scope) -> Vec<DeviationReport> {
        let today = "2026-11-22".parse().expect("a date");
        let spoken_of = spoken_of(entries, names.iter().copied());
        states(&Known { entries, spoken_of: &spoken_of, today, scope }, trials)
    }

    fn state(deviation: serde_json::Value, trials: &[TrialReport], scope: Scope) -> DeviationState {
        judged(&entries(deviation), &["f::a", "f::b"], trials, scope)[0].state
    }

    #[test]
    fn an_entry_is_observed_stale_or_unknown() {
        use DeviationState::{Observed, Stale, Unobserved};
        let all = |one: Verdict, seen: bool| [trial("f::a", one, seen), trial("f::b", Verdict::Passed, false)];
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
        let run = [trial("f::a", Verdict::Passed, false), trial("f::b", Verdict::Passed, false)];
        for entry in [json!({ "trials": "g::*" }), json!({ "clause": "B" }), json!({ "clause": "B", "flaky": true })] {
            assert_eq!(state(entry, &run, Scope::Whole), DeviationState::Unmatched);
        }
        assert_eq!(state(json!({ "trials": "g::*" }), &run, Scope::Shard), DeviationState::Unmatched);
        assert_eq!(state(json!({ "trials": "g::*" }), &run, Scope::Filtered), DeviationState::Unobserved);
    }

    #[test]
    fn an_expired_entry_fails_where_it_is_spoken_of() {
        let entries = entries(json!({ "trials": "f::a", "expires": "2026-11-21" }));
        let failing = |name: &str, scope| {
            let run = [trial(name, Verdict::Passed, false)];
            failures(&judged(&entries, &["f::a"], &run, scope), "t.yaml", &run, scope).len()
        };
        assert_eq!(failing("f::a", Scope::Whole), 1);
        assert_eq!(failing("f::b", Scope::Shard), 1);
        assert_eq!(failing("f::a", Scope::Filtered), 1);
        assert_eq!(failing("f::b", Scope::Filtered), 0);
    }
}
