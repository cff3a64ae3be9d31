//! Renders the HTML page of a history.

use std::collections::BTreeSet;

use askama::Template;

use super::chart::{self, Point, Scale};
use super::{ClauseState, History, Run};
use crate::cause::{counted, duration, grouped};
use crate::html::Frame;
use crate::model::ClauseStatus;
use judge::verdict::Verdict;
use spec::contract::Level;

/// The most causes that are listed.
const MAX_CAUSES: usize = 100;

#[derive(Template)]
#[template(path = "history.html")]
struct Page<'h> {
    frame: Frame,
    tone: &'static str,
    sentence: String,
    change: String,
    charts: Vec<Chart>,
    runs: Vec<RunRow<'h>>,
    names: Vec<&'h str>,
    clauses: Vec<ClauseRow<'h>>,
    steady: usize,
    causes: Vec<CauseRow<'h>>,
    causes_left: usize,
    unread: &'h [super::Unread],
    others: &'h [String],
}

struct Chart {
    title: &'static str,
    about: &'static str,
    svg: String,
}

struct RunRow<'h> {
    run: &'h Run,
    tone: &'static str,
    sign: &'static str,
    outcome: &'static str,
    started: String,
    hash: String,
    new_contract: bool,
    rate: String,
    tests: String,
    failed: usize,
    inconclusive: usize,
    skipped: usize,
    violated: usize,
    took: String,
    requests: String,
}

struct ClauseRow<'h> {
    id: &'h str,
    level: Level,
    says: &'h str,
    cells: Vec<Cell>,
}

/// A cause with the number of tests that showed it in each run.
struct CauseRow<'h> {
    cause: &'h str,
    counts: Vec<usize>,
}

struct Cell {
    class: &'static str,
    sign: &'static str,
    words: String,
    tests: usize,
}

pub(super) fn render(history: &History) -> String {
    page(history).render().unwrap_or_else(|error| unreachable!("{error}"))
}

fn page(history: &History) -> Page<'_> {
    let runs = &history.runs;
    let last = runs.last();
    let ids: BTreeSet<&str> = runs.iter().flat_map(|run| run.report.clauses.keys().map(String::as_str)).collect();
    let rows: Vec<ClauseRow<'_>> = ids.iter().map(|id| clause(id, runs)).collect();
    let all = rows.len();
    let clauses: Vec<ClauseRow<'_>> =
        rows.into_iter().filter(|row| row.cells.iter().any(|cell| cell.class != "upheld")).collect();
    let causes = causes(runs);
    Page {
        frame: Frame::new(&[]),
        tone: last.map_or("unsure", |run| tone(run.report.exit_code)),
        sentence: match last {
            None => "No run could be read.".to_owned(),
            Some(run) => {
                let outcome = outcome(run.report.exit_code);
                format!("{}; outcome of the last run: {outcome}.", counted(runs.len(), "run"))
            }
        },
        change: change(runs),
        charts: if runs.is_empty() { Vec::new() } else { charts(runs) },
        runs: rows_of(runs),
        names: runs.iter().map(|run| run.name.as_str()).collect(),
        steady: all - clauses.len(),
        causes_left: causes.len().saturating_sub(MAX_CAUSES),
        causes: causes.into_iter().take(MAX_CAUSES).collect(),
        clauses,
        unread: &history.unread,
        others: &history.others,
    }
}

/// The causes of all runs: causes of the last run first, sorted by the number of tests.
fn causes(runs: &[Run]) -> Vec<CauseRow<'_>> {
    let all: BTreeSet<&str> = runs.iter().flat_map(|run| run.report.causes.keys().map(String::as_str)).collect();
    let count =
        |cause: &str| runs.iter().map(|run| run.report.causes.get(cause).copied().unwrap_or_default()).collect();
    let mut rows: Vec<CauseRow<'_>> = all.into_iter().map(|cause| CauseRow { cause, counts: count(cause) }).collect();
    rows.sort_by_cached_key(|row| {
        let last = row.counts.last().copied().unwrap_or_default();
        std::cmp::Reverse((last, row.counts.iter().copied().max().unwrap_or_default()))
    });
    rows
}

fn tone(exit_code: u8) -> &'static str {
    match exit_code {
        0 => "good",
        1 => "bad",
        _ => "unsure",
    }
}

fn outcome(exit_code: u8) -> &'static str {
    match exit_code {
        0 => "passed",
        1 => "failed",
        _ => "inconclusive",
    }
}

