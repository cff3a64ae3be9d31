//! Comparing an answer with what its step expects: pure, and complete in its list of breaches.

use serde_json::Value;

use super::matcher::mismatch;
use crate::check::{Context, quoted};
use crate::contract::{Level, Surface};
use crate::finding::{Breach, EXPECTATION, Finding, Part};
use crate::scenario::{Expect, HeaderMatch, Variables, codes, template};

/// What an expectation says of an answer.
#[derive(Debug)]
pub struct Verdict {
    /// What is broken, and what is let pass with a warning.
    pub findings: Vec<Finding>,
    /// Whether the claim holds.
    pub holds: Holds,
    /// What the answer shows of the clause.
    pub shown: Shown,
}

impl Verdict {
    /// The verdict where there is nothing to judge.
    pub fn unclear(reason: &str) -> Self {
        Self { findings: Vec::new(), holds: Holds::Unclear, shown: Shown::Open(reason.to_owned()) }
    }
}

/// What an answer shows of the clause that an expectation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It could have violated the clause and did not. The error code is given where the expectation asks for it.
    Upheld(Option<String>),
    /// It says nothing about the clause, for this reason.
    Open(String),
    /// It violates the clause.
    Violated,
}

/// Whether a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// No published code could be read; the envelope's own checks have spoken of that.
    Unclear,
}

/// An earlier answer that a later one must repeat.
pub struct Earlier {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Option<Value>,
}

/// An expectation with all that it needs to be judged.
pub struct Claim<'c> {
    /// What the step expects.
    pub expect: &'c Expect,
    /// The clause that is broken if it is not met, and its level.
    pub clause: &'c str,
    /// That clause's level.
    pub level: Level,
    /// The trial's variables.
    pub variables: &'c Variables,
    /// The answer that this one must repeat.
    pub same_as: Option<&'c Earlier>,
    /// The index of the exchange in its trial.
    pub index: usize,
}

