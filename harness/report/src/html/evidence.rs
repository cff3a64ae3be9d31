//! Renders the details of a test (findings, commands, exchanges), within the size limit of a page.

use std::fmt::Write as _;
use std::sync::Arc;

use askama::Template;

use super::{Anchors, Markup, difference};
use crate::escape::is_hidden;
use crate::model::{ExchangeReport, FindingReport, MessageReport, Report, TestReport};
use crate::{again, cause};

/// The most evidence in a page, in bytes. With it, a page of ten thousand rows stays below three megabytes.
const MOST: usize = 700_000;
/// The smallest size of a test's details, in bytes.
const LEAST: usize = 2_000;
/// A body with more characters than this is folded.
const LONG: usize = 1500;
/// The most bytes shown in hexadecimal.
const MAX_HEX_LENGTH: usize = 1024;
/// The placeholders of redacted values.
const PLACEHOLDERS: [&str; 2] = ["not shown›", "${CONFORMANCE_ACTOR_"];

/// Counts the evidence of a page: how much it contains, and how much was left out.
#[derive(Default)]
pub(super) struct Budget {
    spent: usize,
    left_out: usize,
    hidden: usize,
}

impl Budget {
    /// Returns the markup if it fits into the page.
    pub(super) fn take(&mut self, markup: Markup) -> Option<Markup> {
        if self.spent + markup.len() > MOST {
            return None;
        }
        self.spent += markup.len();
        self.hidden += PLACEHOLDERS.iter().map(|mark| markup.matches(mark).count()).sum::<usize>();
        Some(markup)
    }

    /// True if there is no room for the details of another test.
    fn is_spent(&self) -> bool {
        self.spent + LEAST > MOST
    }

    /// How many tests have no evidence in the page.
    pub(super) fn left_out(&self) -> usize {
        self.left_out
    }

    /// How many values are redacted in the evidence.
    pub(super) fn hidden(&self) -> usize {
        self.hidden
    }
}

#[derive(Template)]
#[template(path = "exchange.html")]
struct Exchange<'r> {
    exchange: &'r ExchangeReport,
    faulty: bool,
    messages: Vec<Message<'r>>,
}

struct Message<'r> {
    title: &'static str,
    headers: &'r [Arc<str>],
    body: String,
    characters: usize,
    long: bool,
    indented: bool,
    hex: Option<String>,
}

#[derive(Template)]
#[template(path = "test.html")]
struct Details<'r> {
    test: &'r TestReport,
    title: String,
    findings: Vec<Finding<'r>>,
    repro: Option<&'r str>,
    rerun: String,
    exchanges: Vec<Markup>,
}

struct Finding<'r> {
    model: &'r FindingReport,
    cause: Option<&'r str>,
    difference: Markup,
}

/// The details of a test. Once the page is full, they are rendered without exchanges, or not at all.
pub(super) fn test(report: &Report, test: &TestReport, causes: &Anchors, budget: &mut Budget) -> Option<Markup> {
    if budget.is_spent() {
        budget.left_out += 1;
        return None;
    }
    let faulty: Vec<usize> = test.findings.iter().map(|finding| finding.exchange).collect();
    let has_messages = test.exchanges.iter().any(|exchange| exchange.request.is_some());
    let exchanges: Vec<Markup> = test
        .exchanges
        .iter()
        .enumerate()
        .filter(|_| has_messages)
        .map(|(index, one)| exchange(one, faulty.contains(&index)))
        .collect();
    let details = |exchanges: Vec<Markup>| {
        Details {
            test,
            title: title(test, exchanges.len()),
            findings: test
                .findings
                .iter()
                .map(|finding| Finding {
                    model: finding,
                    cause: causes.get(&std::ptr::from_ref(finding)).map(String::as_str),
                    difference: difference::render(&finding.expected, &finding.actual),
                })
                .collect(),
            repro: test.repro.as_deref(),
            rerun: again::rerun(report, &test.name),
            exchanges,
        }
        .render()
        .unwrap_or_else(|error| unreachable!("{error}"))
    };
    budget.take(details(exchanges)).or_else(|| {
        budget.left_out += 1;
        budget.take(details(Vec::new()))
    })
}