/// The changes between the last two runs.
fn change(runs: &[Run]) -> String {
    let [.., before, last] = runs else { return "There is no earlier run to compare it with.".to_owned() };
    let violated = |run: &'_ Run| run.report.violated().map(|(id, _)| id.to_owned()).collect::<BTreeSet<String>>();
    let (old, new) = (violated(before), violated(last));
    let list = |ids: Vec<&String>| ids.into_iter().cloned().collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    if new.difference(&old).next().is_some() {
        parts.push(format!("newly violated: {}", list(new.difference(&old).collect())));
    }
    // A clause that is not exercised any more does not count as fixed.
    let upheld =
        |id: &&String| last.report.clauses.get(*id).is_some_and(|clause| clause.status == ClauseStatus::Upheld);
    let (fixed, unexercised): (Vec<&String>, Vec<&String>) = old.difference(&new).partition(upheld);
    if !fixed.is_empty() {
        parts.push(format!("upheld again: {}", list(fixed)));
    }
    if !unexercised.is_empty() {
        parts.push(format!("violated before and not exercised now: {}", list(unexercised)));
    }
    let since = format!("Since {}", before.name);
    if parts.is_empty() { format!("{since}, no clause changed.") } else { format!("{since}, {}.", parts.join("; ")) }
}

fn charts(runs: &[Run]) -> Vec<Chart> {
    let points = |value: &dyn Fn(&Run) -> Option<f64>, shown: &dyn Fn(f64) -> String| -> Vec<Point> {
        let point = |run: &Run| Point {
            name: run.name.clone(),
            value: value(run),
            shown: value(run).map(shown).unwrap_or_default(),
            class: match run.report.exit_code {
                0 => "",
                1 => "bad",
                _ => "unsure",
            },
        };
        runs.iter().map(point).collect()
    };
    let percent = |value: f64| format!("{value:.1} %");
    let whole = |value: f64| if value.fract() == 0.0 { grouped(value as u64) } else { format!("{value:.2}") };
    let took = |value: f64| format!("{} s", (value / 100.0).round() / 10.0);
    let rate = points(&|run| run.report.pass_rate(), &percent);
    let violated = points(&|run| Some(run.report.violated().count() as f64), &whole);
    let durations = points(&|run| Some(run.report.duration_ms as f64), &took);
    let requests = points(&|run| Some(run.report.requests as f64), &whole);
    let chart = |title, about, svg| Chart { title, about, svg };
    vec![
        chart(
            "Pass rate",
            "of the tests that ran, warnings included",
            chart::svg(
                "Pass rate of each run, in the table of runs as numbers",
                &rate,
                &Scale::of_percents(&rate),
                percent,
            ),
        ),
        chart(
            "Violated clauses",
            "known deviations included",
            chart::svg(
                "Violated clauses of each run, in the table of runs as numbers",
                &violated,
                &Scale::from_zero(&violated),
                whole,
            ),
        ),
        chart(
            "Duration",
            "of the whole run",
            chart::svg(
                "Duration of each run, in the table of runs as numbers",
                &durations,
                &Scale::from_zero(&durations),
                took,
            ),
        ),
        chart(
            "Requests",
            "sent in the run",
            chart::svg(
                "Requests of each run, in the table of runs as numbers",
                &requests,
                &Scale::from_zero(&requests),
                whole,
            ),
        ),
    ]
}

fn rows_of(runs: &[Run]) -> Vec<RunRow<'_>> {
    let before = std::iter::once(None).chain(runs.iter().map(Some));
    let rows = runs.iter().zip(before).map(|(run, before)| RunRow {
        run,
        tone: tone(run.report.exit_code),
        sign: match run.report.exit_code {
            0 => "✓",
            1 => "✗",
            _ => "?",
        },
        outcome: outcome(run.report.exit_code),
        started: run.report.started_at.chars().take(16).collect::<String>().replace('T', " "),
        hash: run.report.contract_hash.chars().take(12).collect(),
        new_contract: before.is_some_and(|before| before.report.contract_hash != run.report.contract_hash),
        rate: run.report.pass_rate().map_or_else(|| "–".to_owned(), |rate| format!("{rate:.1} %")),
        tests: grouped(run.report.tests() as u64),
        failed: run.report.count(Verdict::Failed),
        inconclusive: run.report.count(Verdict::Inconclusive),
        skipped: run.report.count(Verdict::Skipped),
        violated: run.report.violated().count(),
        took: duration(run.report.duration_ms),
        requests: grouped(run.report.requests),
    });
    rows.collect()
}

fn clause<'h>(id: &'h str, runs: &'h [Run]) -> ClauseRow<'h> {
    let states: Vec<Option<&ClauseState>> = runs.iter().map(|run| run.report.clauses.get(id)).collect();
    let latest = states.iter().rev().flatten().next();
    let cells = states.iter().map(|state| match state {
        None => Cell { class: "absent", sign: "", words: "not in the contract of this run".into(), tests: 0 },
        Some(state) => match state.status {
            ClauseStatus::Upheld => Cell { class: "upheld", sign: "✓", words: "upheld".into(), tests: 0 },
            ClauseStatus::NotExercised => {
                Cell { class: "not-exercised", sign: "–", words: "not exercised".into(), tests: 0 }
            }
            ClauseStatus::Violated => Cell {
                class: "violated",
                sign: "✗",
                words: format!("violated in {}", counted(state.tests, "test")),
                tests: state.tests,
            },
        },
    });
    ClauseRow {
        id,
        level: latest.map_or(Level::Must, |state| state.level),
        says: latest.map_or("", |state| state.says.as_str()),
        cells: cells.collect(),
    }
}
