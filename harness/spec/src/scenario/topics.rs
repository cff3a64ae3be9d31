//! What a test is about: the clauses, error codes and operations of its own expectations. Selecting, listing and
//! explaining tests use it. Fixtures and cleanup are not what a test is about: see `schedule::operations` of the runner for every call.

use serde_json::Value;

use super::TestCase;
use super::plan::Expectation;
use crate::contract::{Contract, OccursIn};

/// The subjects of one test, each list in the order of the contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topics {
    /// The clauses that it names.
    pub clauses: Vec<String>,
    /// The error codes that its expectations name, as expected or as tolerated.
    pub codes: Vec<String>,
    /// The operations of whose responses it asserts something.
    pub operations: Vec<String>,
}

impl Topics {
    /// The subjects of a test.
    pub fn of(contract: &Contract, test: &TestCase) -> Self {
        let (mut named, mut called) = (Vec::new(), Vec::new());
        for step in test.steps.iter().filter(|step| step.clause().is_some()) {
            called.extend(step.call().map(|call| call.operation.id.clone()));
            named.extend(step.expectation().iter().flat_map(|expected| named_codes(contract, expected)));
        }
        if let Some(property) = test.property() {
            called.push(property.operation.id.clone());
            let rules = property.rules.iter();
            named.extend(rules.flat_map(|rule| named_codes(contract, &rule.expect)));
        }
        let codes = contract.catalog.codes.iter().map(|entry| entry.code.clone());
        let operations = contract.operations.iter().map(|entry| entry.id.clone());
        Self {
            clauses: test.clauses.to_vec(),
            codes: codes.filter(|code| named.contains(code)).collect(),
            operations: operations.filter(|id| called.contains(id)).collect(),
        }
    }
}

/// The codes that an expectation names. A code that never comes as the response to a call can only be named in a body.
pub fn named_codes(contract: &Contract, expected: &Expectation) -> Vec<String> {
    let mut named = [expected.errors(), &expected.tolerate].concat();
    let in_logs = contract.catalog.codes.iter().filter(|entry| entry.occurs_in == OccursIn::DeliveryLog);
    let in_bodies = in_logs.filter(|entry| expected.body.iter().any(|(_, value)| holds(&value.source(), &entry.code)));
    named.extend(in_bodies.map(|entry| entry.code.clone()));
    named
}

/// Whether an expected value holds a text anywhere but in what it rules out.
fn holds(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own == text,
        Value::Array(elements) => elements.iter().any(|element| holds(element, text)),
        Value::Object(members) => {
            members.iter().any(|(name, member)| name != "$not" && name != "$none" && holds(member, text))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn contains_a_text_except_below_not_and_none() {
        for (value, held) in [
            (json!("X"), true),
            (json!({ "$some": { "error": { "code": "X" } } }), true),
            (json!(["a", "X"]), true),
            (json!({ "$not": "X" }), false),
            (json!({ "$none": { "code": "X" } }), false),
            (json!("XY"), false),
            (json!(7), false),
        ] {
            assert_eq!(holds(&value, "X"), held, "{value}");
        }
    }
}
