//! The CTRF report (ctrf.io): what several dashboards and pull request reporters read.

use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::cause::{counted, trial_anchor};
use super::model::{Report, TrialReport};
use super::spell::visible;
use super::words::{details, message};
use crate::verdict::Verdict;

/// The version of the format that is written.
const SPEC: &str = "0.0.0";
/// The most of a trace, in characters.
const LONGEST_TRACE: usize = 16 * 1024;

/// The report.
pub(super) fn render(report: &Report) -> String {
    let count = |status: &str| report.trials.iter().filter(|trial| self::status(trial.verdict) == status).count();
    let start = moment(&report.started_at).unwrap_or_default();
    let document = json!({
        "reportFormat": "CTRF",
        "specVersion": SPEC,
        "timestamp": report.started_at,
        "generatedBy": format!("{} {}", report.suite.name, report.suite.version),
        "results": {
            "tool": { "name": report.suite.name, "version": report.suite.version },
            "summary": {
                "tests": report.trials.len(),
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
            "tests": report.trials.iter().map(|trial| entry(report, trial)).collect::<Vec<_>>(),
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
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_else(|error| unreachable!("{error}"));
    text.push('\n');
    text
}

/// The format has no word for a warning, which is a pass here, and none for a trial without verdict.
fn status(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed | Verdict::Warned => "passed",
        Verdict::Failed => "failed",
        Verdict::Skipped => "skipped",
        Verdict::Inconclusive => "other",
    }
}

fn entry(report: &Report, trial: &TrialReport) -> Value {
    let mut entry = Map::new();
    let mut set = |name: &str, value: Value| entry.insert(name.to_owned(), value);
    set("testId", trial_anchor(&trial.name).into());
    set("name", visible(&trial.name).into());
    set("status", status(trial.verdict).into());
    set("rawStatus", trial.verdict.as_str().into());
    set("duration", whole(trial.duration_ms).into());
    if let Some(start) = trial.started_at.as_deref().and_then(moment) {
        set("start", start.into());
        set("stop", (start + whole(trial.duration_ms)).into());
    }
    set("type", "conformance".into());
    if !trial.file.is_empty() {
        set("suite", trial.file.split('/').map(visible).collect::<Vec<_>>().into());
        set("filePath", visible(&trial.file).into());
        set("line", trial.line.into());
    }
    if !trial.clauses.is_empty() {
        set("tags", trial.clauses.iter().map(|clause| visible(clause)).collect::<Vec<_>>().into());
    }
    if trial.verdict != Verdict::Passed || !trial.findings.is_empty() {
        let message = message(report, trial);
        set("trace", cut(&visible(&details(report, trial, &message))).into());
        set("message", message.into());
    }
    Value::Object(entry)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TRACE) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}\n[cut here: {at} of {} are shown]", &text[..at], counted(text.len(), "byte")),
    }
}

/// A time of the report in milliseconds.
fn moment(text: &str) -> Option<i64> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis())
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX / 2)
}
