//! Error bodies, documented or recorded, and the envelope that is found in them.

use serde_json::Value;

use super::origin::Origin;
use super::schema::ErrorMember;
use spec::contract::FieldForm;

/// The media type of RFC 9457.
pub(super) const PROBLEM: &str = "application/problem+json";
/// The names of members that contain a code. `code` is the last: next to another of these, it often repeats the status.
pub(super) const CODE_NAMES: &[&str] =
    &["errorcode", "errcode", "errorkey", "errorno", "errno", "errornum", "errnum", "errornumber", "code"];

/// The envelope of errors, with JSON Pointers to its members.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) schema: Value,
    pub(super) media_type: String,
    pub(super) is_integer: bool,
    /// The object that contains the members of the error.
    pub(super) parent: String,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) details: Option<String>,
    pub(super) field: Option<Field>,
    /// The member that repeats the HTTP status.
    pub(super) status: Option<Found>,
    /// True if the schema forbids an empty message, although the description does not say so.
    pub(super) forbids_empty_message: bool,
    /// What the sources say differently about the place of the code, and which of them the pack follows.
    pub(super) disputed: Option<String>,
    /// The sources of these statements.
    pub(super) origins: Origins,
}

/// The source of each statement about the envelope.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Origins {
    pub(super) shape: Origin,
    pub(super) media_type: Origin,
    pub(super) code: Origin,
    pub(super) message: Origin,
}

impl Origins {
    /// The same statements, from recorded responses instead of the documentation.
    pub(super) fn learned(self) -> Self {
        let learned = |origin: Origin| origin.min(Origin::Learned);
        Self {
            shape: learned(self.shape),
            media_type: learned(self.media_type),
            code: learned(self.code),
            message: learned(self.message),
        }
    }
}

/// A documented or recorded error body.
#[derive(Debug)]
pub(super) struct ErrorBody {
    /// The status, or a class such as `4XX`.
    pub(super) status: String,
    pub(super) media: Option<String>,
    pub(super) places: Vec<ErrorMember>,
    /// Its schema; `None` for an example.
    pub(super) schema: Option<Value>,
    pub(super) description: String,
}

impl ErrorBody {
    /// The status as a number; `None` for a class.
    pub(super) fn number(&self) -> Option<u16> {
        self.status.parse().ok()
    }

    pub(super) fn at(&self, pointer: &str) -> Option<&ErrorMember> {
        self.places.iter().find(|place| place.pointer == pointer)
    }
}

/// A member that was found, and what shows it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) pointer: String,
    pub(super) origin: Origin,
}

/// The member that names the wrong field.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) pointer: String,
    pub(super) form: FieldForm,
    pub(super) origin: Origin,
}

/// What is known about errors besides their bodies.
#[derive(Clone, Copy, Default)]
pub(super) struct Hints<'h> {
    /// True if errors have the format of RFC 9457.
    pub(super) preset: bool,
    /// Recorded responses, which may show that a member only repeats the status.
    pub(super) learned: &'h [ErrorBody],
    /// The member that contains the code, if something shows it.
    pub(super) code: Option<&'h str>,
}
