//! Extracts from a page what it says about error codes: the codes, statuses, examples, members and headers, each with
//! its line.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::lists;
use super::page::{Item, Kind, Table};
use super::words;
use spec::contract::ErrorCatalog;

/// Everything that a page says about error codes.
#[derive(Debug, Default)]
pub struct Facts {
    /// The texts of the headings.
    pub headings: Vec<String>,
    /// Codes in headings and in tables of codes.
    pub codes: Vec<Statement<String>>,
    /// Inline code: some codes and headers occur only there.
    pub spans: Vec<String>,
    /// The status of a code; `None` if the page says that it varies.
    pub code_statuses: Vec<Statement<(String, Option<u16>)>>,
    /// Statuses in tables without codes.
    pub statuses: Vec<Statement<u16>>,
    /// Error bodies.
    pub examples: Vec<Statement<Example>>,
    /// Code blocks marked as JSON that cannot be parsed: the message of the parser.
    pub unreadable: Vec<Statement<String>>,
    /// Members in tables that describe the envelope.
    pub members: Vec<Statement<String>>,
    /// Headers of responses: name and value.
    pub headers: Vec<Statement<(String, String)>>,
}

/// A statement of the page.
#[derive(Clone, Debug)]
pub struct Statement<T> {
    /// The line of the page, from 1.
    pub line: usize,
    /// The codes of the section that contains it.
    pub about: Vec<String>,
    /// The content of the statement.
    pub value: T,
}

/// An error body on the page.
#[derive(Clone, Debug)]
pub struct Example {
    pub body: Value,
    /// Its source text, for finding lines.
    pub text: String,
}

pub(super) static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[1-5][0-9]{2}\b"));
static STATUS_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:http\s+)?(?:response\s+)?status(?:\s+codes?)?|http(?:\s+(?:response|error))?\s+codes?|returns(?:\s+an?)?(?:\s+http)?(?:\s+status(?:\s+code)?)?|http)\b\s*([:=–—-]|is\b|$)?\s*",
    )
});
static STATUS_LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^HTTP/[0-9.]+\s+([1-5][0-9]{2})\b"));
static HEADER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Za-z][A-Za-z0-9-]*):\s*(.*)$"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
}

/// The end of a label that is followed by a status: `Status: 404`, `HTTP code is 404`, `Returns 404`.
pub(super) fn status_label(text: &str) -> Option<usize> {
    let label = STATUS_LABEL.captures(text)?;
    let end = label.get(0)?.end();
    let follows = || STATUS.find(&text[end..]).is_some_and(|status| status.start() == 0);
    (label.get(1).is_some() || follows()).then_some(end)
}

/// Extracts the facts of a page. A word of the catalogue is a code. Another word is a code if it is spelt like one (see
/// `words`) and has a status, or if an example shows it.
pub fn gather(items: &[Item], catalog: &ErrorCatalog) -> Facts {
    let mut reader = Reader { catalog, facts: Facts::default(), open: Vec::new() };
    for (index, item) in items.iter().enumerate() {
        match &item.kind {
            Kind::Heading(level, title) => reader.heading(*level, title, item.line, &items[index + 1..]),
            Kind::Text(text, spans) => reader.text(text, spans, item.line),
            Kind::Entry(text, spans) => {
                reader.text(text, spans, item.line);
                // A list is read at its first entry.
                if index == 0 || !matches!(items[index - 1].kind, Kind::Entry(..)) {
                    reader.list(&items[index..]);
                }
            }
            Kind::Table(table) => reader.table(table),
            Kind::Code(language, code) => reader.code(language, code, item.line),
        }
    }
    reader.facts
}

struct Reader<'c> {
    catalog: &'c ErrorCatalog,
    facts: Facts,
    /// The enclosing headings, the outermost first: level and codes.
    open: Vec<(u8, Vec<String>)>,
}

