//! Survivors that the contract allows: mutations that no test may report, because the contract leaves the response open.
//!
//! ```yaml
//! allowed:
//!   - mutations: ["operation/*/RATE_LIMIT_EXCEEDED/succeeds"]
//!     reason: A quota that is never used up is inconclusive.
//!     clause: RATE-1
//! ```
//!
//! An allowed survivor does not count in the score. A pattern that matches no generated mutation, or only mutations that
//! are noticed, is out of date.

use schemars::JsonSchema;
use serde::Deserialize;

use super::mutation::Mutation;
use super::score::{MutationOutcome, MutationResult};
use judge::target::fits;
use spec::contract::Contract;
use spec::source::{Problem, SourceFile, Step, suggestion};

/// `schemas/survivors.yaml`: the mutations that no test may report, because the contract leaves the response open.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurvivorFile {
    /// The allowed survivors.
    allowed: Vec<AllowedSurvivor>,
}

/// Mutations that may survive, and why.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AllowedSurvivor {
    /// The names of the mutations, in which `*` matches any text.
    mutations: Vec<String>,
    /// Why the contract leaves the responses open.
    reason: String,
    /// The clause that leaves them open.
    clause: String,
}

/// The survivors that a pack allows.
#[derive(Clone, Debug)]
pub struct Allowed {
    file: SourceFile,
    entries: Vec<AllowedSurvivor>,
}

impl Allowed {
    /// The file of a pack, below its folder.
    pub const DEFAULT: &'static str = "schemas/survivors.yaml";

    /// The survivors that the file of a pack allows; `None` if it has no such file.
    pub fn of_pack(contract: &Contract) -> Result<Option<Self>, Vec<Problem>> {
        let file = SourceFile::optional_in_pack(&contract.root, Self::DEFAULT).map_err(|problem| vec![problem])?;
        file.map(|file| Self::read(file, contract)).transpose()
    }

    /// Reads the file, and checks its clauses against the contract.
    pub fn read(file: SourceFile, contract: &Contract) -> Result<Self, Vec<Problem>> {
        let entries = file.parse::<SurvivorFile>().map_err(|problem| vec![problem])?.allowed;
        let known: Vec<String> = contract.clauses.iter().map(|clause| clause.id.clone()).collect();
        let mut problems = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            if !known.contains(&entry.clause) {
                let problem = file.problem(&at(index, "clause"), format!("unknown clause `{}`", entry.clause));
                problems.push(problem.with_help(suggestion(&entry.clause, &known)));
            }
            if entry.reason.trim().is_empty() {
                problems.push(file.problem(&at(index, "reason"), "expected a reason, found an empty text"));
            }
        }
        if problems.is_empty() { Ok(Self { file, entries }) } else { Err(problems) }
    }

    /// Marks the survivors that are allowed, each with the reason.
    pub fn mark(&self, rows: &mut [MutationResult]) {
        for row in
            rows.iter_mut().filter(|row| matches!(row.outcome, MutationOutcome::Survived | MutationOutcome::TimedOut))
        {
            let is_of =
                |entry: &&AllowedSurvivor| entry.mutations.iter().any(|pattern| fits(pattern, &row.mutation.name));
            let entry = self.entries.iter().find(is_of);
            if let Some(entry) = entry {
                row.outcome = MutationOutcome::Allowed;
                row.allowed = Some(format!("{} ({})", entry.reason, entry.clause));
            }
        }
    }

    /// The patterns that match no mutation, and those whose mutations were all noticed. `generated` are all mutations,
    /// `rows` those that were tried.
    pub fn out_of_date(&self, generated: &[Mutation], rows: &[MutationResult]) -> Vec<Problem> {
        let mut problems = Vec::new();
        let patterns = self.entries.iter().enumerate().flat_map(|(index, entry)| {
            let places = entry.mutations.iter().enumerate();
            places.map(move |(place, pattern)| ([&at(index, "mutations")[..], &[place.into()]].concat(), pattern))
        });
        for (at, mutations) in patterns {
            if !generated.iter().any(|mutation| fits(mutations, &mutation.name)) {
                problems.push(self.file.problem(&at, format!("no mutation is called `{mutations}`: remove it")));
                continue;
            }
            let matching = || rows.iter().filter(|row| fits(mutations, &row.mutation.name));
            let is_noticed = |row: &MutationResult| {
                matches!(row.outcome, MutationOutcome::Killed | MutationOutcome::KilledForAnotherClause)
            };
            if matching().next().is_some() && matching().all(is_noticed) {
                let message = format!("every mutation `{mutations}` is noticed now: remove it");
                problems.push(self.file.problem(&at, message));
            }
        }
        problems
    }
}

fn at(index: usize, member: &'static str) -> [Step; 3] {
    ["allowed".into(), index.into(), member.into()]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{Change, When};

    const TEXT: &str = "allowed:\n  - { mutations: [a/*/b], reason: Open., clause: PACE-1 }\n  \
                        - { mutations: [c], reason: Open., clause: PACE-1 }\n";

    fn allowed(text: &str) -> Result<Allowed, Vec<Problem>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel");
        Allowed::read(SourceFile::new("survivors.yaml", text), &Contract::load(&root).expect("the pack loads"))
    }

    fn row(name: &str, outcome: MutationOutcome) -> MutationResult {
        let (when, change) = (When::default(), Change::Stale);
        let mutation = Mutation { name: name.to_owned(), about: None, when, change, clauses: Vec::new() };
        MutationResult { outcome, ..MutationResult::new(mutation) }
    }

    #[test]
    fn only_survivors_with_an_entry_are_allowed() {
        let mut rows = [
            row("a/1/b", MutationOutcome::Survived),
            row("a/2/b", MutationOutcome::Killed),
            row("a/1/b/c", MutationOutcome::Survived),
        ];
        allowed(TEXT).expect("a valid file").mark(&mut rows);
        let outcomes = rows.each_ref().map(|row| row.outcome);
        assert_eq!(outcomes, [MutationOutcome::Allowed, MutationOutcome::Killed, MutationOutcome::Survived]);
        assert_eq!(rows[0].allowed.as_deref(), Some("Open. (PACE-1)"));
    }

    #[test]
    fn entries_without_a_survivor_are_out_of_date() {
        let allowed = allowed(TEXT).expect("a valid file");
        let messages = |rows: &[MutationResult]| {
            let generated: Vec<Mutation> = rows.iter().map(|row| row.mutation.clone()).collect();
            let problems = allowed.out_of_date(&generated, rows);
            problems.iter().map(Problem::one_line).collect::<Vec<_>>().join("\n")
        };
        let one = messages(&[row("a/1/b", MutationOutcome::Killed), row("c", MutationOutcome::NeverTriggered)]);
        assert!(one.contains("survivors.yaml:2") && one.contains("is noticed now") && !one.contains('\n'), "{one}");
        let other = messages(&[row("a/1/b", MutationOutcome::Allowed)]);
        assert!(other.contains("survivors.yaml:3") && other.contains("no mutation is called `c`"), "{other}");
    }

    #[test]
    fn unknown_clauses_and_empty_reasons_are_refused() {
        let problems =
            allowed("allowed:\n  - { mutations: [a], reason: ' ', clause: PACE-99 }\n").expect_err("invalid");
        let text = problems.iter().map(Problem::one_line).collect::<Vec<_>>().join("\n");
        assert!(text.contains("unknown clause `PACE-99`") && text.contains("expected a reason"), "{text}");
    }
}
