//! One test as reports show it. This is done as soon as the test has ended, so that its record need not be kept.
//!
//! Every text that the target returned passes through here, so it is redacted here: credentials by `Redactor`,
//! personal data by `Own`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::curl;
use super::model::{
    AttemptReport, EvidenceReport, ExchangeReport, FindingReport, FoundReport, FuzzReport, KeyReport, MessageReport,
    OpenReport, RuleReport, TestReport,
};
use super::pii::Own;
use super::results::{TestResult, millis, time};
use super::texts::Texts;
use judge::coverage::{Coverage, Evidence};
use judge::exchange::{Body, Exchange, Header, Request, Response, Role};
use judge::finding::{Finding, Key};
use judge::record::{Found, PropertyRecord, RuleTally};
use judge::secret::Redactor;
use judge::verdict::Verdict;
use spec::contract::Contract;

/// The longest shown part of a body, in characters.
const MAX_SHOWN_LENGTH: usize = 4096;
/// The most bytes of a body that are shown in hexadecimal.
const MAX_HEX_LENGTH: usize = 1024;
/// The longest expected or actual text of a finding, in characters.
const MAX_FINDING_LENGTH: usize = 400;

/// What is needed to show a test.
pub struct Presenter<'p> {
    pub contract: &'p Contract,
    /// Redacts credentials.
    pub redactor: &'p Redactor,
    /// The texts of all tests so far.
    pub texts: &'p Texts,
}

