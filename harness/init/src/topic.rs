//! The topics of starter scenarios, and the tests in their tables.

use serde_json::{Map, Value};

use super::expectation::Expected;

/// What a table tests.
#[derive(Debug)]
pub(super) struct Topic {
    /// The name of the scenario.
    pub(super) name: &'static str,
    /// The clause that it tests, unless it tests the clause of a code.
    pub(super) clause: &'static str,
    pub(super) says: &'static str,
    /// The scenario file of the topic, without its extension.
    pub(super) file: &'static str,
}

impl Topic {
    /// The clause of its tests whose expectations the documentation does not support.
    pub(super) fn undocumented(&self) -> String {
        format!("{}G", self.clause)
    }
}

macro_rules! topics {
    ($($id:ident: $name:literal, $clause:literal, $file:literal, $says:literal;)*) => {
        $(pub(super) static $id: Topic = Topic { name: $name, clause: $clause, says: $says, file: $file };)*
        /// All topics, in the order of their clauses.
        pub(super) static TOPICS: &[&Topic] = &[$(&$id),*];
    };
}

topics! {
    NO_CREDENTIAL: "no-credential", "AUTH-1", "access", "A request without a credential is refused.";
    INVALID_CREDENTIAL: "invalid-credential", "AUTH-2", "access", "A request with an invalid credential is refused.";
    UNKNOWN_ID: "unknown-id", "ID-1", "unknown-ids", "A request about something that does not exist is refused.";
    MALFORMED: "malformed-json", "BODY-1", "bodies", "A body that is not JSON is refused.";
    NOT_AN_OBJECT: "body-that-is-not-an-object", "BODY-2", "bodies", "A body that is not an object is refused.";
    MISSING: "missing-member", "BODY-3", "bodies", "A body without a required member is refused.";
    OTHER_TYPE: "member-of-another-type", "BODY-4", "bodies", "A member of an undocumented type is refused.";
    MEDIA_TYPE: "undocumented-media-type", "BODY-5", "bodies", "A body of an undocumented media type is refused.";
    INVALID_VALUE: "invalid-value", "BODY-6", "formats", "A value that the schema of the request forbids is refused.";
    MISSING_HEADER: "missing-header", "HDR-2", "headers", "A request without a required header is refused.";
    METHOD: "undocumented-method", "METHOD-1", "methods", "A method that is not documented for a path is refused.";
    ANY: "any", "ANY-1", "access", "Every request gets a documented response, and no server error.";
    READ: "read", "READ-1", "successes", "Documented resources can be read.";
    CREATED: "created", "LIFE-1", "successes", "A created resource can be read by its id.";
    CREATION: "creation", "LIFE-4", "successes", "A resource can be created.";
    DELETED: "deleted", "LIFE-2", "successes", "A deleted resource no longer exists.";
    REFUSED_DELETION: "refused-deletion", "LIFE-3", "successes", "A new resource cannot be deleted.";
    SUCCESS: "success", "CALL-1", "sketches", "A documented request succeeds.";
}

/// One test of a topic.
#[derive(Debug)]
pub(super) struct TopicTest {
    pub(super) topic: &'static Topic,
    pub(super) case: String,
    pub(super) given: Vec<String>,
    pub(super) variables: Map<String, Value>,
    /// The step, without the expectation.
    pub(super) step: Map<String, Value>,
    pub(super) expected: Expected,
}
