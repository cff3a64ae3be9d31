//! Rules for the sources, the default pack and the documents of this repository. Each rule is a function from a text to
//! its faults, and each test shows that the rule detects a bad text.

#[path = "house/imports.rs"]
mod imports;
#[path = "house/words.rs"]
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use cli::run::load;
use judge::check;
use mutate::prove::{MatrixServer, ServerKind, rows};
use regex::Regex;
use spec::contract::{Clause, Contract};
use spec::scenario::Library;

const MAX_LINES: usize = 500;

/// Dependencies that a crate must not have. Cargo itself refuses circles between crates.
const FORBIDDEN_DEPENDENCIES: &[(&str, &[&str])] = &[
    // Two independent readings of the contract.
    ("reference", &["generate", "spec", "judge", "runner", "report", "mutate", "init", "cli"]),
    // Who tests a deployment needs no reference and no mutants.
    ("runner", &["reference", "report"]),
    // Pure: no HTTP and no clock of their own.
    ("spec", &["reqwest", "tokio", "hyper", "judge"]),
    ("judge", &["reqwest", "tokio", "hyper"]),
    ("report", &["reqwest", "tokio", "hyper", "proptest", "generate", "runner"]),
    ("generate", &["spec", "reqwest", "tokio"]),
];

/// Checks that the default pack does not need. `second_pack.rs` judges and provokes them with the parcel pack.
const NOT_IN_THE_DEFAULT_PACK: &[&str] = &["required-headers", "status-in-body"];

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
fn crates_stay_apart() {
    for (of, forbidden) in FORBIDDEN_DEPENDENCIES {
        let manifest = read(&format!("harness/{of}/Cargo.toml"));
        let used = dependencies(&manifest);
        for other in *forbidden {
            assert!(!used.contains(*other), "the crate {of} depends on {other}");
        }
    }
    let manifest =
        "[dependencies]\nspec.workspace = true\nlibc = \"0.2\"\n\n[dev-dependencies]\nreference.workspace = true\n";
    assert_eq!(dependencies(manifest), BTreeSet::from(["spec", "libc"].map(str::to_owned)));
}

#[test]
fn crates_include_only_their_own_files() {
    let wrong: Vec<String> = sources().iter().flat_map(|(name, text)| foreign_includes(name, text)).collect();
    assert!(wrong.is_empty(), "these files would be missing from the package: {wrong:#?}");
    let text = "include_str!(\"../data/a.txt\"); include_bytes!(\n    \"../../b.txt\")";
    assert_eq!(foreign_includes("harness/spec/src/lib.rs", text), ["harness/spec/src/lib.rs: ../../b.txt"]);
    assert!(foreign_includes("harness/spec/src/contract/mod.rs", text).is_empty());
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
    let needed = |name: &&str| !NOT_IN_THE_DEFAULT_PACK.contains(name);
    let checks: Vec<&str> = check::names().into_iter().filter(needed).collect();
    assert_eq!(checks_without_single_clause(&checks, &contract.clauses), Vec::<String>::new());
    let outdated: Vec<_> =
        NOT_IN_THE_DEFAULT_PACK.iter().filter(|name| contract.clause_of_check(name).is_some()).collect();
    assert!(outdated.is_empty(), "the default pack needs {outdated:?}: remove them from NOT_IN_THE_DEFAULT_PACK");
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
    let mutants = mutants(&contract);
    let violated: BTreeSet<&str> = mutants.iter().flat_map(|row| &row.clauses).map(String::as_str).collect();
    assert_eq!(
        checks_without_mutant(&contract, &violated),
        Vec::<&str>::new(),
        "no mutant of the reference violates the clauses of these checks"
    );
    let needed = check::names().len() - NOT_IN_THE_DEFAULT_PACK.len();
    assert_eq!(checks_without_mutant(&contract, &BTreeSet::new()).len(), needed);
}

#[test]
fn readme_states_the_true_numbers() {
    let (contract, _) = pack();
    let rows = rows(&contract).expect("the mutations of the pack");
    let count = |kind: fn(&ServerKind) -> bool| rows.iter().filter(|row| kind(&row.kind)).count();
    let not_reportable = count(|kind| matches!(kind, ServerKind::NotReportable(_)));
    let found = count(|kind| matches!(kind, ServerKind::Mutant | ServerKind::Intermittent));
    let stated = [
        format!(
            "{} operations, {} error codes, {} clauses",
            contract.operations.len(),
            contract.catalog.codes.len(),
            contract.clauses.len()
        ),
        format!("{} deliberately faulty servers", found + not_reportable),
        format!("For {found} of them"),
        format!("must not report the other {not_reportable}"),
    ];
    let readme = read("README.md").split_whitespace().collect::<Vec<_>>().join(" ");
    for text in stated {
        assert!(readme.contains(&text), "README.md does not say \"{text}\"");
    }
}

#[test]
fn mutants_have_names_of_their_own_a_sentence_and_clauses_that_exist() {
    let (contract, _) = pack();
    let mut names = BTreeSet::new();
    for MatrixServer { name, about, clauses, .. } in mutants(&contract) {
        assert!(about.ends_with('.'), "{name}: {about}");
        assert!(!clauses.is_empty() && clauses.is_sorted(), "{name}: {clauses:?}");
        for clause in &clauses {
            assert!(contract.clause(clause).is_some(), "{name} violates {clause}, which does not exist");
        }
        assert!(names.insert(name.clone()), "{name} occurs twice");
    }
}

/// The mutants of the reference and of the pack.
fn mutants(contract: &Contract) -> Vec<MatrixServer> {
    let mut rows = rows(contract).expect("the mutations of the pack");
    rows.retain(|row| !matches!(row.kind, ServerKind::Unchanged | ServerKind::Variant));
    rows
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

/// Files that a source includes from outside its crate.
fn foreign_includes(name: &str, text: &str) -> Vec<String> {
    static INCLUDE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"include_(?:str|bytes)!\(\s*"([^"]*)""#).expect("a pattern"));
    let folders_below_crate = name.matches('/').count() - 2;
    INCLUDE
        .captures_iter(text)
        .filter(|found| found[1].matches("../").count() > folders_below_crate)
        .map(|found| format!("{name}: {}", &found[1]))
        .collect()
}

/// The crates that a manifest names as dependencies, without those of tests.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut is_in = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_in = line.ends_with("dependencies]") && !line.contains("dev-");
        } else if let Some((name, _)) = line.split_once(['.', ' ', '=']).filter(|_| is_in) {
            found.insert(name.to_owned());
        }
    }
    found
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
    check::names()
        .into_iter()
        .filter(|name| !NOT_IN_THE_DEFAULT_PACK.contains(name))
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
    load(&root()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the root")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every source of every crate with its path from the root.
fn sources() -> Vec<(String, String)> {
    let found: Vec<(String, String)> = files(&root().join("harness"), "rs")
        .into_iter()
        .filter(|path| path.components().any(|part| part.as_os_str() == "src"))
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
