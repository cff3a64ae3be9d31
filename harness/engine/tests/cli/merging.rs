//! The parts of a run, joined: they must be all of it, and then say what the whole run says.

use std::collections::BTreeMap;

use serde_json::Value;

use super::stub;
use super::support::{Desk, Folder, Program, Said, folder, parcel_pack, write};

const DEVIATIONS: &str = "deviations:
  - { clause: MOVE-1, trials: \"parcels::*\", reason: agreed, ticket: DESK-1, expires: 2999-12-31 }
";

// ---------------------------------------------------------------- the same verdict

#[test]
fn four_shards_say_what_the_whole_suite_says() {
    let folder = folder();
    let path = |name: &str| format!("{}/{name}.json", folder.path());
    std::thread::scope(|scope| {
        scope.spawn(|| Program::run(&["--report", &format!("json={}", path("whole"))]).ended(0));
        for index in 1..=4 {
            let (shard, order) = (format!("{index}/4"), format!("json={}", path(&index.to_string())));
            scope.spawn(move || Program::run(&["--shard", &shard, "--report", &order]).ended(0));
        }
    });
    let parts: Vec<String> = (1..=4).map(|index| path(&index.to_string())).collect();
    let said = merge(&parts, &["--report", &format!("json={}", path("merged"))]);
    said.ended(0);
    assert!(said.out.contains("16 of 16 observed") && said.err.contains("wrote "), "{}{}", said.out, said.err);
    let (mut whole, mut merged) = (report(&path("whole")), report(&path("merged")));
    for side in [&mut whole, &mut merged] {
        let tests = side["trials"].as_array_mut().expect("trials");
        // Who shares a quota with the tests around it is refused more often or less.
        for test in tests {
            test["open"] = Value::Null;
            test["codes"] = Value::Null;
        }
        for code in side["errorCodes"].as_array_mut().expect("codes") {
            code["observed"] = (code["observed"].as_u64() > Some(0)).into();
            code["trials"] = Value::Null;
        }
    }
    assert_same_verdicts(&whole, &merged);
}

#[test]
fn shards_of_a_failing_run_are_judged_as_one() {
    for (mutant, deviations, code) in [
        (Some("forgets-the-reason"), DEVIATIONS, 1),
        (Some("redirects-twice"), DEVIATIONS, 0),
        // Nothing of it is seen in any shard, so the entry is stale.
        (None, DEVIATIONS, 1),
        // One shard may see it and another may not: only together can they tell.
        (Some("redirects-twice"), &DEVIATIONS.replace("parcels::*", "*"), 0),
        (None, &DEVIATIONS.replace("2999", "2020"), 1),
        (None, "", 0),
    ] {
        let run = Parts::with(mutant, deviations);
        let whole = run.go("whole", &[]);
        whole.ended(code);
        let shards: Vec<String> = (1..=3).map(|index| format!("{index}/3")).collect();
        let parts: Vec<String> = shards.iter().map(|shard| run.part(&["--shard", shard])).collect();
        let merged = run.merged(&parts);
        merged.ended(code);
        assert_same_verdicts(&run.report("whole"), &run.report("merged"));
    }
}

#[test]
fn a_shard_without_tests_is_a_part_like_the_others() {
    let run = Parts::with(None, "");
    let one = "parcels::a-parcel-is-found";
    let orders: Vec<(String, String)> = (1..=4).map(|index| (format!("{index}/4"), format!("shard-{index}"))).collect();
    for (shard, name) in &orders {
        run.go(name, &["--shard", shard, "--exact", one]).ended(0);
    }
    let held = orders.iter().map(|(_, name)| run.report(name)["trials"].as_array().map_or(0, Vec::len));
    assert_eq!(held.sum::<usize>(), 1);
    let parts: Vec<String> = orders.iter().map(|(_, name)| run.path(&format!("{name}.json"))).collect();
    run.merged(&parts).ended(0);
    run.go("nothing", &["--shard", "1/4", "no-such-test"]).ended(2);
}

#[test]
fn one_process_a_test_is_a_division_too() {
    let run = Parts::with(Some("forgets-the-reason"), DEVIATIONS);
    run.go("whole", &[]).ended(1);
    let whole = run.report("whole");
    let names: Vec<&str> = tests(&whole).keys().copied().filter(|name| !name.starts_with("deviations::")).collect();
    let each = run.path("each/");
    for name in &names {
        let said = run.program(&["--exact", name, "--report", &format!("json={each}")]).env("NEXTEST", "1").go();
        assert!(matches!(said.code, 0 | 1 | 3), "{}", said.err);
    }
    run.merged(std::slice::from_ref(&each)).ended(1);
    assert_same_verdicts(&whole, &run.report("merged"));

    let files: Vec<_> = std::fs::read_dir(&each).expect("a folder").flatten().collect();
    assert_eq!(files.len(), names.len());
    let lost = report(&files[0].path().display().to_string())["trials"][0]["name"].as_str().expect("a name").to_owned();
    std::fs::remove_file(files[0].path()).expect("it goes");
    let said = run.merged(&[each]);
    said.refused_in_a_line(3, &format!("1 of {} tests are missing: {lost}; nothing was merged", names.len()));
}

#[test]
fn filtered_shards_are_whole_with_their_like() {
    let run = Parts::with(None, DEVIATIONS);
    let parts: Vec<String> = ["1/2", "2/2"].iter().map(|shard| run.part(&["--shard", shard, "a-parcel"])).collect();
    run.merged(&parts).ended(0);
    let merged = run.report("merged");
    assert_eq!(merged["deviations"][0]["state"], "unobserved");
    assert_eq!(merged["manifest"]["filtered"], true);
    // A merged report is a report of the whole run, and can be rendered once more.
    run.merged(&[run.path("merged.json")]).ended(0);
}

// ---------------------------------------------------------------- refusals

#[test]
fn parts_that_are_not_one_run_are_refused() {
    let run = Parts::with(None, "");
    let part = |arguments: &[&str]| run.part(arguments);
    let (one, two, three) = (part(&["--shard", "1/3"]), part(&["--shard", "2/3"]), part(&["--shard", "3/3"]));
    let again = part(&["--shard", "from-zero:1/3"]);
    let refused = |parts: &[&String], wanted: &str| {
        let parts: Vec<String> = parts.iter().map(|part| (*part).clone()).collect();
        let said = run.merged(&parts);
        said.refused_in_a_line(3, wanted);
        assert!(!std::path::Path::new(&run.path("merged.json")).exists());
    };
    refused(&[&one, &three], "shard is missing: 2/3 (there: 1/3, 3/3)");
    refused(&[&two], "shards are missing: 1/3, 3/3 (there: 2/3)");
    refused(&[&one, &two, &again, &three], &format!("shard 2/3 is there twice: {two} and {again}"));
    let foreign = [
        (&["--shard", "2/3", "--seed", "7"][..], "they differ in the seed (1 and 7)"),
        (&["--shard", "2/3", "--strict"], "they differ in strictness (false and true)"),
        (&["--shard", "2/4"], "they differ in the number of shards (3 and 4)"),
        (&["--shard", "2/3", "--timeout", "9"], "they differ in the option `timeout` (30 s and 9 s)"),
        (&["--shard", "2/3", "--run-id", "b"], "they differ in the option `run-id` (none and b)"),
        (&["--shard", "2/3", "parcel"], "they differ in the planned tests"),
        (&[], "they differ in the number of shards (3 and none)"),
    ];
    for (arguments, wanted) in foreign {
        refused(&[&one, &part(arguments), &three], wanted);
    }
    write(&run.pack, "scenarios/more.yaml", MORE);
    refused(&[&one, &part(&["--shard", "2/3"]), &three], "they differ in the contract");
    let other = Parts::with(None, "");
    refused(&[&one, &other.part(&["--shard", "2/3"]), &three], "they differ in");
}

#[test]
fn what_is_no_part_is_refused() {
    let run = Parts::with(None, "");
    let one = run.part(&["--shard", "1/1"]);
    let text = std::fs::read_to_string(&one).expect("a report");
    let spoilt = |change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        change(&mut value);
        write(&run.folder, "spoilt.json", &format!("{value:#}"))
    };
    let damaged = spoilt(&|value| drop(value["trials"].as_array_mut().expect("trials").pop()));
    run.merged(&[damaged]).refused_in_a_line(3, "is damaged: its manifest speaks of");
    let old = spoilt(&|value| value["manifest"] = Value::Null);
    run.merged(&[old]).refused_in_a_line(3, "has no manifest");
    let newer = spoilt(&|value| value["format"] = 2.into());
    run.merged(&[newer]).refused(2);
    let odd = spoilt(&|value| value["sumary"] = 2.into());
    let said = run.merged(&[odd]);
    said.refused(2);
    assert!(
        said.err.contains("unknown field `sumary`") && said.err.contains("did you mean `summary`?"),
        "{}",
        said.err
    );
    run.merged(&[run.path("nowhere.json")]).refused(2);
    let empty = folder();
    run.merged(&[empty.path()]).refused_in_a_line(3, "no JSON report there");
}

