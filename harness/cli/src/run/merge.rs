//! Merges the reports of all parts of a run, and of several instances of one API. The parts must be complete; the merged
//! report is judged once.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::deviations::{Known, Scope, add_deviations};
use super::gate::Gate;
use super::outputs::prepare_outputs;
use super::packs::joint_hash;
use super::{Abort, Output, finish, load_draft, pack_root, refuse_unknown_variables};
use crate::flags::MergeArgs;
use judge::secret::Redactor;
use judge::target::Deviation;
use report::instances::{grouped, united};
use report::model::{DeviationReport, Manifest, Report};
use report::parts::{Part, joined, refusal, tests};
use report::read;
use spec::source::Problems;

/// Merges the parts of a run and judges the result.
pub fn merge(arguments: &MergeArgs) -> Result<ExitCode, Abort> {
    refuse_unknown_variables(None, None)?;
    let gate = Gate::new(&arguments.outputs.gate)?;
    let prepared = prepare_outputs(&arguments.outputs, None, &[])?;
    let parts = parts(&arguments.parts)?;
    let suite = suite(arguments, &parts);
    let report = of_instances(parts, &suite)?;
    let output = Output { reports: &prepared, machine: false, redactor: &Redactor::default(), warning: None };
    finish(&output, &gate, Scope::Whole, report)
}

/// Reads every report. For a folder, reads all JSON files in it.
fn parts(paths: &[PathBuf]) -> Result<Vec<Part>, Abort> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() { files.extend(json_files(path)?) } else { files.push(path.clone()) }
    }
    let mut problems = Problems::default();
    let mut parts = Vec::new();
    for file in files {
        if let Some(report) = problems.take(read(&file)) {
            parts.push(Part { name: file.display().to_string(), report });
        }
    }
    Ok(problems.or(parts)?)
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, Abort> {
    let message = |error: std::io::Error| Abort::Inconclusive(format!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(message)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file() && path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    if files.is_empty() {
        let message = format!("{}: no JSON report found in this folder", folder.display());
        return Err(Abort::Inconclusive(message));
    }
    Ok(files)
}

/// The names of all tests, so that messages can name the missing ones; empty if this is not the pack that was run.
fn suite(arguments: &MergeArgs, parts: &[Part]) -> Vec<String> {
    let hash = parts.first().map(|part| part.report.suite.contract_hash.clone()).unwrap_or_default();
    let Some(Ok((contract, library, _))) = pack_root(arguments.pack.as_deref()).ok().map(|root| load_draft(&root))
    else {
        return Vec::new();
    };
    if joint_hash(&contract, &library) != hash {
        return Vec::new();
    }
    library.tests.into_iter().map(|test| test.name.to_string()).collect()
}

/// The report of the run, or of all instances of the API.
fn of_instances(parts: Vec<Part>, suite: &[String]) -> Result<Report, Abort> {
    let refused = |why: String| Abort::Inconclusive(format!("{why}; nothing was merged"));
    let groups = grouped(parts).map_err(refused)?;
    if let [only] = groups.values().collect::<Vec<_>>().as_slice() {
        return union(only, suite);
    }
    let whole = groups.iter().map(|(name, parts)| Ok((name.clone(), union(parts, suite)?)));
    united(whole.collect::<Result<_, Abort>>()?).map_err(refused)
}

fn union(parts: &[Part], suite: &[String]) -> Result<Report, Abort> {
    let refused = |why: String| Abort::Inconclusive(format!("{why}; nothing was merged"));
    if let Some(why) = refusal(parts, suite) {
        return Err(refused(why));
    }
    let mut tests = tests(parts);
    let first = parts.first().and_then(|part| Some((&part.report, part.report.manifest.as_ref()?)));
    let entries = first.map(|(report, manifest)| {
        let day = parts.iter().filter_map(|part| Some(part.report.manifest.as_ref()?.day.as_str())).max();
        deviations(report, manifest, day.unwrap_or_default(), &mut tests)
    });
    joined(parts, tests, entries.unwrap_or_default()).ok_or_else(|| refused("there is no report".to_owned()))
}

/// The state of each known deviation after all tests of the run.
fn deviations(
    report: &Report,
    manifest: &Manifest,
    day: &str,
    tests: &mut Vec<report::model::TestReport>,
) -> Vec<DeviationReport> {
    let entries: Vec<Deviation> = report.deviations.iter().map(entry).collect();
    let known = Known {
        entries: &entries,
        match_counts: &manifest.deviation_matches,
        today: day.parse().unwrap_or_default(),
        scope: if manifest.filtered { Scope::Filtered } else { Scope::Whole },
    };
    add_deviations(&known, manifest.target_file.as_deref(), tests)
}

fn entry(report: &DeviationReport) -> Deviation {
    Deviation {
        clause: report.clause.clone(),
        tests: report.tests.clone(),
        check: report.check.clone(),
        place: report.place.clone(),
        operations: report.operations.clone(),
        expected: report.expected.clone(),
        actual: report.actual.clone(),
        responses: report.responses.clone(),
        reason: report.reason.clone(),
        ticket: report.ticket.clone(),
        owner: report.owner.clone(),
        expires: report.expires.parse().unwrap_or_default(),
        flaky: report.flaky,
        line: report.line,
    }
}
