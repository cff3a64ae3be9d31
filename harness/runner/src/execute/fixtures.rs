//! Shared fixtures that are set up, and those that a test uses.

use std::collections::HashMap;

use parking_lot::Mutex;

use judge::exchange::Exchange;
use judge::finding::Finding;
use judge::record::Created;
use spec::scenario::plan::is_safe;
use spec::scenario::{Shared, Variables};

/// A fixture that is set up.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    /// The variables that its steps kept.
    pub(super) variables: Variables,
    /// The setup exchanges.
    pub(super) exchanges: Vec<Exchange>,
    /// The findings of the setup. Their exchange indices count from the first of these exchanges.
    pub(super) findings: Vec<Finding>,
    /// The created resources.
    pub(super) made: Vec<Created>,
}

/// Fixtures that are ready for the next test, by name.
#[derive(Debug, Default)]
pub(super) struct FixturePool(Mutex<HashMap<String, Vec<Prepared>>>);

impl FixturePool {
    pub(super) fn copy(&self, name: &str) -> Option<Prepared> {
        self.0.lock().get(name)?.last().cloned()
    }

    pub(super) fn take(&self, name: &str) -> Option<Prepared> {
        self.0.lock().get_mut(name)?.pop()
    }

    pub(super) fn put(&self, name: &str, prepared: Prepared) {
        self.0.lock().entry(name.to_owned()).or_default().push(prepared);
    }

    pub(super) fn discard(&self, name: &str, variables: &Variables) {
        if let Some(ready) = self.0.lock().get_mut(name) {
            ready.retain(|prepared| prepared.variables != *variables);
        }
    }
}

/// A shared fixture that a test uses.
pub(super) struct Held {
    pub(super) shared: Shared,
    pub(super) prepared: Prepared,
    pub(super) changed: bool,
}

impl Held {
    /// Marks the fixture as changed if the request may have changed it: the method is not safe, the path contains an id
    /// of the fixture, and the request was not refused.
    pub(super) fn note(&mut self, exchange: &Exchange) {
        let refused = exchange.response().is_some_and(|response| !response.is_success());
        self.changed |= !refused && !is_safe(&exchange.request.method) && self.is_named_in(&exchange.request.path);
    }

    fn is_named_in(&self, path: &str) -> bool {
        let ids = self.prepared.made.iter().map(|made| made.id.as_str());
        let kept = self.prepared.variables.values().filter_map(serde_json::Value::as_str);
        ids.chain(kept).any(|text| !text.is_empty() && path.contains(text))
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use serde_json::json;

    use super::*;
    use judge::exchange::{Body, Fault, Request, Response, Role};

    fn exchange(method: &str, path: &str, status: Option<u16>) -> Exchange {
        Exchange {
            role: Role::Asserted,
            request: Request {
                operation: "change".to_owned(),
                actor: "clerk".to_owned(),
                method: method.to_owned(),
                url: String::new(),
                path: path.to_owned(),
                headers: Vec::new(),
                body: Body::default(),
            },
            outcome: status
                .map(|status| Response { status, ..Response::default() })
                .ok_or_else(|| Fault::TimedOut("no response".to_owned())),
            started: Utc::now(),
            took: std::time::Duration::ZERO,
        }
    }

    #[test]
    fn requests_that_may_change_a_fixture_mark_it_changed() {
        let rows = [
            ("PATCH", "/things/t_1", Some(200), true),
            ("DELETE", "/things/t_1", Some(204), true),
            ("PATCH", "/things/t_1", None, true),
            ("PATCH", "/things/t_1", Some(422), false),
            ("GET", "/things/t_1", Some(200), false),
            ("PATCH", "/things/t_2", Some(200), false),
            ("POST", "/things", Some(201), false),
        ];
        for (method, path, status, changed) in rows {
            let variables = [("id".to_owned(), json!("t_1"))].into_iter().collect();
            let prepared = Prepared { variables, ..Prepared::default() };
            let mut held = Held { shared: Shared::Reused("thing".to_owned()), prepared, changed: false };
            held.note(&exchange(method, path, status));
            assert_eq!(held.changed, changed, "{method} {path} {status:?}");
        }
    }
}
