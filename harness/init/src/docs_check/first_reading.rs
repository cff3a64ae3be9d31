//! A page that is read before there is a catalogue: what `init` takes codes and statuses from.

use serde_json::Value;

use super::facts;
use super::page::{self, Kind};
use spec::contract::ErrorCatalog;

/// The codes of a page in their order, each with its status where the page states one.
pub fn codes_of(text: &str, catalog: &ErrorCatalog) -> Vec<(String, Option<u16>)> {
    let facts = facts::gather(&page::read(text), catalog);
    let mut found: Vec<(String, Option<u16>)> = Vec::new();
    for said in &facts.codes {
        if found.iter().any(|(code, _)| *code == said.value) {
            continue;
        }
        let mut stated: Vec<u16> =
            facts.code_statuses.iter().filter(|of| of.value.0 == said.value).filter_map(|of| of.value.1).collect();
        stated.sort_unstable();
        stated.dedup();
        found.push((said.value.clone(), stated.first().copied().filter(|_| stated.len() == 1)));
    }
    found
}

/// Every block of code that is a JSON object, that of an HTTP response without its head.
pub fn json_objects(text: &str) -> Vec<Value> {
    let blocks = page::read(text).into_iter().filter_map(|item| match item.kind {
        Kind::Code(language, code) => Some((language, code)),
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
