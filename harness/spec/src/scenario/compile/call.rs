//! Compiles the steps that send a request.

use std::sync::Arc;

use serde_json::Value;

use super::super::expectation::{self, Subject};
use super::super::model::{self, Step};
use super::super::plan::{
    AcceptedResponses, Asserted, Call, Expectation, HeaderExpectation, Keep, KeptPart, Repetition, RequestBody, Sign,
};
use super::super::template::{Template, ValueTemplate};
use super::super::written_expectation::{Expect, HeaderMatch};
use super::super::{Alteration, codes, header_match, path};
use super::route::Route;
use super::{Compiler, with};
use crate::contract::{Operation, RequiredHeader};
use crate::source::{Step as PathStep, suggestion};

/// Headers of the connection and of message framing (RFC 9110, section 7.6.1; RFC 9112, section 6).
const CONNECTION_HEADERS: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Compiler<'_> {
    /// Compiles a step with `call`; `None` if one of its names cannot be resolved, which is then reported. The order
    /// matters: `keep` and `label` define names for later steps, so they come after everything that uses names.
    pub(super) fn call(&mut self, below: &[PathStep], step: &Step, call: &str, clause: Option<String>) -> Option<Call> {
        let operation = self.operation(below, call);
        let route = operation.as_ref().and_then(|operation| self.route(below, step, operation));
        let actor = operation.as_ref().and_then(|operation| self.actor(below, step, operation));
        if let Some(operation) = &operation {
            if step.send_to.is_none() {
                self.check_parameters(below, step, operation);
            }
            self.check_body(below, step, operation);
        }
        let clause_of_token = step.clause_of_token.as_deref().and_then(|clause| self.clause(below, clause));
        let asserted = step.expect.as_ref().map(|expect| {
            let asserted = self.asserted(below, expect, route.as_ref(), clause)?;
            Some(Asserted { clause_of_token, ..asserted })
        });
        let repetition = self.repetition(below, step);
        self.check_headers(below, step);
        self.check_query(below, step);
        let keep = self.keep(below, step, route.as_ref());
        self.labels.extend(step.label.clone());
        let (operation, route, actor) = (operation?, route?, actor?);
        Some(Call {
            method: route.method,
            path: if route.send_to.is_some() { Vec::new() } else { path_of(step, &operation) },
            send_to: route.send_to,
            body: self.body(below, step, &operation)?,
            operation,
            actor,
            alter: step.alter,
            query: step
                .query
                .iter()
                .map(|(name, value)| (Template::parse(name), ValueTemplate::parse(value)))
                .collect(),
            headers: step.headers.iter().map(|(name, value)| (Template::parse(name), parsed(value))).collect(),
            sign: step.sign.as_ref().map(sign),
            repetition,
            asserted: match asserted {
                Some(asserted) => Some(asserted?),
                None => None,
            },
            keep,
            label: step.label.clone(),
        })
    }

    fn operation(&mut self, below: &[PathStep], call: &str) -> Option<Arc<Operation>> {
        let at = with(below, "call");
        let id = self.known_before_the_run(&at, "call", call)?;
        let operation = self.contract.operation(&id).cloned();
        if operation.is_none() {
            let known: Vec<String> = self.contract.operations.iter().map(|operation| operation.id.clone()).collect();
            let problem = self.at.unknown(&at, "operation", &id, &known);
            self.problems.push(problem);
        }
        operation
    }

    /// The actor of a step, which may be nobody; `None` if it is not clear.
    fn actor(&mut self, below: &[PathStep], step: &Step, operation: &Operation) -> Option<Option<String>> {
        if step.sign.is_some() {
            match &self.contract.conventions.signing {
                Some(signing) => {
                    self.actors.insert(signing.secret_actor.clone());
                }
                None => self.report(below, "`sign` needs `signing` in schemas/conventions.yaml"),
            }
        }
        let at = with(below, "as");
        let Some(text) = &step.actor else {
            if operation.secured {
                self.report(below, format!("`as` is missing: {} needs a credential", operation.id));
            }
            if step.alter.is_some() {
                self.report(&with(below, "alter"), "`alter` needs `as`: without it no credential is sent");
            }
            return Some(None);
        };
        let actor = self.known_before_the_run(&at, "as", text)?;
        let Some(role) = self.contract.conventions.actors.get(&actor) else {
            let known: Vec<String> = self.contract.conventions.actors.keys().cloned().collect();
            let problem = self.at.unknown(&at, "actor", &actor, &known);
            self.problems.push(problem);
            return None;
        };
        if role.credential.is_none() {
            if step.alter.is_some_and(Alteration::needs_token) {
                self.token_actors.insert(actor.clone());
            }
            self.actors.insert(actor.clone());
        }
        Some(Some(actor))
    }

    fn check_parameters(&mut self, below: &[PathStep], step: &Step, operation: &Operation) {
        let parameters: Vec<String> = operation.parameters().iter().map(|name| (*name).to_owned()).collect();
        for name in step.path.keys().filter(|name| !parameters.contains(name)) {
            let place = with(&with(below, "path"), name);
            let problem = self.at.unknown(&place, "path parameter", name, &parameters);
            self.problems.push(problem);
        }
        for (name, given) in &step.path {
            let segment = Template::parse(given).segment(self.variables);
            if let Some(message) = segment.ok().and_then(|value| path::why_not_sendable(&value)) {
                let place = with(&with(below, "path"), name);
                let help = "percent-encode it: `%20` for a space, `%2F` for a slash; `.` and `..` cannot be sent";
                self.problems.push(self.at.problem(&place, message).with_help(Some(help.to_owned())));
            }
        }
        for name in parameters {
            self.used.insert(name.clone());
            if !step.path.contains_key(&name) && !self.defined.contains(&name) {
                let message = format!(
                    "the path parameter `{name}` of {} has no value: give it in `path`, or keep it from an earlier response",
                    operation.id
                );
                self.report(below, message);
            }
        }
    }

    fn check_body(&mut self, below: &[PathStep], step: &Step, operation: &Operation) {
        let edits = !step.with.is_empty() || !step.without.is_empty();
        let ways = [step.body.is_some(), step.raw.is_some(), step.raw_base64.is_some(), edits];
        if ways.iter().filter(|way| **way).count() > 1 {
            self.report(below, "only one of `body`, `raw`, `raw_base64` and `with`/`without` is allowed");
        }
        if step.raw_base64.as_ref().is_some_and(|text| generate::documents::decoded(text).is_none()) {
            self.report(&with(below, "raw_base64"), "this is not valid Base64");
        }
        if edits && !operation.example.as_ref().is_some_and(Value::is_object) {
            self.report(below, format!("`with` and `without` edit the example body, but {} has none", operation.id));
        }
    }

    fn body(&mut self, below: &[PathStep], step: &Step, operation: &Operation) -> Option<RequestBody> {
        if let Some(raw) = &step.raw {
            return Some(RequestBody::Text(Template::parse(raw)));
        }
        if let Some(text) = &step.raw_base64 {
            return generate::documents::decoded(text).map(|bytes| RequestBody::Bytes(bytes.into()));
        }
        if let Some(body) = &step.body {
            return Some(RequestBody::Value(ValueTemplate::parse(body)));
        }
        let mut without = Vec::new();
        for (index, name) in step.without.iter().enumerate() {
            let at = [with(below, "without"), vec![index.into()]].concat();
            without.push(self.known_before_the_run(&at, "without", name)?);
        }
        if (step.method.is_some() || step.send_to.is_some()) && without.is_empty() && step.with.is_empty() {
            return Some(RequestBody::None);
        }
        // A name with a variable of the case may be that of a member of the example.
        let name_of = |name: &String| self.filled(name).unwrap_or_else(|| name.clone());
        let members: Vec<(String, &Value)> = step.with.iter().map(|(name, value)| (name_of(name), value)).collect();
        Some(RequestBody::edited(operation, &without, members.iter().map(|(name, value)| (name, *value))))
    }

    fn repetition(&mut self, below: &[PathStep], step: &Step) -> Repetition {
        match (step.burst, step.poll) {
            (Some(_), Some(_)) => {
                self.report(below, "only one of `burst` and `poll` is allowed");
                Repetition::Once
            }
            (Some(burst), None) => {
                if step.expect.is_none() {
                    self.report(&with(below, "burst"), "`burst` needs `expect`: it ends with a refusal");
                }
                if burst.accepted.is_some_and(|accepted| accepted > burst.at_most) {
                    self.report(&with(below, "burst"), "`accepted` must not be more than `at_most`");
                }
                Repetition::Burst(burst)
            }
            (None, Some(poll)) => Repetition::Poll(poll),
            (None, None) => Repetition::Once,
        }
    }

    /// Compiles an expectation; `None` if one of its names is not clear, which is then reported.
    fn asserted(
        &mut self,
        below: &[PathStep],
        expect: &Expect,
        route: Option<&Route>,
        clause: Option<String>,
    ) -> Option<Asserted> {
        let (variables, optional) = (self.variables, &self.optional);
        let subject = Subject { contract: self.contract, route, variables, optional };
        let at = with(below, "expect");
        for fault in expectation::faults(&subject, expect) {
            let place: Vec<PathStep> = at.iter().cloned().chain(fault.at).collect();
            self.problems.push(self.at.problem(&place, fault.message).with_help(fault.help));
        }
        if let Some(label) = expect.same_as.as_ref().filter(|label| !self.labels.contains(*label)) {
            let known: Vec<String> = self.labels.iter().cloned().collect();
            let problem = self.at.problem(&with(&at, "same_as"), format!("no earlier step has `label: {label}`"));
            self.problems.push(problem.with_help(suggestion(label, &known)));
        }
        let mut named = |member: &str, entries: &[String]| {
            for entry in entries {
                self.known_before_the_run(&with(&at, member), member, entry)?;
            }
            codes(entries, self.variables).ok()
        };
        let error = named("error", &expect.error);
        let not_error = named("not_error", &expect.not_error);
        let tolerate = named("tolerate", &expect.tolerate);
        let status = named("status", &expect.status);
        let resolved = Resolved { error: error?, not_error: not_error?, tolerate: tolerate?, status: status? };
        Some(Asserted { clause, clause_of_token: None, expectation: expectation(expect, resolved) })
    }

    /// Reads `keep`, reports invalid sources and names, and defines the variables for later steps.
    fn keep(&mut self, below: &[PathStep], step: &Step, route: Option<&Route>) -> Vec<Keep> {
        let mut kept = Vec::new();
        for (name, from) in &step.keep {
            let at = with(&with(below, "keep"), name);
            let (optional, source) = from.strip_prefix("optional ").map_or((false, from.as_str()), |rest| (true, rest));
            let Some(part) = KeptPart::parse(source) else {
                let message = format!(
                    "`{from}` is not a valid source: expected `body /pointer`, `header NAME` or `status`, \
                     perhaps after `optional`"
                );
                self.report(&at, message);
                continue;
            };
            if matches!(part, KeptPart::Body(_)) && route.is_some_and(Route::is_head) {
                self.report(&at, "a response to HEAD has no body, so nothing can be kept from it");
            }
            if self.variables.contains_key(name) {
                let message = format!("`{name}` is already a variable of the case, and the response would replace it");
                let problem = self.at.problem(&at, message);
                self.problems.push(problem.with_help(Some("give one of them another name".to_owned())));
            }
            if optional {
                self.optional.insert(name.clone());
            } else {
                self.optional.remove(name);
            }
            self.defined.insert(name.clone());
            kept.push(Keep { name: name.clone(), optional, part });
        }
        kept
    }

    /// Reports headers that the client would replace or cannot send, because the record must show what was sent.
    fn check_headers(&mut self, below: &[PathStep], step: &Step) {
        for (name, value) in &step.headers {
            let at = with(&with(below, "headers"), name);
            let Some(filled) = self.filled(name) else { continue };
            if !header_match::is_name(&filled) {
                self.report(&at, format!("`{filled}` is not a valid header name"));
            }
            if CONNECTION_HEADERS.iter().any(|other| filled.eq_ignore_ascii_case(other)) && value.is_some() {
                let problem = self.at.problem(
                    &at,
                    format!("`{filled}` is a header of the connection, which the HTTP client sets itself"),
                );
                self.problems.push(problem.with_help(Some("remove it".to_owned())));
            }
            let unsendable = |value: String| http::HeaderValue::from_bytes(value.as_bytes()).is_err();
            if value.as_ref().and_then(|value| self.filled(value)).is_some_and(unsendable) {
                self.report(&at, format!("the value of `{filled}` cannot be sent: it contains control characters"));
            }
        }
    }

    fn check_query(&mut self, below: &[PathStep], step: &Step) {
        let scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
        for (name, value) in &step.query {
            let is_valid = match value {
                Value::Array(values) => values.iter().all(scalar),
                one => scalar(one),
            };
            if !is_valid {
                let at = with(&with(below, "query"), name);
                self.report(
                    &at,
                    format!("`{name}` must be a string, a number, a boolean or a list of them, found {value}"),
                );
            }
        }
    }
}

