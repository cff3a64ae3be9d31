//! The types of `schemas/formats.yaml`: which values the properties generate for which operations, and which responses
//! are expected.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::forms::{OneOrManySchema, ScalarSchema, one_or_many, present, scalars};
use generate::ValueFormat;

/// `schemas/formats.yaml`: the generated values, and the expected responses.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormatFile {
    /// The actor and the setup of each operation, by `operationId`.
    pub callers: BTreeMap<String, Caller>,
    /// The expected refusal for each kind of fault; an entry of `values` may override it.
    #[serde(default)]
    pub refusals: BTreeMap<String, ExpectedRefusal>,
    /// Values that are always sent, before the generated ones: by format, then `valid`, `unusual` or a kind of fault.
    #[serde(default)]
    pub examples: BTreeMap<ValueFormat, BTreeMap<String, Vec<Example>>>,
    /// The generated values.
    #[serde(default)]
    pub values: Vec<ValueEntry>,
    /// Values that are generated from the request schemas of the OpenAPI description.
    pub schema: Option<SchemaEntry>,
}

/// A value that every property with its format sends.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Its name in findings, like that of a rule; unique in its format.
    pub name: String,
    /// The value; for a document `{ $document: … }` or Base64, for a whole body its text, for an id the encoded segment.
    #[serde(default, deserialize_with = "present")]
    pub value: Option<Value>,
    /// The value as JSON text, if a YAML value cannot express it.
    pub json: Option<String>,
    /// The bytes of a whole body in Base64, if they are no text.
    pub base64: Option<String>,
    /// The value of the companion member: the country of a postal code, or the media type of a document.
    pub companion: Option<Value>,
    /// Why the value is an example.
    pub why: Option<String>,
}

/// The actor and the setup of an operation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// The actor that calls the operation.
    #[serde(rename = "as")]
    pub actor: String,
    /// Fixtures for the setup.
    #[serde(default)]
    pub given: Vec<String>,
    /// Fixtures instead of `given` for properties in which every value must be refused, so that nothing changes.
    pub given_refused: Option<Vec<String>>,
    /// Path parameters, as in a step.
    #[serde(default, deserialize_with = "scalars")]
    #[schemars(with = "BTreeMap<String, ScalarSchema>")]
    pub path: BTreeMap<String, String>,
    /// Query parameters that every request has, as in a step.
    #[serde(default)]
    pub query: BTreeMap<String, Value>,
    /// Headers that every request has, as in a step.
    #[serde(default, deserialize_with = "scalars")]
    #[schemars(with = "BTreeMap<String, ScalarSchema>")]
    pub headers: BTreeMap<String, String>,
}

/// The expected response to a value that must be refused.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRefusal {
    /// The clause that another response violates.
    pub clause: String,
    /// The expected error codes; one of them must come.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrManySchema")]
    pub error: Vec<String>,
    /// The expected statuses, alone or together with `error`: a number, or a class such as `4xx`.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrManySchema")]
    pub status: Vec<String>,
    /// Codes that are accepted with a warning.
    #[serde(default, deserialize_with = "one_or_many")]
    #[schemars(with = "OneOrManySchema")]
    pub tolerate: Vec<String>,
    /// True if the response must name the invalid member.
    #[serde(default)]
    pub names_field: bool,
    /// True if a timeout is a violation; otherwise the test is inconclusive.
    #[serde(default)]
    pub must_respond: bool,
}

/// A place in the requests of some operations, and the formats of the values generated for it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueEntry {
    /// The operations; each has its own properties.
    pub operations: Vec<String>,
    /// The member of the body that is set to the values.
    pub member: Option<String>,
    /// The path parameter that is set to the values, instead of a member.
    pub parameter: Option<String>,
    /// True if the values are whole bodies, instead of a member.
    #[serde(default)]
    pub body: bool,
    /// The formats whose rules generate the values.
    pub formats: Vec<ValueFormat>,
    /// The member for a value's companion: the country of a postal code, or the media type of a document.
    pub companion: Option<String>,
    /// Other members to set, unless the companion sets them.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// The clause that is violated if a valid value is refused.
    pub accepted: Option<String>,
    /// The expected refusal by kind of fault, where it differs from `refusals`.
    #[serde(default)]
    pub refused: BTreeMap<String, ExpectedRefusal>,
    /// The clause that is violated if an unusual value gets no documented response below 500.
    pub handled: Option<String>,
    /// The clause that a server error (5xx) violates, instead of the clause of the value.
    pub server_error: Option<String>,
    /// Rules whose clause differs from that of the entry.
    #[serde(default)]
    pub rule_clauses: BTreeMap<String, String>,
    /// Rules whose valid values may also be refused, but only with these codes.
    #[serde(default)]
    pub allowed_refusals: BTreeMap<String, Vec<String>>,
    /// Rules and kinds of fault for which no values are generated here.
    #[serde(default)]
    pub leave_out: Vec<String>,
    /// Capabilities that the target must have.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Tests with the same lock never run at the same time.
    pub lock: Option<String>,
    /// The number of requests in flight at the same time; 8 by default.
    pub in_flight: Option<u32>,
}

/// Values of bodies, query, path and headers that are generated from the request schemas in `openapi.yaml`. A member
/// that an entry of `values` binds to a format gets its values from there alone.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemaEntry {
    /// The operations; by default those of `callers` that have a request schema.
    pub operations: Option<Vec<String>>,
    /// The expected refusal of every invalid value. Without it, only the kinds of `kinds` are sent.
    pub refused: Option<ExpectedRefusal>,
    /// The expected refusal by kind of fault, where it differs from `refused`.
    #[serde(default)]
    pub kinds: BTreeMap<String, ExpectedRefusal>,
    /// How a response names a member inside another one; by default nested names are not compared. If `field_form` of the
    /// envelope says that fields are JSON Pointers, it has no effect.
    #[serde(default)]
    pub nested_field: NestedField,
    /// The clause that is violated if a valid value is refused. Without it, no valid values are sent.
    pub accepted: Option<String>,
    /// Codes with which a valid value may also be refused.
    #[serde(default)]
    pub allowed_refusals: Vec<String>,
    /// The clause that is violated if an unknown member gets no documented response below 500. Without it, none is sent.
    pub handled: Option<String>,
    /// The clause that a server error (5xx) violates, instead of the clause of the value.
    pub server_error: Option<String>,
    /// Rules and kinds of fault for which no values are generated.
    #[serde(default)]
    pub leave_out: Vec<String>,
    /// Places for which no values are generated, because the schema does not say what is valid there.
    #[serde(default)]
    pub excluded: Vec<Exclusion>,
    /// Capabilities that the target must have.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Tests with the same lock never run at the same time.
    pub lock: Option<String>,
    /// The number of requests in flight at the same time; 8 by default.
    pub in_flight: Option<u32>,
}

/// A place for which no values are generated, with everything below it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The operation; by default every operation that has the place.
    pub operation: Option<String>,
    /// The place as in the names of the tests: `body/lines/0/sku`, `query/limit`.
    pub place: String,
    /// Why nothing is generated there.
    pub reason: String,
}

/// How a response names a member inside another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NestedField {
    /// It is not known, so the name is not compared.
    #[default]
    Unknown,
    /// As a JSON Pointer into the body, like every other member: `/lines/0/sku`. For APIs that name parameters otherwise.
    Pointer,
    /// With dots: `lines.0.sku`.
    Dots,
    /// With dots and brackets: `lines[0].sku`.
    Brackets,
}
