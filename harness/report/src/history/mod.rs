//! The history of an API: the JSON reports of several releases, shown over time in one offline HTML page.
//!
//! A folder contains one JSON report per release. Files that cannot be read are listed in the page, and the caller gets
//! them with the place of the error.

mod chart;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::model::{ClauseStatus, Report};
use super::queries::Defect;
use judge::verdict::Verdict;
use spec::contract::Level;

/// The runs of a folder, oldest first.
pub struct History {
    runs: Vec<Run>,
    unread: Vec<Unread>,
    others: Vec<String>,
}

struct Run {
    name: String,
    report: Summary,
}

/// The part of a report that a history needs.
struct Summary {
    started_at: String,
    version: String,
    contract_hash: String,
    target: String,
    exit_code: u8,
    duration_ms: u64,
    requests: u64,
    counts: BTreeMap<Verdict, usize>,
    clauses: BTreeMap<String, ClauseState>,
    /// How many tests showed each cause.
    causes: BTreeMap<String, usize>,
}

/// The outcome of a clause in a run.
#[derive(Clone)]
struct ClauseState {
    level: Level,
    says: String,
    status: ClauseStatus,
    tests: usize,
}

/// A file that is not a valid report.
pub struct Unread {
    pub file: String,
    /// The error, with its place in the file.
    pub why: String,
}

impl History {
    /// Reads every `.json` file of a folder.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut history = Self { runs: Vec::new(), unread: Vec::new(), others: Vec::new() };
        for entry in entries {
            let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.extension().is_none_or(|ending| ending != "json") {
                history.others.push(name);
                continue;
            }
            match read(&path, &name) {
                Ok(report) => {
                    let name = name.trim_end_matches(".json").to_owned();
                    history.runs.push(Run { name, report: summary(&report) });
                }
                Err(why) => history.unread.push(Unread { file: name, why }),
            }
        }
        history
            .runs
            .sort_by(|one, other| (&one.report.started_at, &one.name).cmp(&(&other.report.started_at, &other.name)));
        history.unread.sort_by(|one, other| one.file.cmp(&other.file));
        history.others.sort();
        Ok(history)
    }

    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// The files that could not be read.
    pub fn unread(&self) -> &[Unread] {
        &self.unread
    }

    pub fn html(&self) -> String {
        page::render(self)
    }
}

fn read(path: &Path, name: &str) -> Result<Report, String> {
    let report = super::read(path).map_err(|problem| problem.to_string().replace(&path.display().to_string(), name))?;
    if chrono::DateTime::parse_from_rfc3339(&report.started_at).is_err() {
        return Err(format!("`startedAt` is not a valid time: {:?}", report.started_at));
    }
    Ok(report)
}

fn summary(report: &Report) -> Summary {
    let violated_in = |id: &str| {
        let violates = |test: &&super::model::TestReport| test.findings.iter().any(|finding| finding.clause == id);
        report.tests.iter().filter(violates).count()
    };
    let clause = |clause: &super::model::ClauseReport| ClauseState {
        level: clause.level,
        says: clause.says.clone(),
        status: clause.status,
        tests: if clause.status == ClauseStatus::Violated { violated_in(&clause.id) } else { 0 },
    };
    Summary {
        started_at: report.started_at.clone(),
        version: report.suite.version.clone(),
        contract_hash: report.suite.contract_hash.clone(),
        target: report.target.clone(),
        exit_code: report.exit_code,
        duration_ms: report.duration_ms,
        requests: report.requests,
        counts: Verdict::ALL.map(|verdict| (verdict, report.count(verdict))).into(),
        clauses: report.clauses.iter().map(|one| (one.id.clone(), clause(one))).collect(),
        causes: causes(report),
    }
}

/// The causes of a run, described by properties that are the same in all runs.
fn causes(report: &Report) -> BTreeMap<String, usize> {
    let mut tests: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for test in &report.tests {
        for finding in &test.findings {
            let Defect { clause, check, place, expected, actual } = finding.defect();
            let cause = format!("{clause} {check} at {place}: expected {expected}, got {actual}");
            tests.entry(cause).or_default().insert(&test.name);
        }
    }
    tests.into_iter().map(|(cause, tests)| (cause, tests.len())).collect()
}

impl Summary {
    fn count(&self, verdict: Verdict) -> usize {
        self.counts.get(&verdict).copied().unwrap_or_default()
    }

    fn tests(&self) -> usize {
        self.counts.values().sum()
    }

    /// The percentage of executed tests that passed or warned; `None` if none was executed.
    fn pass_rate(&self) -> Option<f64> {
        let ran = self.tests() - self.count(Verdict::Skipped);
        let passed = self.count(Verdict::Passed) + self.count(Verdict::Warned);
        (ran > 0).then(|| passed as f64 * 100.0 / ran as f64)
    }

    /// The violated clauses, with the number of tests that violated them.
    fn violated(&self) -> impl Iterator<Item = (&str, usize)> {
        let violated = self.clauses.iter().filter(|(_, clause)| clause.status == ClauseStatus::Violated);
        violated.map(|(id, clause)| (id.as_str(), clause.tests))
    }
}
