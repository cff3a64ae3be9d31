//! A comparison as text, Markdown and JSON.

use std::fmt::Write as _;

use super::{CauseEntry, Change, Comparison, Entry, Trend};

/// The most entries that are listed per change.
const LISTED: usize = 20;

fn title(change: Change) -> &'static str {
    match change {
        Change::New => "new violations",
        Change::Vanished => "vanished",
        Change::NewlySkipped => "newly skipped",
        Change::NewlyInconclusive => "newly inconclusive",
        Change::NewlyKnown => "newly accepted as known deviations",
        Change::NewlyWarned => "newly violated recommendations",
        Change::StillFailing => "still failing",
        Change::Fixed => "fixed",
        Change::Added => "added",
    }
}

fn of(entries: &[Entry], change: Change) -> Vec<&Entry> {
    entries.iter().filter(|entry| entry.change == change).collect()
}

/// The comparison for a terminal.
pub fn text(comparison: &Comparison) -> String {
    let mut out = String::new();
    for note in &comparison.notes {
        let _ = writeln!(out, "note: {note}");
    }
    for trend in Trend::ALL {
        let listed = causes_of(comparison, trend);
        if listed.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\ncauses {}: {}", trend.as_str(), listed.len());
        let shown = if trend == Trend::Same { 0 } else { LISTED };
        listed.iter().take(shown).for_each(|entry| out.push_str(&format!("  {}\n", cause(entry))));
        if shown > 0 && listed.len() > shown {
            let _ = writeln!(out, "  and {} more", listed.len() - shown);
        }
    }
    for (kind, entries) in [("tests", &comparison.tests), ("clauses", &comparison.clauses)] {
        for change in Change::ALL {
            let listed = of(entries, change);
            if listed.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n{kind} {}: {}", title(change), listed.len());
            // Added tests that do not fail are counted, not listed.
            let shown = if change == Change::Added { 0 } else { LISTED };
            for entry in listed.iter().take(shown) {
                let _ = writeln!(out, "  {}", entry.name);
                entry.details.iter().for_each(|detail| out.push_str(&format!("    {detail}\n")));
            }
            if shown > 0 && listed.len() > shown {
                let _ = writeln!(out, "  and {} more", listed.len() - shown);
            }
        }
    }
    let _ = writeln!(out, "\n{}", counts(comparison));
    out
}

fn causes_of(comparison: &Comparison, trend: Trend) -> Vec<&CauseEntry> {
    comparison.causes.iter().filter(|entry| entry.trend == trend).collect()
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
    for trend in Trend::ALL.into_iter().filter(|trend| *trend != Trend::Same) {
        let listed = causes_of(comparison, trend);
        if listed.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n### Causes {} ({})\n", trend.as_str(), listed.len());
        listed.iter().take(LISTED).for_each(|entry| out.push_str(&format!("- {}\n", quoted(&cause(entry)))));
        if listed.len() > LISTED {
            let _ = writeln!(out, "- and {} more", listed.len() - LISTED);
        }
    }
    for (kind, entries) in [("Tests", &comparison.tests), ("Clauses", &comparison.clauses)] {
        for change in Change::ALL.into_iter().filter(|change| *change != Change::Added) {
            let listed = of(entries, change);
            if listed.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n### {kind} {} ({})\n", title(change), listed.len());
            for entry in listed.iter().take(LISTED) {
                let details: Vec<String> = entry.details.iter().map(|detail| quoted(detail)).collect();
                let colon = if details.is_empty() { "" } else { ": " };
                let _ = writeln!(out, "- `{}`{colon}{}", entry.name, details.join("; "));
            }
            if listed.len() > LISTED {
                let _ = writeln!(out, "- and {} more", listed.len() - LISTED);
            }
        }
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
    let mut text = serde_json::to_string_pretty(comparison).unwrap_or_else(|error| unreachable!("{error}"));
    text.push('\n');
    text
}
