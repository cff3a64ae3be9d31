//! Runs the steps of a test in order: those of a scenario, or the setup of a property.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::judging::require_success;
use super::session::{Halt, Session};
use judge::check::ExchangeContext;
use judge::exchange::Exchange;
use judge::expect::{Earlier, Holds};
use judge::finding::EXPECTATION;
use judge::record::TestRecord;
use spec::scenario::plan::{Asserted, Keep, KeptPart, Repetition};
use spec::scenario::{Action, Call, Step, Wait};

/// The longest retry delay that is obeyed.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(120);
/// The longest body that a later one is compared with, and the longest text that is kept of a response, in bytes.
const MAX_COMPARED_LENGTH: usize = 256 * 1024;
const MAX_VALUE_LENGTH: usize = 64 * 1024;

impl Session<'_> {
    /// Runs all steps, until one of them halts the test.
    pub(super) async fn run_steps(&mut self, record: &mut TestRecord) -> Result<(), Halt> {
        for step in &self.test.steps {
            if self.precondition_failed {
                record.ended_early = true;
                break;
            }
            if step.skip_after_failure && record.findings.iter().any(|finding| finding.check == EXPECTATION) {
                continue;
            }
            let before = record.findings.len();
            let outcome = match &step.shared {
                Some(shared) => self.use_shared(record, step, shared).await,
                None => self.step(record, step).await,
            };
            let found = &mut record.findings[before..];
            found.iter_mut().for_each(|finding| finding.line = step.line);
            let of_fixture = step.line.is_none();
            self.precondition_failed |= of_fixture && found.iter().any(|finding| finding.check == EXPECTATION);
            outcome?;
        }
        Ok(())
    }

    pub(super) async fn step(&mut self, record: &mut TestRecord, step: &Step) -> Result<(), Halt> {
        match &step.action {
            Action::Call(call) => {
                let first = record.exchanges.len();
                let outcome = self.call_step(record, call).await;
                // They are judged now, so excerpts are enough.
                record.exchanges[first..].iter_mut().for_each(Exchange::cut);
                outcome
            }
            Action::Wait(Wait::RetryDelay) => self.wait(record).await,
            Action::Listen(listen) => self.listen(listen),
            Action::Await(awaited) => self.await_deliveries(record, awaited).await,
        }
    }

    async fn call_step(&mut self, record: &mut TestRecord, call: &Call) -> Result<(), Halt> {
        let of_token = self.judged_as_token(call);
        let call = of_token.as_ref().unwrap_or(call);
        let index = match call.repetition {
            Repetition::Once => self.call(record, call).await?,
            Repetition::Poll(poll) => self.poll(record, call, poll).await?,
            Repetition::Burst(burst) => self.burst(record, call, burst).await?,
        };
        let holds = match &call.asserted {
            Some(asserted) => self.assert_expectation(record, asserted, index)?,
            None => {
                require_success(self, &record.exchanges[index])?;
                Holds::Yes
            }
        };
        if let Some(expected) = call.expected_effect() {
            let context = ExchangeContext::new(&self.environment.contract, &record.exchanges[index]);
            self.precondition_failed |= expected != context.is_some_and(|context| context.is_success());
        }
        self.keep(call, &record.exchanges[index], holds)
    }

    /// The call with its clause about tokens, if it has one and its actor's credential is a token.
    fn judged_as_token(&self, call: &Call) -> Option<Call> {
        let asserted = call.asserted.as_ref()?;
        let clause = asserted.clause_of_token.as_ref()?;
        let credential = self.environment.target.credentials.get(call.actor.as_ref()?)?;
        let asserted = Asserted { clause: Some(clause.clone()), ..asserted.clone() };
        credential.is_token().then(|| Call { asserted: Some(asserted), ..call.clone() })
    }

    async fn wait(&mut self, record: &TestRecord) -> Result<(), Halt> {
        let Some(until) = self.retry_at else {
            return Err(match record.findings.is_empty() {
                true => Halt::Inconclusive(
                    "no response was rate limited, so there is no retry delay to wait for".to_owned(),
                ),
                false => Halt::Explained,
            });
        };
        let delay = until.saturating_duration_since(Instant::now());
        if delay > MAX_WAIT {
            let asked = self.asked.as_deref().unwrap_or_default();
            return Err(Halt::Inconclusive(format!("the wait is longer than {} s: {asked}", MAX_WAIT.as_secs())));
        }
        tokio::time::sleep_until(until.into()).await;
        Ok(())
    }

    /// Keeps variables, and the response itself if it has a label.
    fn keep(&mut self, call: &Call, exchange: &Exchange, holds: Holds) -> Result<(), Halt> {
        let Some(response) = exchange.response() else { return Ok(()) };
        let body = response.json();
        let part_of = |keep: &Keep| match &keep.part {
            KeptPart::Status => Some(Value::from(response.status)),
            KeptPart::Body(pointer) => body.as_ref().and_then(|body| body.pointer(pointer)).cloned(),
            KeptPart::Header(header) => response.header(header).map(Value::from),
        };
        let kept: Vec<(&Keep, Option<Value>)> = call.keep.iter().map(|keep| (keep, part_of(keep))).collect();
        // A longer response is not compared, so that it need not be kept.
        if let Some(label) = call.label.as_ref().filter(|_| response.body.len() <= MAX_COMPARED_LENGTH) {
            self.earlier.insert(label.clone(), Earlier { status: response.status, body });
        }
        for (keep, value) in kept {
            let response = || format!("the response of {}", call.operation.id);
            match value.or_else(|| keep.optional.then_some(Value::Null)) {
                Some(Value::String(text)) if text.len() > MAX_VALUE_LENGTH => {
                    let length = text.len();
                    return Err(Halt::Inconclusive(format!(
                        "{} in {} has {length} bytes, and at most {MAX_VALUE_LENGTH} are kept",
                        keep.part,
                        response()
                    )));
                }
                Some(value) => {
                    self.variables.insert(keep.name.clone(), value);
                }
                None if holds != Holds::Yes => return Err(Halt::Explained),
                None => return Err(Halt::Inconclusive(format!("{} has no {}", response(), keep.part))),
            }
        }
        Ok(())
    }
}
