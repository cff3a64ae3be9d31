//! Annotations for GitHub Actions: one per cause, at a line of the scenarios.
//!
//! GitHub shows only the first ten annotations of each kind per step. So the worst causes come first, and the last
//! annotation says how many more there are.

use std::fmt::Write as _;

use super::again;
use super::cause::{self, counted};
use super::escape::{one_line, visible};
use super::model::{Report, TestReport};
use super::obstacles::obstacles;
use spec::contract::Level;

/// The most annotations of each kind that GitHub shows per step.
const MOST: usize = 10;
/// The most characters of a title.
const MAX_TITLE_LENGTH: usize = 120;
/// The most characters of a message.
const LONGEST: usize = 2000;
/// The most characters of the body of a request.
const MAX_BODY: usize = 400;

struct Annotation<'r> {
    test: &'r TestReport,
    title: String,
    message: String,
}

/// The annotations as workflow commands, one per line.
pub(super) fn render(report: &Report) -> String {
    let mut errors = Vec::new();
    let mut warnings = Vec::new();
    for cause in cause::causes(report).iter().filter(|cause| !cause.is_known()) {
        let fails = cause.finding.level == Level::Must || report.strict;
        if fails { &mut errors } else { &mut warnings }.push(of_cause(report, cause));
    }
    errors.extend(cause::stale(report).map(|test| Annotation {
        test,
        title: "A known deviation is out of date".to_owned(),
        message: test.reason.clone().unwrap_or_default(),
    }));
    warnings.extend(obstacles(report).iter().map(|obstacle| Annotation {
        test: obstacle.example,
        title: format!("No verdict in {}", counted(obstacle.tests.len(), "test")),
        message: format!("{}\nreproduce: {}", obstacle.reason, obstacle.reproduce(report)),
    }));
    let mut out = String::new();
    write_kind(&mut out, "error", &errors);
    write_kind(&mut out, "warning", &warnings);
    out
}

fn of_cause<'r>(report: &Report, cause: &cause::Cause<'r>) -> Annotation<'r> {
    let (finding, test) = (cause.shown(), cause.example());
    let mut message = format!("{}\nexpected: {}\nactual:   {}\n", cause.title(), cause.expected(), cause.actual());
    if let Some(exchange) = cause.exchange() {
        let _ = writeln!(message, "where:    {} of {}", finding.part, exchange.endpoint);
    }
    if let Some(body) = cause.sent() {
        let _ = writeln!(message, "sent:     {}", one_line(body, MAX_BODY));
    }
    let _ = write!(message, "in {}, for example {}\nreproduce: ", counted(cause.tests.len(), "test"), test.name);
    message.push_str(&again::again(report, test, cause.exchange()));
    let title = cause.heading_with_level();
    Annotation { test, title, message }
}

fn write_kind(out: &mut String, kind: &str, all: &[Annotation<'_>]) {
    // If there are too many annotations, the last one counts the rest.
    let shown = if all.len() > MOST { MOST - 1 } else { all.len() };
    for annotation in &all[..shown] {
        let Annotation { test, title, message } = annotation;
        let _ = writeln!(
            out,
            "::{kind} file={},line={},title={}::{}",
            property(&test.file),
            test.line.max(1),
            property(&one_line(title, MAX_TITLE_LENGTH)),
            data(&cut(message))
        );
    }
    if shown < all.len() {
        let left = all.len() - shown;
        let _ = writeln!(
            out,
            "::{kind} title=And {left} more::{left} further causes are in the job summary and the reports"
        );
    }
}

fn cut(message: &str) -> String {
    let text = visible(message);
    match text.char_indices().nth(LONGEST) {
        None => text,
        Some((at, _)) => format!("{}… ({at} of {} bytes shown)", &text[..at], text.len()),
    }
}

/// Escapes a message for a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property for a workflow command.
fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_of_a_command_are_escaped() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(property("a:b,c\n"), "a%3Ab%2Cc%0A");
    }
}
