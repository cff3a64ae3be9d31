//! What a step expects of its answer, and what it keeps of it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::deserialize::{not_empty, one_or_many, scalar};

/// What must come back. With both `success` and `error`, either will do.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The operation's documented success.
    #[serde(default)]
    pub success: bool,
    /// One of these codes (its status, members and headers follow from the catalogue).
    #[serde(default, deserialize_with = "one_or_many")]
    pub error: Vec<String>,
    /// One of these statuses: a number, or a class such as `4xx`. Alone it says all that is expected of the answer;
    /// beside an outcome it narrows it.
    #[serde(default, deserialize_with = "one_or_many")]
    pub status: Vec<String>,
    /// Codes that are let pass with a warning.
    #[serde(default, deserialize_with = "one_or_many")]
    pub tolerate: Vec<String>,
    /// Any documented answer but a server error (5xx).
    #[serde(default)]
    pub any_documented: bool,
    /// Any documented refusal, from 400 to 499, and no success.
    #[serde(default)]
    pub any_refusal: bool,
    /// Anything but a refusal of this status; for what must merely not be refused so.
    #[serde(default, deserialize_with = "one_or_many")]
    pub not_error: Vec<String>,
    /// The field that the answer must name, where it is one of the codes that name fields.
    #[serde(default)]
    pub field: Option<String>,
    /// What must stand in the body: JSON Pointer to value or matcher.
    #[serde(default, deserialize_with = "not_empty")]
    pub body: BTreeMap<String, Value>,
    /// What a header must be like.
    #[serde(default, deserialize_with = "not_empty")]
    pub headers: BTreeMap<String, HeaderMatch>,
    /// The label of the earlier step whose status and body this answer must repeat.
    #[serde(default)]
    pub same_as: Option<String>,
    /// An answer that does not come in time is a violation here, not a doubt.
    #[serde(default)]
    pub must_answer: bool,
    /// An answer whose envelope cannot be read breaks this assertion, too, and not only the envelope's own.
    #[serde(default)]
    pub in_envelope: bool,
    /// What a reader could not guess.
    #[serde(default)]
    pub why: Option<String>,
}

/// The matchers of `body`: an object with one of these names behind `$` as its only key.
pub const MATCHERS: [&str; 9] = ["some", "none", "every", "contains", "not", "optional", "present", "text", "type"];

/// What a header must be like; every matcher that is named must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderMatch {
    /// True where it must be sent, false where it must not; may be written `$present`, as in `body`.
    #[serde(default, alias = "$present")]
    pub present: Option<bool>,
    /// This very text.
    #[serde(default, deserialize_with = "scalar")]
    pub equals: Option<String>,
    /// A text that holds this one.
    #[serde(default, deserialize_with = "scalar")]
    pub contains: Option<String>,
    /// A text that this regular expression matches, anywhere in it unless it is anchored.
    #[serde(default)]
    pub matches: Option<String>,
    /// An integer below this one.
    #[serde(default, deserialize_with = "scalar")]
    pub below: Option<String>,
    /// An integer not below this one, less `play`.
    #[serde(default, deserialize_with = "scalar")]
    pub at_least: Option<String>,
    /// How much less than `at_least` is still good.
    #[serde(default)]
    pub play: i64,
    /// Where the header is not sent, nothing is asserted.
    #[serde(default)]
    pub where_sent: bool,
}

/// Where a kept variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptFrom<'t> {
    /// Whether the variable is null where the answer does not have it; the step fails otherwise.
    pub optional: bool,
    /// The part of the answer.
    pub part: KeptPart<'t>,
}

/// A part of an answer that can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptPart<'t> {
    /// The status.
    Status,
    /// The value at a JSON Pointer of the body.
    Body(&'t str),
    /// The value of a header.
    Header(&'t str),
}

impl<'t> KeptFrom<'t> {
    /// Reads `body /pointer`, `header NAME` or `status`, perhaps behind `optional`.
    pub fn parse(text: &'t str) -> Option<Self> {
        let (optional, rest) = text.strip_prefix("optional ").map_or((false, text), |rest| (true, rest));
        let part = match rest.split_once(' ') {
            None if rest == "status" => KeptPart::Status,
            Some(("body", pointer)) if pointer.starts_with('/') => KeptPart::Body(pointer),
            Some(("header", name)) if super::header_match::is_name(name) => KeptPart::Header(name),
            _ => return None,
        };
        Some(Self { optional, part })
    }

    pub(super) fn is_body(self) -> bool {
        matches!(self.part, KeptPart::Body(_))
    }
}
