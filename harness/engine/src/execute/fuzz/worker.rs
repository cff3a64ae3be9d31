//! A lane: fixtures of its own, and on them one case after the other. Everything is sent and judged as
//! the steps of scenarios are.

use serde_json::Value;

use super::super::environment::Environment;
use super::super::expect::Shown;
use super::super::retry::Cause;
use super::super::steps::{Halt, Run};
use super::super::{FuzzRecord, TestRecord};
use super::{Doubt, build, messages};
use crate::exchange::Exchange;
use crate::finding::{EXPECTATION, Finding};
use crate::fuzz::{Assertion, Content, Input};
use crate::scenario::{Property, Slot, Step, TestCase};

/// So many characters of a text are compared with those of others.
const MOST_COMPARED: usize = 80;

/// The lock of a text: two cases with the same text in the same member are never under way at the same time, in
/// whichever property. A server that accepts what it must refuse would otherwise refuse the second as already in use.
/// Only letters and digits count, in lower case, since a server may normalise the rest.
fn value_lock(property: &Property, input: &Input) -> Option<String> {
    let (Slot::Member(member), Content::Json(Value::String(text))) = (&property.slot, &input.content) else {
        return None;
    };
    let compared = text.chars().filter(|one| one.is_alphanumeric()).take(MOST_COMPARED).flat_map(char::to_lowercase);
    Some(format!("value of {member}: {}", compared.collect::<String>()))
}

/// What came of a case.
pub(super) struct Sent {
    /// What is broken.
    pub(super) findings: Vec<Finding>,
    /// The exchange that it is about.
    pub(super) exchange: Exchange,
}

/// What came of sending a case once.
enum Once {
    Sent(Sent),
    /// The connection broke, and nothing is proved by that yet.
    Broken(Cause, Option<Exchange>),
}

pub(super) struct Worker<'l> {
    run: Run<'l>,
    cases: usize,
}

impl<'l> Worker<'l> {
    /// Prepares the fixtures; the message of an error says why that could not be done.
    pub(super) async fn open(environment: &'l Environment, spec: &'l TestCase) -> Result<Self, Doubt> {
        let mut run = Run::new(environment, spec, false);
        let mut walked = run.walk().await;
        if matches!(walked, Err(Halt::Broken(_))) {
            run.finish().await;
            run = Run::new(environment, spec, true);
            walked = run.walk().await;
        }
        match walked {
            Ok(()) => Ok(Self { run, cases: 0 }),
            Err(halt) => {
                run.finish().await;
                let reason = match halt {
                    Halt::Explained => "a fixture could not be prepared".to_owned(),
                    Halt::Inconclusive(reason) => reason,
                    Halt::Broken(cause) => cause.text().to_owned(),
                };
                Err(reason.into())
            }
        }
    }

    /// Sends an input and judges the answer; the message of an error says why there is none to judge.
    pub(super) async fn send(&mut self, property: &Property, rule: usize, input: &Input) -> Result<Sent, Doubt> {
        let _permit = self.run.environment.case_permit().await;
        let value = value_lock(property, input).map(|name| self.run.environment.lock(&name));
        let _value = match &value {
            Some(value) => Some(value.lock().await),
            None => None,
        };
        let before = self.run.made.len();
        let mut outcome = self.attempt(property, rule, input, false).await;
        let mut broke = None;
        // A connection that breaks once may be chance; twice for the same value is a fact.
        if let Ok(Once::Broken(cause, exchange)) = outcome {
            broke = Some((cause, exchange));
            outcome = self.attempt(property, rule, input, true).await;
        }
        self.take_away_from(before).await;
        let sent = match outcome? {
            Once::Sent(sent) => sent,
            Once::Broken(cause, _) => return Err(cause.text().to_owned().into()),
        };
        if let Some((Cause::BrokenInUse(text), exchange)) = broke
            && sent.findings.is_empty()
        {
            let what = format!("a connection broke while it was in use ({text}), and the same value was answered then");
            return Err(Doubt::flaky(&what, exchange, Vec::new()));
        }
        self.cases += 1;
        Ok(sent)
    }

    /// One attempt.
    async fn attempt(
        &mut self,
        property: &Property,
        rule: usize,
        input: &Input,
        last_try: bool,
    ) -> Result<Once, Doubt> {
        self.run.variables.insert("unique".to_owned(), self.run.environment.unique().into());
        self.run.last_try = last_try;
        let of_rule = &property.rules[rule];
        let contract = &self.run.environment.contract;
        let mut step = build::step(contract, property, of_rule, input, &mut self.run.variables)?;
        let (findings, exchanges) = (self.run.record.findings.len(), self.run.record.exchanges.len());
        let halt = self.judged(property, of_rule.rule.assertion, &mut step).await.err();
        let mut found = self.run.record.findings.split_off(findings);
        let exchange = self.run.record.exchanges.drain(exchanges..).next_back();
        let subject = messages::subject(property, rule, input);
        for finding in &mut found {
            finding.message = match finding.check == EXPECTATION {
                true => messages::assertion(&subject, of_rule.rule.assertion, finding, exchange.as_ref()),
                false => format!("{}: {subject}", finding.message),
            };
        }
        match (halt, exchange) {
            (None | Some(Halt::Explained), Some(exchange)) => Ok(Once::Sent(Sent { findings: found, exchange })),
            (Some(Halt::Broken(_)), Some(exchange)) if !found.is_empty() => {
                Ok(Once::Sent(Sent { findings: found, exchange }))
            }
            (Some(Halt::Broken(cause)), exchange) => Ok(Once::Broken(cause, exchange)),
            (Some(Halt::Inconclusive(reason)), _) => Err(reason.into()),
            (None | Some(Halt::Explained), None) => Err("nothing was sent".to_owned().into()),
        }
    }

    async fn judged(&mut self, property: &Property, assertion: Assertion, step: &mut Step) -> Result<(), Halt> {
        let index = self.run.call(step).await?;
        let response = self.run.record.exchanges[index].response();
        let (status, is_success) = response.map_or((0, false), |response| (response.status, response.is_success()));
        if status >= 500 && property.server_error.is_some() {
            step.clause.clone_from(&property.server_error);
        }
        if let Some(expect) = &step.expect {
            let mut verdict = self.run.verdict(step, expect, index)?;
            if assertion == Assertion::Accepted && !is_success && matches!(verdict.shown, Shown::Upheld(_)) {
                verdict.shown = Shown::Open("a valid value was refused with a code that is excused".to_owned());
            }
            self.run.note_coverage(step, &verdict, None);
            self.run.record.findings.extend(verdict.findings);
        }
        Ok(())
    }

    /// Takes away what a case has made. What is wrong with that is kept; what is right need not be.
    async fn take_away_from(&mut self, before: usize) {
        let fixtures: Vec<_> = self.run.made.drain(..before).collect();
        let (findings, exchanges) = (self.run.record.findings.len(), self.run.record.exchanges.len());
        self.run.take_away().await;
        self.run.made = fixtures;
        if self.run.record.findings.len() == findings {
            self.run.record.exchanges.truncate(exchanges);
        }
    }

    /// Takes away the fixtures, and says what the lane came to.
    pub(super) async fn close(self) -> TestRecord {
        let fuzz = FuzzRecord { cases: self.cases, ..FuzzRecord::default() };
        TestRecord { fuzz: Some(fuzz), ..self.run.finish().await }
    }
}
