//! Each format read back by itself, and its counts held against those of the JSON.

use std::collections::{BTreeMap, BTreeSet};

use junit_parser::TestStatus;
use regex::Regex;
use serde_json::Value;

/// What all formats have to agree on, counted from the JSON without any code of the harness.
pub struct Counts {
    pub tests: usize,
    pub verdicts: BTreeMap<String, usize>,
    pub causes: usize,
    pub known_causes: usize,
    pub stale: usize,
    pub open_reasons: usize,
    pub clauses: BTreeMap<String, usize>,
    pub codes: usize,
    pub observed: usize,
    pub exit_code: u64,
}

impl Counts {
    pub fn of_json(text: &str) -> Self {
        let report: Value = serde_json::from_str(text).expect("JSON");
        let list = |name: &str| report[name].as_array().expect("a list").clone();
        let mut verdicts: BTreeMap<String, usize> =
            ["passed", "warned", "skipped", "failed", "inconclusive"].map(|verdict| (verdict.to_owned(), 0)).into();
        let mut causes: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
        let mut reasons = BTreeSet::new();
        let mut stale = 0;
        for test in list("trials") {
            let verdict = test["verdict"].as_str().expect("a word").to_owned();
            let findings = test["findings"].as_array().expect("a list");
            stale += usize::from(verdict == "failed" && findings.is_empty());
            if verdict == "inconclusive" {
                reasons.insert(test["reason"].to_string());
            }
            for finding in findings {
                let mut names = vec!["clause", "check", "level", "part"];
                if finding["check"] == "expectation" {
                    names.extend(["expected", "actual"]);
                }
                let cause = names.iter().map(|name| finding[*name].to_string()).collect();
                causes.entry(cause).or_default().insert(verdict.clone());
            }
            *verdicts.entry(verdict).or_default() += 1;
        }
        let summary: BTreeMap<String, usize> = serde_json::from_value(report["summary"].clone()).expect("counts");
        assert_eq!(summary, verdicts, "the summary of the JSON is that of its tests");
        let mut clauses = BTreeMap::new();
        for clause in list("clauses") {
            *clauses.entry(clause["status"].as_str().expect("a word").to_owned()).or_default() += 1;
        }
        let known = BTreeSet::from(["skipped".to_owned()]);
        Self {
            tests: list("trials").len(),
            verdicts,
            known_causes: causes.values().filter(|verdicts| **verdicts == known).count(),
            causes: causes.len(),
            stale,
            open_reasons: reasons.len(),
            clauses,
            codes: list("errorCodes").len(),
            observed: list("errorCodes").iter().filter(|code| code["observed"] != 0).count(),
            exit_code: report["exitCode"].as_u64().expect("a number"),
        }
    }

    fn of(&self, verdict: &str) -> usize {
        self.verdicts[verdict]
    }

    fn clause(&self, status: &str) -> usize {
        self.clauses.get(status).copied().unwrap_or_default()
    }
}

/// Reads a report of that kind and panics where it counts otherwise.
pub fn read_back(kind: &str, text: &str, truth: &Counts) {
    match kind {
        "json" => {}
        "junit" | "junit-strict" => junit(text, truth),
        "html" => html(text, truth),
        "markdown" => markdown(text, truth),
        "ctrf" => ctrf(text, truth),
        "gitlab" => gitlab(text, truth),
        "github" => github(text, truth),
        other => panic!("nobody reads {other} back"),
    }
}

fn junit(text: &str, truth: &Counts) {
    let read = junit_parser::from_reader(text.as_bytes()).expect("JUnit");
    let cases = || read.suites.iter().flat_map(|suite| &suite.cases);
    let count = |wanted: fn(&TestStatus) -> bool| cases().filter(|case| wanted(&case.status)).count();
    // A run without tests is one error here, lest it read as success.
    let empty = usize::from(truth.tests == 0);
    assert_eq!(cases().count(), truth.tests + empty);
    assert_eq!(count(|status| matches!(status, TestStatus::Success)), truth.of("passed") + truth.of("warned"));
    assert_eq!(count(|status| matches!(status, TestStatus::Failure(_))), truth.of("failed"));
    assert_eq!(count(|status| matches!(status, TestStatus::Error(_))), truth.of("inconclusive") + empty);
    assert_eq!(count(|status| matches!(status, TestStatus::Skipped(_))), truth.of("skipped"));
}

