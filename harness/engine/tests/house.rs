//! Rules for the sources, the default pack and the documents of this repository. Each rule is a function from a text to
//! its faults, and each test shows that the rule detects a bad text.

#[path = "house/words.rs"]
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use harness::check::CHECKS;
use harness::contract::{Clause, Contract};
use harness::run::load;
use harness::scenario::Library;
use harness::target::mutants;
use regex::Regex;

const MAX_LINES: usize = 500;

/// The modules of the engine, from the lowest layer to the highest: each may use only modules of lower layers.
const LAYERS: &[&[&str]] = &[
    &["source", "exchange", "documents", "random", "output"],
    &["contract", "own_schemas", "fuzz"],
    &["scenario", "finding", "docs_check", "secret", "signature"],
    &["target"],
    &["check", "plan", "init"],
    &["execute"],
    &["verdict", "prove", "preflight", "repro"],
    &["report", "mutate"],
    &["test_runner", "compare", "certificate"],
    &["cli"],
    &["run", "pairs"],
    &["commands"],
    &["lib"],
];

/// Known uses of a higher layer. The test fails for an entry that no longer exists.
const STEPS_UP: &[(&str, &str)] = &[];

/// Text that must not be in a source, and what to do instead.
const UNFINISHED: &[(&str, &str)] = &[
    ("todo!", "implement it"),
    ("unimplemented!", "implement it"),
    ("dbg!", "remove it"),
    ("FIXME", "fix it"),
    ("#[ignore", "make it run, or remove it"),
    ("#[allow(", "write #[expect(…, reason = …)]"),
    ("#![allow(", "write #![expect(…, reason = …)]"),
];

// ---------------------------------------------------------------- sources

#[test]
fn sources_open_with_a_module_doc() {
    assert_no_faults(sources(), missing_module_doc);
    assert!(!missing_module_doc("use std::fmt;\n//! Late.\n").is_empty());
    assert!(!missing_module_doc("//!\nuse std::fmt;\n").is_empty());
}

#[test]
fn sources_have_at_most_500_lines() {
    assert_no_faults(sources(), too_long);
    assert!(!too_long(&"x\n".repeat(MAX_LINES + 1)).is_empty());
    assert!(too_long(&"x\n".repeat(MAX_LINES)).is_empty());
}

#[test]
fn sources_contain_no_unfinished_code() {
    assert_no_faults(sources(), unfinished_code);
    for (text_found, _) in UNFINISHED {
        assert_eq!(unfinished_code(&format!("let x = 1;\n    {text_found}(x)\n")).len(), 1, "{text_found}");
    }
    assert!(unfinished_code("// a debug! of ours, #[expect(dead_code, reason = \"x\")]\n").is_empty());
}

