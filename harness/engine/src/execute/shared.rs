//! Fixtures that more than one test uses: prepared once for the run, or handed from test to test.
//!
//! Whoever uses one gets the exchange that prepared it on record, with what the checks said of it, so that the findings of
//! a test do not depend on which test came first. A fixture that a test has changed is not used again.

use std::collections::HashMap;
use std::sync::Mutex;

use super::created::Created;
use super::steps::{Halt, Run};
use crate::exchange::{Exchange, Request};
use crate::finding::Finding;
use crate::scenario::{Shared, Step, Variables};

/// A fixture as one test has prepared it and others find it.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    /// What its steps have kept.
    variables: Variables,
    /// How it was prepared.
    exchanges: Vec<Exchange>,
    /// What was wrong with that; indices count from the first of these exchanges.
    findings: Vec<Finding>,
    /// What it has made on the target.
    made: Vec<Created>,
}

/// Fixtures that wait for the next test.
#[derive(Debug, Default)]
pub(super) struct Shelf(Mutex<HashMap<String, Vec<Prepared>>>);

impl Shelf {
    fn copy(&self, name: &str) -> Option<Prepared> {
        self.lock().get(name)?.last().cloned()
    }

    fn take(&self, name: &str) -> Option<Prepared> {
        self.lock().get_mut(name)?.pop()
    }

    fn put(&self, name: &str, prepared: Prepared) {
        self.lock().entry(name.to_owned()).or_default().push(prepared);
    }

    fn discard(&self, name: &str, variables: &Variables) {
        if let Some(waiting) = self.lock().get_mut(name) {
            waiting.retain(|prepared| prepared.variables != *variables);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<Prepared>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A shared fixture in the hands of a test.
pub(super) struct Held {
    shared: Shared,
    prepared: Prepared,
    changed: bool,
}

impl Held {
    /// Takes note of a request: one that is not safe and names the fixture may have changed it, unless it was refused.
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

/// Methods that promise to change nothing (RFC 9110, section 9.2.1).
fn is_safe(request: &Request) -> bool {
    matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

impl Run<'_> {
    /// Prepares a shared fixture, or takes one that another test has prepared.
    pub(super) async fn share(&mut self, step: &Step, shared: &Shared) -> Result<(), Halt> {
        let environment = self.environment;
        let lock = environment.lock(&format!("fixture {}", shared.name()));
        // What is prepared once is prepared by one test, while the others wait for it.
        let _guard = if shared.is_once() { Some(lock.lock().await) } else { None };
        let waiting = match shared {
            Shared::Once(name) => environment.shelf.copy(name),
            Shared::Reused(name) => environment.shelf.take(name),
        };
        let prepared = match waiting {
            Some(prepared) => self.adopt(prepared),
            None => self.prepare_shared(step, shared).await?,
        };
        self.held.push(Held { shared: shared.clone(), prepared, changed: false });
        Ok(())
    }

    async fn prepare_shared(&mut self, step: &Step, shared: &Shared) -> Result<Prepared, Halt> {
        let (exchanges, findings) = (self.record.exchanges.len(), self.record.findings.len());
        self.step(step).await?;
        let kept = step.keep.keys().filter_map(|name| Some((name.clone(), self.variables.get(name)?.clone())));
        let relative = |finding: &Finding| Finding { exchange: finding.exchange - exchanges, ..finding.clone() };
        let prepared = Prepared {
            variables: kept.collect(),
            exchanges: self.record.exchanges[exchanges..].to_vec(),
            findings: self.record.findings[findings..].iter().map(relative).collect(),
            made: std::mem::take(&mut self.set_aside),
        };
        if let Shared::Once(name) = shared {
            self.environment.shelf.put(name, prepared.clone());
        }
        Ok(prepared)
    }

    fn adopt(&mut self, prepared: Prepared) -> Prepared {
        let before = self.record.exchanges.len();
        self.record.exchanges.extend(prepared.exchanges.iter().cloned());
        let here = |finding: &Finding| Finding { exchange: finding.exchange + before, ..finding.clone() };
        self.record.findings.extend(prepared.findings.iter().map(here));
        self.variables.extend(prepared.variables.clone());
        prepared
    }

    /// Hands shared fixtures on. One that was changed is given up, and so is one of a test in which something was wrong:
    /// a refusal that changed something all the same would show in another test otherwise.
    pub(super) fn hand_on(&mut self) {
        let doubtful = !self.record.findings.is_empty() || self.record.inconclusive.is_some();
        for held in std::mem::take(&mut self.held) {
            match held.shared {
                Shared::Once(name) if held.changed => self.environment.shelf.discard(&name, &held.prepared.variables),
                Shared::Once(_) => {}
                Shared::Reused(_) if held.changed || doubtful => {
                    self.made.splice(0..0, held.prepared.made);
                }
                Shared::Reused(name) => self.environment.shelf.put(&name, held.prepared),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use serde_json::json;

    use super::*;
    use crate::exchange::{Fault, Response, Role};

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
                body: Vec::new(),
            },
            outcome: status
                .map(|status| Response { status, ..Response::default() })
                .ok_or_else(|| Fault::TimedOut("no answer".to_owned())),
            started: Utc::now(),
            took: std::time::Duration::ZERO,
        }
    }

    #[test]
    fn only_what_may_have_changed_a_fixture_counts() {
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
