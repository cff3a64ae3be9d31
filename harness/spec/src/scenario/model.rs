//! The types of the scenario language: the content of the files below `scenarios/`.
//!
//! `scenarios/readme.yaml` explains the language by example, and is also run.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::alteration::Alteration;
use super::cases::{Case, Cases};
use super::written_expectation::Expect;
use crate::forms::{ReplySchema, ScalarSchema, scalars};

/// One scenario file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// A description of the file, in one sentence.
    pub about: String,
    /// The scenarios.
    pub scenarios: Vec<Scenario>,
}

/// `scenarios/fixtures.yaml`: fixtures and tables that several files share.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixtureFile {
    /// A description of the file.
    #[serde(default)]
    pub about: String,
    /// Fixtures by name, for `given`.
    #[serde(default)]
    pub fixtures: BTreeMap<String, Fixture>,
    /// Tables of cases by name, for `cases`.
    #[serde(default)]
    pub tables: BTreeMap<String, Vec<Case>>,
}

/// Setup steps.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// What exists after the steps.
    pub about: String,
    /// Other fixtures that run first.
    #[serde(default)]
    pub given: Vec<String>,
    /// Capabilities that the target must have.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The first test that needs the fixture runs it, and all tests of the run share it unchanged. For resources that
    /// cannot be deleted. Such a fixture has one step.
    #[serde(default)]
    pub once: bool,
    /// A test uses the fixture alone, and later tests reuse it unless it was changed. For requests that must be
    /// refused. Such a fixture has one step.
    #[serde(default)]
    pub reuse: bool,
    /// The steps. Each must succeed, or get the response that it expects.
    pub steps: Vec<Step>,
}

/// A scenario: one assertion about the API, for one or many cases.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The name in kebab-case, which states a fact; unique in its file.
    pub name: String,
    /// The clauses that it tests. If there are several, each step with an expectation names its clause, or the row
    /// does. Clauses that a check judges on every response may also be listed.
    pub clauses: Vec<String>,
    /// The reason, where it is not obvious.
    pub why: Option<String>,
    /// The property that found it, in files that `--save-failures` writes; such tests run first.
    pub found_by: Option<String>,
    /// Capabilities that the target must have.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Tests with the same lock never run at the same time.
    pub lock: Option<String>,
    /// No other test runs at the same time. For scenarios that may disturb other tests.
    #[serde(default)]
    pub alone: bool,
    /// How often the scenario may be retried after an unmet expectation, and for which reason.
    pub retries: Option<Retries>,
    /// Fixtures for the setup.
    #[serde(default)]
    pub given: Vec<String>,
    /// One test for each case: rows, or the name of a shared table.
    #[serde(default)]
    pub cases: Cases,
    /// One test for each value; with `cases`, one for each combination.
    #[serde(default)]
    pub each: BTreeMap<String, Vec<Value>>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// Retries of a scenario. A retry that passes counts only if the responses show the reason. Otherwise the first failure
/// counts, or the test is flaky if the target sends no headers that could show the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retries {
    /// The maximum number of retries.
    pub times: u32,
    /// The reason for a retry.
    pub when: RetryReason,
}

/// A reason why an expectation may fail without a fault of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RetryReason {
    /// Another client, such as another run, uses the same quota.
    SharedQuota,
    /// The quota was renewed between two responses.
    RenewedQuota,
}

