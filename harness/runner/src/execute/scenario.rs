//! Runs a scenario: its steps, with retries, and always its cleanup. `retry` decides whether there is another try.

use super::environment::Environment;
use super::quota::{self, Evidence};
use super::retry::{self, Cause, End, Try};
use super::session::{Halt, Session};
use judge::finding::EXPECTATION;
use judge::record::TestRecord;
use spec::scenario::{RetryReason, TestCase};

/// Runs a scenario until a try counts.
pub(super) async fn run(environment: &Environment, test: &TestCase) -> TestRecord {
    let times = test.retries.map_or(0, |retries| retries.times as usize);
    let mut earlier: Vec<(Try, Cause)> = Vec::new();
    loop {
        let causes: Vec<Cause> = earlier.iter().map(|(_, cause)| cause.clone()).collect();
        let one = run_once(environment, test, causes.iter().any(Cause::is_break)).await;
        let unmet = retry::is_unmet(&one.record);
        let cause = retry::retry_cause(&one.end, unmet, one.excuse.is_some(), &causes, times);
        match cause.filter(|_| environment.stopped().is_none()) {
            Some(cause) => earlier.push((one, cause)),
            None => return retry::merge_tries(earlier, one),
        }
    }
}

async fn run_once(environment: &Environment, test: &TestCase, after_break: bool) -> Try {
    let mut session = Session::open(environment, test, after_break);
    let mut record = TestRecord::default();
    let halt = tokio::select! {
        biased;
        stop = environment.until_stopped() => Err(Halt::Inconclusive(stop.reason().to_owned())),
        halt = session.run_steps(&mut record) => halt,
    };
    let end = match halt {
        Ok(()) | Err(Halt::Explained) => End::Done,
        Err(Halt::Inconclusive(reason)) => {
            record.inconclusive = Some(reason);
            End::GaveUp
        }
        Err(Halt::Broken(cause)) => {
            record.inconclusive = Some(cause.text().to_owned());
            End::Disturbed(cause)
        }
    };
    let end = discount_late_replies(&session, &mut record, end);
    let excuse = excuse(environment, test, &record);
    Try { record: session.close(record).await, end, excuse }
}

/// Removes unmet expectations of a test that awaits deliveries, if this machine stalled: the target is right to retry if
/// our endpoint replies too late, and later steps may read how often it did.
fn discount_late_replies(session: &Session<'_>, record: &mut TestRecord, end: End) -> End {
    let awaits = session.test.steps.iter().any(|step| step.is_await());
    let receiver = session.environment.receiver.as_ref();
    let receiver = receiver.filter(|_| awaits && retry::is_unmet(record) && end == End::Done);
    let Some(stall) = receiver.and_then(|receiver| receiver.stalled_since(session.started, session.last_reply)) else {
        return end;
    };
    for finding in record.findings.extract_if(.., |finding| finding.check == EXPECTATION) {
        record.coverage.withdraw(&finding.clause);
    }
    let reason = format!(
        "this machine was too busy for our webhook endpoint to reply in time (it stalled for {} ms)",
        stall.as_millis()
    );
    record.inconclusive = Some(reason.clone());
    End::Disturbed(Cause::Stalled(reason))
}

/// The evidence for the reason that the scenario names for a retry.
fn excuse(environment: &Environment, test: &TestCase, record: &TestRecord) -> Option<Evidence> {
    let retries = test.retries?;
    let names = environment.contract.catalog.rate_limit.as_ref()?;
    let actor = record.exchanges.last().map_or("", |exchange| exchange.request.actor.as_str());
    Some(match retries.when {
        RetryReason::SharedQuota => environment.quotas.shared(actor),
        RetryReason::RenewedQuota => quota::renewed(names, &record.exchanges),
    })
}
