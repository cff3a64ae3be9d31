//! The Markdown report, for job summaries: the verdict, then all causes, worst first, each with the commands that
//! reproduce it. Each section counts the entries that do not fit.

use std::fmt::Write as _;

use super::again;
use super::cause::{self, Cause, counted, duration, grouped, is_known_deviation};
use super::escape::{one_line, visible};
use super::model::{ClauseReport, ClauseStatus, CodeReport, DeviationReport, Report, TestReport, codes_observed};
use super::obstacles::{Obstacle, obstacles};
use judge::verdict::Verdict;
use spec::contract::Level;

/// The largest summary, in bytes. GitHub discards a job summary of one megabyte or more.
const MOST: usize = 900_000;
/// The most characters of a value.
const MAX_VALUE_LENGTH: usize = 600;
/// The most bytes of the commands of a cause.
const MAX_COMMAND_LENGTH: usize = 4000;
/// The most tests that are named for a cause or a reason.
const NAMED: usize = 10;
/// Reserved bytes for a section's heading and for the note about omitted entries.
const NOTE: usize = 400;

pub(super) fn render(report: &Report) -> String {
    within(report, MOST)
}

/// The report in at most `most` bytes.
pub(super) fn within(report: &Report, most: usize) -> String {
    let mut out = Out { text: head(report), most };
    let causes = cause::causes(report);
    let of = |selected: &dyn Fn(&Cause<'_>) -> bool| -> Vec<String> {
        causes.iter().filter(|cause| selected(cause)).map(|cause| of_cause(report, cause)).collect()
    };
    let stale = cause::stale(report).map(of_stale);
    let violations = of(&|cause| !cause.is_known() && cause.finding.level == Level::Must).into_iter().chain(stale);
    let violations: Vec<String> = violations.collect();
    let order = if violations.len() > 1 { format!("{}\n\n", cause::ORDER) } else { String::new() };
    out.section("Violations", &order, violations);
    out.section("No verdict", "", obstacles(report).iter().map(|obstacle| of_obstacle(report, obstacle)).collect());
    let advised = of(&|cause| !cause.is_known() && cause.finding.level == Level::Should);
    out.section("Recommendations not followed", "", advised);
    let known = match report.deviations.as_slice() {
        [] => reasons(report, is_known_deviation),
        entries => entries.iter().map(of_deviation).collect(),
    };
    out.section("Known deviations", "", known);
    let table = "| clause | level | outcome | tests | what it says |\n|---|---|---|---:|---|\n";
    let clauses = [ClauseStatus::Violated, ClauseStatus::NotExercised];
    let clauses = clauses.into_iter().flat_map(|status| report.clauses_with(status)).map(of_clause).collect();
    out.section("Clauses that are not upheld", table, clauses);
    let unseen = report.error_codes.iter().filter(|code| code.observed == 0);
    let line = |code: &CodeReport| match code.reason_excluded() {
        Some(reason) => format!("- {}, excluded: {}\n", value(&code.code), plain(reason)),
        None => format!("- {}\n", value(&code.code)),
    };
    let codes = unseen.map(line).collect();
    out.section("Codes that were not observed", "", codes);
    let skipped = |test: &TestReport| test.verdict == Verdict::Skipped && !is_known_deviation(test);
    out.section("Skipped", "", reasons(report, skipped));
    out.text
}

/// The text so far; it never gets longer than `most` bytes.
struct Out {
    text: String,
    most: usize,
}

impl Out {
    fn section(&mut self, title: &str, lead: &str, entries: Vec<String>) {
        if entries.is_empty() || self.text.len() + NOTE > self.most {
            return;
        }
        let _ = write!(self.text, "\n## {title} ({})\n\n{lead}", grouped(entries.len() as u64));
        for (index, entry) in entries.iter().enumerate() {
            if self.text.len() + entry.len() + NOTE > self.most {
                let left = entries.len() - index;
                let _ = write!(
                    self.text,
                    "\n_{} left out here, to keep this summary small enough to be shown._\n",
                    entries_of(left)
                );
                return;
            }
            self.text.push_str(entry);
        }
    }
}

fn entries_of(count: usize) -> String {
    if count == 1 { "1 further entry is".to_owned() } else { format!("{} further entries are", grouped(count as u64)) }
}

