//! The kill matrix: the result of each mutant for each clause, the problems that follow, and the output formats.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::{Hit, MatrixServer, Proof, ServerKind};
use judge::finding::EXPECTATION;
use spec::contract::{Contract, Level};

/// The complete matrix.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Matrix {
    /// The version of the JSON format.
    pub format: u32,
    /// The version of the suite.
    pub suite_version: String,
    /// SHA-256 of contract and scenarios.
    pub contract_hash: String,
    /// The seed of the samples.
    pub seed: u64,
    /// True if every test ran against every server.
    pub whole: bool,
    /// True if all servers were included.
    pub complete: bool,
    /// The duration in milliseconds.
    pub duration_ms: u64,
    /// The number of tests that ran.
    pub tests: usize,
    /// The number of requests sent.
    pub requests: usize,
    /// One line per server.
    pub rows: Vec<Line>,
    /// The number of mutants of each clause.
    pub clauses: Vec<ClauseLine>,
    /// For each check, the number of mutants that it reports.
    pub checks: BTreeMap<String, usize>,
    /// The problems; empty if there are none.
    pub problems: Vec<String>,
}

/// The result of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// Killed: reported with all of its clauses.
    Found,
    /// Not reported with all of its clauses.
    Survived,
    /// Reported with a clause that it does not violate.
    Misreported,
    /// Not reported, as expected.
    Silent,
    /// A test was inconclusive, although the server conforms.
    Inconclusive,
    /// The reference did not start.
    Broken,
}

impl Fate {
    pub fn as_str(self) -> &'static str {
        match self {
            Fate::Found => "found",
            Fate::Survived => "survived",
            Fate::Misreported => "misreported",
            Fate::Silent => "silent",
            Fate::Inconclusive => "inconclusive",
            Fate::Broken => "broken",
        }
    }
}

/// A server and its result.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The name of the mutant or variant, or `unchanged`.
    pub name: String,
    /// What the mutant or variant does.
    pub about: String,
    /// `unchanged`, `mutant`, `intermittent`, `silent` or `variant`.
    pub kind: &'static str,
    /// The result.
    pub fate: Fate,
    /// Why it must not be reported, or why it did not start.
    pub reason: Option<String>,
    /// The clauses that must be reported.
    pub clauses: Vec<String>,
    /// The clauses that were reported.
    pub reported: Vec<Reported>,
    /// Inconclusive tests, with the reason.
    pub inconclusive: BTreeMap<String, String>,
    /// The number of tests that ran.
    pub tests: usize,
    /// The number of requests sent.
    pub requests: usize,
}

/// A clause that was reported as violated.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reported {
    pub clause: String,
    /// The checks that reported it.
    pub checks: Vec<String>,
    /// The tests that reported it.
    pub tests: Vec<String>,
    /// The number of requests until the first report.
    pub requests: usize,
}

/// A clause and its mutants.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClauseLine {
    pub id: String,
    /// Its requirement level.
    pub level: Level,
    /// The number of killed mutants that violate it.
    pub mutants: usize,
}

/// The line of a row with its result.
pub fn line(row: &MatrixServer, proof: &Result<Proof, String>) -> Line {
    let empty = Proof::default();
    let outcome = proof.as_ref().unwrap_or(&empty);
    Line {
        name: row.name.clone(),
        about: row.about.clone(),
        kind: row.kind.as_str(),
        fate: fate(row, proof),
        reason: reason(row, proof),
        clauses: row.clauses.clone(),
        reported: outcome.violated.iter().map(|(clause, hit)| reported(clause, hit)).collect(),
        inconclusive: outcome.inconclusive.clone(),
        tests: outcome.tests,
        requests: outcome.requests,
    }
}

