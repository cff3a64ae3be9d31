//! Judges responses: every check on every response, and the expectation of the step.

use super::request::Prepared;
use super::session::{Halt, Session};
use judge::check::{self, ExchangeContext};
use judge::exchange::{Exchange, JsonLimit};
use judge::expect::{Assertion, Comparison, Holds, Shown, actual, holds_text};
use judge::finding::{EXPECTATION, Finding, Violation};
use judge::record::TestRecord;
use spec::contract::{Level, OccursIn};
use spec::scenario::Call;
use spec::scenario::plan::Asserted;

/// A judged exchange.
pub(super) struct Judged {
    /// The exchange, with its findings and what it shows about the clauses.
    pub(super) record: TestRecord,
    /// Why the test cannot go on, if there is no response to judge.
    pub(super) halt: Option<Halt>,
}

impl Judged {
    /// Adds the exchange to a record, and returns its index there.
    pub(super) fn add_to(self, record: &mut TestRecord) -> Result<usize, Halt> {
        let index = record.append(self.record);
        self.halt.map_or(Ok(index), Err)
    }
}

impl Session<'_> {
    /// Runs every check on an exchange, and notes what it shows about quotas, resources and fixtures.
    pub(super) fn run_checks(&mut self, mut exchange: Exchange, prepared: &Prepared, call: &Call) -> Judged {
        let environment = self.environment;
        if let Some(names) = &environment.contract.catalog.rate_limit {
            environment.quotas.note(names, &exchange);
        }
        self.made.extend(environment.created.note(&environment.contract, &self.owner, &exchange));
        self.held.iter_mut().for_each(|held| held.note(&exchange));
        let (mut record, unread) = self.checked(&exchange, prepared, call);
        let halt = match (exchange.outcome.as_ref().err(), unread) {
            (Some(fault), _) => {
                let (halt, finding) = self.halt_for_fault(call, fault);
                record.findings.extend(finding);
                Some(halt)
            }
            (None, Some(limit)) => Some(Halt::Inconclusive(format!(
                "{}: the body {limit}, which is the limit for reading bodies",
                call.operation.id
            ))),
            (None, None) => None,
        };
        // Nothing later reads the body that was sent, so an excerpt is enough.
        exchange.request.body.cut_as_text();
        record.requests = 1;
        record.exchanges.push(exchange);
        Judged { record, halt }
    }

    /// What the checks find in a response, and why its body could not be read, if so.
    fn checked(&self, exchange: &Exchange, prepared: &Prepared, call: &Call) -> (TestRecord, Option<JsonLimit>) {
        let environment = self.environment;
        let mut record = TestRecord::default();
        let Some(mut context) = ExchangeContext::new(&environment.contract, exchange) else { return (record, None) };
        let field = call.expectation().and_then(|expected| expected.field.as_ref());
        let field = field.and_then(|field| field.text(&self.variables).ok());
        context.field_at_fault = field.as_deref();
        context.secrets = &prepared.secrets;
        context.expiry = prepared.expiry;
        let replays = call.expectation().is_some_and(|expected| expected.same_as.is_some());
        context.request_id_seen = request_id(&context)
            .and_then(|id| environment.request_id_seen(&id))
            // A replayed response may repeat the request id.
            .filter(|_| !replays);
        note_codes(&context, &mut record);
        let judgement = check::judge(&context, 0);
        let code = context.entry().map(|entry| entry.code.as_str());
        for (clause, check) in &judgement.upheld {
            record.coverage.uphold(clause, check, code, Some(0));
        }
        record.findings = judgement.findings;
        if let Some(asserted) = &call.asserted {
            let also = self.asserted_fields(self.clause_of(asserted), &record.findings);
            record.findings.extend(also);
        }
        (record, context.unread)
    }

    /// Some clauses state themselves that the error names the field. A wrong field violates them, too.
    fn asserted_fields(&self, clause: &str, findings: &[Finding]) -> Vec<Finding> {
        let names_field = self.environment.contract.clause(clause).is_some_and(|clause| clause.names_field);
        let of_field = findings.iter().filter(|finding| names_field && finding.check == check::FIELD_CHECK);
        of_field.map(|finding| Finding { clause: clause.to_owned(), ..finding.clone() }).collect()
    }

    /// Compares an exchange with the expectation of its step.
    pub(super) fn compare(&self, asserted: &Asserted, exchange: &Exchange, index: usize) -> Result<Comparison, Halt> {
        let Some(context) = ExchangeContext::new(&self.environment.contract, exchange) else {
            return Ok(Comparison::unclear("no response arrived"));
        };
        let clause = self.clause_of(asserted);
        let same_as = asserted.expectation.same_as.as_ref();
        let assertion = Assertion {
            expected: &asserted.expectation,
            clause,
            level: self.level_of(clause),
            variables: &self.variables,
            same_as: same_as.and_then(|label| self.earlier.get(label)),
            index,
        };
        let mut comparison =
            assertion.judge(&context).map_err(|missing| Halt::Inconclusive(format!("`{}` has no value", missing.0)))?;
        for finding in &mut comparison.findings {
            finding.message = self.statement_of(clause);
        }
        Ok(comparison)
    }

    /// Compares an exchange of the record with an expectation, and records the result.
    pub(super) fn assert_expectation(
        &self,
        record: &mut TestRecord,
        asserted: &Asserted,
        index: usize,
    ) -> Result<Holds, Halt> {
        let comparison = self.compare(asserted, &record.exchanges[index], index)?;
        let holds = comparison.holds;
        self.note_comparison(record, asserted, comparison, Some(index));
        Ok(holds)
    }

    /// Records the result of a comparison, and what it shows about the clause of the expectation.
    pub(super) fn note_comparison(
        &self,
        record: &mut TestRecord,
        asserted: &Asserted,
        comparison: Comparison,
        exchange: Option<usize>,
    ) {
        let clause = self.clause_of(asserted);
        match comparison.shown {
            Shown::Upheld(code) => record.coverage.uphold(clause, EXPECTATION, code.as_deref(), exchange),
            Shown::Open(reason) => record.coverage.leave_open(clause, reason),
            Shown::Violated => {}
        }
        record.findings.extend(comparison.findings);
    }

    /// The clause that an expectation is about. Without one of its own, as in a fixture, it is the first of the test.
    pub(super) fn clause_of<'a>(&'a self, asserted: &'a Asserted) -> &'a str {
        self.clause_or_first(asserted.clause.as_deref())
    }

    pub(super) fn clause_or_first<'a>(&'a self, clause: Option<&'a str>) -> &'a str {
        clause.or_else(|| self.test.clauses.first().map(String::as_str)).unwrap_or_default()
    }

    /// A finding about an expectation that a step does not state as such, with the level and statement of its clause.
    pub(super) fn unmet(&self, clause: &str, violation: Violation, exchange: usize) -> Finding {
        Finding {
            clause: clause.to_owned(),
            check: EXPECTATION.to_owned(),
            level: self.level_of(clause),
            message: self.statement_of(clause),
            expected: violation.expected,
            actual: violation.actual,
            part: violation.part,
            exchange,
            line: None,
        }
    }

    pub(super) fn level_of(&self, clause: &str) -> Level {
        self.environment.contract.clause(clause).map_or(Level::Must, |clause| clause.level)
    }

    /// What an expectation asserts, in one line: the statement of its clause.
    pub(super) fn statement_of(&self, clause: &str) -> String {
        let statement = self.environment.contract.clause(clause).map(|clause| clause.says.trim_end_matches('.'));
        statement.unwrap_or(&self.test.name).to_owned()
    }
}

/// An error if a setup step did not succeed.
pub(super) fn require_success(session: &Session<'_>, exchange: &Exchange) -> Result<(), Halt> {
    match ExchangeContext::new(&session.environment.contract, exchange) {
        Some(context) if !context.response.is_success() => Err(Halt::Inconclusive(format!(
            "the setup step {} returned {}",
            exchange.request.operation,
            actual(&context)
        ))),
        _ => Ok(()),
    }
}

fn note_codes(context: &ExchangeContext<'_>, record: &mut TestRecord) {
    record.codes.extend(context.code.clone());
    // Codes of delivery logs occur inside success bodies.
    if context.response.is_success()
        && let Some(body) = &context.body
    {
        let logged = context.contract.catalog.codes.iter().filter(|entry| entry.occurs_in == OccursIn::DeliveryLog);
        record.codes.extend(logged.filter(|entry| holds_text(body, &entry.code)).map(|entry| entry.code.clone()));
    }
}

fn request_id(context: &ExchangeContext<'_>) -> Option<String> {
    let name = &context.contract.catalog.request_id.as_ref()?.header;
    context.response.header(name).filter(|id| !id.is_empty()).map(str::to_owned)
}
