//! A comparison as text, Markdown and JSON.

use std::fmt::Write as _;
use std::slice;

use super::{CauseEntry, Change, Comparison, Entry, Trend};

/// The most entries that are listed per change.
const LISTED: usize = 20;

fn title(change: Change) -> &'static str {
    match change {
        Change::New => "new violations",
        Change::Vanished => "vanished",
        Change::NewlySkipped => "newly skipped",
        Change::NewlyInconclusive => "newly inconclusive",
        Change::NewlyReached => "newly reached violations",
        Change::NewlyKnown => "newly accepted as known deviations",
        Change::NewlyWarned => "newly violated recommendations",
        Change::StillFailing => "still failing",
        Change::Fixed => "fixed",
        Change::Added => "added",
    }
}

/// The changes of one kind; there is at least one.
struct Section<'c> {
    /// `causes`, `tests` or `clauses`.
    subject: &'static str,
    title: &'static str,
    changes: Vec<Changed<'c>>,
    /// False if the changes are counted, but not listed: causes that are as before, and added tests that do not fail.
    is_listed: bool,
}

enum Changed<'c> {
    Cause(&'c CauseEntry),
    /// A test or a clause.
    Entry(&'c Entry),
}

impl<'c> Section<'c> {
    fn all(comparison: &'c Comparison) -> Vec<Self> {
        let causes = Trend::ALL.map(|trend| Section {
            subject: "causes",
            title: match trend {
                Trend::NewlyReached => "newly reached",
                other => other.as_str(),
            },
            changes: comparison.causes.iter().filter(|entry| entry.trend == trend).map(Changed::Cause).collect(),
            is_listed: trend != Trend::Same,
        });
        let of = |subject, entries: &'c [Entry]| {
            Change::ALL.map(|change| Section {
                subject,
                title: title(change),
                changes: entries.iter().filter(|entry| entry.change == change).map(Changed::Entry).collect(),
                is_listed: change != Change::Added,
            })
        };
        let all = causes.into_iter().chain(of("tests", &comparison.tests)).chain(of("clauses", &comparison.clauses));
        all.filter(|section| !section.changes.is_empty()).collect()
    }

    /// The listed changes, each in the form of a format, and a line about the others.
    fn list(&self, indent: &str, line: impl Fn(&Changed<'_>) -> String) -> String {
        let mut lines: Vec<String> = self.changes.iter().take(LISTED).map(line).collect();
        let others = self.changes.len() - lines.len();
        lines.extend((others > 0).then(|| format!("and {others} more")));
        lines.iter().map(|line| format!("{indent}{line}\n")).collect()
    }
}

/// The comparison for a terminal.
pub fn text(comparison: &Comparison) -> String {
    let mut out: String = comparison.notes.iter().map(|note| format!("note: {note}\n")).collect();
    for section in Section::all(comparison) {
        let _ = writeln!(out, "\n{} {}: {}", section.subject, section.title, section.changes.len());
        if section.is_listed {
            out += &section.list("  ", |changed| match changed {
                Changed::Cause(entry) => cause(entry),
                Changed::Entry(entry) => [slice::from_ref(&entry.name), &entry.details].concat().join("\n    "),
            });
        }
    }
    let _ = writeln!(out, "\n{}", counts(comparison));
    out
}

/// `LOG-1: 1172 -> 19 tests: request-id-present at header X-Request-Id: expected an id, got absent (getCustomer)`.
fn cause(entry: &CauseEntry) -> String {
    let CauseEntry { clause, check, place, expected, actual, operations, before, after, .. } = entry;
    let plural = if *after == 1 { "" } else { "s" };
    let tests = if *before == 0 { format!("{after} test{plural}") } else { format!("{before} -> {after} tests") };
    let on = if operations.is_empty() { String::new() } else { format!(" ({})", operations.join(", ")) };
    format!("{clause}: {tests}: {check} at {place}: expected {expected}, got {actual}{on}")
}

fn counts(comparison: &Comparison) -> String {
    let counted: Vec<String> = Change::ALL
        .into_iter()
        .map(|change| (comparison.count(change), change.as_str()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    if counted.is_empty() { "nothing has changed".to_owned() } else { format!("tests: {}", counted.join(", ")) }
}

/// The comparison for the job summary of a CI system.
pub fn markdown(comparison: &Comparison) -> String {
    let mut out = format!("## Comparison with the earlier run\n\n{}\n", counts(comparison));
    if !comparison.notes.is_empty() {
        out.push('\n');
    }
    for note in &comparison.notes {
        let _ = writeln!(out, "- *{}*", quoted(note));
    }
    for section in Section::all(comparison).iter().filter(|section| section.is_listed) {
        let subject = match section.subject {
            "causes" => "Causes",
            "tests" => "Tests",
            _ => "Clauses",
        };
        let _ = writeln!(out, "\n### {subject} {} ({})\n", section.title, section.changes.len());
        out += &section.list("- ", |changed| match changed {
            Changed::Cause(entry) => quoted(&cause(entry)),
            Changed::Entry(entry) => {
                let details: Vec<String> = entry.details.iter().map(|detail| quoted(detail)).collect();
                let colon = if details.is_empty() { "" } else { ": " };
                format!("`{}`{colon}{}", entry.name, details.join("; "))
            }
        });
    }
    out
}

/// Escapes text of the target, so that it cannot become markup.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '@' => {
                out.push('\\');
                out.push(letter);
            }
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

pub fn json(comparison: &Comparison) -> String {
    crate::json::pretty(comparison)
}
