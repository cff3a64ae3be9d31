//! The scenario language: what stands in a file below `scenarios/`.
//!
//! `scenarios/readme.yaml` explains it to people by example, and is run.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::alteration::Alteration;
use super::deserialize::scalars;
use super::wanted::Expect;

/// One scenario file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// What the file is about, in a sentence.
    pub about: String,
    /// Its scenarios.
    pub scenarios: Vec<Scenario>,
}

/// `scenarios/fixtures.yaml`: what several files share.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixtureFile {
    /// What the file is about.
    #[serde(default)]
    pub about: String,
    /// Preparations by name, for `given`.
    #[serde(default)]
    pub fixtures: BTreeMap<String, Fixture>,
    /// Tables of cases by name, for `cases`.
    #[serde(default)]
    pub tables: BTreeMap<String, Vec<Case>>,
}

/// Steps that prepare something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    /// What is there afterwards.
    pub about: String,
    /// Other fixtures that come first.
    #[serde(default)]
    pub given: Vec<String>,
    /// Capabilities that the target must have.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Prepare it once for the whole run, by the first test that needs it, and leave it alone then:
    /// for what cannot be taken away again. Such a fixture has one step.
    #[serde(default)]
    pub once: bool,
    /// A test has it to itself and hands it on to the next, unless it has changed it: for requests that are to be refused.
    /// Such a fixture has one step.
    #[serde(default)]
    pub reuse: bool,
    /// The steps; none of them expects anything but success.
    pub steps: Vec<Step>,
}

/// One assertion about the API, for one or many cases.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// A fact, in kebab-case; unique in its file.
    pub name: String,
    /// The clauses that it is about. With more than one, each step that expects something says which it is about, or
    /// the row does; clauses that a check judges on every answer may be listed besides.
    pub clauses: Vec<String>,
    /// What a reader could not guess.
    #[serde(default)]
    pub why: Option<String>,
    /// The fuzz property that has found it, in files that `--save-failures` writes; such tests run first.
    #[serde(default)]
    pub found_by: Option<String>,
    /// Capabilities that the target must have.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Tests with the same lock never run at the same time.
    #[serde(default)]
    pub lock: Option<String>,
    /// No other test runs at the same time: for what may break the answers to others while it lasts.
    #[serde(default)]
    pub alone: bool,
    /// How often an unmet expectation is given another try, and what must then be seen to have been the reason.
    #[serde(default)]
    pub retries: Option<Retries>,
    /// Fixtures to prepare first.
    #[serde(default)]
    pub given: Vec<String>,
    /// One test for each case: rows, or the name of a shared table.
    #[serde(default)]
    pub cases: Cases,
    /// One test for each value as well (and for each case, where both stand).
    #[serde(default)]
    pub each: BTreeMap<String, Vec<Value>>,
    /// What is done.
    pub steps: Vec<Step>,
}

/// Further tries of a scenario. A try that passes counts only where the answers show the reason; otherwise the first
/// failure stands, or the test is flaky where the target sends nothing that could show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retries {
    /// How many at most.
    pub times: u32,
    /// What may be the reason.
    pub when: RetryReason,
}

/// What may make an expectation fail without being the target's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryReason {
    /// Somebody else, such as another run, uses the same quota.
    SharedQuota,
    /// The quota was renewed between two answers.
    RenewedQuota,
}

/// One row of a table: a name, perhaps fixtures of its own, and variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// The row's name, a part of the test's.
    pub name: String,
    /// Fixtures that this row needs besides the scenario's.
    pub given: Vec<String>,
    /// Capabilities that this row needs besides the scenario's.
    pub needs: Vec<String>,
    /// The clause that this row is about, where the scenario has several.
    pub clause: Option<String>,
    /// Everything else.
    pub variables: Map<String, Value>,
}

/// The cases of a scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cases {
    /// There is just the scenario itself.
    #[default]
    One,
    /// A table from `fixtures.yaml`.
    Table(String),
    /// Rows in place.
    Rows(Vec<Case>),
}

/// One thing to do: a call, or a wait.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The `operationId` to call.
    #[serde(default)]
    pub call: Option<String>,
    /// Who calls.
    #[serde(default, rename = "as")]
    pub actor: Option<String>,
    /// What to do to the credential before it is sent.
    #[serde(default)]
    pub alter: Option<Alteration>,
    /// Path parameters; one that is not given is the variable of the same name. What a template stands for is
    /// percent-encoded, literal text and `${raw(name)}` are sent as they stand.
    #[serde(default, deserialize_with = "scalars")]
    pub path: BTreeMap<String, String>,
    /// Query parameters, percent-encoded; a list repeats its parameter.
    #[serde(default)]
    pub query: BTreeMap<String, Value>,
    /// Header fields to send; null takes one away that would be sent.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The whole body, instead of the operation's example.
    #[serde(default)]
    pub body: Option<Value>,
    /// Members to set in the operation's example.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// Members to take out of the operation's example.
    #[serde(default)]
    pub without: Vec<String>,
    /// The body as raw text, sent as it stands (templates apply).
    #[serde(default)]
    pub raw: Option<String>,
    /// The body as bytes in Base64 (RFC 4648), for what is no text.
    #[serde(default)]
    pub raw_base64: Option<String>,
    /// Sign the body as a webhook event.
    #[serde(default)]
    pub sign: Option<Sign>,
    /// What must come back; without it the step prepares, and must succeed.
    #[serde(default)]
    pub expect: Option<Expect>,
    /// Variables to keep from the answer: `body /pointer`, `header Name`, or `status`. The answer must have it, unless
    /// `optional` stands in front: the variable is then null.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
    /// A name for the answer, for `same_as` in a later step.
    #[serde(default)]
    pub label: Option<String>,
    /// The clause that the expectation is about, if it is not the row's, or the scenario's only one: it is violated
    /// where the expectation is not met, and no other clause is upheld by it.
    #[serde(default)]
    pub clause: Option<String>,
    /// Leave this step out where an earlier assertion of the test is broken: what it would show has been said then.
    #[serde(default)]
    pub unless_broken: bool,
    /// Send it many times at once, until it is refused.
    #[serde(default)]
    pub burst: Option<Burst>,
    /// Send it again and again until the expectation is met.
    #[serde(default)]
    pub poll: Option<Poll>,
    /// Wait instead of calling.
    #[serde(default)]
    pub wait: Option<Wait>,
    /// Say how our endpoint for this test answers, instead of calling.
    #[serde(default)]
    pub listen: Option<Listen>,
    /// Wait for deliveries to our endpoint and judge them, instead of calling.
    #[serde(default, rename = "await")]
    pub deliveries: Option<Deliveries>,
    /// The fixture that this step prepares for more than one test.
    #[serde(skip)]
    pub shared: Option<Shared>,
    /// The whole body as a property has made it.
    #[serde(skip)]
    pub bytes: Option<Arc<[u8]>>,
}

