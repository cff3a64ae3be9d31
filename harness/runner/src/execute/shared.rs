//! Shared fixtures: set up once for the run, or passed from test to test.
//!
//! Each test that uses one gets its setup exchanges and their findings on record. So the findings of a test do not
//! depend on which test came first. A fixture that a test has changed is not used again.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::session::{Halt, Session};
use judge::exchange::{Exchange, Request};
use judge::finding::Finding;
use judge::record::{Created, TestRecord};
use spec::scenario::{Shared, Step, Variables};

/// A fixture that is set up.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    /// The variables that its steps kept.
    variables: Variables,
    /// The setup exchanges.
    exchanges: Vec<Exchange>,
    /// The findings of the setup. Their exchange indices count from the first of these exchanges.
    findings: Vec<Finding>,
    /// The created resources.
    made: Vec<Created>,
}

/// Fixtures that are ready for the next test, by name.
#[derive(Debug, Default)]
pub(super) struct FixturePool(Mutex<HashMap<String, Vec<Prepared>>>);

impl FixturePool {
    fn copy(&self, name: &str) -> Option<Prepared> {
        self.0.lock().get(name)?.last().cloned()
    }

    fn take(&self, name: &str) -> Option<Prepared> {
        self.0.lock().get_mut(name)?.pop()
    }

    fn put(&self, name: &str, prepared: Prepared) {
        self.0.lock().entry(name.to_owned()).or_default().push(prepared);
    }

    fn discard(&self, name: &str, variables: &Variables) {
        if let Some(ready) = self.0.lock().get_mut(name) {
            ready.retain(|prepared| prepared.variables != *variables);
        }
    }
}

/// A shared fixture that a test uses.
pub(super) struct Held {
    shared: Shared,
    prepared: Prepared,
    changed: bool,
}

impl Held {
    /// Marks the fixture as changed if the request may have changed it: the method is not safe, the path contains an id
    /// of the fixture, and the request was not refused.
    pub(super) fn note(&mut self, exchange: &Exchange) {
        let refused = exchange.response().is_some_and(|response| !response.is_success());
        self.changed |= !refused && !is_safe(&exchange.request) && self.is_named_in(&exchange.request.path);
    }

    fn is_named_in(&self, path: &str) -> bool {
        let ids = self.prepared.made.iter().map(|made| made.id.as_str());
        let kept = self.prepared.variables.values().filter_map(serde_json::Value::as_str);
        ids.chain(kept).any(|text| !text.is_empty() && path.contains(text))
    }
}

/// Safe methods (RFC 9110, section 9.2.1).
fn is_safe(request: &Request) -> bool {
    matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

impl Session<'_> {
    /// Uses a shared fixture from the pool, or sets it up.
    pub(super) async fn use_shared(
        &mut self,
        record: &mut TestRecord,
        step: &Step,
        shared: &Shared,
    ) -> Result<(), Halt> {
        let environment = self.environment;
        let lock = environment.lock(&format!("fixture {}", shared.name()));
        // One test sets up a `Once` fixture while the others wait.
        let _guard = if shared.is_once() { Some(lock.lock().await) } else { None };
        let ready = match shared {
            Shared::Once(name) => environment.fixtures.copy(name),
            Shared::Reused(name) => environment.fixtures.take(name),
        };
        let prepared = match ready {
            Some(prepared) => self.reuse(record, prepared),
            None => self.set_up_shared(record, step, shared).await?,
        };
        self.held.push(Held { shared: shared.clone(), prepared, changed: false });
        Ok(())
    }

    async fn set_up_shared(&mut self, record: &mut TestRecord, step: &Step, shared: &Shared) -> Result<Prepared, Halt> {
        let before = self.made.len();
        let own = std::mem::replace(&mut self.owner, shared.name().to_owned());
        let mut setup = TestRecord::default();
        let outcome = self.step(&mut setup, step).await;
        self.owner = own;
        let keep = step.call().map_or(&[][..], |call| &call.keep);
        let kept = keep.iter().filter_map(|keep| Some((keep.name.clone(), self.variables.get(&keep.name)?.clone())));
        let prepared = Prepared {
            variables: kept.collect(),
            exchanges: setup.exchanges.clone(),
            findings: setup.findings.clone(),
            // A shared fixture must outlive this test.
            made: self.made.split_off(before),
        };
        record.append(setup);
        outcome?;
        if let Shared::Once(name) = shared {
            self.environment.fixtures.put(name, prepared.clone());
        }
        Ok(prepared)
    }

    fn reuse(&mut self, record: &mut TestRecord, prepared: Prepared) -> Prepared {
        let Prepared { exchanges, findings, variables, .. } = prepared.clone();
        record.append(TestRecord { exchanges, findings, ..TestRecord::default() });
        self.variables.extend(variables);
        prepared
    }

    /// Returns shared fixtures to the pool. A changed fixture is not returned. Neither is a reused fixture of a test
    /// with findings or without a verdict: a refused request may have changed it, and another test would then fail.
    pub(super) fn release_shared(&mut self, record: &TestRecord) {
        let doubtful = !record.findings.is_empty() || record.inconclusive.is_some();
        for held in std::mem::take(&mut self.held) {
            match held.shared {
                Shared::Once(name) if held.changed => {
                    self.environment.fixtures.discard(&name, &held.prepared.variables);
                }
                Shared::Once(_) => {}
                Shared::Reused(_) if held.changed || doubtful => {
                    self.made.splice(0..0, held.prepared.made);
                }
                Shared::Reused(name) => self.environment.fixtures.put(&name, held.prepared),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use serde_json::json;

    use super::*;
    use judge::exchange::{Body, Fault, Response, Role};

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
                .ok_or_else(|| Fault::TimedOut("no answer".to_owned())),
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
