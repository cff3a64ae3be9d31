//! What a page says of error codes, in the terms of a catalogue: which codes, with which statuses, which
//! examples, members and headers, each with its line.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::page::{Item, Kind, Table};
use crate::contract::ErrorCatalog;

/// Everything that a page says.
#[derive(Debug, Default)]
pub struct Facts {
    /// The headings' texts.
    pub headings: Vec<String>,
    /// Codes that have a heading or stand in a table of codes.
    pub codes: Vec<Said<String>>,
    /// What is set as code within texts: codes and headers may be named there alone.
    pub spans: Vec<String>,
    /// Which status a code comes with; `None` where the page says that it varies.
    pub code_statuses: Vec<Said<(String, Option<u16>)>>,
    /// Statuses of tables that name no codes.
    pub statuses: Vec<Said<u16>>,
    /// Error bodies.
    pub examples: Vec<Said<Example>>,
    /// Blocks of code that are to be JSON and are none: what the parser says.
    pub unreadable: Vec<Said<String>>,
    /// Members of tables that describe the envelope.
    pub members: Vec<Said<String>>,
    /// Headers of answers: name and value.
    pub headers: Vec<Said<(String, String)>>,
}

/// Something that the page says.
#[derive(Clone, Debug)]
pub struct Said<T> {
    /// The line of the page, from 1.
    pub line: usize,
    /// The codes whose section it stands in.
    pub about: Vec<String>,
    /// What is said.
    pub what: T,
}

/// An error body that the page shows.
#[derive(Clone, Debug)]
pub struct Example {
    /// The body.
    pub body: Value,
    /// Its text, to find lines in.
    pub text: String,
}

static CODE_LIKE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$"));
static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[1-5][0-9]{2}\b"));
static STATUS_LABEL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:http\s+)?(?:response\s+)?status(?:\s+codes?)?\s*(?:[:=–—-]|is\b|$)\s*"));
static STATUS_LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^HTTP/[0-9.]+\s+([1-5][0-9]{2})\b"));
static HEADER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Za-z][A-Za-z0-9-]*):\s*(.*)$"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
}

/// Reads what a page says. Which word is a code follows from the catalogue; a word that the catalogue does not
/// have is taken for one where it is spelt like `A_CODE` and has a status, or an example that shows it.
pub fn gather(items: &[Item], catalog: &ErrorCatalog) -> Facts {
    let mut reader = Reader { catalog, facts: Facts::default(), open: Vec::new() };
    for (index, item) in items.iter().enumerate() {
        match &item.kind {
            Kind::Heading(level, title) => reader.heading(*level, title, item.line, &items[index + 1..]),
            Kind::Text(text, spans) => reader.text(text, spans, item.line),
            Kind::Table(table) => reader.table(table),
            Kind::Code(language, code) => reader.code(language, code, item.line),
        }
    }
    reader.facts
}

struct Reader<'c> {
    catalog: &'c ErrorCatalog,
    facts: Facts,
    /// The headings above, from the outermost: level, and the codes that it names.
    open: Vec<(u8, Vec<String>)>,
}

