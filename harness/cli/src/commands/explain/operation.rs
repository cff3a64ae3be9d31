//! An operation in words: who may call it, what it returns, and which tests are about it.

use std::collections::BTreeSet;

use super::{NAMED, by_hand};
use judge::target::credential_forms;
use runner::preflight::Expected;
use spec::contract::{Contract, Operation};
use spec::scenario::{Expectation, Library, TestCase, Topics, named_codes};

pub(super) fn explain_operation(operation: &Operation, contract: &Contract, library: &Library) -> String {
    let about: Vec<&TestCase> =
        library.tests.iter().filter(|test| Topics::of(contract, test).operations.contains(&operation.id)).collect();
    let mut text = format!("{}\n  {} {}: {}\n", operation.id, operation.method, operation.path, operation.summary);
    text.push_str(&callers(operation, contract, library));
    text.push_str(&format!("  Documented success: {}\n", operation.success_statuses()));
    let (codes, clauses) = expected(operation, contract, &about);
    text.push_str(&listed("Error codes that tests expect of it", &codes));
    text.push_str(&listed("Clauses that tests check on it", &clauses));
    let Some(first) = about.first() else {
        text.push_str("  No test is about it.\n");
        return text;
    };
    let names: Vec<&str> = samples(&about).into_iter().map(|test| test.name.as_ref()).collect();
    let such = if about.len() > names.len() { ", such as" } else { "" };
    text.push_str(&format!("  Tests about it ({}){such}:\n    {}\n", about.len(), names.join("\n    ")));
    if about.len() > names.len() {
        text.push_str(&format!("  All of them: conformance list --operation {}\n", operation.id));
    }
    text + &by_hand(first, contract)
}

fn callers(operation: &Operation, contract: &Contract, library: &Library) -> String {
    if !operation.secured {
        return "  Anybody may call it: it asks for no credential.\n".to_owned();
    }
    let scope = operation.scope.as_ref().map(|scope| format!(" of scope {scope}")).unwrap_or_default();
    let forms = credential_forms(&contract.schemes);
    let forms = if forms.is_empty() { String::new() } else { format!(" ({forms})") };
    let welcome = Expected::of(contract, library);
    let mut text = format!("  It asks for a credential{scope}{forms}.\n");
    text.push_str(&listed("Actors whom tests expect it to serve", &welcome.served_by(&operation.id)));
    text
}

/// The codes that tests expect of it, each with its status, and the clauses that these expectations are about.
fn expected(operation: &Operation, contract: &Contract, about: &[&TestCase]) -> (Vec<String>, Vec<String>) {
    let (mut codes, mut clauses) = (BTreeSet::new(), BTreeSet::new());
    for test in about {
        let mut note = |expected: &Expectation, clause: &str| {
            codes.extend(named_codes(contract, expected));
            clauses.insert(clause.to_owned());
        };
        let calls = test.steps.iter().filter_map(|step| step.call());
        for asserted in calls.filter(|call| call.operation.id == operation.id).filter_map(|call| call.asserted.as_ref())
        {
            if let Some(clause) = &asserted.clause {
                note(&asserted.expectation, clause);
            }
        }
        let rules = test.property().into_iter().filter(|property| property.operation.id == operation.id);
        rules.flat_map(|property| &property.rules).for_each(|rule| note(&rule.expect, &rule.clause));
    }
    let entries = contract.catalog.codes.iter().filter(|entry| codes.contains(&entry.code));
    let with_status = entries.map(|entry| match entry.statuses_in_words() {
        Some(status) => format!("{} ({status})", entry.code),
        None => entry.code.clone(),
    });
    let in_order = contract.clauses.iter().map(|clause| clause.id.clone()).filter(|id| clauses.contains(id));
    (with_status.collect(), in_order.collect())
}

/// Some tests, from different files first.
fn samples<'t>(about: &[&'t TestCase]) -> Vec<&'t TestCase> {
    let mut files = BTreeSet::new();
    let (first_of_file, others): (Vec<&TestCase>, Vec<&TestCase>) =
        about.iter().partition(|test| files.insert(&test.file));
    first_of_file.into_iter().chain(others).take(NAMED).collect()
}

fn listed(what: &str, entries: &[String]) -> String {
    let entries = if entries.is_empty() { "none".to_owned() } else { entries.join(", ") };
    format!("  {what}: {entries}\n")
}
