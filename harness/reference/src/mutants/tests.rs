//! Checks the catalogue of mutants against the contract and the code.

use std::collections::BTreeSet;
use std::path::Path;

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
    let sections = [
        (envelope::ALL, envelope::IDENTIFIERS),
        (statuses::ALL, statuses::IDENTIFIERS),
        (access::ALL, access::IDENTIFIERS),
        (fields::ALL, fields::IDENTIFIERS),
        (formats::ALL, formats::IDENTIFIERS),
        (format_mutants::ALL, format_mutants::IDENTIFIERS),
        (documents::ALL, documents::IDENTIFIERS),
        (resources::ALL, resources::IDENTIFIERS),
        (memory::ALL, memory::IDENTIFIERS),
        (limits::ALL, limits::IDENTIFIERS),
        (server::ALL, server::IDENTIFIERS),
        (webhooks::ALL, webhooks::IDENTIFIERS),
    ];
    for (all, identifiers) in sections {
        for (mutant, identifier) in all.iter().zip(identifiers) {
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
fn every_mutant_is_used_in_the_code() {
    let mut code = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
    for section in [
        "envelope",
        "statuses",
        "access",
        "fields",
        "formats",
        "format_mutants",
        "documents",
        "resources",
        "memory",
        "limits",
        "server",
        "webhooks",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/mutants/{section}.rs"));
        let table = std::fs::read_to_string(path).expect("a section");
        for row in table.lines().filter(|line| line.starts_with("    \"")) {
            let identifier = row.split_whitespace().nth(1).expect("an identifier");
            // A module that already uses this name imports the section as `wrong`.
            let used = [section, "wrong"].iter().any(|module| code.contains(&format!("{module}::{identifier}")));
            assert!(used, "{section}::{identifier} is not used");
        }
    }
}

/// The text of all source files outside the catalogue.
fn collect(folder: &Path, code: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "mutants") {
            collect(&path, code);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code.push_str(&std::fs::read_to_string(&path).expect("a source file"));
        }
    }
}
