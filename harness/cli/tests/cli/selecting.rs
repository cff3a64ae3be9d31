//! Choosing tests by what they are about, by what failed before, and by name; and what is output where nothing is chosen.

use std::collections::BTreeSet;

use serde_json::Value;

use super::support::{Folder, ParcelRun, Program, ProgramOutput, echo_server, read_json};

// ---------------------------------------------------------------- by what tests are about

#[test]
fn ids_select_the_tests_that_are_about_them() {
    let all = listed(&[]);
    let about = |member: &str, id: &str| {
        let about = |test: &&Value| test[member].as_array().expect("a list").iter().any(|own| own == id);
        all.iter().filter(about).map(name).collect::<BTreeSet<String>>()
    };
    let both = |a: &BTreeSet<String>, b: &BTreeSet<String>| a & b;
    let (auth, expired) = (about("clauses", "AUTH-5"), about("codes", "TOKEN_EXPIRED"));
    let (get, delete) = (about("operations", "getCustomer"), about("operations", "deleteCustomer"));
    for (arguments, expected) in [
        (&["--clause", "AUTH-5"][..], auth.clone()),
        (&["--clause", "auth-5"], auth.clone()),
        (&["--clause", "AUTH-5", "--clause", "AUTH-1"], &auth | &about("clauses", "AUTH-1")),
        (&["--code", "token_expired"], expired.clone()),
        (&["--operation", "GETCUSTOMER"], get.clone()),
        (&["--operation", "getCustomer", "--operation", "deleteCustomer"], &get | &delete),
        (&["--clause", "AUTH-5", "--operation", "getCustomer"], both(&auth, &get)),
        (&["--code", "TOKEN_EXPIRED", "--operation", "getCustomer", "--clause", "AUTH-5"], {
            both(&both(&auth, &expired), &get)
        }),
    ] {
        assert!(!expected.is_empty() && expected.len() < all.len(), "{arguments:?}");
        assert_eq!(names(&listed(arguments)), expected, "{arguments:?}");
    }
}

#[test]
fn what_only_prepares_is_not_what_a_test_is_about() {
    let tests = listed(&["authentication-failed::no-credential/getCustomer"]);
    assert_eq!(tests[0]["operations"], serde_json::json!(["getCustomer"]), "its customer is a fixture");
    assert_eq!(tests[0]["codes"], serde_json::json!(["AUTHENTICATION_FAILED"]));
    let delivered = listed(&["--code", "WEBHOOK_DELIVERY_FAILED"]);
    assert!(delivered.iter().all(|test| name(test).starts_with("webhooks/")), "{delivered:?}");
}

#[test]
fn ids_combine_with_names() {
    let chosen =
        |more: &[&str]| names(&listed(&[&["--clause", "FMT-1", "--operation", "createCustomer"], more].concat()));
    let all = chosen(&[]);
    let readme = chosen(&["readme::"]);
    assert!(!readme.is_empty() && readme.is_subset(&all) && readme.iter().all(|name| name.contains("readme::")));
    let rest = chosen(&["--skip", "readme::", "--skip", "fuzz/"]);
    assert!(!rest.is_empty() && rest.iter().all(|name| !name.contains("readme::") && !name.contains("fuzz/")));
    let one = readme.first().expect("a test").clone();
    assert_eq!(chosen(&["--exact", &one]), BTreeSet::from([one]));
    let shards = |index: &str| chosen(&["--shard", index]);
    assert_eq!(&shards("1/2") | &shards("2/2"), all);
}

#[test]
fn the_runner_lists_the_same_tests() {
    for arguments in [&["--clause", "AUTH-5"][..], &["--code", "TOKEN_EXPIRED", "--skip", "readme"], &["readme::"]] {
        let output = Program::run(&[&["--list"], arguments].concat());
        output.assert_exit_code(0);
        let by_run: BTreeSet<String> =
            output.out.lines().map(|line| line.trim_end_matches(": test").to_owned()).collect();
        assert_eq!(by_run, names(&listed(arguments)), "{arguments:?}");
        let text = Program::new(&[&["list"], arguments].concat()).output();
        text.assert_exit_code(0);
        let by_text: BTreeSet<String> =
            text.out.lines().filter_map(|line| line.split("  ").next()).map(str::to_owned).collect();
        assert_eq!(by_text, by_run, "{arguments:?}");
    }
}

