//! Runs one test: fixtures, steps, polls, waits, retries and cleanup.
//!
//! [`Run`] holds the state of one try. Other modules implement the kinds of steps: `sending` (call, poll, burst),
//! `deliveries` (webhooks), `shared` (fixtures) and `cleanup`. `retry` decides whether there is another try.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::MutexGuard;

use super::environment::Environment;
use super::fuzz;
use super::phases::Phase;
use super::quota::{self, Evidence};
use super::request::{Prepared, length_of_documents, prepare};
use super::retry::{self, Cause, End, Try};
use super::shared::Held;
use judge::check;
use judge::check::Context;
use judge::exchange::Exchange;
use judge::expect::{Assertion, Earlier, Holds, Shown, Verdict, came, holds_text};
use judge::finding::{EXPECTATION, Finding};
use judge::record::{Created, TestRecord};
use spec::contract::{Level, Surface};
use spec::scenario::{
    Expect, KeptFrom, KeptPart, Reply, RetryReason, Shared, Step, TestCase, Variables, fillers, template,
};

/// The longest retry delay that is obeyed.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// The longest body that a later one is compared with, and the longest text that is kept of a response, in bytes.
const LONGEST_COMPARED: usize = 256 * 1024;
const LONGEST_VALUE: usize = 64 * 1024;
/// The timeout of the cleanup of one test.
const CLEANUP_TIME: Duration = Duration::from_secs(10);
/// Requests with more bytes of documents are sent one at a time.
const LARGE_DOCUMENTS: usize = 1024 * 1024;
/// How long after the deadline of the run a test may clean up.
const CLEANUP_AFTER_DEADLINE: Duration = Duration::from_millis(1000);

/// Runs a test, with retries, and always cleans up.
pub async fn run_test(environment: &Environment, spec: &TestCase) -> TestRecord {
    // Thousands of tests may be left when a run stops, so nothing is prepared for them.
    if let Some(stop) = environment.stopped() {
        return TestRecord { inconclusive: Some(stop.reason().to_owned()), ..TestRecord::default() };
    }
    let lock = spec.lock.as_ref().map(|name| environment.lock(name));
    let _guard = match &lock {
        Some(lock) => tokio::select! {
            guard = lock.lock() => Some(guard),
            _ = environment.until_stopped() => None,
        },
        None => None,
    };
    let phase = Phase::of(spec);
    let _turn = tokio::select! {
        turn = environment.phases.enter(phase) => Some(turn),
        _ = environment.until_stopped() => None,
    };
    if let Some(property) = &spec.property {
        return fuzz::run(environment, spec, property).await;
    }
    let times = spec.retries.map_or(0, |retries| retries.times);
    let mut earlier = Vec::new();
    loop {
        let tries = u32::try_from(earlier.len()).unwrap_or(u32::MAX).saturating_add(1);
        let one = run_once(environment, spec, tries > 1).await;
        let cause = retry::retry_cause(&one.end, retry::is_unmet(&one.record), one.excuse.is_some(), tries, times);
        match cause.filter(|_| environment.stopped().is_none()) {
            Some(cause) => earlier.push((one, cause)),
            None => return retry::merge_tries(earlier, one),
        }
    }
}

async fn run_once(environment: &Environment, spec: &TestCase, last_try: bool) -> Try {
    let mut run = Run::new(environment, spec, last_try);
    let end = tokio::select! {
        biased;
        stop = environment.until_stopped() => {
            run.record.inconclusive = Some(stop.reason().to_owned());
            End::GaveUp
        }
        end = run.run_to_end() => end,
    };
    let end = run.discount_late_replies(end);
    let excuse = run.excuse();
    Try { record: run.finish().await, end, excuse }
}

