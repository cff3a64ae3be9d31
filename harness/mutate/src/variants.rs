//! Conforming variants as data: changes of responses that no contract forbids. A test that reports one of them gives a
//! false alarm: it asserts more than the contract says.
//!
//! A variant is a [`Mutation`] without clauses, so the proxy applies it as it applies a fault. Only the reading of the
//! result differs: what kills a mutation is a false alarm here.

use std::fmt::Write as _;

use serde::Serialize;

use super::mutation::{Change, Mutation, read};
use super::score::{Kill, MutationOutcome, MutationResult};
use spec::contract::Contract;
use spec::source::{Problem, SourceFile};

/// The variants for any pack.
const BUILT_IN: &str = include_str!("variants.yaml");

/// The built-in variants, with the places of the pack's envelope.
pub fn variants(contract: &Contract) -> Result<Vec<Mutation>, Vec<Problem>> {
    let file = SourceFile::new("variants.yaml", BUILT_IN);
    Ok(read(&file, contract)?.into_iter().filter_map(|variant| placed(variant, contract)).collect())
}

/// The variant with a JSON Pointer instead of the name of a place; `None` if the pack has no such place.
fn placed(mut variant: Mutation, contract: &Contract) -> Option<Mutation> {
    let pointers = &contract.catalog.envelope.pointers;
    if let Change::SetMember { at, .. } = &mut variant.change {
        *at = match at.as_str() {
            "${message}" => pointers.message.clone(),
            "${details}" => pointers.details.clone()?,
            other => other.to_owned(),
        };
    }
    Some(variant)
}

/// What a variant led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// A test reported a violation.
    FalseAlarm,
    /// No test reported a violation, and every test had a verdict.
    Silent,
    /// No test reported a violation, but some had no verdict, although they had one without the variant.
    Inconclusive,
    /// No test received a changed response.
    NeverTriggered,
}

impl Reaction {
    fn of(row: &MutationResult) -> Self {
        match row.outcome {
            MutationOutcome::Killed | MutationOutcome::KilledForAnotherClause => Reaction::FalseAlarm,
            MutationOutcome::NeverTriggered => Reaction::NeverTriggered,
            MutationOutcome::TimedOut => Reaction::Inconclusive,
            MutationOutcome::Survived if row.inconclusive > 0 => Reaction::Inconclusive,
            MutationOutcome::Survived | MutationOutcome::Allowed => Reaction::Silent,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Reaction::FalseAlarm => "false alarm",
            Reaction::Silent => "silent",
            Reaction::Inconclusive => "inconclusive",
            Reaction::NeverTriggered => "never triggered",
        }
    }
}

/// A variant with its result.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    pub name: String,
    pub reaction: Reaction,
    /// The first violation that was reported.
    pub alarm: Option<Kill>,
    /// The number of tests that ran.
    pub tests: usize,
    /// The number of changed responses.
    pub changed_responses: usize,
    /// Why a test was inconclusive.
    pub reason: Option<String>,
}

/// The results of all variants.
#[derive(Clone, Debug, Serialize)]
pub struct Alarms {
    pub variants: Vec<Verdict>,
}

impl Alarms {
    pub fn of(rows: &[MutationResult]) -> Self {
        let verdict = |row: &MutationResult| Verdict {
            name: row.mutation.name.clone(),
            reaction: Reaction::of(row),
            alarm: row.kill.clone(),
            tests: row.tests,
            changed_responses: row.triggered,
            reason: row.reason.clone(),
        };
        Self { variants: rows.iter().map(verdict).collect() }
    }

    pub fn count(&self, reaction: Reaction) -> usize {
        self.variants.iter().filter(|verdict| verdict.reaction == reaction).count()
    }

    /// One line for each variant, and the counts.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for verdict in &self.variants {
            let _ = writeln!(out, "{:<16}{}  {}", verdict.reaction.as_str(), verdict.name, verdict.explanation());
        }
        let counts = [Reaction::FalseAlarm, Reaction::Inconclusive, Reaction::Silent, Reaction::NeverTriggered]
            .map(|reaction| format!("{} {}", self.count(reaction), reaction.as_str()));
        let _ = writeln!(out, "\n{} conforming variants: {}", self.variants.len(), counts.join(", "));
        out
    }

    /// A table.
    pub fn markdown(&self) -> String {
        let mut out = String::from(
            "# Conforming variants\n\n| variant | result | tests | changed responses | |\n|---|---|---:|---:|---|\n",
        );
        for verdict in &self.variants {
            let Verdict { name, reaction, tests, changed_responses, .. } = verdict;
            let explanation = verdict.explanation().replace('|', "\\|");
            let _ =
                writeln!(out, "| `{name}` | {} | {tests} | {changed_responses} | {explanation} |", reaction.as_str());
        }
        out
    }
}

impl Verdict {
    fn explanation(&self) -> String {
        match (&self.alarm, &self.reason, self.reaction) {
            (Some(Kill { test, clause, check, .. }), ..) => format!("{clause} by {check} in {test}"),
            (None, Some(reason), Reaction::Inconclusive) => reason.clone(),
            (None, ..) => format!("{} tests, {} changed responses", self.tests, self.changed_responses),
        }
    }
}
