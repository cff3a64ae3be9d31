//! The JUnit report, read back by parsers that are not ours and held against the schemas of its readers.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use harness::contract::Level;
use harness::report::FORMATS;
use harness::report::model::{ExchangeReport, FindingReport, KeyReport, Report, Suite, TestReport};
use harness::verdict::Verdict;
use junit_parser::{TestCase, TestStatus, TestSuites};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

const FLAVOURS: [&str; 2] = ["junit", "junit-strict"];
const WIDE: &str = "junit";
const STRICT: &str = "junit-strict";
/// What readers refuse to load.
const LARGEST: usize = 30_000_000;

#[test]
fn a_test_is_a_case_with_its_place_and_its_remarks() {
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
        assert_eq!(ending(case(&read, "passed")), None);
        assert_eq!(ending(case(&read, "warned")), None);
        let (kind, message, text) = ending(case(&read, "failed")).expect("a failure");
        assert_eq!((kind, message), ("contract.status-matches-code", "the status fits: expected 401, got 500"));
        let told = [
            message,
            "MUST STA-2 (check status-matches-code)",
            "expected: 401",
            "actual:   500",
            "where:    status",
            "at:       scenarios/authentication/token-expired.yaml:7",
            "curl -sS -i 'https://api.test/v1/customers'",
            "req-1",
        ];
        told.iter().for_each(|part| assert!(text.contains(part), "no {part:?} in {text}"));
        let (kind, message, text) = ending(case(&read, "inconclusive")).expect("an error");
        assert_eq!((kind, message), ("harness.inconclusive", "unreachable"));
        assert!(text.contains("curl -sS"), "{text}");
        let (kind, message, text) = ending(case(&read, "skipped")).expect("a skip");
        assert_eq!((kind, message), ("contract.not-exercised", "no way to provoke it"));
        assert!(text.starts_with(message));
        assert_eq!(ending(case(&read, "known")).expect("a skip").0, "contract.known-deviation");
    }
}

