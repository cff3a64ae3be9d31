//! A rule of a format: a name, the assertion of the contract about the values of the rule, and a strategy that
//! generates these values.

use std::borrow::Cow;
use std::sync::Arc;

use proptest::strategy::{BoxedStrategy, Strategy};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::documents::DocumentSpec;

/// A placeholder in every mail address that must be accepted, and in most that must be refused. Before sending, it is
/// replaced by a new token of at most 12 lower-case letters and digits, so that no other customer has the address.
pub const UNIQUE: &str = "{unique}";

/// The kind of value that is generated. The engine defines the formats; the pack assigns them to members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ValueFormat {
    /// A real calendar date, `YYYY-MM-DD` (RFC 3339 `full-date`).
    CalendarDate,
    /// A telephone number in E.164 format: `+` and 2 to 15 digits, the first not 0.
    PhoneNumber,
    /// A mail address.
    MailAddress,
    /// A postal code of the country that the companion member names (ISO 3166-1 alpha-2).
    PostalCode,
    /// A file in Base64, with the media type that the companion member names.
    Document,
    /// Unusual text for any string member.
    Text,
    /// A value of another type for a member that must be a string.
    NotText,
    /// A whole request body that is not a JSON object, or not JSON.
    Body,
    /// An unusual id in the path.
    PathId,
}

impl ValueFormat {
    /// The name in the pack.
    pub fn name(self) -> &'static str {
        match self {
            ValueFormat::CalendarDate => "calendar-date",
            ValueFormat::PhoneNumber => "phone-number",
            ValueFormat::MailAddress => "mail-address",
            ValueFormat::PostalCode => "postal-code",
            ValueFormat::Document => "document",
            ValueFormat::Text => "text",
            ValueFormat::NotText => "not-text",
            ValueFormat::Body => "body",
            ValueFormat::PathId => "path-id",
        }
    }
}

/// The kinds of refusal. A pack gives the clause and the allowed codes for each.
pub const REFUSAL_KINDS: [&str; 12] = [
    "malformed",
    "empty",
    "wrong-type",
    "null",
    "not-json",
    "not-an-object",
    "content",
    "empty-content",
    "too-large",
    "not-base64",
    "mislabelled",
    "quality",
];

/// What the contract asserts of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Assertion {
    /// It must be accepted.
    Accepted,
    /// It must be refused. The kind is one of [`REFUSAL_KINDS`], which the pack maps to a clause and codes: `malformed` for
    /// most formats; documents have several kinds.
    Refused(&'static str),
    /// Any documented response is allowed, except a server error.
    Handled,
}

/// The content that replaces a valid value.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// The member's value.
    Json(Value),
    /// The member's value as JSON text that no `Value` can represent: unpaired surrogates, huge numbers, duplicate
    /// members.
    JsonText(String),
    /// A large text, built once and shared.
    Large(Arc<str>),
    /// A document in Base64, which is built when it is sent, because it may be many megabytes long.
    Document(DocumentSpec),
    /// The bytes of the whole body.
    Body(Vec<u8>),
    /// The path segment of the id as it is sent, with percent-encoding.
    Segment(String),
    /// Nothing: the member or the parameter is left out.
    Absent,
}

/// One generated value.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub content: Content,
    /// The value of the companion member, if the format has one (country, media type).
    pub companion: Option<Value>,
}

/// A function that makes the strategy of a rule. A strategy itself cannot be shared between threads.
#[derive(Clone)]
pub struct MakeStrategy(Arc<dyn Fn() -> BoxedStrategy<Input> + Send + Sync>);

impl MakeStrategy {
    pub fn strategy(&self) -> BoxedStrategy<Input> {
        (self.0)()
    }
}

impl std::fmt::Debug for MakeStrategy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("MakeStrategy")
    }
}

/// Where the inputs of a rule come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A strategy generates them. A shrunk input that no longer belongs to the rule is rejected by the oracle.
    Strategy(MakeStrategy),
    /// An example of the pack is the only input. It is always sent, before all generated inputs.
    Example(Input),
}

/// A named rule. All its inputs satisfy it (`Accepted`), or violate it and no other rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Kebab-case, unique within its format: `month-thirteen`.
    pub name: Cow<'static, str>,
    /// The assertion about the response.
    pub assertion: Assertion,
    pub source: Source,
    /// The maximum number of cases in a run, whatever number is requested; for large bodies.
    pub at_most: Option<usize>,
    /// True if a server may store the value but be unable to return it. If such a value creates a resource, the response
    /// has no id, so cleanup cannot delete the resource, and lists may fail as long as it exists.
    pub may_be_unreadable: bool,
}

impl Rule {
    pub fn generated(
        name: &'static str,
        assertion: Assertion,
        strategy: impl Fn() -> BoxedStrategy<Input> + Send + Sync + 'static,
    ) -> Self {
        let source = Source::Strategy(MakeStrategy(Arc::new(strategy)));
        Self { name: name.into(), assertion, source, at_most: None, may_be_unreadable: false }
    }

    /// A rule with one input, which is always sent.
    pub fn example(name: impl Into<Cow<'static, str>>, assertion: Assertion, input: Input) -> Self {
        let source = Source::Example(input);
        Self { name: name.into(), assertion, source, at_most: Some(1), may_be_unreadable: false }
    }

    /// The same rule with other inputs.
    pub(crate) fn map(self, change: fn(Input) -> Input) -> Self {
        let source = match self.source {
            Source::Example(input) => Source::Example(change(input)),
            Source::Strategy(MakeStrategy(make)) => {
                Source::Strategy(MakeStrategy(Arc::new(move || make().prop_map(change).boxed())))
            }
        };
        Self { source, ..self }
    }

    pub fn is_example(&self) -> bool {
        matches!(self.source, Source::Example(_))
    }
}
