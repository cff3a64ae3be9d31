//! Compares a response with the expectation of its step.
//!
//! The comparison is pure and lists every violation. `steps` records the findings and the coverage.

use serde_json::Value;

use super::header;
use super::matcher::mismatch_at_pointer;
use crate::check::{Context, FIELD_CHECK, quoted};
use crate::finding::{EXPECTATION, Finding, Part, Violation};
use spec::contract::{Level, Surface};
use spec::scenario::{Expect, Variables, codes, status, template};

/// The verdict of an expectation on a response.
#[derive(Debug)]
pub struct Verdict {
    /// Violations, and warnings for tolerated responses.
    pub findings: Vec<Finding>,
    /// Whether the assertion holds.
    pub holds: Holds,
    /// What the response shows about the clause.
    pub shown: Shown,
}

impl Verdict {
    /// The verdict if there is nothing to judge.
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
    pub expect: &'c Expect,
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
    pub fn judge(&self, context: &Context<'_>) -> Result<Verdict, template::Undefined> {
        let mut findings = Vec::new();
        let (holds, shown) = match self.outcome(context)? {
            Answer::Unreadable => (Holds::Unclear, Shown::Open(self.summary(context))),
            Answer::Wrong(violation) => {
                findings.push(self.finding(violation, self.level));
                (Holds::No, Shown::Violated)
            }
            right => {
                let tolerated = matches!(right, Answer::Tolerated(_));
                if let Answer::Tolerated(violation) = right {
                    findings.push(self.finding(violation, Level::Should));
                }
                let violations = self.detail_violations(context)?;
                let met = violations.is_empty();
                findings.extend(violations.into_iter().map(|violation| self.finding(violation, self.level)));
                match (met, tolerated) {
                    (true, false) => (Holds::Yes, self.shown(context)?),
                    (true, true) => (Holds::Yes, Shown::Open(format!("{}, which is tolerated", self.summary(context)))),
                    (false, _) => (Holds::No, Shown::Violated),
                }
            }
        };
        Ok(Verdict { findings, holds, shown })
    }

    /// What a response that meets the expectation shows about its clause. The clause stays open if the response could
    /// not have violated it.
    fn shown(&self, context: &Context<'_>) -> Result<Shown, template::Undefined> {
        let expect = self.expect;
        if let Some(name) = self.header_not_sent(context)? {
            return Ok(Shown::Open(format!("the header {name} was not sent")));
        }
        if expect.same_as.is_some() && self.same_as.is_none() {
            return Ok(Shown::Open("there is no earlier answer to compare with".to_owned()));
        }
        if context.response.is_success() {
            return Ok(Shown::Upheld(self.code_in_log(context)));
        }
        let code = context.entry().map(|entry| entry.code.clone());
        if code.is_some() && codes(&expect.error, self.variables)?.iter().any(|wanted| Some(wanted) == code.as_ref()) {
            return Ok(Shown::Upheld(code));
        }
        let status = context.response.status;
        let judged = match (expect.any_documented, expect.any_refusal) {
            (true, _) => !is_about_the_caller(status) && !is_about_the_route(status),
            (_, true) => !is_about_the_caller(status),
            _ => self.shows_status(status, &codes(&expect.status, self.variables)?),
        };
        Ok(if judged { Shown::Upheld(None) } else { Shown::Open(self.summary(context)) })
    }

