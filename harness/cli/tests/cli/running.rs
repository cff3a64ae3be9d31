//! Runs as a whole: targets that cannot be tested, deadline, seed, and cleanup under a rate limit.

use serde_json::Value;

use super::stub;
use super::support::{Folder, ParcelRun, Program, ReferenceServer, echo_server, read, read_json};

#[test]
fn unreachable_target_is_reported_once() {
    let output = Program::run(&["--target-url", "http://127.0.0.1:1"]);
    output.assert_refused_with(3, "http://127.0.0.1:1 cannot be reached: ");
    assert!(output.out.is_empty(), "{}", output.out);
}

#[test]
fn https_url_of_a_plain_http_port_exits_with_3() {
    let echo = echo_server(0);
    let output = Program::run(&["--target-url", &echo.url.replace("http:", "https:"), "callers-without-credential"]);
    output.assert_refused_with(3, "give the URL with http://");
}

#[test]
fn run_that_checks_nothing_exits_with_3() {
    let echo = echo_server(0);
    let output = Program::run(&["--target-url", &echo.url, "authentication/insufficient-permissions"]);
    output.assert_exit_code(3);
    assert!(output.out.contains("Nothing was checked."), "{}", output.out);
    assert!(output.out.contains("no credential for the actor reader: set CONFORMANCE_ACTOR_READER"), "{}", output.out);
}

#[test]
fn served_reference_is_tested_with_the_variables_it_prints() {
    let served = ReferenceServer::start(&[]);
    let output = served.program(&["run", "readme", "--skip", "throttled"]).output();
    output.assert_exit_code(0);
    assert!(output.out.contains(&served.url), "{}", output.out);
    let broken = ReferenceServer::start(&["drops-request-id"]);
    let output = broken.program(&["run", "readme::callers-without-credential-are-refused"]).output();
    output.assert_exit_code(1);
    assert!(output.out.contains("LOG-1") && output.out.contains("The API breaks its contract."), "{}", output.out);
}

#[test]
fn deadline_ends_the_run_and_reports_are_written() {
    let folder = Folder::new();
    let (json, xml) = (format!("{}/run.json", folder.path()), format!("{}/run.xml", folder.path()));
    let output =
        Program::run(&["--deadline", "0.01", "--report", &format!("json={json}"), "--report", &format!("junit={xml}")]);
    output.assert_exit_code(3);
    let report = read_json(&json);
    assert_eq!(report["exitCode"], 3);
    assert!(report["summary"]["inconclusive"].as_u64() > Some(0), "{}", report["summary"]);
    assert!(read(&xml).trim_end().ends_with("</testsuites>"));
}

#[test]
fn seed_of_the_run_is_printed_as_a_number() {
    let seed = |text: &str| Program::run(&["callers-without-credential", "--seed", text]);
    assert!(seed("7").out.contains("seed 7"));
    let random = seed("random");
    random.assert_exit_code(0);
    assert!(!random.out.contains("seed random"), "{}", random.out);
}

#[test]
fn cleanup_waits_when_it_is_rate_limited() {
    let bench = ParcelRun::with(None);
    // Cleanup runs as the actor `hurried`, who has a quota of three requests per second.
    let text = bench.pack.read("schemas/conventions.yaml");
    assert!(text.contains("parameter: trackingNumber, as: clerk"), "{text}");
    bench.pack.write("schemas/conventions.yaml", text.replace("Number, as: clerk", "Number, as: hurried"));
    let parcels = "about: Many.\nscenarios:\n  - name: many\n    clauses: [FIND-1]\n    given: [parcel]
    each: { number: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }
    steps: [{ call: readParcel, as: clerk, headers: { Turn: \"${number}\" }, expect: { success: true } }]\n";
    bench.pack.write("scenarios/many.yaml", parcels);
    let (_, credential) = stub::CREDENTIALS.iter().find(|(actor, _)| *actor == "hurried").expect("the credential");
    let program = bench.program(&["many::"]).env("CONFORMANCE_ACTOR_HURRIED", credential);
    let (output, report) = program.with_report();
    output.assert_exit_code(0);
    let is_rate_limited = |exchange: &&Value| exchange["role"] == "teardown" && exchange["statusCode"] == 429;
    let tests = report["tests"].as_array().expect("a list of tests");
    let exchanges = tests.iter().flat_map(|test| test["exchanges"].as_array().expect("exchanges"));
    assert!(exchanges.filter(is_rate_limited).count() > 0, "no cleanup request was rate limited");
    assert_eq!(report["leftovers"], serde_json::json!([]));
}

#[test]
fn code_that_no_test_can_observe_is_reported_with_the_reason() {
    let bench = ParcelRun::with(None);
    let code = "  - { code: 50701, status: 500, retry: backoff, excluded: The cellar cannot be flooded., page: The desk, means: Flooded. }\n";
    bench.pack.write("schemas/errors.yaml", bench.pack.read("schemas/errors.yaml") + code);
    let (output, report) = bench.program(&["nothing-without-a-pass"]).with_report();
    output.assert_exit_code(0);
    assert!(output.out.contains("1 excluded"), "{}{}", output.out, output.err);
    let codes = report["errorCodes"].as_array().expect("a list");
    let found = codes.iter().find(|one| one["code"] == "50701").expect("the code");
    assert_eq!((&found["observed"], &found["excluded"]), (&0.into(), &"The cellar cannot be flooded.".into()));
}
