//! What stands in `schemas/formats.yaml`: which values of which operations are drawn by the fuzz
//! properties, and what must come back.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::deserialize::one_or_many;
use crate::fuzz::Format;

/// `schemas/formats.yaml`: the values that are drawn, and what must come back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatFile {
    /// Who calls an operation, and what is prepared before, by `operationId`.
    pub callers: BTreeMap<String, Caller>,
    /// What a refusal looks like, by the kind of fault; an entry of `values` may say something else.
    #[serde(default)]
    pub refusals: BTreeMap<String, Refusal>,
    /// The values that are drawn.
    pub values: Vec<DrawnValue>,
}

/// Who calls an operation, and on what.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// The actor.
    #[serde(rename = "as")]
    pub actor: String,
    /// Fixtures to prepare first.
    #[serde(default)]
    pub given: Vec<String>,
    /// Fixtures to prepare instead where every value is to be refused, and so changes nothing.
    #[serde(default)]
    pub given_refused: Option<Vec<String>>,
}

/// What must come back for a value that is to be refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The clause that is broken if it does not.
    pub clause: String,
    /// One of these codes.
    #[serde(deserialize_with = "one_or_many")]
    pub error: Vec<String>,
    /// Codes that are let pass with a warning.
    #[serde(default, deserialize_with = "one_or_many")]
    pub tolerate: Vec<String>,
    /// True where the answer names the member at fault.
    #[serde(default)]
    pub names_field: bool,
    /// An answer that does not come in time is a breach here, not a doubt.
    #[serde(default)]
    pub must_answer: bool,
}

/// A place in some requests, and the formats of what is put there.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnValue {
    /// The operations, each with properties of its own.
    pub operations: Vec<String>,
    /// The member of the body that takes the values.
    #[serde(default)]
    pub member: Option<String>,
    /// The path parameter that takes the values, instead of a member.
    #[serde(default)]
    pub parameter: Option<String>,
    /// True where the values are whole bodies, instead of a member.
    #[serde(default)]
    pub body: bool,
    /// The formats whose rules are drawn from.
    pub formats: Vec<Format>,
    /// The member that takes a value's companion: the country of a postal code, the type of a document.
    #[serde(default)]
    pub companion: Option<String>,
    /// Members to set besides, where there is no companion for them.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// The clause that is broken if a valid value is not accepted.
    #[serde(default)]
    pub accepted: Option<String>,
    /// What a refusal looks like, by the kind of fault, where it is not as in `refusals`.
    #[serde(default)]
    pub refused: BTreeMap<String, Refusal>,
    /// The clause that is broken if an odd value gets anything but a documented answer below 500.
    #[serde(default)]
    pub survived: Option<String>,
    /// The clause that is broken, instead of the value's own, if a value makes the server fail (5xx).
    #[serde(default)]
    pub server_error: Option<String>,
    /// Rules that have a clause of their own.
    #[serde(default)]
    pub rule_clauses: BTreeMap<String, String>,
    /// Rules of valid values that may be refused all the same, with these codes and no others.
    #[serde(default)]
    pub excused: BTreeMap<String, Vec<String>>,
    /// Rules, and kinds of fault, of which nothing is claimed here.
    #[serde(default)]
    pub leave_out: Vec<String>,
    /// Capabilities that the target must have.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Trials with the same lock never run at the same time.
    #[serde(default)]
    pub lock: Option<String>,
    /// How many of a property's requests are under way at a time; 8 when absent.
    #[serde(default)]
    pub in_flight: Option<u32>,
}