/// A test as reports show it.
pub fn test_report(presenter: &Presenter<'_>, result: &TestResult) -> TestReport {
    let in_full = !result.record.findings.is_empty()
        || !result.record.attempts.is_empty()
        || result.outcome.verdict == Verdict::Inconclusive;
    let sent: Vec<String> = result
        .record
        .exchanges
        .iter()
        .flat_map(|exchange| {
            let cut = exchange.request.body.len().min(MAX_SHOWN_LENGTH * 4);
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
        reason: result.outcome.reason.as_deref().map(|reason| presenter.redactor.clean_own(reason)),
        started_at: result.started.map(time),
        duration_ms: millis(result.took),
        clauses: result.clauses.clone(),
        evidence: evidence(presenter, &result.record.coverage),
        without_evidence: open(presenter, &result.record.coverage),
        codes: presenter.texts.list(result.record.codes.iter().cloned().map(|code| shown_code(presenter, code))),
        deviations: described.into_iter().collect(),
        ended_early: result.record.ended_early,
        findings: findings(result, &own, presenter.redactor),
        exchanges: result
            .record
            .exchanges
            .iter()
            .enumerate()
            .map(|(index, exchange)| ExchangeReport {
                self_contained: index == 0 && result.record.fuzz.is_none() && curl::self_contained(&exchange.request),
                ..exchange_report(presenter, exchange, &own, in_full)
            })
            .collect(),
        fuzz: result.record.fuzz.as_ref().map(|fuzz| fuzz_report(fuzz, presenter.redactor)),
        repro: None,
        flaky: result.record.flaky && result.outcome.verdict == Verdict::Inconclusive,
        attempts: result
            .record
            .attempts
            .iter()
            .map(|attempt| AttemptReport {
                note: presenter.redactor.clean_own(&attempt.note),
                findings: attempt
                    .findings
                    .iter()
                    .map(|finding| finding_report(finding, &own, presenter.redactor))
                    .collect(),
                exchanges: attempt.exchanges.clone(),
            })
            .collect(),
    }
}

fn evidence(presenter: &Presenter<'_>, coverage: &Coverage) -> Arc<[EvidenceReport]> {
    let evidence = coverage.evidence();
    presenter.texts.evidence(evidence.map(|(clause, evidence)| evidence_report(presenter, clause, evidence)))
}

fn open(presenter: &Presenter<'_>, coverage: &Coverage) -> Arc<[OpenReport]> {
    let report = |(clause, reason): (&str, &str)| OpenReport {
        clause: clause.to_owned(),
        reason: presenter.redactor.clean_own(reason),
    };
    presenter.texts.open(coverage.open().map(report))
}

fn evidence_report(presenter: &Presenter<'_>, clause: &str, evidence: &Evidence) -> EvidenceReport {
    EvidenceReport {
        clause: clause.to_owned(),
        checks: evidence.checks.iter().cloned().collect(),
        codes: evidence.codes.iter().cloned().map(|code| shown_code(presenter, code)).collect(),
        responses: evidence.responses,
        exchange: evidence.exchange,
    }
}

fn fuzz_report(fuzz: &PropertyRecord, redactor: &Redactor) -> FuzzReport {
    let rule = |rule: &RuleTally| RuleReport { name: rule.name.clone(), cases: rule.cases, discarded: rule.discarded };
    let found = |found: &Found| FoundReport {
        rule: found.name.clone(),
        value: redactor.clean(&found.value),
        case: found.case,
        shrunk: found.shrunk,
        shrink_steps: judge::record::shrink_path_text(&found.shrink_path),
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
        actual: redactor.clean(&key.actual),
        response: redactor.clean(&key.response),
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
        expected: cut(&redactor.clean_own(&own.text(&finding.expected)), MAX_FINDING_LENGTH),
        actual: cut(&redactor.clean(&own.text(&finding.actual)), MAX_FINDING_LENGTH),
        part: redactor.clean_own(&finding.part.to_string()),
        exchange: finding.exchange,
    }
}

fn exchange_report(presenter: &Presenter<'_>, exchange: &Exchange, own: &Own, in_full: bool) -> ExchangeReport {
    let (contract, redactor) = (presenter.contract, presenter.redactor);
    let response = exchange.response();
    let body = response.filter(|response| response.is_error()).and_then(Response::json);
    let name = |text: String| presenter.texts.name(&text);
    let part = |pointer: Option<&str>| {
        let text = body.as_ref()?.pointer(pointer?)?.as_str()?;
        Some(name(redactor.clean(&own.text(text))))
    };

    let pointers = &contract.catalog.envelope.pointers;
    let fields = body.as_ref().map(|body| contract.catalog.envelope.fields_in(body)).unwrap_or_default();
    let field = fields.first().and_then(|field| field.as_str());
    let id_header = contract.catalog.request_id.as_ref().map(|id| id.header.as_str());
    ExchangeReport {
        timestamp: time(exchange.started),
        request_id: response.and_then(|response| response.header(id_header?)).map(|id| redactor.clean(id)),
        status_code: response.map(|response| response.status),
        error_code: body
            .as_ref()
            .and_then(|body| contract.catalog.code_in(body))
            .map(|code| name(shown_code(presenter, code))),
        error_message: part(Some(&pointers.message)),
        endpoint: redactor.clean_own(&format!("{} {}", exchange.request.method, exchange.request.path)),
        field: field.map(|text| name(redactor.clean(&own.text(text)))),
        role: presenter.texts.name(match exchange.role {
            Role::SetUp => "set-up",
            Role::Asserted => "asserted",
            Role::TearDown => "teardown",
        }),
        operation: presenter.texts.name(&exchange.request.operation),
        actor: presenter.texts.name(&exchange.request.actor),
        duration_ms: millis(exchange.took),
        fault: exchange.outcome.as_ref().err().map(|fault| redactor.clean_own(fault.message())),
        curl: redactor.clean_own(&curl::line(&exchange.request)),
        self_contained: false,
        request: in_full.then(|| Box::new(request_message(presenter, &exchange.request))),
        response: response.filter(|_| in_full).map(|response| Box::new(response_message(presenter, response, own))),
    }
}

/// A code of the contract is shown unchanged; any other code is text of the target and is redacted.
fn shown_code(presenter: &Presenter<'_>, code: String) -> String {
    let known = presenter.contract.catalog.codes.iter().any(|entry| entry.code == code);
    if known { code } else { presenter.redactor.clean(&code) }
}

fn request_message(presenter: &Presenter<'_>, request: &Request) -> MessageReport {
    MessageReport {
        headers: header_lines(presenter, &request.headers),
        body: shown(presenter, &request.body, &String::from_utf8_lossy(&request.body)),
        body_hex: exact(&request.body, |text| presenter.redactor.clean(text)),
    }
}

fn response_message(presenter: &Presenter<'_>, response: &Response, own: &Own) -> MessageReport {
    let redactor = presenter.redactor;
    let body = match response.json() {
        Some(body) if response.is_success() => own.body(&body).to_string(),
        Some(_) => own.text(&String::from_utf8_lossy(&response.body)),
        None if response.is_success() && !response.body.is_empty() => {
            format!("‹{} bytes, not shown›", response.body.length())
        }
        None => own.text(&String::from_utf8_lossy(&response.body)),
    };
    MessageReport {
        headers: header_lines(presenter, &response.headers),
        body: shown(presenter, &response.body, &body),
        body_hex: Some(&response.body)
            .filter(|_| !response.is_success())
            .and_then(|bytes| exact(bytes, |text| redactor.clean(&own.text(text)))),
    }
}

/// The first bytes in hexadecimal, if they are not valid UTF-8 and there is nothing to redact in them.
fn exact(bytes: &[u8], hide: impl Fn(&str) -> String) -> Option<String> {
    std::str::from_utf8(bytes).err()?;
    let lossy = String::from_utf8_lossy(bytes);
    (hide(&lossy) == lossy).then(|| hex::encode(&bytes[..bytes.len().min(MAX_HEX_LENGTH)]))
}

fn header_lines(presenter: &Presenter<'_>, headers: &[Header]) -> Vec<Arc<str>> {
    let line = |(name, value): &Header| match name.as_str() {
        "set-cookie" => format!("{name}: ‹not shown›"),
        _ => format!("{name}: {}", cut(&presenter.redactor.clean(&String::from_utf8_lossy(value)), MAX_SHOWN_LENGTH)),
    };
    headers.iter().map(|header| presenter.texts.shared(&line(header))).collect()
}

/// The beginning of a body, redacted. The redactor scans a limited part of the body; it also recognizes a credential
/// that the limit cuts off. `text` is what is shown of the body.
fn shown(presenter: &Presenter<'_>, body: &Body, text: &str) -> Arc<str> {
    let mut shown = beginning(text, presenter.redactor);
    if let Some(excerpt) = body.described() {
        shown.push_str(&format!("\n‹{excerpt}›"));
    }
    presenter.texts.shared(&shown)
}

fn beginning(text: &str, redactor: &Redactor) -> String {
    let head = text.char_indices().nth(2 * MAX_SHOWN_LENGTH).map_or(text, |(at, _)| &text[..at]);
    let clean = redactor.clean(head);
    match clean.char_indices().nth(MAX_SHOWN_LENGTH) {
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
