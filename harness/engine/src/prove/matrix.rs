//! The kill matrix: every mutant against every clause, what follows from it, and how it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::{Kind, Proof, Row};
use crate::contract::{Contract, Level};
use crate::finding::EXPECTATION;

/// The whole matrix.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Matrix {
    /// The version of this format.
    pub format: u32,
    /// The suite's version.
    pub suite_version: String,
    /// SHA-256 over contract and scenarios.
    pub contract_hash: String,
    /// The seed of the samples.
    pub seed: u64,
    /// True when every test ran against every server.
    pub whole: bool,
    /// True when every server was there.
    pub complete: bool,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How many tests ran.
    #[serde(rename = "trials")]
    pub tests: usize,
    /// How many requests were sent.
    pub requests: usize,
    /// A line for each server.
    pub rows: Vec<Line>,
    /// How many mutants each clause has.
    pub clauses: Vec<ClauseLine>,
    /// How many mutants provoke each check.
    pub checks: BTreeMap<String, usize>,
    /// What is wrong; nothing, if all is well.
    pub problems: Vec<String>,
}

/// How a server fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// Reported as what it is.
    Found,
    /// Not reported as all that it is.
    Survived,
    /// Reported as something that it is not.
    Blamed,
    /// Nothing was said of it, and rightly so.
    Silent,
    /// A test had no verdict where nothing was wrong.
    Doubted,
    /// The reference did not start.
    Broken,
}

impl Fate {
    /// The fate as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Fate::Found => "found",
            Fate::Survived => "survived",
            Fate::Blamed => "blamed",
            Fate::Silent => "silent",
            Fate::Doubted => "doubted",
            Fate::Broken => "broken",
        }
    }
}

/// A server, and what was said of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The mutant's name, or `sound`.
    pub name: String,
    /// What it does.
    pub about: String,
    /// `sound`, `mutant`, `intermittent`, `silent` or `variant`.
    pub kind: &'static str,
    /// How it fared.
    pub fate: Fate,
    /// Why nothing is to be said of it.
    pub reason: Option<String>,
    /// The clauses that are to be reported.
    pub clauses: Vec<String>,
    /// The clauses that were.
    pub reported: Vec<Reported>,
    /// Tests without a verdict, with the reason.
    pub inconclusive: BTreeMap<String, String>,
    /// How many tests ran.
    #[serde(rename = "trials")]
    pub tests: usize,
    /// How many requests were sent.
    pub requests: usize,
}

/// A clause that was reported broken.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reported {
    /// The clause.
    pub clause: String,
    /// The checks that spoke.
    pub checks: Vec<String>,
    /// The tests in which they did.
    #[serde(rename = "trials")]
    pub tests: Vec<String>,
    /// How many requests were sent until the first did.
    pub requests: usize,
}

/// A clause and its mutants.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClauseLine {
    /// The clause.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// How many mutants break it and are found.
    pub mutants: usize,
}

