//! Runs as CI gates: known deviations and their drafts, baselines, comparisons, and certificates.

use serde_json::Value;

use super::support::{Folder, ParcelRun, Program, ReferenceServer, read, read_json};

// ---------------------------------------------------------------- known deviations

#[test]
fn a_deviation_must_be_observed_match_a_test_and_not_be_expired() {
    let (valid, expired) = ("2999-12-31", "2020-01-01");
    let twice = Some("redirects-twice");
    for (mutant, tests, expires, code, expected) in [
        (
            twice,
            "parcels::*",
            valid,
            0,
            &["MOVE-1: agreed (DESK-1, until 2999-12-31)", "violation was found besides the known deviations."][..],
        ),
        (None, "parcels::*", valid, 1, &["(DESK-1) no longer holds: take it out of the target file"]),
        (None, "nowhere::*", valid, 1, &["(DESK-1) matches no test", "the list of known deviations is out of date."]),
        (twice, "parcels::*", expired, 1, &["MOVE-1: A parcel is redirected only once"]),
        (None, "parcels::*", expired, 1, &[]),
        // It covers only its clause and its tests.
        (Some("forgets-the-reason"), "parcels::*", valid, 1, &[]),
        (twice, "desk::*", valid, 1, &[]),
    ] {
        let bench = ParcelRun::with(mutant);
        let entry = "reason: agreed, ticket: DESK-1";
        bench.target(&format!(
            "deviations:\n  - {{ clause: MOVE-1, tests: \"{tests}\", {entry}, expires: {expires} }}\n"
        ));
        let output = bench.run(&[]);
        output.assert_exit_code(code);
        for text in expected {
            assert!(output.out.contains(text), "{mutant:?} {tests} {expires}: no {text:?} in {}", output.out);
        }
    }
}

#[test]
fn drafted_deviations_are_refused_until_filled_in() {
    let gate = ParcelRun::with(Some("forgets-the-reason"));
    let draft = gate.path("draft.yaml");
    gate.run(&["--write-deviations", &draft]).assert_exit_code(1);
    let text = read(&draft);
    assert_eq!(text.matches("  - clause: ").count(), 1, "{text}");

    gate.target(&text);
    let output = gate.run(&[]);
    output.assert_refused(2);
    for member in ["reason", "ticket", "owner", "expires"] {
        assert!(output.err.contains(&format!("`{member}` is empty")), "{member}: {}", output.err);
    }
    gate.target(&filled_in(&text));
    let output = gate.run(&[]);
    output.assert_exit_code(0);
    assert!(output.out.contains("(DESK-1, owner the desk, until 2999-12-31)"), "{}", output.out);
    assert!(output.out.contains("\nknown deviations:\n"), "{}", output.out);
}

#[test]
fn deviation_does_not_hide_another_mutant_of_the_same_tests() {
    let gate = ParcelRun::with(Some("forgets-the-reason"));
    let draft = gate.path("draft.yaml");
    gate.run(&["--write-deviations", &draft]).assert_exit_code(1);
    let text = filled_in(&read(&draft));
    let other = ParcelRun::with(Some("adds-a-member"));
    other.target(&text);
    let (output, report) = other.program(&["--strict"]).with_report();
    output.assert_exit_code(1);
    let findings: Vec<&Value> =
        report["tests"].as_array().expect("a list of tests").iter().map(|test| &test["findings"]).collect();
    assert!(findings.iter().any(|of_test| of_test[0]["deviation"].is_null() && of_test[0].is_object()));
    assert_eq!(report["deviations"][0]["state"], "stale", "{}", report["deviations"]);
}

#[test]
fn deviation_of_tests_that_a_filter_excludes_is_not_stale() {
    let gate = ParcelRun::with(None);
    gate.target(&filled_in(ENTRY));
    gate.run(&[]).assert_exit_code(1);
    let output = gate.run(&["no-such"]);
    output.assert_refused(2);
    let output = gate.run(&["desk"]);
    output.assert_exit_code(0);
    assert!(output.out.contains("unobserved  "), "{}", output.out);
}

#[test]
fn flaky_deviation_may_be_unobserved_but_must_match_a_test() {
    let gate = ParcelRun::with(None);
    gate.target(&filled_in(&ENTRY.replace("reason:", "flaky: true\n    reason:")));
    gate.run(&[]).assert_exit_code(0);
    gate.target(&filled_in(&ENTRY.replace("parcels::*", "parcel::*").replace("reason:", "flaky: true\n    reason:")));
    let output = gate.run(&[]);
    output.assert_exit_code(1);
    assert!(output.out.contains("matches no test"), "{}", output.out);
}

