//! `prove --proxy --redundant`: which scenarios and expectations no mutation needs.

use tokio::runtime::Runtime;

use super::witnesses::witnesses;
use crate::run::Abort;
use mutate::prove::killers;
use mutate::{Campaign, Noticed, Origin, Redundancy};
use report::output::tell;
use spec::scenario::Library;

/// What the mutations need; of the embedded reference also its own mutants that are chosen by name.
pub(super) fn redundancy(
    runtime: &Runtime,
    campaign: &Campaign,
    library: &Library,
    mutations: &[mutate::Row],
    is_chosen: impl Fn(&str) -> bool,
) -> Result<Redundancy, Abort> {
    let noticed = mutations.iter().filter(|row| !row.kills.is_empty());
    let mut noticed: Vec<Noticed> =
        noticed.map(|row| Noticed { mutation: row.mutation.name.clone(), kills: row.kills.clone() }).collect();
    if matches!(campaign.origin, Origin::Embedded) {
        tell!("trying the mutants of the reference");
        let witnesses = witnesses(&campaign.contract.root)?;
        let of_mutants = killers(&campaign.contract, library, &witnesses, campaign.jobs, is_chosen);
        noticed.extend(runtime.block_on(of_mutants).map_err(Abort::Inconclusive)?);
    }
    Ok(Redundancy::of(&campaign.contract, library, &noticed))
}
