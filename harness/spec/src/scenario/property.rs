//! A property: the rules for one place in a request, and the expected answers to the values that they generate.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::plan::Expectation;
use crate::contract::Operation;
use generate::{Assertion, Format, Input, Rule};

/// Where a generated value is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Into a member of the body.
    Member(String),
    /// Into a parameter of the path.
    Parameter(String),
    /// The value is the whole body.
    Body,
}

impl Slot {
    /// The place, as in the names of tests.
    pub fn name(&self) -> &str {
        match self {
            Slot::Member(name) | Slot::Parameter(name) => name,
            Slot::Body => "body",
        }
    }
}

/// A rule with its expectation in one property.
#[derive(Clone, Debug)]
pub struct PropertyRule {
    /// The format that it belongs to.
    pub format: Format,
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
    pub actor: String,
    /// The fixtures of the setup.
    pub given: Vec<String>,
    /// The clause that a server error violates, instead of the rule's own.
    pub server_error: Option<String>,
    /// The number of requests in flight at the same time.
    pub in_flight: usize,
    /// The rules, all with the same assertion.
    pub rules: Vec<PropertyRule>,
    /// The oracle.
    pub agrees: fn(Format, Assertion, &Input) -> bool,
}

impl Property {
    /// Whether the oracle agrees with the assertion of a rule for an input.
    pub fn agrees(&self, rule: usize, input: &Input) -> bool {
        let PropertyRule { format, rule, .. } = &self.rules[rule];
        (self.agrees)(*format, rule.assertion, input)
    }
}
