//! Mutations of the successes of one operation.

use serde_json::{Value, json};

use super::{Generator, PAGE, other_value, replaced, set_member, successes};
use crate::body::grow;
use crate::change::code_value;
use crate::members;
use crate::mutation::{Change, Mutation, When};
use spec::contract::{ErrorCode, Operation, Success};

const BODY: &[&str] = &["success-body"];

impl Generator<'_> {
    pub(super) fn operation(&self, operation: &Operation) -> Vec<Mutation> {
        let when = || When { operation: Some(operation.id.clone()), ..successes() };
        let without_clause = |what: &str, change| self.judged(name(operation, what), when(), change, &[]);
        let mut all = Vec::new();
        for to in [200, 201, 202, 206].into_iter().filter(|to| operation.success_of(*to).is_none()) {
            let change = Change::SetStatus { to };
            all.push(self.judged(name(operation, &format!("status-{to}")), when(), change, &["success-status"]));
        }
        for (entry, status) in self.refusals() {
            let change = Change::Refuse { code: entry.code.clone(), status };
            all.push(without_clause(&format!("refused-as-{}", entry.code), change));
        }
        all.push(without_clause("connection-closed", Change::Close));
        if operation.method == "GET" {
            all.push(without_clause("stale", Change::Stale));
        }
        if let Some(success) = operation.successes.first().filter(|success| success.schema.is_some()) {
            all.extend(self.success_body(operation, success));
        }
        all.extend(self.members_of_another_type(operation));
        all.extend(self.other_values(operation));
        all
    }

    /// One code of each status.
    pub(super) fn refusals(&self) -> Vec<(&ErrorCode, u16)> {
        let mut all: Vec<(&ErrorCode, u16)> = Vec::new();
        for (entry, status) in self.codes_to_send() {
            if !all.iter().any(|(_, other)| *other == status) {
                all.push((entry, status));
            }
        }
        all
    }

    /// Mutations of the body of a success.
    fn success_body(&self, operation: &Operation, success: &Success) -> Vec<Mutation> {
        let when = || When { operation: Some(operation.id.clone()), ..successes() };
        let one = |what: &str, change, checks: &[&str]| self.judged(name(operation, what), when(), change, checks);
        let mut all = vec![
            one("empty-body", replaced("application/json", ""), BODY),
            one("html-page", replaced("text/html", PAGE), BODY),
            one("cut", Change::Truncate, BODY),
        ];
        for member in members::required(self.contract, operation, success) {
            let change = Change::RemoveMember { at: member.clone() };
            all.push(one(&format!("without{member}"), change, BODY));
        }
        all.extend(self.error_member().map(|change| one("contains-an-error", change, &["success-without-error"])));
        all
    }

    /// Adds an envelope with a code.
    fn error_member(&self) -> Option<Change> {
        let catalog = &self.contract.catalog;
        let pointers = &catalog.envelope.pointers;
        let code = code_value(&catalog.codes.first()?.code, catalog);
        if pointers.envelope.is_empty() {
            return Some(set_member(&pointers.code, code));
        }
        let mut to = json!({});
        grow(&mut to, pointers.code.strip_prefix(&pointers.envelope).unwrap_or_default(), code);
        Some(set_member(&pointers.envelope, to))
    }

    /// Each member of the observed bodies with each type that its schema does not accept.
    fn members_of_another_type(&self, operation: &Operation) -> Vec<Mutation> {
        let others: [(&str, Value); 7] = [
            ("null", Value::Null),
            ("boolean", json!(true)),
            ("negative", json!(-1)),
            ("fraction", json!(0.5)),
            ("text", json!("another text")),
            ("list", json!([])),
            ("object", json!({ "value": [] })),
        ];
        let mut all = Vec::new();
        for (pointer, seen) in self.observed.members(&operation.id) {
            let Some(success) = operation.success_of(seen.status) else { continue };
            for (what, to) in &others {
                if members::refuses(self.contract, operation, success, &seen.body, pointer, to) {
                    let when = When { operation: Some(operation.id.clone()), ..successes() };
                    let what = name(operation, &format!("{what}{pointer}"));
                    all.push(self.judged(what, when, set_member(pointer, to.clone()), BODY));
                }
            }
        }
        all
    }

    /// Other values of members that show what a test has sent.
    fn other_values(&self, operation: &Operation) -> Vec<Mutation> {
        let mut all = Vec::new();
        for pointer in self.observed.echoes(&operation.id) {
            let Some(seen) = self.observed.member(&operation.id, pointer) else { continue };
            let value = seen.body.pointer(pointer).filter(|value| value.is_string() || value.is_number());
            let Some(change) = value.and_then(|value| other_value(pointer, value)) else { continue };
            // A member that may be anything is not documented.
            let is_documented = operation.success_of(seen.status).is_some_and(|success| {
                members::refuses(self.contract, operation, success, &seen.body, pointer, &json!({ "value": [] }))
            });
            if !is_documented {
                continue;
            }
            let when = When { operation: Some(operation.id.clone()), ..successes() };
            all.push(self.judged(name(operation, &format!("other{pointer}")), when, change, &[]));
        }
        all
    }
}

fn name(operation: &Operation, what: &str) -> String {
    format!("operation/{}/{what}", operation.id)
}
