//! Reads tables of codes, of statuses and of members.

use std::sync::LazyLock;

use regex::Regex;

use super::facts::{Reader, Statement};
use super::items::Table;
use super::statuses::{STATUS, status_in, status_label};
use super::words;

/// A heading that speaks of error codes, so that a column `Code` below it contains them.
static ERRORS: LazyLock<Regex> = LazyLock::new(|| words::pattern(r"(?i)\b(?:errors?|failures?|problems?)\b"));

impl Reader<'_> {
    pub(super) fn table(&mut self, table: &Table) {
        let promoted = promoted(table);
        let table = promoted.as_ref().unwrap_or(table);
        let columns = self.columns(table);
        let meanings = super::meanings::column(table, [columns.code, columns.status]);
        let about = self.about();
        let mut has_codes = false;
        let mut dropped = Vec::new();
        for (line, row) in &table.rows {
            let at = |column: Option<usize>| column.and_then(|index| row.get(index)).map(String::as_str);
            let cell = at(columns.code).unwrap_or_default();
            let status = at(columns.status).filter(|cell| !words::is_blank(cell)).map(status_of_cell);
            // A number with more digits in a column of statuses is a code.
            let cell = match at(columns.status) {
                Some(number) if columns.code.is_none() && words::is_long_number(number) => number,
                _ => cell,
            };
            let codes = self.codes_of_cell(
                cell,
                &columns,
                at(columns.status).is_some_and(|cell| !words::statuses_of_cell(cell).is_empty()),
            );
            if codes.is_empty() && columns.titled && words::is_status(cell.trim()) && status.is_none() {
                let status = cell.trim().parse().unwrap_or_default();
                self.facts.statuses.push(Statement { line: *line, about: about.clone(), value: status });
                continue;
            }
            if codes.is_empty() && !words::is_blank(cell) {
                dropped.push((format!("the cell {cell:?} in a column of error codes"), *line));
            }
            let is_dropped = codes.is_empty() && !words::is_blank(cell) && (columns.titled || has_codes);
            let status = status.or_else(|| words::status_in_hint(cell).map(Some));
            has_codes |= !codes.is_empty();
            self.meaning(&codes, at(meanings).unwrap_or_default());
            match (codes.is_empty(), status) {
                (false, status) => self.row_of_codes(&codes, status, at(columns.status), *line),
                // The status belongs to the cell that is not read.
                (true, Some(Some(_))) if is_dropped => {}
                (true, Some(Some(status))) => {
                    self.facts.statuses.push(Statement { line: *line, about: about.clone(), value: status })
                }
                _ => self.labelled(row, *line),
            }
        }
        if columns.titled || has_codes {
            dropped.into_iter().for_each(|(what, line)| self.unread(what, line));
        }
        self.members(table);
    }

    fn row_of_codes(&mut self, codes: &[String], status: Option<Option<u16>>, cell: Option<&str>, line: usize) {
        for code in codes {
            self.facts.codes.push(Statement { line, about: codes.to_vec(), value: code.clone() });
        }
        // `A<br>B` next to `401<br>403`: one status for each code.
        let each: Vec<u16> = cell.map(words::statuses_of_cell).unwrap_or_default();
        if each.len() > 1 && each.len() == codes.len() {
            for (code, status) in codes.iter().zip(each) {
                self.code_status(std::slice::from_ref(code), Some(status), line);
            }
        } else if let Some(status) = status {
            self.code_status(codes, status, line);
        }
    }

    fn columns(&self, table: &Table) -> Columns {
        let cells = |index: usize| table.rows.iter().filter_map(move |(_, row)| row.get(index));
        let is_known = |word: &String| self.catalog.code(word).is_some();
        let has_known = |index: &usize| cells(*index).flat_map(|cell| words::of_cell(cell)).any(|word| is_known(&word));
        let named = |index: &usize| {
            let title = table.head[*index].to_lowercase();
            ["status", "http"].iter().any(|name| title.contains(name)) && !has_known(index)
        };
        let status = (0..table.head.len()).find(named).or_else(|| self.column_of_statuses(table));
        let others = || (0..table.head.len()).filter(|index| Some(*index) != status);
        // A column `Error` or `Reason` may contain sentences.
        let are_words = |index: usize| {
            let mut filled = cells(index).filter(|cell| !words::is_empty_cell(cell)).peekable();
            filled.peek().is_some() && filled.all(|cell| !words::of_cell(cell).is_empty())
        };
        let is_titled = |index: &usize| {
            let title = &table.head[*index];
            words::speaks_of_codes(title) || (words::is_title_of_codes(title) && are_words(*index))
        };
        // A column `Type` may contain the types of problems.
        let has_uris = |index: &usize| {
            let mut filled = cells(*index).filter(|cell| !words::is_blank(cell)).peekable();
            let is_of_errors = status.is_some() || self.is_under(&ERRORS);
            is_of_errors && filled.peek().is_some() && filled.all(|cell| super::uris::of_cell(cell).is_some())
        };
        let has_uris = |index: &usize| words::is_title_of_uris(&table.head[*index]) && has_uris(index);
        let first = (status != Some(0) && self.is_titled_by_heading(table)).then_some(0);
        let code =
            others().find(has_known).or_else(|| others().find(is_titled)).or_else(|| others().find(has_uris)).or(first);
        let titled = code.is_some_and(|index| {
            let title = &table.head[index];
            words::is_title_of_error_codes(title)
                || (words::is_only_code(title) && self.is_under(&ERRORS))
                || (index == 0 && self.is_titled_by_heading(table))
                || (index == 0 && words::speaks_of_codes(title) && self.is_below_codes())
                || has_uris(&index)
        });
        Columns { status, code, titled }
    }

    /// True if the first column is "Type" or "Code" below a heading such as "Error types".
    fn is_titled_by_heading(&self, table: &Table) -> bool {
        let is_general = |title: &String| ["type", "code"].contains(&title.to_lowercase().as_str());
        let heading = self.facts.headings.last().map(|heading| heading.to_lowercase()).unwrap_or_default();
        table.head.first().is_some_and(is_general)
            && ["error code", "error type"].iter().any(|words| heading.contains(words))
    }

    /// A column whose title says "code", but that contains statuses, and perhaps codes that are longer numbers.
    fn column_of_statuses(&self, table: &Table) -> Option<usize> {
        let is_status = |cell: &str| cell.len() >= 3 && STATUS.find(cell).is_some_and(|found| found.start() == 0);
        let has_statuses = |index: usize| {
            let cells = || table.rows.iter().filter_map(|(_, row)| row.get(index));
            let is_number = |cell: &String| words::is_long_number(cell) || is_status(cell);
            cells().any(|cell| is_status(cell))
                && cells().all(|cell| is_number(cell) && self.catalog.code(cell).is_none())
        };
        (0..table.head.len()).find(|index| words::is_title_of_codes(&table.head[*index]) && has_statuses(*index))
    }

    /// The codes in a cell of a column of codes. If the row has a status, or if the title says that these are error
    /// codes, the codes may have any form.
    fn codes_of_cell(&mut self, cell: &str, columns: &Columns, has_status: bool) -> Vec<String> {
        let found = words::of_cell(cell);
        let known = |word: &String| self.catalog.code(word).is_some();
        let fits = |word: &String| {
            known(word)
                || words::is_in_capitals(word)
                || words::is_long_number(word)
                || (has_status && words::could_be_a_code(word))
                || (columns.titled && words::could_be_a_code(word) && !words::is_status(word))
        };
        match found.iter().all(fits) {
            true => found,
            false => found.into_iter().filter(known).collect(),
        }
    }

    /// A row such as `Status | 404` in the section of a code.
    fn labelled(&mut self, row: &[String], line: usize) {
        let about = self.about();
        if let [label, value, ..] = row
            && !about.is_empty()
            && status_label(label) == Some(label.len())
        {
            self.code_status(&about, status_in(&STATUS, value), line);
        }
    }

    /// The rows of a table of members, if it describes the envelope: at least two of its names are members of the
    /// envelope.
    fn members(&mut self, table: &Table) {
        const TITLES: &[&str] = &["field", "member", "property", "name", "key", "attribute", "parameter"];
        let titled = table.head.first().is_some_and(|cell| TITLES.contains(&cell.to_lowercase().as_str()));
        let known = self.names();
        let names = table.rows.iter().filter_map(|(line, row)| Some((*line, row.first()?)));
        let names: Vec<(usize, String)> =
            names.map(|(line, cell)| (line, cell.rsplit(['.', '/']).next().unwrap_or(cell).to_owned())).collect();
        if titled && names.iter().filter(|(_, name)| known.contains(name)).count() >= 2 {
            let about = self.about();
            self.facts.members.extend(names.into_iter().map(|(line, value)| Statement {
                line,
                about: about.clone(),
                value,
            }));
        }
    }
}

/// A table without a head whose first row has titles, as HTML and lists often have them.
fn promoted(table: &Table) -> Option<Table> {
    let ((_, first), rest) = table.rows.split_first().filter(|_| table.head.iter().all(String::is_empty))?;
    let is_title = |cell: &String| words::is_title_of_codes(cell) || cell.to_lowercase().contains("status");
    let is_head = first.len() > 1 && first.iter().any(is_title) && first.iter().all(|cell| !words::is_status(cell));
    is_head.then(|| Table { head: first.clone(), rows: rest.to_vec() })
}

/// The columns of a table that matter.
struct Columns {
    status: Option<usize>,
    code: Option<usize>,
    /// True if the title of the column, or the heading above, says that the column contains error codes.
    titled: bool,
}

/// The status of a cell, if it is exactly one.
fn status_of_cell(cell: &str) -> Option<u16> {
    let mut all = words::statuses_of_cell(cell);
    all.sort_unstable();
    all.dedup();
    all.first().copied().filter(|_| all.len() == 1)
}
