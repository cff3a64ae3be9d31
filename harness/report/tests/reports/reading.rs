//! Reads each report format back and compares its counts with those of the JSON report.

use std::collections::{BTreeMap, BTreeSet};

use junit_parser::TestStatus;
use regex::Regex;
use serde_json::Value;

/// The counts that all formats must agree on, taken from the JSON without code of the harness.
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
        for test in list("tests") {
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
        assert_eq!(summary, verdicts, "the summary of the JSON does not match its tests");
        let mut clauses = BTreeMap::new();
        for clause in list("clauses") {
            *clauses.entry(clause["status"].as_str().expect("a word").to_owned()).or_default() += 1;
        }
        let known = BTreeSet::from(["skipped".to_owned()]);
        Self {
            tests: list("tests").len(),
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

/// Reads a report of a format; panics if its counts differ.
pub fn read_back(kind: &str, text: &str, expected_counts: &Counts) {
    match kind {
        "json" => {}
        "junit" | "junit-strict" => junit(text, expected_counts),
        "html" => html(text, expected_counts),
        "markdown" => markdown(text, expected_counts),
        "ctrf" => ctrf(text, expected_counts),
        "gitlab" => gitlab(text, expected_counts),
        "github" => github(text, expected_counts),
        other => panic!("no function reads {other} back"),
    }
}

fn junit(text: &str, expected_counts: &Counts) {
    let read = junit_parser::from_reader(text.as_bytes()).expect("JUnit");
    let cases = || read.suites.iter().flat_map(|suite| &suite.cases);
    let count = |predicate: fn(&TestStatus) -> bool| cases().filter(|case| predicate(&case.status)).count();
    // A run without tests is one error in JUnit, because no case at all would look like success.
    let empty = usize::from(expected_counts.tests == 0);
    assert_eq!(cases().count(), expected_counts.tests + empty);
    assert_eq!(
        count(|status| matches!(status, TestStatus::Success)),
        expected_counts.of("passed") + expected_counts.of("warned")
    );
    assert_eq!(count(|status| matches!(status, TestStatus::Failure(_))), expected_counts.of("failed"));
    assert_eq!(count(|status| matches!(status, TestStatus::Error(_))), expected_counts.of("inconclusive") + empty);
    assert_eq!(count(|status| matches!(status, TestStatus::Skipped(_))), expected_counts.of("skipped"));
}

fn html(text: &str, expected_counts: &Counts) {
    let all = |pattern: &str| -> Vec<String> {
        Regex::new(pattern).expect("a pattern").captures_iter(text).map(|found| found[1].to_owned()).collect()
    };
    let rows = all(r#"<tr id="t-[0-9a-f]+" class="([a-z])">"#);
    assert_eq!(rows.len(), expected_counts.tests);
    for (verdict, count) in &expected_counts.verdicts {
        assert_eq!(rows.iter().filter(|row| verdict.starts_with(row.as_str())).count(), *count, "{verdict}");
        let shown = all(&format!(r#"<li class="{verdict}[^"]*"><strong>([0-9,]+)</strong>"#));
        assert_eq!(shown, [grouped(*count)], "{verdict}");
    }
    let cards = all(r#"<article class="cause (failed|warned|known)""#);
    assert_eq!(cards.len(), (expected_counts.causes + expected_counts.stale).min(cards.len().max(100)), "causes");
    assert_eq!(cards.iter().filter(|class| *class == "known").count(), expected_counts.known_causes);
    for (status, count) in &expected_counts.clauses {
        assert_eq!(all(&format!(r#"<tr id="clause-[^"]*" class="({status})">"#)).len(), *count, "{status}");
    }
    assert_eq!(all("Exit code <strong>([0-9])</strong>"), [expected_counts.exit_code.to_string()]);
    assert_eq!(all(r#"class="chip (seen)""#).len(), expected_counts.observed);
}

fn markdown(text: &str, expected_counts: &Counts) {
    let row: Vec<&str> =
        text.lines().skip_while(|line| !line.starts_with("| tests |")).nth(2).expect("a row").split('|').collect();
    let shown: Vec<String> = row[1..row.len() - 1].iter().map(|cell| cell.trim().to_owned()).collect();
    let expected = ["failed", "inconclusive", "warned", "skipped", "passed"].map(|verdict| expected_counts.of(verdict));
    let expected: Vec<String> = [expected_counts.tests].into_iter().chain(expected).map(grouped).collect();
    assert_eq!(shown, expected);
    let clauses = format!(
        "- clauses: {} of {} upheld, {} violated, {} not exercised\n- codes: {} of {} observed\n",
        expected_counts.clause("upheld"),
        expected_counts.clauses.values().sum::<usize>(),
        expected_counts.clause("violated"),
        expected_counts.clause("not-exercised"),
        expected_counts.observed,
        expected_counts.codes
    );
    assert!(text.contains(&clauses), "{clauses}");
    assert!(text.contains(&format!("Exit code **{}**", expected_counts.exit_code)));
    assert_eq!(
        text.lines().filter(|line| line.starts_with("### ")).count(),
        expected_counts.causes - expected_counts.known_causes
    );
}

fn ctrf(text: &str, expected_counts: &Counts) {
    let read: Value = serde_json::from_str(text).expect("JSON");
    let tests = read["results"]["tests"].as_array().expect("tests");
    let counted = |status: &str| tests.iter().filter(|test| test["status"] == status).count();
    let summary = |name: &str| read["results"]["summary"][name].as_u64().expect("a number");
    let expected = [
        ("passed", expected_counts.of("passed") + expected_counts.of("warned")),
        ("failed", expected_counts.of("failed")),
        ("skipped", expected_counts.of("skipped")),
        ("other", expected_counts.of("inconclusive")),
        ("pending", 0),
    ];
    assert_eq!(tests.len(), expected_counts.tests);
    assert_eq!(summary("tests"), expected_counts.tests as u64);
    for (status, count) in expected {
        assert_eq!((counted(status), summary(status)), (count, count as u64), "{status}");
    }
}

fn gitlab(text: &str, expected_counts: &Counts) {
    let issues: Vec<Value> = serde_json::from_str(text).expect("JSON");
    assert_eq!(issues.len(), expected_counts.causes + expected_counts.stale + expected_counts.open_reasons);
    let fingerprints: BTreeSet<&str> = issues.iter().filter_map(|issue| issue["fingerprint"].as_str()).collect();
    assert_eq!(fingerprints.len(), issues.len(), "issues with the same fingerprint are shown as one");
    for issue in &issues {
        let severity = issue["severity"].as_str().expect("a word");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity));
        assert!(issue["description"].is_string() && issue["check_name"].is_string());
        assert!(issue["location"]["path"].is_string() && issue["location"]["lines"]["begin"].as_u64() > Some(0));
    }
}

fn github(text: &str, expected_counts: &Counts) {
    let lines = text.lines().count();
    let omitted = Regex::new("::([0-9]+) further causes").expect("a pattern");
    let omitted: usize =
        omitted.captures_iter(text).map(|found| found[1].parse::<usize>().expect("a number") - 1).sum();
    assert_eq!(
        lines + omitted,
        expected_counts.causes - expected_counts.known_causes + expected_counts.stale + expected_counts.open_reasons
    );
}

fn grouped(number: usize) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}
