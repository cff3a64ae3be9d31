//! The catalogue of conforming variants: each another way to keep the contract, all off by default.
//!
//! It is the opposite of the catalogue of mutants: whoever reports one of these has cried wolf. A section file holds
//! the rows of one part of the API, and `Switches::vary` is asked where the plain behaviour stands.

use std::sync::LazyLock;

macro_rules! section {
    ($($name:literal $id:ident by $permitted:literal $(warns [$($clause:literal),+])? $about:literal;)+) => {
        $(
            #[doc = $about]
            pub(crate) const $id: Variant = Variant {
                name: $name,
                about: $about,
                permitted_by: $permitted,
                warns: &[$($($clause),+)?],
            };
        )+
        /// Every variant of this section.
        pub(super) const ALL: &[Variant] = &[$($id),+];
        /// The constants' own names, in the same order.
        #[cfg(test)]
        pub(super) const IDENTIFIERS: &[&str] = &[$(stringify!($id)),+];
    };
}

pub(crate) mod documents;
pub(crate) mod formats;
pub(crate) mod limits;
pub(crate) mod requests;
pub(crate) mod resources;
#[cfg(test)]
mod tests;
pub(crate) mod webhooks;
pub(crate) mod wire;
pub(crate) mod wording;

/// One behaviour that the contract permits beside the plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its name in kebab-case, after what is different.
    pub name: &'static str,
    /// What is different, in a sentence.
    pub about: &'static str,
    /// What permits it: the clauses that are kept nevertheless, or a point that the contract leaves open.
    pub permitted_by: &'static str,
    /// The clauses, none of them a MUST, that a perfect checker warns of.
    pub warns: &'static [&'static str],
}

const SECTIONS: &[&[Variant]] =
    &[wire::ALL, wording::ALL, requests::ALL, formats::ALL, documents::ALL, resources::ALL, limits::ALL, webhooks::ALL];

static CATALOGUE: LazyLock<Vec<Variant>> = LazyLock::new(|| SECTIONS.concat());

/// Every variant that the reference can be given.
pub fn variants() -> &'static [Variant] {
    &CATALOGUE
}

/// The variant of that name.
pub fn variant(name: &str) -> Option<&'static Variant> {
    variants().iter().find(|variant| variant.name == name)
}
