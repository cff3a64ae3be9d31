//! What holds for the rules of every format: they draw, the second opinion shares them, and the same seed draws the same.

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{Claim, Format, Input, Rule, rules};

const FORMATS: &[Format] = &[Format::CalendarDate, Format::PhoneNumber, Format::MailAddress];

const DRAWS: usize = 200;

#[test]
fn names_are_facts_and_unique() {
    for format in FORMATS {
        let mut seen = BTreeSet::new();
        for rule in rules(*format) {
            let kebab = rule.name.split('-').all(|word| {
                !word.is_empty() && word.chars().all(|one| one.is_ascii_lowercase() || one.is_ascii_digit())
            });
            assert!(kebab, "{format:?}: {}", rule.name);
            assert!(seen.insert(rule.name), "{format:?}: {} is there twice", rule.name);
        }
    }
}

#[test]
fn every_rule_draws_what_the_second_opinion_shares() {
    let mut poor = Vec::new();
    for (format, rule) in all() {
        let mut runner = runner(1);
        let count = DRAWS.min(rule.at_most.map_or(DRAWS, |most| most * 2));
        let drawn: Vec<Input> = (0..count).map(|_| draw(&rule, &mut runner)).collect();
        let shared = drawn.iter().filter(|input| format.agrees(rule.claim, input)).count();
        println!("{format:?} {} {:?}: {shared} of {count}", rule.name, rule.claim);
        if shared * 2 < count {
            let example = drawn.iter().find(|input| !format.agrees(rule.claim, input));
            poor.push(format!("{format:?} {}: {shared} of {count}, not {example:?}", rule.name));
        }
    }
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}

#[test]
fn the_second_opinion_never_shares_the_opposite() {
    for (format, rule) in all() {
        let mut runner = runner(2);
        for _ in 0..20 {
            let input = draw(&rule, &mut runner);
            match rule.claim {
                Claim::Accepted => {
                    assert!(!format.agrees(Claim::Refused("malformed"), &input), "{} {input:?}", rule.name)
                }
                Claim::Refused(_) => assert!(!format.agrees(Claim::Accepted, &input), "{} {input:?}", rule.name),
                Claim::Survived => {}
            }
        }
    }
}

#[test]
fn shrinking_stays_in_agreement() {
    for (format, rule) in all() {
        let mut runner = runner(3);
        for _ in 0..5 {
            let smallest = shrunk(format, &rule, &mut runner);
            assert!(smallest.is_none_or(|input| format.agrees(rule.claim, &input)), "{format:?} {}", rule.name);
        }
    }
}

#[test]
fn the_same_seed_draws_the_same() {
    for (_, rule) in all() {
        let (mut one, mut other) = (runner(4), runner(4));
        let first: Vec<Input> = (0..5).map(|_| draw(&rule, &mut one)).collect();
        assert_eq!(first, (0..5).map(|_| draw(&rule, &mut other)).collect::<Vec<Input>>(), "{}", rule.name);
    }
}

/// The smallest input on the way down that the second opinion shares, as a property that always fails would find it.
fn shrunk(format: Format, rule: &Rule, runner: &mut TestRunner) -> Option<Input> {
    let mut tree = (rule.strategy)().new_tree(runner).expect("a tree");
    let mut best = Some(tree.current()).filter(|input| format.agrees(rule.claim, input))?;
    for _ in 0..200 {
        if !tree.simplify() {
            break;
        }
        let candidate = tree.current();
        if format.agrees(rule.claim, &candidate) {
            best = candidate;
        } else if !tree.complicate() {
            break;
        }
    }
    Some(best)
}

fn all() -> Vec<(Format, Rule)> {
    FORMATS.iter().flat_map(|format| rules(*format).into_iter().map(|rule| (*format, rule))).collect()
}

fn draw(rule: &Rule, runner: &mut TestRunner) -> Input {
    (rule.strategy)().new_tree(runner).expect("a tree").current()
}

fn runner(seed: u8) -> TestRunner {
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]))
}
