//! A made-up run: every verdict, known and stale deviations, bytes that are not text, a request without a response.

use std::collections::BTreeMap;

use judge::finding::digest;
use judge::verdict::Verdict;
use report::Report;
use report::model::{
    ClauseReport, ClauseStatus, CodeReport, DeviationReport, DeviationState, ExchangeReport, FindingReport, KeyReport,
    Leftover, MessageReport, Suite, TestReport,
};
use spec::contract::Level;

const TARGET: &str = "https://sandbox.example/api";
const COMMAND: &str = "conformance run --target ci/targets/sandbox.yaml --report html=reports/report.html";
const NO_CALLBACK: &str = "the target cannot reach the webhook receiver; use --webhook-url";

/// The run of the committed examples.
pub fn example() -> Report {
    let tests = [expired(), lists(), updates(), rates(), webhooks(), hostile_text(), stale()].concat();
    report(tests)
}

/// A run of `count` tests, of which one in ten did not pass.
pub fn large(count: usize) -> Report {
    let kinds = example().tests;
    let (passed, others): (Vec<TestReport>, Vec<TestReport>) =
        kinds.into_iter().partition(|test| test.verdict == Verdict::Passed);
    let tests = (0..count).map(|index| {
        let kind = if index % 10 == 0 { &others[index / 10 % others.len()] } else { &passed[index % passed.len()] };
        let path = format!("folder-{}/of-many-facts-{}", index % 9, index % 99);
        TestReport {
            name: format!("{path}::a-fact-that-has-a-usual-name-{index}/operation-{}", index % 11).into(),
            file: format!("scenarios/{path}.yaml").into(),
            line: index % 300 + 1,
            ..kind.clone()
        }
    });
    let mut report = report(tests.collect());
    report.deviations.iter_mut().for_each(|entry| entry.observed_in.clear());
    report
}

/// Sets the keys of the findings as a run would.
fn give_keys(test: &mut TestReport) {
    let exchanges = &test.exchanges;
    for finding in &mut test.findings {
        let exchange = exchanges.get(finding.exchange);
        let response = exchange.and_then(|exchange| {
            Some(format!("{} {}", exchange.status_code?, exchange.error_code.as_deref().unwrap_or("text/plain")))
        });
        let actual = if finding.part.starts_with("header") { "absent" } else { "a string" };
        finding.key = KeyReport {
            id: digest(&[&finding.clause, &finding.check, &finding.part]),
            operation: exchange.map(|exchange| exchange.operation.to_string()).unwrap_or_default(),
            place: finding.part.clone(),
            expected: finding.expected.clone(),
            actual: actual.into(),
            response: response.unwrap_or_default(),
            rule: None,
        };
    }
}

/// The report of the given tests, with all counts computed from them.
pub fn report(mut tests: Vec<TestReport>) -> Report {
    tests.sort_by(|one, other| one.name.cmp(&other.name));
    tests.iter_mut().for_each(give_keys);
    let mut summary: BTreeMap<String, usize> = Verdict::ALL.map(|verdict| (verdict.as_str().to_owned(), 0)).into();
    for test in &tests {
        *summary.entry(test.verdict.as_str().to_owned()).or_default() += 1;
    }
    let exit_code = match (summary["failed"], summary["inconclusive"]) {
        (0, 0) => 0,
        (0, _) => 3,
        _ => 1,
    };
    Report {
        format: 1,
        suite: Suite {
            name: "conformance".into(),
            version: "0.1.0".into(),
            contract_hash: "9f2c1d0a7be84356f1e09c7744d1a6b2c35e8f90714263a5b8c9d0e1f2a3b4c5".into(),
        },
        target: TARGET.into(),
        seed: 1,
        command: COMMAND.into(),
        started_at: "2026-11-22T15:48:23.120Z".into(),
        duration_ms: 71_605,
        requests: tests.iter().map(|test| test.exchanges.len() as u64).sum(),
        exit_code,
        summary,
        clauses: CLAUSES.iter().map(|row| clause(row, &tests)).collect(),
        error_codes: CODES.iter().map(|(code, status)| observed(code, *status, &tests)).collect(),
        tests,
        leftovers: ["whk_01", "whk_02"]
            .map(|id| Leftover {
                noun: "webhook".into(),
                id: id.into(),
                test: "webhooks/delivery::once".into(),
                reason: None,
            })
            .into(),
        deviations: deviations(),
        ..Report::default()
    }
}

