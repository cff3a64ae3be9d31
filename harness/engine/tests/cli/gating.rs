//! Runs as gates: known deviations down to the mutant, and drafts of them.

use serde_json::Value;

use super::stub;
use super::support::{Desk, Folder, Program, Said, Served, folder, parcel_pack, write};

// ---------------------------------------------------------------- known deviations

#[test]
fn a_draft_is_refused_until_a_person_has_filled_it_in() {
    let run = Gate::with(Some("forgets-the-reason"));
    let draft = run.path("draft.yaml");
    run.go(&["--write-deviations", &draft]).ended(1);
    let text = read(&draft);
    assert_eq!(text.matches("  - clause: ").count(), 1, "{text}");

    run.target(&text);
    let said = run.go(&[]);
    said.refused(2);
    for member in ["reason", "ticket", "owner", "expires"] {
        assert!(said.err.contains(&format!("`{member}` is empty")), "{member}: {}", said.err);
    }
    run.target(&filled_in(&text));
    let said = run.go(&[]);
    said.ended(0);
    assert!(said.out.contains("(DESK-1, owner the desk, until 2999-12-31)"), "{}", said.out);
    assert!(said.out.contains("\nknown deviations:\n"), "{}", said.out);
}

#[test]
fn an_entry_hides_no_other_mutant_of_the_same_tests() {
    let run = Gate::with(Some("forgets-the-reason"));
    let draft = run.path("draft.yaml");
    run.go(&["--write-deviations", &draft]).ended(1);
    let text = filled_in(&read(&draft));
    let other = Gate::with(Some("adds-a-member"));
    other.target(&text);
    let report = other.path("report.json");
    let said = other.go(&["--strict", "--report", &format!("json={report}")]);
    said.ended(1);
    let report: Value = serde_json::from_str(&read(&report)).expect("JSON");
    let findings: Vec<&Value> =
        report["trials"].as_array().expect("trials").iter().map(|test| &test["findings"]).collect();
    assert!(findings.iter().any(|of_test| of_test[0]["deviation"].is_null() && of_test[0].is_object()));
    assert_eq!(report["deviations"][0]["state"], "stale", "{}", report["deviations"]);
}

#[test]
fn what_a_filter_leaves_out_is_not_stale() {
    let run = Gate::with(None);
    run.target(&filled_in(ENTRY));
    run.go(&[]).ended(1);
    let said = run.go(&["no-such"]);
    said.refused(2);
    let said = run.go(&["desk"]);
    said.ended(0);
    assert!(said.out.contains("unobserved  "), "{}", said.out);
}

#[test]
fn what_comes_and_goes_may_be_gone_but_must_exist() {
    let run = Gate::with(None);
    run.target(&filled_in(&ENTRY.replace("reason:", "flaky: true\n    reason:")));
    run.go(&[]).ended(0);
    run.target(&filled_in(&ENTRY.replace("parcels::*", "parcel::*").replace("reason:", "flaky: true\n    reason:")));
    let said = run.go(&[]);
    said.ended(1);
    assert!(said.out.contains("matches no test"), "{}", said.out);
}

#[test]
fn a_known_deviation_is_a_skipped_case_with_owner_and_day() {
    let run = Gate::with(Some("redirects-twice"));
    run.target(&filled_in(ENTRY));
    let report = run.path("junit.xml");
    run.go(&["--report", &format!("junit={report}")]).ended(0);
    let text = read(&report);
    assert!(text.contains("type=\"contract.known-deviation\""), "{text}");
    assert!(text.contains("agreed (DESK-1, owner the desk, until 2999-12-31)"), "{text}");
}

const ENTRY: &str = "deviations:
  - clause: MOVE-1
    trials: \"parcels::*\"
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

/// Tests that see dates on update, a property among them, and that make and delete customers.
const DATES: [&str; 3] = ["fuzz/updateCustomer/dateOfBirth", "fuzz/createCustomer/dateOfBirth", "--no-progress"];