const MORE: &str = "about: More.
scenarios:
  - name: one-more
    clauses: [FIND-1]
    steps:
      - { call: readParcel, as: clerk, path: { trackingNumber: \"1\" }, expect: { error: 40401 } }
";

// ---------------------------------------------------------------- parts

/// Runs of parts of the parcel pack against one desk.
struct Parts {
    desk: Desk,
    folder: Folder,
    pack: Folder,
    count: std::cell::Cell<u32>,
}

impl Parts {
    fn with(mutant: Option<&'static str>, deviations: &str) -> Self {
        let parts = Self { desk: Desk::open(mutant), folder: folder(), pack: parcel_pack(), count: 0.into() };
        write(&parts.folder, "target.yaml", &format!("url: {}\n{deviations}", parts.desk.url));
        parts
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.path())
    }

    fn report(&self, name: &str) -> Value {
        report(&self.path(&format!("{name}.json")))
    }

    fn program(&self, arguments: &[&str]) -> Program {
        let (pack, target) = (self.pack.path(), self.path("target.yaml"));
        let arguments = [&["run", "--pack", &pack, "--target", &target], arguments].concat();
        // Whoever is hurried has to wait, and has nothing to do with it.
        stub::CREDENTIALS.iter().filter(|(actor, _)| *actor != "hurried").fold(
            Program::new(&arguments),
            |program, (actor, credential)| {
                program.env(&format!("CONFORMANCE_ACTOR_{}", actor.to_uppercase()), credential)
            },
        )
    }

    fn go(&self, name: &str, arguments: &[&str]) -> Said {
        let order = format!("json={}", self.path(&format!("{name}.json")));
        self.program(&[arguments, &["--report", &order]].concat()).go()
    }

    /// Runs a part and returns the path of its report.
    fn part(&self, arguments: &[&str]) -> String {
        self.count.set(self.count.get() + 1);
        let name = format!("part-{}", self.count.get());
        let said = self.go(&name, arguments);
        assert!(matches!(said.code, 0 | 1 | 3), "{}{}", said.out, said.err);
        self.path(&format!("{name}.json"))
    }

    fn merged(&self, parts: &[String]) -> Said {
        let order = format!("json={}", self.path("merged.json"));
        merge(parts, &["--pack", &self.pack.path(), "--report", &order])
    }
}

fn merge(parts: &[String], arguments: &[&str]) -> Said {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Program::new(&[&["merge"], parts.as_slice(), arguments].concat()).go()
}

fn report(path: &str) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).expect("JSON")
}

fn tests(report: &Value) -> BTreeMap<&str, &Value> {
    let tests = report["trials"].as_array().expect("trials");
    tests.iter().map(|test| (test["name"].as_str().expect("a name"), test)).collect()
}

/// All that does not depend on clocks and on who came first.
#[track_caller]
fn assert_same_verdicts(whole: &Value, merged: &Value) {
    for member in ["summary", "exitCode", "errorCodes", "actors", "deviations", "strict", "seed", "target", "suite"] {
        assert_eq!(whole[member], merged[member], "{member}");
    }
    for member in ["id", "level", "status", "reason", "codes", "unjudged", "excluded", "trials"] {
        let of = |report: &Value| -> Vec<Value> {
            report["clauses"].as_array().expect("clauses").iter().map(|clause| clause[member].clone()).collect()
        };
        assert_eq!(of(whole), of(merged), "{member} of the clauses");
    }
    let (one, other) = (tests(whole), tests(merged));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, test) in one {
        for member in ["verdict", "reason", "clauses", "open", "codes", "deviations", "file", "line", "about"] {
            assert_eq!(test[member], other[name][member], "{member} of {name}");
        }
    }
}
