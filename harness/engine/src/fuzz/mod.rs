//! Values for the field formats: valid ones over the whole space, and invalid ones that each break one
//! named rule. Nothing here sends or judges; a property generates inputs from rules and has them sent.

mod body;
mod date;
mod document;
mod document_open;
mod expand;
mod generate;
mod mail;
mod oracle;
mod path_id;
mod phone;
mod phone_plans;
mod pictures;
mod postal;
pub mod rule;
mod sample;
mod text;

pub use rule::{Assertion, BOOK, Book, Content, Format, Input, KINDS, Rule, UNIQUE, rules};
pub use sample::{Generated, Sample, Sampling, Tally, generate, replay};

#[cfg(test)]
mod tests;