#[test]
fn a_filled_in_draft_accepts_its_causes_and_no_other_mutant_of_the_same_check() {
    let known = ["create-answers-200", "update-skips-date-check"];
    let (folder, served) = (folder(), Served::start(&known));
    let draft = format!("{}/draft.yaml", folder.path());
    served.program(&[&["run", "--write-deviations", &draft], &DATES[..]].concat()).go().ended(1);
    let text = read(&draft);
    // The update without its check shows as two clauses: FMT-1, and VAL-3 for the empty text.
    assert_eq!(text.matches("reason: \"\"").count(), known.len() + 1, "{text}");
    let target = write(&folder, "target.yaml", &filled_in(&text));
    let with_target = |served: &Served, more: &[&str]| {
        served.program(&[&["run", "--target", &target], &DATES[..], more].concat()).go()
    };
    with_target(&served, &[]).ended(0);
    with_target(&served, &["--seed", "7"]).ended(0);
    let other = Served::start(&[&known[..], &["delete-answers-200"]].concat());
    let said = with_target(&other, &[]);
    said.ended(1);
    assert!(
        said.out.contains("STA-3: a success has the status") && said.out.contains("204 for deleteCustomer"),
        "{}",
        said.out
    );
}

#[test]
fn an_entry_about_bodies_does_not_let_anybody_in() {
    let (folder, served) = (folder(), Served::start(&["create-answers-200"]));
    let draft = format!("{}/draft.yaml", folder.path());
    let tests = "authentication/authentication-failed::a-refused-caller-creates-nothing";
    served.program(&["run", "--write-deviations", &draft, DATES[1]]).go().ended(1);
    let target = write(&folder, "target.yaml", &filled_in(&read(&draft)));
    let open = Served::start(&["create-answers-200", "anonymous-may-create"]);
    let said = open.program(&["run", "--target", &target, tests]).go();
    said.ended(1);
    assert!(said.out.contains("AUTH-"), "{}", said.out);
}

// ---------------------------------------------------------------- runs against each other

#[test]
fn only_what_is_new_fails_against_a_baseline() {
    let before = Gate::with(Some("forgets-the-reason"));
    let old = before.path("old.json");
    before.go(&["--report", &format!("json={old}")]).ended(1);

    let said = before.go(&["--baseline", &old]);
    said.ended(1);
    assert!(said.out.contains("still-failing"), "{}", said.out);
    let said = before.go(&["--baseline", &old, "--fail-on", "new"]);
    said.ended(0);
    assert!(said.out.contains("Nothing is broken that was not broken before."), "{}", said.out);

    // The same tests fail, in another way.
    let after = Gate::with(Some("writes-the-hint-as-a-number"));
    let new = after.path("new.json");
    let said = after.go(&["--baseline", &old, "--fail-on", "new", "--report", &format!("json={new}")]);
    said.ended(1);
    assert!(said.out.contains("\ntrials new violations: "), "{}", said.out);

    let said = Program::new(&["compare", &old, &new]).go();
    said.ended(1);
    assert!(said.out.contains("details-are-text at body /hint"), "{}", said.out);
    Program::new(&["compare", &old, &new, "--allow", "new"]).go().ended(0);
    let said = Program::new(&["compare", &old, &new, "--format", "json"]).go();
    let comparison: Value = serde_json::from_str(&said.out).expect("JSON");
    assert!(comparison["trials"].as_array().expect("trials").iter().any(|entry| entry["change"] == "new"));
    let said = Program::new(&["compare", &new, &old, "--format", "markdown", "--allow", "new,vanished"]).go();
    said.ended(0);
    assert!(said.out.starts_with("## Against the earlier run\n"), "{}", said.out);
}

#[test]
fn what_vanishes_fails_but_for_filters() {
    let run = Gate::with(None);
    let (whole, part) = (run.path("whole.json"), run.path("part.json"));
    run.go(&["--report", &format!("json={whole}")]).ended(0);
    let said = run.go(&["desk", "--baseline", &whole, "--report", &format!("json={part}")]);
    said.ended(0);
    assert!(said.out.contains("nothing has changed"), "{}", said.out);
    let said = Program::new(&["compare", &whole, &part]).go();
    said.ended(1);
    assert!(said.out.contains("\ntrials vanished: "), "{}", said.out);
    Program::new(&["compare", &whole, &part, "--allow", "vanished,newly-skipped"]).go().ended(0);
}

