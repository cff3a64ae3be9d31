//! A successful answer, before it is written as a response.

use serde_json::{Map, Value, json};

use crate::customers::Customer;

/// The status and the body of a successful answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    pub(crate) fn created(body: Value) -> Self {
        Self { status: 201, body: Some(body) }
    }

    pub(crate) fn no_content() -> Self {
        Self { status: 204, body: None }
    }
}

/// The result of a request: an answer or an error.
pub(crate) type Outcome = Result<Answer, crate::errors::ApiError>;

/// STA-3: creating answers 201, reading and updating 200, deleting 204 without a body.
pub(crate) trait AnswerRules {
    fn created(&self, body: Value) -> Answer {
        Answer::created(body)
    }

    fn listed(&self, customers: Vec<Value>) -> Answer {
        Answer::ok(json!({ "customers": customers }))
    }

    fn read(&self, body: Value) -> Answer {
        Answer::ok(body)
    }

    fn updated(&self, body: Value, _members: &Map<String, Value>) -> Answer {
        Answer::ok(body)
    }

    fn deleted(&self, _customer: &Customer) -> Answer {
        Answer::no_content()
    }

    fn uploaded(&self, body: Value) -> Answer {
        Answer::created(body)
    }

    fn submitted(&self, body: Value) -> Answer {
        Answer::ok(body)
    }

    fn registered(&self, body: Value) -> Answer {
        Answer::created(body)
    }

    fn event_received(&self) -> Answer {
        Answer::no_content()
    }
}
