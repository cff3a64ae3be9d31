//! Merges the reports of the parts of a run: shards, or one process per test.
//!
//! [`refusal`] checks that the reports are all parts of one run, each exactly once; [`joined`] merges them.

use std::collections::BTreeMap;

use super::cause_reports::cause_reports;
use super::clause_status;
use super::model::{DeviationReport, Extent, Manifest, Report, TestReport};
use super::obstacles::obstacle_reports;

/// The most names that a message lists.
const NAMED: usize = 5;

/// A report of one part, with its file name for messages.
pub struct Part {
    pub name: String,
    pub report: Report,
}

/// Why the reports cannot be merged, if they cannot. `suite` lists the names of all tests; it is empty if they are
/// unknown.
pub fn refusal(parts: &[Part], suite: &[String]) -> Option<String> {
    let first = parts.first()?;
    let Some(manifests) = parts.iter().map(|part| part.report.manifest.as_ref()).collect::<Option<Vec<_>>>() else {
        let without = parts.iter().find(|part| part.report.manifest.is_none())?;
        return Some(format!("{} has no manifest; repeat this part of the run with this version", without.name));
    };
    parts
        .iter()
        .zip(&manifests)
        .find_map(|(part, manifest)| damaged(part, manifest))
        .or_else(|| {
            parts.iter().zip(&manifests).find_map(|(part, manifest)| different_run(first, manifests[0], part, manifest))
        })
        .or_else(|| duplicate(parts, &manifests))
        .or_else(|| missing(parts, &manifests, suite))
}

/// The tests of all parts, without the entries about outdated known deviations.
pub fn tests(parts: &[Part]) -> Vec<TestReport> {
    let mut tests: Vec<TestReport> = parts.iter().flat_map(|part| part.report.suite_tests()).cloned().collect();
    tests.sort_by(|a, b| a.name.cmp(&b.name));
    tests
}

/// Merges all parts into one report. Clauses, codes and exit code are derived from all tests together.
pub fn joined(parts: &[Part], tests: Vec<TestReport>, deviations: Vec<DeviationReport>) -> Option<Report> {
    let first = &parts.first()?.report;
    let manifest = first.manifest.as_ref()?;
    let started_at = parts.iter().map(|part| part.report.started_at.as_str()).min()?;
    let mut report = Report {
        started_at: started_at.to_owned(),
        duration_ms: duration(parts, started_at),
        requests: parts.iter().map(|part| part.report.requests).sum(),
        tests,
        leftovers: parts.iter().flat_map(|part| part.report.leftovers.clone()).collect(),
        deviations,
        manifest: Some(Manifest {
            shard: None,
            by_test: false,
            part: manifest.whole.clone(),
            day: parts.iter().filter_map(|part| Some(part.report.manifest.as_ref()?.day.clone())).max()?,
            ..manifest.clone()
        }),
        ..first.clone()
    };
    judge(&mut report);
    Some(report)
}

/// Derives from all tests of a report what they show together.
pub(super) fn judge(report: &mut Report) {
    report.exit_code = clause_status::exit_code(&report.tests, report.strict);
    report.summary = clause_status::summary(&report.tests);
    let decided = |clause| clause_status::clause(clause, &report.tests, &report.error_codes);
    report.clauses = report.clauses.iter().map(decided).collect();
    report.error_codes = report.error_codes.iter().map(|code| clause_status::code(code, &report.tests)).collect();
    report.causes = cause_reports(report);
    report.obstacles = obstacle_reports(report);
}

/// The time from the earliest start to the latest end, in milliseconds.
fn duration(parts: &[Part], started_at: &str) -> u64 {
    let millis = |text: &str| chrono::DateTime::parse_from_rfc3339(text).map_or(0, |time| time.timestamp_millis());
    let start = millis(started_at);
    let ends = parts.iter().map(|part| {
        let after = u64::try_from(millis(&part.report.started_at) - start).unwrap_or_default();
        after.saturating_add(part.report.duration_ms)
    });
    ends.max().unwrap_or_default()
}

fn names(report: &Report) -> impl Iterator<Item = &str> {
    report.suite_tests().map(|test| test.name.as_ref())
}

/// Refuses a part whose tests are not those of its manifest.
fn damaged(part: &Part, manifest: &Manifest) -> Option<String> {
    let actual = Extent::of(names(&part.report));
    (actual != manifest.part).then(|| {
        let (name, count, expected) = (&part.name, actual.tests, manifest.part.tests);
        format!("{name} is damaged: its manifest lists {expected} tests, which are not the {count} tests in the report")
    })
}

