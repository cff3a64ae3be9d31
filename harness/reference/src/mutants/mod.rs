//! The catalogue of mutants. Each violates the contract in one way; all are off by default.
//!
//! Each file is a section: it lists the mutants of one part of the contract. The folder `rules` has what they do, so
//! that the code that keeps the contract does not mention them. A mutant that only changes responses is not here, but
//! in `schemas/mutations.yaml`.

use std::sync::LazyLock;

macro_rules! section {
    ($($name:literal $id:ident [$($clause:literal),+ $(,)?] $about:literal;)+) => {
        $(
            #[doc = $about]
            pub(crate) const $id: Mutant = Mutant { name: $name, about: $about, clauses: &[$($clause),+] };
        )+
        /// Every mutant of this section.
        pub(crate) const ALL: &[Mutant] = &[$($id),+];
    };
}

pub(crate) mod access;
pub(crate) mod documents;
pub(crate) mod fields;
pub(crate) mod formats;
mod intermittent;
pub(crate) mod limits;
pub(crate) mod memory;
pub(crate) mod resources;
pub(crate) mod responses;
pub(crate) mod rules;
pub(crate) mod server;
mod times;
pub(crate) mod webhooks;

pub use intermittent::{Intermittent, intermittent};

/// One deliberate violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The name in kebab-case; it describes the fault.
    pub name: &'static str,
    /// One sentence that says what goes wrong.
    pub about: &'static str,
    /// The clauses that the harness must report as violated.
    pub clauses: &'static [&'static str],
}

const SECTIONS: &[&[Mutant]] = &[
    responses::ALL,
    access::ALL,
    fields::ALL,
    formats::ALL,
    documents::ALL,
    resources::ALL,
    memory::ALL,
    limits::ALL,
    server::ALL,
    webhooks::ALL,
];

static CATALOGUE: LazyLock<Vec<Mutant>> = LazyLock::new(|| SECTIONS.concat());

pub fn mutants() -> &'static [Mutant] {
    &CATALOGUE
}

pub fn mutant(name: &str) -> Option<&'static Mutant> {
    mutants().iter().find(|mutant| mutant.name == name)
}