fn title(test: &TestReport, exchanges: usize) -> String {
    let mut parts = Vec::new();
    if !test.findings.is_empty() {
        parts.push(cause::counted(test.findings.len(), "finding"));
    }
    if let Some(reason) = test.reason.as_deref().filter(|_| test.findings.is_empty()) {
        parts.push(crate::escape::one_line(reason, 120));
    }
    if exchanges > 0 {
        parts.push(cause::counted(exchanges, "exchange"));
    }
    parts.join(", ")
}

pub(super) fn exchange(exchange: &ExchangeReport, faulty: bool) -> Markup {
    let messages = [("Request", &exchange.request), ("Response", &exchange.response)];
    let messages = messages.into_iter().filter_map(|(title, message)| Some(self::message(title, message.as_ref()?)));
    Exchange { exchange, faulty, messages: messages.collect() }.render().unwrap_or_else(|error| unreachable!("{error}"))
}

fn message<'r>(title: &'static str, message: &'r MessageReport) -> Message<'r> {
    let indented = indented(&message.body);
    let body = indented.clone().unwrap_or_else(|| message.body.to_string());
    let characters = message.body.chars().count();
    let hex = match &message.body_hex {
        Some(bytes) => Some(dump(&bytes_of(bytes))),
        None if message.body.chars().any(is_hidden) => Some(dump(message.body.as_bytes())),
        None => None,
    };
    Message {
        title,
        headers: &message.headers,
        body,
        characters,
        long: characters > LONG,
        indented: indented.is_some(),
        hex,
    }
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hex.chars().filter_map(|digit| digit.to_digit(16)).filter_map(|digit| u8::try_from(digit).ok()).collect();
    digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// A hex dump: offsets, bytes, and printable ASCII characters.
fn dump(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (index, line) in bytes.chunks(16).take(MAX_HEX_LENGTH / 16).enumerate() {
        let hex: Vec<String> = line.iter().map(|byte| format!("{byte:02x}")).collect();
        let plain: String =
            line.iter().map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '·' }).collect();
        let _ = writeln!(text, "{:04x}  {:<47}  {plain}", index * 16, hex.join(" "));
    }
    if bytes.len() > MAX_HEX_LENGTH {
        let _ = writeln!(text, "({MAX_HEX_LENGTH} of {} bytes shown)", bytes.len());
    }
    text
}

/// Indents JSON and changes nothing else: names, numbers and escapes stay as they are.
fn indented(text: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok().filter(|_| text.starts_with(['{', '[']))?;
    let mut out = String::new();
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut letters = text.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(letter) = letters.next() {
        if in_string {
            out.push(letter);
            in_string = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        match letter {
            '"' => {
                out.push(letter);
                in_string = true;
            }
            '{' | '[' => {
                out.push(letter);
                while letters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if letters.peek().is_some_and(|next| !matches!(next, '}' | ']')) {
                    depth += 1;
                    line(&mut out, depth);
                } else {
                    out.extend(letters.next());
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            space if space.is_ascii_whitespace() => {}
            other => out.push(other),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indenting_changes_only_white_space() {
        let text = r#"{"a":[1.0,{}, [ ] ,"x\\\",:{"],"b" : 1e400,"c":"\u001b"}"#;
        let indented = indented(text).expect("it is JSON");
        assert_eq!(
            indented,
            "{\n  \"a\": [\n    1.0,\n    {},\n    [],\n    \"x\\\\\\\",:{\"\n  ],\n  \"b\": 1e400,\n  \"c\": \"\\u001b\"\n}"
        );
        assert_eq!(super::indented("{\"a\":1"), None);
        assert_eq!(super::indented("1"), None);
    }

    #[test]
    fn hex_dump_shows_printable_characters() {
        assert_eq!(dump(&bytes_of("61ff00")), format!("0000  {:<47}  a··\n", "61 ff 00"));
        assert!(dump(&[0; 2000]).ends_with("(1024 of 2000 bytes shown)\n"));
    }

    #[test]
    fn full_page_takes_no_more_evidence() {
        let mut budget = Budget::default();
        assert!(budget.take("x".repeat(MOST)).is_some());
        assert!(budget.take("x".to_owned()).is_none());
    }
}
