//! Checks the catalogues of mutants and variants against the contract and the code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::{mutants, variants};

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

/// The module of each section, its mutants, and the identifiers of their constants.
const MUTANTS: &[(&str, &[mutants::Mutant], &[&str])] = &[
    ("envelope", mutants::envelope::ALL, mutants::envelope::IDENTIFIERS),
    ("statuses", mutants::statuses::ALL, mutants::statuses::IDENTIFIERS),
    ("access", mutants::access::ALL, mutants::access::IDENTIFIERS),
    ("fields", mutants::fields::ALL, mutants::fields::IDENTIFIERS),
    ("formats", mutants::formats::ALL, mutants::formats::IDENTIFIERS),
    ("documents", mutants::documents::ALL, mutants::documents::IDENTIFIERS),
    ("resources", mutants::resources::ALL, mutants::resources::IDENTIFIERS),
    ("memory", mutants::memory::ALL, mutants::memory::IDENTIFIERS),
    ("limits", mutants::limits::ALL, mutants::limits::IDENTIFIERS),
    ("server", mutants::server::ALL, mutants::server::IDENTIFIERS),
    ("webhooks", mutants::webhooks::ALL, mutants::webhooks::IDENTIFIERS),
];

fn clauses() -> BTreeSet<String> {
    let numbers =
        |&(group, count): &(&str, u32)| (1..=count).map(|number| format!("{group}-{number}")).collect::<Vec<_>>();
    CLAUSES.iter().flat_map(numbers).collect()
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut seen = BTreeSet::new();
    for mutant in mutants::mutants() {
        assert!(seen.insert(mutant.name), "{} occurs twice", mutant.name);
        let allowed = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
        assert!(mutant.name.chars().all(allowed), "{}", mutant.name);
        assert!(mutant.name.split('-').all(|word| !word.is_empty()), "{}", mutant.name);
    }
    assert!(seen.len() >= 120, "{} mutants", seen.len());
}

#[test]
fn constants_are_named_after_their_mutants() {
    for (_, all, identifiers) in MUTANTS {
        for (mutant, identifier) in all.iter().zip(*identifiers) {
            assert_eq!(mutant.name.to_uppercase().replace('-', "_"), *identifier);
        }
    }
}

#[test]
fn mutants_name_known_clauses_only() {
    let known = clauses();
    for mutant in mutants::mutants() {
        assert!(!mutant.clauses.is_empty(), "{} has no clauses", mutant.name);
        assert!(mutant.clauses.is_sorted(), "{} has its clauses out of order", mutant.name);
        for clause in mutant.clauses {
            assert!(known.contains(*clause), "{} has the unknown clause {clause}", mutant.name);
        }
    }
}

#[test]
fn every_mutant_has_a_description() {
    for mutant in mutants::mutants() {
        assert!(mutant.about.ends_with('.') && mutant.about.len() > 10, "{}", mutant.name);
    }
}

#[test]
fn mutants_are_found_by_name() {
    assert_eq!(mutants::mutant("recovers-late").map(|found| found.clauses), Some(&["RATE-6"][..]));
    assert_eq!(mutants::mutant("no-such-mutant"), None);
}

#[test]
fn every_mutant_is_used_in_the_rules() {
    let code = code_in("src/mutants");
    for (section, _, identifiers) in MUTANTS {
        for identifier in *identifiers {
            // A module that already uses this name imports the section as `wrong`.
            let used = [section, "wrong"].iter().any(|module| code.contains(&format!("{module}::{identifier}")));
            assert!(used, "{section}::{identifier} is not used");
        }
    }
}

/// The module of each section, its variants, and the identifiers of their constants.
const VARIANTS: &[(&str, &[variants::Variant], &[&str])] = &[
    ("wire", variants::wire::ALL, variants::wire::IDENTIFIERS),
    ("wording", variants::wording::ALL, variants::wording::IDENTIFIERS),
    ("requests", variants::requests::ALL, variants::requests::IDENTIFIERS),
    ("formats", variants::formats::ALL, variants::formats::IDENTIFIERS),
    ("documents", variants::documents::ALL, variants::documents::IDENTIFIERS),
    ("resources", variants::resources::ALL, variants::resources::IDENTIFIERS),
    ("limits", variants::limits::ALL, variants::limits::IDENTIFIERS),
    ("webhooks", variants::webhooks::ALL, variants::webhooks::IDENTIFIERS),
];

