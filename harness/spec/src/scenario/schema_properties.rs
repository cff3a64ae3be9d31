//! Builds the property tests of `schema` in `schemas/formats.yaml`: one test for each operation, place and assertion.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::compile::At;
use super::formats::{Caller, Exclusion, FormatFile, NestedField, SchemaEntry};
use super::formats_check::Checker;
use super::plan::Expectation;
use super::property_test::{self, Known, Parts, PropertyKind};
use super::schema_places::{self, DescribedPlace, Unusable};
use super::selection::Wanted;
use super::written_expectation::Expect;
use super::{Origin, PropertyRule, RequestPlace, Slot, TestCase};
use crate::contract::{FieldForm, Operation};
use crate::source::{Problems, Step as PathStep};
use generate::schema::{FAULT_KINDS, Part, pointer};
use generate::{Assertion, Rule};

/// The beginning of the names of these tests.
pub(super) const PREFIX: &str = "schema/";
/// The only rule of a member whose values come from a format.
const MISSING: &str = "missing-required";

/// The tests of the entry `schema`, if there is one.
pub(super) fn load(
    content: &FormatFile,
    known: Known<'_>,
    wanted: Wanted<'_>,
    problems: &mut Problems,
) -> Vec<TestCase> {
    let Some(entry) = content.schema.as_ref().filter(|_| wanted.has_below(PREFIX)) else { return Vec::new() };
    let before = problems.0.len();
    let check = Checker { file: known.file, contract: known.contract, within: vec!["schema".into()], problems };
    let mut builder = Builder { content, entry, known, check, places: BTreeSet::new(), rules: BTreeSet::new() };
    builder.names();
    if builder.check.problems.0.len() > before {
        return Vec::new();
    }
    let mut tests = Vec::new();
    let of_operation = |operation: &Operation| wanted.has_below(&format!("{PREFIX}{}/", operation.id));
    for (at, operation) in builder.operations().into_iter().filter(|(_, operation)| of_operation(operation)) {
        tests.extend(builder.operation(&at, &operation));
    }
    if builder.check.problems.0.len() == before && wanted == Wanted::All {
        builder.unused();
    }
    tests.retain(|test: &TestCase| wanted.has(&test.name));
    tests
}

struct Builder<'b> {
    content: &'b FormatFile,
    entry: &'b SchemaEntry,
    known: Known<'b>,
    check: Checker<'b>,
    /// The names of all places and rules so far, for `excluded` and `leave_out`.
    places: BTreeSet<(String, String)>,
    rules: BTreeSet<String>,
}

