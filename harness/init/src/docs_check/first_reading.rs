//! Reads codes, statuses and examples from a page without a catalogue. `init` builds the catalogue from them.

use serde_json::Value;

use super::facts;
use super::items::ItemKind;
use super::page;
use spec::contract::ErrorCatalog;

/// A code of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCode {
    pub code: String,
    /// Its status, if the page gives exactly one.
    pub status: Option<u16>,
    /// What it means, if the page says it.
    pub means: Option<String>,
    /// The heading above it.
    pub section: Option<String>,
}

/// The codes of a page in their order.
pub fn codes_of(text: &str, catalog: &ErrorCatalog) -> Vec<FoundCode> {
    let items = page::read(text);
    let facts = facts::gather(&items, catalog);
    let section = |line: usize| {
        let above = items.iter().take_while(|item| item.line <= line).filter_map(|item| match &item.kind {
            ItemKind::Heading(_, title) => Some(title.clone()),
            _ => None,
        });
        above.last()
    };
    let mut found: Vec<FoundCode> = Vec::new();
    for statement in &facts.codes {
        let code = &statement.value;
        if found.iter().any(|known| known.code == *code) {
            continue;
        }
        let of_code = facts.code_statuses.iter().filter(|statement| statement.value.0 == *code);
        let mut statuses: Vec<u16> = of_code.filter_map(|statement| statement.value.1).collect();
        statuses.sort_unstable();
        statuses.dedup();
        found.push(FoundCode {
            code: code.clone(),
            status: statuses.first().copied().filter(|_| statuses.len() == 1),
            means: facts.meanings.get(code).cloned(),
            section: section(statement.line),
        });
    }
    found
}

/// The statuses of a page that belong to no code.
pub fn statuses_of(text: &str, catalog: &ErrorCatalog) -> Vec<u16> {
    facts::gather(&page::read(text), catalog).statuses.into_iter().map(|statement| statement.value).collect()
}

/// The parts of a page that speak of codes and were not understood, each with its line.
pub fn unread_of(text: &str, catalog: &ErrorCatalog) -> Vec<(usize, String)> {
    let unread = facts::gather(&page::read(text), catalog).unread;
    unread.into_iter().map(|statement| (statement.line, statement.value)).collect()
}

/// Every JSON object in a code block. Of an HTTP response, only the body is read.
pub(crate) fn json_objects(text: &str) -> Vec<Value> {
    let blocks = page::read(text).into_iter().filter_map(|item| match item.kind {
        ItemKind::Code(language, code) => Some((language, code)),
        _ => None,
    });
    let body = |(language, code): (String, String)| {
        let body = match language.as_str() {
            "http" => code.split_once("\n\n").map(|(_, body)| body.to_owned())?,
            _ => code,
        };
        serde_json::from_str::<Value>(&body).ok().filter(Value::is_object)
    };
    blocks.filter_map(body).collect()
}