/// The parameters of the path, in order. One without a value is the variable of its name.
fn path_of(step: &Step, operation: &Operation) -> Vec<(String, Template)> {
    let template = |name: &str| match step.path.get(name) {
        Some(given) => Template::parse(given),
        None => Template::parse(&format!("${{{name}}}")),
    };
    operation.parameters().into_iter().map(|name| (name.to_owned(), template(name))).collect()
}

/// The codes and statuses of an expectation, without templates.
struct Resolved {
    error: Vec<String>,
    not_error: Vec<String>,
    tolerate: Vec<String>,
    status: Vec<String>,
}

/// For expectations whose codes and statuses have no templates, such as those of properties.
impl From<&Expect> for Expectation {
    fn from(expect: &Expect) -> Self {
        let resolved = Resolved {
            error: expect.error.clone(),
            not_error: expect.not_error.clone(),
            tolerate: expect.tolerate.clone(),
            status: expect.status.clone(),
        };
        expectation(expect, resolved)
    }
}

fn expectation(expect: &Expect, resolved: Resolved) -> Expectation {
    let Resolved { error, not_error, tolerate, status } = resolved;
    let has_outcome = expect.success || !error.is_empty() || !not_error.is_empty();
    let outcome = match (expect.any_documented, expect.any_refusal) {
        (true, _) => AcceptedResponses::AnyDocumented,
        (false, true) => AcceptedResponses::AnyRefusal { errors: error },
        (false, false) if !not_error.is_empty() => AcceptedResponses::AnyExcept(not_error),
        // A body alone is that of a success.
        (false, false) if !has_outcome && expect.status.is_empty() => {
            AcceptedResponses::Listed { success: true, errors: Vec::new() }
        }
        (false, false) if !has_outcome => AcceptedResponses::AnyResponse,
        (false, false) => AcceptedResponses::Listed { success: expect.success, errors: error },
    };
    Expectation {
        statuses: status,
        tolerate,
        field: parsed(&expect.field),
        body: expect.body.iter().map(|(at, value)| (Template::parse(at), ValueTemplate::parse(value))).collect(),
        headers: expect.headers.iter().map(|(name, wanted)| (name.clone(), wanted.into())).collect(),
        same_as: expect.same_as.clone(),
        must_respond: expect.must_respond,
        in_envelope: expect.in_envelope,
        why: expect.why.clone(),
        outcome,
    }
}

