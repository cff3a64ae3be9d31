//! The CTRF report (ctrf.io), which several dashboards and pull request reporters read.

use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::cause::{counted, test_anchor};
use super::escape::visible;
use super::json;
use super::model::{Report, TestReport};
use super::words::{details, message};
use judge::verdict::Verdict;

/// The version of the format that is written.
const SPEC: &str = "0.0.0";
/// The longest trace, in characters.
const MAX_TRACE_LENGTH: usize = 16 * 1024;

pub(super) fn render(report: &Report) -> String {
    let count = |status: &str| report.tests.iter().filter(|test| self::status(test.verdict) == status).count();
    let start = moment(&report.started_at).unwrap_or_default();
    json::pretty(&json!({
        "reportFormat": "CTRF",
        "specVersion": SPEC,
        "timestamp": report.started_at,
        "generatedBy": format!("{} {}", report.suite.name, report.suite.version),
        "results": {
            "tool": { "name": report.suite.name, "version": report.suite.version },
            "summary": {
                "tests": report.tests.len(),
                "passed": count("passed"),
                "failed": count("failed"),
                "skipped": count("skipped"),
                "pending": 0,
                "other": count("other"),
                "start": start,
                "stop": start + whole(report.duration_ms),
                "duration": whole(report.duration_ms),
                "extra": { "byVerdict": report.summary, "exitCode": report.exit_code },
            },
            "tests": report.tests.iter().map(|test| entry(report, test)).collect::<Vec<_>>(),
            "environment": {
                "testEnvironment": visible(&report.target),
                "extra": {
                    "seed": report.seed,
                    "strict": report.strict,
                    "contractHash": report.suite.contract_hash,
                    "requests": report.requests,
                },
            },
        },
    }))
}

/// CTRF has no status for warned and inconclusive tests: they become `passed` and `other`.
fn status(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed | Verdict::Warned => "passed",
        Verdict::Failed => "failed",
        Verdict::Skipped => "skipped",
        Verdict::Inconclusive => "other",
    }
}

fn entry(report: &Report, test: &TestReport) -> Value {
    let mut entry = Map::new();
    let mut set = |name: &str, value: Value| entry.insert(name.to_owned(), value);
    set("testId", test_anchor(&test.name).into());
    set("name", visible(&test.name).into());
    set("status", status(test.verdict).into());
    set("rawStatus", test.verdict.as_str().into());
    set("duration", whole(test.duration_ms).into());
    if let Some(start) = test.started_at.as_deref().and_then(moment) {
        set("start", start.into());
        set("stop", (start + whole(test.duration_ms)).into());
    }
    set("type", "conformance".into());
    if !test.file.is_empty() {
        set("suite", test.file.split('/').map(visible).collect::<Vec<_>>().into());
        set("filePath", visible(&test.file).into());
        set("line", test.line.into());
    }
    if !test.clauses.is_empty() {
        set("tags", test.clauses.iter().map(|clause| visible(clause)).collect::<Vec<_>>().into());
    }
    if test.verdict != Verdict::Passed || !test.findings.is_empty() {
        let message = message(report, test);
        set("trace", cut(&visible(&details(report, test, &message))).into());
        set("message", message.into());
    }
    Value::Object(entry)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TRACE_LENGTH) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}\n[cut here: {at} of {} are shown]", &text[..at], counted(text.len(), "byte")),
    }
}

/// A time in milliseconds since the Unix epoch.
fn moment(text: &str) -> Option<i64> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX / 2)
}
