//! Scenarios: reading them, checking every name in them, and unfolding tables into tests.

mod alteration;
mod deserialize;
mod expectation;
mod formats;
mod found;
mod header_match;
mod load;
mod matchers;
mod model;
mod names;
mod path;
mod properties;
mod property;
pub mod status;
pub mod template;
mod topics;
mod validate;
mod wanted;

use std::sync::{Arc, LazyLock};

pub use alteration::Alteration;
pub use formats::{Caller, FormatFile, Refusal, ValueEntry};
pub use found::{Failure, file_name, file_text};
pub use load::{Library, load, load_with};
pub use model::{
    Burst, Case, Cases, Covered, Deliveries, Fixture, FixtureFile, Listen, Mangle, Poll, Reply, Retries, RetryReason,
    Scenario, ScenarioFile, Shared, Sign, SignatureHeader, Step, Wait,
};
pub use property::{Property, PropertyRule, Slot};
pub use template::Variables;
pub use topics::{Topics, asserts, named_codes, operation};
pub use wanted::{Expect, HeaderMatch, KeptFrom, KeptPart};

/// One trial: a scenario, or one case of it, ready to be run.
#[derive(Clone, Debug, Default)]
pub struct TestCase {
    /// Its public name: `folder/file::scenario/case`.
    pub name: String,
    /// The scenario file, relative to the pack.
    pub file: String,
    /// The line of the case, or of the scenario.
    pub line: usize,
    /// What it is about, in words.
    pub about: String,
    /// The clauses that it exercises; the first is the one that an unmet expectation breaks.
    pub clauses: Vec<String>,
    /// Capabilities that the target must have.
    pub needs: Vec<String>,
    /// Actors that must have a credential.
    pub actors: Vec<String>,
    /// True when a credential must be a JSON Web Token, by actor.
    pub token_actors: Vec<String>,
    /// Tests with the same lock never run at the same time.
    pub lock: Option<String>,
    /// True where no other test may run at the same time.
    pub alone: bool,
    /// How often an unmet expectation is given another try, and for what reason.
    pub retries: Option<Retries>,
    /// What is done, fixtures first.
    pub steps: Vec<Arc<Step>>,
    /// The variables of its case.
    pub variables: Variables,
    /// True where it runs before others: a property has found it.
    pub first: bool,
    /// What it draws and asserts, where it is a property; its steps then prepare.
    pub property: Option<Arc<Property>>,
}

/// The variables that exist in every test, with what they are.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("unique", "lower-case letters and digits that no other test and no other run has"),
    ("long", "three thousand letters"),
    ("huge", "a hundred and fifty thousand letters"),
    ("now", "the present Unix time in seconds, by the target's clock where that is known"),
    ("webhook.url", "an endpoint of ours for this test, which takes deliveries with 204"),
    ("webhook.refusing", "a URL of ours where nobody listens"),
];

/// The texts that `${long}` and `${huge}` stand for; the latter is more than the first block of any reader.
pub fn fillers() -> [(&'static str, &'static str); 2] {
    static LONG: LazyLock<String> = LazyLock::new(|| "a".repeat(3_000));
    static HUGE: LazyLock<String> = LazyLock::new(|| "b".repeat(150_000));
    [("long", &LONG), ("huge", &HUGE)]
}

/// The codes that an expectation lists, templates filled; a template may stand for a whole list.
pub fn codes(entries: &[String], variables: &Variables) -> Result<Vec<String>, template::Undefined> {
    let mut codes = Vec::new();
    for entry in entries {
        match template::value(&serde_json::Value::String(entry.clone()), variables)? {
            serde_json::Value::Array(many) => codes.extend(many.iter().map(plain)),
            one => codes.push(plain(&one)),
        }
    }
    Ok(codes)
}

/// The answers that an endpoint of ours gives, templates filled.
pub fn replies(values: &[serde_json::Value], variables: &Variables) -> Result<Vec<Reply>, String> {
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
