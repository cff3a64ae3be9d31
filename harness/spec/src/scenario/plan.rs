//! The compiled form of a test: what the runner executes, and what lists, explanations and scripts read.
//!
//! `compile` makes it from the syntax in `model`, and refuses what it cannot resolve. So an operation, an actor, a clause
//! and an error code are known here, and a step has exactly one action. Values may still be templates: they depend on
//! responses, or are unique to a run.

use std::sync::Arc;

use serde_json::Value;

use super::alteration::Alteration;
use super::model::{Burst, Covered, Poll, Reply, Shared, SignatureAlteration, SignatureHeader, Wait};
use super::template::{Template, ValueTemplate};
use crate::contract::Operation;

/// One step of a test.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub action: Action,
    /// The line of the step in the file of its scenario; `None` for a step of a fixture.
    pub line: Option<usize>,
    /// The shared fixture that this step belongs to.
    pub shared: Option<Shared>,
    /// Skip this step if an earlier expectation of the test is unmet, because it would report the same fault again.
    pub skip_after_failure: bool,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Call(Box<Call>),
    Wait(Wait),
    /// Sets the responses of our webhook endpoint.
    Listen(Listen),
    /// Waits for deliveries to our webhook endpoint, and judges them.
    Await(Await),
}

impl Step {
    pub fn call(&self) -> Option<&Call> {
        match &self.action {
            Action::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The expectation about a response, if the step has one.
    pub fn expectation(&self) -> Option<&Expectation> {
        Some(&self.call()?.asserted.as_ref()?.expectation)
    }

    /// The clause that the step is about, if it asserts something. Steps of fixtures rarely name one.
    pub fn clause(&self) -> Option<&str> {
        let tested = match &self.action {
            Action::Call(call) => &call.asserted.as_ref()?.clause,
            Action::Await(awaited) => &awaited.clause,
            Action::Wait(_) | Action::Listen(_) => return None,
        };
        tested.as_deref()
    }

    /// Whether the step waits for something, or is sent more than once.
    pub fn takes_long(&self) -> bool {
        match &self.action {
            Action::Call(call) => !matches!(call.repetition, Repetition::Once),
            Action::Wait(_) | Action::Await(_) => true,
            Action::Listen(_) => false,
        }
    }

    pub fn is_await(&self) -> bool {
        matches!(self.action, Action::Await(_))
    }

    pub fn is_burst(&self) -> bool {
        self.call().is_some_and(|call| matches!(call.repetition, Repetition::Burst(_)))
    }

    pub fn is_poll(&self) -> bool {
        self.call().is_some_and(|call| matches!(call.repetition, Repetition::Poll(_)))
    }
}

/// A request, and what is expected of its response.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub operation: Arc<Operation>,
    /// The HTTP method: that of the operation, or one that its path does not document.
    pub method: String,
    /// A path that no operation has, instead of the operation's.
    pub send_to: Option<Template>,
    /// The actor whose credential is sent.
    pub actor: Option<String>,
    pub alter: Option<Alteration>,
    /// The parameters of the path: one for each that the operation has.
    pub path: Vec<(String, Template)>,
    /// Query parameters; a list repeats its parameter.
    pub query: Vec<(Template, ValueTemplate)>,
    /// Headers to send; `None` removes a header that would be sent by default.
    pub headers: Vec<(Template, Option<Template>)>,
    pub body: RequestBody,
    pub sign: Option<Sign>,
    pub repetition: Repetition,
    /// What must be true of the response; a call without it is part of the setup and must succeed.
    pub asserted: Option<Asserted>,
    pub keep: Vec<Keep>,
    /// A name for the response, for `same_as` in a later step.
    pub label: Option<String>,
}

impl Call {
    /// A single call with the operation's example as its body, and path parameters from the variables of their names.
    pub fn new(operation: Arc<Operation>, actor: Option<String>) -> Self {
        let parameters = operation.parameters();
        let path = parameters.iter().map(|name| ((*name).to_owned(), Template::parse(&format!("${{{name}}}"))));
        Self {
            path: path.collect(),
            body: RequestBody::example(&operation),
            method: operation.method.clone(),
            send_to: None,
            operation,
            actor,
            alter: None,
            query: Vec::new(),
            headers: Vec::new(),
            sign: None,
            repetition: Repetition::Once,
            asserted: None,
            keep: Vec::new(),
            label: None,
        }
    }

    pub fn expectation(&self) -> Option<&Expectation> {
        Some(&self.asserted.as_ref()?.expectation)
    }

