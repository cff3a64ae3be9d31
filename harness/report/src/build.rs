//! Builds a report from the results of a run.
//!
//! Every text that the target returned passes through here, so it is redacted here: credentials by `Redactor`,
//! personal data by `Own`.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

use super::cause_reports::cause_reports;
use super::model::{
    ActorReport, AttemptReport, ClauseReport, ClauseStatus, CodeReport, DeviationReport, EvidenceReport,
    ExchangeReport, FORMAT, FindingReport, FoundReport, FuzzReport, KeyReport, Leftover, Manifest, MessageReport,
    OpenReport, Report, RuleReport, Suite, TestReport,
};
use super::pii::Own;
use super::{again, clause_status, curl};
use judge::check::unjudged;
use judge::coverage::Evidence;
use judge::exchange::{Exchange, Header, Response, Role};
use judge::finding::{Finding, Key};
use judge::preflight::Preflight;
use judge::record::{Created, Found, FuzzRecord, RuleTally, TestRecord};
use judge::secret::Redactor;
use judge::verdict::{Outcome, Verdict};
use spec::contract::{Clause, Contract, ErrorCode, hex};
use spec::scenario::TestCase;

/// A test with its verdict and record.
#[derive(Clone, Debug)]
pub struct TestResult {
    pub name: String,
    /// The scenario file.
    pub file: String,
    /// The line in that file.
    pub line: usize,
    /// What it tests, in one sentence.
    pub about: String,
    /// The clauses that it tests.
    pub clauses: Vec<String>,
    pub outcome: Outcome,
    /// `None` if the test never started.
    pub started: Option<DateTime<Utc>>,
    pub took: Duration,
    pub record: TestRecord,
}

impl TestResult {
    /// The result of a test, without the time at which it ran.
    pub fn new(test: TestCase, outcome: Outcome, record: TestRecord) -> Self {
        let TestCase { name, file, line, about, clauses, .. } = test;
        Self { name, file, line, about, clauses, outcome, started: None, took: Duration::ZERO, record }
    }
}

/// Facts about the run, besides its tests.
pub struct Facts<'f> {
    pub contract: &'f Contract,
    /// SHA-256 of the contract and the scenarios.
    pub hash: String,
    /// The base URL, or `embedded reference`.
    pub target: String,
    pub seed: u64,
    /// True if violated SHOULD clauses fail the run.
    pub strict: bool,
    /// The command line.
    pub command: String,
    pub started: DateTime<Utc>,
    pub took: Duration,
    /// Resources that could not be deleted.
    pub left: Vec<Created>,
    pub requests: u64,
    /// The actors of the contract that need a credential.
    pub actors: Vec<ActorReport>,
    pub manifest: Manifest,
    pub preflight: Option<Preflight>,
    /// Redacts credentials.
    pub redactor: &'f Redactor,
}

impl<'f> Facts<'f> {
    /// The facts of a run within this process: only what a report cannot do without.
    pub fn in_process(
        contract: &'f Contract,
        target: &str,
        started: DateTime<Utc>,
        manifest: Manifest,
        redactor: &'f Redactor,
    ) -> Self {
        Self {
            contract,
            hash: String::new(),
            target: target.to_owned(),
            seed: 1,
            strict: false,
            command: String::new(),
            started,
            took: Duration::ZERO,
            left: Vec::new(),
            requests: 0,
            actors: Vec::new(),
            manifest,
            preflight: None,
            redactor,
        }
    }
}

/// The longest shown part of a body, in characters.
const LONGEST_SHOWN: usize = 4096;
/// The most bytes of a body that are shown in hexadecimal.
const LONGEST_HEX: usize = 1024;
/// The longest expected or actual text of a finding, in characters.
const LONGEST_FINDING: usize = 400;

/// Redacts the answers of the target that the preflight quotes.
fn redacted(found: &Preflight, redactor: &Redactor) -> Preflight {
    let mut found = found.clone();
    let clean = |text: &mut String| *text = redactor.clean(text);
    let clean_own = |text: &mut String| *text = redactor.clean_own(text);
    found.stop.iter_mut().for_each(clean_own);
    found.operations.iter_mut().map(|fact| &mut fact.came).for_each(clean);
    found.actors.iter_mut().map(|fact| &mut fact.came).for_each(clean);
    found.actors.iter_mut().flat_map(|fact| &mut fact.says).for_each(clean_own);
    found.capabilities.iter_mut().flat_map(|fact| &mut fact.says).for_each(clean_own);
    found
}

