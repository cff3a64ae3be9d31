//! What holds for the rules of every format: they draw, the second opinion shares them, and the same seed draws the same.

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{Claim, Format, Input, Rule, rules};

const FORMATS: &[Format] = &[
    Format::CalendarDate,
    Format::PhoneNumber,
    Format::MailAddress,
    Format::PostalCode,
    Format::Document,
    Format::Text,
    Format::NotText,
    Format::Body,
    Format::PathId,
];

/// Draws of each rule; of documents, which take long to build, a few.
fn draws(format: Format, many: usize) -> usize {
    if format == Format::Document { many.div_ceil(40) } else { many }
}

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
        let count = draws(format, 200).min(rule.at_most.unwrap_or(200));
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
        for _ in 0..draws(format, 20) {
            let input = draw(&rule, &mut runner);
            let opposite = if rule.claim == Claim::Accepted { Claim::Refused("malformed") } else { Claim::Accepted };
            let both = format.agrees(rule.claim, &input) && format.agrees(opposite, &input);
            assert!(rule.claim == Claim::Survived || !both, "{format:?} {} {input:?}", rule.name);
        }
    }
}

#[test]
fn shrinking_stays_in_agreement() {
    for (format, rule) in all() {
        let mut runner = runner(3);
        for _ in 0..draws(format, 5) {
            let smallest = shrunk(format, &rule, &mut runner);
            assert!(smallest.is_none_or(|input| format.agrees(rule.claim, &input)), "{format:?} {}", rule.name);
        }
    }
}

#[test]
fn the_same_seed_draws_the_same() {
    for (format, rule) in all() {
        let (mut one, mut other) = (runner(4), runner(4));
        let count = draws(format, 5);
        let first: Vec<Input> = (0..count).map(|_| draw(&rule, &mut one)).collect();
        assert_eq!(first, (0..count).map(|_| draw(&rule, &mut other)).collect::<Vec<Input>>(), "{}", rule.name);
    }
}

/// `BLESS=1` writes the list anew.
#[test]
fn the_readme_lists_every_rule() {
    const HEADING: &str = "## The rules\n\n";
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/fuzz/README.md");
    let text = std::fs::read_to_string(&path).expect("a text");
    let (before, list) = text.split_once(HEADING).expect("the heading of the list");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, format!("{before}{HEADING}{}", listed())).expect("a file to write");
    } else {
        assert_eq!(list, listed(), "run this with BLESS=1 to write the list anew");
    }
}

/// The names of the rules by format and claim.
fn listed() -> String {
    let mut out = String::new();
    for format in FORMATS {
        out.push_str(&format!("### {format:?}\n\n"));
        let mut claims: Vec<Claim> = Vec::new();
        for rule in rules(*format) {
            if !claims.contains(&rule.claim) {
                claims.push(rule.claim);
            }
        }
        for claim in claims {
            let of_claim = rules(*format).into_iter().filter(|rule| rule.claim == claim);
            let names: Vec<String> = of_claim.map(|rule| format!("`{}`", rule.name)).collect();
            out.push_str(&format!("- {}: {}\n", told(claim), names.join(", ")));
        }
        out.push('\n');
    }
    out.trim_end().to_owned() + "\n"
}

fn told(claim: Claim) -> String {
    match claim {
        Claim::Accepted => "accepted".to_owned(),
        Claim::Refused(kind) => format!("refused as {kind}"),
        Claim::Survived => "survived".to_owned(),
    }
}

/// The smallest input on the way down that the second opinion shares, as a property that always fails would find it.
fn shrunk(format: Format, rule: &Rule, runner: &mut TestRunner) -> Option<Input> {
    let mut tree = (rule.strategy)().new_tree(runner).expect("a tree");
    let mut best = Some(tree.current()).filter(|input| format.agrees(rule.claim, input))?;
    for _ in 0..draws(format, 200) {
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
