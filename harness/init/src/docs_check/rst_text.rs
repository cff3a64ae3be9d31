//! The text of reStructuredText without its markup.

use std::sync::LazyLock;

use regex::Regex;

use super::words::pattern;

static ROLE: LazyLock<Regex> = LazyLock::new(|| pattern(r":[a-z:-]+:`([^`<]*?)(?:\s*<[^`]*>)?`"));
static LITERAL: LazyLock<Regex> = LazyLock::new(|| pattern(r"``(.+?)``"));
static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"`([^`<]+?)(?:\s*<[^`]*>)?`_{0,2}"));

/// Text without markup, and its literals.
pub(super) fn plain(text: &str) -> (String, Vec<String>) {
    // Targets of links are not text.
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with(".. ")).collect();
    let text = &lines.join("\n");
    let spans = LITERAL.captures_iter(text).map(|found| found[1].to_owned()).collect();
    let text = ROLE.replace_all(text, "$1");
    let text = LITERAL.replace_all(&text, "$1");
    let text = LINK.replace_all(&text, "$1");
    (text.replace("**", "").replace("\\_", "_").trim().to_owned(), spans)
}

pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
