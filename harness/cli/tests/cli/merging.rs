//! `conformance merge`: the reports of all parts of a run give the report of the whole run.
//! Missing parts and parts of different runs are refused.

use std::collections::BTreeMap;

use serde_json::Value;

use super::support::{Folder, ParcelRun, Program, ProgramOutput, read_json};

const DEVIATIONS: &str = "deviations:
  - { clause: MOVE-1, tests: \"parcels::*\", reason: agreed, ticket: DESK-1, expires: 2999-12-31 }
";

// ---------------------------------------------------------------- merged reports

#[test]
fn merged_shards_equal_the_unsharded_run() {
    let folder = Folder::new();
    let path = |name: &str| format!("{}/{name}.json", folder.path());
    // Properties take half of the time and are split like scenarios.
    let run = |more: &[&str]| Program::run(&[&["--skip", "fuzz/"], more].concat()).assert_exit_code(0);
    let (run, whole) = (&run, format!("json={}", path("whole")));
    std::thread::scope(|scope| {
        scope.spawn(|| run(&["--report", &whole]));
        for index in 1..=4 {
            let (shard, report_option) = (format!("{index}/4"), format!("json={}", path(&index.to_string())));
            scope.spawn(move || run(&["--shard", &shard, "--report", &report_option]));
        }
    });
    let parts: Vec<String> = (1..=4).map(|index| path(&index.to_string())).collect();
    let output = merge(&parts, &["--report", &format!("json={}", path("merged"))]);
    output.assert_exit_code(0);
    assert!(output.err.contains("wrote "), "{}", output.err);
    let (mut whole, mut merged) = (read_json(path("whole")), read_json(path("merged")));
    for side in [&mut whole, &mut merged] {
        let tests = side["tests"].as_array_mut().expect("a list of tests");
        // How often a test is rate limited depends on the tests that run at the same time.
        for test in tests {
            test["withoutEvidence"] = Value::Null;
            test["codes"] = Value::Null;
        }
        for code in side["errorCodes"].as_array_mut().expect("codes") {
            assert!(code["observed"].as_u64() > Some(0), "{code}");
            code["observed"] = Value::Null;
            code["tests"] = Value::Null;
        }
    }
    assert_same_verdicts(&whole, &merged);
}

#[test]
fn merged_shards_have_the_verdicts_of_the_whole_run() {
    for (mutant, deviations, code) in [
        (Some("forgets-the-reason"), DEVIATIONS, 1),
        (Some("redirects-twice"), DEVIATIONS, 0),
        // No shard observes the deviation, so the entry is stale.
        (None, DEVIATIONS, 1),
        // Some shards observe the deviation and others do not: only the merged report shows if it is stale.
        (Some("redirects-twice"), &DEVIATIONS.replace("parcels::*", "*"), 0),
        (None, &DEVIATIONS.replace("2999", "2020"), 1),
        (None, "", 0),
    ] {
        let bench = PartialRuns::with(mutant, deviations);
        let whole = bench.run("whole", &[]);
        whole.assert_exit_code(code);
        let shards: Vec<String> = (1..=3).map(|index| format!("{index}/3")).collect();
        let parts: Vec<String> = shards.iter().map(|shard| bench.part(&["--shard", shard])).collect();
        let merged = bench.merged(&parts);
        merged.assert_exit_code(code);
        assert_same_verdicts(&bench.report("whole"), &bench.report("merged"));
    }
}

#[test]
fn shard_without_tests_can_be_merged() {
    let bench = PartialRuns::with(None, "");
    let one = "parcels::a-parcel-is-found";
    let shards: Vec<(String, String)> = (1..=4).map(|index| (format!("{index}/4"), format!("shard-{index}"))).collect();
    for (shard, name) in &shards {
        bench.run(name, &["--shard", shard, "--exact", one]).assert_exit_code(0);
    }
    let test_counts = shards.iter().map(|(_, name)| bench.report(name)["tests"].as_array().map_or(0, Vec::len));
    assert_eq!(test_counts.sum::<usize>(), 1);
    let parts: Vec<String> = shards.iter().map(|(_, name)| bench.path(&format!("{name}.json"))).collect();
    bench.merged(&parts).assert_exit_code(0);
    bench.run("nothing", &["--shard", "1/4", "no-such-test"]).assert_exit_code(2);
}

#[test]
fn reports_of_one_process_per_test_are_merged() {
    let bench = PartialRuns::with(Some("forgets-the-reason"), DEVIATIONS);
    bench.run("whole", &[]).assert_exit_code(1);
    let whole = bench.report("whole");
    let names: Vec<&str> = tests(&whole).keys().copied().filter(|name| !name.starts_with("deviations::")).collect();
    let each = bench.path("each/");
    for name in &names {
        let output =
            bench.parcels.program(&["--exact", name, "--report", &format!("json={each}")]).env("NEXTEST", "1").output();
        assert!(matches!(output.code, 0 | 1 | 3), "{}", output.err);
    }
    bench.merged(std::slice::from_ref(&each)).assert_exit_code(1);
    assert_same_verdicts(&whole, &bench.report("merged"));

    let files: Vec<_> = std::fs::read_dir(&each).expect("a folder").flatten().collect();
    assert_eq!(files.len(), names.len());
    let missing = read_json(files[0].path())["tests"][0]["name"].as_str().expect("a name").to_owned();
    std::fs::remove_file(files[0].path()).expect("removable");
    let output = bench.merged(&[each]);
    output.assert_refused_with(3, &format!("1 of {} tests are missing: {missing}; nothing was merged", names.len()));
}

#[test]
fn shards_with_the_same_filter_are_merged() {
    let bench = PartialRuns::with(None, DEVIATIONS);
    let parts: Vec<String> = ["1/2", "2/2"].iter().map(|shard| bench.part(&["--shard", shard, "a-parcel"])).collect();
    bench.merged(&parts).assert_exit_code(0);
    let merged = bench.report("merged");
    assert_eq!(merged["deviations"][0]["state"], "unobserved");
    assert_eq!(merged["manifest"]["filtered"], true);
    // A merged report is a complete run, so it can be merged again by itself.
    bench.merged(&[bench.path("merged.json")]).assert_exit_code(0);
}

// ---------------------------------------------------------------- refusals

#[test]
fn parts_of_different_runs_are_refused() {
    let bench = PartialRuns::with(None, "");
    let part = |arguments: &[&str]| bench.part(arguments);
    let (one, two, three) = (part(&["--shard", "1/3"]), part(&["--shard", "2/3"]), part(&["--shard", "3/3"]));
    let again = part(&["--shard", "from-zero:1/3"]);
    let assert_merge_refused = |parts: &[&String], expected: &str| {
        let parts: Vec<String> = parts.iter().map(|part| (*part).clone()).collect();
        let output = bench.merged(&parts);
        output.assert_refused_with(3, expected);
        assert!(!std::path::Path::new(&bench.path("merged.json")).exists());
    };
    assert_merge_refused(&[&one, &three], "shard is missing: 2/3 (present: 1/3, 3/3)");
    assert_merge_refused(&[&two], "shards are missing: 1/3, 3/3 (present: 2/3)");
    assert_merge_refused(&[&one, &two, &again, &three], &format!("shard 2/3 appears twice: {two} and {again}"));
    let foreign = [
        (&["--shard", "2/3", "--seed", "7"][..], "they differ in the seed (1 and 7)"),
        (&["--shard", "2/3", "--strict"], "they differ in strictness (false and true)"),
        (&["--shard", "2/4"], "they differ in the number of shards (3 and 4)"),
        (&["--shard", "2/3", "--timeout", "9"], "they differ in the option `timeout` (30 s and 9 s)"),
        (&["--shard", "2/3", "--run-id", "b"], "they differ in the option `run-id` (none and b)"),
        (&["--shard", "2/3", "parcel"], "they differ in the planned tests"),
        (&[], "they differ in the number of shards (3 and none)"),
    ];
    for (arguments, expected) in foreign {
        assert_merge_refused(&[&one, &part(arguments), &three], expected);
    }
    bench.parcels.pack.write("scenarios/more.yaml", MORE);
    assert_merge_refused(&[&one, &part(&["--shard", "2/3"]), &three], "they differ in the contract");
    let other = PartialRuns::with(None, "");
    assert_merge_refused(&[&one, &other.part(&["--shard", "2/3"]), &three], "they differ in");
}

#[test]
fn damaged_or_unknown_reports_are_refused() {
    let bench = PartialRuns::with(None, "");
    let one = bench.part(&["--shard", "1/1"]);
    let text = std::fs::read_to_string(&one).expect("a report");
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_str(&text).expect("JSON");
        change(&mut value);
        bench.parcels.folder.write("changed.json", format!("{value:#}"))
    };
    let damaged = changed(&|value| drop(value["tests"].as_array_mut().expect("a list of tests").pop()));
    bench.merged(&[damaged]).assert_refused_with(3, "is damaged: its manifest lists");
    let old = changed(&|value| value["manifest"] = Value::Null);
    bench.merged(&[old]).assert_refused_with(3, "has no manifest");
    let newer = changed(&|value| value["format"] = 2.into());
    bench.merged(&[newer]).assert_refused(2);
    let misspelt = changed(&|value| value["sumary"] = 2.into());
    let output = bench.merged(&[misspelt]);
    output.assert_refused(2);
    assert!(
        output.err.contains("unknown field `sumary`") && output.err.contains("did you mean `summary`?"),
        "{}",
        output.err
    );
    bench.merged(&[bench.path("nowhere.json")]).assert_refused(2);
    let empty = Folder::new();
    bench.merged(&[empty.path()]).assert_refused_with(3, "no JSON report found in this folder");
}

