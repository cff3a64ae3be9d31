//! Reads the tables of reStructuredText: `list-table`, grid tables and simple tables. A table whose cells span rows or
//! columns is not read; `rst` says so.

use std::sync::LazyLock;

use regex::Regex;

use super::items::Table;
use super::rst_text::{indent, plain};
use super::words::pattern;

static GRID: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*\+(?:[-=]+\+)+\s*$"));
static SIMPLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*={2,}(?:\s+={2,})+\s*$"));
static HEAD_ROWS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*:header-rows:\s*([0-9]+)"));

pub(super) fn is_grid_border(line: &str) -> bool {
    GRID.is_match(line)
}

pub(super) fn is_simple_border(line: &str) -> bool {
    SIMPLE.is_match(line)
}

/// The line after a simple table: after its last border before an empty line, or before the end of the page.
pub(super) fn end_of_simple(lines: &[&str], at: usize) -> usize {
    let mut end = at + 1;
    let mut borders = 1;
    for (index, line) in lines.iter().enumerate().skip(at + 1) {
        if is_simple_border(line) {
            (borders, end) = (borders + 1, index + 1);
            if borders == 3 || lines.get(index + 1).is_none_or(|next| next.trim().is_empty()) {
                break;
            }
        }
    }
    end
}

type Rows = Vec<(usize, Vec<String>)>;

/// A table with the first rows as its head. Several rows of titles are joined.
fn with_head(mut rows: Rows, head_rows: usize) -> Table {
    let rest = rows.split_off(head_rows.min(rows.len()));
    let mut head: Vec<String> = Vec::new();
    for (_, row) in rows {
        for (index, cell) in row.into_iter().enumerate() {
            match head.get_mut(index) {
                Some(title) => *title = format!("{title} {cell}").trim().to_owned(),
                None => head.push(cell),
            }
        }
    }
    Table { head, rows: rest }
}

fn cell_text(lines: &[String]) -> String {
    plain(&lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")).0
}

/// A `list-table`: `* -` begins a row, `-` a cell.
pub(super) fn list(lines: &[&str], line: usize) -> Option<Table> {
    let mut rows: Vec<(usize, Vec<Vec<String>>)> = Vec::new();
    let mut head_rows = 0;
    let mut margin = None;
    for (index, text) in lines.iter().enumerate().skip(1) {
        if let Some(found) = HEAD_ROWS.captures(text) {
            head_rows = found[1].parse().ok()?;
        }
        let body = text.trim_start();
        let first = body.strip_prefix('*').map(str::trim_start).and_then(|rest| rest.strip_prefix('-'));
        if let Some(cell) = first.filter(|_| margin.is_none_or(|margin| indent(text) == margin)) {
            margin = Some(indent(text));
            rows.push((line + index, vec![vec![cell.to_owned()]]));
        } else if let Some((_, row)) = rows.last_mut() {
            // A list inside a cell is indented more than the cells are.
            let is_cell = body.starts_with('-') && margin.is_some_and(|margin| indent(text) <= margin + 4);
            match (is_cell, row.last_mut()) {
                (false, Some(cell)) => cell.push(body.to_owned()),
                _ => row.push(vec![body.trim_start_matches('-').to_owned()]),
            }
        }
    }
    let rows: Rows =
        rows.into_iter().map(|(line, row)| (line, row.iter().map(|cell| cell_text(cell)).collect())).collect();
    Some(with_head(rows, head_rows))
}

/// A grid table. `None` if a cell spans rows or columns.
pub(super) fn grid(lines: &[&str], line: usize) -> Option<Table> {
    let border: Vec<char> = lines[0].trim_end().chars().collect();
    let edges: Vec<usize> = (0..border.len()).filter(|at| border[*at] == '+').collect();
    let mut rows: Rows = Vec::new();
    let mut head_rows = 0;
    let mut cells: Vec<Vec<String>> = vec![Vec::new(); edges.len() - 1];
    let mut first = None;
    for (index, text) in lines.iter().enumerate().skip(1) {
        let letters: Vec<char> = text.trim_end().chars().collect();
        let is_border = is_grid_border(text);
        let edge = if is_border { '+' } else { '|' };
        if edges.iter().any(|at| letters.get(*at) != Some(&edge)) {
            return None;
        }
        if !is_border {
            first.get_or_insert(line + index);
            for (cell, ends) in cells.iter_mut().zip(edges.windows(2)) {
                cell.push(letters[ends[0] + 1..ends[1]].iter().collect());
            }
            continue;
        }
        let row = cells.iter_mut().map(|cell| cell_text(&std::mem::take(cell))).collect();
        rows.extend(first.take().map(|line| (line, row)));
        if text.contains('=') {
            head_rows = rows.len();
        }
    }
    Some(with_head(rows, head_rows))
}

/// A simple table: a row begins where the first column is not empty. `None` if a text crosses the gap of two columns.
pub(super) fn simple(lines: &[&str], line: usize) -> Option<Table> {
    let border: Vec<char> = lines[0].trim_end().chars().collect();
    let starts: Vec<usize> =
        (0..border.len()).filter(|at| border[*at] == '=' && (*at == 0 || border[*at - 1] != '=')).collect();
    let mut rows: Vec<(usize, Vec<Vec<String>>)> = Vec::new();
    let mut head_rows = 0;
    for (index, text) in lines.iter().enumerate().skip(1) {
        if is_simple_border(text) {
            head_rows = if index + 1 < lines.len() { rows.len() } else { head_rows };
            continue;
        }
        if text.trim().is_empty() {
            continue;
        }
        let letters: Vec<char> = text.trim_end().chars().collect();
        if starts.iter().skip(1).any(|start| letters.get(start - 1).is_some_and(|letter| !letter.is_whitespace())) {
            return None;
        }
        let ends = starts.iter().skip(1).copied().chain([usize::MAX]);
        let cells = starts
            .iter()
            .zip(ends)
            .map(|(start, end)| letters.iter().take(end.min(letters.len())).skip(*start).collect::<String>());
        let cells: Vec<String> = cells.collect();
        let continues = cells.first().is_some_and(|cell| cell.trim().is_empty());
        match rows.last_mut().filter(|_| continues) {
            Some((_, row)) => row.iter_mut().zip(cells).for_each(|(lines, cell)| lines.push(cell)),
            None => rows.push((line + index, cells.into_iter().map(|cell| vec![cell]).collect())),
        }
    }
    let rows: Rows =
        rows.into_iter().map(|(line, row)| (line, row.iter().map(|cell| cell_text(cell)).collect())).collect();
    Some(with_head(rows, head_rows))
}