/// Refuses a part that is from a different run than the first part.
fn different_run(first: &Part, one: &Manifest, part: &Part, other: &Manifest) -> Option<String> {
    let (a, b) = (facts(&first.report, one), facts(&part.report, other));
    let names = a.keys().chain(b.keys());
    let differs = names.into_iter().find(|name| a.get(*name) != b.get(*name))?;
    let value = |facts: &BTreeMap<String, String>| facts.get(differs).map_or("none", String::as_str).to_owned();
    Some(format!(
        "{} and {} are from different runs: they differ in {differs} ({} and {})",
        first.name,
        part.name,
        value(&a),
        value(&b)
    ))
}

/// The facts that all parts of a run have in common, by their names in messages.
fn facts(report: &Report, manifest: &Manifest) -> BTreeMap<String, String> {
    let shards = manifest.shard.as_deref().and_then(|shard| shard.split('/').nth(1)).unwrap_or("none");
    let known: Vec<String> = report
        .deviations
        .iter()
        .map(|entry| format!("{:?}", (&entry.clause, &entry.tests, &entry.check, &entry.place, &entry.expires)))
        .collect();
    let configured = report.actors.iter().filter(|actor| actor.configured);
    let configured: Vec<&str> = configured.map(|actor| actor.name.as_str()).collect();
    let whole = &manifest.whole;
    let fixed = [
        ("the version of the suite", report.suite.version.clone()),
        ("the contract", report.suite.contract_hash.clone()),
        ("the target", report.target.clone()),
        ("the seed", report.seed.to_string()),
        ("strictness", report.strict.to_string()),
        ("the planned tests", format!("{} tests, {}", whole.tests, whole.hash)),
        ("the number of shards", if manifest.by_test { "any".to_owned() } else { shards.to_owned() }),
        ("one process per test", manifest.by_test.to_string()),
        ("the actors with a credential", configured.join(" ")),
        ("the target file", manifest.target_file.clone().unwrap_or_else(|| "none".to_owned())),
        ("the known deviations", known.join(" ")),
    ];
    let options = manifest.options.iter().map(|(name, value)| (format!("the option `{name}`"), value.clone()));
    fixed.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(options).collect()
}

/// Refuses a shard or a test that appears twice.
fn duplicate(parts: &[Part], manifests: &[&Manifest]) -> Option<String> {
    let mut shards: BTreeMap<&str, &str> = BTreeMap::new();
    let mut tests: BTreeMap<&str, &str> = BTreeMap::new();
    for (part, manifest) in parts.iter().zip(manifests) {
        let shard = manifest.shard.as_deref().filter(|_| !manifest.by_test);
        if let Some(other) = shard.and_then(|shard| shards.insert(shard, &part.name)) {
            return Some(format!("shard {} appears twice: {other} and {}", shard?, part.name));
        }
        for name in names(&part.report) {
            if let Some(other) = tests.insert(name, &part.name) {
                return Some(format!(
                    "the test {name} appears twice: {other} and {}; empty the folder before each run",
                    part.name
                ));
            }
        }
    }
    None
}

/// Refuses parts that are not the whole run: shards or tests are missing.
fn missing(parts: &[Part], manifests: &[&Manifest], suite: &[String]) -> Option<String> {
    let whole = &manifests.first()?.whole;
    let present: Vec<&str> = parts.iter().flat_map(|part| names(&part.report)).collect();
    if Extent::of(present.iter().copied()) == *whole {
        return None;
    }
    let shards: Vec<&str> = manifests
        .iter()
        .filter(|manifest| !manifest.by_test)
        .filter_map(|manifest| manifest.shard.as_deref())
        .collect();
    let count: usize = shards.first().and_then(|shard| shard.split('/').nth(1)?.parse().ok()).unwrap_or_default();
    let absent: Vec<String> =
        (1..=count).map(|index| format!("{index}/{count}")).filter(|shard| !shards.contains(&shard.as_str())).collect();
    if !absent.is_empty() {
        let plural = if absent.len() == 1 { " is" } else { "s are" };
        return Some(format!("shard{plural} missing: {} (present: {})", absent.join(", "), shards.join(", ")));
    }
    Some(missing_tests(&present, whole, suite))
}

fn missing_tests(present: &[&str], whole: &Extent, suite: &[String]) -> String {
    let count = whole.tests.saturating_sub(present.len());
    let message = format!("{count} of {} tests are missing", whole.tests);
    if Extent::of(suite.iter().map(String::as_str)) != *whole {
        return message;
    }
    let absent: Vec<&str> = suite.iter().map(String::as_str).filter(|name| !present.contains(name)).collect();
    let shown = absent.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = absent.len().saturating_sub(NAMED);
    if more == 0 { format!("{message}: {shown}") } else { format!("{message}: {shown} and {more} more") }
}
