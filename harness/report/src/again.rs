//! Commands that reproduce failures: the flags of the run, the commands that rerun one test or all failed tests, and the
//! command that prints a script. A `curl` command is used only if it alone reproduces the failure.

use std::path::Path;

use super::cause::shell;
use super::curl::LONG_COMMAND;
use super::model::{ExchangeReport, Report, TestReport};

/// The most counterexamples of a property in one command.
const MAX_CASES: usize = 3;

/// The command that reruns one test with the flags of the run.
pub(super) fn rerun(report: &Report, test: &str) -> String {
    let (flags, test) = of_instance(report, test);
    format!("conformance run{flags} --exact {}", shell(test))
}

/// The command that reruns the tests that did not pass in a JSON report.
pub(super) fn rerun_failed(report: &Report, json: &Path) -> String {
    format!("conformance run{} --failed {}", flags(report), shell(&json.display().to_string()))
}

/// The command that shows what a clause says.
pub(super) fn explain(report: &Report, clause: &str) -> String {
    // `--pack` is the first flag.
    let flags = flags(report);
    let pack = flags.trim_start().strip_prefix("--pack ").and_then(|rest| rest.split(" --").next());
    let pack = pack.map(|folder| format!(" --pack {folder}")).unwrap_or_default();
    format!("conformance explain{pack} {}", shell(clause))
}

/// The command that checks the credentials and capabilities of the target.
pub(super) fn doctor(report: &Report) -> String {
    let flags = flags(report);
    // These flags come last, and concern only runs.
    let of_target = [" --cases ", " --seed "]
        .iter()
        .fold(flags.as_str(), |flags, own| flags.rsplit_once(own).map_or(flags, |(before, _)| before));
    format!("conformance doctor{}", of_target.replace(" --strict", ""))
}

/// The command that prints and runs a script of the test.
pub(super) fn repro(report: &Report, test: &TestReport) -> String {
    let (flags, name) = of_instance(report, &test.name);
    let flags = flags.replace(" --reference", "");
    format!("conformance repro{flags}{} {} | sh", cases(test), shell(name))
}

/// The shortest command that reproduces a violation: the `curl` command of its exchange if that is enough and not long,
/// else the script.
pub(super) fn again(report: &Report, test: &TestReport, exchange: Option<&ExchangeReport>) -> String {
    match exchange.filter(|exchange| exchange.self_contained && exchange.curl.len() <= LONG_COMMAND) {
        Some(exchange) => exchange.curl.clone(),
        None => repro(report, test),
    }
}

/// Stores the `repro` command in every test that has findings.
pub(super) fn note(report: &mut Report) {
    let has_findings = |test: &&TestReport| !test.findings.is_empty();
    let commands: Vec<Option<String>> =
        report.tests.iter().map(|test| Some(test).filter(has_findings).map(|test| repro(report, test))).collect();
    for (test, command) in report.tests.iter_mut().zip(commands) {
        test.repro = command;
    }
}

fn cases(test: &TestReport) -> String {
    let found = test.fuzz.iter().flat_map(|fuzz| &fuzz.found).take(MAX_CASES);
    let choice = |case: usize, shrink_path: &str| {
        if shrink_path.is_empty() { case.to_string() } else { format!("{case}:{shrink_path}") }
    };
    found.map(|found| format!(" --case {}", choice(found.case, &found.shrink_steps))).collect()
}

/// The flags with which a test runs again, and its name in the run of its instance.
fn of_instance<'t>(report: &Report, test: &'t str) -> (String, &'t str) {
    match report.instance_of(test) {
        Some((instance, name)) => (format!(" {}", instance.flags), name),
        None => (flags(report), test),
    }
}

/// The flags of the run. If an older report does not contain them, they are derived from its other members.
pub(super) fn flags(report: &Report) -> String {
    let manifest = report.manifest.as_ref();
    if let Some(flags) = manifest.map(|manifest| &manifest.flags).filter(|flags| !flags.is_empty()) {
        return format!(" {flags}");
    }
    let mut flags = String::new();
    if let Some(file) = manifest.and_then(|manifest| manifest.target_file.as_deref()) {
        flags.push_str(&format!(" --target {}", shell(file)));
    }
    if report.target.contains("://") {
        flags.push_str(&format!(" --target-url {}", shell(&report.target)));
    }
    flags.push_str(&format!(" --seed {}", report.seed));
    if report.strict {
        flags.push_str(" --strict");
    }
    flags
}