impl Claim<'_> {
    /// Judges an answer.
    pub fn judge(&self, context: &Context<'_>) -> Result<Verdict, template::Undefined> {
        let mut findings = Vec::new();
        let (holds, shown) = match self.answer(context)? {
            Answer::Unreadable => (Holds::Unclear, Shown::Open(self.said(context))),
            Answer::Wrong(breach) => {
                findings.push(self.finding(breach, self.level));
                (Holds::No, Shown::Violated)
            }
            right => {
                let tolerated = matches!(right, Answer::Tolerated(_));
                if let Answer::Tolerated(breach) = right {
                    findings.push(self.finding(breach, Level::Should));
                }
                let further = self.further(context)?;
                let kept = further.is_empty();
                findings.extend(further.into_iter().map(|breach| self.finding(breach, self.level)));
                match (kept, tolerated) {
                    (true, false) => (Holds::Yes, self.shown(context)?),
                    (true, true) => (Holds::Yes, Shown::Open(format!("{}, which is let pass", self.said(context)))),
                    (false, _) => (Holds::No, Shown::Violated),
                }
            }
        };
        Ok(Verdict { findings, holds, shown })
    }

    /// What an answer that meets the expectation shows of its clause. An expectation may be met by answers that could
    /// not have violated the clause; these leave it open.
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
            _ => false,
        };
        Ok(if judged { Shown::Upheld(None) } else { Shown::Open(self.said(context)) })
    }

    /// The header that the expectation is about only where it is sent, if it was not sent, now or before.
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

    /// A code of delivery logs, which stands in the body of a success, where the expectation names it.
    fn code_in_log(&self, context: &Context<'_>) -> Option<String> {
        let named = |code: &str| self.expect.body.values().any(|value| holds_text(value, code));
        let logged = context.contract.catalog.codes.iter().filter(|entry| entry.surface == Surface::DeliveryLog);
        let body = context.body.as_ref()?;
        logged.map(|entry| &entry.code).find(|code| named(code) && holds_text(body, code)).cloned()
    }

    fn said(&self, context: &Context<'_>) -> String {
        format!("{} answered {}", context.operation.id, came(context))
    }

    fn finding(&self, breach: Breach, level: Level) -> Finding {
        Finding {
            clause: self.clause.to_owned(),
            check: EXPECTATION.to_owned(),
            level,
            message: String::new(),
            expected: breach.expected,
            actual: breach.actual,
            part: breach.part,
            exchange: self.index,
        }
    }

    fn answer(&self, context: &Context<'_>) -> Result<Answer, template::Undefined> {
        let expect = self.expect;
        let wanted = codes(&expect.error, self.variables)?;
        let tolerated = codes(&expect.tolerate, self.variables)?;
        let refused = codes(&expect.not_error, self.variables)?;
        let status = context.response.status;
        let code = context.code.as_deref();
        if context.response.is_success() {
            let welcome = expect.success || expect.any_documented || !refused.is_empty() || self.claims_only_body();
            return Ok(if welcome { Answer::Accepted } else { self.wrong(context, &wanted) });
        }
        if code.is_some_and(|code| wanted.iter().any(|wanted| wanted == code)) {
            return Ok(Answer::Accepted);
        }
        if let Some(code) = code.filter(|code| tolerated.iter().any(|other| other == code)) {
            let why = expect.why.as_deref().map(|why| format!(" ({why})")).unwrap_or_default();
            let expected = format!("rather {}", wanted.join(" or "));
            return Ok(Answer::Tolerated(Breach::new(
                self.part(context),
                expected,
                format!("{code}, which is let pass{why}"),
            )));
        }
        let documented = context.response.is_error() && status < 500;
        let readable = context.entry().is_some() || !expect.in_envelope;
        if (expect.any_documented || expect.any_refusal) && documented && readable {
            return Ok(Answer::Accepted);
        }
        if !refused.is_empty() {
            let refusal = code.is_some_and(|code| refused.iter().any(|other| other == code));
            return Ok(if refusal { self.wrong(context, &wanted) } else { Answer::Accepted });
        }
        // Where no published code can be read, the envelope's own checks have spoken already; if at
        // least the status is the right one, the claim is not counted as broken a second time.
        let status_fits =
            wanted.iter().filter_map(|code| context.contract.catalog.code(code)?.status).any(|wanted| wanted == status);
        if context.entry().is_none() && status_fits && !expect.in_envelope {
            return Ok(Answer::Unreadable);
        }
        Ok(self.wrong(context, &wanted))
    }

    fn claims_only_body(&self) -> bool {
        let expect = self.expect;
        expect.error.is_empty() && !expect.body.is_empty()
    }

    fn part(&self, context: &Context<'_>) -> Part {
        match context.code {
            Some(_) => Part::Body(context.contract.catalog.envelope.pointers.code.clone()),
            None => Part::Status,
        }
    }

    fn wrong(&self, context: &Context<'_>, wanted: &[String]) -> Answer {
        let mut accepted: Vec<String> = Vec::new();
        if self.expect.success || self.claims_only_body() {
            accepted.push(format!("success ({})", context.operation.success));
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
            accepted.push(format!("anything but {}", self.expect.not_error.join(" or ")));
        }
        Answer::Wrong(Breach::new(self.part(context), accepted.join(" or "), came(context)))
    }

    /// What else is claimed of the right answer.
    fn further(&self, context: &Context<'_>) -> Result<Vec<Breach>, template::Undefined> {
        let mut breaches = Vec::new();
        for (pointer, expected) in &self.expect.body {
            let pointer = template::text(pointer, self.variables)?;
            let expected = template::value(expected, self.variables)?;
            let actual = context.body.as_ref().and_then(|body| body.pointer(&pointer));
            if let Some((expected, actual)) = mismatch(&expected, actual) {
                breaches.push(Breach::body(&pointer, expected, actual));
            }
        }
        for (name, wanted) in &self.expect.headers {
            breaches.extend(self.header(context, name, wanted)?);
        }
        if let Some(earlier) = self.same_as {
            if earlier.status != context.response.status {
                breaches.push(Breach::new(
                    Part::Status,
                    format!("{}, as before", earlier.status),
                    context.response.status.to_string(),
                ));
            } else if earlier.body != context.body {
                let shown =
                    |body: &Option<Value>| body.as_ref().map_or_else(|| "no JSON".to_owned(), crate::contract::shown);
                breaches.push(Breach::body("", format!("{}, as before", shown(&earlier.body)), shown(&context.body)));
            }
        }
        Ok(breaches)
    }

    fn header(
        &self,
        context: &Context<'_>,
        name: &str,
        wanted: &HeaderMatch,
    ) -> Result<Option<Breach>, template::Undefined> {
        let found = context.response.header(name);
        let number = |text: &str| text.parse::<i64>().ok();
        for (bound, is_upper) in [(&wanted.below, true), (&wanted.at_least, false)] {
            let Some(bound) = bound else { continue };
            let bound = number(&template::text(bound, self.variables)?);
            let good = match (found.and_then(number), bound) {
                (Some(number), Some(bound)) if is_upper => number < bound,
                (Some(number), Some(bound)) => number >= bound - wanted.play,
                (None, _) if found.is_none() => wanted.where_sent,
                // Nothing to compare with was sent before.
                (Some(_), None) => wanted.where_sent,
                _ => false,
            };
            if !good {
                let bound = bound.map_or_else(
                    || "the one before".to_owned(),
                    |bound| (bound - if is_upper { 0 } else { wanted.play }).to_string(),
                );
                let expected = if is_upper {
                    format!("an integer below {bound}")
                } else {
                    format!("an integer not below {bound}")
                };
                let actual = found.map_or_else(|| "no such header".to_owned(), quoted);
                return Ok(Some(Breach::header(name, expected, actual)));
            }
        }
        Ok(None)
    }
}

/// Credential, scope or quota: such a refusal says nothing about what was sent (RFC 9110, RFC 6585).
fn is_about_the_caller(status: u16) -> bool {
    matches!(status, 401 | 403 | 407 | 429)
}

/// Nothing is there, or not with this method: such a refusal says nothing about the values that were sent.
fn is_about_the_route(status: u16) -> bool {
    matches!(status, 404 | 405 | 410)
}

/// Whether a text stands anywhere in a value, whole.
pub(super) fn holds_text(value: &Value, text: &str) -> bool {
    match value {
        Value::String(string) => string == text,
        Value::Array(elements) => elements.iter().any(|element| holds_text(element, text)),
        Value::Object(members) => members.values().any(|inner| holds_text(inner, text)),
        Value::Number(number) => number.to_string() == text,
        _ => false,
    }
}

enum Answer {
    Accepted,
    Tolerated(Breach),
    Unreadable,
    Wrong(Breach),
}

/// An answer in a few words: status and code.
pub fn came(context: &Context<'_>) -> String {
    let status = context.response.status;
    match &context.code {
        Some(code) => format!("{code} ({status})"),
        None if context.response.is_success() => format!("success ({status})"),
        None => format!("{status} without a readable error code"),
    }
}
