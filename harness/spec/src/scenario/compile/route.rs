//! Where a step sends its request: to the method and the path of its operation, or to another method or path, which the
//! description does not document.

use std::sync::Arc;

use super::super::model::Step;
use super::super::path;
use super::super::template::Template;
use super::{Compiler, with};
use crate::contract::Operation;
use crate::source::Step as PathStep;

/// The method and the path of a request.
pub(in super::super) struct Route {
    pub(in super::super) operation: Arc<Operation>,
    pub(in super::super) method: String,
    pub(in super::super) send_to: Option<Template>,
}

impl Route {
    pub(in super::super) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// Whether the response is one of the operation.
    pub(in super::super) fn is_documented(&self) -> bool {
        self.method == self.operation.method && self.send_to.is_none()
    }

    pub(in super::super) fn in_words(&self) -> String {
        format!("{} {}", self.method, self.send_to.as_ref().map_or(self.operation.path.as_str(), Template::source))
    }
}

/// A message, and what to do.
type Mistake = (String, String);

impl Compiler<'_> {
    /// The route of a step; `None` if it is not clear, cannot be sent, or is documented.
    pub(super) fn route(&mut self, below: &[PathStep], step: &Step, operation: &Arc<Operation>) -> Option<Route> {
        let method = match &step.method {
            None => operation.method.clone(),
            Some(text) => self.known_before_the_run(&with(below, "method"), "method", text)?,
        };
        let (at, fault) = match (&step.send_to, &step.method) {
            (Some(to), _) => ("send_to", self.fault_of_path(step, to, &method)),
            (None, Some(_)) => ("method", self.fault_of_method(operation, &method)),
            (None, None) => ("call", None),
        };
        let needs_expectation = at != "call" && step.expect.is_none();
        let missing = (format!("`{at}` needs `expect`"), "say what the response must be, such as `error`".to_owned());
        if let Some((message, help)) = fault.or(needs_expectation.then_some(missing)) {
            self.problems.push(self.at.problem(&with(below, at), message).with_help(Some(help)));
            return None;
        }
        let send_to = step.send_to.as_deref().map(Template::parse);
        Some(Route { operation: operation.clone(), method, send_to })
    }

    fn fault_of_method(&self, operation: &Operation, method: &str) -> Option<Mistake> {
        let same = |other: &&Arc<Operation>| other.path == operation.path && other.method == method;
        let documented = self.contract.operations.iter().find(same).map(|other| &other.id);
        match documented {
            Some(id) if *id == operation.id => {
                Some((format!("{method} is the method of {id}"), "remove `method`".to_owned()))
            }
            Some(id) => Some((format!("{method} is documented for this path"), format!("write `call: {id}`"))),
            None => fault_of_word(method),
        }
    }

    fn fault_of_path(&self, step: &Step, to: &str, method: &str) -> Option<Mistake> {
        if !to.starts_with('/') || to.contains(['?', '#']) {
            let help = "write a path below the base URL, such as `/nothing/${unique}`, and parameters in `query`";
            return Some((format!("`{to}` is not a path"), help.to_owned()));
        }
        if !step.path.is_empty() {
            let help = "write the values in `send_to` itself".to_owned();
            return Some(("`path` has no effect together with `send_to`".to_owned(), help));
        }
        let filled = self.filled(to).unwrap_or_default();
        let mut segments = filled.split('/').filter(|segment| !segment.is_empty());
        if let Some(message) = segments.find_map(path::why_not_sendable) {
            return Some((message, "percent-encode it".to_owned()));
        }
        let same = |other: &&Arc<Operation>| other.method == method && fits(&other.path, to);
        match self.contract.operations.iter().find(same) {
            Some(other) => Some((format!("this is the path of {}", other.id), format!("write `call: {}`", other.id))),
            None => fault_of_word(method),
        }
    }
}

fn fault_of_word(method: &str) -> Option<Mistake> {
    // CONNECT asks a proxy for a tunnel (RFC 9110, section 9.3.6).
    let is_sendable = method != "CONNECT" && http::Method::from_bytes(method.as_bytes()).is_ok();
    let fault = || (format!("`{method}` cannot be sent as a method"), "write a word such as `PATCH`".to_owned());
    (!is_sendable).then(fault)
}

/// Whether a path is that of an operation: the same segments, with any text for a parameter.
fn fits(documented: &str, path: &str) -> bool {
    let (documented, path): (Vec<&str>, Vec<&str>) = (documented.split('/').collect(), path.split('/').collect());
    documented.len() == path.len() && documented.iter().zip(path).all(|(one, other)| *one == other || one.contains('{'))
}