impl Builder<'_> {
    /// Checks the clauses, codes, kinds and capabilities.
    fn names(&mut self) {
        let entry = self.entry;
        let SchemaEntry { refused, kinds, accepted, handled, server_error, .. } = entry;
        if refused.is_none() && kinds.is_empty() && accepted.is_none() && handled.is_none() {
            let help = "add `refused: { clause: ID, error: CODE }`";
            let message = "`schema` expects nothing: it has none of `refused`, `kinds`, `accepted`, `handled`";
            self.check.report(&[], message, Some(help));
        }
        self.check.clauses(&[], [("accepted", accepted), ("handled", handled), ("server_error", server_error)]);
        let known: Vec<String> = FAULT_KINDS.iter().map(|kind| (*kind).to_owned()).collect();
        for (kind, refusal) in kinds {
            let at = ["kinds".into(), kind.as_str().into()];
            self.check.known(&at, "kind of fault", kind, &known);
            self.check.refusal(&at, refusal);
        }
        refused.iter().for_each(|refusal| self.check.refusal(&["refused".into()], refusal));
        self.check.codes(&["allowed_refusals".into()], &entry.allowed_refusals);
        self.check.capabilities(&[], &entry.needs);
        for (index, excluded) in entry.excluded.iter().enumerate() {
            if excluded.reason.trim().is_empty() {
                let at = ["excluded".into(), index.into(), "reason".into()];
                self.check.report(&at, "`reason` is empty", Some("say why nothing is generated there"));
            }
        }
    }

    /// The operations with the place of their names.
    fn operations(&mut self) -> Vec<(Vec<PathStep>, Arc<Operation>)> {
        let contract = self.known.contract;
        let Some(listed) = &self.entry.operations else {
            let called = contract.operations.iter().filter(|one| self.content.callers.contains_key(&one.id));
            let described = called.filter(|one| schema_places::has_schemas(&contract.requests, one));
            return described.map(|one| (Vec::new(), one.clone())).collect();
        };
        let mut found = Vec::new();
        for (index, name) in listed.iter().enumerate() {
            let at: Vec<PathStep> = vec!["operations".into(), index.into()];
            self.check.operation(&at, name);
            if let Some(operation) = contract.operation(name) {
                if !schema_places::has_schemas(&contract.requests, operation) {
                    let message = format!("the description has no request schema for {name}");
                    self.check.report(&at, message, Some("remove the operation"));
                }
                found.push((at, operation.clone()));
            }
        }
        found
    }

    fn operation(&mut self, at: &[PathStep], operation: &Arc<Operation>) -> Vec<TestCase> {
        let Some(caller) = self.content.callers.get(&operation.id) else {
            let message = format!("`callers` has no entry for {}", operation.id);
            self.check.report(at, message, Some("say which actor calls it"));
            return Vec::new();
        };
        // A whole body that is excluded need not even have a usable schema.
        let wants = |name: &str| self.exclusion(operation, name).is_none();
        let places = match schema_places::of_operation(&self.known.contract.requests, operation, wants) {
            Ok(places) => places,
            Err(Unusable::Described(problem)) => {
                self.check.problems.0.push(*problem);
                return Vec::new();
            }
            Err(Unusable::Here(message, help)) => {
                self.check.report(at, message, Some(help));
                return Vec::new();
            }
        };
        self.places.extend([(operation.id.clone(), "body".to_owned())]);
        self.places.extend(places.iter().map(|one| (operation.id.clone(), one.place.name.clone())));
        self.places.extend(self.excluded_parameters(operation));
        places.iter().flat_map(|place| self.place(at, operation, caller, place)).collect()
    }

    /// Places that were not looked at because they are excluded.
    fn excluded_parameters(&self, operation: &Operation) -> Vec<(String, String)> {
        let names = schema_places::names_outside_json(&self.known.contract.requests, operation);
        names.into_iter().map(|name| (operation.id.clone(), name)).collect()
    }

    fn exclusion(&self, operation: &Operation, place: &str) -> Option<&Exclusion> {
        self.entry
            .excluded
            .iter()
            .find(|one| one.operation.as_ref().is_none_or(|id| *id == operation.id) && is_within(place, &one.place))
    }

    /// Whether a format generates the values of a place, or of one above it.
    fn is_bound(&self, operation: &Operation, place: &str) -> bool {
        self.bound(operation).iter().any(|bound| is_within(place, bound))
    }

    fn bound(&self, operation: &Operation) -> Vec<String> {
        let entries = self.content.values.iter().filter(|entry| entry.operations.contains(&operation.id));
        let names = entries.filter_map(|entry| match (&entry.member, &entry.parameter) {
            (Some(member), _) => Some(format!("body{}", generate::schema::pointer::below("", member))),
            (_, Some(parameter)) => Some(format!("path/{parameter}")),
            _ => None,
        });
        names.collect()
    }

    fn place(
        &mut self,
        at: &[PathStep],
        operation: &Arc<Operation>,
        caller: &Caller,
        described: &DescribedPlace,
    ) -> Vec<TestCase> {
        let name = &described.place.name;
        self.rules.extend(described.rules.iter().map(|rule| rule.name.to_string()));
        if self.exclusion(operation, name).is_some() {
            return Vec::new();
        }
        let is_bound = self.is_bound(operation, name);
        let is_open = self.holds_open_places(operation, name);
        let fits = |rule: &&Rule| {
            let is_open = is_open && rule.assertion == Assertion::Accepted;
            !is_open && (!is_bound || rule.name == MISSING) && !self.is_left_out(rule)
        };
        let rules: Vec<PropertyRule> =
            described.rules.iter().filter(fits).filter_map(|rule| self.rule(described, rule)).collect();
        let mut tests = Vec::new();
        for kind in PropertyKind::ALL {
            let of_kind = rules.iter().filter(|rule| PropertyKind::of(rule.rule.assertion) == kind);
            let of_kind: Vec<PropertyRule> = of_kind.cloned().collect();
            if !of_kind.is_empty() {
                tests.push(self.test(at, operation, caller, &described.place, kind, of_kind));
            }
        }
        tests
    }

    /// Whether what is valid inside a place is not decided by the schema alone.
    fn holds_open_places(&self, operation: &Operation, place: &str) -> bool {
        let excluded = self.entry.excluded.iter().map(|one| one.place.as_str());
        let bound = self.bound(operation);
        excluded.chain(bound.iter().map(String::as_str)).any(|open| open != place && is_within(open, place))
    }

    fn is_left_out(&self, rule: &Rule) -> bool {
        let kind = if let Assertion::Refused(kind) = rule.assertion { kind } else { "" };
        self.entry.leave_out.iter().any(|name| *name == rule.name || name == kind)
    }

    /// A rule with its expectation; `None` if the pack has none for it.
    fn rule(&self, described: &DescribedPlace, rule: &Rule) -> Option<PropertyRule> {
        let (clause, expect) = match rule.assertion {
            Assertion::Accepted => {
                let error = self.entry.allowed_refusals.clone();
                (self.entry.accepted.clone()?, Expect { success: true, error, ..Expect::default() })
            }
            Assertion::Handled => (self.entry.handled.clone()?, Expect { any_documented: true, ..Expect::default() }),
            Assertion::Refused(kind) => {
                let refusal = self.entry.kinds.get(kind).or(self.entry.refused.as_ref())?;
                let form = self.known.contract.catalog.envelope.field_form;
                let field = field(&described.place, form, self.entry.nested_field).filter(|_| refusal.names_field);
                (refusal.clause.clone(), refusal.expected(field))
            }
        };
        let (origin, expect) = (Origin::Schema(described.oracle.clone()), Expectation::from(&expect));
        Some(PropertyRule { origin, rule: rule.clone(), clause, expect })
    }

    fn test(
        &mut self,
        at: &[PathStep],
        operation: &Arc<Operation>,
        caller: &Caller,
        place: &RequestPlace,
        kind: PropertyKind,
        rules: Vec<PropertyRule>,
    ) -> TestCase {
        let slot = Slot::Place(place.clone());
        let parts = Parts {
            at: At { file: self.known.file, path: [&self.check.within, at].concat() },
            name: format!("{PREFIX}{}/{}::{}", operation.id, place.name, kind.fact(&slot)),
            operation,
            caller,
            kind,
            slot,
            companion: None,
            with: serde_json::Map::new(),
            needs: self.entry.needs.clone(),
            lock: self.entry.lock.clone(),
            in_flight: self.entry.in_flight,
            server_error: self.entry.server_error.clone(),
            rules,
        };
        property_test::build(parts, self.known, self.check.problems)
    }

    /// Reports exclusions and names in `leave_out` that concern nothing.
    fn unused(&mut self) {
        for (index, excluded) in self.entry.excluded.iter().enumerate() {
            let of_operation = |id: &String| excluded.operation.as_ref().is_none_or(|own| own == id);
            let places = self.places.iter().filter(|(id, _)| of_operation(id)).map(|(_, place)| place.clone());
            let places: Vec<String> = places.collect();
            if !places.iter().any(|place| is_within(place, &excluded.place)) {
                let at = ["excluded".into(), index.into(), "place".into()];
                self.check.known(&at, "place", &excluded.place, &places);
            }
        }
        let known: Vec<String> =
            self.rules.iter().cloned().chain(FAULT_KINDS.iter().map(|kind| (*kind).to_owned())).collect();
        for (index, name) in self.entry.leave_out.iter().enumerate() {
            self.check.known(&["leave_out".into(), index.into()], "rule or kind", name, &known);
        }
    }
}

