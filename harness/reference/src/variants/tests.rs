//! Checks the catalogue of variants against the contract and the code.

use std::collections::BTreeSet;

use super::*;
use crate::mutants::{code_in, mutants};

/// The module of each section, its variants, and the identifiers of their constants.
const MODULES: &[(&str, &[Variant], &[&str])] = &[
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
fn names_are_unique_in_kebab_case_and_not_names_of_mutants() {
    let mut seen: BTreeSet<&str> = mutants().iter().map(|mutant| mutant.name).collect();
    for variant in variants() {
        assert!(seen.insert(variant.name), "{} occurs twice", variant.name);
        let allowed = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
        assert!(variant.name.chars().all(allowed), "{}", variant.name);
        assert!(variant.name.split('-').all(|word| !word.is_empty()), "{}", variant.name);
    }
    assert!(variants().len() >= 100, "{} variants", variants().len());
}

#[test]
fn constants_are_named_after_their_variants() {
    for (_, all, identifiers) in MODULES {
        for (variant, identifier) in all.iter().zip(*identifiers) {
            assert_eq!(variant.name.to_uppercase().replace('-', "_"), *identifier);
        }
    }
}

#[test]
fn every_variant_has_a_description_and_what_permits_it() {
    let clauses: BTreeSet<&str> = mutants().iter().flat_map(|mutant| mutant.clauses).copied().collect();
    for variant in variants() {
        assert!(variant.about.ends_with('.') && variant.about.len() > 15, "{}", variant.name);
        let permitted = variant.permitted_by;
        let is_phrase = ["left open: ", "no clause ", "the contract "].iter().any(|start| permitted.starts_with(start));
        assert!(is_phrase || clauses.contains(permitted), "{}: {permitted}", variant.name);
        assert!(variant.warns.is_sorted(), "{}", variant.name);
        assert!(variant.warns.iter().all(|clause| clauses.contains(clause)), "{}", variant.name);
    }
}

#[test]
fn variants_are_found_by_name() {
    assert_eq!(variant("conflict-for-duplicates").map(|found| found.warns), Some(&["CON-3"][..]));
    assert_eq!(variant("no-such-variant"), None);
}

#[test]
fn every_variant_is_used_in_the_rules() {
    let code = code_in("src/variants/rules");
    for (module, _, identifiers) in MODULES {
        for identifier in *identifiers {
            let used = code.contains(&format!("{module}::{identifier}"));
            assert!(used, "{module}::{identifier} is not used");
        }
    }
}
