//! The report as data, from which every format is made; `schemas/report.schema.json` describes its members.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::contract::Level;
use crate::preflight::Preflight;
use crate::verdict::Verdict;

/// The version of this format.
pub const FORMAT: u32 = 1;

/// A whole run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Report {
    /// The version of this format.
    pub format: u32,
    /// What made the report.
    pub suite: Suite,
    /// The base URL, or `embedded reference`.
    pub target: String,
    /// The seed of the run.
    pub seed: u64,
    /// True when recommendations counted as promises.
    pub strict: bool,
    /// The command that ran it; the values of secrets are left out.
    #[serde(default)]
    pub command: String,
    /// When it began (RFC 3339, UTC).
    pub started_at: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How many requests were sent.
    pub requests: u64,
    /// The exit code that follows.
    pub exit_code: u8,
    /// How many tests had each verdict.
    pub summary: BTreeMap<String, usize>,
    /// Every clause of the register.
    pub clauses: Vec<ClauseReport>,
    /// Every code of the catalogue.
    pub error_codes: Vec<CodeReport>,
    /// Every test, in order of name.
    #[serde(rename = "trials")]
    pub tests: Vec<TestReport>,
    /// What the run has made and could not take away.
    pub leftovers: Vec<Leftover>,
    /// The actors of the contract that need a credential.
    #[serde(default)]
    pub actors: Vec<ActorReport>,
    /// The known deviations of the target, in the order of its file.
    #[serde(default)]
    pub deviations: Vec<DeviationReport>,
    /// What it is a part of; absent only in reports of older versions.
    #[serde(default)]
    pub manifest: Option<Manifest>,
    /// What was found out before the first test; absent where there was no preflight, and in reports of older versions.
    #[serde(default)]
    pub preflight: Option<Preflight>,
}

/// What a report is a part of: by it parts are joined, and a lost or a foreign one is noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// Which part it is, `I/N`; absent when the run was not divided into shards.
    pub shard: Option<String>,
    /// True when a runner of ours gave every test a process, and so a report, of its own.
    pub by_test: bool,
    /// True when filters left only some tests of the suite.
    pub filtered: bool,
    /// The tests of all parts together.
    pub whole: Extent,
    /// The tests of this part.
    pub part: Extent,
    /// What was chosen that can change a verdict.
    pub options: BTreeMap<String, String>,
    /// The target file, where there was one.
    pub target_file: Option<String>,
    /// The day by which known deviations were judged, as YYYY-MM-DD.
    pub day: String,
    /// The flags by which the run reached its target and generated its cases, without secrets, as a shell takes them.
    #[serde(default)]
    pub flags: String,
    /// For each known deviation, of how many tests of the suite it speaks.
    pub spoken_of: Vec<usize>,
}

/// A set of tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Extent {
    /// How many they are.
    #[serde(rename = "trials")]
    pub tests: usize,
    /// SHA-256 over their names, sorted, each with a line feed behind it.
    pub hash: String,
}

/// What made a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Suite {
    /// The program.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 over the contract and the scenarios.
    pub contract_hash: String,
}

/// What became of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClauseStatus {
    /// It was put to the test and kept every time.
    Upheld,
    /// It was broken at least once.
    Violated,
    /// It was not put to the test.
    NotExercised,
}

/// A clause of the register.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClauseReport {
    /// Its id.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// What it says.
    pub says: String,
    /// The section of the published page that it is read from.
    #[serde(default)]
    pub page: String,
    /// What became of it.
    pub status: ClauseStatus,
    /// Why it was not put to the test, or that it was broken as is known.
    pub reason: Option<String>,
    /// How many tests put it to the test.
    pub exercised_by: usize,
    /// The tests that are about it, and those in which it was broken.
    #[serde(rename = "trials")]
    pub tests: Vec<String>,
    /// The error codes that it is about: it is upheld only where a test of it observed one of them.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Why its checks had nothing to judge, where they had not.
    #[serde(default)]
    pub unjudged: Option<String>,
    /// Why nothing judges it, where the contract says so.
    #[serde(default)]
    pub excluded: Option<String>,
}