fn head(report: &Report) -> String {
    let sign = match report.exit_code {
        0 => "✅",
        1 => "❌",
        _ => "❔",
    };
    let mut text = format!(
        "# {sign} {}\n\nExit code **{}**: {}.\n\n",
        cause::sentence(report),
        report.exit_code,
        cause::exit_reason(report)
    );
    text.push_str("| tests | failed | inconclusive | warned | skipped | passed |\n|---:|---:|---:|---:|---:|---:|\n");
    let worst_first = [Verdict::Failed, Verdict::Inconclusive, Verdict::Warned, Verdict::Skipped, Verdict::Passed];
    let counts: Vec<String> = worst_first.iter().map(|verdict| grouped(report.count(*verdict) as u64)).collect();
    let _ = writeln!(text, "| {} | {} |\n", grouped(report.tests.len() as u64), counts.join(" | "));
    let of = |status| report.clauses_with(status).count();
    let _ = writeln!(
        text,
        "- clauses: {} of {} upheld, {} violated, {} not exercised\n- codes: {}\n- target: {}\n- contract: <code>{}</code>, {} {}, seed {}{}\n- started {}, took {}, {}\n- command: {}",
        of(ClauseStatus::Upheld),
        report.clauses.len(),
        of(ClauseStatus::Violated),
        of(ClauseStatus::NotExercised),
        codes_observed(&report.error_codes),
        value(&report.target),
        report.suite.contract_hash.chars().take(12).filter(char::is_ascii_alphanumeric).collect::<String>(),
        plain(&report.suite.name),
        plain(&report.suite.version),
        report.seed,
        if report.strict { ", strict" } else { "" },
        plain(&report.started_at),
        duration(report.duration_ms),
        counted(usize::try_from(report.requests).unwrap_or(usize::MAX), "request"),
        value(&report.command),
    );
    text
}

/// The clauses in front of a title.
fn label(cause: &Cause<'_>) -> String {
    let clauses = cause.own_clauses().join(", ");
    if clauses.is_empty() { clauses } else { format!("{} ", value(&clauses)) }
}

fn of_cause(report: &Report, cause: &Cause<'_>) -> String {
    let (finding, test, exchange) = (cause.shown(), cause.example(), cause.exchange());
    let mut text = format!(
        "### {}{} ({})\n\nin {}; check {}\n\n| | |\n|---|---|\n",
        label(cause),
        plain(&cause.title()),
        finding.level.as_str(),
        occurrence(cause),
        value(&finding.check)
    );
    let _ = writeln!(text, "| expected | {} |\n| actual | {} |", value(&cause.expected()), value(&cause.actual()));
    if let Some(body) = cause.sent() {
        let _ = writeln!(text, "| sent | {} |", value(body));
    }
    let others = cause.other_clauses();
    if !others.is_empty() {
        let _ = writeln!(text, "| violated because of it | {} |", value(&others.join(", ")));
    }
    let part = value(&finding.part);
    let place = exchange.map(|exchange| {
        let id = exchange.request_id.as_ref().map(|id| format!(", request id {}", value(id))).unwrap_or_default();
        format!(" of {} as {}{id}", value(&exchange.endpoint), plain(&exchange.actor))
    });
    let _ = writeln!(text, "| where | {part}{} |", place.unwrap_or_default());
    let _ = writeln!(text, "| test | {} ({}:{}) |\n", value(&test.name), value(&test.file), test.line);
    let commands = vec![again::again(report, test, exchange), again::rerun(report, &test.name)];
    text.push_str(&fenced(&commands));
    let others: Vec<&TestReport> = cause.tests.iter().copied().filter(|other| other.name != test.name).collect();
    if !others.is_empty() {
        let _ = write!(text, "\n<details><summary>{}</summary>\n\n", counted(others.len(), "further test"));
        text.push_str(&names(&others));
        text.push_str("\n</details>\n");
    }
    text.push('\n');
    text
}

/// How many tests show a cause, what its repair changes, and on which operations it shows.
fn occurrence(cause: &Cause<'_>) -> String {
    let operations: Vec<String> = cause.operations().into_iter().map(value).collect();
    let on = if operations.is_empty() { String::new() } else { format!("; on {}", operations.join(", ")) };
    format!("{}{on}", cause.extent())
}

