//! Finds out whether the target supports the capabilities that a pack names, as far as a read can show it.
//!
//! The probes come from the scenarios: a test that needs only one capability, and expects a documented error of a read.
//! If the target answers with a success, it does not support the capability.

use super::probe::{Prober, is_safe};
use judge::preflight::{CapabilityFact, CapabilityState};
use spec::contract::{Contract, Operation};
use spec::scenario::{Library, Step, TestCase, Variables, template};

/// With how many different reads a capability is probed.
const MAX_PROBES: usize = 2;

/// A read that shows whether the target supports a capability.
#[derive(Clone, Debug)]
pub(super) struct CapabilityProbe {
    capability: String,
    actor: String,
    operation: String,
    step: Step,
    variables: Variables,
}

/// Collects the probes from the scenarios.
pub(super) fn probes(contract: &Contract, library: &Library) -> Vec<CapabilityProbe> {
    let mut probes: Vec<CapabilityProbe> = Vec::new();
    for test in &library.tests {
        for step in &test.steps {
            let Some(probe) = probe(contract, test, step) else { continue };
            let alike = |other: &&CapabilityProbe| other.capability == probe.capability;
            let known = |other: &&CapabilityProbe| {
                other.operation == probe.operation && other.step.headers == probe.step.headers
            };
            if probes.iter().filter(alike).count() < MAX_PROBES
                && !probes.iter().filter(alike).any(|other| known(&other))
            {
                probes.push(probe);
            }
        }
    }
    probes
}

fn probe(contract: &Contract, test: &TestCase, step: &Step) -> Option<CapabilityProbe> {
    let [capability] = test.needs.as_slice() else { return None };
    let expect = step.expect.as_ref().filter(|expect| !expect.error.is_empty() && !expect.success)?;
    let operation: &Operation = contract.operation(&template::text(step.call.as_deref()?, &test.variables).ok()?)?;
    let plain = step.burst.is_none() && step.poll.is_none() && step.alter.is_none() && expect.tolerate.is_empty();
    if !plain || step.headers.is_empty() || !is_safe(operation) || !operation.parameters().is_empty() {
        return None;
    }
    Some(CapabilityProbe {
        capability: capability.clone(),
        actor: template::text(step.actor.as_deref()?, &test.variables).ok()?,
        operation: operation.id.clone(),
        step: step.clone(),
        variables: test.variables.clone(),
    })
}

/// Probes the capabilities. `wanted` selects those of interest, `usable` the actors with an accepted credential.
pub(super) async fn capabilities(
    prober: &Prober<'_>,
    probes: &[CapabilityProbe],
    wanted: impl Fn(&str) -> bool,
    usable: impl Fn(&str) -> bool,
) -> Vec<CapabilityFact> {
    let mut facts = Vec::new();
    for capability in prober.contract.conventions.capabilities.keys() {
        if !wanted(capability) || prober.target.lacks.contains_key(capability) {
            continue;
        }
        let usable = |probe: &&CapabilityProbe| probe.capability == *capability && usable(&probe.actor);
        facts.push(fact(prober, capability, probes.iter().filter(usable)).await);
    }
    facts
}

async fn fact<'s>(
    prober: &Prober<'_>,
    capability: &str,
    probes: impl Iterator<Item = &'s CapabilityProbe>,
) -> CapabilityFact {
    let (mut state, mut came) = (CapabilityState::Unclear, String::new());
    for probe in probes {
        let Some(Ok(answer)) = prober.send(&probe.step, &probe.variables).await else { continue };
        if !answer.is_success() {
            state = if answer.enveloped { CapabilityState::Present } else { CapabilityState::Unclear };
            break;
        }
        state = CapabilityState::Missing;
        came = format!("{} to {}", answer.status, probe.operation);
    }
    let says = (state == CapabilityState::Missing).then(|| {
        format!(
            "the target seems to lack {capability}: it answers {came} as to an ordinary request; declare it under `lacks` in the target file, or enable it"
        )
    });
    CapabilityFact { capability: capability.to_owned(), state, says }
}
