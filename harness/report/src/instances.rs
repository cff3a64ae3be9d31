//! Unites the reports of several instances of one API into one report: an instance without storage, a retired one, one
//! with another configuration. No single deployment can show every error code; together they can.
//!
//! A clause is upheld if an instance upholds it and none violates it. Each test exists once for each instance, with the
//! name of the instance before its own: `retired/store::reads`.

use std::collections::BTreeMap;

use super::model::{ActorReport, Extent, FindingReport, InstanceReport, Manifest, Report, TestReport};
use super::parts::{Part, judge};
use super::queries::OF_THE_LIST;

/// The parts of each instance, by its name; one group under the empty name if the target files name no instance.
pub fn grouped(parts: Vec<Part>) -> Result<BTreeMap<String, Vec<Part>>, String> {
    let instance = |part: &Part| part.report.manifest.as_ref().and_then(|manifest| manifest.instance.clone());
    let of = |part: &Part| instance(part).map(|instance| instance.of);
    if let [first, ..] = parts.as_slice()
        && let Some(other) = parts.iter().find(|part| of(part) != of(first))
    {
        let words = |part: &Part| {
            of(part).map_or_else(|| "names no instance".to_owned(), |api| format!("is an instance of {api}"))
        };
        return Err(format!("{} {}, and {} {}", first.name, words(first), other.name, words(other)));
    }
    let mut groups: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for part in parts {
        let name = instance(&part).map(|instance| instance.name).unwrap_or_default();
        groups.entry(name).or_default().push(part);
    }
    Ok(groups)
}

/// Unites the whole reports of instances, by their names. An error says why they cannot be united.
pub fn united(reports: BTreeMap<String, Report>) -> Result<Report, String> {
    let Some((first_name, first)) = reports.iter().next() else { return Err("there is no report".to_owned()) };
    for (name, report) in &reports {
        let differs = [
            ("the version of the suite", report.suite.version != first.suite.version),
            ("the contract", report.suite.contract_hash != first.suite.contract_hash),
            ("strictness", report.strict != first.strict),
        ];
        if let Some((what, _)) = differs.into_iter().find(|(_, differs)| *differs) {
            return Err(format!("the instances {first_name} and {name} differ in {what}"));
        }
    }
    let mut united = first.clone();
    united.instances = reports.iter().map(|(name, report)| instance(name, report)).collect();
    united.manifest = Some(manifest(&reports));
    united.target = target(&reports);
    united.actors = actors(&reports);
    united.started_at = reports.values().map(|report| report.started_at.clone()).min().unwrap_or_default();
    united.duration_ms = reports.values().map(|report| report.duration_ms).sum();
    united.requests = reports.values().map(|report| report.requests).sum();
    united.preflight = None;
    (united.tests, united.deviations, united.leftovers) = (Vec::new(), Vec::new(), Vec::new());
    for (name, report) in reports {
        add(&mut united, &name, report);
    }
    united.tests.sort_by(|a, b| a.name.cmp(&b.name));
    let extent = Extent::of(united.suite_tests().map(|test| test.name.as_ref()));
    if let Some(manifest) = &mut united.manifest {
        (manifest.whole, manifest.part) = (extent.clone(), extent);
    }
    judge(&mut united);
    Ok(united)
}

/// The name of a test of an instance.
fn named(instance: &str, test: &str) -> String {
    match test.strip_prefix(OF_THE_LIST) {
        Some(entry) => format!("{OF_THE_LIST}{instance}/{entry}"),
        None => format!("{instance}/{test}"),
    }
}

/// Adds the tests and known deviations of an instance.
fn add(united: &mut Report, instance: &str, report: Report) {
    let before = united.deviations.len();
    let tests = report.tests.into_iter().map(|mut test| {
        test.name = named(instance, &test.name).into();
        move_deviations(&mut test, before);
        test
    });
    united.tests.extend(tests);
    united.deviations.extend(report.deviations.into_iter().map(|mut entry| {
        entry.observed_in.iter_mut().for_each(|test| *test = named(instance, test));
        entry
    }));
    united.leftovers.extend(report.leftovers.into_iter().map(|mut leftover| {
        leftover.test = named(instance, &leftover.test);
        leftover
    }));
}

/// Tests name known deviations by their index, and each instance has its own list.
fn move_deviations(test: &mut TestReport, by: usize) {
    let shift = |finding: &mut FindingReport| finding.deviation = finding.deviation.map(|index| index + by);
    test.deviations.iter_mut().for_each(|index| *index += by);
    test.findings.iter_mut().for_each(shift);
    test.attempts.iter_mut().flat_map(|attempt| &mut attempt.findings).for_each(shift);
}

fn instance(name: &str, report: &Report) -> InstanceReport {
    InstanceReport {
        name: name.to_owned(),
        target: report.target.clone(),
        flags: super::again::flags(report).trim_start().to_owned(),
        preflight: report.preflight.clone(),
    }
}

fn target(reports: &BTreeMap<String, Report>) -> String {
    let instance = reports.values().find_map(|report| report.manifest.as_ref()?.instance.clone());
    let names: Vec<&str> = reports.keys().map(String::as_str).collect();
    let api = instance.map(|instance| instance.of).unwrap_or_default();
    format!("{} instances of {api}: {}", names.len(), names.join(", "))
}

/// An actor is configured if it has a credential for one of the instances.
fn actors(reports: &BTreeMap<String, Report>) -> Vec<ActorReport> {
    let mut actors: BTreeMap<&str, bool> = BTreeMap::new();
    for actor in reports.values().flat_map(|report| &report.actors) {
        *actors.entry(&actor.name).or_default() |= actor.configured;
    }
    actors.into_iter().map(|(name, configured)| ActorReport { name: name.to_owned(), configured }).collect()
}

fn manifest(reports: &BTreeMap<String, Report>) -> Manifest {
    let manifests = || reports.values().filter_map(|report| report.manifest.as_ref());
    let mut manifest = Manifest::undivided(Extent::of(std::iter::empty()), manifests().any(|each| each.filtered));
    manifest.day = manifests().map(|each| each.day.clone()).max().unwrap_or_default();
    manifest.deviation_matches = manifests().flat_map(|each| each.deviation_matches.clone()).collect();
    manifest
}
