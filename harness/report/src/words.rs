//! Describes a test as plain text: a message of one line and the full details. JUnit and CTRF use it.
//!
//! A continuation line of a target's text starts with a bar, so that the log of a CI system does not execute it as a
//! command. Marks that make a reader attach files are escaped.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::escape;
use super::model::{ExchangeReport, FindingReport, Report, TestReport};
use judge::finding::EXPECTATION;
use judge::verdict::Verdict;

/// The most characters of a message.
pub(super) const MAX_MESSAGE_LENGTH: usize = 200;
/// Marks in a text with which some readers attach files or set properties.
const MARKS: &[&str] = &["[[ATTACHMENT|", "[[PROPERTY|"];

/// What is wrong, in one line: the first finding of a failed test, the reason of any other test.
pub(super) fn message(report: &Report, test: &TestReport) -> String {
    let finding = worst_first(report, test).first().map(|finding| summary(test, finding));
    let reason = test.reason.clone().filter(|reason| !reason.trim().is_empty());
    let message = match test.verdict {
        Verdict::Failed => finding.or(reason),
        _ => reason.or(finding),
    };
    let message = message.unwrap_or_else(|| format!("{}, no reason given", test.verdict.as_str()));
    in_line(&message, MAX_MESSAGE_LENGTH)
}

fn summary(test: &TestReport, finding: &FindingReport) -> String {
    let role = test.exchanges.get(finding.exchange).map(|exchange| exchange.role.as_ref());
    let place = match role {
        Some("set-up") => "in the setup: ",
        Some("teardown") => "in the cleanup: ",
        _ => "",
    };
    format!("{place}{}: expected {}, got {}", finding.message, finding.expected, finding.actual)
}

/// The findings, sorted: failures before warnings; then expectations of the test, findings of checks in the asserted
/// exchanges, and findings in setup and cleanup.
pub(super) fn worst_first<'r>(report: &Report, test: &'r TestReport) -> Vec<&'r FindingReport> {
    let mut findings: Vec<&FindingReport> = test.findings.iter().collect();
    findings.sort_by_key(|finding| {
        let asserted = test.exchanges.get(finding.exchange).is_some_and(|exchange| *exchange.role == *"asserted");
        let of_its_clauses = test.clauses.contains(&finding.clause);
        (!report.fails(finding), finding.check != EXPECTATION, !asserted, !of_its_clauses)
    });
    findings
}

/// The message of a warning, in one line.
pub(super) fn warning(report: &Report, test: &TestReport) -> String {
    in_line(&format!("warning: {}", message(report, test)), MAX_MESSAGE_LENGTH)
}

/// The full details of a test that did not simply pass. They start with the message, because some readers show only the
/// text of an element.
pub(super) fn details(report: &Report, test: &TestReport, message: &str) -> String {
    let mut text = format!("{message}\ntest: {}\n", barred(&test.name));
    if !test.about.is_empty() {
        text.push_str(&format!("about: {}\n", barred(&test.about)));
    }
    if let Some(reason) = test.reason.as_deref().filter(|reason| *reason != message) {
        text.push_str(&format!("{}: {}\n", reason_title(test), barred(reason)));
    }
    let mut shown = BTreeSet::new();
    for finding in worst_first(report, test) {
        let exchange = test.exchanges.get(finding.exchange);
        let is_new = shown.insert(finding.exchange);
        text.push_str(&finding_text(test, finding, exchange, is_new));
    }
    if let Some(last) = test.exchanges.last().filter(|_| test.findings.is_empty()) {
        text.push_str(&format!("\nlast exchange\n{}", exchange_text(last)));
    }
    if let Some(repro) = &test.repro {
        text.push_str(&format!("\nreproduce: {}\n", barred(repro)));
    }
    unmarked(text)
}

/// Escapes the second bracket of marks that a reader would act upon.
fn unmarked(text: String) -> String {
    MARKS.iter().fold(text, |text, mark| match text.contains(mark) {
        true => text.replace(mark, &format!("[\\u{{5b}}{}", &mark[2..])),
        false => text,
    })
}

/// A text in one line of at most `most` characters.
pub(super) fn in_line(text: &str, most: usize) -> String {
    escape::one_line(&unmarked(text.to_owned()), most)
}

fn reason_title(test: &TestReport) -> &'static str {
    match test.verdict {
        Verdict::Failed if !test.findings.is_empty() => "and the test did not complete",
        _ => "reason",
    }
}

fn finding_text(test: &TestReport, finding: &FindingReport, exchange: Option<&ExchangeReport>, is_new: bool) -> String {
    let mut text = format!(
        "\n{} {} (check {})\n  message:  {}\n  expected: {}\n  actual:   {}\n  where:    {}\n  at:       {}:{}\n",
        finding.level.as_str(),
        barred(&finding.clause),
        barred(&finding.check),
        barred(&finding.message),
        barred(&finding.expected),
        barred(&finding.actual),
        barred(&finding.part),
        barred(&test.file),
        test.line,
    );
    match exchange {
        Some(exchange) if is_new => text.push_str(&exchange_text(exchange)),
        Some(_) => text.push_str("  exchange: as above\n"),
        None => {}
    }
    text
}

fn exchange_text(exchange: &ExchangeReport) -> String {
    let mut response = match (exchange.status_code, &exchange.fault) {
        (Some(status), _) => format!("status {status}"),
        (None, Some(fault)) => format!("no response, {fault}"),
        (None, None) => "no response".to_owned(),
    };
    if let Some(id) = &exchange.request_id {
        response.push_str(&format!(", request id {id}"));
    }
    let request = format!("{} ({} as {})", exchange.endpoint, exchange.operation, exchange.actor);
    format!("  exchange: {}: {}\n  {}\n", barred(&request), barred(&response), exchange.curl)
}

/// A value of several lines, with a bar before each line except the first: no line starts with text of the target,
/// which the log of a CI system might execute as a command.
fn barred(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { Cow::Owned(text.replace('\n', "\n            | ")) } else { Cow::Borrowed(text) }
}
