//! The data model of a report: the input of every format, described by the generated `report.schema.json`.

mod causes;
mod tests;

use std::{collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::causes::{CauseReport, ObstacleKind, ObstacleReport};
pub use self::tests::{AttemptReport, FoundReport, FuzzReport, RuleReport, TestReport};
use judge::preflight::Preflight;
use judge::target::Instance;
use spec::contract::Level;

/// The version of this format.
pub const FORMAT: u32 = 1;

/// A whole run.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Report {
    /// The version of this format.
    pub format: u32,
    /// The program that wrote the report.
    pub suite: Suite,
    /// The base URL, or `embedded reference`.
    pub target: String,
    /// The seed of the run.
    pub seed: u64,
    /// True if violated SHOULD clauses failed the run.
    pub strict: bool,
    /// The command line of the run, without the values of secrets.
    #[serde(default)]
    pub command: String,
    /// When the run started (RFC 3339, UTC).
    pub started_at: String,
    /// The duration of the run, in milliseconds.
    pub duration_ms: u64,
    /// How many requests were sent.
    pub requests: u64,
    /// The exit code of the run.
    pub exit_code: u8,
    /// How many tests had each verdict.
    pub summary: BTreeMap<String, usize>,
    /// The presumed defects of the target, in the order in which to repair them.
    #[serde(default)]
    pub causes: Vec<CauseReport>,
    /// What kept tests from a verdict, credentials first, then by the number of tests.
    #[serde(default)]
    pub obstacles: Vec<ObstacleReport>,
    /// Every clause of the contract.
    pub clauses: Vec<ClauseReport>,
    /// Every error code of the contract.
    pub error_codes: Vec<CodeReport>,
    /// Every test, sorted by name.
    pub tests: Vec<TestReport>,
    /// Resources that the run created and could not delete.
    pub leftovers: Vec<Leftover>,
    /// The actors of the contract that need a credential.
    #[serde(default)]
    pub actors: Vec<ActorReport>,
    /// The operations of the contract; absent in reports of older versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<OperationReport>,
    /// The known deviations of the target, in the order of its file.
    #[serde(default)]
    pub deviations: Vec<DeviationReport>,
    /// Which part of a run this report covers; absent only in reports of older versions.
    pub manifest: Option<Manifest>,
    /// What the preflight found; absent if there was no preflight, and in reports of older versions.
    pub preflight: Option<Preflight>,
    /// The instances of the API whose reports were united; absent in the report of a run. The name of each test begins
    /// with the name of its instance and a slash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<InstanceReport>,
}

/// Which part of a run a report covers. The merge uses it to detect missing parts and parts of other runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// The shard, as `I/N`; absent if the run was not divided into shards.
    pub shard: Option<String>,
    /// True if a test runner such as nextest ran each test in its own process, with its own report.
    pub by_test: bool,
    /// True if filters selected only some tests of the suite.
    pub filtered: bool,
    /// The tests of the whole run.
    pub whole: Extent,
    /// The tests of this part.
    pub part: Extent,
    /// The options that can change a verdict.
    pub options: BTreeMap<String, String>,
    /// The target file, if there was one.
    pub target_file: Option<String>,
    /// The instance that the target file describes, if it says so.
    pub instance: Option<Instance>,
    /// The date on which known deviations were checked for expiry, as YYYY-MM-DD.
    pub day: String,
    /// The flags that select the target and the generated cases, quoted for a shell, without secrets.
    #[serde(default)]
    pub flags: String,
    /// For each known deviation, how many tests of the suite it matches.
    pub deviation_matches: Vec<usize>,
}

/// One of several instances of an API, in a united report.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InstanceReport {
    /// Its name in the target file.
    pub name: String,
    /// Its base URL.
    pub target: String,
    /// The flags with which its tests run again.
    pub flags: String,
    /// What the preflight found.
    pub preflight: Option<Preflight>,
}

/// A set of tests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Extent {
    /// How many tests there are.
    pub tests: usize,
    /// SHA-256 of their sorted names, each followed by a line feed.
    pub hash: String,
}

/// The program that wrote a report.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Suite {
    /// The name of the program.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 over the contract and the scenarios.
    pub contract_hash: String,
}

/// The outcome of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseStatus {
    /// It was exercised and never violated.
    Upheld,
    /// It was violated at least once.
    Violated,
    /// No test exercised it, or tests that could have shown a violation could not be judged.
    NotExercised,
}

