//! Generators of values for the field formats: valid values from the whole range, and invalid values that each break
//! one named rule. This module only generates. A property samples inputs from the rules here, and `execute` sends them.

mod body;
mod date;
mod document;
mod document_open;
pub mod documents;
mod expand;
mod generate;
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
mod text;

pub use registry::{REGISTRY, Registry, rules};
pub use rule::{Assertion, Content, Format, Input, KINDS, MakeStrategy, Rule, Source, UNIQUE};
pub use sample::{Generated, Sample, Sampling, Tally, generate, replay};

#[cfg(test)]
mod tests;