    /// Whether a request that can change something must succeed (true) or be refused (false). If the outcome is the other
    /// one, the target's data are not what later steps assume. None for a safe method (RFC 9110, section 9.2.1), for a
    /// burst, and if the expectation permits both.
    pub fn expected_effect(&self) -> Option<bool> {
        if is_safe(&self.method) || matches!(self.repetition, Repetition::Burst(_)) {
            return None;
        }
        let expectation = self.expectation()?;
        match &expectation.outcome {
            AcceptedResponses::Listed { success: true, errors }
                if errors.is_empty() && expectation.tolerate.is_empty() =>
            {
                Some(true)
            }
            AcceptedResponses::Listed { success: false, .. } | AcceptedResponses::AnyRefusal { .. } => Some(false),
            _ => None,
        }
    }

    /// The path in the description, or the other path to which the request is sent.
    pub fn path_in_words(&self) -> &str {
        self.send_to.as_ref().map_or(self.operation.path.as_str(), Template::source)
    }
}

/// How often a request is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Repetition {
    Once,
    /// Until the expectation is met, or the response is a success if there is no expectation.
    Poll(Poll),
    /// Many times concurrently, until it is refused.
    Burst(Burst),
}

#[derive(Clone, Debug, PartialEq)]
pub enum RequestBody {
    None,
    Bytes(Arc<[u8]>),
    Text(Template),
    /// A JSON value. An object is sent as a form if the content type of the request is that of a form.
    Value(ValueTemplate),
}

impl RequestBody {
    /// The operation's example.
    pub fn example(operation: &Operation) -> Self {
        operation
            .example
            .as_ref()
            .map_or(RequestBody::None, |example| RequestBody::Value(ValueTemplate::parse(example)))
    }

    /// The operation's example, without some members and with others.
    pub fn edited<'v>(
        operation: &Operation,
        without: &[String],
        with: impl IntoIterator<Item = (&'v String, &'v Value)>,
    ) -> Self {
        let Some(Value::Object(example)) = &operation.example else { return RequestBody::example(operation) };
        let mut members = example.clone();
        for name in without {
            members.shift_remove(name);
        }
        members.extend(with.into_iter().map(|(name, value)| (name.clone(), value.clone())));
        RequestBody::Value(ValueTemplate::parse(&Value::Object(members)))
    }
}

/// An expectation, with the clause that it tests.
#[derive(Clone, Debug, PartialEq)]
pub struct Asserted {
    /// If there is none, as in most fixtures, an unmet expectation violates the first clause of the test.
    pub clause: Option<String>,
    /// The clause instead, if the credential of the actor is a JSON Web Token.
    pub clause_of_token: Option<String>,
    pub expectation: Expectation,
}

/// True for a safe method (RFC 9110, section 9.2.1).
pub fn is_safe(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

/// What a step expects of its response.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    pub outcome: AcceptedResponses,
    /// Statuses or classes of statuses that restrict the outcome.
    pub statuses: Vec<String>,
    /// Codes that are accepted with a warning.
    pub tolerate: Vec<String>,
    /// The field that the response must name, if its code names a field.
    pub field: Option<Template>,
    /// A value or a matcher for each JSON Pointer.
    pub body: Vec<(Template, ValueTemplate)>,
    pub headers: Vec<(String, HeaderExpectation)>,
    /// The label of an earlier step; the response must have the same status and body.
    pub same_as: Option<String>,
    /// True if a timeout is a violation; otherwise the test is inconclusive.
    pub must_respond: bool,
    /// What happens if the status is right, but no published code can be read: if true, this expectation is violated as
    /// well as the clause of the envelope; if false, its clause stays open.
    pub in_envelope: bool,
    pub why: Option<String>,
}

/// The responses that an expectation accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptedResponses {
    /// A documented success (if `success`), or one of these error codes.
    Listed { success: bool, errors: Vec<String> },
    /// Any documented refusal with a status from 400 to 499, or one of these other error codes.
    AnyRefusal { errors: Vec<String> },
    /// Any documented response except a server error.
    AnyDocumented,
    /// Any response except these error codes.
    AnyExcept(Vec<String>),
    /// Any response; `statuses` restricts it.
    AnyResponse,
}

impl Expectation {
    pub fn new(outcome: AcceptedResponses) -> Self {
        Self {
            outcome,
            statuses: Vec::new(),
            tolerate: Vec::new(),
            field: None,
            body: Vec::new(),
            headers: Vec::new(),
            same_as: None,
            must_respond: false,
            in_envelope: false,
            why: None,
        }
    }