#[test]
fn a_warning_is_a_pass_that_speaks() {
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
fn what_fails_speaks_before_what_warns() {
    let mut report = one_of_each();
    let test = test_mut(&mut report, "failed");
    test.findings.insert(0, FindingReport { check: "advice".into(), ..finding(Level::Should) });
    assert_eq!(
        ending(case(&parsed(&render(WIDE, &report)), "failed")).expect("a failure").0,
        "contract.status-matches-code"
    );
    report.strict = true;
    assert_eq!(ending(case(&parsed(&render(WIDE, &report)), "failed")).expect("a failure").0, "contract.advice");
}

#[test]
fn doubt_after_a_failure_is_told_too() {
    let mut report = one_of_each();
    test_mut(&mut report, "failed").reason = Some("deadline".into());
    test_mut(&mut report, "inconclusive").findings = vec![finding(Level::Should)];
    let read = parsed(&render(WIDE, &report));
    let (_, message, text) = ending(case(&read, "failed")).expect("a failure");
    assert!(message.contains("got 500") && text.contains("did not run to its end: deadline"), "{text}");
    let (_, message, text) = ending(case(&read, "inconclusive")).expect("an error");
    assert!(message == "unreachable" && text.contains("SHOULD STA-2"), "{text}");
}

#[test]
fn a_failure_of_no_check_is_a_stale_deviation() {
    let reason = "the known deviation from STA-2 (KYC-1) no longer holds";
    let stale = TestReport {
        name: "deviations::sta-2-1".into(),
        file: "ci/targets/sandbox.yaml".into(),
        about: String::new(),
        exchanges: Vec::new(),
        fuzz: None,
        repro: None,
        flaky: false,
        attempts: Vec::new(),
        ..test("x", Verdict::Failed, Some(reason), Vec::new())
    };
    for flavour in FLAVOURS {
        let text = render(flavour, &report(vec![stale.clone()]));
        let read = parsed(&text);
        let case = case(&read, "deviations::sta-2-1");
        assert_eq!(case.classname.as_deref(), Some("ci.targets.sandbox"));
        let (kind, message, text) = ending(case).expect("a failure");
        assert_eq!(
            (kind, message, text.trim()),
            ("contract.stale-deviation", reason, format!("{reason}\ntrial: deviations::sta-2-1").as_str())
        );
    }
}

#[test]
fn a_run_without_tests_is_an_error() {
    for flavour in FLAVOURS {
        let text = render(flavour, &report(Vec::new()));
        let read = parsed(&text);
        assert_eq!((read.tests, read.errors, read.suites.len()), (1, 1, 1));
        assert_eq!(ending(&read.suites[0].cases[0]).expect("an error").0, "harness.aborted");
        assert_valid(flavour, &text);
    }
}

#[test]
fn counts_are_those_of_the_cases() {
    let mut report = large(300);
    report.summary = BTreeMap::from([("failed".to_owned(), 9999)]);
    for flavour in FLAVOURS {
        let read = parsed(&render(flavour, &report));
        let mut sums = [0; 4];
        for suite in &read.suites {
            let counted = counted(&suite.cases);
            assert_eq!([suite.tests, suite.failures, suite.errors, suite.skipped], counted, "{}", suite.name);
            assert!(suite.suites.is_empty(), "a nested suite");
            sums.iter_mut().zip(counted).for_each(|(sum, count)| *sum += count);
        }
        assert_eq!([read.tests, read.failures, read.errors], sums[..3]);
        assert_eq!(read.tests, 300);
        assert_eq!(read.skipped, if flavour == WIDE { sums[3] } else { 0 });
    }
}

#[test]
fn a_second_reader_counts_the_same() {
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
fn both_flavours_are_valid() {
    for flavour in FLAVOURS {
        assert_valid(flavour, &render(flavour, &one_of_each()));
        assert_valid(flavour, &render(flavour, &large(300)));
        let mut odd = one_of_each();
        odd.started_at = "2026-11-22T16:48:23+01:00".into();
        odd.tests.iter_mut().for_each(|test| (test.line, test.started_at) = (0, Some("soon".into())));
        test_mut(&mut odd, "failed").findings[0].check = "Ä check/of.. \"ours\"".into();
        test_mut(&mut odd, "known").reason = Some(" \n".into());
        odd.duration_ms = u64::MAX;
        assert_valid(flavour, &render(flavour, &odd));
    }
}

#[test]
fn no_two_cases_share_their_identity() {
    let mut report = one_of_each();
    let twins: Vec<TestReport> = ["x/y", "x.y", "x/y"]
        .iter()
        .flat_map(|path| {
            [format!("{path}::a"), format!("{path}::a"), format!("{path}::a-2"), format!("{path}::\u{1b}")]
                .map(|name| (*path, name))
        })
        .map(|(path, name)| TestReport { name, file: format!("scenarios/{path}.yaml"), ..report.tests[0].clone() })
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

/// Every byte value as a target may send it, every kind of code point XML refuses or readers mishandle.
#[test]
fn whatever_the_target_sent_is_clean_and_complete() {
    let bytes: Vec<u8> = (0..=255).collect();
    let latin: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let lossy = String::from_utf8_lossy(&bytes).into_owned();
    let forbidden: String = (0..=0xFFFF_u32)
        .chain(0x1FFFE..=0x1FFFF)
        .filter_map(char::from_u32)
        .filter(|letter| !is_xml(*letter))
        .collect();
    assert_eq!(forbidden.chars().count(), 29 + 2, "C0 but tab, LF, CR; U+FFFE and U+FFFF");
    let marks = "]]> <![CDATA[ &amp; &#27; <!-- --> <?x?> \u{1b}[31mred\u{1b}[0m \u{202e}\u{2066}\u{feff}\u{2028}\u{10FFFF}🦀日本語 \r\n a\rb";
    for nasty in [latin, lossy, forbidden, marks.to_owned()] {
        let report = nasty_report(&nasty);
        for flavour in FLAVOURS {
            let text = render(flavour, &report);
            assert!(
                text.chars().all(|letter| is_xml(letter) && letter != '\r' && !('\u{7f}'..='\u{9f}').contains(&letter))
            );
            assert!(!text.contains("]]>"));
            let allowed = ["&#10;", "&#9;"];
            text.match_indices("&#")
                .for_each(|(at, _)| assert!(allowed.iter().any(|whole| text[at..].starts_with(whole))));
            assert_valid(flavour, &text);
            assert_eq!(parsed(&text).tests, 6);
            let told = texts(&text);
            assert_eq!(told.len(), 5, "all but the passed test speak");
            told.iter().for_each(|told| assert!(unbarred(told).contains(&spelt(&nasty)), "{told:?}"));
        }
    }
}

#[test]
fn messages_are_one_short_line() {
    let report = nasty_report(&"two\nlines\tand 🦀 \u{1b} \"more\" ".repeat(50));
    for flavour in FLAVOURS {
        let read = parsed(&render(flavour, &report));
        for message in cases(&read).filter_map(ending).map(|(_, message, _)| message) {
            assert!(
                message.chars().count() <= 200 && !message.contains(['\n', '\t']) && message.ends_with('…'),
                "{message}"
            );
        }
    }
}

#[test]
fn nothing_that_a_target_sent_is_a_command() {
    let report = nasty_report("x\n::error::y\n[[ATTACHMENT|/etc/passwd]]\n[[PROPERTY|a=b]]");
    for flavour in FLAVOURS {
        let text = render(flavour, &report);
        assert!(!text.contains("[[ATTACHMENT|") && !text.contains("[[PROPERTY|"), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
        assert!(text.contains("[\\u{5b}ATTACHMENT|/etc/passwd]]"));
    }
}

#[test]
fn a_long_text_is_cut_and_says_so() {
    let report = nasty_report(&"<\u{1b}>".repeat(100_000));
    for flavour in FLAVOURS {
        let text = render(flavour, &report);
        let most = text.split('>').map(|piece| piece.trim_end_matches("</failure").len()).max().expect("elements");
        assert!(most <= 64 * 1024, "{most} bytes in one text");
        assert!(text.contains("bytes are shown]</failure>") && text.contains("bytes are shown]</system-out>"));
        assert_valid(flavour, &text);
    }
}

#[test]
fn ten_thousand_tests_stay_below_what_readers_take() {
    let mut worst = large(10_000);
    for test in &mut worst.tests {
        test.verdict = Verdict::Failed;
        test.findings = vec![FindingReport { actual: "\u{1b}<\"🦀".repeat(1000), ..finding(Level::Must) }];
    }
    let usual = large(10_000);
    for (what, report, flavour) in
        [("usual", &usual, WIDE), ("usual", &usual, STRICT), ("each fails at length", &worst, WIDE)]
    {
        let started = std::time::Instant::now();
        let text = render(flavour, report);
        println!("{what}, {flavour}: {} bytes in {:?}", text.len(), started.elapsed());
        assert!(text.len() < LARGEST, "{what}, {flavour}: {} bytes", text.len());
        assert_eq!(parsed(&text).tests, 10_000);
        assert_valid(flavour, &text);
    }
}

fn render(flavour: &str, report: &Report) -> String {
    let format = FORMATS.iter().find(|format| format.kind == flavour).expect("the format");
    (format.render)(report)
}

fn parsed(text: &str) -> TestSuites {
    junit_parser::from_reader(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text:.2000}"))
}

fn cases(read: &TestSuites) -> impl Iterator<Item = &TestCase> {
    read.suites.iter().flat_map(|suite| &suite.cases)
}

fn case<'r>(read: &'r TestSuites, name: &str) -> &'r TestCase {
    cases(read).find(|case| case.original_name == name).unwrap_or_else(|| panic!("no case {name}"))
}

/// Type, message and text of a case that is more than a plain pass.
fn ending(case: &TestCase) -> Option<(&str, &str, &str)> {
    match &case.status {
        TestStatus::Success => None,
        TestStatus::Failure(found) => Some((&found.failure_type, &found.message, &found.text)),
        TestStatus::Error(found) => Some((&found.error_type, &found.message, &found.text)),
        TestStatus::Skipped(found) => Some((&found.skipped_type, &found.message, &found.text)),
    }
}

/// The texts of a document, read without any knowledge of JUnit: references resolved, nothing trimmed.
fn texts(document: &str) -> Vec<String> {
    let mut reader = Reader::from_str(document);
    let (mut texts, mut text) = (Vec::new(), String::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(name) => text.push_str(resolve_predefined_entity(&name).expect("a known one")),
            Event::CData(_) | Event::DocType(_) | Event::PI(_) | Event::Comment(_) => {
                panic!("nothing but elements and text")
            }
            Event::Eof => return texts,
            _ => {
                texts.extend(Some(std::mem::take(&mut text)).filter(|text| !text.trim().is_empty()));
            }
        }
    }
}

fn counted(cases: &[TestCase]) -> [u64; 4] {
    let count = |wanted: fn(&TestStatus) -> bool| cases.iter().filter(|case| wanted(&case.status)).count() as u64;
    [
        cases.len() as u64,
        count(|status| matches!(status, TestStatus::Failure(_))),
        count(|status| matches!(status, TestStatus::Error(_))),
        count(|status| matches!(status, TestStatus::Skipped(_))),
    ]
}

fn property<'p>(properties: &'p junit_parser::Properties, name: &str) -> Option<&'p str> {
    properties.vec.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// What XML 1.0 calls a character.
