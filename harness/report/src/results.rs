//! The result of a test, before it becomes part of a report.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

use judge::record::TestRecord;
use judge::verdict::TestVerdict;
use spec::scenario::TestCase;

/// A test with its verdict and record.
#[derive(Clone, Debug)]
pub struct TestResult {
    pub name: Arc<str>,
    /// The scenario file.
    pub file: Arc<str>,
    /// The line in that file.
    pub line: usize,
    /// What it tests, in one sentence.
    pub about: Arc<str>,
    /// The clauses that it tests.
    pub clauses: Arc<[String]>,
    pub outcome: TestVerdict,
    /// `None` if the test never started.
    pub started: Option<DateTime<Utc>>,
    pub took: Duration,
    pub record: TestRecord,
}

impl TestResult {
    /// The result of a test that did not run and has no name yet.
    pub fn unrun(outcome: TestVerdict) -> Self {
        Self::new(TestCase::default(), outcome, TestRecord::default())
    }

    /// The result of a test, without the time at which it ran.
    pub fn new(test: TestCase, outcome: TestVerdict, record: TestRecord) -> Self {
        let TestCase { name, file, line, about, clauses, .. } = test;
        Self { name, file, line, about, clauses, outcome, started: None, took: Duration::ZERO, record }
    }
}

pub(super) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(super) fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
