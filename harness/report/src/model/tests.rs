//! A test, with its attempts and the cases of a property.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EvidenceReport, ExchangeReport, FindingReport, OpenReport};
use judge::verdict::Verdict;

/// A test.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestReport {
    /// Its public name.
    pub name: Arc<str>,
    /// The scenario's file, relative to the pack.
    pub file: Arc<str>,
    /// The line in it.
    pub line: usize,
    /// What it tests, in one sentence.
    pub about: Arc<str>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it was skipped or is inconclusive.
    pub reason: Option<String>,
    /// When it started (RFC 3339, UTC).
    pub started_at: Option<String>,
    /// Its duration, in milliseconds.
    pub duration_ms: u64,
    /// The clauses that it tests.
    pub clauses: Arc<[String]>,
    /// The evidence that its responses give for each clause.
    #[serde(default)]
    pub evidence: Arc<[EvidenceReport]>,
    /// The clauses that it tests but gives no evidence for.
    #[serde(default)]
    pub without_evidence: Arc<[OpenReport]>,
    /// The error codes that it observed.
    #[serde(default)]
    pub codes: Arc<[String]>,
    /// The indexes of the known deviations that match one of its findings.
    #[serde(default)]
    pub deviations: Vec<usize>,
    /// Its violations.
    pub findings: Vec<FindingReport>,
    /// Its requests and responses; headers and bodies are kept only if something is wrong.
    pub exchanges: Vec<ExchangeReport>,
    /// The generated cases and counterexamples, if the test is a property.
    pub fuzz: Option<FuzzReport>,
    /// The command that prints a script to reproduce a violation, if there is one.
    pub repro: Option<String>,
    /// True if a failed step ended the test before all steps were run: they may show another cause.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ended_early: bool,
    /// True if the test failed and then passed: it is inconclusive, and is counted separately as well.
    #[serde(default, skip_serializing_if = "is_false")]
    pub flaky: bool,
    /// Other attempts of the same test, which do not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<AttemptReport>,
}

impl TestReport {
    /// A test without place, exchanges and findings.
    pub fn without_record(name: &str, verdict: Verdict) -> Self {
        Self {
            name: name.into(),
            file: "".into(),
            line: 0,
            about: "".into(),
            verdict,
            reason: None,
            started_at: None,
            duration_ms: 0,
            clauses: Arc::default(),
            evidence: Arc::default(),
            without_evidence: Arc::default(),
            codes: Arc::default(),
            deviations: Vec::new(),
            findings: Vec::new(),
            exchanges: Vec::new(),
            fuzz: None,
            ended_early: false,
            repro: None,
            flaky: false,
            attempts: Vec::new(),
        }
    }
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// Another attempt of a test.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttemptReport {
    /// Its outcome, and why it does not count.
    pub note: String,
    /// The expectations that it did not meet.
    pub findings: Vec<FindingReport>,
    /// The indexes of its exchanges.
    pub exchanges: Vec<usize>,
}

/// The generated cases and counterexamples of a property. Only exchanges that show a failure are kept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FuzzReport {
    /// How many cases were sent and judged.
    pub cases: usize,
    /// How many generated values were discarded because the oracle disagreed with the rule.
    pub discarded: usize,
    /// The rules that generated the values.
    pub rules: Vec<RuleReport>,
    /// The counterexamples.
    #[serde(rename = "counterexamples")]
    pub found: Vec<FoundReport>,
}

/// A rule that generates values for a property.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleReport {
    /// Its name.
    pub name: String,
    /// How many of its cases were sent.
    pub cases: usize,
    /// How many of its values were discarded.
    pub discarded: usize,
}

/// A counterexample: a case that violates a clause.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FoundReport {
    /// The rule that generated it.
    pub rule: String,
    /// The value, with invisible characters escaped; a long value is cut.
    pub value: String,
    /// The number of the case in the property, from 0.
    pub case: usize,
    /// False if the case was not shrunk. An example is as small as it gets.
    pub shrunk: bool,
    /// The shrinking steps from the generated case, in the syntax of `conformance repro --case`.
    #[serde(default)]
    pub shrink_steps: String,
    /// The clauses that it violates.
    pub clauses: Vec<String>,
    /// The index of its exchange; the findings with this index belong to the case.
    pub exchange: usize,
}
