//! Extracts from a page what it says about error codes: the codes, statuses, examples, members and headers, each with
//! its line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::items::{Item, ItemKind, Table};
use super::lists;
use super::statuses::{STATUS, stated_status, status_behind, status_in, status_label, statuses_in_sentence};
use super::uris;
use super::words::{self, pattern};
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
    /// What the page says that a code means.
    pub meanings: BTreeMap<String, String>,
    /// Statuses in tables without codes.
    pub statuses: Vec<Statement<u16>>,
    /// Error bodies.
    pub examples: Vec<Statement<Example>>,
    /// Code blocks marked as JSON that cannot be parsed: the message of the parser.
    pub unreadable: Vec<Statement<String>>,
    /// Parts that speak of codes and were not understood: what they are.
    pub unread: Vec<Statement<String>>,
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

static STATUS_LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^HTTP/[0-9.]+\s+([1-5][0-9]{2})\b"));
static HEADER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([A-Za-z][A-Za-z0-9-]*):\s*(.*)$"));

/// Extracts the facts of a page. A word of the catalogue is a code. Another word is a code if it is spelt like one (see
/// `words`) and has a status, or if an example shows it.
pub(crate) fn gather(items: &[Item], catalog: &ErrorCatalog) -> Facts {
    let mut reader = Reader {
        catalog,
        facts: Facts::default(),
        open: Vec::new(),
        in_sentences: Vec::new(),
        keys: keys_of_examples(items),
    };
    // The entries before this index are read as a list.
    let mut read = 0;
    for (index, item) in items.iter().enumerate() {
        match &item.kind {
            ItemKind::Heading(level, title) => reader.heading(*level, title, item.line, &items[index + 1..]),
            ItemKind::Text(text, spans) => reader.text(text, spans, item.line),
            ItemKind::Entry(text, spans) => {
                reader.text(text, spans, item.line);
                if index >= read {
                    read = index + reader.list(&items[index..]);
                }
                if index >= read {
                    reader.entry(text, spans, item.line);
                }
            }
            ItemKind::Table(table) => reader.table(table),
            ItemKind::Code(language, code) => reader.code(language, code, item.line),
            ItemKind::Definition(table) => reader.definition(table),
            ItemKind::Unread(kind) => reader.unread(kind.clone(), item.line),
        }
    }
    reader.statuses_of_sentences();
    reader.facts
}

pub(super) struct Reader<'c> {
    pub(super) catalog: &'c ErrorCatalog,
    pub(super) facts: Facts,
    /// The enclosing headings, the outermost first.
    open: Vec<Section>,
    /// Statuses that sentences mention, perhaps in passing.
    in_sentences: Vec<Statement<u16>>,
    /// The names of members in the examples of the page. Such a name in a list is not a code.
    pub(super) keys: BTreeSet<String>,
}

/// An enclosing heading.
struct Section {
    level: u8,
    codes: Vec<String>,
    title: String,
}

