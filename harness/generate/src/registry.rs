//! The rules of every format, and the oracle that judges their values.
//!
//! A new format is a file in this folder and its line in [`rules`]; CONTRIBUTING.md has the other places.

use crate::rule::{Assertion, Format, Input, Rule};
use crate::{body, date, document, document_unspecified, mail, oracle, path_id, phone, postal, text};

/// A source of rules and its oracle. Tests replace it.
#[derive(Clone, Copy, Debug)]
pub struct Registry {
    pub rules: fn(Format) -> Vec<Rule>,
    /// The oracle: whether it agrees with an assertion about an input. It is called before sending and after every step
    /// of shrinking, and shares no code with the strategies.
    pub agrees: fn(Format, Assertion, &Input) -> bool,
}

/// The rules and the oracle of this crate.
pub const REGISTRY: Registry = Registry { rules, agrees: oracle::agrees };

pub fn rules(format: Format) -> Vec<Rule> {
    match format {
        Format::CalendarDate => date::rules(),
        Format::PhoneNumber => phone::rules(),
        Format::MailAddress => mail::rules(),
        Format::PostalCode => postal::rules(),
        Format::Document => [document::rules(), document_unspecified::unspecified()].concat(),
        Format::Text => text::rules(),
        Format::NotText => text::rules_of_other_types(),
        Format::Body => body::rules(),
        Format::PathId => path_id::rules(),
    }
}
