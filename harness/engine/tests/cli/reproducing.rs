//! `repro`: what a run has found, its script shows again; on a server that keeps the contract it shows nothing.

use serde_json::Value;

use super::support::{Program, Said, Served, folder, write};

/// Runs the tests of a filter against a mutant, and the scripts of the first that fail; each must name every violation.
#[track_caller]
fn shows_again(mutant: &str, filter: &str) {
    let served = Served::start(&[mutant]);
    let report = report(&served, filter);
    let tests = report["trials"].as_array().expect("trials");
    let failed: Vec<&Value> = tests.iter().filter(|test| test["verdict"] == "failed").take(2).collect();
    assert!(!failed.is_empty(), "{mutant} fails nothing of {filter}");
    for test in failed {
        let said = served.script(&script(text(&test["repro"])));
        said.ended(1);
        for finding in test["findings"].as_array().expect("findings") {
            let pair = format!("violation {} ({})", text(&finding["clause"]), text(&finding["check"]));
            let warned = format!("warning   {} ({})", text(&finding["clause"]), text(&finding["check"]));
            assert!(said.out.contains(&pair) || said.out.contains(&warned), "{mutant}: no {pair} in\n{}", said.out);
        }
    }
}

fn report(served: &Served, filter: &str) -> Value {
    let folder = folder();
    let path = write(&folder, "report.json", "");
    let order = format!("json={path}");
    let url = served.url.clone();
    served.program(&["run", "--target-url", &url, "--report", &order, filter]).go();
    serde_json::from_str(&std::fs::read_to_string(path).expect("a report")).expect("JSON")
}

/// The script that the command of a report prints.
#[track_caller]
fn script(command: &str) -> String {
    let words = command.strip_prefix("conformance ").and_then(|rest| rest.strip_suffix(" | sh")).expect("a command");
    let words: Vec<&str> = words.split(' ').map(|word| word.trim_matches('\'')).collect();
    let said = Program::new(&words).go();
    said.ended(0);
    said.out
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn a_script_shows_again_a_credential_that_is_let_in() {
    shows_again("accepts-expired-token", "authentication/token-expired::");
    shows_again("alg-none-accepted", "authentication/authentication-failed::");
}

#[test]
fn a_script_shows_again_an_envelope_that_is_not_documented() {
    shows_again("details-is-object", "resources/not-found::");
    shows_again("message-missing", "resources/not-found::");
}

#[test]
fn a_script_shows_again_a_status_of_steps_and_of_the_clean_up() {
    shows_again("create-answers-200", "statuses/success::");
    shows_again("delete-answers-200", "statuses/success::");
}

#[test]
fn a_script_shows_again_a_counterexample_of_a_property() {
    shows_again("accepts-2023-02-29", "fuzz/createCustomer/dateOfBirth::invalid");
}

#[test]
fn a_script_shows_again_what_is_wrong_with_documents() {
    shows_again("accepts-299-dpi", "verification/document-quality::");
}

#[test]
fn a_script_shows_again_what_is_wrong_with_signatures() {
    shows_again("webhook-signature-as-403", "webhooks/inbound-signature::");
}

#[test]
fn a_script_shows_again_what_is_wrong_with_rate_limits() {
    shows_again("drops-retry-after-member", "rate-limiting/rate-limit-exceeded::too-many-requests");
}

#[test]
fn a_script_of_a_kept_contract_shows_nothing_and_cleans_up() {
    let served = Served::start(&[]);
    let names = ["webhooks/inbound-signature::well-signed-event", "resources/duplicate::same-customer-again"];
    for name in names {
        let said = served.script(&script(&format!("conformance repro {name} | sh")));
        said.ended(0);
        assert!(said.out.contains("No violation was seen."), "{}", said.out);
    }
    let customers = served.shell(
        "curl -s \"$CONFORMANCE_TARGET_URL/api/v1/customers\" -H \"x-api-key: ${CONFORMANCE_ACTOR_READER#key:}\"",
    );
    assert!(!customers.contains("@example.com"), "something was left over: {customers}");
}

#[test]
fn a_script_holds_no_credential_and_says_which_is_missing() {
    let name = "webhooks/inbound-signature::well-signed-event";
    let text = script(&format!("conformance repro --target-url http://127.0.0.1:1 {name} | sh"));
    assert!(text.contains("${CONFORMANCE_ACTOR_WEBHOOK-}"), "{text}");
    let folder = folder();
    let path = write(&folder, "script.sh", &text);
    let said: Said = Program::shell(&path).go();
    said.ended(3);
    assert!(said.out.contains("set CONFORMANCE_ACTOR_WEBHOOK to"), "{}", said.out);
}

#[test]
fn an_unknown_test_or_case_is_refused() {
    Program::new(&["repro", "nothing::here"]).go().refused_in_a_line(2, "there is no test `nothing::here`");
    let name = "webhooks/inbound-signature::well-signed-event";
    Program::new(&["repro", name, "--case", "1"]).go().refused_in_a_line(2, "this test is none");
    Program::new(&["repro", name, "--case", "x"]).go().ended(2);
}