impl From<&HeaderMatch> for HeaderExpectation {
    fn from(wanted: &HeaderMatch) -> Self {
        Self {
            present: wanted.present,
            equals: parsed(&wanted.equals),
            contains: parsed(&wanted.contains),
            matches: parsed(&wanted.matches),
            below: parsed(&wanted.below),
            at_least: parsed(&wanted.at_least),
            tolerance: wanted.tolerance,
            optional: wanted.optional,
        }
    }
}

impl From<&RequiredHeader> for HeaderExpectation {
    /// The catalogue has no templates: its texts are compared as they are written.
    fn from(entry: &RequiredHeader) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(Template::literal);
        let bound = |bound: Option<i64>| bound.map(|bound| Template::literal(bound.to_string()));
        let (equals, contains, matches) = (text(&entry.equals), text(&entry.contains), text(&entry.matches));
        let (below, at_least) = (bound(entry.below), bound(entry.at_least));
        let compares = [&equals, &contains, &matches, &below, &at_least].iter().any(|text| text.is_some());
        let present = (!compares).then_some(true);
        Self { present, equals, contains, matches, below, at_least, ..Self::default() }
    }
}

fn sign(sign: &model::Sign) -> Sign {
    Sign {
        offset_seconds: sign.offset_seconds,
        timestamp: parsed(&sign.timestamp),
        other_secret: sign.other_secret,
        secret: parsed(&sign.secret),
        signed_body: parsed(&sign.signed_body),
        covers: sign.covers,
        alter: sign.alter,
        omit: sign.omit.clone(),
    }
}

fn parsed(text: &Option<String>) -> Option<Template> {
    text.as_deref().map(Template::parse)
}