#[test]
fn junit_shows_a_known_deviation_as_skipped_with_owner_and_expiry() {
    let gate = ParcelRun::with(Some("redirects-twice"));
    gate.target(&filled_in(ENTRY));
    let report = gate.path("junit.xml");
    gate.run(&["--report", &format!("junit={report}")]).assert_exit_code(0);
    let text = read(&report);
    assert!(text.contains("type=\"contract.known-deviation\""), "{text}");
    assert!(text.contains("agreed (DESK-1, owner the desk, until 2999-12-31)"), "{text}");
}

const ENTRY: &str = "deviations:
  - clause: MOVE-1
    tests: \"parcels::*\"
    reason: \"\"
    ticket: \"\"
    owner: \"\"
    expires: \"\"
";

fn filled_in(draft: &str) -> String {
    draft
        .replace("reason: \"\"", "reason: agreed")
        .replace("ticket: \"\"", "ticket: DESK-1")
        .replace("owner: \"\"", "owner: the desk")
        .replace("expires: \"\"", "expires: 2999-12-31")
}

/// Tests that send dates of birth on create and update (properties), which also create and delete customers.
const DATES: [&str; 3] = ["fuzz/updateCustomer/dateOfBirth", "fuzz/createCustomer/dateOfBirth", "--no-progress"];

#[test]
fn filled_in_draft_covers_its_causes_but_no_other_mutant_of_the_same_check() {
    let known = ["create-returns-200", "update-skips-date-check"];
    let (folder, served) = (Folder::new(), ReferenceServer::start(&known));
    let draft = format!("{}/draft.yaml", folder.path());
    served.program(&[&["run", "--write-deviations", &draft], &DATES[..]].concat()).output().assert_exit_code(1);
    let text = read(&draft);
    // The mutant `update-skips-date-check` violates two clauses: FMT-1, and VAL-3 for the empty text.
    assert_eq!(text.matches("reason: \"\"").count(), known.len() + 1, "{text}");
    let target = folder.write("target.yaml", filled_in(&text));
    let with_target = |served: &ReferenceServer, more: &[&str]| {
        served.program(&[&["run", "--target", &target], &DATES[..], more].concat()).output()
    };
    with_target(&served, &[]).assert_exit_code(0);
    with_target(&served, &["--seed", "7"]).assert_exit_code(0);
    let other = ReferenceServer::start(&[&known[..], &["delete-returns-200"]].concat());
    let output = with_target(&other, &[]);
    output.assert_exit_code(1);
    assert!(
        output.out.contains("STA-3: a success has the status") && output.out.contains("204 for deleteCustomer"),
        "{}",
        output.out
    );
}

#[test]
fn deviation_of_a_status_does_not_hide_missing_authentication() {
    let (folder, served) = (Folder::new(), ReferenceServer::start(&["create-returns-200"]));
    let draft = format!("{}/draft.yaml", folder.path());
    let tests = "authentication/authentication-failed::a-refused-caller-creates-nothing";
    served.program(&["run", "--write-deviations", &draft, DATES[1]]).output().assert_exit_code(1);
    let target = folder.write("target.yaml", filled_in(&read(&draft)));
    let open = ReferenceServer::start(&["create-returns-200", "anonymous-may-create"]);
    let output = open.program(&["run", "--target", &target, tests]).output();
    output.assert_exit_code(1);
    assert!(output.out.contains("AUTH-"), "{}", output.out);
}

// ---------------------------------------------------------------- baselines and comparisons

#[test]
fn fail_on_new_fails_only_for_new_violations() {
    let before = ParcelRun::with(Some("forgets-the-reason"));
    let old = before.path("old.json");
    before.run(&["--report", &format!("json={old}")]).assert_exit_code(1);

    let output = before.run(&["--baseline", &old]);
    output.assert_exit_code(1);
    assert!(output.out.contains("still-failing"), "{}", output.out);
    let output = before.run(&["--baseline", &old, "--fail-on", "new"]);
    output.assert_exit_code(0);
    assert!(output.out.contains("There are no new violations compared with the baseline."), "{}", output.out);

    // The same tests fail with other violations.
    let after = ParcelRun::with(Some("writes-the-hint-as-a-number"));
    let new = after.path("new.json");
    let output = after.run(&["--baseline", &old, "--fail-on", "new", "--report", &format!("json={new}")]);
    output.assert_exit_code(1);
    assert!(output.out.contains("\ntests new violations: "), "{}", output.out);

    let output = Program::new(&["compare", &old, &new]).output();
    output.assert_exit_code(1);
    assert!(output.out.contains("details-are-text at body /hint"), "{}", output.out);
    Program::new(&["compare", &old, &new, "--allow", "new"]).output().assert_exit_code(0);
    let output = Program::new(&["compare", &old, &new, "--format", "json"]).output();
    let comparison: Value = serde_json::from_str(&output.out).expect("JSON");
    assert!(comparison["tests"].as_array().expect("a list of tests").iter().any(|entry| entry["change"] == "new"));
    let output = Program::new(&["compare", &new, &old, "--format", "markdown", "--allow", "new,vanished"]).output();
    output.assert_exit_code(0);
    assert!(output.out.starts_with("## Comparison with the earlier run\n"), "{}", output.out);
}