#[test]
fn unknown_ids_are_refused_with_a_suggestion() {
    for (arguments, expected) in [
        (&["--clause", "AUHT-5"][..], "unknown clause `AUHT-5`: did you mean `AUTH-5`?"),
        (&["--code", "TOKEN_EXPIERD"], "unknown error code `TOKEN_EXPIERD`: did you mean `TOKEN_EXPIRED`?"),
        (&["--operation", "getCustomers"], "unknown operation `getCustomers`: did you mean `getCustomer`?"),
        (&["--clause", "AUTH-5", "--code", ""], "unknown error code ``: expected an id such as `"),
        (&["--clause", "xyzzy"], "unknown clause `xyzzy`: expected an id such as `"),
    ] {
        Program::new(&[&["list"], arguments].concat()).output().assert_refused_with(2, expected);
    }
    for command in [&["run"][..], &["run", "--list"], &["list", "--format", "json"]] {
        let output = Program::new(&[command, &["--clause", "AUHT-5"]].concat()).output();
        output.assert_refused_with(2, "unknown clause `AUHT-5`: did you mean `AUTH-5`?");
    }
    Program::run(&["--clause"]).assert_refused(2);
}

#[test]
fn a_list_for_programs_says_what_tests_are_about() {
    let tests = listed(&["--operation", "createCustomer"]);
    for test in &tests {
        let members: Vec<&str> = test.as_object().expect("an object").keys().map(String::as_str).collect();
        let expected = ["name", "file", "line", "about", "clauses", "codes", "operations", "needs", "actors", "kind"];
        assert_eq!(members, expected);
        assert!(test["line"].as_u64() > Some(0) && test["file"].as_str().is_some_and(|file| !file.is_empty()));
    }
    let kinds: BTreeSet<&str> = tests.iter().filter_map(|test| test["kind"].as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["property", "scenario"]));
}

// ---------------------------------------------------------------- runs

#[test]
fn selected_run_judges_no_other_deviations_certificates_or_baselines() {
    let bench = ParcelRun::with(None);
    // Of a clause that the selection leaves out nothing is known, so its entry cannot have rotted.
    bench.target("deviations: [{ clause: MOVE-1, reason: r, ticket: t, expires: 2999-12-31 }]\n");
    bench.run(&[]).assert_exit_code(1);
    let output = bench.run(&["--code", "40101"]);
    output.assert_exit_code(0);
    assert!(output.out.contains("unobserved  "), "{}", output.out);
    bench.target("");
    let whole = bench.report("whole.json", &[]);
    assert_eq!(whole["manifest"]["filtered"], false);
    let part = bench.report("part.json", &["--operation", "readparcel", "--baseline", &bench.path("whole.json")]);
    assert_eq!((&part["manifest"]["filtered"], &part["exitCode"]), (&true.into(), &0.into()));
    let ran: BTreeSet<String> = part["tests"].as_array().expect("tests").iter().map(name).collect();
    let expected = bench.listed(&["--operation", "readParcel"]);
    assert!(!ran.is_empty() && ran == names(&expected), "{ran:?}");
    let certificate = bench.path("certificate");
    let output = bench.run(&["--clause", "FIND-1", "--certify", &certificate]);
    output.assert_refused_with(2, "--certify needs a complete run: remove filters");
}

#[test]
fn shards_of_a_selection_are_merged() {
    let bench = ParcelRun::with(None);
    for (file, shard) in [("1.json", "1/2"), ("2.json", "2/2")] {
        bench.report(file, &["--clause", "FIND-1", "--clause", "PASS-1", "--shard", shard]);
    }
    bench.report("other.json", &["--clause", "FIND-1", "--shard", "2/2"]);
    let merge = |files: [&str; 2]| {
        let files = files.map(|file| bench.path(file));
        Program::new(&["merge", &files[0], &files[1], "--pack", &bench.pack.path()]).output()
    };
    merge(["1.json", "2.json"]).assert_exit_code(0);
    merge(["1.json", "other.json"]).assert_refused(3);
}

// ---------------------------------------------------------------- what did not pass

