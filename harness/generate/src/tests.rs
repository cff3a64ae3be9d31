//! Tests of the rules of every format: they generate values, the oracle agrees with them, and the same seed gives the
//! same values.

use std::collections::BTreeSet;

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{Assertion, Input, Rule, Source, ValueFormat, oracle, rules};

/// Every format, by its name in the JSON Schema of the enum, so that none can be forgotten here.
fn formats() -> Vec<ValueFormat> {
    let schema = schemars::schema_for!(ValueFormat).to_value();
    let names = schema["oneOf"].as_array().expect("a list").iter().map(|one| one["const"].clone());
    let formats: Vec<ValueFormat> = names.clone().map(|name| serde_json::from_value(name).expect("a format")).collect();
    assert!(names.eq(formats.iter().map(|format| format.name())) && formats.len() > 8, "{formats:?}");
    formats
}

/// The number of values for each rule; fewer for documents, which are slow to build.
fn count_for(format: ValueFormat, many: usize) -> usize {
    if format == ValueFormat::Document { many.div_ceil(40) } else { many }
}

#[test]
fn rule_names_are_kebab_case_and_unique() {
    for format in formats() {
        let mut seen = BTreeSet::new();
        for rule in rules(format) {
            let kebab = rule.name.split('-').all(|word| {
                !word.is_empty() && word.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit())
            });
            assert!(kebab, "{format:?}: {}", rule.name);
            assert!(seen.insert(rule.name.clone()), "{format:?}: the name {} is not unique", rule.name);
        }
    }
}

#[test]
fn the_oracle_agrees_with_most_values_of_every_rule() {
    let mut poor = Vec::new();
    for (format, rule) in all() {
        let mut runner = runner(1);
        let count = count_for(format, 200).min(rule.at_most.unwrap_or(200));
        let generated: Vec<Input> = (0..count).map(|_| generate(&rule, &mut runner)).collect();
        let agreed = generated.iter().filter(|input| oracle::agrees(format, rule.assertion, input)).count();
        println!("{format:?} {} {:?}: {agreed} of {count}", rule.name, rule.assertion);
        if agreed * 2 < count {
            let example = generated.iter().find(|input| !oracle::agrees(format, rule.assertion, input));
            poor.push(format!("{format:?} {}: {agreed} of {count}, not {example:?}", rule.name));
        }
    }
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}

#[test]
fn the_oracle_never_agrees_with_opposite_assertions() {
    for (format, rule) in all() {
        let mut runner = runner(2);
        for _ in 0..count_for(format, 20) {
            let input = generate(&rule, &mut runner);
            let opposite = if rule.assertion == Assertion::Accepted {
                Assertion::Refused("malformed")
            } else {
                Assertion::Accepted
            };
            let both = oracle::agrees(format, rule.assertion, &input) && oracle::agrees(format, opposite, &input);
            assert!(rule.assertion == Assertion::Handled || !both, "{format:?} {} {input:?}", rule.name);
        }
    }
}

#[test]
fn the_oracle_agrees_with_shrunk_values() {
    for (format, rule) in all() {
        let mut runner = runner(3);
        for _ in 0..count_for(format, 5) {
            let smallest = shrunk(format, &rule, &mut runner);
            assert!(
                smallest.is_none_or(|input| oracle::agrees(format, rule.assertion, &input)),
                "{format:?} {}",
                rule.name
            );
        }
    }
}

#[test]
fn the_same_seed_generates_the_same_values() {
    for (format, rule) in all() {
        let (mut one, mut other) = (runner(4), runner(4));
        let count = count_for(format, 5);
        let first: Vec<Input> = (0..count).map(|_| generate(&rule, &mut one)).collect();
        assert_eq!(first, (0..count).map(|_| generate(&rule, &mut other)).collect::<Vec<Input>>(), "{}", rule.name);
    }
}

/// `BLESS=1` rewrites the list.
#[test]
fn the_readme_lists_every_rule() {
    const HEADING: &str = "## The rules\n\n";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/README.md");
    let text = std::fs::read_to_string(&path).expect("a text");
    let (before, list) = text.split_once(HEADING).expect("the heading of the list");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, format!("{before}{HEADING}{}", listed())).expect("a file to write");
    } else {
        assert_eq!(list, listed(), "run this test with BLESS=1 to rewrite the list");
    }
}

/// The names of the rules by format and assertion.
fn listed() -> String {
    let mut out = String::new();
    for format in formats() {
        out.push_str(&format!("### {format:?}\n\n"));
        let mut assertions: Vec<Assertion> = Vec::new();
        for rule in rules(format) {
            if !assertions.contains(&rule.assertion) {
                assertions.push(rule.assertion);
            }
        }
        for assertion in assertions {
            let of_assertion = rules(format).into_iter().filter(|rule| rule.assertion == assertion);
            let names: Vec<String> = of_assertion.map(|rule| format!("`{}`", rule.name)).collect();
            out.push_str(&format!("- {}: {}\n", label(assertion), names.join(", ")));
        }
        out.push('\n');
    }
    out.trim_end().to_owned() + "\n"
}

fn label(assertion: Assertion) -> String {
    match assertion {
        Assertion::Accepted => "accepted".to_owned(),
        Assertion::Refused(kind) => format!("refused as {kind}"),
        Assertion::Handled => "handled".to_owned(),
    }
}

/// The shrunk input that a property with only failures would find: the last one with which the oracle agrees.
fn shrunk(format: ValueFormat, rule: &Rule, runner: &mut TestRunner) -> Option<Input> {
    let mut tree = strategy(rule).new_tree(runner).expect("a tree");
    let mut best = Some(tree.current()).filter(|input| oracle::agrees(format, rule.assertion, input))?;
    for _ in 0..count_for(format, 200) {
        if !tree.simplify() {
            break;
        }
        let candidate = tree.current();
        if oracle::agrees(format, rule.assertion, &candidate) {
            best = candidate;
        } else if !tree.complicate() {
            break;
        }
    }
    Some(best)
}

fn all() -> Vec<(ValueFormat, Rule)> {
    formats().into_iter().flat_map(|format| rules(format).into_iter().map(move |rule| (format, rule))).collect()
}

fn generate(rule: &Rule, runner: &mut TestRunner) -> Input {
    strategy(rule).new_tree(runner).expect("a tree").current()
}

fn runner(seed: u8) -> TestRunner {
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
}

/// The rules of the engine have strategies only.
fn strategy(rule: &Rule) -> BoxedStrategy<Input> {
    match &rule.source {
        Source::Strategy(make) => make.strategy(),
        Source::Example(input) => panic!("{}: an example: {input:?}", rule.name),
    }
}
