//! Drafts known deviations for the current failures: one entry per cause, which matches only what was observed.
//!
//! An entry lists the operations, the expected values and the shapes of the actual values, as the keys of findings in
//! the JSON report do. Another defect that the same check finds differs in one of these, and still fails. The same
//! defect in another test, or for another generated value, matches the entry.

use std::fmt::Write as _;

use report::{Drafted, Report, drafted};

/// Drafts the entries. Members that a person must fill in are empty; the loader refuses an entry with empty members.
pub(super) fn draft(report: &Report) -> String {
    let entries = drafted(report);
    let mut text = String::from(
        "# Drafted from a run: the current failures, one entry per cause. Move the entries that you accept into the\n\
         # target file. Give in each the reason, the ticket, the owner and the last day on which it is accepted\n\
         # (YYYY-MM-DD). An entry in which one of these is empty is refused.\n",
    );
    text.push_str(if entries.is_empty() { "deviations: []\n" } else { "deviations:\n" });
    for entry in &entries {
        write_entry(&mut text, entry);
    }
    text
}

/// Whether a file is empty, or a draft in which nothing has been filled in.
pub(super) fn is_untouched(text: &str) -> bool {
    let filled = |line: &str| {
        ["reason:", "ticket:", "owner:", "expires:"]
            .iter()
            .any(|name| line.trim().strip_prefix(name).is_some_and(|value| !matches!(value.trim(), "" | "\"\"")))
    };
    text.trim().is_empty() || text.starts_with("# Drafted from a run") && !text.lines().any(filled)
}

fn write_entry(out: &mut String, entry: &Drafted) {
    let plural = if entry.tests == 1 { "" } else { "s" };
    let _ = writeln!(out, "  # {}; seen in {} test{plural}", in_a_comment(&entry.title), entry.tests);
    let mut lines = Vec::new();
    lines.extend(entry.clause.as_ref().map(|clause| format!("clause: {clause}")));
    lines.extend(entry.check.as_ref().map(|check| format!("check: {check}")));
    lines.extend(entry.place.as_ref().map(|place| format!("place: {}", quoted(place))));
    for (member, values) in [
        ("operations", &entry.operations),
        ("responses", &entry.responses),
        ("expected", &entry.expected),
        ("actual", &entry.actual),
    ] {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            lines.push(format!("{member}: [{}]", values.join(", ")));
        }
    }
    for (index, line) in lines.iter().enumerate() {
        let _ = writeln!(out, "  {} {line}", if index == 0 { "-" } else { " " });
    }
    out.push_str("    reason: \"\"\n    ticket: \"\"\n    owner: \"\"\n    expires: \"\"\n");
}

/// A JSON string, which is also a YAML string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn in_a_comment(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(90).collect()
}