fn is_xml(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// The text as the report has to show it, by a rule of this test's own.
fn spelt(text: &str) -> String {
    let hidden = |letter: char| {
        let number = u32::from(letter);
        (letter.is_control() && !"\n\t".contains(letter))
            || [0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0xfeff].contains(&number)
            || (0x202a..=0x202e).contains(&number)
            || (0x2066..=0x2069).contains(&number)
            || number % 0x10000 >= 0xfffe
    };
    text.chars()
        .map(|letter| if hidden(letter) { letter.escape_unicode().to_string() } else { letter.to_string() })
        .collect()
}

fn unbarred(text: &str) -> String {
    text.replace("\n            | ", "\n")
}

/// Validates with `xmllint`, where it and the schemas are at hand.
fn assert_valid(flavour: &str, text: &str) {
    let schema = if flavour == STRICT { "junit-10.xsd" } else { "junit-wide.xsd" };
    let schema = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/junit").join(schema);
    let there = Command::new("xmllint").arg("--version").stderr(Stdio::null()).status().is_ok();
    if !there || !schema.is_file() {
        println!("not validated: no xmllint, or no {}", schema.display());
        return;
    }
    let mut linter = Command::new("xmllint")
        .args(["--noout", "--huge", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint starts");
    linter.stdin.take().expect("its input").write_all(text.as_bytes()).expect("it reads");
    let output = linter.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{flavour}: {said:.4000}");
}

fn report(tests: Vec<TestReport>) -> Report {
    Report {
        format: 1,
        suite: Suite { name: "conformance".into(), version: "0.1.0".into(), contract_hash: "c0ffee".into() },
        target: "https://api.test/v1".into(),
        seed: 42,
        strict: false,
        command: "cargo test".into(),
        started_at: "2026-11-22T15:48:23.120Z".into(),
        duration_ms: 61_005,
        requests: 12,
        exit_code: 1,
        summary: BTreeMap::new(),
        clauses: Vec::new(),
        error_codes: Vec::new(),
        tests,
        leftovers: Vec::new(),
        actors: Vec::new(),
        deviations: Vec::new(),
        manifest: None,
        preflight: None,
    }
}

fn one_of_each() -> Report {
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

/// One of each, with the same text wherever a text may come from outside.
fn nasty_report(nasty: &str) -> Report {
    let mut report = one_of_each();
    report.target = nasty.to_owned();
    for test in &mut report.tests {
        test.name.push_str(nasty);
        test.about = nasty.to_owned();
        test.reason = test.reason.as_ref().map(|_| nasty.to_owned());
        test.clauses.push(nasty.to_owned());
        for finding in &mut test.findings {
            for text in [
                &mut finding.clause,
                &mut finding.message,
                &mut finding.expected,
                &mut finding.actual,
                &mut finding.part,
            ] {
                *text = nasty.to_owned();
            }
        }
        for exchange in &mut test.exchanges {
            (exchange.request_id, exchange.fault) = (Some(nasty.to_owned()), Some(nasty.to_owned()));
        }
    }
    report
}

fn large(count: usize) -> Report {
    let kinds = one_of_each().tests;
    let tests = (0..count).map(|index| {
        let kind = &kinds[index % kinds.len()];
        let path = format!("folder-{}/file-{}", index % 7, index % 49);
        TestReport {
            name: format!("{path}::fact-{index}"),
            file: format!("scenarios/{path}.yaml"),
            line: index + 1,
            ..kind.clone()
        }
    });
    report(tests.collect())
}

fn test(name: &str, verdict: Verdict, reason: Option<&str>, findings: Vec<FindingReport>) -> TestReport {
    TestReport {
        name: format!("authentication/token-expired::{name}"),
        file: "scenarios/authentication/token-expired.yaml".into(),
        line: 7,
        about: "A token past its time is refused.".into(),
        verdict,
        reason: reason.map(str::to_owned),
        started_at: Some("2026-11-22T15:48:24Z".into()),
        duration_ms: 123,
        clauses: vec!["AUTH-5".into(), "AUTH-6".into()],
        evidence: Vec::new(),
        open: Vec::new(),
        codes: Vec::new(),
        deviations: Vec::new(),
        findings,
        exchanges: vec![exchange()],
        fuzz: None,
        repro: None,
        flaky: false,
        attempts: Vec::new(),
    }
}

fn finding(level: Level) -> FindingReport {
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

fn exchange() -> ExchangeReport {
    ExchangeReport {
        timestamp: "2026-11-22T15:48:24Z".into(),
        request_id: Some("req-1".into()),
        status_code: Some(500),
        error_code: Some("TOKEN_EXPIRED".into()),
        error_message: None,
        endpoint: "GET /customers".into(),
        field: None,
        role: "asserted".into(),
        operation: "listCustomers".into(),
        actor: "expired".into(),
        duration_ms: 100,
        fault: None,
        stands_alone: true,
        curl: "curl -sS -i 'https://api.test/v1/customers'".into(),
        request: None,
        response: None,
    }
}

fn test_mut<'r>(report: &'r mut Report, name: &str) -> &'r mut TestReport {
    let at = position(report, name);
    &mut report.tests[at]
}

fn position(report: &Report, name: &str) -> usize {
    let whole = format!("authentication/token-expired::{name}");
    report.tests.iter().position(|test| test.name.starts_with(&whole)).expect("the test")
}