    /// The first `where_sent` header that is absent, in this response or in the earlier one that gives its bound.
    fn header_not_sent(&self, context: &Context<'_>) -> Result<Option<&str>, template::Undefined> {
        for (name, wanted) in self.expect.headers.iter().filter(|(_, wanted)| wanted.where_sent) {
            let mut sent = context.response.header(name).is_some();
            for bound in [&wanted.below, &wanted.at_least].into_iter().flatten() {
                sent &= template::text(bound, self.variables)?.parse::<i64>().is_ok();
            }
            if !sent {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// The code of a delivery log in a success body, if the expectation names it.
    fn code_in_log(&self, context: &Context<'_>) -> Option<String> {
        let named = |code: &str| self.expect.body.values().any(|value| holds_text(value, code));
        let logged = context.contract.catalog.codes.iter().filter(|entry| entry.surface == Surface::DeliveryLog);
        let body = context.body.as_ref()?;
        logged.map(|entry| &entry.code).find(|code| named(code) && holds_text(body, code)).cloned()
    }

    fn summary(&self, context: &Context<'_>) -> String {
        format!("{} answered {}", context.operation.id, came(context))
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
        }
    }

    /// Whether the response is an expected outcome. `detail_violations` compares the rest afterwards.
    fn outcome(&self, context: &Context<'_>) -> Result<Answer, template::Undefined> {
        let expect = self.expect;
        let wanted = codes(&expect.error, self.variables)?;
        let tolerated = codes(&expect.tolerate, self.variables)?;
        let refused = codes(&expect.not_error, self.variables)?;
        let status = context.response.status;
        let code = context.code.as_deref();
        if self.expects_only_status() {
            return Ok(Answer::Accepted);
        }
        if context.response.is_success() {
            let expected = expect.success || expect.any_documented || !refused.is_empty() || self.expects_only_body();
            return Ok(if expected { Answer::Accepted } else { self.wrong(context, &wanted)? });
        }
        if code.is_some_and(|code| wanted.iter().any(|wanted| wanted == code)) {
            return Ok(Answer::Accepted);
        }
        let documented_with = |codes: &[String]| {
            codes.iter().filter_map(|code| context.contract.catalog.code(code)?.status).any(|other| other == status)
        };
        // A response to HEAD has no body, so only the status shows the code.
        if context.operation.is_head() && documented_with(&wanted) {
            return Ok(Answer::Accepted);
        }
        let tolerated_head = context.operation.is_head() && documented_with(&tolerated);
        let tolerated_code = code.filter(|code| tolerated.iter().any(|other| other == code));
        if tolerated_code.is_some() || tolerated_head {
            return self.tolerated(context, &wanted);
        }
        if (expect.any_documented || expect.any_refusal) && self.documented(context) {
            return Ok(Answer::Accepted);
        }
        if !refused.is_empty() {
            let refusal = code.is_some_and(|code| refused.iter().any(|other| other == code));
            return Ok(if refusal { self.wrong(context, &wanted)? } else { Answer::Accepted });
        }
        // If no published code can be read, the checks of the envelope report that. If at least the status is right,
        // the assertion is not reported as violated a second time.
        if context.entry().is_none() && documented_with(&wanted) && !expect.in_envelope {
            return Ok(Answer::Unreadable);
        }
        self.wrong(context, &wanted)
    }

    /// Whether the response is documented and below 500: a refusal, or (for `any_documented`) a redirection or a
    /// response to a conditional request.
    fn documented(&self, context: &Context<'_>) -> bool {
        let status = context.response.status;
        let readable = context.entry().is_some() || !self.expect.in_envelope || context.operation.is_head();
        match status {
            400..500 => readable,
            300..400 => self.expect.any_documented && context.contract.catalog.statuses.contains(&status),
            _ => false,
        }
    }

    fn tolerated(&self, context: &Context<'_>, wanted: &[String]) -> Result<Answer, template::Undefined> {
        let why = self.expect.why.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
        let expected = format!("preferably {}", self.accepted(context, wanted)?);
        let actual = format!("{}, which is tolerated{why}", context.code.clone().unwrap_or_else(|| came(context)));
        Ok(Answer::Tolerated(Violation::new(self.part(context), expected, actual)))
    }

    /// Whether only `status` states the expected outcome.
    fn expects_only_status(&self) -> bool {
        let expect = self.expect;
        let outcome = expect.success || expect.any_documented || expect.any_refusal;
        !expect.status.is_empty() && !outcome && expect.error.is_empty() && expect.not_error.is_empty()
    }

    /// Whether only `body` is given. It is then the body of a success.
    fn expects_only_body(&self) -> bool {
        let expect = self.expect;
        let outcome = expect.any_documented || expect.any_refusal || !expect.not_error.is_empty();
        expect.error.is_empty() && expect.status.is_empty() && !outcome && !expect.body.is_empty()
    }

    /// Whether a refusal that nothing but `status` accepts shows something: its status is named, or of a class and not about
    /// the caller.
    fn shows_status(&self, status: u16, named: &[String]) -> bool {
        self.expects_only_status() && (named.contains(&status.to_string()) || !is_about_the_caller(status))
    }

    fn part(&self, context: &Context<'_>) -> Part {
        match context.code {
            Some(_) => Part::Body(context.contract.catalog.envelope.pointers.code.clone()),
            None => Part::Status,
        }
    }

    fn wrong(&self, context: &Context<'_>, wanted: &[String]) -> Result<Answer, template::Undefined> {
        let expected = self.accepted(context, wanted)?;
        Ok(Answer::Wrong(Violation::new(self.part(context), expected, came(context))))
    }

    /// The accepted outcomes, as text.
    fn accepted(&self, context: &Context<'_>, wanted: &[String]) -> Result<String, template::Undefined> {
        let mut accepted: Vec<String> = Vec::new();
        if self.expect.success || self.expects_only_body() {
            accepted.push(format!("success ({})", context.operation.success_statuses()));
        }
        accepted.extend(wanted.iter().map(|code| {
            match context.contract.catalog.code(code).and_then(|entry| entry.status) {
                Some(status) => format!("{code} ({status})"),
                None => code.clone(),
            }
        }));
        if self.expect.any_refusal {
            accepted.push("any documented refusal (400 to 499)".to_owned());
        }
        if self.expect.any_documented {
            accepted.push("any documented answer but a server error".to_owned());
        }
        if !self.expect.not_error.is_empty() {
            accepted.push(format!("anything but {}", codes(&self.expect.not_error, self.variables)?.join(" or ")));
        }
        Ok(accepted.join(" or "))
    }

    /// The violations in details of an expected outcome: status, body, headers, field, repetition.
    fn detail_violations(&self, context: &Context<'_>) -> Result<Vec<Violation>, template::Undefined> {
        let mut violations = Vec::new();
        let statuses = codes(&self.expect.status, self.variables)?;
        if !statuses.is_empty() && !status::matches(&statuses, context.response.status) {
            violations.push(Violation::new(Part::Status, statuses.join(" or "), came(context)));
        }
        for (pointer, expected) in &self.expect.body {
            let pointer = template::text(pointer, self.variables)?;
            let expected = template::value(expected, self.variables)?;
            let actual = context.body.as_ref().and_then(|body| body.pointer(&pointer));
            if let Some((expected, actual)) = mismatch_at_pointer(&expected, actual) {
                violations.push(Violation::body(&pointer, expected, actual));
            }
        }
        for (name, wanted) in &self.expect.headers {
            violations.extend(header::violation(context.response, name, wanted, self.variables)?);
        }
        violations.extend(self.field(context)?);
        violations.extend(self.same_as.and_then(|earlier| repeated(earlier, context)));
        Ok(violations)
    }

    /// The wrong field name, if any. Applies only if no clause of the contract has the check that compares the field in
    /// every response.
    fn field(&self, context: &Context<'_>) -> Result<Option<Violation>, template::Undefined> {
        let Some(field) = &self.expect.field else { return Ok(None) };
        let checked = context.contract.clause_of_check(FIELD_CHECK).is_some();
        let names_field = context.entry().is_some_and(|entry| entry.names_field);
        let envelope = &context.contract.catalog.envelope;
        let pointer = envelope.pointers.field.as_deref();
        let Some(pointer) = pointer.filter(|_| !checked && names_field) else { return Ok(None) };
        let field = template::text(field, self.variables)?;
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

/// Whether any scalar inside a value equals a text.
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
fn repeated(earlier: &Earlier, context: &Context<'_>) -> Option<Violation> {
    let status = context.response.status;
    if earlier.status != status {
        let expected = format!("{}, as in the earlier answer", earlier.status);
        return Some(Violation::new(Part::Status, expected, status.to_string()));
    }
    if context.operation.is_head() || earlier.body == context.body {
        return None;
    }
    let shown = |body: &Option<Value>| body.as_ref().map_or_else(|| "no JSON".to_owned(), spec::contract::shown);
    Some(Violation::body("", format!("{}, as in the earlier answer", shown(&earlier.body)), shown(&context.body)))
}

enum Answer {
    Accepted,
    Tolerated(Violation),
    Unreadable,
    Wrong(Violation),
}

/// The code and the status of a response.
pub fn came(context: &Context<'_>) -> String {
    let status = context.response.status;
    match &context.code {
        Some(code) => format!("{code} ({status})"),
        None if context.response.is_success() => format!("success ({status})"),
        // Only responses from 400 on have an error code, and responses to HEAD have none.
        None if !context.response.is_error() || context.operation.is_head() => status.to_string(),
        None => format!("{status} without a readable error code"),
    }
}
