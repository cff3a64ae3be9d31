//! The causes of the terminal summary: why they are in this order, what the first repairs change, and each cause in a
//! few lines, with the request and the name of one test.

use super::lines::{complete, rows_on_screen, wrapped};
use super::{Detail, MOST_CAUSES, Screen, push};
use crate::cause::{Cause, counted, grouped};
use crate::escape::one_line;
use crate::grouping::{Kind, passing_after};
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
        .map(|(at, cause)| card(at + 1, cause, open.len() <= FEW_CAUSES, columns, detail))
        .collect();
    let text =
        |shown: usize| heading(report, open, shown, columns) + &cards[..shown].concat() + &rest(open, shown, screen);
    // At least one cause is shown, however small the terminal is.
    let shown = (1..=wanted).rev().find(|shown| *shown == 1 || rows_on_screen(&text(*shown), columns) <= room);
    let shown = shown.unwrap_or_default();
    (text(shown), shown)
}

/// Where the causes are that do not fit.
fn rest(open: &[&Cause<'_>], shown: usize, screen: Screen<'_>) -> String {
    match open.len() - shown {
        0 => String::new(),
        more => {
            let text = format!("and {}, {}", counted(more, "more cause"), screen.elsewhere());
            let mut out = String::new();
            push(&mut out, wrapped("    ", &text, screen.columns, 2));
            out
        }
    }
}

fn heading(report: &Report, open: &[&Cause<'_>], shown: usize, columns: usize) -> String {
    let mut out = String::from("\n");
    let title = match open.len() {
        all if all > shown => {
            format!("the first {shown} of {} causes; repair them in this order:", grouped(all as u64))
        }
        1 => "1 cause:".to_owned(),
        all => format!("{all} causes; repair them in this order:"),
    };
    push(&mut out, wrapped("", &title, columns, 2));
    if open.len() > 1 {
        push(&mut out, wrapped("  ", &order(open), columns, 3));
    }
    if let Some(text) = repairs(report, open, shown) {
        push(&mut out, wrapped("  ", &text, columns, 4));
    }
    out
}

/// Why the causes are in this order.
fn order(open: &[&Cause<'_>]) -> String {
    let missing = open.iter().any(|cause| cause.kind == Kind::NotImplemented);
    let failing = open.iter().any(|cause| cause.kind == Kind::Failing);
    let levels = open.iter().any(|cause| cause.finding.level != open[0].finding.level);
    let before =
        [(missing, "missing operations"), (failing, "operations that always fail"), (levels, "MUST before SHOULD")];
    let before: Vec<&str> = before.into_iter().filter_map(|(applies, words)| applies.then_some(words)).collect();
    let number = "repairs that make most tests pass";
    match before.as_slice() {
        [] => format!("First {number}."),
        some => format!("First {}, then {number}.", some.join(", then ")),
    }
}

/// How many failed tests the first repairs turn green. Tests with several causes need all of these repairs, so this is
/// more than the sum of the numbers of the causes.
fn repairs(report: &Report, open: &[&Cause<'_>], shown: usize) -> Option<String> {
    let passing = passing_after(report, open);
    let first = match open.len() {
        0 | 1 => return None,
        2 => "both".to_owned(),
        FIRST => "all three".to_owned(),
        _ => format!("causes 1 to {FIRST}"),
    };
    let after_first = passing[open.len().min(FIRST)];
    let failed = report.tests.iter().filter(|test| test.verdict == Verdict::Failed).count();
    let number = |count: usize| grouped(count as u64);
    let mut text =
        format!("Repairing {first} makes {} of the {} pass", number(after_first.tests), counted(failed, "failed test"));
    if shown > FIRST {
        text.push_str(&format!(", repairing 1 to {shown} makes {} pass", number(passing[shown].tests)));
    }
    if after_first.ended_in_setup > 0 {
        let ended = number(after_first.ended_in_setup);
        text.push_str(&format!("; {ended} of the {} ended in setup and may fail again", number(after_first.tests)));
    }
    text.push('.');
    Some(text)
}

/// A cause in three or four lines; if there are only a few causes, in six lines and an empty one.
fn card(number: usize, cause: &Cause<'_>, roomy: bool, columns: usize, detail: Detail) -> String {
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
        push(&mut out, wrapped("    ", &format!("{extent}{}", operations(cause, 1, room)), columns, most));
    } else {
        push(
            &mut out,
            wrapped(&number, &format!("{} ({})", title.trim_end_matches('.'), cause.extent()), columns, most),
        );
        // Lines end between words, so they hold a little less.
        push(&mut out, wrapped("    ", &evidence(cause, (columns - 4) * most - LINE_LOSS * most), columns, most));
    }
    out.push_str(&complete("    for example ", &cause.example().name, columns));
    out.push('\n');
    out
}

/// The operations, at least `least`, in about `room` characters: the last ones are only counted.
fn operations(cause: &Cause<'_>, least: usize, room: usize) -> String {
    let operations = cause.operations();
    if operations.len() < least {
        return String::new();
    }
    let text = |named: usize| match operations.len() - named {
        0 => format!("; on {}", operations.join(", ")),
        more if named == 0 => format!("; on {}", counted(more, "operation")),
        more => format!("; on {} and {more} more", operations[..named].join(", ")),
    };
    (0..=operations.len()).rev().map(text).find(|text| text.chars().count() <= room).unwrap_or_else(|| text(0))
}

/// The request of one test, what was expected and what came, in about `room` characters.
fn evidence(cause: &Cause<'_>, room: usize) -> String {
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
    let operations = operations(cause, 2, room / 3);
    // Each text gets half of the room, plus what the other one does not need.
    let room = room.saturating_sub(request.chars().count() + operations.chars().count());
    let room = room.saturating_sub("expected , got ".len());
    let part = |text: &str, other: &str| one_line(text, (room / 2).max(room.saturating_sub(other.chars().count())));
    format!("{request}expected {}, got {}{operations}", part(&expected, &actual), part(&actual, &expected))
}