/// A clause of the contract, with its outcome.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClauseReport {
    /// Its id.
    pub id: String,
    /// Its requirement level.
    pub level: Level,
    /// Its text.
    pub says: String,
    /// The section of the documentation that it is taken from.
    #[serde(default)]
    pub page: String,
    /// Its outcome.
    pub status: ClauseStatus,
    /// Why it was not exercised, or which known deviation covers its violation.
    pub reason: Option<String>,
    /// How many tests exercised it.
    pub exercised_by: usize,
    /// The tests of this clause, and the tests in which it was violated.
    pub tests: Vec<String>,
    /// The error codes that it concerns: it is upheld only if one of its tests observed one of them.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Why its checks had nothing to judge, if that is so.
    pub unjudged: Option<String>,
    /// Why nothing judges it, if the contract excludes it.
    pub excluded: Option<String>,
}

/// An error code of the contract.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CodeReport {
    /// The code.
    pub code: String,
    /// Its documented HTTP status; the first if there are several.
    pub status: Option<u16>,
    /// All its documented HTTP statuses.
    #[serde(default)]
    pub statuses: Vec<u16>,
    /// How many tests observed it.
    pub observed: usize,
    /// The first of these tests, at most 1000.
    pub tests: Vec<String>,
    /// Why no test can observe it, if the contract excludes it.
    pub excluded: Option<String>,
}

impl CodeReport {
    /// Whether a test should have observed the code and none did.
    pub fn is_missing(&self) -> bool {
        self.observed == 0 && self.excluded.is_none()
    }

    /// Why no test can observe the code; nothing if one has.
    pub fn reason_excluded(&self) -> Option<&str> {
        self.excluded.as_deref().filter(|_| self.observed == 0)
    }

    /// The statuses as reports show them; nothing for a code that no response has.
    pub fn statuses_in_words(&self) -> Option<String> {
        let all: Vec<String> = self
            .statuses
            .iter()
            .chain(self.status.iter().filter(|_| self.statuses.is_empty()))
            .map(u16::to_string)
            .collect();
        (!all.is_empty()).then(|| all.join(" or "))
    }
}

/// How many codes were observed: `14 of 16 observed, 1 excluded`.
pub(crate) fn codes_observed(codes: &[CodeReport]) -> String {
    let observed = codes.iter().filter(|code| code.observed > 0).count();
    let excluded = codes.iter().filter(|code| code.reason_excluded().is_some()).count();
    let excluded = if excluded > 0 { format!(", {excluded} excluded") } else { String::new() };
    format!("{observed} of {} observed{excluded}", codes.len())
}

/// An actor of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActorReport {
    /// Its name.
    pub name: String,
    /// True if the run had a credential for it.
    pub configured: bool,
}

/// An operation of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperationReport {
    /// Its `operationId`.
    pub operation: String,
    /// Its method and path in the OpenAPI description.
    pub endpoint: String,
    /// The statuses of its documented successes, as in `200 or 202`.
    pub success: String,
}

/// Evidence that a test gives for a clause: responses that the clause's checks and expectations judged without a
/// violation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvidenceReport {
    /// The clause.
    pub clause: String,
    /// The checks that judged; `expectation` stands for the expectations of the test itself.
    pub checks: Vec<String>,
    /// The error codes of the judged responses.
    pub codes: Vec<String>,
    /// How many judgements there were.
    pub responses: usize,
    /// The index of the first judged exchange, if that exchange is kept.
    pub exchange: Option<usize>,
}

/// A clause whose expectation was evaluated on responses that are no evidence for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenReport {
    /// The clause.
    pub clause: String,
    /// Why the responses are no evidence.
    pub reason: String,
}

/// A violation.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindingReport {
    /// The violated clause.
    pub clause: String,
    /// The check that found it; `expectation` for an expectation of the test.
    pub check: String,
    /// The requirement level of the clause.
    pub level: Level,
    /// What was asserted.
    pub message: String,
    /// The expected value.
    pub expected: String,
    /// The actual value.
    pub actual: String,
    /// The place in the response: `status`, `header NAME`, `body /pointer`, `connection`.
    pub part: String,
    /// The index of the exchange.
    pub exchange: usize,
    /// The key of its defect, equal in all runs that show the same defect.
    #[serde(default)]
    pub key: KeyReport,
    /// The index of the known deviation that matches it.
    pub deviation: Option<usize>,
}