fn fate(row: &MatrixServer, proof: &Result<Proof, String>) -> Fate {
    let Ok(outcome) = proof else { return Fate::Broken };
    let expected: BTreeSet<&str> = match row.kind {
        ServerKind::NotReportable(_) => BTreeSet::new(),
        ServerKind::Unchanged | ServerKind::Mutant | ServerKind::Intermittent | ServerKind::Variant => {
            row.clauses.iter().map(String::as_str).collect()
        }
    };
    let reported: BTreeSet<&str> = outcome.violated.keys().map(String::as_str).collect();
    let conforms = matches!(row.kind, ServerKind::Unchanged | ServerKind::Variant);
    match row.kind {
        _ if !reported.is_subset(&expected) => Fate::Misreported,
        ServerKind::Mutant if !expected.is_subset(&reported) => Fate::Survived,
        ServerKind::Intermittent if reported.is_empty() && outcome.flaky == 0 => Fate::Survived,
        _ if conforms && !outcome.inconclusive.is_empty() => Fate::Inconclusive,
        ServerKind::Variant => Fate::Silent,
        _ if expected.is_empty() => Fate::Silent,
        _ => Fate::Found,
    }
}

fn reason(row: &MatrixServer, proof: &Result<Proof, String>) -> Option<String> {
    match (&row.kind, proof) {
        (_, Err(error)) => Some(error.clone()),
        (ServerKind::NotReportable(reason), _) => Some((*reason).to_owned()),
        _ => None,
    }
}

fn reported(clause: &str, hit: &Hit) -> Reported {
    Reported {
        clause: clause.to_owned(),
        checks: hit.checks.iter().cloned().collect(),
        tests: hit.tests.iter().cloned().collect(),
        requests: hit.requests,
    }
}

impl Line {
    /// The problem of the server, in one line.
    pub fn problem(&self) -> Option<String> {
        let reported: Vec<&str> = self.reported.iter().map(|reported| reported.clause.as_str()).collect();
        let missed: Vec<&String> = self.clauses.iter().filter(|clause| !reported.contains(&clause.as_str())).collect();
        let inconclusive = self
            .inconclusive
            .iter()
            .next()
            .map(|(test, reason)| format!("; {} inconclusive, such as {test}: {reason}", self.inconclusive.len()));
        let inconclusive = inconclusive.unwrap_or_default();
        match self.fate {
            Fate::Found | Fate::Silent => None,
            Fate::Broken => Some(format!("{}: {}", self.name, self.reason.as_deref().unwrap_or_default())),
            Fate::Inconclusive => {
                Some(format!("{}: tests of a conforming server are inconclusive{inconclusive}", self.name))
            }
            Fate::Survived => Some(format!("{}: survived, not reported as {missed:?}{inconclusive}", self.name)),
            Fate::Misreported => {
                let silent = self.reason.is_some();
                let extra = self.reported.iter().filter(|entry| silent || !self.clauses.contains(&entry.clause));
                let extra: Vec<String> = extra
                    .map(|entry| {
                        format!("{} by {} in {}", entry.clause, entry.checks.join(", "), entry.tests.join(", "))
                    })
                    .collect();
                Some(format!("{}: wrongly reported as {}{inconclusive}", self.name, extra.join("; ")))
            }
        }
    }

    /// The row of the table in the Markdown text.
    pub fn markdown(&self) -> String {
        let escaped = |text: &str| text.replace('|', "\\|");
        let reason = self.reason.as_ref().map(|reason| format!(": {}", escaped(reason))).unwrap_or_default();
        let (name, about, fate) = (&self.name, escaped(&self.about), self.fate.as_str());
        format!("| `{name}` | {about} | {} | {fate}{reason} |", self.clauses.join(" "))
    }

    /// The line for the terminal.
    pub fn summary(&self) -> String {
        let how: Vec<String> = self
            .reported
            .iter()
            .map(|entry| {
                let test = entry.tests.first().map_or("", String::as_str);
                format!("{} in {} requests by {} ({test})", entry.clause, entry.requests, entry.checks.join(", "))
            })
            .collect();
        let tail = match (&self.reason, how.is_empty()) {
            (Some(reason), _) => reason.clone(),
            (None, true) => format!("{} tests", self.tests),
            (None, false) if self.fate == Fate::Silent => {
                format!("{} tests, which only warn of {}", self.tests, how.join("; "))
            }
            (None, false) => how.join("; "),
        };
        format!("{:<8}  {}  {tail}", self.fate.as_str(), self.name)
    }
}

