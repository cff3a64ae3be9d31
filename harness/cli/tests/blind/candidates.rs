//! Builds responses from the contract: successes, refusals, and the right response for an expectation.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::Utc;
use judge::check;
use judge::check::ExchangeContext;
use judge::exchange::{Exchange, Request, Response, Role};
use judge::expect::{Assertion, Earlier, Holds};
use serde_json::{Value, json};
use spec::contract::{Contract, DetailsValue, Level};
use spec::scenario::template::Template;
use spec::scenario::{AcceptedResponses, Expectation, Variables, status};

use super::matching;

/// An expectation with the contract, operation, clause and variables that it needs.
pub struct Case<'c> {
    pub contract: &'c Contract,
    pub operation: &'c str,
    pub expected: &'c Expectation,
    pub clause: &'c str,
    pub variables: &'c Variables,
}

/// A response before it is serialised.
#[derive(Clone)]
pub struct Candidate {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Option<Value>,
    pub text: Option<&'static str>,
}

/// The response that an expectation asks for.
pub struct Right {
    pub response: Candidate,
    /// The field that it names, if its code names a field.
    pub field: Option<String>,
    /// The earlier response that it must repeat.
    pub earlier: Option<Earlier>,
}

impl Right {
    pub fn of(case: &Case<'_>) -> Self {
        let Case { contract, expected, variables, .. } = case;
        let statuses = &expected.statuses;
        let mut response = match expected.errors().first() {
            Some(code) => case.refusal(code),
            None if matches!(expected.outcome, AcceptedResponses::AnyRefusal { .. }) => {
                let refusal = |status: u16| (400..500).contains(&status);
                let entry = contract.catalog.codes.iter().find(|entry| entry.status().is_some_and(refusal));
                case.refusal(&entry.expect("a refusal").code)
            }
            None => case.success(),
        };
        if let Some(permitted) = (200..600).find(|other| status::matches(statuses, *other))
            && !status::matches(statuses, response.status)
        {
            response.status = permitted;
        }
        let names_field = case.code_of(&response).is_some_and(|entry| entry.names_field);
        let field = expected.field.as_ref().filter(|_| names_field).map(|field| case.filled(field));
        if let (Some(field), Some(pointer)) = (&field, &contract.catalog.envelope.pointers.field) {
            response = response.with_member(pointer, Some(field.clone().into()));
        }
        for (pointer, value) in &expected.body {
            let expected = value.value(variables).expect("no unknown variable");
            response = response.with_member(&case.filled(pointer), matching::right(&expected));
        }
        for (name, expected_header) in &expected.headers {
            response = response.with_header(name, matching::right_header(expected_header, variables));
        }
        let earlier =
            expected.same_as.as_ref().map(|_| Earlier { status: response.status, body: response.response().json() });
        Self { response, field, earlier }
    }
}

impl<'c> Case<'c> {
    pub fn filled(&self, text: &Template) -> String {
        text.text(self.variables).expect("no unknown variable")
    }

