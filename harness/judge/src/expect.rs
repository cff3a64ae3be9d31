//! Compares a response with the expectation of its step.
//!
//! The comparison is pure and lists every violation. The runner records the findings and the coverage.

use serde_json::Value;

use super::header;
use super::matcher::mismatch_at_pointer;
use crate::check::{self, CODE_STATUS_CHECK, ExchangeContext, FIELD_CHECK};
use crate::finding::{EXPECTATION, Finding, Part, Violation, quoted};
use spec::contract::{ErrorCode, Level, OccursIn};
use spec::scenario::{AcceptedResponses, Expectation, Variables, status, template};

/// The result of comparing a response with an expectation.
#[derive(Debug)]
pub struct Comparison {
    /// Violations, and warnings for tolerated responses.
    pub findings: Vec<Finding>,
    /// Whether the assertion holds.
    pub holds: Holds,
    /// What the response shows about the clause.
    pub shown: Shown,
}

impl Comparison {
    /// The result if there is nothing to compare.
    pub fn unclear(reason: &str) -> Self {
        Self { findings: Vec::new(), holds: Holds::Unclear, shown: Shown::Open(reason.to_owned()) }
    }
}

/// What a response shows about the clause of an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It could have violated the clause and did not. Holds the error code if the expectation asks for it.
    Upheld(Option<String>),
    /// It shows nothing about the clause, for this reason.
    Open(String),
    /// It violates the clause.
    Violated,
}

/// Whether an assertion holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Yes,
    No,
    /// The response has no readable published code. The checks of the envelope report that.
    Unclear,
}

/// An earlier response that a later one must repeat.
pub struct Earlier {
    pub status: u16,
    pub body: Option<Value>,
}

/// An expectation with everything that its judgement needs.
pub struct Assertion<'c> {
    pub expected: &'c Expectation,
    /// The clause that an unmet expectation violates.
    pub clause: &'c str,
    /// The level of that clause.
    pub level: Level,
    pub variables: &'c Variables,
    /// The response that this one must repeat.
    pub same_as: Option<&'c Earlier>,
    /// The index of the exchange in its test.
    pub index: usize,
}

