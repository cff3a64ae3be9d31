//! Samples the cases of a property from a seed. The same seed, property, rule and number give the same input, whatever
//! else is generated, filtered or sent at the same time.

use proptest::strategy::{Strategy as _, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sha2::{Digest as _, Sha256};

use super::rule::{Input, MakeStrategy, Rule, Source};

/// The seed and the number of cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// The seed of the run.
    pub seed: u64,
    /// The number of generated cases of each property. By default one for each rule, but at least 24. Examples of the
    /// pack are sent in any case, and do not count.
    pub cases: Option<usize>,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { seed: 1, cases: None }
    }
}

/// The minimum number of cases of a property, if no number is requested.
const CASES: usize = 24;
/// The maximum number of inputs that are generated for one case until the oracle agrees.
const TRIES: u32 = 12;

/// The maximum number of inputs that may be discarded for each case.
const MAX_DISCARDED_PER_CASE: usize = 3;

/// A generated case.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The index of its rule.
    pub rule: usize,
    /// The seed of the case; [`replay`] generates the same input from it.
    pub seed: [u8; 32],
    pub input: Input,
}

/// The result of sampling one rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number of cases to send.
    pub cases: usize,
    /// The number of inputs with which the oracle did not agree.
    pub discarded: usize,
}

impl Tally {
    /// True if far more inputs were discarded than kept, so that the rule tests nothing.
    pub fn is_doubtful(&self) -> bool {
        self.discarded >= TRIES as usize && self.discarded > MAX_DISCARDED_PER_CASE * self.cases
    }
}

/// The cases of a property, in order; the first failing case is reported.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub cases: Vec<Generated>,
    /// The tally of each rule, in the order of the rules.
    pub tallies: Vec<Tally>,
}

/// Generates the cases of a property, after its examples. Every rule gets its first case before any rule gets a second
/// one. If there are fewer cases than rules, the seed determines the first rule.
pub fn generate(property: &str, rules: &[&Rule], sampling: Sampling, agrees: impl Fn(usize, &Input) -> bool) -> Sample {
    let mut sample = examples(rules);
    let generating: Vec<usize> = (0..rules.len()).filter(|rule| !rules[*rule].is_example()).collect();
    let count = sampling.cases.unwrap_or(CASES.max(generating.len()));
    let end = sample.cases.len() + count;
    let most = |rule: usize| rules[rule].at_most.unwrap_or(usize::MAX);
    let first = match u64::try_from(generating.len()) {
        Ok(rules_len) if count < generating.len() => number(&mix(sampling.seed, property, "", 0, 0)) % rules_len,
        _ => 0,
    };
    for round in 0..count {
        let before = sample.cases.len();
        for offset in 0..generating.len() {
            let rule = generating[(offset + first as usize) % generating.len()];
            if sample.cases.len() == end || round >= most(rule) || sample.tallies[rule].is_doubtful() {
                continue;
            }
            for attempt in 0..TRIES {
                let seed = mix(sampling.seed, property, &rules[rule].name, round, attempt);
                match replay(rules[rule], &seed, &[]).filter(|input| agrees(rule, input)) {
                    Some(input) => {
                        sample.tallies[rule].cases += 1;
                        sample.cases.push(Generated { rule, seed, input });
                        break;
                    }
                    None => sample.tallies[rule].discarded += 1,
                }
            }
        }
        if sample.cases.len() == before {
            break;
        }
    }
    sample
}

/// The examples among the rules, each a case of its own. The pack's loader has asked the oracle about them.
fn examples(rules: &[&Rule]) -> Sample {
    let mut sample = Sample { cases: Vec::new(), tallies: vec![Tally::default(); rules.len()] };
    for (rule, of_rule) in rules.iter().enumerate() {
        if let Source::Example(input) = &of_rule.source {
            sample.tallies[rule].cases = 1;
            sample.cases.push(Generated { rule, seed: [0; 32], input: input.clone() });
        }
    }
    sample
}

/// A step of shrinking: simplify (`true`), or complicate again (`false`).
pub type ShrinkStep = bool;

/// Generates the input of a seed, and applies the steps of shrinking in `path`; `None` if a step is not possible, as
/// none is for an example.
/// Shrinking keeps this path instead of proptest's tree, because the tree cannot be held across an `await` that may
/// continue on another thread.
pub fn replay(rule: &Rule, seed: &[u8; 32], path: &[ShrinkStep]) -> Option<Input> {
    let strategy = match &rule.source {
        Source::Strategy(strategy) => strategy,
        Source::Example(input) => return path.is_empty().then(|| input.clone()),
    };
    let mut tree = strategy.strategy().new_tree(&mut runner(seed)).ok()?;
    for simpler in path {
        if !(if *simpler { tree.simplify() } else { tree.complicate() }) {
            return None;
        }
    }
    Some(tree.current())
}

/// Inputs of a generated rule, one for each seed. Its strategy is made once.
pub(crate) fn inputs(strategy: &MakeStrategy, seeds: impl Iterator<Item = [u8; 32]>) -> Vec<Input> {
    let strategy = strategy.strategy();
    seeds.filter_map(|seed| Some(strategy.new_tree(&mut runner(&seed)).ok()?.current())).collect()
}

fn runner(seed: &[u8; 32]) -> TestRunner {
    let config = Config { failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, seed))
}

fn mix(seed: u64, property: &str, rule: &str, index: usize, attempt: u32) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(&Sha256::digest(format!("{seed}\n{property}\n{rule}\n{index}\n{attempt}")));
    bytes
}

fn number(bytes: &[u8; 32]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
