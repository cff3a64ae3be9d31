//! What scenarios are made of: steps, clauses and their texts.

use serde_json::{Map, Value, json};

use super::expectation::Expected;
use super::operations::Operation;
use super::origin::Origin;
use super::topic::{ANY, Topic};
use super::topics::ScenarioBuilder;
use super::yaml;

pub(super) struct ScenarioText {
    pub(super) file: &'static str,
    pub(super) topic: &'static Topic,
    pub(super) clause: String,
    /// The source of what it expects.
    pub(super) origin: Origin,
    /// True if the documentation says that the request is refused, or succeeds.
    pub(super) is_documented: bool,
    pub(super) text: String,
}

/// The id of the clause for a code.
pub(super) fn clause_of_code(builder: &ScenarioBuilder<'_, '_>, code: &str) -> String {
    let index = builder.catalogue.codes.iter().position(|one| one.code == code).unwrap_or_default();
    format!("CODE-{}", index + 1)
}

/// The clause that a step tests. A step that accepts any documented response does not test the clause of its topic. What is
/// not documented has a clause of its own, so that the documentation supports each violation of the others.
pub(super) fn clause(builder: &ScenarioBuilder<'_, '_>, topic: &Topic, expected: &Expected) -> String {
    let topic = if *expected == Expected::anything() { &ANY } else { topic };
    let is_said = expected.is_documented || topic.clause == ANY.clause;
    match &expected.code {
        Some(code) if is_said || !builder.documented_codes.contains(code) => clause_of_code(builder, code),
        _ if is_said => topic.clause.to_owned(),
        _ => topic.undocumented(),
    }
}

pub(super) fn step(members: &Map<String, Value>, expected: Option<&Expected>) -> String {
    let mut members = members.clone();
    members.extend(expected.map(|expected| ("expect".to_owned(), expected.value.clone())));
    yaml::entry(&members, 6, expected.and_then(|expected| expected.origin.note()))
}

/// A step that calls an operation on resources of fixtures.
pub(super) fn call(builder: &ScenarioBuilder<'_, '_>, operation: &Operation<'_>) -> Map<String, Value> {
    let mut step = Map::new();
    step.insert("call".to_owned(), json!(operation.id));
    step.insert("as".to_owned(), json!(operation.need.actor()));
    let path = super::resources::setup(operation, builder.resources).map(|setup| setup.path);
    step.extend(path.filter(|path| !path.is_empty()).map(|path| ("path".to_owned(), Value::Object(path))));
    for (name, values) in [("query", &operation.query), ("headers", &operation.headers)] {
        step.extend((!values.is_empty()).then(|| (name.to_owned(), Value::Object(values.clone()))));
    }
    step
}

/// A scenario as a comment.
pub(super) fn sketched(text: &str) -> String {
    let line = |line: &str| format!("  # {}\n", line.strip_prefix("  ").unwrap_or(line));
    text.trim_end().lines().map(line).collect()
}
