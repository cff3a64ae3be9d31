//! Whether the target has the capabilities that a pack names, as far as a read can show it.
//!
//! The scenarios say how: where a test needs nothing but one capability, and reads something in such a way that a
//! documented error must come, an ordinary success shows that the capability is not there.

use super::facts::{CapabilityFact, CapabilityState};
use super::probe::{Prober, is_safe};
use crate::contract::{Contract, Operation};
use crate::scenario::{Library, Step, TestCase, Variables, template};

/// On how many different reads an absence is tried.
const TRIES: usize = 2;

/// A read that shows whether a capability is there.
#[derive(Clone, Debug)]
pub(super) struct Sign {
    capability: String,
    actor: String,
    operation: String,
    step: Step,
    variables: Variables,
}

/// Reads from the scenarios how capabilities show.
pub(super) fn signs(contract: &Contract, library: &Library) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::new();
    for test in &library.tests {
        for step in &test.steps {
            let Some(sign) = sign(contract, test, step) else { continue };
            let alike = |other: &&Sign| other.capability == sign.capability;
            let known = |other: &&Sign| other.operation == sign.operation && other.step.headers == sign.step.headers;
            if signs.iter().filter(alike).count() < TRIES && !signs.iter().filter(alike).any(|other| known(&other)) {
                signs.push(sign);
            }
        }
    }
    signs
}

fn sign(contract: &Contract, test: &TestCase, step: &Step) -> Option<Sign> {
    let [capability] = test.needs.as_slice() else { return None };
    let expect = step.expect.as_ref().filter(|expect| !expect.error.is_empty() && !expect.success)?;
    let operation: &Operation = contract.operation(&template::text(step.call.as_deref()?, &test.variables).ok()?)?;
    let plain = step.burst.is_none() && step.poll.is_none() && step.alter.is_none() && expect.tolerate.is_empty();
    if !plain || step.headers.is_empty() || !is_safe(operation) || !operation.parameters().is_empty() {
        return None;
    }
    Some(Sign {
        capability: capability.clone(),
        actor: template::text(step.actor.as_deref()?, &test.variables).ok()?,
        operation: operation.id.clone(),
        step: step.clone(),
        variables: test.variables.clone(),
    })
}

/// Which capabilities are there; `wanted` are those of interest, `usable` the actors whose credentials are accepted.
pub(super) async fn capabilities(
    prober: &Prober<'_>,
    signs: &[Sign],
    wanted: impl Fn(&str) -> bool,
    usable: impl Fn(&str) -> bool,
) -> Vec<CapabilityFact> {
    let mut facts = Vec::new();
    for capability in prober.contract.conventions.capabilities.keys() {
        if !wanted(capability) || prober.target.lacks.contains_key(capability) {
            continue;
        }
        let usable = |sign: &&Sign| sign.capability == *capability && usable(&sign.actor);
        facts.push(fact(prober, capability, signs.iter().filter(usable)).await);
    }
    facts
}

async fn fact<'s>(prober: &Prober<'_>, capability: &str, signs: impl Iterator<Item = &'s Sign>) -> CapabilityFact {
    let (mut state, mut came) = (CapabilityState::Unclear, String::new());
    for sign in signs {
        let Some(Ok(answer)) = prober.send(&sign.step, &sign.variables).await else { continue };
        if !answer.is_success() {
            state = if answer.enveloped { CapabilityState::Present } else { CapabilityState::Unclear };
            break;
        }
        state = CapabilityState::Missing;
        came = format!("{} to {}", answer.status, sign.operation);
    }
    let says = (state == CapabilityState::Missing).then(|| {
        format!(
            "the target seems to lack {capability}: it answers {came} as if nothing were asked of it; declare it under `lacks` in the target file, or switch it on"
        )
    });
    CapabilityFact { capability: capability.to_owned(), state, says }
}
