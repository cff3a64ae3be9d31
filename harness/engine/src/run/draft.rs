//! Drafts of known deviations for what fails now: one entry a cause, and no wider than what was seen of it.
//!
//! An entry lists the operations, what was expected and the shapes of what came, as the keys of findings in the JSON
//! report write them. Another mutant of the same check differs in one of these and still fails; the same mutant in
//! another test, or for another generated value, does not.

use std::fmt::Write as _;

use crate::report::{Drafted, Report, drafted};

/// Drafts the entries. What only a person can say is left empty, and the loader refuses it until it is said.
pub(super) fn draft(report: &Report) -> String {
    let entries = drafted(report);
    let mut text = String::from(
        "# Drafted from a run: what fails now, one entry a cause. Move the entries that are agreed on into the\n\
         # target file, and say in each why it is accepted for now, where it is being worked on, who sees to it and\n\
         # until when (YYYY-MM-DD). The program refuses an entry in which one of these is empty.\n",
    );
    text.push_str(if entries.is_empty() { "deviations: []\n" } else { "deviations:\n" });
    for entry in &entries {
        write_entry(&mut text, entry);
    }
    text
}

/// Whether a file is empty, or a draft in which nobody has filled in anything.
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
        ("answers", &entry.answers),
        ("expected", &entry.expected),
        ("came", &entry.came),
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

/// A string of JSON is one of YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn in_a_comment(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(90).collect()
}
