//! Small reports for unit tests, as JSON, so that a test sets only the members that it is about.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::model::Report;

pub(crate) fn finding(clause: &str, check: &str, part: &str) -> Value {
    json!({
        "clause": clause, "check": check, "level": "MUST", "message": "m", "expected": "e", "actual": "a",
        "part": part, "exchange": 0
    })
}

pub(crate) fn exchange(role: &str, operation: &str, status: u16) -> Value {
    json!({
        "timestamp": "", "requestId": null, "statusCode": status, "errorCode": null, "errorMessage": null,
        "endpoint": "POST /things", "field": null, "role": role, "operation": operation, "actor": "writer",
        "durationMs": 1, "fault": null, "curl": "curl http://t", "request": null, "response": null
    })
}

pub(crate) fn test(name: &str, verdict: &str) -> Value {
    json!({
        "name": name, "file": "f.yaml", "line": 1, "about": "", "verdict": verdict, "reason": null,
        "startedAt": null, "durationMs": 1, "clauses": ["A-1"], "findings": [], "exchanges": []
    })
}

pub(crate) fn report(tests: &[Value]) -> Report {
    parsed(json!({
        "format": 1, "suite": { "name": "conformance", "version": "0.1.0", "contractHash": "00" }, "target": "http://t",
        "seed": 1, "strict": false, "startedAt": "2026-01-01T00:00:00Z", "durationMs": 1, "requests": 1,
        "exitCode": 0, "summary": {}, "clauses": [], "errorCodes": [], "tests": tests, "leftovers": []
    }))
}

/// The same with other members.
pub(crate) fn with(mut value: Value, members: &[(&str, Value)]) -> Value {
    members.iter().for_each(|(name, member)| value[*name] = member.clone());
    value
}

pub(crate) fn parsed<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a part of a report")
}
