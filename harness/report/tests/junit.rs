//! The JUnit report: read back by parsers of other projects and validated against the schemas of its readers.

#[path = "junit/escaping.rs"]
mod escaping;
#[path = "junit/reading.rs"]
mod reading;
#[path = "junit/sample.rs"]
mod sample;

use std::collections::{BTreeMap, BTreeSet};

use judge::verdict::Verdict;
use report::model::{FindingReport, TestReport};
use spec::contract::Level;

use reading::{assert_valid, case, cases, counts, outcome, parsed, property, render};
use sample::{finding, large, one_of_each, report, test, test_mut};

const FLAVOURS: [&str; 2] = [WIDE, STRICT];
const WIDE: &str = "junit";
const STRICT: &str = "junit-strict";
/// The size in bytes from which readers refuse a file.
const LARGEST: usize = 30_000_000;

#[test]
fn test_is_a_case_with_file_line_and_properties() {
    let read = parsed(&render(WIDE, &one_of_each()));
    let suite = &read.suites[0];
    assert_eq!(suite.name, "authentication/token-expired");
    assert_eq!(suite.file.as_deref(), Some("scenarios/authentication/token-expired.yaml"));
    let case = case(&read, "failed");
    assert_eq!(case.classname.as_deref(), Some("authentication.token-expired"));
    assert_eq!(case.file.as_deref(), Some("scenarios/authentication/token-expired.yaml"));
    assert_eq!(case.line, Some(7));
    assert_eq!(property(&case.properties, "verdict"), Some("failed"));
    assert_eq!(property(&case.properties, "clauses"), Some("AUTH-5, AUTH-6"));
    let facts =
        ["seed", "target-url", "contract-hash", "harness-version"].map(|name| property(&suite.properties, name));
    assert_eq!(facts, [Some("42"), Some("https://api.test/v1"), Some("c0ffee"), Some("0.1.0")]);
    let text = render(WIDE, &one_of_each());
    assert!(
        text.contains(r#"time="0.123" file="#) && text.contains(r#"timestamp="2026-11-22T15:48:24.000Z""#),
        "{text}"
    );
}

#[test]
fn each_verdict_has_its_element() {
    for flavour in FLAVOURS {
        let read = parsed(&render(flavour, &one_of_each()));
        assert_eq!(outcome(case(&read, "passed")), None);
        assert_eq!(outcome(case(&read, "warned")), None);
        let (kind, message, text) = outcome(case(&read, "failed")).expect("a failure");
        assert_eq!((kind, message), ("contract.status-matches-code", "the status fits: expected 401, got 500"));
        let parts = [
            message,
            "MUST STA-2 (check status-matches-code)",
            "expected: 401",
            "actual:   500",
            "where:    status",
            "at:       scenarios/authentication/token-expired.yaml:7",
            "curl -sS -i 'https://api.test/v1/customers'",
            "req-1",
        ];
        parts.iter().for_each(|part| assert!(text.contains(part), "no {part:?} in {text}"));
        let (kind, message, text) = outcome(case(&read, "inconclusive")).expect("an error");
        assert_eq!((kind, message), ("harness.inconclusive", "unreachable"));
        assert!(text.contains("curl -sS"), "{text}");
        let (kind, message, text) = outcome(case(&read, "skipped")).expect("a skip");
        assert_eq!((kind, message), ("contract.not-exercised", "no way to provoke it"));
        assert!(text.starts_with(message));
        assert_eq!(outcome(case(&read, "known")).expect("a skip").0, "contract.known-deviation");
    }
}

#[test]
fn warned_test_is_a_passed_case_with_output() {
    for flavour in FLAVOURS {
        let read = parsed(&render(flavour, &one_of_each()));
        let case = case(&read, "warned");
        let output = case.system_out.as_deref().unwrap_or_default();
        assert!(
            output.starts_with("warning: the status fits: expected 401, got 500") && output.contains("SHOULD STA-2"),
            "{output}"
        );
        let expected = (flavour == WIDE).then_some("STA-2 status-matches-code");
        assert_eq!(property(&case.properties, "warnings"), expected);
    }
}

#[test]
fn must_violation_is_reported_before_a_should_violation() {
    let mut report = one_of_each();
    let test = test_mut(&mut report, "failed");
    test.findings.insert(0, FindingReport { check: "advice".into(), ..finding(Level::Should) });
    assert_eq!(
        outcome(case(&parsed(&render(WIDE, &report)), "failed")).expect("a failure").0,
        "contract.status-matches-code"
    );
    report.strict = true;
    assert_eq!(outcome(case(&parsed(&render(WIDE, &report)), "failed")).expect("a failure").0, "contract.advice");
}

#[test]
fn failed_test_also_shows_why_it_was_inconclusive() {
    let mut report = one_of_each();
    test_mut(&mut report, "failed").reason = Some("deadline".into());
    test_mut(&mut report, "inconclusive").findings = vec![finding(Level::Should)];
    let read = parsed(&render(WIDE, &report));
    let (_, message, text) = outcome(case(&read, "failed")).expect("a failure");
    assert!(message.contains("got 500") && text.contains("the test did not complete: deadline"), "{text}");
    let (_, message, text) = outcome(case(&read, "inconclusive")).expect("an error");
    assert!(message == "unreachable" && text.contains("SHOULD STA-2"), "{text}");
}

#[test]
fn failed_test_without_findings_is_a_stale_deviation() {
    let reason = "the known deviation from STA-2 (KYC-1) no longer holds";
    let stale = TestReport {
        name: "deviations::sta-2-1".into(),
        file: "ci/targets/sandbox.yaml".into(),
        about: String::new().into(),
        exchanges: Vec::new(),
        ..test("x", Verdict::Failed, Some(reason), Vec::new())
    };
    for flavour in FLAVOURS {
        let text = render(flavour, &report(vec![stale.clone()]));
        let read = parsed(&text);
        let case = case(&read, "deviations::sta-2-1");
        assert_eq!(case.classname.as_deref(), Some("ci.targets.sandbox"));
        let (kind, message, text) = outcome(case).expect("a failure");
        assert_eq!(
            (kind, message, text.trim()),
            ("contract.stale-deviation", reason, format!("{reason}\ntest: deviations::sta-2-1").as_str())
        );
    }
}

#[test]
fn run_without_tests_is_an_error() {
    for flavour in FLAVOURS {
        let text = render(flavour, &report(Vec::new()));
        let read = parsed(&text);
        assert_eq!((read.tests, read.errors, read.suites.len()), (1, 1, 1));
        assert_eq!(outcome(&read.suites[0].cases[0]).expect("an error").0, "harness.aborted");
        assert_valid(flavour, &text);
    }
}

#[test]
fn counts_of_suites_match_their_cases() {
    let mut report = large(300);
    report.summary = BTreeMap::from([("failed".to_owned(), 9999)]);
    for flavour in FLAVOURS {
        let read = parsed(&render(flavour, &report));
        let mut sums = [0; 4];
        for suite in &read.suites {
            let counts = counts(&suite.cases);
            assert_eq!([suite.tests, suite.failures, suite.errors, suite.skipped], counts, "{}", suite.name);
            assert!(suite.suites.is_empty(), "a nested suite");
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        assert_eq!([read.tests, read.failures, read.errors], sums[..3]);
        assert_eq!(read.tests, 300);
        assert_eq!(read.skipped, if flavour == WIDE { sums[3] } else { 0 });
    }
}

#[test]
fn quick_junit_reads_the_same_names_and_counts() {
    for flavour in FLAVOURS {
        let text = render(flavour, &large(300));
        let (one, other) =
            (parsed(&text), quick_junit::Report::deserialize_from_str(&text).expect("quick-junit reads it"));
        let names = |suites: Vec<Vec<String>>| suites.concat();
        let first = names(
            one.suites
                .iter()
                .map(|suite| suite.cases.iter().map(|case| case.original_name.clone()).collect())
                .collect(),
        );
        let second = names(
            other
                .test_suites
                .iter()
                .map(|suite| suite.test_cases.iter().map(|case| case.name.to_string()).collect())
                .collect(),
        );
        assert_eq!(first, second);
        assert_eq!(
            [one.tests, one.failures, one.errors],
            [other.tests, other.failures, other.errors].map(|count| count as u64)
        );
    }
}

#[test]
fn both_flavours_are_valid_xml() {
    for flavour in FLAVOURS {
        assert_valid(flavour, &render(flavour, &one_of_each()));
        assert_valid(flavour, &render(flavour, &large(300)));
        let mut unusual = one_of_each();
        unusual.started_at = "2026-11-22T16:48:23+01:00".into();
        unusual.tests.iter_mut().for_each(|test| (test.line, test.started_at) = (0, Some("soon".into())));
        test_mut(&mut unusual, "failed").findings[0].check = "Ä check/of.. \"ours\"".into();
        test_mut(&mut unusual, "known").reason = Some(" \n".into());
        unusual.duration_ms = u64::MAX;
        assert_valid(flavour, &render(flavour, &unusual));
    }
}

#[test]
fn cases_have_unique_class_and_name() {
    let mut report = one_of_each();
    let twins: Vec<TestReport> = ["x/y", "x.y", "x/y"]
        .iter()
        .flat_map(|path| {
            [format!("{path}::a"), format!("{path}::a"), format!("{path}::a-2"), format!("{path}::\u{1b}")]
                .map(|name| (*path, name))
        })
        .map(|(path, name)| TestReport {
            name: name.into(),
            file: format!("scenarios/{path}.yaml").into(),
            ..report.tests[0].clone()
        })
        .collect();
    report.tests = twins;
    for flavour in FLAVOURS {
        let text = render(flavour, &report);
        let read = parsed(&text);
        let identities: BTreeSet<(String, String)> =
            cases(&read).map(|case| (case.classname.clone().expect("a class"), case.original_name.clone())).collect();
        assert_eq!(identities.len(), 12, "{identities:?}");
        assert_valid(flavour, &text);
    }
}

#[test]
fn reports_of_ten_thousand_long_failures_are_below_the_size_limit() {
    let mut worst = large(10_000);
    for test in &mut worst.tests {
        test.verdict = Verdict::Failed;
        test.findings = vec![FindingReport { actual: "\u{1b}<\"🦀".repeat(1000), ..finding(Level::Must) }];
    }
    for flavour in FLAVOURS {
        let text = render(flavour, &worst);
        assert!(text.len() < LARGEST, "{flavour}: {} bytes", text.len());
        assert_eq!(parsed(&text).tests, 10_000);
        assert_valid(flavour, &text);
    }
}