/// A row with what came of it.
pub fn line(row: &Row, proof: &Result<Proof, String>) -> Line {
    let empty = Proof::default();
    let outcome = proof.as_ref().unwrap_or(&empty);
    let named: BTreeSet<&str> = match row.kind {
        Kind::Silent(_) => BTreeSet::new(),
        Kind::Sound | Kind::Mutant | Kind::Intermittent | Kind::Variant => row.clauses.iter().copied().collect(),
    };
    let reported: BTreeSet<&str> = outcome.violated.keys().map(String::as_str).collect();
    let sound = matches!(row.kind, Kind::Sound | Kind::Variant);
    let fate = match proof {
        Err(_) => Fate::Broken,
        Ok(_) if !reported.is_subset(&named) => Fate::Blamed,
        Ok(_) if row.kind == Kind::Mutant && !named.is_subset(&reported) => Fate::Survived,
        Ok(_) if row.kind == Kind::Intermittent && reported.is_empty() && outcome.flaky == 0 => Fate::Survived,
        Ok(_) if sound && !outcome.inconclusive.is_empty() => Fate::Doubted,
        Ok(_) if row.kind == Kind::Variant => Fate::Silent,
        Ok(_) if named.is_empty() => Fate::Silent,
        Ok(_) => Fate::Found,
    };
    let reason = match (&row.kind, proof) {
        (_, Err(error)) => Some(error.clone()),
        (Kind::Silent(reason), _) => Some((*reason).to_owned()),
        _ => None,
    };
    Line {
        name: row.name.to_owned(),
        about: row.about.to_owned(),
        kind: match row.kind {
            Kind::Sound => "sound",
            Kind::Mutant => "mutant",
            Kind::Intermittent => "intermittent",
            Kind::Silent(_) => "silent",
            Kind::Variant => "variant",
        },
        fate,
        reason,
        clauses: row.clauses.iter().map(|clause| (*clause).to_owned()).collect(),
        reported: outcome
            .violated
            .iter()
            .map(|(clause, hit)| Reported {
                clause: clause.clone(),
                checks: hit.checks.iter().cloned().collect(),
                tests: hit.tests.iter().cloned().collect(),
                requests: hit.requests,
            })
            .collect(),
        inconclusive: outcome.inconclusive.clone(),
        tests: outcome.tests,
        requests: outcome.requests,
    }
}

impl Line {
    /// What is wrong with it, in a line.
    pub fn problem(&self) -> Option<String> {
        let reported: Vec<&str> = self.reported.iter().map(|reported| reported.clause.as_str()).collect();
        let missed: Vec<&String> = self.clauses.iter().filter(|clause| !reported.contains(&clause.as_str())).collect();
        let doubts = self
            .inconclusive
            .iter()
            .next()
            .map(|(test, reason)| format!("; {} inconclusive, such as {test}: {reason}", self.inconclusive.len()));
        let doubts = doubts.unwrap_or_default();
        match self.fate {
            Fate::Found | Fate::Silent => None,
            Fate::Broken => Some(format!("{}: {}", self.name, self.reason.as_deref().unwrap_or_default())),
            Fate::Doubted => Some(format!("{}: nothing is wrong{doubts}", self.name)),
            Fate::Survived => Some(format!("{}: not reported as {missed:?}{doubts}", self.name)),
            Fate::Blamed => {
                let silent = self.reason.is_some();
                let extra = self.reported.iter().filter(|entry| silent || !self.clauses.contains(&entry.clause));
                let extra: Vec<String> = extra
                    .map(|entry| {
                        format!("{} by {} in {}", entry.clause, entry.checks.join(", "), entry.tests.join(", "))
                    })
                    .collect();
                Some(format!("{}: wrongly reported as {}{doubts}", self.name, extra.join("; ")))
            }
        }
    }

    /// The line of the terminal.
    pub fn in_words(&self) -> String {
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

/// How the lines were made.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// SHA-256 over contract and scenarios.
    pub hash: String,
    /// The seed.
    pub seed: u64,
    /// Every test ran.
    pub whole: bool,
    /// Every server was there.
    pub complete: bool,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// The matrix, with what is wrong. Clauses and checks are judged where every server was there.
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
        let bare = clauses.iter().filter(|clause| clause.level == Level::Must && clause.mutants == 0);
        problems.extend(bare.map(|clause| format!("{}: no mutant breaks this clause and is found", clause.id)));
        let idle = checks.iter().filter(|(_, count)| **count == 0);
        problems.extend(idle.map(|(check, _)| format!("{check}: no mutant provokes this check")));
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
    /// The matrix as JSON, with everything.
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_else(|error| unreachable!("{error}"));
        text.push('\n');
        text
    }

