//! Scenarios: reads them, validates every name in them, and expands their tables into tests.

mod alteration;
mod cases;
mod compile;
mod counterexample;
mod examples;
mod expectation;
mod fixtures;
mod formats;
mod formats_check;
mod header_match;
mod load;
mod matchers;
mod mistake;
mod model;
mod path;
pub mod plan;
mod properties;
mod property;
mod property_test;
mod schema_places;
mod schema_properties;
mod selection;
pub mod template;
mod test_names;
mod topics;
mod written_expectation;

use std::sync::Arc;

pub use crate::status;
pub use alteration::Alteration;
pub use cases::{Case, Cases};
pub use counterexample::{Failure, file_name, file_text};
pub use formats::{Caller, Example, Exclusion, ExpectedRefusal, FormatFile, NestedField, SchemaEntry, ValueEntry};
pub use load::{Library, load, load_tests, load_with};
pub use model::{
    Burst, Covered, Fixture, FixtureFile, Poll, Reply, Retries, RetryReason, Scenario, ScenarioFile, Shared,
    SignatureAlteration, SignatureHeader, Wait,
};
pub use plan::{AcceptedResponses, Action, Call, Expectation, Step};
pub use property::{Origin, Property, PropertyRule, RequestPlace, Slot};
pub use schema_places::unusable_requests;
pub use template::Variables;
pub use topics::{Topics, named_codes};
pub use written_expectation::{Expect, HeaderMatch};

/// One test: a scenario, or one case of it, ready to run.
#[derive(Clone, Debug, Default)]
pub struct TestCase {
    /// The public name: `folder/file::scenario/case`.
    pub name: Arc<str>,
    /// The scenario file, relative to the pack.
    pub file: Arc<str>,
    /// The line of the case, or of the scenario.
    pub line: usize,
    /// A description for people.
    pub about: Arc<str>,
    /// The clauses that it tests. An unmet expectation violates the clause of its step, or the first if it has none.
    pub clauses: Arc<[String]>,
    /// Capabilities that the target must have.
    pub needs: Arc<[String]>,
    /// Actors that must have a credential.
    pub actors: Arc<[String]>,
    /// Actors whose credential must be a JSON Web Token.
    pub token_actors: Arc<[String]>,
    /// Tests with the same lock never run at the same time.
    pub lock: Option<String>,
    /// True if no other test may run at the same time.
    pub alone: bool,
    /// How often the test may be retried after an unmet expectation, and for what reason.
    pub retries: Option<Retries>,
    /// The steps; those of fixtures come first.
    pub steps: Vec<Arc<Step>>,
    pub variables: Variables,
    /// True if it runs before other tests, because a property has found it.
    pub first: bool,
    pub kind: TestKind,
}

#[derive(Clone, Debug, Default)]
pub enum TestKind {
    /// Its steps are the test.
    #[default]
    Scenario,
    /// It generates values; its steps are the setup.
    Property(Arc<Property>),
}

impl TestCase {
    pub fn property(&self) -> Option<&Arc<Property>> {
        match &self.kind {
            TestKind::Property(property) => Some(property),
            TestKind::Scenario => None,
        }
    }

    pub fn is_property(&self) -> bool {
        self.property().is_some()
    }

    /// The name, place and clauses alone: what a report says about a test that did not run.
    pub fn outline(&self) -> TestCase {
        let TestCase { name, file, line, about, clauses, .. } = self;
        TestCase {
            name: name.clone(),
            file: file.clone(),
            line: *line,
            about: about.clone(),
            clauses: clauses.clone(),
            ..TestCase::default()
        }
    }
}

/// The variables that exist in every test, with their descriptions.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("unique", "lower-case letters and digits that are unique to this test and this run"),
    ("long", "3,000 letters"),
    ("huge", "150,000 letters"),
    ("now", "the current Unix time in seconds, by the target's clock if that is known"),
    ("webhook.url", "the URL of a webhook endpoint for this test, which responds to deliveries with 204"),
    ("webhook.refusing", "a URL on this machine that refuses connections"),
];

/// The codes that an expectation lists, with templates expanded; a template may expand to a whole list.
pub(crate) fn codes(entries: &[String], variables: &Variables) -> Result<Vec<String>, template::Undefined> {
    let mut codes = Vec::new();
    for entry in entries {
        match template::value(&serde_json::Value::String(entry.clone()), variables)? {
            serde_json::Value::Array(many) => codes.extend(many.iter().map(plain)),
            one => codes.push(plain(&one)),
        }
    }
    Ok(codes)
}

/// The responses of our webhook endpoint, with templates expanded.
fn replies(values: &[serde_json::Value], variables: &Variables) -> Result<Vec<Reply>, String> {
    values
        .iter()
        .map(|value| {
            let value = template::value(value, variables).map_err(|missing| format!("`{}` has no value", missing.0))?;
            Reply::from_value(&value)
        })
        .collect()
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
