//! What a person sees after the trials: each cause once, with what was expected, what came, where, and
//! a command that shows it again; then a few lines of counts.

use std::fmt::Write as _;

use super::cause::{self, Cause, by_reason, causes};
use super::model::{ClauseStatus, DeviationState, ExchangeReport, Report};
use crate::contract::Level;
use crate::verdict::Verdict;

/// How many further trials of a cause are named.
const NAMED: usize = 4;
/// How many skipped reasons and unexercised clauses are listed.
const LISTED: usize = 12;

/// The text; `verbose` when a person filtered down to few trials.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    let causes = causes(report);
    for level in [Level::Must, Level::Should] {
        let of_level: Vec<&Cause<'_>> = causes.iter().filter(|cause| cause.finding.level == level).collect();
        if of_level.is_empty() {
            continue;
        }
        let title = match level {
            Level::Must => "broken promises",
            Level::Should => "recommendations not followed",
        };
        let _ = writeln!(out, "\n{title}:\n");
        for cause in of_level {
            write_cause(&mut out, cause);
        }
    }
    for trial in cause::stale(report) {
        let reason = trial.reason.as_deref().unwrap_or_default();
        let _ = writeln!(out, "\n{}\n  {reason}\n  at        {}:{}", trial.name, trial.file, trial.line);
    }
    write_inconclusive(&mut out, report);
    write_skipped(&mut out, report);
    write_deviations(&mut out, report);
    write_left(&mut out, report);
    write_counts(&mut out, report);
    out
}

fn write_cause(out: &mut String, cause: &Cause<'_>) {
    let finding = cause.finding;
    let Some(trial) = cause.trials.first() else { return };
    let exchange = trial.exchanges.get(finding.exchange);
    let _ = writeln!(out, "{} {}  {}", finding.clause, finding.level.as_str(), finding.message);
    let _ = writeln!(out, "  expected  {}", finding.expected);
    let _ = writeln!(out, "  actual    {}", finding.actual);
    if let Some(exchange) = exchange {
        let _ = writeln!(out, "  where     {} of {}", finding.part, answered(exchange));
    }
    let known = if trial.verdict == Verdict::Skipped { "  (known deviation)" } else { "" };
    let _ = writeln!(out, "  trial     {}{known}", trial.name);
    let _ = writeln!(out, "  at        {}:{}  check {}", trial.file, trial.line, finding.check);
    if let Some(exchange) = exchange {
        let _ = writeln!(out, "  again     {}", exchange.curl);
    }
    let others = &cause.trials[1..];
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().take(NAMED).map(|trial| trial.name.as_str()).collect();
        let more = others.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(out, "  also in   {}{more}", names.join("\n            "));
    }
    out.push('\n');
}

fn answered(exchange: &ExchangeReport) -> String {
    let status = exchange.status_code.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let id = exchange.request_id.as_ref().map(|id| format!(", request id {id}")).unwrap_or_default();
    format!("{} as {} ({status}{id})", exchange.endpoint, exchange.actor)
}

fn write_inconclusive(out: &mut String, report: &Report) {
    let groups = by_reason(report, |trial| trial.verdict == Verdict::Inconclusive);
    if groups.is_empty() {
        return;
    }
    out.push_str("\nno verdict could be had:\n\n");
    for (reason, trials) in groups.iter().take(LISTED) {
        let _ = writeln!(out, "  {reason}");
        let first = trials[0];
        let _ = writeln!(out, "    {} ({}:{}){}", first.name, first.file, first.line, and_more(trials.len() - 1));
    }
}

fn write_skipped(out: &mut String, report: &Report) {
    let groups = by_reason(report, |trial| trial.verdict == Verdict::Skipped && !cause::is_known_deviation(trial));
    if groups.is_empty() {
        return;
    }
    out.push_str("\nskipped:\n\n");
    for (reason, trials) in groups.iter().take(LISTED) {
        let _ = writeln!(out, "  {:>4}  {reason}", trials.len());
    }
}

