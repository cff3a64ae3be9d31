//! The causes of the terminal summary: how many tests have only the first ones, and each cause in a few lines, with the
//! request and the name of one test.

use super::lines::{complete, rows_on_screen, wrapped};
use super::{Detail, MOST_CAUSES, Screen, push};
use crate::again;
use crate::cause::{Cause, counted, grouped};
use crate::escape::one_line;
use crate::grouping::{Kind, has_unusual_path, passing_after};
use crate::model::Report;
use judge::verdict::Verdict;
use spec::contract::Level;

/// With more causes than this, expected and actual value share a line.
const FEW_CAUSES: usize = 4;
/// How many repairs come first.
const FIRST: usize = 3;
/// How many characters a line loses because it ends between words.
const LINE_LOSS: usize = 6;

/// The causes that fit into `room` rows, and how many these are.
pub(super) fn render(
    report: &Report,
    open: &[&Cause<'_>],
    room: usize,
    screen: Screen<'_>,
    detail: Detail,
) -> (String, usize) {
    let columns = screen.columns;
    let wanted = open.len().min(MOST_CAUSES);
    let cards: Vec<String> = open
        .iter()
        .take(wanted)
        .enumerate()
        .map(|(at, cause)| card(report, at + 1, cause, open.len() <= FEW_CAUSES, columns, detail))
        .collect();
    let text = |shown: usize| {
        heading(report, open, shown, screen) + &cards[..shown].concat() + &rest(report, open, shown, screen)
    };
    // At least one cause is shown, however small the terminal is.
    let shown = (1..=wanted).rev().find(|shown| *shown == 1 || rows_on_screen(&text(*shown), columns) <= room);
    let shown = shown.unwrap_or_default();
    (text(shown), shown)
}

/// Where the causes are that do not fit.
fn rest(report: &Report, open: &[&Cause<'_>], shown: usize, screen: Screen<'_>) -> String {
    let mut out = String::new();
    if shown < open.len() {
        let text = format!("and {}, {}", number(report, open, &open[shown..], "more cause"), screen.elsewhere());
        push(&mut out, wrapped("    ", &text, screen.columns, 2));
    }
    out
}

fn heading(report: &Report, open: &[&Cause<'_>], shown: usize, screen: Screen<'_>) -> String {
    let columns = screen.columns;
    let mut out = String::from("\n");
    let all = number(report, open, open, "cause");
    let title = match open.len() {
        1 => "1 cause:".to_owned(),
        count if count > shown => format!("the first {shown} of {all}; repair them in this order:"),
        _ => format!("{all}; repair them in this order:"),
    };
    push(&mut out, wrapped("", &title, columns, 2));
    if let Some(text) = known(report, open, shown) {
        push(&mut out, wrapped("  ", &text, columns, 4));
    }
    if let Some(text) = more_about(report, open, screen) {
        push(&mut out, wrapped("  ", &text, columns, 3));
    }
    out
}

/// How many of the causes there are in a part of them. Those that only warn are counted apart, unless all causes do.
fn number(report: &Report, open: &[&Cause<'_>], part: &[&Cause<'_>], cause: &str) -> String {
    let fails = |cause: &&Cause<'_>| report.fails(cause.shown());
    let failing = if open.iter().any(fails) { part.iter().filter(|cause| fails(cause)).count() } else { part.len() };
    let counts = [(failing, cause), (part.len() - failing, "warning")].into_iter().filter(|(count, _)| *count > 0);
    counts.map(|(count, what)| counted(count, what)).collect::<Vec<_>>().join(" and ")
}

/// How many failed tests have only the first causes, and how many of these were not sent completely. Tests with several
/// causes are in none of the numbers of the single causes, so this is more than their sum.
fn known(report: &Report, open: &[&Cause<'_>], shown: usize) -> Option<String> {
    let passing = passing_after(report, open);
    let number = |count: usize| grouped(count as u64);
    let failed = report.tests.iter().filter(|test| test.verdict == Verdict::Failed).count();
    let failed = counted(failed, "failed test");
    let (mut text, last) = match open.len() {
        0..=FIRST => (String::new(), passing[open.len()]),
        _ => {
            let first = number(passing[FIRST].tests);
            let all = number(passing[shown.max(FIRST)].tests);
            let more = if shown > FIRST { format!(", and {all} only causes 1 to {shown}") } else { String::new() };
            (format!("Of the {failed}, {first} show only causes 1 to {FIRST}{more}."), passing[shown.max(FIRST)])
        }
    };
    if last.ended_in_setup > 0 {
        let ended = number(last.ended_in_setup);
        let of = if text.is_empty() {
            format!("Of the {failed}, {ended}")
        } else {
            format!(" {ended} of the {}", number(last.tests))
        };
        text.push_str(&format!("{of} ended in setup: their own steps were not sent and may show more."));
    }
    (!text.is_empty()).then_some(text)
}

/// The commands that show more about one cause.
fn more_about(report: &Report, open: &[&Cause<'_>], screen: Screen<'_>) -> Option<String> {
    let clause = open.iter().find(|cause| !cause.clauses().is_empty()).map(|cause| cause.shown().clause.as_str());
    let explain =
        clause.map(|clause| format!("`{}` shows what a clause says and where", again::explain(report, clause)));
    let again = screen.json.map(|_| "`--cause N` after the last command below runs the tests of one cause".to_owned());
    let both: Vec<String> = explain.into_iter().chain(again).collect();
    (open.len() > 1 && !both.is_empty()).then(|| both.join("; ") + ".")
}

/// A cause in three or four lines; if there are only a few causes, in six lines and an empty one.
fn card(report: &Report, number: usize, cause: &Cause<'_>, roomy: bool, columns: usize, detail: Detail) -> String {
    let should = if cause.shown().level == Level::Should { " (SHOULD)" } else { "" };
    let (number, title) = (format!("{number:>2}. "), format!("{}{should}", cause.heading()));
    let most = detail.lines();
    let mut out = String::new();
    if roomy {
        out.push('\n');
        push(&mut out, wrapped(&number, &title, columns, most));
        push(&mut out, wrapped("    expected  ", &cause.expected(), columns, most));
        push(&mut out, wrapped("    actual    ", &cause.actual(), columns, most));
        if let Some(exchange) = cause.exchange() {
            let place = format!("{} of {} as {}", cause.shown().part, exchange.endpoint, exchange.actor);
            push(&mut out, wrapped("    where     ", &place, columns, most));
        }
        let extent = cause.extent();
        let room = ((columns - 4) * most).saturating_sub(extent.chars().count());
        push(&mut out, wrapped("    ", &format!("{extent}{}", operations(cause, room)), columns, most));
    } else {
        push(
            &mut out,
            wrapped(&number, &format!("{} ({})", title.trim_end_matches('.'), cause.extent()), columns, most),
        );
        // Lines end between words, so they hold a little less.
        push(&mut out, wrapped("    ", &evidence(report, cause, (columns - 4 - LINE_LOSS) * most), columns, most));
        if let Some(others) = other_operations(cause, columns - 4).filter(|_| detail != Detail::Short) {
            push(&mut out, wrapped("    ", &others, columns, 1));
        }
    }
    out.push_str(&complete("    for example ", &cause.example().name, columns));
    out.push('\n');
    out
}

/// All operations, in about `room` characters: the last ones are only counted.
fn operations(cause: &Cause<'_>, room: usize) -> String {
    match cause.operations().as_slice() {
        [] => String::new(),
        operations => listed("; on ", operations, room),
    }
}

/// The operations besides that of the evidence, in about `room` characters.
fn other_operations(cause: &Cause<'_>, room: usize) -> Option<String> {
    let operations = cause.operations();
    let others = operations.get(1..).filter(|others| !others.is_empty())?;
    Some(listed("also on ", others, room))
}

/// Names in about `room` characters: the last ones are only counted.
fn listed(before: &str, names: &[&str], room: usize) -> String {
    let text = |named: usize| match names.len() - named {
        0 => format!("{before}{}", names.join(", ")),
        more if named == 0 => format!("{before}{}", counted(more, "operation")),
        more => format!("{before}{} and {more} more", names[..named].join(", ")),
    };
    (0..=names.len()).rev().map(text).find(|text| text.chars().count() <= room).unwrap_or_else(|| text(0))
}

/// The request of one test, what was expected and what came, in about `room` characters.
fn evidence(report: &Report, cause: &Cause<'_>, room: usize) -> String {
    if let Some(text) = always(report, cause) {
        return text;
    }
    let request = cause.exchange().map(|exchange| {
        format!("{} as {}: ", one_line(&exchange.endpoint, room / 3), one_line(&exchange.actor, room / 6))
    });
    let request = request.unwrap_or_default();
    let (expected, actual) = (cause.expected(), cause.actual());
    if matches!(cause.kind, Kind::NotImplemented | Kind::Failing) {
        return format!("{request}got {actual}");
    }
    // A missing or wrong header is known by its name only.
    let header = Some(&cause.shown().part).filter(|part| part.starts_with("header "));
    let header = header.map(|part| format!("{part}: ")).unwrap_or_default();
    let request = request + &header;
    // Each text gets half of the room, plus what the other one does not need.
    let room = room.saturating_sub(request.chars().count() + "expected , got ".len());
    let part = |text: &str, other: &str| one_line(text, (room / 2).max(room.saturating_sub(other.chars().count())));
    format!("{request}expected {}, got {}", part(&expected, &actual), part(&actual, &expected))
}

/// What every request to an operation that is not implemented got, if the request of the example is unusual: alone, it
/// could have been refused for its value.
fn always(report: &Report, cause: &Cause<'_>) -> Option<String> {
    let shown = cause.exchange().filter(|shown| has_unusual_path(shown) && cause.kind == Kind::NotImplemented)?;
    let all = report.tests.iter().flat_map(|test| &test.exchanges);
    let mut answers = all.filter(|other| other.operation == shown.operation).filter_map(|other| other.status_code);
    let same = answers.all(|status| Some(status) == shown.status_code);
    same.then(|| format!("every request got {}, for example {} as {}", cause.actual(), shown.endpoint, shown.actor))
}
