//! A property: the rules of a place in a request, and what must come back for what is drawn from them.

use serde_json::{Map, Value};

use super::wanted::Expect;
use crate::fuzz::{Assertion, Format, Input, Rule};

/// Where a drawn value goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Into a member of the body.
    Member(String),
    /// Into a parameter of the path.
    Parameter(String),
    /// It is the whole body.
    Body,
}

impl Slot {
    /// The place as tests are named after it.
    pub fn name(&self) -> &str {
        match self {
            Slot::Member(name) | Slot::Parameter(name) => name,
            Slot::Body => "body",
        }
    }
}

/// A rule with what follows from it here.
#[derive(Clone, Debug)]
pub struct PropertyRule {
    /// The format that it belongs to.
    pub format: Format,
    /// The rule.
    pub rule: Rule,
    /// The clause that is broken if the expectation is not met.
    pub clause: String,
    /// What must come back.
    pub expect: Expect,
}

/// What a test draws, and where it goes.
#[derive(Clone, Debug)]
pub struct Property {
    /// The operation that is called.
    pub operation: String,
    /// Where the values go.
    pub slot: Slot,
    /// The member that takes a value's companion.
    pub companion: Option<String>,
    /// Members to set besides.
    pub with: Map<String, Value>,
    /// Who calls.
    pub actor: String,
    /// The fixtures that are prepared first.
    pub given: Vec<String>,
    /// The clause that a server error breaks, instead of the rule's own.
    pub server_error: Option<String>,
    /// How many requests are under way at a time.
    pub in_flight: usize,
    /// The rules, all of one assertion.
    pub rules: Vec<PropertyRule>,
    /// The oracle.
    pub agrees: fn(Format, Assertion, &Input) -> bool,
}

impl Property {
    /// Whether an input of a rule may be asserted.
    pub fn agrees(&self, rule: usize, input: &Input) -> bool {
        let PropertyRule { format, rule, .. } = &self.rules[rule];
        (self.agrees)(*format, rule.assertion, input)
    }
}
