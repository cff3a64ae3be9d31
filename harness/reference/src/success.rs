//! A successful response, before it is written as a response.

use serde_json::{Map, Value, json};

use crate::customers::Customer;

/// The status and the body of a successful response.
#[derive(Clone, Debug)]
pub(crate) struct Success {
    pub(crate) status: u16,
    pub(crate) body: Option<Value>,
}

impl Success {
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

/// The result of a request: a response or an error.
pub(crate) type ApiResult = Result<Success, crate::errors::ApiError>;

/// STA-3: creating returns 201, reading and updating 200, deleting 204 without a body.
pub(crate) trait SuccessRules {
    fn created(&self, body: Value) -> Success {
        Success::created(body)
    }

    fn listed(&self, customers: Vec<Value>) -> Success {
        Success::ok(json!({ "customers": customers }))
    }

    fn read(&self, body: Value) -> Success {
        Success::ok(body)
    }

    fn updated(&self, body: Value, _members: &Map<String, Value>) -> Success {
        Success::ok(body)
    }

    fn deleted(&self, _customer: &Customer) -> Success {
        Success::no_content()
    }

    fn uploaded(&self, body: Value) -> Success {
        Success::created(body)
    }

    fn submitted(&self, body: Value) -> Success {
        Success::ok(body)
    }

    fn registered(&self, body: Value) -> Success {
        Success::created(body)
    }

    fn event_received(&self) -> Success {
        Success::no_content()
    }
}
