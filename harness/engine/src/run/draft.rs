//! Drafts of known deviations for what fails now.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::report::Report;

/// From so many files on, a draft speaks of all trials.
const MANY_FILES: usize = 4;

/// Drafts an entry for every breach that fails the run. What only a person can say is left empty, and the
/// loader refuses it until it is said.
pub(super) fn draft(report: &Report) -> String {
    let mut groups: BTreeMap<(&str, &str, &str), BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for trial in &report.trials {
        for finding in trial.findings.iter().filter(|finding| report.fails(finding) && finding.deviation.is_none()) {
            let key = (finding.clause.as_str(), finding.check.as_str(), finding.part.as_str());
            groups.entry(key).or_default().entry(trial.file.as_str()).or_default().insert(trial.name.as_str());
        }
    }
    let mut text = String::from(
        "# Drafted from a run: what fails now, one entry a breach. Move the entries that are agreed on into the\n\
         # target file, and say in each why it is let pass, where it is being worked on, who sees to it and until\n\
         # when (YYYY-MM-DD). The program refuses an entry of which one of these is empty.\n",
    );
    if groups.is_empty() {
        text.push_str("deviations: []\n");
        return text;
    }
    text.push_str("deviations:\n");
    for ((clause, check, place), files) in groups {
        if files.len() >= MANY_FILES {
            let trials = files.values().map(BTreeSet::len).sum();
            write_entry(&mut text, (clause, check, place), None, trials);
            continue;
        }
        for names in files.values() {
            let pattern = pattern(names);
            write_entry(&mut text, (clause, check, place), Some(&pattern), names.len());
        }
    }
    text
}

fn write_entry(out: &mut String, (clause, check, place): (&str, &str, &str), trials: Option<&str>, count: usize) {
    let plural = if count == 1 { "" } else { "s" };
    let _ = writeln!(out, "  # seen in {count} trial{plural}");
    let _ = writeln!(out, "  - clause: {clause}");
    if let Some(trials) = trials {
        let _ = writeln!(out, "    trials: {}", serde_json::Value::from(trials));
    }
    let _ = writeln!(out, "    check: {check}\n    place: {}", serde_json::Value::from(place));
    out.push_str("    reason: \"\"\n    ticket: \"\"\n    owner: \"\"\n    expires: \"\"\n");
}

/// The narrowest pattern for trials of one file: the one name, all cases of a scenario, or the file.
fn pattern(names: &BTreeSet<&str>) -> String {
    let first = names.first().copied().unwrap_or_default();
    if names.len() == 1 {
        return first.to_owned();
    }
    let (file, rest) = first.split_once("::").unwrap_or((first, ""));
    let scenario = format!("{file}::{}/", rest.split('/').next().unwrap_or_default());
    let beginning = if names.iter().all(|name| name.starts_with(&scenario)) { scenario } else { format!("{file}::") };
    format!("{beginning}*")
}