/// The target's list of known deviations, each with what became of it.
fn write_deviations(out: &mut String, report: &Report) {
    if report.deviations.is_empty() {
        return;
    }
    out.push_str("\nknown deviations:\n\n");
    for entry in &report.deviations {
        let subject = [&entry.clause, &entry.trials, &entry.check, &entry.place];
        let subject: Vec<&str> = subject.into_iter().flatten().map(String::as_str).collect();
        let owner = entry.owner.as_ref().map(|owner| format!(", owner {owner}")).unwrap_or_default();
        let seen = match entry.observed_in.len() {
            0 => String::new(),
            1 => format!(", seen in {}", entry.observed_in[0]),
            many => format!(", seen in {many} trials"),
        };
        let _ = writeln!(
            out,
            "  {:<10}  {}: {} ({}{owner}, until {}){seen}",
            entry.state.as_str(),
            subject.join(" "),
            entry.reason,
            entry.ticket,
            entry.expires
        );
        if let Some(note) = entry.note.as_ref().filter(|_| entry.state == DeviationState::Unobserved) {
            let _ = writeln!(out, "              {note}");
        }
    }
}

fn write_left(out: &mut String, report: &Report) {
    let mut nouns: Vec<(&str, Vec<&str>)> = Vec::new();
    for left in &report.left_behind {
        match nouns.iter_mut().find(|(noun, _)| *noun == left.noun) {
            Some((_, ids)) => ids.push(&left.id),
            None => nouns.push((&left.noun, vec![&left.id])),
        }
    }
    for (noun, ids) in nouns {
        let shown: Vec<&str> = ids.iter().take(NAMED).copied().collect();
        let _ = writeln!(
            out,
            "\nleft behind on the target: {} {noun}{}: {}{}",
            ids.len(),
            if ids.len() == 1 { "" } else { "s" },
            shown.join(", "),
            and_more(ids.len() - shown.len())
        );
    }
}

fn and_more(count: usize) -> String {
    if count == 0 { String::new() } else { format!(" and {count} more") }
}

fn write_counts(out: &mut String, report: &Report) {
    let unexercised: Vec<&str> =
        report.clauses_with(ClauseStatus::NotExercised).map(|clause| clause.id.as_str()).collect();
    let violated: Vec<&str> = report.clauses_with(ClauseStatus::Violated).map(|clause| clause.id.as_str()).collect();
    let counts: Vec<String> =
        Verdict::ALL.iter().map(|verdict| format!("{} {}", report.count(*verdict), verdict.as_str())).collect();
    let _ = writeln!(out, "\n{}", cause::sentence(report));
    // They are among the inconclusive.
    let flaky = report.summary.get("flaky").copied().unwrap_or_default();
    let flaky = if flaky > 0 { format!(" ({flaky} flaky: failed, then passed)") } else { String::new() };
    let _ = writeln!(out, "  trials   {}{flaky}", counts.join(", "));
    let upheld = report.clauses_with(ClauseStatus::Upheld).count();
    let _ = writeln!(
        out,
        "  clauses  {upheld} upheld{}{}",
        listed("violated", &violated),
        listed("not exercised", &unexercised)
    );
    let observed = report.error_codes.iter().filter(|code| code.observed > 0).count();
    let missing: Vec<&str> =
        report.error_codes.iter().filter(|code| code.observed == 0).map(|code| code.code.as_str()).collect();
    let _ =
        writeln!(out, "  codes    {observed} of {} observed{}", report.error_codes.len(), listed("missing", &missing));
    let seconds = report.duration_ms as f64 / 1000.0;
    let _ = writeln!(
        out,
        "  run      {} in {seconds:.1} s, {} requests, seed {}",
        report.target, report.requests, report.seed
    );
}

fn listed(what: &str, ids: &[&str]) -> String {
    if ids.is_empty() {
        return String::new();
    }
    let shown: Vec<&str> = ids.iter().take(LISTED).copied().collect();
    format!(", {} {what} ({}{})", ids.len(), shown.join(", "), and_more(ids.len() - shown.len()))
}
