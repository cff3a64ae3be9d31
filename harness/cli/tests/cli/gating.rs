//! Runs as CI gates: known deviations and their drafts, baselines, comparisons, and certificates.

use serde_json::Value;

use super::stub;
use super::support::{Folder, ParcelServer, Program, ProgramOutput, ReferenceServer, folder, parcel_pack, read, write};

// ---------------------------------------------------------------- known deviations

#[test]
fn known_deviation_that_is_observed_is_skipped() {
    let output = run_with_deviation(Some("redirects-twice"), "MOVE-1", "parcels::*", "2999-12-31");
    output.assert_exit_code(0);
    assert!(output.out.contains("known deviation from MOVE-1: agreed (DESK-1, until 2999-12-31)"), "{}", output.out);
    assert!(output.out.contains("No violation was found besides the known deviations."), "{}", output.out);
}

#[test]
fn stale_deviation_fails() {
    let output = run_with_deviation(None, "MOVE-1", "parcels::*", "2999-12-31");
    output.assert_exit_code(1);
    assert!(
        output.out.contains("the known deviation from MOVE-1 (DESK-1) no longer holds: take it out of the target file"),
        "{}",
        output.out
    );
}

#[test]
fn deviation_that_matches_no_test_fails() {
    let output = run_with_deviation(None, "MOVE-1", "nowhere::*", "2999-12-31");
    output.assert_exit_code(1);
    assert!(output.out.contains("the known deviation from MOVE-1 (DESK-1) matches no test"), "{}", output.out);
    assert!(output.out.contains("the list of known deviations is out of date."), "{}", output.out);
}

#[test]
fn expired_deviation_fails_whether_observed_or_not() {
    let output = run_with_deviation(Some("redirects-twice"), "MOVE-1", "parcels::*", "2020-01-01");
    output.assert_exit_code(1);
    assert!(output.out.contains("MOVE-1: A parcel is redirected only once"), "{}", output.out);
    let output = run_with_deviation(None, "MOVE-1", "parcels::*", "2020-01-01");
    output.assert_exit_code(1);
}

#[test]
fn deviation_covers_only_its_clause_and_its_tests() {
    run_with_deviation(Some("forgets-the-reason"), "MOVE-1", "parcels::*", "2999-12-31").assert_exit_code(1);
    run_with_deviation(Some("redirects-twice"), "MOVE-1", "desk::*", "2999-12-31").assert_exit_code(1);
}

/// Runs the whole parcel pack with one known deviation.
fn run_with_deviation(mutant: Option<&'static str>, clause: &str, test: &str, expires: &str) -> ProgramOutput {
    let server = ParcelServer::start(mutant);
    let folder = folder();
    let text = format!(
        "url: {}\ndeviations:\n  - {{ clause: {clause}, tests: \"{test}\", reason: agreed, ticket: DESK-1, expires: {expires} }}\n",
        server.url
    );
    let file = write(&folder, "target.yaml", &text);
    let pack = parcel_pack();
    // The actor `hurried` is rate limited, which would slow the run; these tests do not need it.
    stub::CREDENTIALS
        .iter()
        .filter(|(actor, _)| *actor != "hurried")
        .fold(Program::new(&["run", "--pack", &pack.path(), "--target", &file]), |program, (actor, credential)| {
            program.env(&format!("CONFORMANCE_ACTOR_{}", actor.to_uppercase()), credential)
        })
        .output()
}

#[test]
fn drafted_deviations_are_refused_until_filled_in() {
    let gate = Gate::with(Some("forgets-the-reason"));
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
    let gate = Gate::with(Some("forgets-the-reason"));
    let draft = gate.path("draft.yaml");
    gate.run(&["--write-deviations", &draft]).assert_exit_code(1);
    let text = filled_in(&read(&draft));
    let other = Gate::with(Some("adds-a-member"));
    other.target(&text);
    let report = other.path("report.json");
    let output = other.run(&["--strict", "--report", &format!("json={report}")]);
    output.assert_exit_code(1);
    let report: Value = serde_json::from_str(&read(&report)).expect("JSON");
    let findings: Vec<&Value> =
        report["tests"].as_array().expect("a list of tests").iter().map(|test| &test["findings"]).collect();
    assert!(findings.iter().any(|of_test| of_test[0]["deviation"].is_null() && of_test[0].is_object()));
    assert_eq!(report["deviations"][0]["state"], "stale", "{}", report["deviations"]);
}

#[test]
fn deviation_of_tests_that_a_filter_excludes_is_not_stale() {
    let gate = Gate::with(None);
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
    let gate = Gate::with(None);
    gate.target(&filled_in(&ENTRY.replace("reason:", "flaky: true\n    reason:")));
    gate.run(&[]).assert_exit_code(0);
    gate.target(&filled_in(&ENTRY.replace("parcels::*", "parcel::*").replace("reason:", "flaky: true\n    reason:")));
    let output = gate.run(&[]);
    output.assert_exit_code(1);
    assert!(output.out.contains("matches no test"), "{}", output.out);
}

