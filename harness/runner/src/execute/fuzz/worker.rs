//! A worker of a property: sets up its own fixtures and sends one case after the other.
//!
//! It sends and judges with [`Run`], as scenarios do.

use serde_json::Value;

use super::super::environment::Environment;
use super::super::retry::Cause;
use super::super::steps::{Halt, Run};
use super::{Doubt, build, messages};
use generate::{Assertion, Content, Input};
use judge::exchange::Exchange;
use judge::expect::Shown;
use judge::finding::{EXPECTATION, Finding};
use judge::record::{FuzzRecord, TestRecord};
use spec::scenario::{Property, Slot, Step, TestCase};

/// How many characters of a text are compared.
const MOST_COMPARED: usize = 80;

/// The name of the lock of a text. Two cases with the same text in the same member are never in flight at the same
/// time, in any property. Otherwise a server that wrongly accepts an invalid value would refuse the second case as
/// already in use. Only letters and digits count, in lower case, because a server may normalize the rest.
fn compared_text(property: &Property, input: &Input) -> Option<String> {
    let (Slot::Member(member), Content::Json(Value::String(text))) = (&property.slot, &input.content) else {
        return None;
    };
    let compared = text.chars().filter(|one| one.is_alphanumeric()).take(MOST_COMPARED).flat_map(char::to_lowercase);
    Some(format!("value of {member}: {}", compared.collect::<String>()))
}

/// The result of a case.
pub(super) struct Sent {
    /// The violations.
    pub(super) findings: Vec<Finding>,
    /// The exchange that it is about.
    pub(super) exchange: Exchange,
}

/// The result of sending a case once.
enum Once {
    Sent(Sent),
    /// The connection broke. One break alone proves nothing.
    Broken(Cause, Option<Exchange>),
}

pub(super) struct Worker<'l> {
    run: Run<'l>,
    cases: usize,
}

impl<'l> Worker<'l> {
    /// Sets up the fixtures. An error says why that failed.
    pub(super) async fn open(environment: &'l Environment, spec: &'l TestCase) -> Result<Self, Doubt> {
        let mut run = Run::new(environment, spec, false);
        let mut setup = run.run_steps().await;
        if matches!(setup, Err(Halt::Broken(_))) {
            run.finish().await;
            run = Run::new(environment, spec, true);
            setup = run.run_steps().await;
        }
        match setup {
            Ok(()) => Ok(Self { run, cases: 0 }),
            Err(halt) => {
                run.finish().await;
                let reason = match halt {
                    Halt::Explained => "the setup of a fixture failed".to_owned(),
                    Halt::Inconclusive(reason) => reason,
                    Halt::Broken(cause) => cause.text().to_owned(),
                };
                Err(reason.into())
            }
        }
    }

    /// Sends an input and judges the response. An error says why there is no response to judge.
    pub(super) async fn send(&mut self, property: &Property, rule: usize, input: &Input) -> Result<Sent, Doubt> {
        let _permit = self.run.environment.case_permit().await;
        let environment = self.run.environment;
        let _text = match compared_text(property, input) {
            Some(text) => Some(environment.text_lock(&text).lock().await),
            None => None,
        };
        let before = self.run.made.len();
        let mut outcome = self.attempt(property, rule, input, false).await;
        let mut first_break = None;
        // A connection that breaks once may be chance. A second break for the same value is a finding.
        if let Ok(Once::Broken(cause, exchange)) = outcome {
            first_break = Some((cause, exchange));
            outcome = self.attempt(property, rule, input, true).await;
        }
        self.clean_up_from(before).await;
        let sent = match outcome? {
            Once::Sent(sent) => sent,
            Once::Broken(cause, _) => return Err(cause.text().to_owned().into()),
        };
        if let Some((Cause::BrokenInUse(text), exchange)) = first_break
            && sent.findings.is_empty()
        {
            let reason = format!("a connection broke while it was in use ({text}), then the same value was answered");
            return Err(Doubt::flaky(&reason, exchange, Vec::new()));
        }
        self.cases += 1;
        Ok(sent)
    }

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
        let halt = self.send_and_judge(property, of_rule.rule.assertion, &mut step).await.err();
        let mut found = self.run.record.findings.split_off(findings);
        self.run.cut_exchanges();
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

    async fn send_and_judge(&mut self, property: &Property, assertion: Assertion, step: &mut Step) -> Result<(), Halt> {
        let index = self.run.call(step).await?;
        let response = self.run.record.exchanges[index].response();
        let (status, is_success) = response.map_or((0, false), |response| (response.status, response.is_success()));
        if status >= 500 && property.server_error.is_some() {
            step.clause.clone_from(&property.server_error);
        }
        if let Some(expect) = &step.expect {
            let mut verdict = self.run.verdict(step, expect, index)?;
            if assertion == Assertion::Accepted && !is_success && matches!(verdict.shown, Shown::Upheld(_)) {
                verdict.shown = Shown::Open("a valid value was refused with a tolerated code".to_owned());
            }
            self.run.note_coverage(step, &verdict, None);
            self.run.record.findings.extend(verdict.findings);
        }
        Ok(())
    }

    /// Deletes what a case created. The exchanges are kept only if they have findings.
    async fn clean_up_from(&mut self, before: usize) {
        let fixtures: Vec<_> = self.run.made.drain(..before).collect();
        let (findings, exchanges) = (self.run.record.findings.len(), self.run.record.exchanges.len());
        self.run.clean_up().await;
        self.run.made = fixtures;
        if self.run.record.findings.len() == findings {
            self.run.record.exchanges.truncate(exchanges);
        }
    }

    /// Deletes the fixtures and returns the record of the worker.
    pub(super) async fn close(self) -> TestRecord {
        let fuzz = FuzzRecord { cases: self.cases, ..FuzzRecord::default() };
        TestRecord { fuzz: Some(fuzz), ..self.run.finish().await }
    }
}