    fn code_of(&self, response: &Candidate) -> Option<&'c spec::contract::ErrorCode> {
        let code = self.contract.catalog.code_in(response.body.as_ref()?)?;
        self.contract.catalog.code(&code)
    }

    /// The first documented success of the operation.
    pub fn success(&self) -> Candidate {
        let operation = self.contract.operation(self.operation).expect("an operation");
        let name = &operation.successes.first().expect("a success").name;
        let status = name.parse().unwrap_or(200);
        let body = (status != 204).then(|| json!({}));
        Candidate { status, headers: vec![("content-type".into(), "application/json".into())], body, text: None }
    }

    /// A refusal with all members and headers that its code requires.
    pub fn refusal(&self, code: &str) -> Candidate {
        let catalog = &self.contract.catalog;
        let entry = catalog.code(code).expect("a code");
        let pointers = &catalog.envelope.pointers;
        let written = code.parse::<i64>().map_or_else(|_| Value::from(code), Value::from);
        let mut response = Candidate {
            status: entry.status().expect("a status"),
            headers: vec![("content-type".into(), catalog.envelope.media_type.clone())],
            body: Some(json!({})),
            text: None,
        }
        .with_member(&pointers.code, Some(written))
        .with_member(&pointers.message, Some("It is so.".into()));
        if let Some(pointer) = &pointers.status {
            response = response.with_member(pointer, Some(entry.status().into()));
        }
        if let Some(request_id) = &catalog.request_id {
            response = response.with_header(&request_id.header, Some("id-1".into()));
        }
        let details = match entry.details_contain {
            Some(DetailsValue::Expiry) => "It ended 2020-01-01T00:00:00Z.",
            Some(DetailsValue::RequestId) => "See id-1.",
            None => "Nothing more.",
        };
        if let Some(pointer) = &pointers.details {
            response = response.with_member(pointer, Some(details.into()));
        }
        for (part, pointer) in [("retry_delay", &pointers.retry_delay), ("field", &pointers.field)] {
            if let Some(pointer) = pointer.as_ref().filter(|_| entry.requires.iter().any(|other| other == part)) {
                response = response.with_member(pointer, Some(if part == "field" { "some".into() } else { 1.into() }));
            }
        }
        if let Some(limit) = catalog.rate_limit.as_ref().filter(|limit| limit.code == code) {
            let reset = (Utc::now().timestamp() + 1).to_string();
            let headers = [
                (limit.limit.as_deref(), "5"),
                (limit.remaining.as_deref(), "0"),
                (limit.retry_after.as_deref(), "1"),
                (limit.reset.as_deref(), reset.as_str()),
            ];
            for (name, value) in headers.into_iter().filter_map(|(name, value)| Some((name?, value))) {
                response = response.with_header(name, Some(value.to_owned()));
            }
        }
        response
    }

    /// The findings of the checks and of the expectation about a response.
    pub fn findings_of(&self, response: &Candidate, right: &Right) -> BTreeSet<String> {
        let operation = self.contract.operation(self.operation).expect("an operation");
        let exchange = Exchange {
            role: Role::Asserted,
            request: Request {
                operation: operation.id.clone(),
                actor: "somebody".into(),
                method: operation.method.clone(),
                url: "http://127.0.0.1/".into(),
                path: "/".into(),
                headers: Vec::new(),
                body: Vec::new().into(),
            },
            outcome: Ok(response.response()),
            started: Utc::now(),
            took: Duration::ZERO,
        };
        let mut context = ExchangeContext::new(self.contract, &exchange).expect("a response");
        let field = self.expected.field.as_ref().map(|field| self.filled(field));
        context.field_at_fault = field.as_deref();
        let assertion = Assertion {
            expected: self.expected,
            clause: self.clause,
            level: Level::Must,
            variables: self.variables,
            same_as: right.earlier.as_ref(),
            index: 0,
        };
        let verdict = assertion.judge(&context).expect("no unknown variable");
        let findings = check::judge(&context, 0).findings.into_iter().chain(verdict.findings);
        let mut found: BTreeSet<String> =
            findings.map(|finding| format!("{} {} {}", finding.check, finding.part, finding.actual)).collect();
        if verdict.holds == Holds::No {
            found.insert("expectation".into());
        }
        found
    }
}

impl Candidate {
    pub fn html(status: u16) -> Self {
        Self { status, headers: vec![("content-type".into(), "text/html".into())], body: None, text: Some("<html>") }
    }

    pub fn response(&self) -> Response {
        let body = self.body.as_ref().map(Value::to_string).or_else(|| self.text.map(str::to_owned));
        let headers = self.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone().into_bytes()));
        Response { status: self.status, headers: headers.collect(), body: body.unwrap_or_default().into_bytes().into() }
    }

    /// A copy with the member at a pointer set or, without a value, removed.
    pub fn with_member(&self, pointer: &str, value: Option<Value>) -> Self {
        let mut body = self.body.clone().unwrap_or_else(|| json!({}));
        set(&mut body, pointer.strip_prefix('/'), value);
        Self { body: Some(body), ..self.clone() }
    }

    pub fn with_header(&self, name: &str, value: Option<String>) -> Self {
        let mut response = self.clone();
        response.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        response.headers.extend(value.map(|value| (name.to_owned(), value)));
        response
    }
}

fn set(at: &mut Value, rest: Option<&str>, value: Option<Value>) {
    let Some(rest) = rest else {
        *at = value.unwrap_or_default();
        return;
    };
    let (token, below) = rest.split_once('/').map_or((rest, None), |(token, below)| (token, Some(below)));
    let token = token.replace("~1", "/").replace("~0", "~");
    if !at.is_object() {
        *at = json!({});
    }
    let members = at.as_object_mut().expect("an object");
    match (below, value) {
        (None, None) => {
            members.remove(&token);
        }
        (below, value) => set(members.entry(token).or_insert(Value::Null), below, value),
    }
}
