//! Known deviations that no longer hold.

use std::path::Path;

use super::results::synthetic;
use crate::report::TrialResult;
use crate::verdict::{Rules, Verdict};

/// A known deviation that no longer holds, or that matches nothing, fails the run: the list must not rot.
pub(super) fn stale_deviations(rules: &Rules, results: &[TrialResult], file: Option<&Path>) -> Vec<TrialResult> {
    let file = file.map(|path| path.display().to_string()).unwrap_or_default();
    let mut stale = Vec::new();
    for (index, deviation) in rules.deviations.iter().enumerate() {
        let name = format!("deviations::{}-{}", deviation.clause.to_lowercase(), index + 1);
        if rules.today > deviation.expires {
            let reason = format!(
                "the known deviation from {} ({}) was let pass until {}: mend the breach, or agree on another day",
                deviation.clause, deviation.ticket, deviation.expires
            );
            let clauses = vec![deviation.clause.clone()];
            stale.push(synthetic(name, file.clone(), deviation.line, clauses, Verdict::Failed, Some(reason)));
            continue;
        }
        if results.iter().any(|result| result.outcome.deviations.contains(&index)) {
            continue;
        }
        let covered: Vec<&TrialResult> = results
            .iter()
            .filter(|result| deviation.covers(&result.name))
            .filter(|result| {
                result.clauses.contains(&deviation.clause) || result.record.exercised.contains(&deviation.clause)
            })
            .collect();
        let reason = match covered.iter().any(|result| result.outcome.verdict != Verdict::Inconclusive) {
            // Where no verdict could be had, nothing is known of it either.
            false if !covered.is_empty() => continue,
            false => format!("the known deviation from {} ({}) matches no trial", deviation.clause, deviation.ticket),
            true => format!(
                "the known deviation from {} ({}) no longer holds: take it out of the target file",
                deviation.clause, deviation.ticket
            ),
        };
        stale.push(synthetic(
            name,
            file.clone(),
            deviation.line,
            vec![deviation.clause.clone()],
            Verdict::Failed,
            Some(reason),
        ));
    }
    stale
}
