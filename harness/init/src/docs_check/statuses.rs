//! Finds HTTP statuses in the text of a page.

use std::sync::LazyLock;

use regex::Regex;

pub(super) use super::words::STATUS;
use super::words::pattern;

static STATUS_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:http\s+)?(?:response\s+)?status(?:\s+codes?)?|http(?:\s+(?:response|error))?\s+codes?|returns(?:\s+an?)?(?:\s+http)?(?:\s+status(?:\s+code)?)?|http)\b\s*([:=–—-]|is\b|$)?\s*",
    )
});
/// The end of a label that is followed by a status: `Status: 404`, `HTTP code is 404`, `Returns 404`.
pub(super) fn status_label(text: &str) -> Option<usize> {
    let label = STATUS_LABEL.captures(text)?;
    let end = label.get(0)?.end();
    let follows = || STATUS.find(&text[end..]).is_some_and(|status| status.start() == 0);
    (label.get(1).is_some() || follows()).then_some(end)
}

/// The status that a line states with a label, or by itself: `Status: 404`, `404`, `HTTP 404, not found`.
pub(super) fn stated_status(line: &str) -> Option<u16> {
    let line = line.trim();
    let from = status_label(line).unwrap_or(0);
    let found = STATUS.find(&line[from..]).filter(|found| found.start() == 0)?;
    found.as_str().parse().ok()
}

static IN_SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:http(?:\s+(?:response|error|status))?(?:\s+codes?)?|status(?:\s+codes?)?)\s*[:=]?\s+([1-5][0-9]{2})\b",
    )
});
static BEHIND: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^`?\s*\((?:http\s+)?(?:status\s+)?([1-5][0-9]{2})\)"));

/// The statuses that a sentence mentions with a label: `… returned with HTTP code: 410 when …`.
pub(super) fn statuses_in_sentence(text: &str) -> impl Iterator<Item = u16> {
    IN_SENTENCE.captures_iter(text).filter_map(|found| found[1].parse().ok())
}

/// The status in brackets at the beginning of a text: `(409)`, `(HTTP 409)`.
pub(super) fn status_behind(text: &str) -> Option<u16> {
    BEHIND.captures(text)?[1].parse().ok()
}

pub(super) fn status_in(pattern: &Regex, text: &str) -> Option<u16> {
    pattern.find(text).and_then(|found| found.as_str().parse().ok())
}