    /// The error codes that are accepted by name.
    pub fn errors(&self) -> &[String] {
        match &self.outcome {
            AcceptedResponses::Listed { errors, .. } | AcceptedResponses::AnyRefusal { errors } => errors,
            _ => &[],
        }
    }

    /// Whether a success is accepted by name.
    pub fn success(&self) -> bool {
        matches!(self.outcome, AcceptedResponses::Listed { success: true, .. })
    }

    /// Whether nothing but a success is accepted.
    pub fn only_success(&self) -> bool {
        self.success() && self.errors().is_empty()
    }

    /// Whether it names an error code, as accepted, tolerated or excluded.
    pub fn mentions(&self, code: &str) -> bool {
        let excluded = match &self.outcome {
            AcceptedResponses::AnyExcept(codes) => codes.as_slice(),
            _ => &[],
        };
        self.errors().iter().chain(&self.tolerate).chain(excluded).any(|mentioned| mentioned == code)
    }

    /// The accepted outcomes, in words. `code` writes an error code, `success` a success.
    pub fn accepted(&self, success: &str, code: impl Fn(&String) -> String) -> Vec<String> {
        let mut accepted = Vec::new();
        if self.success() {
            accepted.push(success.to_owned());
        }
        accepted.extend(self.errors().iter().map(code));
        match &self.outcome {
            AcceptedResponses::AnyRefusal { .. } => accepted.push("any documented refusal (400 to 499)".to_owned()),
            AcceptedResponses::AnyDocumented => accepted.push("any documented response but a server error".to_owned()),
            AcceptedResponses::AnyExcept(codes) => accepted.push(format!("anything but {}", codes.join(" or "))),
            AcceptedResponses::Listed { .. } | AcceptedResponses::AnyResponse => {}
        }
        accepted
    }
}

/// What is expected of a header; all its conditions must be satisfied. See `HeaderMatch` for the members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeaderExpectation {
    pub present: Option<bool>,
    pub equals: Option<Template>,
    pub contains: Option<Template>,
    pub matches: Option<Template>,
    pub below: Option<Template>,
    pub at_least: Option<Template>,
    pub tolerance: i64,
    pub optional: bool,
}

/// A variable that is kept from a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    pub name: String,
    /// Whether the variable is null if the response does not have the part; otherwise the step fails.
    pub optional: bool,
    pub part: KeptPart,
}

/// A part of a response that can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptPart {
    Status,
    /// The value at a JSON Pointer of the body.
    Body(String),
    /// The value of a header.
    Header(String),
}

impl KeptPart {
    /// Parses `body /pointer`, `header NAME` or `status`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once(' ') {
            None if text == "status" => Some(Self::Status),
            Some(("body", pointer)) if pointer.starts_with('/') => Some(Self::Body(pointer.to_owned())),
            Some(("header", name)) if super::header_match::is_name(name) => Some(Self::Header(name.to_owned())),
            _ => None,
        }
    }
}

impl std::fmt::Display for KeptPart {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status => formatter.write_str("status"),
            Self::Body(pointer) => write!(formatter, "body {pointer}"),
            Self::Header(name) => write!(formatter, "header {name}"),
        }
    }
}

/// How an inbound event is signed; by default as in the contract.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sign {
    /// The offset of the timestamp from the current time, in seconds; negative for the past.
    pub offset_seconds: i64,
    /// The timestamp as text, instead of a time.
    pub timestamp: Option<Template>,
    /// True to sign with another secret.
    pub other_secret: bool,
    /// The secret, instead of the shared one.
    pub secret: Option<Template>,
    /// The text that is signed, instead of the body.
    pub signed_body: Option<Template>,
    pub covers: Covered,
    pub alter: Option<SignatureAlteration>,
    /// Headers to leave out.
    pub omit: Vec<SignatureHeader>,
}

/// The responses of our webhook endpoint to deliveries whose body contains a text; others get 204.
#[derive(Clone, Debug, PartialEq)]
pub struct Listen {
    pub body_contains: Template,
    /// The responses in order; the last one is repeated.
    pub responses: Vec<Reply>,
}

/// Deliveries to wait for.
#[derive(Clone, Debug, PartialEq)]
pub struct Await {
    /// As in [`Asserted`].
    pub clause: Option<String>,
    /// The exact number of times that each event must be delivered.
    pub attempts: u32,
    /// A text in the bodies that identifies these deliveries.
    pub body_contains: Template,
    /// The secret with which they are signed.
    pub secret: Template,
    /// How long to wait for them; by default as long as this number of attempts may take.
    pub within_seconds: Option<u32>,
}