/// A code of the catalogue.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CodeReport {
    /// The code.
    pub code: String,
    /// Its documented status.
    pub status: Option<u16>,
    /// In how many tests it was observed.
    pub observed: usize,
    /// Some of these tests.
    #[serde(rename = "trials")]
    pub tests: Vec<String>,
    /// Why no test can observe it, where the contract says so.
    #[serde(default)]
    pub excluded: Option<String>,
}

/// An actor of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActorReport {
    /// Its name.
    pub name: String,
    /// True when the run had a credential for it.
    pub configured: bool,
}

/// What the answers of a test show of a clause: judged by its own checks and expectations, and not violated by them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvidenceReport {
    /// The clause.
    pub clause: String,
    /// The checks that judged; `expectation` for the expectations of the test itself.
    pub checks: Vec<String>,
    /// The error codes of the answers that they judged.
    pub codes: Vec<String>,
    /// How often they judged an answer.
    pub answers: usize,
    /// The index of the first exchange that they judged, where it is kept.
    pub exchange: Option<usize>,
}

/// A clause whose expectation was evaluated on answers that show nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenReport {
    /// The clause.
    pub clause: String,
    /// Why they show nothing.
    pub reason: String,
}

/// A test.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestReport {
    /// Its public name.
    pub name: String,
    /// The scenario's file, relative to the pack.
    pub file: String,
    /// The line in it.
    pub line: usize,
    /// What it is about.
    pub about: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it was skipped, or why no verdict could be had.
    pub reason: Option<String>,
    /// When it began (RFC 3339, UTC).
    pub started_at: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The clauses that it is about.
    pub clauses: Vec<String>,
    /// What its answers show of each clause.
    #[serde(default)]
    pub evidence: Vec<EvidenceReport>,
    /// The clauses of which its answers show nothing, though they were to.
    #[serde(default)]
    pub open: Vec<OpenReport>,
    /// The error codes that it observed.
    #[serde(default)]
    pub codes: Vec<String>,
    /// The known deviations, by index, that describe something of what is broken.
    #[serde(default)]
    pub deviations: Vec<usize>,
    /// What is broken.
    pub findings: Vec<FindingReport>,
    /// What was sent and came back; bodies only where something is wrong.
    pub exchanges: Vec<ExchangeReport>,
    /// What was drawn and found, where the test is a fuzz property.
    pub fuzz: Option<FuzzReport>,
    /// The command that prints a script which shows a violation of it again, where there is one.
    #[serde(default)]
    pub repro: Option<String>,
    /// True for what failed and then passed: it is inconclusive, and is counted apart.
    #[serde(default, skip_serializing_if = "is_false")]
    pub flaky: bool,
    /// Other tries of the same test, none of which is the last word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<AttemptReport>,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// Another try of a test.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AttemptReport {
    /// What became of it, and why it does not count.
    pub note: String,
    /// The expectations that it did not meet.
    pub findings: Vec<FindingReport>,
    /// Its exchanges, by index.
    pub exchanges: Vec<usize>,
}

/// What a fuzz property drew and found. Of its exchanges only those that show a failure are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FuzzReport {
    /// How many cases were sent and judged.
    pub cases: usize,
    /// How many drawn values were thrown away because the oracle did not agree with the rule.
    pub discarded: usize,
    /// The rules that were drawn from.
    pub rules: Vec<RuleReport>,
    /// The smallest cases that fail.
    pub found: Vec<FoundReport>,
}

/// A rule of a fuzz property.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleReport {
    /// Its name.
    pub name: String,
    /// How many cases were drawn from it.
    pub cases: usize,
    /// How many drawn values were thrown away.
    pub discarded: usize,
}

/// A case that fails.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FoundReport {
    /// The rule that it was drawn from.
    pub rule: String,
    /// The value, with nothing invisible in it, cut where it is long.
    pub value: String,
    /// The number of the case among those of the property, from 0.
    pub case: usize,
    /// False where nothing smaller was looked for.
    pub shrunk: bool,
    /// The steps of shrinking from the case as it was generated, as `conformance repro --case` takes them.
    #[serde(default)]
    pub moves: String,
    /// The clauses that it breaks.
    pub clauses: Vec<String>,
    /// The index of the exchange; the findings about it are its own.
    pub exchange: usize,
}