fn deviations() -> Vec<DeviationReport> {
    let observed = DeviationReport {
        clause: Some("LOG-1".into()),
        tests: Some("support/request-id::*".into()),
        check: Some("request-id-present".into()),
        place: None,
        operations: Vec::new(),
        expected: Vec::new(),
        actual: Vec::new(),
        responses: Vec::new(),
        reason: "the gateway responds itself".into(),
        ticket: "KYC-118".into(),
        owner: Some("platform team".into()),
        expires: "2026-12-01".into(),
        flaky: false,
        line: 17,
        state: DeviationState::Observed,
        note: None,
        observed_in: vec!["support/request-id::the-gateway-has-one-too".into()],
    };
    let stale = DeviationReport {
        clause: Some("AUTH-5".into()),
        tests: None,
        check: None,
        reason: "tokens outlive their expiry by a minute".into(),
        ticket: "KYC-97".into(),
        owner: None,
        line: 22,
        state: DeviationState::Stale,
        note: Some("it no longer holds: take it out of the target file".into()),
        observed_in: Vec::new(),
        ..observed.clone()
    };
    vec![observed, stale]
}

const CLAUSES: &[(&str, Level, &str, &str)] = &[
    ("AUTH-1", Level::Must, "A request without a credential is AUTHENTICATION_FAILED.", "Authentication"),
    ("AUTH-5", Level::Must, "A token past its expiry is TOKEN_EXPIRED.", "Authentication"),
    ("ENV-1", Level::Must, "Every error response has the documented envelope.", "Error format"),
    ("ENV-4", Level::Must, "The message exposes no internals of the server.", "Error format"),
    ("FMT-2", Level::Must, "A malformed mail address is INVALID_FIELD_FORMAT and names the field.", "Validation"),
    ("LOG-1", Level::Should, "Each response carries a unique request id.", "Support"),
    ("RATE-2", Level::Should, "A rate-limit error states the retry delay.", "Rate limits"),
    ("STA-2", Level::Must, "Each error code comes with its documented status.", "Error codes"),
    ("WHK-6", Level::Must, "A failed delivery is attempted three times in total.", "Webhooks"),
    ("WHK-7", Level::Should, "The pauses between attempts grow.", "Webhooks"),
];

const CODES: &[(&str, Option<u16>)] = &[
    ("AUTHENTICATION_FAILED", Some(401)),
    ("INTERNAL_SERVER_ERROR", Some(500)),
    ("INVALID_FIELD_FORMAT", Some(400)),
    ("RATE_LIMIT_EXCEEDED", Some(429)),
    ("TOKEN_EXPIRED", Some(401)),
    ("WEBHOOK_DELIVERY_FAILED", None),
];

fn clause((id, level, says, page): &(&str, Level, &str, &str), tests: &[TestReport]) -> ClauseReport {
    let broken = |test: &&TestReport| test.findings.iter().any(|finding| finding.clause == *id);
    let about = |test: &&TestReport| test.clauses.iter().any(|clause| clause == id);
    let ran = |test: &&TestReport| !test.exchanges.is_empty() && about(test);
    let exercised_by = tests.iter().filter(|test| broken(test) || ran(test)).count();
    let status = match (tests.iter().any(|test| broken(&test)), exercised_by) {
        (true, _) => ClauseStatus::Violated,
        (false, 0) => ClauseStatus::NotExercised,
        (false, _) => ClauseStatus::Upheld,
    };
    let known = tests.iter().filter(broken).find_map(|test| test.reason.clone());
    ClauseReport {
        id: (*id).to_owned(),
        level: *level,
        says: (*says).to_owned(),
        page: (*page).to_owned(),
        status,
        reason: match status {
            ClauseStatus::Violated => known,
            ClauseStatus::Upheld => None,
            ClauseStatus::NotExercised => Some(NO_CALLBACK.into()),
        },
        exercised_by,
        tests: tests.iter().filter(|test| broken(test) || about(test)).map(|test| test.name.to_string()).collect(),
        codes: Vec::new(),
        unjudged: None,
        excluded: None,
    }
}

fn observed(code: &str, status: Option<u16>, tests: &[TestReport]) -> CodeReport {
    let seen = |test: &&TestReport| test.exchanges.iter().any(|at| at.error_code.as_deref() == Some(code));
    let names: Vec<String> = tests.iter().filter(seen).map(|test| test.name.to_string()).collect();
    CodeReport {
        code: code.to_owned(),
        status,
        statuses: status.into_iter().collect(),
        observed: names.len(),
        tests: names,
        excluded: None,
    }
}

/// One cause in four tests.
fn expired() -> Vec<TestReport> {
    let operations = ["createCustomer", "deleteCustomer", "listCustomers", "updateCustomer"];
    operations
        .map(|operation| TestReport {
            clauses: ["AUTH-5".into()].into(),
            about: "A token past its expiry is refused as such.".into(),
            findings: vec![
                finding("STA-2", "status-matches-code", Level::Must, "status")
                    .with_values("TOKEN_EXPIRED with 401", "TOKEN_EXPIRED with 403")
                    .with_message("each error code comes with its documented status"),
            ],
            exchanges: vec![in_full(
                ExchangeReport { operation: operation.into(), ..exchange_with(403, "TOKEN_EXPIRED") },
                "",
                r#"{"error":{"code":"TOKEN_EXPIRED","message":"The token has expired."},"requestId":"req_0001"}"#,
            )],
            ..test("authentication/token-expired", &format!("expired-token/{operation}"), 7, Verdict::Failed)
        })
        .into()
}

