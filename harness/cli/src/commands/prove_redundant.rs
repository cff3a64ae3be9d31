//! `prove --proxy --redundant`: which scenarios and expectations no mutation needs.

use tokio::runtime::Runtime;

use super::prove_shared::witnesses;
use crate::run::Abort;
use mutate::prove::killers;
use mutate::{Baseline, Campaign, MutationOutcome, MutationResult, Noticed, Origin, Redundancy, situations};
use report::output::err_line;
use spec::scenario::Library;

/// What the mutations need; of the embedded reference also its own mutants that are chosen by name.
pub(super) fn redundancy(
    runtime: &Runtime,
    campaign: &Campaign,
    library: &Library,
    baseline: &Baseline,
    mutations: &[MutationResult],
    is_chosen: impl Fn(&str) -> bool,
) -> Result<Redundancy, Abort> {
    let mut noticed: Vec<Noticed> = mutations.iter().filter_map(noticed_by).collect();
    let tests = baseline.passing.iter().map(|passing| passing.test.clone()).collect();
    let second = runtime.block_on(campaign.baseline(tests)).map_err(Abort::Inconclusive)?;
    let situations = situations(&campaign.contract, baseline, &second);
    err_line!("trying {} faults in one situation", situations.len());
    // Other scenarios may report the fault for another clause, so all of its tests run.
    let complete = Campaign { enough: usize::MAX, ..campaign.clone() };
    let rows = runtime.block_on(complete.run(baseline, &situations, |_| {}));
    if rows.len() < situations.len() {
        let (tried, all) = (rows.len(), situations.len());
        return Err(Abort::Inconclusive(format!("interrupted: {tried} of {all} faults in one situation were tried")));
    }
    let untriggered = rows.iter().filter(|row| row.outcome == MutationOutcome::NeverTriggered).count();
    let unnoticed = rows.iter().filter(|row| row.kills.is_empty()).count() - untriggered;
    err_line!("{unnoticed} of them were not noticed, and {untriggered} changed no response");
    noticed.extend(rows.iter().flat_map(Noticed::by_clause));
    if matches!(campaign.origin, Origin::Embedded) {
        err_line!("trying the mutants of the reference");
        let witnesses = witnesses(&campaign.contract.root)?;
        let of_mutants = killers(&campaign.contract, library, &witnesses, campaign.jobs, is_chosen);
        noticed.extend(runtime.block_on(of_mutants).map_err(Abort::Inconclusive)?);
    }
    Ok(Redundancy::of(&campaign.contract, library, &noticed))
}

/// What noticed a mutation; `None` if nothing did.
fn noticed_by(row: &MutationResult) -> Option<Noticed> {
    let noticed = Noticed { mutation: row.mutation.name.clone(), kills: row.kills.clone() };
    (!noticed.kills.is_empty()).then_some(noticed)
}