#[test]
fn compare_fails_for_vanished_tests_unless_a_filter_excludes_them() {
    let gate = ParcelRun::with(None);
    let (whole, part) = (gate.path("whole.json"), gate.path("part.json"));
    gate.run(&["--report", &format!("json={whole}")]).assert_exit_code(0);
    let output = gate.run(&["desk", "--baseline", &whole, "--report", &format!("json={part}")]);
    output.assert_exit_code(0);
    assert!(output.out.contains("nothing has changed"), "{}", output.out);
    let output = Program::new(&["compare", &whole, &part]).output();
    output.assert_exit_code(1);
    assert!(output.out.contains("\ntests vanished: "), "{}", output.out);
    Program::new(&["compare", &whole, &part, "--allow", "vanished,newly-skipped"]).output().assert_exit_code(0);
}

#[test]
fn invalid_baseline_is_refused_before_the_first_request() {
    let folder = Folder::new();
    let file = folder.write("old.json", "{\"format\": 1}");
    let output = Program::run(&["--baseline", &file]);
    output.assert_refused(2);
    assert!(output.err.contains("missing field `suite`") && output.err.contains("old.json"), "{}", output.err);
    Program::run(&["--fail-on", "new"]).assert_refused_with(2, "give its JSON report with --baseline");
    Program::new(&["compare", &file, "nowhere.json"]).output().assert_refused(2);
    let output = Program::new(&["compare", &file, &file, "--allow", "fixed"]).output();
    output.assert_refused(2);
    assert!(output.err.contains("one of new, vanished, newly-skipped"), "{}", output.err);
}

// ---------------------------------------------------------------- certificates

#[test]
fn complete_run_without_violations_is_certified() {
    let folder = Folder::new();
    let bundle = format!("{}/certificate", folder.path());
    let run = Program::new(&["run", "--certify", &bundle, "--cases", "1"]).output();
    run.assert_exit_code(0);
    let certificate = read_json(format!("{bundle}/certificate.json"));
    assert!(certificate["clauses"].as_array().is_some_and(|clauses| clauses.len() > 60));
    assert!(read(format!("{bundle}/certificate.html")).contains("upheld every MUST clause"));

    assert!(!std::path::Path::new(&format!("{bundle}/SHA256SUMS.hmac")).exists());

    let check = || Program::new(&["certify", "--check", &bundle]).output();
    check().assert_exit_code(0);
    let altered = read(format!("{bundle}/report.json")).replacen("\"seed\": 1", "\"seed\": 2", 1);
    folder.write("certificate/report.json", &altered);
    let output = check();
    output.assert_exit_code(1);
    assert!(output.err.contains("report.json does not match its digest in SHA256SUMS"), "{}", output.err);
}

#[test]
fn partial_or_inconclusive_run_is_not_certified() {
    let gate = ParcelRun::with(None);
    let bundle = gate.path("certificate");
    gate.run(&["desk", "--certify", &bundle]).assert_refused_with(2, "--certify needs a complete run: remove filters");
    gate.run(&["--shard", "1/2", "--certify", &bundle]).assert_refused_with(2, "remove --shard");
    // Without the actor `hurried` the rate limit is not tested.
    let output = gate.run(&["--certify", &bundle]);
    output.assert_exit_code(3);
    for missing in
        ["clause PACE-1 is not-exercised (", "error code 42901 was not observed", "actor hurried has no credential"]
    {
        assert!(output.err.contains(missing), "{missing}: {}", output.err);
    }
    gate.target(&filled_in(ENTRY));
    gate.run(&["--certify", &bundle]).assert_refused_with(2, "without known deviations");
    assert!(!std::path::Path::new(&bundle).exists());
    let broken = ParcelRun::with(Some("redirects-twice"));
    broken.run(&["--certify", &bundle]).assert_exit_code(1);
    assert!(!std::path::Path::new(&bundle).exists());
}
