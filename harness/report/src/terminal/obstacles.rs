//! The obstacles of the terminal summary that come before the causes: each with its request and a command that shows it.

use super::lines::wrapped;
use super::{Detail, LISTED, Screen, push};
use crate::escape::one_line;
use crate::model::Report;
use crate::obstacles::Obstacle;

/// The obstacles; empty if there are none.
pub(super) fn render(report: &Report, obstacles: &[&Obstacle<'_>], screen: Screen<'_>, detail: Detail) -> String {
    let columns = screen.columns;
    let mut out = String::new();
    if obstacles.is_empty() {
        return out;
    }
    out.push_str("\nno verdict; remove these obstacles first:\n");
    for obstacle in obstacles.iter().take(LISTED) {
        push(&mut out, wrapped("  ", &obstacle.heading(), columns, detail.lines_below().max(2)));
        if let Some(exchange) = obstacle.exchange {
            let request = format!("{} as {}", exchange.endpoint, exchange.actor);
            push(&mut out, wrapped("    ", &request, columns, 1));
        }
        let command = one_line(&obstacle.reproduce(report), usize::MAX);
        push(&mut out, [format!("    reproduce: {command}")]);
    }
    if obstacles.len() > LISTED {
        let text = format!("and {} more, {}", obstacles.len() - LISTED, screen.elsewhere());
        push(&mut out, wrapped("  ", &text, columns, 2));
    }
    out
}
