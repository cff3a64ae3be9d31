//! Compares a published error-code page with the catalogue of a pack.
//!
//! A person writes the catalogue from such a page once; afterwards both may change. This module extracts from the page
//! what a program can read: codes and their statuses, tables, examples of error bodies, and headers.

mod entries;
mod facts;
mod first_reading;
mod html;
mod items;
mod lists;
mod meanings;
mod page;
mod rst;
mod rst_tables;
mod rst_text;
mod statuses;
mod tables;
mod uris;
mod words;

use std::collections::BTreeSet;

pub(crate) use first_reading::json_objects;
pub use first_reading::{FoundCode, codes_of, statuses_of, unread_of};

use facts::{Example, Facts, Statement};
use generate::schema::pointer::{below, unescaped};
use spec::contract::{Contract, ErrorCatalog, Misfit};
use spec::source::{Problem, SourceFile, Step, suggestion};

/// The result of comparing a page with a catalogue.
#[derive(Debug)]
pub struct Comparison {
    /// The differences, in order of place. The place is in the page, or in the catalogue if the page lacks something.
    pub differences: Vec<Problem>,
    /// The numbers of compared items.
    pub counts: Counts,
}

/// The numbers of items that were found on the page and compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Distinct codes.
    pub codes: usize,
    /// Statements of a status.
    pub statuses: usize,
    /// Examples of error bodies.
    pub examples: usize,
    /// Headers in examples of responses.
    pub headers: usize,
}

/// Compares a page with the catalogue of a contract; `catalog` is the file of the catalogue.
pub fn compare(page: &SourceFile, contract: &Contract, catalog: &SourceFile) -> Comparison {
    let facts = facts::gather(&page::read(&page.text), &contract.catalog);
    let shown = facts.examples.iter().filter_map(|statement| contract.catalog.code_in(&statement.value.body));
    let named = facts.codes.iter().map(|statement| statement.value.clone());
    let codes: BTreeSet<String> = named.chain(shown).collect();
    let counts = Counts {
        codes: codes.len(),
        statuses: facts.code_statuses.len() + facts.statuses.len(),
        examples: facts.examples.len(),
        headers: facts.headers.len(),
    };
    let differ = Differ { page, file: catalog, contract, catalog: &contract.catalog, facts: &facts };
    let parts = [
        differ.unread(),
        differ.unknown_codes(),
        differ.missing_codes(),
        differ.statuses_of_codes(),
        differ.statuses(),
        differ.examples(),
        differ.members(),
        differ.headers(),
        differ.sections(),
    ];
    let mut differences: Vec<Problem> = parts.into_iter().flatten().collect();
    let order = |problem: &Problem| (problem.file != page.name, problem.place, problem.message.clone());
    differences.sort_by_key(order);
    differences.dedup_by(|a, b| order(a) == order(b));
    Comparison { differences, counts }
}

/// The parts of the envelope that a catalogue names, with their pointers.
fn parts(catalog: &ErrorCatalog) -> Vec<(&'static str, String)> {
    let pointers = &catalog.envelope.pointers;
    let optional = [
        ("status", &pointers.status),
        ("details", &pointers.details),
        ("field", &catalog.envelope.first_field()),
        ("retry_delay", &pointers.retry_delay),
    ];
    [("code", pointers.code.clone()), ("message", pointers.message.clone())]
        .into_iter()
        .chain(optional.into_iter().filter_map(|(name, pointer)| Some((name, pointer.clone()?))))
        .collect()
}

/// The last name of a JSON Pointer (RFC 6901).
fn last_name(pointer: &str) -> String {
    unescaped(pointer.rsplit('/').next().unwrap_or_default())
}

struct Differ<'a> {
    page: &'a SourceFile,
    file: &'a SourceFile,
    contract: &'a Contract,
    catalog: &'a ErrorCatalog,
    facts: &'a Facts,
}

