//! Findings: one violations each, with what was expected, what came, and where.

mod key;

use std::fmt;

use crate::contract::Level;

pub use key::{Key, answer, digest, place};

/// Which part of an exchange a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The status line.
    Status,
    /// A header field, by name.
    Header(String),
    /// The body; a JSON Pointer, empty for the whole.
    Body(String),
    /// The connection: no answer came.
    Connection,
    /// Something outside of one answer, such as deliveries that were or were not made.
    Deliveries,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Status => formatter.write_str("status"),
            Part::Header(name) => write!(formatter, "header {name}"),
            Part::Body(pointer) if pointer.is_empty() => formatter.write_str("body"),
            Part::Body(pointer) => write!(formatter, "body {pointer}"),
            Part::Connection => formatter.write_str("connection"),
            Part::Deliveries => formatter.write_str("deliveries"),
        }
    }
}

/// Every way of writing a part, in words.
pub const PLACES: &str = "`status`, `header NAME`, `body`, `body /pointer`, `connection` and `deliveries`";

impl Part {
    /// Reads what a part is written as.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None => match text {
                "status" => Some(Part::Status),
                "body" => Some(Part::Body(String::new())),
                "connection" => Some(Part::Connection),
                "deliveries" => Some(Part::Deliveries),
                _ => None,
            },
            Some(("header", name)) if !name.is_empty() && !name.contains(' ') => Some(Part::Header(name.to_owned())),
            Some(("body", pointer)) if pointer.starts_with('/') => Some(Part::Body(pointer.to_owned())),
            Some(_) => None,
        }
    }
}

/// A violation as a check sees it, before it is known which clause that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where it is.
    pub part: Part,
    /// What the contract asks for.
    pub expected: String,
    /// What came.
    pub actual: String,
}

impl Violation {
    /// A violation at a part.
    pub fn new(part: Part, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self { part, expected: expected.into(), actual: actual.into() }
    }

    /// A violation in the body.
    pub fn body(pointer: &str, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self::new(Part::Body(pointer.to_owned()), expected, actual)
    }

    /// A violation in a header field.
    pub fn header(name: &str, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self::new(Part::Header(name.to_owned()), expected, actual)
    }
}

/// A violations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The clause that is broken.
    pub clause: String,
    /// The check that speaks; `expectation` for a scenario's own assertion.
    pub check: String,
    /// How bad it is.
    pub level: Level,
    /// The assertion, in one line.
    pub message: String,
    /// What the contract asks for.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// Where in the answer.
    pub part: Part,
    /// The index of the exchange in its test.
    pub exchange: usize,
}

/// The check name of a scenario's own asserts.
pub const EXPECTATION: &str = "expectation";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_reads_back_as_it_is_written() {
        let parts = [
            Part::Status,
            Part::Header("Retry-After".into()),
            Part::Body(String::new()),
            Part::Body("/error/a b".into()),
            Part::Connection,
            Part::Deliveries,
        ];
        for part in parts {
            assert_eq!(Part::parse(&part.to_string()), Some(part));
        }
        for text in ["", "header", "header ", "body x", "statuses", "header a b"] {
            assert_eq!(Part::parse(text), None, "{text:?}");
        }
    }
}
