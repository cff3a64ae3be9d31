//! Findings: one violation each, with the expected value, the received value and the place.
//!
//! Checks and expectations produce findings. `verdict` and `report` read them.

mod key;

use std::fmt;

use spec::contract::Level;

pub use key::{Key, digest, place, response_shape};

/// Which part of an exchange a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The status line.
    Status,
    /// A header field, by name.
    Header(String),
    /// The body; a JSON Pointer, empty for the whole.
    Body(String),
    /// The connection: no response arrived.
    Connection,
    /// Something outside a single response, such as missing deliveries.
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

/// All notations of a part, for messages.
pub const PLACES: &str = "`status`, `header NAME`, `body`, `body /pointer`, `connection` and `deliveries`";

impl Part {
    /// The same with a long pointer cut, in bytes.
    #[must_use]
    pub fn cut(self, longest: usize) -> Self {
        match self {
            Part::Body(mut pointer) => {
                pointer.truncate(pointer.floor_char_boundary(longest));
                Part::Body(pointer)
            }
            other => other,
        }
    }

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

/// The longest text of a finding, in bytes. Reports show less, after redaction.
pub(crate) const MAX_TEXT_LENGTH: usize = 8 * 1024;

/// A text in quotes, with control characters escaped. Of a long text only the beginning, which is longer than what a
/// report shows of it.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text[..text.floor_char_boundary(MAX_TEXT_LENGTH / 2)].escape_debug())
}

/// A violation as a check returns it, without its clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where.
    pub part: Part,
    /// What the contract requires.
    pub expected: String,
    /// What was received.
    pub actual: String,
}

impl Violation {
    pub fn new(part: Part, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self { part, expected: expected.into(), actual: actual.into() }
    }

    pub fn body(pointer: &str, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self::new(Part::Body(pointer.to_owned()), expected, actual)
    }

    pub fn header(name: &str, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self::new(Part::Header(name.to_owned()), expected, actual)
    }
}

/// A violation with its clause and its exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The violated clause.
    pub clause: String,
    /// The check that reports it; `expectation` for an assertion of a scenario.
    pub check: String,
    /// The requirement level of the clause.
    pub level: Level,
    /// The assertion, in one line.
    pub message: String,
    /// What the contract requires.
    pub expected: String,
    /// What was received.
    pub actual: String,
    /// Where.
    pub part: Part,
    /// The index of the exchange in its test.
    pub exchange: usize,
    /// The line of the step in the scenario file; `None` for a step of a fixture and for a generated value.
    pub line: Option<usize>,
}

/// The check name for assertions of scenarios and properties.
pub const EXPECTATION: &str = "expectation";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_round_trips_through_its_notation() {
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
