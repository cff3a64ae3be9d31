//! Mutations of the errors with one code.

use serde_json::json;

use super::{DETAIL, Generator, PAGE, PRESENT, STATUS, beyond_tolerance, codes_with_status, of, replaced, set_member};
use crate::clauses_of_mutation::{of_checks, of_code, of_field};
use crate::mutation::{Change, Mutation};
use spec::contract::{DetailsValue, ErrorCode};

impl Generator<'_> {
    /// Mutations of every error with a code.
    pub(super) fn code(&self, entry: &ErrorCode) -> Vec<Mutation> {
        let code = entry.code.as_str();
        let one =
            |what: &str, change, checks: &[&str]| self.judged(format!("code/{code}/{what}"), of(code), change, checks);
        let media_type = &self.contract.catalog.envelope.media_type;
        let mut all = vec![
            one("html-page", replaced("text/html", PAGE), PRESENT),
            one("framework-body", replaced(media_type, DETAIL), self.of_other_object()),
            one("connection-closed", Change::Close, &[]),
        ];
        for to in self.other_statuses(&entry.statuses) {
            all.push(one(&format!("status-{to}"), Change::SetStatus { to }, STATUS));
        }
        for (other, to) in self.codes_to_send().filter(|(other, _)| other.code != code) {
            let change = Change::SetCode { to: other.code.clone(), status: to };
            let name = format!("code/{code}/code-{}", other.code);
            all.push(Mutation { name, about: None, when: of(code), change, clauses: of_code(self.contract, code) });
        }
        all
    }

    /// Mutations of the members that an error with a code must have.
    pub(super) fn parts_of_code(&self, entry: &ErrorCode) -> Vec<Mutation> {
        let (code, pointers) = (entry.code.as_str(), &self.contract.catalog.envelope.pointers);
        let one =
            |what: &str, change, checks: &[&str]| self.judged(format!("code/{code}/{what}"), of(code), change, checks);
        let mut all = Vec::new();
        let field = self.contract.catalog.envelope.first_field();
        if let Some(at) = field.filter(|_| entry.names_field) {
            let clauses = [of_checks(self.contract, &["field-names-member"]), of_field(self.contract, code)].concat();
            let changes = [
                ("field-removed", Change::RemoveMember { at: at.clone() }),
                ("field-other", Change::AppendText { at: at.clone(), text: "Other".to_owned() }),
            ];
            all.extend(changes.map(|(what, change)| Mutation {
                name: format!("code/{code}/{what}"),
                about: None,
                when: of(code),
                change,
                clauses: clauses.clone(),
            }));
        }
        let named = entry.details_contain.map(|name| match name {
            DetailsValue::Expiry => "expiry-named",
            DetailsValue::RequestId => "request-id-in-details",
        });
        if let (Some(at), Some(check)) = (&pointers.details, named) {
            all.push(one("details-removed", Change::RemoveMember { at: at.clone() }, &[check]));
            all.push(one("details-other", set_member(at, json!("See the documentation")), &[check]));
        }
        let requires_delay = entry.requires.iter().any(|part| part == "retry_delay");
        if let Some(at) = pointers.retry_delay.as_ref().filter(|_| requires_delay) {
            const DELAY: &[&str] = &["retry-delay-present"];
            all.push(one("delay-removed", Change::RemoveMember { at: at.clone() }, DELAY));
            all.push(one("delay-retyped", set_member(at, json!("soon")), DELAY));
            all.push(one("delay-negative", set_member(at, json!(-1)), DELAY));
            let by = self.contract.catalog.rate_limit.as_ref().map_or(5, beyond_tolerance);
            let longer = Change::OffsetMember { at: at.clone(), by };
            all.push(one("delay-longer", longer, &["retry-delay-agrees"]));
        }
        all
    }

    /// A status of the same class, one of another class, and an undocumented one.
    pub(super) fn other_statuses(&self, own: &[u16]) -> Vec<u16> {
        let documented = &self.contract.catalog.statuses;
        let errors = || documented.iter().copied().filter(|other| *other >= 400 && !own.contains(other));
        let is_of_same_class = |other: &u16| own.iter().any(|status| other / 100 == status / 100);
        let same = errors().find(is_of_same_class);
        let other = errors().find(|other| !is_of_same_class(other));
        let unknown = [418, 410, 406].into_iter().find(|unknown| !documented.contains(unknown));
        [same, other, unknown].into_iter().flatten().collect()
    }

    /// The codes that a mutation sends. A target may refuse any request because of its rate limit, so that code violates
    /// nothing.
    pub(super) fn codes_to_send(&self) -> impl Iterator<Item = (&ErrorCode, u16)> {
        let limit = self.contract.catalog.rate_limit.as_ref().map(|limit| limit.code.as_str());
        codes_with_status(self.contract).filter(move |(entry, _)| limit != Some(entry.code.as_str()))
    }

    /// Another code with the same status, and one with another status.
    pub(super) fn other_codes(&self, code: &str, status: u16) -> Vec<(&str, u16)> {
        let others = || self.codes_to_send().filter(|(entry, _)| entry.code != code);
        let same = others().find(|(_, other)| *other == status);
        let other = others().find(|(_, other)| *other != status && other / 100 == status / 100);
        let other = other.or_else(|| others().find(|(_, other)| *other != status));
        [same, other].into_iter().flatten().map(|(entry, status)| (entry.code.as_str(), status)).collect()
    }
}
