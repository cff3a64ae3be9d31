//! What a test is about: the clauses, error codes and operations of its own expectations. Selecting, listing and
//! explaining tests use it. Fixtures and cleanup are not what a test is about: see `plan::operations` for every call.

use serde_json::Value;

use super::{Expect, Step, TestCase, Variables, codes, template};
use crate::contract::{Contract, Surface};

/// The subjects of one test, each list in the order of the contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topics {
    /// The clauses that it names.
    pub clauses: Vec<String>,
    /// The error codes that its expectations name, as expected or as tolerated.
    pub codes: Vec<String>,
    /// The operations of whose answers it asserts something.
    pub operations: Vec<String>,
}

impl Topics {
    /// The subjects of a test.
    pub fn of(contract: &Contract, spec: &TestCase) -> Self {
        let (mut named, mut called) = (Vec::new(), Vec::new());
        for step in spec.steps.iter().filter(|step| asserts(step)) {
            called.extend(operation(step, &spec.variables));
            named.extend(step.expect.iter().flat_map(|expect| named_codes(contract, expect, &spec.variables)));
        }
        if let Some(property) = &spec.property {
            called.push(property.operation.clone());
            let rules = property.rules.iter();
            named.extend(rules.flat_map(|rule| named_codes(contract, &rule.expect, &spec.variables)));
        }
        let codes = contract.catalog.codes.iter().map(|entry| entry.code.clone());
        let operations = contract.operations.iter().map(|entry| entry.id.clone());
        Self {
            clauses: spec.clauses.clone(),
            codes: codes.filter(|code| named.contains(code)).collect(),
            operations: operations.filter(|id| called.contains(id)).collect(),
        }
    }
}

/// Whether a step is an assertion of the test itself. Steps of fixtures are about no clause.
pub fn asserts(step: &Step) -> bool {
    step.judges() && step.clause.is_some()
}

/// The operation that a step calls, templates filled.
pub fn operation(step: &Step, variables: &Variables) -> Option<String> {
    template::text(step.call.as_deref()?, variables).ok()
}

/// The codes that an expectation names. A code that never answers a call can only be named in a body.
pub fn named_codes(contract: &Contract, expect: &Expect, variables: &Variables) -> Vec<String> {
    let mut named = codes(&expect.error, variables).unwrap_or_default();
    named.extend(codes(&expect.tolerate, variables).unwrap_or_default());
    let in_logs = contract.catalog.codes.iter().filter(|entry| entry.surface == Surface::DeliveryLog);
    let in_bodies = in_logs.filter(|entry| expect.body.values().any(|value| holds(value, &entry.code)));
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
    fn a_text_is_held_anywhere_but_in_what_is_ruled_out() {
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

    #[test]
    fn steps_of_fixtures_assert_nothing() {
        let expect = Some(Expect { success: true, ..Expect::default() });
        let of_a_fixture = Step { call: Some("a".into()), expect: expect.clone(), ..Step::default() };
        assert!(!asserts(&of_a_fixture));
        assert!(asserts(&Step { clause: Some("A-1".into()), ..of_a_fixture }));
        assert!(!asserts(&Step { clause: Some("A-1".into()), ..Step::default() }));
    }
}
