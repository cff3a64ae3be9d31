//! The GitLab code quality report, for merge requests: one issue per cause, at a line of the scenarios.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::cause::{self, counted, digest};
use super::escape::one_line;
use super::json;
use super::model::{Report, TestReport};
use super::obstacles::obstacles;
use spec::contract::Level;

/// The most characters of a description.
const LONGEST: usize = 500;

pub(super) fn render(report: &Report) -> String {
    let mut issues: Vec<Value> = causes(report).chain(stale(report)).chain(inconclusive(report)).collect();
    make_fingerprints_unique(&mut issues);
    json::pretty(&issues)
}

/// GitLab merges issues with the same fingerprint, so a repeated fingerprint is replaced.
fn make_fingerprints_unique(issues: &mut [Value]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for issue in issues {
        let Some(fingerprint) = issue["fingerprint"].as_str().map(str::to_owned) else { continue };
        let count = seen.entry(fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            issue["fingerprint"] = digest(&[&fingerprint, &count.to_string()]).into();
        }
    }
}

fn causes(report: &Report) -> impl Iterator<Item = Value> {
    cause::causes(report).into_iter().map(move |cause| {
        let finding = cause.shown();
        let severity = match finding.level {
            _ if cause.is_known() => "info",
            Level::Must => "critical",
            Level::Should if report.strict => "critical",
            Level::Should => "minor",
        };
        let description = format!(
            "{}: expected {}, got {} ({}{})",
            cause.heading_with_level(),
            cause.expected(),
            cause.actual(),
            counted(cause.tests.len(), "test"),
            if cause.is_known() { ", a known deviation" } else { "" },
        );
        issue(&description, &finding.check, &cause.fingerprint(), severity, cause.example())
    })
}

fn stale(report: &Report) -> impl Iterator<Item = Value> {
    cause::stale(report).map(|test| {
        let reason = test.reason.as_deref().unwrap_or_default();
        issue(reason, "stale-deviation", &digest(&["stale-deviation", &test.name]), "major", test)
    })
}

fn inconclusive(report: &Report) -> impl Iterator<Item = Value> {
    obstacles(report).into_iter().map(|obstacle| {
        // A reason can contain a number that differs from run to run; the first test does not.
        let first = obstacle.tests.first().map_or("", |test| test.name.as_ref());
        let fingerprint = digest(&["inconclusive", first]);
        let description = format!("no verdict: {} ({})", obstacle.reason, counted(obstacle.tests.len(), "test"));
        issue(&description, "inconclusive", &fingerprint, "info", obstacle.example)
    })
}

fn issue(description: &str, check: &str, fingerprint: &str, severity: &str, test: &TestReport) -> Value {
    json!({
        "description": one_line(description, LONGEST),
        "check_name": one_line(check, LONGEST),
        "fingerprint": fingerprint,
        "severity": severity,
        "location": { "path": one_line(&test.file, LONGEST), "lines": { "begin": test.line.max(1) } },
    })
}
