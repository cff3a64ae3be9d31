//! Runs pairs of mutants of the reference and prints the pairs in which a baseline from the first hides the second.
//!
//! ```text
//! cargo run -p cli --example pairs                200 pairs, seed 1
//! cargo run -p cli --example pairs -- 400 2       400 pairs, seed 2
//! ```
//!
//! The exit code is 1 if a baseline hides a mutant that the tests find, if an unchanged server has new violations, or
//! if more than one pair in twenty cannot be judged because the first mutant masks the second.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use cli::run::load;
use futures_util::StreamExt as _;
use mutate::pairs::{Mutant, Outcome, judge, mutant, pairs};

/// The number of pairs that run at a time.
const AT_A_TIME: usize = 4;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let count = arguments.next().and_then(|count| usize::try_from(count).ok()).unwrap_or(200);
    let seed = arguments.next().unwrap_or(1);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Ok((contract, library)) = load(&root) else {
        eprintln!("error: the pack does not load; run `conformance validate` to see the errors");
        return ExitCode::from(2);
    };
    let contract = Arc::new(contract);
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return ExitCode::from(3) };
    runtime.block_on(async {
        // Some mutants are found only by slow tests and make no pair, so start with twice the count.
        let chosen = pairs(&contract, &library, seed, count * 2).unwrap_or_default();
        let mut mutants: BTreeMap<String, Option<Mutant<'_>>> = BTreeMap::new();
        let mut ready = Vec::new();
        for (one, other) in chosen {
            for row in [&one, &other] {
                if !mutants.contains_key(&row.name) {
                    let found = mutant(&contract, &library, row).await;
                    mutants.insert(row.name.clone(), found);
                }
            }
            if let (Some(Some(one)), Some(Some(other))) = (mutants.get(&one.name), mutants.get(&other.name)) {
                ready.push((one.clone(), other.clone()));
            }
            if ready.len() == count {
                break;
            }
        }
        let unseen: Vec<&str> =
            mutants.iter().filter(|(_, found)| found.is_none()).map(|(name, _)| name.as_str()).collect();
        println!("{} mutants, of which quick tests do not find {}: {}", mutants.len(), unseen.len(), unseen.join(", "));
        let contract = &contract;
        let judged = ready.iter().map(|(one, other)| async move { (judge(contract, one, other).await, one, other) });
        let mut judged = futures_util::stream::iter(judged).buffer_unordered(AT_A_TIME);
        let (mut named, mut masked, mut wrong) = (0, 0, 0);
        while let Some((outcome, one, other)) = judged.next().await {
            let pair = format!("{} ({}) + {} ({})", one.name, one.clause, other.name, other.clause);
            match outcome {
                Outcome::Named => named += 1,
                Outcome::Masked => {
                    masked += 1;
                    println!("masked: {pair}: next to the first mutant, no test has a finding of the second");
                }
                other => {
                    wrong += 1;
                    println!("wrong: {pair}: {other:?}");
                }
            }
        }
        println!("{} pairs: {named} named, {masked} masked, {wrong} wrong", named + masked + wrong);
        let few = masked * 20 <= named + masked + wrong;
        if wrong == 0 && few { ExitCode::SUCCESS } else { ExitCode::from(1) }
    })
}
