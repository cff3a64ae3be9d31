//! A cause as the JSON report stores it: what to repair, and what that would change.

use serde::{Deserialize, Serialize};

use spec::contract::Level;

/// One presumed defect of the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CauseReport {
    /// The same in every run.
    pub id: String,
    /// What is wrong, in one sentence.
    pub title: String,
    /// The requirement level of the violated clauses.
    pub level: Level,
    /// The violated clauses as a label, for example `FMT-1, FMT-2 and 3 more`; empty if an operation is not implemented.
    pub clauses: String,
    /// The operations that show it.
    pub operations: Vec<String>,
    /// The expected value.
    pub expected: String,
    /// The received value.
    pub actual: String,
    /// True if a known deviation covers it in every test.
    pub is_known: bool,
    /// How many tests it touches.
    #[serde(rename = "trials")]
    pub tests: usize,
    /// The names of the failed tests that have no other cause: they pass if this cause alone is repaired.
    pub alone: Vec<String>,
    /// The name of a test that shows it.
    pub example: String,
    /// A command that reproduces it.
    pub reproduce: String,
}