fn html(text: &str, truth: &Counts) {
    let all = |pattern: &str| -> Vec<String> {
        Regex::new(pattern).expect("a pattern").captures_iter(text).map(|found| found[1].to_owned()).collect()
    };
    let rows = all(r#"<tr id="t-[0-9a-f]+" class="([a-z])">"#);
    assert_eq!(rows.len(), truth.tests);
    for (verdict, count) in &truth.verdicts {
        assert_eq!(rows.iter().filter(|row| verdict.starts_with(row.as_str())).count(), *count, "{verdict}");
        let shown = all(&format!(r#"<li class="{verdict}[^"]*"><strong>([0-9,]+)</strong>"#));
        assert_eq!(shown, [grouped(*count)], "{verdict}");
    }
    let cards = all(r#"<article class="cause (failed|warned|known)""#);
    assert_eq!(cards.len(), (truth.causes + truth.stale).min(cards.len().max(100)), "causes");
    assert_eq!(cards.iter().filter(|class| *class == "known").count(), truth.known_causes);
    for (status, count) in &truth.clauses {
        assert_eq!(all(&format!(r#"<tr id="clause-[^"]*" class="({status})">"#)).len(), *count, "{status}");
    }
    assert_eq!(all("Exit code <strong>([0-9])</strong>"), [truth.exit_code.to_string()]);
    assert_eq!(all(r#"class="chip (seen)""#).len(), truth.observed);
}

fn markdown(text: &str, truth: &Counts) {
    let row: Vec<&str> =
        text.lines().skip_while(|line| !line.starts_with("| tests |")).nth(2).expect("a row").split('|').collect();
    let shown: Vec<String> = row[1..row.len() - 1].iter().map(|cell| cell.trim().to_owned()).collect();
    let wanted = ["failed", "inconclusive", "warned", "skipped", "passed"].map(|verdict| truth.of(verdict));
    let wanted: Vec<String> = [truth.tests].into_iter().chain(wanted).map(grouped).collect();
    assert_eq!(shown, wanted);
    let clauses = format!(
        "- clauses: {} of {} upheld, {} violated, {} not exercised\n- codes: {} of {} observed\n",
        truth.clause("upheld"),
        truth.clauses.values().sum::<usize>(),
        truth.clause("violated"),
        truth.clause("not-exercised"),
        truth.observed,
        truth.codes
    );
    assert!(text.contains(&clauses), "{clauses}");
    assert!(text.contains(&format!("Exit code **{}**", truth.exit_code)));
    assert_eq!(text.lines().filter(|line| line.starts_with("### ")).count(), truth.causes - truth.known_causes);
}

fn ctrf(text: &str, truth: &Counts) {
    let read: Value = serde_json::from_str(text).expect("JSON");
    let tests = read["results"]["tests"].as_array().expect("tests");
    let counted = |status: &str| tests.iter().filter(|test| test["status"] == status).count();
    let summary = |name: &str| read["results"]["summary"][name].as_u64().expect("a number");
    let wanted = [
        ("passed", truth.of("passed") + truth.of("warned")),
        ("failed", truth.of("failed")),
        ("skipped", truth.of("skipped")),
        ("other", truth.of("inconclusive")),
        ("pending", 0),
    ];
    assert_eq!(tests.len(), truth.tests);
    assert_eq!(summary("tests"), truth.tests as u64);
    for (status, count) in wanted {
        assert_eq!((counted(status), summary(status)), (count, count as u64), "{status}");
    }
}

fn gitlab(text: &str, truth: &Counts) {
    let issues: Vec<Value> = serde_json::from_str(text).expect("JSON");
    assert_eq!(issues.len(), truth.causes + truth.stale + truth.open_reasons);
    let prints: BTreeSet<&str> = issues.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    assert_eq!(prints.len(), issues.len(), "issues of one fingerprint are shown as one");
    for issue in &issues {
        let severity = issue["severity"].as_str().expect("a word");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
        assert!(issue["description"].is_string() && issue["check_name"].is_string());
        assert!(issue["location"]["path"].is_string() && issue["location"]["lines"]["begin"].as_u64() > Some(0));
    }
}

fn github(text: &str, truth: &Counts) {
    let lines = text.lines().count();
    let left = Regex::new("::([0-9]+) further causes").expect("a pattern");
    let left: usize = left.captures_iter(text).map(|found| found[1].parse::<usize>().expect("a number") - 1).sum();
    assert_eq!(lines + left, truth.causes - truth.known_causes + truth.stale + truth.open_reasons);
}

fn grouped(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}
