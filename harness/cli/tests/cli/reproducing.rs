//! `conformance repro`: the script of a failed test shows the violations again, and none on a conforming server.

use serde_json::Value;

use super::support::{Program, ProgramOutput, ReferenceServer, folder, write};

/// Runs tests against a mutant, then the scripts of the first two that fail: each script must name every violation.
#[track_caller]
fn assert_reproduced(mutant: &str, filter: &str) {
    let served = ReferenceServer::start(&[mutant]);
    let report = report(&served, filter);
    let tests = report["tests"].as_array().expect("a list of tests");
    let failed: Vec<&Value> = tests.iter().filter(|test| test["verdict"] == "failed").take(2).collect();
    assert!(!failed.is_empty(), "no test of {filter} fails for the mutant {mutant}");
    for test in failed {
        let output = served.script(&script(text(&test["repro"])));
        output.assert_exit_code(1);
        for finding in test["findings"].as_array().expect("findings") {
            let pair = format!("violation {} ({})", text(&finding["clause"]), text(&finding["check"]));
            let warned = format!("warning   {} ({})", text(&finding["clause"]), text(&finding["check"]));
            assert!(
                output.out.contains(&pair) || output.out.contains(&warned),
                "{mutant}: no {pair} in\n{}",
                output.out
            );
        }
    }
}

fn report(served: &ReferenceServer, filter: &str) -> Value {
    let folder = folder();
    let path = write(&folder, "report.json", "");
    let report_option = format!("json={path}");
    let url = served.url.clone();
    served.program(&["run", "--target-url", &url, "--report", &report_option, filter]).output();
    serde_json::from_str(&std::fs::read_to_string(path).expect("a report")).expect("JSON")
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

#[test]
fn script_reproduces_an_accepted_invalid_credential() {
    assert_reproduced("accepts-expired-token", "authentication/token-expired::");
    assert_reproduced("alg-none-accepted", "authentication/authentication-failed::");
}

#[test]
fn script_reproduces_an_undocumented_error_envelope() {
    assert_reproduced("details-is-object", "resources/not-found::");
    assert_reproduced("message-missing", "resources/not-found::");
}

#[test]
fn script_reproduces_a_wrong_status_in_steps_and_in_cleanup() {
    assert_reproduced("create-returns-200", "statuses/success::");
    assert_reproduced("delete-returns-200", "statuses/success::");
}

#[test]
fn script_reproduces_requests_that_are_accepted_at_the_same_time() {
    assert_reproduced("simultaneous-duplicates-allowed", "one-of-many-simultaneous-creations-is-accepted");
}

#[test]
fn script_reproduces_a_counterexample_of_a_property() {
    assert_reproduced("accepts-2023-02-29", "fuzz/createCustomer/dateOfBirth::invalid");
}

#[test]
fn script_reproduces_a_violation_about_documents() {
    assert_reproduced("accepts-299-dpi", "verification/document-quality::");
}

#[test]
fn script_reproduces_a_violation_about_signatures() {
    assert_reproduced("webhook-signature-as-403", "webhooks/inbound-signature::");
}

#[test]
fn script_reproduces_a_violation_about_rate_limits() {
    assert_reproduced("drops-retry-after-member", "rate-limiting/rate-limit-exceeded::too-many-requests");
}

#[test]
fn script_shows_no_violation_of_a_conforming_server_and_cleans_up() {
    let served = ReferenceServer::start(&[]);
    let names = ["webhooks/inbound-signature::well-signed-event", "resources/duplicate::same-customer-again"];
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
    let name = "webhooks/inbound-signature::well-signed-event";
    let text = script(&format!("conformance repro --target-url http://127.0.0.1:1 {name} | sh"));
    assert!(text.contains("${CONFORMANCE_ACTOR_WEBHOOK-}"), "{text}");
    let folder = folder();
    let path = write(&folder, "script.sh", &text);
    let output: ProgramOutput = Program::shell(&path).output();
    output.assert_exit_code(3);
    assert!(output.out.contains("set CONFORMANCE_ACTOR_WEBHOOK to"), "{}", output.out);
}

#[test]
fn unknown_test_or_case_is_refused() {
    Program::new(&["repro", "nothing::here"]).output().assert_refused_with(2, "there is no test `nothing::here`");
    let name = "webhooks/inbound-signature::well-signed-event";
    Program::new(&["repro", name, "--case", "1"]).output().assert_refused_with(2, "this test is not a property");
    Program::new(&["repro", name, "--case", "x"]).output().assert_exit_code(2);
}
