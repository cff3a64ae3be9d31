//! The result of mutation testing as text for the terminal, as JSON and as Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::redundancy::Redundancy;
use super::score::{Changed, Counts, MutationOutcome, MutationResult, Score};
use report::output::one_line;

/// The maximum number of lines on the terminal.
const LINES: usize = 60;
/// The maximum width of a line on the terminal.
const WIDTH: usize = 110;
/// The maximum number of groups of clauses on the terminal.
const GROUPS: usize = 24;

/// The result of mutation testing.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// The digest of contract and scenarios.
    pub hash: String,
    pub target: String,
    /// The seed of the generated cases.
    pub seed: u64,
    /// The number of tests that passed without a mutation.
    pub tests: usize,
    /// Tests that did not pass, with the reason.
    pub left_out: BTreeMap<String, String>,
    /// The number of requests sent.
    pub requests: usize,
    pub duration_ms: u64,
    pub score: Score,
    /// The scenarios and expectations that mutations need, if this was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redundancy: Option<Redundancy>,
    /// The mutations, in the order in which they were generated.
    pub mutations: Vec<MutationResult>,
}

impl Summary {
    /// Mutations that were triggered and not noticed, the most important first. These come at the end, in this order:
    /// mutations without a clause, mutations whose response a step accepts among others, mutations for which no test
    /// had a verdict, and mutations that the contract tolerates. Otherwise mutations with more recipients come first.
    pub(crate) fn survivors(&self) -> Vec<&MutationResult> {
        let missed =
            |row: &&MutationResult| matches!(row.outcome, MutationOutcome::Survived | MutationOutcome::TimedOut);
        let mut rows: Vec<&MutationResult> = self.mutations.iter().filter(missed).collect();
        rows.sort_by_key(|row| {
            let without_verdict = row.tests > 0 && row.inconclusive == row.tests;
            let is_open = row.changed.as_ref().is_some_and(|changed| changed.accepts.is_some());
            let no_clause = row.mutation.clauses.is_empty();
            (row.warning.is_some(), without_verdict, is_open, no_clause, std::cmp::Reverse(row.recipients))
        });
        rows
    }

    fn of(&self, outcome: MutationOutcome) -> impl Iterator<Item = &MutationResult> {
        self.mutations.iter().filter(move |row| row.outcome == outcome)
    }
}

/// All data. `clean` removes secrets from each text; in the whole document it could remove parts of the notation.
pub fn json(data: &impl Serialize, clean: &dyn Fn(&str) -> String) -> Result<String, String> {
    let mut value = serde_json::to_value(data).map_err(|error| error.to_string())?;
    clean_texts(&mut value, clean);
    serde_json::to_string_pretty(&value).map(|text| text + "\n").map_err(|error| error.to_string())
}

fn clean_texts(value: &mut Value, clean: &dyn Fn(&str) -> String) {
    match value {
        Value::String(text) => *text = clean(text),
        Value::Array(elements) => elements.iter_mut().for_each(|element| clean_texts(element, clean)),
        Value::Object(members) => members.values_mut().for_each(|member| clean_texts(member, clean)),
        _ => {}
    }
}

/// The score, and as many survivors as there is room for.
pub fn terminal(summary: &Summary) -> String {
    let mut lines = vec![String::new(), headline(summary), String::new()];
    lines.push(format!(
        "  {:<14}{:>8}{:>10}{:>10}{:>9}{:>15}",
        "clauses", "score", "noticed", "survived", "allowed", "not triggered"
    ));
    for (group, counts) in summary.score.groups.iter().take(GROUPS) {
        lines.push(counts_line(group, counts));
    }
    if summary.score.groups.len() > GROUPS {
        lines.push(format!("  and {} more groups", summary.score.groups.len() - GROUPS));
    }
    lines.push(counts_line("all", &summary.score.all));
    lines.extend(notes(summary));
    let survivors = summary.survivors();
    if !survivors.is_empty() {
        lines.extend([String::new(), format!("{} survived, worst first:", survivors.len())]);
    }
    for (index, row) in survivors.iter().enumerate() {
        let block = survivor(row);
        let rest = survivors.len() - index;
        if lines.len() + block.len() + usize::from(rest > 1) > LINES {
            lines.push(format!("  and {rest} more (--report markdown=PATH lists all)"));
            break;
        }
        lines.extend(block);
    }
    lines.iter().map(|line| format!("{}\n", one_line(line, WIDTH))).collect()
}

fn headline(summary: &Summary) -> String {
    let all = summary.score.all;
    format!(
        "score {}: {} of {} mutations were noticed, {} of them under another clause; {} requests in {:.0} s",
        percent(summary.score.percent),
        all.noticed(),
        all.triggered(),
        all.killed_for_another_clause,
        summary.requests,
        summary.duration_ms as f64 / 1000.0
    )
}

fn percent(percent: Option<f64>) -> String {
    percent.map_or_else(|| "-".to_owned(), |percent| format!("{percent:.1} %"))
}

fn counts_line(name: &str, counts: &Counts) -> String {
    let missed = counts.survived + counts.timed_out;
    let (score, noticed) = (percent(counts.percent()), counts.noticed());
    format!("  {name:<14}{score:>8}{noticed:>10}{missed:>10}{:>9}{:>15}", counts.allowed, counts.never_triggered)
}

