//! Checks the catalogue of mutants against the contract and the code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::*;

/// The groups of clauses and the number of clauses in each.
const CLAUSES: &[(&str, u32)] = &[
    ("ENV", 10),
    ("STA", 3),
    ("AUTH", 8),
    ("VAL", 3),
    ("FMT", 5),
    ("DOC", 6),
    ("RES", 5),
    ("CON", 4),
    ("RATE", 7),
    ("VER", 2),
    ("SRV", 4),
    ("LOG", 2),
    ("WHK", 7),
];

/// The identifiers of the constants in each section.
const IDENTIFIERS: &[(&str, &[&str])] = &[
    ("envelope", envelope::IDENTIFIERS),
    ("statuses", statuses::IDENTIFIERS),
    ("access", access::IDENTIFIERS),
    ("fields", fields::IDENTIFIERS),
    ("formats", formats::IDENTIFIERS),
    ("format_mutants", format_mutants::IDENTIFIERS),
    ("documents", documents::IDENTIFIERS),
    ("resources", resources::IDENTIFIERS),
    ("memory", memory::IDENTIFIERS),
    ("limits", limits::IDENTIFIERS),
    ("server", server::IDENTIFIERS),
    ("webhooks", webhooks::IDENTIFIERS),
];

fn clauses() -> BTreeSet<String> {
    let numbers =
        |&(group, count): &(&str, u32)| (1..=count).map(|number| format!("{group}-{number}")).collect::<Vec<_>>();
    CLAUSES.iter().flat_map(numbers).collect()
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut seen = BTreeSet::new();
    for mutant in mutants() {
        assert!(seen.insert(mutant.name), "{} occurs twice", mutant.name);
        let allowed = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
        assert!(mutant.name.chars().all(allowed), "{}", mutant.name);
        assert!(mutant.name.split('-').all(|word| !word.is_empty()), "{}", mutant.name);
    }
    assert!(seen.len() >= 120, "{} mutants", seen.len());
}

#[test]
fn constants_are_named_after_their_mutants() {
    for (all, (_, identifiers)) in SECTIONS.iter().zip(IDENTIFIERS) {
        for (mutant, identifier) in all.iter().zip(*identifiers) {
            assert_eq!(mutant.name.to_uppercase().replace('-', "_"), *identifier);
        }
    }
}

#[test]
fn mutants_violate_every_clause_and_name_known_clauses_only() {
    let known = clauses();
    let mut violated = BTreeSet::new();
    for mutant in mutants() {
        assert!(!mutant.clauses.is_empty(), "{} has no clauses", mutant.name);
        assert!(mutant.clauses.is_sorted(), "{} has its clauses out of order", mutant.name);
        for clause in mutant.clauses {
            assert!(known.contains(*clause), "{} has the unknown clause {clause}", mutant.name);
            violated.insert((*clause).to_owned());
        }
    }
    let unviolated: Vec<_> = known.difference(&violated).collect();
    assert!(unviolated.is_empty(), "no mutant violates {unviolated:?}");
}

#[test]
fn every_mutant_has_a_description() {
    for mutant in mutants() {
        assert!(mutant.about.ends_with('.') && mutant.about.len() > 10, "{}", mutant.name);
    }
}

#[test]
fn mutants_are_found_by_name() {
    assert_eq!(mutant("drops-retry-after").map(|found| found.clauses), Some(&["RATE-2"][..]));
    assert_eq!(mutant("no-such-mutant"), None);
}

#[test]
fn every_mutant_is_used_in_the_rules() {
    let code = code_in("src/mutants");
    for (section, identifiers) in IDENTIFIERS {
        for identifier in *identifiers {
            // A module that already uses this name imports the section as `wrong`.
            let used = [section, "wrong"].iter().any(|module| code.contains(&format!("{module}::{identifier}")));
            assert!(used, "{section}::{identifier} is not used");
        }
    }
}

#[test]
fn mutants_and_variants_stand_beside_the_right_code() {
    let only_wiring = ["src/app.rs", "src/lib.rs", "src/options.rs"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in files(&folder.join("src")) {
        let name = path.strip_prefix(folder).expect("a file of the crate").to_string_lossy().replace('\\', "/");
        let beside = name.starts_with("src/mutants/") || name.starts_with("src/variants/");
        if beside || only_wiring.contains(&name.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        for word in ["mutants::", "variants::", "Mutated", "Varied"] {
            let found = text.lines().find(|line| line.contains(word) && !line.trim_start().starts_with("//"));
            assert_eq!(found, None, "{name} must not know of mutants and variants");
        }
    }
}

/// The text of all source files in a folder of the crate.
pub(crate) fn code_in(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    files(&folder).iter().map(|path| std::fs::read_to_string(path).expect("a source file")).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    paths
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