pub(super) struct Run<'r> {
    pub(super) environment: &'r Environment,
    /// The name of our webhook endpoint for this test.
    pub(super) endpoint: String,
    /// The last reply that this endpoint gives.
    pub(super) last_reply: Option<Reply>,
    pub(super) spec: &'r TestCase,
    started: Instant,
    pub(super) variables: Variables,
    earlier: HashMap<String, Earlier>,
    pub(super) retry_at: Option<Instant>,
    pub(super) record: TestRecord,
    /// How many of its exchanges are cut.
    cut_until: usize,
    /// True on the last try: a broken connection is then a finding and not chance.
    pub(super) last_try: bool,
    /// The resources that this run created and did not delete yet.
    pub(super) made: Vec<Created>,
    /// The resources created by the shared fixture that is being set up.
    pub(super) made_by_shared: Vec<Created>,
    /// The shared fixtures that this run uses.
    pub(super) held: Vec<Held>,
    /// True for tests that exhaust a quota: they do not wait after a rate-limit error.
    pub(super) probes_limits: bool,
}

/// Why a test cannot go on.
pub(super) enum Halt {
    /// A finding on record explains it, and the rest of the test depends on that step.
    Explained,
    Inconclusive(String),
    /// A connection broke.
    Broken(Cause),
}

impl<'r> Run<'r> {
    pub(super) fn new(environment: &'r Environment, spec: &'r TestCase, last_try: bool) -> Self {
        let mut variables = spec.variables.clone();
        let unique = environment.unique();
        if let Some(receiver) = &environment.receiver {
            receiver.listen(&unique, None, Vec::new());
            variables.insert("webhook.url".into(), receiver.url(&unique).into());
            variables.insert("webhook.refusing".into(), receiver.refusing_url().into());
        }
        variables.insert("unique".into(), unique.clone().into());
        variables.extend(fillers().map(|(name, text)| (name.to_owned(), text.into())));
        variables.insert("now".into(), environment.signing_time().timestamp().to_string().into());
        Self {
            endpoint: unique,
            last_reply: None,
            environment,
            spec,
            started: Instant::now(),
            variables,
            earlier: HashMap::new(),
            retry_at: None,
            record: TestRecord::default(),
            cut_until: 0,
            last_try,
            made: Vec::new(),
            made_by_shared: Vec::new(),
            held: Vec::new(),
            probes_limits: spec.steps.iter().any(|step| step.burst.is_some()),
        }
    }

    async fn run_to_end(&mut self) -> End {
        match self.run_steps().await {
            Ok(()) | Err(Halt::Explained) => End::Done,
            Err(Halt::Inconclusive(reason)) => {
                self.record.inconclusive = Some(reason);
                End::GaveUp
            }
            Err(Halt::Broken(cause)) => {
                self.record.inconclusive = Some(cause.text().to_owned());
                End::Disturbed(cause)
            }
        }
    }

    /// Removes failed assertions about deliveries if this machine stalled. The target is right to retry if our endpoint
    /// replies too late.
    fn discount_late_replies(&mut self, end: End) -> End {
        let awaits = self.spec.steps.iter().any(|step| step.deliveries.is_some());
        let unmet = self.record.findings.iter().any(|finding| finding.check == EXPECTATION);
        let receiver = self.environment.receiver.as_ref().filter(|_| awaits && unmet && end == End::Done);
        let Some(stall) = receiver.and_then(|receiver| receiver.stalled_since(self.started, self.last_reply)) else {
            return end;
        };
        for finding in self.record.findings.extract_if(.., |finding| finding.check == EXPECTATION) {
            self.record.coverage.withdraw(&finding.clause);
        }
        let reason = format!(
            "this machine was too busy for our webhook endpoint to reply in time (it stalled for {} ms)",
            stall.as_millis()
        );
        self.record.inconclusive = Some(reason.clone());
        End::Disturbed(Cause::Stalled(reason))
    }

    /// The evidence for the reason that the scenario names for a retry.
    fn excuse(&self) -> Option<Evidence> {
        let retries = self.spec.retries?;
        let names = self.environment.contract.catalog.rate_limit.as_ref()?;
        let actor = self.record.exchanges.last().map_or("", |exchange| exchange.request.actor.as_str());
        Some(match retries.when {
            RetryReason::SharedQuota => self.environment.quotas.shared(actor),
            RetryReason::RenewedQuota => quota::renewed(names, &self.record.exchanges),
        })
    }