#[test]
fn what_did_not_pass_is_run_again() {
    let bench = ParcelRun::with(Some("forgets-the-reason"));
    let first = bench.path("first.json");
    let output = bench.run(&["--report", &format!("json={first}")]);
    output.assert_exit_code(1);
    let failed = failed(&read_json(&first));
    assert!(failed.len() > 1, "{failed:?}");
    let next: Vec<&str> = output.out.lines().filter(|line| line.starts_with("  next")).collect();
    assert!(next.len() == 1 && next[0].ends_with(&format!("--failed {first}")), "{next:?}");
    assert!(next[0].contains("  conformance run ") && next[0].contains("--target"), "{next:?}");

    let second = bench.report("second.json", &["--failed", &first]);
    let ran: BTreeSet<String> = second["tests"].as_array().expect("tests").iter().map(name).collect();
    assert_eq!(ran, failed);
    assert_eq!(names(&bench.listed(&["--failed", &first])), failed);
    let some = bench.listed(&["--failed", &first, "--operation", "dropParcel", "--skip", "a-parcel-is-found"]);
    assert!(!some.is_empty() && some.len() < failed.len(), "{some:?}");
    let output = bench.run(&["--failed", &first, "--report", &format!("json={first}")]);
    output.assert_refused_with(2, "which is an input: give another file");
    let output = bench.run(&["--failed", &first, "--clause", "MOVE-1"]);
    output.assert_refused_with(2, "no test matches --clause MOVE-1 (1 test) and --failed ");
}

#[test]
fn tests_of_one_cause_are_run_again() {
    let bench = ParcelRun::with(Some("forgets-the-reason"));
    let mut report = bench.report("first.json", &[]);
    let first = bench.path("first.json");
    // A second cause: one of the tests shows only a header that is missing.
    let mut tests = report["tests"].as_array_mut().expect("tests").iter_mut();
    let test = tests.find(|test| test["verdict"] == "failed").expect("a failed test");
    let mut finding = test["findings"][0].clone();
    for (member, value) in [("clause", "ID-1"), ("check", "request-id-present"), ("part", "header X-Id")] {
        finding[member] = value.into();
    }
    finding["key"] = serde_json::json!({
        "id": "k", "operation": "readParcel", "place": "header X-Id", "expected": "an id", "actual": "absent", "response": ""
    });
    test["findings"] = serde_json::json!([finding]);
    bench.folder.write("first.json", report.to_string());
    let of = |numbers: &[&str]| {
        let flags: Vec<&str> = numbers.iter().flat_map(|number| ["--cause", number]).collect();
        names(&bench.listed(&[&["--failed", first.as_str()], flags.as_slice()].concat()))
    };
    let (one, two) = (of(&["1"]), of(&["2"]));
    assert!(one.is_disjoint(&two) && two.len() == 1, "{one:?} {two:?}");
    assert_eq!(of(&["1", "2"]), failed(&report));
    let refused = [("3", "--cause 3: this report has the causes 1 to 2"), ("0", "--cause 0: this report has")];
    for (number, message) in refused {
        bench.run(&["--failed", &first, "--cause", number]).assert_refused_with(2, message);
    }
    let output = bench.run(&["--cause", "1"]);
    output.assert_exit_code(2);
    assert!(output.err.contains("--failed <REPORT.json>"), "{}", output.err);
}

#[test]
fn one_failure_is_shown_by_hand() {
    let bench = ParcelRun::with(Some("redirects-twice"));
    let report = format!("json={}", bench.path("report.json"));
    let output = bench.run(&["--report", &report]);
    output.assert_exit_code(1);
    let next: Vec<&str> = output.out.lines().filter(|line| line.starts_with("  next")).collect();
    assert!(next.len() == 1 && !next[0].contains("--failed"), "{next:?}");
}

#[test]
fn a_report_of_passed_tests_has_nothing_to_run_again() {
    let bench = ParcelRun::with(None);
    bench.report("passed.json", &["--clause", "FIND-1"]);
    let passed = bench.path("passed.json");
    for command in ["run", "list"] {
        let output = Program::new(&[command, "--pack", &bench.pack.path(), "--failed", &passed]).output();
        output.assert_refused_with(2, "tests passed; there is nothing to run again");
    }
    bench.report("skipped.json", &["--clause", "PACE-1", "--clause", "FIND-1"]);
    let output = bench.run(&["--failed", &bench.path("skipped.json")]);
    output.assert_refused_with(2, "tests that ran passed (1 test was skipped); there is nothing to run again");
}

