//! `conformance merge` over several instances of one API, whose target files say so: one verdict over all of them.

use serde_json::Value;

use super::support::{Folder, PARCEL, ParcelServer, Program, ProgramOutput, parcel_program, read_json};

/// An instance of the parcel API that lacks one operation.
struct Instance {
    name: &'static str,
    server: ParcelServer,
    lacks: &'static str,
}

fn instance(name: &'static str, mutant: Option<&'static str>, lacks: &'static str) -> Instance {
    Instance { name, server: ParcelServer::start(mutant), lacks }
}

struct InstanceRuns {
    folder: Folder,
    pack: Folder,
}

impl InstanceRuns {
    fn new() -> Self {
        Self { folder: Folder::new(), pack: Folder::with_pack(PARCEL) }
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.path())
    }

    /// Runs the pack against an instance; `target` is the rest of its target file.
    fn run(&self, instance: &Instance, target: &str, arguments: &[&str]) -> String {
        let Instance { name, server, lacks } = instance;
        let text = format!("url: {}\nlacks: {{ {lacks}: retired here }}\n{target}", server.url);
        let target = self.folder.write(&format!("{name}.yaml"), text);
        let report = self.path(&format!("{name}.json"));
        let output = format!("json={report}");
        let arguments = [&["--report", &output], arguments].concat();
        let output = parcel_program(&self.pack, &target, &arguments).output();
        assert!(matches!(output.code, 0 | 1), "{}{}", output.out, output.err);
        report
    }

    fn run_as_instance(&self, instance: &Instance) -> String {
        self.run(instance, &format!("instance: {{ of: parcels, name: {} }}\n", instance.name), &[])
    }

    fn merged(&self, parts: &[&str]) -> (ProgramOutput, Value) {
        let report = self.path("merged.json");
        let output = format!("json={report}");
        let output = Program::new(&[&["merge"], parts, &["--report", &output]].concat()).output();
        let text = std::fs::read_to_string(&report).unwrap_or_else(|_| "null".to_owned());
        (output, serde_json::from_str(&text).expect("JSON"))
    }
}

fn status<'r>(report: &'r Value, clause: &str) -> &'r Value {
    let clauses = report["clauses"].as_array().expect("clauses");
    &clauses.iter().find(|entry| entry["id"] == clause).expect("the clause")["status"]
}

#[test]
fn clause_is_upheld_if_one_instance_upholds_it() {
    let bench = InstanceRuns::new();
    let fixed = bench.run_as_instance(&instance("fixed", None, "redirectParcel"));
    let whole = bench.run_as_instance(&instance("whole", None, "dropParcel"));
    assert_eq!(status(&read_json(&fixed), "MOVE-1"), "not-exercised");
    let (output, merged) = bench.merged(&[&fixed, &whole]);
    output.assert_exit_code(0);
    assert_eq!(status(&merged, "MOVE-1"), "upheld");
    assert_eq!(merged["target"], "2 instances of parcels: fixed, whole");
    let count = |report: &Value| report["tests"].as_array().map_or(0, Vec::len);
    assert_eq!(count(&merged), count(&read_json(&fixed)) + count(&read_json(&whole)));
    assert_eq!(merged["summary"]["failed"], 0);
}

#[test]
fn violation_in_one_instance_fails_the_whole_and_names_its_own_rerun() {
    let bench = InstanceRuns::new();
    let fixed = bench.run_as_instance(&instance("fixed", None, "redirectParcel"));
    let broken = instance("broken", Some("forgets-the-reason"), "redirectParcel");
    let report = bench.run_as_instance(&broken);
    let (output, merged) = bench.merged(&[&fixed, &report]);
    output.assert_exit_code(1);
    let failed = merged["tests"].as_array().expect("tests").iter().find(|test| test["verdict"] == "failed");
    let failed = failed.expect("a failed test");
    assert!(failed["name"].as_str().is_some_and(|name| name.starts_with("broken/")), "{failed}");
    let cause = &merged["causes"][0];
    let command = cause["reproduce"].as_str().expect("a command");
    assert!(command.contains(&broken.server.url) || command.contains("broken.yaml"), "{command}");

    // The tests that failed run again against the instance, under their own names.
    let again = bench.run(&broken, "", &["--failed", &bench.path("merged.json")]);
    let of_merged = merged["summary"]["failed"].as_u64();
    assert_eq!(read_json(&again)["summary"]["failed"].as_u64(), of_merged);
}

#[test]
fn reports_that_are_no_instances_of_one_api_are_refused() {
    let bench = InstanceRuns::new();
    let fixed = bench.run_as_instance(&instance("fixed", None, "redirectParcel"));
    let plain = bench.run(&instance("plain", None, "redirectParcel"), "", &[]);
    let (output, _) = bench.merged(&[&fixed, &plain]);
    output.assert_refused_with(3, "is an instance of parcels, and");
    let other = bench.run(&instance("other", None, "dropParcel"), "instance: { of: letters, name: other }\n", &[]);
    bench.merged(&[&fixed, &other]).0.assert_refused_with(3, "is an instance of letters; nothing was merged");
    let strict = instance("strict", None, "dropParcel");
    let strict = bench.run(&strict, "instance: { of: parcels, name: strict }\n", &["--strict"]);
    bench.merged(&[&fixed, &strict]).0.assert_refused_with(3, "the instances fixed and strict differ in strictness");
}
