//! A worker of a property: sets up its own fixtures and sends one case after the other.
//!
//! It sends with a [`Session`], as scenarios do. Each case has a record of its own; the worker keeps
//! what that record shows about clauses, and hands its findings on.

use serde_json::Value;

use super::super::environment::Environment;
use super::super::retry::Cause;
use super::super::session::{Halt, Session};
use super::{Doubt, build, messages};
use generate::{Assertion, Content, Input};
use judge::exchange::Exchange;
use judge::expect::Shown;
use judge::finding::{EXPECTATION, Finding};
use judge::record::{PropertyRecord, TestRecord};
use spec::scenario::{Call, Property, Slot, TestCase};

/// How many characters of a text are compared.
const MAX_COMPARED: usize = 80;

/// The name of the lock of a text. Two cases with the same text in the same member are never in flight at the same
/// time, in any property. Otherwise a server that wrongly accepts an invalid value would refuse the second case as
/// already in use. Only letters and digits count, in lower case, because a server may normalize the rest.
fn compared_text(property: &Property, input: &Input) -> Option<String> {
    let (Slot::Member(member), Content::Json(Value::String(text))) = (&property.slot, &input.content) else {
        return None;
    };
    let compared = text.chars().filter(|one| one.is_alphanumeric()).take(MAX_COMPARED).flat_map(char::to_lowercase);
    Some(format!("value of {member}: {}", compared.collect::<String>()))
}

/// The result of a case.
pub(super) struct Sent {
    /// The violations.
    pub(super) findings: Vec<Finding>,
    /// The exchange of the case.
    pub(super) exchange: Exchange,
}

/// The result of sending a case once.
enum Once {
    Sent(Sent),
    /// The connection broke. One break alone proves nothing.
    Broken(Cause, Option<Exchange>),
}

pub(super) struct Worker<'l> {
    session: Session<'l>,
    record: TestRecord,
    cases: usize,
}

impl<'l> Worker<'l> {
    /// Sets up the fixtures. An error says why that failed.
    pub(super) async fn open(environment: &'l Environment, test: &'l TestCase) -> Result<Self, Doubt> {
        let (mut worker, mut setup) = Self::set_up(environment, test, false).await;
        if matches!(setup, Err(Halt::Broken(_))) {
            worker.close().await;
            (worker, setup) = Self::set_up(environment, test, true).await;
        }
        let reason = match setup {
            Ok(()) => return Ok(worker),
            Err(Halt::Explained) => "the setup of a fixture failed".to_owned(),
            Err(Halt::Inconclusive(reason)) => reason,
            Err(Halt::Broken(cause)) => cause.text().to_owned(),
        };
        worker.close().await;
        Err(reason.into())
    }

    async fn set_up(environment: &'l Environment, test: &'l TestCase, after_break: bool) -> (Self, Result<(), Halt>) {
        let mut worker =
            Self { session: Session::open(environment, test, after_break), record: TestRecord::default(), cases: 0 };
        let setup = worker.session.run_steps(&mut worker.record).await;
        (worker, setup)
    }

    /// Sends an input and judges the response. An error says why the case has no verdict: no response was received, or a second
    /// sending had another result.
    pub(super) async fn send(&mut self, property: &Property, rule: usize, input: &Input) -> Result<Sent, Doubt> {
        let environment = self.session.environment;
        let _permit = environment.case_permit().await;
        let _text = match compared_text(property, input) {
            Some(text) => Some(environment.text_lock(&text).lock().await),
            None => None,
        };
        let before = self.session.made.len();
        let mut outcome = self.attempt(property, rule, input, false).await;
        let mut first_break = None;
        // A connection that breaks once may be chance. A second break for the same value is a finding.
        if let Ok(Once::Broken(cause, exchange)) = outcome {
            first_break = Some((cause, exchange));
            outcome = self.attempt(property, rule, input, true).await;
        }
        self.clean_up(before).await;
        let sent = match outcome? {
            Once::Sent(sent) => sent,
            Once::Broken(cause, _) => return Err(cause.text().to_owned().into()),
        };
        if let Some((Cause::BrokenInUse(text), exchange)) = first_break
            && sent.findings.is_empty()
        {
            let reason = format!("a connection broke while it was in use ({text}), then the same value got a response");
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
        after_break: bool,
    ) -> Result<Once, Doubt> {
        let session = &mut self.session;
        session.variables.insert("unique".to_owned(), session.environment.unique().into());
        session.after_break = after_break;
        let of_rule = &property.rules[rule];
        let mut call = build::call(property, of_rule, input, &mut session.variables)?;
        let mut case = TestRecord::default();
        let halt = send_and_judge(session, &mut case, property, of_rule.rule.assertion, &mut call).await.err();
        let mut found = std::mem::take(&mut case.findings);
        let mut exchange = case.exchanges.pop();
        exchange.iter_mut().for_each(Exchange::cut);
        self.record.absorb(case);
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

    /// Deletes what a case created. The exchanges are kept only if they have findings.
    async fn clean_up(&mut self, from: usize) {
        let mut cleanup = TestRecord::default();
        self.session.clean_up(&mut cleanup, from).await;
        if cleanup.findings.is_empty() {
            self.record.absorb(cleanup);
        } else {
            cleanup.exchanges.iter_mut().for_each(Exchange::cut);
            self.record.append(cleanup);
        }
    }

    /// Deletes the fixtures and returns the record of the worker.
    pub(super) async fn close(self) -> TestRecord {
        let fuzz = PropertyRecord { cases: self.cases, ..PropertyRecord::default() };
        TestRecord { fuzz: Some(fuzz), ..self.session.close(self.record).await }
    }
}

async fn send_and_judge(
    session: &mut Session<'_>,
    case: &mut TestRecord,
    property: &Property,
    assertion: Assertion,
    call: &mut Call,
) -> Result<(), Halt> {
    let index = session.call(case, call).await?;
    let exchange = &case.exchanges[index];
    let (status, is_success) =
        exchange.response().map_or((0, false), |response| (response.status, response.is_success()));
    let Some(asserted) = &mut call.asserted else { return Ok(()) };
    if status >= 500 && property.server_error.is_some() {
        asserted.clause.clone_from(&property.server_error);
    }
    let mut comparison = session.compare(asserted, exchange, index)?;
    if assertion == Assertion::Accepted && !is_success && matches!(comparison.shown, Shown::Upheld(_)) {
        comparison.shown = Shown::Open("a valid value was refused with a tolerated code".to_owned());
    }
    session.note_comparison(case, asserted, comparison, None);
    Ok(())
}