    /// The matrix as Markdown: only what is the same in every run.
    pub fn markdown(&self) -> String {
        let mut out = String::from(
            "# Kill matrix\n\nEvery deliberate mutant of the reference, with the clauses that the suite must report for it, \
             no fewer and no more, and every conforming variant, over which it must keep silent.\nMade by `conformance prove`; a test of the harness compares this file with what it finds.\n\n",
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
            count(Fate::Blamed),
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
        out.push_str("\n## Checks\n\nEvery check is provoked by some mutant.\n");
        table(&mut out, "Mutants", "must be reported as", of(&["sound", "mutant", "silent"]));
        table(&mut out, "Intermittent mutants", "may be reported as, one at least", of(&["intermittent"]));
        table(&mut out, "Permitted variants", "may warn of", of(&["variant"]));
        out
    }
}

fn table<'m>(out: &mut String, title: &str, clauses: &str, lines: impl Iterator<Item = &'m Line>) {
    let _ = writeln!(out, "\n## {title}\n\n| name | what it does | {clauses} | fate |\n|---|---|---|---|");
    for line in lines {
        let escaped = |text: &str| text.replace('|', "\\|");
        let reason = line.reason.as_ref().map(|reason| format!(": {}", escaped(reason))).unwrap_or_default();
        let (name, about, fate) = (&line.name, escaped(&line.about), line.fate.as_str());
        let _ = writeln!(out, "| `{name}` | {about} | {} | {fate}{reason} |", line.clauses.join(" "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prove::Hit;

    const ROW: Row = Row { name: "breaks-it", about: "It breaks.", kind: Kind::Mutant, clauses: &["A-1", "A-2"] };

    fn proof(clauses: &[&str]) -> Result<Proof, String> {
        let hit = || Hit { checks: ["sample".to_owned()].into(), tests: ["f::t".to_owned()].into(), requests: 3 };
        let violated = clauses.iter().map(|clause| ((*clause).to_owned(), hit())).collect();
        Ok(Proof { violated, ..Proof::default() })
    }

    #[test]
    fn a_mutant_is_found_as_what_it_is_and_nothing_else() {
        assert_eq!(line(&ROW, &proof(&["A-1", "A-2"])).fate, Fate::Found);
        let missed = line(&ROW, &proof(&["A-1"]));
        assert_eq!((missed.fate, missed.problem().is_some_and(|text| text.contains("A-2"))), (Fate::Survived, true));
        let blamed = line(&ROW, &proof(&["A-1", "A-2", "B-1"]));
        let told = blamed.problem().unwrap_or_default();
        assert_eq!(blamed.fate, Fate::Blamed);
        assert!(told.contains("B-1 by sample in f::t") && !told.contains("A-1 by"), "{told}");
        assert_eq!(line(&ROW, &Err("no port".into())).fate, Fate::Broken);
    }

    #[test]
    fn a_variant_passes_with_the_warnings_of_its_row_and_no_others() {
        let row = Row { kind: Kind::Variant, ..ROW };
        assert_eq!(line(&row, &proof(&[])).fate, Fate::Silent);
        assert_eq!(line(&row, &proof(&["A-2"])).fate, Fate::Silent);
        assert_eq!(line(&row, &proof(&["A-2", "B-1"])).fate, Fate::Blamed);
        let inconclusive = [("f::t".to_owned(), "no answer".to_owned())].into();
        let doubted = line(&row, &Ok(Proof { inconclusive, ..Proof::default() }));
        let told = doubted.problem().unwrap_or_default();
        assert!(doubted.fate == Fate::Doubted && told.contains("no answer"), "{told}");
    }

    #[test]
    fn what_is_silent_must_stay_so() {
        let sound = Row { kind: Kind::Sound, clauses: &[], ..ROW };
        assert_eq!(line(&sound, &proof(&[])).fate, Fate::Silent);
        assert_eq!(line(&sound, &proof(&["A-1"])).fate, Fate::Blamed);
        let known = Row { kind: Kind::Silent("disputed"), ..ROW };
        assert_eq!(line(&known, &proof(&[])).fate, Fate::Silent);
        let told = line(&known, &proof(&["A-1"])).problem().unwrap_or_default();
        assert!(told.contains("wrongly reported as A-1"), "{told}");
    }
}
