//! Mutations of the errors of one operation with one code.

use super::{Generator, PAGE, PRESENT, STATUS, of, replaced, set_header, success_status};
use crate::clauses_of_mutation::of_code;
use crate::mutation::{Change, Mutation, When};
use spec::contract::{ErrorCode, Operation};

impl Generator<'_> {
    /// Another code or a success instead of the error, and faults of its parts.
    pub(super) fn pair(&self, operation: &Operation, entry: &ErrorCode) -> Vec<Mutation> {
        let (Some(status), code) = (entry.status(), entry.code.as_str()) else { return Vec::new() };
        let others = self.other_codes(code, status).into_iter();
        let mut changes: Vec<(String, Change)> = others
            .map(|(other, to)| (format!("code-{other}"), Change::SetCode { to: other.to_owned(), status: to }))
            .collect();
        changes.push(("succeeds".to_owned(), Change::Succeed { status: success_status(operation) }));
        let name = |what: &str| format!("operation/{}/{code}/{what}", operation.id);
        let when = || When { operation: Some(operation.id.clone()), ..of(code) };
        let one = |(what, change): (String, Change)| Mutation {
            name: name(&what),
            about: None,
            when: when(),
            change,
            clauses: of_code(self.contract, code),
        };
        let mut all: Vec<Mutation> = changes.into_iter().map(one).collect();
        let parts = self.parts_of_pair(entry).into_iter();
        all.extend(parts.map(|(what, change, checks)| self.judged(name(&what), when(), change, checks)));
        all
    }

    /// Faults of the parts of an error that checks judge.
    fn parts_of_pair(&self, entry: &ErrorCode) -> Vec<(String, Change, &'static [&'static str])> {
        let catalog = &self.contract.catalog;
        let pointers = &catalog.envelope.pointers;
        let mut all: Vec<(String, Change, &[&str])> = vec![
            ("html-page".to_owned(), replaced("text/html", PAGE), PRESENT),
            ("without-code".to_owned(), Change::RemoveMember { at: pointers.code.clone() }, &["code-registered"]),
            ("without-message".to_owned(), Change::RemoveMember { at: pointers.message.clone() }, &["message-present"]),
            ("other-media-type".to_owned(), set_header("Content-Type", "text/html"), &["error-media-type"]),
        ];
        if let Some(to) = self.other_statuses(&entry.statuses).first() {
            all.push((format!("status-{to}"), Change::SetStatus { to: *to }, STATUS));
        }
        if let Some(id) = &catalog.request_id {
            let change = Change::RemoveHeader { name: id.header.clone() };
            all.push((format!("without-{}", id.header), change, &["request-id-present"]));
        }
        all
    }
}