/// One step: a call, a wait, or an action of the webhook endpoint.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The `operationId` to call.
    pub call: Option<String>,
    /// The actor that calls.
    #[serde(default, rename = "as")]
    pub actor: Option<String>,
    /// The HTTP method to send to the operation's path, instead of its own: one that the path does not document. Then
    /// there is no body unless the step gives one.
    pub method: Option<String>,
    /// The path to send the request to, below the base URL, instead of the operation's: one that no operation has.
    pub send_to: Option<String>,
    /// How to alter the credential before it is sent.
    pub alter: Option<Alteration>,
    /// Path parameters; a missing one is the variable of the same name. Values of templates are percent-encoded;
    /// literal text and `${raw(name)}` are sent unchanged.
    #[serde(default, deserialize_with = "scalars")]
    #[schemars(with = "BTreeMap<String, ScalarSchema>")]
    pub path: BTreeMap<String, String>,
    /// Query parameters, percent-encoded; a list repeats its parameter.
    #[serde(default)]
    pub query: BTreeMap<String, Value>,
    /// Headers to send; null removes a header that would be sent by default.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The whole body, instead of the operation's example.
    pub body: Option<Value>,
    /// Members to set in the operation's example.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// Members to remove from the operation's example.
    #[serde(default)]
    pub without: Vec<String>,
    /// The body as raw text, with templates expanded.
    pub raw: Option<String>,
    /// The body as bytes in Base64 (RFC 4648), for bodies that are not text.
    pub raw_base64: Option<String>,
    /// Sign the body as a webhook event.
    pub sign: Option<Sign>,
    /// The expected response; a step without it is part of the setup and must succeed.
    pub expect: Option<Expect>,
    /// Variables to keep from the response: `body /pointer`, `header Name`, or `status`. The response must have the part.
    /// With `optional` before it, the variable is null if the part is missing.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
    /// A name for the response, for `same_as` in a later step.
    pub label: Option<String>,
    /// The clause that the expectation tests, unless it is that of the row or the only one of the scenario. An unmet
    /// expectation violates only this clause, and a met one upholds only this clause.
    pub clause: Option<String>,
    /// The clause instead, if the credential of the actor is a JSON Web Token (RFC 7519).
    pub clause_of_token: Option<String>,
    /// Skip this step if an earlier expectation of the test is unmet, because it would report the same fault again.
    #[serde(default)]
    pub skip_after_failure: bool,
    /// Send the request many times concurrently, until it is refused.
    pub burst: Option<Burst>,
    /// Send the request repeatedly until the expectation is met, or in a setup step until it succeeds.
    pub poll: Option<Poll>,
    /// Wait instead of calling.
    pub wait: Option<Wait>,
    /// Set the responses of our webhook endpoint for this test, instead of calling.
    pub listen: Option<Listen>,
    /// Wait for deliveries to our webhook endpoint and judge them, instead of calling.
    #[serde(default, rename = "await")]
    pub deliveries: Option<Deliveries>,
}

impl Step {
    /// Whether the step has an expectation.
    pub(super) fn judges(&self) -> bool {
        self.expect.is_some() || self.deliveries.is_some()
    }

    /// The members that are set and have an effect only in a step with `call`.
    pub(super) fn members_of_a_call(&self) -> Vec<&'static str> {
        let members = [
            ("as", self.actor.is_some()),
            ("method", self.method.is_some()),
            ("send_to", self.send_to.is_some()),
            ("alter", self.alter.is_some()),
            ("path", !self.path.is_empty()),
            ("query", !self.query.is_empty()),
            ("headers", !self.headers.is_empty()),
            ("body", self.body.is_some()),
            ("with", !self.with.is_empty()),
            ("without", !self.without.is_empty()),
            ("raw", self.raw.is_some()),
            ("raw_base64", self.raw_base64.is_some()),
            ("sign", self.sign.is_some()),
            ("expect", self.expect.is_some()),
            ("keep", !self.keep.is_empty()),
            ("label", self.label.is_some()),
            ("burst", self.burst.is_some()),
            ("poll", self.poll.is_some()),
        ];
        members.into_iter().filter(|(_, set)| *set).map(|(name, _)| name).collect()
    }
}

/// The name of a fixture that several tests share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shared {
    /// Run once for the whole run.
    Once(String),
    /// Reused by one test after another, as long as none has changed it.
    Reused(String),
}

impl Shared {
    pub fn name(&self) -> &str {
        match self {
            Shared::Once(name) | Shared::Reused(name) => name,
        }
    }

    pub fn is_once(&self) -> bool {
        matches!(self, Shared::Once(_))
    }
}

/// The responses of our webhook endpoint for a test; the default is 204 for every delivery.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// The deliveries that get these responses: those whose body contains this text. Others get 204.
    pub body_contains: String,
    /// The responses in order; the last one is repeated. Each is a status, or one of these words: `slow` (200, before the
    /// target's timeout), `late` (200, after it), `trickle` (single bytes with pauses, for longer than it), `silence` (no
    /// response), `reset` (the connection is reset).
    #[schemars(with = "Vec<ReplySchema>")]
    pub responses: Vec<Value>,
}

/// How our webhook endpoint responds to one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// With a status, immediately.
    Status(u16),
    /// `slow`: with 200, well before the target's timeout.
    Slow,
    /// `late`: with 200, after that timeout.
    Late,
    /// `trickle`: with headers, and then single bytes with pauses, for longer than that timeout.
    Trickle,
    /// `silence`: with no response.
    Silence,
    /// `reset`: by resetting the connection.
    Reset,
}

