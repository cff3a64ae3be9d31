//! `formats.yaml`: one entry that generates values from the request schemas, if the documentation says which code or
//! status an invalid value gets.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::code::Code;
use super::expectation::{self, Expected};
use super::operations::{Body, Operation};
use super::resources::{Setup, setup};
use super::schema::is_any_text;
use super::topic::INVALID_VALUE;
use super::topics::ScenarioBuilder;
use super::yaml;
use generate::schema::pointer::below;
use spec::scenario::unusable_requests;

/// The text of the file, and the clause that its tests judge.
pub(super) struct Formats {
    pub(super) text: String,
    pub(super) clause: String,
}

/// `None` if no operation documents a refusal of invalid values. `files` are the files of the description.
pub(super) fn write(builder: &ScenarioBuilder<'_, '_>, files: &BTreeMap<String, String>) -> Option<Formats> {
    let candidates: Vec<(&Operation<'_>, Setup, Expected)> = builder
        .operations
        .iter()
        .filter(|one| !is_deletion(builder, one))
        .filter_map(|one| candidate(builder, one))
        .collect();
    let expected = most_common(&candidates)?;
    let unusable = unusable_requests(files);
    let (called, left_out): (Vec<_>, Vec<_>) = candidates
        .iter()
        .filter(|(_, _, other)| other == expected)
        .partition(|(operation, ..)| !unusable.contains_key(&operation.id));
    if called.is_empty() {
        return None;
    }
    let clause = match &expected.code {
        Some(code) => super::steps::clause_of_code(builder, code),
        None => INVALID_VALUE.clause.to_owned(),
    };
    let mut text = yaml::comment(
        "Values that are generated from the request schemas of openapi.yaml: what the schema forbids must be refused.",
    );
    for (operation, ..) in left_out {
        text += &yaml::comment(&format!("Not covered: {}", unusable[&operation.id]));
    }
    let excluded = exclusions(builder, &called);
    text += "callers:\n";
    for (operation, setup, _) in called {
        text += &format!("  {}: {}\n", yaml::scalar(&operation.id), yaml::flow(&caller(operation, setup)));
    }
    let (key, value) = response(expected)?;
    let note = expected.origin.spaced_note();
    text += &format!("schema:\n  refused: {}{note}\n", yaml::flow(&json!({ "clause": clause, key: value })));
    text += &excluded;
    text += "  # Many servers convert such values, or do not check them. Remove the kinds that your API refuses.\n";
    text += "  leave_out: [convertible-type, format]\n";
    text += &accepted(builder, expected);
    Some(Formats { text, clause })
}

/// True for an operation that might delete something else than a resource of the test if it accepts a generated value.
fn is_deletion(builder: &ScenarioBuilder<'_, '_>, operation: &Operation<'_>) -> bool {
    operation.method == "DELETE" || builder.deletes_unknown(operation)
}

/// A comment on valid values. The schema does not say which of them another rule of the API refuses.
fn accepted(builder: &ScenarioBuilder<'_, '_>, expected: &Expected) -> String {
    let refused: Vec<&str> = match expected.value.get("error") {
        Some(Value::Array(codes)) => codes.iter().filter_map(Value::as_str).collect(),
        Some(one) => one.as_str().into_iter().collect(),
        None => Vec::new(),
    };
    let is_other = |code: &&Code| {
        (400..500).contains(&code.status())
            && ![401, 403].contains(&code.status())
            && !refused.contains(&code.code.as_str())
    };
    let others: Vec<String> = builder.catalogue.codes.iter().filter(is_other).map(|code| code.code.clone()).collect();
    let mut text = "Valid values, such as a documented maximum, are not sent yet. To send them, add a clause such as BODY-7 (\"A value that\n\
         the schema of the request allows is accepted.\") to clauses.yaml, and remove the `#`. `allowed_refusals` are the codes with\n\
         which another rule may refuse a valid value; `excluded` names places whose schema does not say what is valid.\n\
         accepted: BODY-7\n"
        .to_owned();
    if !others.is_empty() {
        text += &yaml::list("allowed_refusals", &others, 0);
    }
    text.lines().map(|line| format!("  # {line}\n")).collect()
}

/// The places where a missing member is the only fault, which scenarios test already, and the headers that may be refused
/// in another way than other values.
fn exclusions(builder: &ScenarioBuilder<'_, '_>, called: &[&(&Operation<'_>, Setup, Expected)]) -> String {
    let mut text = String::new();
    for (operation, ..) in called {
        let is_open = expectation::missing_header(builder.catalogue, operation).is_some();
        for name in operation.described_headers.iter().filter(|_| is_open) {
            let entry = json!({
                "operation": operation.id,
                "place": format!("header/{name}"),
                "reason": "other documented refusals are possible: missing-header in scenarios/headers.yaml",
            });
            text += &yaml::entry(entry.as_object().unwrap_or(&Map::new()), 4, None);
        }
        for (name, schema) in operation.parameters.iter().filter(|_| builder.creates_unknown(operation)) {
            let entry = json!({
                "operation": operation.id,
                "place": format!("path/{name}"),
                "reason": "the operation may create what it does not find",
            });
            if schema.is_some_and(|schema| !is_any_text(schema)) {
                text += &yaml::entry(entry.as_object().unwrap_or(&Map::new()), 4, None);
            }
        }
        for member in operation.body.iter().filter(|body| body.is_editable()).flat_map(Body::only_required) {
            let entry = json!({
                "operation": operation.id,
                "place": format!("body{}", below("", &member)),
                "reason": "only its absence is a fault: missing-member in scenarios/bodies.yaml",
            });
            text += &yaml::entry(entry.as_object().unwrap_or(&Map::new()), 4, None);
        }
    }
    if text.is_empty() { text } else { format!("  excluded:\n{text}") }
}

/// An operation that documents a refusal of invalid values, and whose path can be filled.
fn candidate<'b, 'd>(
    builder: &ScenarioBuilder<'_, '_>,
    operation: &'b Operation<'d>,
) -> Option<(&'b Operation<'d>, Setup, Expected)> {
    let is_tested = !["HEAD", "OPTIONS"].contains(&operation.method.as_str());
    let documents_refusal = operation.documents(400) || operation.documents(422);
    let expected = expectation::invalid(builder.catalogue, operation);
    // Any text is a value of a free form, and requests without a member are scenarios.
    let is_free = operation.body.as_ref().is_some_and(Body::is_free_form) && !operation.restricts_parameters;
    if is_free || !is_tested || !documents_refusal || response(&expected).is_none() || !operation.has_schema {
        return None;
    }
    Some((operation, setup(operation, builder.resources)?, expected))
}

/// The codes or statuses of a refusal.
fn response(expected: &Expected) -> Option<(&'static str, &Value)> {
    ["error", "status"].into_iter().find_map(|key| Some((key, expected.value.get(key)?)))
}

fn most_common<'c>(candidates: &'c [(&Operation<'_>, Setup, Expected)]) -> Option<&'c Expected> {
    let count = |expected: &Expected| candidates.iter().filter(|(_, _, other)| other == expected).count();
    let mut best: Option<&Expected> = None;
    for (_, _, expected) in candidates {
        if best.is_none_or(|best| count(expected) > count(best)) {
            best = Some(expected);
        }
    }
    best
}

fn caller(operation: &Operation<'_>, setup: &Setup) -> Value {
    let mut members = Map::new();
    members.insert("as".to_owned(), json!(operation.need.actor()));
    if !setup.fixtures.is_empty() {
        members.insert("given".to_owned(), json!(setup.fixtures));
    }
    for (name, values) in [("path", &setup.path), ("query", &operation.query), ("headers", &operation.headers)] {
        members.extend((!values.is_empty()).then(|| (name.to_owned(), Value::Object(values.clone()))));
    }
    Value::Object(members)
}