fn of_stale(test: &TestReport) -> String {
    let reason = test.reason.as_deref().unwrap_or_default();
    format!("- {} ({}:{})\n", plain(reason), value(&test.file), test.line)
}

fn of_deviation(entry: &DeviationReport) -> String {
    let subject: Vec<String> = entry.subject().map(value).collect();
    let owner = entry.owner.as_ref().map(|owner| format!(", owner {}", plain(owner))).unwrap_or_default();
    let note = entry.note.as_ref().map(|note| format!("; {}", plain(note))).unwrap_or_default();
    let observed = counted(entry.observed_in.len(), "test");
    format!(
        "- **{}** {}: {} ({}{owner}, until {}), observed in {observed}{note}\n",
        entry.state.as_str(),
        subject.join(" "),
        plain(&entry.reason),
        plain(&entry.ticket),
        plain(&entry.expires)
    )
}

fn of_clause(clause: &ClauseReport) -> String {
    let outcome = if clause.status == ClauseStatus::Violated { "❌ violated" } else { "not exercised" };
    let why = clause.reason.as_deref().map(|reason| format!("<br>_{}_", plain(reason))).unwrap_or_default();
    format!(
        "| {} | {} | {outcome} | {} | {}{why} |\n",
        value(&clause.id),
        clause.level.as_str(),
        clause.exercised_by,
        plain(&clause.says)
    )
}

fn reasons(report: &Report, selected: impl Fn(&TestReport) -> bool) -> Vec<String> {
    cause::by_reason(report, selected).into_iter().map(|(reason, tests)| of_reason(reason, &tests, "")).collect()
}

fn of_obstacle(report: &Report, obstacle: &Obstacle<'_>) -> String {
    let command = fenced(&[obstacle.reproduce(report)]) + "\n";
    of_reason(obstacle.reason, &obstacle.tests, &command)
}

/// A reason with the tests that give it.
fn of_reason(reason: &str, tests: &[&TestReport], command: &str) -> String {
    format!(
        "**{}**: {}\n\n{command}<details><summary>tests</summary>\n\n{}\n</details>\n\n",
        counted(tests.len(), "test"),
        plain(reason),
        names(tests)
    )
}

fn names(tests: &[&TestReport]) -> String {
    let mut text = String::new();
    for test in tests.iter().take(NAMED) {
        let _ = writeln!(text, "- {} ({}:{})", value(&test.name), value(&test.file), test.line);
    }
    if tests.len() > NAMED {
        let _ = writeln!(text, "- and {} more", grouped((tests.len() - NAMED) as u64));
    }
    text
}

/// Commands in a code fence that is longer than any fence in the commands.
fn fenced(commands: &[String]) -> String {
    let lines: Vec<String> = commands.iter().map(|command| visible(command)).collect();
    let text = match lines.join("\n") {
        text if text.len() > MAX_COMMAND_LENGTH => {
            let kept: Vec<&str> =
                lines.iter().map(String::as_str).filter(|line| line.len() < MAX_COMMAND_LENGTH / 2).collect();
            format!("# a command is too long for this summary; see the JSON report\n{}", kept.join("\n"))
        }
        text => text,
    };
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}sh\n{text}\n{fence}\n")
}

/// A value as code, in one line, with all Markdown escaped.
fn value(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

/// A text in one line, with all Markdown escaped.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for letter in one_line(text, MAX_VALUE_LENGTH).chars() {
        // A dot creates a link only after `www`.
        let harmless =
            "-/,()=;'\"%+? ".contains(letter) || (letter == '.' && !out.to_ascii_lowercase().ends_with("www"));
        if letter.is_ascii_punctuation() && !harmless {
            let _ = write!(out, "&#{};", u32::from(letter));
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_in_a_value_is_escaped() {
        assert_eq!(plain("a|b`*_<x>@all\n#1"), "a&#124;b&#96;&#42;&#95;&#60;x&#62;&#64;all&#92;n&#35;1");
        assert_eq!(plain("https://www.h.x"), "https&#58;//www&#46;h.x");
    }

    #[test]
    fn fence_is_longer_than_fences_in_the_commands() {
        assert_eq!(fenced(&["a ```` b".into()]), "`````sh\na ```` b\n`````\n");
        assert!(fenced(&["x".repeat(5000), "y".into()]).ends_with("\ny\n```\n"));
    }
}
