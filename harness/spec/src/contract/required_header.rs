//! Headers that a response must carry because of its status or its error code, such as `Retry-After` from 500 up.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::forms::{OneOrManySchema, ScalarSchema, one_or_many, scalar};
use crate::status;

/// A header that every response with one of these statuses or codes carries. Without a matcher, any value will do.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequiredHeader {
    /// The name of the header.
    pub header: String,
    /// The statuses of these responses: a number, or a class such as `5xx`.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrManySchema")]
    pub status: Vec<String>,
    /// The error codes of these responses, in addition to those with one of the statuses.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrManySchema")]
    pub code: Vec<String>,
    /// The `operationId`s of the operations to whose responses the entry applies; all operations by default.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrManySchema")]
    pub operation: Vec<String>,
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
    pub below: Option<i64>,
    /// The value must be an integer that is at least this one.
    pub at_least: Option<i64>,
}

impl RequiredHeader {
    /// Whether a response must carry the header.
    pub fn applies(&self, status: u16, code: Option<&str>) -> bool {
        status::matches(&self.status, status) || code.is_some_and(|code| self.code.iter().any(|one| one == code))
    }

    /// Whether the entry applies to the responses of an operation.
    pub fn is_about(&self, operation: &str) -> bool {
        self.operation.is_empty() || self.operation.iter().any(|one| one == operation)
    }

    /// The responses that must carry the header, as messages show them.
    pub fn occasions(&self) -> String {
        let responses = self.status.iter().chain(&self.code).cloned().collect::<Vec<_>>().join(", ");
        match self.operation.as_slice() {
            [] => responses,
            operations => format!("{responses} of {}", operations.join(", ")),
        }
    }
}