#[test]
fn modules_use_only_lower_layers() {
    let mut up = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let Some(module) = module_of(&name) else {
            continue;
        };
        for other in used_modules(&text) {
            match is_step_up(&module, &other) {
                Ok(false) => {}
                Ok(true) if STEPS_UP.contains(&(module.as_str(), other.as_str())) => {
                    up.insert((module.clone(), other));
                }
                Ok(true) => wrong.push(format!("{name}: {module} uses {other}, which is not in a lower layer")),
                Err(unknown) => wrong.push(format!("{name}: the module {unknown} is not in LAYERS")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let known: BTreeSet<(String, String)> =
        STEPS_UP.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
    assert_eq!(up, known, "left: uses of higher layers; right: STEPS_UP");
}

#[test]
fn layer_rule_detects_a_use_of_a_higher_layer() {
    let named = used_modules(
        "use crate::report::Report;\nuse crate::{check, run::load};\nlet x = crate::cli::seed();\n#[cfg(test)]\nmod tests { use crate::plan; }\n",
    );
    assert_eq!(named, BTreeSet::from(["report", "check", "run", "cli"].map(str::to_owned)));
    assert_eq!(is_step_up("check", "run"), Ok(true));
    assert_eq!(is_step_up("check", "plan"), Ok(true), "the same layer is not lower");
    assert_eq!(is_step_up("check", "check"), Ok(false));
    assert_eq!(is_step_up("run", "check"), Ok(false));
    assert_eq!(is_step_up("check", "nowhere"), Err("nowhere".to_owned()));
    assert_eq!(module_of("harness/engine/src/check/leak.rs").as_deref(), Some("check"));
    assert_eq!(module_of("harness/engine/src/run.rs").as_deref(), Some("run"));
    assert_eq!(module_of("harness/reference/src/api.rs"), None);
}

#[test]
fn harness_and_reference_do_not_use_each_other() {
    let uses_reference = Regex::new(r"\breference::|\buse reference\b|\bextern crate reference\b").expect("a pattern");
    let uses_harness = Regex::new(r"\bharness::|\buse harness\b|\bextern crate harness\b").expect("a pattern");
    for (name, text) in sources() {
        let code = without_comments(&text);
        if name.starts_with("harness/engine/src/") {
            let is_embedded_target = name == "harness/engine/src/target/embedded.rs";
            assert!(
                is_embedded_target || !uses_reference.is_match(&code),
                "{name} uses the crate `reference`; only target/embedded.rs may"
            );
        } else {
            assert!(
                !uses_harness.is_match(&code),
                "{name} uses the crate `harness`; the reference must stay independent of it"
            );
        }
    }
    let manifest = read("harness/reference/Cargo.toml");
    assert!(!manifest.lines().any(|line| line.starts_with("harness")), "the reference depends on the harness");
    assert!(uses_reference.is_match(&without_comments("// not here\nlet x = reference::start();\n")));
    assert!(!uses_reference.is_match(&without_comments("/// Says `reference::start`.\n//! use reference\n")));
    assert!(uses_harness.is_match("use harness::check;"));
}

#[test]
fn gitignore_hides_no_source() {
    let folders: BTreeSet<String> =
        sources().iter().flat_map(|(name, _)| name.split('/').map(str::to_owned).collect::<Vec<_>>()).collect();
    assert_eq!(
        hiding_rules(&read(".gitignore"), &folders),
        Vec::<String>::new(),
        "these rules of .gitignore hide sources: begin them with a slash"
    );
    let folders = BTreeSet::from(["target".to_owned()]);
    assert_eq!(hiding_rules("/target/\ntarget/\n# target\n", &folders), ["target/"]);
}

// ---------------------------------------------------------------- the pack

#[test]
fn scenario_names_are_kebab_case_facts() {
    let (_, library) = pack();
    let wrong: Vec<String> =
        library.tests.iter().filter_map(|test| scenario_name(&test.name)).flat_map(wrong_in_name).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for name in ["Unknown-id", "an_unknown_id", "it-should-be-refused", "test-of-ids", "unknown--id", "-id"] {
        assert!(!wrong_in_name(name).is_empty(), "{name}");
    }
    assert!(wrong_in_name("the-latest-2-customers").is_empty());
}

#[test]
fn each_check_belongs_to_one_clause() {
    let (contract, _) = pack();
    let checks: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
    assert_eq!(checks_without_single_clause(&checks, &contract.clauses), Vec::<String>::new());
    let twice: Vec<Clause> = [&contract.clauses[..1], &contract.clauses[..1]].concat();
    assert!(!checks_without_single_clause(&[twice[0].checks[0].as_str()], &twice).is_empty());
    assert!(!checks_without_single_clause(&["no-such-check"], &contract.clauses).is_empty());
}

#[test]
fn each_clause_has_a_check_or_a_scenario() {
    let (contract, library) = pack();
    let in_scenarios: BTreeSet<&str> =
        library.tests.iter().flat_map(|test| test.clauses.iter().map(String::as_str)).collect();
    assert_eq!(clauses_without_test(&contract.clauses, &in_scenarios), Vec::<&str>::new());
    let without_check: Vec<Clause> =
        contract.clauses.iter().filter(|clause| clause.checks.is_empty()).take(1).cloned().collect();
    assert_eq!(clauses_without_test(&without_check, &BTreeSet::new()), [without_check[0].id.as_str()]);
}

#[test]
fn each_check_has_a_mutant_of_its_clause() {
    let (contract, _) = pack();
    let violated: BTreeSet<&str> = mutants().iter().flat_map(|(_, _, clauses)| clauses.iter().copied()).collect();
    assert_eq!(
        checks_without_mutant(&contract, &violated),
        Vec::<&str>::new(),
        "no mutant of the reference violates the clauses of these checks"
    );
    assert_eq!(checks_without_mutant(&contract, &BTreeSet::new()).len(), CHECKS.len());
}

#[test]
fn clauses_of_mutants_exist() {
    let (contract, _) = pack();
    for (name, _, clauses) in mutants() {
        assert!(!clauses.is_empty(), "{name} violates no clause");
        for clause in clauses {
            assert!(contract.clause(clause).is_some(), "{name} violates {clause}, which does not exist");
        }
    }
}

// ---------------------------------------------------------------- documents

#[test]
fn links_in_markdown_resolve() {
    let mut wrong = Vec::new();
    for path in files(&root(), "md") {
        let text = std::fs::read_to_string(&path).expect("a text");
        let folder = path.parent().expect("a folder");
        wrong.extend(dead_links(&text, folder).into_iter().map(|link| format!("{}: {link}", path.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let text = "[a](nowhere.md) [b](Cargo.toml#x) [c](https://h/x.md) [d](#below) ![e](<no where.png>)\n```\n[f](code.md)\n```\n";
    assert_eq!(dead_links(text, &root()), ["nowhere.md", "no where.png"]);
}

// ---------------------------------------------------------------- the rules

fn missing_module_doc(text: &str) -> Vec<String> {
    let first = text.lines().next().unwrap_or_default();
    let good = first.strip_prefix("//! ").is_some_and(|purpose| !purpose.trim().is_empty());
    if good { Vec::new() } else { vec!["the first line must be a module doc (`//! …`)".to_owned()] }
}

fn too_long(text: &str) -> Vec<String> {
    let lines = text.lines().count();
    if lines <= MAX_LINES {
        return Vec::new();
    }
    vec![format!("{lines} lines, but at most {MAX_LINES} are allowed: split it")]
}

fn unfinished_code(text: &str) -> Vec<String> {
    let boundary =
        |line: &str, at: usize| !line[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
    text.lines()
        .enumerate()
        .flat_map(|(number, line)| {
            UNFINISHED
                .iter()
                .filter(move |(text_found, _)| line.match_indices(text_found).any(|(at, _)| boundary(line, at)))
                .map(move |(text_found, instead)| format!("line {}: `{text_found}`: {instead}", number + 1))
        })
        .collect()
}

/// The module of the engine that a source belongs to.
fn module_of(name: &str) -> Option<String> {
    let rest = name.strip_prefix("harness/engine/src/")?;
    let first = rest.split('/').next()?;
    Some(first.trim_end_matches(".rs").to_owned())
}

/// The modules that a source uses, in `use` lines or in paths, without its unit tests.
fn used_modules(text: &str) -> BTreeSet<String> {
    static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bcrate::(\w+|\{[^;]*\})").expect("a pattern"));
    static FIRST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:^|,)\s*(\w+)").expect("a pattern"));
    let text = without_comments(text.split("#[cfg(test)]").next().unwrap_or_default());
    let mut named = BTreeSet::new();
    for found in PATH.captures_iter(&text) {
        match found[1].strip_prefix('{') {
            None => {
                named.insert(found[1].to_owned());
            }
            Some(list) => named.extend(FIRST.captures_iter(list).map(|found| found[1].to_owned())),
        }
    }
    named
}

fn is_step_up(from: &str, to: &str) -> Result<bool, String> {
    let layer = |module: &str| LAYERS.iter().position(|layer| layer.contains(&module)).ok_or_else(|| module.to_owned());
    Ok(from != to && layer(to)? >= layer(from)?)
}

fn without_comments(text: &str) -> String {
    let lines: Vec<&str> =
        text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line }).collect();
    lines.join("\n")
}

/// Rules of a `.gitignore` that match a source folder at any depth.
fn hiding_rules(rules: &str, folders: &BTreeSet<String>) -> Vec<String> {
    rules
        .lines()
        .map(str::trim)
        .filter(|rule| !rule.starts_with(['#', '!', '/']))
        .filter(|rule| folders.contains(rule.trim_end_matches('/')))
        .map(str::to_owned)
        .collect()
}

fn scenario_name(test: &str) -> Option<&str> {
    test.split_once("::")?.1.split('/').next()
}

fn wrong_in_name(name: &str) -> Vec<String> {
    let letters = |word: &str| {
        !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    let mut wrong = Vec::new();
    if !name.split('-').all(letters) {
        wrong.push(format!("`{name}` is not kebab-case"));
    }
    if let Some(word) = name.split('-').find(|word| ["should", "test", "tests"].contains(word)) {
        wrong.push(format!("`{name}` contains `{word}`: a name must be a fact"));
    }
    wrong
}

fn checks_without_single_clause(checks: &[&str], clauses: &[Clause]) -> Vec<String> {
    let mut count: BTreeMap<&str, usize> = checks.iter().map(|check| (*check, 0)).collect();
    for check in clauses.iter().flat_map(|clause| &clause.checks) {
        *count.entry(check).or_default() += 1;
    }
    count
        .into_iter()
        .filter(|(_, count)| *count != 1)
        .map(|(check, count)| format!("{check} is named by {count} clauses"))
        .collect()
}

fn clauses_without_test<'c>(clauses: &'c [Clause], in_scenarios: &BTreeSet<&str>) -> Vec<&'c str> {
    clauses
        .iter()
        .filter(|clause| clause.checks.is_empty() && !in_scenarios.contains(clause.id.as_str()))
        .map(|clause| clause.id.as_str())
        .collect()
}

fn checks_without_mutant(contract: &Contract, violated: &BTreeSet<&str>) -> Vec<&'static str> {
    CHECKS
        .iter()
        .map(|check| check.name)
        .filter(|name| contract.clause_of_check(name).is_none_or(|clause| !violated.contains(clause.id.as_str())))
        .collect()
}

/// The relative links of a Markdown text whose files do not exist. Code blocks are ignored.
fn dead_links(text: &str, folder: &Path) -> Vec<String> {
    static LINK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\]\((?:<([^>]+)>|([^)\s]+))").expect("a pattern"));
    let prose: Vec<&str> = text.split("```").step_by(2).collect();
    LINK.captures_iter(&prose.join("\n"))
        .filter_map(|found| found.get(1).or(found.get(2)))
        .map(|link| link.as_str().split('#').next().unwrap_or_default())
        .filter(|link| !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:"))
        .filter(|link| !folder.join(link).exists())
        .map(str::to_owned)
        .collect()
}

// ---------------------------------------------------------------- reading

fn assert_no_faults(sources: Vec<(String, String)>, rule: impl Fn(&str) -> Vec<String>) {
    let wrong: Vec<String> = sources
        .iter()
        .flat_map(|(name, text)| rule(text).into_iter().map(move |fault| format!("{name}: {fault}")))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn pack() -> (Contract, Library) {
    load(&root()).unwrap_or_else(|problems| {
        let rendered: Vec<String> = problems.0.iter().map(ToString::to_string).collect();
        panic!("{}", rendered.join("\n"))
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the root")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every source of engine and reference with its path from the root.
fn sources() -> Vec<(String, String)> {
    let found: Vec<(String, String)> = ["harness/engine/src", "harness/reference/src"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), "rs"))
        .map(|path| {
            let name = path.strip_prefix(root()).expect("a path below the root").to_string_lossy().replace('\\', "/");
            let text = read(&name);
            (name, text)
        })
        .collect();
    assert!(found.len() > 50, "expected more than 50 sources");
    found
}

/// Files with an extension below a folder, without hidden folders and the build folder.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_build_folder = name == "target" && folder == root();
        if path.is_dir() && !name.starts_with('.') && !is_build_folder {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}
