//! The terminal summary after the tests: the most important causes, a few lines of counts, and one command as the next
//! step. It always fits on a screen; the other formats contain everything.

use std::fmt::Write as _;
use std::path::Path;

use super::again;
use super::cause::{self, Cause, by_reason, causes, counted, grouped};
use super::escape::one_line;
use super::model::{ClauseStatus, DeviationReport, DeviationState, Report, TestReport};
use judge::verdict::Verdict;
use spec::contract::Level;

/// The most causes that are shown.
const MOST_CAUSES: usize = 10;
/// With more causes than this, each cause gets fewer lines.
const FEW_CAUSES: usize = 4;
/// The most lines of a section, without its heading.
const LISTED: usize = 3;
/// The most clauses or codes that a line of counts names.
const NAMED: usize = 6;
/// The longest line, in columns, except for commands.
const COLUMNS: usize = 100;

/// The summary. `json` is the file of the JSON report, if there is one.
pub fn render(report: &Report, json: Option<&Path>) -> String {
    let mut out = String::new();
    let causes = causes(report);
    write_causes(&mut out, &causes);
    let stale: Vec<&TestReport> = cause::stale(report).collect();
    section(&mut out, "known deviations that are out of date", &stale, |test| {
        let reason = test.reason.as_deref().unwrap_or_default();
        format!("{reason} ({}:{})", test.file, test.line)
    });
    let inconclusive = by_reason(report, |test| test.verdict == Verdict::Inconclusive);
    section(&mut out, "no verdict", &inconclusive, |(reason, tests)| {
        format!("{:>5}  {reason} ({})", grouped(tests.len() as u64), tests[0].name)
    });
    let skipped = by_reason(report, |test| test.verdict == Verdict::Skipped && !cause::is_known_deviation(test));
    section(&mut out, "skipped", &skipped, |(reason, tests)| format!("{:>5}  {reason}", grouped(tests.len() as u64)));
    let deviations: Vec<&DeviationReport> = report.deviations.iter().collect();
    section(&mut out, "known deviations", &deviations, |entry| deviation(entry));
    write_leftovers(&mut out, report);
    write_counts(&mut out, report);
    write_next(&mut out, report, &causes, json);
    out
}

/// Writes a heading and one line for each of the first entries.
fn section<T>(out: &mut String, title: &str, entries: &[T], line: impl Fn(&T) -> String) {
    if entries.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}:");
    for entry in entries.iter().take(LISTED) {
        let _ = writeln!(out, "  {}", one_line(&line(entry), COLUMNS - 2));
    }
    if entries.len() > LISTED {
        let _ = writeln!(out, "  and {} more (see the reports)", grouped((entries.len() - LISTED) as u64));
    }
}

