//! The clause register, `schemas/clauses.yaml`: the numbered statements of the contract.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::source::{Problems, SourceFile, suggestion};

/// The requirement level of a clause (RFC 2119).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
pub enum Level {
    /// A violation fails the run.
    #[serde(rename = "MUST")]
    Must,
    /// A violation is a warning, and fails the run with `--strict`.
    #[serde(rename = "SHOULD")]
    Should,
}

impl Level {
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
        }
    }
}

/// One statement of the contract, which a response can uphold or violate.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// The id, such as `ENV-1`.
    pub id: String,
    /// The requirement level.
    pub level: Level,
    /// What the clause requires.
    pub says: String,
    /// The section of the published documentation that it comes from.
    pub page: String,
    /// The checks that verify the clause on every exchange.
    #[serde(default)]
    pub checks: Vec<String>,
    /// True if the clause itself requires that the response names the invalid field.
    #[serde(default)]
    pub names_field: bool,
    /// The error codes that the clause is about. It is upheld only if one of its tests observed one of these codes.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Why neither a check nor a scenario tests the clause. `to do: …` is not a reason: it only holds until the pack is
    /// finished.
    pub excluded: Option<String>,
}

/// What a reason begins with that only holds until the pack is finished.
pub const TO_DO: &str = "to do:";

/// True for the reason of a clause or code that is only excluded until the pack is finished.
pub fn is_to_do(reason: &str) -> bool {
    reason.trim_start().get(..TO_DO.len()).is_some_and(|start| start.eq_ignore_ascii_case(TO_DO))
}

/// `schemas/clauses.yaml`: the statements of the contract.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClauseFile {
    /// The clauses, in the order of reports.
    clauses: Vec<Clause>,
}

pub(super) fn load(file: &SourceFile, problems: &mut Problems) -> Vec<Clause> {
    let Some(register) = problems.take(file.parse::<ClauseFile>()) else {
        return Vec::new();
    };
    for (index, clause) in register.clauses.iter().enumerate() {
        if register.clauses[..index].iter().any(|other| other.id == clause.id) {
            let at = ["clauses".into(), index.into(), "id".into()];
            problems.0.push(file.problem(&at, format!("duplicate clause `{}`", clause.id)));
        }
    }
    register.clauses
}

/// Reports codes that are not in the catalogue.
pub(super) fn check_codes(file: &SourceFile, clauses: &[Clause], known: &[String], problems: &mut Problems) {
    for (index, clause) in clauses.iter().enumerate() {
        for (place, code) in clause.codes.iter().enumerate().filter(|(_, code)| !known.contains(code)) {
            let at = ["clauses".into(), index.into(), "codes".into(), place.into()];
            let problem = file.problem(&at, format!("clause {}: unknown code `{code}`", clause.id));
            problems.0.push(problem.with_help(suggestion(code, known)));
        }
    }
}
