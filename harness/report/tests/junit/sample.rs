//! Reports for the tests of the JUnit format.

use judge::verdict::Verdict;
use report::model::{ExchangeReport, FindingReport, KeyReport, Report, Suite, TestReport};
use spec::contract::Level;

pub fn one_of_each() -> Report {
    let must = vec![finding(Level::Must)];
    report(vec![
        test("failed", Verdict::Failed, None, must.clone()),
        test("inconclusive", Verdict::Inconclusive, Some("unreachable"), Vec::new()),
        test("known", Verdict::Skipped, Some("known deviation from STA-2: agreed (KYC-1, until 2026-12-01)"), must),
        test("passed", Verdict::Passed, None, Vec::new()),
        test("skipped", Verdict::Skipped, Some("no way to provoke it"), Vec::new()),
        test("warned", Verdict::Warned, None, vec![finding(Level::Should)]),
    ])
}

/// One test of each verdict; each text that may come from the target is the given one.
pub fn hostile_report(hostile: &str) -> Report {
    let mut report = one_of_each();
    report.target = hostile.to_owned();
    for test in &mut report.tests {
        test.name = format!("{}{hostile}", test.name).into();
        test.about = hostile.into();
        test.reason = test.reason.as_ref().map(|_| hostile.to_owned());
        test.clauses = test.clauses.iter().cloned().chain([hostile.to_owned()]).collect();
        for finding in &mut test.findings {
            for text in [
                &mut finding.clause,
                &mut finding.message,
                &mut finding.expected,
                &mut finding.actual,
                &mut finding.part,
            ] {
                *text = hostile.to_owned();
            }
        }
        for exchange in &mut test.exchanges {
            (exchange.request_id, exchange.fault) = (Some(hostile.to_owned()), Some(hostile.to_owned()));
        }
    }
    report
}

pub fn large(count: usize) -> Report {
    let kinds = one_of_each().tests;
    let tests = (0..count).map(|index| {
        let kind = &kinds[index % kinds.len()];
        let path = format!("folder-{}/file-{}", index % 7, index % 49);
        TestReport {
            name: format!("{path}::fact-{index}").into(),
            file: format!("scenarios/{path}.yaml").into(),
            line: index + 1,
            ..kind.clone()
        }
    });
    report(tests.collect())
}

pub fn report(tests: Vec<TestReport>) -> Report {
    Report {
        format: 1,
        suite: Suite { name: "conformance".into(), version: "0.1.0".into(), contract_hash: "c0ffee".into() },
        target: "https://api.test/v1".into(),
        seed: 42,
        command: "cargo test".into(),
        started_at: "2026-11-22T15:48:23.120Z".into(),
        duration_ms: 61_005,
        requests: 12,
        exit_code: 1,
        tests,
        ..Report::default()
    }
}

pub fn test(name: &str, verdict: Verdict, reason: Option<&str>, findings: Vec<FindingReport>) -> TestReport {
    TestReport {
        file: "scenarios/authentication/token-expired.yaml".into(),
        line: 7,
        about: "A token past its time is refused.".into(),
        reason: reason.map(str::to_owned),
        started_at: Some("2026-11-22T15:48:24Z".into()),
        duration_ms: 123,
        clauses: ["AUTH-5".into(), "AUTH-6".into()].into(),
        findings,
        exchanges: vec![exchange()],
        ..TestReport::without_record(&format!("authentication/token-expired::{name}"), verdict)
    }
}

pub fn finding(level: Level) -> FindingReport {
    FindingReport {
        clause: "STA-2".into(),
        check: "status-matches-code".into(),
        level,
        message: "the status fits".into(),
        expected: "401".into(),
        actual: "500".into(),
        part: "status".into(),
        exchange: 0,
        key: KeyReport::default(),
        deviation: None,
    }
}

pub fn test_mut<'r>(report: &'r mut Report, name: &str) -> &'r mut TestReport {
    let at = position(report, name);
    &mut report.tests[at]
}

fn position(report: &Report, name: &str) -> usize {
    let whole = format!("authentication/token-expired::{name}");
    report.tests.iter().position(|test| test.name.starts_with(&whole)).expect("the test")
}

fn exchange() -> ExchangeReport {
    ExchangeReport {
        timestamp: "2026-11-22T15:48:24Z".into(),
        request_id: Some("req-1".into()),
        status_code: Some(500),
        error_code: Some("TOKEN_EXPIRED".into()),
        endpoint: "GET /customers".into(),
        role: "asserted".into(),
        operation: "listCustomers".into(),
        actor: "expired".into(),
        duration_ms: 100,
        self_contained: true,
        curl: "curl -sS -i 'https://api.test/v1/customers'".into(),
        ..ExchangeReport::default()
    }
}