/// Whether a place is another one or lies in it.
fn is_within(place: &str, other: &str) -> bool {
    place.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The name of the member at fault in the response; `None` if the form does not say it.
fn field(place: &RequestPlace, form: FieldForm, nested: NestedField) -> Option<String> {
    match (place.part, form) {
        (Part::Body | Part::Form, FieldForm::Name) => {}
        (Part::Body | Part::Form, FieldForm::Pointer | FieldForm::Fragment) => {
            return Some(place.at.clone()).filter(|at| !at.is_empty());
        }
        (_, FieldForm::Name) => return (nested != NestedField::Pointer).then(|| place.at.clone()),
        (_, FieldForm::Pointer | FieldForm::Fragment) => return None,
    }
    let tokens: Vec<String> = pointer::names(&place.at).collect();
    let is_index = |token: &str| token.bytes().all(|byte| byte.is_ascii_digit());
    match (nested, tokens.as_slice()) {
        (_, []) => None,
        (NestedField::Pointer, _) => Some(place.at.clone()),
        (_, [only]) => Some(only.clone()),
        (NestedField::Unknown, _) => None,
        (NestedField::Dots, all) => Some(all.join(".")),
        (NestedField::Brackets, all) => {
            let part = |(index, token): (usize, &String)| match index {
                0 => token.clone(),
                _ if is_index(token) => format!("[{token}]"),
                _ => format!(".{token}"),
            };
            Some(all.iter().enumerate().map(part).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn members_are_named_in_the_form_of_the_pack() {
        let place = |at: &str| RequestPlace {
            part: Part::Body,
            at: at.to_owned(),
            name: format!("body{at}"),
            body: Value::Null,
            separator: None,
        };
        let named = |at: &str, nested| field(&place(at), FieldForm::Name, nested).unwrap_or_default();
        assert_eq!(named("/lines/0/a~1b", NestedField::Dots), "lines.0.a/b");
        assert_eq!(named("/lines/0/sku", NestedField::Brackets), "lines[0].sku");
        assert_eq!(named("/lines/0/a~1b", NestedField::Pointer), "/lines/0/a~1b");
        assert_eq!(named("/lines/0/sku", NestedField::Unknown), "");
        assert_eq!(named("/note", NestedField::Unknown), "note");
        let pointer = |at: &str| field(&place(at), FieldForm::Pointer, NestedField::Unknown);
        assert_eq!(pointer("/lines/0/a~1b").as_deref(), Some("/lines/0/a~1b"));
        let limit = RequestPlace { part: Part::Query, at: "limit".to_owned(), ..place("") };
        assert_eq!(field(&limit, FieldForm::Name, NestedField::Unknown).as_deref(), Some("limit"));
        assert_eq!(field(&limit, FieldForm::Pointer, NestedField::Unknown), None);
    }

    #[test]
    fn places_lie_within_those_above_them() {
        assert!(is_within("body/lines/0", "body/lines") && is_within("body", "body"));
        assert!(!is_within("body/linesman", "body/lines") && !is_within("body", "body/lines"));
    }
}