impl Assertion<'_> {
    pub fn judge(&self, context: &ExchangeContext<'_>) -> Result<Comparison, template::Undefined> {
        let mut findings = Vec::new();
        let (holds, shown) = match self.classify(context) {
            Classified::Unreadable => (Holds::Unclear, Shown::Open(self.summary(context))),
            Classified::Wrong(violation) => {
                findings.push(self.finding(violation, self.level));
                (Holds::No, Shown::Violated)
            }
            right => {
                let tolerated = matches!(right, Classified::Tolerated(_));
                if let Classified::Tolerated(violation) = right {
                    findings.push(self.finding(violation, Level::Should));
                }
                let Details { violations, undocumented } = self.details(context)?;
                let met = violations.is_empty();
                findings.extend(violations.into_iter().map(|violation| self.finding(violation, self.level)));
                match (met, undocumented, tolerated) {
                    (true, Some(member), _) => (
                        Holds::Unclear,
                        Shown::Open(format!("{} without a documented {member}", self.summary(context))),
                    ),
                    (true, None, false) => (Holds::Yes, self.shown(context)?),
                    (true, None, true) => {
                        (Holds::Yes, Shown::Open(format!("{}, which is tolerated", self.summary(context))))
                    }
                    (false, ..) => (Holds::No, Shown::Violated),
                }
            }
        };
        Ok(Comparison { findings, holds, shown })
    }

    /// What a response that meets the expectation shows about its clause. The clause stays open if the response could
    /// not have violated it.
    fn shown(&self, context: &ExchangeContext<'_>) -> Result<Shown, template::Undefined> {
        let expected = self.expected;
        if let Some(reason) = self.header_not_sent(context)? {
            return Ok(Shown::Open(reason));
        }
        if expected.same_as.is_some() && self.same_as.is_none() {
            return Ok(Shown::Open("there is no earlier response to compare with".to_owned()));
        }
        if context.is_success() {
            return Ok(Shown::Upheld(self.code_in_log(context)?));
        }
        let code = context.entry().map(|entry| entry.code.clone());
        if code.as_ref().is_some_and(|code| expected.errors().contains(code)) {
            return Ok(Shown::Upheld(code));
        }
        let status = context.response.status;
        let judged = match expected.outcome {
            AcceptedResponses::AnyDocumented => !is_about_the_caller(status) && !is_about_the_route(status),
            AcceptedResponses::AnyRefusal { .. } => !is_about_the_caller(status),
            // A refusal because of the caller shows something only if its status is named.
            AcceptedResponses::AnyResponse => {
                expected.statuses.contains(&status.to_string()) || !is_about_the_caller(status)
            }
            AcceptedResponses::Listed { .. } | AcceptedResponses::AnyExcept(_) => false,
        };
        Ok(if judged { Shown::Upheld(None) } else { Shown::Open(self.summary(context)) })
    }

    /// Why an `optional` header shows nothing: it is absent in this response, or in the earlier one that gives its bound.
    fn header_not_sent(&self, context: &ExchangeContext<'_>) -> Result<Option<String>, template::Undefined> {
        for (name, wanted) in self.expected.headers.iter().filter(|(_, wanted)| wanted.optional) {
            if context.response.header(name).is_none() {
                let status = context.response.status;
                return Ok(Some(format!(
                    "the header {name} was not sent with status {status} of {}",
                    context.operation.id
                )));
            }
            for bound in [&wanted.below, &wanted.at_least].into_iter().flatten() {
                if bound.text(self.variables)?.parse::<i64>().is_err() {
                    return Ok(Some(format!("the header {name} was not sent in the earlier response to compare with")));
                }
            }
        }
        Ok(None)
    }

    /// The code of a delivery log in a success body, if the expectation names it.
    fn code_in_log(&self, context: &ExchangeContext<'_>) -> Result<Option<String>, template::Undefined> {
        let logged = context.contract.catalog.codes.iter().filter(|entry| entry.occurs_in == OccursIn::DeliveryLog);
        let logged: Vec<&String> = logged.map(|entry| &entry.code).collect();
        let (Some(body), false) = (&context.body, logged.is_empty()) else { return Ok(None) };
        for (_, value) in &self.expected.body {
            let value = value.value(self.variables)?;
            if let Some(code) = logged.iter().find(|code| holds_text(&value, code) && holds_text(body, code)) {
                return Ok(Some((*code).clone()));
            }
        }
        Ok(None)
    }

    fn summary(&self, context: &ExchangeContext<'_>) -> String {
        format!("{} returned {}", context.operation.id, actual(context))
    }

    fn finding(&self, violation: Violation, level: Level) -> Finding {
        Finding {
            clause: self.clause.to_owned(),
            check: EXPECTATION.to_owned(),
            level,
            message: String::new(),
            expected: violation.expected,
            actual: violation.actual,
            part: violation.part,
            exchange: self.index,
            line: None,
        }
    }

    /// Whether the response is an expected outcome. `details` compares the rest afterwards.
    fn classify(&self, context: &ExchangeContext<'_>) -> Classified {
        let expected = self.expected;
        let code = context.code.as_ref();
        if context.is_success() {
            let is_expected = match &expected.outcome {
                AcceptedResponses::Listed { success, .. } => *success,
                AcceptedResponses::AnyRefusal { .. } => false,
                AcceptedResponses::AnyDocumented | AcceptedResponses::AnyExcept(_) | AcceptedResponses::AnyResponse => {
                    true
                }
            };
            return if is_expected { Classified::Accepted } else { self.wrong(context) };
        }
        if self.is_listed(context, expected.errors()) {
            return Classified::Accepted;
        }
        if self.is_listed(context, &expected.tolerate) {
            return self.tolerated(context);
        }
        let is_accepted = match &expected.outcome {
            AcceptedResponses::AnyResponse => true,
            AcceptedResponses::AnyDocumented | AcceptedResponses::AnyRefusal { .. } => self.documented(context),
            AcceptedResponses::AnyExcept(codes) => !code.is_some_and(|code| codes.contains(code)),
            AcceptedResponses::Listed { .. } => false,
        };
        if is_accepted {
            return Classified::Accepted;
        }
        // If no published code can be read, and a check reports that, and at least the status is right, the assertion is
        // not reported as violated a second time.
        let may_be_right = context.entry().is_none() && has_status_of(context, expected.errors());
        let reported = may_be_right && check::reports_unreadable_code(context, self.level);
        if reported && !expected.in_envelope { Classified::Unreadable } else { self.wrong(context) }
    }

    /// Whether a response has one of these codes. A response to HEAD has no body, so only the status shows the code.
    fn is_listed(&self, context: &ExchangeContext<'_>, codes: &[String]) -> bool {
        context.code.as_ref().is_some_and(|code| codes.contains(code))
            || context.is_head() && has_status_of(context, codes)
    }

    /// Whether the response may be a documented one below 500: a refusal, or (for `any_documented`) a redirection or a
    /// response to a conditional request. Whether a refusal has a documented status and code is judged by checks.
    fn documented(&self, context: &ExchangeContext<'_>) -> bool {
        let status = context.response.status;
        let readable = context.entry().is_some() || !self.expected.in_envelope || context.is_head();
        let redirects = self.expected.outcome == AcceptedResponses::AnyDocumented;
        match status {
            // A 2xx status with a published code: checks report the status.
            200..300 => context.entry().is_some(),
            400..500 => readable,
            300..400 => redirects && context.contract.catalog.statuses.contains(&status),
            _ => false,
        }
    }

    fn tolerated(&self, context: &ExchangeContext<'_>) -> Classified {
        let why = self.expected.why.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
        let expected = format!("preferably {}", self.accepted(context));
        let actual = format!("{}, which is tolerated{why}", context.code.clone().unwrap_or_else(|| actual(context)));
        Classified::Tolerated(Violation::new(self.part(context), expected, actual))
    }

    fn part(&self, context: &ExchangeContext<'_>) -> Part {
        match context.code {
            Some(_) => Part::Body(context.contract.catalog.envelope.pointers.code.clone()),
            None => Part::Status,
        }
    }

    fn wrong(&self, context: &ExchangeContext<'_>) -> Classified {
        Classified::Wrong(Violation::new(self.part(context), self.accepted(context), actual(context)))
    }

    /// The accepted outcomes, as text.
    fn accepted(&self, context: &ExchangeContext<'_>) -> String {
        let success = format!("success ({})", context.operation.success_statuses());
        let code = |code: &String| match context.contract.catalog.code(code).and_then(ErrorCode::statuses_in_words) {
            Some(status) => format!("{code} ({status})"),
            None => code.clone(),
        };
        self.expected.accepted(&success, code).join(" or ")
    }

    /// Compares the details of an expected outcome: status, body, headers, field, repetition.
    fn details(&self, context: &ExchangeContext<'_>) -> Result<Details, template::Undefined> {
        let (mut violations, mut undocumented) = (Vec::new(), None);
        let statuses = &self.expected.statuses;
        if !statuses.is_empty() && !status::matches(statuses, context.response.status) {
            violations.push(Violation::new(Part::Status, statuses.join(" or "), actual(context)));
        }
        for (pointer, expected) in &self.expected.body {
            let pointer = pointer.text(self.variables)?;
            let expected = expected.value(self.variables)?;
            let found = context.body.as_ref().and_then(|body| body.pointer(&pointer));
            match mismatch_at_pointer(&expected, found) {
                Some(_) if check::reports_member(context, &pointer, found.is_none(), self.level) => {
                    undocumented = Some(pointer)
                }
                Some((expected, actual)) => violations.push(Violation::body(&pointer, expected, actual)),
                None => {}
            }
        }
        for (name, wanted) in &self.expected.headers {
            violations.extend(header::violation(context.response, name, wanted, self.variables)?);
        }
        violations.extend(self.status_of_code(context));
        violations.extend(self.field(context)?);
        violations.extend(self.same_as.and_then(|earlier| difference_from(earlier, context)));
        Ok(Details { violations, undocumented })
    }

    /// The wrong status of an expected code, if any. Applies only if no clause of the same level has the check that compares
    /// code and status in every response. A status that the step names itself is compared by its own expectation.
    fn status_of_code(&self, context: &ExchangeContext<'_>) -> Option<Violation> {
        let entry = context.entry().filter(|_| self.expected.statuses.is_empty())?;
        let checked = check::is_judged(context.contract, CODE_STATUS_CHECK, self.level);
        let named = self.expected.errors().contains(&entry.code) || self.expected.tolerate.contains(&entry.code);
        let is_compared = !checked && named && !entry.statuses.is_empty();
        check::wrong_status(entry, context.response.status).filter(|_| is_compared)
    }

    /// The wrong field name, if any. Applies only if no clause of the same level has the check that compares the field in
    /// every response.
    fn field(&self, context: &ExchangeContext<'_>) -> Result<Option<Violation>, template::Undefined> {
        let Some(field) = &self.expected.field else { return Ok(None) };
        let checked = check::is_judged(context.contract, FIELD_CHECK, self.level);
        let names_field = context.entry().is_some_and(|entry| entry.names_field);
        let envelope = &context.contract.catalog.envelope;
        let pointer = envelope.pointers.field.as_deref();
        let Some(pointer) = pointer.filter(|_| !checked && names_field) else { return Ok(None) };
        let field = field.text(self.variables)?;
        let found = context.body.as_ref().map(|body| envelope.fields_in(body)).unwrap_or_default();
        let form = envelope.field_form;
        if found.iter().filter_map(|found| found.as_str()).any(|found| form.is_same(&field, found)) {
            return Ok(None);
        }
        let actual = found.first().map_or_else(|| "nothing there".to_owned(), |found| spec::contract::shown(found));
        Ok(Some(Violation::body(pointer, quoted(&form.written(&field)), actual)))
    }
}

