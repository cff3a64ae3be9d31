//! The catalogue of variations, held against the contract and the code.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::defects::defects;

/// Each section with its rows, the constants' names and the name of its module.
const MODULES: &[(&str, &[Variation], &[&str])] = &[
    ("wire", wire::ALL, wire::IDENTIFIERS),
    ("wording", wording::ALL, wording::IDENTIFIERS),
    ("requests", requests::ALL, requests::IDENTIFIERS),
    ("formats", formats::ALL, formats::IDENTIFIERS),
    ("documents", documents::ALL, documents::IDENTIFIERS),
    ("resources", resources::ALL, resources::IDENTIFIERS),
    ("limits", limits::ALL, limits::IDENTIFIERS),
    ("webhooks", webhooks::ALL, webhooks::IDENTIFIERS),
];

#[test]
fn names_are_unique_in_kebab_case_and_no_defects() {
    let mut seen: BTreeSet<&str> = defects().iter().map(|defect| defect.name).collect();
    for variation in variations() {
        assert!(seen.insert(variation.name), "{} twice", variation.name);
        let plain = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
        assert!(variation.name.chars().all(plain), "{}", variation.name);
        assert!(variation.name.split('-').all(|word| !word.is_empty()), "{}", variation.name);
    }
    assert!(variations().len() >= 100, "{} variations", variations().len());
}

#[test]
fn constants_are_called_like_their_variations() {
    for (_, all, identifiers) in MODULES {
        for (variation, identifier) in all.iter().zip(*identifiers) {
            assert_eq!(variation.name.to_uppercase().replace('-', "_"), *identifier);
        }
    }
}

#[test]
fn every_variation_says_what_it_does_and_what_permits_it() {
    let clauses: BTreeSet<&str> = defects().iter().flat_map(|defect| defect.clauses).copied().collect();
    for variation in variations() {
        assert!(variation.about.ends_with('.') && variation.about.len() > 15, "{}", variation.name);
        let permitted = variation.permitted_by;
        let said = ["left open: ", "no clause ", "the contract "].iter().any(|start| permitted.starts_with(start));
        assert!(said || clauses.contains(permitted), "{}: {permitted}", variation.name);
        assert!(variation.warns.is_sorted(), "{}", variation.name);
        assert!(variation.warns.iter().all(|clause| clauses.contains(clause)), "{}", variation.name);
    }
}

#[test]
fn variations_are_found_by_name() {
    assert_eq!(variation("conflict-for-duplicates").map(|found| found.warns), Some(&["CON-3"][..]));
    assert_eq!(variation("no-such-variation"), None);
}

#[test]
fn every_variation_is_switched_on_somewhere() {
    let mut code = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut code);
    for (module, _, identifiers) in MODULES {
        for identifier in *identifiers {
            // Where a module of that name is at hand already, ours is imported as `variants`.
            let asked = [format!("{module}::{identifier}"), format!("variants::{identifier}")];
            let used =
                asked.iter().any(|text| code.contains(&format!("{text})")) || code.contains(&format!("{text},")));
            assert!(used, "{module}::{identifier} is never asked for");
        }
    }
}

/// The text of all source files outside the catalogues.
fn collect(folder: &Path, code: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "variations" && name != "defects") {
            collect(&path, code);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code.push_str(&std::fs::read_to_string(&path).expect("a source file"));
        }
    }
}
