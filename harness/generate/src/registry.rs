//! The rules of every format, and the oracle that judges their values.
//!
//! A new format is a file in this folder and its line in [`rules`]; CONTRIBUTING.md has the other places.

use crate::rule::{Assertion, Input, Rule, ValueFormat};
use crate::{body, date, document, document_unspecified, mail, oracle, path_id, phone, postal, text};

/// A source of rules and its oracle. Tests replace it.
#[derive(Clone, Copy, Debug)]
pub struct Registry {
    pub rules: fn(ValueFormat) -> Vec<Rule>,
    /// The oracle: whether it agrees with an assertion about an input. It is called before sending and after every step
    /// of shrinking, and shares no code with the strategies.
    pub agrees: fn(ValueFormat, Assertion, &Input) -> bool,
}

/// The rules and the oracle of this crate.
pub const REGISTRY: Registry = Registry { rules, agrees: oracle::agrees };

pub fn rules(format: ValueFormat) -> Vec<Rule> {
    match format {
        ValueFormat::CalendarDate => date::rules(),
        ValueFormat::PhoneNumber => phone::rules(),
        ValueFormat::MailAddress => mail::rules(),
        ValueFormat::PostalCode => postal::rules(),
        ValueFormat::Document => [document::rules(), document_unspecified::unspecified()].concat(),
        ValueFormat::Text => text::rules(),
        ValueFormat::NotText => text::rules_of_other_types(),
        ValueFormat::Body => body::rules(),
        ValueFormat::PathId => path_id::rules(),
    }
}