fn lists() -> Vec<TestReport> {
    let mut tests: Vec<TestReport> = (1..=6)
        .map(|page| TestReport {
            clauses: ["AUTH-1".into()].into(),
            exchanges: vec![exchange_with(401, "AUTHENTICATION_FAILED")],
            ..test("authentication/no-credential", &format!("nobody-lists-customers/page-{page}"), 12, Verdict::Passed)
        })
        .collect();
    tests.push(TestReport {
        reason: Some("set-up: createCustomer did not succeed: no response within 30 s".into()),
        clauses: ["AUTH-1".into(), "ENV-1".into()].into(),
        exchanges: vec![ExchangeReport {
            role: "set-up".into(),
            status_code: None,
            error_code: None,
            request_id: None,
            fault: Some("no response within 30 s".into()),
            operation: "createCustomer".into(),
            request: Some(message(
                &["content-type: application/json"],
                r#"{"email":"ada@example.org","firstName":"Ada"}"#,
            )),
            ..exchange_with(0, "")
        }],
        ..test("authentication/no-credential", "a-customer-of-our-own", 31, Verdict::Inconclusive)
    });
    tests
}

fn updates() -> Vec<TestReport> {
    let hostile =
        "java.lang.NullPointerException at Customer.java:81 <script>alert(1)</script> ]]> \u{1b}[31mred\u{1b}[0m";
    vec![
        TestReport {
            clauses: ["FMT-2".into(), "ENV-1".into()].into(),
            about: "A text without @ is not a valid email address.".into(),
            findings: vec![
                finding("FMT-2", "expectation", Level::Must, "body /error/code")
                    .with_values("INVALID_FIELD_FORMAT naming `email`", "INTERNAL_SERVER_ERROR")
                    .with_message("the response is unexpected"),
                finding("ENV-4", "no-stack-traces", Level::Must, "body /error/message")
                    .with_values("no stack trace", hostile)
                    .with_message("the message exposes no internals of the server"),
            ],
            exchanges: vec![
                exchange_with(201, ""),
                in_full(
                    ExchangeReport {
                        operation: "updateCustomer".into(),
                        ..exchange_with(500, "INTERNAL_SERVER_ERROR")
                    },
                    r#"{"email":"no mail address","firstName":"Zoë","tags":["a","b"],"big":12345678901234567890.10}"#,
                    &format!(
                        r#"{{"error":{{"code":"INTERNAL_SERVER_ERROR","message":"{}"}},"requestId":"req_0002"}}"#,
                        hostile.replace('\u{1b}', "\\u001b")
                    ),
                ),
            ],
            ..test("validation/email", "no-at-sign/updateCustomer", 20, Verdict::Failed)
        },
        TestReport {
            clauses: ["FMT-2".into()].into(),
            exchanges: vec![exchange_with(400, "INVALID_FIELD_FORMAT")],
            ..test("validation/email", "no-at-sign/createCustomer", 20, Verdict::Passed)
        },
    ]
}

fn rates() -> Vec<TestReport> {
    vec![TestReport {
        clauses: ["RATE-2".into()].into(),
        findings: vec![
            finding("RATE-2", "retry-after-present", Level::Should, "header Retry-After")
                .with_values("a number of seconds", "no such header")
                .with_message("a rate-limit error states the retry delay"),
        ],
        exchanges: vec![in_full(
            exchange_with(429, "RATE_LIMIT_EXCEEDED"),
            "",
            r#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Slow down."},"requestId":"req_0003"}"#,
        )],
        ..test("rate-limit/exceeded", "a-burst-is-refused", 9, Verdict::Warned)
    }]
}

fn webhooks() -> Vec<TestReport> {
    let skipped = ["once", "tried-three-times", "with-growing-pauses"].map(|name| TestReport {
        reason: Some(NO_CALLBACK.into()),
        started_at: None,
        duration_ms: 0,
        clauses: ["WHK-6".into(), "WHK-7".into()].into(),
        ..test("webhooks/delivery", name, 14, Verdict::Skipped)
    });
    let mut tests: Vec<TestReport> = skipped.into();
    tests.push(TestReport {
        reason: Some("known deviation from LOG-1: the gateway responds itself (KYC-118, until 2026-12-01)".into()),
        clauses: ["LOG-1".into()].into(),
        findings: vec![
            finding("LOG-1", "request-id-present", Level::Should, "header X-Request-Id")
                .with_values("an id", "no such header")
                .with_message("every error response carries a request id"),
        ],
        exchanges: vec![in_full(
            ExchangeReport { request_id: None, ..exchange_with(401, "AUTHENTICATION_FAILED") },
            "",
            r#"{"error":{"code":"AUTHENTICATION_FAILED","message":"Who are you?"}}"#,
        )],
        ..test("support/request-id", "the-gateway-has-one-too", 5, Verdict::Skipped)
    });
    tests
}