#[test]
fn what_is_no_report_is_refused_before_anything_is_sent() {
    let folder = folder();
    let file = write(&folder, "old.json", "{\"format\": 1}");
    let said = Program::run(&["--baseline", &file]);
    said.refused(2);
    assert!(said.err.contains("missing field `suite`") && said.err.contains("old.json"), "{}", said.err);
    Program::run(&["--fail-on", "new"]).refused_in_a_line(2, "name its JSON report with --baseline");
    Program::new(&["compare", &file, "nowhere.json"]).go().refused(2);
    let said = Program::new(&["compare", &file, &file, "--allow", "fixed"]).go();
    said.refused(2);
    assert!(said.err.contains("one of new, vanished, newly-skipped"), "{}", said.err);
}

// ---------------------------------------------------------------- certificates

#[test]
fn a_whole_and_clean_run_is_certified() {
    let folder = folder();
    let bundle = format!("{}/certificate", folder.path());
    let run = Program::new(&["run", "--certify", &bundle, "--cases", "1"]).go();
    run.ended(0);
    let certificate: Value = serde_json::from_str(&read(&format!("{bundle}/certificate.json"))).expect("JSON");
    assert!(certificate["clauses"].as_array().is_some_and(|clauses| clauses.len() > 60));
    assert!(read(&format!("{bundle}/certificate.html")).contains("kept every MUST clause"));

    assert!(!std::path::Path::new(&format!("{bundle}/SHA256SUMS.hmac")).exists());

    let check = || Program::new(&["certify", "--check", &bundle]).go();
    check().ended(0);
    let altered = read(&format!("{bundle}/report.json")).replacen("\"seed\": 1", "\"seed\": 2", 1);
    write(&folder, "certificate/report.json", &altered);
    let said = check();
    said.ended(1);
    assert!(said.err.contains("report.json is not the file that SHA256SUMS names"), "{}", said.err);
}

#[test]
fn what_is_partial_or_open_is_not_certified() {
    let run = Gate::with(None);
    let bundle = run.path("certificate");
    run.go(&["desk", "--certify", &bundle]).refused_in_a_line(2, "--certify is for whole runs: leave out filters");
    run.go(&["--shard", "1/2", "--certify", &bundle]).refused_in_a_line(2, "leave out --shard");
    // Nobody hurries, so that the pace was not put to the test.
    let said = run.go(&["--certify", &bundle]);
    said.ended(3);
    for missing in
        ["clause PACE-1 is not-exercised (", "error code 42901 was not observed", "actor hurried has no credential"]
    {
        assert!(said.err.contains(missing), "{missing}: {}", said.err);
    }
    run.target(&filled_in(ENTRY));
    run.go(&["--certify", &bundle]).refused_in_a_line(2, "without known deviations");
    assert!(!std::path::Path::new(&bundle).exists());
    let broken = Gate::with(Some("redirects-twice"));
    broken.go(&["--certify", &bundle]).ended(1);
    assert!(!std::path::Path::new(&bundle).exists());
}

// ---------------------------------------------------------------- the desk

/// The parcel pack and a desk, with a target file that can be changed.
struct Gate {
    desk: Desk,
    folder: Folder,
    pack: Folder,
}

impl Gate {
    fn with(mutant: Option<&'static str>) -> Self {
        let gate = Self { desk: Desk::open(mutant), folder: folder(), pack: parcel_pack() };
        gate.target("");
        gate
    }

    fn target(&self, more: &str) {
        write(&self.folder, "target.yaml", &format!("url: {}\n{more}", self.desk.url));
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.path())
    }

    fn go(&self, arguments: &[&str]) -> Said {
        let (pack, target) = (self.pack.path(), self.path("target.yaml"));
        let arguments = [&["run", "--pack", &pack, "--target", &target], arguments].concat();
        // Whoever is hurried has to wait, and has nothing to do with it.
        stub::CREDENTIALS
            .iter()
            .filter(|(actor, _)| *actor != "hurried")
            .fold(Program::new(&arguments), |program, (actor, credential)| {
                program.env(&format!("CONFORMANCE_ACTOR_{}", actor.to_uppercase()), credential)
            })
            .go()
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
