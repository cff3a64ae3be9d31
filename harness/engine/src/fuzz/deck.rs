//! Drawing the cases of a property from a seed: the same seed, property, rule and number give the same
//! input, whatever else is drawn, filtered or sent at the same time.

use proptest::strategy::{Strategy as _, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sha2::{Digest as _, Sha256};

use super::rule::{Input, Rule};

/// By what a run draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    /// The seed of the run.
    pub seed: u64,
    /// Cases of each property; a few more than it has rules when absent.
    pub cases: Option<usize>,
}

impl Default for Draws {
    fn default() -> Self {
        Self { seed: 1, cases: None }
    }
}

/// The fewest cases of a property where nobody asks for a number.
const CASES: usize = 24;
/// How many inputs are drawn for one case before the second opinion is taken for an answer.
const TRIES: u32 = 12;

/// So many inputs may be thrown away for each that is kept.
const FEW: usize = 3;

/// A case: the rule that it was drawn from, by its place, and by what.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The place of its rule.
    pub rule: usize,
    /// What it was drawn by; [`replay`] draws it again.
    pub seed: [u8; 32],
    /// What was drawn.
    pub input: Input,
}

/// What came of drawing from one rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases that are sent.
    pub cases: usize,
    /// Inputs that the second opinion did not agree with.
    pub discarded: usize,
}

impl Tally {
    /// True where far more was thrown away than kept, or nothing could be had: such a rule proves nothing.
    pub fn is_doubtful(&self) -> bool {
        self.discarded >= TRIES as usize && self.discarded > FEW * self.cases
    }
}

/// The cases of a property, in the order that decides which failure is the first.
#[derive(Clone, Debug, Default)]
pub struct Deck {
    /// The cases.
    pub cases: Vec<Drawn>,
    /// A tally for each rule, in their order.
    pub tallies: Vec<Tally>,
}

/// Draws the cases of a property. Every rule gets its first case before any gets a second; where there
/// are fewer cases than rules, the seed says with which rule to begin.
pub fn draw(property: &str, rules: &[(&str, &Rule)], draws: Draws, agrees: impl Fn(usize, &Input) -> bool) -> Deck {
    let wanted = draws.cases.unwrap_or(CASES.max(rules.len()));
    let mut deck = Deck { cases: Vec::with_capacity(wanted), tallies: vec![Tally::default(); rules.len()] };
    let most = |rule: usize| rules[rule].1.at_most.unwrap_or(usize::MAX);
    let first = match u64::try_from(rules.len()) {
        Ok(count) if count > 0 && wanted < rules.len() => number(&mix(draws.seed, property, "", 0, 0)) % count,
        _ => 0,
    };
    for round in 0..wanted {
        let before = deck.cases.len();
        for offset in 0..rules.len() {
            let rule = (offset + first as usize) % rules.len();
            if deck.cases.len() == wanted || round >= most(rule) || deck.tallies[rule].is_doubtful() {
                continue;
            }
            let (label, strategy) = rules[rule];
            for attempt in 0..TRIES {
                let seed = mix(draws.seed, property, label, round, attempt);
                match replay(strategy, &seed, &[]).filter(|input| agrees(rule, input)) {
                    Some(input) => {
                        deck.tallies[rule].cases += 1;
                        deck.cases.push(Drawn { rule, seed, input });
                        break;
                    }
                    None => deck.tallies[rule].discarded += 1,
                }
            }
        }
        if deck.cases.len() == before {
            break;
        }
    }
    deck
}

/// A step of shrinking: towards the simple (`true`), or back a little (`false`).
pub type Move = bool;

/// Draws what a seed gives, and goes a path of shrinking from there; `None` where the path ends before.
/// A path is kept instead of proptest's tree, because a tree cannot be held while an answer is awaited
/// that another thread may bring.
pub fn replay(rule: &Rule, seed: &[u8; 32], path: &[Move]) -> Option<Input> {
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, seed));
    let mut tree = (rule.strategy)().new_tree(&mut runner).ok()?;
    for simpler in path {
        if !(if *simpler { tree.simplify() } else { tree.complicate() }) {
            return None;
        }
    }
    Some(tree.current())
}

fn mix(seed: u64, property: &str, rule: &str, index: usize, attempt: u32) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(&Sha256::digest(format!("{seed}\n{property}\n{rule}\n{index}\n{attempt}")));
    bytes
}

fn number(bytes: &[u8; 32]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
