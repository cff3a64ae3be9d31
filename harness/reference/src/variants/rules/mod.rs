//! What conforming variants do: a decorator of the contract, one file for each part of the API.
//!
//! Each method asks whether one of its variants is on, and otherwise does what the contract does.

mod access;
pub(crate) mod bodies;
mod customers;
mod damage;
mod documents;
mod fields;
mod formats;
mod limits;
mod notation;
mod operations;
mod responses;
mod server;
mod webhooks;
mod wording;

use super::Variant;
use crate::rules::Rules;

/// The contract with the variants that are switched on.
#[derive(Clone, Debug)]
pub(crate) struct Varied {
    variants: Vec<&'static str>,
}

impl Rules for Varied {}

impl Varied {
    pub(crate) fn new(variants: &[&Variant]) -> Self {
        Self { variants: variants.iter().map(|variant| variant.name).collect() }
    }

    /// Whether this variant is switched on.
    fn is_active(&self, variant: Variant) -> bool {
        self.variants.contains(&variant.name)
    }

    /// The value of the first row whose variant is switched on.
    fn variant<T: Copy>(&self, rows: &[(Variant, T)]) -> Option<T> {
        rows.iter().find(|(variant, _)| self.is_active(*variant)).map(|(_, value)| *value)
    }
}