/// Deliveries to wait for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deliveries {
    /// The exact number of times that each event must be delivered.
    pub attempts: u32,
    /// A text in the bodies that identifies these deliveries.
    pub body_contains: String,
    /// The secret with which they are signed.
    pub secret: String,
    /// How long to wait for them; by default as long as this number of attempts may take.
    pub within_seconds: Option<u32>,
}

impl std::fmt::Display for Reply {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reply::Status(status) => write!(formatter, "{status}"),
            Reply::Slow => formatter.write_str("slow"),
            Reply::Late => formatter.write_str("late"),
            Reply::Trickle => formatter.write_str("trickle"),
            Reply::Silence => formatter.write_str("silence"),
            Reply::Reset => formatter.write_str("reset"),
        }
    }
}

impl Reply {
    /// Parses a status from 200 to 599, or a word.
    pub fn from_value(value: &Value) -> Result<Self, String> {
        let status =
            value.as_u64().and_then(|status| u16::try_from(status).ok()).filter(|status| (200..600).contains(status));
        match (status, value.as_str()) {
            (Some(status), _) => Ok(Reply::Status(status)),
            (_, Some("slow")) => Ok(Reply::Slow),
            (_, Some("late")) => Ok(Reply::Late),
            (_, Some("trickle")) => Ok(Reply::Trickle),
            (_, Some("silence")) => Ok(Reply::Silence),
            (_, Some("reset")) => Ok(Reply::Reset),
            _ => Err(format!(
                "{value} is neither a status from 200 to 599 nor one of `slow`, `late`, `trickle`, `silence`, `reset`"
            )),
        }
    }
}

/// How an inbound event is signed; by default as in the contract.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// The offset of the timestamp from the current time, in seconds; negative for the past.
    #[serde(default)]
    pub offset_seconds: i64,
    /// The timestamp as text, instead of a time.
    pub timestamp: Option<String>,
    /// True to sign with another secret.
    #[serde(default)]
    pub other_secret: bool,
    /// Sign with this secret instead of the shared one; it may be empty.
    pub secret: Option<String>,
    /// Sign this text instead of the body that is sent.
    pub signed_body: Option<String>,
    /// What the signature covers.
    #[serde(default)]
    pub covers: Covered,
    /// How to alter the signature before it is sent.
    pub alter: Option<SignatureAlteration>,
    /// Headers to leave out.
    #[serde(default)]
    pub omit: Vec<SignatureHeader>,
}

/// What a signature covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Covered {
    /// Timestamp, separator, body: as in the contract.
    #[default]
    TimestampAndBody,
    /// The body alone.
    Body,
    /// The timestamp alone.
    Timestamp,
    /// Timestamp and body without the separator.
    Joined,
    /// Body, separator, timestamp.
    Swapped,
}

/// How a signature is altered before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureAlteration {
    /// The second half of its digits is removed.
    Truncate,
    /// Two digits are appended.
    Longer,
    /// The digits of HMAC-SHA1, after its own prefix.
    Sha1,
    /// The digits of HMAC-SHA512, after its own prefix.
    Sha512,
    /// The first digit is replaced.
    FirstDigit,
    /// The last digit is replaced.
    LastDigit,
    /// The prefix is removed.
    NoPrefix,
    /// The prefix names another algorithm.
    OtherPrefix,
    /// Only the prefix is left, without digits.
    Empty,
    /// All digits are zeros.
    Zeros,
    /// The digits of SHA-256 without a key.
    Unkeyed,
}

/// One of the two headers of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureHeader {
    /// The header with the time.
    Timestamp,
    /// The header with the digits.
    Signature,
}

/// Many concurrent requests.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// The maximum number of requests in all.
    pub at_most: u32,
    /// The number of requests in flight at the same time.
    pub in_flight: u32,
    /// The maximum number of requests that the target may accept. With it, all requests are sent, although some are
    /// refused: all of them compete for the same thing. If it is `at_most`, all may be accepted.
    #[serde(default)]
    pub accepted: Option<u32>,
}

/// The same request, repeated until the expectation is met.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// The timeout in seconds.
    pub within_seconds: u32,
    /// The pause between two requests, in milliseconds.
    pub every_ms: u32,
}

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// The delay that the last rate-limit refusal gave.
    RetryDelay,
}
