//! What a target has shown in a run without a mutation: its refusals, the members of its successes, its actors.
//!
//! The generator makes mutations of these, because other mutations would change no response.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::body::text;
use super::situation::ResponseKind;
use generate::schema::pointer::below;
use judge::exchange::{Exchange, Request, Role};

/// The depth to which nested values are examined.
const DEEPEST: usize = 4;
/// The length of the shortest text in a path that identifies a resource.
const SHORTEST_ID: usize = 3;

/// What the baseline has shown.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// The pairs of operation and error code.
    pub refusals: BTreeSet<(String, String)>,
    /// The actors whose credential the proxy knows, with the classes of their responses.
    pub actors: BTreeSet<(String, ResponseKind)>,
    /// The number of successes of each operation about which a test asserts something.
    pub(super) asserted: BTreeMap<String, usize>,
    /// The members of the successes of each operation, by JSON Pointer.
    pub(super) members: BTreeMap<String, BTreeMap<String, ObservedMember>>,
    /// The members that have shown what the same test had sent.
    pub(super) echoes: BTreeMap<String, BTreeSet<String>>,
}

/// The body in which a member was first seen.
#[derive(Clone, Debug)]
pub struct ObservedMember {
    pub status: u16,
    pub body: Value,
}

impl Observed {
    /// The number of successes of an operation about which a test asserts something.
    pub(super) fn asserted(&self, operation: &str) -> usize {
        self.asserted.get(operation).copied().unwrap_or_default()
    }

    /// The members of the successes of an operation.
    pub(super) fn members(&self, operation: &str) -> impl Iterator<Item = (&str, &ObservedMember)> {
        self.members.get(operation).into_iter().flatten().map(|(pointer, seen)| (pointer.as_str(), seen))
    }

    pub(super) fn member(&self, operation: &str, pointer: &str) -> Option<&ObservedMember> {
        self.members.get(operation)?.get(pointer)
    }

    /// The members of the successes of an operation that have shown what was sent.
    pub(super) fn echoes(&self, operation: &str) -> impl Iterator<Item = &str> {
        self.echoes.get(operation).into_iter().flatten().map(String::as_str)
    }

    /// Adds the successes of a test; `operation` finds the operation of a request.
    pub(super) fn add<'e>(
        &mut self,
        exchanges: impl Iterator<Item = &'e Exchange>,
        operation: impl Fn(&Request) -> Option<String>,
    ) {
        let mut sent: HashSet<(String, String)> = HashSet::new();
        for exchange in exchanges {
            let Exchange { request, outcome, .. } = exchange;
            if let Ok(body) = serde_json::from_slice::<Value>(&request.body) {
                walk(&body, "", 0, &mut |pointer, value| {
                    sent.extend(text(value).map(|text| (last(pointer).to_owned(), text)));
                });
            }
            let Some((operation, response)) = operation(request).zip(outcome.as_ref().ok()) else { continue };
            if response.is_success() && exchange.role == Role::Asserted {
                *self.asserted.entry(operation.clone()).or_default() += 1;
            }
            let Some(body) = response.json().filter(|_| response.is_success()) else { continue };
            self.add_body(&operation, response.status, &body, &request.path, &sent);
        }
    }

    fn add_body(&mut self, operation: &str, status: u16, body: &Value, path: &str, sent: &HashSet<(String, String)>) {
        let members = self.members.entry(operation.to_owned()).or_default();
        let echoes = self.echoes.entry(operation.to_owned()).or_default();
        let in_path = |text: &str| text.len() >= SHORTEST_ID && path.split(['/', '?']).any(|segment| segment == text);
        walk(body, "", 0, &mut |pointer, value| {
            if !members.contains_key(pointer) {
                members.insert(pointer.to_owned(), ObservedMember { status, body: body.clone() });
            }
            let is_echo =
                text(value).is_some_and(|text| in_path(&text) || sent.contains(&(last(pointer).to_owned(), text)));
            // The elements of a list may belong to other tests.
            if is_echo && !pointer.split('/').any(|segment| segment == "0") {
                echoes.insert(pointer.to_owned());
            }
        });
    }
}

/// Calls a function for each member of an object, and of the first element of a list.
fn walk(value: &Value, pointer: &str, depth: usize, call: &mut impl FnMut(&str, &Value)) {
    if depth == DEEPEST {
        return;
    }
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                let at = below(pointer, name);
                call(&at, inner);
                walk(inner, &at, depth + 1, call);
            }
        }
        Value::Array(elements) => {
            if let Some(first) = elements.first() {
                walk(first, &format!("{pointer}/0"), depth + 1, call);
            }
        }
        _ => {}
    }
}

fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::Utc;
    use judge::exchange::Response;
    use serde_json::json;

    use super::*;

    fn exchange(path: &str, sent: &Value, received: &Value) -> Exchange {
        let body = |value: &Value| value.to_string().into_bytes().into();
        let request = Request {
            operation: String::new(),
            actor: String::new(),
            method: "POST".to_owned(),
            url: String::new(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: body(sent),
        };
        let response = Response { status: 200, body: body(received), ..Response::default() };
        Exchange { role: Role::Asserted, request, outcome: Ok(response), started: Utc::now(), took: Duration::ZERO }
    }

    #[test]
    fn members_that_show_what_was_sent_are_echoes() {
        let mut observed = Observed::default();
        let exchanges = [
            exchange("/a", &json!({ "name": "Ada", "size": 7 }), &json!({ "id": "a-1", "name": "Ada" })),
            exchange(
                "/a/a-1?x=1",
                &Value::Null,
                &json!({ "id": "a-1", "size": 7, "title": "Ada", "all": [{ "name": "Ada" }] }),
            ),
        ];
        observed.add(exchanges.iter(), |request| Some(request.path.chars().take(3).collect()));
        assert_eq!(observed.echoes("/a").collect::<Vec<_>>(), ["/name"]);
        assert_eq!(observed.echoes("/a/").collect::<Vec<_>>(), ["/id", "/size"]);
        let members: Vec<&str> = observed.members("/a/").map(|(pointer, _)| pointer).collect();
        assert_eq!(members, ["/all", "/all/0/name", "/id", "/size", "/title"]);
    }
}
