//! The clause register, `schemas/clauses.yaml`.

use serde::{Deserialize, Serialize};

use crate::source::{Problems, SourceFile, suggestion};

/// How binding a clause is (RFC 2119).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub enum Level {
    /// A violation fails the run.
    #[serde(rename = "MUST")]
    Must,
    /// A violation warns, and fails under `--strict`.
    #[serde(rename = "SHOULD")]
    Should,
}

impl Level {
    /// `MUST` or `SHOULD`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
        }
    }
}

/// One statement that an answer can keep or break.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Its public name, such as `ENV-1`.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// What it says, in our words.
    pub says: String,
    /// The section of the published page that it is read from.
    pub page: String,
    /// The checks that judge it on every exchange.
    #[serde(default)]
    pub checks: Vec<String>,
    /// True when the clause itself says that the field at fault is named.
    #[serde(default)]
    pub names_field: bool,
    /// The error codes that it is about: it is upheld only where a test of it observed one of them.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Why neither check nor scenario judges it.
    #[serde(default)]
    pub excluded: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    clauses: Vec<Clause>,
}

pub(super) fn load(file: &SourceFile, problems: &mut Problems) -> Vec<Clause> {
    let Some(register) = problems.take(file.parse::<Register>()) else {
        return Vec::new();
    };
    for (index, clause) in register.clauses.iter().enumerate() {
        if register.clauses[..index].iter().any(|other| other.id == clause.id) {
            let at = ["clauses".into(), index.into(), "id".into()];
            problems.0.push(file.problem(&at, format!("clause `{}` stands here twice", clause.id)));
        }
    }
    register.clauses
}

/// Refuses codes that the catalogue does not have.
pub(super) fn check_codes(file: &SourceFile, clauses: &[Clause], known: &[String], problems: &mut Problems) {
    for (index, clause) in clauses.iter().enumerate() {
        for (place, code) in clause.codes.iter().enumerate().filter(|(_, code)| !known.contains(code)) {
            let at = ["clauses".into(), index.into(), "codes".into(), place.into()];
            let problem = file.problem(&at, format!("clause {}: unknown code `{code}`", clause.id));
            problems.0.push(problem.with_help(suggestion(code, known)));
        }
    }
}