    /// Keeps only excerpts of the exchanges so far, which have been judged.
    pub(super) fn cut_exchanges(&mut self) {
        let from = self.cut_until.min(self.record.exchanges.len());
        self.record.exchanges[from..].iter_mut().for_each(Exchange::cut);
        self.cut_until = self.record.exchanges.len();
    }

    /// Runs the steps in order, until one of them halts the test.
    pub(super) async fn run_steps(&mut self) -> Result<(), Halt> {
        for step in &self.spec.steps {
            self.cut_exchanges();
            let broken = || self.record.findings.iter().any(|finding| finding.check == EXPECTATION);
            if step.unless_broken && broken() {
                continue;
            }
            match &step.shared {
                Some(shared) => self.use_shared(step, shared).await?,
                None => self.step(step).await?,
            }
        }
        Ok(())
    }

    /// Cleans up and closes the webhook endpoint.
    pub(super) async fn finish(mut self) -> TestRecord {
        self.cut_exchanges();
        self.release_shared();
        // What is not deleted in time stays in `CreatedResources` and is tried again at the end of the run.
        let environment = self.environment;
        tokio::select! {
            () = environment.until_cleanup_must_end(CLEANUP_TIME, CLEANUP_AFTER_DEADLINE) => {}
            () = self.clean_up() => {}
        }
        self.cut_exchanges();
        if let Some(receiver) = &self.environment.receiver {
            receiver.close(&self.endpoint);
        }
        self.record
    }

    pub(super) async fn step(&mut self, step: &Step) -> Result<(), Halt> {
        if step.wait.is_some() {
            return self.wait().await;
        }
        if let Some(listen) = &step.listen {
            return self.listen(listen);
        }
        if let Some(deliveries) = &step.deliveries {
            return self.await_deliveries(step, deliveries).await;
        }
        let index = match (step.burst, step.poll) {
            (Some(burst), _) => self.burst(step, burst).await?,
            (None, Some(poll)) => self.poll(step, poll).await?,
            (None, None) => self.call(step).await?,
        };
        let holds = match &step.expect {
            Some(expect) => self.assertion(step, expect, index)?,
            None => {
                self.require_setup_success(index)?;
                Holds::Yes
            }
        };
        self.keep(step, index, holds)
    }

    async fn wait(&mut self) -> Result<(), Halt> {
        // Without a retry delay there is nothing to wait for. A missing delay is already a finding.
        let Some(until) = self.retry_at else { return Err(Halt::Explained) };
        let delay = until.saturating_duration_since(Instant::now());
        if delay > LONGEST_WAIT {
            return Err(Halt::Inconclusive(format!("the target asked to wait {} s", delay.as_secs())));
        }
        tokio::time::sleep_until(until.into()).await;
        Ok(())
    }

