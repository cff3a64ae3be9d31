//! A property: the rules for one place in a request, and the expected responses to the values that they generate.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::plan::{Call, Expectation};
use crate::contract::Operation;
use generate::schema::{Oracle, Part, pointer};
use generate::{Assertion, Input, Rule, ValueFormat};

/// Where a generated value is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Into a member of the body.
    Member(String),
    /// Into a parameter of the path.
    Parameter(String),
    /// The value is the whole body.
    Body,
    /// A place that a schema describes.
    Place(RequestPlace),
}

/// A place in a request that a schema describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPlace {
    pub part: Part,
    /// The name of the parameter, or the JSON Pointer in the body.
    pub at: String,
    /// The whole place, as in the names of tests: `body/lines/0/sku`.
    pub name: String,
    /// The body of a valid request in which the place exists, with templates.
    pub body: Value,
    /// The character between the elements of a list that is sent as one text.
    pub separator: Option<char>,
}

impl RequestPlace {
    /// A value as it is sent there.
    pub fn written(&self, value: &Value) -> Value {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match (self.separator, value) {
            (Some(separator), Value::Array(elements)) => {
                elements.iter().map(text).collect::<Vec<_>>().join(&separator.to_string()).into()
            }
            _ => value.clone(),
        }
    }

    /// The body with a value in the place, or without one.
    pub fn body_with(&self, value: Option<&Value>) -> Option<Value> {
        pointer::with(&self.body, &self.at, value)
    }
}

/// The judge of the inputs of a rule.
#[derive(Clone, Debug)]
pub enum Origin {
    /// A format: its oracle.
    ValueFormat(ValueFormat),
    /// A schema: the schema itself.
    Schema(Oracle),
}

impl Origin {
    /// A description for people.
    pub fn name(&self) -> &'static str {
        match self {
            Origin::ValueFormat(format) => format.name(),
            Origin::Schema(_) => "schema",
        }
    }
}

impl Slot {
    /// The place, as in the names of tests.
    pub fn name(&self) -> &str {
        match self {
            Slot::Member(name) | Slot::Parameter(name) => name,
            Slot::Body => "body",
            Slot::Place(place) => &place.name,
        }
    }
}

/// A rule with its expectation in one property.
#[derive(Clone, Debug)]
pub struct PropertyRule {
    /// What it belongs to.
    pub origin: Origin,
    pub rule: Rule,
    /// The clause that an unmet expectation violates.
    pub clause: String,
    pub expect: Expectation,
}

/// What a property test generates, and where it is put.
#[derive(Clone, Debug)]
pub struct Property {
    pub operation: Arc<Operation>,
    pub slot: Slot,
    /// The member for a value's companion.
    pub companion: Option<String>,
    /// Other members to set.
    pub with: Map<String, Value>,
    /// The request without a generated value.
    pub call: Call,
    /// Its parameters and headers, as the pack writes them.
    pub path: BTreeMap<String, String>,
    pub query: BTreeMap<String, Value>,
    pub headers: BTreeMap<String, String>,
    pub actor: String,
    /// The fixtures of the setup.
    pub given: Vec<String>,
    /// The clause that a server error violates, instead of the rule's own.
    pub server_error: Option<String>,
    /// The number of requests in flight at the same time.
    pub in_flight: usize,
    /// The rules, all with the same assertion.
    pub rules: Vec<PropertyRule>,
    /// The oracle of formats.
    pub agrees: fn(ValueFormat, Assertion, &Input) -> bool,
}

impl Property {
    /// Whether the oracle agrees with the assertion of a rule for an input.
    pub fn agrees(&self, rule: usize, input: &Input) -> bool {
        let PropertyRule { origin, rule, .. } = &self.rules[rule];
        match origin {
            Origin::ValueFormat(format) => (self.agrees)(*format, rule.assertion, input),
            Origin::Schema(oracle) => oracle.agrees(rule.assertion, input),
        }
    }
}
