//! The catalogue of deliberate defects: one breach of the contract each, all off by default.
//!
//! A section file holds the rows of one part of the contract. The code that a defect spoils asks
//! `Habits::has` at the very place where the right behaviour stands, so that both can be read together.

use std::sync::LazyLock;

macro_rules! section {
    ($($name:literal $id:ident [$($clause:literal),+ $(,)?] $about:literal;)+) => {
        $(
            #[doc = $about]
            pub(crate) const $id: Defect = Defect { name: $name, about: $about, clauses: &[$($clause),+] };
        )+
        /// Every defect of this section.
        pub(super) const ALL: &[Defect] = &[$($id),+];
        /// The constants' own names, in the same order.
        #[cfg(test)]
        pub(super) const IDENTIFIERS: &[&str] = &[$(stringify!($id)),+];
    };
}

pub(crate) mod access;
pub(crate) mod documents;
pub(crate) mod envelope;
pub(crate) mod fields;
pub(crate) mod formats;
pub(crate) mod limits;
pub(crate) mod memory;
pub(crate) mod resources;
pub(crate) mod server;
pub(crate) mod slips;
pub(crate) mod statuses;
#[cfg(test)]
mod tests;
pub(crate) mod webhooks;

/// One deliberate breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defect {
    /// Its name in kebab-case, after the breach.
    pub name: &'static str,
    /// What goes wrong, in a sentence.
    pub about: &'static str,
    /// The clauses that a perfect checker reports as violated.
    pub clauses: &'static [&'static str],
}

const SECTIONS: &[&[Defect]] = &[
    envelope::ALL,
    statuses::ALL,
    access::ALL,
    fields::ALL,
    formats::ALL,
    slips::ALL,
    documents::ALL,
    resources::ALL,
    memory::ALL,
    limits::ALL,
    server::ALL,
    webhooks::ALL,
];

static CATALOGUE: LazyLock<Vec<Defect>> = LazyLock::new(|| SECTIONS.concat());

/// Every defect that the reference can be given.
pub fn defects() -> &'static [Defect] {
    &CATALOGUE
}

/// The defect of that name.
pub fn defect(name: &str) -> Option<&'static Defect> {
    defects().iter().find(|defect| defect.name == name)
}
