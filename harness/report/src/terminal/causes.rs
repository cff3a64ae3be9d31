//! The causes of the terminal summary: how many tests have only the first ones, and each cause in a few lines, with the
//! request and the name of one test.

use super::lines::{complete, rows_on_screen, wrapped};
use super::{Detail, MAX_CAUSES, Screen, push};
use crate::cause::{Cause, counted, grouped};
use crate::escape::one_line;
use crate::grouping::{CauseKind, ordinary, passing_after};
use crate::model::Report;
use judge::verdict::Verdict;
use spec::contract::Level;

/// Between the beginning and the end of a long body.
const BETWEEN: &str = " … ";
/// With more causes than this, expected and actual value share a line.
const FEW_CAUSES: usize = 4;
/// How many repairs come first.
const FIRST: usize = 3;
/// How many characters a line loses because it ends between words.
const LINE_LOSS: usize = 6;

/// The causes that fit into `room` rows, and how many these are. Rows that are left show what was sent, from the first
/// cause on.
pub(super) fn render(
    report: &Report,
    open: &[&Cause<'_>],
    room: usize,
    screen: Screen<'_>,
    detail: Detail,
) -> (String, usize) {
    let wanted = open.len().min(MAX_CAUSES);
    let card = |at: usize, with_body: bool| {
        reason(open, at, screen.columns) + &Card { report, screen, detail, open, at }.render(with_body)
    };
    let mut cards: Vec<String> = (0..wanted).map(|at| card(at, false)).collect();
    let text = |cards: &[String]| {
        heading(report, open, cards.len(), screen.columns) + &cards.concat() + &rest(report, open, cards.len(), screen)
    };
    let fits = |cards: &[String]| rows_on_screen(&text(cards), screen.columns) <= room;
    // At least one cause is shown, however small the terminal is.
    while cards.len() > 1 && !fits(&cards) {
        cards.pop();
    }
    for at in 0..cards.len() {
        let without = std::mem::replace(&mut cards[at], card(at, true));
        if !fits(&cards) {
            cards[at] = without;
        }
    }
    (text(&cards), cards.len())
}

/// Why the causes from this one on stand here, if it is the first one of several with this reason.
fn reason(open: &[&Cause<'_>], at: usize, columns: usize) -> String {
    let own = Rank::of(open[at]);
    let mut out = String::new();
    if open.len() > 1 && (at == 0 || Rank::of(open[at - 1]) != own) {
        if open.len() <= FEW_CAUSES {
            out.push('\n');
        }
        push(&mut out, wrapped("", &own.reason(open, at), columns, 2));
    }
    out
}

/// The part of the order that a cause is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rank {
    /// It is an operation that does not work.
    Operation,
    Must,
    Should,
}

impl Rank {
    fn of(cause: &Cause<'_>) -> Self {
        match cause.shown().level {
            _ if cause.kind.is_of_operation() => Rank::Operation,
            Level::Must => Rank::Must,
            Level::Should => Rank::Should,
        }
    }

    /// Why the causes from this one on stand here.
    fn reason(self, open: &[&Cause<'_>], at: usize) -> String {
        let then = if at == 0 { "First" } else { "then" };
        match self {
            Rank::Operation => {
                let fails = open.iter().any(|cause| cause.kind == CauseKind::Failing);
                let missing = open.iter().any(|cause| cause.kind == CauseKind::NotImplemented);
                let what = match (missing, fails) {
                    (true, true) => "operations that are missing or always fail",
                    (false, true) => "operations that always fail",
                    (true, false) | (false, false) => "operations that are missing",
                };
                format!("{then} the {what}, because nothing else about them can be tested:")
            }
            Rank::Must if at == 0 => "First those that stand in the way of most failed tests:".to_owned(),
            Rank::Must => format!("{then} those that stand in the way of most failed tests:"),
            Rank::Should if at == 0 => "Recommendations (SHOULD):".to_owned(),
            Rank::Should => format!("{then} recommendations (SHOULD):"),
        }
    }
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

fn heading(report: &Report, open: &[&Cause<'_>], shown: usize, columns: usize) -> String {
    let mut out = String::from("\n");
    let all = number(report, open, open, "cause");
    let title = match open.len() {
        1 => "1 cause:".to_owned(),
        count if count > shown && all.contains(" and ") => {
            format!("the first {shown} of {count}: {all}; repair them in this order:")
        }
        count if count > shown => format!("the first {shown} of {all}; repair them in this order:"),
        _ => format!("{all}; repair them in this order:"),
    };
    push(&mut out, wrapped("", &title, columns, 2));
    for text in known(report, open, shown) {
        push(&mut out, wrapped("  ", &text, columns, 2));
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

/// What the repair of the first causes changes, and of all that are shown: in how many failed tests they are the only
/// ones. Of some tests, only the setup was sent.
fn known(report: &Report, open: &[&Cause<'_>], shown: usize) -> Vec<String> {
    let passing = passing_after(report, open);
    let number = |count: usize| grouped(count as u64);
    let failed = report.tests.iter().filter(|test| test.verdict == Verdict::Failed).count();
    let of_failed = match failed {
        1 => "of 1 failed test".to_owned(),
        _ => format!("of the {}", counted(failed, "failed test")),
    };
    if open.len() <= FIRST {
        let ended = passing[open.len()].ended_early;
        return if ended > 0 { vec![format!("{} {of_failed} {ENDED}", number(ended))] } else { Vec::new() };
    }
    let last = shown.max(FIRST);
    let (some, all) = (passing[FIRST], passing[last]);
    let mut parts = vec![some];
    let mut lines = vec![format!("If causes 1 to {FIRST} are repaired, {} {of_failed} can pass.", number(some.tests))];
    if last > FIRST {
        lines.push(format!("If causes 1 to {last} are repaired, {} can pass.", number(all.tests)));
        parts.push(all);
    }
    let ended = parts.iter().filter(|part| part.ended_early > 0);
    let ended = ended.map(|part| format!("{} of the {}", number(part.ended_early), number(part.tests)));
    let ended: Vec<String> = ended.collect();
    if !ended.is_empty() {
        lines.push(format!("{} {ENDED}", ended.join(" and ")));
    }
    lines
}

/// What is said of tests of which not all steps were sent.
const ENDED: &str = "ended early: their other requests were not sent, and may fail too.";

/// A cause in three to five lines; if there are only a few causes, in seven lines and an empty one.
struct Card<'c, 'r> {
    report: &'r Report,
    screen: Screen<'c>,
    detail: Detail,
    open: &'c [&'c Cause<'r>],
    at: usize,
}

impl Card<'_, '_> {
    fn render(&self, with_body: bool) -> String {
        let (cause, columns) = (self.open[self.at], self.screen.columns);
        let should = if cause.shown().level == Level::Should { " (SHOULD)" } else { "" };
        let room = self.room_for_heading().saturating_sub(should.chars().count());
        let (number, title) = (format!("{:>2}. ", self.at + 1), format!("{}{should}", cause.heading_within(room)));
        let mut out = String::new();
        if self.open.len() <= FEW_CAUSES {
            self.roomy(&mut out, &number, &title, with_body);
        } else {
            self.narrow(&mut out, &number, &title, with_body);
        }
        out.push_str(&complete("    for example ", &cause.example().name, columns));
        out.push('\n');
        out
    }

    /// The number of characters on the lines of the title, without the number of tests. Lines end between words, so they
    /// hold a little less.
    fn room_for_heading(&self) -> usize {
        let lines = (self.screen.columns - 4).saturating_sub(LINE_LOSS) * self.detail.lines();
        match self.open.len() <= FEW_CAUSES {
            true => lines,
            false => lines.saturating_sub(self.open[self.at].extent().chars().count() + " ()".len()),
        }
    }

    fn roomy(&self, out: &mut String, number: &str, title: &str, with_body: bool) {
        let (cause, columns, most) = (self.open[self.at], self.screen.columns, self.detail.lines());
        out.push('\n');
        push(out, wrapped(number, title, columns, most));
        push(out, wrapped("    expected  ", &cause.expected(), columns, most));
        push(out, wrapped("    actual    ", &cause.actual(), columns, most));
        if let Some(exchange) = cause.exchange() {
            let place = format!("{} of {} as {}", cause.shown().part, exchange.endpoint, exchange.actor);
            push(out, wrapped("    where     ", &place, columns, most));
        }
        if with_body {
            push(out, sent(cause, "    sent      ", self.screen, most));
        }
        let extent = cause.extent();
        let room = ((columns - 4) * most).saturating_sub(extent.chars().count());
        push(out, wrapped("    ", &format!("{extent}{}", operations(cause, room)), columns, most));
    }

    fn narrow(&self, out: &mut String, number: &str, title: &str, with_body: bool) {
        let (cause, columns, most) = (self.open[self.at], self.screen.columns, self.detail.lines());
        push(out, wrapped(number, &self.counted_title(title), columns, most));
        // Lines end between words, so they hold a little less.
        push(out, wrapped("    ", &evidence(self.report, cause, (columns - 4 - LINE_LOSS) * most), columns, most));
        if with_body {
            push(out, sent(cause, "    sent ", self.screen, 1));
        }
        if let Some(others) = other_operations(cause, columns - 4).filter(|_| self.detail != Detail::Short) {
            push(out, wrapped("    ", &others, columns, 1));
        }
    }

    /// The title with the number of tests. Where there is one line for it, the title is cut, and not the number.
    fn counted_title(&self, title: &str) -> String {
        let (cause, title) = (self.open[self.at], title.trim_end_matches('.'));
        if self.detail != Detail::Short {
            return format!("{title} ({})", cause.extent());
        }
        let tests = format!(" ({})", counted(cause.tests.len(), "test"));
        let room = (self.screen.columns - 4).saturating_sub(tests.chars().count());
        one_line(title, room) + &tests
    }
}

/// The body of the request, if it matters. Of a long one, the beginning and the end are shown: what matters may be at its
/// end.
fn sent(cause: &Cause<'_>, prefix: &str, screen: Screen<'_>, most: usize) -> Vec<String> {
    let Some(body) = cause.sent() else { return Vec::new() };
    let body = one_line(body, usize::MAX);
    let lines = wrapped(prefix, &body, screen.columns, most + 1);
    if lines.len() <= most {
        return lines;
    }
    let room = (screen.columns.saturating_sub(prefix.chars().count()) * most).saturating_sub(BETWEEN.chars().count());
    let letters: Vec<char> = body.chars().collect();
    if letters.len() <= room {
        return wrapped(prefix, &body, screen.columns, most);
    }
    let (begin, end) = (&letters[..room / 2], &letters[letters.len() - room / 2..]);
    let text = format!("{}{BETWEEN}{}", String::from_iter(begin), String::from_iter(end));
    wrapped(prefix, &text, screen.columns, most)
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

/// The request of one test, the expected and the actual value, in about `room` characters.
fn evidence(report: &Report, cause: &Cause<'_>, room: usize) -> String {
    if let Some(text) = always(report, cause) {
        return text;
    }
    let request = cause.exchange().map(|exchange| {
        format!("{} as {}: ", one_line(&exchange.endpoint, room / 3), one_line(&exchange.actor, room / 6))
    });
    let request = request.unwrap_or_default();
    let (expected, actual) = (cause.expected(), cause.actual());
    if cause.kind.is_of_operation() {
        let success = expected_success(cause).map(|success| format!("{success}, ")).unwrap_or_default();
        return format!("{request}{success}got {actual}");
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

/// What every request to an operation that is not implemented got: the request of a single test says less.
fn always(report: &Report, cause: &Cause<'_>) -> Option<String> {
    let shown = cause.exchange().filter(|_| cause.kind == CauseKind::NotImplemented)?;
    let all = report.tests.iter().flat_map(|test| &test.exchanges);
    let mut responses = all.filter(|other| other.operation == shown.operation).filter_map(|other| other.status_code);
    if !responses.all(|status| Some(status) == shown.status_code) {
        return None;
    }
    let route = cause.route().map_or_else(|| ordinary(&shown.endpoint), str::to_owned);
    Some(match expected_success(cause) {
        Some(success) => format!("{route}: {success}, got {}", cause.actual()),
        None => format!("{route}: every request got {}", cause.actual()),
    })
}

/// The documented success of an operation that does not work, if it is known.
fn expected_success(cause: &Cause<'_>) -> Option<String> {
    cause.success().map(|statuses| format!("success is {statuses}"))
}
