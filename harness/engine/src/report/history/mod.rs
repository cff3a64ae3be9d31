//! The history of an API: the reports of several releases drawn over time, in one offline page.
//!
//! A folder holds one JSON report a release. What of it cannot be read is named with its place, in the page
//! and to the caller; nothing is left out in silence.

mod chart;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::model::{ClauseStatus, Report};
use super::queries::Defect;
use crate::contract::Level;
use crate::verdict::Verdict;

/// The runs of a folder, the oldest first.
pub struct History {
    runs: Vec<Run>,
    unread: Vec<Unread>,
    others: Vec<String>,
}

/// What is kept of a run.
struct Run {
    name: String,
    report: Summary,
}

/// What a history needs to know of a report.
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
    /// In how many tests each cause showed.
    causes: BTreeMap<String, usize>,
}

/// A clause in a run.
#[derive(Clone)]
struct ClauseState {
    level: Level,
    says: String,
    status: ClauseStatus,
    tests: usize,
}

/// A file that is no report of ours.
pub struct Unread {
    /// Its name.
    pub file: String,
    /// What is wrong with it, and where.
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

    /// How many runs there are.
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// The files that could not be read.
    pub fn unread(&self) -> &[Unread] {
        &self.unread
    }

    /// The page.
    pub fn html(&self) -> String {
        page::render(self)
    }
}

fn read(path: &Path, name: &str) -> Result<Report, String> {
    let report = super::read(path).map_err(|problem| problem.to_string().replace(&path.display().to_string(), name))?;
    if chrono::DateTime::parse_from_rfc3339(&report.started_at).is_err() {
        return Err(format!("`startedAt` is no time: {:?}", report.started_at));
    }
    Ok(report)
}

fn summary(report: &Report) -> Summary {
    let broken = |id: &str| {
        let breaks = |test: &&super::model::TestReport| test.findings.iter().any(|finding| finding.clause == id);
        report.tests.iter().filter(breaks).count()
    };
    let clause = |clause: &super::model::ClauseReport| ClauseState {
        level: clause.level,
        says: clause.says.clone(),
        status: clause.status,
        tests: if clause.status == ClauseStatus::Violated { broken(&clause.id) } else { 0 },
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

/// The causes of a run, by what tells them apart across runs.
fn causes(report: &Report) -> BTreeMap<String, usize> {
    let mut tests: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for test in &report.tests {
        for finding in &test.findings {
            let Defect { clause, check, place, expected, came } = finding.defect();
            let cause = format!("{clause} {check} at {place}: expected {expected}, got {came}");
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

    /// Of a hundred tests that ran, how many passed, a warning included; `None` if none ran.
    fn pass_rate(&self) -> Option<f64> {
        let ran = self.tests() - self.count(Verdict::Skipped);
        let passed = self.count(Verdict::Passed) + self.count(Verdict::Warned);
        (ran > 0).then(|| passed as f64 * 100.0 / ran as f64)
    }

    /// The clauses that are violated, with the tests that saw it.
    fn violated(&self) -> impl Iterator<Item = (&str, usize)> {
        let violated = self.clauses.iter().filter(|(_, clause)| clause.status == ClauseStatus::Violated);
        violated.map(|(id, clause)| (id.as_str(), clause.tests))
    }
}