/// The settings and the duration of a run of the matrix.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// SHA-256 of contract and scenarios.
    pub hash: String,
    /// The seed.
    pub seed: u64,
    /// Whether every test ran against every server.
    pub whole: bool,
    /// Whether all servers were included.
    pub complete: bool,
    /// The duration in milliseconds.
    pub duration_ms: u64,
}

/// Builds the matrix with its problems. Clauses and checks are judged only if all servers were included.
pub fn matrix(contract: &Contract, lines: Vec<Line>, circumstances: Circumstances) -> Matrix {
    let clauses: Vec<ClauseLine> = contract
        .clauses
        .iter()
        .map(|clause| ClauseLine {
            id: clause.id.clone(),
            level: clause.level,
            mutants: lines
                .iter()
                .filter(|line| line.kind == "mutant" && line.fate == Fate::Found && line.clauses.contains(&clause.id))
                .count(),
        })
        .collect();
    let names = contract.clauses.iter().flat_map(|clause| clause.checks.iter().map(String::as_str));
    let checks: BTreeMap<String, usize> = names
        .chain([EXPECTATION])
        .map(|check| {
            let provokes =
                |line: &&Line| line.reported.iter().any(|entry| entry.checks.iter().any(|name| name == check));
            (check.to_owned(), lines.iter().filter(provokes).count())
        })
        .collect();
    let mut problems: Vec<String> = lines.iter().filter_map(Line::problem).collect();
    if circumstances.complete {
        let without_mutant = clauses.iter().filter(|clause| clause.level == Level::Must && clause.mutants == 0);
        problems.extend(without_mutant.map(|clause| format!("{}: no killed mutant violates this clause", clause.id)));
        let without_report = checks.iter().filter(|(_, count)| **count == 0);
        problems.extend(without_report.map(|(check, _)| format!("{check}: no mutant is reported by this check")));
    }
    Matrix {
        format: 1,
        suite_version: env!("CARGO_PKG_VERSION").to_owned(),
        contract_hash: circumstances.hash,
        seed: circumstances.seed,
        whole: circumstances.whole,
        complete: circumstances.complete,
        duration_ms: circumstances.duration_ms,
        tests: lines.iter().map(|line| line.tests).sum(),
        requests: lines.iter().map(|line| line.requests).sum(),
        rows: lines,
        clauses,
        checks,
        problems,
    }
}

impl Matrix {
    /// The matrix as JSON, with all data.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_else(|error| unreachable!("{error}"));
        text.push('\n');
        text
    }

    /// The matrix as Markdown, with only the data that is the same in every run.
    pub fn markdown(&self) -> String {
        let mut out = String::from(
            "# Kill matrix\n\nEvery mutant of the reference and of `schemas/mutations.yaml`, with the clauses that the suite must report for it, no fewer \
             and no more, and every conforming variant, for which it must report no violation.\nWritten by `conformance prove`; a test of the harness compares this file with its own results.\n\n",
        );
        let of = |kinds: &'static [&str]| self.rows.iter().filter(move |line| kinds.contains(&line.kind));
        let count = |fate: Fate| of(&["mutant", "silent"]).filter(|line| line.fate == fate).count();
        let _ = writeln!(
            out,
            "{} mutants: {} found, {} survived, {} wrongly reported, {} not to be reported. \
             {} intermittent mutants: {} failed or flaky. {} conforming variants: {} pass.\n",
            of(&["mutant", "silent"]).count(),
            count(Fate::Found),
            count(Fate::Survived) + count(Fate::Broken),
            count(Fate::Misreported),
            count(Fate::Silent),
            of(&["intermittent"]).count(),
            of(&["intermittent"]).filter(|line| line.fate == Fate::Found).count(),
            of(&["variant"]).count(),
            of(&["variant"]).filter(|line| line.fate == Fate::Silent).count(),
        );
        out.push_str("## Clauses\n\n| clause | level | mutants found |\n|---|---|---:|\n");
        for clause in &self.clauses {
            let _ = writeln!(out, "| {} | {} | {} |", clause.id, clause.level.as_str(), clause.mutants);
        }
        out.push_str("\n## Checks\n\nEvery check that a clause names reports some mutant.\n");
        table(&mut out, "Mutants", "must be reported as", of(&["unchanged", "mutant", "silent"]));
        table(&mut out, "Intermittent mutants", "may be reported as (at least one)", of(&["intermittent"]));
        table(&mut out, "Conforming variants", "may warn of", of(&["variant"]));
        out
    }
}

