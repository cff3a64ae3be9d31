//! Builds the property tests from `schemas/formats.yaml`: one test for each operation, place and assertion, with the
//! rules that generate its values.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::compile::At;
use super::examples::{self, Examples};
use super::fixtures::Fixtures;
use super::formats::{Caller, ExpectedRefusal, FormatFile, ValueEntry};
use super::formats_check::{Checker, joined};
use super::plan::Expectation;
use super::property_test::{self, Known, Parts, PropertyKind};
use super::schema_properties;
use super::selection::Wanted;
use super::written_expectation::Expect;
use super::{Origin, PropertyRule, Slot, TestCase};
use crate::contract::{Contract, Operation};
use crate::source::{Problems, SourceFile, Step as PathStep};
use generate::{Assertion, REFUSAL_KINDS, REGISTRY, Registry, Rule, ValueFormat};

const FORMATS: &str = "schemas/formats.yaml";
/// The beginning of the names of these tests.
const PREFIX: &str = "fuzz/";

/// Reads the pack's formats, if it has any, and returns their tests and the text of the file, for the hash.
pub(super) fn load(
    root: &Path,
    contract: &Contract,
    fixtures: &Fixtures,
    registry: &Registry,
    wanted: Wanted<'_>,
    problems: &mut Problems,
) -> (Vec<TestCase>, String) {
    let Some(file) = problems.take(SourceFile::optional_in_pack(root, FORMATS)).flatten() else {
        return (Vec::new(), String::new());
    };
    if !wanted.has_below(PREFIX) && !wanted.has_below(schema_properties::PREFIX) {
        return (Vec::new(), file.text.to_string());
    }
    let Some(content) = problems.take(file.parse::<FormatFile>()) else {
        return (Vec::new(), file.text.to_string());
    };
    let is_wanted = |entry: &&ValueEntry| {
        wanted == Wanted::All
            || entry
                .operations
                .iter()
                .any(|operation| slot_of(entry).is_some_and(|slot| wanted.has_below(&beginning(operation, &slot))))
    };
    let formats = content.values.iter().filter(is_wanted).flat_map(|entry| entry.formats.iter().copied());
    let examples = examples::read(&file, &content, &formats.collect(), problems);
    let check = Checker { file: &file, contract, within: Vec::new(), problems: &mut *problems };
    let mut reader =
        Reader { file: &file, content: &content, contract, fixtures, registry, wanted, examples: &examples, check };
    reader.callers();
    reader.refusals(&["refusals".into()], content.refusals.iter());
    let entries = content.values.iter().enumerate().filter(|(_, entry)| is_wanted(entry));
    let mut tests: Vec<TestCase> = entries.flat_map(|(index, entry)| reader.entry(index, entry)).collect();
    let known = Known { file: &file, contract, fixtures, registry };
    tests.extend(schema_properties::load(&content, known, wanted, problems));
    (tests, file.text.to_string())
}

/// The beginning of the names of the tests of a place.
fn beginning(operation: &str, slot: &Slot) -> String {
    format!("{PREFIX}{operation}/{}::", slot.name())
}

struct Reader<'r> {
    file: &'r SourceFile,
    content: &'r FormatFile,
    contract: &'r Contract,
    fixtures: &'r Fixtures,
    registry: &'r Registry,
    wanted: Wanted<'r>,
    examples: &'r Examples,
    check: Checker<'r>,
}