impl Reader<'_> {
    fn heading(&mut self, level: u8, title: &str, line: usize, below: &[Item]) {
        self.open.retain(|(above, _)| *above < level);
        let codes = self.codes_of(title, below, level);
        self.facts.headings.push(title.to_owned());
        for code in &codes {
            self.facts.codes.push(Said { line, about: codes.clone(), what: code.clone() });
        }
        let status = status_in(&STATUS, title).filter(|status| !codes.contains(&status.to_string()));
        self.open.push((level, codes.clone()));
        if let Some(status) = status {
            self.code_status(&codes, Some(status), line);
        }
    }

    /// The codes that a heading names: those of the catalogue, else a word that behaves like one.
    fn codes_of(&self, title: &str, below: &[Item], level: u8) -> Vec<String> {
        let words: Vec<&str> =
            title.split(|letter: char| !(letter.is_alphanumeric() || "_-.".contains(letter))).collect();
        let known: Vec<String> =
            words.iter().filter(|word| self.catalog.code(word).is_some()).map(|word| (*word).to_owned()).collect();
        if !known.is_empty() {
            return known;
        }
        let section = below.iter().take_while(|item| !matches!(item.kind, Kind::Heading(other, _) if other <= level));
        let behaves = |item: &Item| match &item.kind {
            Kind::Text(text, _) => STATUS_LABEL.is_match(text),
            Kind::Code(_, code) => self.envelope(code).is_some(),
            _ => false,
        };
        let like = words.iter().find(|word| CODE_LIKE.is_match(word));
        like.filter(|_| section.into_iter().any(behaves)).map(|word| (*word).to_owned()).into_iter().collect()
    }

    fn text(&mut self, text: &str, spans: &[String], line: usize) {
        self.facts.spans.extend(spans.iter().cloned());
        let about = self.about();
        if let Some(label) = STATUS_LABEL.find(text).filter(|_| !about.is_empty()) {
            self.code_status(&about, status_in(&STATUS, &text[label.end()..]), line);
        }
    }

    fn table(&mut self, table: &Table) {
        let column = |names: &[&str]| {
            table.head.iter().position(|cell| names.iter().any(|name| cell.to_lowercase().contains(name)))
        };
        let status_column = column(&["status", "http"]);
        let code_column = (0..table.head.len()).filter(|index| Some(*index) != status_column).find(|index| {
            let titled = table.head[*index].to_lowercase();
            let known = table
                .rows
                .iter()
                .filter(|(_, row)| row.get(*index).is_some_and(|cell| self.catalog.code(cell).is_some()));
            known.count() > 0 || titled.contains("code")
        });
        let about = self.about();
        for (line, row) in &table.rows {
            let status = status_column.and_then(|index| row.get(index)).map(|cell| status_in(&STATUS, cell));
            let code = code_column.and_then(|index| row.get(index));
            let code = code.filter(|cell| self.catalog.code(cell).is_some() || CODE_LIKE.is_match(cell));
            match (code, status) {
                (Some(code), status) => {
                    let code = vec![code.clone()];
                    self.facts.codes.push(Said { line: *line, about: code.clone(), what: code[0].clone() });
                    if let Some(status) = status {
                        self.code_status(&code, status, *line);
                    }
                }
                (None, Some(Some(status))) => {
                    self.facts.statuses.push(Said { line: *line, about: about.clone(), what: status })
                }
                _ => self.labelled(row, *line),
            }
        }
        self.members(table);
    }

    /// A row such as `Status | 404` in the section of a code.
    fn labelled(&mut self, row: &[String], line: usize) {
        let about = self.about();
        if let [label, value, ..] = row
            && !about.is_empty()
            && STATUS_LABEL.find(label).is_some_and(|found| found.end() == label.len())
        {
            self.code_status(&about, status_in(&STATUS, value), line);
        }
    }

    /// The rows of a table of members, if it is one of the envelope's: two of its names say so.
    fn members(&mut self, table: &Table) {
        const TITLES: &[&str] = &["field", "member", "property", "name", "key", "attribute", "parameter"];
        let titled = table.head.first().is_some_and(|cell| TITLES.contains(&cell.to_lowercase().as_str()));
        let known = self.names();
        let names = table.rows.iter().filter_map(|(line, row)| Some((*line, row.first()?)));
        let names: Vec<(usize, String)> =
            names.map(|(line, cell)| (line, cell.rsplit(['.', '/']).next().unwrap_or(cell).to_owned())).collect();
        if titled && names.iter().filter(|(_, name)| known.contains(name)).count() >= 2 {
            let about = self.about();
            self.facts.members.extend(names.into_iter().map(|(line, what)| Said { line, about: about.clone(), what }));
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
                let what = (found[1].to_owned(), found[2].trim().to_owned());
                self.facts.headers.push(Said { line, about: about.clone(), what });
            }
        }
        if let Some(body) = self.envelope(body) {
            let text = code.lines().skip(body_line - line).collect::<Vec<_>>().join("\n");
            self.facts.examples.push(Said { line: body_line, about, what: Example { body, text } });
        } else if language.starts_with("json")
            && !about.is_empty()
            && !body.trim().is_empty()
            && let Err(error) = serde_json::from_str::<Value>(body)
        {
            let line = body_line + error.line().saturating_sub(1);
            self.facts.unreadable.push(Said { line, about, what: error.to_string() });
        }
    }

    /// A block of code as an error body, if it is one.
    fn envelope(&self, code: &str) -> Option<Value> {
        let body: Value = serde_json::from_str(code).ok()?;
        let pointers = &self.catalog.envelope.pointers;
        let nested = !pointers.envelope.is_empty() && body.pointer(&pointers.envelope).is_some();
        (nested || body.pointer(&pointers.code).is_some()).then_some(body)
    }

    fn code_status(&mut self, codes: &[String], status: Option<u16>, line: usize) {
        for code in codes {
            self.facts.code_statuses.push(Said { line, about: codes.to_vec(), what: (code.clone(), status) });
        }
    }

    /// The codes of the nearest heading that names some.
    fn about(&self) -> Vec<String> {
        self.open.iter().rev().map(|(_, codes)| codes).find(|codes| !codes.is_empty()).cloned().unwrap_or_default()
    }
}

fn status_in(pattern: &Regex, text: &str) -> Option<u16> {
    pattern.find(text).and_then(|found| found.as_str().parse().ok())
}

/// The lines of the head, and the body behind the first empty line.
fn split_http(code: &str, line: usize) -> (Vec<(usize, &str)>, &str, usize) {
    let mut rest = code;
    let mut head = Vec::new();
    let mut at = line;
    while let Some((text, behind)) = rest.split_once('\n') {
        if text.trim().is_empty() {
            return (head, behind, at + 1);
        }
        head.push((at, text.trim_end()));
        (rest, at) = (behind, at + 1);
    }
    if !rest.trim().is_empty() {
        head.push((at, rest.trim_end()));
    }
    (head, "", at)
}
