//! Changes files of a pack at random and loads the pack. The loader must return, must not panic, and every place in a
//! message must exist in the file.
//!
//! A change is made to the text (`text`) or to the data (`data`). `LOADER_SECONDS=3600` goes on for that long with new
//! seeds and prints the slowest load; `LOADER_SEED` repeats one change and prints its new lines. A fault that was found
//! gets a test next to the code that was wrong: the packs change, so a seed does not find it for ever.

#[path = "loader/data.rs"]
mod data;
#[path = "loader/dice.rs"]
mod dice;
#[path = "loader/packs.rs"]
mod packs;
#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;
#[path = "loader/text.rs"]
mod text;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use dice::Dice;
use packs::{Changeable, Subject};

/// The number of changes in an ordinary run, for each subject.
const CHANGES: u64 = 100;

#[test]
fn changed_packs_are_loaded_or_refused_with_a_place_that_exists() {
    run(Subject::Parcel);
}

#[test]
fn changed_descriptions_are_loaded_or_refused() {
    run(Subject::Init);
}

#[test]
fn changed_target_files_are_loaded_or_refused_with_a_place_that_exists() {
    run(Subject::Target);
}

fn run(subject: Subject) {
    let folder = Changeable::of(subject);
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("LOADER_SEED") {
        assert_eq!(problem(&folder, seed), None, "{subject:?}, seed {seed}");
        return;
    }
    let end = number("LOADER_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut slowest = (Duration::ZERO, 0);
    let mut problems = Vec::new();
    let mut seed = 0;
    while end.map_or(seed < CHANGES, |end| Instant::now() < end) {
        let begun = Instant::now();
        let found = problem(&folder, seed);
        problems.extend(found.map(|found| format!("{subject:?}, seed {seed}: {found}")));
        slowest = slowest.max((begun.elapsed(), seed));
        seed += 1;
    }
    println!("{subject:?}: {seed} changes, the slowest took {} ms (seed {})", slowest.0.as_millis(), slowest.1);
    assert!(problems.is_empty(), "{} of {seed}:\n{}", problems.len(), problems.join("\n"));
}

/// What is wrong after the change of this seed.
fn problem(folder: &Changeable, seed: u64) -> Option<String> {
    let mut dice = Dice::new(seed);
    let name = dice.pick(folder.names()).clone();
    let original = folder.read(&name);
    let changed = if dice.chance(2) { data::change(&name, &original, &mut dice) } else { None };
    let changed = changed.unwrap_or_else(|| text::change(&original, &mut dice));
    folder.write(&name, &changed);
    if std::env::var_os("LOADER_SEED").is_some() {
        let known: BTreeSet<&str> = original.lines().collect();
        let text = String::from_utf8_lossy(&changed);
        text.lines().filter(|line| !known.contains(line)).take(40).for_each(|line| eprintln!("{name}: {line}"));
    }
    let loaded = catch_unwind(AssertUnwindSafe(|| folder.load()));
    folder.write(&name, original.as_bytes());
    match loaded {
        Err(_) => Some(format!("a panic after a change to {name}")),
        Ok(Err(problems)) => {
            let changed = String::from_utf8_lossy(&changed);
            problems.0.iter().find_map(|problem| packs::misplaced(problem, &name, &changed))
        }
        Ok(Ok(())) => None,
    }
}
