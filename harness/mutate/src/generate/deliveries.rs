//! Mutations of webhook deliveries: signature, timestamp, body, and how often an event arrives.

use serde_json::json;

use super::{Generator, replaced, set_header, set_member};
use crate::clauses_of_mutation::of_checks;
use crate::mutation::{Change, Mutation, When};
use crate::situation::ResponseKind;
use spec::contract::Signing;

/// Every second delivery.
const SOME: usize = 2;
/// The seconds beyond the tolerance of a timestamp.
const BEYOND: i64 = 60;

const SIGNED: &[&str] = &["delivery-signed"];
const FRESH: &[&str] = &["delivery-fresh"];
const JSON: &[&str] = &["delivery-is-json"];

impl Generator<'_> {
    /// Mutations of deliveries, if the contract says how they are signed and names a check of them.
    pub(super) fn deliveries(&self) -> Vec<Mutation> {
        let Some(signing) = &self.contract.conventions.signing else { return Vec::new() };
        if of_checks(self.contract, SIGNED).is_empty() {
            return Vec::new();
        }
        let mut changes = of_headers(signing);
        changes.extend([
            ("body-other", set_member("/undocumentedMember", json!(true)), SIGNED),
            ("body-indented", Change::Indent, SIGNED),
            ("body-escaped", Change::EscapeCharacters, SIGNED),
            ("body-cut", Change::Truncate, JSON),
            ("body-empty", replaced("application/json", ""), JSON),
            ("body-text", replaced("text/plain", "an event"), JSON),
            ("dropped", Change::Drop, &[]),
            ("repeated", Change::Repeat, &[]),
        ]);
        let one = |every: Option<usize>| {
            let prefix = every.map_or_else(|| "delivery".to_owned(), |every| format!("every-{every}/delivery"));
            let changes = changes.iter().filter(move |(_, change, _)| is_certain(change, every));
            changes.map(move |(what, change, checks)| {
                let when = When { responses: Some(ResponseKind::Deliveries), every, ..When::default() };
                self.judged(format!("{prefix}/{what}"), when, change.clone(), checks)
            })
        };
        one(None).chain(one(Some(SOME))).collect()
    }
}

/// False if no test can be certain to notice the change. Escaping changes few deliveries, so that every second one may be
/// none that is judged. If no delivery arrives at all, the network may be the reason.
fn is_certain(change: &Change, every: Option<usize>) -> bool {
    match change {
        Change::EscapeCharacters => every.is_none(),
        Change::Drop => every.is_some(),
        _ => true,
    }
}

fn of_headers(signing: &Signing) -> Vec<(&'static str, Change, &'static [&'static str])> {
    let (signature, timestamp) = (&signing.signature_header, &signing.timestamp_header);
    let removed = |name: &String| Change::RemoveHeader { name: name.clone() };
    let shifted = |by| Change::OffsetHeader { name: timestamp.clone(), by };
    let beyond = signing.tolerance_seconds + BEYOND;
    vec![
        ("signature-removed", removed(signature), SIGNED),
        ("signature-empty", set_header(signature, ""), SIGNED),
        ("signature-constant", set_header(signature, &format!("{}{}", signing.prefix, "0".repeat(64))), SIGNED),
        ("signature-longer", Change::AppendHeader { name: signature.clone(), text: "00".to_owned() }, SIGNED),
        ("timestamp-removed", removed(timestamp), FRESH),
        ("timestamp-text", set_header(timestamp, "now"), FRESH),
        ("timestamp-old", shifted(-beyond), FRESH),
        ("timestamp-in-the-future", shifted(beyond), FRESH),
        ("timestamp-of-another-second", shifted(1), SIGNED),
    ]
}
