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

fn clauses() -> BTreeSet<String> {
    let numbers =
        |&(group, count): &(&str, u32)| (1..=count).map(|number| format!("{group}-{number}")).collect::<Vec<_>>();
    CLAUSES.iter().flat_map(numbers).collect()
}

/// The name, the sentence and the clauses of every mutant, intermittent mutant and variant.
fn entries() -> impl Iterator<Item = (&'static str, &'static str, &'static [&'static str])> {
    let mutants = mutants::mutants().iter().map(|one| (one.name, one.about, one.clauses));
    let intermittent = mutants::intermittent().iter().map(|one| (one.name, one.about, one.clauses()));
    let variants = variants::variants().iter().map(|one| (one.name, one.about, one.warns));
    mutants.chain(intermittent).chain(variants)
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let is_letter = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit();
    let mut seen = BTreeSet::new();
    for (name, ..) in entries() {
        assert!(seen.insert(name), "{name} occurs twice");
        assert!(name.split('-').all(|word| !word.is_empty() && word.chars().all(is_letter)), "{name}");
    }
    assert!(seen.len() >= 250, "{} names", seen.len());
}

#[test]
fn every_entry_has_a_sentence_and_known_clauses_in_order() {
    let known = clauses();
    for (name, about, clauses) in entries() {
        assert!(about.ends_with('.') && about.len() > 10, "{name}: {about}");
        assert!(clauses.is_sorted(), "{name} has its clauses out of order");
        let unknown: Vec<_> = clauses.iter().filter(|clause| !known.contains(**clause)).collect();
        assert!(unknown.is_empty(), "{name} has the unknown clauses {unknown:?}");
    }
}

#[test]
fn every_variant_says_what_permits_it() {
    let clauses = clauses();
    for variant in variants::variants() {
        let permitted = variant.permitted_by;
        let is_phrase = ["left open: ", "no clause ", "the contract "].iter().any(|start| permitted.starts_with(start));
        assert!(is_phrase || clauses.contains(permitted), "{}: {permitted}", variant.name);
    }
}

#[test]
fn mutants_and_variants_are_found_by_name() {
    assert_eq!(mutants::mutant("recovers-late").map(|found| found.clauses), Some(&["RATE-6"][..]));
    assert_eq!(mutants::mutant("no-such-mutant"), None);
    assert_eq!(variants::variant("conflict-for-duplicates").map(|found| found.warns), Some(&["CON-3"][..]));
    assert_eq!(variants::variant("no-such-variant"), None);
}

#[test]
fn rules_use_every_mutant_and_variant_by_a_constant_of_its_name() {
    let mutants = mutants::mutants().iter().map(|one| one.name).collect();
    let variants = variants::variants().iter().map(|one| one.name).collect();
    for (folder, names) in [("src/mutants/rules", mutants), ("src/variants/rules", variants)] {
        let code = code_in(folder);
        let used: BTreeSet<&str> = code.split(|one: char| !one.is_ascii_alphanumeric() && one != '_').collect();
        let names: Vec<&str> = names;
        let unused = names.into_iter().find(|name| !used.contains(name.to_uppercase().replace('-', "_").as_str()));
        assert_eq!(unused, None, "no file in {folder} uses it");
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
    let method = |line: &str| Some(line.trim_start().strip_prefix("fn ")?.split(['(', '<']).next()?.to_owned());
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