impl Reader<'_> {
    fn heading(&mut self, level: u8, title: &str, line: usize, below: &[Item]) {
        self.open.retain(|(above, _)| *above < level);
        let codes = self.codes_of(title, below, level);
        self.facts.headings.push(title.to_owned());
        for code in &codes {
            self.facts.codes.push(Statement { line, about: codes.clone(), value: code.clone() });
        }
        let status = status_in(&STATUS, title).filter(|status| !codes.contains(&status.to_string()));
        self.open.push((level, codes.clone()));
        if let Some(status) = status {
            self.code_status(&codes, Some(status), line);
        }
    }

    /// The codes in a heading: those of the catalogue, or else a word that is used like one.
    fn codes_of(&self, title: &str, below: &[Item], level: u8) -> Vec<String> {
        let words: Vec<&str> =
            title.split(|letter: char| !(letter.is_alphanumeric() || "_-.".contains(letter))).collect();
        let known: Vec<String> =
            words.iter().filter(|word| self.catalog.code(word).is_some()).map(|word| (*word).to_owned()).collect();
        if !known.is_empty() {
            return known;
        }
        if let Some(number) = words::numbered(title) {
            return vec![number.to_owned()];
        }
        let section = below.iter().take_while(|item| !matches!(item.kind, Kind::Heading(other, _) if other <= level));
        let describes_error = |item: &Item| match &item.kind {
            Kind::Text(text, _) | Kind::Entry(text, _) => text.lines().any(|line| status_label(line).is_some()),
            Kind::Code(_, code) => self.envelope(code).is_some(),
            _ => false,
        };
        let section: Vec<&Item> = section.collect();
        let shown = |word: &str| {
            section.iter().any(|item| match &item.kind {
                Kind::Code(_, code) => {
                    self.envelope(code).and_then(|body| words::code_in(&body, self.catalog)).as_deref() == Some(word)
                }
                _ => false,
            })
        };
        let words = words.iter().map(|word| word.trim_matches(['.', '-']));
        let named = words.clone().filter(|word| !word.is_empty() && !STATUS.is_match(word));
        // Product names are spelt like codes as well, but are seldom the whole heading.
        let alone = named.clone().count() == 1;
        let spelt =
            named.clone().find(|word| words::is_in_capitals(word) || (alone && words::is_spelt_like_a_code(word)));
        let spelt = spelt.filter(|_| section.iter().any(|item| describes_error(item)));
        let named = spelt.or_else(|| words.into_iter().find(|word| !word.is_empty() && shown(word)));
        named.map(str::to_owned).into_iter().collect()
    }

    fn text(&mut self, text: &str, spans: &[String], line: usize) {
        self.facts.spans.extend(spans.iter().cloned());
        let about = self.about();
        if about.is_empty() {
            return;
        }
        for (offset, text) in text.lines().enumerate() {
            if let Some(end) = status_label(text.trim()) {
                self.code_status(&about, status_in(&STATUS, &text.trim()[end..]), line + offset);
            }
        }
    }

    /// A list of codes below a heading that speaks of codes.
    fn list(&mut self, items: &[Item]) {
        let is_about_codes = self.facts.headings.last().is_some_and(|heading| words::is_title_of_codes(heading));
        if !is_about_codes || !self.about().is_empty() {
            return;
        }
        for entry in lists::of_codes(items, |word| self.catalog.code(word).is_some()) {
            match entry.code {
                Some(code) => {
                    self.facts.codes.push(Statement {
                        line: entry.line,
                        about: vec![code.clone()],
                        value: code.clone(),
                    });
                    if entry.status.is_some() {
                        self.code_status(&[code], entry.status, entry.line);
                    }
                }
                None => self.facts.statuses.extend(entry.status.map(|status| Statement {
                    line: entry.line,
                    about: Vec::new(),
                    value: status,
                })),
            }
        }
    }

    fn table(&mut self, table: &Table) {
        let column = |names: &[&str]| {
            table.head.iter().position(|cell| names.iter().any(|name| cell.to_lowercase().contains(name)))
        };
        let status_column = column(&["status", "http"]).or_else(|| self.column_of_statuses(table));
        let others = || (0..table.head.len()).filter(|index| Some(*index) != status_column);
        let known = |index: &usize| {
            let cells = table.rows.iter().filter_map(|(_, row)| row.get(*index));
            cells.flat_map(|cell| words::of_cell(cell)).any(|word| self.catalog.code(word).is_some())
        };
        let code_column =
            others().find(known).or_else(|| others().find(|index| words::is_title_of_codes(&table.head[*index])));
        let about = self.about();
        for (line, row) in &table.rows {
            let status = status_column.and_then(|index| row.get(index)).map(|cell| status_in(&STATUS, cell));
            let cell = code_column.and_then(|index| row.get(index)).map_or("", String::as_str);
            // A number with more digits in a column of statuses is a code.
            let cell = match status_column.and_then(|index| row.get(index)) {
                Some(number) if code_column.is_none() && words::is_long_number(number) => number.as_str(),
                _ => cell,
            };
            let codes = self.codes_of_cell(cell, status.flatten().is_some());
            match (codes.is_empty(), status) {
                (false, status) => {
                    for code in &codes {
                        self.facts.codes.push(Statement { line: *line, about: codes.clone(), value: code.clone() });
                    }
                    if let Some(status) = status {
                        self.code_status(&codes, status, *line);
                    }
                }
                (true, Some(Some(status))) => {
                    self.facts.statuses.push(Statement { line: *line, about: about.clone(), value: status })
                }
                _ => self.labelled(row, *line),
            }
        }
        self.members(table);
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

    /// The codes in a cell of a column of codes. If the row has a status, the codes may have any form.
    fn codes_of_cell(&self, cell: &str, has_status: bool) -> Vec<String> {
        let found = words::of_cell(cell);
        let known = |word: &str| self.catalog.code(word).is_some();
        let fits = |word: &&str| {
            known(word)
                || words::is_in_capitals(word)
                || words::is_long_number(word)
                || (has_status && words::could_be_a_code(word))
        };
        match found.iter().all(fits) {
            true => found.into_iter().map(str::to_owned).collect(),
            false => found.into_iter().filter(|word| known(word)).map(str::to_owned).collect(),
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

    /// The last names of the envelope's pointers.
    fn names(&self) -> Vec<String> {
        super::parts(self.catalog).into_iter().map(|(_, pointer)| super::last_name(&pointer)).collect()
    }

    fn code(&mut self, language: &str, code: &str, line: usize) {
        let about = self.about();
        let (head, body, body_line) =
            if language == "http" { split_http(code, line) } else { (Vec::new(), code, line) };
        for (line, text) in head {
            if let Some(found) = STATUS_LINE.captures(text) {
                self.code_status(&about, found[1].parse().ok(), line);
            } else if let Some(found) = HEADER.captures(text) {
                let value = (found[1].to_owned(), found[2].trim().to_owned());
                self.facts.headers.push(Statement { line, about: about.clone(), value });
            }
        }
        if let Some(body) = self.envelope(body) {
            self.unknown_example(&body, body_line);
            let text = code.lines().skip(body_line - line).collect::<Vec<_>>().join("\n");
            self.facts.examples.push(Statement { line: body_line, about, value: Example { body, text } });
        } else if language.starts_with("json")
            && !about.is_empty()
            && !body.trim().is_empty()
            && let Err(error) = serde_json::from_str::<Value>(body)
        {
            let line = body_line + error.line().saturating_sub(1);
            self.facts.unreadable.push(Statement { line, about, value: error.to_string() });
        }
    }

    /// Adds a code that only an example shows, unless it is a placeholder of a general example.
    fn unknown_example(&mut self, body: &Value, line: usize) {
        let Some(code) = words::code_in(body, self.catalog) else { return };
        let known =
            self.catalog.code(&code).is_some() || self.facts.codes.iter().any(|statement| statement.value == code);
        if !known && words::could_be_a_code(&code) && !words::is_placeholder(&code) {
            self.facts.codes.push(Statement { line, about: vec![code.clone()], value: code });
        }
    }

    /// The error body in a code block, if it is one.
    fn envelope(&self, code: &str) -> Option<Value> {
        let body: Value = serde_json::from_str(code).ok()?;
        let pointers = &self.catalog.envelope.pointers;
        let nested = !pointers.envelope.is_empty() && body.pointer(&pointers.envelope).is_some();
        (nested || body.pointer(&pointers.code).is_some()).then_some(body)
    }

    fn code_status(&mut self, codes: &[String], status: Option<u16>, line: usize) {
        for code in codes {
            self.facts.code_statuses.push(Statement { line, about: codes.to_vec(), value: (code.clone(), status) });
        }
    }

    /// The codes of the nearest enclosing heading with codes.
    fn about(&self) -> Vec<String> {
        self.open.iter().rev().map(|(_, codes)| codes).find(|codes| !codes.is_empty()).cloned().unwrap_or_default()
    }
}

pub(super) fn status_in(pattern: &Regex, text: &str) -> Option<u16> {
    pattern.find(text).and_then(|found| found.as_str().parse().ok())
}

/// The lines of the head, and the body after the first empty line.
fn split_http(code: &str, line: usize) -> (Vec<(usize, &str)>, &str, usize) {
    let mut rest = code;
    let mut head = Vec::new();
    let mut at = line;
    while let Some((text, after)) = rest.split_once('\n') {
        if text.trim().is_empty() {
            return (head, after, at + 1);
        }
        head.push((at, text.trim_end()));
        (rest, at) = (after, at + 1);
    }
    if !rest.trim().is_empty() {
        head.push((at, rest.trim_end()));
    }
    (head, "", at)
}
