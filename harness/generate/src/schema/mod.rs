//! Valid and invalid values from JSON Schema (2020-12): for each place of a request a list of named rules.
//!
//! The schema must be complete in itself: references point into it (`#/$defs/…`). Generators see an approximation of it
//! (`view`). The oracle, the crate `jsonschema`, judges the whole request with the value in its place. A rule that the
//! oracle rarely agrees with is left out, because the schema does not decide its values.

mod allowed;
mod faults;
mod number;
mod places;
pub mod pointer;
mod spot;
mod text;
mod texts;
mod valid;
mod view;

use std::sync::Arc;

use jsonschema::Validator;
use serde_json::Value;

pub use places::{InputLocation, UNKNOWN_MEMBER, parameter, places};
pub use view::type_of;

use crate::rule::{Assertion, Content, Input};

/// The kinds of faults. A pack gives the clause and the codes for all of them, or for each.
pub const FAULT_KINDS: [&str; 12] = [
    "missing",
    "null",
    "wrong-type",
    "convertible-type",
    "enum",
    "range",
    "multiple",
    "length",
    "pattern",
    "format",
    "items",
    "additional-member",
];

/// The part of a request that a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Body,
    /// A member of a body that is sent as a form, so its value is text as in a query.
    Form,
    Query,
    Path,
    Header,
}

impl Part {
    /// The name in OpenAPI and in the names of tests.
    pub fn name(self) -> &'static str {
        match self {
            Part::Body | Part::Form => "body",
            Part::Query => "query",
            Part::Path => "path",
            Part::Header => "header",
        }
    }
}

/// A compiled schema.
#[derive(Debug)]
pub struct Schema {
    root: Value,
    validator: Validator,
}

impl Schema {
    /// Compiles a schema that is complete in itself. The message of an error is that of the compiler.
    pub fn compile(root: Value) -> Result<Self, String> {
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .offline()
            .should_validate_formats(true)
            .build(&root)
            .map_err(|error| error.to_string())?;
        Ok(Self { root, validator })
    }

    /// The first violation in a value: its place, and a message. `None` if the value is valid.
    pub fn violation(&self, value: &Value) -> Option<(String, String)> {
        let error = self.validator.iter_errors(value).next()?;
        Some((error.instance_path().as_str().to_owned(), error.to_string()))
    }

    /// The simplest valid value, if one can be made.
    pub fn simplest(&self) -> Option<Value> {
        valid::simplest(&self.root, &self.root, 0).filter(|value| self.accepts(value))
    }

    fn accepts(&self, value: &Value) -> bool {
        self.validator.is_valid(value)
    }
}

/// The oracle of a place: it judges the whole body, or the parameter, with the value in its place.
#[derive(Clone, Debug)]
pub struct Oracle {
    schema: Arc<Schema>,
    /// A valid body, in which the place exists.
    base: Value,
    pointer: String,
    part: Part,
}

impl Oracle {
    /// Whether the schema decides the input as the assertion says.
    pub fn agrees(&self, assertion: Assertion, input: &Input) -> bool {
        let value = match &input.content {
            Content::Json(value) => Some(value),
            Content::Absent => None,
            _ => return false,
        };
        if self.part != Part::Body {
            return self.agrees_on_parameter(assertion, value);
        }
        let Some(body) = pointer::with(&self.base, &self.pointer, value) else { return false };
        match assertion {
            Assertion::Accepted => self.schema.accepts(&body),
            Assertion::Refused(_) => !self.schema.accepts(&body),
            Assertion::Handled => true,
        }
    }

    /// A parameter is sent as text, which the server reads as one of the types of the schema. So a text is invalid only
    /// if it is invalid however it is read.
    fn agrees_on_parameter(&self, assertion: Assertion, value: Option<&Value>) -> bool {
        let Some(value) = value else { return true };
        let Some(readings) = text::readings(value, self.part) else { return false };
        match assertion {
            Assertion::Accepted => self.schema.accepts(value),
            Assertion::Refused(_) => readings.iter().all(|reading| !self.schema.accepts(reading)),
            Assertion::Handled => true,
        }
    }
}
