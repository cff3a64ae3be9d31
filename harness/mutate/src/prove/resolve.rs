//! The test that a witness names: a test of the suite, or one rule of a property, `TEST/RULE`.
//!
//! A property sends dozens of values, and one rule is enough to show that it still reports a mutant. Its inputs are
//! those that the whole property sends first, because they depend on the names of property and rule only.

use std::borrow::Cow;

use spec::scenario::{Library, Property, PropertyRule, TestCase, TestKind};

/// The number of inputs of a rule: not only the first one need show a mutant.
const INPUTS: usize = 3;

/// The name of a rule of a property.
pub(super) fn name_with_rule(test: &str, rule: &str) -> String {
    format!("{test}/{rule}")
}

/// The test of that name; `None` if there is none.
pub(super) fn resolve<'l>(library: &'l Library, name: &str) -> Option<Cow<'l, TestCase>> {
    if let Some(test) = library.tests.iter().find(|test| *test.name == *name) {
        return Some(Cow::Borrowed(test));
    }
    library.tests.iter().find_map(|test| {
        let property = test.property()?;
        let rule = name.strip_prefix(&*test.name)?.strip_prefix('/')?;
        let rule = property.rules.iter().find(|of_property| of_property.rule.name == rule)?;
        Some(Cow::Owned(with_one_rule(test, property, rule)))
    })
}

fn with_one_rule(test: &TestCase, property: &Property, rule: &PropertyRule) -> TestCase {
    let mut rule = rule.clone();
    let most = if rule.rule.is_example() { 1 } else { INPUTS };
    rule.rule.at_most = Some(rule.rule.at_most.unwrap_or(most).min(most));
    let property = Property { rules: vec![rule], ..property.clone() };
    TestCase { kind: TestKind::Property(property.into()), ..test.clone() }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use generate::{Input, Sampling, generate};
    use spec::contract::Contract;
    use spec::scenario;

    use super::*;

    const DATES: &str = "fuzz/createCustomer/dateOfBirth::invalid-values-are-refused";

    fn library() -> Library {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let contract = Contract::load(&root).expect("the contract");
        scenario::load(&root, &contract).expect("the scenarios")
    }

    /// The inputs of a test, each with its rule.
    fn inputs(test: &TestCase) -> Vec<(String, Input)> {
        let property = test.property().expect("a property");
        let rules: Vec<_> = property.rules.iter().map(|rule| &rule.rule).collect();
        let sample = generate(&test.name, &rules, Sampling::default(), |rule, input| property.agrees(rule, input));
        sample.cases.into_iter().map(|case| (rules[case.rule].name.to_string(), case.input)).collect()
    }

    #[test]
    fn a_rule_of_a_property_sends_its_first_values_and_no_others() {
        let library = library();
        let whole = inputs(&resolve(&library, DATES).expect("the property"));
        let mut names: Vec<&String> = whole.iter().map(|(name, _)| name).collect();
        names.dedup();
        for name in names {
            let one = inputs(&resolve(&library, &name_with_rule(DATES, name)).expect(name));
            let of_rule: Vec<_> = whole.iter().filter(|(rule, _)| rule == name).take(INPUTS).cloned().collect();
            assert_eq!(one[..of_rule.len()], of_rule, "{name}");
            assert!(one.len() <= INPUTS && one.iter().all(|(rule, _)| rule == name), "{one:?}");
        }
    }

    #[test]
    fn unknown_tests_and_rules_are_not_found() {
        let library = library();
        for name in ["no::test", "fuzz/createCustomer/dateOfBirth::invalid-values-are-refused/no-such-rule"] {
            assert!(resolve(&library, name).is_none(), "{name}");
        }
    }
}
