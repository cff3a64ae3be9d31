//! Values for the field formats: valid ones over the whole space, and invalid ones that each break one
//! named rule. Nothing here sends or judges; a property draws inputs from rules and has them sent.

pub mod rule;

pub use rule::{Claim, Content, Format, Input, Rule, rules};