/// The actors that need a credential; `configured` tells which of them have one.
pub fn actors(contract: &Contract, configured: impl Fn(&str) -> bool) -> Vec<ActorReport> {
    let actors = contract.conventions.actors.iter().filter(|(_, role)| role.credential.is_none());
    actors.map(|(name, _)| ActorReport { name: name.clone(), configured: configured(name) }).collect()
}

/// Converts the results for the report, sorted by name.
pub fn test_reports(facts: &Facts<'_>, mut results: Vec<TestResult>) -> Vec<TestReport> {
    results.sort_by(|a, b| a.name.cmp(&b.name));
    results.iter().map(|result| test_report(facts, result)).collect()
}

/// Builds the report of the run from its tests and known deviations.
pub fn build(facts: &Facts<'_>, tests: Vec<TestReport>, deviations: Vec<DeviationReport>) -> Report {
    let mut report = Report {
        format: FORMAT,
        suite: Suite {
            name: "conformance".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            contract_hash: facts.hash.clone(),
        },
        target: facts.redactor.clean_own(&facts.target),
        seed: facts.seed,
        strict: facts.strict,
        command: facts.command.clone(),
        started_at: time(facts.started),
        duration_ms: millis(facts.took),
        requests: facts.requests,
        exit_code: clause_status::exit_code(&tests, facts.strict),
        summary: clause_status::summary(&tests),
        causes: Vec::new(),
        clauses: facts
            .contract
            .clauses
            .iter()
            .map(|clause| clause_status::clause(&undecided_clause(facts.contract, clause), &tests))
            .collect(),
        error_codes: facts
            .contract
            .catalog
            .codes
            .iter()
            .map(|entry| clause_status::code(&unobserved_code(entry), &tests))
            .collect(),
        tests,
        leftovers: facts
            .left
            .iter()
            .map(|created| Leftover {
                noun: created.noun.clone(),
                id: facts.redactor.clean(&created.id),
                test: created.test.clone(),
            })
            .collect(),
        actors: facts.actors.clone(),
        deviations,
        manifest: Some(facts.manifest.clone()),
        preflight: facts.preflight.as_ref().map(|found| redacted(found, facts.redactor)),
    };
    again::note(&mut report);
    report.causes = cause_reports(&report);
    report
}

/// A clause of the contract, before its outcome is known.
fn undecided_clause(contract: &Contract, clause: &Clause) -> ClauseReport {
    let unjudged: BTreeSet<String> = clause.checks.iter().map(|check| unjudged(contract, check)).collect();
    ClauseReport {
        id: clause.id.clone(),
        level: clause.level,
        says: clause.says.clone(),
        page: clause.page.clone(),
        status: ClauseStatus::NotExercised,
        reason: None,
        exercised_by: 0,
        tests: Vec::new(),
        codes: clause.codes.clone(),
        unjudged: (!unjudged.is_empty()).then(|| unjudged.into_iter().collect::<Vec<_>>().join("; ")),
        excluded: clause.excluded.clone(),
    }
}

/// An error code of the contract, before it is known whether a test observed it.
fn unobserved_code(entry: &ErrorCode) -> CodeReport {
    CodeReport {
        code: entry.code.clone(),
        status: entry.status,
        observed: 0,
        tests: Vec::new(),
        excluded: entry.excluded.clone(),
    }
}