impl Step {
    /// Whether something is expected of it.
    pub fn judges(&self) -> bool {
        self.expect.is_some() || self.deliveries.is_some()
    }
}

/// A fixture that more than one test uses, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shared {
    /// Prepared once for the whole run.
    Once(String),
    /// Handed from test to test as long as none has changed it.
    Reused(String),
}

impl Shared {
    /// The fixture's name.
    pub fn name(&self) -> &str {
        match self {
            Shared::Once(name) | Shared::Reused(name) => name,
        }
    }

    /// True for one that is prepared once for the whole run.
    pub fn is_once(&self) -> bool {
        matches!(self, Shared::Once(_))
    }
}

/// How our endpoint for a test answers; without it, it takes everything with 204.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// The deliveries that are meant: those whose body holds this text. Others are taken with 204.
    pub holding: String,
    /// The answers in turn, the last one again and again: a status, or a word of [`Reply`].
    pub answer: Vec<Value>,
}

/// How an endpoint of ours answers one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// With a status, at once.
    Status(u16),
    /// `slow`: with 200, well within the time that the target allows.
    Slow,
    /// `late`: with 200, after that time.
    Late,
    /// `trickle`: with a head, and then a byte now and then for longer than that time.
    Trickle,
    /// `silence`: not at all.
    Silence,
    /// `reset`: with a reset connection.
    Reset,
}

/// Deliveries to wait for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliveries {
    /// How often each event must be delivered: so often, and not once more.
    pub attempts: u32,
    /// The text that the bodies hold by which they are told from others.
    pub holding: String,
    /// The secret that they are signed under.
    pub secret: String,
    /// How long to wait for them; by default as long as so many attempts may take.
    #[serde(default)]
    pub within_seconds: Option<u32>,
}

impl Reply {
    /// Reads a status from 200 to 599, or a word.
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

/// How an inbound event is signed; by default as the contract says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    /// Seconds that the timestamp is ahead (or, negative, behind).
    #[serde(default)]
    pub offset_seconds: i64,
    /// The timestamp as text, instead of a time.
    #[serde(default)]
    pub timestamp: Option<String>,
    /// True to sign under another secret.
    #[serde(default)]
    pub other_secret: bool,
    /// Sign under this secret instead of the shared one; it may be empty.
    #[serde(default)]
    pub secret: Option<String>,
    /// Sign this text instead of the body that is sent.
    #[serde(default)]
    pub signed_body: Option<String>,
    /// What the signature covers.
    #[serde(default)]
    pub over: Covered,
    /// What becomes of the signature before it is sent.
    #[serde(default)]
    pub mangle: Option<Mangle>,
    /// Headers to leave out.
    #[serde(default)]
    pub omit: Vec<SignatureHeader>,
}

/// What a signature covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Covered {
    /// Timestamp, separator, body: as the contract says.
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

/// What becomes of a signature before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mangle {
    /// The second half of its digits goes.
    Truncate,
    /// Two digits more.
    Longer,
    /// The digits of HMAC-SHA1 behind its own prefix.
    Sha1,
    /// The digits of HMAC-SHA512 behind its own prefix.
    Sha512,
    /// The first digit becomes another.
    FirstDigit,
    /// The last digit becomes another.
    LastDigit,
    /// The prefix goes.
    NoPrefix,
    /// The prefix names another algorithm.
    OtherPrefix,
    /// No digit is left over the prefix.
    Empty,
    /// Zeros only.
    Zeros,
    /// The digits of SHA-256 without a key.
    Unkeyed,
}

/// One of the two headers of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureHeader {
    /// The one with the time.
    Timestamp,
    /// The one with the digits.
    Signature,
}

/// Many requests at once.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burst {
    /// At most so many in all.
    pub at_most: u32,
    /// So many at a time.
    pub in_flight: u32,
}

/// The same request again and again.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// Give up after so many seconds.
    pub within_seconds: u32,
    /// The pause between two requests, in milliseconds.
    pub every_ms: u32,
}

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wait {
    /// The delay that the last refusal for too many requests named.
    RetryDelay,
}
