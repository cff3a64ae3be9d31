//! `conformance repro`: the script of a failed test shows the violations again, and none on a conforming server.

use mutate::prove::{ServerKind, rows};
use serde_json::Value;
use spec::scenario::TestCase;

use super::shared::{DEFAULT, pack};
use super::support::{Folder, Program, ProgramOutput, ReferenceServer};

/// The number of tests about its clauses that run against each mutant, if all mutants are tried.
const CANDIDATES: usize = 14;

/// The tests that fail in a run.
fn failed(served: &ReferenceServer, filters: &[&str]) -> Vec<Value> {
    let (_, report) = served.program(&[&["run", "--target-url", &served.url], filters].concat()).with_report();
    let tests = report["tests"].as_array().expect("a list of tests").iter();
    tests.filter(|test| test["verdict"] == "failed").cloned().collect()
}

/// A violation of a test that its script does not show, with what the script shows instead.
fn not_shown(served: &ReferenceServer, test: &Value) -> Option<String> {
    let output = served.script(&script(text(&test["repro"])));
    let is_missing = |finding: &&Value| {
        let pair = format!("{} ({})", text(&finding["clause"]), text(&finding["check"]));
        !output.out.contains(&format!("violation {pair}")) && !output.out.contains(&format!("warning   {pair}"))
    };
    let missing = test["findings"].as_array().expect("findings").iter().find(is_missing);
    (output.code != 1 || missing.is_some())
        .then(|| format!("{}: exit code {}, without {missing:?}:\n{}", test["name"], output.code, output.out))
}

/// The script that the `repro` command of a report prints.
#[track_caller]
fn script(command: &str) -> String {
    let words = command.strip_prefix("conformance ").and_then(|rest| rest.strip_suffix(" | sh")).expect("a command");
    let words: Vec<&str> = words.split(' ').map(|word| word.trim_matches('\'')).collect();
    let output = Program::new(&words).output();
    output.assert_exit_code(0);
    output.out
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Mutants, and tests that fail for them.
const FAILING: [(&str, &str); 11] = [
    ("accepts-expired-token", "authentication/token-expired::"),
    ("alg-none-accepted", "authentication/authentication-failed::"),
    ("details-is-object", "resources/not-found::"),
    ("message-missing", "resources/not-found::"),
    // In steps, and in cleanup.
    ("create-returns-200", "statuses/success::"),
    ("delete-returns-200", "statuses/success::"),
    // Requests that are accepted at the same time.
    ("simultaneous-duplicates-allowed", "one-of-many-simultaneous-creations-is-accepted"),
    // A counterexample of a property.
    ("accepts-2023-02-29", "fuzz/createCustomer/dateOfBirth::invalid"),
    ("accepts-299-dpi", "verification/document-quality::"),
    ("webhook-signature-as-403", "webhooks/inbound-signature::"),
    ("drops-retry-after-member", "rate-limiting/rate-limit-exceeded::too-many-requests"),
];

#[test]
fn scripts_reproduce_the_violations_of_failed_tests() {
    std::thread::scope(|scope| {
        for (mutant, filter) in FAILING {
            scope.spawn(move || assert_reproduced(mutant, filter));
        }
    });
    if std::env::var("REPRODUCE").is_ok_and(|value| value == "complete") {
        assert_most_mutants_are_reproduced();
    }
}

fn assert_reproduced(mutant: &str, filter: &str) {
    let served = ReferenceServer::start(&[mutant]);
    let failed = failed(&served, &[filter]);
    assert!(!failed.is_empty(), "no test of {filter} fails for the mutant {mutant}");
    for test in failed.iter().take(2) {
        assert_eq!(not_shown(&served, test), None, "{mutant}");
    }
}

/// Runs the scripts of two tests of each mutant. Some violations depend on time, on deliveries or on other requests, so
/// not every script can show them again.
fn assert_most_mutants_are_reproduced() {
    let (contract, library) = pack(DEFAULT);
    let (mut scripts, mut not_reproduced) = (0, Vec::new());
    for row in rows(&contract).expect("the mutants").iter().filter(|row| row.kind == ServerKind::Mutant) {
        let served = ReferenceServer::start(&[&row.name]);
        let about = |test: &&TestCase| test.clauses.iter().any(|clause| row.clauses.contains(clause));
        let tests: Vec<&str> = library.tests.iter().filter(about).map(|test| test.name.as_ref()).collect();
        // From the whole list, because neighbours are cases of one table.
        let some: Vec<&str> = tests.iter().copied().step_by(tests.len().div_ceil(CANDIDATES).max(1)).collect();
        for test in failed(&served, &[&["--exact"], some.as_slice()].concat()).iter().take(2) {
            scripts += 1;
            not_reproduced.extend(not_shown(&served, test).map(|output| format!("{}: {output}", row.name)));
        }
    }
    let share = format!("{} of {scripts} scripts do not show the violations of their test", not_reproduced.len());
    println!("{}\n{share}", not_reproduced.join("\n"));
    assert!(not_reproduced.len() * 2 < scripts, "{share}");
}

#[test]
fn script_shows_no_violation_of_a_conforming_server_and_cleans_up() {
    let served = ReferenceServer::start(&[]);
    let names =
        ["statuses/success::receiving-an-event", "resources/duplicate::a-duplicate-by-an-administrator-is-refused"];
    for name in names {
        let output = served.script(&script(&format!("conformance repro {name} | sh")));
        output.assert_exit_code(0);
        assert!(output.out.contains("No violation was seen."), "{}", output.out);
    }
    let customers = served.shell(
        "curl -s \"$CONFORMANCE_TARGET_URL/api/v1/customers\" -H \"x-api-key: ${CONFORMANCE_ACTOR_READER#key:}\"",
    );
    assert!(!customers.contains("@example.com"), "a customer was not deleted: {customers}");
}

#[test]
fn script_contains_no_credential_and_names_a_missing_one() {
    let name = "statuses/success::receiving-an-event";
    let text = script(&format!("conformance repro --target-url http://127.0.0.1:1 {name} | sh"));
    assert!(text.contains("${CONFORMANCE_ACTOR_WEBHOOK-}"), "{text}");
    let folder = Folder::new();
    let path = folder.write("script.sh", &text);
    let output: ProgramOutput = Program::shell(&path).output();
    output.assert_exit_code(3);
    assert!(output.out.contains("set CONFORMANCE_ACTOR_WEBHOOK to"), "{}", output.out);
}

#[test]
fn unknown_test_or_case_is_refused() {
    Program::new(&["repro", "nothing::here"]).output().assert_refused_with(2, "there is no test `nothing::here`");
    let name = "statuses/success::receiving-an-event";
    Program::new(&["repro", name, "--case", "1"]).output().assert_refused_with(2, "this test is not a property");
    Program::new(&["repro", name, "--case", "x"]).output().assert_exit_code(2);
}