impl Reader<'_> {
    pub(super) fn unread(&mut self, what: String, line: usize) {
        self.facts.unread.push(Statement { line, about: self.about(), value: what });
    }

    fn heading(&mut self, level: u8, title: &str, line: usize, below: &[Item]) {
        self.open.retain(|above| above.level < level);
        let codes = self.codes_of(title, below, level);
        self.facts.headings.push(title.to_owned());
        for code in &codes {
            self.facts.codes.push(Statement { line, about: codes.clone(), value: code.clone() });
        }
        let status = status_in(&STATUS, title).filter(|status| !codes.contains(&status.to_string()));
        self.open.push(Section { level, codes: codes.clone(), title: title.to_owned() });
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
        let section =
            below.iter().take_while(|item| !matches!(item.kind, ItemKind::Heading(other, _) if other <= level));
        let describes_error = |item: &Item| match &item.kind {
            ItemKind::Text(text, _) | ItemKind::Entry(text, _) => text.lines().any(|line| status_label(line).is_some()),
            ItemKind::Code(language, code) => self.envelope(body_of(language, code)).is_some(),
            _ => false,
        };
        let section: Vec<&Item> = section.collect();
        if let Some(uri) = self.uri_of_heading(title, section.iter().any(|item| describes_error(item))) {
            return vec![uri];
        }
        let shown = |word: &str| {
            section.iter().any(|item| match &item.kind {
                ItemKind::Code(language, code) => {
                    let body = self.envelope(body_of(language, code));
                    body.and_then(|body| words::code_in(&body, self.catalog)).as_deref() == Some(word)
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
        let spelt = spelt.filter(|word| !words::is_title_in_one_word(word));
        // `409 Conflict: NAME_TAKEN`; `404 NOT FOUND` is a status alone.
        let has_status = |word: &str| word.contains('_') && STATUS.is_match(title);
        let spelt = spelt.filter(|word| has_status(word) || section.iter().any(|item| describes_error(item)));
        let named = spelt.or_else(|| words.into_iter().find(|word| !word.is_empty() && shown(word)));
        named.map(str::to_owned).into_iter().collect()
    }

    /// The code of a heading that is a URI, perhaps with other words, if its section describes an error.
    fn uri_of_heading(&self, title: &str, describes_error: bool) -> Option<String> {
        let mut words = title.split_whitespace().filter_map(|word| uris::leading(word).map(|(uri, _)| uri.to_owned()));
        let is_alone = title.split_whitespace().count() == 1;
        words.find(|uri| self.catalog.code(uri).is_some() || describes_error || (is_alone && self.is_below_codes()))
    }

    fn text(&mut self, text: &str, spans: &[String], line: usize) {
        self.facts.spans.extend(spans.iter().cloned());
        self.codes_with_hints(text, spans, line);
        let about = self.about();
        if about.is_empty() {
            return;
        }
        let first = text.lines().find(|line| status_label(line.trim()).is_none());
        if let Some(first) = first.filter(|_| self.open.last().is_some_and(|section| section.codes == about)) {
            self.meaning(&about, first);
        }
        for (offset, text) in text.lines().enumerate() {
            if let Some(end) = status_label(text.trim()) {
                self.code_status(&about, status_in(&STATUS, &text.trim()[end..]), line + offset);
                continue;
            }
            for value in statuses_in_sentence(text) {
                self.in_sentences.push(Statement { line: line + offset, about: about.clone(), value });
            }
        }
    }

    /// Codes in a sentence, each with its status behind it: `NAME_TAKEN` (409).
    fn codes_with_hints(&mut self, text: &str, spans: &[String], line: usize) {
        for span in spans {
            let is_new = words::is_in_capitals(span) && span.contains('_') || uris::is_uri(span);
            let is_code = is_new || self.catalog.code(span).is_some();
            let hints = text.match_indices(span.as_str()).map(|(at, _)| &text[at + span.len()..]);
            let Some(status) = hints.filter(|_| is_code).find_map(status_behind) else { continue };
            let about = vec![span.clone()];
            if !self.facts.codes.iter().any(|statement| statement.value == *span) {
                self.facts.codes.push(Statement { line, about: about.clone(), value: span.clone() });
            }
            self.code_status(&about, Some(status), line);
        }
    }

    /// A status in a sentence counts for a code that has no other status, if the section speaks of no second one.
    fn statuses_of_sentences(&mut self) {
        for code in self.facts.codes.iter().map(|statement| statement.value.clone()).collect::<BTreeSet<_>>() {
            if self.facts.code_statuses.iter().any(|statement| statement.value.0 == code) {
                continue;
            }
            let of_code = || self.in_sentences.iter().filter(|statement| statement.about == [code.clone()]);
            let distinct: BTreeSet<u16> = of_code().map(|statement| statement.value).collect();
            if let (1, Some(first)) = (distinct.len(), of_code().next().cloned()) {
                self.code_status(&first.about, Some(first.value), first.line);
            }
        }
    }

    /// A list of codes below a heading that speaks of codes: the number of entries that were read.
    fn list(&mut self, items: &[Item]) -> usize {
        let is_about_codes = self.facts.headings.last().is_some_and(|heading| words::is_title_of_codes(heading));
        if !is_about_codes || !self.about().is_empty() {
            return 0;
        }
        let entries = lists::of_codes(items, |word| self.catalog.code(word).is_some());
        let length = entries.len();
        for (entry, item) in entries.into_iter().zip(items) {
            match (entry.code, &item.kind) {
                (Some(code), _) => {
                    let about = vec![code.clone()];
                    self.meaning(&about, &entry.text);
                    self.facts.codes.push(Statement { line: entry.line, about: about.clone(), value: code });
                    if entry.status.is_some() {
                        self.code_status(&about, entry.status, entry.line);
                    }
                }
                // A status, and perhaps codes after it.
                (None, ItemKind::Entry(text, spans)) => self.entry(text, spans, item.line),
                _ => {}
            }
        }
        length
    }

    /// An entry of a definition list. Parameters and terms are listed in this way as well, so a heading that speaks of
    /// codes, or a status, must show that the term is a code.
    fn definition(&mut self, table: &Table) {
        let Some((line, row)) = table.rows.first() else { return };
        let term = row.first().map_or("", String::as_str);
        let words = words::of_cell(term);
        let is_spelt = !words.is_empty() && words.iter().all(|word| words::is_spelt_like_a_code(word));
        let is_known = words.iter().any(|word| self.catalog.code(word).is_some());
        let has_status = row.len() > 2;
        let is_about_codes = self.facts.headings.last().is_some_and(|heading| words::is_title_of_codes(heading));
        if is_known || ((is_spelt || is_about_codes) && has_status) || (is_spelt && is_about_codes) {
            self.table(table);
        } else if is_about_codes && stated_status(term).is_none() {
            self.unread(format!("the term {term:?} of a definition list"), *line);
        }
    }

    /// The last names of the envelope's pointers.
    pub(super) fn names(&self) -> Vec<String> {
        super::parts(self.catalog).into_iter().map(|(_, pointer)| super::last_name(&pointer)).collect()
    }

    fn code(&mut self, language: &str, code: &str, line: usize) {
        let about = self.about();
        let (head, body, body_line) =
            if language == "http" { split_http(code, line) } else { (Vec::new(), code, line) };
        let shown = self.envelope(body).and_then(|body| words::code_in(&body, self.catalog));
        for (line, text) in head {
            if let Some(found) = STATUS_LINE.captures(text) {
                let shown = shown.iter().filter(|code| about.is_empty() && self.catalog.code(code).is_some());
                let codes = if about.is_empty() { shown.cloned().collect() } else { about.clone() };
                self.code_status(&codes, found[1].parse().ok(), line);
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

    pub(super) fn code_status(&mut self, codes: &[String], status: Option<u16>, line: usize) {
        for code in codes {
            self.facts.code_statuses.push(Statement { line, about: codes.to_vec(), value: (code.clone(), status) });
        }
    }

    /// The codes of the nearest enclosing heading with codes.
    pub(super) fn about(&self) -> Vec<String> {
        let codes = self.open.iter().rev().map(|section| &section.codes);
        codes.into_iter().find(|codes| !codes.is_empty()).cloned().unwrap_or_default()
    }

    /// True if an enclosing heading speaks of it.
    pub(super) fn is_under(&self, topic: &Regex) -> bool {
        self.open.iter().any(|section| topic.is_match(&section.title))
    }

    /// True if the nearest heading speaks of it.
    pub(super) fn is_below(&self, topic: &Regex) -> bool {
        self.open.last().is_some_and(|section| topic.is_match(&section.title))
    }

    /// True if the nearest heading speaks of codes.
    pub(super) fn is_below_codes(&self) -> bool {
        self.open.last().is_some_and(|section| words::speaks_of_codes(&section.title))
    }
}

/// The names of the members of all JSON examples.
fn keys_of_examples(items: &[Item]) -> BTreeSet<String> {
    fn collect(value: &Value, keys: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                keys.extend(members.keys().cloned());
                members.values().for_each(|member| collect(member, keys));
            }
            Value::Array(elements) => elements.iter().for_each(|element| collect(element, keys)),
            _ => {}
        }
    }
    let mut keys = BTreeSet::new();
    for item in items {
        if let ItemKind::Code(_, code) = &item.kind
            && let Ok(body) = serde_json::from_str(code)
        {
            collect(&body, &mut keys);
        }
    }
    keys
}

/// The body in a code block, which may be a whole HTTP response.
fn body_of<'c>(language: &str, code: &'c str) -> &'c str {
    if language == "http" { split_http(code, 0).1 } else { code }
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