/// What was left out or could not be judged.
fn notes(summary: &Summary) -> Vec<String> {
    let mut notes = Vec::new();
    if !summary.left_out.is_empty() {
        let first = summary.left_out.iter().next().map(|(name, reason)| format!("{name} ({reason})"));
        let (count, passed) = (summary.left_out.len(), summary.tests);
        let first = first.unwrap_or_default();
        notes.push(format!(
            "  {count} tests do not pass without a mutation and were left out, such as {first}; {passed} tests pass"
        ));
    }
    let timed_out = summary.of(MutationOutcome::TimedOut).count();
    if timed_out > 0 {
        notes.push(format!("  {timed_out} mutations timed out; they count as survived"));
    }
    let underived = summary.mutations.iter().filter(|row| row.mutation.clauses.is_empty()).count();
    if underived > 0 {
        notes.push(format!("  for {underived} mutations the contract names no clause: any violation counts"));
    }
    notes
}

fn survivor(row: &MutationResult) -> Vec<String> {
    let clauses = match row.mutation.clauses.as_slice() {
        [] => "any clause".to_owned(),
        clauses => clauses.join(", "),
    };
    let mut lines = vec![format!("  {} ({clauses}; {})", row.mutation.name, effort(row))];
    if let Some(changed) = &row.changed {
        lines.push(format!("    {}:{}  {}", changed.file, changed.line, changed.request));
        lines.extend(changed.accepts.as_ref().map(|accepts| format!("    accepts {accepts}")));
        lines.push(format!("    before  {}", changed.before));
        lines.push(format!("    after   {}", changed.after));
    }
    lines
}

fn effort(row: &MutationResult) -> String {
    let tests = format!("{} of {} tests that received it were run", row.tests, row.recipients);
    let tests = match row.inconclusive {
        0 => tests,
        count => format!("{tests}, {count} inconclusive"),
    };
    match &row.warning {
        Some(warning) => format!("{tests}; reported as a warning only ({})", warning.clause),
        None => tests,
    }
}

/// The score, the survivors and all mutations.
pub fn markdown(summary: &Summary) -> String {
    let mut out = String::from("# Mutation testing\n\n");
    let _ = writeln!(out, "{}.\n", capitalised(&headline(summary)));
    let _ = writeln!(out, "Target: {}. Pack: `{}`. Seed {}.\n", summary.target, summary.hash, summary.seed);
    out.push_str(
        "| clauses | score | noticed | under another clause | survived | timed out | allowed | not triggered |\n",
    );
    out.push_str("|---|---:|---:|---:|---:|---:|---:|---:|\n");
    let all = ("all".to_owned(), summary.score.all);
    let groups = summary.score.groups.iter().map(|(group, counts)| (group.clone(), *counts));
    for (group, counts) in groups.chain([all]) {
        let _ = writeln!(
            out,
            "| {group} | {} | {} | {} | {} | {} | {} | {} |",
            percent(counts.percent()),
            counts.noticed(),
            counts.killed_for_another_clause,
            counts.survived,
            counts.timed_out,
            counts.allowed,
            counts.never_triggered
        );
    }
    let survivors = summary.survivors();
    let _ = writeln!(out, "\n## Survivors ({})\n", survivors.len());
    survivors.iter().for_each(|row| out.push_str(&section(row)));
    let allowed: Vec<&MutationResult> = summary.of(MutationOutcome::Allowed).collect();
    if !allowed.is_empty() {
        let _ = writeln!(out, "## Allowed survivors ({})\n\n| mutation | why |\n|---|---|", allowed.len());
        for row in allowed {
            let why = row.allowed.as_deref().unwrap_or_default();
            let _ = writeln!(out, "| `{}` | {} |", cell(&row.mutation.name), cell(why));
        }
        out.push('\n');
    }
    out.push_str("## All mutations\n\n| mutation | clauses | outcome | reported by |\n|---|---|---|---|\n");
    for row in &summary.mutations {
        let kill = row.kill.as_ref().map(|kill| format!("{} in `{}`", kill.clause, cell(&kill.test)));
        let clauses = row.mutation.clauses.join(", ");
        let _ = writeln!(
            out,
            "| `{}` | {clauses} | {} | {} |",
            cell(&row.mutation.name),
            word(row.outcome),
            kill.unwrap_or_default()
        );
    }
    if !summary.left_out.is_empty() {
        out.push_str("\n## Tests that were left out\n\n");
        for (name, reason) in &summary.left_out {
            let _ = writeln!(out, "- `{name}`: {}", one_line(reason, 300));
        }
    }
    out
}

fn section(row: &MutationResult) -> String {
    let lines: Vec<String> = survivor(row).iter().map(|line| one_line(line, 1000)).collect();
    let heading = lines.first().map_or("", |line| line.trim());
    let rest = lines.get(1..).unwrap_or_default().join("\n");
    match &row.changed {
        Some(Changed { test, .. }) => {
            format!("### {heading}\n\nThe test `{test}` could have noticed it:\n\n```text\n{rest}\n```\n\n")
        }
        None => format!("### {heading}\n\n"),
    }
}

fn word(outcome: MutationOutcome) -> &'static str {
    match outcome {
        MutationOutcome::Killed => "killed",
        MutationOutcome::KilledForAnotherClause => "killed for another clause",
        MutationOutcome::Survived => "survived",
        MutationOutcome::TimedOut => "timed out",
        MutationOutcome::Allowed => "allowed",
        MutationOutcome::NeverTriggered => "never triggered",
    }
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