fn test_report(facts: &Facts<'_>, result: &TestResult) -> TestReport {
    let in_full = !result.record.findings.is_empty()
        || !result.record.attempts.is_empty()
        || result.outcome.verdict == Verdict::Inconclusive;
    let sent: Vec<String> = result
        .record
        .exchanges
        .iter()
        .flat_map(|exchange| {
            let cut = exchange.request.body.len().min(LONGEST_SHOWN * 4);
            [exchange.request.path.clone(), String::from_utf8_lossy(&exchange.request.body[..cut]).into_owned()]
        })
        .collect();
    let own = Own::new(sent.iter().map(String::as_str));
    let described: BTreeSet<usize> = result.outcome.described.iter().flatten().copied().collect();
    TestReport {
        name: result.name.clone(),
        file: result.file.clone(),
        line: result.line,
        about: result.about.clone(),
        verdict: result.outcome.verdict,
        reason: result.outcome.reason.as_deref().map(|reason| facts.redactor.clean_own(reason)),
        started_at: result.started.map(time),
        duration_ms: millis(result.took),
        clauses: result.clauses.clone(),
        evidence: result
            .record
            .coverage
            .evidence()
            .map(|(clause, evidence)| evidence_report(facts, clause, evidence))
            .collect(),
        open: result
            .record
            .coverage
            .open()
            .map(|(clause, reason)| OpenReport { clause: clause.to_owned(), reason: facts.redactor.clean_own(reason) })
            .collect(),
        codes: result.record.codes.iter().cloned().map(|code| shown_code(facts, code)).collect(),
        deviations: described.into_iter().collect(),
        findings: findings(result, &own, facts.redactor),
        exchanges: result
            .record
            .exchanges
            .iter()
            .enumerate()
            .map(|(index, exchange)| ExchangeReport {
                stands_alone: index == 0 && result.record.fuzz.is_none() && curl::stands_alone(&exchange.request),
                ..exchange_report(facts, exchange, &own, in_full)
            })
            .collect(),
        fuzz: result.record.fuzz.as_ref().map(|fuzz| fuzz_report(fuzz, facts.redactor)),
        repro: None,
        flaky: result.record.flaky && result.outcome.verdict == Verdict::Inconclusive,
        attempts: result
            .record
            .attempts
            .iter()
            .map(|attempt| AttemptReport {
                note: facts.redactor.clean_own(&attempt.note),
                findings: attempt
                    .findings
                    .iter()
                    .map(|finding| finding_report(finding, &own, facts.redactor))
                    .collect(),
                exchanges: attempt.exchanges.clone(),
            })
            .collect(),
    }
}

fn evidence_report(facts: &Facts<'_>, clause: &str, evidence: &Evidence) -> EvidenceReport {
    EvidenceReport {
        clause: clause.to_owned(),
        checks: evidence.checks.iter().cloned().collect(),
        codes: evidence.codes.iter().cloned().map(|code| shown_code(facts, code)).collect(),
        answers: evidence.answers,
        exchange: evidence.exchange,
    }
}

fn fuzz_report(fuzz: &FuzzRecord, redactor: &Redactor) -> FuzzReport {
    let rule =
        |rule: &RuleTally| RuleReport { name: rule.name.to_owned(), cases: rule.cases, discarded: rule.discarded };
    let found = |found: &Found| FoundReport {
        rule: found.name.to_owned(),
        value: redactor.clean(&found.value),
        case: found.case,
        shrunk: found.shrunk,
        moves: judge::record::moves_text(&found.moves),
        clauses: found.clauses.clone(),
        exchange: found.exchange,
    };
    FuzzReport {
        cases: fuzz.cases,
        discarded: fuzz.discarded,
        rules: fuzz.rules.iter().map(rule).collect(),
        found: fuzz.found.iter().map(found).collect(),
    }
}

fn findings(result: &TestResult, own: &Own, redactor: &Redactor) -> Vec<FindingReport> {
    let described = |index: usize| result.outcome.described.get(index)?.first().copied();
    let findings = result.record.findings.iter().enumerate();
    findings
        .map(|(index, finding)| FindingReport {
            key: result.record.keys.get(index).map(|key| key_report(key, redactor)).unwrap_or_default(),
            deviation: described(index),
            ..finding_report(finding, own, redactor)
        })
        .collect()
}

fn key_report(key: &Key, redactor: &Redactor) -> KeyReport {
    KeyReport {
        id: key.id(),
        operation: key.operation.clone(),
        place: redactor.clean_own(&key.place),
        expected: redactor.clean_own(&key.expected),
        came: redactor.clean(&key.came),
        answer: redactor.clean(&key.answer),
        rule: key.rule.clone(),
    }
}

fn finding_report(finding: &Finding, own: &Own, redactor: &Redactor) -> FindingReport {
    FindingReport {
        key: KeyReport::default(),
        deviation: None,
        clause: finding.clause.clone(),
        check: finding.check.clone(),
        level: finding.level,
        message: redactor.clean_own(&finding.message),
        expected: cut(&redactor.clean_own(&own.text(&finding.expected)), LONGEST_FINDING),
        actual: cut(&redactor.clean(&own.text(&finding.actual)), LONGEST_FINDING),
        part: redactor.clean_own(&finding.part.to_string()),
        exchange: finding.exchange,
    }
}