#[test]
fn what_no_longer_exists_is_named() {
    let bench = ParcelRun::with(Some("forgets-the-reason"));
    let mut report = bench.report("old.json", &["--clause", "FIND-1"]);
    let known = failed(&report).len();
    report["tests"][0]["name"] = "parcels::renamed-since".into();
    bench.folder.write("old.json", report.to_string());
    let output = bench.list(&["--failed", &bench.path("old.json")]);
    output.assert_exit_code(0);
    assert!(output.err.contains("does not exist any more: parcels::renamed-since\n"), "{}", output.err);
    assert_eq!(output.out.lines().count(), known - 1);
    for test in report["tests"].as_array_mut().expect("tests") {
        test["name"] = format!("gone::{}", test["name"].as_str().unwrap_or_default()).into();
    }
    bench.folder.write("old.json", report.to_string());
    let output = bench.list(&["--failed", &bench.path("old.json")]);
    output.assert_refused_with(2, "the tests that did not pass do not exist any more: gone::");
    Program::run(&["--failed", "nowhere.json"]).assert_refused(2);
    let folder = Folder::new();
    let other = folder.write("other.json", "{}");
    Program::new(&["list", "--failed", &other]).output().assert_refused(2);
}

#[test]
fn a_report_of_another_pack_is_only_a_warning() {
    let bench = ParcelRun::with(Some("forgets-the-reason"));
    bench.report("old.json", &[]);
    assert!(bench.list(&["--failed", &bench.path("old.json")]).err.is_empty());
    let more = "about: More.\nscenarios:\n  - name: one-more\n    clauses: [FIND-1]\n    given: [parcel]\n    steps: [{ call: readParcel, as: clerk, expect: { success: true } }]\n";
    bench.pack.write("scenarios/more.yaml", more);
    let output = bench.list(&["--failed", &bench.path("old.json")]);
    output.assert_exit_code(0);
    assert!(
        output.err.starts_with("warning: ") && output.err.contains("another version of this one"),
        "{}",
        output.err
    );
}

// ---------------------------------------------------------------- nothing chosen

#[test]
fn a_filter_that_matches_nothing_suggests_what_was_meant() {
    for (arguments, expected) in [
        (&["auth-1"][..], "`AUTH-1` is a clause; --clause AUTH-1 selects "),
        (&["token_expired"], "`TOKEN_EXPIRED` is an error code; --code TOKEN_EXPIRED selects "),
        (&["GETCUSTOMER"], "`getCustomer` is an operation; --operation getCustomer selects "),
        (&["ENV-11"], "did you mean `--clause ENV-1"),
        (&["TOKEN_EXPIERD"], "did you mean `--code TOKEN_EXPIRED`?"),
        (&["getCustomrs"], "did you mean `--operation getCustomer`?"),
        (&["token-expierd"], "no test has a name with `token-expierd`: did you mean `authentication/token-expired`?"),
        (&["Readme"], "did you mean `readme`?"),
        (&["--exact", "readme"], "no test is called `readme`: did you mean `readme::"),
        (&["zzzzzzzz"], "no test has a name with `zzzzzzzz`; `--list` shows all names"),
        (&["zzzzzzzz", "yyyyyyyy"], "no test has a name with `zzzzzzzz` or `yyyyyyyy`"),
        (&["readme::", "--clause", "WHK-4"], "no test matches --clause WHK-4 ("),
        (&["readme::", "--skip", "::"], "no test matches `readme::` ("),
        (&["--skip", "::"], "--skip leaves no test"),
    ] {
        Program::new(&[&["list"], arguments].concat()).output().assert_refused_with(2, expected);
    }
    Program::run(&["zzzzzzzz"]).assert_refused_with(2, "no test has a name with `zzzzzzzz`");
    Program::run(&["--ignored"]).assert_refused_with(2, "leave out --ignored");
    let near = Program::run(&["readme::zzzzzzzzzzzz"]).err;
    assert!(near.matches('`').count() <= 8, "more than three suggestions: {near}");
}

#[test]
fn a_clause_that_only_checks_judge_has_no_test_of_its_own() {
    let bench = ParcelRun::with(None);
    let output = bench.list(&["--clause", "TRACE-1"]);
    output.assert_refused_with(
        2,
        "no test is about TRACE-1 alone: every test exercises it, by the check request-id-present",
    );
}

// ---------------------------------------------------------------- in words