impl Differ<'_> {
    fn on_page(&self, line: usize, message: String) -> Problem {
        self.page.problem_at_line(line, message)
    }

    fn in_catalog(&self, path: &[Step], message: String) -> Problem {
        self.file.problem(path, message)
    }

    fn of_code(&self, code: &str, message: String) -> Problem {
        let index = self.catalog.codes.iter().position(|entry| entry.code == code).unwrap_or_default();
        self.in_catalog(&["codes".into(), index.into(), "code".into()], message)
    }

    /// True if a comment on the line of the catalogue says that something else than the page is the source.
    fn is_from_elsewhere(&self, path: &[Step]) -> bool {
        let line = self.file.locate(path).and_then(|place| self.file.text.lines().nth(place.line.saturating_sub(1)));
        let comment = line.and_then(|line| line.split_once(" # ")).map(|(_, comment)| comment.trim());
        comment.is_some_and(|comment| ["guess", "learned", "OpenAPI"].iter().any(|source| comment.starts_with(source)))
    }

    fn has_status_from_elsewhere(&self, code: &str) -> bool {
        let index = self.catalog.codes.iter().position(|entry| entry.code == code);
        index.is_some_and(|index| self.is_from_elsewhere(&["codes".into(), index.into(), "code".into()]))
    }

    /// Parts of the page that speak of codes and were not understood.
    fn unread(&self) -> Vec<Problem> {
        let unread = self.facts.unread.iter();
        unread.map(|statement| self.on_page(statement.line, format!("not read: {}", statement.value))).collect()
    }

    /// Codes of the page that the catalogue does not have.
    fn unknown_codes(&self) -> Vec<Problem> {
        let names = self.catalog.code_names();
        let mut seen = BTreeSet::new();
        let unknown = self.facts.codes.iter().filter(|statement| self.catalog.code(&statement.value).is_none());
        let unknown = unknown.filter(|statement| seen.insert(&statement.value));
        unknown
            .map(|statement| {
                let message = format!("the page has a code {}, and the catalogue does not", statement.value);
                self.on_page(statement.line, message).with_help(suggestion(&statement.value, &names))
            })
            .collect()
    }

    /// Codes of the catalogue that the page does not name.
    fn missing_codes(&self) -> Vec<Problem> {
        let named: Vec<&String> = self.facts.codes.iter().map(|statement| &statement.value).collect();
        let shown = |code: &str| {
            self.facts.examples.iter().any(|statement| self.code_in(&statement.value).as_deref() == Some(code))
        };
        let missing = self
            .catalog
            .codes
            .iter()
            .map(|entry| &entry.code)
            .filter(|code| !named.contains(code) && !self.facts.spans.contains(code) && !shown(code));
        missing
            .map(|code| self.of_code(code, format!("the catalogue has a code {code}, and the page does not")))
            .collect()
    }

    /// Codes with a different status on the page, or with none.
    fn statuses_of_codes(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for statement in &self.facts.code_statuses {
            let (code, status) = &statement.value;
            let Some(entry) = self.catalog.code(code) else { continue };
            let agrees = match status {
                Some(status) => entry.statuses.contains(status),
                // The page gives several statuses, or says that there is none.
                None => entry.only_status().is_none() || self.has_status_from_elsewhere(code),
            };
            if !agrees {
                let words = |status: Option<String>| status.unwrap_or_else(|| "no fixed status".to_owned());
                let on_page = words(status.map(|status| status.to_string()));
                let message =
                    format!("the page gives {code} {on_page}, the catalogue {}", words(entry.statuses_in_words()));
                found.push(self.on_page(statement.line, message));
            }
        }
        let with_status = self.catalog.codes.iter().filter(|entry| !entry.statuses.is_empty());
        for entry in with_status.filter(|entry| !self.has_status_from_elsewhere(&entry.code)) {
            let has_status = self.facts.code_statuses.iter().any(|statement| statement.value.0 == entry.code);
            if let Some(named) =
                self.facts.codes.iter().find(|statement| statement.value == entry.code).filter(|_| !has_status)
            {
                found.push(self.on_page(named.line, format!("the page gives no status for {}", entry.code)));
            }
        }
        found
    }

    /// Statuses that only one of the two has.
    fn statuses(&self) -> Vec<Problem> {
        let known = &self.catalog.statuses;
        let unknown = self.facts.statuses.iter().filter(|statement| !known.contains(&statement.value));
        let mut found: Vec<Problem> = unknown
            .map(|statement| {
                self.on_page(
                    statement.line,
                    format!("the page has the status {}, and the catalogue does not", statement.value),
                )
            })
            .collect();
        // A page without a table of statuses does not list success statuses.
        if self.facts.statuses.is_empty() {
            return found;
        }
        let of_codes = self.facts.code_statuses.iter().filter_map(|statement| statement.value.1);
        let on_page: BTreeSet<u16> =
            self.facts.statuses.iter().map(|statement| statement.value).chain(of_codes).collect();
        let is_missing = |(index, status): &(usize, &u16)| {
            !on_page.contains(status) && !self.is_from_elsewhere(&["statuses".into(), (*index).into()])
        };
        found.extend(known.iter().enumerate().filter(is_missing).map(|(index, status)| {
            let message = format!("the catalogue has the status {status}, and the page does not");
            self.in_catalog(&["statuses".into(), index.into()], message)
        }));
        found
    }

    /// Examples of error bodies that do not match the catalogue and its schema.
    fn examples(&self) -> Vec<Problem> {
        let unreadable = self.facts.unreadable.iter();
        let unreadable = unreadable.map(|statement| {
            self.on_page(statement.line, format!("the example is not valid JSON: {}", statement.value))
        });
        let shown = self.facts.examples.iter().flat_map(|statement| self.example(statement));
        unreadable.chain(shown).collect()
    }

    fn example(&self, statement: &Statement<Example>) -> Vec<Problem> {
        let code = self.code_in(&statement.value);
        let entry = code.as_deref().and_then(|code| self.catalog.code(code));
        let at = |pointer: &str, message: String| self.on_page(line_of(statement, pointer), message);
        let about = statement.about.join(", ");
        let misfits =
            self.contract.schemas.envelope_misfits(entry.map(|entry| entry.code.as_str()), &statement.value.body);
        let mut found: Vec<Problem> = misfits.iter().map(|misfit| self.misfit(statement, misfit)).collect();
        if let Some(code) = code.filter(|code| !statement.about.is_empty() && !statement.about.contains(code)) {
            found
                .push(at(&self.catalog.envelope.pointers.code, format!("an example of {about} shows the code {code}")));
        }
        let field = self.catalog.envelope.pointers.field.as_deref();
        if let (Some(entry), Some(pointer)) = (entry.filter(|entry| entry.names_field), field)
            && self.catalog.envelope.fields_in(&statement.value.body).is_empty()
        {
            let message =
                format!("{} names the field at fault, and the example has no `{}`", entry.code, last_name(pointer));
            found.push(at(&self.catalog.envelope.pointers.code, message));
        }
        found.extend(self.undocumented(statement));
        found
    }

    fn misfit(&self, statement: &Statement<Example>, misfit: &Misfit) -> Problem {
        if statement.value.body.pointer(&misfit.pointer).is_none() {
            // A missing member has no line.
            let line = line_of(statement, &self.catalog.envelope.pointers.code);
            let name = last_name(&misfit.pointer);
            return self.on_page(line, format!("the example has no member `{name}`, which the envelope requires"));
        }
        let place = if misfit.pointer.is_empty() { "the body" } else { &misfit.pointer };
        let message = format!("the example has {} at {place}, and the envelope {}", misfit.actual, misfit.expected);
        self.on_page(line_of(statement, &misfit.pointer), message)
    }

    /// Members of an example that are not in the schema of the envelope.
    fn undocumented(&self, statement: &Statement<Example>) -> Vec<Problem> {
        let mut found = Vec::new();
        for (pointer, known) in self.contract.schemas.documented_members() {
            let Some(members) = statement.value.body.pointer(pointer).and_then(serde_json::Value::as_object) else {
                continue;
            };
            for name in members.keys().filter(|name| !known.contains(name)) {
                let line = line_of(statement, &below(pointer, name));
                let problem =
                    self.on_page(line, format!("the example has a member `{name}`, and the envelope does not"));
                found.push(problem.with_help(suggestion(name, known)));
            }
        }
        found
    }

    /// Members of the envelope that only one of the two has.
    fn members(&self) -> Vec<Problem> {
        let parent = self.catalog.envelope.pointers.envelope.as_str();
        let known = self.contract.schemas.documented_members().get(parent).cloned().unwrap_or_default();
        let rows = &self.facts.members;
        let unknown =
            rows.iter().filter(|statement| !known.contains(&statement.value) && statement.value != last_name(parent));
        let mut found: Vec<Problem> = unknown
            .map(|statement| {
                let message = format!("the page has a member `{}`, and the envelope does not", statement.value);
                self.on_page(statement.line, message).with_help(suggestion(&statement.value, &known))
            })
            .collect();
        for (part, pointer) in parts(self.catalog) {
            let name = last_name(&pointer);
            let on_page = rows.iter().any(|statement| statement.value == name)
                || self.facts.examples.iter().any(|statement| statement.value.body.pointer(&pointer).is_some());
            let path = ["envelope".into(), "pointers".into(), part.into()];
            // A page that shows no body says nothing about its members.
            let shows_bodies = !rows.is_empty() || !self.facts.examples.is_empty();
            if !on_page && shows_bodies && !self.is_from_elsewhere(&path) {
                found
                    .push(self.in_catalog(&path, format!("the envelope has a member `{name}`, and the page does not")));
            }
        }
        found
    }

    /// Headers that only one of the two has, and contradictory delays on the page.
    fn headers(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut expected: Vec<(Vec<Step>, &String)> = Vec::new();
        if let Some(id) = &self.catalog.request_id {
            expected.push((vec!["request_id".into(), "header".into()], &id.header));
        }
        // A page of errors does not list the headers of single operations.
        let required = self.catalog.headers.iter().enumerate().filter(|(_, entry)| entry.operation.is_empty());
        expected.extend(
            required.map(|(index, entry)| (vec!["headers".into(), index.into(), "header".into()], &entry.header)),
        );
        if let Some(limit) = &self.catalog.rate_limit {
            let headers = [
                ("limit", &limit.limit),
                ("remaining", &limit.remaining),
                ("reset", &limit.reset),
                ("combined", &limit.combined),
                ("retry_after", &limit.retry_after),
            ];
            let documented = headers.into_iter().filter_map(|(member, header)| Some((member, header.as_ref()?)));
            expected.extend(documented.map(|(member, header)| (vec!["rate_limit".into(), member.into()], header)));
            found.extend(
                self.facts.headers.iter().filter(|statement| statement.about.contains(&limit.code)).filter_map(
                    |statement| {
                        let (name, value) = &statement.value;
                        self.header_of_refusal(statement.line, name, value, &expected)
                    },
                ),
            );
        }
        for (path, header) in expected {
            let same = |name: &str| name.eq_ignore_ascii_case(header);
            let on_page = self.facts.headers.iter().any(|statement| same(&statement.value.0))
                || self.facts.spans.iter().any(|span| same(span));
            if !on_page {
                found.push(
                    self.in_catalog(&path, format!("the catalogue has a header {header}, and the page does not")),
                );
            }
        }
        found
    }

    /// The problem of a header in the section of the rate-limit code.
    fn header_of_refusal(
        &self,
        line: usize,
        name: &str,
        value: &str,
        known: &[(Vec<Step>, &String)],
    ) -> Option<Problem> {
        const COMMON: &[&str] = &["content-type", "content-length", "date", "connection", "server", "cache-control"];
        let limit = self.catalog.rate_limit.as_ref()?;
        let names: Vec<String> = known.iter().map(|(_, header)| (*header).clone()).collect();
        if !COMMON.contains(&name.to_lowercase().as_str())
            && !names.iter().any(|known| known.eq_ignore_ascii_case(name))
        {
            let message = format!("the page has a header {name}, and the catalogue does not");
            return Some(self.on_page(line, message).with_help(suggestion(name, &names)));
        }
        let pointer = self.catalog.envelope.pointers.retry_delay.as_deref()?;
        let examples = self.facts.examples.iter().filter(|statement| statement.about.contains(&limit.code));
        let delay = examples.filter_map(|statement| statement.value.body.pointer(pointer)).next()?.to_string();
        (name.eq_ignore_ascii_case(limit.retry_after.as_deref()?) && delay != value && value.parse::<f64>().is_ok())
            .then(|| {
                let member = last_name(pointer);
                self.on_page(line, format!("the page says {value} in {name}, and {delay} in `{member}` of its example"))
            })
    }

    /// Sections that the catalogue names and the page does not have.
    fn sections(&self) -> Vec<Problem> {
        let has = |title: &str| self.facts.headings.iter().any(|heading| heading.eq_ignore_ascii_case(title));
        // Pages without headings are named by their file; some codes are not from a page.
        let stem = std::path::Path::new(&self.page.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let is_no_section = |title: &str| [stem, "OpenAPI", "learned"].contains(&title);
        let entries = self.catalog.codes.iter().enumerate();
        let entries = entries.filter(|(_, entry)| !has(&entry.page) && !is_no_section(&entry.page));
        entries
            .map(|(index, entry)| {
                let message = format!(
                    "the catalogue places {} in a section `{}`, which the page does not have",
                    entry.code, entry.page
                );
                self.in_catalog(&["codes".into(), index.into(), "page".into()], message)
                    .with_help(suggestion(&entry.page, &self.facts.headings))
            })
            .collect()
    }

    fn code_in(&self, example: &Example) -> Option<String> {
        self.catalog.code_in(&example.body)
    }
}

/// The line of a part of an example. JSON is valid YAML, so `SourceFile` can locate it.
fn line_of(statement: &Statement<Example>, pointer: &str) -> usize {
    let file = SourceFile::new("", &statement.value.text);
    let steps = pointer.split('/').skip(1).map(|name| match name.parse::<usize>() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Key(unescaped(name)),
    });
    let steps: Vec<Step> = steps.collect();
    statement.line + file.locate(&steps).map_or(0, |place| place.line.saturating_sub(1))
}