/// Bytes that are not text, invisible and right-to-left characters, and markup of all report formats.
fn hostile_text() -> Vec<TestReport> {
    let hostile = "\u{0}\u{7}\u{1b}[2J \u{202e}txt.exe\u{202c} \u{feff}\u{85} caf\u{fffd} | `code` **bold** @all #1 ::error::x\n::warning::y </td></script>";
    let bytes: String = (0..=255_u8).map(|byte| format!("{byte:02x}")).collect();
    let mut exchange = in_full(exchange_with(200, ""), "", hostile);
    if let Some(response) = &mut exchange.response {
        response.headers.push(format!("x-hostile: {hostile}").into());
        response.body_hex = Some(bytes);
    }
    vec![TestReport {
        clauses: ["ENV-1".into()].into(),
        about: format!("Any text is shown: {hostile}").into(),
        findings: vec![
            finding("ENV-1", "envelope", Level::Must, "body")
                .with_values("an object with the member `error`", hostile)
                .with_message("every error response has the documented envelope"),
        ],
        exchanges: vec![exchange],
        ..test("hostile/bytes", "of-every-value/\u{202e}txt", 3, Verdict::Failed)
    }]
}

fn stale() -> Vec<TestReport> {
    vec![TestReport {
        name: "deviations::auth-5-1".into(),
        file: "ci/targets/sandbox.yaml".into(),
        reason: Some("the known deviation from AUTH-5 (KYC-97) no longer holds: take it out of the target file".into()),
        about: String::new().into(),
        started_at: None,
        duration_ms: 0,
        clauses: ["AUTH-5".into()].into(),
        ..test("deviations", "auth-5-1", 22, Verdict::Failed)
    }]
}

fn test(path: &str, name: &str, line: usize, verdict: Verdict) -> TestReport {
    TestReport {
        file: format!("scenarios/{path}.yaml").into(),
        line,
        about: "A fact.".into(),
        started_at: Some("2026-11-22T15:48:24.000Z".into()),
        duration_ms: 123,
        ..TestReport::without_record(&format!("{path}::{name}"), verdict)
    }
}

fn finding(clause: &str, check: &str, level: Level, part: &str) -> Draft {
    Draft(FindingReport {
        clause: clause.into(),
        check: check.into(),
        level,
        message: String::new(),
        expected: String::new(),
        actual: String::new(),
        part: part.into(),
        exchange: 0,
        key: KeyReport::default(),
        deviation: (clause == "LOG-1").then_some(0),
    })
}

struct Draft(FindingReport);

impl Draft {
    fn with_values(mut self, expected: &str, actual: &str) -> Self {
        (self.0.expected, self.0.actual) = (expected.into(), actual.into());
        self
    }

    fn with_message(mut self, message: &str) -> FindingReport {
        self.0.message = message.into();
        self.0.exchange = usize::from(self.0.clause == "FMT-2" || self.0.clause == "ENV-4");
        self.0
    }
}

fn exchange_with(status: u16, code: &str) -> ExchangeReport {
    ExchangeReport {
        timestamp: "2026-11-22T15:48:24.050Z".into(),
        request_id: Some("req_0001".into()),
        status_code: Some(status),
        error_code: (!code.is_empty()).then(|| code.into()),
        endpoint: "GET /v1/customers?limit=2".into(),
        role: "asserted".into(),
        operation: "listCustomers".into(),
        actor: "reader".into(),
        duration_ms: 41,
        self_contained: true,
        curl: format!(
            "curl -sS -i --path-as-is '{TARGET}/v1/customers?limit=2' -H \"authorization: Bearer ${{CONFORMANCE_ACTOR_READER#bearer:}}\""
        ),
        ..ExchangeReport::default()
    }
}

fn in_full(exchange: ExchangeReport, sent: &str, actual: &str) -> ExchangeReport {
    let headers = ["accept: application/json", "authorization: Bearer $CONFORMANCE_ACTOR_READER"];
    ExchangeReport {
        request: Some(message(&headers, sent)),
        response: Some(message(&["content-type: application/json", "server: gateway"], actual)),
        ..exchange
    }
}

fn message(headers: &[&str], body: &str) -> Box<MessageReport> {
    let headers = headers.iter().map(|&line| line.into()).collect();
    Box::new(MessageReport { headers, body: body.into(), body_hex: None })
}