fn table<'m>(out: &mut String, title: &str, clauses: &str, lines: impl Iterator<Item = &'m Line>) {
    let _ = writeln!(out, "\n## {title}\n\n| name | what it does | {clauses} | fate |\n|---|---|---|---|");
    for line in lines {
        let _ = writeln!(out, "{}", line.markdown());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: ServerKind) -> MatrixServer {
        MatrixServer::new(("breaks-it", "It breaks.", &["A-1", "A-2"]), kind)
    }

    fn proof(clauses: &[&str]) -> Result<Proof, String> {
        let hit = || Hit { checks: ["sample".to_owned()].into(), tests: ["f::t".to_owned()].into(), requests: 3 };
        let violated = clauses.iter().map(|clause| ((*clause).to_owned(), hit())).collect();
        Ok(Proof { violated, ..Proof::default() })
    }

    #[test]
    fn mutant_must_be_reported_with_exactly_its_clauses() {
        assert_eq!(line(&row(ServerKind::Mutant), &proof(&["A-1", "A-2"])).fate, Fate::Found);
        let missed = line(&row(ServerKind::Mutant), &proof(&["A-1"]));
        assert_eq!((missed.fate, missed.problem().is_some_and(|text| text.contains("A-2"))), (Fate::Survived, true));
        let misreported = line(&row(ServerKind::Mutant), &proof(&["A-1", "A-2", "B-1"]));
        let problem = misreported.problem().unwrap_or_default();
        assert_eq!(misreported.fate, Fate::Misreported);
        assert!(problem.contains("B-1 by sample in f::t") && !problem.contains("A-1 by"), "{problem}");
        assert_eq!(line(&row(ServerKind::Mutant), &Err("no port".into())).fate, Fate::Broken);
    }

    #[test]
    fn variant_may_only_warn_of_the_clauses_of_its_row() {
        let row = row(ServerKind::Variant);
        assert_eq!(line(&row, &proof(&[])).fate, Fate::Silent);
        assert_eq!(line(&row, &proof(&["A-2"])).fate, Fate::Silent);
        assert_eq!(line(&row, &proof(&["A-2", "B-1"])).fate, Fate::Misreported);
        let inconclusive = [("f::t".to_owned(), "no response".to_owned())].into();
        let inconclusive = line(&row, &Ok(Proof { inconclusive, ..Proof::default() }));
        let problem = inconclusive.problem().unwrap_or_default();
        assert!(inconclusive.fate == Fate::Inconclusive && problem.contains("no response"), "{problem}");
    }

    #[test]
    fn unchanged_reference_and_disputed_mutants_must_not_be_reported() {
        let unchanged = MatrixServer { clauses: Vec::new(), ..row(ServerKind::Unchanged) };
        assert_eq!(line(&unchanged, &proof(&[])).fate, Fate::Silent);
        assert_eq!(line(&unchanged, &proof(&["A-1"])).fate, Fate::Misreported);
        let known = row(ServerKind::NotReportable("disputed"));
        assert_eq!(line(&known, &proof(&[])).fate, Fate::Silent);
        let problem = line(&known, &proof(&["A-1"])).problem().unwrap_or_default();
        assert!(problem.contains("wrongly reported as A-1"), "{problem}");
    }
}