    /// Waits until no other request with a large document is prepared or sent.
    pub(super) async fn turn_for_documents(&self, step: &Step) -> Option<MutexGuard<'r, ()>> {
        let is_large = length_of_documents(step, &self.variables) > LARGE_DOCUMENTS;
        if is_large { Some(self.environment.documents.lock().await) } else { None }
    }

    pub(super) fn prepare(&self, step: &Step) -> Result<Prepared, Halt> {
        let Environment { contract, target, client, .. } = self.environment;
        prepare(contract, target, client.base(), step, &self.variables, self.environment.signing_time())
            .map_err(Halt::Inconclusive)
    }

    /// Records an exchange and runs every check on it. A missing response halts the test.
    pub(super) fn judge(&mut self, mut exchange: Exchange, prepared: &Prepared, step: &Step) -> Result<usize, Halt> {
        let environment = self.environment;
        let index = self.record.exchanges.len();
        self.cut_until = self.cut_until.min(index);
        self.record.requests += 1;
        if let Some(names) = &environment.contract.catalog.rate_limit {
            environment.quotas.note(names, &exchange);
        }
        let owner = step.shared.as_ref().map_or(self.spec.name.as_str(), Shared::name);
        let made = environment.created.note(&environment.contract, owner, &exchange);
        let mut unread = None;
        // A shared fixture must outlive this test.
        if step.shared.is_some() {
            self.made_by_shared.extend(made)
        } else {
            self.made.extend(made)
        }
        self.held.iter_mut().for_each(|held| held.note(&exchange));
        let field = step.expect.as_ref().and_then(|expect| expect.field.as_ref());
        let field = field.and_then(|field| template::text(field, &self.variables).ok());
        if let Some(mut context) = Context::new(&environment.contract, &exchange) {
            context.field_at_fault = field.as_deref();
            context.secrets = &prepared.secrets;
            context.expiry = prepared.expiry;
            let replays = step.expect.as_ref().is_some_and(|expect| expect.same_as.is_some());
            context.request_id_seen = request_id(&context)
                .and_then(|id| environment.request_id_seen(&id))
                // A replayed response may repeat the request id.
                .filter(|_| !replays);
            self.note_codes(&context);
            let judgement = check::judge(&context, index);
            let code = context.entry().map(|entry| entry.code.as_str());
            for (clause, check) in &judgement.upheld {
                self.record.coverage.uphold(clause, check, code, Some(index));
            }
            let clause = self.clause_of(step);
            let asserted = self.asserted_fields(&clause, &judgement.findings, step);
            unread = context.unread;
            self.record.findings.extend(judgement.findings);
            self.record.findings.extend(asserted);
        }
        let fault = exchange.outcome.as_ref().err().cloned();
        // No expectation is about what was sent.
        exchange.request.body.cut_as_text();
        self.record.exchanges.push(exchange);
        match (fault, unread) {
            (None, Some(limit)) => Err(Halt::Inconclusive(format!(
                "{}: the body {limit}, which is the limit for reading bodies",
                self.operation_of(step)
            ))),
            (None, None) => Ok(index),
            (Some(fault), _) => Err(self.halt_for_fault(step, index, &fault)),
        }
    }

    /// Some clauses state themselves that the error names the field. A wrong field violates them, too.
    fn asserted_fields(&self, clause: &str, findings: &[Finding], step: &Step) -> Vec<Finding> {
        let names_field = self.environment.contract.clause(clause).is_some_and(|clause| clause.names_field);
        if !names_field || step.expect.is_none() {
            return Vec::new();
        }
        findings
            .iter()
            .filter(|finding| finding.check == check::FIELD_CHECK)
            .map(|finding| Finding { clause: clause.to_owned(), ..finding.clone() })
            .collect()
    }

    fn note_codes(&mut self, context: &Context<'_>) {
        if let Some(code) = &context.code {
            self.record.codes.insert(code.clone());
        }
        // Codes of delivery logs occur inside success bodies.
        if context.response.is_success()
            && let Some(body) = &context.body
        {
            let logged = context.contract.catalog.codes.iter().filter(|entry| entry.surface == Surface::DeliveryLog);
            for entry in logged.filter(|entry| holds_text(body, &entry.code)) {
                self.record.codes.insert(entry.code.clone());
            }
        }
    }

    pub(super) fn operation_of(&self, step: &Step) -> String {
        let call = step.call.as_deref().unwrap_or_default();
        template::text(call, &self.variables).unwrap_or_else(|_| call.to_owned())
    }

    pub(super) fn clause_of(&self, step: &Step) -> String {
        step.clause
            .as_ref()
            .and_then(|text| template::text(text, &self.variables).ok())
            .or_else(|| self.spec.clauses.first().cloned())
            .unwrap_or_default()
    }

    pub(super) fn level_of(&self, clause: &str) -> Level {
        self.environment.contract.clause(clause).map_or(Level::Must, |clause| clause.level)
    }

    /// The assertion of a step in one line: the statement of its clause.
    pub(super) fn assertion_text(&self, step: &Step) -> String {
        let clause = self.clause_of(step);
        let statement = self.environment.contract.clause(&clause).map(|clause| clause.says.trim_end_matches('.'));
        statement.unwrap_or(&self.spec.name).to_owned()
    }

    pub(super) fn verdict(&self, step: &Step, expect: &Expect, index: usize) -> Result<Verdict, Halt> {
        let exchange = &self.record.exchanges[index];
        let Some(context) = Context::new(&self.environment.contract, exchange) else {
            return Ok(Verdict::unclear("no answer arrived"));
        };
        let clause = self.clause_of(step);
        let assertion = Assertion {
            expect,
            clause: &clause,
            level: self.level_of(&clause),
            variables: &self.variables,
            same_as: expect.same_as.as_ref().and_then(|label| self.earlier.get(label)),
            index,
        };
        let mut verdict =
            assertion.judge(&context).map_err(|missing| Halt::Inconclusive(format!("`{}` has no value", missing.0)))?;
        for finding in &mut verdict.findings {
            finding.message = self.assertion_text(step);
        }
        Ok(verdict)
    }

    fn assertion(&mut self, step: &Step, expect: &Expect, index: usize) -> Result<Holds, Halt> {
        let verdict = self.verdict(step, expect, index)?;
        self.note_coverage(step, &verdict, Some(index));
        self.record.findings.extend(verdict.findings);
        Ok(verdict.holds)
    }

    /// Records what an expectation shows about its own clause.
    pub(super) fn note_coverage(&mut self, step: &Step, verdict: &Verdict, index: Option<usize>) {
        let clause = self.clause_of(step);
        match &verdict.shown {
            Shown::Upheld(code) => self.record.coverage.uphold(&clause, EXPECTATION, code.as_deref(), index),
            Shown::Open(reason) => self.record.coverage.leave_open(&clause, reason.clone()),
            Shown::Violated => {}
        }
    }

    fn require_setup_success(&self, index: usize) -> Result<(), Halt> {
        let exchange = &self.record.exchanges[index];
        let Some(context) = Context::new(&self.environment.contract, exchange) else {
            return Ok(());
        };
        if context.response.is_success() {
            return Ok(());
        }
        Err(Halt::Inconclusive(format!("the setup step {} answered {}", exchange.request.operation, came(&context))))
    }

    fn keep(&mut self, step: &Step, index: usize, holds: Holds) -> Result<(), Halt> {
        let Some(response) = self.record.exchanges[index].response() else {
            return Ok(());
        };
        let body = response.json();
        let mut kept = Vec::new();
        for (name, from) in &step.keep {
            let Some(source) = KeptFrom::parse(from) else { continue };
            let value = match source.part {
                KeptPart::Status => Some(Value::from(response.status)),
                KeptPart::Body(pointer) => body.as_ref().and_then(|body| body.pointer(pointer)).cloned(),
                KeptPart::Header(header) => response.header(header).map(Value::from),
            };
            let value = value.or_else(|| source.optional.then_some(Value::Null));
            kept.push((name.clone(), from, value));
        }
        // A longer answer is not compared, so that it need not be kept.
        if let Some(label) = step.label.as_ref().filter(|_| response.body.len() <= LONGEST_COMPARED) {
            self.earlier.insert(label.clone(), Earlier { status: response.status, body });
        }
        for (name, from, value) in kept {
            match value {
                Some(Value::String(text)) if text.len() > LONGEST_VALUE => {
                    return Err(Halt::Inconclusive(format!(
                        "{from} in the answer of {} has {} bytes, and at most {LONGEST_VALUE} are kept",
                        self.operation_of(step),
                        text.len()
                    )));
                }
                Some(value) => {
                    self.variables.insert(name, value);
                }
                None if holds != Holds::Yes => return Err(Halt::Explained),
                None => {
                    return Err(Halt::Inconclusive(format!("the answer of {} has no {from}", self.operation_of(step))));
                }
            }
        }
        Ok(())
    }
}

fn request_id(context: &Context<'_>) -> Option<String> {
    let name = &context.contract.catalog.request_id.as_ref()?.header;
    context.response.header(name).filter(|id| !id.is_empty()).map(str::to_owned)
}