#[test]
fn junit_shows_a_known_deviation_as_skipped_with_owner_and_expiry() {
    let gate = Gate::with(Some("redirects-twice"));
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
    let (folder, served) = (folder(), ReferenceServer::start(&known));
    let draft = format!("{}/draft.yaml", folder.path());
    served.program(&[&["run", "--write-deviations", &draft], &DATES[..]].concat()).output().assert_exit_code(1);
    let text = read(&draft);
    // The mutant `update-skips-date-check` violates two clauses: FMT-1, and VAL-3 for the empty text.
    assert_eq!(text.matches("reason: \"\"").count(), known.len() + 1, "{text}");
    let target = write(&folder, "target.yaml", &filled_in(&text));
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
    let (folder, served) = (folder(), ReferenceServer::start(&["create-returns-200"]));
    let draft = format!("{}/draft.yaml", folder.path());
    let tests = "authentication/authentication-failed::a-refused-caller-creates-nothing";
    served.program(&["run", "--write-deviations", &draft, DATES[1]]).output().assert_exit_code(1);
    let target = write(&folder, "target.yaml", &filled_in(&read(&draft)));
    let open = ReferenceServer::start(&["create-returns-200", "anonymous-may-create"]);
    let output = open.program(&["run", "--target", &target, tests]).output();
    output.assert_exit_code(1);
    assert!(output.out.contains("AUTH-"), "{}", output.out);
}

// ---------------------------------------------------------------- baselines and comparisons

#[test]
fn fail_on_new_fails_only_for_new_violations() {
    let before = Gate::with(Some("forgets-the-reason"));
    let old = before.path("old.json");
    before.run(&["--report", &format!("json={old}")]).assert_exit_code(1);

    let output = before.run(&["--baseline", &old]);
    output.assert_exit_code(1);
    assert!(output.out.contains("still-failing"), "{}", output.out);
    let output = before.run(&["--baseline", &old, "--fail-on", "new"]);
    output.assert_exit_code(0);
    assert!(output.out.contains("There are no new violations compared with the baseline."), "{}", output.out);

    // The same tests fail with other violations.
    let after = Gate::with(Some("writes-the-hint-as-a-number"));
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
    let gate = Gate::with(None);
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
    let folder = folder();
    let file = write(&folder, "old.json", "{\"format\": 1}");
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
    let folder = folder();
    let bundle = format!("{}/certificate", folder.path());
    let run = Program::new(&["run", "--certify", &bundle, "--cases", "1"]).output();
    run.assert_exit_code(0);
    let certificate: Value = serde_json::from_str(&read(format!("{bundle}/certificate.json"))).expect("JSON");
    assert!(certificate["clauses"].as_array().is_some_and(|clauses| clauses.len() > 60));
    assert!(read(format!("{bundle}/certificate.html")).contains("upheld every MUST clause"));

    assert!(!std::path::Path::new(&format!("{bundle}/SHA256SUMS.hmac")).exists());

    let check = || Program::new(&["certify", "--check", &bundle]).output();
    check().assert_exit_code(0);
    let altered = read(format!("{bundle}/report.json")).replacen("\"seed\": 1", "\"seed\": 2", 1);
    write(&folder, "certificate/report.json", &altered);
    let output = check();
    output.assert_exit_code(1);
    assert!(output.err.contains("report.json does not match its digest in SHA256SUMS"), "{}", output.err);
}

#[test]
fn partial_or_inconclusive_run_is_not_certified() {
    let gate = Gate::with(None);
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
    let broken = Gate::with(Some("redirects-twice"));
    broken.run(&["--certify", &bundle]).assert_exit_code(1);
    assert!(!std::path::Path::new(&bundle).exists());
}

// ---------------------------------------------------------------- the gate

/// The parcel pack, its server, and a target file that a test can change.
struct Gate {
    server: ParcelServer,
    folder: Folder,
    pack: Folder,
}

impl Gate {
    fn with(mutant: Option<&'static str>) -> Self {
        let gate = Self { server: ParcelServer::start(mutant), folder: folder(), pack: parcel_pack() };
        gate.target("");
        gate
    }

    fn target(&self, more: &str) {
        write(&self.folder, "target.yaml", &format!("url: {}\n{more}", self.server.url));
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.path())
    }

    fn run(&self, arguments: &[&str]) -> ProgramOutput {
        let (pack, target) = (self.pack.path(), self.path("target.yaml"));
        let arguments = [&["run", "--pack", &pack, "--target", &target], arguments].concat();
        // The actor `hurried` is rate limited, which would slow the run; these tests do not need it.
        stub::CREDENTIALS
            .iter()
            .filter(|(actor, _)| *actor != "hurried")
            .fold(Program::new(&arguments), |program, (actor, credential)| {
                program.env(&format!("CONFORMANCE_ACTOR_{}", actor.to_uppercase()), credential)
            })
            .output()
    }
}
