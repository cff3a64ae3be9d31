//! A test in words, for formats that hold text: what is wrong in one line, and all there is to say.
//!
//! Line by line, what a target said stands behind a bar, so that the log of a CI system does not take it
//! for a command; marks that make a reader fetch files are broken up.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::escape;
use super::model::{ExchangeReport, FindingReport, Report, TestReport};
use crate::finding::EXPECTATION;
use crate::verdict::Verdict;

/// The most characters of a message.
pub(super) const LONGEST_MESSAGE: usize = 200;
/// What makes some readers attach files or set properties, wherever it stands in a text.
const MARKS: &[&str] = &["[[ATTACHMENT|", "[[PROPERTY|"];

/// What is wrong, in one line: of a failure the first finding, of anything else the reason.
pub(super) fn message(report: &Report, test: &TestReport) -> String {
    let finding = worst_first(report, test).first().map(|finding| in_short(test, finding));
    let reason = test.reason.clone().filter(|reason| !reason.trim().is_empty());
    let message = match test.verdict {
        Verdict::Failed => finding.or(reason),
        _ => reason.or(finding),
    };
    let message = message.unwrap_or_else(|| format!("{}, and no reason was given", test.verdict.as_str()));
    in_line(&message, LONGEST_MESSAGE)
}

fn in_short(test: &TestReport, finding: &FindingReport) -> String {
    let role = test.exchanges.get(finding.exchange).map(|exchange| exchange.role.as_str());
    let place = match role {
        Some("set-up") => "in the setup: ",
        Some("teardown") => "in the cleanup: ",
        _ => "",
    };
    format!("{place}{}: expected {}, got {}", finding.message, finding.expected, finding.actual)
}

/// The findings: those that fail a run before those that warn, what the test asserts before what checks found in the
/// answers that it is about, and both before what was wrong in setup and cleanup.
pub(super) fn worst_first<'r>(report: &Report, test: &'r TestReport) -> Vec<&'r FindingReport> {
    let mut findings: Vec<&FindingReport> = test.findings.iter().collect();
    findings.sort_by_key(|finding| {
        let asserted = test.exchanges.get(finding.exchange).is_some_and(|exchange| exchange.role == "asserted");
        let of_its_clauses = test.clauses.contains(&finding.clause);
        (!report.fails(finding), finding.check != EXPECTATION, !asserted, !of_its_clauses)
    });
    findings
}

/// What a warning says, in one line.
pub(super) fn warning(report: &Report, test: &TestReport) -> String {
    in_line(&format!("warning: {}", message(report, test)), LONGEST_MESSAGE)
}

/// All there is to say of a test that did not simply pass. The message is said again, since some
/// readers show only the text.
pub(super) fn details(report: &Report, test: &TestReport, message: &str) -> String {
    let mut text = format!("{message}\ntrial: {}\n", barred(&test.name));
    if !test.about.is_empty() {
        text.push_str(&format!("about: {}\n", barred(&test.about)));
    }
    if let Some(reason) = test.reason.as_deref().filter(|reason| *reason != message) {
        text.push_str(&format!("{}: {}\n", reason_title(test), barred(reason)));
    }
    let mut told = BTreeSet::new();
    for finding in worst_first(report, test) {
        let exchange = test.exchanges.get(finding.exchange);
        let news = told.insert(finding.exchange);
        text.push_str(&finding_text(test, finding, exchange, news));
    }
    if let Some(last) = test.exchanges.last().filter(|_| test.findings.is_empty()) {
        text.push_str(&format!("\nthe last exchange\n{}", exchange_text(last)));
    }
    if let Some(repro) = &test.repro {
        text.push_str(&format!("\nsee it again: {}\n", barred(repro)));
    }
    unmarked(text)
}

/// The text without the marks that a reader would act upon; their second bracket is spelt out.
fn unmarked(text: String) -> String {
    MARKS.iter().fold(text, |text, mark| match text.contains(mark) {
        true => text.replace(mark, &format!("[\\u{{5b}}{}", &mark[2..])),
        false => text,
    })
}

/// A text in one line of at most so many characters.
pub(super) fn in_line(text: &str, most: usize) -> String {
    escape::one_line(&unmarked(text.to_owned()), most)
}

fn reason_title(test: &TestReport) -> &'static str {
    match test.verdict {
        Verdict::Failed if !test.findings.is_empty() => "and it did not run to its end",
        _ => "reason",
    }
}

fn finding_text(test: &TestReport, finding: &FindingReport, exchange: Option<&ExchangeReport>, news: bool) -> String {
    let mut text = format!(
        "\n{} {} (check {})\n  assertion:    {}\n  expected: {}\n  actual:   {}\n  where:    {}\n  at:       {}:{}\n",
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
        Some(exchange) if news => text.push_str(&exchange_text(exchange)),
        Some(_) => text.push_str("  exchange: as above\n"),
        None => {}
    }
    text
}

fn exchange_text(exchange: &ExchangeReport) -> String {
    let mut answer = match (exchange.status_code, &exchange.fault) {
        (Some(status), _) => format!("status {status}"),
        (None, Some(fault)) => format!("no answer, {fault}"),
        (None, None) => "no answer".to_owned(),
    };
    if let Some(id) = &exchange.request_id {
        answer.push_str(&format!(", request id {id}"));
    }
    let request = format!("{} ({} as {})", exchange.endpoint, exchange.operation, exchange.actor);
    format!("  exchange: {}: {}\n  {}\n", barred(&request), barred(&answer), exchange.curl)
}

/// A value of several lines, with a bar before each line but the first: nothing that a target sent
/// begins a line, where the log of a CI system might take it for a command.
fn barred(text: &str) -> Cow<'_, str> {
    if text.contains('\n') { Cow::Owned(text.replace('\n', "\n            | ")) } else { Cow::Borrowed(text) }
}
