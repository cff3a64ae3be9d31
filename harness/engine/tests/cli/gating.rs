//! Runs as gates: known deviations down to the defect, and drafts of them.

use serde_json::Value;

use super::stub;
use super::support::{Desk, Folder, Program, Said, folder, parcel_pack, write};

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
fn an_entry_hides_no_other_defect_of_the_same_trials() {
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
        report["trials"].as_array().expect("trials").iter().map(|trial| &trial["findings"]).collect();
    assert!(findings.iter().any(|of_trial| of_trial[0]["deviation"].is_null() && of_trial[0].is_object()));
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
    assert!(said.out.contains("matches no trial"), "{}", said.out);
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

// ---------------------------------------------------------------- the desk

/// The parcel pack and a desk, with a target file that can be changed.
struct Gate {
    desk: Desk,
    folder: Folder,
    pack: Folder,
}

impl Gate {
    fn with(defect: Option<&'static str>) -> Self {
        let gate = Self { desk: Desk::open(defect), folder: folder(), pack: parcel_pack() };
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