/// Credential, scope or quota: such a refusal shows nothing about the values that were sent (RFC 9110, RFC 6585).
fn is_about_the_caller(status: u16) -> bool {
    matches!(status, 401 | 403 | 407 | 429)
}

/// Unknown resource or method: such a refusal shows nothing about the values that were sent.
fn is_about_the_route(status: u16) -> bool {
    matches!(status, 404 | 405 | 410)
}

/// Whether any string or number inside a value equals a text.
pub fn holds_text(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => string == text,
        Value::Array(elements) => elements.iter().any(|element| holds_text(element, text)),
        Value::Object(members) => members.values().any(|inner| holds_text(inner, text)),
        Value::Number(number) => number.to_string() == text,
        _ => false,
    }
}

/// How a response differs from the earlier one that it must repeat.
fn difference_from(earlier: &Earlier, context: &ExchangeContext<'_>) -> Option<Violation> {
    let status = context.response.status;
    if earlier.status != status {
        let expected = format!("{}, as in the earlier response", earlier.status);
        return Some(Violation::new(Part::Status, expected, status.to_string()));
    }
    if context.is_head() || earlier.body == context.body {
        return None;
    }
    let shown = |body: &Option<Value>| body.as_ref().map_or_else(|| "no JSON".to_owned(), spec::contract::shown);
    Some(Violation::body("", format!("{}, as in the earlier response", shown(&earlier.body)), shown(&context.body)))
}

/// Whether a response has the documented status of one of these codes.
fn has_status_of(context: &ExchangeContext<'_>, codes: &[String]) -> bool {
    let entries = codes.iter().filter_map(|code| context.contract.catalog.code(code));
    entries.flat_map(|entry| &entry.statuses).any(|status| *status == context.response.status)
}

enum Classified {
    Accepted,
    Tolerated(Violation),
    Unreadable,
    Wrong(Violation),
}

/// What the details of an expected outcome show.
struct Details {
    violations: Vec<Violation>,
    /// A member that is absent, or not as documented. A check reports that, so it is not reported again for the clause of
    /// the expectation.
    undocumented: Option<String>,
}

/// The code and the status of a response.
pub fn actual(context: &ExchangeContext<'_>) -> String {
    let status = context.response.status;
    match &context.code {
        Some(code) => format!("{code} ({status})"),
        None if context.is_success() => format!("success ({status})"),
        // Only responses from 400 on have an error code, and responses to HEAD have none.
        None if !context.response.is_error() || context.is_head() => status.to_string(),
        None => format!("{status} without a readable error code"),
    }
}
