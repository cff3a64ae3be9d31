//! A published error-code page, and each place where it and the catalogue of a pack say different things.
//!
//! The catalogue is read from such a page once, by a person; afterwards both change. Here the page is read by a
//! program, as far as that can be done without understanding sentences: codes and their statuses, tables, the
//! examples of error bodies, and headers.

mod facts;
mod first_reading;
mod html;
mod page;
mod words;

use std::collections::BTreeSet;

pub use first_reading::{codes_of, json_objects};

use crate::contract::{Contract, ErrorCatalog, Misfit};
use crate::source::{Problem, SourceFile, Step, suggestion};
use facts::{Example, Facts, Said};

/// What came of holding a page against a catalogue.
#[derive(Debug)]
pub struct Comparison {
    /// Each difference: of the page, or of the catalogue where the page lacks something; in order of place.
    pub differences: Vec<Problem>,
    /// How much of each was found on the page and compared.
    pub counts: Counts,
}

/// How much there was to compare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Different codes.
    pub codes: usize,
    /// Statements of a status.
    pub statuses: usize,
    /// Examples of error bodies.
    pub examples: usize,
    /// Headers in examples of answers.
    pub headers: usize,
}

/// Holds a page against the catalogue of a contract; `catalog` is the file that it was read from.
pub fn compare(page: &SourceFile, contract: &Contract, catalog: &SourceFile) -> Comparison {
    let facts = facts::gather(&page::read(&page.text), &contract.catalog);
    let codes: BTreeSet<&str> = facts.codes.iter().map(|said| said.what.as_str()).collect();
    let counts = Counts {
        codes: codes.len(),
        statuses: facts.code_statuses.len() + facts.statuses.len(),
        examples: facts.examples.len(),
        headers: facts.headers.len(),
    };
    let differ = Differ { page, file: catalog, contract, catalog: &contract.catalog, facts: &facts };
    let parts = [
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

/// The parts of the envelope that a catalogue names, and where they stand.
fn parts(catalog: &ErrorCatalog) -> Vec<(&'static str, String)> {
    let pointers = &catalog.envelope.pointers;
    let optional = [("details", &pointers.details), ("field", &pointers.field), ("retry_delay", &pointers.retry_delay)];
    [("code", pointers.code.clone()), ("message", pointers.message.clone())]
        .into_iter()
        .chain(optional.into_iter().filter_map(|(name, pointer)| Some((name, pointer.clone()?))))
        .collect()
}

/// The last name of a JSON Pointer (RFC 6901).
fn last_name(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~")
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

    /// Codes of the page that the catalogue does not have.
    fn unknown_codes(&self) -> Vec<Problem> {
        let names = self.catalog.code_names();
        let mut seen = BTreeSet::new();
        let unknown = self.facts.codes.iter().filter(|said| self.catalog.code(&said.what).is_none());
        let unknown = unknown.filter(|said| seen.insert(&said.what));
        unknown
            .map(|said| {
                let message = format!("the page has a code {}, and the catalogue does not", said.what);
                self.on_page(said.line, message).with_help(suggestion(&said.what, &names))
            })
            .collect()
    }

    /// Codes of the catalogue that the page does not name.
    fn missing_codes(&self) -> Vec<Problem> {
        let told: Vec<&String> = self.facts.codes.iter().map(|said| &said.what).collect();
        let shown =
            |code: &str| self.facts.examples.iter().any(|said| self.code_in(&said.what).as_deref() == Some(code));
        let missing = self
            .catalog
            .codes
            .iter()
            .map(|entry| &entry.code)
            .filter(|code| !told.contains(code) && !self.facts.spans.contains(code) && !shown(code));
        missing
            .map(|code| self.of_code(code, format!("the catalogue has a code {code}, and the page does not")))
            .collect()
    }

    /// Codes with another status on the page, or with none.
    fn statuses_of_codes(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for said in &self.facts.code_statuses {
            let (code, status) = &said.what;
            let Some(entry) = self.catalog.code(code) else { continue };
            if entry.status != *status {
                let words = |status: Option<u16>| {
                    status.map_or_else(|| "no certain status".to_owned(), |status| status.to_string())
                };
                let message =
                    format!("the page gives {code} {}, the catalogue {}", words(*status), words(entry.status));
                found.push(self.on_page(said.line, message));
            }
        }
        for entry in self.catalog.codes.iter().filter(|entry| entry.status.is_some()) {
            let told = self.facts.code_statuses.iter().any(|said| said.what.0 == entry.code);
            if let Some(named) = self.facts.codes.iter().find(|said| said.what == entry.code).filter(|_| !told) {
                found.push(self.on_page(named.line, format!("the page says no status of {}", entry.code)));
            }
        }
        found
    }

    /// Statuses that only one of the two has.
    fn statuses(&self) -> Vec<Problem> {
        let known = &self.catalog.statuses;
        let unknown = self.facts.statuses.iter().filter(|said| !known.contains(&said.what));
        let mut found: Vec<Problem> = unknown
            .map(|said| {
                self.on_page(said.line, format!("the page has the status {}, and the catalogue does not", said.what))
            })
            .collect();
        // A page without a table of statuses leaves out those of success.
        if self.facts.statuses.is_empty() {
            return found;
        }
        let of_codes = self.facts.code_statuses.iter().filter_map(|said| said.what.1);
        let told: BTreeSet<u16> = self.facts.statuses.iter().map(|said| said.what).chain(of_codes).collect();
        found.extend(known.iter().enumerate().filter(|(_, status)| !told.contains(status)).map(|(index, status)| {
            let message = format!("the catalogue has the status {status}, and the page does not");
            self.in_catalog(&["statuses".into(), index.into()], message)
        }));
        found
    }

    /// Examples of error bodies that are not what the catalogue and its schema describe.
    fn examples(&self) -> Vec<Problem> {
        let unreadable = self.facts.unreadable.iter();
        let unreadable =
            unreadable.map(|said| self.on_page(said.line, format!("the example is no JSON: {}", said.what)));
        let shown = self.facts.examples.iter().flat_map(|said| self.example(said));
        unreadable.chain(shown).collect()
    }

    fn example(&self, said: &Said<Example>) -> Vec<Problem> {
        let code = self.code_in(&said.what);
        let entry = code.as_deref().and_then(|code| self.catalog.code(code));
        let at = |pointer: &str, message: String| self.on_page(line_of(said, pointer), message);
        let about = said.about.join(", ");
        let misfits = self.contract.schemas.envelope_misfits(entry.map(|entry| entry.code.as_str()), &said.what.body);
        let mut found: Vec<Problem> = misfits.iter().map(|misfit| self.misfit(said, misfit)).collect();
        if let Some(code) = code.filter(|code| !said.about.is_empty() && !said.about.contains(code)) {
            found
                .push(at(&self.catalog.envelope.pointers.code, format!("an example of {about} shows the code {code}")));
        }
        let field = self.catalog.envelope.pointers.field.as_deref();
        if let (Some(entry), Some(pointer)) = (entry.filter(|entry| entry.names_field), field)
            && said.what.body.pointer(pointer).is_none()
        {
            let message =
                format!("{} names the field at fault, and the example has no `{}`", entry.code, last_name(pointer));
            found.push(at(&self.catalog.envelope.pointers.code, message));
        }
        found.extend(self.undocumented(said));
        found
    }

    fn misfit(&self, said: &Said<Example>, misfit: &Misfit) -> Problem {
        if said.what.body.pointer(&misfit.pointer).is_none() {
            // What is not there has no line of its own.
            let line = line_of(said, &self.catalog.envelope.pointers.code);
            let name = last_name(&misfit.pointer);
            return self.on_page(line, format!("the example has no member `{name}`, which the envelope asks for"));
        }
        let place = if misfit.pointer.is_empty() { "the body" } else { &misfit.pointer };
        let message = format!("the example has {} at {place}, and the envelope {}", misfit.actual, misfit.expected);
        self.on_page(line_of(said, &misfit.pointer), message)
    }

    /// Members of an example that the envelope's schema does not have.
    fn undocumented(&self, said: &Said<Example>) -> Vec<Problem> {
        let mut found = Vec::new();
        for (pointer, known) in self.contract.schemas.documented_members() {
            let Some(members) = said.what.body.pointer(pointer).and_then(serde_json::Value::as_object) else {
                continue;
            };
            for name in members.keys().filter(|name| !known.contains(name)) {
                let line = line_of(said, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")));
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
        let unknown = rows.iter().filter(|said| !known.contains(&said.what) && said.what != last_name(parent));
        let mut found: Vec<Problem> = unknown
            .map(|said| {
                let message = format!("the page has a member `{}`, and the envelope does not", said.what);
                self.on_page(said.line, message).with_help(suggestion(&said.what, &known))
            })
            .collect();
        for (part, pointer) in parts(self.catalog) {
            let name = last_name(&pointer);
            let told = rows.iter().any(|said| said.what == name)
                || self.facts.examples.iter().any(|said| said.what.body.pointer(&pointer).is_some());
            if !told {
                let path = ["envelope".into(), "pointers".into(), part.into()];
                found
                    .push(self.in_catalog(&path, format!("the envelope has a member `{name}`, and the page does not")));
            }
        }
        found
    }

    /// Headers that only one of the two has, and a delay that the page states in two ways.
    fn headers(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let mut expected = Vec::new();
        if let Some(id) = &self.catalog.request_id {
            expected.push((["request_id", "header"], &id.header));
        }
        if let Some(limit) = &self.catalog.rate_limit {
            let headers = [
                ("limit", &limit.limit),
                ("remaining", &limit.remaining),
                ("reset", &limit.reset),
                ("combined", &limit.combined),
                ("retry_after", &limit.retry_after),
            ];
            let documented = headers.into_iter().filter_map(|(member, header)| Some((member, header.as_ref()?)));
            expected.extend(documented.map(|(member, header)| (["rate_limit", member], header)));
            found.extend(self.facts.headers.iter().filter(|said| said.about.contains(&limit.code)).filter_map(
                |said| {
                    let (name, value) = &said.what;
                    self.header_of_refusal(said.line, name, value, &expected)
                },
            ));
        }
        for (path, header) in expected {
            let same = |name: &str| name.eq_ignore_ascii_case(header);
            let told = self.facts.headers.iter().any(|said| same(&said.what.0))
                || self.facts.spans.iter().any(|span| same(span));
            if !told {
                let path: Vec<Step> = path.map(Step::from).into();
                found.push(
                    self.in_catalog(&path, format!("the catalogue has a header {header}, and the page does not")),
                );
            }
        }
        found
    }

    /// What is wrong with a header in the section of the code for too many requests.
    fn header_of_refusal(
        &self,
        line: usize,
        name: &str,
        value: &str,
        known: &[([&str; 2], &String)],
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
        let examples = self.facts.examples.iter().filter(|said| said.about.contains(&limit.code));
        let delay = examples.filter_map(|said| said.what.body.pointer(pointer)).next()?.to_string();
        (name.eq_ignore_ascii_case(limit.retry_after.as_deref()?) && delay != value && value.parse::<f64>().is_ok())
            .then(|| {
                let member = last_name(pointer);
                self.on_page(line, format!("the page says {value} in {name}, and {delay} in `{member}` of its example"))
            })
    }

    /// Sections that the catalogue names and the page does not have.
    fn sections(&self) -> Vec<Problem> {
        let has = |title: &str| self.facts.headings.iter().any(|heading| heading.eq_ignore_ascii_case(title));
        let entries = self.catalog.codes.iter().enumerate().filter(|(_, entry)| !has(&entry.page));
        entries
            .map(|(index, entry)| {
                let message = format!(
                    "{} is said to stand in a section `{}`, which the page does not have",
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

/// The line of a part of an example; JSON is YAML, so that the finder of places knows it.
fn line_of(said: &Said<Example>, pointer: &str) -> usize {
    let file = SourceFile::new("", &said.what.text);
    let steps = pointer.split('/').skip(1).map(|name| match name.parse::<usize>() {
        Ok(index) => Step::Index(index),
        Err(_) => Step::Key(name.replace("~1", "/").replace("~0", "~")),
    });
    let steps: Vec<Step> = steps.collect();
    said.line + file.locate(&steps).map_or(0, |place| place.line.saturating_sub(1))
}