/// A violations.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindingReport {
    /// The clause.
    pub clause: String,
    /// The check that speaks.
    pub check: String,
    /// How bad it is.
    pub level: Level,
    /// The assertion.
    pub message: String,
    /// What the contract asks for.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// Where in the answer: `status`, `header NAME`, `body /pointer`, `connection`.
    pub part: String,
    /// The index of the exchange.
    pub exchange: usize,
    /// What tells its defect from others, in this run and in later ones.
    #[serde(default)]
    pub key: KeyReport,
    /// The known deviation that describes it, by its index.
    #[serde(default)]
    pub deviation: Option<usize>,
}

/// What tells a defect from others: all that stays the same from run to run while the defect does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyReport {
    /// The whole as a short name: a hash over clause, check and the members below, without `answer`.
    pub id: String,
    /// The operation that was called.
    pub operation: String,
    /// The part of the answer; `*` stands for an index.
    pub place: String,
    /// What was expected, without values that differ from run to run.
    pub expected: String,
    /// The shape of what came in that place.
    pub came: String,
    /// The shape of the whole answer: its status, and its code or the members of its body.
    pub answer: String,
    /// The rule that the value was generated by, for an expectation of a property.
    #[serde(default)]
    pub rule: Option<String>,
}

/// What became of a known deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviationState {
    /// What it describes was seen.
    Observed,
    /// Nothing can be said: its tests were not selected, had no verdict, or it comes and goes.
    Unobserved,
    /// What it describes no longer happens.
    Stale,
    /// Its last day is over.
    Expired,
    /// It speaks of no test.
    Unmatched,
}

/// A known deviation, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviationReport {
    /// The clause that is known to be broken.
    pub clause: Option<String>,
    /// The pattern of the tests that it speaks of.
    #[serde(rename = "trials")]
    pub tests: Option<String>,
    /// The check that it speaks of.
    pub check: Option<String>,
    /// The part of the answer that it speaks of.
    pub place: Option<String>,
    /// The operations that it speaks of.
    #[serde(default)]
    pub operations: Vec<String>,
    /// What is expected there.
    #[serde(default)]
    pub expected: Vec<String>,
    /// The shapes of what comes there.
    #[serde(default)]
    pub came: Vec<String>,
    /// The shapes of the answers that it speaks of.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Why it is let pass.
    pub reason: String,
    /// Where it is being worked on.
    pub ticket: String,
    /// Who sees to it.
    pub owner: Option<String>,
    /// The last day on which it is let pass.
    pub expires: String,
    /// True when it comes and goes.
    pub flaky: bool,
    /// The line in the target file.
    pub line: usize,
    /// What became of it.
    pub state: DeviationState,
    /// What follows from that, in words.
    pub note: Option<String>,
    /// The tests in which it was seen.
    pub observed_in: Vec<String>,
}

/// A request and what came of it. The members up to `field` are the log record that the published
/// page asks clients to keep.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExchangeReport {
    /// When it was sent (RFC 3339, UTC).
    pub timestamp: String,
    /// The answer's request id.
    pub request_id: Option<String>,
    /// The answer's status.
    pub status_code: Option<u16>,
    /// The answer's error code.
    pub error_code: Option<String>,
    /// The answer's error message.
    pub error_message: Option<String>,
    /// Method and path.
    pub endpoint: String,
    /// The field at fault.
    pub field: Option<String>,
    /// `set-up`, `asserted` or `teardown`.
    pub role: String,
    /// The operation that was called.
    pub operation: String,
    /// Who called.
    pub actor: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// Why there is no answer, if there is none.
    pub fault: Option<String>,
    /// A command that sends it again.
    pub curl: String,
    /// True where that command is enough by itself: nothing must be prepared before, and the body is short text.
    #[serde(default)]
    pub stands_alone: bool,
    /// What was sent, where something is wrong.
    pub request: Option<MessageReport>,
    /// What came back, where something is wrong.
    pub response: Option<MessageReport>,
}

/// Headers and body.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MessageReport {
    /// Header fields, as `Name: value`.
    pub headers: Vec<String>,
    /// The body as text, cut where it is long.
    pub body: String,
    /// The first bytes of the body in hexadecimal, where they are no text and nothing in them is hidden.
    #[serde(default)]
    pub body_hex: Option<String>,
}

/// Something that could not be taken away.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Leftover {
    /// What it is called.
    pub noun: String,
    /// Its id.
    pub id: String,
    /// The test that made it.
    pub test: String,
}
