//! The causes of the terminal summary: why they are in this order, what the first repairs change, and each cause in a
//! few lines, with the request and the name of one test.

use super::lines::{complete, rows_on_screen, wrapped};
use super::{Detail, MOST_CAUSES, push};
use crate::cause::{Cause, counted, grouped};
use crate::escape::one_line;
use crate::grouping::{Kind, passing_after};
use crate::model::Report;
use spec::contract::Level;

/// With more causes than this, expected and actual value share a line.
const FEW_CAUSES: usize = 4;
/// How many repairs come first.
const FIRST: usize = 3;

/// The causes that fit into `room` rows, and how many these are.
pub(super) fn render(
    report: &Report,
    open: &[&Cause<'_>],
    room: usize,
    columns: usize,
    detail: Detail,
) -> (String, usize) {
    let wanted = open.len().min(MOST_CAUSES);
    let cards: Vec<String> = open
        .iter()
        .take(wanted)
        .enumerate()
        .map(|(at, cause)| card(at + 1, cause, open.len() <= FEW_CAUSES, columns, detail))
        .collect();
    // At least one cause is shown, however small the terminal is.
    let shown = (1..=wanted).rev().find(|shown| {
        let text = heading(report, open, *shown, columns) + &cards[..*shown].concat();
        *shown == 1 || rows_on_screen(&text, columns) <= room
    });
    let shown = shown.unwrap_or_default();
    (heading(report, open, shown, columns) + &cards[..shown].concat(), shown)
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
        push(&mut out, wrapped("  ", &text, columns, 3));
    }
    out
}

/// Why the causes are in this order.
fn order(open: &[&Cause<'_>]) -> String {
    let missing = open.iter().any(|cause| cause.kind == Kind::NotImplemented);
    let levels = open.iter().any(|cause| cause.finding.level != open[0].finding.level);
    let before = [(missing, "missing operations"), (levels, "MUST before SHOULD")];
    let before: Vec<&str> = before.into_iter().filter_map(|(applies, words)| applies.then_some(words)).collect();
    let number = "the number of failed tests that have no other cause";
    match before.as_slice() {
        [] => format!("The order follows {number}."),
        some => format!("First {}, then by {number}.", some.join(", then ")),
    }
}

/// How many tests the first repairs turn green: tests with two causes need both repairs.
fn repairs(report: &Report, open: &[&Cause<'_>], shown: usize) -> Option<String> {
    let passing = passing_after(report, open);
    let first = match open.len() {
        0 | 1 => return None,
        2 => "Repairing both".to_owned(),
        FIRST => "Repairing all three".to_owned(),
        _ => "Repairing the first three".to_owned(),
    };
    let after_first = passing[open.len().min(FIRST)];
    let mut text = format!("{first} makes {} pass", more_tests(after_first.tests));
    if after_first.ended_in_setup > 0 {
        let ended = grouped(after_first.ended_in_setup as u64);
        text.push_str(&format!(" ({ended} of them ended in their setup and may show another cause)"));
    }
    if shown > FIRST {
        let all = if shown == open.len() { format!("all {shown}") } else { format!("the first {shown}") };
        text.push_str(&format!(", {all} together {}", grouped(passing[shown].tests as u64)));
    }
    text.push('.');
    Some(text)
}

fn more_tests(count: usize) -> String {
    format!("{} more test{}", grouped(count as u64), if count == 1 { "" } else { "s" })
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
        push(&mut out, wrapped("    ", &format!("{}{}", count(cause), operations(cause, 1)), columns, most));
    } else {
        push(&mut out, wrapped(&number, &format!("{title} ({})", count(cause)), columns, most));
        push(&mut out, wrapped("    ", &evidence(cause, (columns - 4) * most), columns, most));
    }
    out.push_str(&complete("    for example ", &cause.example().name, columns));
    out.push('\n');
    out
}

fn count(cause: &Cause<'_>) -> String {
    let alone = match cause.alone.len() {
        0 => String::new(),
        count => format!(", {} with no other cause", grouped(count as u64)),
    };
    format!("{}{alone}", counted(cause.tests.len(), "test"))
}

fn operations(cause: &Cause<'_>, least: usize) -> String {
    let operations = cause.operations();
    if operations.len() < least { String::new() } else { format!("; on {}", operations.join(", ")) }
}

/// The request of one test, what was expected and what came, in about `room` characters.
fn evidence(cause: &Cause<'_>, room: usize) -> String {
    let request = cause.exchange().map(|exchange| {
        format!("{} as {}: ", one_line(&exchange.endpoint, room / 3), one_line(&exchange.actor, room / 6))
    });
    let request = request.unwrap_or_default();
    let operations = operations(cause, 2);
    let (expected, actual) = (cause.expected(), cause.actual());
    if cause.kind == Kind::NotImplemented {
        return format!("{request}got {actual}");
    }
    // Each text gets half of the room, plus what the other one does not need.
    let room = room.saturating_sub(request.chars().count() + operations.chars().count().min(room / 4));
    let room = room.saturating_sub("expected , got ".len());
    let part = |text: &str, other: &str| one_line(text, (room / 2).max(room.saturating_sub(other.chars().count())));
    format!("{request}expected {}, got {}{operations}", part(&expected, &actual), part(&actual, &expected))
}