impl Reader<'_> {
    fn callers(&mut self) {
        let actors: Vec<String> = self.contract.conventions.actors.keys().cloned().collect();
        for (name, caller) in &self.content.callers {
            let at: Vec<PathStep> = vec!["callers".into(), name.as_str().into()];
            self.check.operation(&at, name);
            self.check.known(&joined(&at, ["as".into()]), "actor", &caller.actor, &actors);
        }
    }

    fn refusals<'n>(&mut self, at: &[PathStep], refusals: impl Iterator<Item = (&'n String, &'n ExpectedRefusal)>) {
        let kinds: Vec<String> = REFUSAL_KINDS.iter().map(|kind| (*kind).to_owned()).collect();
        for (kind, refusal) in refusals {
            let at = joined(at, [kind.as_str().into()]);
            self.check.known(&at, "kind of refusal", kind, &kinds);
            self.check.refusal(&at, refusal);
        }
    }

    fn entry(&mut self, index: usize, entry: &ValueEntry) -> Vec<TestCase> {
        let at: Vec<PathStep> = vec!["values".into(), index.into()];
        let before = self.check.problems.0.len();
        let Some(slot) = slot_of(entry) else {
            self.check.report(&at, "a value must have exactly one of `member`, `parameter`, `body: true`", None);
            return Vec::new();
        };
        self.names(&at, entry);
        let rules = self.rules(&at, entry);
        let mut tests = Vec::new();
        for (place, name) in entry.operations.iter().enumerate() {
            let at = joined(&at, ["operations".into(), place.into()]);
            let Some(operation) = self.operation(&at, name) else { continue };
            self.members(&at, entry, &slot, &operation);
            self.member_type(&at, entry, &operation);
            let Some(caller) = self.content.callers.get(name) else {
                self.check.report(&at, format!("`callers` has no entry for {name}"), None);
                continue;
            };
            if self.check.problems.0.len() > before {
                continue;
            }
            let rules = self.rules_of_operation(entry, &operation, &rules);
            for kind in PropertyKind::ALL {
                tests.extend(self.test(index, entry, &slot, (&operation, caller), kind, &rules));
            }
        }
        tests
    }

    /// Checks the clauses, kinds and rules that an entry names.
    fn names(&mut self, at: &[PathStep], entry: &ValueEntry) {
        self.refusals(&joined(at, ["refused".into()]), entry.refused.iter());
        let named = [("accepted", &entry.accepted), ("handled", &entry.handled), ("server_error", &entry.server_error)];
        self.check.clauses(at, named);
        // A pack names the rules of the engine, even if another registry generates the values.
        let own = entry.formats.iter().flat_map(|format| (REGISTRY.rules)(*format));
        let rules: Vec<String> = self
            .all_rules(entry)
            .into_iter()
            .map(|(_, rule)| rule)
            .chain(own)
            .map(|rule| rule.name.into_owned())
            .collect();
        for (rule, clause) in &entry.rule_clauses {
            let at = joined(at, ["rule_clauses".into(), rule.as_str().into()]);
            self.check.known(&at, "rule", rule, &rules);
            self.check.clause(&at, clause);
        }
        self.check.capabilities(at, &entry.needs);
        let codes = self.contract.catalog.code_names();
        for (rule, excuses) in &entry.allowed_refusals {
            let at = joined(at, ["allowed_refusals".into(), rule.as_str().into()]);
            self.check.known(&at, "rule", rule, &rules);
            for (index, code) in excuses.iter().enumerate() {
                self.check.known(&joined(&at, [index.into()]), "code", code, &codes);
            }
        }
        let kinds = REFUSAL_KINDS.iter().map(|kind| (*kind).to_owned());
        let known: Vec<String> = rules.into_iter().chain(kinds).collect();
        for (index, name) in entry.leave_out.iter().enumerate() {
            self.check.known(&joined(at, ["leave_out".into(), index.into()]), "rule or kind", name, &known);
        }
    }

    /// The rules of the formats of an entry, examples first.
    fn all_rules(&self, entry: &ValueEntry) -> Vec<(ValueFormat, Rule)> {
        let mut all = Vec::new();
        for format in &entry.formats {
            let examples = self.examples.get(format).cloned().unwrap_or_default();
            all.extend(examples.into_iter().map(|rule| (*format, rule)));
        }
        for format in &entry.formats {
            all.extend((self.registry.rules)(*format).into_iter().map(|rule| (*format, rule)));
        }
        all
    }

    /// The rules of an entry with their expectations; a rule without an expectation is a problem.
    fn rules(&mut self, at: &[PathStep], entry: &ValueEntry) -> Vec<PropertyRule> {
        let mut rules = Vec::new();
        let mut missing = BTreeSet::new();
        for (format, rule) in self.all_rules(entry) {
            let kind = if let Assertion::Refused(kind) = rule.assertion { kind } else { "" };
            if entry.leave_out.iter().any(|name| *name == rule.name || name == kind) {
                continue;
            }
            let own = entry.rule_clauses.get(&*rule.name).cloned();
            let expected = self.expectation_of(entry, &rule).map(|(clause, expect)| (own.unwrap_or(clause), expect));
            match expected {
                Some((clause, expect)) => {
                    self.check.expectation(at, &expect);
                    let (origin, expect) = (Origin::ValueFormat(format), Expectation::from(&expect));
                    rules.push(PropertyRule { origin, rule, clause, expect });
                }
                None => {
                    missing.insert(match rule.assertion {
                        Assertion::Accepted => "`accepted`".to_owned(),
                        Assertion::Handled => "`handled`".to_owned(),
                        Assertion::Refused(kind) => format!("the refusal `{kind}`"),
                    });
                }
            }
        }
        for what in missing {
            let message = format!("its formats have rules that need {what}: add it, or list the rules in `leave_out`");
            self.check.report(at, message, None);
        }
        rules
    }

    /// The rules for an operation. Values that may be unreadable are not sent to an operation that creates a resource,
    /// if another operation of the entry accepts the same value for a resource whose id is known.
    fn rules_of_operation(
        &self,
        entry: &ValueEntry,
        operation: &Operation,
        rules: &[PropertyRule],
    ) -> Vec<PropertyRule> {
        let creates = |name: &str| self.contract.conventions.cleanup.iter().any(|rule| rule.after == name);
        let tested_elsewhere = creates(&operation.id) && entry.operations.iter().any(|name| !creates(name));
        rules.iter().filter(|rule| !(tested_elsewhere && rule.rule.may_be_unreadable)).cloned().collect()
    }

    /// The clause and the expectation of a rule; `None` if the pack has none for it.
    fn expectation_of(&self, entry: &ValueEntry, rule: &Rule) -> Option<(String, Expect)> {
        match rule.assertion {
            Assertion::Accepted => {
                let error = entry.allowed_refusals.get(&*rule.name).cloned().unwrap_or_default();
                Some((entry.accepted.clone()?, Expect { success: true, error, ..Expect::default() }))
            }
            // An unusual id names nothing, so it must be refused; an unusual value may be accepted.
            Assertion::Handled if entry.parameter.is_some() => {
                Some((entry.handled.clone()?, Expect { any_refusal: true, ..Expect::default() }))
            }
            Assertion::Handled => Some((entry.handled.clone()?, Expect { any_documented: true, ..Expect::default() })),
            Assertion::Refused(kind) => {
                let refusal = entry.refused.get(kind).or_else(|| self.content.refusals.get(kind))?;
                let field = entry.member.clone().filter(|_| refusal.names_field);
                Some((refusal.clause.clone(), refusal.expected(field)))
            }
        }
    }

    fn operation(&mut self, at: &[PathStep], name: &str) -> Option<Arc<Operation>> {
        self.check.operation(at, name);
        self.contract.operation(name).cloned()
    }

    fn members(&mut self, at: &[PathStep], entry: &ValueEntry, slot: &Slot, operation: &Operation) {
        if let Slot::Parameter(name) = slot {
            let known: Vec<String> = operation.parameters().iter().map(|name| (*name).to_owned()).collect();
            self.check.known(at, &format!("path parameter of {}", operation.id), name, &known);
        }
        let named = entry.member.iter().chain(&entry.companion).chain(entry.with.keys());
        for name in named {
            self.check.known(at, &format!("member of {}", operation.id), name, &operation.members);
        }
        if entry.member.is_some() && !operation.example.as_ref().is_some_and(serde_json::Value::is_object) {
            let message = format!("a member is set in the example body, but {} has none", operation.id);
            self.check.report(at, message, None);
        }
    }

    /// The formats generate strings, so a member whose schema accepts no strings would refuse every value.
    fn member_type(&mut self, at: &[PathStep], entry: &ValueEntry, operation: &Operation) {
        let texts = entry.formats.iter().any(|format| !matches!(format, ValueFormat::Body | ValueFormat::PathId));
        for name in entry.member.iter().chain(&entry.companion).filter(|_| texts) {
            let Some(types) = operation.member_types.get(name) else { continue };
            if !types.iter().any(|kind| kind == "string") {
                let message = format!(
                    "the member `{name}` of {} is {}, but these formats generate strings",
                    operation.id,
                    types.join(" or ")
                );
                self.check.report(at, message, Some("remove the operation, or name a member of type string"));
            }
        }
    }

    fn test(
        &mut self,
        index: usize,
        entry: &ValueEntry,
        slot: &Slot,
        of_operation: (&Arc<Operation>, &Caller),
        kind: PropertyKind,
        rules: &[PropertyRule],
    ) -> Option<TestCase> {
        let (operation, caller) = of_operation;
        let name = format!("{}{}", beginning(&operation.id, slot), kind.fact(slot));
        let rules: Vec<PropertyRule> =
            rules.iter().filter(|rule| PropertyKind::of(rule.rule.assertion) == kind).cloned().collect();
        if rules.is_empty() || !self.wanted.has(&name) {
            return None;
        }
        let parts = Parts {
            at: At { file: self.file, path: vec!["values".into(), index.into()] },
            name,
            operation,
            caller,
            kind,
            slot: slot.clone(),
            companion: entry.companion.clone(),
            with: entry.with.clone(),
            needs: entry.needs.clone(),
            lock: entry.lock.clone(),
            in_flight: entry.in_flight,
            server_error: entry.server_error.clone(),
            rules,
        };
        let known =
            Known { file: self.file, contract: self.contract, fixtures: self.fixtures, registry: self.registry };
        Some(property_test::build(parts, known, self.check.problems))
    }
}

fn slot_of(entry: &ValueEntry) -> Option<Slot> {
    match (&entry.member, &entry.parameter, entry.body) {
        (Some(name), None, false) => Some(Slot::Member(name.clone())),
        (None, Some(name), false) => Some(Slot::Parameter(name.clone())),
        (None, None, true) => Some(Slot::Body),
        _ => None,
    }
}
