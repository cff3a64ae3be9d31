//! What a step expects of its response, as it is written in a pack. `plan::Expectation` is its compiled form.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::forms::{OneOrManySchema, ScalarSchema, not_empty, one_or_many, scalar};

/// The expected response. With both `success` and `error`, either is accepted.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// A documented success of the operation.
    #[serde(default)]
    pub success: bool,
    /// One of these error codes; its status, members and headers follow from the catalogue.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrManySchema")]
    pub error: Vec<String>,
    /// One of these statuses: a number, or a class such as `4xx`. It may be the only expectation, or restrict another
    /// one such as `error`.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrManySchema")]
    pub status: Vec<String>,
    /// Codes that are accepted with a warning.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrManySchema")]
    pub tolerate: Vec<String>,
    /// Any documented response except a server error (5xx).
    #[serde(default)]
    pub any_documented: bool,
    /// Any documented refusal, with a status from 400 to 499.
    #[serde(default)]
    pub any_refusal: bool,
    /// Any response except these codes.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrManySchema")]
    pub not_error: Vec<String>,
    /// The field that the response must name, if its code names a field.
    pub field: Option<String>,
    /// Expected members of the body: a value or a matcher for each JSON Pointer.
    #[serde(default, deserialize_with = "not_empty")]
    #[schemars(extend("minProperties" = 1))]
    pub body: BTreeMap<String, Value>,
    /// Matchers for headers, by header name.
    #[serde(default, deserialize_with = "not_empty")]
    #[schemars(extend("minProperties" = 1))]
    pub headers: BTreeMap<String, HeaderMatch>,
    /// The label of an earlier step; the response must have the same status and body.
    pub same_as: Option<String>,
    /// True if a timeout is a violation; otherwise the test is inconclusive.
    #[serde(default)]
    pub must_respond: bool,
    /// Whether an unreadable envelope also violates the clause of this step. If the status is right, but no published
    /// code can be read, the clause of the envelope is violated. By default, the clause of the step then stays open.
    #[serde(default)]
    pub in_envelope: bool,
    /// The reason, where it is not obvious.
    pub why: Option<String>,
}

/// The matchers of `body`: the keys of an object are `$` and one of these names; all of them must be satisfied.
pub(crate) const MATCHERS: [&str; 14] = [
    "some",
    "none",
    "every",
    "equals",
    "contains",
    "matches",
    "below",
    "at_least",
    "not",
    "optional",
    "present",
    "text",
    "type",
    "unchanged",
];

/// A matcher for a header; all its conditions must be satisfied.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = with_alias)]
pub struct HeaderMatch {
    /// True if the header must be sent, false if it must not.
    #[serde(default, alias = "$present")]
    pub present: Option<bool>,
    /// The exact value.
    #[serde(default, deserialize_with = "scalar")]
    #[schemars(with = "ScalarSchema")]
    pub equals: Option<String>,
    /// A text that the value must contain.
    #[serde(default, deserialize_with = "scalar")]
    #[schemars(with = "ScalarSchema")]
    pub contains: Option<String>,
    /// A regular expression that must match somewhere in the value, unless it is anchored.
    pub matches: Option<String>,
    /// The value must be an integer below this one.
    #[serde(default, deserialize_with = "scalar")]
    #[schemars(with = "ScalarSchema")]
    pub below: Option<String>,
    /// The value must be an integer that is at least this one, minus `tolerance`.
    #[serde(default, deserialize_with = "scalar")]
    #[schemars(with = "ScalarSchema")]
    pub at_least: Option<String>,
    /// The tolerance below `at_least`.
    #[serde(default)]
    pub tolerance: i64,
    /// If the header is absent, nothing is asserted.
    #[serde(default)]
    pub optional: bool,
}

/// `present` may also be written as its alias, which schemars does not read from serde's attribute.
fn with_alias(schema: &mut schemars::Schema) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let mut present = properties["present"].clone();
        present["description"] = "Another name of `present`, as in `body`.".into();
        properties.insert("$present".to_owned(), present);
    }
}
