//! The catalogue of conforming variants. Each keeps the contract in another way; all are off by default.
//!
//! It is the counterpart of the catalogue of mutants: the harness must not report a violation for a variant. Each file
//! lists the variants of one part of the API. What they do is in `rules`, apart from the
//! default behaviour.

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
        pub(crate) const ALL: &[Variant] = &[$($id),+];
    };
}

pub(crate) mod documents;
pub(crate) mod formats;
pub(crate) mod limits;
pub(crate) mod requests;
pub(crate) mod resources;
pub(crate) mod rules;
pub(crate) mod webhooks;
pub(crate) mod wire;
pub(crate) mod wording;

/// One behaviour that differs from the default and that the contract permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The name in kebab-case; it describes the difference.
    pub name: &'static str,
    /// One sentence that says what is different.
    pub about: &'static str,
    /// What permits it: the clause that is kept, or a point that the contract leaves open.
    pub permitted_by: &'static str,
    /// The clauses that the harness may warn about. None of them is a MUST.
    pub warns: &'static [&'static str],
}

const SECTIONS: &[&[Variant]] =
    &[wire::ALL, wording::ALL, requests::ALL, formats::ALL, documents::ALL, resources::ALL, limits::ALL, webhooks::ALL];

static CATALOGUE: LazyLock<Vec<Variant>> = LazyLock::new(|| SECTIONS.concat());

pub fn variants() -> &'static [Variant] {
    &CATALOGUE
}

pub fn variant(name: &str) -> Option<&'static Variant> {
    variants().iter().find(|variant| variant.name == name)
}
