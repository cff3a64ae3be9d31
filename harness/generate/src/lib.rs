//! Generators of values: for formats of members (dates, phone numbers, documents …), and in `schema` for what the JSON
//! Schema of a request describes. Valid values come from the whole range; each invalid value breaks one named rule.
//! `oracle` judges values independently. This crate sends nothing: `runner::execute` sends the cases of a property.

mod body;
mod date;
mod document;
mod document_unspecified;
pub mod documents;
mod expand;
mod mail;
mod oracle;
mod path_id;
mod phone;
mod phone_plans;
mod pictures;
mod postal;
mod registry;
mod rule;
mod sample;
pub mod schema;
mod strategies;
mod text;

pub use registry::{REGISTRY, Registry, rules};
pub use rule::{Assertion, Content, Input, MakeStrategy, REFUSAL_KINDS, Rule, Source, UNIQUE, ValueFormat};
pub use sample::{Generated, Sample, Sampling, Tally, generate, replay};

#[cfg(test)]
mod tests;
