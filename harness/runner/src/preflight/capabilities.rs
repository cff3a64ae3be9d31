//! Finds out whether the target supports the capabilities that a pack names, as far as a read can show it.
//!
//! The probes come from the scenarios: a test that needs only one capability, and expects a documented error of a read.
//! If the target responds with a success, it does not support the capability.

use super::probe::{Prober, is_safe};
use judge::preflight::{CapabilityFact, CapabilityState};
use spec::scenario::plan::Repetition;
use spec::scenario::{Call, Library, TestCase, Variables};

/// With how many different reads a capability is probed.
const MAX_PROBES: usize = 2;

/// A read that shows whether the target supports a capability.
#[derive(Clone, Debug)]
pub(super) struct CapabilityProbe {
    capability: String,
    actor: String,
    operation: String,
    call: Call,
    variables: Variables,
}

/// Collects the probes from the scenarios.
pub(super) fn probes(library: &Library) -> Vec<CapabilityProbe> {
    let mut probes: Vec<CapabilityProbe> = Vec::new();
    for test in &library.tests {
        for call in test.steps.iter().filter_map(|step| step.call()) {
            let Some(probe) = probe(test, call) else { continue };
            let alike = |other: &&CapabilityProbe| other.capability == probe.capability;
            let known = |other: &&CapabilityProbe| {
                other.operation == probe.operation && other.call.headers == probe.call.headers
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

fn probe(test: &TestCase, call: &Call) -> Option<CapabilityProbe> {
    let [capability] = test.needs.as_ref() else { return None };
    let expected = call.expectation().filter(|expected| !expected.errors().is_empty() && !expected.success())?;
    let operation = &call.operation;
    let is_once = matches!(call.repetition, Repetition::Once);
    let plain = is_once && call.alter.is_none() && expected.tolerate.is_empty();
    if !plain || call.headers.is_empty() || !is_safe(operation) || !operation.parameters().is_empty() {
        return None;
    }
    Some(CapabilityProbe {
        capability: capability.clone(),
        actor: call.actor.clone()?,
        operation: operation.id.clone(),
        call: call.clone(),
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
    let (mut state, mut actual) = (CapabilityState::Unclear, String::new());
    for probe in probes {
        let Some(Ok(response)) = prober.send(&probe.call, &probe.variables).await else { continue };
        if !response.is_success() {
            state = if response.enveloped { CapabilityState::Present } else { CapabilityState::Unclear };
            break;
        }
        state = CapabilityState::Missing;
        actual = format!("{} to {}", response.status, probe.operation);
    }
    let says = (state == CapabilityState::Missing).then(|| {
        format!(
            "the target seems to lack {capability}: it returns {actual} as for an ordinary request; declare it under `lacks` in the target file, or enable it"
        )
    });
    CapabilityFact { capability: capability.to_owned(), state, problem: says }
}
