//! The catalogue of deliberate mutants: one violation of the contract each, all off by default.
//!
//! A section file holds the rows of one part of the contract. The code that a mutant spoils asks
//! `Switches::has` at the very place where the right behaviour stands, so that both can be read together.

use std::sync::LazyLock;

macro_rules! section {
    ($($name:literal $id:ident [$($clause:literal),+ $(,)?] $about:literal;)+) => {
        $(
            #[doc = $about]
            pub(crate) const $id: Mutant = Mutant { name: $name, about: $about, clauses: &[$($clause),+] };
        )+
        /// Every mutant of this section.
        pub(super) const ALL: &[Mutant] = &[$($id),+];
        /// The constants' own names, in the same order.
        #[cfg(test)]
        pub(super) const IDENTIFIERS: &[&str] = &[$(stringify!($id)),+];
    };
}

pub(crate) mod access;
pub(crate) mod documents;
pub(crate) mod envelope;
pub(crate) mod fields;
pub(crate) mod format_mutants;
pub(crate) mod formats;
pub(crate) mod limits;
pub(crate) mod memory;
pub(crate) mod resources;
pub(crate) mod server;
pub(crate) mod statuses;
#[cfg(test)]
mod tests;
pub(crate) mod webhooks;

/// One deliberate violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Its name in kebab-case, after the violation.
    pub name: &'static str,
    /// What goes wrong, in a sentence.
    pub about: &'static str,
    /// The clauses that a perfect checker reports as violated.
    pub clauses: &'static [&'static str],
}

const SECTIONS: &[&[Mutant]] = &[
    envelope::ALL,
    statuses::ALL,
    access::ALL,
    fields::ALL,
    formats::ALL,
    format_mutants::ALL,
    documents::ALL,
    resources::ALL,
    memory::ALL,
    limits::ALL,
    server::ALL,
    webhooks::ALL,
];

static CATALOGUE: LazyLock<Vec<Mutant>> = LazyLock::new(|| SECTIONS.concat());

/// Every mutant that the reference can be given.
pub fn mutants() -> &'static [Mutant] {
    &CATALOGUE
}

/// The mutant of that name.
pub fn mutant(name: &str) -> Option<&'static Mutant> {
    mutants().iter().find(|mutant| mutant.name == name)
}