/// The key of a defect: the properties that stay the same from run to run while the defect exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyReport {
    /// A hash of the clause, the check and the members below except `response`.
    pub id: String,
    /// The operation that was called.
    pub operation: String,
    /// The place in the response; `*` stands for a list index.
    pub place: String,
    /// What was expected, without values that differ from run to run.
    pub expected: String,
    /// The shape of the actual value.
    pub actual: String,
    /// The shape of the whole response: its status, and its code or the members of its body.
    pub response: String,
    /// The rule that generated the value, for an expectation of a property.
    pub rule: Option<String>,
}

/// The outcome of a known deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeviationState {
    /// A matching violation was observed.
    Observed,
    /// It cannot be decided: its tests were not selected or were inconclusive, or the violation is flaky.
    Unobserved,
    /// The violation no longer occurs.
    Stale,
    /// Its expiry date has passed.
    Expired,
    /// It matches no test.
    Unmatched,
}

/// A known deviation, with its outcome.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviationReport {
    /// The clause that the target is known to violate.
    pub clause: Option<String>,
    /// The pattern of the tests that it matches.
    pub tests: Option<String>,
    /// The check that it matches.
    pub check: Option<String>,
    /// The place in the response that it matches.
    pub place: Option<String>,
    /// The operations that it matches.
    #[serde(default)]
    pub operations: Vec<String>,
    /// The expected values that it matches.
    #[serde(default)]
    pub expected: Vec<String>,
    /// The shapes of actual values that it matches.
    #[serde(default)]
    pub actual: Vec<String>,
    /// The shapes of responses that it matches.
    #[serde(default)]
    pub responses: Vec<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The ticket for its repair.
    pub ticket: String,
    /// Who is responsible for the repair.
    pub owner: Option<String>,
    /// The last day on which it is accepted.
    pub expires: String,
    /// True if the violation occurs only sometimes.
    pub flaky: bool,
    /// The line in the target file.
    pub line: usize,
    /// Its outcome.
    pub state: DeviationState,
    /// An explanation of the outcome.
    pub note: Option<String>,
    /// The tests in which it was observed.
    pub observed_in: Vec<String>,
}

/// A request and its response. The members up to `field` are the log record that the API documentation asks for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExchangeReport {
    /// When it was sent (RFC 3339, UTC).
    pub timestamp: String,
    /// The response's request id.
    pub request_id: Option<String>,
    /// The response's status.
    pub status_code: Option<u16>,
    /// The response's error code.
    pub error_code: Option<Arc<str>>,
    /// The response's error message.
    pub error_message: Option<Arc<str>>,
    /// The method and path.
    pub endpoint: String,
    /// The field that the error names.
    pub field: Option<Arc<str>>,
    /// `set-up`, `asserted` or `teardown`.
    pub role: Arc<str>,
    /// The operation that was called.
    pub operation: Arc<str>,
    /// The actor that sent the request.
    pub actor: Arc<str>,
    /// The duration, in milliseconds.
    pub duration_ms: u64,
    /// Why there is no response, if there is none.
    pub fault: Option<String>,
    /// The `curl` command that repeats the request.
    pub curl: String,
    /// True if that command alone reproduces the exchange: it needs no setup, and the body is short text.
    #[serde(default)]
    #[serde(rename = "selfContained")]
    pub self_contained: bool,
    /// The request, if something is wrong.
    pub request: Option<Box<MessageReport>>,
    /// The response, if something is wrong.
    pub response: Option<Box<MessageReport>>,
}

/// The headers and body of a request or a response.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageReport {
    /// The header fields, as `Name: value`.
    pub headers: Vec<Arc<str>>,
    /// The body as text; a long body is cut.
    pub body: Arc<str>,
    /// The first bytes of the body in hexadecimal, if the body is not valid UTF-8 and nothing in it is redacted.
    pub body_hex: Option<String>,
}

/// A resource that the run created and could not delete.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Leftover {
    /// The noun for this kind of resource.
    pub noun: String,
    /// Its id.
    pub id: String,
    /// The test that created it.
    pub test: String,
    /// Why it was not deleted: the operation with the status and the error code of its last response. Absent if no deletion
    /// was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