#[test]
fn operations_are_explained() {
    let output = Program::new(&["explain", "getCustomer"]).output();
    output.assert_exit_code(0);
    for expected in [
        "getCustomer\n  GET /api/v1/customers/{customerId}: Read a customer\n",
        "It asks for a credential of scope READ (key:… or bearer:…).",
        "Actors whom tests expect it to serve: admin, reader",
        "Documented success: 200\n",
        "RESOURCE_NOT_FOUND (404)",
        "Clauses that tests check on it: ",
        "All of them: conformance list --operation getCustomer\n",
        "With curl, as in ",
    ] {
        assert!(output.out.contains(expected), "no {expected:?} in {}", output.out);
    }
    let bench = ParcelRun::with(None);
    let output = Program::new(&["explain", "readParcel", "--pack", &bench.pack.path()]).output();
    output.assert_exit_code(0);
    assert!(output.out.contains("(bearer:… or key:…)") && output.out.contains("40401 (404)"), "{}", output.out);
    Program::new(&["explain", "getCustomr"]).output().assert_refused_with(2, "did you mean `getCustomer`?");
}

#[test]
fn the_program_explains_itself() {
    let output = Program::new(&[]).env("CONFORMANCE_PACK", "/nowhere").output();
    output.assert_exit_code(2);
    assert!(output.out.is_empty(), "{}", output.out);
    for expected in ["conformance doctor", "conformance run --target-url URL", "conformance help", "--help"] {
        assert!(output.err.contains(expected), "no {expected} in {}", output.err);
    }
    assert!(output.err.lines().all(|line| line.chars().count() <= 120), "{}", output.err);
}

#[test]
fn shells_and_manuals_are_served() {
    for (shell, expected) in
        [("bash", "complete -F"), ("zsh", "#compdef conformance"), ("fish", "complete -c conformance")]
    {
        let output = Program::new(&["completions", shell]).output();
        output.assert_exit_code(0);
        assert!(output.out.contains(expected) && output.out.contains("failed"), "{shell}");
    }
    Program::new(&["completions", "cmd"]).output().assert_refused(2);
    let page = Program::new(&["man"]).output();
    page.assert_exit_code(0);
    assert!(page.out.contains(".TH conformance 1") && page.out.contains("doctor"), "{}", page.out);
    let page = Program::new(&["man", "run"]).output();
    page.assert_exit_code(0);
    assert!(page.out.contains("\\-\\-clause") && page.out.contains(".TH conformance-run 1"), "{}", page.out);
    Program::new(&["man", "rum"]).output().assert_refused_with(2, "there is no command `rum`: did you mean `run`?");
}

#[test]
fn skip_reason_names_variable_and_form_of_the_missing_credential() {
    let echo = echo_server(0);
    let arguments = ["run", "--target-url", &echo.url, "--no-preflight", "--skip", "fuzz/"];
    let (output, report) = Program::new(&arguments).with_report();
    output.assert_exit_code(1);
    let reasons: BTreeSet<String> = report["tests"]
        .as_array()
        .expect("tests")
        .iter()
        .filter_map(|test| test["reason"].as_str().map(str::to_owned))
        .collect();
    for expected in [
        "no credential for the actor webhook: set CONFORMANCE_ACTOR_WEBHOOK=secret:…",
        "no credential for the actor expired: set CONFORMANCE_ACTOR_EXPIRED=bearer:…",
        "no credential for the actor reader: set CONFORMANCE_ACTOR_READER=key:… or bearer:…",
    ] {
        assert!(reasons.contains(expected), "no {expected} in {reasons:?}");
    }
}

// ---------------------------------------------------------------- helpers

impl ParcelRun {
    fn list(&self, arguments: &[&str]) -> ProgramOutput {
        Program::new(&[&["list", "--pack", &self.pack.path()], arguments].concat()).output()
    }

    fn listed(&self, arguments: &[&str]) -> Vec<Value> {
        tests(&self.list(&[&["--format", "json"], arguments].concat()))
    }
}

fn listed(arguments: &[&str]) -> Vec<Value> {
    tests(&Program::new(&[&["list", "--format", "json"], arguments].concat()).output())
}

fn tests(output: &ProgramOutput) -> Vec<Value> {
    output.assert_exit_code(0);
    serde_json::from_str(&output.out).expect("a JSON array")
}

fn name(test: &Value) -> String {
    test["name"].as_str().expect("a name").to_owned()
}

fn names(tests: &[Value]) -> BTreeSet<String> {
    tests.iter().map(name).collect()
}

/// The names of what failed or had no verdict.
fn failed(report: &Value) -> BTreeSet<String> {
    let open = |test: &&Value| test["verdict"] == "failed" || test["verdict"] == "inconclusive";
    report["tests"].as_array().expect("tests").iter().filter(open).map(name).collect()
}
