//! The parcel pack describes another API: its server is tested as well as the default API, and the engine contains
//! no name of the default API.

#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;
#[path = "../../packs/parcel/stub.rs"]
mod stub;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::StreamExt as _;
use judge::check::CHECKS;
use runner::execute::run_test;
use serde_json::Value;
use shared::{DEFAULT, PARCEL, environment, pack, path};
use spec::contract::Contract;
use spec::scenario::Library;

/// Each mutant of the parcel server with the clauses that it violates.
const MUTANTS: &[(&str, &[&str])] = &[
    ("not-found-as-409", &["LINE-2"]),
    ("not-found-as-an-undocumented-status", &["LINE-1", "LINE-2"]),
    ("invents-a-number", &["BODY-2"]),
    ("writes-the-number-as-text", &["BODY-2"]),
    ("forgets-the-reason", &["BODY-3"]),
    ("writes-the-hint-as-a-number", &["BODY-4"]),
    ("names-another-member", &["BODY-5", "FORM-1"]),
    ("forgets-the-pause-in-the-body", &["BODY-6"]),
    ("adds-a-member", &["BODY-7"]),
    ("declares-plain-json", &["BODY-8"]),
    ("tells-trouble-in-a-success", &["BODY-9"]),
    ("names-a-member-twice", &["BODY-10"]),
    ("forgets-the-weight", &["LINE-3"]),
    ("traces-under-the-usual-name", &["TRACE-1"]),
    ("traces-all-alike", &["TRACE-2"]),
    ("keeps-the-trace-of-a-breakdown-to-itself", &["SAFE-2"]),
    ("quotes-the-pass", &["SAFE-1"]),
    ("keeps-the-end-of-a-session-to-itself", &["PASS-3"]),
    ("serves-strangers", &["PASS-1"]),
    ("forgets-the-quota-header", &["PACE-2"]),
    ("names-another-pause", &["PACE-3"]),
    ("has-one-left", &["PACE-4"]),
    ("counts-the-opening-in-milliseconds", &["PACE-5"]),
    ("writes-another-line", &["BODY-11"]),
    ("forgets-the-line", &["BODY-11"]),
    ("forgets-the-kinds-of-passes", &["WAY-1"]),
    ("is-back-some-day", &["WAY-1"]),
    ("redirects-twice", &["MOVE-1"]),
];

/// Violated clauses, each with a test that reported it.
type Violations = BTreeMap<String, String>;