const MORE: &str = "about: More.
scenarios:
  - name: one-more
    clauses: [FIND-1]
    steps:
      - { call: readParcel, as: clerk, path: { trackingNumber: \"1\" }, expect: { error: 40401 } }
";

// ---------------------------------------------------------------- parts

/// Runs of parts of the parcel pack against one server.
struct PartialRuns {
    parcels: ParcelRun,
    count: std::cell::Cell<u32>,
}

impl PartialRuns {
    fn with(mutant: Option<&'static str>, deviations: &str) -> Self {
        let parcels = ParcelRun::with(mutant);
        parcels.target(deviations);
        Self { parcels, count: 0.into() }
    }

    fn path(&self, name: &str) -> String {
        self.parcels.path(name)
    }

    fn report(&self, name: &str) -> Value {
        read_json(self.path(&format!("{name}.json")))
    }

    fn run(&self, name: &str, arguments: &[&str]) -> ProgramOutput {
        let report_option = format!("json={}", self.path(&format!("{name}.json")));
        self.parcels.run(&[arguments, &["--report", &report_option]].concat())
    }

    /// Runs a part and returns the path of its report.
    fn part(&self, arguments: &[&str]) -> String {
        self.count.set(self.count.get() + 1);
        let name = format!("part-{}", self.count.get());
        let output = self.run(&name, arguments);
        assert!(matches!(output.code, 0 | 1 | 3), "{}{}", output.out, output.err);
        self.path(&format!("{name}.json"))
    }

    fn merged(&self, parts: &[String]) -> ProgramOutput {
        let report_option = format!("json={}", self.path("merged.json"));
        merge(parts, &["--pack", &self.parcels.pack.path(), "--report", &report_option])
    }
}

fn merge(parts: &[String], arguments: &[&str]) -> ProgramOutput {
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Program::new(&[&["merge"], parts.as_slice(), arguments].concat()).output()
}

fn tests(report: &Value) -> BTreeMap<&str, &Value> {
    let tests = report["tests"].as_array().expect("a list of tests");
    tests.iter().map(|test| (test["name"].as_str().expect("a name"), test)).collect()
}

/// Compares everything that does not depend on the time or the order of execution.
#[track_caller]
fn assert_same_verdicts(whole: &Value, merged: &Value) {
    for member in ["summary", "exitCode", "errorCodes", "actors", "deviations", "strict", "seed", "target", "suite"] {
        assert_eq!(whole[member], merged[member], "{member}");
    }
    for member in ["id", "level", "status", "reason", "codes", "unjudged", "excluded", "tests"] {
        let of = |report: &Value| -> Vec<Value> {
            report["clauses"].as_array().expect("clauses").iter().map(|clause| clause[member].clone()).collect()
        };
        assert_eq!(of(whole), of(merged), "{member} of the clauses");
    }
    let (one, other) = (tests(whole), tests(merged));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, test) in one {
        for member in
            ["verdict", "reason", "clauses", "withoutEvidence", "codes", "deviations", "file", "line", "about"]
        {
            assert_eq!(test[member], other[name][member], "{member} of {name}");
        }
    }
}