#[test]
fn names_of_variants_are_unique_in_kebab_case_and_not_names_of_mutants() {
    let mut seen: BTreeSet<&str> = mutants::mutants().iter().map(|mutant| mutant.name).collect();
    for variant in variants::variants() {
        assert!(seen.insert(variant.name), "{} occurs twice", variant.name);
        let allowed = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '-';
        assert!(variant.name.chars().all(allowed), "{}", variant.name);
        assert!(variant.name.split('-').all(|word| !word.is_empty()), "{}", variant.name);
    }
    assert!(variants::variants().len() >= 100, "{} variants", variants::variants().len());
}

#[test]
fn constants_of_variants_are_named_after_them() {
    for (_, all, identifiers) in VARIANTS {
        for (variant, identifier) in all.iter().zip(*identifiers) {
            assert_eq!(variant.name.to_uppercase().replace('-', "_"), *identifier);
        }
    }
}

#[test]
fn every_variant_has_a_description_and_what_permits_it() {
    let clauses = clauses();
    for variant in variants::variants() {
        assert!(variant.about.ends_with('.') && variant.about.len() > 15, "{}", variant.name);
        let permitted = variant.permitted_by;
        let is_phrase = ["left open: ", "no clause ", "the contract "].iter().any(|start| permitted.starts_with(start));
        assert!(is_phrase || clauses.contains(permitted), "{}: {permitted}", variant.name);
        assert!(variant.warns.is_sorted(), "{}", variant.name);
        assert!(variant.warns.iter().all(|clause| clauses.contains(*clause)), "{}", variant.name);
    }
}

#[test]
fn variants_are_found_by_name() {
    assert_eq!(variants::variant("conflict-for-duplicates").map(|found| found.warns), Some(&["CON-3"][..]));
    assert_eq!(variants::variant("no-such-variant"), None);
}

#[test]
fn every_variant_is_used_in_the_rules() {
    let code = code_in("src/variants/rules");
    for (module, _, identifiers) in VARIANTS {
        for identifier in *identifiers {
            let used = code.contains(&format!("{module}::{identifier}"));
            assert!(used, "{module}::{identifier} is not used");
        }
    }
}

#[test]
fn right_code_does_not_name_mutants_and_variants() {
    let wiring = ["src/app.rs", "src/catalogues.rs", "src/lib.rs", "src/options.rs"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for path in files(&folder.join("src")) {
        let name = path.strip_prefix(folder).expect("a file of the crate").to_string_lossy().replace('\\', "/");
        let of_mutants = name.starts_with("src/mutants/") || name.starts_with("src/variants/");
        if of_mutants || wiring.contains(&name.as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a source file");
        for word in ["mutants::", "variants::", "Mutated", "Varied"] {
            let found = text.lines().find(|line| line.contains(word) && !line.trim_start().starts_with("//"));
            assert_eq!(found, None, "{name} must not know of mutants and variants");
        }
    }
}

#[test]
fn mutants_pass_on_every_method_that_variants_override() {
    let passed = methods("src/mutants/rules", "Mutated");
    let missing: Vec<_> =
        methods("src/variants/rules", "Varied").into_iter().filter(|one| !passed.contains(one)).collect();
    assert!(passed.len() > 50, "{passed:?}");
    assert!(missing.is_empty(), "`Mutated` has the contract's own {missing:?}, so variants of it have no effect");
}

/// The methods in the implementations of rules for a type, with their traits.
fn methods(folder: &str, of: &str) -> BTreeSet<(String, String)> {
    let code = code_in(folder);
    let method = |line: &str| Some(line.strip_prefix("    fn ")?.split(['(', '<']).next()?.to_owned());
    code.split("\nimpl ")
        .filter_map(|block| block.split_once(&format!(" for {of} {{\n")))
        .flat_map(|(rules, body)| {
            let body = body.split("\n}").next().unwrap_or_default();
            body.lines().filter_map(method).map(|name| (rules.to_owned(), name)).collect::<Vec<_>>()
        })
        .collect()
}

/// The text of all source files in a folder of the crate.
fn code_in(folder: &str) -> String {
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
