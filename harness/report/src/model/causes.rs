//! Causes and obstacles as the JSON report stores them: what to repair, and what that would change.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use spec::contract::Level;

/// One presumed defect of the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CauseReport {
    /// The same in every run.
    pub id: String,
    /// What is wrong, in one sentence.
    pub title: String,
    /// The requirement level of the violated clauses.
    pub level: Level,
    /// All clauses that its findings violate, those that its title is about first. If an operation is not implemented or
    /// always fails, they only say what its tests check.
    #[serde(deserialize_with = "clauses")]
    pub clauses: Vec<String>,
    /// The operations that show it.
    pub operations: Vec<String>,
    /// The expected value.
    pub expected: String,
    /// The received value.
    pub actual: String,
    /// True if a known deviation covers it in every test.
    pub is_known: bool,
    /// How many tests it touches.
    pub tests: usize,
    /// The names of the failed tests that have no other cause. Those that ended early may show more after the repair.
    pub only_cause_of: Vec<String>,
    /// The name of a test that shows it.
    pub example: String,
    /// A command that reproduces it.
    pub reproduce: String,
}

/// Reports of older versions have a label such as `FMT-1, FMT-2 and 3 more`. Nothing reads it.
fn clauses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Clauses {
        All(Vec<String>),
        Label(#[expect(dead_code, reason = "it does not name all clauses")] String),
    }
    Ok(match Clauses::deserialize(deserializer)? {
        Clauses::All(all) => all,
        Clauses::Label(_) => Vec::new(),
    })
}

/// A reason for which tests have no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObstacleReport {
    /// The same for the same reason.
    pub id: String,
    /// What is in the way.
    pub kind: ObstacleKind,
    /// What is wrong, in one sentence.
    pub reason: String,
    /// The operation of the setup step that failed.
    pub operation: Option<String>,
    /// How many tests have no verdict because of it.
    pub tests: usize,
    /// The name of a test that shows it.
    pub example: String,
    /// A command that shows it.
    pub reproduce: String,
}

/// What is in the way of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObstacleKind {
    /// The target does not accept a credential, or not as the pack declares it.
    Credential,
    /// The target refuses a setup step.
    SetupStep,
    /// The target does not support a capability.
    Capability,
    /// Anything else, such as a broken connection.
    Other,
}
