//! Reads list entries that name a code: `- INVALID_TOKEN (401): the token is not valid`.

use std::sync::LazyLock;

use regex::Regex;

use super::facts::{Reader, Statement};
use super::{uris, words};

static ENTRY: LazyLock<Regex> = LazyLock::new(|| {
    words::pattern(
        r#"^["'`]?(-?[A-Za-z0-9][A-Za-z0-9_.:-]*?)["'`]?\s*(\([^)]*\)|\[[^\]]*\])?\s*(?:(?:[-–—=:]|=>|→)+\s+(.*))?$"#,
    )
});
/// A status that begins the text after a code, or that has a label: `401 - …`, `returns HTTP 401`.
static STATUS_AFTER_CODE: LazyLock<Regex> = LazyLock::new(|| {
    words::pattern(concat!(
        r"(?i)^(?:http\s*)?(?:status\s*)?(?:code\s*)?:?\s*([1-5][0-9]{2})\b(?:\s*$|\s*[-–—:,.;(]|\s+[A-Z])",
        r"|\b(?:http|status|status code|http code|returns)\s*[:=]?\s*([1-5][0-9]{2})\b",
    ))
});
static STATUSES: LazyLock<Regex> = LazyLock::new(|| words::pattern(r"(?i)\b(?:status(?:es)?|http|errors?)\b"));

impl Reader<'_> {
    /// A list entry. A word is a code if it is spelt like one and if a status or the heading speaks of codes.
    pub(super) fn entry(&mut self, text: &str, spans: &[String], line: usize) {
        let text = text.replace('\n', " ");
        if self.entry_of_uri(&text, line) {
            return;
        }
        let Some(found) = ENTRY.captures(text.trim()) else { return };
        let lead = &found[1];
        let rest = found.get(3).map_or("", |rest| rest.as_str());
        if words::is_status(lead) && self.catalog.code(lead).is_none() {
            return self.entry_of_status(lead, rest, spans, line);
        }
        let hint = found.get(2).and_then(|hint| words::status_in_hint(hint.as_str()));
        let status = hint.or_else(|| status_after_code(rest));
        let is_known = self.catalog.code(lead).is_some();
        if is_known && status.is_none() {
            return;
        }
        if is_known || self.is_new_code(lead, spans.iter().any(|span| span == lead), status.is_some()) {
            let codes = vec![lead.to_owned()];
            self.meaning(&codes, rest);
            self.facts.codes.push(Statement { line, about: codes.clone(), value: lead.to_owned() });
            if status.is_some() {
                self.code_status(&codes, status, line);
            }
        }
    }

    /// A list entry that begins with a URI. Other lists of links are below other headings.
    fn entry_of_uri(&mut self, text: &str, line: usize) -> bool {
        let Some((uri, rest)) = uris::leading(text) else { return false };
        let status = status_after_code(rest.trim_start_matches(|one: char| " :-–—=".contains(one)));
        let is_explained = !rest.trim().is_empty();
        let of_errors = self.is_below(&words::ERRORS) && (status.is_some() || (is_explained && self.is_below_codes()));
        if self.catalog.code(uri).is_some() || of_errors {
            let codes = vec![uri.to_owned()];
            self.meaning(&codes, rest);
            self.facts.codes.push(Statement { line, about: codes.clone(), value: uri.to_owned() });
            if status.is_some() {
                self.code_status(&codes, status, line);
            }
        }
        true
    }

    /// `- 404: the text`, `- 409 - `CODE_A`, `CODE_B``.
    fn entry_of_status(&mut self, lead: &str, rest: &str, spans: &[String], line: usize) {
        let Ok(status) = lead.parse::<u16>() else { return };
        let codes = words::of_cell(rest);
        let fits =
            |code: &String| self.catalog.code(code).is_some() || self.is_new_code(code, spans.contains(code), true);
        if !codes.is_empty()
            && codes.iter().all(|code| (spans.contains(code) || words::is_in_capitals(code)) && fits(code))
        {
            for code in &codes {
                self.facts.codes.push(Statement { line, about: codes.clone(), value: code.clone() });
            }
            self.code_status(&codes, Some(status), line);
        } else if self.about().is_empty() && (self.is_under(&STATUSES) || self.is_below_codes()) {
            self.facts.statuses.push(Statement { line, about: Vec::new(), value: status });
        }
    }

    /// True if a word at the start of an entry is a code that the catalogue does not have.
    fn is_new_code(&self, word: &str, is_span: bool, has_status: bool) -> bool {
        if self.keys.contains(word) || self.names().iter().any(|name| name == word) || words::is_placeholder(word) {
            return false;
        }
        let is_spelt = words::is_spelt_like_a_code(word);
        let is_number = words::is_long_number(word);
        let of_errors = self.is_below(&words::ERRORS);
        (has_status && (is_spelt || is_number || (is_span && of_errors && words::could_be_a_code(word))))
            || (of_errors && (words::is_in_capitals(word) || is_number))
            || (of_errors && self.is_below_codes() && (is_spelt || (is_span && words::could_be_a_code(word))))
    }
}

fn status_after_code(text: &str) -> Option<u16> {
    let found = STATUS_AFTER_CODE.captures(text);
    let found = found.as_ref().and_then(|found| found.get(1).or_else(|| found.get(2)));
    found.and_then(|status| status.as_str().parse().ok()).or_else(|| words::status_in_hint(text))
}
