//! A rule of a format: a name, what the contract asserts of values that keep or break it, and a strategy
//! that generates such values.

use std::sync::Arc;

use proptest::strategy::BoxedStrategy;
use serde::Deserialize;
use serde_json::Value;

use super::{body, date, document, mail, oracle, path_id, phone, postal, text};

/// Stands once in a mail address that must be accepted, and in most that must be refused: before sending, a fresh token of
/// at most 12 lower-case letters and digits replaces it, so that no other customer has the address.
pub const UNIQUE: &str = "{unique}";

/// What kind of thing is generated. The engine knows formats; which member has which is the pack's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A real calendar date, `YYYY-MM-DD` (RFC 3339 `full-date`).
    CalendarDate,
    /// A telephone number in E.164: `+` and 2 to 15 digits, the first not 0.
    PhoneNumber,
    /// A mail address.
    MailAddress,
    /// A postal code of the country that the companion member names (ISO 3166-1 alpha-2).
    PostalCode,
    /// A file in Base64, of the media type that the companion member names.
    Document,
    /// Any string member, however odd its text.
    Text,
    /// A member that must be a string, given something else.
    NotText,
    /// A whole request body that is no JSON object, or no JSON.
    Body,
    /// An id in the path, however odd.
    PathId,
}

/// The kinds of refusal: a pack says for each which clause it breaks and which codes it may have.
pub const KINDS: [&str; 11] = [
    "malformed",
    "empty",
    "wrong-type",
    "null",
    "not-json",
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
    /// It must be refused. The word is one of [`KINDS`], which the pack maps to clause and code: `malformed` for most
    /// formats; documents know several.
    Refused(&'static str),
    /// Anything but a server error, in a documented envelope.
    Survived,
}

/// What is put in the place of a good value.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// The member's value.
    Json(Value),
    /// The member's value as JSON text that no `Value` can hold: escapes of lone surrogates, huge numbers, a member twice.
    JsonText(String),
    /// A large text, built once and shared.
    Large(Arc<str>),
    /// The whole body, byte by byte.
    Body(Vec<u8>),
    /// The id's segment of the path as it goes on the wire, percent-encoding included.
    Segment(String),
}

/// One generated value.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// What is sent.
    pub content: Content,
    /// The value of the companion member, where the format has one (country, media type).
    pub companion: Option<Value>,
}

/// A named rule: all inputs that its strategy generates keep it (`Accepted`), or break it and it alone.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Kebab-case, unique within its format: `month-thirteen`.
    pub name: &'static str,
    /// What follows for the answer.
    pub assertion: Assertion,
    /// Generates inputs. Shrinking stays within the rule, or the oracle refuses the candidate.
    pub strategy: fn() -> BoxedStrategy<Input>,
    /// At most so many cases of it in a run, whatever is asked for: large bodies are few.
    pub at_most: Option<usize>,
    /// True where a server may store the value and then be unable to write it into an answer. The id of a resource that
    /// was created with it never comes back, so that cleanup cannot delete it, and lists may fail as long as it exists.
    pub may_be_unreadable: bool,
}

/// The rules of a format.
pub fn rules(format: Format) -> Vec<Rule> {
    match format {
        Format::CalendarDate => date::rules(),
        Format::PhoneNumber => phone::rules(),
        Format::MailAddress => mail::rules(),
        Format::PostalCode => postal::rules(),
        Format::Document => document::rules(),
        Format::Text => text::rules(),
        Format::NotText => text::rules_of_other_types(),
        Format::Body => body::rules(),
        Format::PathId => path_id::rules(),
    }
}

impl Format {
    /// A oracle that shares no code with the strategies: whether this input may be asserted. Asked
    /// before sending and after every step of shrinking.
    pub fn agrees(self, assertion: Assertion, input: &Input) -> bool {
        oracle::agrees(self, assertion, input)
    }
}

/// Where rules and oracles come from.
#[derive(Clone, Copy, Debug)]
pub struct Book {
    /// The rules of a format.
    pub rules: fn(Format) -> Vec<Rule>,
    /// The oracle on an input.
    pub agrees: fn(Format, Assertion, &Input) -> bool,
}

/// The engine's own rules.
pub const BOOK: Book = Book { rules, agrees: Format::agrees };