fn exchange_report(facts: &Facts<'_>, exchange: &Exchange, own: &Own, in_full: bool) -> ExchangeReport {
    let (contract, redactor) = (facts.contract, facts.redactor);
    let response = exchange.response();
    let body = response.filter(|response| response.is_error()).and_then(Response::json);
    let part = |pointer: Option<&str>| {
        let text = body.as_ref()?.pointer(pointer?)?.as_str()?;
        Some(redactor.clean(&own.text(text)))
    };
    let pointers = &contract.catalog.envelope.pointers;
    let id_header = contract.catalog.request_id.as_ref().map(|id| id.header.as_str());
    ExchangeReport {
        timestamp: time(exchange.started),
        request_id: response.and_then(|response| response.header(id_header?)).map(|id| redactor.clean(id)),
        status_code: response.map(|response| response.status),
        error_code: body.as_ref().and_then(|body| contract.catalog.code_in(body)).map(|code| shown_code(facts, code)),
        error_message: part(Some(&pointers.message)),
        endpoint: redactor.clean_own(&format!("{} {}", exchange.request.method, exchange.request.path)),
        field: part(pointers.field.as_deref()),
        role: match exchange.role {
            Role::SetUp => "set-up",
            Role::Asserted => "asserted",
            Role::TearDown => "teardown",
        }
        .to_owned(),
        operation: exchange.request.operation.clone(),
        actor: exchange.request.actor.clone(),
        duration_ms: millis(exchange.took),
        fault: exchange.outcome.as_ref().err().map(|fault| redactor.clean_own(fault.message())),
        curl: redactor.clean_own(&curl::line(&exchange.request)),
        stands_alone: false,
        request: in_full.then(|| MessageReport {
            headers: header_lines(&exchange.request.headers, redactor),
            body: shown(&String::from_utf8_lossy(&exchange.request.body), redactor),
            body_hex: exact(&exchange.request.body, |text| redactor.clean(text)),
        }),
        response: response.filter(|_| in_full).map(|response| message_of(response, own, redactor)),
    }
}

/// A code of the contract is shown unchanged; any other code is text of the target and is redacted.
fn shown_code(facts: &Facts<'_>, code: String) -> String {
    let known = facts.contract.catalog.codes.iter().any(|entry| entry.code == code);
    if known { code } else { facts.redactor.clean(&code) }
}

fn message_of(response: &Response, own: &Own, redactor: &Redactor) -> MessageReport {
    let body = match response.json() {
        Some(body) if response.is_success() => own.body(&body).to_string(),
        Some(_) => own.text(&String::from_utf8_lossy(&response.body)),
        None if response.is_success() && !response.body.is_empty() => {
            format!("‹{} bytes, not shown›", response.body.len())
        }
        None => own.text(&String::from_utf8_lossy(&response.body)),
    };
    MessageReport {
        headers: header_lines(&response.headers, redactor),
        body: shown(&body, redactor),
        body_hex: Some(&response.body)
            .filter(|_| !response.is_success())
            .and_then(|bytes| exact(bytes, |text| redactor.clean(&own.text(text)))),
    }
}

/// The first bytes in hexadecimal, if they are not valid UTF-8 and there is nothing to redact in them.
fn exact(bytes: &[u8], hide: impl Fn(&str) -> String) -> Option<String> {
    let text = String::from_utf8(bytes.to_vec()).err()?;
    let lossy = String::from_utf8_lossy(text.as_bytes());
    (hide(&lossy) == lossy).then(|| hex(&bytes[..bytes.len().min(LONGEST_HEX)]))
}

fn header_lines(headers: &[Header], redactor: &Redactor) -> Vec<String> {
    headers
        .iter()
        .map(|(name, value)| match name.as_str() {
            "set-cookie" => format!("{name}: ‹not shown›"),
            _ => format!("{name}: {}", cut(&redactor.clean(&String::from_utf8_lossy(value)), LONGEST_SHOWN)),
        })
        .collect()
}

/// The beginning of a body, redacted. The redactor scans a limited part of the body; it also recognizes a credential
/// that the limit cuts off.
fn shown(text: &str, redactor: &Redactor) -> String {
    let head = text.char_indices().nth(2 * LONGEST_SHOWN).map_or(text, |(at, _)| &text[..at]);
    let clean = redactor.clean(head);
    match clean.char_indices().nth(LONGEST_SHOWN) {
        None if head.len() == text.len() => clean,
        None => format!("{clean}… ({} of {} bytes shown)", head.len(), text.len()),
        Some((at, _)) => format!("{}… ({at} of {} bytes shown)", &clean[..at], text.len()),
    }
}

/// Shortens a text that is already redacted.
fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}… ({} of {} bytes shown)", &text[..at], at, text.len()),
    }
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