#[tokio::test(flavor = "multi_thread")]
async fn conforming_server_has_no_violations() {
    let (contract, library) = pack(PARCEL);
    assert_eq!(violations_of(&contract, &library, None).await, Violations::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mutant_violates_exactly_its_clauses() {
    let (contract, library) = pack(PARCEL);
    let runs = MUTANTS.iter().map(|(name, clauses)| {
        let (contract, library) = (&contract, &library);
        async move { (name, clauses, violations_of(contract, library, Some(name)).await) }
    });
    let wrong: Vec<String> = futures_util::stream::iter(runs)
        .buffer_unordered(6)
        .filter_map(|(name, clauses, violations)| async move {
            let expected: BTreeSet<&str> = clauses.iter().copied().collect();
            let found: BTreeSet<&str> = violations.keys().map(String::as_str).collect();
            (expected != found).then(|| format!("{name}: expected {expected:?}, found {violations:?}"))
        })
        .collect()
        .await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pack_uses_every_check() {
    let (contract, _) = pack(PARCEL);
    for check in CHECKS.iter().filter(|check| check.name != "strict-json") {
        assert!(contract.clause_of_check(check.name).is_some(), "no clause of the second pack names {}", check.name);
    }
}

#[test]
fn checks_that_the_default_pack_does_not_name_have_a_mutant() {
    let (contract, _) = pack(PARCEL);
    let (default, _) = pack(DEFAULT);
    let violated: BTreeSet<&str> = MUTANTS.iter().flat_map(|(_, clauses)| clauses.iter().copied()).collect();
    for check in CHECKS.iter().filter(|check| default.clause_of_check(check.name).is_none()) {
        let clause = contract.clause_of_check(check.name).map(|clause| clause.id.as_str());
        assert!(
            clause.is_some_and(|clause| violated.contains(clause)),
            "no mutant violates the clause of {}",
            check.name
        );
    }
}

#[test]
fn clauses_of_mutants_exist() {
    let (contract, _) = pack(PARCEL);
    for (name, clauses) in MUTANTS {
        for clause in *clauses {
            assert!(contract.clause(clause).is_some(), "{name} violates {clause}, which is not a clause of the pack");
        }
    }
}

#[test]
fn engine_sources_do_not_name_the_default_api() {
    let names = names_of_the_default_api();
    assert!(names.len() > 45, "{names:?}");
    let mut found = Vec::new();
    // Unit tests may name it: real names make them easier to read.
    let is_unit_test = |path: &Path| path.file_name().is_some_and(|name| name == "tests.rs");
    let crates = ["generate", "spec", "judge", "runner", "report", "mutate", "init", "cli"];
    let folders = crates.map(|name| path(format!("../{name}/src")));
    for (path, text) in folders.iter().flat_map(|folder| sources(folder)) {
        if is_unit_test(&path) {
            continue;
        }
        for (line, literal) in literals(&text) {
            for name in names.iter().filter(|name| contains_word(&literal, name)) {
                found.push(format!("{}:{line}: {name} in {literal:?}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "names of the default API in the engine:\n{}", found.join("\n"));
}

#[test]
fn search_for_names_finds_string_literals_of_rust() {
    let text = "//! \"not\"\nlet a = \"one \\\" quote\"; // \"not\"\nlet b = r#\"raw \"two\"\"#;\nlet c = '\"'; let d: &'a str = \"three\";\n/* \"not\" */\n#[cfg(test)]\nmod tests { \"not\" }\n";
    let found: Vec<String> = literals(text).into_iter().map(|(_, literal)| literal).collect();
    assert_eq!(found, ["one \\\" quote", "raw \"two\"", "three"]);
    assert!(contains_word("the X-Request-Id header", "x-request-id"));
    assert!(!contains_word("customerIdentity", "customerId"));
}

async fn violations_of(contract: &Arc<Contract>, library: &Library, mutant: Option<&'static str>) -> Violations {
    let environment = environment(contract, stub::start(mutant).await, &stub::CREDENTIALS).await;
    let mut violations = Violations::new();
    for test in &library.tests {
        let record = run_test(&environment, test).await;
        assert!(
            record.inconclusive.is_none() || !record.findings.is_empty(),
            "{mutant:?} {}: {:?}",
            test.name,
            record.inconclusive
        );
        for finding in record.findings {
            violations.entry(finding.clause).or_insert_with(|| test.name.to_string());
        }
    }
    let leftovers = environment.created.left();
    assert!(mutant.is_some() || leftovers.is_empty(), "resources not deleted: {leftovers:?}");
    violations
}

/// Codes, operations, headers, path parameters and members of the default pack, without ordinary words.
fn names_of_the_default_api() -> BTreeSet<String> {
    let (contract, _) = pack(DEFAULT);
    let description = std::fs::read_to_string(path("../../schemas/openapi.yaml")).expect("the description");
    let description: Value = serde_yaml::from_str(&description).expect("YAML");
    let mut names: BTreeSet<String> = contract.catalog.code_names().into_iter().collect();
    names.extend(contract.operations.iter().map(|operation| operation.id.clone()));
    names.extend(
        contract
            .operations
            .iter()
            .flat_map(|operation| operation.parameters().into_iter().map(str::to_owned).collect::<Vec<_>>()),
    );
    members_of(&description, &mut names);
    let headers = "X-Request-Id X-RateLimit-Limit X-RateLimit-Remaining X-RateLimit-Reset X-RateLimit Retry-After X-API-Key X-Webhook-Timestamp X-Webhook-Signature X-Webhook X-Sandbox X-Sandbox-Error Idempotency-Key retryAfter";
    names.extend(headers.split(' ').map(str::to_owned));
    names.retain(|name| name.contains(['-', '_']) || name.chars().any(char::is_uppercase));
    names
}

fn members_of(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, inner)| {
            if let (true, Some(properties)) = (name == "properties", inner.as_object()) {
                names.extend(properties.keys().cloned());
            }
            members_of(inner, names);
        }),
        Value::Array(elements) => elements.iter().for_each(|element| members_of(element, names)),
        _ => {}
    }
}

fn contains_word(text: &str, word: &str) -> bool {
    let (text, word) = (text.to_lowercase(), word.to_lowercase());
    let inside = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    text.match_indices(&word)
        .any(|(at, _)| !inside(text[..at].chars().next_back()) && !inside(text[at + word.len()..].chars().next()))
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).expect("a text");
            found.push((path, text));
        }
    }
    found.sort();
    found
}

/// The string literals of a source with their lines. Comments and all text after the first `#[cfg(test)]` are skipped.
fn literals(source: &str) -> Vec<(usize, String)> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(letter) = source[at..].chars().next() {
        let rest = &source[at..];
        let (length, literal) = next_token(rest, letter);
        if let Some(literal) = literal {
            let line = source[..at].matches('\n').count() + 1;
            found.push((line, literal.to_owned()));
        }
        at += length;
    }
    found
}

/// The length of the comment, character or string literal at the start of a source, and the text of the literal.
fn next_token(rest: &str, letter: char) -> (usize, Option<&str>) {
    let until =
        |mark: &str, from: usize| rest[from..].find(mark).map_or(rest.len(), |length| from + length + mark.len());
    match letter {
        '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), None),
        '/' if rest.starts_with("/*") => (until("*/", 2), None),
        '\'' if rest[1..].starts_with('\\') => (until("'", 3), None),
        '\'' if rest.chars().nth(2) == Some('\'') => (2 + rest.chars().nth(1).map_or(1, char::len_utf8), None),
        'r' if rest.starts_with("r\"") || rest.starts_with("r#") => raw(rest),
        '"' => {
            let mut escaped = false;
            let end = rest[1..].find(|letter| {
                let ends = letter == '"' && !escaped;
                escaped = letter == '\\' && !escaped;
                ends
            });
            let end = end.map_or(rest.len(), |end| end + 1);
            (end + 1, Some(&rest[1..end]))
        }
        other => (other.len_utf8(), None),
    }
}

fn raw(rest: &str) -> (usize, Option<&str>) {
    let hashes = rest[1..].chars().take_while(|letter| *letter == '#').count();
    let start = hashes + 2;
    if !rest[1 + hashes..].starts_with('"') {
        return (1, None);
    }
    let close = format!("\"{}", "#".repeat(hashes));
    let end = rest[start..].find(&close).map_or(rest.len(), |length| start + length);
    (end + close.len(), Some(&rest[start..end]))
}