fn write_causes(out: &mut String, causes: &[Cause<'_>]) {
    let open: Vec<&Cause<'_>> = causes.iter().filter(|cause| !cause.is_known()).collect();
    if open.is_empty() {
        return;
    }
    let shown = open.len().min(MOST_CAUSES);
    let title = match open.len() {
        all if all > shown => {
            format!("the first {shown} of {} causes; repair them in this order", grouped(all as u64))
        }
        all => counted(all, "cause"),
    };
    let _ = writeln!(out, "\n{title}:");
    for (index, cause) in open.iter().take(shown).enumerate() {
        write_cause(out, index + 1, cause, open.len() <= FEW_CAUSES);
    }
}

/// Writes a cause in four lines; if there are only a few causes, in six lines and an empty one.
fn write_cause(out: &mut String, number: usize, cause: &Cause<'_>, roomy: bool) {
    let finding = cause.shown();
    let mut lines = Vec::new();
    let should = if finding.level == Level::Should { " (SHOULD)" } else { "" };
    lines.push(format!("{number:>2}. {}{should}", cause.heading()));
    let (expected, actual) = (cause.expected(), cause.actual());
    if roomy {
        lines.push(format!("    expected  {expected}"));
        lines.push(format!("    actual    {actual}"));
        if let Some(exchange) = cause.exchange() {
            lines.push(format!("    where     {} of {} as {}", finding.part, exchange.endpoint, exchange.actor));
        }
    } else {
        // Each text gets half of the line, plus what the other one does not need.
        let room = COLUMNS - "    expected , got ".len();
        let expected = one_line(&expected, (room / 2).max(room.saturating_sub(actual.chars().count())));
        lines.push(format!("    expected {expected}, got {actual}"));
    }
    let alone = match cause.alone.len() {
        0 => String::new(),
        count => format!(", {} with no other cause", grouped(count as u64)),
    };
    let operations = cause.operations();
    let on = if operations.is_empty() { String::new() } else { format!("; on {}", operations.join(", ")) };
    lines.push(format!("    {}{alone}{on}", counted(cause.tests.len(), "test")));
    lines.push(format!("    for example {}", cause.example().name));
    if roomy {
        out.push('\n');
    }
    for line in lines {
        let _ = writeln!(out, "{}", one_line(&line, COLUMNS));
    }
}

/// A known deviation with its state.
fn deviation(entry: &DeviationReport) -> String {
    let subject = [&entry.clause, &entry.tests, &entry.check, &entry.place];
    let mut subject: Vec<&str> = subject.into_iter().flatten().map(String::as_str).collect();
    subject.extend(entry.operations.iter().map(String::as_str));
    let owner = entry.owner.as_ref().map(|owner| format!(", owner {owner}")).unwrap_or_default();
    let observed = match entry.observed_in.len() {
        0 => String::new(),
        many => format!(", observed in {}", counted(many, "test")),
    };
    let note = entry.note.as_ref().filter(|_| entry.state == DeviationState::Unobserved);
    let note = note.map(|note| format!("; {note}")).unwrap_or_default();
    let state = entry.state.as_str();
    format!(
        "{state:<10}  ({}{owner}, until {}){observed}: {} {}{note}",
        entry.ticket,
        entry.expires,
        entry.reason,
        subject.join(" ")
    )
}

fn write_leftovers(out: &mut String, report: &Report) {
    let mut nouns: Vec<(&str, Vec<&str>)> = Vec::new();
    for leftover in &report.leftovers {
        match nouns.iter_mut().find(|(noun, _)| *noun == leftover.noun) {
            Some((_, ids)) => ids.push(&leftover.id),
            None => nouns.push((&leftover.noun, vec![&leftover.id])),
        }
    }
    section(out, "leftover resources on the target", &nouns, |(noun, ids)| {
        let shown: Vec<&str> = ids.iter().take(LISTED).copied().collect();
        format!("{}: {}{}", counted(ids.len(), noun), shown.join(", "), and_more(ids.len() - shown.len()))
    });
}

/// Writes the next step: rerun the tests that did not pass, if there are several and a JSON report names them; otherwise
/// reproduce the one failure.
fn write_next(out: &mut String, report: &Report, causes: &[Cause<'_>], json: Option<&Path>) {
    let failing = causes.iter().find(|cause| !cause.is_known() && report.fails(cause.finding));
    let inconclusive = || report.tests.iter().find(|test| test.verdict == Verdict::Inconclusive);
    let command = match (failing, json.filter(|_| report.not_passed().count() > 1)) {
        (_, Some(json)) => Some(again::rerun_failed(report, json)),
        (Some(cause), None) => Some(again::again(report, cause.example(), cause.exchange())),
        (None, None) => inconclusive().map(|test| again::rerun(report, &test.name)),
    };
    if let Some(command) = command.filter(|_| report.exit_code != 0) {
        let _ = writeln!(out, "  next    {command}");
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
    // Flaky tests are also counted as inconclusive.
    let flaky = report.summary.get("flaky").copied().unwrap_or_default();
    let flaky = if flaky > 0 { format!(" ({flaky} flaky: failed, then passed)") } else { String::new() };
    let _ = writeln!(out, "  tests   {}{flaky}", counts.join(", "));
    let upheld = report.clauses_with(ClauseStatus::Upheld).count();
    let _ = writeln!(
        out,
        "  clauses {upheld} upheld{}{}",
        listed("violated", &violated),
        listed("not exercised", &unexercised)
    );
    let observed = report.error_codes.iter().filter(|code| code.observed > 0).count();
    let missing: Vec<&str> =
        report.error_codes.iter().filter(|code| code.observed == 0).map(|code| code.code.as_str()).collect();
    let _ =
        writeln!(out, "  codes   {observed} of {} observed{}", report.error_codes.len(), listed("missing", &missing));
    let seconds = report.duration_ms as f64 / 1000.0;
    let _ = writeln!(
        out,
        "  run     {} in {seconds:.1} s, {} requests, seed {}",
        report.target, report.requests, report.seed
    );
}

fn listed(what: &str, ids: &[&str]) -> String {
    match ids.len() {
        0 => String::new(),
        count if count > NAMED => format!(", {count} {what}"),
        count => format!(", {count} {what} ({})", ids.join(", ")),
    }
}
